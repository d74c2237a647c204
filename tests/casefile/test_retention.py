"""Papers to keep: read from the words of the law, never filled in; and the end of a matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from conftest import FACTS, START, Clock

from regengine import InputError
from regengine.casefile import awareness_record, decisions, retention
from regengine.casefile.case import FILING, Case
from regengine.casefile.entries import Draft
from regengine.casefile.store import Store
from regengine.casefile.telling import told

RULES = Path(__file__).parents[2] / "rules"
_KEEP = re.compile(r'keep = "([^"]+)"')
_NUMBERED = re.compile(r"\b(?:\d+|two|five|ten) (?:years|months|days)\b")
_STARTS = re.compile(r"\b(?:from|after) (?:the |becoming )\w+")


def words_of_the_law() -> Iterator[str]:
    for path in sorted(RULES.rglob("*.toml")):
        yield from _KEEP.findall(path.read_text(encoding="utf-8"))


def matter(store: Store, place: str, **more: object) -> Case:
    facts = {
        **FACTS,
        "reference": f"EX-{place}",
        "organisation": {"name": "X", "country": place, "role": "controller", "regimes": []},
        "affected": [{"group": "customers", "people": {place: 1500}, "data": ["name", "ssn"]}],
        **more,
    }
    return Case.new(store, facts, by="A. Counsel")


def one(case: Case, paper: str, now: datetime | None = None) -> retention.Kept:
    (found,) = [x for x in retention.papers_to_keep(case, now) if x.paper == paper]
    return found


def demand_of(case: Case, paper: str, key: str) -> retention.Demand:
    (found,) = [x for x in one(case, paper).demands if key in x.keys]
    return found


# -- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "months", "days", "anchor", "paper"),
    [
        ("5 years from the event: records of every event", 60, 0, "event", "record"),
        ("At least 5 years from becoming aware", 60, 0, "aware", "record"),
        ("24 months after the day on which it determines that it occurred", 24, 0, "determination", "record"),
        ("at least five years from the day after it became known", 60, 0, "aware", "record"),
        ("90 days from the report: images of the affected systems", 0, 90, "report", "data"),
        ("for at least 5 years from the end of the remedy", 60, 0, "remedy", "record"),
        ("Logs of ICT systems: 180 days", 0, 180, None, "logs"),
        ("6 years: proof that notices were given", 72, 0, None, "notices"),
        ("5 years (a written determination that harm is not likely)", 60, 0, None, "determination"),
        ("Register of incidents: at least 5 years", 60, 0, None, "register"),
    ],
)  # fmt: skip  # reason: a table reads better in lines
def test_a_term_its_start_and_its_paper_are_read_from_the_words(
    words: str, months: int, days: int, anchor: str | None, paper: str
) -> None:
    term = retention.term_of(words)
    assert term is not None
    assert (term.months, term.days) == (months, days)
    assert retention.anchor_of(words) == anchor
    assert retention.paper_of(words) == paper


@pytest.mark.parametrize(
    "words",
    ["No term is known: as long as the regulator may ask.", "reg 5(1)(b)", "21 CFR 803.18"],
)
def test_words_without_a_term_give_none(words: str) -> None:
    assert retention.term_of(words) is None


def test_every_number_and_every_start_in_the_law_is_read() -> None:
    found = list(words_of_the_law())
    assert len(found) > 100
    assert [x for x in found if _NUMBERED.search(x) and retention.term_of(x) is None] == []
    assert [x for x in found if _STARTS.search(x) and retention.anchor_of(x) is None] == []


@pytest.mark.parametrize(
    ("months", "days", "start", "end"),
    [
        (12, 0, date(2028, 2, 29), date(2029, 3, 1)),
        (48, 0, date(2028, 2, 29), date(2032, 2, 29)),
        (1, 0, date(2027, 1, 31), date(2027, 3, 1)),
        (60, 0, date(2026, 12, 31), date(2031, 12, 31)),
        (0, 90, date(2026, 11, 20), date(2027, 2, 18)),
    ],
)
def test_a_term_never_ends_too_early(months: int, days: int, start: date, end: date) -> None:
    assert retention.Term(months, days, "").after(start) == end


# -- demands -----------------------------------------------------------------------------------


def test_from_the_determination_counts_from_the_day_on_which_counsel_decided(store: Store) -> None:
    case = matter(store, "US-AR")
    drawn = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # 21:00 of the 19th in Arkansas
    decisions.decide(case, "us.ar.harm", False, why="w", written=True, at=drawn)
    found = one(case, "determination")
    (named,) = [x for x in found.demands if x.anchor == "determination"]
    assert named.start == drawn
    # The last second of 19 November 2031 in Arkansas (UTC-6).
    assert named.end == datetime(2031, 11, 20, 5, 59, 59, tzinfo=UTC)
    assert named.citation == "Ark. Code 4-110-105(a)"
    assert found.entries == tuple(x.seq for x in case.entries if x.kind == "decision")


def test_an_open_end_is_longer_than_any_other(store: Store) -> None:
    case = matter(store, "US-AR")
    decisions.decide(case, "us.ar.harm", False, why="w", written=True)
    found = one(case, "determination")
    assert found.end is None
    assert found.demands[0].end is None
    assert any("names no start" in x for x in found.open_questions)
    assert found.not_before == datetime(2031, 11, 21, 5, 59, 59, tzinfo=UTC)


def test_without_a_term_the_end_stays_open_with_the_words_and_the_question(case: Case) -> None:
    found = one(case, "register")
    assert (found.end, found.not_before) == (None, None)
    assert "No term in the law" in found.demands[0].words
    assert found.open_questions == (
        "The law names no term: how long is it to be kept? Ask counsel.",
    )


def test_from_becoming_aware_counts_from_the_view_that_was_chosen(store: Store) -> None:
    case = matter(store, "CA-QC")
    decisions.decide(case, "ca.qc.serious_injury", True, why="w")
    early = datetime(2026, 11, 19, 20, tzinfo=UTC)
    demand = demand_of(case, "register", "ca-qc-register@CA-QC")
    assert demand.end == datetime(2031, 11, 21, 3, 59, 59, tzinfo=UTC)
    made = awareness_record.add_candidate(case, early, why="an alert")
    demand = demand_of(case, "register", "ca-qc-register@CA-QC")
    assert demand.end is None
    assert "Several views" in str(demand.question)
    awareness_record.choose(case, made.id, why="it was read")
    demand = demand_of(case, "register", "ca-qc-register@CA-QC")
    assert demand.end == datetime(2031, 11, 20, 3, 59, 59, tzinfo=UTC)


def test_from_the_report_waits_for_a_report_that_went_out(store: Store, clock: Clock) -> None:
    case = matter(store, "CH")
    decisions.decide(case, "ch.fadp.high_risk", True, why="w")
    key = "ch-fadp-fdpic@CH"
    assert demand_of(case, "record", key).end is None
    assert "None of this duty is on record" in str(demand_of(case, "record", key).question)
    body = {"key": key, "state": "draft", "at": START.isoformat()}
    case.record(Draft(kind=FILING, body=body))
    assert demand_of(case, "record", key).end is None
    sent = clock.move(hours=2)
    case.record(Draft(kind=FILING, body={**body, "state": "sent", "at": sent.isoformat()}))
    # The last second of 20 November 2028 in Zurich (UTC+1).
    assert demand_of(case, "record", key).end == datetime(2028, 11, 20, 22, 59, 59, tzinfo=UTC)


def test_several_laws_on_one_paper_are_all_shown_the_longest_first(store: Store) -> None:
    case = matter(store, "US-AR")
    case.set({"affected.customers.people.US-FL": 700, "affected.customers.people.US-NJ": 700})
    decisions.decide(case, "us.misuse_likely", False, why="w", written=True)
    found = one(case, "determination")
    assert len({x.citation for x in found.demands}) > 1
    likely = [x.end or x.not_before for x in found.demands if x.end or x.not_before]
    assert found.not_before == max(x for x in likely if x is not None)


# -- by hand -------------------------------------------------------------------------------------


def test_a_term_set_by_hand_answers_an_open_end(case: Case) -> None:
    until = datetime(2032, 1, 1, tzinfo=UTC)
    made = retention.set_term(case, "register", until, why="advice", by="M", citation="memo 4")
    found = one(case, "register")
    assert (made.id, found.end, found.open_questions) == ("RT1", until, ())
    assert found.by_hand == made
    again = retention.set_term(case, "register", date(2033, 6, 30), why="longer")
    assert again.id == "RT1"
    assert one(case, "register").end == datetime(2033, 6, 30, 23, 59, 59, tzinfo=UTC)
    assert len(retention.TERMS.history(case, "RT1")) == 2


def test_a_term_set_by_hand_never_shortens_that_of_a_law(store: Store) -> None:
    case = matter(store, "US-AR")
    decisions.decide(case, "us.ar.harm", False, why="w", written=True)
    retention.set_term(case, "determination", date(2027, 1, 1), why="short")
    found = one(case, "determination")
    assert found.end == datetime(2031, 11, 21, 5, 59, 59, tzinfo=UTC)


def test_a_law_that_may_want_more_than_the_hand_is_told(store: Store) -> None:
    case = matter(store, "US-FL")
    decisions.decide(case, "us.fl.no_harm", True, why="w", written=True)
    paper = next(x.paper for x in retention.papers_to_keep(case) if x.not_before)
    retention.set_term(case, paper, date(2027, 1, 1), why="short")
    found = one(case, paper)
    assert found.doubt is not None
    assert "2031-11-21" in found.doubt


@pytest.mark.parametrize(
    ("paper", "until", "wanted"),
    [
        ("registre", date(2032, 1, 1), 'did you mean "register"'),
        ("register", START - timedelta(days=1), "is not after now"),
        ("register", datetime(2032, 1, 1), "has no offset"),  # noqa: DTZ001  # reason: that is refused
    ],
)
def test_a_term_that_cannot_be_is_refused(
    case: Case, paper: str, until: datetime, wanted: str
) -> None:
    number = len(case.entries)
    with pytest.raises(InputError, match=wanted):
        retention.set_term(case, paper, until, why="w")
    assert len(case.entries) == number


# -- what stays --------------------------------------------------------------------------------


def test_nothing_goes_while_the_matter_is_open_or_a_hold_stands(case: Case) -> None:
    late = datetime(2050, 1, 1, tzinfo=UTC)
    retention.set_term(case, "register", date(2030, 1, 1), why="w")
    assert one(case, "register").stays == ("the matter is open",)
    hold = {"id": "LH1", "released": None}
    case.record(Draft(kind="litigation_hold", body=hold))
    retention.close(case, "over", despite="drill")
    found = one(case, "register", START)
    assert found.stays == ("litigation hold LH1 stands",)
    assert found.state(late) == "kept"
    case.record(Draft(kind="litigation_hold", body={**hold, "released": START.isoformat()}))
    found = one(case, "register", START)
    assert found.stays == ()
    assert (found.state(START), found.state(late)) == ("term runs", "for counsel")


def test_a_paper_without_an_end_never_comes_to_counsel_by_itself(case: Case) -> None:
    retention.close(case, "over", despite="drill")
    assert one(case, "register").state(datetime(2090, 1, 1, tzinfo=UTC)) == "end open"


def test_papers_stand_on_the_checklist_once_the_matter_was_assessed(case: Case) -> None:
    assert list(retention.standing(case, START)) == []
    case.assess()
    (row,) = retention.standing(case, START)
    assert (row.stream, row.record) == ("legal", "register")
    assert "no end is known" in str(row.warning)


# -- the end of a matter -------------------------------------------------------------------------


def test_a_matter_with_unmet_duties_is_not_closed(case: Case) -> None:
    number = len(case.entries)
    with pytest.raises(InputError, match=r"eu-gdpr-sa@IE: is required and unmet, due 2026-11-23"):
        retention.close(case, "over")
    assert (case.line.state, len(case.entries)) == ("open", number)


def test_a_late_duty_is_told_as_late(case: Case, clock: Clock) -> None:
    clock.at = datetime(2026, 11, 25, tzinfo=UTC)
    with pytest.raises(InputError, match="late since 2026-11-23T07:45"):
        retention.close(case, "over")


def test_despite_a_reason_it_is_closed_and_both_are_on_record(case: Case) -> None:
    found = retention.close(case, "handed over", despite="the acquirer files")
    assert case.line.state == "closed"
    assert found.entry.kind == "closed"
    assert found.entry.told["despite"] == "the acquirer files"
    assert "eu-gdpr-sa@IE" in [x["key"] for x in found.entry.told["unmet"]]
    assert [x.paper for x in found.kept] == ["register"]
    assert [x.stays for x in found.kept] == [()]
    assert "despite eu-gdpr-sa@IE: the acquirer files" in told(found.entry)
    assert [x.reference for x in case.store.matters(state="open")] == []


def test_a_matter_whose_duties_were_decided_away_or_met_is_closed(case: Case) -> None:
    decisions.decide(case, "eu.gdpr.risk", "unlikely", why="wiped", written=True)
    found = retention.close(case, "no risk")
    assert found.unmet == ()
    assert found.entry.told["despite"] is None
    assert [x.key for x in found.waiting] == ["eu-gdpr-document@EEA"]


def test_it_is_closed_once_opened_again_for_a_reason_and_closed_again(case: Case) -> None:
    with pytest.raises(InputError, match="is open, not closed"):
        retention.reopen(case, "new facts")
    retention.close(case, "over", despite="drill")
    with pytest.raises(InputError, match="is closed already"):
        retention.close(case, "over", despite="drill")
    with pytest.raises(InputError, match="say which"):
        retention.reopen(case, " ")
    retention.reopen(case, "new facts")
    assert case.line.state == "open"
    assert told(case.entries[-1]) == "opened again: new facts"
    with pytest.raises(InputError, match="say which"):
        retention.close(case, "")
