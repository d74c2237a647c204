"""The reports of major ICT-related incidents: form, stages, and the same as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from regengine import assess, load_incident
from regengine.assess import open_corpus
from regengine.documents.composing import compose
from regengine.documents.content import Matter
from regengine.documents.machine import (
    Document,
    MapShape,
    check,
    document,
    machine,
    map_for,
    map_of,
)
from regengine.documents.paper import Entry, Paper
from regengine.documents.templates import (
    MachineShape,
    TemplateFaultError,
    form_ids,
    route,
    template_at,
)
from tests.test_examples import FOLDER, assessed

MAJOR = template_at("filing/eu-dora-major-incident")
THREAT = template_at("filing/eu-dora-cyber-threat")
MAP = map_of("eu-dora-major-incident", "machine.toml")
STAGES = {"initial": 25, "intermediate": 60, "final": 76, "reclassified": 26}

# A ransomware attack on a payment institution: what a matter file holds early on.
PAYMENTS: dict[str, Any] = {
    "schema": "regengine.incident/1",
    "reference": "PI-7",
    "reporter": {"name": "Aoife Byrne", "email": "ict@example.org", "phone": "+353 1 5550100"},
    "organisation": {
        "name": "Quickpay DAC",
        "country": "IE",
        "zone": "Europe/Dublin",
        "role": "controller",
        "sector": "finance",
        "regimes": ["eu.dora.financial_entity"],
        "identifiers": {"lei": "5299000J2N45DDNE4Y28"},
    },
    "timeline": {
        "occurred_from": "2026-11-17T02:10:00+00:00",
        "detected": "2026-11-17T06:00:00+00:00",
        "aware": "2026-11-17T09:30:00+00:00",
        "classified": "2026-11-17T12:00:00+00:00",
    },
    "incident": {
        "kinds": ["ransomware"],
        "malicious": True,
        "accessed": True,
        "exfiltrated": False,
        "altered": False,
        "lost": False,
        "unavailable": True,
        "outage": {"hours": 30.5},
    },
    "description": {
        "nature": "Servers of the payment platform were encrypted.",
        "cause": "A stolen administrator's password.",
        "systems": "Payment platform.",
    },
    "affected": [
        {"group": "users", "people": {"IE": 900, "FR": 40}, "data": ["name", "email"]},
    ],
    "judgements": {
        "eu.dora.major": {"value": True, "at": "2026-11-17T12:00:00+00:00"},
        "eu.dora.critical_functions": True,
        "eu.dora.clients": 4100,
        "eu.dora.clients_share": 12.25,
        "eu.dora.transactions_share": 4,
        "eu.dora.counterparts_share": 0,
        "eu.dora.amount_share": 3,
        "eu.dora.relevant_clients": False,
        "eu.dora.reputation": False,
        "eu.dora.data_losses": True,
        "eu.dora.costs": 250000,
        "eu.dora.clients_interests": False,
        "eu.dora.recurring": False,
    },
    "filings": [
        {
            "obligation": "eu-dora-initial",
            "at": "2026-11-17T15:00:00+00:00",
            "reference": "CBI-88",
        },
        {"obligation": "eu-dora-intermediate", "at": "2026-11-20T12:00:00+00:00"},
    ],
}

# What only people can say, for every stage.
ANSWERS: dict[str, Any] = {
    "f1_4": ["payment institution"],
    "f1_10": "Incident desk",
    "f1_11": "desk@example.org",
    "f1_12": "+353 1 5550101",
    "f1_15": "EUR",
    "f2_6": ["IE", "FR"],
    "f2_7": "monitoring systems",
    "f2_9": True,
    "f3_6": 0,
    "f3_9": 51000,
    "f3_11": 310.5,
    "f3_12": ["estimates for clients affected", "actual figures for transactions affected"],
    "f3_15": "02:04:20",
    "f3_17": "actual figures",
    "f3_18": ["clients"],
    "f3_19": "Forty clients in France could not pay.",
    "f3_20": ["availability", "confidentiality"],
    "f3_21": "Names and e-mail addresses of clients.",
    "f3_22": "Execution of payments.",
    "f3_23": ["cybersecurity-related", "payment-related"],
    "f3_25": ["data encryption for impact, including ransomware"],
    "f3_27": "Payments.",
    "f3_31": ["police or law enforcement", "other"],
    "f3_32": "The insurer's supervisor",
    "f3_33": True,
    "f3_34": "A second site took over.",
    "f3_35": "sha256 of the tool",
    "f4_1": ["malicious actions"],
    "f4_2": ["malicious actions: fraudulent actions", "process failure: other"],
    "f4_4": "Passwords were shared.",
    "f4_6": "Passwords are now kept by hardware.",
    "f4_7": "2026-11-19T09:00:00+01:00",
    "f4_8": "2026-11-19T06:30:00+00:00",
    "f4_9": "It does not differ.",
    "f4_13": 250,
    "f4_14": 0,
}


@dataclass(frozen=True)
class Seen:
    """One report at its stage."""

    paper: Paper
    document: Document
    matter: Matter

    def __getitem__(self, key: str) -> Entry:
        return next(entry for entry in self.paper.entries if entry.key == key)

    @property
    def data(self) -> Any:
        return json.loads(self.document.content)

    @property
    def needed(self) -> set[str]:
        return {one.path for one in self.document.missing if one.needed}


def report(
    tmp_path: Path,
    stage: str,
    *,
    answers: dict[str, Any] | None = None,
    judgements: dict[str, Any] | None = None,
    **changes: Any,
) -> Seen:
    """Write a report from a matter file."""
    content = json.loads(json.dumps(PAYMENTS)) | changes
    if stage == "initial":
        content["filings"] = []
    content["judgements"] |= judgements or {}
    if stage == "reclassified":
        content["judgements"]["eu.dora.major"] = {"value": False, "why": "No payment failed."}
    content["answers"] = {f"eu-dora-major-incident.{key}": x for key, x in (answers or {}).items()}
    path = tmp_path / "matter.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    incident = load_incident(path)
    now = datetime.fromisoformat("2026-11-21T09:00:00+00:00")
    assessment = assess(incident, now=now, everything=True)
    name = "final" if stage == "reclassified" else stage
    result = next(x for x in assessment.obligations if x.key == f"eu-dora-{name}@IE")
    matter = Matter(incident, result, assessment)
    template = template_at(route(result))
    made = document(template, matter)
    assert made is not None
    return Seen(compose(template, matter), made, matter)


# -- the form ------------------------------------------------------------------------------


def test_the_forms_hold_every_field_of_the_annexes_in_their_order() -> None:
    numbers = [*range(1, 16), *range(1, 11), *range(1, 36), *range(1, 17)]
    parts = [1] * 15 + [2] * 10 + [3] * 35 + [4] * 16
    wanted = [f"f{part}_{number}" for part, number in zip(parts, numbers, strict=True)]
    assert [field.key for field in MAJOR.fields()] == wanted
    assert [field.key for field in THREAT.fields()] == [f"t{number}" for number in range(1, 21)]


def test_the_options_are_as_many_as_the_annex_lists() -> None:
    counts = {field.key: len(field.options) for field in MAJOR.fields() if field.options}
    assert counts == {
        "f1_1": 4, "f1_4": 23, "f1_15": 11, "f2_5": 7, "f2_6": 30, "f2_7": 11, "f3_12": 9,
        "f3_13": 4, "f3_17": 4, "f3_18": 6, "f3_20": 4, "f3_23": 6, "f3_25": 10, "f3_28": 3,
        "f3_30": 3, "f3_31": 6, "f4_1": 5, "f4_2": 28, "f4_3": 18,
    }  # fmt: skip  # reason: one table


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_asks_its_fields_and_says_which_it_is(stage: str, tmp_path: Path) -> None:
    found = report(tmp_path, stage)
    assert len(found.paper.entries) == STAGES[stage]
    said = next(one.say for one in MAJOR.stage if one.name == stage)
    assert (found["f1_1"].lines, found["f1_1"].state) == ((said,), "known")


def test_only_the_reports_to_the_authorities_of_article_46_take_these_forms() -> None:
    reports = {"eu-dora-initial", "eu-dora-intermediate", "eu-dora-final"}
    named = {x for x in open_corpus().vocabulary.obligations if x.startswith("eu-dora")}
    assert reports | {"eu-dora-threat-voluntary"} < named
    for name in ("bank-dora.yaml", "retail-ransomware.yaml", "telecom.yaml"):
        for result in assessed(name, everything=True).obligations:
            major = route(result) == "filing/eu-dora-major-incident"
            assert major == (result.id in reports), result.key
            if major:
                assert result.recipient.kind == "regulator"
                assert (result.recipient.id or "").endswith(".dora")


def test_awareness_is_the_detection_that_the_annex_asks_and_not_the_first_sign(
    tmp_path: Path,
) -> None:
    found = report(tmp_path, "initial")
    assert found["f2_2"].lines == ("2026-11-17T09:30:00Z",)
    assert found["f2_3"].lines == ("2026-11-17T12:00:00Z",)


def test_an_awareness_of_which_only_the_day_is_known_is_no_date_and_time(tmp_path: Path) -> None:
    found = report(tmp_path, "initial", timeline={"aware": "2026-11-17"})
    assert found["f2_2"].state == "to_follow"
    assert "/incident/detectionDateTime" in {one.path for one in found.document.missing}


def test_the_criteria_are_those_whose_thresholds_are_passed(tmp_path: Path) -> None:
    found = report(tmp_path, "initial")
    assert found["f2_5"].lines == (
        "clients, financial counterparts and transactions affected",
        "duration and service downtime",
        "geographical spread",
        "data losses",
        "critical services affected",
        "economic impact",
    )
    assert found["f2_5"].state == "known"


@pytest.mark.parametrize(("share", "chosen"), [(10, False), (10.1, True)])
def test_ten_per_cent_of_the_clients_is_not_more_than_ten_per_cent(
    share: float, chosen: bool, tmp_path: Path
) -> None:
    judged = {"eu.dora.clients_share": share, "eu.dora.counterparts_share": 30}
    found = report(tmp_path, "initial", judgements=judged)
    clients = found["f2_5"].choices[0]
    assert clients.say.startswith("clients")
    # 4,100 clients are fewer than 100,000; no other share passes its threshold.
    assert clients.chosen is chosen


def test_a_criterion_that_nobody_judged_stays_open(tmp_path: Path) -> None:
    found = report(tmp_path, "initial", judgements={"eu.dora.reputation": "unknown"})
    assert found["f2_5"].state == "to_follow"
    assert found["f2_5"].lines[-1] == "not yet decided: reputational impact"


def test_a_loss_so_far_below_the_threshold_does_not_deny_the_economic_impact(
    tmp_path: Path,
) -> None:
    for amount, taken in ((5000, None), (100_001, True)):
        loss = {"loss": {"currency": "EUR", "amount": amount}}
        found = report(
            tmp_path,
            "initial",
            judgements={"eu.dora.costs": "unknown"},
            incident={**PAYMENTS["incident"], **loss},
        )
        assert found["f2_5"].choices[-1].chosen is taken


def test_a_bank_may_tell_its_indicators_though_no_status_under_nis2_is_listed(
    tmp_path: Path,
) -> None:
    for regimes, state in (
        (["eu.dora.financial_entity", "eu.dora.credit_institution"], "to_follow"),
        (["eu.dora.financial_entity"], "not_applicable"),
    ):
        about = {**PAYMENTS["organisation"], "regimes": regimes}
        assert report(tmp_path, "final", organisation=about)["f3_35"].state == state


def test_member_states_are_marked_where_people_are_and_the_rest_is_not_denied(
    tmp_path: Path,
) -> None:
    found = report(tmp_path, "initial")
    chosen = {choice.say: choice.chosen for choice in found["f2_6"].choices}
    assert {say for say, taken in chosen.items() if taken} == {"IE", "FR"}
    assert chosen["DE"] is None
    assert found["f2_6"].state == "to_follow"


def test_clients_are_not_the_people_whose_data_was_involved(tmp_path: Path) -> None:
    found = report(tmp_path, "intermediate")
    assert found["f3_4"].lines == ("4100",)
    silent = report(tmp_path, "intermediate", judgements={"eu.dora.clients": "unknown"})
    assert silent["f3_4"].state == "to_follow"


def test_percentages_have_one_decimal_rounded_half_up(tmp_path: Path) -> None:
    found = report(tmp_path, "intermediate")
    assert found["f3_5"].lines == ("12.3",)
    assert found["f3_7"].lines == ("0.0",)


def test_downtime_is_written_in_days_hours_and_minutes(tmp_path: Path) -> None:
    found = report(tmp_path, "intermediate")
    assert found["f3_16"].lines == ("01:06:30",)
    assert found["f3_15"].state == "to_follow"  # it is not resolved
    lasted = {**PAYMENTS["timeline"], "resolved": "2026-11-19T06:30:00+00:00"}
    assert report(tmp_path, "final", timeline=lasted)["f3_15"].lines == ("02:04:20",)


def test_the_reference_of_the_authority_is_the_one_it_gave_to_the_initial_notification(
    tmp_path: Path,
) -> None:
    assert report(tmp_path, "intermediate")["f3_1"].lines == ("CBI-88",)
    bare = report(
        tmp_path, "final", filings=[{"obligation": "eu-dora-initial", "at": "2026-11-17"}]
    )
    assert bare["f3_1"].state == "to_follow"


def test_ransomware_is_marked_as_technique_and_exfiltration_only_where_it_is_certain(
    tmp_path: Path,
) -> None:
    found = report(tmp_path, "intermediate")
    chosen = [choice.say for choice in found["f3_25"].choices if choice.chosen]
    assert chosen == ["data encryption for impact, including ransomware"]
    happened = {**PAYMENTS["incident"], "exfiltrated": "unknown"}
    unsure = report(tmp_path, "intermediate", incident=happened)["f3_25"]
    assert unsure.state == "to_follow"


def test_questions_under_another_answer_follow_it(tmp_path: Path) -> None:
    found = report(tmp_path, "final", answers=ANSWERS)
    assert found["f3_24"].state == "not_applicable"  # "other" is not among the types
    assert found["f3_32"].state == "known"
    assert found["f4_3"].state == "not_applicable"
    more = report(tmp_path, "final", answers={**ANSWERS, "f3_23": ["other"]})
    assert more["f3_24"].state == "to_follow"
    assert more["f3_25"].state == "known"


def test_a_reclassification_says_why_the_incident_is_not_major(tmp_path: Path) -> None:
    found = report(tmp_path, "reclassified")
    assert found["f2_10"].lines == ("No payment failed.",)
    assert found["f3_1"].lines == ("CBI-88",)
    assert report(tmp_path, "final")["f2_10"].state == "not_applicable"


def test_with_no_facts_nothing_is_said_but_the_stage(tmp_path: Path) -> None:
    bare = {
        "organisation": {"country": "IE", "regimes": ["eu.dora.financial_entity"]},
        "timeline": {},
        "incident": {},
        "description": {},
        "reporter": {},
    }
    content = {"schema": "regengine.incident/1", "reference": "PI-8", **bare}
    path = tmp_path / "bare.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    incident = load_incident(path)
    now = datetime.fromisoformat("2026-11-21T09:00:00+00:00")
    results = assess(incident, now=now, everything=True).obligations
    final = next(x for x in results if x.id == "eu-dora-final")
    paper = compose(MAJOR, Matter(incident, final))
    known = {entry.key for entry in paper.entries if entry.state == "known"}
    assert known == {"f1_1", "f2_1"}  # the stage, and the matter's own reference
    silent = {entry.key for entry in paper.entries if entry.state == "not_applicable"}
    # The statuses are told in full: the entity is not within the directive of f3_35.
    assert silent == {"f2_10", "f3_24", "f3_26", "f3_32", "f3_35", "f4_4"}


def test_the_bank_of_the_examples_says_what_its_file_holds() -> None:
    assessment = assessed("bank-dora.yaml", everything=True)
    incident = load_incident(FOLDER / "bank-dora.yaml")
    result = next(x for x in assessment.obligations if x.id == "eu-dora-intermediate")
    entries = {x.key: x for x in compose(MAJOR, Matter(incident, result, assessment)).entries}
    assert entries["f1_4"].lines == ("credit institution",)
    assert entries["f2_5"].lines[:2] == ("geographical spread", "economic impact")
    assert entries["f3_16"].lines == ("00:11:00",)
    assert entries["f3_23"].state == "to_follow"  # no attack: which other type it was, is open
    assert entries["f3_31"].lines[0] == "data protection authority"


def test_a_threat_is_told_from_its_own_matter_and_never_from_a_major_incident(
    tmp_path: Path,
) -> None:
    content = {**PAYMENTS, "judgements": {"eu.dora.significant_threat": True}, "filings": []}
    path = tmp_path / "threat.json"
    told = []
    for judged in ({}, {"eu.dora.major": True}):
        content["judgements"] = {"eu.dora.significant_threat": True, **judged}
        path.write_text(json.dumps(content), encoding="utf-8")
        incident = load_incident(path)
        now = datetime.fromisoformat("2026-11-21T09:00:00+00:00")
        assessment = assess(incident, now=now, everything=True)
        result = next(x for x in assessment.obligations if x.id == "eu-dora-threat-voluntary")
        assert template_at(route(result)) is THREAT
        paper = compose(THREAT, Matter(incident, result, assessment))
        told.append({entry.key: entry for entry in paper.entries})
    alone, beside = told
    assert alone["t12"].lines == ("2026-11-17T09:30:00Z",)
    assert alone["t13"].lines == ("Servers of the payment platform were encrypted.",)
    assert alone["t16"].state == "to_follow"
    assert {beside[key].state for key in ("t12", "t13", "t14", "t17")} == {"to_follow"}


# -- the same as data ----------------------------------------------------------------------


def schema(shape: MapShape, stage: str) -> dict[str, Any]:
    """Write a JSON Schema of what a map allows and a stage needs."""
    root: dict[str, Any] = _object()
    for each in shape.each:
        parent, name = _parent(root, each.path)
        members = {code: _object({each.key: {"const": code}}, [each.key]) for code in each.codes}
        parent["properties"][name] = {
            "type": "array",
            "minItems": 1,
            "items": {"oneOf": list(members.values())},
            "members": members,
        }
        _need(parent, name, each.required, stage)
    for row in shape.row:
        parent, name = _parent(root, row.path)
        parent["properties"].setdefault(name, _object() if row.type == "object" else _value(row))
        if row.when is None:  # one of several that stand for each other is needed
            _need(parent, name, row.required, stage)
        if not row.inside:
            _need_all(root, row.path, row.required, stage)
    return root


def _object(properties: dict[str, Any] | None = None, required: Any = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties or {},
        "required": list(required),
        "additionalProperties": False,
    }


def _parent(root: dict[str, Any], path: str) -> tuple[dict[str, Any], str]:
    *way, name = path.strip("/").split("/")
    here = root
    for part in way:
        if part.isdigit():
            here = here.setdefault("prefixItems", [_object()])[int(part)]
            continue
        if "members" in here:
            here = here["members"][part]
            continue
        here = here["properties"].setdefault(part, _object())
        if way[way.index(part) + 1 : way.index(part) + 2] == ["0"]:
            here.update({"type": "array", "minItems": 1})
            for word in ("properties", "required", "additionalProperties"):
                here.pop(word, None)
    return here, name


def _need(parent: dict[str, Any], name: str, stages: Any, stage: str) -> None:
    if {"*", stage} & set(stages):
        parent["required"].append(name)


def _need_all(root: dict[str, Any], path: str, stages: Any, stage: str) -> None:
    """What is needed makes the objects around it needed, save a list's own members."""
    parts = path.strip("/").split("/")
    if not {"*", stage} & set(stages) or "classificationTypes" in parts:
        return
    here = root
    for part in parts[:-1]:
        if part.isdigit():
            here = here["prefixItems"][int(part)]
            continue
        if part not in here["required"]:
            here["required"].append(part)
        here = here["properties"][part]


