"""The memo of a decision not to notify, and the annex of duties that do not bind.

One memo for each law and finding: what was decided, in the form that the law wants, from
which facts, by whom, kept how long, and what would be owed without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from regengine.assessment import Assessment, Result
from regengine.corpus import Corpus
from regengine.documents.content import Matter, elements, filled, headcount, person_text
from regengine.documents.docket import reason
from regengine.documents.grounds import (
    Finding,
    Ground,
    claimable,
    grounds,
    protected,
    replacements,
    supposed,
    version_of,
    without,
)
from regengine.documents.memo import (
    Memo,
    Part,
    Signature,
    Style,
    Table,
    entry,
    file_slug,
    say,
)
from regengine.documents.outputs import label, place_name, table
from regengine.documents.paper import Entry, gap
from regengine.documents.provenance import facts_hash
from regengine.documents.wording import joined, labels, range_text
from regengine.errors import InputError
from regengine.facts import Consultation, Group, Incident, JudgementGiven, Moment
from regengine.severity import enisa, severity


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Factor(_Shape):
    """One point that a finding is reasoned on; ``optional`` where the law closes no list."""

    key: str
    label: str
    basis: str
    fills: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    optional: bool = False


class Factors(_Shape):
    """The points for some judgements, with the source that names them."""

    id: str
    judgements: tuple[str, ...]
    title: str
    source: str
    says: str
    factor: tuple[Factor, ...]


class Decision(NamedTuple):
    """The duties of one law that are not given for the same findings."""

    law: str
    results: tuple[Result, ...]
    grounds: tuple[Ground, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings on which it rests, each once."""
        found = {finding.name: finding for each in self.grounds for finding in each.findings}
        return tuple(found.values())


_Row = tuple[Result, tuple[Ground, ...]]


@cache
def _sets() -> tuple[Factors, ...]:
    return tuple(Factors.model_validate(row) for row in table("memo/factors.toml")["set"])


def factors_for(judgement: str) -> Factors:
    """Choose the points on which a finding is reasoned: the first set whose pattern fits.

    >>> len(factors_for("xx.harm_of_its_own").factor) > 3
    True
    """
    return next(each for each in _sets() if any(fnmatchcase(judgement, x) for x in each.judgements))


def decisions(
    incident: Incident, assessment: Assessment, corpus: Corpus
) -> tuple[tuple[Decision, ...], tuple[Result, ...]]:
    """Split the duties that are not owed: those that rest on a finding, and all others."""
    safe = protected(incident, assessment, corpus)
    idle = replacements(assessment, corpus)
    bare: list[Result] = []
    found: list[_Row] = []
    for result in assessment.obligations:
        if result.status != "not_required":
            continue
        own = () if result.id in idle else grounds(result, corpus) or safe.get(result.key, ())
        if own:
            found.append((result, own))
        else:
            bare.append(result)
    return _grouped(found, corpus), tuple(bare)


def open_decisions(
    incident: Incident, assessment: Assessment, corpus: Corpus
) -> tuple[Decision, ...]:
    """List, for each law, the findings that could still be made against duties owed or open."""
    laws: dict[str, list[_Row]] = {}
    for result in assessment.obligations:
        own = claimable(result, incident, corpus)
        if own:
            laws.setdefault(corpus.home.get(result.id, result.id), []).append((result, own))
    return tuple(_decision(rows) for rows in laws.values())


def _law(result: Result) -> str:
    return result.law or result.citation


def _grouped(found: Iterable[_Row], corpus: Corpus) -> tuple[Decision, ...]:
    """Put together what one law file lets fall away for the same findings."""
    groups: dict[tuple[str, ...], list[_Row]] = {}
    for result, own in found:
        names = sorted({finding.name for each in own for finding in each.findings})
        key = (corpus.home.get(result.id, result.id), *names)
        groups.setdefault(key, []).append((result, own))
    return tuple(_decision(rows) for rows in groups.values())


def _decision(rows: Sequence[_Row]) -> Decision:
    every = dict.fromkeys(ground for _, own in rows for ground in own)
    laws = dict.fromkeys(_law(result) for result, _ in rows)
    return Decision("; ".join(laws), tuple(result for result, _ in rows), tuple(every))


# -- the memo ------------------------------------------------------------------------------


