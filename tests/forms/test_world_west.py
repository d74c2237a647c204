"""Forms of Australia, Brazil, Canada, New Zealand, South Africa and Türkiye."""

# ruff: noqa: RUF001  # reason: words of the Turkish form have letters of that language

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from regengine import assess, load_incident
from regengine.assess import open_corpus
from regengine.assessment import Assessment, ContentItem, People, Result, To
from regengine.documents.composing import compose
from regengine.documents.content import Matter
from regengine.documents.items import content_items, is_answered
from regengine.documents.paper import Entry, Paper, gaps
from regengine.documents.templates import TemplateShape, route, template_at
from regengine.facts import ELEMENTS, Filing, Group, Happening, Incident, Moment
from regengine.truth import Range
from tests.test_forms import duty

NOW = datetime.fromisoformat("2026-11-20T09:00:00+00:00")

# For each form: its fields, the place of its duty, the duty and the authority.
FORMS = {
    "au-oaic-ndb": (24, "AU", "au-ndb-oaic", "au.oaic"),
    "br-anpd-cis": (33, "BR", "br-anpd", "br.anpd"),
    "ca-ab-oipc": (13, "CA-AB", "ca-ab-pipa-oipc", "ca.ab.data_protection"),
    "ca-opc-pipeda": (19, "CA", "ca-pipeda-opc", "ca.opc"),
    "ca-qc-cai": (11, "CA-QC", "ca-qc-cai", "ca.qc.cai"),
    "nz-notifyus": (21, "NZ", "nz-opc", "nz.data_protection"),
    "za-popia": (17, "ZA", "za-regulator", "za.data_protection"),
    "tr-kvkk": (19, "TR", "tr-kvkk", "tr.data_protection"),
}
each = pytest.mark.parametrize("name", FORMS)

# A shop in Toronto whose server was copied and encrypted, on the third day.
SHOP: dict[str, Any] = {
    "schema": "regengine.incident/1",
    "reference": "WEST-1",
    "reporter": {
        "name": "Ana Costa", "title": "Counsel", "email": "ac@example.org",
        "phone": "+1 416 5550100",
    },
    "organisation": {
        "name": "Harbour Goods",
        "country": "CA-ON",
        "zone": "America/Toronto",
        "role": "controller",
        "sector": "retail",
        "public": False,
        "employees": 400,
        "address": "1 Quay Street, Toronto",
        "establishments": ["CA-ON", "AU", "BR", "NZ", "ZA", "TR", "CA-AB", "CA-QC"],
        "operates_in": ["CA", "AU", "BR", "NZ", "ZA", "TR"],
        "dpo": {"name": "Dee Officer", "email": "dpo@example.org"},
    },
    "timeline": {
        "occurred_from": "2026-11-10T02:10:00-05:00",
        "occurred_to": "2026-11-12T04:00:00-05:00",
        "detected": "2026-11-15T06:00:00-05:00",
        "discovered": "2026-11-16T11:00:00-05:00",
        "aware": "2026-11-17T09:30:00-05:00",
        "reasonable_belief": "2026-11-17T09:30:00-05:00",
    },
    "incident": {
        "kinds": ["ransomware"],
        "malicious": True,
        "accessed": True,
        "acquired": True,
        "exfiltrated": True,
        "disclosed": False,
        "altered": False,
        "lost": False,
        "unavailable": True,
    },
    "description": {
        "nature": "A server was copied and encrypted.",
        "cause": "A stolen password.",
        "consequences": "Fraud with the cards.",
        "measures_taken": "Passwords were changed.",
        "measures_proposed": "A second factor.",
        "advice_to_people": "Change the password.",
    },
    "affected": [
        {
            "group": "buyers",
            "label": "Customers",
            "people": {
                "CA-ON": 5000, "CA-AB": 400, "CA-QC": 300, "AU": 250, "BR": 1200, "NZ": 60,
                "ZA": 70, "TR": 80,
            },
            "data": ["name", "email", "card_number", "password"],
            "children": False,
            "encrypted": False,
        }
    ],
    "judgements": {
        "au.serious_harm": True,
        "br.relevant_risk": True,
        "ca.rrosh": True,
        "ca.ab.rrosh": True,
        "ca.qc.serious_injury": True,
        "nz.serious_harm": True,
    },
}  # fmt: skip  # reason: people and places read better in lines of words


