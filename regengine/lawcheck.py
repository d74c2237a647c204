"""Every fault of the law files in one run, each with its file and its place.

Shapes are checked by ``law``; here is what they cannot see: references between files,
days that overlap or leave gaps, values without a citation, exceptions that run in a
circle, the limits of the inference engine, and rules that no test touches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from regengine import facts
from regengine.calendars import UnknownZoneError, zone
from regengine.clauses import GROUP_FACTS, exemption_tree
from regengine.conditions import Atom, Condition, Name, leaves, parse
from regengine.corpus import Corpus
from regengine.errors import Fault, LawError, suggest
from regengine.gates import spelled_out
from regengine.in_force import first_day
from regengine.inference import faults as ruleset_faults
from regengine.law import (
    STARTS,
    Due,
    Judgement,
    Jurisdiction,
    LawFile,
    Obligation,
    Overlay,
    Protected,
    Provenance,
    Recipient,
    Stage,
    Terms,
    Version,
    arguments,
)
from regengine.law_errors import shape_faults
from regengine.lawfiles import read_toml
from regengine.versions import applying_events

_ONE_DAY = timedelta(days=1)
_TABLES = frozenset({"places", "aliases"})  # files of jurisdictions/ that describe no place
_UNVERIFIED = frozenset({"proposed", "pending", "unverified", "not_transposed"})
# Facts that a condition may name besides judgements, regimes and named conditions.
_BOOLEAN_FACTS = frozenset(
    {f"incident.{name}" for name in (
        "malicious", "accessed", "acquired", "exfiltrated", "disclosed", "altered", "lost",
        "unavailable", "good_faith", "misuse_seen", "recovered", "ongoing",
        "contact_data_missing", "outage.scheduled", "outage.restored_from_backup",
        "vulnerability.actively_exploited", "vendor.agent",
    )} | {"organisation.public"} | GROUP_FACTS
)  # fmt: skip  # reason: a vocabulary reads better in lines of words
_COMPARED_FACTS = frozenset(
    {
        "organisation.sector", "organisation.country", "organisation.employees",
        "organisation.turnover_eur", "role", "incident.outage.hours", "incident.loss.amount",
        "incident.loss.currency", "incident.vendor.role", "incident.notice_cost", "records",
    }
)  # fmt: skip  # reason: a vocabulary reads better in lines of words
# Atoms whose subject is a place.
_PLACED = frozenset(
    {"seat", "established", "operates", "affected", "main", "places", "establishments", "people"}
)
_EVENT_CALLS = frozenset({"earlier", "later", "year_end"})


@dataclass(frozen=True)
class Checked:
    """What a check found; ``rules`` counts the obligations that were looked at."""

    faults: tuple[Fault, ...]
    files: int
    rules: int


def check(corpus: Corpus, tests: Path | None = None) -> Checked:
    """Check every law file; with ``tests`` also name the rules that no test touches.

    >>> check(Corpus.open()).faults
    ()
    """
    return _Check(corpus).run(tests)


class _Check:
    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.faults: list[Fault] = []
        self.files: dict[str, LawFile] = {}
        self.file = ""
        self.duty = ""  # which `self` in a start means

    @cached_property
    def stages(self) -> dict[str, set[str]]:
        """The stages that each obligation has in any version, in any place's own terms."""
        found: dict[str, set[str]] = {}
        for file in self.files.values():
            for obligation in file.obligation:
                for terms in (obligation, *obligation.version):
                    names = {stage.name for stage in terms.stage or ()}
                    found.setdefault(obligation.id, set()).update(names)
            for overlay in file.overlay:
                names = {stage.name for stage in overlay.stage or ()}
                found.setdefault(overlay.of, set()).update(names)
        return found

    def run(self, tests: Path | None) -> Checked:
        declared = self._shapes()
        if not self.faults:
            self._jurisdictions(declared)
            for name, file in self.files.items():
                self.file = f"rules/{name}.toml"
                self._file(file)
            self._declared_twice()
            self._circles()
            self._circles_of_dues()
        if not self.faults:
            self._criteria()
            self._compile()
            self._circles_of_files()
        if tests is not None:
            self._untested(tests)
        rules = sum(len(file.obligation) for file in self.files.values())
        return Checked(tuple(self.faults), len(self.corpus.raw), rules)

    def _fault(self, place: str, message: str) -> None:
        self.faults.append(Fault(self.file, place, message))

    # -- shapes -------------------------------------------------------------------

    def _shapes(self) -> dict[str, Jurisdiction]:
        """Validate every file by itself; nothing else is looked at while one is misshapen."""
        declared = {}
        for name, raw in sorted(self.corpus.raw_places.items()):
            self.file = f"jurisdictions/{name}.toml"
            if name in _TABLES:
                continue
            try:
                declared[name] = Jurisdiction.model_validate(dict(raw.data))
            except ValidationError as error:
                self.faults += shape_faults(self.file, error, raw.data)
        for name, raw in sorted(self.corpus.raw.items()):
            self.file = f"rules/{name}.toml"
            try:
                self.files[name] = LawFile.model_validate(dict(raw.data))
            except ValidationError as error:
                self.faults += shape_faults(self.file, error, raw.data)
        return declared

    def _jurisdictions(self, declared: Mapping[str, Jurisdiction]) -> None:
        seen: dict[str, str] = {}
        for name, item in declared.items():
            self.file = f"jurisdictions/{name}.toml"
            self._jurisdiction(item, seen)

    def _jurisdiction(self, declared: Jurisdiction, seen: dict[str, str]) -> None:
        self._place("place", declared.place)
        self._zone("zone", declared.zone)
        for authority in declared.authority:
            if authority.id in seen:
                self._fault(authority.id, f"also declared in {seen[authority.id]}")
            seen[authority.id] = self.file
            self._zone(f"{authority.id}.zone", authority.zone)
            self._provenance(f"authority {authority.id}", authority, cite=False)
        for key, rule in declared.counting.items():
            self._provenance(f"counting {key}", rule)
        for key, calendar in declared.calendars.items():
            if not calendar.provisional:
                self._provenance(f"calendar {key}", calendar)
        if declared.default_counting is not None:
            self._counting("default_counting", declared.default_counting)

    # -- one file -------------------------------------------------------------------

    def _file(self, file: LawFile) -> None:
        self._place("place", file.place)
        for item in file.protected:
            self._protected(item, file)
        self._conditions(file)
        for key, judgement in file.judgement.items():
            self._judgement(f"judgement {key}", judgement)
        for key, regime in file.regime.items():
            for other in regime.implies:
                self._known(f"regime {key}", "regime", other, self.corpus.regimes)
        for obligation in file.obligation:
            self._obligation(obligation, file)
        for overlay in file.overlay:
            self._overlay(overlay, file)

    def _conditions(self, file: LawFile) -> None:
        names: set[str] = set()
        for condition in file.condition:
            where = f"condition {condition.name}"
            if condition.name in names:
                self._fault(where, "declared twice")
            names.add(condition.name)
            if condition.cite is None:
                self._fault(where, "no citation")
            if condition.until is not None and condition.until < first_day(condition.from_):
                self._fault(where, f"ends on {condition.until}, before it begins")
            self._condition(where, condition.if_, file)

    def _protected(self, item: Protected, file: LawFile) -> None:
        where = f"protected {item.name}"
        self._provenance(where, item)
        for combination in item.any:
            for word in (*combination.with_, *combination.one_of, *combination.and_one_of):
                self._element(where, word)
            if combination.when is not None:
                self._of_facts(f"{where}.any", combination.when, file)
        for safe in item.safe:
            self._of_facts(f"{where}.safe", safe.if_, file)
            if safe.burden == "claimant" and safe.question is None:
                self._fault(f"{where}.safe", "a presumption needs the question that tests it")

    def _judgement(self, where: str, judgement: Judgement) -> None:
        """Check that every answer of another judgement that stands in exists, and so does ours."""
        if judgement.criteria is not None:
            self._known(where, "condition", judgement.criteria, self.corpus.shared_conditions)
            if judgement.type != "choice" or judgement.values != ("false", "true"):
                self._fault(where, "criteria decide a judgement of true or false alone")
        for other, answers in judgement.falls_back.items():
            declared = self.corpus.judgements.get(other)
            if declared is None:
                self._known(where, "judgement", other, self.corpus.judgements)
                continue
            for theirs, ours in answers.items():
                self._known(where, f"answer to {other}", theirs, declared.values)
                self._known(where, "answer of its own", ours, judgement.values)

    def _obligation(self, obligation: Obligation, file: LawFile) -> None:
        where = self.duty = obligation.id
        self._terms(where, obligation, file)
        for other in (*obligation.complements, *obligation.instead):
            self._known(where, "obligation", other, self.corpus.home)
        if obligation.each is not None:
            self._place(f"{where}.each", obligation.each.in_)
            if obligation.each.otherwise is not None:
                self._place(f"{where}.each.otherwise", obligation.each.otherwise)
            for also in obligation.each.also:
                self._of_facts(f"{where}.each.also", also.if_, file)
        self._versions(obligation)
        for version in obligation.version:
            at = f"{where} from {version.from_}"
            self._terms(at, version, file)
            self._sourced(at, obligation, version)
            if version.from_fact is not None:
                self._known(at, "judgement", version.from_fact, self.corpus.judgements)

    def _overlay(self, overlay: Overlay, file: LawFile) -> None:
        where = f"overlay of {overlay.of} from {overlay.from_}"
        self.duty = overlay.of
        self._known(where, "obligation", overlay.of, self.corpus.home)
        self._terms(where, overlay, file)
        for unless in overlay.unless_also:
            self._unless(where, unless, file)
        self._provenance(where, overlay)
        for old, new in overlay.anchors.items():
            self._starts(f"{where}.anchors", old)
            self._starts(f"{where}.anchors", new)
        for stage in overlay.drop:
            self._known(f"{where}.drop", "stage", stage, self.stages.get(overlay.of, set()))

    def _sourced(self, where: str, obligation: Obligation, version: Version) -> None:
        for name, word in (
            ("cite", "citation"),
            ("sources", "source"),
            ("confidence", "confidence"),
        ):
            if not getattr(version, name) and not getattr(obligation, name):
                self._fault(where, f"no {word}")
        self._read(where, version, obligation)
        stages = version.stage or obligation.stage
        due = version.due or obligation.due
        dateless = version.status or obligation.status
        if not stages and due is None and dateless not in _UNVERIFIED | {"no_duty"}:
            self._fault(where, "no due and no stages: a duty says when it is owed")
        if dateless == "no_duty" and not (version.notes or obligation.notes):
            self._fault(where, "no duty, and no note that gives the reason")
        if dateless == "superseded" and version.until is None:
            self._fault(where, "superseded, and no day until which it was law")

    def _provenance(self, where: str, item: Any, *, cite: bool = True) -> None:
        wanted = [("sources", "source"), ("confidence", "confidence")]
        if cite:
            wanted.insert(0, ("cite", "citation"))
        for name, word in wanted:
            if not getattr(item, name):
                self._fault(where, f"no {word}")
        self._read(where, item)

    def _read(self, where: str, *items: Provenance) -> None:
        """Check that the text was read on a day, or that it is said why not."""
        stated = next((i for i in items if i.verified or i.unread), None)
        if stated is None:
            self._fault(where, 'no date verified, and no "unread" to say that no text was read')
        elif stated.verified and stated.unread:
            self._fault(where, 'both "verified" and "unread": a text was read or it was not')

    # -- versions ---------------------------------------------------------------------

    def _versions(self, obligation: Obligation) -> None:
        """Check that versions follow each other day by day."""
        previous: Version | None = None
        for version in obligation.version:
            where = f"{obligation.id} from {version.from_}"
            first = first_day(version.from_)
            if version.until is not None and version.until < first:
                self._fault(where, f"ends on {version.until}, before it begins")
            if previous is not None:
                self._follows(where, previous, first)
            previous = version

    def _follows(self, where: str, previous: Version, first: date) -> None:
        if previous.until is None:
            self._fault(where, f"overlaps the version from {previous.from_}, which has no end")
        elif previous.until >= first:
            self._fault(where, f"overlaps the version until {previous.until}")
        elif previous.until + _ONE_DAY < first:
            self._fault(where, f"leaves a gap after {previous.until}")

    # -- terms ------------------------------------------------------------------------

    def _terms(self, where: str, terms: Terms, file: LawFile) -> None:
        ends: set[str] = set()
        for recipient in terms.to or ():
            self._recipient(where, recipient)
            if recipient.end in ends:
                self._fault(where, f'two recipients end in "{recipient.end}": write a suffix')
            ends.add(recipient.end)
        for text in terms.when or ():
            self._condition(f"{where}.when", text, file)
        for ground in terms.grounds or ():
            self._condition(f"{where}.grounds.{ground.name}", ground.if_, file)
        for unless in terms.unless or ():
            self._unless(where, unless, file)
        for extra in terms.extras or ():
            if extra.if_ is not None:
                self._condition(f"{where}.extras.{extra.kind}", extra.if_, file)
        if terms.scope is not None and terms.scope.everywhere_if is not None:
            self._of_facts(f"{where}.scope", terms.scope.everywhere_if, file)
        protected = {item.name for item in file.protected}
        if terms.protects is not None and protected:
            self._known(where, "definition of protected data", terms.protects, protected)
        self._times(where, terms, file)

    def _times(self, where: str, terms: Terms, file: LawFile) -> None:
        if terms.due is not None:
            self._due(f"{where}.due", terms.due, file)
        for stage in terms.stage or ():
            self._stage(f"{where}.stage {stage.name}", stage, file)
        for event in applying_events(terms.applies_by) if terms.applies_by else ():
            self._known(where, "event", event, facts.EVENTS)
        if terms.not_before is not None:
            self._starts(f"{where}.not_before", terms.not_before.starts)
            self._counting(f"{where}.not_before", terms.not_before.counts)
        if terms.order is not None:
            for other in (*terms.order.before, *terms.order.with_, *terms.order.after):
                self._known(f"{where}.order", "obligation", other, self.corpus.home)

    def _unless(self, where: str, unless: Any, file: LawFile) -> None:
        at = f"{where}.unless"
        self._condition(at, unless.if_, file)
        for other in unless.instead:
            self._known(at, "obligation", other, self.corpus.home)
        if unless.burden == "claimant" and unless.question is None:
            self._fault(at, "a presumption needs the question that tests it")
        for form in unless.form:
            word, _, authority = form.partition(" ")
            if word not in ("written", "consulted"):
                self._fault(at, f'unknown form "{form}"; write "written" or "consulted AUTHORITY"')
            if authority:
                self._authority(at, authority)
        if unless.form and not any(
            isinstance(leaf, Atom) and leaf.kind == "form"
            for leaf in leaves(exemption_tree(unless))
        ):
            self._fault(at, "a form needs a judgement that it is asked of")

    def _stage(self, where: str, stage: Stage, file: LawFile) -> None:
        self._due(where, stage.due, file)
        for text in stage.when:
            self._condition(where, text, file)
        for unless in stage.unless:
            self._unless(where, unless, file)

    def _recipient(self, where: str, recipient: Recipient) -> None:
        if recipient.authority is not None and "{place}" not in recipient.authority:
            self._authority(where, recipient.authority)

    def _authority(self, where: str, dotted: str) -> None:
        if self.corpus.authority(dotted) is None:
            known = self.corpus.authority_ids
            self._fault(where, f'unknown authority "{dotted}"{suggest(dotted, known)}')

    # -- dues -----------------------------------------------------------------------------

    def _due(self, where: str, due: Due, file: LawFile) -> None:
        for starts in (due.starts, due.lapses_after):
            if starts is not None:
                self._starts(where, starts)
        for other in (due.with_, due.before):
            if other is not None:
                self._known(where, "obligation", other, self.corpus.home)
        self._counted_by(where, due)
        self._qualified(where, due, file)
        for reading in due.readings:
            self._due(f"{where}.readings", reading.due, file)
        for limb in (*due.earliest, *due.latest, *due.cases):
            self._due(where, limb, file)

    def _counted_by(self, where: str, due: Due) -> None:
        self._counting(where, due.counts)
        self._zone(where, due.zone)
        if due.calendar is not None:
            try:
                self.corpus.calendar("", due.calendar)
            except LawError as error:
                self._fault(where, error.faults[0].message)

    def _qualified(self, where: str, due: Due, file: LawFile) -> None:
        """Check the conditions of relief, extensions and cases."""
        texts = [extension.if_ for extension in due.extend]
        texts += [case.if_ for case in due.cases if case.if_ is not None]
        if due.relief is not None:
            self._counting(where, due.relief.counts)
            texts += [due.relief.unless] if due.relief.unless is not None else []
        for text in texts:
            self._condition(where, text, file)

    def _starts(self, where: str, text: str) -> None:
        match = STARTS.match(text)
        if match is None:
            self._fault(where, f'"{text}" starts no clock')
            return
        if match["event"]:
            self._known(where, "event", match["event"], facts.EVENTS)
        elif match["call"] in _EVENT_CALLS:
            for part in arguments(match["inside"]):
                self._starts(where, part)
        else:
            for part in match["inside"].split("|"):
                self._filing(where, part.strip())

    def _filing(self, where: str, text: str) -> None:
        """Check ``id`` or ``id/stage``: a misspelt stage would never start its clock."""
        name, _, stage = text.partition("/")
        duty = self.duty if name == "self" else name
        self._known(where, "obligation", duty, self.corpus.home)
        if stage and duty in self.corpus.home:
            self._known(where, f"stage of {duty}", stage, self.stages.get(duty, set()))

    def _counting(self, where: str, dotted: str | None) -> None:
        if dotted is not None:
            try:
                self.corpus.counting(dotted)
            except LawError as error:
                self._fault(where, error.faults[0].message)

    # -- words ------------------------------------------------------------------------------

    def _condition(self, where: str, text: str, file: LawFile) -> None:
        for leaf in leaves(parse(text)):
            if isinstance(leaf, Name):
                self._name(where, leaf, file)
            else:
                self._atom(where, leaf)

    def _of_facts(self, where: str, text: str, file: LawFile) -> None:
        """Check a condition that is decided before any duty or named condition is."""
        self._condition(where, text, file)
        named = {item.name for item in file.condition} | set(self.corpus.shared_conditions)
        for leaf in leaves(parse(text)):
            if isinstance(leaf, Name) and (leaf.kind == "owed" or leaf.name in named):
                self._fault(where, f'"{leaf}" is not known yet here: write facts and judgements')

    def _name(self, where: str, leaf: Name, file: LawFile) -> None:
        if leaf.kind == "owed":
            self._known(where, "obligation", leaf.name, self.corpus.home)
            return
        own = {item.name for item in file.condition}
        known = (
            own | set(self.corpus.shared_conditions) | set(self.corpus.judgements) | _BOOLEAN_FACTS
        )
        self._known(where, "condition, judgement or fact", leaf.name, known)

    def _atom(self, where: str, atom: Atom) -> None:
        if atom.kind == "data":
            for word in atom.words:
                self._element(where, word)
        elif atom.kind == "fact":
            self._fact(where, atom)
        elif atom.kind in _PLACED:
            if atom.subject not in ("here", "everywhere"):
                self._place(where, atom.subject)
        elif atom.kind == "filed":
            for word in atom.words:
                if word.partition("/")[0] == "self":
                    self._fault(where, f'"{word}": a condition names a duty by its id')
                else:
                    self._filing(where, word)
        else:
            what, known = self._words_of(atom.kind)
            named = atom.words or (atom.subject,)
            for word in named:
                self._known(where, what, word, known)

    def _words_of(self, kind: str) -> tuple[str, Iterable[str]]:
        """Name what an atom's words are, and which there are."""
        found: dict[str, tuple[str, Iterable[str]]] = {
            "regime": ("regime", self.corpus.regimes),
            "kind": ("kind", facts.KINDS),
            "media": ("medium", facts.MEDIA),
            "happened": ("event", facts.EVENTS),
            "answered": ("judgement", self.corpus.judgements),
            "reach": ("obligation", self.corpus.home),
        }
        return found[kind]

    def _fact(self, where: str, atom: Atom) -> None:
        declared = self.corpus.judgements.get(atom.subject)
        if declared is None:
            known = _BOOLEAN_FACTS | _COMPARED_FACTS | set(self.corpus.judgements)
            self._known(where, "fact or judgement", atom.subject, known)
        elif declared.type == "choice":
            self._known(where, f"answer to {atom.subject}", str(atom.value), declared.values)

    def _element(self, where: str, word: str) -> None:
        if word != "*":
            self._known(where, "data element", word, facts.ELEMENTS)

    def _known(self, where: str, what: str, word: str, known: Iterable[str]) -> None:
        words = list(known)
        if word not in words:
            self._fault(where, f'unknown {what} "{word}"{suggest(word, words)}')

    def _place(self, where: str, code: str) -> None:
        try:
            canonical = self.corpus.places.canonical(code)
        except KeyError as error:
            self._fault(where, str(error.args[0]))
            return
        if canonical != code:
            self._fault(where, f'write the place "{code}" as "{canonical}"')

    def _zone(self, where: str, key: str | None) -> None:
        if key is not None:
            try:
                zone(key)
            except UnknownZoneError as error:
                self._fault(where, str(error))

    # -- between files ------------------------------------------------------------------------

    def _declared_twice(self) -> None:
        for what in ("obligation", "judgement", "regime", "condition"):
            seen: dict[str, str] = {}
            for name, file in self.files.items():
                self.file = f"rules/{name}.toml"
                for key in _keys(file, what):
                    if key in seen:
                        self._fault(f"{what} {key}", f"also declared in {seen[key]}")
                    seen[key] = self.file

    def _circles(self) -> None:
        """Find duties, conditions and exceptions that lead back to themselves."""
        graph: dict[str, set[str]] = {}
        for name, file in self.files.items():
            own = {item.name for item in file.condition if "." not in item.name}
            for obligation in file.obligation:
                graph.setdefault(obligation.id, set()).update(_depends(obligation, file))
            for item in file.condition:
                # Local names of two files may be the same; dotted ones are global.
                key = f"{name} {item.name}" if item.name in own else item.name
                graph.setdefault(key, set()).update(
                    f"{name} {leaf.name}" if leaf.name in own else leaf.name
                    for leaf in leaves(parse(item.if_))
                    if isinstance(leaf, Name)
                )
        self._refuse_circle(graph, "these depend on each other in a circle")

    def _circles_of_dues(self) -> None:
        """Find dues that are together with, before or counted from each other."""
        graph: dict[str, set[str]] = {}
        for file in self.files.values():
            for obligation in file.obligation:
                for terms in (obligation, *obligation.version):
                    _link_dues(graph, obligation.id, terms)
            for overlay in file.overlay:
                _link_dues(graph, overlay.of, overlay)
        self._refuse_circle(graph, "these are due by each other in a circle")

    def _circles_of_files(self) -> None:
        """Find files of which each asks whether a duty of the other is owed."""
        graph = {
            name: self.corpus.files_before(name) for name, file in self.files.items()
            if file.obligation
        }  # fmt: skip  # reason: one pair reads on one line
        self._refuse_circle(graph, "these files depend on each other")

    def _refuse_circle(self, graph: Mapping[str, Iterable[str]], message: str) -> None:
        try:
            order = {key: sorted(needs) for key, needs in sorted(graph.items())}
            tuple(TopologicalSorter(order).static_order())
        except CycleError as error:
            self.file = "rules"
            self._fault(" -> ".join(error.args[1]), message)

    def _criteria(self) -> None:
        """Find criteria of a judgement that ask of one place: a judgement is of the incident."""
        shared = self.corpus.shared_conditions
        for name, file in self.files.items():
            self.file = f"rules/{name}.toml"
            for key, judgement in file.judgement.items():
                held = shared.get(judgement.criteria or "")
                asked = leaves(spelled_out(held.tree, shared)) if held is not None else ()
                for leaf in filter(_asks_here, asked):
                    message = f'its criteria ask of one place: "{leaf}"'
                    self._fault(f"judgement {key}", message)

    def _compile(self) -> None:
        """Compile every file, and check the limits of the inference engine."""
        for name in self.files:
            self.file = f"rules/{name}.toml"
            variants = {self.corpus.raw[name].place} | {
                self.corpus.raw[other].place
                for other, file in self.files.items()
                if any(self.corpus.home.get(item.of) == name for item in file.overlay)
            }
            for place in sorted(variants):
                instrument = self.corpus.instrument(name, place)
                for line in ruleset_faults(instrument.ruleset):
                    self._fault(place, line)

    # -- tests ----------------------------------------------------------------------------------

    def _untested(self, folder: Path) -> None:
        tested = set(_tested(folder))
        for name, file in self.files.items():
            self.file = f"rules/{name}.toml"
            for obligation in file.obligation:
                if obligation.id not in tested:
                    self._fault(obligation.id, "no case tests this rule")


