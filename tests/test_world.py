"""People in every place of the world: each is answered, and both engines answer alike.

``python tests/test_world.py`` writes anew what is kept under ``snapshots/``.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # so that this file also runs as a script

from regengine.assess import assess, open_corpus  # noqa: E402  # reason: as above
from regengine.assessment import Assessment, Result  # noqa: E402
from regengine.catalogue import entries  # noqa: E402
from regengine.facts import Incident  # noqa: E402
from regengine.inference import durable_available  # noqa: E402
from regengine.intake import read_incident  # noqa: E402

KEPT = ROOT / "tests" / "snapshots"
FOLDERS = ("eu", "uk", "world")

MEMBERS = [
    "AT",
    "BE",
    "BG",
    "CY",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "FR",
    "GR",
    "HR",
    "HU",
    "IE",
    "IS",
    "IT",
    "LI",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "NO",
    "PL",
    "PT",
    "RO",
    "SE",
    "SI",
    "SK",
]
COUNTRIES = [
    "AD",
    "AE",
    "AF",
    "AG",
    "AL",
    "AM",
    "AO",
    "AR",
    "AU",
    "AW",
    "AZ",
    "BA",
    "BB",
    "BD",
    "BF",
    "BH",
    "BI",
    "BJ",
    "BM",
    "BN",
    "BO",
    "BR",
    "BS",
    "BT",
    "BW",
    "BY",
    "BZ",
    "CA",
    "CD",
    "CF",
    "CG",
    "CH",
    "CI",
    "CL",
    "CM",
    "CN",
    "CO",
    "CR",
    "CU",
    "CV",
    "CW",
    "DJ",
    "DM",
    "DO",
    "DZ",
    "EC",
    "EG",
    "ER",
    "ET",
    "FJ",
    "FO",
    "GA",
    "GB",
    "GD",
    "GE",
    "GG",
    "GH",
    "GI",
    "GL",
    "GM",
    "GN",
    "GQ",
    "GT",
    "GW",
    "GY",
    "HK",
    "HN",
    "HT",
    "ID",
    "IL",
    "IM",
    "IN",
    "IQ",
    "IR",
    "JE",
    "JM",
    "JO",
    "JP",
    "KE",
    "KG",
    "KH",
    "KM",
    "KN",
    "KR",
    "KW",
    "KY",
    "KZ",
    "LA",
    "LB",
    "LC",
    "LK",
    "LR",
    "LS",
    "LY",
    "MA",
    "MC",
    "MD",
    "ME",
    "MG",
    "MK",
    "ML",
    "MM",
    "MN",
    "MO",
    "MR",
    "MU",
    "MV",
    "MW",
    "MX",
    "MY",
    "MZ",
    "NA",
    "NE",
    "NG",
    "NI",
    "NP",
    "NZ",
    "OM",
    "PA",
    "PE",
    "PG",
    "PH",
    "PK",
    "PS",
    "PY",
    "QA",
    "RS",
    "RU",
    "RW",
    "SA",
    "SC",
    "SD",
    "SG",
    "SL",
    "SM",
    "SN",
    "SO",
    "SR",
    "SS",
    "ST",
    "SV",
    "SX",
    "SY",
    "SZ",
    "TD",
    "TG",
    "TH",
    "TJ",
    "TM",
    "TN",
    "TR",
    "TT",
    "TW",
    "TZ",
    "UA",
    "UG",
    "UY",
    "UZ",
    "VC",
    "VE",
    "VG",
    "VN",
    "XK",
    "YE",
    "ZA",
    "ZM",
    "ZW",
]
PARTS = [
    "AE-AZ",
    "AE-DU",
    "AU-NSW",
    "AU-QLD",
    "AU-VIC",
    "AU-WA",
    "CA-AB",
    "CA-BC",
    "CA-MB",
    "CA-NB",
    "CA-NL",
    "CA-NS",
    "CA-NT",
    "CA-NU",
    "CA-ON",
    "CA-PE",
    "CA-QC",
    "CA-SK",
    "CA-YT",
    "GB-EAW",
    "GB-ENG",
    "GB-NIR",
    "GB-SCT",
]
PLACES = (*MEMBERS, *COUNTRIES, *PARTS)


def incident(**facts: Any) -> Incident:
    """An exfiltration at an Irish company, with 5,000 people in each place."""
    group: dict[str, Any] = {
        "group": "people", "people": dict.fromkeys(PLACES, 5_000),
        "data": ["name", "email", "national_id", "card_number"], "encrypted": False,
    }  # fmt: skip  # reason: a table of facts reads better in lines of words
    base: dict[str, Any] = {
        "schema": "regengine.incident/1",
        "reference": "WORLD",
        "organisation": {
            "name": "X DAC", "country": "IE", "zone": "Europe/Dublin", "role": "controller",
            "regimes": [], "public": False,
        },
        "timeline": {
            "detected": "2026-11-02T09:00:00+00:00", "aware": "2026-11-02T10:00:00+00:00",
        },
        "incident": {
            "kinds": ["exfiltration"], "media": ["electronic"], "malicious": True,
            "accessed": True, "acquired": True, "exfiltrated": True, "disclosed": False,
            "altered": False, "lost": False, "unavailable": False, "good_faith": False,
        },
        "judgements": {"eu.gdpr.risk": "high", "us.misuse_likely": True},
        "affected": [group],
    }  # fmt: skip  # reason: as above
    for key, value in facts.items():
        held = base.get(key)
        base[key] = {**held, **value} if isinstance(held, dict) else value
    return read_incident(base, open_corpus().vocabulary)


@cache
def assessed(engine: str = "durable") -> Assessment:
    return assess(incident(), engine=engine, check=engine == "durable")  # type: ignore[arg-type]  # reason: one of two words


def around(place: str) -> set[str]:
    """The place and the larger orders whose law binds there."""
    return {place, *open_corpus().world.ancestors(place)}


def answers(found: Assessment) -> Iterator[tuple[str, str]]:
    """Say for each place what is owed, what is possible, and what is not owed."""
    for place in PLACES:
        own = [result for result in found.obligations if result.jurisdiction == place]
        yield place, _answer(own) or _beside(found, place)


def _answer(results: list[Result]) -> str:
    parts = []
    for status in ("required", "possible", "not_required"):
        named = sorted({result.id for result in results if result.status == status})
        parts += [f"{status.replace('_', ' ')}: {' '.join(named)}"] if named else []
    return "; ".join(parts)


def _beside(found: Assessment, place: str) -> str:
    if any(item.jurisdiction == place for item in found.coming):
        return "coming"
    if any(item.jurisdiction == place for item in found.not_covered):
        return "not covered"
    above = around(place) - {place}
    law = sorted({result.jurisdiction for result in found.obligations} & above)
    return f"under {' '.join(law)}" if law else "silence"


def test_the_places_are_those_of_the_law() -> None:
    """Of every place that a law file names, somebody is affected."""
    named = {entry.place for entry in entries(open_corpus()) if not entry.place.startswith("US")}
    members = {place for place in MEMBERS if place not in named}  # no terms of their own
    assert {*PLACES, "EU", "EEA"} == named | members
    assert len(PLACES) == len(set(PLACES)) == 220  # reason: the number is the point


def test_no_place_is_met_with_silence() -> None:
    assert [place for place, said in answers(assessed()) if said == "silence"] == []


def test_the_answers_are_those_on_record() -> None:
    """What each place asks of one matter, read line by line when it was kept."""
    kept = (KEPT / "world-answers.txt").read_text(encoding="utf-8")
    assert "".join(f"{place} {said}\n" for place, said in answers(assessed())) == kept


@pytest.mark.skipif(not durable_available(), reason="durable-rules cannot be imported here")
def test_both_engines_give_one_answer_for_the_whole_world() -> None:
    durable, chainer = assessed(), assessed("chainer")
    assert durable.checked
    assert durable.obligations == chainer.obligations
    assert durable.open_questions == chainer.open_questions
    assert durable.coming == chainer.coming


@pytest.mark.skipif(not durable_available(), reason="durable-rules cannot be imported here")
@pytest.mark.parametrize("role", ["processor", "joint_controller"])
def test_both_engines_agree_on_other_roles(role: str) -> None:
    given = incident(organisation={"role": role})
    durable = assess(given, engine="durable")
    assert durable.obligations == assess(given, engine="chainer", check=False).obligations


def test_every_place_protects_what_it_is_said_to_protect_while_data_are_unknown() -> None:
    """Data not known: what was required is open or still required, never gone."""
    known = {result.key for result in assessed().obligations if result.status == "required"}
    lost = incident(affected=[{"group": "people", "people": dict.fromkeys(PLACES, 5_000)}])
    found = assess(lost, engine="chainer", check=False)
    gone = {result.key for result in found.obligations if result.status == "not_required"}
    assert known & gone == set()


def test_people_of_whom_no_place_is_known_bring_every_law_into_view() -> None:
    lost = incident(affected=[{"group": "people", "data": ["name", "email"]}])
    found = assess(lost, engine="chainer", check=False)
    named = {key.partition("@")[2] for item in found.summaries for key in item.decides}
    named |= {result.jurisdiction for result in found.obligations}
    lawful = {result.jurisdiction for result in assessed().obligations}
    silent = {place for place in lawful - named if around(place).isdisjoint(named)}
    assert silent == set()


def test_a_country_outside_the_law_is_named_as_not_covered() -> None:
    given = incident(affected=[{"group": "g", "people": {"KP": 3}, "data": ["name"]}])
    found = assess(given, engine="chainer", check=False)
    assert "KP" in [item.jurisdiction for item in found.not_covered]
    assert not [result for result in found.obligations if result.jurisdiction == "KP"]


def ids() -> list[str]:
    """Every id of the folders, read from the files themselves."""
    return sorted(
        duty["id"]
        for folder in FOLDERS
        for path in (ROOT / "rules" / folder).rglob("*.toml")
        for duty in tomllib.loads(path.read_text(encoding="utf-8")).get("obligation", ())
    )


def test_the_ids_of_the_world_are_those_on_record() -> None:
    """Nobody loses a duty by a slip: an id that goes must go from this list as well."""
    kept = (KEPT / "world-obligations.txt").read_text(encoding="utf-8").split()
    assert ids() == kept


if __name__ == "__main__":
    text = "".join(f"{place} {said}\n" for place, said in answers(assessed()))
    (KEPT / "world-answers.txt").write_text(text, encoding="utf-8")
    (KEPT / "world-obligations.txt").write_text("\n".join(ids()) + "\n", encoding="utf-8")
