"""The worked examples of docs/counting.md, by the named rules of jurisdictions/ themselves.

Each row was found by hand from the text of the rule. "EU 5" and "US 16" are the numbers of
the examples in docs/counting.md; 23:59:59 stands for 24:00.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest

from regengine.assess import assess
from regengine.assessment import Assessment
from regengine.calendars import Days, zone
from regengine.corpus import Corpus
from regengine.counting import Convention, counted, counted_on
from regengine.facts import Moment
from regengine.intake import read_incident
from regengine.law import Closure, Period

CORPUS = Corpus.open()
ROOT = Path(__file__).parents[1]
NEW_YORK = "America/New_York"
END = "23:59:59"

EXAMPLES = [
    # number, place, zone of the recipient, rule, start, period, due, latest
    ("EU 1", "BE", "Europe/Brussels", "eu.1182", "2026-11-24 12:17", "72 hours",
     "2026-11-27 12:17", "2026-11-27 13:00"),
    ("EU 2", "FR", "Europe/Paris", "eu.1182", "2026-11-27 17:40", "72 hours",
     "2026-11-30 17:40", "2026-11-30 18:00"),
    ("EU 3", "DE", "Europe/Berlin", "eu.1182", "2026-12-24 09:10", "72 hours",
     "2026-12-27 09:10", "2026-12-27 10:00"),
    ("EU 4", "DE", "Europe/Berlin", "eu.1182", "2027-03-26 20:30", "72 hours",
     "2027-03-29 21:30", "2027-03-29 22:00"),
    ("EU 5", "IT", "Europe/Rome", "eu.1182", "2026-10-23 20:30", "72 hours",
     "2026-10-26 19:30", "2026-10-26 20:00"),
    ("EU 6", "AT", "Europe/Vienna", "eu.1182", "2026-11-24 15:00", "72 hours",
     "2026-11-27 15:00", "2026-11-27 16:00"),
    ("EU 7", "BE", "Europe/Brussels", "eu.1182", "2026-11-24 18:30 America/New_York", "72 hours",
     "2026-11-28 00:30", "2026-11-28 01:00"),
    ("EU 8", "BE", "Europe/Brussels", "eu.1182", "2026-11-28 23:05", "24 hours",
     "2026-11-29 23:05", "2026-11-30 00:00"),
    ("EU 9", "BE", "Europe/Brussels", "eu.1182", "2026-11-28 23:05", "72 hours",
     "2026-12-01 23:05", "2026-12-02 00:00"),
    ("EU 9", "BE", "Europe/Brussels", "eu.1182", "2026-11-30 10:00", "1 month",
     "2026-12-30", None),
    ("EU 10", "BE", "Europe/Brussels", "eu.1182", "2027-01-31", "1 month",
     "2027-02-28", "2027-03-01"),
    ("EU 11", "DE", "Europe/Berlin", "eu.dora", "2026-11-23 08:00", "24 hours",
     "2026-11-24 08:00", None),
    ("EU 11", "DE", "Europe/Berlin", "eu.dora", "2026-11-24 06:00", "4 hours",
     "2026-11-24 10:00", None),
    ("EU 12", "DE", "Europe/Berlin", "eu.dora", "2026-11-27 15:30", "4 hours",
     "2026-11-27 19:30", None),
    ("EU 13", "IE", "Europe/Dublin", "eu.dora", "2026-11-27 23:00", "4 hours",
     "2026-11-28 03:00", "2026-11-30 12:00"),
    ("EU 14", "ES", "Europe/Madrid", "eu.dora", "2026-12-24 16:00", "72 hours",
     "2026-12-27 16:00", "2026-12-28 12:00"),
    ("EU 15", "DE", "Europe/Berlin", "eu.dora", "2026-12-31", "1 month",
     "2027-01-31", "2027-02-01 12:00"),
    ("EU 16", "DE", "Europe/Berlin", "eu.1182", "2026-11-27 22:50", "24 hours",
     "2026-11-28 22:50", "2026-11-28 23:00"),
    ("EU 16", "DE", "Europe/Berlin", "eu.1182", "2026-11-27 22:50", "72 hours",
     "2026-11-30 22:50", "2026-11-30 23:00"),
    ("EU 16", "DE", "Europe/Berlin", "eu.1182", "2026-12-10", "14 days",
     "2026-12-24", None),
    ("EU 17", "PL", "Europe/Warsaw", "eu.1182", "2026-11-26 15:45", "24 hours",
     "2026-11-27 15:45", "2026-11-27 16:00"),
    ("EU 17", "PL", "Europe/Warsaw", "eu.1182", "2026-11-27 15:00", "3 days",
     "2026-11-30", "2026-12-01"),
    ("EU 18", "DE", "Europe/Berlin", "eu.1182", "2027-12-10 09:00", "2 days",
     "2027-12-12", "2027-12-14"),
    ("EU 19", "HR", "Europe/Zagreb", "eu.1182", "2026-07-01", "30 days",
     "2026-07-31", None),
    ("EU 19", "HR", "Europe/Zagreb", "eu.running", "2026-07-01", "1 month",
     "2026-08-01", None),
    ("EU 20", "PT", "Europe/Lisbon", "eu.working_days", "2026-12-10", "30 working days",
     "2027-01-25", None),
    ("EU 21", "GB", "Europe/London", "uk.hours", "2026-12-25 10:00", "72 hours",
     "2026-12-28 10:00", None),
    ("EU 22", "GB", "Europe/London", "uk.hours", "2027-03-27 23:30", "72 hours",
     "2027-03-31 00:30", None),
    ("EU 23", "FI", "Europe/Helsinki", "eu.1182", "2026-10-24 22:15", "24 hours",
     "2026-10-25 21:15", "2026-10-25 22:00"),
    ("EU 24", "CH", "Europe/Zurich", "ch.plain", "2026-11-29 14:20", "24 hours",
     "2026-11-30 14:20", None),
    ("EU 25", "CH", "Europe/Zurich", "ch.plain", "2026-11-28 14:20", "24 hours",
     "2026-11-29 14:20", None),
    ("EU 25", "CH", "Europe/Zurich", "ch.plain", "2026-11-28 14:20", "1 working day",
     "2026-11-30", None),
    ("US 1", "US", NEW_YORK, "us.edgar", "2026-07-03", "4 working days", "2026-07-09 17:30", None),
    ("US 2", "US", NEW_YORK, "us.edgar", "2026-07-02", "4 working days", "2026-07-09 17:30", None),
    ("US 3", "US", NEW_YORK, "us.edgar", "2026-07-01", "4 working days", "2026-07-08 17:30", None),
    ("US 4", "US", NEW_YORK, "us.edgar", "2026-11-21", "4 working days", "2026-11-27 17:30", None),
    ("US 5", "US", NEW_YORK, "us.edgar", "2026-11-23", "4 working days", "2026-11-30 17:30", None),
    ("US 6", "US", NEW_YORK, "us.edgar", "2026-12-22", "4 working days", "2026-12-29 17:30", None),
    ("US 8", "US", NEW_YORK, "us.plain", "2026-09-15", "60 days", "2026-11-14", None),
    ("US 9", "US", NEW_YORK, "us.plain", "2026-08-03", "60 days", "2026-10-02", None),
    ("US 10", "US", NEW_YORK, "us.plain", "2026-09-20", "60 days", "2026-11-19", None),
    ("US 11", "US", NEW_YORK, "us.plain", "2026-12-31", "60 days", "2027-03-01", None),
    ("US 12", "US", NEW_YORK, "us.plain", "2023-12-31", "60 days", "2024-02-29", None),
    ("US 12", "US", NEW_YORK, "us.plain", "2024-12-31", "60 days", "2025-03-01", None),
    ("US 12", "US", NEW_YORK, "us.plain", "2025-12-31", "60 days", "2026-03-01", None),
    ("US 12", "US", NEW_YORK, "us.plain", "2027-12-31", "60 days", "2028-02-29", None),
    ("US 13", "US", NEW_YORK, "us.plain", "2026-11-23", "60 days", "2027-01-22", None),
    ("US 14", "US", NEW_YORK, "us.ftc.4_3", "2026-10-30", "30 days", "2026-11-29", "2026-11-30"),
    ("US 15", "US", NEW_YORK, "us.plain", "2026-11-27 17:00", "36 hours", "2026-11-29 05:00", None),
    ("US 16", "US", NEW_YORK, "us.plain", "2026-10-31 20:00", "36 hours", "2026-11-02 07:00", None),
    ("US 17", "US", NEW_YORK, "us.plain", "2026-03-06 15:00", "72 hours", "2026-03-09 16:00", None),
    ("US 18", "US-NY", NEW_YORK, "us.ny.computation", "2026-12-24 18:00", "72 hours",
     "2026-12-27 18:00", None),
    ("US 19", "US-NY", NEW_YORK, "us.ny.computation", "2026-12-05 10:00", "24 hours",
     "2026-12-06 10:00", None),
    ("US 19", "US-NY", NEW_YORK, "us.ny.computation", "2026-12-05 10:00", "30 days",
     "2027-01-04", None),
    ("US 20", "US", NEW_YORK, "us.plain", "2026-11-25 16:00", "72 hours", "2026-11-28 16:00", None),
    ("US 21", "US", NEW_YORK, "us.fcc.business_days", "2026-11-18", "7 working days",
     "2026-11-30", None),
    ("US 23", "US", NEW_YORK, "us.plain", "2026-11-26", "30 days", "2026-12-26", None),
    ("US 24", "US-AL", "America/Chicago", "us.plain", "2026-11-25", "3 working days",
     "2026-12-01", None),
    ("US 24", "US-IL", "America/Chicago", "us.il.computation", "2026-11-25", "3 working days",
     "2026-12-01", None),
    ("US 24", "US-MO", "America/Chicago", "us.plain", "2026-11-25", "4 working days",
     "2026-12-02", None),
    ("US 24", "US-PA", NEW_YORK, "us.pa.computation", "2026-11-25", "5 working days",
     "2026-12-03", None),
    ("US 24", "US-MN", "America/Chicago", "us.mn.computation", "2026-11-25", "5 working days",
     "2026-12-03", None),
    ("US 24", "US-SC", NEW_YORK, "us.plain", "2026-11-25 16:00", "72 hours",
     "2026-11-28 16:00", None),
    ("US 25", "US-MI", "America/Detroit", "us.mi.computation", "2026-12-14", "10 working days",
     "2026-12-29", None),
    ("US 26", "US-CA", "America/Los_Angeles", "us.ca.computation", "2026-11-02", "15 working days",
     "2026-11-24", None),
    ("US 27", "US", NEW_YORK, "us.federal_business_days", "2026-11-23", "10 working days",
     "2026-12-08", None),
    ("US 28", "US", NEW_YORK, "us.plain", "2026-11-02", "30 days", "2026-12-02", None),
    ("US 28", "US", NEW_YORK, "us.plain", "2026-11-02", "60 days", "2027-01-01", None),
    ("US 29", "US", NEW_YORK, "us.federal_business_days", "2026-11-27", "1 working day",
     "2026-11-30", None),
    ("US 30", "US-ND", "America/Chicago", "us.nd.computation", "2026-11-16", "45 days",
     "2026-12-31", None),
    ("US 30", "US", NEW_YORK, "us.ftc.4_3", "2026-11-16", "30 days", "2026-12-16", None),
    ("US 31", "US", NEW_YORK, "us.plain", "2026-11-25 10:00", "15 minutes",
     "2026-11-25 10:15", None),
    ("US 31", "US", NEW_YORK, "us.plain", "2026-11-25 10:00", "1 hour", "2026-11-25 11:00", None),
    ("US 31", "US", NEW_YORK, "us.federal_business_days", "2026-11-25", "1 working day",
     "2026-11-27", None),
    ("US 33", "US", NEW_YORK, "us.plain", "2026-11-27 09:00", "1 day", "2026-11-28", None),
]  # fmt: skip  # reason: one example of the law on two lines reads as a table


def _moment(text: str, there: str) -> tuple[Moment, str]:
    """Read "2026-11-24", "2026-11-24 12:17" in a zone, or with a zone of its own."""
    day, _, rest = text.partition(" ")
    if not rest:
        return Moment.of(date.fromisoformat(day)), there
    clock, _, own = rest.partition(" ")
    key = own or there
    at = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone(key))
    return Moment.of(at), key


def _convention(place: str, there: str, rule: str, home: str) -> Convention:
    named = CORPUS.counting(rule)
    days = Days(CORPUS.calendar(place, named.calendar))
    return Convention(named, days, zone(named.zone or there), zone(home))


def _local(at: datetime | None, there: str) -> str | None:
    if at is None:
        return None
    wall = at.astimezone(zone(there))
    whole = f"{wall:%H:%M:%S}" == END
    return f"{wall:%Y-%m-%d}" if whole else f"{wall:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("place", "there", "rule", "start", "length", "due", "latest"),
    [pytest.param(*row[1:], id=f"{row[0]}: {row[5]} from {row[4]}") for row in EXAMPLES],
)
def test_example(
    place: str, there: str, rule: str, start: str, length: str, due: str, latest: str | None
) -> None:
    moment, home = _moment(start, there)
    found = counted(moment, Period.read(length), _convention(place, there, rule, home))
    assert (_local(found.due_at, there), _local(found.latest, there)) == (due, latest)
    assert found.due_at.second == (0 if ":" in due else 59)


def test_us_6_a_day_closed_by_order_of_the_president_moves_the_filing_by_one_day() -> None:
    known = CORPUS.calendar("US", "us.edgar")
    order = Closure(day=date(2026, 12, 24), why="offices closed by order", cite="order")
    closed = known.model_copy(update={"closures": (*known.closures, order)})
    how = _convention("US", NEW_YORK, "us.edgar", NEW_YORK)
    moved = Convention(how.rule, Days(closed), how.recipient_zone, how.organisation_zone)
    start, four = Moment.of(date(2026, 12, 22)), Period.read("4 working days")
    assert _local(counted(start, four, how).due_at, NEW_YORK) == "2026-12-29 17:30"
    assert _local(counted(start, four, moved).due_at, NEW_YORK) == "2026-12-30 17:30"


def test_us_7_successive_delays_run_on_from_the_day_on_which_the_filing_was_due() -> None:
    how = _convention("US", NEW_YORK, "us.edgar", NEW_YORK)
    at = counted(Moment.of(date(2026, 11, 23)), Period.read("4 working days"), how).due_at
    ends = []
    for length in ("30 days", "30 days", "60 days"):
        at = counted_on(at, Period.read(length), how).due_at
        ends.append(_local(at, NEW_YORK))
    assert ends == ["2026-12-30 17:30", "2027-01-29 17:30", "2027-03-30 17:30"]


INVENTED = """
place = "US"
title = "An invented law"