def _keys(file: LawFile, what: str) -> list[str]:
    if what == "obligation":
        return [item.id for item in file.obligation]
    if what == "condition":
        return [item.name for item in file.condition if "." in item.name]
    declared: Mapping[str, Any] = getattr(file, what)
    return list(declared)


def _link_dues(graph: dict[str, set[str]], duty: str, terms: Terms) -> None:
    """Link each due of a duty to the dues on whose instants it hangs."""
    if terms.due is not None:
        graph.setdefault(duty, set()).update(_hangs_on(duty, terms.due))
    for stage in terms.stage or ():
        key = f"{duty}/{stage.name}"
        graph.setdefault(duty, set()).add(key)  # who asks for the duty gets a stage of it
        graph.setdefault(key, set()).update(_hangs_on(duty, stage.due))


def _hangs_on(duty: str, due: Due) -> Iterator[str]:
    yield from filter(None, (due.with_, due.before))
    for inside in re.findall(r"\bdue\(([^()]*)\)", due.starts or ""):
        for target in inside.split("|"):
            name, _, stage = target.strip().partition("/")
            yield f"{duty if name == 'self' else name}{stage and '/'}{stage}"
    for part in (*due.earliest, *due.latest, *due.cases, *(each.due for each in due.readings)):
        yield from _hangs_on(duty, part)


