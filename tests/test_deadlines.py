"""Deadlines: every form of a due, holds, order, projections, readings.

The case is a desk that answers from plain values; expected instants were found by hand.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regengine.assessment import Deadline, Start
from regengine.calendars import Days, zone
from regengine.deadlines import Case, deadline_of, lateness
from regengine.facts import Delay, Filing, Incident, Moment
from regengine.law import Calendar, Counting, Due, Hold, NotBefore, Order
from regengine.timeline import EventTime, Timeline
from regengine.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

NEW_YORK = "America/New_York"
BRUSSELS = "Europe/Brussels"
DUBLIN = "Europe/Dublin"
NEXT = {"to": "next_working_day", "cite": "roll"}
NOON = {"to": "noon_of_next_working_day", "cite": "art 5(4)"}
RULES: dict[str | None, Counting] = {
    None: Counting(title="plain", cite="plain"),
    "eu.1182": Counting.model_validate(
        {
            "title": "Union law",
            "cite": "art 3",
            "arguable_roll": NEXT,
            "arguable_full_hours": True,
            "arguable_minimum_working_days": 2,
        }
    ),
    "eu.noon": Counting.model_validate(
        {"title": "noon", "cite": "art 5", "arguable_roll": NOON, "rolls_hours": True}
    ),
    "us.edgar": Counting(title="edgar", cite="232.13", cutoff="17:30", zone=NEW_YORK),
    "xx.rolls": Counting.model_validate({"title": "rolls", "cite": "rolls", "roll": NEXT}),
    "jp.day_one": Counting(title="day one", cite="guidelines", first_day="included"),
}


@dataclass
class Desk:
    """A duty whose questions are answered from plain values."""

    events: dict[str, Any] = field(default_factory=dict)
    place: str = NEW_YORK
    home: str | None = None
    holidays: str = "US"
    truths: dict[str, Truth] = field(default_factory=dict)
    sent: dict[str, list[Filing]] = field(default_factory=dict)
    dues: dict[str, Deadline] = field(default_factory=dict)
    holds: tuple[Delay, ...] = ()
    now: datetime | None = None
    obligation_id: str = "xx-office"

    @cached_property
    def timeline(self) -> Timeline:
        stated = {
            name: tuple(value) if isinstance(value, list) else ({"at": self.moment(value)},)
            for name, value in self.events.items()
        }
        incident = Incident.model_validate({"reference": "R", "timeline": stated})
        return Timeline(incident, self.now, self.organisation_zone)

    def moment(self, value: str | Moment) -> Moment:
        return value if isinstance(value, Moment) else moment(value, self.home or self.place)

    @property
    def recipient_zone(self) -> ZoneInfo:
        return zone(self.place)

    @property
    def organisation_zone(self) -> ZoneInfo:
        return zone(self.home or self.place)

    def event(self, name: str) -> EventTime | None:
        return self.timeline.event(name, self.obligation_id)

    def first_possible(self, name: str) -> EventTime | None:
        return self.timeline.first_possible(name, self.obligation_id)

    def filings(self, obligation_id: str, stage: str | None) -> Sequence[Filing]:
        return self.sent.get(f"{obligation_id}/{stage}" if stage else obligation_id, [])

    def due_of(self, obligation_id: str, stage: str | None) -> Deadline | None:
        return self.dues.get(f"{obligation_id}/{stage}" if stage else obligation_id)

    def decide(self, condition: str) -> Truth:
        return self.truths.get(condition, Truth.UNKNOWN)

    def counting(self, rule_id: str | None) -> Counting:
        return RULES[rule_id]

    def calendar(self, calendar_id: str | None) -> Days:
        return Days(Calendar(holidays=calendar_id or self.holidays))


def moment(text: str, where: str) -> Moment:
    """Read "2026-11-24 12:17" in a zone, or a date without a time."""
    if len(text) == len("2026-11-24"):
        return Moment.of(date.fromisoformat(text))
    return Moment.of(datetime.fromisoformat(text).replace(tzinfo=zone(where)))


def filing(text: str, where: str = NEW_YORK, how: str = "sent") -> Filing:
    """A filing at that moment."""
    return Filing.model_validate({"obligation": "xx-other", "at": moment(text, where), "how": how})


def due(**terms: Any) -> Due:  # reason: any term of a due
    """Read a due as a law file writes it."""
    return Due.model_validate(terms)


def shown(at: datetime | None) -> str | None:
    """The instant as it is printed, offset included."""
    return None if at is None else at.isoformat(sep=" ")


def fixed(
    at: str, where: str = NEW_YORK, latest: str | None = None, **more: Any
) -> Deadline:  # reason: any part of a deadline
    """Another duty's deadline."""
    due_at, outer = moment(at, where).at, moment(latest, where).at if latest else None
    return Deadline(kind="fixed", due_at=due_at, latest_defensible=outer, **more)


def steps(found: Deadline) -> str:
    """Everything that the trace says."""
    return "\n".join(step.step for step in found.trace)


# -- periods ------------------------------------------------------------------------------


def test_a_period_from_an_event() -> None:
    """72 hours from awareness, with words beside the number."""
    desk = Desk({"aware": "2026-11-24 12:17"}, BRUSSELS, holidays="BE")
    words = "without undue delay and, where feasible, within 72 hours"
    found = deadline_of(
        due(within="72 hours", starts="aware", soft=words, counts="eu.1182"), desk, cite="art 33(1)"
    )
    assert found.kind == "fixed"
    assert shown(found.due_at) == "2026-11-27 12:17:00+01:00"
    assert shown(found.latest_defensible) == "2026-11-27 13:00:00+01:00"
    assert (found.text, found.soft, found.zone) == (words, words, BRUSSELS)
    assert found.starts is not None
    assert (found.starts.event, found.starts.assumed) == ("aware", False)
    assert shown(found.starts.at) == "2026-11-24 12:17:00+01:00"
    assert found.projected_due_at is None
    assert all(step.citation for step in found.trace)


def test_words_beside_a_number_that_they_do_not_name() -> None:
    """Both stand in the text."""
    desk = Desk({"discovered": "2026-11-16"})
    found = deadline_of(
        due(within="45 days", starts="discovered", soft="without unreasonable delay"), desk
    )
    assert found.text == "without unreasonable delay; within 45 days of discovery"
    assert shown(found.due_at) == "2026-12-31 23:59:59-05:00"


def test_an_assumed_event_gives_a_fixed_date_that_says_so() -> None:
    """Discovery is taken from awareness, and detection is a reading."""
    desk = Desk({"aware": "2026-11-20 10:00", "detected": "2026-11-18 10:00"})
    found = deadline_of(due(within="30 days", starts="discovered"), desk, cite="s 2")
    assert shown(found.due_at) == "2026-12-20 23:59:59-05:00"
    assert found.starts is not None
    assert found.starts.assumed
    assert found.starts.event == "discovered"
    assert [shown(each.due_at) for each in found.readings] == ["2026-12-18 23:59:59-05:00"]
    assert "assumed" in steps(found)


