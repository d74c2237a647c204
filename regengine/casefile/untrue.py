"""Which notices that went out say what is not so any more, and where.

A notice is made anew from the facts as they are, at the instant at which it was written and
with the notices of its own duty as they stood then: what differs is told by the facts. It
is then set beside the paper that went out, field by field, or paragraph by paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from regengine.assessment import Assessment
from regengine.casefile import papers
from regengine.casefile.case import FILING, Case
from regengine.casefile.delta import (
    MOST_TRIED,
    Cause,
    Then,
    at_point,
    differing,
)
from regengine.casefile.entries import Entry, KeptFile
from regengine.casefile.law_change import law_now
from regengine.casefile.standing import Standing
from regengine.documents.dossier import Dossier, build
from regengine.documents.mentions import bare_count, counts, sentences
from regengine.documents.notices import Notice, act_of, choose, matter_of, notices, paper_of
from regengine.documents.paper import GAP_CLOSES, GAP_OPENS
from regengine.documents.records import FieldRecord, FilingRecord, base_of, record_of
from regengine.documents.shelf import folder_at, put
from regengine.errors import InputError
from regengine.facts import Incident

Kind = Literal["untrue", "no_longer_sure", "now_known", "not_owed", "reworded"]
KINDS: Final[tuple[Kind, ...]] = (
    "untrue",
    "not_owed",
    "no_longer_sure",
    "now_known",
    "reworded",
)
# What a recipient must be told; a new wording of our own is no news to them.
NEWS: Final[tuple[Kind, ...]] = KINDS[:4]

_JSON: Final = "json/"
_COMPLETE: Final = ("choice", "multi_choice", "yes_no", "table")
_GAP: Final = re.compile(f"{GAP_OPENS}([^{GAP_CLOSES}]*){GAP_CLOSES}")


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Statement(_Shape):
    """One place of a notice that does not say what the facts say now.

    ``document`` is the name of its files, ``entry`` the entry that keeps it. ``paragraph``
    counts from 1 and stands for running text; a field has ``field`` and ``section``. ``kind``:
    ``untrue`` was stated and is otherwise, ``no_longer_sure`` was stated and is open,
    ``now_known`` was to follow, ``not_owed``: the duty itself is gone, ``reworded``: another
    law or engine says it otherwise on the same facts.
    """

    key: str
    document: str
    title: str
    entry: int
    kind: Kind
    section: str = ""
    label: str = ""
    field: str | None = None
    paragraph: int | None = None
    before: tuple[str, ...] = ()
    now: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()

    @property
    def where(self) -> str:
        """Name the place in words."""
        if self.paragraph is not None:
            return f"paragraph {self.paragraph}"
        return ": ".join(filter(None, (self.section, self.label)))


class Unread(_Shape):
    """A notice that went out and cannot be compared, with the reason."""

    key: str
    why: str


class Truth(_Shape):
    """What was found in all notices that went out and stand."""

    schema_: str = Field(default="regengine.untrue/1", alias="schema")
    rows: tuple[Statement, ...] = ()
    unread: tuple[Unread, ...] = ()
    compared: int = 0

    def of(self, *kinds: Kind) -> tuple[Statement, ...]:
        """List the rows of some kinds."""
        return tuple(row for row in self.rows if row.kind in kinds)


class Sent(NamedTuple):
    """A notice that went out: the paper as it was, and the entries that tell of it.

    ``keys`` are those of its results that are on record as sent. ``record`` is ``None`` where no
    paper is kept; ``lost`` then says why.
    """

    keys: tuple[str, ...]
    name: str
    record: FilingRecord | None
    kept: Entry | None
    lost: str = ""


# -- what went out -------------------------------------------------------------------------


def sent(case: Case) -> list[Sent]:
    """List the notices that went out and stand: neither refused nor withdrawn since.

    A letter that serves several duties is listed once.
    """
    standing: list[Entry] = []
    for entry in (x for x in case.entries if x.kind == FILING):
        key, state = entry.told["key"], entry.told["state"]
        if state == "sent" or (
            state == "received" and not any(x.told["key"] == key for x in standing)
        ):
            standing.append(entry)
        elif state == "withdrawn":
            standing = [x for x in standing if base_of(x.told["key"]) != base_of(key)]
        elif state == "refused":
            last = next((x for x in reversed(standing) if x.told["key"] == key), None)
            standing = [x for x in standing if x is not last]
    found: dict[tuple[int, str], Sent] = {}
    for number, entry in enumerate(standing):
        for one in _papers_of(case, entry):
            place = (one.kept.seq, one.name) if one.kept else (-number, one.keys[0])
            first = found.get(place)
            keys = dict.fromkeys((*(first.keys if first else ()), *one.keys))
            found.pop(place, None)
            found[place] = one._replace(keys=tuple(keys))
    return list(found.values())


def _papers_of(case: Case, entry: Entry) -> Iterator[Sent]:
    key, seq = str(entry.told["key"]), entry.told.get("documents")
    if seq is None:
        yield Sent((key,), key, None, None, "no paper of it is kept in the record")
        return
    kept = next((x for x in case.entries if x.seq == seq), None)
    if kept is None or kept.kind != papers.DOCUMENTS or kept.body is None:
        yield Sent((key,), key, None, None, f"entry {seq} keeps no papers")
        return
    there = False
    for file in kept.files:
        record = _record(case, file)
        if record is not None and key in record.keys:
            there = True
            yield Sent((key,), Path(file.name).stem, record, kept)
    if not there:
        yield Sent((key,), key, None, None, f"entry {seq} keeps no paper of it that can be read")


def _record(case: Case, file: KeptFile) -> FilingRecord | None:
    if not (file.kept and file.name.startswith(_JSON)) or file.name.endswith(".authority.json"):
        return None
    try:
        return FilingRecord.model_validate_json(case.store.content(file.sha256))
    except ValidationError:  # other data, or a record of another version
        return None


# -- the same notice from the facts as they are --------------------------------------------


class _Made(NamedTuple):
    """A notice made anew; without a ``record``, ``why`` none would be made."""

    record: FilingRecord | None
    why: str = ""


def _view(case: Case, one: Sent) -> Then:
    """Take the notices of the duty itself as they stood when the paper was written."""
    bases = {base_of(key) for key in one.keys}
    until = _until(one)
    return Then(
        case,
        (
            x
            for x in case.entries
            if not (x.kind == FILING and x.seq > until and base_of(x.told["key"]) in bases)
        ),
    )


def _until(one: Sent) -> int:
    return int(one.kept.told.get("facts_until", one.kept.seq)) if one.kept else 0


def _now(one: Sent) -> datetime | None:
    text = one.kept.told.get("now") if one.kept else None
    return datetime.fromisoformat(text) if text else None


def _anew(then: Then, one: Sent, *, checked: bool) -> _Made:
    """Make a notice again, without laying out a page."""
    if one.record is None:
        return _Made(None, one.lost)
    incident = then.incident()
    found = then.answer(_now(one)) if checked else then.probe(_now(one))
    owed = [x for x in found.obligations if x.key in one.record.keys]
    if all(x.status == "not_required" for x in owed):
        gone = [x.key for x in owed] or list(one.record.keys)
        return _Made(None, f"not owed by the facts as they are: {', '.join(gone)}")
    notice = _notice(incident, found, one)
    if notice is None:
        return _Made(None, "no such letter would be written now")
    paper = paper_of(incident, found, notice)
    matter = matter_of(incident, found, notice)
    return _Made(record_of(paper, matter, notice.act, notice.keys))


def _notice(incident: Incident, found: Assessment, one: Sent) -> Notice | None:
    """Find the notice that the paper was: of a letter the one to the same people."""
    record = one.record
    if record is None:
        return None
    results = [x for x in found.obligations if x.key in record.keys and x.status != "not_required"]
    if len(results) == 1 and results[0].recipient.kind != "individuals":
        return Notice(results[0], act_of(results[0]), one.name)
    wanted = [x for x in notices(incident, found, results) if x.variant is not None]
    if not wanted:
        return None
    alike = [x for x in wanted if _tail(x.name) == _tail(one.name)]
    keys = set(record.keys)
    return max(alike, key=lambda x: len(keys & set(x.keys)), default=None)


def _tail(name: str) -> tuple[str, ...]:
    """Take from a letter's name for whom and in which language it is.

    >>> _tail("letter-04--DE--staff--de")
    ('staff', 'de')
    """
    return tuple(name.split("--")[2:])


# -- side by side --------------------------------------------------------------------------


def untrue(case: Case, *, causes: bool = True) -> Truth:
    """Find what the notices that went out say, and what the facts of the case do not any more.

    Of a place that a later notice of the same duty says again, the later one counts. With
    ``causes`` each change since is left out alone to find what it did (of up to twelve). A
    notice of which no paper is kept, or that cannot be made again, is listed as unread.
    """
    rows: list[Statement] = []
    unread: list[Unread] = []
    said: set[tuple[str, str, str]] = set()
    compared = 0
    for one in reversed(sent(case)):
        if one.record is None or one.kept is None:
            unread += [Unread(key=key, why=one.lost) for key in one.keys]
            continue
        try:
            found = _told(case, one, said, causes=causes)
        except InputError as error:
            why = " ".join(str(error).split())
            unread += [Unread(key=key, why=why) for key in one.keys]
            continue
        compared += 1
        rows += found
        said |= _places(one)
    order = {key: number for number, key in enumerate(dict.fromkeys(x.key for x in reversed(rows)))}
    rows.sort(key=lambda row: (order[row.key], row.document, KINDS.index(row.kind)))
    return Truth(rows=tuple(rows), unread=tuple(reversed(unread)), compared=compared)


def _places(one: Sent) -> set[tuple[str, str, str]]:
    """Name the places of a paper, so that an earlier one of the duty is not held to them."""
    record = one.record
    if record is None:
        return set()
    fields = [field.key for field in record.fields] or [""]
    tail = "--".join(_tail(one.name)) if not record.fields else ""
    return {(base_of(key), record.form + tail, field) for key in one.keys for field in fields}


def _told(
    case: Case, one: Sent, said: set[tuple[str, str, str]], *, causes: bool
) -> list[Statement]:
    made = _anew(_view(case, one), one, checked=True)
    rows = [x for x in _rows(one, made) if not _superseded(x, one, said)]
    if not rows:
        return rows
    rows = _law_apart(case, one, rows)
    return _with_causes(case, one, rows) if causes else rows


def _superseded(row: Statement, one: Sent, said: set[tuple[str, str, str]]) -> bool:
    record = one.record
    if record is None:
        return False
    tail = "--".join(_tail(one.name)) if not record.fields else ""
    field = row.field or next((x.key for x in record.fields), "")
    return all((base_of(key), record.form + tail, field) in said for key in one.keys)


def _rows(one: Sent, made: _Made) -> Iterator[Statement]:
    record, kept = one.record, one.kept
    if record is None or kept is None:
        return
    blank = Statement(
        key=one.keys[0], document=one.name, title=record.title, entry=kept.seq, kind="untrue"
    )
    if made.record is None:
        update = {"kind": "not_owed", "label": "the duty", "now": (made.why,)}
        yield blank.model_copy(update={**update, "before": (record.title,)})
        return
    for change in compared_records(record, made.record):
        yield blank.model_copy(update=change._asdict())


class Difference(NamedTuple):
    """One place in which two records of a notice differ."""

    kind: Kind
    section: str
    label: str
    field: str | None
    paragraph: int | None
    before: tuple[str, ...]
    now: tuple[str, ...]


def compared_records(before: FilingRecord, now: FilingRecord) -> list[Difference]:
    """Set two records of one notice side by side, in the order of the first."""
    fields = {field.key: field for field in now.fields}
    found = [
        Difference(kind, old.section, old.label, old.key, None, _shown(old), _shown(new))
        for old in before.fields
        if (kind := _kind(old, new := fields.get(old.key))) is not None
    ]
    return [*found, *_paragraphs(before.paragraphs, now.paragraphs)]


def _shown(field: FieldRecord | None) -> tuple[str, ...]:
    """Write what a field says; of one to follow also that."""
    if field is None:
        return ("not asked",)
    lines = _legible(field.lines)
    if field.state == "known":
        return lines
    words = {"to_follow": "to follow", "not_applicable": "not applicable", "blank": "left blank"}
    return (*lines, f"({words[field.state]})")


def _kind(old: FieldRecord, new: FieldRecord | None) -> Kind | None:  # noqa: PLR0911  # reason: each pair of states
    """Judge one field: what was stated, and what is said of it now."""
    if new is None:
        return "reworded" if old.state == "known" else None
    if (old.state, old.lines, old.choices) == (new.state, new.lines, new.choices):
        return None
    if old.state == "known":
        if new.state == "known":
            return _restated(old, new)
        return "no_longer_sure" if new.state in ("to_follow", "blank") else "untrue"
    if _turned(old, new):
        return "untrue"
    if old.state == "to_follow" and new.state == "not_applicable":
        return "now_known"
    return "now_known" if new.state == "known" or _says_more(old, new) else None


def _restated(old: FieldRecord, new: FieldRecord) -> Kind | None:
    """Judge what was stated and is stated: what still stands, said more exactly, is news."""
    if old.lines == new.lines:
        return None
    # A choice or a table is complete as it stands: more of it makes what was said untrue.
    longer = old.kind not in _COMPLETE and {*old.lines} <= {*new.lines}
    return "now_known" if longer or _within(old, new) is True else "untrue"


def _within(old: FieldRecord, new: FieldRecord) -> bool | None:
    """Tell whether a number lies in the bounds that were stated; ``None`` where there are none."""
    was, now = _bounds(old), _bounds(new)
    if was is None or now is None:
        return None
    return was[0] <= now[0] and now[1] <= was[1]


def _turned(old: FieldRecord, new: FieldRecord) -> bool:
    """Tell whether what an open field said in part is not so: a tick, or a bound."""
    chosen = {x.say: x.chosen for x in new.choices}
    if any(x.chosen and chosen.get(x.say) is False for x in old.choices):
        return True
    return _within(old, new) is False


def _bounds(field: FieldRecord) -> tuple[int, float] | None:
    """Read a number of people from a field, as the least and the most that it allows."""
    if field.kind != "number" or not field.lines:
        return None
    line = field.lines[0].partition(";")[0]
    said = bare_count(line) or next(iter(counts(line)), None)
    if said is None or said.operator == "about":
        return None
    low = 0 if said.operator == "most" else said.low
    return low, float("inf") if said.operator == "least" else said.high


def _says_more(old: FieldRecord, new: FieldRecord) -> bool:
    return new.state == "to_follow" and bool(new.lines) and new.lines != old.lines


def _paragraphs(before: Sequence[str], now: Sequence[str]) -> Iterator[Difference]:
    """Compare running text; of a gap that was left, what fills it is news."""
    matcher = SequenceMatcher(None, before, now, autojunk=False)
    for what, first, last, begin, end in matcher.get_opcodes():
        if what == "equal":
            continue
        old, new = tuple(before[first:last]), tuple(now[begin:end])
        pairs = (
            [((x,), (y,)) for x, y in zip(old, new, strict=True)]
            if len(old) == len(new)
            else [(old, new)]
        )
        for number, (was, says) in enumerate(pairs, first + 1):
            kind = _text_kind(was, says)
            if kind is not None:
                yield Difference(kind, "", "text", None, number, _legible(was), _legible(says))


def _text_kind(old: Sequence[str], new: Sequence[str]) -> Kind | None:
    (was, loose), (says, _) = _stated(old), _stated(new)
    gaps_before, gaps_now = _gaps(old), _gaps(new)
    opened = gaps_now - gaps_before
    if was <= says:
        if was == says and gaps_before == gaps_now:
            return None
        return "no_longer_sure" if was == says and opened else "now_known"
    if says <= was and opened:
        return "no_longer_sure"
    if gaps_before - gaps_now and was - loose <= says and _numbers(old) <= _numbers(new):
        return "now_known"
    return "untrue"


def _stated(lines: Iterable[str]) -> tuple[set[str], set[str]]:
    """List the sentences of a text, and those of them that a gap leaves open.

    A gap that stands alone belongs to the sentence before it.
    """
    found: set[str] = set()
    loose: set[str] = set()
    for line in lines:
        last = ""
        for text in sentences(_GAP.sub(GAP_OPENS, line)):
            bare = " ".join(text.replace(GAP_OPENS, " ").split())
            if re.search(r"\w", bare):
                found.add(bare)
                last = bare
            if GAP_OPENS in text:
                loose.add(last)
    return found, loose


def _numbers(lines: Iterable[str]) -> set[str]:
    return {number for line in lines for number in re.findall(r"\d+", _GAP.sub("", line))}


def _gaps(lines: Iterable[str]) -> set[str]:
    return {gap for line in lines for gap in _GAP.findall(line)}


def _legible(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(_GAP.sub(r"[to follow: \1]", line) for line in lines)


def standing(case: Case, now: datetime) -> Iterator[Standing]:  # noqa: ARG001  # reason: as all workstreams; what is untrue is so at any hour
    """Tell of every paper that went out and of which the recipient must be told news."""
    found: dict[tuple[str, str], list[Statement]] = {}
    for row in untrue(case, causes=False).of(*NEWS):
        found.setdefault((row.key, row.document), []).append(row)
    for (key, document), rows in found.items():
        wrong = [row for row in rows if row.kind in ("untrue", "not_owed")]
        places = len(wrong or rows)
        what = "untrue now" if wrong else "to be supplemented"
        warning = f"{what} in {places} place{'s' if places > 1 else ''}: {(wrong or rows)[0].where}"
        yield Standing("filings", key, f"{document}, as it went out", "sent", warning=warning)


# -- what brought it about -----------------------------------------------------------------


def _law_apart(case: Case, one: Sent, rows: list[Statement]) -> list[Statement]:
    """Set apart what another law or engine says otherwise on the same facts."""
    if one.kept is None:
        return rows
    law = law_now(case.corpus)
    told = one.kept.told
    same = (law.sha256, law.engine) == ((told.get("law") or {}).get("sha256"), told.get("engine"))
    if same:
        return rows
    try:
        control = _said(_rows(one, _anew(at_point(case, _until(one)), one, checked=False)))
    except InputError:
        return rows
    cause = (Cause(ground="law"),)
    return [
        row
        if control.get(_place(row)) != row.now
        else row.model_copy(
            update={"causes": cause, "kind": row.kind if row.kind == "not_owed" else "reworded"}
        )
        for row in rows
    ]


def _place(row: Statement) -> tuple[str | None, tuple[str, ...]]:
    """Name a place so that it is found again where paragraphs have moved."""
    return row.field, () if row.field else row.before


def _said(rows: Iterable[Statement]) -> dict[tuple[str | None, tuple[str, ...]], tuple[str, ...]]:
    return {_place(row): row.now for row in rows}


def _with_causes(case: Case, one: Sent, rows: list[Statement]) -> list[Statement]:
    """Leave each change since alone out, and look which places then say something else."""
    view = _view(case, one)
    until = _until(one)
    groups = differing(Then(view, (x for x in view.entries if x.seq <= until)), view)
    if not groups or len(groups) > MOST_TRIED:
        return rows
    without = {
        Cause(ground="entry", entry=entries[-1].seq, path=path): _without(view, one, entries)
        for path, entries in groups.items()
    }
    return [
        row if row.causes else row.model_copy(update={"causes": _causes(row, without)})
        for row in rows
    ]


_Said = Mapping[tuple[str | None, tuple[str, ...]], tuple[str, ...]]


def _without(view: Then, one: Sent, entries: Sequence[Entry]) -> _Said | None:
    numbers = {entry.seq for entry in entries}
    then = Then(view, (x for x in view.entries if x.seq not in numbers))
    try:
        return _said(_rows(one, _anew(then, one, checked=False)))
    except InputError:
        return None


def _causes(row: Statement, without: Mapping[Cause, _Said | None]) -> tuple[Cause, ...]:
    if len(without) == 1:
        return tuple(without)
    alone = tuple(
        cause
        for cause, said in without.items()
        if said is not None and said.get(_place(row)) != row.now
    )
    return alone if len(alone) == 1 else (Cause(ground="together"), *alone)


# -- supplements ---------------------------------------------------------------------------


def supplements(
    case: Case, now: datetime | None = None, *, found: Truth | None = None
) -> Dossier | None:
    """Draft what each recipient must be told: a supplement, or the withdrawal.

    Each supplement begins with what has changed since the paper that went out. ``None`` where
    there is nothing to tell, or where no paper can be drafted for it. ``found`` is what
    ``untrue`` told already.
    """
    truth = found or untrue(case, causes=False)
    incident = case.incident()
    moment = now or case.store.clock()
    answer = case.assess(now=moment, record=False)
    return _drafted(case, incident, answer, truth)


def _drafted(case: Case, incident: Incident, answer: Assessment, truth: Truth) -> Dossier | None:
    there = {result.key for result in answer.obligations}
    asked = dict.fromkeys(row.key for row in truth.of(*NEWS) if row.key in there)
    keys = [key for key in asked if _can_be_drafted(answer, key)]
    if not keys:
        return None
    since = papers.records_as_sent(case)
    return build(incident, answer, keys, all_=True, whole=False, since=since, corpus=case.corpus)


def _can_be_drafted(answer: Assessment, key: str) -> bool:
    try:
        return bool(choose(answer, [key], all_=True))
    except InputError:
        return False


def write_supplements(
    case: Case, out: str | Path, now: datetime | None = None, *, found: Truth | None = None
) -> Dossier | None:
    """Write the drafts to a folder, and keep them with the record.

    They are kept so that a supplement that is marked as sent is known by what it said.
    Raise ``InputError`` for a bad folder; then nothing is written or kept.
    """
    target = folder_at(out)
    truth = found or untrue(case, causes=False)
    seq = case.entries[-1].seq
    incident = case.incident()
    answer = case.assess(now=now or case.store.clock(), record=False)
    made = _drafted(case, incident, answer, truth)
    if made is None:
        return None
    put(target, made.files)
    papers.keep(case, incident, answer, made, seq)
    return made