[[condition]]
name = "invented_breach"
cite = "s 1"
if = "incident.acquired"

[[obligation]]
id = "us-invented-report"
title = "Report to the agency"
to = {{ kind = "regulator", name = "Agency" }}
when = ["invented_breach"]
sources = ["unsourced"]
verified = 2026-11-23
confidence = "low"

[[obligation.version]]
from = 2020-01-01
status = "{status}"
cite = "s 2"
due = {due}
{more}
"""
HOURS = '{ within = "72 hours", starts = "reasonable_belief" }'
# The class of the system and the rating of the incident pick the cell of a matrix; without a
# rating the shortest of the cells that are left is the safe one.
MATRIX = """{ pick = "shortest", cases = [
  { if = "us.invented.rating = n5", within = "15 minutes", starts = "determined" },
  { if = "us.invented.rating = n3", within = "1 hour", starts = "determined" },
  { if = "us.invented.rating = n2", within = "1 working day", starts = "determined" } ] }"""


def _invented(folder: Path, status: str, due: str, more: str = "") -> Corpus:
    (folder / "rules" / "us").mkdir(parents=True)
    (folder / "jurisdictions").symlink_to(ROOT / "jurisdictions")
    text = INVENTED.format(status=status, due=due, more=more)
    (folder / "rules" / "us" / "invented.toml").write_text(text, encoding="utf-8")
    return Corpus.open(folder)


MOMENTS = {
    "aware": "2026-11-20T10:00:00-05:00",
    "reasonable_belief": "2026-11-20T10:00:00-05:00",
    "determined": "2026-11-25T10:00:00-05:00",
}


def _matter(**more: object) -> dict[str, object]:
    return {
        "schema": "regengine.incident/1",
        "reference": "EXAMPLE",
        "organisation": {"country": "US", "zone": NEW_YORK, "role": "controller"},
        "incident": {"acquired": True},
        "timeline": MOMENTS,
        "affected": [{"group": "g", "people": {"US-OH": 10}, "data": ["name", "ssn"]}],
        **more,
    }


def _assessed(corpus: Corpus, **more: object) -> Assessment:
    return assess(read_incident(_matter(**more), corpus.vocabulary), corpus=corpus)


@pytest.mark.parametrize(
    ("status", "due"), [("in_force", "2026-11-23 10:00"), ("pending", None), ("proposed", None)]
)
def test_us_32_law_that_is_not_in_force_has_no_date(
    tmp_path: Path, status: str, due: str | None
) -> None:
    found = _assessed(_invented(tmp_path, status, HOURS))
    dates = [_local(result.deadline.due_at, NEW_YORK) for result in found.obligations]
    assert dates == ([due] if due else [])
    assert [item.id for item in found.coming] == ([] if due else ["us-invented-report"])


def test_us_31_an_incident_without_a_rating_takes_the_shortest_cell(tmp_path: Path) -> None:
    rating = (
        '\n[judgement."us.invented.rating"]\nquestion = "How is it rated?"\n'
        'values = ["n2", "n3", "n5"]\ncite = "s 3"\n'
    )
    corpus = _invented(tmp_path, "in_force", MATRIX, rating)

    def due(rated: str) -> str | None:
        found = _assessed(corpus, judgements={"us.invented.rating": rated})
        return _local(found.obligations[0].deadline.due_at, NEW_YORK)

    assert due("n5") == "2026-11-25 10:15"
    assert due("n3") == "2026-11-25 11:00"
    assert due("n2") == "2026-11-27"
    assert due("unknown") == "2026-11-25 10:15"


def test_us_22_customers_hear_after_seven_full_business_days(tmp_path: Path) -> None:
    waits = (
        'not_before = { after = "7 working days", starts = "notice_decided", '
        'counts = "us.fcc.business_days", cite = "47 CFR 64.2011(b)(1)" }'
    )
    soft = '{ soft = "after the waiting time", starts = "notice_decided" }'
    decided = {**MOMENTS, "notice_decided": "2026-11-30"}
    found = _assessed(_invented(tmp_path, "in_force", soft, waits), timeline=decided)
    opens = found.obligations[0].deadline.not_before
    assert _local(opens, NEW_YORK) == "2026-12-10 00:00"


def test_every_example_has_a_row_or_a_test() -> None:
    """25 examples of Europe, 33 of the United States; none is missing."""
    rows = {row[0] for row in EXAMPLES}
    own = {name for name in globals() if name.startswith("test_us_")}
    numbers = {match[1] for name in own if (match := re.match(r"test_us_(\d+)_", name))}
    covered = rows | {f"US {number}" for number in numbers}
    wanted = {f"EU {number}" for number in range(1, 26)}
    wanted |= {f"US {number}" for number in range(1, 34)}
    assert covered == wanted