def test_candidates_of_an_event_become_readings() -> None:
    """The earliest leads; each other view has its own date."""
    views = [
        {"at": moment("2026-11-20 10:00", BRUSSELS), "why": "forensics"},
        {"at": moment("2026-11-18 10:00", BRUSSELS), "why": "first alert"},
    ]
    found = deadline_of(due(within="72 hours", starts="aware"), Desk({"aware": views}, BRUSSELS))
    assert shown(found.due_at) == "2026-11-21 10:00:00+01:00"
    assert [shown(each.due_at) for each in found.readings] == ["2026-11-23 10:00:00+01:00"]
    assert "forensics" in found.readings[0].ground


def test_an_event_still_to_come_starts_no_clock() -> None:
    """The projection runs from the earliest instant at which it could have come."""
    desk = Desk({"aware": "2026-11-20 10:00"})
    found = deadline_of(due(within="60 days", starts="determined"), desk, cite="s 521")
    assert found.kind == "not_started"
    assert (found.due_at, found.latest_defensible, found.late_by) == (None, None, None)
    assert shown(found.projected_due_at) == "2027-01-19 23:59:59-05:00"
    assert found.text == "within 60 days of the determination"
    assert "not on record" in steps(found)


def test_nothing_known_gives_no_projection() -> None:
    """An empty timeline projects nothing."""
    found = deadline_of(due(within="60 days", starts="determined"), Desk())
    assert (found.kind, found.projected_due_at) == ("not_started", None)


def test_a_range_is_safe_at_its_smaller_end() -> None:
    """Japan: three to five days, the day of knowledge being day one."""
    desk = Desk({"aware": "2026-11-24"}, "Asia/Tokyo", holidays="JP")
    found = deadline_of(
        due(within="3 days", latest_within="5 days", starts="aware", counts="jp.day_one"), desk
    )
    assert shown(found.due_at) == "2026-11-26 23:59:59+09:00"
    assert shown(found.latest_defensible) == "2026-11-28 23:59:59+09:00"
    assert found.text == "within 3 to 5 days of becoming aware"


def test_a_range_in_hours() -> None:
    """Two to six hours from detection."""
    desk = Desk({"detected": "2026-11-24 10:00"}, "Asia/Kolkata")
    found = deadline_of(due(within="2 hours", latest_within="6 hours", starts="detected"), desk)
    assert shown(found.due_at) == "2026-11-24 12:00:00+05:30"
    assert shown(found.latest_defensible) == "2026-11-24 16:00:00+05:30"


def test_a_cutoff_and_a_zone_of_the_duty() -> None:
    """16:00 in Chicago on the next working day, wherever the recipient is."""
    desk = Desk({"determined": "2026-11-25 15:00"})
    found = deadline_of(
        due(within="1 working day", starts="determined", cutoff="16:00", zone="America/Chicago"),
        desk,
    )
    assert shown(found.due_at) == "2026-11-27 16:00:00-06:00"
    assert found.zone == "America/Chicago"


def test_the_counting_rules_own_zone_and_hour() -> None:
    """A filing in New York, an organisation in San Francisco."""
    desk = Desk(
        {"materiality_determined": "2026-11-23 18:00"},
        "America/Los_Angeles",
        home="America/Los_Angeles",
    )
    terms = due(within="4 working days", starts="materiality_determined", counts="us.edgar")
    assert shown(deadline_of(terms, desk).due_at) == "2026-11-30 17:30:00-05:00"


def test_a_calendar_of_the_duty() -> None:
    """Columbus Day is closed for federal offices and open at the exchange."""
    desk = Desk({"determined": "2026-10-09"})
    federal = deadline_of(due(within="1 working day", starts="determined"), desk)
    terms = {"within": "1 working day", "starts": "determined"}
    exchange = deadline_of(Due.model_validate({**terms, "calendar": "xx.open"}), Exchange(desk))
    assert shown(federal.due_at) == "2026-10-13 23:59:59-04:00"
    assert shown(exchange.due_at) == "2026-10-12 23:59:59-04:00"


class Exchange(Desk):
    """A desk with a second calendar."""

    def __init__(self, base: Desk) -> None:
        super().__init__(base.events, base.place)

    def calendar(self, calendar_id: str | None) -> Days:
        return Days(Calendar(holidays="NYSE" if calendar_id == "xx.open" else "US"))


# -- words, dates ---------------------------------------------------------------------------


def test_words_alone() -> None:
    """No number: soft, with the event that starts it."""
    desk = Desk({"aware": "2026-11-20 10:00"})
    found = deadline_of(due(soft="without undue delay", starts="aware"), desk, cite="art 34")
    assert (found.kind, found.due_at, found.text) == ("soft", None, "without undue delay")
    assert found.starts is not None
    assert found.starts.event == "aware"
    assert deadline_of(due(soft="on request"), desk).kind == "soft"


def test_words_from_an_event_still_to_come() -> None:
    """The duty has not begun."""
    desk = Desk({"aware": "2026-11-20 10:00"})
    found = deadline_of(due(soft="as soon as feasible", starts="determined"), desk)
    assert (found.kind, found.soft) == ("not_started", "as soon as feasible")


@pytest.mark.parametrize(
    ("discovered", "expected"),
    [
        ("2026-01-15", "2026-03-01 23:59:59-05:00"),
        ("2026-03-01", "2026-03-01 23:59:59-05:00"),
        ("2026-03-02", "2027-03-01 23:59:59-05:00"),
    ],
)
def test_by_a_date_of_the_year(discovered: str, expected: str) -> None:
    """The next 1 March on or after the event."""
    found = deadline_of(due(by="03-01", starts="discovered"), Desk({"discovered": discovered}))
    assert shown(found.due_at) == expected
    assert found.text == "by the next 03-01 after discovery"


def test_by_a_date_that_not_every_year_has() -> None:
    """29 February falls back to the 28th."""
    found = deadline_of(due(by="02-29", starts="discovered"), Desk({"discovered": "2027-01-15"}))
    assert shown(found.due_at) == "2027-02-28 23:59:59-05:00"


@pytest.mark.parametrize(
    ("discovered", "expected"),
    [
        ("2026-12-31", "2027-03-01 23:59:59-05:00"),
        ("2026-01-01", "2027-03-01 23:59:59-05:00"),
        ("2023-06-01", "2024-02-29 23:59:59-05:00"),
        ("2024-06-01", "2025-03-01 23:59:59-05:00"),
        ("2025-06-01", "2026-03-01 23:59:59-05:00"),
        ("2027-06-01", "2028-02-29 23:59:59-05:00"),
    ],
)
def test_11_12_sixty_days_after_the_end_of_the_year_of_discovery(
    discovered: str, expected: str
) -> None:
    """The year of discovery, not of the incident; leap years move the day."""
    desk = Desk({"discovered": discovered, "occurred_from": "2022-05-01"})
    assert shown(
        deadline_of(due(within="60 days", starts="year_end(discovered)"), desk).due_at
    ) == (expected)


