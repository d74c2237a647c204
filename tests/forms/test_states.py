"""The forms of American states: what each says of a matter, and what it leaves open."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from regengine import assess, load_incident
from regengine.assess import open_corpus
from regengine.assessment import Assessment, Bound, Deadline, People, Result, To
from regengine.documents.composing import compose
from regengine.documents.content import Matter
from regengine.documents.expressions import evaluate, names_for, questions
from regengine.documents.paper import Entry, Paper, gap, gaps
from regengine.documents.templates import route, template_at
from regengine.facts import Group, Happening, Incident, Organisation
from regengine.law import Recipient

NOW = datetime.fromisoformat("2026-11-16T15:00:00+00:00")

LENDER: dict[str, Any] = {
    "schema": "regengine.incident/1",
    "reference": "ST-1",
    "reporter": {
        "name": "Dana Reyes",
        "title": "General Counsel",
        "email": "dana@lender.example",
        "phone": "+1 212 555 0100",
        "address": "1 Main Street, New York, NY 10001",
    },
    "organisation": {
        "name": "Example Lending Inc.",
        "country": "US-NY",
        "zone": "America/New_York",
        "role": "controller",
        "sector": "finance",
        "regimes": ["us.ny.dfs_covered_entity"],
        "public": False,
        "address": "1 Main Street, New York, NY 10001",
    },
    "timeline": {
        "occurred_from": "2026-11-02T03:00:00-05:00",
        "occurred_to": "2026-11-09T23:00:00-05:00",
        "detected": "2026-11-10T07:00:00-05:00",
        "discovered": "2026-11-10T23:30:00-05:00",
        "determined": "2026-11-12T16:00:00-05:00",
        "contained": "2026-11-11T12:00:00-05:00",
        "ransom_paid": "2026-11-13T10:00:00-05:00",
    },
    "incident": {
        "kinds": ["ransomware", "intrusion"],
        "malicious": True,
        "accessed": True,
        "acquired": True,
        "exfiltrated": True,
        "disclosed": False,
        "altered": False,
        "lost": False,
        "unavailable": True,
        "good_faith": False,
        "misuse_seen": False,
        "recovered": False,
        "media": ["electronic"],
        "ongoing": False,
        "outage": {"hours": 30, "scheduled": False, "restored_from_backup": True},
    },
    "description": {
        "nature": "Somebody entered the loan servicing system and encrypted servers.",
        "cause": "A stolen administrator password.",
        "systems": "Loan servicing and two file servers.",
        "consequences": "Identity theft and fraud are possible.",
        "measures_taken": "Servers were rebuilt and passwords changed.",
        "measures_proposed": "A second factor for every administrator.",
    },
    "affected": [
        {
            "group": "borrowers",
            "label": "Borrowers",
            "people": {
                "US-CA": 1200, "US-FL": 800, "US-IN": 1100, "US-MA": 90, "US-MD": 60,
                "US-ME": 12, "US-NC": 75, "US-NJ": 210, "US-NY": 6000, "US-OR": 300,
                "US-TX": 900, "US-WA": 700,
            },
            "data": [
                "name", "ssn", "financial_account", "financial_account_code", "dob",
                "postal_address",
            ],
            "encrypted": False,
            "redacted": False,
            "children": False,
        }
    ],
    "law_enforcement": {"agency": "FBI", "reference": "NY-123"},
    "judgements": {"us.misuse_likely": True, "us.ny.dfs.reportable": True},
}  # fmt: skip  # reason: places and data read better in lines of words

Change = Mapping[str, Any]


class Case:
    """An incident with its assessment, and the forms that it fills."""

    def __init__(self, incident: Incident) -> None:
        self.incident = incident
        self.assessment: Assessment = assess(incident, now=NOW)

    def paper(self, key: str) -> Paper:
        (result,) = (x for x in self.assessment.obligations if x.key == key)
        matter = Matter(self.incident, result, self.assessment, american=True)
        return compose(template_at(route(result)), matter)

    def form(self, key: str) -> dict[str, Entry]:
        return {entry.key: entry for entry in self.paper(key).entries}


Matters = Callable[..., Case]


def merged(facts: Change, change: Change) -> dict[str, Any]:
    found = copy.deepcopy(dict(facts))
    for key, value in change.items():
        both = isinstance(value, Mapping) and isinstance(found.get(key), Mapping)
        found[key] = merged(found[key], value) if both else value
    return found


@pytest.fixture(scope="module")
def case_of(tmp_path_factory: pytest.TempPathFactory) -> Matters:
    """Assess the lender's incident with some facts changed."""

    def make(change: Change | None = None) -> Case:
        path: Path = tmp_path_factory.mktemp("case") / "incident.json"
        path.write_text(json.dumps(merged(LENDER, change or {})), encoding="utf-8")
        return Case(load_incident(path))

    return make


