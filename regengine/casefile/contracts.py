"""The notice clauses of a matter: taken in from a table, added one by one, given out again.

A clause is a fact of the matter (``contracts.ID``), so that it stands in every assessment
beside what the law asks. Nothing of a table is taken in while one of its cells has a fault.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from regengine.assessment import Result
from regengine.casefile import sheet
from regengine.casefile.case import Case
from regengine.casefile.history import Change
from regengine.casefile.standing import Standing
from regengine.errors import Fault, InputError, suggest
from regengine.facts import Contract
from regengine.layout import INCIDENT
from regengine.leaves import Reading, Record, Several
from regengine.matter import matter_of
from regengine.promises import PREFIX, promised

LARGEST: Final = 5_000_000  # bytes of a table
MOST: Final = 2_000  # contracts of a table

# Other names of a column, folded as ``_folded`` folds them.
_SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("reference", "contract id", "key", "no", "number"),
    "party": ("counterparty", "name", "company", "client", "partner", "party name", "customer"),
    "kind": ("type", "category", "relationship", "party type"),
    "within": (
        "deadline",
        "period",
        "notice period",
        "time limit",
        "notice within",
        "notify within",
    ),
    "starts": (
        "from",
        "event",
        "start",
        "start event",
        "from event",
        "trigger event",
        "clock starts",
    ),
    "address": ("notice address", "notices to", "email", "e mail", "contact", "notify", "send to"),
    "clause": ("section", "article", "provision", "notice clause", "clause number"),
    "agreement": ("contract", "agreement reference", "agreement title", "document"),
    "ends": ("end", "end date", "expiry", "expires", "expiry date", "term end", "until"),
    "trigger": ("suspected or confirmed", "standard", "threshold", "knowledge"),
    "counts": ("day one", "first day", "counting"),
    "business_days": ("working days", "business day calendar", "calendar", "working day place"),
    "business_hours": ("cut off", "cutoff", "close of business", "working hours"),
    "zone": ("time zone", "timezone", "tz"),
    "receipt": ("sent or received", "met by", "effective on"),
    "deemed": ("deemed receipt", "deemed received"),
    "covers": ("groups", "people", "covered groups", "data subjects"),
    "confidential": ("confidentiality", "secret", "nda"),
    "flow_down": ("flowdown", "pass on", "sub contractors"),
    "consent": ("consents", "prior consent", "consent conditions"),
}
_TRUTHS: Final = {
    "yes": True, "y": True, "true": True, "1": True, "x": True,
    "no": False, "n": False, "false": False, "0": False,
}  # fmt: skip  # reason: a vocabulary reads better in lines of words
_EVENTS: Final = {
    "awareness": "aware", "becoming aware": "aware", "knowledge": "aware",
    "discovery": "discovered", "detection": "detected", "confirmation": "confirmed",
    "suspicion": "suspected", "determination": "determined", "publication": "made_public",
}  # fmt: skip  # reason: as above
_TRIGGERS: Final = {
    "suspicion": "suspected", "actual or suspected": "suspected", "reasonably suspected": "suspected",
    "suspected or actual": "suspected", "suspected or confirmed": "suspected",
    "actual": "confirmed", "confirmation": "confirmed",
}  # fmt: skip  # reason: as above
_UNITS: Final = {
    "h": "hour", "hr": "hour", "hrs": "hour", "d": "day", "bd": "business day",
    "min": "minute", "mins": "minute", "w": "week", "wk": "week", "wks": "week",
}  # fmt: skip  # reason: as above
_PERIOD: Final = re.compile(r"(?:within )?(\d{1,6})[ -]?([a-z]+(?: [a-z]+)?)")
_UNKNOWN: Final = ("", "unknown", "?", "n/a", "tbc", "tbd")


class Imported(NamedTuple):
    """What a table brought: ids of new clauses, of changed ones, and of those known already."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    sha256: str


def _record() -> Record:
    listed = INCIDENT.fields["contracts"].leaf
    if not isinstance(listed, Several) or not isinstance(listed.item, Record):
        message = "the layout of contracts is no list of records"
        raise TypeError(message)
    return listed.item


FIELDS: Final = tuple(_record().fields)


def _folded(text: str) -> str:
    """Fold the name of a column.

    >>> _folded(" Notice-Period (hours)")
    'notice period hours'
    """
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text.casefold()).split())


