"""The shapes of the templates in outputs/, and which one a result takes.

A template is a folder with a template.toml: sections of fields (a form) or of blocks (a
letter). A form that an authority has of its own mirrors its fields, their order, kinds,
options and limits; a template that ``extends`` another adds to its sections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from regengine.assessment import Result
from regengine.documents.outputs import folder, table
from regengine.law import Confidence, RecipientKind

FieldKind = Literal[
    "text",
    "long_text",
    "number",
    "date",
    "datetime",
    "yes_no",
    "choice",
    "multi_choice",
    "contact",
    "file",
    "table",
]
Requirement = Literal["always", "if_known", "optional"]
_CHOICES = ("choice", "multi_choice")


class TemplateFaultError(ValueError):
    """A template that cannot be used, with its folder and the place in it."""


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OptionShape(_Shape):
    """One option of a field, and the condition under which the facts choose it.

    Without ``when`` only an answer chooses it; ``otherwise`` is chosen where every other
    option with a condition is certainly not.
    """

    say: str
    when: str | None = None
    otherwise: bool = False


class FieldShape(_Shape):
    """One field of a form: filled from a fill key, an expression or options, if ``when`` holds.

    With both, the expression says what the field says, and the key what it answers.
    ``answers`` is a pattern of the law's items that it answers as well, in other words.
    ``required``: ``if_known`` where the form takes a report without it, ``optional`` where
    it never has to be filled. ``stages`` are those at which it is asked; none means all.
    ``limit`` counts characters. ``open_list``: the authority's list holds more options than
    are written here. ``local`` is the label in the authority's own language.
    """

    key: str = Field(pattern=r"^[A-Za-z0-9_]+$", max_length=64)
    label: str
    kind: FieldKind = "text"
    fill: str | None = None
    value: str | None = None
    when: str | None = None
    basis: str | None = None
    required: Requirement = "always"
    options: tuple[OptionShape, ...] = ()
    open_list: bool = False
    stages: tuple[str, ...] = ()
    limit: int | None = Field(default=None, ge=1)
    local: str | None = None
    hint: str | None = None
    answers: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain_options(cls, given: Any) -> Any:  # reason: the raw table of the file
        """Let an option without a condition be written as its words alone."""
        if not isinstance(given, dict) or "options" not in given:
            return given
        options = [{"say": x} if isinstance(x, str) else x for x in given["options"]]
        return {**given, "options": options}

    @model_validator(mode="after")
    def _options_fit(self) -> FieldShape:
        if bool(self.options) != (self.kind in _CHOICES):
            message = f'{self.key}: kind "{self.kind}" and {len(self.options)} options'
            raise ValueError(message)
        said = [option.say for option in self.options]
        if len(set(said)) != len(said):
            message = f"{self.key}: an option is written twice"
            raise ValueError(message)
        return self


class BlockShape(_Shape):
    """One paragraph, or one list (each line of ``lines`` an item), of a letter.

    ``covers`` names the fill keys that the block answers; a barred one drops it.
    ``answers`` is a pattern of items without a fill key that it answers as well.
    """

    text: str | None = None
    lines: str | None = None
    when: str | None = None
    covers: tuple[str, ...] = ()
    answers: str | None = None


class SectionShape(_Shape):
    """A heading with fields or blocks; ``items`` takes in what the law itself lists.

    ``content``: all of it, and fields of the template that say the same give way.
    ``rest``: what no field of the template says already.
    """

    title: str
    when: str | None = None
    theme: str | None = None
    stages: tuple[str, ...] = ()
    items: Literal["content", "rest"] | None = None
    field: tuple[FieldShape, ...] = ()
    block: tuple[BlockShape, ...] = ()


class StageShape(_Shape):
    """One stage of a form, and the results (patterns of keys) that are filed at it.

    ``say`` is what the form calls it. ``when`` tells apart stages that share a key: the
    first one that certainly holds is taken.
    """

    name: str
    say: str
    keys: tuple[str, ...] = ()
    when: str | None = None


class PortalShape(_Shape):
    """Where and how a form is handed in, and what is known of the form itself.

    ``uploads``: the authority takes a document; without it a copy sheet is written, from
    which the portal's fields are filled by hand. ``seen`` says which parts of the form were
    read, and where; ``checked`` is the day on which a page of ``sources`` was opened.
    """

    channel: str
    url: str | None = None
    uploads: bool = False
    languages: tuple[str, ...] = ()
    login: str | None = None
    saves: str | None = None
    attachments: str | None = None
    note: str | None = None
    seen: str
    confidence: Confidence
    sources: tuple[str, ...] = ()
    checked: date | None = None


class MachineShape(_Shape):
    """A machine format of the same filing: ``map`` is a table beside the template."""

    format: str
    map: str


class TemplateShape(_Shape):
    """One template.toml."""

    id: str
    extends: str | None = None
    layout: Literal["form", "letter"] = "form"
    title: str
    subject: str | None = None
    intro: str | None = None
    closing: str | None = None
    attach: Literal["result", "none"] = "result"
    docx: bool = True
    mirrors: bool = False  # an authority's own form: fields that do not apply are shown as such
    days_only: bool = False  # moments without their time of day; letters never have it
    signature: bool = True
    signs: str | None = None  # who must sign, and how, where the form says so
    withdraws: bool = False  # the form itself serves to withdraw an earlier notice
    bars: tuple[str, ...] = ()
    portal: PortalShape | None = None
    machine: MachineShape | None = None
    stage: tuple[StageShape, ...] = ()
    section: tuple[SectionShape, ...] = Field(min_length=1)

    def fields(self) -> tuple[FieldShape, ...]:
        """All fields, in their order."""
        return tuple(field for part in self.section for field in part.field)

    def stage_of(
        self, result: Result, holds: Callable[[StageShape], bool] = lambda _: True
    ) -> StageShape | None:
        """Find the form's stage at which a result is filed."""
        for stage in self.stage:
            if any(fnmatchcase(result.key, pattern) for pattern in stage.keys) and holds(stage):
                return stage
        return None


