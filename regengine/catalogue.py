"""The law as a list: every obligation with its versions, one of them in full, two days compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from regengine.clauses import Edition
from regengine.conditions import Atom, leaves, parse
from regengine.corpus import Corpus
from regengine.errors import Fault, LawError, suggest
from regengine.in_force import first_day
from regengine.law import Due, Version

_TERMS = (
    "when", "grounds", "unless", "due", "stage", "to", "hold", "protects", "scope", "content",
    "forbidden", "extras", "cite", "status",
)  # fmt: skip  # reason: a list of field names reads better in lines


@dataclass(frozen=True, slots=True)
class Entry:
    """One obligation as it stands for one place."""

    id: str
    place: str
    file: str
    editions: tuple[Edition, ...]
    law: str | None = None

    @property
    def newest(self) -> Edition:
        """The version that leads: the last one."""
        return self.editions[-1]

    def in_force(self, day: date) -> Edition | None:
        """Find the version in force on a day."""
        for edition in reversed(self.editions):
            version = edition.version
            if first_day(version.from_) <= day:
                ended = version.until is not None and version.until < day
                return None if ended else edition
        return None


def entries(corpus: Corpus) -> list[Entry]:
    """List every obligation, and every place's own terms over one.

    >>> any(entry.id == "us-ca-residents" for entry in entries(Corpus.open()))
    True
    """
    return sorted(_entries(corpus), key=lambda entry: (entry.id, entry.place))


def _entries(corpus: Corpus) -> Iterator[Entry]:
    places = {item.place for item in corpus.raw.values() if "overlay" in item.tables}
    for name, raw in corpus.raw.items():
        if "obligation" not in raw.tables:
            continue
        plain, law = corpus.editions(name, ""), corpus.file(name).law
        for duty, editions in plain.items():
            yield Entry(duty, _home(editions[0], raw.place), name, tuple(editions), law)
        for place in sorted(places):
            for duty, editions in corpus.editions(name, place).items():
                if [item.version for item in editions] != [item.version for item in plain[duty]]:
                    yield Entry(duty, place, name, tuple(editions), law)


def _home(edition: Edition, place: str) -> str:
    """Name the place of a duty: a part of a country where its results all stand there."""
    each = edition.obligation.each
    return each.in_ if each is not None and "-" in each.in_ else place


def listed(entry: Entry) -> dict[str, Any]:
    """Give an entry in its published form (contract: ``law list --format json``)."""
    newest, obligation = entry.newest.version, entry.newest.obligation
    recipients = newest.to or obligation.to
    return {
        "id": entry.id,
        "place": entry.place,
        "title": obligation.title,
        "recipient_kind": recipients[0].kind,
        "regimes": sorted(_regimes(newest)),
        "confidence": newest.confidence or obligation.confidence,
        "verified": str(newest.verified) if newest.verified else None,
        "status": newest.status or "in_force",
        "versions": [_version(edition.version) for edition in entry.editions],
    }


def _version(version: Version) -> dict[str, Any]:
    due = version.due
    simple = due is not None and not (due.earliest or due.latest or due.cases)
    found: dict[str, Any] = {
        "from": str(version.from_),
        "until": str(version.until) if version.until else None,
        "within": str(due.within) if due and simple and due.within else None,
        "starts": due.starts if due and simple else None,
        "due": None if due is None else _due(due),
    }
    if version.stage:
        found["stages"] = [{"name": stage.name, "due": _due(stage.due)} for stage in version.stage]
    return found


def _due(due: Due) -> dict[str, Any]:
    """Write a due as in its law file: periods as text, unset parts left out."""
    found = due.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {key: _plain(value) for key, value in found.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"amount", "unit"}:
            plural = "" if value["amount"] == 1 else "s"
            return f"{value['amount']} {value['unit']}{plural}"
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _regimes(version: Version) -> set[str]:
    return {
        leaf.subject
        for text in version.when or ()
        for leaf in leaves(parse(text))
        if isinstance(leaf, Atom) and leaf.kind == "regime"
    }


def find(corpus: Corpus, name: str) -> list[Entry]:
    """Find an obligation by id or ``id@PLACE``; raise ``LawError`` with the nearest id.

    >>> [entry.place for entry in find(Corpus.open(), "us-ca-residents")]
    ['US-CA']
    """
    duty, _, place = name.partition("@")
    found = [item for item in entries(corpus) if item.id == duty and place in ("", item.place)]
    if not found:
        message = f'no obligation "{name}"{suggest(duty, corpus.home)}'
        raise LawError([Fault("", "", message)])
    return found


def full(entry: Entry) -> dict[str, Any]:
    """Give an entry with every term of every version, and its file."""
    obligation = entry.newest.obligation
    return {
        **listed(entry),
        "law": obligation.law or entry.law,
        "file": f"rules/{entry.file}.toml",
        "bound": list(obligation.bound),
        "terms": [
            {
                key: _plain(value)
                for key, value in edition.version.model_dump(
                    mode="json", by_alias=True, exclude_none=True
                ).items()
                if value not in ((), [], {}, None)
            }
            for edition in entry.editions
        ],
    }


@dataclass(frozen=True, slots=True)
class Change:
    """What differs in one obligation between two days."""

    id: str
    place: str
    title: str
    what: str  # "added", "ended" or "changed"
    terms: tuple[tuple[str, str, str], ...] = ()  # name, before, after
    cite: str | None = None


def changes(corpus: Corpus, before: date, after: date) -> list[Change]:
    """Compare the law in force on two days.

    >>> found = changes(Corpus.open(), date(2025, 12, 31), date(2026, 1, 1))
    >>> next(item.what for item in found if item.id == "us-ca-residents")
    'changed'
    """
    found = []
    for entry in entries(corpus):
        old, new = entry.in_force(before), entry.in_force(after)
        if old is new:
            continue
        title = entry.newest.obligation.title
        if old is None and new is not None:
            change = Change(entry.id, entry.place, title, "added", cite=new.version.cite)
        elif new is None and old is not None:
            change = Change(entry.id, entry.place, title, "ended", cite=old.version.cite)
        elif old is not None and new is not None:
            terms = tuple(_differences(old.version, new.version))
            change = Change(entry.id, entry.place, title, "changed", terms, new.version.cite)
        found.append(change)
    return found


def _differences(old: Version, new: Version) -> Iterator[tuple[str, str, str]]:
    before = old.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    after = new.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for name in _TERMS:
        if before.get(name) != after.get(name):
            yield name, _text(before.get(name)), _text(after.get(name))


def _text(value: Any) -> str:
    plain = _plain(value)
    if plain in (None, [], ()):
        return "nothing"
    if isinstance(plain, dict):
        return ", ".join(f"{key} {_text(item)}" for key, item in plain.items())
    if isinstance(plain, list):
        return "; ".join(_text(item) for item in plain)
    return str(plain)