class Writer:
    """Writes the memos of one matter."""

    def __init__(
        self, incident: Incident, assessment: Assessment, corpus: Corpus, style: Style
    ) -> None:
        self.incident, self.assessment = incident, assessment
        self.corpus, self.style = corpus, style
        self._names: set[str] = set()
        self._bare: dict[str, dict[str, Result]] = {}

    def name(self, *words: str) -> str:
        """Make a file's name that no other memo of the matter has."""
        base = found = file_slug("memo", *words)
        number = 1
        while found in self._names:
            number += 1
            found = f"{base}-{number}"
        self._names.add(found)
        return found

    def no_notice(self, decision: Decision) -> Memo:
        """Write the memo of a decision not to notify."""
        bare = self._without(decision)
        parts = [
            self._duties(decision, bare),
            self._finding(decision),
            *self._tests(decision),
            *self._reasoning(decision),
            self._facts(decision),
            *self._severity(decision),
            self._keeping(decision),
        ]
        return Memo(
            name=self.name("no-notice", decision.law, *_tail(decision)),
            kind="memo",
            title=say("no_notice_title", law=decision.law),
            subject=say("no_notice_subject", law=decision.law),
            handling=say("handling"),
            keys=tuple(result.key for result in decision.results),
            parts=tuple(parts),
            signatures=self._signatures(decision),
            draft=self._doubts(decision),
        )

    def _without(self, decision: Decision) -> dict[str, Result]:
        """Assess the matter without the findings; decisions that share them share the answer."""
        bare = without(self.incident, decision.findings)
        key = facts_hash(bare)
        if key not in self._bare:
            self._bare[key] = supposed(bare, self.assessment, self.corpus)
        return self._bare[key]

    def shell(self, decision: Decision) -> Memo:
        """Write the shell of a memo that counsel may complete to claim an exemption."""
        parts = [
            self._duties(decision, None),
            self._finding(decision),
            *self._tests(decision),
            *self._reasoning(decision),
            self._facts(decision),
            *self._severity(decision),
            self._keeping(decision),
        ]
        return Memo(
            name=self.name("finding", decision.law),
            kind="memo",
            title=say("shell_title", law=decision.law),
            subject=say("shell_subject", law=decision.law),
            handling=say("handling"),
            keys=tuple(result.key for result in decision.results),
            parts=tuple(parts),
            signatures=self._signatures(decision),
            draft=(say("draft_shell"), *self._doubts(decision)),
        )

    def _doubts(self, decision: Decision) -> tuple[str, ...]:
        weak = any(
            x.confidence == "low" or x.unread or "unsourced" in x.sources for x in decision.results
        )
        return (say("draft_confidence"),) if weak else ()

    # -- parts ----------------------------------------------------------------------------

    def _duties(self, decision: Decision, bare: dict[str, Result] | None) -> Part:
        """Name the duties, and what they would be without the finding: what wakes us up."""
        last = say("otherwise") if bare is not None else say("delay_due")
        rows = []
        for result in decision.results:
            other = result if bare is None else bare.get(result.key)
            rows.append(
                (
                    f"{result.title} ({result.key})",
                    _recipient(result),
                    result.citation,
                    self._state(other),
                )
            )
        head = (say("duty"), say("recipient"), say("provision"), last)
        says = (say("reviewed"),) if bare is not None else ()
        return Part(say("duties"), tables=(Table(say("duties"), head, tuple(rows)),), after=says)

    def _state(self, result: Result | None) -> str:
        """Say whether a duty is owed and by when."""
        if result is None:
            return say("not_known")
        status = say(f"status_{result.status}")
        at = self.style.instant(result.deadline.due_at, result.deadline.zone)
        if result.status == "not_required":
            return status
        if at is not None:
            return say("otherwise_at", status=status, at=at)
        terms = result.deadline.soft or result.deadline.text
        return f"{status}; {terms}" if terms else status

    def _tests(self, decision: Decision) -> list[Part]:
        return [self._test(ground) for ground in decision.grounds]

    def _test(self, ground: Ground) -> Part:
        """Say what the law asks, in which form, and what is on record of it."""
        entries = [
            entry("ground", say("exemption"), say(f"ground_{ground.kind}"), basis=ground.cite)
        ]
        declared = (self.corpus.judgements.get(x.name) for x in ground.findings)
        if ground.question and ground.question not in {x.question for x in declared if x}:
            entries.append(entry("question", say("question"), ground.question))
        if ground.displaces:
            entries.append(entry("displaces", say("in_its_place"), ground.displaces))
        entries += self._form(ground)
        entries += self._told(ground)
        entries.append(entry("keep", say("keep"), ground.keep or say("keep_none")))
        return Part(f"{say('test')}: {ground.cite or ''}".rstrip(": "), entries=tuple(entries))

    def _finding(self, decision: Decision) -> Part:
        """Say each conclusion once, with who drew it, when and why."""
        entries = [x for finding in decision.findings for x in self._concluded(finding)]
        return Part(say("finding"), entries=tuple(entries))

    def given(self, finding: Finding) -> JudgementGiven | None:
        """Find the conclusion on record: its own, or the one that stands for it."""
        own = self.incident.judgements.get(finding.name)
        if own is not None and own.value is not None:
            return own
        return self.incident.judgements.get(finding.source or "")

    def _concluded(self, finding: Finding) -> list[Entry]:
        """Say the conclusion, who drew it, when and why; what is missing stays open."""
        facts = table("memo/words.toml")["facts"]
        if finding.name in facts:
            return [entry(finding.name, str(facts[finding.name]), self.fact(finding.name))]
        declared = self.corpus.judgements.get(finding.name)
        title = declared.question if declared else finding.name
        given = self.given(finding)
        if given is None or given.value is None:
            return [entry(finding.name, title, None)]
        value = label("judgement_values", given.value)
        own = self.incident.judgements.get(finding.name)
        if own is None or own.value is None:
            value = say("finding_stands", value=value, source=finding.source)
        return [
            entry(finding.name, title, value, basis=declared.cite if declared else None),
            entry("by", say("finding_by"), given.by),
            entry("at", say("finding_at"), self.style.moment(given.at)),
            entry("why", say("finding_why"), given.why),
        ]

    def _form(self, ground: Ground) -> list[Entry]:
        """Say the form that the law asks for, and whether it is met."""
        entries = []
        judged = [x for x in ground.findings if x.name in self.corpus.judgements]
        for finding in judged[:1]:
            given = self.given(finding)
            written = given is not None and given.written is True
            if "written" in ground.form:
                text = (
                    say("form_written_yes")
                    if written
                    else say("form_written_to", name=finding.name)
                )
                entries.append(entry("written", say("form_written"), text, open_=not written))
            else:
                kept = ground.kind == "test" and ground.keep
                text = say("form_written_kept" if kept else "form_written_none")
                entries.append(entry("written", say("form_written"), text))
            consulted = given.consulted if given is not None else None
            entries += self._consulted(ground, consulted or ())
        return entries

    def _consulted(self, ground: Ground, given: Sequence[Consultation]) -> list[Entry]:
        asked = [form.partition(" ")[2] for form in ground.form if form.startswith("consulted")]
        lines = []
        for one in given:
            known = self.corpus.authority(one.authority)
            who, at = (known.name if known else one.authority), self.style.moment(one.at)
            lines.append(
                say("consulted_line", who=who, at=at) if at else say("consulted_who", who=who)
            )
        if not asked:
            return [entry("consulted", say("consulted"), lines)] if lines else []
        for dotted in asked:
            known = self.corpus.authority(dotted) if dotted else None
            who = known.name if known else say("consulted_relevant")
            lines.append(say("consulted_needed", who=who))
        return [entry("consulted", say("consulted"), lines, open_=not given)]

    def _told(self, ground: Ground) -> list[Entry]:
        """Name the duties that come first or take this one's place, and where they stand."""
        rows = [x for x in self.assessment.obligations if x.id in ground.first]
        if not rows:
            return []
        lines, filed = [], False
        for result in rows:
            state = self._state(result)
            if result.went_out:
                moments = [self.style.moment(Moment.of(each.at)) for each in result.went_out]
                state = say("told_filed", at=joined(x or "" for x in moments))
                filed = True
            lines.append(say("told_line", title=result.title, key=result.key, status=state))
        owed = any(result.status != "not_required" for result in rows)
        return [entry("told", say("told_first"), lines, open_=owed and not filed)]

    def fact(self, path: str) -> str | None:
        """Say one fact of the incident; ``None`` while it is not known."""
        if path in ("encrypted", "redacted", "key_taken", "children"):
            return self._by_group(path)
        value: object = self.incident
        for step in path.split("."):
            value = getattr(value, step, None)
        return _value(value)

    def _by_group(self, name: str) -> str | None:
        groups = self.incident.affected or ()
        said = {group.label or group.group: _value(getattr(group, name)) for group in groups}
        if set(said.values()) <= {None}:
            return None
        if len(said) == 1:
            return next(iter(said.values()))
        return "\n".join(f"{group}: {x or say('not_known')}" for group, x in said.items())

    def _reasoning(self, decision: Decision) -> list[Part]:
        """Set out the points of each finding: what the record holds, and counsel's own words."""
        found: dict[str, Part] = {}
        for finding in decision.findings:
            points = factors_for(finding.name)
            key = f"{points.id}:{finding.name}"
            matter = Matter(self.incident, decision.results[0], self.assessment, self.american)
            entries = tuple(self._factor(point, points, finding, matter) for point in points.factor)
            declared = self.corpus.judgements.get(finding.name)
            several = len(decision.findings) > 1 and declared is not None
            title = f"{points.title}: {finding.name}" if several else points.title
            found.setdefault(key, Part(title, (f"{points.says} ({points.source})",), entries))
        return list(found.values())

    @property
    def american(self) -> bool:
        """Whether the organisation writes American dates."""
        return self.style.american

    def _factor(self, point: Factor, points: Factors, finding: Finding, matter: Matter) -> Entry:
        facts = table("memo/words.toml")["facts"]
        lines: list[str] = []
        for key in point.fills:
            text = filled(key, matter).text
            if text:
                lines += text.split("\n")
        for path in point.facts:
            said = self.fact(path) or say("not_known")
            lines.append(say("fact_value", label=facts[path], value=said.replace("\n", "; ")))
        own = self.answer(f"memo.{finding.name}.{point.key}", f"memo.{points.id}.{point.key}")
        if own is not None:
            lines.append(say("fact_value", label=say("reasoning"), value=own))
        elif not point.optional:
            lines.append(gap(say("reasoning_gap", key=f"memo.{finding.name}.{point.key}")))
        return entry(point.key, point.label, lines, basis=point.basis, open_=_is_open(own, point))

    def answer(self, *keys: str) -> str | None:
        """Find the first answer on record under one of several keys."""
        for key in keys:
            if self.incident.answers.get(key) is not None:
                return str(self.incident.answers[key])
        return None

    def _facts(self, decision: Decision) -> Part:
        """Tell who is concerned, with which data, and how these were protected."""
        tables = (group_table(self.incident),) if self.incident.affected else ()
        matter = Matter(self.incident, decision.results[0], self.assessment, self.american)
        entries = [
            entry(key, label("fills", key).capitalize(), filled(key, matter).text)
            for key in ("nature", "occurred", "discovered", "measures")
        ]
        return Part(say("facts"), entries=tuple(entries), tables=tables)

    def _severity(self, decision: Decision) -> list[Part]:
        """Set the published severity score beside an analysis that it helps."""
        if not {x.name for x in decision.findings} & set(enisa().helps):
            return []
        if not self.incident.affected:
            return []
        try:
            score = severity(self.incident, corpus=self.corpus)
        except InputError:  # a place that a law folder of one's own has, and ours has not
            return []
        head = (
            say("severity_group"), say("severity_score"), say("severity_level"),
            say("severity_because"),
        )  # fmt: skip  # reason: four heads on two lines read as a row
        names = {x.group: x.label or x.group for x in self.incident.affected}
        rows = tuple(
            (
                names.get(group.group, group.group),
                _range(group.least, group.most),
                joined(group.levels),
                "; ".join(
                    (*group.context.because, *group.identification.because,
                     *(x for each in group.circumstances for x in each.because), *group.flags)
                ),
            )
            for group in score.groups
        )  # fmt: skip  # reason: as above
        says = say("severity_says", caution=score.caution, source=score.source, unread=score.unread)
        caption = say("severity_of", method=f"{score.method} ({score.formula})")
        return [Part(say("severity"), (says,), tables=(Table(caption, head, rows),))]

    def _keeping(self, decision: Decision) -> Part:
        """Say how long it is kept, and what else the same law wants on file."""
        kept = dict.fromkeys(
            f"{ground.keep} ({ground.cite})" for ground in decision.grounds if ground.keep
        )
        for result in decision.results:
            version = version_of(result, self.corpus)
            if version is not None and version.keep:
                kept[f"{version.keep} ({result.citation})"] = None
        entries = [entry("keep", say("keep"), list(kept) or say("keep_none"))]
        also = [
            f"{x.title} ({x.citation}){f': {x.keep}' if x.keep else ''}"
            for x in self.assessment.obligations
            if x.recipient.kind == "internal"
            and x.status != "not_required"
            and _law(x) in {_law(each) for each in decision.results}
        ]
        if also:
            entries.append(entry("also", say("keep_extra"), also))
        return Part(say("form"), entries=tuple(entries), blanks=(say("keep_place"),))

    def _signatures(self, decision: Decision) -> tuple[Signature, ...]:
        """Have the decision signed by whoever drew it, counsel, and an authority if consulted."""
        given = [x for x in map(self.given, decision.findings) if x is not None]
        by = next((x.by for x in given if x.by), None)
        signatory = self.incident.signatory
        name = by or (person_text(signatory) if signatory else None)
        at = next((self.style.moment(x.at) for x in given if x.at), None)
        found = [Signature(say("sign_decided"), name, at), Signature(say("sign_reviewed"))]
        asked = any(f.startswith("consulted") for each in decision.grounds for f in each.form)
        return (*found, Signature(say("sign_consulted"))) if asked else tuple(found)

    # -- the annex ------------------------------------------------------------------------

    def annex(self, made: Sequence[Decision], bare: Sequence[Result]) -> Memo:
        """List every duty that is not owed with its reason, one line each."""
        rested = {result.key for decision in made for result in decision.results}
        chosen = [x for x in self.assessment.obligations if x.status == "not_required"]
        places: dict[str, list[tuple[str, ...]]] = {}
        for result in chosen:
            why = reason(result)
            said = say("annex_memo", reason=why) if result.key in rested else why
            row = (f"{result.title} ({result.key})", said, result.citation)
            places.setdefault(result.jurisdiction, []).append(row)
        head = (say("duty"), say("annex_reason"), say("provision"))
        tables = tuple(
            Table(place_name(place), head, tuple(rows), "second") for place, rows in places.items()
        )
        says = (say("annex_intro"),) if chosen else (say("annex_none"),)
        return Memo(
            name=self.name("annex-not-owed"),
            kind="memo",
            title=say("annex_title"),
            subject=say("annex_subject"),
            handling=say("handling_internal"),
            keys=tuple(result.key for result in (*bare, *chosen) if result in chosen),
            parts=(Part(say("annex_title"), says, tables=tables),),
        )


