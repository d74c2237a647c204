"""Reasons for delay: each late or suspended notice, with a text that an authority can take.

The text says what the record holds and nothing else; what is missing is marked.
"""

from __future__ import annotations

from regengine.assessment import Assessment, Held, Result
from regengine.corpus import Corpus
from regengine.documents.content import Matter, events, filled
from regengine.documents.docket import with_titles
from regengine.documents.grounds import version_of
from regengine.documents.memo import Memo, Part, Style, Table, entry, file_slug, say
from regengine.documents.outputs import phrase, table
from regengine.documents.paper import Entry, gap
from regengine.documents.wording import sentence, span_text
from regengine.facts import Delay, Incident, Moment
from regengine.timeline import has_prefix


def delayed(assessment: Assessment) -> tuple[Result, ...]:
    """List the notices that are late or that a hold suspends, in the assessment's order.

    >>> from regengine import assess, load_incident
    >>> delayed(assess(load_incident("examples/lost-laptop.yaml")))
    ()
    """
    return tuple(
        result
        for result in assessment.obligations
        if result.status != "not_required" and (result.is_late or _holds(result))
    )


def _holds(result: Result) -> tuple[Held, ...]:
    return tuple(held for held in result.deadline.held if held.counts)


def reasons_text(matter: Matter, style: Style) -> tuple[str, ...]:
    """Write the reasons for delay of one notice from the record, paragraph by paragraph.

    Gaps stand between the gap characters. An answer under ``<id>.delay_reasons`` or
    ``notice.delay_reasons`` gives the reasons themselves.
    """
    result, deadline = matter.result, matter.result.deadline
    lines = []
    due = style.instant(deadline.due_at, deadline.zone)
    if deadline.starts is not None and deadline.starts.assumed:
        # An instant that was only taken for the clock's start is no fact to tell a recipient.
        lines.append(gap(say("text_due_gap")))
    elif due is not None:
        lines.append(say("text_due", at=due))
    if result.went_out:
        sent = style.moment(Moment.of(result.went_out[0].at))
        lines.append(say("text_sent", at=sent))
    elif result.is_late:
        lines.append(say("text_now"))
    for event in ("occurred_from", "detected", "discovered", "aware"):
        moment = matter.moment(event)
        if moment is not None:
            name = table("words.toml")["events"].get(event, event)
            lines.append(say("text_event", event=name, at=style.moment(moment)))
    counted = _holds(result)
    lines += [say("text_hold", hold=_held_text(held, style)) for held in counted]
    if result.is_late or not counted:
        lines.append(_given(matter) or gap(say("text_reasons_gap")))
    measures = filled("measures_taken", matter).text
    if measures:
        lines.append(say("text_measures", text=sentence(measures)))
    return tuple(lines)


def _given(matter: Matter) -> str | None:
    answers = matter.incident.answers
    for place in (f"{matter.result.id}.delay_reasons", "notice.delay_reasons"):
        if answers.get(place) is not None:
            return str(answers[place])
    return None


def _held_text(held: Held, style: Style) -> str:
    who = held.requested_by or held.granted_by or phrase("not_known")
    start = style.instant(held.from_) or phrase("not_known")
    end = style.instant(held.until)
    name = "text_hold_open" if end is None else "text_hold_line"
    return say(name, who=who, start=start, end=end)