@cache
def told() -> tuple[Incident, Assessment]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "matter.json"
        path.write_text(json.dumps(copy.deepcopy(SHOP)), encoding="utf-8")
        incident = load_incident(path)
    return incident, assess(incident, now=NOW, everything=True)


def key_of(name: str) -> str:
    _, place, id_, _ = FORMS[name]
    return f"{id_}@{place}" + ("/initial" if name == "br-anpd-cis" else "")


def paper(key: str, **changes: Any) -> Paper:
    """Fill the form of a duty; the duty itself is as assessed on the whole matter."""
    incident, assessment = told()
    incident = incident.model_copy(update=changes)
    found = assessment.result(key)
    return compose(template_at(route(found)), Matter(incident, found, assessment))


def fields(name: str, **changes: Any) -> dict[str, Entry]:
    return {entry.key: entry for entry in paper(key_of(name), **changes).entries}


def happened(**changes: Any) -> dict[str, Any]:
    return {"incident": told()[0].incident.model_copy(update=changes)}


def group(**changes: Any) -> dict[str, Any]:
    (found,) = told()[0].affected or ()
    return {"affected": (found.model_copy(update=changes),)}


def judged(assessed_on: Mapping[str, Any], key: str) -> dict[str, Entry]:
    """Fill a form after an assessment of changed facts."""
    incident = told()[0].model_copy(update=assessed_on)
    assessment = assess(incident, now=NOW, everything=True)
    found = assessment.result(key)
    made = compose(template_at(route(found)), Matter(incident, found, assessment))
    return {entry.key: entry for entry in made.entries}


def first_sent(name: str) -> dict[str, Any]:
    at = Moment.of(datetime.fromisoformat("2026-11-19T12:00:00+00:00"))
    return {"filings": (Filing(obligation=key_of(name), at=at, reference="F-1"),)}


def after_the_first(name: str) -> Paper:
    incident = told()[0].model_copy(update=first_sent(name))
    assessment = assess(incident, now=NOW, everything=True)
    found = assessment.result(key_of(name))
    return compose(template_at(route(found)), Matter(incident, found, assessment))


def chosen(entry: Entry) -> list[str]:
    return [choice.say for choice in entry.choices if choice.chosen]


def undecided(entry: Entry) -> list[str]:
    return [choice.say for choice in entry.choices if choice.chosen is None]


# -- every form ---------------------------------------------------------------------------


@each
def test_a_form_holds_every_field_of_the_authority(name: str) -> None:
    found = template_at(f"filing/{name}")
    assert len(found.fields()) == FORMS[name][0]
    assert found.mirrors


def routed() -> dict[str, set[tuple[str, str]]]:
    """For each form, the duties that lead to it and the authorities that they name."""
    found: dict[str, set[tuple[str, str]]] = {name: set() for name in FORMS}
    corpus = open_corpus()
    for name in sorted(set(corpus.home.values())):
        law = corpus.file(name)
        for obligation in law.obligation:
            for to in obligation.to:
                row = duty(
                    id=obligation.id,
                    key=f"{obligation.id}@{law.place}",
                    jurisdiction=law.place,
                    recipient=To(kind=to.kind, name="Office"),
                )
                form = route(row).removeprefix("filing/")
                if form in found:
                    found[form].add((obligation.id, str(to.authority)))
    return found


def test_a_form_goes_to_its_authority_for_its_own_duty_alone() -> None:
    assert routed() == {name: {(id_, whom)} for name, (_, _, id_, whom) in FORMS.items()}


def test_other_duties_to_the_same_authorities_do_not_take_these_forms() -> None:
    others = {"au-myhr@AU~oaic", "ca-privacy-act-institutions@CA", "ca-ab-hia@CA-AB"}
    for key in others:
        assert route(told()[1].result(key)) == "filing/general"


@each
def test_a_form_without_facts_says_no_more_than_its_stage(name: str) -> None:
    found = template_at(f"filing/{name}")
    nothing = Matter(Incident(reference="X"), duty(key=key_of(name)))
    stated = [x.key for x in compose(found, nothing).entries if x.state == "known"]
    assert stated == (["type"] if name == "br-anpd-cis" else [])


def items_of(name: str) -> tuple[ContentItem, ...]:
    found: Result = told()[1].result(key_of(name))
    return content_items(found)


@each
def test_what_the_law_asks_is_answered_by_a_field(name: str) -> None:
    found = template_at(f"filing/{name}")
    said = {field.fill for field in found.fields()} - {None}
    patterns = [field.answers for field in found.fields()]
    asked = items_of(name)
    assert asked
    for item in asked:
        assert item.fill in said or is_answered(item, patterns), item.say


