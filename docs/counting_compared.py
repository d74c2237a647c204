"""Twenty periods counted by regengine, by a court-deadline library and by dateutil.

The court-deadline library is lexdays, which regengine does not need. Install it into an
environment of its own beside regengine, then write the table of counting-compared.md:

    python -m venv build/compare
    build/compare/bin/pip install --editable . lexdays==0.2.1
    build/compare/bin/python docs/counting_compared.py --write

Without ``--write`` the table is printed.
"""  # noqa: INP001  # reason: a script beside the page that it writes

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, FR, MO, TH, TU, WE, rrule

from regengine.calendars import zone
from regengine.corpus import Corpus
from regengine.reckoning import reckon_period

PAGE = Path(__file__).with_name("counting-compared.md")
_PART = re.compile(r"(<!-- table -->\n).*?(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True)
class Case:
    """One period, the pack or calendar that a user of the library would take, and a verdict."""

    what: str
    start: str  # "2026-11-24", or with an hour and the zone in which it was read
    length: str
    place: str
    rule: str
    library: str  # a rule pack of the court library, or a calendar for business days
    verdict: str


CASES = (
    Case("GDPR notice", "2026-11-24 12:17 Europe/Brussels", "72 hours", "BE", "eu.1182", "eu/cj",
         "regengine and dateutil; a library of dates has no hours"),
    Case("the same over the end of winter", "2027-03-26 20:30 Europe/Berlin", "72 hours", "DE", "eu.1182", "de/zpo",
         "regengine: 72 hours pass, the wall clock jumps; dateutil adds to the wall clock and is an hour early"),
    Case("the same over the end of summer", "2026-10-23 20:30 Europe/Rome", "72 hours", "IT", "eu.1182", "eu/cj",
         "regengine; dateutil is an hour late"),
    Case("bank regulators", "2026-10-31 20:00 America/New_York", "36 hours", "US", "us.plain", "us/frcp",
         "regengine; dateutil is an hour late"),
    Case("NIS2 final report", "2027-01-31", "1 month", "BE", "eu.1182", "de/zpo",
         "28 February is safe, Monday arguable: the national act decides whether Sunday rolls; for a court it always does"),
    Case("HIPAA individuals", "2026-09-15", "60 days", "US", "us.plain", "us/frcp",
         "regengine and dateutil: the rule for court papers does not reach a notice, so Monday is late"),
    Case("HIPAA yearly report", "2025-12-31", "60 days", "US", "us.plain", "us/frcp",
         "regengine and dateutil: Sunday stays, Monday is late"),
    Case("Form 8-K before Independence Day", "2026-07-02", "4 working days", "US", "us.edgar", "us",
         "regengine: 3 July is the observed holiday; lexdays knows that but counts it unless asked not to (`kinds`), so a day early, as dateutil is"),
    Case("Form 8-K over Thanksgiving", "2026-11-21", "4 working days", "US", "us.edgar", "us",
         "regengine, and lexdays by the date: it knows no closing hour; dateutil a day early"),
    Case("Form 8-K over a day of mourning", "2025-01-07", "4 working days", "US", "us.edgar", "us",
         "regengine: EDGAR was closed on 9 January 2025; the others are a day early"),
    Case("FCC", "2026-11-18", "7 working days", "US", "us.fcc.business_days", "us",
         "regengine and lexdays; dateutil a day early"),
    Case("working days of Great Britain", "2026-03-31", "5 working days", "GB", "uk.working_days", "gb-eaw",
         "lexdays for a recipient in England; regengine counts Easter Monday, which is no holiday in Scotland, and is a day early on the safe side"),
    Case("AI Act, two days", "2027-12-10", "2 days", "DE", "eu.1182", "de/zpo",
         "Sunday is safe; art 3(5) arguably takes Tuesday, one day more than the German court rule"),
    Case("telecom breach, three days", "2026-11-27", "3 days", "PL", "eu.1182", "de/zpo",
         "all agree on the safe day; that art 3(5) arguably asks for a second working day is regengine's alone"),
    Case("DORA final report", "2026-12-31", "1 month", "DE", "eu.dora", "de/zpo",
         "regengine: Sunday, and noon of Monday; the end of Monday is twelve hours late"),
    Case("Japan, thirty days", "2026-11-24", "30 days", "JP", "jp.day_one_roll", "",
         "regengine: the day of knowledge is day one; dateutil is a day late"),
    Case("FTC Safeguards", "2026-10-30", "30 days", "US", "us.ftc.4_3", "us/frcp",
         "Sunday is safe, Monday arguable; the court rule gives the arguable day alone"),
    Case("hospital in California", "2026-11-02", "15 working days", "US-CA", "us.ca.computation", "us",
         "regengine and lexdays; dateutil a day early"),
    Case("thirty days, told from New York", "2026-11-24 18:30 America/New_York", "30 days", "BE", "eu.running", "de/zpo",
         "regengine takes the earlier of two dates, on the safe side; given the date of Brussels dateutil ends a day later, and lexdays rolls on over Christmas"),
    Case("Form 8-K in a year far off", "2031-12-22", "4 working days", "US", "us.edgar", "us",
         "lexdays, which goes on computing fixed holidays; regengine gives the safe day before and says that 2031 is not covered"),
)  # fmt: skip  # reason: two lines a case read as a table


# -- regengine ----------------------------------------------------------------------------


def _start(case: Case) -> datetime | date:
    day, _, rest = case.start.partition(" ")
    if not rest:
        return date.fromisoformat(day)
    clock, _, key = rest.partition(" ")
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone(key))


