from collections.abc import Mapping
from typing import Any

import pytest

from regengine.clauses import Context, Leaf
from regengine.conditions import Atom, Name, parse
from regengine.facts import Group, Incident
from regengine.findings import Findings
from regengine.found import Finding, Words
from regengine.law import Judgement, Protected, Regime, Scope
from regengine.people import Geography
from regengine.truth import Range, Truth

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
WORLD = Geography(
    {"IE": ("EU", "EEA"), "DE": ("EU", "EEA"), "NO": ("EEA",), "FR": ("EU", "EEA")}, {"RE": "FR"}
)
JUDGEMENTS = {
    "xx.harm": Judgement(
        question="Is harm likely?", falls_back={"xx.misuse": {"true": "true"}}, cite="s 1"
    ),
    "xx.misuse": Judgement(question="Is misuse likely?"),
    "xx.risk": Judgement(question="How high is the risk?", values=("unlikely", "risk", "high")),
    "xx.number": Judgement(question="How many?", type="number"),
}
REGIMES = {
    "xx.bank": Regime(question="Is it a bank?", implies=("xx.lender",)),
    "xx.lender": Regime(question="Does it lend?", implies=("xx.firm",)),
    "xx.firm": Regime(question="Is it a firm?"),
}


class Happened:
    """A timeline on which ransom_demanded is open and nothing else happened."""

    def happened(self, name: str) -> Truth:
        return {"determined": T, "ransom_demanded": U}.get(name, F)


def findings(**facts: Any) -> Findings:
    incident = Incident.model_validate({"reference": "R", **facts})
    words = Words(JUDGEMENTS, REGIMES, lambda place: place, lambda _area: ("US-AS",))
    return Findings(incident, Happened(), words, WORLD)


def decide(
    text: str,
    facts: Mapping[str, Any],
    definition: Protected | None = None,
    place: str = "US-CA",
    scope: Scope | None = None,
) -> Finding:
    tree = parse(text)
    if isinstance(tree, Name):
        tree = Atom("fact", tree.name, "=", "true", text=tree.name)
    assert isinstance(tree, Atom)
    context = Context(scope=scope)
    return findings(**facts).decide(Leaf("leaf", tree, context), place, definition)


def organised(**facts: Any) -> dict[str, Any]:
    return {"organisation": facts}


def happening(**facts: Any) -> dict[str, Any]:
    return {"incident": facts}


def judged(name: str, value: str | None, **more: Any) -> dict[str, Any]:
    return {"judgements": {name: {"value": value, **more}}}


def group(**facts: Any) -> dict[str, Any]:
    people = facts.pop("people", {"US-CA": Range.exactly(10)})
    return {"group": "g", "people": people, "data": ("name", "ssn"), **facts}


def affected(*groups: dict[str, Any], role: tuple[str, ...] | None = ("controller",)) -> Any:
    named = [{**each, "group": f"g{number}"} for number, each in enumerate(groups)]
    made = tuple(Group.model_validate(each) for each in named)
    return {"affected": made, "organisation": {"role": role}}


def facts_of(finding: Finding) -> list[str]:
    return [item.fact for item in finding.open]