def _value(row: Any) -> dict[str, Any]:
    if row.const is not None:
        return {"const": row.const}
    if row.codes:
        single = {"enum": list(row.codes)}
        return {"type": "array", "minItems": 1, "items": single} if row.many else single
    instant = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"
    if row.type == "datetime":
        return {"type": "string", "pattern": instant}
    found: dict[str, Any] = {"type": row.type}
    if row.pattern is not None:
        found["pattern"] = f"^{row.pattern}$"
    if row.limit is not None:
        found["maxLength"] = row.limit
    if row.maximum is not None:
        found |= {"minimum": 0, "maximum": row.maximum}
    return found


def faults(found: Seen, stage: str) -> list[str]:
    validator = jsonschema.Draft202012Validator(schema(MAP, stage))
    return [error.message for error in validator.iter_errors(found.data)]


@pytest.mark.parametrize("stage", STAGES)
def test_a_complete_report_is_valid_as_data_at_every_stage(stage: str, tmp_path: Path) -> None:
    found = report(tmp_path, stage, answers=ANSWERS)
    assert found.document.valid, found.document.missing
    assert faults(found, stage) == []


@pytest.mark.parametrize("stage", STAGES)
def test_what_a_report_needs_and_lacks_is_listed_and_never_made_up(
    stage: str, tmp_path: Path
) -> None:
    found = report(tmp_path, stage, answers={}, reporter={})
    assert not found.document.valid
    assert faults(found, stage)
    common = {"/affectedEntity/0/affectedEntityType", "/primaryContact/email"}
    late = {"/impactAssessment/criticalServicesAffected"}
    last = {
        "/incident/incidentResolutionDateTime",
        "/incident/incidentResolutionSummary",
        "/incident/incidentResolutionVsPlannedImplementation",
        "/incident/financialRecoveriesAmount",
    }
    wanted = {"intermediate": common | late, "final": common | late | last}
    assert found.needed == wanted.get(stage, common)


