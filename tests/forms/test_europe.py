"""Forms of European authorities: what they say, what they leave open, and who gets them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from regengine import assess, load_incident
from regengine.assessment import Assessment, ContentItem, Result
from regengine.documents.composing import compose
from regengine.documents.content import Matter
from regengine.documents.items import content_items, is_answered
from regengine.documents.paper import Entry, Paper
from regengine.documents.templates import route, template_at
from regengine.facts import Candidate, Filing, Group, Incident, JudgementGiven, Moment
from regengine.truth import Range
from tests.test_examples import FOLDER, assessed
from tests.test_forms import duty

RULES = Path(__file__).parents[2] / "rules"
OVER_THE_COMMON = {
    "fr-cnil": ("FR", 8),
    "es-aepd": ("ES", 11),
    "nl-ap": ("NL", 11),
    "it-garante": ("IT", 8),
    "ie-dpc": ("IE", 7),
    "pl-uodo": ("PL", 8),
    "de-laender": ("DE", 6),
    "be-gba": ("BE", 2),
}
# All fields, and those of them that stand for what the law asks or a row left unsaid.
FIELDS = {
    "eu-edpb-art33": (104, 4),
    "eu-nis2-generic": (21, 0),
    "de-bsi-nis2": (18, 1),
    "be-ccb-nis2": (19, 1),
    "eu-cra-srp": (21, 2),
    "uk-ico-pdb": (40, 2),
    "ch-fdpic": (11, 0),
}
BASE = {
    "eu-edpb-art33": 100,
    "eu-nis2-generic": 21,
    "de-bsi-nis2": 17,
    "be-ccb-nis2": 18,
    "eu-cra-srp": 19,
    "uk-ico-pdb": 38,
    "ch-fdpic": 11,
}

# A ransomware attack on a maker of devices, as its matter file holds it on the third day.
MATTER: dict[str, Any] = {
    "schema": "regengine.incident/1",
    "reference": "EUR-1",
    "reporter": {"name": "Mara Jansen", "title": "Counsel", "email": "mj@example.org"},
    "organisation": {
        "name": "Toestel",
        "zone": "Europe/Brussels",
        "role": "controller",
        "sector": "technology",
        "public": False,
        "employees": 400,
        "identifiers": {"kbo": "0123.456.789"},
        "regimes": ["eu.nis2.essential", "eu.cra.manufacturer"],
    },
    "timeline": {
        "occurred_from": "2026-11-17T02:10:00+01:00",
        "detected": "2026-11-18T06:00:00+01:00",
        "aware": "2026-11-19T09:30:00+01:00",
        "significance_known": "2026-11-19T10:00:00+01:00",
    },
    "incident": {
        "kinds": ["ransomware"],
        "malicious": True,
        "accessed": True,
        "acquired": False,
        "exfiltrated": False,
        "disclosed": False,
        "altered": False,
        "lost": False,
        "unavailable": True,
        "ongoing": True,
        "vulnerability": {"actively_exploited": True},
    },
    "description": {
        "nature": "A server was encrypted.",
        "cause": "A stolen password.",
        "consequences": "Orders were late.",
        "systems": "The order server.",
        "measures_taken": "Passwords were changed.",
        "measures_proposed": "A second factor.",
        "advice_to_people": "Change the password.",
    },
    "affected": [
        {
            "group": "buyers",
            "label": "Buyers",
            "people": {"FR": 300, "BE": 1000, "GB": 20},
            "data": ["name", "email", "card_number"],
            "children": False,
        }
    ],
    "records": {"at_least": 2000, "at_most": 2500},
    "judgements": {
        "eu.gdpr.risk": "high",
        "uk.gdpr.risk": "high",
        "eu.nis2.significant": True,
        "eu.cra.severe": True,
    },
}
NOW = datetime.fromisoformat("2026-11-20T09:00:00+00:00")


@cache
def told(country: str = "BE") -> tuple[Incident, Assessment]:
    """Assess the matter of an organisation established in one country."""
    given = {**MATTER, "organisation": {**MATTER["organisation"], "country": country}}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "matter.json"
        path.write_text(json.dumps(given), encoding="utf-8")
        incident = load_incident(path)
    return incident, assess(incident, now=NOW, everything=True)


def paper(key: str, country: str = "BE", **changes: Any) -> Paper:
    incident, assessment = told(country)
    incident = incident.model_copy(update=changes)
    found = assessment.result(key)
    return compose(template_at(route(found)), Matter(incident, found, assessment))


def fields(key: str, country: str = "BE", **changes: Any) -> dict[str, Entry]:
    return {entry.key: entry for entry in paper(key, country, **changes).entries}


def happened(**changes: Any) -> dict[str, Any]:
    incident, _ = told()
    return {"incident": incident.incident.model_copy(update=changes)}


def chosen(entry: Entry) -> list[str]:
    return [choice.say for choice in entry.choices if choice.chosen]


# -- every form ---------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "counts"), FIELDS.items())
def test_a_form_holds_every_field_of_the_authority(name: str, counts: tuple[int, int]) -> None:
    found, more = counts
    assert len(template_at(f"filing/{name}").fields()) == found
    assert found - more == BASE[name]


@pytest.mark.parametrize(("name", "about"), OVER_THE_COMMON.items())
def test_an_authority_asks_its_own_fields_after_the_common_ones(
    name: str, about: tuple[str, int]
) -> None:
    place, more = about
    common = template_at("filing/eu-edpb-art33").fields()
    own = template_at(f"filing/{name}")
    assert own.fields()[: len(common)] == common
    assert len(own.fields()) == len(common) + more
    assert own.mirrors
    for id_ in ("eu-gdpr-sa", "eu-gdpr-lead-sa", "eu-gdpr-sa-non-eu-controller"):
        assert route(duty(id=id_, key=f"{id_}@{place}", jurisdiction=place)) == f"filing/{name}"


def test_a_german_land_and_a_state_without_a_form_of_its_own_have_theirs() -> None:
    land = duty(id="eu-gdpr-sa", key="eu-gdpr-sa@DE-BY", jurisdiction="DE-BY")
    assert route(land) == "filing/de-laender"
    austria = duty(id="eu-gdpr-sa", key="eu-gdpr-sa@AT", jurisdiction="AT")
    assert route(austria) == "filing/eu-edpb-art33"


AUTHORITIES = {
    "filing/ie-dpc": {"Data Protection Commission"},
    "filing/nl-ap": {"Dutch Data Protection Authority"},
    "filing/fr-cnil": {"CNIL"},
    "filing/be-gba": {"Belgian Data Protection Authority"},
    "filing/de-laender": {"Data protection authority of the competent Land"},
    "filing/uk-ico-pdb": {"Information Commission"},
    "filing/ch-fdpic": {"Federal Data Protection and Information Commissioner"},
    "filing/be-ccb-nis2": {"Centre for Cybersecurity Belgium (national CSIRT)"},
    "filing/de-bsi-nis2": {
        "Federal Office for Information Security (joint reporting office of BSI and BBK)"
    },
}


def results() -> Iterator[Result]:
    for name in ("telecom.yaml", "retail-ransomware.yaml", "saas-processor.yaml"):
        yield from assessed(name, everything=True).obligations
    for country in ("BE", "DE"):
        yield from told(country)[1].obligations


def test_what_is_led_to_a_form_goes_to_that_authority_and_no_other() -> None:
    seen = set()
    for found in results():
        folder = route(found)
        if folder in AUTHORITIES:
            seen.add(folder)
            assert found.recipient.name in AUTHORITIES[folder], found.key
    assert seen == set(AUTHORITIES)


ROUTED = {
    "eu-gdpr-sa": ("IE", "DE", "AT"),
    "eu-gdpr-lead-sa": ("IE", "DE", "AT"),
    "eu-gdpr-sa-non-eu-controller": ("IE", "AT"),
    "uk-gdpr-ic": ("GB",),
    "uk-dpa-part3": ("GB",),
    "ch-fadp-fdpic": ("CH",),
    "eu-nis2-csirt": ("DE", "BE", "AT"),
    "eu-cra-exploited-vulnerability": ("FI",),
    "eu-cra-severe-incident": ("FI",),
    "eu-cra-oss-stewards": ("FI",),
}


def asked_by_law() -> Iterator[tuple[str, list[Any]]]:
    """List what the law files ask of each routed duty, under a key of its results."""
    for path in sorted(RULES.glob("**/*.toml")):
        law = tomllib.loads(path.read_text(encoding="utf-8"))
        rows = [(x["id"], y) for x in law.get("obligation", ()) for y in (x, *x.get("version", ()))]
        rows += [(x["of"], x) for x in law.get("overlay", ())]
        for id_, terms in rows:
            own = law.get("place") not in ("EEA", "EU")
            for place in [law["place"]] if own and id_ in ROUTED else ROUTED.get(id_, ()):
                yield f"{id_}@{place}", terms.get("content", [])
                for stage in terms.get("stage", ()):
                    yield f"{id_}@{place}/{stage['name']}", stage.get("content", [])


def test_every_item_of_the_law_is_answered_at_the_stage_that_asks_for_it() -> None:
    items = 0
    for key, content in asked_by_law():
        id_, _, place = key.partition("/")[0].partition("@")
        given = [x if isinstance(x, dict) else {"say": x} for x in content]
        asked = tuple(ContentItem(say=x["say"], fill=x.get("fill")) for x in given)
        found = duty(id=id_, key=key, jurisdiction=place, content_items=asked)
        form = template_at(route(found))
        stage = form.stage_of(found)
        assert stage is not None or "/" not in key, key
        name = stage.name if stage else None
        shown = [x for x in form.fields() if not x.stages or name is None or name in x.stages]
        said, patterns = {x.fill for x in shown} - {None}, [x.answers for x in shown]
        for item in content_items(found) if asked else ():
            items += 1
            answered = item.fill in said or is_answered(item, patterns)
            assert answered or any(x.items == "rest" for x in form.section), (key, item.say)
    assert items > 60


# -- the common template --------------------------------------------------------------------


def test_the_common_template_says_what_the_facts_decide_and_counts_apart() -> None:
    found = fields("eu-gdpr-lead-sa@IE", "IE")
    assert found["r113_crossborder"].lines == ("Yes",)
    assert found["r116_subject_countries"].lines == ("Belgium and France",)
    assert chosen(found["r55_cia"]) == [
        "Confidentiality (unauthorised or accidental disclosure or access)",
        "Availability (accidental or unauthorised loss of access or destruction)",
    ]
    assert found["r60_incident_kind"].lines == ("Encrypted device or ransomware",)
    assert found["r61_cause"].lines == ("External, malicious",)
    assert found["r44_when"].lines == ("From a date and still ongoing",)
    assert found["r47_end"].state == "not_applicable"
    assert found["r48_aware"].lines == ("19 November 2026 at 09:30 CET (UTC+01:00)",)
    assert found["r15_org_type"].lines == ("Large enterprise",)
    assert chosen(found["r70_data_cats"]) == [
        "Basic data (name, date of birth)",
        "Contact details",
        "Payment methods",
    ]
    assert found["r68_subject_count"].lines == ("1,320 people",)
    assert found["r72_record_count_kind"].lines == ("Approximate number",)
    assert found["r73_record_count"].state == "known"
    assert found["r89_risk"].lines == ("High risk likely",)
    assert found["r49_late_reasons"].state == "not_applicable"


def test_the_common_template_leaves_open_what_is_not_known() -> None:
    unknown = happened(
        kinds=None, malicious=None, exfiltrated=None, acquired=None, disclosed=None, altered=None
    )
    found = fields("eu-gdpr-lead-sa@IE", "IE", records=None, affected=None, **unknown)
    open_keys = ("r56_conf_type", "r58_int_type", "r60_incident_kind", "r61_cause")
    counts = ("r67_subject_count_kind", "r68_subject_count", "r70_data_cats")
    records = ("r72_record_count_kind", "r73_record_count")
    for key in (*open_keys, *counts, *records, "r50_discovery", "r57_unintelligible"):
        assert found[key].open, key
        assert not chosen(found[key]), key


def test_what_a_processor_told_is_how_it_was_discovered_unless_a_sign_came_first() -> None:
    incident, _ = told("IE")
    told_by = {"processor_told": incident.timeline["aware"]}
    alone = {x: y for x, y in incident.timeline.items() if x != "detected"}
    found = fields("eu-gdpr-lead-sa@IE", "IE", timeline={**alone, **told_by})
    assert found["r50_discovery"].lines == ("Detected and told by the processor",)
    both = fields("eu-gdpr-lead-sa@IE", "IE", timeline={**incident.timeline, **told_by})
    assert both["r50_discovery"].open


@pytest.mark.parametrize(
    ("ours", "theirs", "first"),
    [
        ("2026-11-18", "2026-11-19T09:00:00+01:00", False),
        ("2026-11-19", "2026-11-19T09:00:00+01:00", True),
        ("2026-11-19T09:30:00+01:00", "2026-11-19T09:00:00+01:00", True),
        ("2026-11-19T08:30:00+01:00", "2026-11-19T09:00:00+01:00", False),
        ("2026-11", "2026-11-19T09:00:00+01:00", False),
    ],
)
def test_a_processor_that_told_us_after_we_knew_is_not_how_it_was_discovered(
    ours: str, theirs: str, first: bool
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "matter.json"
        timeline = {"discovered": ours, "processor_told": theirs}
        path.write_text(json.dumps({**MATTER, "timeline": timeline}), encoding="utf-8")
        timeline_ = load_incident(path).timeline
    found = fields("eu-gdpr-lead-sa@BE", timeline=timeline_)
    assert found["r50_discovery"].open is not first
    assert found["r51_discovery_text"].open is not first


def living_in(people: dict[str, int]) -> dict[str, Any]:
    counts = {place: Range.exactly(count) for place, count in people.items()}
    return {"affected": (Group(group="buyers", data=("name",), people=counts),)}


def test_people_in_a_part_or_overseas_are_told_under_their_country() -> None:
    people = {"DE-BY": 10, "DE-BE": 2, "RE": 5, "FR": 3}
    found = fields("eu-gdpr-lead-sa@BE", **living_in(people))
    assert found["r116_subject_countries"].lines == ("Germany and France",)
    assert found["r117_subjects_by_country"].lines == ("Germany: 12", "France: 8")


def test_establishments_are_told_by_country_and_only_those_of_the_area() -> None:
    incident, _ = told()
    seats = ("DE-HE", "DE-BY", "FR", "US-NY")
    organisation = incident.organisation.model_copy(update={"establishments": seats})
    found = fields("eu-gdpr-lead-sa@BE", organisation=organisation)
    assert found["r115_establishments"].lines == ("Germany and France",)


@pytest.mark.parametrize(
    ("id_", "keys"),
    [
        ("eu-gdpr-lead-sa", ("r113_crossborder", "r114_lead", "dpc_form")),
        ("eu-gdpr-sa-non-eu-controller", ("r120_nonEEA",)),
    ],
)
def test_a_duty_that_may_not_be_owed_says_nothing_of_where_the_controller_is(
    id_: str, keys: tuple[str, ...]
) -> None:
    key = f"{id_}@IE"
    for status, open_ in (("possible", True), ("required", False)):
        found = duty(id=id_, key=key, jurisdiction="IE", status=status)
        filled = compose(template_at("filing/ie-dpc"), Matter(Incident(reference="X"), found))
        entries = {x.key: x for x in filled.entries}
        for name in keys:
            assert entries[name].open is open_, (name, status)


def test_people_of_whom_only_the_union_is_known_name_no_country() -> None:
    found = fields("eu-gdpr-lead-sa@BE", **living_in({"EEA": 7, "BE": 2}))
    assert found["r116_subject_countries"].lines == ("Belgium",)
    warning = fields("eu-nis2-csirt@BE/early_warning", **living_in({"EEA": 7, "BE": 2}))
    assert warning["crossborder"].open


def test_people_in_the_laender_are_no_effect_across_borders() -> None:
    key = "eu-nis2-csirt@DE/early_warning"
    assert fields(key, "DE", **living_in({"DE-BY": 10, "DE-BE": 2}))["crossborder"].open
    assert fields(key, "DE", **living_in({"DE-BY": 10, "AT": 2}))["crossborder"].lines == ("ja",)


def test_a_number_that_counsel_answered_in_words_is_not_called_exact() -> None:
    found = fields("eu-gdpr-lead-sa@BE", answers={"notice.people_total": "About 500"}, affected=())
    assert found["r67_subject_count_kind"].open
    found = fields("eu-gdpr-lead-sa@BE", answers={"notice.records": "412"}, records=None)
    assert found["r72_record_count_kind"].open


def test_people_told_elsewhere_leave_open_whether_they_were_told() -> None:
    incident, _ = told()
    risk = {**incident.judgements, "eu.gdpr.risk": JudgementGiven(value="risk")}
    calm = incident.model_copy(update={"judgements": risk})
    lead = assess(calm, now=NOW, everything=True).result("eu-gdpr-lead-sa@BE")
    folder = template_at(route(lead))

    def told_field(matter: Incident) -> Entry:
        again = assess(matter, now=NOW, everything=True)
        filled = compose(folder, Matter(matter, lead, again))
        return next(x for x in filled.entries if x.key == "r97_informed")

    uk = {**risk, "uk.gdpr.risk": JudgementGiven(value="risk")}
    nobody = calm.model_copy(update={"judgements": uk})
    assert told_field(nobody).lines == ("No, high risk unlikely",)
    letter = Filing(
        obligation="eu-gdpr-individuals", jurisdiction="FR", at=Moment.of(NOW), how="sent"
    )
    assert told_field(nobody.model_copy(update={"filings": (letter,)})).open


def test_the_identifier_of_a_vat_number_is_that_number_alone() -> None:
    incident, _ = told()
    ids = {"lei": "X1", "vat": "BE2", "website": "toestel.example"}
    organisation = incident.organisation.model_copy(update={"identifiers": ids})
    found = fields("eu-gdpr-lead-sa@BE", organisation=organisation)
    assert found["r10_id_type"].lines == ("VAT number",)
    assert found["r11_id"].lines == ("BE2",)
    number = fields("eu-nis2-csirt@AT/early_warning", "AT", organisation=organisation)
    assert number["entity_id"].lines == ("X1", "BE2")


def test_data_that_are_not_proved_back_may_be_back_all_the_same() -> None:
    for recovered, said in ((False, ()), (None, ()), (True, ("Yes",))):
        found = fields("eu-gdpr-lead-sa@IE", "IE", **happened(recovered=recovered))
        assert found["dpc_recovered"].lines == said


def test_only_a_notice_of_that_law_says_that_its_users_were_told() -> None:
    incident, _ = told()
    for id_, product in (("eu-cra-users", ("Yes",)), ("eu-nis2-recipients", ())):
        letter = Filing(obligation=id_, at=Moment.of(NOW), how="sent")
        again = incident.model_copy(update={"filings": (letter,)})
        whole = assess(again, now=NOW, everything=True)
        key = "eu-cra-severe-incident@BE/final"
        found = whole.result(key)
        filled = compose(template_at(route(found)), Matter(again, found, whole))
        assert next(x for x in filled.entries if x.key == "users").lines == product, id_


def test_the_final_report_to_the_belgian_centre_says_severity_and_impact() -> None:
    assert fields("eu-nis2-csirt@BE/final")["severity"].lines == ("Orders were late.",)


def test_a_discovery_is_not_told_as_awareness() -> None:
    at = Moment.of(NOW)
    timeline = {"discovered": (Candidate(at=at),)}
    found = fields("eu-cra-severe-incident@BE/early_warning", timeline=timeline)
    assert found["aware"].lines[0].startswith("The incident was discovered: ")


def test_who_reports_is_not_named_as_the_data_protection_officer_of_the_ico() -> None:
    assert fields("uk-gdpr-ic@GB", "GB")["dpo"].open


def test_the_swiss_commissioner_is_told_of_authorities_abroad_alone() -> None:
    found = fields("ch-fadp-fdpic@CH", "CH")
    assert found["abroad"].state == "blank"


def test_an_answer_for_the_common_template_serves_the_authority_and_its_own_leads() -> None:
    key, common = "eu-gdpr-lead-sa@IE", {"eu-edpb-art33.r87_severity": "Moderate"}
    assert fields(key, "IE", answers=common)["r87_severity"].lines == ("Moderate",)
    own = {**common, "ie-dpc.r87_severity": "Severe"}
    assert fields(key, "IE", answers=own)["r87_severity"].lines == ("Severe",)


def test_a_follow_up_names_the_first_notification() -> None:
    incident, assessment = told("IE")
    first = Filing(
        obligation="eu-gdpr-lead-sa@IE", at=Moment.of(NOW.replace(hour=7)), reference="B-1"
    )
    incident = incident.model_copy(update={"filings": (first,)})
    assessment = assess(incident, now=NOW)
    found = assessment.result("eu-gdpr-lead-sa@IE")
    made = compose(template_at(route(found)), Matter(incident, found, assessment))
    said = {entry.key: entry.lines for entry in made.entries}
    assert said["r3_type"] == ("Follow-up notification",)
    assert said["r6_prior_id"] == ("B-1",)
    assert said["dpc_new"] == ("Update",)


# -- authorities with more of their own -------------------------------------------------------


def test_the_dutch_authority_reads_the_smallest_and_the_largest_number() -> None:
    found = fields("eu-gdpr-lead-sa@NL", "NL")
    assert found["ap_people_min"].lines == ("1320",)
    assert found["ap_people_max"].lines == ("1320",)
    assert found["ap_ongoing"].lines == ("Yes",)
    assert found["ap_ground"].lines == ("AVG (GDPR)",)
    assert found["ap_kvk"].open
    nobody = fields("eu-gdpr-lead-sa@NL", "NL", affected=None)
    assert nobody["ap_people_min"].open
    assert nobody["ap_people_max"].open


def test_the_french_authority_reads_the_cause_in_its_own_words_and_a_complaint_stays_open() -> None:
    found = fields("eu-gdpr-lead-sa@FR", "FR")
    assert found["cnil_cause"].lines == ("Acte externe malveillant",)
    assert found["cnil_type"].lines == ("Initiale",)
    assert found["cnil_complaint"].open
    assert found["cnil_severity"].open


def test_the_spanish_authority_reads_the_discovery_not_the_first_sign() -> None:
    found = fields("eu-gdpr-lead-sa@ES", "ES")
    assert found["aepd_detected"].lines == ("The organisation became aware: 19 November 2026",)
    assert found["aepd_started"].lines == ("17 November 2026",)
    assert found["aepd_resolved"].lines == ("No",)
    assert found["aepd_intent"].lines == ("Intencionada",)


@pytest.mark.parametrize(
    ("country", "known", "open_"),
    [
        ("IT", "garante_summary", "garante_inipec"),
        ("IE", "dpc_form", "dpc_rating"),
        ("PL", "uodo_pesel", "uodo_regon"),
        ("BE", "gba_type", "gba_language"),
    ],
)
def test_an_authority_is_told_what_is_known_and_the_rest_is_to_follow(
    country: str, known: str, open_: str
) -> None:
    found = fields(f"eu-gdpr-lead-sa@{country}", country)
    assert found[known].state == "known"
    assert found[open_].open


def test_a_national_number_is_not_said_to_be_a_pesel_number() -> None:
    incident, _ = told("PL")
    groups = tuple(
        group.model_copy(update={"data": ("name", "national_id")})
        for group in incident.affected or ()
    )
    assert fields("eu-gdpr-lead-sa@PL", "PL", affected=groups)["uodo_pesel"].open


# -- NIS2 and the Cyber Resilience Act --------------------------------------------------------

STAGES = ("early_warning", "notification", "intermediate", "progress", "final")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("country", ["BE", "DE", "AT"])
def test_each_stage_of_nis2_asks_its_own_fields(country: str, stage: str) -> None:
    made = paper(f"eu-nis2-csirt@{country}/{stage}", country)
    form = made.template
    assert made.stage == next(x.say for x in form.stage if x.name == stage)
    shown = {entry.key for entry in made.entries}
    for field in form.fields():
        assert (field.key in shown) is (not field.stages or stage in field.stages), field.key


def test_the_early_warning_names_awareness_of_significance_malice_and_other_states() -> None:
    found = fields("eu-nis2-csirt@AT/early_warning", "AT")
    assert found["ew_time_aware"].lines == ("19 November 2026 at 10:00 CET (UTC+01:00)",)
    assert found["ew_malicious"].lines == ("Yes",)
    assert found["ew_crossborder"].lines == ("Yes",)
    assert found["sector"].lines == ("Essential entity",)
    assert found["ew_support"].state == "blank"
    unknown = fields("eu-nis2-csirt@AT/early_warning", "AT", affected=None, timeline={})
    assert unknown["ew_crossborder"].open
    assert unknown["ew_time_aware"].open
    assert fields("eu-nis2-csirt@AT/early_warning", "AT", **happened(malicious=None))[
        "ew_malicious"
    ].open


def test_a_later_report_names_the_reference_of_the_earlier_one_of_that_state() -> None:
    mine = Filing(obligation="eu-nis2-csirt@AT/early_warning", at=Moment.of(NOW), reference="A-1")
    other = Filing(obligation="eu-nis2-csirt@FR/early_warning", at=Moment.of(NOW), reference="F-1")
    found = fields("eu-nis2-csirt@AT/notification", "AT", filings=(mine, other))
    assert found["prior_ref"].lines == ("A-1",)
    assert fields("eu-nis2-csirt@AT/notification", "AT")["prior_ref"].open


def test_the_german_office_reads_its_own_words_and_the_belgian_centre_the_number() -> None:
    german = fields("eu-nis2-csirt@DE/early_warning", "DE")
    assert german["class"].lines == ("besonders wichtige Einrichtung",)
    assert german["malicious"].lines == ("ja",)
    assert german["reg_id"].open
    belgian = fields("eu-nis2-csirt@BE/final", "BE")
    assert belgian["cbe"].lines == ("0123.456.789",)
    assert belgian["stage"].lines == ("final",)
    assert belgian["cause"].lines == ("A stolen password.",)


def test_a_final_report_says_what_it_lacks() -> None:
    incident, _ = told("AT")
    less = incident.description.model_copy(update={"consequences": None})
    found = fields("eu-nis2-csirt@AT/final", "AT", description=less)
    assert found["fin_description"].open
    assert "A server was encrypted." in found["fin_description"].lines


@pytest.mark.parametrize("stage", ["early_warning", "notification", "intermediate", "final"])
@pytest.mark.parametrize("id_", ["eu-cra-exploited-vulnerability", "eu-cra-severe-incident"])
def test_a_maker_reports_a_vulnerability_and_an_incident_each_by_its_own_fields(
    id_: str, stage: str
) -> None:
    found = fields(f"{id_}@BE/{stage}", "BE")
    severe = id_ == "eu-cra-severe-incident"
    assert found["subject"].lines == (
        "Severe incident" if severe else "Actively exploited vulnerability",
    )
    at_stage = {
        "early_warning": ("malicious", None),
        "notification": ("nature", "exploit"),
        "intermediate": (None, None),
        "final": ("cause", "update"),
    }
    of_incident, of_vulnerability = at_stage[stage]
    if of_incident:
        assert (found[of_incident].state == "not_applicable") is not severe
    if of_vulnerability:
        assert (found[of_vulnerability].state == "not_applicable") is severe
    assert found["users"].open


# -- the United Kingdom and Switzerland -------------------------------------------------------


def test_the_ico_reads_a_cyber_incident_with_its_numbers_and_times() -> None:
    found = fields("uk-gdpr-ic@GB", "GB")
    assert found["report_type"].lines == ("Initial report",)
    assert found["size"].lines == ("250 staff or more",)
    assert found["cyber"].lines == ("Yes",)
    assert chosen(found["cia"]) == ["Confidentiality", "Availability"]
    assert found["reason"].lines == ("We think it meets the threshold",)
    assert found["high_risk"].lines == ("Yes",)
    assert found["subjects"].lines == ("1,320 people",)
    assert found["likelihood"].state == "not_applicable"
    assert found["subjects_max"].state == "not_applicable"
    assert chosen(found["data_cats"]) == [
        "Basic personal identifiers (name, contact details)",
        "Economic and financial data",
    ]
    aware = "The organisation became aware: 19 November 2026 at 09:30 CET (UTC+01:00)"
    assert found["discovered_at"].lines == (aware,)
    for key in ("first_time", "training_recent", "prevent_before", "told_subjects"):
        assert found[key].open, key


def test_the_ico_is_not_told_of_cyber_questions_after_a_letter_to_the_wrong_person() -> None:
    found = fields("uk-gdpr-ic@GB", "GB", **happened(kinds=("misdirected",), malicious=False))
    assert found["cyber"].lines == ("No",)
    for key in ("cia", "org_impact", "recovery", "subjects_max"):
        assert found[key].state == "not_applicable", key
    assert found["likelihood"].open


def test_the_ico_reads_nothing_of_what_is_not_known() -> None:
    found = fields("uk-gdpr-ic@GB", "GB", affected=None, records=None, **happened(kinds=None))
    for key in ("cyber", "subjects", "records", "data_cats", "subject_cats"):
        assert found[key].open, key
    assert not chosen(found["cyber"])


def test_the_swiss_commissioner_reads_what_the_ordinance_lists() -> None:
    found = duty(id="ch-fadp-fdpic", key="ch-fadp-fdpic@CH", jurisdiction="CH")
    incident, assessment = told()
    made = compose(template_at(route(found)), Matter(incident, found, assessment))
    said = {entry.key: entry for entry in made.entries}
    assert said["nature"].lines == ("A server was encrypted.",)
    assert said["time"].state == "known"
    assert said["subjects"].lines == ("Buyers", "1,320 people")
    assert "2,000" in said["data"].lines[1]
    unknown = incident.model_copy(update={"affected": None, "records": None, "timeline": {}})
    made = compose(template_at(route(found)), Matter(unknown, found, assessment))
    said = {entry.key: entry for entry in made.entries}
    assert all(said[key].open for key in ("time", "subjects", "data"))
    assert said["consent"].state == "blank"


# -- from a processor -------------------------------------------------------------------------


def test_a_processor_tells_the_controller_what_was_affected_and_not_more_than_it_knows() -> None:
    incident = load_incident(FOLDER / "saas-processor.yaml")
    assessment = assessed("saas-processor.yaml")
    found = next(x for x in assessment.obligations if x.recipient.kind == "controller")
    assert route(found) == "filing/processor-to-controller"
    unknown = incident.incident.model_copy(
        update={"accessed": True, "altered": None, "lost": False, "unavailable": False}
    )
    incident = incident.model_copy(update={"incident": unknown})
    made = compose(template_at(route(found)), Matter(incident, found, assessment))
    said = {entry.key: entry for entry in made.entries}
    assert chosen(said["cia"]) == ["Confidentiality"]
    assert said["cia"].open
    assert said["people_own"].open
