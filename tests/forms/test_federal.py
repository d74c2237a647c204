"""The forms of American federal authorities: what each says of a matter, and leaves open."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from regengine import assess, load_incident
from regengine.assess import open_corpus
from regengine.assessment import Assessment, Bound, Deadline, Held, People, Result, To
from regengine.documents.composing import compose
from regengine.documents.consistency import contradictions
from regengine.documents.content import Matter
from regengine.documents.document import Document
from regengine.documents.outputs import table
from regengine.documents.paper import Entry, Paper, gaps, said
from regengine.documents.templates import route, template_at
from regengine.facts import Group, Happening, Incident
from regengine.law import RecipientKind

NOW = datetime.fromisoformat("2026-11-23T15:00:00+00:00")

CLINIC: dict[str, Any] = {
    "schema": "regengine.incident/1",
    "reference": "FED-1",
    "reporter": {
        "name": "Ana Ruiz",
        "title": "Privacy Officer",
        "email": "privacy@clinic.example",
        "phone": "+1 505 555 0100",
    },
    "organisation": {
        "name": "Example Recovery Clinic",
        "country": "US-NM",
        "zone": "America/Denver",
        "role": "controller",
        "sector": "health",
        "regimes": ["us.hipaa.covered_entity", "us.part2_program", "us.health_facility"],
        "public": False,
        "address": "5 Mesa Road, Santa Fe, NM 87501",
    },
    "timeline": {
        "occurred_from": "2026-10-30T23:30:00-06:00",
        "occurred_to": "2026-11-02T05:00:00-07:00",
        "detected": "2026-11-05T07:00:00-07:00",
        "discovered": "2026-11-06T22:30:00-07:00",
    },
    "incident": {
        "kinds": ["intrusion"],
        "malicious": True,
        "accessed": True,
        "acquired": True,
        "exfiltrated": True,
        "disclosed": False,
        "altered": False,
        "lost": False,
        "unavailable": False,
        "good_faith": False,
        "misuse_seen": False,
        "recovered": False,
        "media": ["electronic"],
        "ongoing": False,
        "contact_data_missing": False,
    },
    "description": {
        "nature": "Somebody copied patient files from a server.",
        "cause": "A stolen password.",
        "systems": "The file server of the clinic.",
        "measures_taken": "The server was taken off the network.",
        "measures_proposed": "A second factor for everybody.",
        "advice_to_people": "Watch your insurer's statements.",
    },
    "affected": [
        {
            "group": "patients",
            "label": "Patients",
            "people": {"US-NM": 700, "US-CO": 120},
            "data": ["name", "dob", "medical", "prescription", "card_number"],
            "encrypted": False,
            "redacted": False,
            "children": False,
        },
    ],
    "judgements": {
        "us.hipaa.low_probability": {"value": False, "why": "the files were copied"},
        "us.hipaa.exception": {"value": False, "why": "an outsider took them"},
        "us.part2.sud_records": True,
    },
}

APP: dict[str, Any] = {
    "organisation": {
        "name": "Example Steps Inc.",
        "regimes": ["us.ftc.health_record_vendor", "us.ftc.safeguards"],
        "sector": "technology",
        "identifiers": {"website": "https://steps.example"},
    },
    "judgements": {"us.ftc.about_customers": True},
}

LISTED: dict[str, Any] = {
    "organisation": {"regimes": ["us.sec.registrant"], "identifiers": {"cik": "0000000001"}},
    "timeline": {"materiality_determined": "2026-11-20T23:30:00-07:00"},
    "judgements": {"us.sec.material": True, "us.sec.information_missing": True},
}

HHS, PART2 = "us-hipaa-hhs-500plus@US", "us-part2-hhs-500plus@US"
HBNR, SAFEGUARDS = "us-ftc-hbnr-ftc-500plus@US", "us-ftc-safeguards@US"

# The fields of each form. The current report has two of EDGAR and of the signature block
# besides; the report on Part 2 records asks each date and notice by itself, as HIPAA's does.
FIELDS = {
    "us-ftc-hbnr": 15,
    "us-ftc-safeguards": 8,
    "us-hhs-ocr-breach": 37,
    "us-hhs-part2-breach": 24,
    "us-sec-8k-105": 24,
}
AUTHORITIES = {
    "us-ftc-hbnr": {"us.ftc"},
    "us-ftc-safeguards": {"us.ftc"},
    "us-hhs-ocr-breach": {"us.hhs.ocr"},
    "us-hhs-part2-breach": {"us.hhs.ocr"},
    "us-sec-8k-105": {"us.sec"},
}
each = pytest.mark.parametrize("name", sorted(FIELDS))


class Case:
    """An incident with its assessment, and the forms that it fills."""

    def __init__(self, incident: Incident) -> None:
        self.incident = incident
        self.assessment: Assessment = assess(incident, now=NOW)

    def result(self, key: str) -> Result:
        (found,) = (x for x in self.assessment.obligations if x.key == key)
        return found

    def paper(self, key: str) -> Paper:
        result = self.result(key)
        matter = Matter(self.incident, result, self.assessment, american=True)
        return compose(template_at(route(result)), matter)

    def form(self, key: str) -> dict[str, Entry]:
        return {entry.key: entry for entry in self.paper(key).entries}


Matters = Callable[..., Case]


def merged(facts: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    found = copy.deepcopy(dict(facts))
    for key, value in change.items():
        both = isinstance(value, Mapping) and isinstance(found.get(key), Mapping)
        found[key] = merged(found[key], value) if both else value
    return found


@pytest.fixture(scope="module")
def case_of(tmp_path_factory: pytest.TempPathFactory) -> Matters:
    """Assess the clinic's incident with some facts changed."""

    def make(*changes: Mapping[str, Any]) -> Case:
        facts = CLINIC
        for change in changes:
            facts = merged(facts, change)
        path: Path = tmp_path_factory.mktemp("case") / "incident.json"
        path.write_text(json.dumps(facts), encoding="utf-8")
        return Case(load_incident(path))

    return make