def test_the_data_hold_instants_in_utc_numbers_as_numbers_and_codes_for_words(
    tmp_path: Path,
) -> None:
    data = report(tmp_path, "final", answers=ANSWERS).data
    incident, impact = data["incident"], data["impactAssessment"]
    assert data["incidentSubmission"] == "final_report"
    assert incident["rootCauseAddressingDateTime"] == "2026-11-19T08:00:00Z"
    assert incident["isBusinessContinuityActivated"] is True
    assert impact["affectedAssets"]["affectedClients"] == {"number": 4100, "percentage": 12.3}
    assert impact["affectedAssets"]["valueOfAffectedTransactions"] == 310.5
    assert incident["financialRecoveriesAmount"] == 0
    assert incident["incidentType"]["threatTechniques"] == [
        "data_encryption_for_impact_including_ransomware"
    ]
    assert data["affectedEntity"] == [
        {"affectedEntityType": ["payment_institution"], "entityType": "AFFECTED_ENTITY"}
    ]
    criteria = {one["classificationCriterion"]: one for one in incident["classificationTypes"]}
    assert criteria["geographical_spread"]["countryCodeMaterialityThresholds"] == ["FR", "IE"]
    assert "EUR 250,000" in criteria["economic_impact"]["economicImpactMaterialityThreshold"]
    assert "ultimateParentUndertaking" not in data