@pytest.fixture(scope="module")
def lender(case_of: Matters) -> Case:
    return case_of()


def data(people: Mapping[str, Any], *elements: str, **more: Any) -> list[dict[str, Any]]:
    return [{"group": "people", "people": dict(people), "data": list(elements), **more}]


# -- what goes to which form ---------------------------------------------------------------

# Whom each form is for; the one of New York serves three by law.
AUTHORITIES = {
    "us-ca-ag": {"us.ca.attorney_general"},
    "us-fl-ag": {"us.fl.legal_affairs"},
    "us-in-ag": {"us.in.attorney_general"},
    "us-ma-ag": {"us.ma.attorney_general"},
    "us-ma-ocabr": {"us.ma.ocabr"},
    "us-md-ag": {"us.md.attorney_general"},
    "us-me-ag": {"us.me.attorney_general"},
    "us-nc-ag": {"us.nc.attorney_general"},
    "us-nj-njccic": {"us.nj.state_police"},
    "us-ny-ag": {"us.ny.attorney_general", "us.ny.department_of_state", "us.ny.state_police"},
    "us-ny-dfs-50017": {"us.ny.dfs"},
    "us-or-ag": {"us.or.attorney_general"},
    "us-tx-ag": {"us.tx.attorney_general"},
    "us-wa-ag": {"us.wa.attorney_general"},
}
FIELDS = {
    "us-ca-ag": 16, "us-fl-ag": 10, "us-in-ag": 19, "us-ma-ag": 17, "us-ma-ocabr": 19,
    "us-md-ag": 6, "us-me-ag": 28, "us-nc-ag": 19, "us-nj-njccic": 11, "us-ny-ag": 17,
    "us-ny-dfs-50017": 21, "us-or-ag": 24, "us-tx-ag": 20, "us-wa-ag": 17,
}  # fmt: skip  # reason: numbers read better in lines
each = pytest.mark.parametrize("name", sorted(AUTHORITIES))


def duty(name: str, place: str = "US", kind: Any = "regulator", **given: Any) -> Result:
    about: dict[str, Any] = {
        "id": name,
        "key": f"{name}@{place}",
        "jurisdiction": place,
        "title": "Tell the authority",
        "recipient": To(kind=kind, name="Authority"),
        "bound": Bound(),
        "people": People(),
        "status": "required",
        "law_status": "in_force",
        "deadline": Deadline(kind="soft"),
        "citation": "s 1",
        "confidence": "high",
    }
    return Result(**about | given)


def american() -> Iterator[tuple[str, Recipient]]:
    corpus = open_corpus()
    for name in sorted(set(corpus.home.values())):
        if name.startswith("us/"):
            for obligation in corpus.file(name).obligation:
                yield from ((obligation.id, to) for to in obligation.to)


@pytest.fixture(scope="module")
def routed() -> dict[str, dict[str, set[str]]]:
    """For each form, the authorities and the obligations that lead to it."""
    found: dict[str, dict[str, set[str]]] = {
        name: {"authorities": set(), "ids": set()} for name in AUTHORITIES
    }
    for name, to in american():
        form = route(duty(name, f"US-{name[3:5].upper()}", to.kind)).removeprefix("filing/")
        if form in found:
            found[form]["authorities"].add(str(to.authority))
            found[form]["ids"].add(name)
    return found


@each
def test_every_duty_that_leads_to_a_form_is_owed_to_its_authority(
    name: str, routed: dict[str, dict[str, set[str]]]
) -> None:
    assert routed[name]["authorities"] == AUTHORITIES[name]


def test_agencies_vendors_and_follow_ups_take_the_form_of_their_authority(
    routed: dict[str, dict[str, set[str]]],
) -> None:
    assert routed["us-ca-ag"]["ids"] == {"us-ca-ag", "us-ca-agency-ag"}
    assert routed["us-wa-ag"]["ids"] == {"us-wa-ag", "us-wa-agencies-ag"}
    assert routed["us-or-ag"]["ids"] == {"us-or-ag", "us-or-vendor-ag"}
    assert routed["us-tx-ag"]["ids"] == {"us-tx-ag", "us-tx-ag-maintainer"}
    assert routed["us-fl-ag"]["ids"] == {"us-fl-ag", "us-fl-ag-no-harm"}
    assert "us-ny-hipaa-ag" not in routed["us-ny-ag"]["ids"]  # a copy of another notice