def _depends(obligation: Obligation, file: LawFile) -> Iterator[str]:
    """Name the duties whose being owed decides this one, exemptions included."""
    own = {item.name: item for item in file.condition}
    for terms in (obligation, *obligation.version):
        texts = [*(terms.when or ())]
        texts += [ground.if_ for ground in terms.grounds or ()]
        texts += [unless.if_ for unless in terms.unless or ()]
        for text in texts:
            yield from _duties(parse(text), own, set())


def _duties(tree: Condition, own: Mapping[str, Any], seen: set[str]) -> Iterator[str]:
    for leaf in leaves(tree):
        if not isinstance(leaf, Name):
            continue
        if leaf.kind == "owed":
            yield leaf.name
        elif leaf.name in own and leaf.name not in seen:
            yield from _duties(parse(own[leaf.name].if_), own, seen | {leaf.name})


def _asks_here(leaf: Atom | Name) -> bool:
    """Tell whether a condition asks of one place or one duty, rather than of the incident."""
    if isinstance(leaf, Name):
        return leaf.kind == "owed" or leaf.name in GROUP_FACTS
    if leaf.kind == "data":
        return leaf.operator != "everywhere"
    return leaf.kind == "reach" or leaf.subject in GROUP_FACTS | {"here"}


def _tested(folder: Path) -> Iterator[str]:
    """Name the obligations that the cases of a folder expect something of."""
    if not folder.is_dir():
        raise LawError([Fault(str(folder), "", "no folder of cases here")])
    for path in sorted(folder.rglob("*.toml")):
        for case in _tables(read_toml(path), "case"):
            for expected in _tables(case, "expect"):
                yield str(expected.get("key", "")).partition("@")[0].partition("/")[0]


def _tables(content: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Take the tables of a list; whatever else stands there tests nothing."""
    listed = content.get(key)
    return (
        [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []
    )