def test_the_same_matter_gives_the_same_bytes(tmp_path: Path) -> None:
    first = report(tmp_path, "final", answers=ANSWERS)
    assert machine(MAJOR, first.matter) == first.document.content
    assert machine(template_at("filing/record"), first.matter) is None


@pytest.mark.parametrize(
    ("key", "answer", "path", "why"),
    [
        ("f1_3", "5299000J2N45DDNE4Y2", "/submittingEntity/LEI", "is not of the form"),
        ("f1_15", "USD", "/reportCurrency", "has no code in the format"),
        ("f1_9", "ask the desk", "/primaryContact/phone", "is not of the form"),
        ("f2_2", "2026-11-17 09:30", "/incident/detectionDateTime", "is no instant"),
        ("f2_9", "partly", "/incident/isBusinessContinuityActivated", "neither yes nor no"),
        ("f1_5", "One Ltd; Two Ltd", "/affectedEntity/0/name", "is not of the form"),
    ],
)
def test_a_value_that_the_format_does_not_take_is_left_out_and_listed(
    key: str, answer: str, path: str, why: str, tmp_path: Path
) -> None:
    found = report(tmp_path, "initial", answers={**ANSWERS, key: answer})
    listed = {one.path: one for one in found.document.missing}
    assert why in listed[path].why
    assert listed[path].field == f"eu-dora-major-incident.{key}"
    assert answer not in found.document.content.decode()