def test_the_credit_bureaus_do_not_get_the_form_of_north_carolina() -> None:
    bureaus = duty("us-nc-cra", "US-NC", "consumer_reporting_agencies")
    assert route(bureaus) == "filing/agencies"
    assert route(duty("us-nc-cra", "US-NC")) == "filing/us-nc-ag"


@each
def test_no_field_of_a_form_is_lost(name: str) -> None:
    found = template_at(f"filing/{name}")
    assert len(found.fields()) == FIELDS[name]
    assert found.mirrors


@each
def test_a_form_without_facts_states_nothing(name: str) -> None:
    found = template_at(f"filing/{name}")
    keys = [x.keys[0].replace("*", "US-XX") for x in found.stage if x.keys] or ["x@US-XX"]
    for key in keys:
        nothing = Matter(Incident(reference="X"), duty(key.partition("@")[0], key=key))
        stated = [x.key for x in compose(found, nothing).entries if x.state == "known"]
        # What is still open is itself known.
        assert stated == (["updates"] if name == "us-wa-ag" else [])


# -- the words that expressions share -------------------------------------------------------


def asked(source: str, **facts: Any) -> object:
    matter = Matter(Incident(reference="X", **facts), duty("us-xx"))
    return evaluate(source, names_for(matter), "test")


def test_a_number_and_the_code_of_somebody_else_are_not_together() -> None:
    pair = "together(['card_number'], ['card_code'])"
    both = Group(group="a", data=("card_number", "card_code"))
    number, code = Group(group="a", data=("card_number",)), Group(group="b", data=("card_code",))
    maybe = Group(group="a", data=("card_number",), data_possible=("card_code",))
    assert asked(pair, affected=(both,)) is True
    assert asked(pair, affected=(number, code)) is False
    assert asked(pair, affected=(maybe,)) is None
    assert asked(pair, affected=(number, Group(group="b"))) is None
    assert asked(pair) is None


def test_a_sector_that_is_not_known_is_neither_this_nor_another() -> None:
    assert asked("sector('bank')", organisation=Organisation(sector="bank")) is True
    assert asked("sector('bank')", organisation=Organisation(sector="retail")) is False
    assert asked("sector('bank')") is None


def test_nobody_knows_whether_a_notice_is_the_first_before_the_matter_is_assessed(
    lender: Case,
) -> None:
    assert asked("first_notice()") is None
    assert asked("delayed('individuals')") is None
    assert lender.form("us-tx-ag@US-TX")["kind"].lines == ("New",)


def test_an_item_that_is_told_marks_what_it_lacks() -> None:
    question = questions()["people_notice_channel"]["ask"]
    assert asked("told('people_notice_channel')") == gap(question)
    assert gaps(str(asked("told('cause')"))) == ["the cause"]
    assert asked("told('entity_name')", organisation=Organisation(name="A")) == "A"


# -- California ---------------------------------------------------------------------------


def test_california_reads_which_data_and_how_many_californians(lender: Case) -> None:
    form = lender.form("us-ca-ag@US-CA")
    assert form["data_types"].lines == (
        "Social Security number",
        "Account, credit or debit card number with access code",
        "Other",  # the dates of birth
    )
    assert form["count_ca"].lines == ("1,200 people (California)",)
    assert form["dates_breach"].lines == ("From November 2, 2026 to November 9, 2026",)
    assert form["dates_discovery"].lines == ("November 10, 2026",)
    assert form["le_notified"].lines == ("FBI has been told (reference NY-123).",)


def test_california_leaves_open_what_only_a_person_knows(lender: Case) -> None:
    form = lender.form("us-ca-ag@US-CA")
    for key in ("dates_notice", "delayed", "substitute", "small_business"):
        assert (form[key].state, form[key].lines) == ("to_follow", ()), key
    assert form["media"].state == "blank"


def test_a_card_number_without_its_code_is_other_information_in_california(
    case_of: Matters,
) -> None:
    change = {"affected": data({"US-CA": 900}, "name", "card_number")}
    form = case_of(change).form("us-ca-ag@US-CA")
    assert form["data_types"].lines == ("Other",)


def test_california_hears_of_a_hold_on_the_letters_to_people(case_of: Matters) -> None:
    hold = {
        "requested_by": "FBI", "granted": True, "written": True, "from": "2026-11-11T12:00:00Z",
    }  # fmt: skip  # reason: one row
    held = case_of({"law_enforcement": {"delays": [hold]}})
    assert held.form("us-ca-ag@US-CA")["delayed"].lines == ("Yes",)
    assert held.form("us-or-ag@US-OR")["delayed"].lines == ("Yes",)


