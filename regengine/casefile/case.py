"""One matter: its facts with their history, and every answer that was given on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from regengine.assess import assess, open_corpus
from regengine.assessment import Assessment
from regengine.casefile import history
from regengine.casefile.entries import Draft, Entry, sha256
from regengine.casefile.history import Change, Confidence
from regengine.casefile.paths import Spot, Tree, apply, differences, find, keeps_unknown, read
from regengine.casefile.store import Journal, MatterLine, Outline, Store
from regengine.corpus import Corpus
from regengine.errors import Fault, InputError
from regengine.facts import Incident
from regengine.inference import Engine
from regengine.intake import dump, read_incident
from regengine.leaves import is_unknown

ASSESSMENT: Final = "assessment"
FILING: Final = "filing"
# States of a notice that the engine counts from; the others are the house's own.
_PRESENT: Final = timedelta(minutes=5)
TOLD: Final = ("sent", "received", "refused", "withdrawn")


class Case:
    """A matter of a store, as one person works on it.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Store.open(f"{folder}/matters.db") as store:
    ...     case = Case.new(store, {"reference": "EX-1"}, by="A. Counsel")
    ...     _ = case.set({"organisation.country": "IE"}, source="annual report")
    ...     case.incident().organisation.country, case.head[:0]
    ('IE', '')

    ``by`` is the author of what is recorded; ``corpus`` the law where it is not the packaged one.
    """

    def __init__(
        self, store: Store, name: str | MatterLine, by: str, *, corpus: Corpus | None = None
    ) -> None:
        self.store = store
        self.by = by
        self._given = corpus
        self._entries: list[Entry] = []
        self._journal: Journal | None = None
        self._until: int | None = None
        line = store.matter(name) if isinstance(name, str) else name
        self.id, self.reference = line.id, line.reference

    @classmethod
    def new(
        cls,
        store: Store,
        facts: Mapping[str, Any] | Incident,
        by: str,
        *,
        learned: datetime | None = None,
        source: str | None = None,
        confidence: Confidence = "confirmed",
        corpus: Corpus | None = None,
    ) -> Case:
        """Open a matter with what is known so far; it needs a reference and nothing else.

        Raise ``InputError`` for facts that do not fit, and where the reference is taken; then
        nothing is written.
        """
        words = (corpus or open_corpus()).vocabulary
        given = facts if isinstance(facts, Incident) else read_incident(facts, words)
        with store.opening(given.reference, given.title, by) as journal:
            case = cls(store, journal.line, by, corpus=corpus)
            case._journal = journal
            case.take(given, learned=learned, source=source, confidence=confidence)
        case._journal = None
        return case

    # -- the record -------------------------------------------------------------------

    @cached_property
    def corpus(self) -> Corpus:
        """The law that answers rest on."""
        return self._given or open_corpus()

    @property
    def line(self) -> MatterLine:
        """What a list shows of the matter."""
        return self.store.matter(self.id)

    @property
    def head(self) -> str:
        """The hash of the last entry."""
        return self.entries[-1].hash

    @property
    def entries(self) -> Sequence[Entry]:
        """Every entry, in order; what others have added since is read."""
        if self._until is not None:
            return [entry for entry in self._entries if entry.seq <= self._until]
        last = self._entries[-1].seq if self._entries else 0
        if self._journal is not None:
            self._entries += [x for x in self._journal.added if x.seq > last]
        else:
            self._entries += self.store.entries(self.id, after=last)
        return self._entries

    @contextmanager
    def writing(self) -> Iterator[Journal]:
        """Hold the head of the matter: what is added inside is recorded together, or not at all.

        Inside another ``writing`` of the same case it joins that one.
        """
        if self._journal is not None:
            yield self._journal
            return
        known = self.entries[-1].seq
        added: list[Entry] = []
        try:
            with self.store.writing(self.id, self.by) as journal:
                self._entries += journal.entries(after=known)
                self._journal, added = journal, journal.added
                yield journal
        except BaseException:
            # What was added inside is not recorded, be it that the disk is full at the end:
            # forget that it was seen.
            lost = {entry.hash for entry in added}
            self._entries = [x for x in self._entries if x.hash not in lost]
            raise
        finally:
            self._journal = None
        self.entries  # noqa: B018  # reason: takes in what was added

    def record(self, draft: Draft) -> Entry:
        """Add one entry of any kind."""
        with self.writing() as journal:
            return journal.add(draft)

    # -- facts ------------------------------------------------------------------------

    @property
    def changes(self) -> list[Change]:
        """Every change of a fact, in the order in which they were recorded."""
        return history.changes(self.entries)

    def facts(self, *, known: datetime | None = None, recorded: datetime | None = None) -> Tree:
        """Give the facts in the shape of an incident file, without the notices.

        ``known``: what had been learned by then; ``recorded``: what had been entered by then.
        """
        made = history.in_force(self.changes, known=known, recorded=recorded)
        return history.tree_of(made, self.reference, self.corpus.vocabulary)

    def incident(
        self, *, known: datetime | None = None, recorded: datetime | None = None
    ) -> Incident:
        """Give the incident as it is known, or as it was known at an instant.

        Raise ``InputError`` where a word of the record is none of this law any more.
        """
        tree = self.facts(known=known, recorded=recorded)
        filings = self._filings(known, recorded)
        if filings:
            tree["filings"] = filings
        return read_incident(tree, self.corpus.vocabulary, self.reference)

    def at_once(self, *, known: datetime | None = None) -> tuple[Incident, int]:
        """Give the incident and the entry up to which it was read, though others write on."""
        seq = self.entries[-1].seq
        self._until = seq
        try:
            return self.incident(known=known), seq
        finally:
            self._until = None

    def _filings(
        self, known: datetime | None = None, recorded: datetime | None = None
    ) -> list[dict[str, Any]]:
        """List the notices on record as an incident file lists them.

        One that was refused after it had gone out counts as refused alone.
        """
        found: list[dict[str, Any]] = []
        for entry in self.entries:
            if entry.kind != FILING or entry.told["state"] not in TOLD:
                continue
            if (recorded is not None and entry.at > recorded) or _is_after(entry.told["at"], known):
                continue
            told = entry.told
            if told["state"] == "refused":
                _take_back(found, told["key"])
            row = {
                "obligation": told["key"],
                "at": told["at"],
                "how": told["state"],
                "reference": told.get("reference"),
                "people": told.get("people"),
            }
            found.append({name: value for name, value in row.items() if value is not None})
        return found

    def set(
        self,
        values: Mapping[str, Any],
        *,
        learned: datetime | None = None,
        until: datetime | None = None,
        source: str | None = None,
        confidence: Confidence = "confirmed",
        why: str | None = None,
    ) -> list[Change]:
        """Change facts by their paths, all of them or none; ``None`` makes one unknown.

        ``learned`` is when the house came to know it (without it, the instant of recording);
        ``until`` is for what was believed once: it holds for the time between alone.
        A change that says what is on record already is not recorded again. Raise
        ``InputError`` with one line for every fault.
        """
        words = self.corpus.vocabulary
        spots = [(find(path, words), value) for path, value in values.items()]
        tree = self.facts()
        spots = [(spot, _still_there(spot, value, tree)) for spot, value in spots]
        return self._change(
            spots, learned=learned, until=until, source=source, confidence=confidence, why=why
        )

    def take(
        self,
        incident: Incident | Mapping[str, Any],
        *,
        whole: bool = False,
        learned: datetime | None = None,
        source: str | None = None,
        confidence: Confidence = "confirmed",
        why: str | None = None,
    ) -> list[Change]:
        """Take in what an incident file says; what it leaves out stays, unless it is the whole.

        Notices that it lists are recorded with their states.
        """
        words = self.corpus.vocabulary
        given = (
            incident
            if isinstance(incident, Incident)
            else read_incident({"reference": self.reference, **incident}, words)
        )
        if given.reference != self.reference:
            message = f'is of "{given.reference}", not of this matter'
            raise InputError([Fault(self.reference, "reference", message)])
        with self.writing() as journal:
            spots = list(differences(self._normal(), dump(given), whole=whole))
            made = self._change(
                spots, learned=learned, source=source, confidence=confidence, why=why
            )
            there = self._filings()
            for row in dump(given.model_copy(update={"answers": {}})).get("filings", ()):
                if _told(row) not in [_told(x) for x in there]:
                    journal.add(Draft(kind=FILING, body=_filing_body(row, source)))
        return made

    def _normal(self) -> Tree:
        """Give the facts as an incident file is written: every leaf in its one form."""
        return dump(read_incident(self.facts(), self.corpus.vocabulary, self.reference))

    def _change(
        self,
        spots: Sequence[tuple[Spot, Any]],
        *,
        learned: datetime | None,
        until: datetime | None = None,
        source: str | None,
        confidence: Confidence,
        why: str | None,
        undoes: int | None = None,
    ) -> list[Change]:
        words = self.corpus.vocabulary
        with self.writing() as journal:
            now = self.store.clock()
            moment = self._instant(learned, "learned", now) or now
            end = self._instant(until, "until", now)
            if end is not None and end <= moment:
                message = "ends before it was learned"
                raise InputError([Fault(self.reference, "until", message)])
            tree = self._normal()
            bodies = []
            for spot, value in spots:
                plain = _plain(value)
                told = history.body_of(
                    spot,
                    plain,
                    tree,
                    learned=moment,
                    until=end,
                    source=source,
                    confidence=confidence,
                    why=why,
                    undoes=undoes,
                )
                apply(tree, spot, plain, words)
                bodies.append(told)
            read_incident(
                tree, words, self.reference
            )  # refuses what does not fit, before any entry
            kept = [x for x in bodies if x["value"] != x["before"] or source or why or end]
            added = [journal.add(Draft(kind=history.KIND, body=body)) for body in kept]
            title = tree.get("title")
            if any(body["path"] == "title" for body in kept):
                journal.rename(title=title)
        return history.changes(added)

    def _instant(self, at: datetime | None, name: str, now: datetime) -> datetime | None:
        """Check an instant of the past: with an offset, and not after now."""
        if at is None:
            return None
        if at.utcoffset() is None:
            message = f"{at.isoformat()} has no offset; add one, like {at.isoformat()}+00:00"
            raise InputError([Fault(self.reference, name, message)])
        if at > now:
            message = f"{at.isoformat()} is after now ({now.isoformat(timespec='seconds')})"
            raise InputError([Fault(self.reference, name, message)])
        return at.astimezone(UTC)

    def undo(self, seq: int, why: str | None = None) -> Change:
        """Take a change of a fact back; the entry stays, a new one says what holds again.

        Raise ``InputError`` where the entry is no fact, or was changed again since.
        """
        with self.writing():
            by_seq = {change.seq: change for change in self.changes}
            found = by_seq.get(seq)
            if found is None:
                message = f"entry {seq} is no change of a fact; only facts are taken back so"
                raise InputError([Fault(self.reference, "", message)])
            spot = find(found.path, self.corpus.vocabulary)
            self._refuse_overlaid(found, spot)
            reason = why or f"takes entry {seq} back"
            made = self._change(
                [(spot, found.before)],
                learned=None,
                source=None,
                confidence=found.confidence,
                why=reason,
                undoes=seq,
            )
        return made[0]

    def _refuse_overlaid(self, found: Change, spot: Spot) -> None:
        """Refuse to take back what was taken back, or what later changes stand on."""
        words = self.corpus.vocabulary
        back = {x.undoes: x.seq for x in self.changes if x.undoes is not None}
        if found.seq in back:
            message = f"was taken back by entry {back[found.seq]} already"
            raise InputError([Fault(self.reference, f"entry {found.seq}", message)])
        later = [
            x
            for x in self.changes
            if x.seq > found.seq
            and x.seq not in back
            and (x.undoes is None or x.undoes < found.seq)
            and _overlap(find(x.path, words), spot)
        ]
        if later:
            message = f"{found.path} was changed again by entry {later[-1].seq}; undo that one"
            raise InputError([Fault(self.reference, "", message)])

    # -- answers ----------------------------------------------------------------------

    def assess(
        self,
        as_of: date | None = None,
        now: datetime | None = None,
        *,
        known: datetime | None = None,
        engine: Engine | None = None,
        everything: bool = False,
        record: bool = True,
    ) -> Assessment:
        """Work out every obligation on the facts of the record, and record the answer.

        ``now`` is the store's clock unless given. With ``known`` the facts are those of that
        instant; such an answer is not recorded, since it is not the one that holds.
        """
        moment = now or self.store.clock()
        incident, seq = self.at_once(known=known)
        found = assess(
            incident, as_of, moment, corpus=self._given, engine=engine, everything=everything
        )
        if record and known is None and not everything:
            self.keep_assessment(incident, found, seq)
        return found

    def keep_assessment(self, incident: Incident, found: Assessment, seq: int) -> Entry:
        """Record an answer with the hashes of facts, law and engine.

        ``seq`` is the entry up to which the facts were read. Lists follow an answer that is
        about the present: neither of another day's law nor of another instant.
        """
        with self.writing() as journal:
            file = journal.keep("assessment.json", found.to_json().encode())
            outline = outline_of(found)
            listed = _is_present(found, self.store.clock())
            if listed:
                journal.outline(outline)
            body = {
                **origin(incident, found),
                "facts_until": seq,
                "now": found.now.isoformat() if found.now else None,
                "as_of": found.as_of.isoformat() if found.as_of else None,
                "checked": found.checked,
                "listed": listed,
                "required": outline.required,
                "possible": outline.possible,
                "late": outline.late,
                "next_due": outline.next_due.isoformat() if outline.next_due else None,
                "next_key": outline.next_key,
            }
            return journal.add(Draft(kind=ASSESSMENT, body=body, files=(file,)))

    def assessments(self) -> list[Entry]:
        """List the entries of recorded answers, oldest first."""
        return [entry for entry in self.entries if entry.kind == ASSESSMENT]

    def recorded_assessment(self, entry: Entry | None = None) -> Assessment | None:
        """Read a recorded answer again, the last one unless told; ``None`` where there is none."""
        found = self.assessments()
        chosen = entry or (found[-1] if found else None)
        if chosen is None:
            return None
        return Assessment.model_validate_json(self.store.content(chosen.files[0].sha256))


def origin(incident: Incident, found: Assessment) -> dict[str, Any]:
    """Name what an answer was made from: hashes of facts, law and engine."""
    return {
        "facts_sha256": sha256(incident.model_dump_json(by_alias=True).encode()),
        "law": found.law.model_dump(),
        "engine": found.engine,
    }


def outline_of(found: Assessment) -> Outline:
    """Sum an answer up for lists: how many duties, and which is due next.

    What was met is not due. What is only possible counts like what is required: in the first
    days nearly all is possible, and its hour passes all the same.
    """
    open_ = [x for x in found.obligations if x.status != "not_required" and not x.went_out]
    dated = [(x.deadline.due_at, x.key) for x in open_ if x.deadline.due_at is not None]
    due, key = min(dated, default=(None, None))
    return Outline(
        required=len(found.required),
        possible=len(found.possible),
        late=sum(x.deadline.late_by is not None for x in open_),
        next_due=due,
        next_key=key,
    )


def _is_present(found: Assessment, clock: datetime) -> bool:
    """Tell whether an answer is about the present."""
    return found.as_of is None and found.now is not None and abs(found.now - clock) < _PRESENT


def _plain(value: Any) -> Any:
    """Write dates as the file does; the chain holds plain values alone."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    return value


