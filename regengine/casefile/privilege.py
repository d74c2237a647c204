"""Two tracks that never mix: facts that may be disclosed, advice that may not.

An entry belongs to one track for good. What is written on the facts track may neither name
a record of the advice track nor repeat its words; what does so all the same is withheld
like advice, and counsel is told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from regengine.casefile.case import Case
from regengine.casefile.entries import Entry
from regengine.casefile.standing import Standing
from regengine.documents.outputs import table
from regengine.errors import Fault, InputError, suggest

TABLE: Final = "casefile/legal.toml"
NONE: Final = "none"
# So many words in a row are a quotation, not a coincidence.
_RUN: Final = 8
_WORD: Final = re.compile(r"\w+")


class Leak(NamedTuple):
    """An entry of the facts track that tells of advice; ``how`` says in which way."""

    seq: int
    record: str
    how: str


class Withheld(NamedTuple):
    """One line of the log of what is withheld: everything about it but what it says.

    ``at`` is when it was made, where that is on record, else when it was recorded (UTC).
    ``seqs`` are the numbers of its entries.
    """

    record: str
    at: datetime
    author: str
    recipients: tuple[str, ...]
    kind: str
    nature: str
    label: str
    ground: str
    seqs: tuple[int, ...]


def words() -> Mapping[str, Any]:
    """Read the words of the legal workstream: labels, roles, kinds, the card."""
    return table(TABLE)


def label(name: str) -> Mapping[str, Any]:
    """Find a label of privilege; raise ``InputError`` for a word that is none.

    >>> label("work-product")["track"], label("none")["track"]
    ('advice', 'facts')
    """
    labels: Mapping[str, Mapping[str, Any]] = words()["label"]
    if name not in labels:
        message = f'"{name}" is no label{suggest(name, labels)} allowed: {", ".join(labels)}'
        raise InputError([Fault("privilege", "label", message)])
    return labels[name]


def card() -> str:
    """Give the short card: how to write in a matter, so that what is privileged stays so.

    >>> print(card().splitlines()[0])
    How to write in this matter
    """
    held = words()["card"]
    return f"{held['title']}\n\n{held['text'].strip()}\n"


# -- what is advice, and what tells of it -----------------------------------------------


def advice_records(case: Case) -> list[str]:
    """List the ids of the records that have an entry on the advice track."""
    found = (
        entry.body.get("id")
        for entry in case.entries
        if entry.track == "advice" and entry.body is not None
    )
    return list(dict.fromkeys(str(x) for x in found if x))


def is_advice(case: Case, record: str) -> bool:
    """Say whether a record is on the advice track."""
    return record.casefold() in {x.casefold() for x in advice_records(case)}


def guard(case: Case, given: object, place: str = "") -> None:
    """Refuse what is to go on the facts track where it tells of advice.

    ``given`` is a text, a record, or a table or list of such. Raise ``InputError``; the
    message names records by their ids and never repeats what they say.
    """
    texts = [text for _, text in _texts(given)]
    faults = [Fault(case.reference, place, how) for how in _told_of(case.entries, texts)]
    if faults:
        raise InputError(faults)


def leaks(case: Case) -> list[Leak]:
    """Find every entry of the facts track that tells of advice recorded before it.

    Rooms refuse such a text when it is written; this finds what came in another way, like
    the source of a fact or a matter from another machine.
    """
    advice = _Advice()
    found = []
    for entry in case.entries:
        if entry.body is None:
            continue
        if entry.track == "advice":
            advice.take(entry)
            continue
        # Its own id is no mention of another kind's record that has the same.
        texts = [text for place, text in _texts(entry.body) if place != "id" and text != "id"]
        texts += [file.name for file in entry.files]
        record = str(entry.body.get("id") or "")
        both = (entry.kind, record) in advice.records
        how = ["is a record that is on the advice track too"] if both else advice.told_of(texts)
        found += [Leak(entry.seq, record or entry.kind, each) for each in how[:1]]
        advice.known(texts)
    return found


class _Advice:
    """What the advice track says, gathered entry by entry."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.records: set[tuple[str, str]] = set()
        self._runs: dict[tuple[str, ...], str] = {}
        self._facts: set[tuple[str, ...]] = set()

    def take(self, entry: Entry) -> None:
        """Take in an entry of the advice track."""
        body = entry.told
        name = str(body.get("id") or f"entry {entry.seq}")
        if body.get("id"):
            self.ids[name.casefold()] = name
            self.records.add((entry.kind, name))
        for place, text in _texts(body):
            if place == "id":
                continue
            for run in _runs(text):
                if run not in self._facts:  # a fact stays a fact when advice quotes it
                    self._runs.setdefault(run, name)

    def known(self, texts: Sequence[str]) -> None:
        """Take in what the facts track said first: advice that repeats it makes it no secret."""
        self._facts |= {run for text in texts for run in _runs(text)}

    def told_of(self, texts: Sequence[str]) -> list[str]:
        """Say in which ways texts tell of advice."""
        said: dict[str, None] = {}
        for text in texts:
            for word in _WORD.findall(text):
                if word.casefold() in self.ids:
                    name = self.ids[word.casefold()]
                    said[f"names {name}, which is advice; the facts track never refers to it"] = (
                        None
                    )
            for run in _runs(text):
                if run in self._runs:
                    name = self._runs[run]
                    said[f"repeats the words of {name}, which is advice; write the fact anew"] = (
                        None
                    )
                    break
        return list(said)