def ours(case: Case, corpus: Corpus) -> str:
    """Count by the named rule; after a stroke stands what is arguable."""
    start = _start(case)
    home = start.tzinfo.key if isinstance(start, datetime) else None  # type: ignore[union-attr]  # reason: always a ZoneInfo
    found = reckon_period(corpus, start, case.length, case.place, rule=case.rule, home=home)
    shown = [found.deadline.due_at, found.deadline.latest_defensible]
    return " / ".join(_local(at) for at in shown if at is not None)


def _local(at: datetime) -> str:
    return f"{at:%Y-%m-%d}" if f"{at:%H:%M:%S}" == "23:59:59" else f"{at:%Y-%m-%d %H:%M}"


# -- the others ---------------------------------------------------------------------------


def _given_day(case: Case) -> date:
    """Take the date that a user reads from the recipient's clock."""
    start = _start(case)
    if not isinstance(start, datetime):
        return start
    there = Corpus.open().places[case.place].zone
    return start.astimezone(zone(there)).date()


def by_lexdays(case: Case) -> str:
    """Count by the pack or calendar of the court library."""
    import lexdays  # type: ignore[import-not-found]  # noqa: PLC0415  # reason: not a dependency

    amount, _, unit = case.length.partition(" ")
    day = _given_day(case)
    if not case.library:
        return "no such place"
    if unit == "hours":
        return "no hours"
    if unit.startswith("working"):
        return str(lexdays.calendar(case.library).add_business_days(day, int(amount)))
    letter = {"d": "D", "m": "M"}[unit[0]]
    return str(lexdays.compute(case.library, day, f"P{amount}{letter}").deadline)


def by_dateutil(case: Case) -> str:
    """Count as a program without rules does: add to the wall clock, skip weekends."""
    start, (amount, _, unit) = _start(case), case.length.partition(" ")
    if unit == "hours" and isinstance(start, datetime):
        return f"{start + relativedelta(hours=int(amount)):%Y-%m-%d %H:%M}"
    day = _given_day(case)
    if unit.startswith("working"):
        first = datetime.combine(day + timedelta(days=1), datetime.min.time())
        week = (MO, TU, WE, TH, FR)
        return f"{rrule(DAILY, dtstart=first, byweekday=week, count=int(amount))[-1]:%Y-%m-%d}"
    months = int(amount) if unit.startswith("month") else 0
    days = 0 if months else int(amount)
    return str(day + relativedelta(months=months, days=days))


# -- the table ----------------------------------------------------------------------------


def table() -> str:
    """Lay the three answers and the verdict side by side."""
    corpus = Corpus.open()
    rows = [
        "| case | start, period | regengine | lexdays | dateutil | who is right |",
        "|---" * 6 + "|",
    ]
    for case in CASES:
        pack = f" (`{case.library}`)" if case.library else ""
        cells = (
            f"{case.what} (`{case.rule}`)",
            f"{case.start}, {case.length}",
            ours(case, corpus),
            by_lexdays(case) + pack,
            by_dateutil(case),
            case.verdict,
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    made = table()
    if "--write" in sys.argv:
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(_PART.sub(rf"\g<1>{made}\n\g<2>", text), encoding="utf-8")
    else:
        sys.stdout.write(made + "\n")