@pytest.mark.parametrize(
    ("more", "said"),
    [({}, ()), ({"granted": False}, ("No",)), ({"laws": ["us-tx"]}, ("No",))],
)
def test_a_request_to_wait_that_was_not_refused_is_never_told_as_no_delay(
    case_of: Matters, more: dict[str, Any], said: tuple[str, ...]
) -> None:
    hold = {"requested_by": "FBI", "from": "2026-11-11T12:00:00Z"} | more
    asked_for = case_of({"law_enforcement": {"delays": [hold]}})
    assert asked_for.form("us-ca-ag@US-CA")["delayed"].lines == said
    assert asked_for.form("us-or-ag@US-OR")["delayed"].lines == said


def test_the_reason_why_people_are_told_late_is_that_of_the_letters_to_them(
    case_of: Matters,
) -> None:
    hold = {
        "requested_by": "FBI", "granted": True, "written": True, "from": "2026-11-11T12:00:00Z",
    }  # fmt: skip  # reason: one row
    form = case_of({"law_enforcement": {"delays": [hold]}}).form("us-ny-ag@US-NY")
    assert form["delay"].lines[-1].startswith("FBI asked that notice be delayed from")
    assert case_of().form("us-ny-ag@US-NY")["delay"].state == "blank"


# -- Florida ------------------------------------------------------------------------------


def test_florida_reads_the_synopsis_with_its_dates_and_the_count(lender: Case) -> None:
    form = lender.form("us-fl-ag@US-FL")
    assert form["synopsis"].state == "known"
    assert "November 2, 2026" in form["synopsis"].lines[1]
    assert form["count"].lines == ("800 people (Florida)",)
    assert form["services"].state == "to_follow"
    assert form["no_harm"].state == "not_applicable"
    # Reports are handed over on request, never by themselves.
    assert {form[x].state for x in ("police", "policies", "rectify", "extension")} == {"blank"}


def test_florida_takes_the_finding_of_no_harm_as_a_letter_of_its_own() -> None:
    key = "us-fl-ag-no-harm@US-FL"
    matter = Matter(Incident(reference="X"), duty("us-fl-ag-no-harm", "US-FL", key=key))
    paper = compose(template_at("filing/us-fl-ag"), matter)
    assert paper.stage == "Written determination that no harm is likely"
    assert [x.key for x in paper.entries] == ["synopsis", "contact", "no_harm"]
    assert paper.entries[-1].state == "to_follow"


def test_florida_marks_a_synopsis_without_dates_as_incomplete(case_of: Matters) -> None:
    change = {"timeline": {"occurred_from": None, "occurred_to": None}}
    synopsis = case_of(change).form("us-fl-ag@US-FL")["synopsis"]
    assert synopsis.state == "to_follow"


# -- Indiana ------------------------------------------------------------------------------


def test_indiana_reads_an_attack_from_outside_at_a_lender(lender: Case) -> None:
    form = lender.form("us-in-ag@US-IN")
    assert form["breach"].lines == ("External system breach (e.g. hacking)",)
    assert form["org"].lines == ("Financial services",)
    assert form["info"].lines == (
        "Social Security number",
        "Name in combination with: financial account information",
        "Other",
    )
    assert form["total"].lines == ("11,447 people",)
    assert form["indiana"].lines == ("1,100 people (Indiana)",)
    assert form["submitted"].lines == ("Dana Reyes, General Counsel",)
    assert form["phone"].lines == ("+1 212 555 0100", "dana@lender.example")


def test_indiana_asks_for_the_bureaus_only_above_a_thousand_residents(
    lender: Case, case_of: Matters
) -> None:
    assert lender.form("us-in-ag@US-IN")["cra"].state == "to_follow"
    few = case_of({"affected": data({"US-IN": 1000}, "name", "ssn")})
    assert few.form("us-in-ag@US-IN")["cra"].state == "not_applicable"


def test_an_attack_in_which_an_insider_may_have_had_a_part_is_not_called_external(
    case_of: Matters,
) -> None:
    change = {"incident": {"kinds": ["intrusion", "insider"], "malicious": None}}
    breach = case_of(change).form("us-in-ag@US-IN")["breach"]
    assert breach.state == "to_follow"
    undecided = [x.say for x in breach.choices if x.chosen is None]
    assert undecided == ["External system breach (e.g. hacking)", "Insider wrongdoing"]


def test_a_misdirected_letter_is_an_inadvertent_disclosure(case_of: Matters) -> None:
    change = {"incident": {"kinds": ["misdirected"], "malicious": False, "disclosed": True}}
    case = case_of(change)
    assert case.form("us-in-ag@US-IN")["breach"].lines == ("Inadvertent disclosure of information",)
    assert case.form("us-nc-ag@US-NC")["kind"].lines == ("Accidental release or display",)
    assert case.form("us-wa-ag@US-WA")["cause"].lines == ("Theft or Mistake",)
    assert case.form("us-wa-ag@US-WA")["attack"].state == "not_applicable"