def _told_of(entries: Sequence[Entry], texts: Sequence[str]) -> list[str]:
    if not any(entry.track == "advice" for entry in entries):
        return []
    advice = _Advice()
    for entry in entries:
        if entry.body is None:
            continue
        if entry.track == "advice":
            advice.take(entry)
        else:
            advice.known([text for _, text in _texts(entry.body)])
    return advice.told_of(texts)


def _texts(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """List every text in plain values, with the name of the field that holds it."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, held in value.items():
            yield place, str(key)  # a name that somebody may have given, like a group's
            yield from _texts(held, str(key))
    elif isinstance(value, list | tuple):
        for held in value:
            yield from _texts(held, place)


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    """List the runs of words of a text; a text of fewer words has none."""
    said = [word.casefold() for word in _WORD.findall(text)]
    for start in range(len(said) - _RUN + 1):
        yield tuple(said[start : start + _RUN])


def repeats(text: str, other: str) -> bool:
    """Say whether a short text is part of another or shares a run of words with it.

    >>> repeats("We must pay", "Counsel says: we must pay, now."), repeats("e-mail", "We pay.")
    (True, False)
    """
    one, two = (" ".join(_WORD.findall(x.casefold())) for x in (text, other))
    shared = set(_runs(text)) & set(_runs(other))
    return bool(one and two and (f" {one} " in f" {two} " or f" {two} " in f" {one} ")) or bool(
        shared
    )


# -- what may be shown, and the log of the rest --------------------------------------------


def disclosable(case: Case) -> list[Entry]:
    """List the entries that may be disclosed: the facts track, and nothing that tells of advice."""
    kept_back = {leak.seq for leak in leaks(case)}
    return [x for x in case.entries if x.track == "facts" and x.seq not in kept_back]


def privilege_log(case: Case) -> list[Withheld]:
    """List what is withheld, without a word of what it says.

    One line for each record of the advice track, whatever its kind; and one for each entry
    of the facts track that tells of advice.
    """
    by_record: dict[tuple[str, str], list[Entry]] = {}
    for entry in case.entries:
        if entry.track == "advice":
            told = entry.body or {}
            name = str(told.get("id") or f"entry {entry.seq}")
            by_record.setdefault((entry.kind, name), []).append(entry)
    rows = [_withheld(case, name, made) for (_, name), made in by_record.items()]
    mixed = {leak.seq for leak in leaks(case)}
    said = words()["log"]["mixed"]
    rows += [_mixed(entry, said) for entry in case.entries if entry.seq in mixed]
    return sorted(rows, key=lambda row: row.seqs[0])


def _mixed(entry: Entry, said: str) -> Withheld:
    kind = entry.kind.replace("_", " ")
    name = f"entry {entry.seq}"
    return Withheld(name, entry.at, entry.by, (), kind, said, NONE, said, (entry.seq,))


def _withheld(case: Case, record: str, made: Sequence[Entry]) -> Withheld:
    """Write one line; only fields that are written for the log are read from a body."""
    first, last = made[0], made[-1]
    told = last.body or {}
    numbers = tuple(entry.seq for entry in made)
    if last.kind != "note":
        kind = last.kind.replace("_", " ")
        nature = words()["log"]["other"].format(kind=kind)
        none = words()["log"]["none"]
        return Withheld(record, first.at, first.by, (), kind, nature, NONE, none, numbers)
    held = words()["label"].get(told.get("label"), {})
    at = datetime.fromisoformat(told["at"]) if told.get("at") else first.at
    return Withheld(
        record=record,
        at=at,
        author=str(told.get("author") or first.by),
        recipients=(*told.get("to", ()), *shared_with(case, record)),
        kind=words()["kind"].get(told.get("kind"), "record"),
        nature=str(told.get("nature") or held.get("nature", "")),
        label=str(held.get("name", told.get("label"))),
        ground=str(held.get("ground", words()["log"]["none"])),
        seqs=numbers,
    )


def shared_with(case: Case, record: str) -> list[str]:
    """List who got a note of the advice track after it was written."""
    return [
        str(entry.told["to"])
        for entry in case.entries
        if entry.kind == "distribution" and entry.body and entry.told["note"] == record
    ]


def names_in(case: Case) -> Collection[str]:
    """List the ids of every record of the matter, of any kind."""
    return {str(x.body["id"]) for x in case.entries if x.body and x.body.get("id")}


def standing(case: Case, now: datetime) -> Iterator[Standing]:  # noqa: ARG001  # reason: the shape of every room
    """Tell of entries of the facts track that tell of advice."""
    said = words()["warning"]["mixed"]
    for leak in leaks(case):
        yield Standing("legal", leak.record, f"entry {leak.seq}", "withheld", None, None, said)
