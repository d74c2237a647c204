"""Records of the workstreams: each a shape of its own, each version an entry of its own.

A record is never overwritten: to change it is to write it again, and its history is what
the chain holds. Ids are short, for people to say: T3, E12.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from regengine.casefile.case import Case
from regengine.casefile.entries import Draft, Entry, KeptFile, Track
from regengine.errors import Fault, InputError, suggest

_LONGEST: Final = 20_000  # characters of one text


class Record(BaseModel):
    """What all records have: an id, and frozen fields of known names."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, str_max_length=_LONGEST
    )

    id: str


R = TypeVar("R", bound=Record)


class Version(NamedTuple, Generic[R]):
    """One version of a record, with the entry that holds it."""

    record: R
    entry: Entry


@dataclass(frozen=True)
class Shelf(Generic[R]):
    """The records of one kind in a matter.

    >>> class Note(Record):
    ...     text: str
    >>> Shelf("note", Note, "N").kind
    'note'
    """

    kind: str
    shape: type[R]
    prefix: str

    def versions(self, case: Case) -> list[Version[R]]:
        """List every version of every record, in the order in which they were written.

        Those whose content was left out of this copy are not among them.
        """
        return [
            Version(self.shape.model_validate(entry.body), entry)
            for entry in case.entries
            if entry.kind == self.kind and entry.body is not None
        ]

    def all(self, case: Case) -> list[R]:
        """List the records as they are now, in the order in which they were opened."""
        return list({made.record.id: made.record for made in self.versions(case)}.values())

    def one(self, case: Case, name: str) -> R:
        """Find a record by its id; raise ``InputError`` where there is none."""
        for record in self.all(case):
            if record.id.casefold() == name.casefold():
                return record
        known = [record.id for record in self.all(case)]
        message = f'no {self.kind.replace("_", " ")} "{name}"{suggest(name, known)}'
        raise InputError([Fault(case.reference, "", message)])

    def history(self, case: Case, name: str) -> list[Version[R]]:
        """List the versions of one record, oldest first."""
        found = self.one(case, name)
        return [made for made in self.versions(case) if made.record.id == found.id]

    def next_id(self, case: Case) -> str:
        """Give the id of the next record; one that was left out of this copy has an id, too."""
        hidden = sum(x.kind == self.kind and x.body is None for x in case.entries)
        return f"{self.prefix}{len(self.all(case)) + hidden + 1}"

    def add(
        self,
        case: Case,
        *,
        track: Track = "facts",
        files: tuple[KeptFile, ...] = (),
        **fields: Any,
    ) -> R:
        """Open a record under the next id.

        Raise ``InputError`` with one line for every field that does not fit.
        """
        with case.writing() as journal:
            record = self._read(case, {"id": self.next_id(case), **fields})
            journal.add(self._draft(record, track, files))
        return record

    def change(
        self,
        case: Case,
        name: str,
        *,
        track: Track | None = None,
        files: tuple[KeptFile, ...] = (),
        **fields: Any,
    ) -> R:
        """Write a record again with some fields changed; it keeps its track unless one is given."""
        with case.writing() as journal:
            last = self.history(case, name)[-1]
            record = self._read(case, {**last.record.model_dump(), **fields})
            if record != last.record or files:
                journal.add(self._draft(record, track or last.entry.track, files))
        return record

    def _draft(self, record: R, track: Track, files: tuple[KeptFile, ...]) -> Draft:
        body = record.model_dump(mode="json")
        return Draft(kind=self.kind, body=body, files=files, track=track)

    def _read(self, case: Case, fields: dict[str, Any]) -> R:
        try:
            return self.shape.model_validate(fields)
        except ValidationError as error:
            noun = self.kind.replace("_", " ")
            faults = [
                Fault(case.reference, f"{noun}.{'.'.join(map(str, x['loc']))}", _worded(x))
                for x in error.errors()
            ]
            raise InputError(faults) from None


def _worded(found: Any) -> str:  # reason: pydantic's own typed dictionary
    message = str(found["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]