# -- one atom of each kind ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "facts", "truth", "opened"),
    [
        ("incident.lost", happening(lost=True), T, []),
        ("incident.lost", happening(lost=False), F, []),
        ("incident.lost", {}, U, ["incident.lost"]),
        ("incident.acquired", happening(exfiltrated=True), T, []),
        ("incident.acquired", happening(exfiltrated=False), U, ["incident.acquired"]),
        ("incident.acquired", happening(exfiltrated=True, acquired=False), F, []),
        ("incident.outage.hours > 24", happening(outage={"hours": 30}), T, []),
        ("incident.outage.hours > 24", happening(outage={"hours": 24}), F, []),
        ("incident.outage.hours > 24", happening(outage={}), U, ["incident.outage.hours"]),
        ("incident.outage.hours > 24", {}, U, ["incident.outage.hours"]),
        ("organisation.sector = bank", organised(sector="bank"), T, []),
        ("organisation.sector != bank", organised(sector="bank"), F, []),
        ("organisation.sector = bank", {}, U, ["organisation.sector"]),
        ("organisation.public", organised(public=False), F, []),
        ("organisation.employees >= 250", organised(employees=Range(200, 300)), U, None),
        ("organisation.employees >= 250", organised(employees=Range.exactly(250)), T, []),
        ("records > 500", {"records": Range.exactly(500)}, F, []),
        ("records > 500", {"records": Range.exactly(501)}, T, []),
        ("records > 500", {}, U, ["records"]),
        ("xx.harm", judged("xx.harm", "true"), T, []),
        ("xx.harm", judged("xx.harm", "false"), F, []),
        ("xx.harm = false", judged("xx.harm", "false"), T, []),
        ("xx.harm != false", judged("xx.harm", "false"), F, []),
        ("xx.harm", {}, U, ["judgements.xx.harm"]),
        ("xx.harm", judged("xx.harm", None), U, ["judgements.xx.harm"]),
        ("xx.harm", judged("xx.misuse", "true"), T, []),
        ("xx.harm", judged("xx.misuse", "false"), U, ["judgements.xx.harm"]),
        ("xx.risk >= risk", judged("xx.risk", "high"), T, []),
        ("xx.risk >= risk", judged("xx.risk", "unlikely"), F, []),
        ("xx.risk < high", judged("xx.risk", "risk"), T, []),
        ("xx.number > 2", judged("xx.number", "3"), T, []),
        ("regime xx.bank", organised(regimes=("xx.bank",)), T, []),
        ("regime xx.firm", organised(regimes=("xx.bank",)), T, []),
        ("regime xx.bank", organised(regimes=("xx.firm",)), F, []),
        ("regime xx.bank", {}, U, ["organisation.regimes.xx.bank"]),
        ("regime xx.bank", organised(regimes=(), regimes_possible=("xx.bank",)), U,
         ["organisation.regimes.xx.bank"]),
        ("regime xx.firm", organised(regimes=(), regimes_possible=("xx.bank",)), U,
         ["organisation.regimes.xx.bank"]),
        ("regime xx.bank", organised(regimes=(), regimes_possible="unknown"), U,
         ["organisation.regimes.xx.bank"]),
        ("happened determined", {}, T, []),
        ("happened ransom_paid", {}, F, []),
        ("happened ransom_demanded", {}, U, ["timeline.ransom_demanded"]),
        ("kind any [ransomware, insider]", happening(kinds=("insider",)), T, []),
        ("kind any [ransomware, insider]", happening(kinds=("vendor",)), F, []),
        ("kind any [ransomware]", happening(kinds=("vendor",), kinds_possible=("ransomware",)), U,
         ["incident.kinds"]),
        ("kind any [ransomware]", {}, U, ["incident.kinds"]),
        ("media any [paper]", happening(media=("electronic",)), F, []),
        ("media any [electronic]", happening(kinds=("ransomware",)), T, []),
        ("media any [electronic]", happening(kinds=("insider",)), U, ["incident.media"]),
        ("media any [paper]", happening(kinds=("ransomware",)), U, ["incident.media"]),
        ("seat in EEA", organised(country="IE"), T, []),
        ("seat in EEA", organised(country="US"), F, []),
        ("seat in EEA", {}, U, ["organisation.country"]),
        ("seat in US-TX", organised(country="US"), U, ["organisation.country"]),
        ("established in FR", organised(country="US", establishments=("RE",)), T, []),
        ("established in FR", organised(country="DE"), F, []),
        ("established in FR", {}, U, ["organisation.establishments"]),
        ("establishments in EEA >= 2", organised(establishments=("DE-BY", "DE-BE")), F, []),
        ("establishments in EEA >= 2", organised(establishments=("DE-BY", "IE")), T, []),
        ("establishments in EEA >= 2", {}, U, ["organisation.establishments"]),
        ("main in EEA", organised(country="US", eu_main_establishment="IE"), T, []),
        ("main in EEA", organised(country="IE", establishments=("IE", "DE")), T, []),
        ("main in EEA", organised(country="US", establishments=("US", "DE")), T, []),
        ("main in EEA", organised(country="US", establishments=("IE", "DE")), U,
         ["organisation.eu_main_establishment"]),
        ("main in EEA", organised(country="US"), F, []),
        ("operates in here", organised(country="US", operates_in=("US-CA",)), T, []),
        ("operates in US-TX", organised(country="IE", operates_in=("US-CA",)), F, []),
        ("role = controller", organised(role=("controller", "processor")), T, []),
        ("role = controller", organised(role=("processor",)), F, []),
        ("role = controller", {}, U, ["organisation.role"]),
    ],
)  # fmt: skip  # reason: a table reads better in its lines
def test_an_atom_is_true_false_or_open_on_its_fact(
    text: str, facts: dict[str, Any], truth: Truth, opened: list[str] | None
) -> None:
    found = decide(text, facts)
    assert found.truth is truth
    assert found.reason
    if opened is not None:
        assert facts_of(found) == opened
    assert all(item.question.endswith("?") for item in found.open)


