"""A filing as data: the machine format in which an authority takes a form.

The map beside a template says where each of the form's fields stands in the document, and
in which shape. What the form does not say is not said here either: a value that is missing,
or that does not fit, is left out and listed.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from regengine.documents.composing import compose
from regengine.documents.content import Matter
from regengine.documents.expressions import evaluate, names_for, truth_of
from regengine.documents.outputs import folder, label, table
from regengine.documents.paper import Entry, Paper
from regengine.documents.templates import FieldShape, TemplateFaultError, TemplateShape

RowType = Literal["string", "number", "integer", "boolean", "datetime", "object"]
_PLAIN_NUMBER = re.compile(r"\d+(\.\d+)?")


class Missing(NamedTuple):
    """What the document lacks, or holds only in part.

    ``field`` is the key under which an answer may fill it; ``needed``: without it the
    document is not valid at this stage.
    """

    path: str
    field: str
    why: str
    needed: bool


class Document(NamedTuple):
    """A document with what it lacks; it is valid where nothing in ``missing`` is needed."""

    content: bytes
    missing: tuple[Missing, ...]

    @property
    def valid(self) -> bool:
        """Whether the authority's rules of form are met."""
        return not any(one.needed for one in self.missing)


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RowShape(_Shape):
    """One value of the document: ``path`` is a JSON pointer, its parts without ``~`` or ``/``.

    It comes from a ``field`` of the form, from an expression (``value``; with both, the field
    is the one that it tells), or is fixed (``const``, put only where its object has other
    members). ``codes`` stand in the order of the field's options, whose own words are taken
    without them; ``many`` makes a list of those that are chosen. ``required`` names the stages at
    which the value must be there (``*``: all), with ``inside`` only where its object is.
    A part that is a number is a place in a list; an ``object`` without value is put there
    empty where it is required.
    """

    path: str = Field(pattern=r"^(/[^/~]+)+$")
    field: str | None = None
    value: str | None = None
    const: str | None = None
    type: RowType = "string"
    codes: tuple[str, ...] = ()
    many: bool = False
    pattern: str | None = None
    limit: int | None = Field(default=None, ge=1)
    maximum: float | None = None
    when: str | None = None
    required: tuple[str, ...] = ()
    inside: bool = False

    @model_validator(mode="after")
    def _one_source(self) -> RowShape:
        told = self.field is not None or self.value is not None
        if [told, self.const is not None, self.type == "object"].count(True) != 1:
            message = f"{self.path}: needs a field or value, or a const, or to be an object"
            raise ValueError(message)
        return self


class EachShape(_Shape):
    """A list with one member for each option chosen in ``field``.

    ``key`` is the member's property that holds its code; paths name members by that code.
    """

    path: str
    key: str
    field: str
    codes: tuple[str, ...]
    required: tuple[str, ...] = ()


class MapShape(_Shape):
    """A table of a machine format; ``version`` and ``source`` say whose rules it follows."""

    title: str
    version: str
    source: str
    each: tuple[EachShape, ...] = ()
    row: tuple[RowShape, ...] = Field(min_length=1)


@cache
def map_of(form: str, name: str) -> MapShape:
    """Read the map of a form.

    >>> from regengine.documents.templates import form_ids, template_at
    >>> forms = [template_at(f"filing/{name}") for name in form_ids()]
    >>> all(map_of(x.id, x.machine.map).version for x in forms if x.machine and not x.extends)
    True
    """
    return MapShape.model_validate(table(f"filing/{form}/{name}"))


def map_for(template: TemplateShape) -> MapShape | None:
    """Find the map of a form, or of the form that it extends.

    >>> from regengine.documents.templates import template_at
    >>> map_for(template_at("filing/record")) is None
    True
    """
    if template.machine is None:
        return None
    own, name = template.id, template.machine.map
    beside = folder().joinpath("filing", own, name).is_file() or template.extends is None
    return map_of(own if beside else (template.extends or "").rpartition("/")[2], name)


def machine(template: TemplateShape, matter: Matter) -> bytes | None:
    """Write a notice in its machine format, as far as the facts go.

    >>> from regengine.documents.templates import template_at
    >>> template_at("filing/record").machine is None
    True

    ``None`` where the form has no such format. The same matter gives the same bytes. Ask
    ``document`` what is missing before it is handed in.
    """
    made = document(template, matter)
    return None if made is None else made.content


def document(template: TemplateShape, matter: Matter) -> Document | None:
    """Write a notice in its machine format and list what it lacks.

    Instants are in UTC. Raise ``TemplateFaultError`` for a map that does not fit its form.
    """
    shape = map_for(template)
    if shape is None:
        return None
    check(template, shape)
    return _Writing(template, shape, matter).document()