def test_a_text_that_is_too_long_is_left_out_and_never_cut(tmp_path: Path) -> None:
    long = {"nature": "n" * 19_000, "cause": "c" * 19_000}
    found = report(tmp_path, "initial", answers=ANSWERS, description=long)
    listed = {one.path: one for one in found.document.missing}
    assert listed["/incident/incidentDescription"].why.startswith("38001 characters")
    assert listed["/incident/incidentDescription"].needed
    assert not found.document.valid


@pytest.mark.parametrize(("answer", "why"), [("4,5", "no plain number"), ("101", "more than 100")])
def test_a_percentage_that_is_none_is_listed(answer: str, why: str, tmp_path: Path) -> None:
    found = report(tmp_path, "final", answers={**ANSWERS, "f3_5": answer})
    listed = {one.path: one.why for one in found.document.missing}
    assert why in listed["/impactAssessment/affectedAssets/affectedClients/percentage"]


def test_what_stands_under_a_criterion_that_is_not_met_is_listed_as_such(tmp_path: Path) -> None:
    answers = {**ANSWERS, "f3_14": "Nothing was printed."}
    found = report(tmp_path, "final", answers=answers)
    listed = {one.path: one.why for one in found.document.missing}
    path = "/incident/classificationTypes/reputational_impact/reputationalImpactDescription"
    assert listed[path] == 'stands only under "reputational_impact", which is not chosen'