def test_a_judgement_says_from_which_other_one_it_was_taken() -> None:
    found = decide("xx.harm", judged("xx.misuse", "true"))
    assert found.reason == "xx.harm is judged true (from xx.misuse, judged true)"
    assert decide("xx.harm", {}).open[0].question == "Is harm likely?"
    assert decide("xx.harm", {}).open[0].cite == "s 1"


@pytest.mark.parametrize(
    ("form", "more", "truth", "opened"),
    [
        ("written", {"written": True}, T, []),
        ("written", {"written": False}, F, []),
        ("written", {}, U, ["judgements.xx.harm.written"]),
        ("consulted xx.office", {"consulted": [{"authority": "xx.office"}]}, T, []),
        ("consulted xx.office", {"consulted": [{"authority": "xx.other"}]}, F, []),
        ("consulted xx.office", {"consulted": []}, F, []),
        ("consulted xx.office", {}, U, ["judgements.xx.harm.consulted"]),
        ("consulted", {"consulted": [{"authority": "xx.other"}]}, T, []),
    ],
)
def test_the_form_of_a_judgement_is_a_fact_of_its_own(
    form: str, more: dict[str, Any], truth: Truth, opened: list[str]
) -> None:
    atom = Atom("form", "xx.harm", words=(form,), text="form")
    facts = judged("xx.harm", "false", **more)
    found = findings(**facts).decide(Leaf("leaf", atom, Context()), "XX", None)
    assert found.truth is truth
    assert facts_of(found) == opened


@pytest.mark.parametrize(
    ("filing", "truth"),
    [
        ({"obligation": "xx-office"}, T),
        ({"obligation": "xx-office", "stage": "final"}, T),
        ({"obligation": "xx-other"}, F),
        ({"obligation": "xx-office", "how": "refused"}, F),
        ({"obligation": "xx-office", "how": "withdrawn"}, F),
        ({"obligation": "xx-office@US-CA"}, T),
        ({"obligation": "xx-office@US-TX"}, F),
    ],
)
def test_a_filing_counts_where_it_was_made_and_stands(filing: dict[str, Any], truth: Truth) -> None:
    moment = {"day": "2026-11-01", "precision": "day"}
    assert decide("filed(xx-office)", {"filings": [{"at": moment, **filing}]}).truth is truth


def test_an_atom_of_no_kind_is_refused() -> None:
    atom = Atom("weather", text="weather is fine")
    with pytest.raises(ValueError, match="no way to decide 'weather is fine'"):
        findings().decide(Leaf("leaf", atom, Context()), "XX", None)