def group_table(incident: Incident) -> Table:
    """Tell, group by group, who is concerned, with which data, and how these were protected."""
    rows = tuple(
        (
            group.label or group.group,
            range_text(headcount([group])),
            elements(group).text or say("not_known"),
            _protection(group),
        )
        for group in incident.affected or ()
    )
    head = (say("group"), say("people"), say("data"), say("protection"))
    return Table(say("fact_groups"), head, rows)


def _protection(group: Group) -> str:
    words = table("memo/words.toml")["facts"]
    parts = [
        say("fact_value", label=words[state], value=value)
        for state in ("encrypted", "key_taken", "redacted")
        if (value := _value(getattr(group, state))) is not None
    ]
    return "; ".join(parts) or say("not_known")


def _tail(decision: Decision) -> tuple[str, ...]:
    names = sorted((x.value is None, x.name) for x in decision.findings)
    return (names[0][1],) if names else ()


def _recipient(result: Result) -> str:
    """Name the recipient, and the place where the name does not hold it."""
    place, name = place_name(result.jurisdiction), result.recipient.name
    return name if place in name else f"{name}, {place}"


def _is_open(own: str | None, point: Factor) -> bool:
    return own is None and not point.optional


def _range(least: float, most: float) -> str:
    if least == most:
        return f"{least:g}"
    return say("severity_range", least=f"{least:g}", most=f"{most:g}")


def _value(value: object) -> str | None:
    if isinstance(value, bool):
        return say("yes" if value else "no")
    if isinstance(value, tuple):
        return labels("elements", value) or None
    return str(value) if value is not None else None