class DelayWriter:
    """Writes the reasons for delay of one matter."""

    def __init__(
        self, incident: Incident, assessment: Assessment, corpus: Corpus, style: Style
    ) -> None:
        self.incident, self.assessment = incident, assessment
        self.corpus, self.style = corpus, style

    def memo(self) -> Memo | None:
        """Write one part for each delayed notice; ``None`` where there is none."""
        found = delayed(self.assessment)
        if not found:
            return None
        parts = [self._timeline(found[0])]
        for result in found:
            parts += self._parts(result)
        return Memo(
            name=file_slug("memo", "reasons-for-delay"),
            kind="memo",
            title=say("delay_title"),
            subject=say("delay_subject"),
            handling=say("handling_internal"),
            keys=tuple(result.key for result in found),
            parts=tuple(parts),
        )

    def _titled(self, text: str | None) -> str | None:
        return None if text is None else with_titles(text, self.assessment.obligations)

    def _matter(self, result: Result) -> Matter:
        return Matter(self.incident, result, self.assessment, self.style.american)

    def _timeline(self, result: Result) -> Part:
        """List the events on record and what has been sent, in order."""
        rows = [(at, name, when) for at, name, when in events(self._matter(result))]
        names = {x.id: x.recipient.name for x in self.assessment.obligations}
        for each in self.incident.filings:
            what = say(
                "sent_meanwhile", what=names.get(each.obligation.partition("@")[0], each.obligation)
            )
            at = each.at.at
            if at is not None:
                rows.append((at, what, self.style.moment(each.at) or ""))
        rows.sort(key=lambda row: row[0])
        head = (say("view_at"), say("awareness_event"))
        shown = tuple((when, name) for _, name, when in rows)
        tables = (Table(say("delay_timeline"), head, shown),) if shown else ()
        return Part(say("delay_timeline"), tables=tables)

    def _parts(self, result: Result) -> list[Part]:
        deadline = result.deadline
        entries = [
            entry("notice", say("delay_key"), f"{result.title} ({result.key})"),
            entry(
                "due",
                say("delay_due"),
                self.style.instant(deadline.due_at, deadline.zone) or deadline.text,
                basis=result.citation,
            ),
            entry("state", say("delay_state"), self._state(result)),
            entry("term", say("delay_term"), self._titled(deadline.text or deadline.soft)),
            entry("law", say("delay_law"), result.late or say("delay_law_none")),
        ]
        entries += [self._held(held) for held in deadline.held]
        if deadline.held:
            entries += self._asked(result)
        tables = self._delays(result)
        key = f"{result.id}.delay_reasons"
        text = Part(
            say("delay_text", recipient=result.recipient.name),
            (say("delay_text_mark", key=key),),
            after=reasons_text(self._matter(result), self.style),
        )
        title = say("delay_part", recipient=result.recipient.name, title=result.title)
        return [Part(title, entries=tuple(entries), tables=tables), text]

    def _state(self, result: Result) -> list[str]:
        lines = [say("delay_possible")] if result.status == "possible" else []
        late = result.deadline.late_by
        if result.went_out and result.is_late:
            at = self.style.moment(Moment.of(result.went_out[0].at))
            lines.append(say("delay_late_sent", at=at))
        elif late is not None:
            now = self.style.instant(self.assessment.now) or say("undated")
            lines.append(say("delay_late_open", span=span_text(late), now=now))
        if _holds(result):
            lines.append(say("delay_held"))
        return lines

    def _held(self, held: Held) -> Entry:
        lines = [_held_text(held, self.style), held.why]
        return entry("hold", say("delay_hold"), lines, basis=held.citation)

    def _asked(self, result: Result) -> list[Entry]:
        """Say what the law asks of a hold, and that its paper must be on file."""
        version = version_of(result, self.corpus)
        hold = version.hold if version is not None else None
        if hold is None:
            return []
        lines = []
        if hold.granted_by:
            lines.append(say("hold_asks_by", who=hold.granted_by))
        if hold.form == "written":
            lines.append(say("hold_asks_written"))
        if hold.oral_days:
            lines.append(say("hold_asks_oral", days=hold.oral_days))
        if hold.written_days:
            lines.append(say("hold_asks_days", days=hold.written_days))
        lines.append(say("hold_paper"))
        return [entry("hold_asks", say("delay_hold_asks"), lines, basis=hold.cite)]

    def _delays(self, result: Result) -> tuple[Table, ...]:
        """List the holds on record that may touch this duty, refused ones too."""
        found = [
            each
            for each in self.incident.law_enforcement.delays
            if not each.laws or any(has_prefix(result.id, x) for x in each.laws)
        ]
        if not found or not result.deadline.held:
            return ()
        head = (
            say("hold_by"), say("hold_granted"), say("hold_form"), say("hold_from"),
            say("hold_until"),
        )  # fmt: skip  # reason: heads on two lines read as a row
        return (Table(say("delay_hold"), head, tuple(map(self._row, found))),)

    def _row(self, delay: Delay) -> tuple[str, ...]:
        forms = [
            say(name)
            for name, given in (("hold_written", delay.written), ("hold_oral", delay.oral))
            if given
        ]
        granted = say("hold_refused") if delay.granted is False else delay.granted_by
        return (
            delay.requested_by or phrase("not_known"),
            granted or phrase("not_known"),
            "; ".join(forms) or phrase("not_known"),
            self.style.moment(delay.from_) or phrase("not_known"),
            self.style.moment(delay.until) or say("hold_open"),
        )