# -- people, data and what a law protects -----------------------------------------------------


def protected(**more: Any) -> Protected:
    safe = {"if": "encrypted and not key_taken", "burden": "claimant", "cite": "s 2"}
    return Protected.model_validate(
        {
            "any": [{"with": ["name"], "one_of": ["ssn", "medical"]}],
            "safe": [safe],
            "from": "unknown",
            "cite": "s 1",
            **more,
        }
    )


LAW_BURDEN = [{"if": "encrypted and not key_taken", "burden": "law", "cite": "s 2"}]


@pytest.mark.parametrize(
    ("state", "truth", "presumed"),
    [
        ({"encrypted": False}, T, {}),
        ({"encrypted": True, "key_taken": False}, F, {}),
        ({"encrypted": True, "key_taken": True}, T, {}),
        ({"key_taken": True}, T, {}),
        ({"encrypted": True}, T, {"affected.g0.key_taken": True}),
        ({"key_taken": False}, T, {"affected.g0.encrypted": False}),
        ({}, T, {"affected.g0.encrypted": False, "affected.g0.key_taken": True}),
        # A list names what was encrypted: the sensitive element decides.
        ({"encrypted": ("name",), "key_taken": False}, T, {}),
        ({"encrypted": ("ssn",), "key_taken": False}, F, {}),
        ({"encrypted": ("ssn",)}, T, {"affected.g0.key_taken": True}),
        ({"encrypted": ("ssn",), "key_taken": False, "data": ("name", "ssn", "medical")}, T, {}),
        # The other element was in the clear: nothing need be presumed about the first.
        ({"encrypted": ("ssn",), "data": ("name", "ssn", "medical")}, T, {}),
        ({"data": ("name",)}, F, {}),
        ({"data": ("ssn",)}, F, {}),
    ],
)
def test_a_claimed_safe_state_is_presumed_not_to_hold_only_where_that_matters(
    state: dict[str, Any], truth: Truth, presumed: dict[str, bool]
) -> None:
    found = decide("people >= 1", affected(group(**state)), protected())
    assert found.truth is truth
    assert {item.fact: item.value for item in found.presumed} == presumed


@pytest.mark.parametrize(
    ("state", "truth", "opened"),
    [
        ({"encrypted": False}, T, []),
        ({"encrypted": True, "key_taken": False}, F, []),
        ({"encrypted": True}, U, ["affected.g0.key_taken"]),
        ({"key_taken": False}, U, ["affected.g0.encrypted"]),
        ({}, U, ["affected.g0.key_taken", "affected.g0.encrypted"]),
    ],
)
def test_a_safe_state_of_the_laws_own_test_stays_open(
    state: dict[str, Any], truth: Truth, opened: list[str]
) -> None:
    found = decide("people >= 1", affected(group(**state)), protected(safe=LAW_BURDEN))
    assert found.truth is truth
    assert sorted(facts_of(found)) == sorted(opened)
    assert found.presumed == ()


def test_where_a_law_asks_that_every_member_is_safe_the_name_counts_too() -> None:
    facts = affected(group(encrypted=("ssn",), key_taken=False))
    assert decide("people >= 1", facts, protected()).truth is F
    assert decide("people >= 1", facts, protected(safe_needs="every")).truth is T


@pytest.mark.parametrize(
    ("media", "kinds", "truth", "opened"),
    [
        (("paper",), None, F, []),
        (("electronic", "paper"), None, T, []),
        (None, ("ransomware",), T, []),
        (None, ("insider",), U, ["incident.media"]),
    ],
)
def test_a_law_on_computerised_data_leaves_paper_out(
    media: Any, kinds: Any, truth: Truth, opened: list[str]
) -> None:
    facts = {**affected(group(encrypted=False)), **happening(media=media, kinds=kinds)}
    found = decide("people >= 1", facts, protected(paper=False))
    assert found.truth is truth
    assert facts_of(found) == opened
    assert decide("people >= 1", facts, protected(paper=True)).truth is T