STAGES = {
    "au-oaic-ndb": ("Statement", "Update of the statement"),
    "ca-ab-oipc": ("Notification", "Further information"),
    "ca-opc-pipeda": ("New report", "Update of a report"),
    "ca-qc-cai": ("Avis", "Complément à l'avis"),
    "nz-notifyus": ("Report", "Update"),
    "tr-kvkk": ("İlk bildirim", "Takip bildirimi"),
}


@pytest.mark.parametrize(("name", "stages"), STAGES.items())
def test_what_follows_a_notice_on_record_is_an_update(name: str, stages: tuple[str, str]) -> None:
    assert [x.say for x in template_at(f"filing/{name}").stage] == list(stages)
    assert paper(key_of(name)).stage == stages[0]
    assert after_the_first(name).stage == stages[1]


def test_every_stage_of_a_form_is_tested() -> None:
    staged = {name for name in FORMS if template_at(f"filing/{name}").stage}
    assert staged == {*STAGES, "br-anpd-cis"}


@each
def test_numbers_that_are_not_known_are_not_given(name: str) -> None:
    keys = {"number", "count", "count_au", "number_ca", "subjects", "persons", "subjects_total"}
    incident = told()[0].model_copy(update={"affected": None, "records": None})
    result = told()[1].result(key_of(name)).model_copy(update={"people": People()})
    made = compose(template_at(f"filing/{name}"), Matter(incident, result, told()[1]))
    found = {entry.key: entry for entry in made.entries}
    assert keys & set(found)
    for key in keys & set(found):
        entry = found[key]
        assert entry.state in ("to_follow", "blank"), key
        assert not chosen(entry), key
        assert all(gaps(line) for line in entry.lines), key


def elements_seen(template: TemplateShape, key: str, element: str) -> bool:
    """Say whether one data element shows in a choice of kinds of data: chosen, or open."""
    people = {"XX": Range.exactly(5)}
    held = Group(group="g", people=people, data=(element,), children=False)
    incident = Incident(reference="X", affected=(held,))
    made = compose(template, Matter(incident, duty()))
    (entry,) = [x for x in made.entries if x.key == key]
    return bool(chosen(entry) or undecided(entry))


@pytest.mark.parametrize(
    ("name", "key"), [("au-oaic-ndb", "kinds"), ("br-anpd-cis", "data"), ("za-popia", "data")]
)
def test_no_element_of_the_data_is_lost_in_a_choice_of_kinds(name: str, key: str) -> None:
    template = template_at(f"filing/{name}")
    lost = [x for x in ELEMENTS if x != "none" and not elements_seen(template, key, x)]
    assert lost == []


# -- Australia ----------------------------------------------------------------------------


def test_australia_reads_the_statement_and_the_count_of_all_and_of_australians() -> None:
    found = fields("au-oaic-ndb")
    assert found["org"].lines == ("Harbour Goods",)
    assert chosen(found["kinds"]) == ["Financial details", "Contact information", "Other"]
    assert found["steps"].lines == ("Change the password.",)
    assert found["discovered"].lines == ("16 November 2026",)
    assert found["occurred"].lines == ("From 10 November 2026 to 12 November 2026",)
    assert found["cause"].lines == ("Malicious or criminal attack",)
    assert chosen(found["cause_sub"])[0].startswith("Cyber incident")
    assert found["count"].lines == ("5,001 to 10,000",)
    assert found["count_au"].lines == ("250 people",)
    assert found["notified_how"].state == "blank"


def test_the_telephone_and_the_address_in_australia_are_of_one_person() -> None:
    found = fields("au-oaic-ndb")
    assert found["email"].lines == ("dpo@example.org",)
    assert found["phone"].open
    organisation = told()[0].organisation.model_copy(update={"dpo": None})
    alone = fields("au-oaic-ndb", organisation=organisation)
    assert alone["phone"].lines == ("+1 416 5550100",)
    assert alone["email"].lines == ("ac@example.org",)


def test_a_number_of_people_that_spans_two_answers_chooses_none_in_australia() -> None:
    spread = group(people={"AU": Range(900, 1100)})
    assert chosen(fields("au-oaic-ndb", **spread)["count"]) == []
    within = group(people={"AU": Range(900, 1000)})
    assert fields("au-oaic-ndb", **within)["count"].lines == ("101 to 1,000",)