# -- Massachusetts --------------------------------------------------------------------------


def test_the_attorney_general_of_massachusetts_reads_what_residents_may_not(lender: Case) -> None:
    form = lender.form("us-ma-ag@US-MA")
    assert form["nature"].lines == (LENDER["description"]["nature"],)
    assert form["count"].lines == ("90 people (Massachusetts)",)
    assert form["owner"].lines == ("Owns or licenses",)
    assert form["data"].lines == ("Social Security number", "Financial account number", "Other")
    assert form["steps"].state == "known"


def test_being_told_is_not_investigating(lender: Case) -> None:
    assert lender.form("us-ma-ag@US-MA")["law_enf"].state == "to_follow"
    assert lender.form("us-tx-ag@US-TX")["law_enf"].state == "to_follow"


def test_massachusetts_asks_for_monitoring_where_social_security_numbers_are_involved(
    lender: Case, case_of: Matters
) -> None:
    assert lender.form("us-ma-ag@US-MA")["certify"].state == "to_follow"
    cards = case_of({"affected": data({"US-MA": 9}, "name", "card_number")})
    form = cards.form("us-ma-ag@US-MA")
    assert {form["monitoring"].state, form["certify"].state} == {"not_applicable"}


def test_the_consumer_office_reads_yes_or_no_for_each_kind_of_number(lender: Case) -> None:
    form = lender.form("us-ma-ocabr@US-MA")
    answers = [form[f"data_{x}"].lines for x in ("ssn", "account", "dl", "card")]
    assert answers == [("Yes",), ("Yes",), ("No",), ("No",)]
    assert form["kind"].lines == ("Electronic",)
    assert form["mobile"].lines == ("No",)


def test_another_word_for_what_happened_does_not_say_that_no_vendor_was_involved(
    case_of: Matters,
) -> None:
    hacked = {"incident": {"kinds": ["intrusion"]}}
    for key, field in (("us-ma-ocabr@US-MA", "third_party"), ("us-nc-ag@US-NC", "maintainer")):
        found = case_of(hacked).form(key)[field]
        assert (found.state, found.required) == ("to_follow", "if_known")
    where = case_of(hacked).form("us-ny-dfs-incident@US-NY/initial")["where"]
    assert [x.chosen for x in where.choices] == [None, False, None]


def test_the_consumer_office_reads_whether_a_lost_device_was_encrypted(case_of: Matters) -> None:
    lost = {"kinds": ["lost_device"], "malicious": False}
    form = case_of({"incident": lost}).form("us-ma-ocabr@US-MA")
    assert form["mobile"].lines == ("Yes", "Not encrypted")


def test_data_that_were_perhaps_involved_leave_yes_or_no_open(case_of: Matters) -> None:
    perhaps = data({"US-MA": 9}, "name", "ssn", data_possible=["card_number"])
    form = case_of({"affected": perhaps}).form("us-ma-ocabr@US-MA")
    assert form["data_ssn"].lines == ("Yes",)
    assert form["data_card"].state == "to_follow"


# -- Maryland -------------------------------------------------------------------------------


def test_maryland_reads_when_and_how_it_occurred(lender: Case) -> None:
    form = lender.form("us-md-ag@US-MD")
    said = " ".join(form["description"].lines)
    assert "November 2, 2026" in said
    assert "A stolen administrator password." in said
    assert form["count"].lines == ("60 people (Maryland)",)
    assert form["info"].lines == (
        "Name", "Social Security number or ITIN", "Account or card with code",
    )  # fmt: skip  # reason: one list


def test_maryland_misses_the_cause_while_it_is_not_known(case_of: Matters) -> None:
    form = case_of({"description": {"cause": None}}).form("us-md-ag@US-MD")
    assert form["description"].state == "to_follow"


# -- Maine ----------------------------------------------------------------------------------


def test_maine_reads_all_people_and_those_of_maine(lender: Case) -> None:
    form = lender.form("us-me-regulator@US-ME")
    assert form["f02_01_01"].lines == ("11,447 people",)
    assert form["f02_01_02"].lines == ("12 people (Maine)",)
    assert form["f02_01_03"].state == "not_applicable"
    assert form["f01_03_04"].lines == ("New York",)
    assert len(form["f02_03"].lines) == 2
    assert form["f01_04"].lines[0].startswith("Financial Services")


def test_maine_asks_nothing_more_of_services_that_were_not_offered(case_of: Matters) -> None:
    form = case_of({"answers": {"us-me-ag.f03_02_01": "No"}}).form("us-me-regulator@US-ME")
    after = ("f03_02_02", "f03_02_03", "f03_02_04")
    assert {form[key].state for key in after} == {"not_applicable"}