def test_the_end_of_the_year_by_the_earlier_of_two_dates() -> None:
    """It is 2027 in Brussels and still 2026 in New York."""
    desk = Desk({"discovered": "2026-12-31 20:00"}, BRUSSELS, home=NEW_YORK)
    found = deadline_of(due(within="60 days", starts="year_end(discovered)"), desk)
    assert shown(found.due_at) == "2027-03-01 23:59:59+01:00"


def test_a_projection_through_the_end_of_a_year() -> None:
    """The determination could have come in 2026."""
    desk = Desk({"aware": "2026-11-20"})
    found = deadline_of(due(within="60 days", starts="year_end(determined)"), desk)
    assert found.kind == "not_started"
    assert shown(found.projected_due_at) == "2027-03-01 23:59:59-05:00"


# -- other filings --------------------------------------------------------------------------


def test_a_stage_counts_from_the_filing_of_the_one_before() -> None:
    """One month from the submission, not from its due instant."""
    desk = Desk(
        {"aware": "2026-11-28 23:05"},
        BRUSSELS,
        holidays="BE",
        sent={"xx-office/notification": [filing("2026-11-30 10:00", BRUSSELS)]},
    )
    terms = due(within="1 month", starts="filed(self/notification)", counts="eu.1182")
    found = deadline_of(terms, desk)
    assert shown(found.due_at) == "2026-12-30 23:59:59+01:00"
    assert found.latest_defensible is None
    assert found.starts is not None
    assert found.starts.event == "filed(self/notification)"


def test_a_stage_whose_predecessor_was_not_filed_is_projected_from_its_due_instant() -> None:
    """Nothing runs until the filing is on record."""
    desk = Desk({}, BRUSSELS, dues={"xx-office/notification": fixed("2026-12-01 23:05", BRUSSELS)})
    found = deadline_of(due(within="1 month", starts="filed(self/notification)"), desk)
    assert found.kind == "not_started"
    assert shown(found.projected_due_at) == "2027-01-01 23:59:59+01:00"


def test_a_projection_from_a_soft_duty_runs_from_its_start() -> None:
    """A notice without a number could have gone out at once."""
    start = Start(event="discovered", at=datetime(2026, 11, 20, 15, tzinfo=UTC))
    desk = Desk(dues={"xx-other": Deadline(kind="soft", starts=start)})
    found = deadline_of(due(within="15 days", starts="first_filed(xx-other)"), desk)
    assert shown(found.projected_due_at) == "2026-12-05 23:59:59-05:00"


def test_no_projection_from_a_notice_that_waits_for_something_unknown() -> None:
    """Its own start is not when it could be filed."""
    start = Start(event="discovered", at=datetime(2026, 11, 20, 15, tzinfo=UTC))
    desk = Desk(dues={"xx-other": Deadline(kind="not_started", starts=start)})
    found = deadline_of(due(within="15 days", starts="first_filed(xx-other)"), desk)
    assert (found.kind, found.projected_due_at) == ("not_started", None)


def test_first_last_and_alternative_filings() -> None:
    """The first of several, the last of several, either of two duties."""
    desk = Desk(
        sent={
            "xx-other": [filing("2026-11-20 10:00"), filing("2026-11-24 10:00")],
            "xx-third": [filing("2026-11-18 10:00")],
        }
    )
    for starts, expected in (
        ("first_filed(xx-other)", "2026-11-30 23:59:59-05:00"),
        ("last_filed(xx-other)", "2026-12-04 23:59:59-05:00"),
        ("first_filed(xx-other | xx-third)", "2026-11-28 23:59:59-05:00"),
    ):
        assert shown(deadline_of(due(within="10 days", starts=starts), desk).due_at) == expected


@pytest.mark.parametrize("how", ["refused", "withdrawn"])
def test_a_filing_that_was_refused_or_withdrawn_starts_nothing(how: str) -> None:
    """It is on record and does not count."""
    desk = Desk(sent={"xx-other": [filing("2026-11-20 10:00", how=how)]})
    found = deadline_of(due(within="10 days", starts="filed(xx-other)"), desk)
    assert found.kind == "not_started"


def test_receipt_is_taken_from_dispatch_where_it_is_not_on_record() -> None:
    """The earlier moment is the safe one, and it is assumed."""
    sent, received = filing("2026-11-20 10:00"), filing("2026-11-23 10:00", how="received")
    terms = due(within="10 days", starts="received(xx-other)")
    both = deadline_of(terms, Desk(sent={"xx-other": [sent, received]}))
    assert shown(both.due_at) == "2026-12-03 23:59:59-05:00"
    alone = deadline_of(terms, Desk(sent={"xx-other": [sent]}))
    assert shown(alone.due_at) == "2026-11-30 23:59:59-05:00"
    assert alone.starts is not None
    assert alone.starts.assumed


def test_from_the_due_instant_of_another_duty() -> None:
    """Three working days after the other limit, filed or not."""
    desk = Desk(
        dues={"xx-other": fixed("2026-11-24 23:59:59")},
        sent={"xx-other": [filing("2026-11-20 10:00")]},
    )
    terms = due(within="3 working days", starts="due(xx-other)")
    assert shown(deadline_of(terms, desk).due_at) == "2026-11-30 23:59:59-05:00"
    waiting = Deadline(kind="not_started", projected_due_at=datetime(2026, 11, 24, 20, tzinfo=UTC))
    later = deadline_of(terms, Desk(dues={"xx-other": waiting}))
    assert later.kind == "not_started"
    assert shown(later.projected_due_at) == "2026-11-30 23:59:59-05:00"


def test_the_earlier_and_the_later_of_two_events() -> None:
    """One known event is enough for the earlier, not for the later."""
    told = Desk({"processor_told": "2026-11-20", "aware": "2026-11-18"})
    early = due(within="45 days", starts="earlier(processor_told, harm_determined)")
    assert shown(deadline_of(early, told).due_at) == "2027-01-04 23:59:59-05:00"
    late = due(within="30 days", starts="later(aware, scope_determined)")
    waiting = deadline_of(late, told)
    assert waiting.kind == "not_started"
    assert shown(waiting.projected_due_at) == "2026-12-18 23:59:59-05:00"
    known = Desk({"aware": "2026-11-18", "scope_determined": "2026-11-25"})
    assert shown(deadline_of(late, known).due_at) == "2026-12-25 23:59:59-05:00"


def test_the_later_of_two_is_projected_from_the_later() -> None:
    """The filing is due on 30 November, after awareness."""
    desk = Desk({"aware": "2026-11-18"}, dues={"xx-other": fixed("2026-11-30 23:59:59")})
    found = deadline_of(due(within="1 day", starts="later(aware, first_filed(xx-other))"), desk)
    assert shown(found.projected_due_at) == "2026-12-01 23:59:59-05:00"