@pytest.fixture(scope="module")
def clinic(case_of: Matters) -> Case:
    return case_of()


@pytest.fixture(scope="module")
def app(case_of: Matters) -> Case:
    return case_of(APP)


def duty(key: str, kind: RecipientKind = "regulator", **given: Any) -> Result:
    name, _, place = key.partition("@")
    about: dict[str, Any] = {
        "id": name,
        "key": key,
        "jurisdiction": place.partition("/")[0],
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


def filled(key: str, **facts: Any) -> dict[str, Entry]:
    """Fill the form of a duty from facts alone, without an assessment."""
    result = duty(key)
    paper = compose(template_at(route(result)), Matter(Incident(reference="X", **facts), result))
    return {entry.key: entry for entry in paper.entries}


def options(entry: Entry) -> dict[bool | None, list[str]]:
    found: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for choice in entry.choices:
        found[choice.chosen].append(choice.say)
    return found


# -- every form ----------------------------------------------------------------------------


@each
def test_no_field_of_a_federal_form_is_lost(name: str) -> None:
    found = template_at(f"filing/{name}")
    assert len(found.fields()) == FIELDS[name]
    assert found.mirrors


def federal() -> Iterator[tuple[str, RecipientKind, str | None]]:
    corpus = open_corpus()
    for name in sorted(set(corpus.home.values())):
        for obligation in corpus.file(name).obligation:
            yield from ((obligation.id, to.kind, to.authority) for to in obligation.to)


@pytest.fixture(scope="module")
def routed() -> dict[str, set[tuple[str, str]]]:
    """For each form, the duties and authorities that lead to it."""
    found: dict[str, set[tuple[str, str]]] = {name: set() for name in FIELDS}
    for name, kind, authority in federal():
        form = route(duty(f"{name}@US", kind)).removeprefix("filing/")
        if form in found:
            found[form].add((name, str(authority)))
    return found


@each
def test_every_duty_that_leads_to_a_federal_form_is_owed_to_its_authority(
    name: str, routed: dict[str, set[tuple[str, str]]]
) -> None:
    assert {authority for _, authority in routed[name]} == AUTHORITIES[name]


def test_the_large_and_the_yearly_report_take_one_form(
    routed: dict[str, set[tuple[str, str]]],
) -> None:
    ids = {form: {name for name, _ in found} for form, found in routed.items()}
    assert ids["us-hhs-ocr-breach"] == {"us-hipaa-hhs-500plus", "us-hipaa-hhs-under500"}
    assert ids["us-hhs-part2-breach"] == {"us-part2-hhs-500plus", "us-part2-hhs-under500"}
    assert ids["us-ftc-hbnr"] == {"us-ftc-hbnr-ftc-500plus", "us-ftc-hbnr-ftc-under500"}
    assert ids["us-ftc-safeguards"] == {"us-ftc-safeguards"}
    assert ids["us-sec-8k-105"] == {"us-sec-8k-105", "us-sec-8k-105-src"}


@each
def test_a_federal_form_without_facts_states_nothing_of_the_incident(
    name: str, routed: dict[str, set[tuple[str, str]]]
) -> None:
    # Words of the form itself, and what is still open, are known without any fact.
    own = {"us-sec-8k-105": ["undetermined", "fls", "exhibits"]}
    for duty_id, _ in sorted(routed[name]):
        stated = [key for key, x in filled(f"{duty_id}@US").items() if x.state == "known"]
        assert [key for key in stated if key != "amendment"] == own.get(name, [])


# -- HIPAA ---------------------------------------------------------------------------------


def test_the_secretary_reads_who_what_when_and_how_many(clinic: Case) -> None:
    form = clinic.form(HHS)
    assert form["report_type"].lines == ("Initial Breach Report",)
    assert form["ce_name"].lines == ("Example Recovery Clinic",)
    assert form["ce_type"].lines == ("Healthcare Provider",)
    assert form["affecting"].lines == ("500 or More Individuals",)
    assert form["count"].lines == ("820 people",)
    assert form["btype"].lines == ("Hacking/IT Incident",)
    assert form["substitute"].lines == ("No",)
    assert form["substitute_n"].state == "not_applicable"
    assert form["media"].lines == ("Yes",)


def test_the_dates_of_the_portal_are_local_days_without_an_hour(clinic: Case) -> None:
    form = clinic.form(HHS)
    assert form["breach_start"].lines == ("October 30, 2026",)
    assert form["breach_end"].lines == ("November 2, 2026",)
    # The first technical sign of 5 November is no discovery.
    assert form["disc_start"].lines == ("November 6, 2026",)
    assert form["disc_end"].state == "to_follow"
    assert form["attest_date"].state == "to_follow"


def test_health_information_is_sorted_into_the_kinds_of_the_portal(clinic: Case) -> None:
    form = clinic.form(HHS)
    assert form["phi_type"].lines == ("Clinical", "Demographic", "Financial")
    assert options(form["phi_clinical"])[True] == ["Medications"]
    assert options(form["phi_clinical"])[None] == [
        "Diagnosis/Conditions",
        "Lab Results",
        "Other Treatment Information",
    ]
    assert form["phi_demographic"].lines == ("Date of Birth", "Name")
    assert form["phi_financial"].lines == ("Credit Card/Bank Acct #",)
    assert form["phi_other"].state == "not_applicable"


@pytest.mark.parametrize("element", sorted(table("words.toml")["elements"]))
def test_every_data_element_has_its_place_among_the_kinds_of_information(element: str) -> None:
    group = Group(group="g", data=(element,))
    none = element == "none"
    health = options(filled(HHS, affected=(group,))["phi_type"])
    assert bool(health[True] + health[None]) is not none
    records = options(filled(HBNR, affected=(group,))["info"])
    assert bool(records[True] + records[None]) is not none


def test_that_it_is_health_information_does_not_say_of_which_kind() -> None:
    group = Group(group="g", data=("name", "phi"))
    found = options(filled(HHS, affected=(group,))["phi_type"])
    assert found == {True: ["Demographic"], False: ["Other"], None: ["Clinical", "Financial"]}


@pytest.mark.parametrize(
    ("kinds", "chosen", "undecided"),
    [
        (("ransomware", "exfiltration"), ["Hacking/IT Incident"], []),
        (("stolen_device",), ["Theft"], []),
        (("lost_paper",), ["Loss"], ["Improper Disposal"]),
        (("insider",), ["Unauthorized Access/Disclosure"], []),
        (("misconfiguration",), [], ["Unauthorized Access/Disclosure"]),
        (("vendor",), [], []),
    ],
)
def test_the_type_of_breach_follows_what_happened(
    kinds: tuple[str, ...], chosen: list[str], undecided: list[str]
) -> None:
    happened = Happening(kinds=kinds, disclosed=False)
    entry = filled(HHS, incident=happened)["btype"]
    assert options(entry)[True] == chosen
    assert options(entry)[None] == undecided
    assert entry.state == ("known" if chosen and not undecided else "to_follow")


def test_papers_are_found_and_a_device_is_not_guessed() -> None:
    paper = filled(HHS, incident=Happening(media=("paper",)))["location"]
    assert (paper.lines, paper.state) == (("Paper/Films",), "known")
    found = options(filled(HHS, incident=Happening(media=("electronic",)))["location"])
    assert found[True] == []
    assert found[False] == ["Paper/Films"]
    assert "Network Server" in found[None]
    both = options(filled(HHS, incident=Happening(media=("paper", "electronic")))["location"])
    assert both[True] == ["Paper/Films"]
    assert "Laptop" in both[None]


VENDOR: dict[str, Any] = {
    "incident": {
        "kinds": ["intrusion", "vendor"],
        "vendor": {"name": "Billing LLC", "role": "processor", "agent": False},
    },
    "timeline": {
        "vendor_discovered": "2026-11-03T10:00:00-07:00",
        "processor_told": "2026-11-06T09:00:00-07:00",
    },
}


def test_a_breach_at_a_billing_company_is_one_of_its_business_associate(case_of: Matters) -> None:
    form = case_of(VENDOR).form(HHS)
    told = ("Covered Entity filing because its Business Associate had the breach",)
    assert form["filer_kind"].lines == told
    assert form["ba_name"].lines == ("Billing LLC",)
    assert form["ba_address"].state == "to_follow"


def test_who_files_stays_open_where_nothing_tells_whose_breach_it_was(
    clinic: Case, case_of: Matters
) -> None:
    form = clinic.form(HHS)
    assert form["filer_kind"].state == "to_follow"
    assert form["ba_name"].state == "to_follow"
    own = "Covered Entity filing for its own organization"
    form = case_of({"answers": {"us-hhs-ocr-breach.filer_kind": own}}).form(HHS)
    assert form["filer_kind"].lines == (own,)
    assert form["ba_name"].state == "not_applicable"


@pytest.mark.parametrize(
    ("agent", "day"), [(True, "November 3, 2026"), (False, "November 6, 2026"), (None, None)]
)
def test_only_what_an_agent_knew_was_known_to_the_entity(
    case_of: Matters, agent: bool | None, day: str | None
) -> None:
    change = merged(VENDOR, {"incident": {"vendor": {"agent": agent}}})
    case = case_of(change)
    for key in (HHS, PART2):
        entry = case.form(key)["disc_start"]
        assert entry.lines == ((day,) if day else ())
        assert entry.state == ("known" if day else "to_follow")


def test_a_notice_of_another_law_is_no_notice_under_this_one(case_of: Matters) -> None:
    part2 = {"obligation": "us-part2-individuals", "at": "2026-11-16T09:00:00-07:00"}
    hipaa = {"obligation": "us-hipaa-individuals", "at": "2026-11-18T09:00:00-07:00"}
    form = case_of({"filings": [part2]}).form(HHS)
    assert form["notice_start"].state == "to_follow"
    both = case_of({"filings": [part2, hipaa]})
    assert both.form(HHS)["notice_start"].lines == ("November 18, 2026",)
    assert both.form(PART2)["notice"].lines == ("November 16, 2026",)


def test_media_are_named_by_the_states_in_which_they_were_told(case_of: Matters) -> None:
    told = {
        "obligation": "us-hipaa-media",
        "jurisdiction": "US-NM",
        "at": "2026-11-18T09:00:00-07:00",
    }
    form = case_of({"filings": [told]}).form(HHS)
    assert form["media_states"].lines == ("New Mexico",)


def test_an_addendum_carries_the_tracking_number_of_the_first_report(case_of: Matters) -> None:
    sent = {"obligation": "us-hipaa-hhs-500plus", "at": "2026-11-18T09:00:00-07:00"}
    paper = case_of({"filings": [{**sent, "reference": "ABC-1"}]}).paper(HHS)
    assert paper.stage == "Addendum to Previous Report"
    form = {entry.key: entry for entry in paper.entries}
    assert form["report_type"].lines == ("Addendum to Previous Report",)
    assert form["have_tracking"].lines == ("Yes",)
    assert form["tracking"].lines == ("ABC-1",)
    form = case_of({"filings": [sent]}).form(HHS)
    # That no number is on record does not say that none was given.
    assert form["have_tracking"].state == "to_follow"


def test_the_first_report_has_no_number_yet(clinic: Case) -> None:
    paper = clinic.paper(HHS)
    assert paper.stage == "Initial Breach Report"
    form = {entry.key: entry for entry in paper.entries}
    assert form["tracking"].state == "not_applicable"


def test_a_small_breach_is_entered_as_one_of_fewer_than_500(case_of: Matters) -> None:
    group = {**CLINIC["affected"][0], "people": {"US-NM": 499}}
    form = case_of({"affected": [group]}).form("us-hipaa-hhs-under500@US")
    assert form["affecting"].lines == ("Fewer Than 500 Individuals",)
    assert form["media"].lines == ("No",)
    # Exactly 500 are a large breach for the Secretary, and too few for the media.
    group = {**group, "people": {"US-NM": 500}}
    form = case_of({"affected": [group]}).form(HHS)
    assert form["affecting"].lines == ("500 or More Individuals",)
    assert form["media"].lines == ("No",)


def test_what_nobody_knows_stays_open_in_the_portal(case_of: Matters) -> None:
    group = {**CLINIC["affected"][0], "people": {"US-NM": "unknown"}, "data": None}
    unknown = {
        "affected": [group],
        "incident": {"kinds": None, "media": None, "contact_data_missing": None},
        "timeline": {"occurred_to": "unknown", "discovered": "unknown"},
    }
    form = case_of(unknown).form(HHS)
    for key in (
        "affecting", "count", "btype", "location", "phi_type", "breach_end", "disc_start",
        "substitute", "substitute_n", "media", "safeguards", "actions", "attest_name",
    ):  # fmt: skip  # reason: keys read better in lines of words
        assert form[key].state == "to_follow", key
        assert not options(form[key])[True], key


def test_a_description_that_the_portal_would_cut_off_is_refused(clinic: Case) -> None:
    field = next(x for x in template_at("filing/us-hhs-ocr-breach").fields() if x.limit)
    assert (field.key, field.limit) == ("description", 4000)
    lines = clinic.form(HHS)["description"].lines
    assert lines[:2] == ("Somebody copied patient files from a server.", "A stolen password.")


# -- Part 2 --------------------------------------------------------------------------------


def test_a_breach_of_part_2_records_is_a_second_report_with_its_own_fields(clinic: Case) -> None:
    form = clinic.form(PART2)
    assert form["p_name"].lines == ("Example Recovery Clinic",)
    assert form["count"].lines == ("820 people",)
    assert form["records"].lines == ("Clinical", "Demographic", "Financial")
    assert form["breach_start"].lines == ("October 30, 2026",)
    assert form["breach_end"].lines == ("November 2, 2026",)
    assert form["disc_start"].lines == ("November 6, 2026",)
    assert form["disc_end"].state == "to_follow"
    assert form["substitute"].lines == ("No",)
    assert form["media"].lines == ("Yes",)
    assert "ce_type" not in form


def test_what_the_forms_say_of_one_matter_does_not_contradict(clinic: Case, app: Case) -> None:
    for case, keys in ((clinic, (HHS, PART2)), (app, (HBNR, SAFEGUARDS))):
        papers = [Document(x, "filing", x, (x,), {}, said(case.paper(x))) for x in keys]
        assert contradictions(case.incident, case.assessment, papers) == ()


def test_the_yearly_report_and_the_addendum_take_the_form_of_part_2(case_of: Matters) -> None:
    group = {**CLINIC["affected"][0], "people": {"US-NM": 20}}
    key = "us-part2-hhs-under500@US"
    sent = {"obligation": "us-part2-hhs-under500", "at": "2026-11-18T09:00:00-07:00"}
    first = case_of({"affected": [group]}).paper(key)
    again = case_of({"affected": [group], "filings": [sent]}).paper(key)
    assert first.stage == "Initial Breach Report"
    assert again.stage == "Addendum to Previous Report"
    assert filled(key)["affecting"].state == "to_follow"


# -- health records ------------------------------------------------------------------------


def test_the_commission_reads_of_a_breach_of_health_records(app: Case) -> None:
    paper = app.paper(HBNR)
    assert paper.stage == "Notice of a breach of 500 or more people"
    form = {entry.key: entry for entry in paper.entries}
    assert form["name"].lines[-1] == "https://steps.example"
    assert form["people"].lines == ("820 people",)
    assert "New Mexico: 700" in "\n".join(form["in_state"].lines)
    assert form["date_disc"].lines == ("November 6, 2026",)
    assert form["kind"].lines == ("Hacking",)
    assert form["info"].lines == (
        "Name", "Date of birth", "Financial account", "Health information (kinds)",
    )  # fmt: skip  # reason: the options in one line
    assert form["media"].state == "to_follow"  # owed, and none on record
    # The status on record does not tell a vendor from a related entity.
    assert form["role"].state == "to_follow"
    assert options(form["role"])[False] == [
        "Third party service provider (tells its client instead)"
    ]


def test_people_told_under_the_rule_are_named_with_the_day_and_the_means(case_of: Matters) -> None:
    sent = {"obligation": "us-ftc-hbnr-individuals", "at": "2026-11-18T09:00:00-07:00"}
    form = case_of(APP, {"filings": [sent]}).form(HBNR)
    assert form["notified"].lines[0] == "November 18, 2026"
    assert form["notified"].state == "to_follow"  # the means are missing
    answered = {"filings": [sent], "answers": {"notice.people_notice_channel": "E-mail"}}
    form = case_of(APP, answered).form(HBNR)
    assert form["notified"].lines == ("November 18, 2026", "E-mail")
    assert form["notified"].state == "known"


def test_fewer_than_500_records_are_reported_once_a_year(case_of: Matters) -> None:
    group = {**CLINIC["affected"][0], "people": {"US-NM": 499}}
    paper = case_of(APP, {"affected": [group]}).paper("us-ftc-hbnr-ftc-under500@US")
    assert paper.stage == "Yearly report of a breach of fewer than 500 people"
    form = {entry.key: entry for entry in paper.entries}
    assert form["people"].lines == ("499 people",)
    assert form["media"].state == "not_applicable"


def test_an_insider_is_not_called_an_employee_nor_phishing_a_stolen_password() -> None:
    kinds = filled(HBNR, incident=Happening(kinds=("insider", "phishing"), disclosed=False))["kind"]
    assert options(kinds)[True] == []
    assert options(kinds)[None] == [
        "Stolen password or credentials",
        "Unauthorized access by employee",
        "Hacking",
    ]


# -- Safeguards ----------------------------------------------------------------------------


def test_the_six_items_of_the_safeguards_rule_are_said(app: Case) -> None:
    form = app.form(SAFEGUARDS)
    assert "Example Steps Inc." in form["name"].lines[0]
    assert "privacy@clinic.example" in form["name"].lines[1]
    assert "payment card number" in form["types"].lines[0]
    assert form["dates"].lines == ("From October 30, 2026 to November 2, 2026",)
    assert form["count"].lines == ("820 people",)
    assert form["description"].lines == ("Somebody copied patient files from a server.",)
    assert form["discovered"].lines == ("November 6, 2026",)


@pytest.mark.parametrize(
    ("delay", "state"),
    [
        ({"requested_by": "FBI", "granted": True, "written": True}, "known"),
        ({"requested_by": "FBI", "granted": True, "oral": True}, "to_follow"),
        ({"requested_by": "FBI", "written": True}, "to_follow"),
        (
            {"requested_by": "X", "granted": True, "written": True, "laws": ["us-hipaa"]},
            "to_follow",
        ),
    ],
)
def test_only_a_written_determination_for_every_law_is_said_to_be_one(
    case_of: Matters, delay: dict[str, Any], state: str
) -> None:
    told = {"law_enforcement": {"contact": "Agent Doe, +1 505 555 0199", "delays": [delay]}}
    form = case_of(APP, told).form(SAFEGUARDS)
    assert form["le_determination"].state == state
    assert form["le_determination"].lines == (("Yes",) if state == "known" else ())


def test_that_no_request_is_on_record_does_not_say_that_there_was_none(
    app: Case, case_of: Matters
) -> None:
    assert app.form(SAFEGUARDS)["le_determination"].state == "to_follow"
    answered = {"answers": {"us-ftc-safeguards.le_determination": False}}
    form = case_of(APP, answered).form(SAFEGUARDS)
    assert form["le_determination"].lines == ("No",)
    assert form["le_contact"].state == "not_applicable"


# -- the current report --------------------------------------------------------------------


def test_the_first_current_report_is_dated_by_the_determination(case_of: Matters) -> None:
    paper = case_of(LISTED).paper("us-sec-8k-105@US/initial")
    assert paper.stage == "Form 8-K"
    form = {entry.key: entry for entry in paper.entries}
    assert form["amendment"].lines == ("8-K",)
    assert form["report_date"].lines == ("November 20, 2026",)
    assert form["cik"].lines == ("0000000001",)
    # The person who reports has a telephone number; the registrant's own is another fact.
    assert form["phone"].state == "to_follow"
    assert form["egc"].state == "to_follow"
    assert form["checkboxes"].state == "blank"
    assert form["ag_delay"].state == "not_applicable"


def test_what_was_missing_is_told_by_an_amendment(case_of: Matters) -> None:
    paper = case_of(LISTED).paper("us-sec-8k-105@US/amendment")
    assert paper.stage == "Form 8-K/A"
    (form_type,) = (x for x in paper.entries if x.key == "amendment")
    assert form_type.lines == ("8-K/A",)
    sent = {"obligation": "us-sec-8k-105", "stage": "initial", "at": "2026-11-21T09:00:00-07:00"}
    again = case_of(LISTED, {"filings": [sent]}).form("us-sec-8k-105@US/initial")
    assert again["amendment"].lines == ("8-K/A",)


def test_a_request_that_delays_nothing_is_no_determination_of_the_attorney_general() -> None:
    for counts, state in ((True, "known"), (False, "blank")):
        held = Held(granted_by="US Attorney General", counts=counts, why="x")
        deadline = Deadline(kind="fixed", held=(held,))
        result = duty("us-sec-8k-105@US/initial", deadline=deadline)
        paper = compose(template_at(route(result)), Matter(Incident(reference="X"), result))
        (entry,) = (x for x in paper.entries if x.key == "ag_delay")
        assert entry.state == state


# -- bureaus and media ---------------------------------------------------------------------


def test_the_bureaus_read_timing_distribution_content_and_number(case_of: Matters) -> None:
    group = {
        **CLINIC["affected"][0],
        "people": {"US-CO": 1500, "US-NM": 10},
        "data": ["name", "ssn"],
    }
    paper = case_of({"affected": [group]}).paper("us-co-cra@US-CO")
    form = {entry.key: entry for entry in paper.entries}
    assert {"entity", "contact", "timing", "distribution", "content", "number"} <= set(form)
    assert form["number"].lines == ("1,500 people (Colorado)",)
    assert form["timing"].state == "to_follow"
    assert "police" not in form  # Oregon's law alone asks for it
    assert "reference" not in form  # said where it is answered


def test_what_the_letter_says_of_the_bureaus_is_told_where_it_is_answered(
    case_of: Matters,
) -> None:
    group = {**CLINIC["affected"][0], "people": {"US-CO": 1500}, "data": ["name", "ssn"]}
    answers = {"agencies.reference": "The letters tell people to call; mailed on 1 December."}
    form = case_of({"affected": [group], "answers": answers}).form("us-co-cra@US-CO")
    assert form["reference"].lines == (answers["agencies.reference"],)


def test_a_press_release_says_all_that_the_law_lists(clinic: Case) -> None:
    paper = clinic.paper("us-hipaa-media@US-NM")
    text = said(paper)
    for words in (
        "Somebody copied patient files",
        "October 30, 2026",
        "November 6, 2026",
        "prescription information",
        "taken off the network",
        "A second factor",  # what is done against further breaches
        "Watch your insurer",
        "+1 505 555 0100",
    ):
        assert words in text, words
    assert not gaps(text)
    assert paper.intro == ("For release to media outlets serving New Mexico.",)


def test_a_press_release_names_its_outlets_and_marks_what_is_missing(case_of: Matters) -> None:
    outlets = {"answers": {"media.outlets": "The Mesa Herald"}}
    paper = case_of(outlets).paper("us-hipaa-media@US-NM")
    assert paper.intro == ("For release to The Mesa Herald.",)
    unknown = {"description": {"advice_to_people": None}, "timeline": {"discovered": "unknown"}}
    text = said(case_of(unknown).paper("us-hipaa-media@US-NM"))
    assert len(gaps(text)) > 1
    assert not re.search(r"discovered it on", text)


def test_only_the_media_of_a_state_with_more_than_500_residents_are_told(clinic: Case) -> None:
    told = {x.key for x in clinic.assessment.obligations if x.status == "required"}
    assert "us-hipaa-media@US-NM" in told
    assert "us-hipaa-media@US-CO" not in told


def test_recipients_of_the_papers_are_of_their_own_kinds() -> None:
    kinds = set(get_args(RecipientKind))
    bureaus = {k for k in kinds if route(duty("us-xx@US-CO", k)) == "filing/agencies"}
    media = {k for k in kinds if route(duty("us-xx@US-CO", k)) == "filing/media"}
    assert (bureaus, media) == ({"consumer_reporting_agencies"}, {"media"})