def _columns(header: Sequence[str], name: str, ignore: Sequence[str]) -> dict[int, str]:
    """Find the field of each column by its name."""
    names = {_folded(own): own for own in FIELDS}
    for own, others in _SYNONYMS.items():
        for other in others:
            names.setdefault(other, own)
    left_out = {_folded(each) for each in ignore}
    found: dict[int, str] = {}
    faults = []
    for number, title in enumerate(header):
        folded = _folded(title)
        field = names.get(folded)
        if folded in left_out:
            continue
        if field is None:
            near = suggest(folded, names)
            message = f"no field is called so{near}; allowed: {', '.join(FIELDS)}"
            faults.append(Fault(name, f'column "{title[:60]}"', message))
        elif field in found.values():
            first = header[next(i for i, held in found.items() if held == field)]
            message = f'says the same as column "{first[:60]}": both are {field}'
            faults.append(Fault(name, f'column "{title[:60]}"', message))
        else:
            found[number] = field
    if "party" not in found.values() and "id" not in found.values():
        faults.append(Fault(name, "", "has neither a column id nor a column party"))
    if faults:
        raise InputError(faults)
    return found


def _value(field: str, text: str) -> Any:
    """Read a cell as the incident file would hold it; what does not fit stays as it is."""
    folded = " ".join(text.casefold().split())
    read = _READERS.get(field)
    return text if read is None else read(folded, text)


def _within(folded: str) -> str | None:
    """Read "24h", "3 bd", "within 48 hours"; ``None`` where it is nothing like these."""
    match = _PERIOD.fullmatch(folded)
    return None if match is None else f"{match[1]} {_UNITS.get(match[2], match[2])}"


def _words(folded: str, _: str) -> list[str]:
    parts = (part.strip() for part in re.split(r"[;,|/]", folded))
    return [part.replace(" ", "_") for part in parts if part]


def _word(folded: str, _: str) -> str:
    return folded.replace(" ", "_").replace("-", "_")