def test_functions_inside_one_another() -> None:
    """The later of an event and a filing."""
    desk = Desk({"aware": "2026-11-18"}, sent={"xx-other": [filing("2026-11-20")]})
    terms = due(within="1 day", starts="later(aware, first_filed(xx-other))")
    assert shown(deadline_of(terms, desk).due_at) == "2026-11-21 23:59:59-05:00"


def test_knowing_that_a_threshold_is_passed() -> None:
    """48 hours from the scope; without it from discovery, assumed."""
    terms = due(within="48 hours", starts="threshold_known(xx-office)")
    events = {"discovered": "2026-11-18 10:00", "identified_people": "2026-11-20 10:00"}
    found = deadline_of(terms, Desk({**events}))
    assert shown(found.due_at) == "2026-11-22 10:00:00-05:00"
    assumed = deadline_of(terms, Desk({"discovered": "2026-11-18 10:00"}))
    assert shown(assumed.due_at) == "2026-11-20 10:00:00-05:00"
    assert assumed.starts is not None
    assert assumed.starts.assumed
    assert deadline_of(terms, Desk()).kind == "not_started"


# -- with and before another notice -----------------------------------------------------------


def test_together_with_another_notice_until_it_is_filed() -> None:
    """Its due instant, its outer one and its start are taken over."""
    start = Start(event="discovered", at=datetime(2026, 11, 16, 15, tzinfo=UTC), assumed=True)
    other = fixed("2026-12-31 23:59:59", latest="2027-01-04 23:59:59", starts=start)
    found = deadline_of(due(with_="xx-other"), Desk(dues={"xx-other": other}))
    assert found.kind == "fixed"
    assert shown(found.due_at) == "2026-12-31 23:59:59-05:00"
    assert shown(found.latest_defensible) == "2027-01-04 23:59:59-05:00"
    assert found.starts is not None
    assert found.starts.assumed


def test_before_another_notice_that_was_filed() -> None:
    """Its instant is the limit, however much later it was due."""
    desk = Desk(
        dues={"xx-other": fixed("2026-12-31 23:59:59")},
        sent={"xx-other": [filing("2026-12-10 09:00")]},
    )
    assert shown(deadline_of(due(before="xx-other"), desk).due_at) == "2026-12-10 09:00:00-05:00"


def test_a_filing_without_an_hour() -> None:
    """Together: that day. Before: its first instant, arguably its last."""
    desk = Desk(sent={"xx-other": [filing("2026-12-10")]})
    assert shown(deadline_of(due(with_="xx-other"), desk).due_at) == "2026-12-10 23:59:59-05:00"
    before = deadline_of(due(before="xx-other"), desk)
    assert shown(before.due_at) == "2026-12-10 00:00:00-05:00"
    assert shown(before.latest_defensible) == "2026-12-10 23:59:59-05:00"


def test_beside_a_soft_or_missing_notice_is_soft() -> None:
    """No instant can be taken from words."""
    soft = deadline_of(due(with_="xx-other"), Desk(dues={"xx-other": Deadline(kind="soft")}))
    assert (soft.kind, soft.text) == ("soft", "together with xx-other")
    assert deadline_of(due(before="xx-other"), Desk()).kind == "soft"


def test_beside_a_notice_that_has_not_started() -> None:
    """It waits with it."""
    at = datetime(2027, 1, 20, 4, 59, 59, tzinfo=UTC)
    desk = Desk(dues={"xx-other": Deadline(kind="not_started", projected_due_at=at)})
    found = deadline_of(due(with_="xx-other"), desk)
    assert found.kind == "not_started"
    assert shown(found.projected_due_at) == "2027-01-19 23:59:59-05:00"


# -- several limits -------------------------------------------------------------------------

MAJOR = due(
    earliest=[
        {"within": "4 hours", "starts": "classified"},
        {"within": "24 hours", "starts": "aware", "lapses_after": "classified"},
    ],
    relief={"counts": "eu.noon", "unless": "regime xx.bank", "cite": "art 5(4)"},
    cite="art 5(1)(a)",
)
BANK = {"regime xx.bank": Truth.TRUE}
NO_BANK = {"regime xx.bank": Truth.FALSE}


def major(
    aware: str, classified: str | None, truths: dict[str, Truth], where: str = DUBLIN
) -> Deadline:
    """The earlier of four hours from classification and a day from awareness."""
    events = {"aware": aware} | ({"classified": classified} if classified else {})
    holidays = {DUBLIN: "IE", BRUSSELS: "BE"}[where]
    return deadline_of(MAJOR, Desk(events, where, holidays=holidays, truths=truths))


def test_11_the_earlier_of_two_limits() -> None:
    """A day from awareness comes before four hours from classification."""
    found = major("2026-11-23 08:00", "2026-11-24 06:00", BANK, BRUSSELS)
    assert shown(found.due_at) == "2026-11-24 08:00:00+01:00"
    assert found.latest_defensible is None
    assert found.starts is not None
    assert found.starts.event == "aware"


def test_12_a_late_classification_leaves_four_hours() -> None:
    """The day from awareness falls away, since classification came after it."""
    found = major("2026-11-23 08:00", "2026-11-27 15:30", BANK, BRUSSELS)
    assert shown(found.due_at) == "2026-11-27 19:30:00+01:00"
    assert "falls away" in steps(found)


def test_13_weekend_relief_until_noon() -> None:
    """Saturday 03:00 may wait for Monday noon; a bank's may not."""
    found = major("2026-11-27 20:00", "2026-11-27 23:00", NO_BANK)
    assert shown(found.due_at) == "2026-11-28 03:00:00+00:00"
    assert shown(found.latest_defensible) == "2026-11-30 12:00:00+00:00"
    bank = major("2026-11-27 20:00", "2026-11-27 23:00", BANK)
    assert shown(bank.due_at) == "2026-11-28 03:00:00+00:00"
    assert bank.latest_defensible is None
    assert "no relief" in steps(bank)


def test_relief_that_may_be_barred_is_a_reading() -> None:
    """Unknown whether it is a bank: the relief is not given."""
    found = major("2026-11-27 20:00", "2026-11-27 23:00", {})
    assert found.latest_defensible is None
    assert [shown(each.due_at) for each in found.readings] == ["2026-11-30 12:00:00+00:00"]


def test_relief_does_not_move_a_working_day() -> None:
    """Tuesday stays Tuesday."""
    assert major("2026-11-23 08:00", "2026-11-24 06:00", NO_BANK).latest_defensible is None


def test_a_limb_that_has_not_started_does_not_hold_up_the_other() -> None:
    """Not yet classified: a day from awareness is due."""
    found = major("2026-11-23 08:00", None, BANK, BRUSSELS)
    assert shown(found.due_at) == "2026-11-24 08:00:00+01:00"
    assert "another limb has not started" in steps(found)


def test_a_classification_on_the_same_day_without_an_hour_lapses_nothing() -> None:
    """It may have come before the limit: the safe reading keeps it."""
    found = major("2026-11-23 08:00", "2026-11-24", BANK, BRUSSELS)
    assert shown(found.due_at) == "2026-11-24 04:00:00+01:00"