def test_a_misdirected_letter_is_human_error_in_australia() -> None:
    facts = happened(kinds=("misdirected",), malicious=False)
    found = fields("au-oaic-ndb", **facts)
    assert found["cause"].lines == ("Human error",)
    assert found["cause_sub"].lines[0].startswith("Personal information sent to the wrong")


def test_an_intrusion_beside_an_insider_leaves_the_source_open_in_australia() -> None:
    facts = happened(kinds=("intrusion", "insider"))
    assert fields("au-oaic-ndb", **facts)["cause_sub"].open
    maybe = happened(kinds=("intrusion",), kinds_possible=("insider",))
    assert fields("au-oaic-ndb", **maybe)["cause_sub"].lines == ()
    unknown = fields("au-oaic-ndb", **happened(kinds=None, malicious=None))
    assert not chosen(unknown["cause"])
    assert not chosen(unknown["cause_sub"])


def test_a_tax_number_may_be_one_of_australia() -> None:
    found = fields("au-oaic-ndb", **group(data=("name", "tax_id")))
    assert undecided(found["kinds"]) == ["Tax file number"]


# -- Brazil ---------------------------------------------------------------------------------


def test_brazil_reads_the_risk_the_time_and_the_kinds_of_data() -> None:
    found = fields("br-anpd-cis")
    assert found["risk"].lines == ("Sim",)
    assert found["date_known"].lines == ("17 November 2026 at 09:30 EST (UTC-05:00)",)
    assert found["date_incident"].lines == ("From 10 November 2026 to 12 November 2026",)
    assert found["kind"].lines == ("Ransomware",)
    assert chosen(found["cia"]) == ["Confidencialidade", "Disponibilidade"]
    assert undecided(found["cia"]) == ["Autenticidade"]
    assert chosen(found["criteria"]) == ["Dados financeiros", "Dados de autenticação em sistemas"]
    assert len(undecided(found["criteria"])) == 3
    assert found["subjects"].lines == ("7,360 people",)
    assert found["told"].lines == ("Não, mas serão",)
    assert found["late"].state == "not_applicable"
    assert found["crypto"].lines == ("Not encrypted",)


def test_that_it_happened_at_a_vendor_does_not_say_in_brazil_what_happened() -> None:
    found = fields("br-anpd-cis", **happened(kinds=("vendor",), malicious=False))["kind"]
    assert (found.state, chosen(found)) == ("to_follow", [])
    other = fields("br-anpd-cis", **happened(kinds=("misconfiguration",), malicious=False))
    assert chosen(other["kind"]) == ["Other"]


def test_brazil_leaves_open_what_no_fact_says() -> None:
    found = fields("br-anpd-cis")
    for key in ("small", "powers", "means", "subjects_total", "children", "categories", "before"):
        assert found[key].open, key
        assert found[key].lines == (), key


def test_brazil_misses_the_tax_number_of_the_controller() -> None:
    assert fields("br-anpd-cis")["name"].open
    identifiers = {"cnpj": "12.345.678/0001-90", "lei": "L"}
    organisation = told()[0].organisation.model_copy(update={"identifiers": identifiers})
    found = fields("br-anpd-cis", organisation=organisation)
    assert found["name"].lines == ("Harbour Goods", "CNPJ 12.345.678/0001-90")


def test_each_communication_to_brazil_has_its_kind_and_its_fields() -> None:
    first, later, declared = (
        paper(f"br-anpd@BR/{stage}") for stage in ("initial", "supplement", "declaration")
    )
    assert first.stage == "Comunicação completa ou preliminar"
    assert later.stage == "Comunicação complementar"
    assert declared.stage == "Declaração de comunicação aos titulares"
    kinds = [{x.key: x.lines for x in made.entries}.get("type") for made in (first, later)]
    assert kinds == [("Preliminar",), ("Complementar",)]
    assert [x.key for x in declared.entries] == [
        "name", "address", "dpo", "notifier", "powers", "date_anpd", "date_subjects", "late",
        "told", "told_means",
    ]  # fmt: skip  # reason: a list of words reads better in lines
    assert len(first.entries) == len(later.entries) == 33


def test_brazil_hears_who_was_told_from_what_is_on_record() -> None:
    at = Moment.of(datetime.fromisoformat("2026-11-19T12:00:00+00:00"))
    sent = {"filings": (Filing(obligation="br-individuals@BR", at=at),)}
    found = judged(sent, "br-anpd@BR/initial")
    assert found["told"].lines == ("Sim",)
    assert found["date_subjects"].lines == ("19 November 2026",)
    assert found["type"].lines == ("Preliminar",)  # other things are open still