class RouteShape(_Shape):
    """Which template a result takes: all the lists that are given must match."""

    folder: str
    ids: tuple[str, ...] = ()
    kinds: tuple[RecipientKind, ...] = ()
    places: tuple[str, ...] = ()


@cache
def template_at(path: str) -> TemplateShape:
    """Read a template's folder.

    >>> template_at("filing/record").title
    'Internal record of a security incident'

    Raise ``TemplateFaultError`` where two fields share a key, or a stage has no name.
    """
    made = TemplateShape.model_validate(_raw(path))
    keys = [field.key for field in made.fields()]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    stages = {stage.name for stage in made.stage}
    asked = {name for field in made.fields() for name in field.stages}
    asked |= {name for part in made.section for name in part.stages}
    if twice:
        message = f"{path}: field {twice[0]} stands twice"
        raise TemplateFaultError(message)
    if asked - stages:
        message = f"{path}: no stage {min(asked - stages)}"
        raise TemplateFaultError(message)
    return made


def _raw(path: str) -> dict[str, Any]:
    """Read a template; one that extends another stands after its sections."""
    own = table(f"{path}/template.toml")
    if "extends" not in own:
        return own
    base = _raw(own["extends"])
    return {**base, **own, "section": [*base["section"], *own.get("section", ())]}


@cache
def form_ids() -> tuple[str, ...]:
    """List the ids of all forms: the folders of outputs/filing."""
    found = sorted(folder().joinpath("filing").glob("*/template.toml"))
    return tuple(path.parent.name for path in found)


@cache
def _routes() -> tuple[RouteShape, ...]:
    return tuple(RouteShape.model_validate(row) for row in table("filing/index.toml")["route"])


def _matches(value: str, patterns: Iterable[str]) -> bool:
    patterns = tuple(patterns)
    return not patterns or any(fnmatchcase(value, pattern) for pattern in patterns)


def route(result: Result) -> str:
    """Choose the template's folder: the first route whose lists all match.

    Raise ``TemplateFaultError`` where none does.
    """
    for row in _routes():
        kind = not row.kinds or result.recipient.kind in row.kinds
        if kind and _matches(result.id, row.ids) and _matches(result.jurisdiction, row.places):
            return row.folder
    message = f"filing/index.toml: no route for {result.key} ({result.recipient.kind})"
    raise TemplateFaultError(message)


def american(result: Result) -> bool:
    """Say whether the recipient reads American dates on Letter paper."""
    return any(fnmatchcase(result.jurisdiction, x) for x in table("filing/index.toml")["letter"])