def test_a_classification_at_the_very_limit_lapses_nothing() -> None:
    """It did not come after it."""
    found = major("2026-11-23 08:00", "2026-11-24 08:00", BANK, BRUSSELS)
    assert shown(found.due_at) == "2026-11-24 08:00:00+01:00"


def test_relief_reaches_hours_only_where_its_rule_says_so() -> None:
    """A roll for periods in days leaves Saturday 10:00 alone and moves a Saturday."""
    relief = {"counts": "eu.1182", "cite": "art 3(4)"}
    desk = Desk({"aware": "2026-11-27 10:00"}, BRUSSELS, holidays="BE")
    hours = deadline_of(due(within="24 hours", starts="aware", relief=relief), desk)
    assert hours.latest_defensible is None
    days = deadline_of(due(within="1 day", starts="aware", relief=relief), desk)
    assert shown(days.latest_defensible) == "2026-11-30 23:59:59+01:00"


def test_words_that_bind_now_go_before_a_clock_that_has_not_started() -> None:
    """Soft, with the projection of the number."""
    terms = due(earliest=[{"within": "60 days", "starts": "determined"}, {"with": "xx-other"}])
    desk = Desk({"aware": "2026-11-02"}, dues={"xx-other": Deadline(kind="soft")})
    found = deadline_of(terms, desk)
    assert (found.kind, found.soft) == ("soft", "together with xx-other")
    assert shown(found.projected_due_at) == "2027-01-01 23:59:59-05:00"


def test_the_earlier_of_a_number_and_another_notice() -> None:
    """14 working days, or with the residents if those are told before."""
    terms = due(
        earliest=[{"within": "14 working days", "starts": "discovered"}, {"with": "xx-other"}]
    )
    events = {"discovered": "2026-11-02"}
    alone = deadline_of(terms, Desk(events, dues={"xx-other": Deadline(kind="soft")}))
    assert shown(alone.due_at) == "2026-11-23 23:59:59-05:00"
    assert alone.soft == "together with xx-other"
    told = deadline_of(terms, Desk(events, sent={"xx-other": [filing("2026-11-10 09:00")]}))
    assert shown(told.due_at) == "2026-11-10 09:00:00-05:00"


def test_a_reading_of_one_limb_is_bound_by_the_other() -> None:
    """Awareness on the 18th or the 24th; classification on the 20th ends it by 14:00."""
    views = [{"at": moment("2026-11-18 10:00", DUBLIN)}, {"at": moment("2026-11-24 10:00", DUBLIN)}]
    terms = due(
        earliest=[
            {"within": "4 hours", "starts": "classified"},
            {"within": "24 hours", "starts": "aware"},
        ]
    )
    found = deadline_of(terms, Desk({"aware": views, "classified": "2026-11-20 10:00"}, DUBLIN))
    assert shown(found.due_at) == "2026-11-19 10:00:00+00:00"
    assert [shown(each.due_at) for each in found.readings] == ["2026-11-20 14:00:00+00:00"]


def test_the_earlier_of_limits_none_of_which_runs() -> None:
    """Nothing started: the earliest projection."""
    terms = due(
        earliest=[
            {"within": "60 days", "starts": "determined"},
            {"within": "30 days", "starts": "harm_determined"},
        ]
    )
    found = deadline_of(terms, Desk({"aware": "2026-11-02"}))
    assert found.kind == "not_started"
    assert shown(found.projected_due_at) == "2026-12-02 23:59:59-05:00"


def test_the_later_of_two_limits() -> None:
    """24 hours, or 16:00 of the next working day where that is later."""
    limbs = [
        {"within": "24 hours", "starts": "detected"},
        {"within": "1 working day", "starts": "detected", "cutoff": "16:00"},
    ]
    friday = deadline_of(due(latest=limbs), Desk({"detected": "2026-11-20 20:00"}))
    assert shown(friday.due_at) == "2026-11-23 16:00:00-05:00"
    monday = deadline_of(due(latest=limbs), Desk({"detected": "2026-11-23 20:00"}))
    assert shown(monday.due_at) == "2026-11-24 20:00:00-05:00"


def test_the_later_of_two_with_one_not_started_stays_with_the_known_one() -> None:
    """The other could only give more time."""
    limbs = [
        {"within": "45 days", "starts": "discovered"},
        {"within": "10 days", "starts": "restored"},
    ]
    found = deadline_of(due(latest=limbs), Desk({"discovered": "2026-11-16"}))
    assert shown(found.due_at) == "2026-12-31 23:59:59-05:00"


def test_limbs_take_what_the_whole_states_for_them() -> None:
    """A counting rule and an hour stated once."""
    terms = due(
        counts="eu.1182",
        cutoff="12:00",
        earliest=[
            {"within": "72 hours", "starts": "aware"},
            {"within": "5 days", "starts": "aware"},
        ],
    )
    found = deadline_of(terms, Desk({"aware": "2026-11-24 12:17"}, BRUSSELS, holidays="BE"))
    assert shown(found.due_at) == "2026-11-27 12:17:00+01:00"
    assert shown(found.latest_defensible) == "2026-11-27 13:00:00+01:00"


# -- cases ----------------------------------------------------------------------------------

HARM = [
    {"if": "xx.harm = death", "within": "10 days", "starts": "aware"},
    {"if": "xx.harm = infrastructure", "within": "2 days", "starts": "aware"},
    {"within": "15 days", "starts": "aware"},
]


def by_case(pick: str, **truths: Truth) -> Deadline:
    """Ten days for a death, two for infrastructure, else fifteen."""
    known = {f"xx.harm = {name}": truth for name, truth in truths.items()}
    return deadline_of(due(cases=HARM, pick=pick), Desk({"aware": "2026-11-02"}, truths=known))


def test_the_first_case_that_applies() -> None:
    """Later cases do not matter."""
    found = by_case("first", death=Truth.TRUE, infrastructure=Truth.TRUE)
    assert shown(found.due_at) == "2026-11-12 23:59:59-05:00"
    assert found.readings == ()


def test_the_last_case_needs_no_condition() -> None:
    """Nothing else applies."""
    found = by_case("first", death=Truth.FALSE, infrastructure=Truth.FALSE)
    assert shown(found.due_at) == "2026-11-17 23:59:59-05:00"


def test_an_unknown_case_leads_where_it_is_earlier() -> None:
    """The others are readings, each with its date."""
    found = by_case("first", death=Truth.UNKNOWN, infrastructure=Truth.FALSE)
    assert shown(found.due_at) == "2026-11-12 23:59:59-05:00"
    assert [shown(each.due_at) for each in found.readings] == ["2026-11-17 23:59:59-05:00"]
    assert "not known yet" in steps(found)


def test_the_shortest_case_that_applies() -> None:
    """Two of them hold: the shorter counts, and nothing is left to argue."""
    found = by_case("shortest", death=Truth.TRUE, infrastructure=Truth.TRUE)
    assert shown(found.due_at) == "2026-11-04 23:59:59-05:00"
    assert found.readings == ()