def test_a_late_communication_to_brazil_gives_its_reasons() -> None:
    at = datetime.fromisoformat("2026-12-01T12:00:00+00:00")
    incident = told()[0]
    assessment = assess(incident, now=at, everything=True)
    found = assessment.result("br-anpd@BR/initial")
    made = compose(template_at("filing/br-anpd-cis"), Matter(incident, found, assessment))
    (late,) = [x for x in made.entries if x.key == "late"]
    assert late.open


# -- Canada ---------------------------------------------------------------------------------


def test_the_privacy_commissioner_of_canada_reads_all_people_and_those_of_each_province() -> None:
    found = fields("ca-opc-pipeda")
    assert found["kind"].lines == ("New",)
    assert found["number"].lines == ("7,360 people",)
    assert found["number_ca"].lines == (
        "5,700 people",
        "Ontario: 5,000",
        "Alberta: 400",
        "Quebec: 300",
    )
    assert found["discovered"].lines == ("16 November 2026",)
    assert found["kind_breach"].lines == ("Unauthorized access",)
    assert found["circumstances"].lines == (
        "A server was copied and encrypted.",
        "A stolen password.",
    )
    assert found["reduce"].lines == ("Passwords were changed.",)
    assert found["notify"].lines == ("To be told: the notice is owed.",)
    assert found["third"].open


@pytest.mark.parametrize(
    ("kinds", "malicious", "accessed", "type_"),
    [
        (("misdirected",), False, True, "Accidental disclosure"),
        (("lost_device",), False, None, "Loss"),
        (("stolen_device",), True, None, "Theft"),
        (("outage",), False, False, "Other"),
    ],
)
def test_the_type_of_a_breach_in_canada_follows_its_kind(
    kinds: tuple[str, ...],
    malicious: bool,
    accessed: bool | None,
    type_: str,
) -> None:
    facts = Happening(
        kinds=kinds, malicious=malicious, accessed=accessed, acquired=accessed, exfiltrated=accessed
    )
    assert fields("ca-opc-pipeda", incident=facts)["kind_breach"].lines == (type_,)


def test_the_type_of_a_breach_in_canada_stays_open_while_its_kind_does() -> None:
    entry = fields("ca-opc-pipeda", incident=Happening())["kind_breach"]
    assert entry.open
    assert chosen(entry) == []


def test_the_second_report_to_canada_is_an_update() -> None:
    found = {x.key: x for x in after_the_first("ca-opc-pipeda").entries}
    assert found["kind"].lines == ("Update",)


def test_alberta_reads_its_own_count_beside_the_whole_and_misses_where_it_was_collected() -> None:
    found = fields("ca-ab-oipc")
    assert found["count"].lines == ("7,360 people", "400 people in Alberta")
    assert found["harm"].lines == ("Fraud with the cards.",)
    assert found["collected_ab"].open
    assert found["submit"].open
    assert found["notifier"].lines[0].startswith("Ana Costa, Counsel")


def test_quebec_reads_awareness_and_the_persons_who_reside_there() -> None:
    found = fields("ca-qc-cai")
    assert found["name"].lines == ("Harbour Goods",)
    assert found["aware"].lines == ("17 November 2026",)
    assert found["occurred"].lines == ("From 10 November 2026 to 12 November 2026",)
    assert found["count"].lines == ("7,360 people", "300 people in Québec")
    assert found["outside"].open


def test_that_an_authority_was_told_does_not_say_in_quebec_that_its_duties_are_alike() -> None:
    told_them = fields("ca-qc-cai", **first_sent("nz-notifyus"))["outside"]
    assert "Privacy Commissioner" in told_them.lines[0]
    assert told_them.open
    answer = "Office of the Privacy Commissioner of New Zealand"
    said = fields("ca-qc-cai", answers={"notice.authorities_told": answer})["outside"]
    assert (said.state, said.lines) == ("known", (answer,))


def test_quebec_reads_the_enterprise_number_where_there_is_one() -> None:
    identifiers = {"neq": "1140000000", "vat": "V"}
    organisation = told()[0].organisation.model_copy(update={"identifiers": identifiers})
    found = fields("ca-qc-cai", organisation=organisation)
    assert found["name"].lines == ("Harbour Goods, NEQ 1140000000",)


# -- New Zealand, South Africa ----------------------------------------------------------------