# -- North Carolina -------------------------------------------------------------------------


def test_north_carolina_reads_hackers_and_that_nothing_was_encrypted(lender: Case) -> None:
    form = lender.form("us-nc-ag@US-NC")
    assert form["kind"].lines == ("Hackers or unauthorized access",)
    assert form["protected"].lines == ("Not encrypted",)
    assert form["nc"].lines == ("75 people (North Carolina)",)
    assert form["supplement"].lines == ("No",)
    assert form["info"].lines == ("Social Security number", "Account number", "Other")


def test_phishing_beside_an_intrusion_is_left_to_a_person(case_of: Matters) -> None:
    change = {"incident": {"kinds": ["phishing", "intrusion"]}}
    case = case_of(change)
    kind = case.form("us-nc-ag@US-NC")["kind"]
    assert kind.state == "to_follow"
    assert not [x.say for x in kind.choices if x.chosen]
    alone = case_of({"incident": {"kinds": ["phishing"]}}).form("us-nc-ag@US-NC")["kind"]
    assert alone.lines == ("Phishing",)


def test_a_report_that_follows_one_on_record_is_a_supplement(case_of: Matters) -> None:
    sent = [
        {"obligation": f"us-{state}-ag", "jurisdiction": f"US-{state.upper()}", "at": "2026-11-14"}
        for state in ("nc", "tx", "or")
    ]
    case = case_of({"filings": sent})
    assert case.form("us-nc-ag@US-NC")["supplement"].lines == ("Yes, of November 14, 2026",)
    assert case.form("us-tx-ag@US-TX")["kind"].lines == ("Update",)
    assert case.form("us-or-ag@US-OR")["report_type"].lines == ("Amended",)


# -- New Jersey -----------------------------------------------------------------------------


def test_new_jersey_reads_how_it_occurred_and_which_method_of_loss(lender: Case) -> None:
    form = lender.form("us-nj-state-police@US-NJ")
    how = (LENDER["description"]["nature"], LENDER["description"]["cause"])
    assert form["how"].lines == how
    assert form["category"].lines[0].startswith("Hacking or computer intrusion")
    assert form["residents"].lines == ("210 people (New Jersey)",)
    assert form["le_delay"].state == "blank"
    assert lender.paper("us-nj-state-police@US-NJ").stage == "Report before the notice to customers"


def test_new_jersey_takes_a_report_while_numbers_are_not_known(case_of: Matters) -> None:
    paper = case_of({"affected": data({"US-NJ": None}, "name", "ssn")}).paper(
        "us-nj-state-police@US-NJ"
    )
    assert paper.lacking == ()
    (residents,) = (x for x in paper.entries if x.key == "residents")
    assert residents.state == "to_follow"


# -- New York -------------------------------------------------------------------------------


def test_new_york_reads_one_report_at_three_offices(lender: Case) -> None:
    offices = ("us-ny-ag@US-NY", "us-ny-dos@US-NY", "us-ny-nysp@US-NY")
    said = {tuple(x.lines for x in lender.paper(key).entries) for key in offices}
    assert len(said) == 1
    form = lender.form("us-ny-ag@US-NY")
    assert form["ny"].lines == ("6,000 people (New York)",)
    assert form["org_type"].lines == ("Financial services",)
    assert form["description"].lines == ("External system breach (e.g. hacking)",)
    assert form["cra"].state == "to_follow"


def test_new_york_reads_when_the_bureaus_were_told(case_of: Matters) -> None:
    told = {"obligation": "us-ny-cra", "jurisdiction": "US-NY", "at": "2026-11-15"}
    form = case_of({"filings": [told]}).form("us-ny-ag@US-NY")
    assert form["cra"].lines == ("Yes, on November 15, 2026",)


def test_an_office_of_the_state_is_governmental_whatever_its_sector(case_of: Matters) -> None:
    change = {"organisation": {"public": None, "sector": "health"}}
    kind = case_of(change).form("us-ny-ag@US-NY")["org_type"]
    assert kind.state == "to_follow"
    settled = case_of({"organisation": {"sector": "health"}}).form("us-ny-ag@US-NY")["org_type"]
    assert settled.lines == ("Health care",)


# -- the Department of Financial Services -----------------------------------------------------


def test_the_superintendent_reads_detection_and_determination_apart(lender: Case) -> None:
    form = lender.form("us-ny-dfs-incident@US-NY/initial")
    assert form["t_detected"].lines[0].startswith("November 10, 2026 at 7:00 a.m.")
    assert form["t_determined"].lines[0].startswith("November 12, 2026 at 4:00 p.m.")
    assert form["where"].state == "to_follow"  # an affiliate is not ruled out
    assert [x.chosen for x in form["prong"].choices] == [False, False, None]
    assert "6,000 people (New York)" in form["npi"].lines