def test_the_shortest_case_that_is_not_excluded() -> None:
    """An unknown shorter case leads; the known ones are readings."""
    found = by_case("shortest", death=Truth.TRUE, infrastructure=Truth.UNKNOWN)
    assert shown(found.due_at) == "2026-11-04 23:59:59-05:00"
    assert "2026-11-12 23:59:59-05:00" in [shown(each.due_at) for each in found.readings]


def test_no_case_at_all_leaves_words() -> None:
    """A duty never loses its deadline without saying so."""
    terms = due(cases=[{"if": "xx.harm", "within": "2 days", "starts": "aware"}])
    desk = Desk({"aware": "2026-11-02"}, truths={"xx.harm": Truth.FALSE})
    found = deadline_of(terms, desk, cite="s 1")
    assert found.kind == "soft"
    assert "no case" in (found.text or "")


def test_31_a_matrix_of_classes() -> None:
    """Fifteen minutes, one hour, one business day; the strictest while unrated."""
    cases = [
        {"if": "xx.class = d", "within": "15 minutes", "starts": "classified"},
        {"if": "xx.class = c", "within": "1 hour", "starts": "classified"},
        {"within": "1 working day", "starts": "classified"},
    ]
    events = {"classified": "2026-11-25 10:00"}
    for truth_d, truth_c, expected in (
        (Truth.TRUE, Truth.FALSE, "2026-11-25 10:15:00-05:00"),
        (Truth.FALSE, Truth.TRUE, "2026-11-25 11:00:00-05:00"),
        (Truth.FALSE, Truth.FALSE, "2026-11-27 23:59:59-05:00"),
        (Truth.UNKNOWN, Truth.UNKNOWN, "2026-11-25 10:15:00-05:00"),
    ):
        desk = Desk(events, truths={"xx.class = d": truth_d, "xx.class = c": truth_c})
        assert shown(deadline_of(due(cases=cases), desk).due_at) == expected


# -- more time ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("truth", "expected", "says"),
    [
        (Truth.TRUE, "2026-12-17 23:59:59-05:00", "extended by 15 days"),
        (Truth.FALSE, "2026-12-02 23:59:59-05:00", "not extended"),
        (Truth.UNKNOWN, "2026-12-02 23:59:59-05:00", "not known"),
    ],
)
def test_an_extension_counts_once_its_condition_is_met(
    truth: Truth, expected: str, says: str
) -> None:
    """30 days, and 15 more for good cause shown."""
    terms = due(
        within="30 days",
        starts="determined",
        extend=[{"by": "15 days", "if": "xx.good_cause", "cite": "(4)(a)"}],
    )
    desk = Desk({"determined": "2026-11-02"}, truths={"xx.good_cause": truth})
    found = deadline_of(terms, desk)
    assert shown(found.due_at) == expected
    assert says in steps(found)


def test_an_extension_runs_from_the_limit_however_counting_began() -> None:
    """The event's day is day 1 of the first period alone."""
    terms = due(
        within="30 days",
        starts="aware",
        counts="jp.day_one",
        extend=[{"by": "15 days", "if": "xx.good_cause", "cite": "c"}],
    )
    desk = Desk({"aware": "2026-11-02"}, truths={"xx.good_cause": Truth.TRUE})
    assert shown(deadline_of(terms, desk).due_at) == "2026-12-16 23:59:59-05:00"


def test_an_extension_without_a_number_moves_nothing() -> None:
    """As long as needed: the limit stands, with a note."""
    terms = due(
        within="30 days",
        starts="discovered",
        extend=[{"if": "xx.scope", "cite": "(a)", "note": "to find the scope"}],
    )
    desk = Desk({"discovered": "2026-11-02"}, truths={"xx.scope": Truth.TRUE})
    found = deadline_of(terms, desk)
    assert shown(found.due_at) == "2026-12-02 23:59:59-05:00"
    assert "to find the scope" in steps(found)


def test_another_reading_stands_beside_the_safe_one() -> None:
    """25: bank days are arguable where the law binds them; else only shown."""
    reading = {
        "ground": "only bank days count",
        "cite": "guidance",
        "due": {"within": "1 working day", "starts": "detected"},
    }
    desk = Desk({"detected": "2026-11-28 14:20"}, "Europe/Zurich", holidays="CH")
    terms = {"within": "24 hours", "starts": "detected"}
    binding = deadline_of(due(**terms, readings=[{**reading, "binding": True}]), desk)
    assert shown(binding.due_at) == "2026-11-29 14:20:00+01:00"
    assert shown(binding.latest_defensible) == "2026-11-30 23:59:59+01:00"
    assert "bank days" in steps(binding)
    loose = deadline_of(due(**terms, readings=[reading]), desk)
    assert loose.latest_defensible is None
    assert [shown(each.due_at) for each in loose.readings] == ["2026-11-30 23:59:59+01:00"]


def test_marks_of_a_due() -> None:
    """Met on receipt; a number borrowed from another duty."""
    desk = Desk({"discovered": "2026-11-02"})
    found = deadline_of(
        due(within="10 days", starts="discovered", met="received", derived=True, cite="s 1"), desk
    )
    assert (found.met, found.derived) == ("received", True)
    assert "borrowed" in steps(found)


# -- holds ----------------------------------------------------------------------------------

STATE = Hold(cite="s 2(c)")


def hold(**facts: Any) -> Delay:  # reason: any part of a delay
    """A granted hold from 21 November, unless it says otherwise."""
    given = {"granted": True, "from": moment("2026-11-21 10:00", NEW_YORK), **facts}
    if isinstance(given.get("until"), str):
        given["until"] = moment(given["until"], NEW_YORK)
    return Delay.model_validate(given)


def held(rule: Hold | None, *delays: Delay, within: str = "30 days") -> Deadline:
    """30 days from 2 November under these holds."""
    desk = Desk({"discovered": "2026-11-02 10:00"}, holds=delays, obligation_id="us-xx-residents")
    return deadline_of(due(within=within, starts="discovered"), desk, hold=rule)


def test_an_open_hold_stops_the_clock() -> None:
    """Not started, with the original limit as projection."""
    found = held(STATE, hold(requested_by="FBI"))
    assert (found.kind, found.due_at) == ("not_started", None)
    assert shown(found.projected_due_at) == "2026-12-02 23:59:59-05:00"
    assert [(each.counts, each.requested_by) for each in found.held] == [(True, "FBI")]


def test_a_hold_that_ended_before_the_limit_changes_only_what_is_arguable() -> None:
    """The original limit is safe; ten days of delay are arguably added."""
    found = held(STATE, hold(until="2026-12-01 10:00"))
    assert shown(found.due_at) == "2026-12-02 23:59:59-05:00"
    assert shown(found.latest_defensible) == "2026-12-12 23:59:59-05:00"
    assert "added to the period" in steps(found)