def test_a_third_party_that_submits_may_use_another_code_than_the_lei(tmp_path: Path) -> None:
    answers = {**ANSWERS, "f1_2": "Reports SA", "f1_3": "EUID:FR.123", "f1_5": "Quickpay DAC"}
    found = report(tmp_path, "initial", answers=answers)
    assert found.document.valid
    assert found.data["submittingEntity"]["code"] == "EUID:FR.123"
    assert found.data["affectedEntity"][0]["name"] == "Quickpay DAC"


def test_a_second_contact_without_an_address_is_not_complete(tmp_path: Path) -> None:
    answers = {key: x for key, x in ANSWERS.items() if key != "f1_11"}
    found = report(tmp_path, "initial", answers=answers)
    assert found.needed == {"/secondaryContact/email"}


def test_the_map_takes_every_field_and_fits_its_form() -> None:
    check(MAJOR, MAP)
    taken = {each.field for each in MAP.each} | {row.field for row in MAP.row}
    assert taken - {None} == {field.key for field in MAJOR.fields()}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"path": "/x", "field": "f9_9"}, "no field f9_9"),
        ({"path": "/x", "field": "f3_28", "codes": ["yes"]}, "1 codes for 3 options"),
    ],
)
def test_a_map_that_does_not_fit_its_form_is_refused(row: dict[str, Any], fault: str) -> None:
    shape = MapShape.model_validate({"title": "T", "version": "1", "source": "s", "row": [row]})
    with pytest.raises(TemplateFaultError, match=fault):
        check(MAJOR, shape)


