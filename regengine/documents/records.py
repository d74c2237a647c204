"""A notice as data: what each field says, for programs and for the notice that follows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from regengine.assessment import Readiness
from regengine.documents import machine
from regengine.documents.content import Matter
from regengine.documents.paper import Choice, Entry, Paper, State
from regengine.errors import Fault, InputError

SCHEMA = "regengine.filing/1"
_LONGEST = 4 << 20  # bytes of one record that is read back


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ChoiceRecord(_Shape):
    """One option of a field; ``chosen`` is null while it is open."""

    say: str
    chosen: bool | None


class FieldRecord(_Shape):
    """One field: ``answer`` is the key under which the incident file may answer it."""

    key: str
    answer: str
    section: str
    label: str
    kind: str
    state: State
    required: str
    lines: tuple[str, ...]
    value: str
    choices: tuple[ChoiceRecord, ...] = ()
    limit: int | None = None
    basis: str | None = None


class ChangeRecord(_Shape):
    """What a field said in the notice before, and says now."""

    label: str
    before: tuple[str, ...]
    now: tuple[str, ...]


class LackRecord(_Shape):
    """What the machine format lacks; ``needed``: without it the document is not valid."""

    path: str
    answer: str
    why: str
    needed: bool


class MachineRecord(_Shape):
    """Whether the document for the authority's machine meets its rules of form."""

    valid: bool
    missing: tuple[LackRecord, ...]


class FilingRecord(_Shape):
    """One notice: a form's fields, or the paragraphs of a letter."""

    schema_: str = Field(default=SCHEMA, alias="schema")
    key: str
    keys: tuple[str, ...]
    act: str
    reason: str | None = None
    form: str
    title: str
    stage: str | None = None
    incident: str
    recipient: str
    citation: str
    now: str | None = None
    law: str | None = None
    readiness: Readiness
    machine: MachineRecord | None = None
    fields: tuple[FieldRecord, ...] = ()
    paragraphs: tuple[str, ...] = ()
    to_follow: tuple[str, ...] = ()
    changes: tuple[ChangeRecord, ...] | None = None

    def to_json(self) -> bytes:
        """Write the record: stable field order, two spaces of indent."""
        return (self.model_dump_json(by_alias=True, indent=2) + "\n").encode()


def readiness_of(paper: Paper) -> Readiness:
    """Count what a complete notice must say, and how much of that it says."""
    return Readiness(
        form=paper.template.id,
        required=paper.asked,
        ready=paper.asked - len(paper.lacking),
        missing=paper.lacking,
    )


def _choice(choice: Choice) -> ChoiceRecord:
    return ChoiceRecord(say=choice.say, chosen=choice.chosen)


def _field(entry: Entry, section: str) -> FieldRecord:
    return FieldRecord(
        key=entry.key,
        answer=entry.field,
        section=section,
        label=entry.label,
        kind=entry.kind,
        state=entry.state,
        required=entry.required,
        lines=entry.lines,
        value="\n".join(entry.lines),
        choices=tuple(map(_choice, entry.choices)),
        limit=entry.limit,
        basis=entry.basis,
    )


def record_of(paper: Paper, matter: Matter, act: str, keys: tuple[str, ...]) -> FilingRecord:
    """Write a notice down as data; ``act`` is initial, supplement or withdrawal."""
    result = matter.result
    sections = paper.sections
    running = (
        *paper.intro,
        *(line for part in sections for block in part.blocks for line in block.lines),
        *paper.closing,
    )
    changes = paper.changes
    return FilingRecord(
        key=result.key,
        keys=keys,
        act=act,
        form=paper.template.id,
        title=paper.title,
        stage=paper.stage,
        incident=matter.incident.reference,
        recipient=result.recipient.name,
        citation=result.citation,
        now=matter.now.isoformat() if matter.now else None,
        law=matter.assessment.law.version if matter.assessment else None,
        readiness=readiness_of(paper),
        fields=tuple(_field(x, part.title) for part in sections for x in part.entries),
        paragraphs=running,
        to_follow=paper.to_follow,
        changes=None
        if changes is None
        else tuple(ChangeRecord(label=x.label, before=x.before, now=x.now) for x in changes),
    )


def machine_record(made: machine.Document) -> MachineRecord:
    """Write down what a document for a machine lacks."""
    lacks = (
        LackRecord(path=one.path, answer=one.field, why=one.why, needed=one.needed)
        for one in made.missing
    )
    return MachineRecord(valid=made.valid, missing=tuple(lacks))


def earlier(path: str | Path, reference: str | None = None) -> dict[str, FilingRecord]:
    """Read the notices of an earlier run from its folder, by the duty's id and place.

    Of several stages the last one leads. Raise ``InputError`` for a folder without any, for
    a record that cannot be read, and for one of another incident than ``reference``: what
    it said would be told to the recipients of this one.
    """
    root = Path(path)
    found: dict[str, FilingRecord] = {}
    for file in sorted(root.glob("json/*.json")):
        record = _read(file)
        if record is None:
            continue
        if reference not in (None, record.incident):
            message = f'is of the incident "{record.incident}", not of "{reference}"'
            raise InputError([Fault(str(file), "incident", message)])
        for key in record.keys:
            before = found.get(base_of(key))
            if before is None or (before.now or "") <= (record.now or ""):
                found[base_of(key)] = record
    if not found:
        message = "holds no notices of an earlier run (json/*.json)"
        raise InputError([Fault(str(root), "", message)])
    return found


def _read(file: Path) -> FilingRecord | None:
    """Read one record; other JSON in the folder is passed over."""
    if file.stat().st_size > _LONGEST:
        raise InputError([Fault(str(file), "", f"longer than {_LONGEST} bytes")])
    try:
        content: Any = json.loads(file.read_bytes())
    except ValueError as error:
        raise InputError([Fault(str(file), "", f"no JSON: {error}")]) from None
    if not isinstance(content, Mapping) or content.get("schema") != SCHEMA:
        return None
    try:
        return FilingRecord.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError([Fault(str(file), place, first["msg"].lower())]) from None


def base_of(key: str) -> str:
    """Take the stage off a key.

    >>> base_of("xx-office@XX/final")
    'xx-office@XX'
    """
    return key.partition("/")[0]