def check(template: TemplateShape, shape: MapShape) -> None:
    """Compare a map with its form: fields that exist, as many codes as options."""
    fields = {field.key: field for field in template.fields()}
    asked = [(each.path, each.field, each.codes) for each in shape.each]
    asked += [(row.path, row.field, row.codes) for row in shape.row if row.field is not None]
    for path, key, codes in asked:
        if key not in fields:
            message = f"{template.id}: {path}: the form has no field {key}"
            raise TemplateFaultError(message)
        options = fields[key].options
        if codes and len(codes) != len(options):
            found = f"{len(codes)} codes for {len(options)} options"
            message = f"{template.id}: {path}: {found} of {key}"
            raise TemplateFaultError(message)


class _Unfit(Exception):  # noqa: N818  # reason: no error, a value that is listed
    """A value that the format does not take; the text says why."""


class _Writing:
    """One document being written."""

    def __init__(self, template: TemplateShape, shape: MapShape, matter: Matter) -> None:
        self.template, self.shape = template, shape
        self.paper: Paper = compose(template, matter)
        says = {stage.say: stage.name for stage in template.stage}
        self.stage = says.get(self.paper.stage or "")
        self.entries = {entry.key: entry for entry in self.paper.entries}
        self.fields: dict[str, FieldShape] = {field.key: field for field in template.fields()}
        self.names = {**names_for(matter), "stage": self.stage, "field": self._said}
        self.root: dict[str, Any] = {}
        self.missing: list[Missing] = []

    def _said(self, key: str) -> str | None:
        entry = self.entries.get(key)
        said = entry is not None and entry.state == "known" and entry.lines
        return "\n".join(entry.lines) if entry is not None and said else None

    def document(self) -> Document:
        for each in self.shape.each:
            self._members(each)
        for row in self.shape.row:
            self._row(row)
        for row in self.shape.row:
            self._finish(row)
        content = json.dumps(self._listed(self.root, ""), indent=2, ensure_ascii=False) + "\n"
        return Document(content.encode(), tuple(self.missing))

    # -- values -----------------------------------------------------------------------

    def _members(self, each: EachShape) -> None:
        needed = self._needed(each.required)
        try:
            chosen = self._codes(each.field, each.codes)
        except _Unfit as unfit:
            self._lacks(each.path, each.field, str(unfit), needed=needed)
            return
        if chosen:
            self._put(each.path, {code: {} for code in chosen})
        self._note(each.path, each.field, found=bool(chosen), needed=needed)

    def _row(self, row: RowShape) -> None:
        if row.type == "object" or row.const is not None or not self._asked(row):
            return
        try:
            value = self._value(row)
        except _Unfit as unfit:
            self._lacks(row.path, row.field, str(unfit), needed=self._needed(row.required))
            return
        outside = self._outside(row.path)
        if outside is not None:
            if value is not None:
                why = f'stands only under "{outside}", which is not chosen'
                self._lacks(row.path, row.field, why, needed=False)
            return
        if value is not None:
            self._put(row.path, value)
        if value is not None or not row.inside:
            needed = self._needed(row.required)
            self._note(row.path, row.field, found=value is not None, needed=needed)

    def _asked(self, row: RowShape) -> bool:
        at_this_stage = row.field is None or row.field in self.entries
        return at_this_stage and truth_of(row.when, self.names, row.path) is not False

    def _value(self, row: RowShape) -> object:
        if row.field is not None and (row.codes or row.many):
            options = self.fields[row.field].options
            codes = self._codes(row.field, row.codes or tuple(option.say for option in options))
            if row.many:
                return codes or None
            settled = self._said(row.field) is not None
            return codes[0] if codes and settled else None
        text = self._text(row)
        return None if text is None else _typed(text, row)

    def _text(self, row: RowShape) -> str | None:
        if row.value is None:
            return self._said(row.field or "")
        found = evaluate(row.value, self.names, f"{self.template.id}: {row.path}")
        return None if found is None else str(found)

    def _codes(self, key: str, codes: tuple[str, ...]) -> list[str]:
        """List the codes of the options that are chosen; others have none in the format."""
        entry = self.entries.get(key)
        if entry is None or entry.state == "not_applicable":
            return []
        of = dict(zip((option.say for option in self.fields[key].options), codes, strict=True))
        chosen = [choice.say for choice in entry.choices if choice.chosen]
        unlisted = [say for say in chosen if say not in of]
        if unlisted:
            message = f'"{unlisted[0]}" has no code in the format'
            raise _Unfit(message)
        return [of[say] for say in chosen]

    # -- where it stands --------------------------------------------------------------

    def _put(self, path: str, value: object) -> None:
        *way, last = path.strip("/").split("/")
        inside = self.root
        for part in way:
            inside = inside.setdefault(part, {})
        inside[last] = value

    def _at(self, path: str) -> Any:
        inside: Any = self.root
        for part in filter(None, path.split("/")):
            inside = inside.get(part) if isinstance(inside, dict) else None
        return inside

    def _outside(self, path: str) -> str | None:
        """Name the member of a list under which a value would stand, if it is not there."""
        for each in self.shape.each:
            if path.startswith(f"{each.path}/"):
                member = path.removeprefix(f"{each.path}/").partition("/")[0]
                if self._at(f"{each.path}/{member}") is None:
                    return member
        return None

    def _finish(self, row: RowShape) -> None:
        """Put fixed values beside others, empty objects, and list what is needed inside."""
        parent = self._at(row.path.rpartition("/")[0])
        if row.const is not None and parent:
            self._put(row.path, row.const)
        if row.type == "object" and self._needed(row.required) and self._at(row.path) is None:
            self._put(row.path, {})
        if row.inside and self._asked(row) and self._at(row.path) is None:
            needed = bool(parent) and self._needed(row.required)
            self._note(row.path, row.field, found=False, needed=needed)

    def _listed(self, value: Any, path: str) -> Any:
        """Turn members that are named by code or number into lists."""
        if not isinstance(value, dict):
            return value
        inner = {key: self._listed(x, f"{path}/{key}") for key, x in value.items()}
        each = next((x for x in self.shape.each if x.path == path), None)
        if each is not None:
            return [{each.key: code, **x} for code, x in inner.items()]
        if inner and all(key.isdigit() for key in inner):
            return [inner[key] for key in sorted(inner, key=int)]
        return inner

    # -- what is missing --------------------------------------------------------------

    def _needed(self, stages: tuple[str, ...]) -> bool:
        return "*" in stages or self.stage in stages

    def _note(self, path: str, key: str | None, *, found: bool, needed: bool) -> None:
        """List a value that is not there, or not yet whole."""
        entry = self.entries.get(key or "")
        if not found and (needed or (entry is not None and entry.open)):
            self._lacks(path, key, "not known yet", needed=needed)
        elif found and entry is not None and entry.open:
            self._lacks(path, key, _undecided(entry), needed=False)

    def _lacks(self, path: str, key: str | None, why: str, *, needed: bool) -> None:
        field = f"{self.template.id}.{key}" if key else ""
        if all(one.path != path for one in self.missing):
            self.missing.append(Missing(path, field, why, needed))