def test_a_row_has_one_source() -> None:
    row = {"path": "/x", "field": "f1_1", "const": "y"}
    with pytest.raises(ValueError, match="/x: needs a field or value, or a const"):
        MapShape.model_validate({"title": "T", "version": "1", "source": "s", "row": [row]})


@pytest.mark.parametrize("name", form_ids())
def test_every_form_with_a_machine_format_has_a_map_that_fits(name: str) -> None:
    template = template_at(f"filing/{name}")
    shape = map_for(template)
    assert (shape is None) == (template.machine is None)
    if shape is not None:
        check(template, shape)


# -- the common template of the data protection authorities ------------------------------------

BOARD = template_at("filing/eu-edpb-art33").model_copy(
    update={"machine": MachineShape(format="json", map="machine.toml")}
)


def board(tmp_path: Path, answers: dict[str, Any] | None = None, **changes: Any) -> Document:
    """Write the same matter's notification to the data protection authority."""
    content = json.loads(json.dumps(PAYMENTS)) | {"filings": []} | changes
    content["answers"] = {f"eu-edpb-art33.{key}": x for key, x in (answers or {}).items()}
    path = tmp_path / "matter.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    incident = load_incident(path)
    now = datetime.fromisoformat("2026-11-21T09:00:00+00:00")
    assessment = assess(incident, now=now, everything=True)
    result = next(x for x in assessment.obligations if x.id.startswith("eu-gdpr-"))
    made = document(BOARD, Matter(incident, result, assessment))
    assert made is not None
    return made