def test_the_medium_does_not_matter_where_no_protected_data_are_concerned() -> None:
    facts = affected(group(data=("email",)))
    assert decide("people >= 1", facts, protected(paper=False)).truth is F


def test_data_that_are_perhaps_concerned_leave_the_count_open() -> None:
    facts = affected(group(data=("name",), data_possible=("ssn",), encrypted=False))
    found = decide("people >= 1", facts, protected())
    assert found.truth is U
    assert facts_of(found) == ["affected.g0.data"]


@pytest.mark.parametrize(
    ("count", "truth"),
    [(499, F), (500, T), (501, T), (Range(400, 700), U), (Range(500, 700), T), (Range(1, 499), F)],
)
def test_a_threshold_turns_where_the_law_says(count: int | Range, truth: Truth) -> None:
    number = count if isinstance(count, Range) else Range.exactly(count)
    found = decide("people >= 500", affected(group(people={"US-CA": number})))
    assert found.truth is truth
    if truth is U:
        assert facts_of(found) == ["affected.g0.people.US-CA"]


def test_only_groups_whose_data_are_protected_count_towards_a_threshold() -> None:
    people = {"US-CA": Range.exactly(300)}
    inside = group(people=people, encrypted=False)
    outside = group(people=people, data=("email",))
    assert decide("people >= 500", affected(inside, inside), protected()).truth is T
    assert decide("people >= 500", affected(inside, outside), protected()).truth is F


def test_a_presumption_about_one_group_is_not_told_where_another_suffices() -> None:
    sure, claimed = group(encrypted=False), group()
    assert decide("people >= 1", affected(sure, claimed), protected()).presumed == ()
    told = decide("people >= 20", affected(sure, claimed), protected())
    assert told.truth is T
    assert {item.fact for item in told.presumed} == {
        "affected.g1.encrypted",
        "affected.g1.key_taken",
    }


def test_a_group_of_another_role_does_not_count() -> None:
    people = affected(group(role=("processor",)), group())
    assert decide("people >= 20", people).truth is F
    open_role = decide("people >= 20", affected(group(), group(), role=None))
    assert open_role.truth is U
    assert facts_of(open_role) == ["organisation.role"]


EVERYWHERE_IF = Scope.model_validate({"everywhere_if": "seat in IE"})


@pytest.mark.parametrize(
    ("country", "local", "elsewhere", "truth"),
    [
        ("IE", 10, 90, T),
        ("DE", 10, 90, F),
        (None, 10, 90, U),
        (None, 60, 90, T),
        (None, 10, 20, F),
    ],
)
def test_people_elsewhere_count_as_a_range_while_it_is_open_whether_they_do(
    country: str | None, local: int, elsewhere: int, truth: Truth
) -> None:
    people = {"US-CA": Range.exactly(local), "SG": Range.exactly(elsewhere)}
    facts = affected(group(people=people))
    facts["organisation"]["country"] = country
    found = decide("people >= 50", facts, scope=EVERYWHERE_IF)
    assert found.truth is truth
    assert facts_of(found) == (["organisation.country"] if truth is U else [])


def test_people_of_places_without_a_law_are_taken_in_where_the_law_says() -> None:
    people = {"US-CA": Range.exactly(10), "US-AS": Range.exactly(5)}
    scope = Scope(also_without_law_in="US")
    assert decide("people >= 15", affected(group(people=people)), scope=scope).truth is T
    assert decide("people >= 15", affected(group(people=people))).truth is F


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("people everywhere >= 15", T),
        ("people in SG = 5", T),
        ("people in SG > 5", F),
        ("affected in SG", T),
        ("affected in EEA", F),
        ("places in EEA >= 1", F),
    ],
)
def test_a_count_may_look_at_other_places(text: str, truth: Truth) -> None:
    people = {"US-CA": Range.exactly(10), "SG": Range.exactly(5)}
    assert decide(text, affected(group(people=people))).truth is truth