def test_the_superintendent_reads_the_vendor_at_whom_it_occurred(case_of: Matters) -> None:
    case = case_of({"incident": {"vendor": {"name": "Cloud Co"}}})
    where = case.form("us-ny-dfs-incident@US-NY/initial")["where"]
    assert where.lines == ("Third-party service provider",)


@pytest.mark.parametrize(
    ("key", "stage", "fields"),
    [
        ("us-ny-dfs-incident@US-NY/initial", "Incident notice", 14),
        ("us-ny-dfs-incident@US-NY/update", "Update", 3),
        ("us-ny-dfs-extortion-24h@US-NY", "Notice of an extortion payment", 4),
        ("us-ny-dfs-extortion-30d@US-NY", "Explanation of an extortion payment", 6),
    ],
)
def test_each_notice_to_the_superintendent_has_its_own_fields(
    lender: Case, key: str, stage: str, fields: int
) -> None:
    paper = lender.paper(key)
    assert (paper.stage, len(paper.entries)) == (stage, fields)


def test_the_payment_is_told_by_its_instant_and_explained_by_a_person(lender: Case) -> None:
    paid = lender.form("us-ny-dfs-extortion-24h@US-NY")
    assert paid["paid_at"].lines[0].startswith("November 13, 2026 at 10:00 a.m.")
    assert paid["amount"].state == "blank"
    why = lender.form("us-ny-dfs-extortion-30d@US-NY")
    asked_for = ("why", "alternatives", "diligence_alt", "diligence_ofac")
    assert {why[key].state for key in asked_for} == {"to_follow"}


# -- Oregon ---------------------------------------------------------------------------------


def test_oregon_reads_numbers_of_oregon_and_of_all(lender: Case) -> None:
    form = lender.form("us-or-ag@US-OR")
    assert form["oregon_n"].lines == ("300 people (Oregon)",)
    assert form["total_n"].lines == ("11,447 people",)
    assert form["breach_start"].lines == ("November 2, 2026",)
    assert form["breach_end"].lines == ("November 9, 2026",)
    assert form["le"].lines == ("Yes",)
    assert form["report_type"].lines == ("Initial",)


def test_oregon_may_ask_the_privacy_officer_where_nobody_reports(case_of: Matters) -> None:
    officer = {"name": "Ann Poe", "phone": "+1 503 555 0100"}
    change = {"reporter": None, "organisation": {"dpo": officer}}
    form = case_of(change).form("us-or-ag@US-OR")
    assert form["contact_name"].lines == ("Ann Poe",)
    assert form["contact_phone"].lines == ("+1 503 555 0100",)
    assert form["contact_email"].state == "to_follow"


def test_the_service_that_letters_offer_is_told_in_the_forms(case_of: Matters) -> None:
    offer = "Twelve months of credit monitoring by Guard Co."
    case = case_of({"answers": {"notice.identity_protection": offer}})
    assert case.form("us-fl-ag@US-FL")["services"].lines == (offer,)
    assert case.form("us-in-ag@US-IN")["services"].lines == (offer,)


def test_oregon_takes_a_thousand_characters_of_description(case_of: Matters) -> None:
    long = case_of({"description": {"nature": "x" * 1001}})
    with pytest.raises(ValueError, match="1001 characters"):
        long.form("us-or-ag@US-OR")
    short = case_of({"description": {"nature": "x" * 1000}}).form("us-or-ag@US-OR")
    assert short["description"].state == "known"


def test_no_record_of_police_is_no_answer_that_they_were_not_told(case_of: Matters) -> None:
    change = {"law_enforcement": {"agency": None, "reference": None}}
    form = case_of(change).form("us-or-ag@US-OR")
    assert form["le"].state == "to_follow"
    assert (form["le_agency"].state, form["police"].state) == ("blank", "blank")


# -- Texas ----------------------------------------------------------------------------------


def test_texas_reads_each_date_by_its_own_name(lender: Case) -> None:
    form = lender.form("us-tx-ag@US-TX")
    found, concluded = form["discovered"].lines
    assert found.endswith("November 10, 2026")
    assert concluded.endswith("November 12, 2026")
    assert form["texans"].lines == ("900 people (Texas)",)
    assert form["info_types"].lines == (
        "Name",
        "Address",
        "Social Security Number",
        "Financial Information (account, card number)",
        "Date of Birth",
    )