def test_the_common_template_has_a_member_for_each_of_its_rows() -> None:
    shape = map_of("eu-edpb-art33", "machine.toml")
    check(BOARD, shape)
    assert {row.field for row in shape.row} == {field.key for field in BOARD.fields()}
    rows = {row.path.split("/")[1] for row in shape.row}
    assert len(rows) == 100
    for row in shape.row:
        number = (row.field or "").partition("_")[0].removeprefix("r")
        assert row.path.split("/")[1] == f"row_{number}"


def test_the_common_template_tells_instants_numbers_and_options_as_data(tmp_path: Path) -> None:
    data = json.loads(board(tmp_path).content)
    assert data["row_48"] == "2026-11-17T09:30:00Z"
    assert data["row_68"]["total"] == 940
    assert data["row_60"] == "Encrypted device or ransomware"
    assert data["row_55"][0].startswith("Confidentiality")
    assert data["row_12"] == "Quickpay DAC"


def test_a_range_of_people_is_no_number_and_an_answer_leads_over_the_facts(
    tmp_path: Path,
) -> None:
    people = {"IE": {"at_least": 500, "at_most": 900}}
    group = {"group": "users", "people": people, "data": ["name"]}
    made = board(tmp_path, affected=[group])
    listed = {one.path: one.why for one in made.missing}
    assert "no plain whole number" in listed["/row_68/total"]
    answered = board(tmp_path, {"r68_subject_count": 700}, affected=[group])
    assert json.loads(answered.content)["row_68"]["total"] == 700
    moved = board(tmp_path, {"r48_aware": "2026-11-17T12:00:00+01:00"})
    assert json.loads(moved.content)["row_48"] == "2026-11-17T11:00:00Z"


def test_a_form_that_extends_another_takes_its_map() -> None:
    extending = template_at("filing/ie-dpc").model_copy(update={"machine": BOARD.machine})
    assert map_for(extending) is map_for(BOARD)