def _overlap(one: Spot, other: Spot) -> bool:
    """Tell whether one fact holds the other, or both are words of one list."""
    short = min(len(one.keys), len(other.keys))
    if one.keys[:short] != other.keys[:short]:
        return False
    return one.keys != other.keys or None in (one.member, other.member) or one == other


def _still_there(spot: Spot, value: Any, tree: Tree) -> Any:
    """Keep what becomes unknown in view: a place, a group or a promise does not vanish so.

    Raise ``InputError`` where an entry of a list would be taken out of it.
    """
    if not is_unknown(value) or read(tree, spot) is None:
        return value
    if spot.keys[0] in ("affected", "contracts") and len(spot.keys) <= len(("affected", "staff")):
        message = (
            "holds what duties rest on: to make it unknown would take it out, and them with it; "
            "set what is not known of it, or undo the entry that brought it in"
        )
        raise InputError([Fault("facts", spot.path, message)])
    return "unknown" if keeps_unknown(spot) else value


def _is_after(at: str, known: datetime | None) -> bool:
    """Tell whether a notice went out after an instant; of a day, after that day."""
    if known is None:
        return False
    if "T" in at:
        return datetime.fromisoformat(at) > known
    return date.fromisoformat(at) > known.date()


def _take_back(found: list[dict[str, Any]], key: str) -> None:
    """Drop the rows of the notice that was refused: its last sending, and its receipt."""
    for row in reversed(found):
        if row["obligation"] == key and row["how"] in ("sent", "received"):
            found.remove(row)
            if row["how"] == "sent":
                return
        elif row["obligation"] == key:
            return


def _told(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return _key(row), row["at"], row.get("how", "sent")


def _key(row: Mapping[str, Any]) -> str:
    key = str(row["obligation"])
    for mark, name in (("@", "jurisdiction"), ("/", "stage"), ("~", "recipient")):
        if row.get(name) and mark not in key:
            key += f"{mark}{row[name]}"
    return key


def _filing_body(row: Mapping[str, Any], source: str | None) -> dict[str, Any]:
    return {
        "key": _key(row),
        "state": row.get("how", "sent"),
        "at": row["at"],
        "reference": row.get("reference"),
        "people": row.get("people"),
        "why": source or "listed in the incident file",
    }