def test_a_hold_that_ended_after_the_limit_makes_the_notice_due_at_its_end() -> None:
    """The later of both is safe."""
    found = held(STATE, hold(until="2026-12-20 15:00"))
    assert shown(found.due_at) == "2026-12-20 15:00:00-05:00"
    assert shown(found.latest_defensible) == "2026-12-31 23:59:59-05:00"


def test_a_hold_until_a_date_lasts_through_it() -> None:
    """Filing on that day would come too early."""
    found = held(STATE, hold(until="2026-12-20"))
    assert shown(found.due_at) == "2026-12-20 23:59:59-05:00"


def test_hours_are_tolled_by_elapsed_time() -> None:
    """72 hours, held for one hour and a half."""
    delay = hold(**{"from": moment("2026-11-03 10:00", NEW_YORK)}, until="2026-11-03 11:30")
    found = held(STATE, delay, within="72 hours")
    assert shown(found.due_at) == "2026-11-05 10:00:00-05:00"
    assert shown(found.latest_defensible) == "2026-11-05 11:30:00-05:00"


@pytest.mark.parametrize(
    ("rule", "delay", "why"),
    [
        (STATE, hold(granted=False), "refused"),
        (STATE, hold(granted=None), "not known to be granted"),
        (None, hold(), "no delay"),
        (Hold(cite="c", scope="publication"), hold(), "publication"),
        (Hold(cite="c", form="written"), hold(oral=True), "writing"),
        (Hold(cite="c", granted_by="US Attorney General"), hold(granted_by="FBI"), "only US"),
        (Hold(cite="c", granted_by="US Attorney General"), hold(), "only US"),
        (
            Hold(cite="c", oral_days=30),
            hold(**{"from": None}, oral=True),
            "oral request is missing",
        ),
        (
            Hold(cite="c", written_days=60),
            hold(**{"from": None}, written=True),
            "written request is missing",
        ),
        (STATE, hold(**{"from": moment("2026-12-05 10:00", NEW_YORK)}), "after the time limit"),
    ],
)
def test_a_hold_that_does_not_count_stays_on_record(
    rule: Hold | None, delay: Delay, why: str
) -> None:
    """The original limit stands, and the reason is said."""
    found = held(rule, delay)
    assert shown(found.due_at) == "2026-12-02 23:59:59-05:00"
    assert [each.counts for each in found.held] == [False]
    assert why in found.held[0].why


def test_the_name_of_who_grants_may_be_written_out() -> None:
    """The Attorney General of the United States is the one."""
    rule = Hold(cite="c", granted_by="US Attorney General")
    found = held(rule, hold(granted_by="Attorney General of the United States"))
    assert found.kind == "not_started"


def test_a_hold_for_other_laws_is_not_mentioned() -> None:
    """Its prefixes name another family."""
    assert held(STATE, hold(laws=("uk",))).held == ()
    assert held(STATE, hold(laws=("us-xx",))).held[0].counts


def test_an_oral_hold_dies_after_its_days() -> None:
    """30 days from the request, although nobody ended it."""
    found = held(Hold(cite="164.412", oral_days=30), hold(oral=True))
    assert found.kind == "fixed"
    assert shown(found.due_at) == "2026-12-21 23:59:59-05:00"
    written = held(Hold(cite="164.412", oral_days=30), hold(written=True))
    assert written.kind == "not_started"


def test_a_written_hold_dies_after_the_days_that_the_law_gives_it() -> None:
    """60 days from the request of 21 November, although nobody ended it; words alone differ."""
    found = held(Hold(cite="1280.15", oral_days=30, written_days=60), hold(written=True))
    assert shown(found.due_at) == "2027-01-20 23:59:59-05:00"
    assert "a written request lasts 60 days at most" in found.held[0].why
    oral = held(Hold(cite="1280.15", oral_days=30, written_days=60), hold(oral=True))
    assert shown(oral.due_at) == "2026-12-21 23:59:59-05:00"


def test_the_days_of_an_oral_hold_do_not_roll() -> None:
    """They end on a Sunday, whatever the duty's own rule does with Sundays."""
    delay = hold(**{"from": moment("2026-11-20 10:00", NEW_YORK)}, oral=True)
    desk = Desk({"discovered": "2026-11-02 10:00"}, holds=(delay,))
    terms = due(within="30 days", starts="discovered", counts="xx.rolls")
    found = deadline_of(terms, desk, hold=Hold(cite="164.412", oral_days=30))
    assert shown(found.due_at) == "2026-12-20 23:59:59-05:00"


def test_a_hold_that_begins_with_the_last_second_still_counts() -> None:
    """The limit had not ended yet."""
    last = hold(**{"from": moment("2026-12-02 23:59:59", NEW_YORK)})
    assert held(STATE, last).kind == "not_started"


@pytest.mark.parametrize(
    ("until", "mode", "expected"),
    [
        ("2026-11-23 10:00", "later", "2026-12-02 23:59:59-05:00"),
        ("2026-12-01 10:00", "later", "2026-12-08 23:59:59-05:00"),
        ("2026-12-01 10:00", "replace", "2026-12-08 23:59:59-05:00"),
        ("2026-11-23 10:00", "replace", "2026-11-30 23:59:59-05:00"),
        ("2026-12-01 10:00", "if_past", "2026-12-02 23:59:59-05:00"),
        ("2026-12-02 23:59:59", "if_past", "2026-12-02 23:59:59-05:00"),
        ("2026-12-03 00:00", "if_past", "2026-12-10 23:59:59-05:00"),
    ],
)
def test_days_of_grace_after_a_hold(until: str, mode: str, expected: str) -> None:
    """Seven days from its end, or the original limit where that is later."""
    rule = Hold.model_validate({"cite": "s 2", "then": {"within": "7 days", "mode": mode}})
    assert shown(held(rule, hold(until=until)).due_at) == expected


def test_days_of_grace_give_a_soft_duty_a_date() -> None:
    """Words before the hold, a number after it."""
    rule = Hold.model_validate({"cite": "s 2", "then": {"within": "30 days", "mode": "replace"}})
    desk = Desk({"discovered": "2026-11-02"}, holds=(hold(until="2026-12-01 10:00"),))
    terms = due(soft="without unreasonable delay", starts="discovered")
    found = deadline_of(terms, desk, hold=rule)
    assert found.kind == "fixed"
    assert shown(found.due_at) == "2026-12-31 23:59:59-05:00"
    open_hold = deadline_of(terms, Desk({"discovered": "2026-11-02"}, holds=(hold(),)), hold=rule)
    assert open_hold.kind == "not_started"


def attorney_general(*delays: Delay) -> Deadline:
    """Four business days from 23 November, under holds of the Attorney General."""
    rule = Hold.model_validate(
        {
            "cite": "Item 1.05(c)",
            "granted_by": "US Attorney General",
            "form": "written",
            "steps": ["30 days", "30 days", "60 days"],
        }
    )
    desk = Desk({"materiality_determined": "2026-11-23"}, holds=delays)
    terms = due(within="4 working days", starts="materiality_determined", counts="us.edgar")
    return deadline_of(terms, desk, hold=rule)