def test_new_zealand_chooses_no_type_of_breach_where_two_hold() -> None:
    found = fields("nz-notifyus")
    assert chosen(found["type"]) == []
    assert undecided(found["type"]) == [
        "Unauthorised or accidental access",
        "Loss of access (temporary or permanent)",
    ]
    alone = fields("nz-notifyus", **happened(unavailable=False))
    assert alone["type"].lines == ("Unauthorised or accidental access",)
    papers = Happening(
        kinds=("lost_paper",), accessed=False, acquired=False, exfiltrated=False, disclosed=False,
        altered=False, lost=False, unavailable=False,
    )  # fmt: skip  # reason: facts read better in lines of words
    assert fields("nz-notifyus", incident=papers)["type"].lines == ("Loss",)


def test_new_zealand_reads_the_breach_and_asks_a_person_for_the_harm() -> None:
    found = fields("nz-notifyus")
    assert found["cause"].lines == ("Intentional or malicious",)
    assert found["discovered"].lines == ("16 November 2026",)
    assert chosen(found["data"]) == ["Contact", "Financial"]
    assert found["count"].lines == ("7,360 people",)
    assert found["harm"].open
    assert found["harm"].lines == ()
    assert "To be told: the notice is owed." in found["steps"].lines
    assert found["others"].open


def test_new_zealand_asks_for_an_exception_only_where_one_may_be_relied_on() -> None:
    assert fields("nz-notifyus")["exception"].open
    given = told()[0].judgements["nz.serious_harm"]
    none = {
        name: given.model_copy(update={"value": "false"}) for name in ("nz.exception", "nz.delay")
    }
    found = fields("nz-notifyus", judgements={**told()[0].judgements, **none})
    assert found["exception"].state == "not_applicable"


def test_south_africa_does_not_take_a_data_protection_officer_for_its_information_officer() -> None:
    found = fields("za-popia")
    assert found["io"].open
    assert found["io"].lines == ()
    assert "Private body" in found["body"].lines


def test_south_africa_reads_the_access_and_leaves_loss_to_a_person() -> None:
    found = fields("za-popia")
    assert chosen(found["type"]) == ["Unlawful access"]
    assert "Loss of personal information" in undecided(found["type"])
    assert chosen(found["data"]) == ["Account numbers", "Other personal information"]
    assert found["count"].lines == ("7,360 people",)
    assert found["date_comp"].lines == ("From 10 November 2026 to 12 November 2026",)
    assert found["advice"].lines == ("Change the password.",)
    assert found["status"].open
    confirmed = {**told()[0].timeline, "confirmed": told()[0].timeline["aware"]}
    assert fields("za-popia", timeline=confirmed)["status"].lines == ("Confirmed",)


# -- Türkiye ----------------------------------------------------------------------------------


def test_turkiye_reads_the_source_and_what_was_affected() -> None:
    found = fields("tr-kvkk")
    assert found["stage"].lines == ("İlk bildirim",)
    assert found["detected"].lines == ("16 November 2026 at 11:00 EST (UTC-05:00)",)
    assert found["source"].lines == ("Fidye yazılımı",)
    assert found["nature"].lines == ("Gizlilik", "Erişilebilirlik")
    assert found["late"].state == "not_applicable"
    assert found["training"].open
    assert not chosen(found["groups"])


def test_turkiye_misses_the_records_beside_the_people() -> None:
    assert fields("tr-kvkk")["persons"].lines[0] == "7,360 people"
    assert fields("tr-kvkk")["persons"].open
    counted = fields("tr-kvkk", records=Range.exactly(9000))["persons"]
    assert counted.state == "known"
    assert "9,000" in counted.lines[1]


def test_turkiye_reads_the_special_categories_apart() -> None:
    found = fields("tr-kvkk", **group(data=("name", "health", "religion")))
    assert found["data"].lines[1].startswith("Special categories: ")
    assert "name" not in found["data"].lines[1].casefold()
    children = fields("tr-kvkk", **group(children=True))
    assert chosen(children["groups"]) == ["Çocuklar"]


def test_a_malicious_intrusion_may_be_sabotage_in_turkiye() -> None:
    entry = fields("tr-kvkk", **happened(kinds=("intrusion",)))["source"]
    assert entry.open
    assert "Sabotaj" in undecided(entry)
    lost = fields("tr-kvkk", **happened(kinds=("lost_device",), malicious=False))["source"]
    assert chosen(lost) == ["Belge veya cihaz hırsızlığı ya da kaybı", "Kaza veya ihmal"]
