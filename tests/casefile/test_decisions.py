"""Decisions, presumptions and views of awareness: nothing is overwritten, and one sees what hung on each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from conftest import FACTS, START, Clock

from regengine import InputError
from regengine.awareness import disputed
from regengine.casefile import awareness_record, decisions, presumptions
from regengine.casefile.case import Case
from regengine.casefile.decisions import DECISIONS
from regengine.casefile.store import Store
from regengine.casefile.telling import told

HARM = "us.ar.harm"  # frees of the duty only where it is written down
RISK = "eu.gdpr.risk"
SA = "eu-gdpr-sa@IE"
RESIDENTS = "us-ar-residents@US-AR"


@pytest.fixture
def arkansas(store: Store) -> Case:
    facts = {
        **FACTS,
        "reference": "EX-8",
        "organisation": {"name": "X", "country": "US-AR", "role": "controller", "regimes": []},
        "affected": [{"group": "customers", "people": {"US-AR": 1500}, "data": ["name", "ssn"]}],
    }
    return Case.new(store, facts, by="A. Counsel")


def cells(made: decisions.Decision, column: str) -> dict[str, str]:
    assert made.turned is not None
    return {key: cell.status for key, cell in made.turned.column(column).items()}


# -- judgements ----------------------------------------------------------------------------


def test_a_judgement_is_set_with_who_when_why_and_in_which_form(case: Case) -> None:
    drawn = START - timedelta(minutes=10)
    made = decisions.decide(
        case,
        RISK,
        "unlikely",
        why="the disk was wiped",
        by="M. Lynch",
        at=drawn,
        written=True,
        consulted=[("ie.dpc", START - timedelta(minutes=30))],
        board="Privacy board",
    )
    given = case.incident().judgements[RISK]
    assert (given.value, given.by, given.why, given.written) == (
        "unlikely",
        "M. Lynch",
        "the disk was wiped",
        True,
    )
    assert given.at is not None
    assert given.at.at == drawn
    assert given.consulted is not None
    assert [x.authority for x in given.consulted] == ["ie.dpc"]
    assert (made.id, made.before, made.chosen, made.board) == (
        "D1",
        None,
        "unlikely",
        "Privacy board",
    )
    assert case.changes[-1].learned == drawn
    assert case.changes[-1].source == "decision D1 of M. Lynch"


def test_the_record_keeps_what_would_be_owed_under_every_other_answer(case: Case) -> None:
    made = decisions.decide(case, RISK, "unlikely", why="wiped")
    assert made.turned is not None
    assert made.turned.columns == ("unlikely", "risk", "high", "unknown")
    found = {name: cells(made, name) for name in made.turned.columns}
    people = "eu-gdpr-individuals@IE"
    assert found["unlikely"] == {SA: "not_required", people: "not_required"}
    assert found["risk"] == {SA: "required", people: "not_required"}
    assert found["high"] == {SA: "required", people: "required"}
    assert found["unknown"] == {SA: "required", people: "possible"}
    # 72 hours from becoming aware at 07:45 UTC on 20 November.
    assert made.turned.column("high")[SA].due_at == datetime(2026, 11, 23, 7, 45, tzinfo=UTC)
    assert made.turned.column("unlikely")[SA].due_at is None


def test_what_no_answer_changes_is_no_row(case: Case) -> None:
    made = decisions.decide(case, "us.sec.material", False, why="not listed")
    assert made.turned is not None
    assert made.turned.rows == ()


def test_a_decision_without_the_form_that_the_law_asks_says_so_at_once(arkansas: Case) -> None:
    made = decisions.decide(arkansas, HARM, False, why="no sign of use")
    assert {x.key for x in made.forms_missing} >= {RESIDENTS}
    assert {x.words for x in made.forms_missing} == {"in writing"}
    assert made.turned is not None
    assert made.turned.columns == ("false", "false, in due form", "true", "unknown")
    assert cells(made, "false")[RESIDENTS] == "required"
    assert cells(made, "false, in due form")[RESIDENTS] == "not_required"
    result = arkansas.recorded_assessment()
    assert result is not None
    assert f"judgements.{HARM}.written" in [x.fact for x in result.result(RESIDENTS).presumed]


def test_in_due_form_nothing_is_missing_and_the_duty_falls(arkansas: Case) -> None:
    decisions.decide(arkansas, HARM, False, why="no sign of use")
    made = decisions.decide(arkansas, HARM, False, why="no sign of use", written=True)
    assert made.forms
    assert made.forms_missing == ()
    assert cells(made, "false")[RESIDENTS] == "not_required"
    assert [x.warning for x in decisions.standing(arkansas, START)] == [None]


def test_oral_is_not_in_writing(arkansas: Case) -> None:
    made = decisions.decide(arkansas, HARM, False, why="no sign of use", written=False)
    assert {x.kept for x in made.forms_missing} == {False}
    assert cells(made, "false")[RESIDENTS] == "required"


def test_a_conclusion_that_frees_of_nothing_needs_no_form(arkansas: Case) -> None:
    assert decisions.decide(arkansas, HARM, True, why="used").forms == ()


def test_a_missing_form_stands_with_a_warning(arkansas: Case) -> None:
    decisions.decide(arkansas, HARM, False, why="no sign of use")
    (row,) = decisions.standing(arkansas, START)
    assert row.warning is not None
    assert "in writing" in row.warning
    assert RESIDENTS in row.warning


def test_another_judgement_that_stands_in_lacks_the_same_form(arkansas: Case) -> None:
    jersey = "us.nj.misuse"
    arkansas.set({"affected.customers.people.US-NJ": 700})
    made = decisions.decide(arkansas, "us.misuse_likely", False, why="logs")
    assert (jersey, "in writing") in {(x.judgement, x.words) for x in made.forms_missing}
    again = decisions.decide(arkansas, jersey, False, why="logs", written=True)
    assert again.engine is not None
    assert (again.engine.by, again.engine.value) == ("stands_in", "false")
    assert again.forms
    assert again.forms_missing == ()


def test_the_engine_s_own_answer_is_kept_beside_the_decision(store: Store) -> None:
    facts = {
        **FACTS,
        "reference": "EX-10",
        "organisation": {
            "name": "Bank",
            "country": "IE",
            "role": "controller",
            "regimes": ["eu.nis2.important", "eu.nis2.platform"],
        },
    }
    case = Case.new(store, facts, by="A")
    made = decisions.decide(case, "eu.nis2.significant", False, why="short")
    assert made.engine is not None
    assert made.engine.by == "criteria"
    assert made.engine.citation
    # The facts say neither how long nor how many: the criteria are open, not false.
    assert (made.engine.value, made.against_engine) == (None, False)
    assert made.engine.open


def test_facts_that_meet_the_criteria_speak_against_the_decision(store: Store) -> None:
    facts = {
        **FACTS,
        "reference": "EX-11",
        "organisation": {
            "name": "Shop",
            "country": "IE",
            "role": "controller",
            "regimes": ["eu.nis2.important", "eu.nis2.platform"],
            "turnover_eur": 1_000_000,
        },
        "incident": {
            "kinds": ["ransomware"],
            "malicious": True,
            "loss": {"currency": "EUR", "amount": 900_000},
        },
    }
    case = Case.new(store, facts, by="A")
    made = decisions.decide(case, "eu.nis2.significant", False, why="restored")
    assert made.engine is not None
    assert made.engine.value == "true"
    assert made.against_engine
    assert not decisions.decide(case, "eu.nis2.significant", True, why="loss").against_engine


def test_a_judgement_without_criteria_would_have_stayed_open(case: Case) -> None:
    made = decisions.decide(case, RISK, "high", why="health data")
    assert made.engine is not None
    assert (made.engine.by, made.engine.value) == ("nothing", None)


def test_a_reversal_is_a_new_decision_that_names_the_old_one(case: Case, clock: Clock) -> None:
    decisions.decide(case, RISK, "unlikely", why="wiped", written=True, by="M")
    clock.move(hours=5)
    made = decisions.decide(case, RISK, "high", why="it was not wiped")
    assert (made.replaces, made.before, made.chosen) == ("D1", "unlikely", "high")
    assert [x.record.id for x in decisions.history(case, RISK)] == ["D1", "D2"]
    assert [x.record.id for x in decisions.history(case, "d1")] == ["D1", "D2"]
    assert [x.record.id for x in decisions.standing_decisions(case)] == ["D2"]
    # The form of the old conclusion is not that of the new one.
    assert case.incident().judgements[RISK].written is None
    assert case.incident(known=START).judgements[RISK].value == "unlikely"


def test_a_judgement_taken_back_is_unknown_again(case: Case) -> None:
    decisions.decide(case, RISK, "unlikely", why="wiped")
    made = decisions.decide(case, RISK, None, why="too early to say")
    assert (made.before, made.chosen, made.forms) == ("unlikely", None, ())
    assert RISK not in case.incident().judgements
    assert made.turned is not None
    assert made.turned.columns == ("unlikely", "risk", "high", "unknown")


def test_the_answer_that_holds_after_a_decision_is_recorded(case: Case) -> None:
    decisions.decide(case, RISK, "unlikely", why="wiped")
    kinds = [x.kind for x in case.entries[-3:]]
    assert kinds == ["fact", "assessment", "decision"]
    found = case.recorded_assessment()
    assert found is not None
    assert found.result(SA).status == "not_required"
    assert "D1 eu.gdpr.risk: unknown → unlikely" in told(case.entries[-1])


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"judgement": "eu.gdpr.risc"}, 'did you mean "eu.gdpr.risk"'),
        ({"value": "hihg"}, "high"),
        ({"why": "  "}, "say which"),
        ({"at": datetime(2026, 11, 20, 7, 50)}, "has no offset"),  # noqa: DTZ001  # reason: that is refused
        ({"at": START + timedelta(hours=1)}, "is after now"),
        ({"consulted": [""]}, "names no authority"),
        (
            {"at": START - timedelta(hours=1), "consulted": [("ie.dpc", START)]},
            "after the decision",
        ),
        ({"by": "x" * 30_000}, "by"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(
    case: Case, given: dict[str, object], wanted: str
) -> None:
    number = len(case.entries)
    words: dict[str, object] = {"judgement": RISK, "value": "high", "why": "w", **given}
    name, value = words.pop("judgement"), words.pop("value")
    with pytest.raises(InputError, match=wanted):
        decisions.decide(case, name, value, **words)  # type: ignore[arg-type]  # reason: words of several types
    assert len(case.entries) == number


def test_the_instant_of_a_decision_is_the_same_in_every_zone(case: Case) -> None:
    east = timezone(timedelta(hours=9))
    made = decisions.decide(
        case, RISK, "high", why="w", at=datetime(2026, 11, 20, 16, 50, tzinfo=east)
    )
    assert made.at == datetime(2026, 11, 20, 7, 50, tzinfo=UTC)


def test_privileged_reasons_stay_out_of_the_facts(case: Case) -> None:
    decisions.decide(case, RISK, "high", why="our own logs are bad", track="advice")
    assert case.entries[-1].track == "advice"
    assert case.incident().judgements[RISK].why is None
    facts = [x.body for x in case.entries if x.track == "facts"]
    assert "our own logs are bad" not in str(facts)
    assert [x.advice for x in decisions.standing(case, START)] == [True]


def test_a_date_is_judged_too_and_compared_with_none(case: Case) -> None:
    made = decisions.decide(case, "eu.cer.duties_from", date(2026, 7, 17), why="letter")
    assert made.chosen == "2026-07-17"
    assert made.turned is not None
    assert made.turned.columns == ("2026-07-17", "unknown")


def test_a_judgement_that_was_set_without_a_decision_is_told(case: Case) -> None:
    case.set({f"judgements.{RISK}": "high"})
    assert decisions.unrecorded(case) == [(RISK, "high", None)]
    (row,) = decisions.standing(case, START)
    assert row.warning == "no decision on record says who drew it and why"


def test_a_judgement_that_was_changed_since_its_decision_is_told(case: Case) -> None:
    decisions.decide(case, RISK, "unlikely", why="wiped")
    case.set({f"judgements.{RISK}": "high"})
    warnings = [x.warning for x in decisions.standing(case, START)]
    assert "the decision on record says unlikely" in warnings


# -- other decisions --------------------------------------------------------------------------


def test_another_decision_has_options_a_board_and_a_dissent(case: Case) -> None:
    made = decisions.other(
        case,
        "Is the ransom paid?",
        "no",
        why="sanctions",
        options=["yes", "no"],
        board="Board",
        counsel="S. Advocate",
        dissent="COO: the shop is down",
    )
    assert (made.sort, made.options, made.dissent) == (
        "other",
        ("yes", "no"),
        "COO: the shop is down",
    )
    again = decisions.other(case, "is the ransom paid?", "yes", why="keys are lost")
    assert (again.replaces, again.before) == ("D1", "no")
    assert [x.record.id for x in decisions.history(case, "Is the ransom paid?")] == ["D1", "D2"]


def test_a_choice_that_was_no_option_is_refused(case: Case) -> None:
    with pytest.raises(InputError, match='did you mean "police"'):
        decisions.other(case, "Whom do we tell?", "polise", why="w", options=["police", "nobody"])
    assert DECISIONS.all(case) == []


def test_a_decision_under_other_words_reverses_the_one_that_it_names_once(case: Case) -> None:
    decisions.other(case, "Tell the press?", "no", why="w")
    made = decisions.other(case, "Is a statement made?", "yes", why="it is out", replaces="D1")
    assert (made.before, made.replaces) == ("no", "D1")
    assert [x.record.id for x in decisions.history(case, "Is a statement made?")] == ["D1", "D2"]
    with pytest.raises(InputError, match="was replaced by D2 already"):
        decisions.other(case, "And now?", "no", why="w", replaces="D1")
    decisions.decide(case, RISK, "high", why="w")
    with pytest.raises(InputError, match="decide that again"):
        decisions.other(case, "And now?", "no", why="w", replaces="D3")


# -- presumptions -----------------------------------------------------------------------------


def test_nothing_is_presumed_before_a_matter_was_assessed(case: Case) -> None:
    assert presumptions.presumed(case) == []
    with pytest.raises(InputError, match="never assessed"):
        presumptions.confirm(case, RISK, why="w")


def test_what_is_presumed_is_open_until_somebody_confirms_it(case: Case) -> None:
    case.assess()
    fact = f"judgements.{RISK}"
    found = {x.fact: x for x in presumptions.presumed(case)}
    assert found[fact].state == "open"
    assert SA in found[fact].keys
    assert found[fact].due == datetime(2026, 11, 23, 7, 45, tzinfo=UTC)
    made = presumptions.confirm(case, RISK, why="nothing speaks for it", by="M. Lynch")
    (again,) = [x for x in presumptions.presumed(case) if x.fact == fact]
    assert again.state == "confirmed"
    assert again.confirmed is not None
    assert again.confirmed.record == made
    # To confirm answers nothing: the duty stays as it was.
    assert case.assess(record=False).result(SA).status == "required"


def test_unconfirmed_and_due_within_a_day_is_warned_of(case: Case, clock: Clock) -> None:
    case.assess()
    fact = f"judgements.{RISK}"

    def warning(now: datetime) -> str | None:
        (row,) = [x for x in presumptions.standing(case, now) if x.record == fact]
        return row.warning

    assert warning(datetime(2026, 11, 22, 7, 44, tzinfo=UTC)) is None
    assert "within 24 hours" in str(warning(datetime(2026, 11, 22, 7, 45, tzinfo=UTC)))
    presumptions.confirm(case, fact, why="w")
    assert warning(datetime(2026, 11, 23, 7, tzinfo=UTC)) is None
    clock.at = datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_a_presumption_of_a_duty_that_is_late_is_warned_of(case: Case, clock: Clock) -> None:
    clock.at = datetime(2026, 11, 23, 8, tzinfo=UTC)
    case.assess()
    found = {x.fact: x for x in presumptions.presumed(case)}
    assert "is late" in str(found[f"judgements.{RISK}"].warning(clock.at))


def test_a_confirmation_falls_when_the_fact_changes(case: Case) -> None:
    fact = "organisation.public"
    case.assess()
    presumptions.confirm(case, fact, why="a company")
    case.set({fact: True})
    case.set({fact: None})
    case.assess()
    (found,) = [x for x in presumptions.presumed(case) if x.fact == fact]
    assert found.state == "open"
    assert found.fell is not None
    assert "was changed by entry" in found.fell


def test_an_answered_fact_is_presumed_no_more(case: Case) -> None:
    case.assess()
    presumptions.confirm(case, RISK, why="w")
    decisions.decide(case, RISK, "high", why="health data")
    found = {x.fact: x for x in presumptions.presumed(case)}
    assert found[f"judgements.{RISK}"].state == "answered"
    assert found[f"judgements.{RISK}"].due is None
    assert f"judgements.{RISK}" not in [
        x.fact for x in presumptions.presumed(case, everything=False)
    ]


def test_a_presumption_that_was_gone_meanwhile_is_to_be_confirmed_again(case: Case) -> None:
    case.assess()
    presumptions.confirm(case, RISK, why="w")
    case.set({"organisation.role": "processor"})
    case.assess()
    (gone,) = [x for x in presumptions.presumed(case) if x.fact == f"judgements.{RISK}"]
    assert gone.state == "gone"
    case.set({"organisation.role": "controller"})
    case.assess()
    (found,) = [x for x in presumptions.presumed(case) if x.fact == f"judgements.{RISK}"]
    assert found.state == "open"
    assert "nothing rested on it" in str(found.fell)


def test_what_is_not_presumed_is_not_confirmed(case: Case) -> None:
    case.assess()
    number = len(case.entries)
    with pytest.raises(InputError, match="is not presumed"):
        presumptions.confirm(case, "organisation.publik", why="w")
    with pytest.raises(InputError, match="why"):
        presumptions.confirm(case, RISK, why="")
    assert len(case.entries) == number


# -- awareness -------------------------------------------------------------------------------


EARLIER = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)
FIRST = datetime(2026, 11, 20, 7, 45, tzinfo=UTC)


def test_a_view_is_brought_forward_with_who_holds_it(case: Case) -> None:
    made = awareness_record.add_candidate(case, EARLIER, why="an alert", says="Night shift")
    held = awareness_record.candidates(case)
    assert [(x.id, x.says, x.chosen) for x in held] == [
        (made.id, "Night shift", False),
        (None, None, False),
    ]
    assert [x.why for x in case.incident().timeline["aware"]] == [None, "an alert"]
    (row,) = awareness_record.standing(case, START)
    assert row.warning == "several views, and none is chosen"


def test_the_views_are_those_of_the_engine_s_awareness_file(case: Case, clock: Clock) -> None:
    awareness_record.add_candidate(case, EARLIER, why="an alert")
    now = clock.move(days=3)
    (found,) = disputed(case.incident(), now=now)
    views = awareness_record.views(case, now=now)
    assert views.columns == tuple(
        x.candidate.at.at.isoformat() for x in found.views if x.candidate.at.at
    )
    for view, name in zip(found.views, views.columns, strict=True):
        column = views.column(name)
        assert column[SA].due_at == view.deadlines[SA].due_at
        assert column[SA].late == (SA in view.late)
    assert [x.late for x in views.rows[0].cells] == [True, True]


def test_a_choice_keeps_the_deadlines_under_each_view_as_they_were(
    case: Case, clock: Clock
) -> None:
    made = awareness_record.add_candidate(case, EARLIER, why="an alert", says="IT")
    clock.move(hours=1)
    chosen = awareness_record.choose(case, FIRST, why="nobody read it", by="M. Lynch")
    assert chosen.before is None
    assert chosen.chosen == FIRST.isoformat()
    assert chosen.options == (EARLIER.isoformat(), FIRST.isoformat())
    assert chosen.turned is not None
    assert chosen.turned.column(made.at)[SA].due_at == datetime(2026, 11, 22, 20, tzinfo=UTC)
    found = case.recorded_assessment()
    assert found is not None
    assert found.result(SA).deadline.due_at == datetime(2026, 11, 23, 7, 45, tzinfo=UTC)
    again = awareness_record.choose(case, made.id, why="the mail was read after all")
    assert (again.replaces, again.before) == (chosen.id, FIRST.isoformat())
    kept = decisions.history(case, "aware")[0].record
    assert kept.turned == chosen.turned
    assert [x.warning for x in awareness_record.standing(case, START)] == [None]


def test_a_choice_for_some_laws_leaves_the_others(case: Case) -> None:
    made = awareness_record.add_candidate(case, EARLIER, why="an alert")
    awareness_record.choose(case, FIRST, why="the report")
    awareness_record.choose(case, made.id, why="a lower bar", laws=["eu-nis2"])
    held = {x.at: (x.chosen, x.laws) for x in awareness_record.candidates(case)}
    assert held == {EARLIER.isoformat(): (True, ("eu-nis2",)), FIRST.isoformat(): (True, ())}
    found = case.assess(record=False)
    assert found.result(SA).deadline.due_at == datetime(2026, 11, 23, 7, 45, tzinfo=UTC)
    last = awareness_record.choose(case, FIRST, why="the same bar", laws=["eu-nis2"])
    assert last.turned is not None
    assert last.turned.rows == ()  # no duty of that law is in view
    held = {x.at: (x.chosen, x.laws) for x in awareness_record.candidates(case)}
    assert held == {EARLIER.isoformat(): (False, ()), FIRST.isoformat(): (True, ())}


def test_a_choice_that_the_facts_have_overtaken_is_told(case: Case) -> None:
    awareness_record.add_candidate(case, EARLIER, why="an alert")
    awareness_record.choose(case, FIRST, why="the report")
    case.set({"timeline.aware": EARLIER.isoformat()})
    (row,) = awareness_record.standing(case, START)
    assert row.warning is not None
    assert "D1 chose" in row.warning


def test_a_day_without_a_time_is_a_view_too(case: Case) -> None:
    made = awareness_record.add_candidate(case, date(2026, 11, 18), why="a note", event="detected")
    assert (made.at, case.incident().timeline["detected"][0].at.precision) == ("2026-11-18", "day")


@pytest.mark.parametrize(
    ("at", "event", "wanted"),
    [
        (FIRST, "aware", "is a candidate already"),
        (FIRST.astimezone(timezone(timedelta(hours=5))), "aware", "is a candidate already"),
        (START + timedelta(hours=1), "aware", "is after now"),
        (date(2026, 11, 21), "aware", "is after now"),
        (datetime(2026, 11, 20, 7), "aware", "has no offset"),  # noqa: DTZ001  # reason: that is refused
        (FIRST, "awere", 'did you mean "aware"'),
    ],
)
def test_a_view_that_cannot_be_is_refused(
    case: Case, at: datetime, event: str, wanted: str
) -> None:
    number = len(case.entries)
    with pytest.raises(InputError, match=wanted):
        awareness_record.add_candidate(case, at, why="w", event=event)
    assert len(case.entries) == number


def test_an_event_that_did_not_happen_has_no_views(case: Case) -> None:
    case.set({"timeline.contained": False})
    with pytest.raises(InputError, match="did not happen"):
        awareness_record.add_candidate(case, FIRST, why="w", event="contained")


def test_only_a_candidate_is_chosen(case: Case) -> None:
    with pytest.raises(InputError, match="is no candidate; on record"):
        awareness_record.choose(case, EARLIER, why="w")
    with pytest.raises(InputError, match='no candidate "C4"'):
        awareness_record.choose(case, "C4", why="w")
    with pytest.raises(InputError, match="say which"):
        awareness_record.choose(case, FIRST, why=" ")
    assert DECISIONS.all(case) == []


def test_what_was_decided_on_the_track_of_advice_is_not_told_on_that_of_facts(case: Case) -> None:
    decisions.other(case, "Sue the vendor?", "yes, and quietly", why="chances", track="advice")
    made = decisions.other(case, "SUE the vendor?", "open", why="not yet decided")
    assert (made.subject, made.before, made.replaces) == ("SUE the vendor?", None, None)
    decisions.decide(case, "eu.gdpr.risk", "high", why="a secret reason", track="advice")
    told = decisions.decide(case, "eu.gdpr.risk", "risk", why="passwords were hashed")
    assert told.replaces is None
    facts = [x for x in case.entries if x.track == "facts"]
    assert not any("quietly" in str(x.body) or "secret reason" in str(x.body) for x in facts)
    assert not any("decision D3" in str(x.body) for x in facts)