def granted(start: str, until: str | None = None) -> Delay:
    """A written hold of the Attorney General."""
    return hold(
        **{"from": moment(start, NEW_YORK)},
        until=until,
        granted_by="US Attorney General",
        written=True,
    )


def test_7_successive_terms_of_a_hold_run_from_the_original_limit() -> None:
    """30 November, then 30, 30 and 60 days for full terms."""
    terms = [granted("2026-11-25 10:00"), granted("2026-12-29 10:00"), granted("2027-01-28 10:00")]
    expected = [
        "2026-12-30 17:30:00-05:00",
        "2027-01-29 17:30:00-05:00",
        "2027-03-30 17:30:00-04:00",
    ]
    for number, at in enumerate(expected, start=1):
        found = attorney_general(*terms[:number])
        assert (found.kind, shown(found.due_at)) == ("fixed", at)
    fourth = attorney_general(*terms, granted("2027-03-29 10:00"))
    assert shown(fourth.due_at) == expected[-1]
    assert "used up" in fourth.held[-1].why


def test_a_hold_may_be_granted_for_less_than_its_term() -> None:
    """Ten days after the limit."""
    found = attorney_general(granted("2026-11-25 10:00", "2026-12-10 17:30"))
    assert shown(found.due_at) == "2026-12-10 17:30:00-05:00"
    assert found.latest_defensible is None


def test_successive_holds_of_a_state_are_added_up() -> None:
    """Two holds of five days; the overlap counts once."""
    first = hold(until="2026-11-26 10:00")
    second = hold(**{"from": moment("2026-11-24 10:00", NEW_YORK)}, until="2026-11-29 10:00")
    found = held(STATE, first, second)
    assert shown(found.due_at) == "2026-12-02 23:59:59-05:00"
    assert shown(found.latest_defensible) == "2026-12-10 23:59:59-05:00"


def test_a_duty_that_has_not_started_records_its_hold() -> None:
    """Nothing to suspend yet."""
    desk = Desk({"aware": "2026-11-02"}, holds=(hold(),))
    found = deadline_of(due(within="60 days", starts="determined"), desk, hold=STATE)
    assert found.kind == "not_started"
    assert shown(found.projected_due_at) == "2027-01-01 23:59:59-05:00"
    assert len(found.held) == 1


# -- order, waiting, lateness -------------------------------------------------------------------


def test_22_an_act_that_must_wait() -> None:
    """Seven full business days after law enforcement was told."""
    rule = NotBefore.model_validate(
        {"after": "7 working days", "starts": "filed(xx-other)", "cite": "64.2011(b)"}
    )
    terms = due(soft="no outer limit")
    desk = Desk(sent={"xx-other": [filing("2026-11-30 10:00")]})
    found = deadline_of(terms, desk, not_before=rule)
    assert shown(found.not_before) == "2026-12-10 00:00:00-05:00"
    waiting = deadline_of(terms, Desk(), not_before=rule)
    assert waiting.not_before is None
    assert "not before 7 working days" in steps(waiting)


def test_an_act_that_is_due_before_it_may_be_done_says_so() -> None:
    """Two duties that cannot both be kept."""
    rule = NotBefore.model_validate({"after": "7 days", "starts": "filed(xx-other)", "cite": "c"})
    desk = Desk({"discovered": "2026-11-20"}, sent={"xx-other": [filing("2026-11-30")]})
    found = deadline_of(due(within="10 days", starts="discovered"), desk, not_before=rule)
    assert shown(found.due_at) == "2026-11-30 23:59:59-05:00"
    assert "only be done after it is due" in steps(found)


def test_order_is_shown_apart_from_time() -> None:
    """Ids as the law states them."""
    order = Order.model_validate({"before": ["xx-other"], "with": ["xx-third"]})
    found = deadline_of(due(soft="promptly"), Desk(), order=order)
    assert (found.order.before, found.order.with_, found.order.after) == (
        ("xx-other",),
        ("xx-third",),
        (),
    )


def test_lateness_is_told_in_seconds() -> None:
    """Against now, or against the instant at which the duty was met."""
    terms = due(within="72 hours", starts="aware")
    events = {"aware": "2026-11-20 10:00"}
    limit = datetime(2026, 11, 23, 15, tzinfo=UTC)
    assert deadline_of(terms, Desk(events, now=limit)).late_by is None
    late = Desk(events, now=limit + timedelta(hours=1))
    assert deadline_of(terms, late).late_by == 3600
    assert deadline_of(terms, late, done_at=limit).late_by is None
    assert deadline_of(terms, Desk(events)).late_by is None
    assert lateness(limit, limit + timedelta(milliseconds=1)) == 1


def test_a_deadline_can_be_pickled_and_printed() -> None:
    """Fixed offsets alone: no zone object leaves the engine."""
    found = deadline_of(due(within="72 hours", starts="aware"), Desk({"aware": "2026-11-20 10:00"}))
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301  # reason: its own bytes
    assert '"due_at":"2026-11-23T10:00:00-05:00"' in found.model_dump_json(by_alias=True)


def test_a_start_that_no_law_can_name_is_refused() -> None:
    """The shape of a law file stops it before; so does the engine."""
    bad = Due.model_construct(within=None, starts="when ready", by="03-01")
    with pytest.raises(ValueError, match="starts no clock"):
        deadline_of(bad, Desk())


def test_the_desk_is_a_case() -> None:
    """The protocol is what the engine needs, no more."""
    case: Case = Desk()
    assert case.counting(None).title == "plain"


# -- properties ---------------------------------------------------------------------------------

TRUTHS = st.sampled_from(list(Truth))


@settings(deadline=None)
@given(TRUTHS, TRUTHS, st.sampled_from(["first", "shortest"]))
def test_an_unknown_never_gives_a_later_date_than_any_answer_to_it(
    death: Truth, infrastructure: Truth, pick: str
) -> None:
    """The safe date bounds every way in which the unknown may turn out."""
    found = by_case(pick, death=death, infrastructure=infrastructure)
    answers = (Truth.TRUE, Truth.FALSE)
    for one in answers if death is Truth.UNKNOWN else (death,):
        for other in answers if infrastructure is Truth.UNKNOWN else (infrastructure,):
            settled = by_case(pick, death=one, infrastructure=other)
            assert found.due_at is not None
            assert settled.due_at is not None
            assert found.due_at <= settled.due_at


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(0, 40))
def test_a_hold_never_makes_a_notice_due_earlier_nor_before_its_end(
    start: int, length: int
) -> None:
    """The later of the original limit and the end of the delay, at least."""
    began = datetime(2026, 11, 2, 15, tzinfo=UTC) + timedelta(days=start)
    until = began + timedelta(days=length)
    delay = Delay.model_validate(
        {"granted": True, "from": Moment.of(began), "until": Moment.of(until)}
    )
    found, free = held(STATE, delay), held(STATE)
    assert found.due_at is not None
    assert free.due_at is not None
    assert found.due_at >= free.due_at
    assert not found.held[0].counts or found.due_at >= until