@pytest.mark.parametrize(
    ("people", "truth"),
    [
        ({"IE": 1, "DE": 1}, T),
        ({"IE": 1, "DE-BY": 0}, F),
        ({"IE": 1, "unknown": 5}, U),
        ({"EEA": 5}, U),
        ({"IE": 1}, F),
        # One person lives in one place.
        ({"unknown": 1}, F),
    ],
)
def test_places_are_counted_by_the_people_in_them(people: dict[str, int], truth: Truth) -> None:
    ranges = {place: Range.exactly(number) for place, number in people.items()}
    found = decide("places in EEA >= 2", affected(group(people=ranges)))
    assert found.truth is truth
    if truth is U:
        assert facts_of(found) == ["affected.g0.people"]


@pytest.mark.parametrize(
    ("text", "state", "truth"),
    [
        ("data any [ssn, medical]", {}, T),
        ("data all [ssn, medical]", {}, F),
        ("data any [medical]", {"data_possible": ("medical",)}, U),
        ("data any [medical]", {"data": None}, U),
        ("data any [*]", {}, T),
        ("data any [*]", {"data": ("none",)}, F),
        ("data any [*]", {"data": ("none",), "data_possible": ("ssn",)}, U),
        ("data any [*]", {"data": None}, U),
        ("data any [ssn]", {"people": {"SG": Range.exactly(5)}}, F),
        ("data everywhere any [ssn]", {"people": {"SG": Range.exactly(5)}}, T),
        ("children", {"children": True}, T),
        ("children", {"children": False}, F),
        ("children", {}, U),
        ("children", {"children": True, "people": {"SG": Range.exactly(5)}}, F),
    ],
)
def test_data_and_states_are_those_of_people_in_scope(
    text: str, state: dict[str, Any], truth: Truth
) -> None:
    found = decide(text, affected(group(**state)))
    assert found.truth is truth
    assert bool(found.open) is (truth is U)


def test_where_it_is_open_whether_anybody_is_in_scope_that_is_asked() -> None:
    people = {"unknown": Range.exactly(5)}
    for text in ("data any [ssn]", "children"):
        found = decide(text, affected(group(people=people, children=True)))
        assert found.truth is U
        assert facts_of(found) == ["affected.g0.people.US-CA"]


def test_nothing_known_of_the_people_leaves_every_count_open() -> None:
    found = decide("people >= 1", organised(role=("controller",)), protected())
    assert found.truth is U
    assert facts_of(found) == ["affected"]
    assert decide("people >= 1", {"affected": (), **organised(role=("controller",))}).truth is F


@pytest.mark.parametrize(
    ("own", "standing", "truth"),
    [
        ({}, {"value": "false", "written": True}, T),
        ({}, {"value": "false", "written": False}, F),
        ({}, {"value": "false"}, U),
        ({"written": False}, {"value": "false", "written": True}, F),
        ({"value": "false"}, {"value": "false", "written": True}, U),
    ],
)
def test_the_writing_of_a_judgement_that_stands_for_another_serves_it(
    own: dict[str, Any], standing: dict[str, Any], truth: Truth
) -> None:
    """Whoever wrote down that no misuse is likely need not write it down again for each law."""
    declared = {
        "xx.misuse": Judgement(question="Misuse?"),
        "xx.fraud": Judgement(question="Fraud?", falls_back={"xx.misuse": {"false": "false"}}),
    }
    given = {"xx.misuse": standing} | ({"xx.fraud": own} if own else {})
    incident = Incident.model_validate({"reference": "R", "judgements": given})
    words = Words(declared, {}, lambda place: place)
    atom = Atom("form", "xx.fraud", words=("written",), text="xx.fraud is written")
    found = Findings(incident, Happened(), words, WORLD).decide(
        Leaf("x", atom, Context()), "XX", None
    )
    assert found.truth is truth