def _undecided(entry: Entry) -> str:
    still = [choice.say for choice in entry.choices if choice.chosen is None]
    return f"not yet decided: {'; '.join(still)}" if still else "not complete yet"


def _typed(text: str, row: RowShape) -> object:
    """Read a value as its type; raise ``_Unfit`` for one that the format does not take."""
    if row.type == "datetime":
        return _instant(text)
    if row.type == "boolean":
        return _truth(text)
    if row.type in ("number", "integer"):
        return _number(text, row)
    if row.pattern is not None and not re.fullmatch(row.pattern, text):
        message = f'"{text}" is not of the form {row.pattern}'
        raise _Unfit(message)
    if row.limit is not None and len(text) > row.limit:
        message = f"{len(text)} characters; the format takes {row.limit}"
        raise _Unfit(message)
    return text


def _instant(text: str) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.utcoffset() is None:
        message = f'"{text}" is no instant with its offset, such as 2026-11-20T08:30:00Z'
        raise _Unfit(message)
    return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _truth(text: str) -> bool:
    for word in ("true", "false"):
        if text.casefold() in (word, label("judgement_values", word).casefold()):
            return word == "true"
    message = f'"{text}" is neither yes nor no'
    raise _Unfit(message)


def _number(text: str, row: RowShape) -> int | float:
    whole = row.type == "integer"
    if not _PLAIN_NUMBER.fullmatch(text) or (whole and "." in text):
        message = f'"{text}" is no plain {"whole " if whole else ""}number'
        raise _Unfit(message)
    value = float(text)
    if row.maximum is not None and value > row.maximum:
        message = f"{text} is more than {row.maximum:g}"
        raise _Unfit(message)
    return float(text) if "." in text else int(text)