def test_letters_without_a_number_do_not_say_how_many_texans_were_told(case_of: Matters) -> None:
    sent = {"obligation": "us-tx-residents", "jurisdiction": "US-TX", "at": "2026-11-15"}
    paper = {"obligation": "us-tx-residents", "jurisdiction": "US-TX", "at": "2026-11-16"}
    form = case_of({"filings": [sent, paper | {"people": 20}]}).form("us-tx-ag@US-TX")
    assert (form["texans_notified"].state, form["texans_notified"].lines) == ("to_follow", ())
    waves = [sent | {"people": 620}, paper | {"people": 20}]
    form = case_of({"filings": waves}).form("us-tx-ag@US-TX")
    assert form["texans_notified"].lines == ("640",)


def test_a_kind_that_is_only_possible_leaves_the_choice_of_one_open(case_of: Matters) -> None:
    maybe = {"incident": {"kinds": ["malware"], "kinds_possible": ["phishing"]}}
    case = case_of(maybe)
    for key, field in (("us-nc-ag@US-NC", "kind"), ("us-wa-ag@US-WA", "attack")):
        assert case.form(key)[field].state == "to_follow", key


def test_protected_health_information_is_told_where_a_form_has_other_data_alone(
    case_of: Matters,
) -> None:
    change = {"affected": data({"US-IN": 9, "US-MA": 9, "US-NC": 9, "US-NJ": 9}, "ssn", "phi")}
    case = case_of(change)
    for key, field in (
        ("us-in-ag@US-IN", "info"), ("us-ma-ag@US-MA", "data"), ("us-nc-ag@US-NC", "info"),
        ("us-nj-state-police@US-NJ", "data"),
    ):  # fmt: skip  # reason: rows
        assert case.form(key)[field].lines[-1] == "Other", key


def test_maine_is_not_told_that_an_unknown_body_works_for_profit(case_of: Matters) -> None:
    form = case_of({"organisation": {"sector": None}}).form("us-me-regulator@US-ME")
    assert {x.chosen for x in form["f01_04"].choices if x.say == "Not-for-Profit"} == {None}


def test_texas_reads_how_many_texans_were_told_and_when(case_of: Matters) -> None:
    open_form = case_of().form("us-tx-ag@US-TX")
    assert open_form["texans_notified"].state == "to_follow"
    letters = {
        "obligation": "us-tx-residents", "jurisdiction": "US-TX", "at": "2026-11-15", "people": 640,
    }  # fmt: skip  # reason: one row
    form = case_of({"filings": [letters]}).form("us-tx-ag@US-TX")
    assert form["texans_notified"].lines == ("640",)
    assert form["notice_given"].lines == ("Yes",)
    assert form["notice_date"].lines == ("November 15, 2026",)
    no = case_of({"answers": {"us-tx-ag.notice_given": "No"}}).form("us-tx-ag@US-TX")
    assert {no["notice_method"].state, no["notice_date"].state} == {"not_applicable"}


# -- Washington -----------------------------------------------------------------------------


def test_washington_reads_a_ransomware_attack_on_a_lender(lender: Case) -> None:
    form = lender.form("us-wa-ag@US-WA")
    assert form["cause"].lines == ("Cyberattack",)
    assert form["attack"].lines == ("Ransomware",)
    assert form["industry"].lines == ("Finance",)
    assert form["business_type"].state == "not_applicable"
    assert form["contained"].lines == ("November 11, 2026",)
    assert form["count"].lines == ("700 people (Washington)",)
    assert "Full date of birth" in form["data_types"].lines


def test_washington_does_not_guess_which_digits_of_a_number_are_known(case_of: Matters) -> None:
    change = {"affected": data({"US-WA": 700}, "name", "ssn", "ssn_partial")}
    types = case_of(change).form("us-wa-ag@US-WA")["data_types"]
    assert types.state == "to_follow"
    assert [x.say for x in types.choices if x.chosen is None] == ["Last four digits of SSN"]


def test_an_attack_of_unknown_technique_is_left_to_a_person(case_of: Matters) -> None:
    form = case_of({"incident": {"kinds": ["intrusion"]}}).form("us-wa-ag@US-WA")
    assert form["cause"].lines == ("Cyberattack",)
    assert (form["attack"].state, form["attack"].lines) == ("to_follow", ())


def test_facts_of_a_kind_that_is_not_known_choose_no_cause() -> None:
    unknown = Incident(reference="X", incident=Happening(accessed=True))
    paper = compose(template_at("filing/us-wa-ag"), Matter(unknown, duty("us-wa-ag", "US-WA")))
    found = {x.key: x.state for x in paper.entries}
    assert (found["cause"], found["attack"]) == ("to_follow", "to_follow")