def _slug(text: str) -> str:
    """Make an id of a name.

    >>> _slug("Acme & Söhne GmbH")
    'acme-s-hne-gmbh'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:64]


_READERS: Final[Mapping[str, Callable[[str, str], Any]]] = {
    "confidential": _TRUTHS.get,
    "flow_down": _TRUTHS.get,
    "covers": _words,
    "consent": _words,
    "starts": lambda folded, text: _EVENTS.get(folded, _word(folded, text)),
    "trigger": lambda folded, _: _TRIGGERS.get(folded, folded),
    "within": lambda folded, text: _within(folded) or text,
    "kind": _word,
    "counts": _word,
    "receipt": _word,
    "business_days": lambda _, text: text.upper(),
    "id": lambda _, text: text if re.fullmatch(r"[a-z0-9_-]+", text) else _slug(text),
}


def read_contracts(
    case: Case, path: str | Path, *, ignore: Sequence[str] = ()
) -> tuple[list[dict[str, Any]], str]:
    """Read the clauses of a table, and its hash; nothing is recorded.

    Raise ``InputError`` with one line for every bad cell, by row and column.
    """
    with sheet.opened(path, most=LARGEST) as table:
        columns = _columns(table.header, table.name, ignore)
        reading = Reading(table.name, case.corpus.vocabulary)
        made: list[dict[str, Any]] = []
        seen: dict[str, int] = {}
        for line, row in table.rows:
            if sheet.is_blank(row):
                continue
            if len(made) >= MOST:
                raise InputError([Fault(table.name, "", f"more than {MOST:,} contracts")])
            entry = _entry(reading, table.header, columns, line, row)
            name = entry.get("id")
            if name and seen.setdefault(name, line) != line:
                reading.fault(f"line {line}", f'"{name}" stands on line {seen[name]} already')
            made.append(entry)
        if reading.faults:
            raise InputError(reading.faults)
        if not made:
            raise InputError([Fault(table.name, "", "holds no contract below its heading")])
        return made, table.sha256


def _entry(
    reading: Reading,
    header: Sequence[str],
    columns: Mapping[int, str],
    line: int,
    row: Sequence[str],
) -> dict[str, Any]:
    """Read one row."""
    if len(row) > len(header):
        reading.fault(f"line {line}", f"has {len(row)} cells, the heading {len(header)}")
    leaves = _record().fields
    entry: dict[str, Any] = {}
    for number, field in columns.items():
        text = sheet.bare(row[number].strip()) if number < len(row) else ""
        if text.casefold() in _UNKNOWN:
            continue
        value = _value(field, text)
        read = leaves[field].leaf.read(reading, f'line {line}, column "{header[number]}"', value)
        if read is not None:
            entry[field] = leaves[field].leaf.write(read)
    if "id" not in entry:
        entry["id"] = _slug(str(entry.get("party", "")))
        if not entry["id"]:
            reading.fault(f"line {line}", "has neither an id nor a party")
    return entry


def import_contracts(
    case: Case,
    path: str | Path,
    *,
    learned: datetime | None = None,
    source: str | None = None,
    replace: bool = False,
    ignore: Sequence[str] = (),
) -> Imported:
    """Take the clauses of a table in, all of them or none.

    The columns are found by their names, in any order; ``ignore`` names those to pass over.
    A clause on record that says something else is changed only with ``replace``, and then
    what the table leaves open becomes unknown. Raise ``InputError`` with one line for every
    fault; then nothing is recorded.
    """
    entries, digest = read_contracts(case, path, ignore=ignore)
    with case.writing():
        known = {held["id"]: held for held in case.facts().get("contracts", ())}
        order = {name: number for number, name in enumerate(FIELDS)}
        plain = [dict(sorted(x.items(), key=lambda pair: order[pair[0]])) for x in entries]
        same = [x["id"] for x in plain if known.get(x["id"]) == x]
        changed = [x["id"] for x in plain if x["id"] in known and x["id"] not in same]
        if changed and not replace:
            message = "is on record and says something else there; replace says that this holds"
            raise InputError([Fault(Path(path).name, name, message) for name in changed])
        wanted = {f"contracts.{x['id']}": x for x in plain if x["id"] not in same}
        told = source or f"{Path(path).name} (SHA-256 {digest})"
        if wanted:
            case.set(wanted, learned=learned, source=told)
    added = tuple(x["id"] for x in plain if x["id"] not in known)
    return Imported(added, tuple(changed), tuple(same), digest)


def add(
    case: Case,
    name: str,
    *,
    learned: datetime | None = None,
    source: str | None = None,
    why: str | None = None,
    **fields: Any,
) -> list[Change]:
    """Enter one clause, or change the stated fields of one on record.

    Fields are those of ``contracts`` in an incident file; a field that is ``None`` is left
    as it is. Raise ``InputError`` for what does not fit.
    """
    with case.writing():
        known = {held["id"]: held for held in case.facts().get("contracts", ())}
        given = {field: value for field, value in fields.items() if value is not None}
        entry = {**known.get(name, {}), "id": name, **given}
        return case.set({f"contracts.{name}": entry}, learned=learned, source=source, why=why)


def listed(case: Case) -> tuple[Contract, ...]:
    """List the clauses as they are on record now."""
    return case.incident().contracts


def owed(case: Case, now: datetime | None = None) -> list[Result]:
    """Work out what each clause asks, without the law beside it; nothing is recorded."""
    moment = now or case.store.clock()
    matter = matter_of(case.incident(), case.corpus, None, moment, "chainer", check=False)
    return list(promised(matter))


def export_contracts(case: Case, path: str | Path) -> int:
    """Write the clauses as a table that ``import_contracts`` reads again; tell how many.

    UTF-8 with a mark, for spreadsheets; no cell of it is run as a formula. Raise
    ``InputError`` where the file is there already.
    """
    rows = case.facts().get("contracts", [])
    try:
        with Path(path).open("x", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(FIELDS)
            writer.writerows([[_cell(row.get(field)) for field in FIELDS] for row in rows])
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise InputError([Fault(Path(path).name, "", message)]) from None
    return len(rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return sheet.safe(str(value))


def standing(case: Case, now: datetime) -> Iterator[Standing]:
    """Tell of every promise that is or may be owed and has not gone out."""
    contracts = {PREFIX + held.id: held for held in listed(case)}
    if not contracts:
        return
    for result in owed(case, now):
        if result.status == "not_required" or result.went_out:
            continue
        contract = contracts[result.id]
        late = result.deadline.late_by is not None
        warnings = [
            "late" if late else "",
            "" if contract.address else "no address for the notice",
            "the clause forbids telling others" if contract.confidential else "",
        ]
        said = "; ".join(filter(None, warnings)) or None
        due = result.deadline.due_at
        yield Standing("filings", result.id, result.title, result.status, None, due, said)
