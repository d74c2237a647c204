"""Forms of Asian authorities: what each says of a matter, and what it leaves open."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from regengine import assess, load_incident
from regengine.assess import open_corpus
from regengine.assessment import Deadline, People, Start
from regengine.documents.composing import compose
from regengine.documents.content import Matter
from regengine.documents.expressions import evaluate, names_for
from regengine.documents.items import content_items, is_answered
from regengine.documents.paper import Entry, Paper, gaps
from regengine.documents.templates import american, route, template_at
from regengine.facts import Candidate, Incident, Moment, Organisation
from regengine.law import Recipient
from tests.test_forms import duty

NOW = datetime.fromisoformat("2026-11-22T00:00:00+00:00")

# Whom each form is for; the one of China goes to whom the Measures name.
AUTHORITIES = {
    "cn-cac": {
        "cn.cac_provincial", "cn.cii_protection", "cn.public_security", "cn.cyberspace_unit",
        "cn.pipl",
    },
    "hk-pcpd": {"None"},
    "in-certin": {"in.cert_in"},
    "in-dpdp-board": {"in.dpb"},
    "jp-ppc": {"jp.ppc"},
    "kr-pipc-kisa": {"kr.data_protection"},
    "my-pdpc": {"my.data_protection"},
    "ph-npc": {"ph.data_protection"},
    "sg-pdpc": {"sg.pdpc"},
}  # fmt: skip  # reason: names read better in lines
DUTIES = {
    "cn-cac": {"cn-cac-operator", "cn-cac-cii", "cn-cac-central", "cn-pipl-authority"},
    "hk-pcpd": {"hk-none"},
    "in-certin": {"in-certin"},
    "in-dpdp-board": {"in-dpdp-board"},
    "jp-ppc": {"jp-ppc-preliminary", "jp-ppc-final", "jp-ppc-final-wrongful"},
    "kr-pipc-kisa": {"kr-pipc"},
    "my-pdpc": {"my-commissioner"},
    "ph-npc": {"ph-npc"},
    "sg-pdpc": {"sg-pdpc"},
}
FIELDS = {
    "cn-cac": 14, "hk-pcpd": 13, "in-certin": 23, "in-dpdp-board": 7, "jp-ppc": 17,
    "kr-pipc-kisa": 9, "my-pdpc": 13, "ph-npc": 14, "sg-pdpc": 14,
}  # fmt: skip  # reason: numbers read better in lines
each = pytest.mark.parametrize("name", sorted(FIELDS))

# A shop of Australia, which no law here counts as its own: only local people count.
SHOP: dict[str, Any] = {
    "schema": "regengine.incident/1",
    "reference": "AS-1",
    "reporter": {
        "name": "Mei Tan",
        "title": "General Counsel",
        "email": "mei@shop.example",
        "phone": "+61 2 5550 0100",
    },
    "signatory": {"name": "Kim Mori", "title": "Company Secretary"},
    "organisation": {
        "name": "Example Shop Ltd",
        "country": "AU",
        "zone": "Australia/Sydney",
        "establishments": ["AU", "SG", "IN", "JP", "KR", "MY", "PH", "CN", "HK"],
        "role": "controller",
        "sector": "retail",
        "regimes": ["in.cert_in", "kr.online_provider"],
        "public": False,
        "address": "1 Example Street, Sydney NSW 2000",
        "identifiers": {"abn": "12 345 678 901"},
        "dpo": {"name": "R. Lim", "email": "dpo@shop.example", "phone": "+61 2 5550 0101"},
    },
    "timeline": {
        "occurred_from": "2026-11-17T02:10:00+08:00",
        "occurred_to": "2026-11-19T22:00:00+08:00",
        "detected": "2026-11-18T07:45:00+08:00",
        "processor_told": "2026-11-19T16:00:00+08:00",
        "aware": "2026-11-20T16:30:00+08:00",
        "assessment_completed": "2026-11-21T10:00:00+08:00",
        "ransom_demanded": "2026-11-19T22:30:00+08:00",
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
        "misuse_seen": False,
        "recovered": False,
        "media": ["electronic"],
        "ongoing": False,
        "vendor": {"name": "CloudHost Pte Ltd", "role": "processor"},
    },
    "description": {
        "nature": "Somebody entered the order system and encrypted servers.",
        "cause": "A stolen administrator password.",
        "systems": "The order system.",
        "consequences": "Identity theft and fraud are possible.",
        "measures_taken": "Servers were rebuilt.",
        "measures_proposed": "A second factor for administrators.",
        "advice_to_people": "Change your password.",
    },
    "affected": [
        {
            "group": "customers",
            "label": "Customers",
            "people": {
                "AU": 9000, "SG": 800, "JP": 1500, "KR": 1200, "MY": 2000, "PH": 700,
                "IN": 5000, "CN": 1500000, "HK": 90,
            },
            "data": ["name", "email", "password", "national_id", "health", "card_number"],
            "encrypted": False,
            "redacted": False,
            "children": False,
        }
    ],
    "judgements": {"ph.real_risk": True, "cn.grade": "relatively_major"},
}  # fmt: skip  # reason: places and data read better in lines of words


class Case:
    """An incident with its assessment, and the forms that it fills."""

    def __init__(self, incident: Incident, as_of: date | None = None, now: datetime = NOW) -> None:
        self.incident = incident
        self.assessment = assess(incident, as_of, now)

    def matter(self, key: str) -> Matter:
        (result,) = (x for x in self.assessment.obligations if x.key == key)
        return Matter(self.incident, result, self.assessment, american=american(result))

    def paper(self, key: str) -> Paper:
        matter = self.matter(key)
        return compose(template_at(route(matter.result)), matter)

    def form(self, key: str) -> dict[str, Entry]:
        return {entry.key: entry for entry in self.paper(key).entries}


Cases = Callable[..., Case]


def merged(facts: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    found = copy.deepcopy(dict(facts))
    for key, value in change.items():
        both = isinstance(value, Mapping) and isinstance(found.get(key), Mapping)
        found[key] = merged(found[key], value) if both else value
    return found


@pytest.fixture(scope="module")
def case_of(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    """Assess the shop's incident with some facts changed."""

    def make(change: Mapping[str, Any] | None = None, **more: Any) -> Case:
        path: Path = tmp_path_factory.mktemp("case") / "incident.json"
        path.write_text(json.dumps(merged(SHOP, change or {})), encoding="utf-8")
        return Case(load_incident(path), **more)

    return make


@pytest.fixture(scope="module")
def shop(case_of: Cases) -> Case:
    return case_of()


# Little is known: a system was entered; nobody knows yet whose data were there.
LITTLE: dict[str, Any] = {
    "signatory": {},
    "timeline": {"aware": "unknown", "detected": "unknown", "processor_told": "unknown"},
    "incident": {
        "kinds": "unknown", "malicious": "unknown", "accessed": "unknown",
        "acquired": "unknown", "exfiltrated": "unknown", "disclosed": "unknown",
        "altered": "unknown", "lost": "unknown", "unavailable": "unknown",
        "misuse_seen": "unknown", "recovered": "unknown", "media": "unknown",
        "vendor": {"name": "unknown", "role": "unknown"},
    },
}  # fmt: skip  # reason: facts read better in lines


# -- what goes to which form ---------------------------------------------------------------


def asian() -> Iterator[tuple[str, str, Recipient]]:
    corpus = open_corpus()
    for name in sorted(set(corpus.home.values())):
        if name.startswith("world/"):
            law = corpus.file(name)
            for obligation in law.obligation:
                yield from ((obligation.id, str(law.place), to) for to in obligation.to)


@pytest.fixture(scope="module")
def routed() -> dict[str, dict[str, set[str]]]:
    """For each form, the authorities and the obligations that lead to it."""
    found: dict[str, dict[str, set[str]]] = {
        name: {"authorities": set(), "ids": set()} for name in FIELDS
    }
    for id_, place, to in asian():
        about = duty(id=id_, key=f"{id_}@{place}", jurisdiction=place)
        result = about.model_copy(
            update={"recipient": about.recipient.model_copy(update={"kind": to.kind})}
        )
        form = route(result).removeprefix("filing/")
        if form in found:
            found[form]["authorities"].add(str(to.authority))
            found[form]["ids"].add(id_)
    return found


@each
def test_every_duty_that_leads_to_a_form_is_owed_to_its_authority(
    name: str, routed: dict[str, dict[str, set[str]]]
) -> None:
    assert routed[name] == {"authorities": AUTHORITIES[name], "ids": DUTIES[name]}


def test_what_has_another_form_of_the_same_authority_does_not_take_this_one() -> None:
    for id_ in ("jp-mynumber", "jp-admin-organs", "kr-network-act", "ph-annual-report"):
        place = id_[:2].upper()
        found = duty(id=id_, key=f"{id_}@{place}", jurisdiction=place)
        assert route(found) == "filing/general"


@each
def test_no_field_of_a_form_is_lost(name: str) -> None:
    found = template_at(f"filing/{name}")
    assert (len(found.fields()), found.mirrors) == (FIELDS[name], True)


@pytest.mark.parametrize("as_of", [None, date(2027, 6, 1)])
def test_every_item_of_the_law_is_answered_at_the_stage_that_asks_for_it(
    case_of: Cases, as_of: date | None
) -> None:
    items = 0
    for result in case_of(as_of=as_of).assessment.obligations:
        folder = route(result)
        if folder.removeprefix("filing/") not in FIELDS:
            continue
        form = template_at(folder)
        stage = form.stage_of(result, lambda shape: shape.when is None)
        name = stage.name if stage else None
        assert bool(form.stage) == (name is not None), result.key
        shown = [
            field
            for part in form.section
            for field in part.field
            if all(not x or name in x for x in (part.stages, field.stages))
        ]
        said, patterns = {x.fill for x in shown} - {None}, [x.answers for x in shown]
        for item in content_items(result):
            items += 1
            assert item.fill in said or is_answered(item, patterns), (result.key, item.say)
    assert items > 90


@each
def test_a_form_without_facts_states_nothing(name: str) -> None:
    found = template_at(f"filing/{name}")
    keys = [x.keys[0].replace("*", "XX").replace("XX@XX", "operator@XX") for x in found.stage]
    for key in keys or [f"{name}@XX"]:
        about = duty(id=key.partition("@")[0], key=key)
        stated = [
            (x.key, x.lines)
            for x in compose(found, Matter(Incident(reference="X"), about)).entries
            if x.state == "known" and x.key != "kind"  # the stage is known
        ]
        assert stated == []


# -- the words that expressions share ---------------------------------------------------------


def started(
    source: str, at: str | None, zone: str = "Asia/Tokyo", *, days: bool = False, **on: Moment
) -> object:
    """Evaluate over a timeline and a clock that began at an instant."""
    starts = Start(event="aware", at=datetime.fromisoformat(at) if at else None)
    deadline = Deadline(kind="fixed", starts=starts, zone="Asia/Tokyo")
    timeline: dict[str, tuple[Candidate, ...]] = {
        event: (Candidate(at=moment),) for event, moment in on.items()
    }
    home = Organisation(zone=zone)
    incident = Incident(reference="X", organisation=home, timeline=timeline)
    matter = Matter(incident, duty(deadline=deadline), days_only=days)
    return evaluate(source, names_for(matter), "test")


def at(text: str) -> Moment:
    return Moment.of(datetime.fromisoformat(text))


ASKED = "clock_start('aware', 'processor_told')"


def test_the_event_from_which_the_clock_runs_is_told_by_its_own_name() -> None:
    told, aware = at("2026-11-19T16:00:00+09:00"), at("2026-11-20T16:30:00+09:00")

    def asked(start: str | None) -> object:
        return started(ASKED, start, days=True, aware=aware, processor_told=told)

    assert asked("2026-11-19T16:00:00+09:00") == "The processor's notice arrived: 19 November 2026"
    assert asked("2026-11-20T16:30:00+09:00") == "The organisation became aware: 20 November 2026"
    assert asked("2026-11-17T00:00:00+09:00") is None
    assert asked(None) is None


def test_the_day_of_a_clock_is_the_earlier_of_theirs_and_ours() -> None:
    evening = at("2026-11-20T18:00:00-05:00")  # the 21st in Tokyo
    found = started(
        ASKED, "2026-11-20T18:00:00-05:00", "America/New_York", days=True, aware=evening
    )
    assert found == "The organisation became aware: 20 November 2026"
    night = at("2026-11-21T01:00:00+13:00")  # the 20th in Tokyo
    found = started(ASKED, "2026-11-21T01:00:00+13:00", "Pacific/Auckland", days=True, aware=night)
    assert found == "The organisation became aware: 20 November 2026"


def test_a_day_without_a_time_starts_the_clock_at_its_first_instant() -> None:
    day = Moment.of(date(2026, 11, 20))
    found = started(ASKED, "2026-11-20T00:00:00+09:00", aware=day)
    assert found == "The organisation became aware: 20 November 2026"
    assert started(ASKED, "2026-11-19T00:00:00+09:00", aware=day) is None


def test_a_moment_is_told_in_the_zone_that_a_form_wants() -> None:
    first = at("2026-11-17T02:10:00+08:00")
    found = started("moment('detected', zone='Asia/Kolkata')", None, detected=first)
    assert found == "16 November 2026 at 23:40 IST (UTC+05:30)"


def test_who_discovered_it_stays_open_where_a_sign_was_seen_before_the_processor_told() -> None:
    notice, before = at("2026-11-19T16:00:00+09:00"), at("2026-11-18T07:00:00+09:00")
    source = "fill('discovery_how')"
    assert started(source, None, processor_told=notice) == "The processor or vendor told us."
    assert started(source, None, processor_told=notice, detected=before) is None
    early = Moment.of(date(2026, 11, 18))
    assert started(source, None, processor_told=notice, aware=early) is None


def test_each_line_of_an_item_is_a_line_of_its_field(shop: Case) -> None:
    lines = shop.form("sg-pdpc@SG")["chronology"].lines
    assert not [line for line in lines if "\n" in line]
    assert lines[0] == "The incident began: 17 November 2026 at 05:10 AEDT (UTC+11:00)"


# -- China ------------------------------------------------------------------------------------


def test_china_reads_grade_ransom_and_every_event_by_its_name(shop: Case) -> None:
    paper = shop.paper("cn-cac-operator@CN/initial")
    form = {x.key: x for x in paper.entries}
    assert paper.stage == "First report"
    assert "Grade: relatively major" in form["when"].lines
    assert "The processor's notice arrived: 19 November 2026 at 19:00 AEDT (UTC+11:00)" in (
        form["when"].lines
    )
    assert form["when"].state == "to_follow"  # the place is not known
    assert form["ransom"].lines[0].startswith("A ransom was demanded: 20 November 2026")
    assert form["ransom"].state == "to_follow"  # the amount is not
    for key in ("trend", "scene", "trace"):
        assert (form[key].state, form[key].lines) == ("to_follow", ()), key
    assert "summary" not in form


def test_china_asks_of_a_ransom_only_where_there_may_be_one(case_of: Cases) -> None:
    form = case_of({"incident": {"kinds": ["intrusion"]}}).form("cn-cac-operator@CN/initial")
    assert form["ransom"].state == "not_applicable"


def test_chinas_later_reports_ask_what_they_are_for(shop: Case) -> None:
    supplement = shop.paper("cn-cac-operator@CN/supplement")
    assert (supplement.stage, len(supplement.entries)) == ("Supplement", 13)
    final = shop.paper("cn-cac-operator@CN/final")
    assert final.stage == "Summary report"
    assert [x.key for x in final.entries] == ["entity", "summary"]
    (summary,) = [x for x in final.entries if x.key == "summary"]
    assert summary.lines[0] == "Cause: A stolen administrator password."
    assert gaps("\n".join(summary.lines))  # who answers for it is not known


def test_a_leak_alone_is_reported_in_china_without_the_network_items(shop: Case) -> None:
    paper = shop.paper("cn-pipl-authority@CN")
    assert paper.stage == "Report on personal information"
    keys = [x.key for x in paper.entries]
    assert keys == ["entity", "pipl_kinds", "pipl_measures", "pipl_contact"]
    assert all(x.state == "known" for x in paper.entries)


def test_infrastructure_of_china_files_the_same_form_with_the_police() -> None:
    about = duty(id="cn-cac-cii", key="cn-cac-cii@CN/initial~police", jurisdiction="CN")
    found = template_at(route(about)).stage_of(about)
    assert found is not None
    assert found.name == "first"


# -- Hong Kong ---------------------------------------------------------------------------------


def hong_kong(case: Case) -> dict[str, Entry]:
    about = duty(id="hk-none", key="hk-none@HK", jurisdiction="HK", people=People())
    paper = compose(template_at("filing/hk-pcpd"), Matter(case.incident, about, case.assessment))
    assert "law" not in " ".join(str(x) for x in (paper.intro,))
    return {x.key: x for x in paper.entries}


def test_hong_kong_reads_local_and_all_people_apart(shop: Case) -> None:
    form = hong_kong(shop)
    assert form["subjects"].lines == (
        "Customers",
        "In all: 1,520,290 people",
        "Of these in Hong Kong: 90",
    )
    assert form["data"].lines == (
        "Name", "HKID or other ID number", "Contact", "Financial", "Health", "Other",
    )  # fmt: skip  # reason: options in a line
    assert form["sector"].lines == ("Private",)
    assert form["cause"].lines == ("Hacking or ransomware",)
    assert form["processor"].lines == ("Yes",)
    assert (form["told"].state, form["risk"].state) == ("to_follow", "to_follow")


def test_copied_data_alone_do_not_say_who_took_them_in_hong_kong(case_of: Cases) -> None:
    form = hong_kong(case_of({"incident": {"kinds": ["exfiltration", "insider"]}}))
    assert form["cause"].state == "to_follow"
    known = hong_kong(case_of({"incident": {"kinds": ["insider"]}}))
    assert known["cause"].lines == ("Employee misconduct",)


def test_hong_kong_reads_no_cause_that_a_word_for_the_incident_does_not_tell(
    case_of: Cases,
) -> None:
    def cause(**incident: Any) -> Entry:
        return hong_kong(case_of({"incident": {"kinds_possible": [], **incident}}))["cause"]

    for word in ("vendor", "vulnerability", "insider"):
        found = cause(kinds=[word], malicious=None)
        assert (word, found.state) == (word, "to_follow")
        assert True not in {x.chosen for x in found.choices}, word
    assert cause(kinds=["insider"], malicious=True).lines == ("Employee misconduct",)
    maybe = cause(kinds=["outage"], kinds_possible=["exfiltration"])
    assert maybe.state == "to_follow"


def test_hong_kong_leaves_open_what_nobody_knows(case_of: Cases) -> None:
    form = hong_kong(case_of(LITTLE))
    for key in ("cause", "processor", "told"):
        assert (form[key].state, form[key].lines) == ("to_follow", ()), key


# -- India -------------------------------------------------------------------------------------


def test_cert_in_reads_types_and_times_in_its_own_zone(shop: Case) -> None:
    form = shop.form("in-certin@IN")
    assert form["itype"].lines == (
        "Unauthorised access of IT systems or data",
        "Malicious code attacks (virus, worm, Trojan, bots, spyware, ransomware, cryptominers)",
        "Data breach",
    )
    assert form["occurred"].lines == ("16 November 2026 at 23:40 IST (UTC+05:30)",)
    assert form["detected"].lines == (
        "First technical sign: 18 November 2026 at 05:15 IST (UTC+05:30)",
        "The processor's notice arrived: 19 November 2026 at 13:30 IST (UTC+05:30)",
        "The organisation became aware: 20 November 2026 at 14:00 IST (UTC+05:30)",
    )
    for key in ("critical", "domain", "ip", "os", "make", "isp", "location"):
        assert (form[key].state, form[key].lines) == ("to_follow", ()), key
    assert form["who"].lines == ("Mei Tan, General Counsel", "Affected entity")


def test_awareness_is_not_told_as_detection_to_cert_in(case_of: Cases) -> None:
    form = case_of({"timeline": {"detected": "unknown"}}).form("in-certin@IN")
    assert form["detected"].state == "to_follow"
    assert form["detected"].lines[1].startswith("The processor's notice arrived")


def test_cert_in_is_not_told_a_type_that_is_only_possible(case_of: Cases) -> None:
    change = {"kinds": ["outage"], "accessed": False, "acquired": False, "exfiltrated": False}
    form = case_of({"incident": change}).form("in-certin@IN")
    assert form["itype"].state == "to_follow"
    open_ = [x.say for x in form["itype"].choices if x.chosen is None]
    assert open_ == ["DoS or DDoS"]


def test_a_processor_tells_cert_in_for_whom_it_files(case_of: Cases) -> None:
    form = case_of({"organisation": {"role": "processor"}}).form("in-certin@IN")
    assert form["who"].state == "to_follow"
    assert "Affected entity" not in form["who"].lines


@pytest.mark.parametrize(
    ("stage", "say", "keys"),
    [
        ("intimation", "Intimation without delay", ["nature"]),
        (
            "detailed",
            "Detailed report within 72 hours",
            ["update", "facts", "measures", "person", "prevent", "intimations"],
        ),
    ],
)
def test_the_board_of_india_asks_in_two_stages(
    case_of: Cases, stage: str, say: str, keys: list[str]
) -> None:
    later = case_of(as_of=date(2027, 6, 1))
    paper = later.paper(f"in-dpdp-board@IN/{stage}")
    assert (paper.stage, [x.key for x in paper.entries]) == (say, keys)
    first = paper.entries[0]
    assert "Extent: 5,000 people" in first.lines
    assert first.state == "to_follow"  # where it happened is not known
    if stage == "detailed":
        form = {x.key: x for x in paper.entries}
        assert form["prevent"].lines == ("Proposed: A second factor for administrators.",)
        assert form["person"].state == form["intimations"].state == "to_follow"


def test_on_the_first_day_of_the_rules_the_board_gets_the_detailed_report() -> None:
    about = duty(id="in-dpdp-board", key="in-dpdp-board@IN", jurisdiction="IN")
    found = template_at("filing/in-dpdp-board").stage_of(about)
    assert found is not None
    assert found.name == "detailed"


# -- Japan -------------------------------------------------------------------------------------


def test_japan_is_told_the_day_from_which_its_clock_runs_and_by_which_event(shop: Case) -> None:
    form = shop.form("jp-ppc-preliminary@JP")
    assert form["known"].lines == ("The processor's notice arrived: 19 November 2026",)
    result = shop.matter("jp-ppc-preliminary@JP").result
    assert result.deadline.due_at is not None
    assert result.deadline.due_at.date() == date(2026, 11, 21)  # the 19th is day 1
    assert form["occurred"].lines == ("17 November 2026",)


def test_japan_counts_the_people_of_this_report_and_names_its_cases(shop: Case) -> None:
    form = shop.form("jp-ppc-preliminary@JP")
    assert form["count"].lines == ("1,500 people",)
    assert form["trigger"].lines == (
        "Sensitive personal information",
        "Risk of property damage by misuse",
        "Improper purpose",
        "More than 1,000 principals",
    )
    assert form["items"].lines[1:] == ("Medium: electronic", "Whose: Customers")


def test_a_password_is_a_case_of_japan_only_where_one_can_pay_with_it(case_of: Cases) -> None:
    group = {"group": "a", "people": {"JP": 1001}, "data": ["name", "password"]}
    one = {"affected": [group]}
    open_ = case_of(one).form("jp-ppc-preliminary@JP")["trigger"]
    assert open_.state == "to_follow"
    pays = case_of({**one, "judgements": {"jp.pays_with_credentials": False}})
    settled = pays.form("jp-ppc-preliminary@JP")["trigger"]
    assert settled.lines == ("Improper purpose", "More than 1,000 principals")


def test_japan_does_not_take_a_signatory_for_the_representative(shop: Case) -> None:
    form = shop.form("jp-ppc-preliminary@JP")
    assert (form["rep"].state, form["rep"].lines) == ("to_follow", ())


def test_what_became_public_is_not_told_in_japan_as_published_by_us(case_of: Cases) -> None:
    public = case_of({"timeline": {"made_public": "2026-11-21T10:00:00+09:00"}})
    assert public.form("jp-ppc-preliminary@JP")["publication"].state == "to_follow"
    said = case_of({"answers": {"notice.publication": "On our website on 21 November 2026."}})
    assert said.form("jp-ppc-preliminary@JP")["publication"].state == "known"


def test_japans_reports_are_preliminary_follow_up_and_final(case_of: Cases, shop: Case) -> None:
    first = shop.paper("jp-ppc-preliminary@JP")
    assert first.entries[0].lines == ("速報 preliminary",)
    final = shop.paper("jp-ppc-final-wrongful@JP")
    assert final.entries[0].lines == ("確報 final",)
    filed = {"obligation": "jp-ppc-preliminary", "at": "2026-11-21T10:00:00+09:00", "how": "sent"}
    second = case_of({"filings": [filed]}).paper("jp-ppc-preliminary@JP")
    assert second.entries[0].lines == ("続報 follow-up",)
    assert second.stage == "続報 Follow-up"


def test_japan_leaves_open_what_nobody_knows(case_of: Cases) -> None:
    incident = case_of(LITTLE).incident
    about = duty(id="jp-ppc-preliminary", key="jp-ppc-preliminary@JP", jurisdiction="JP")
    form = {
        x.key: x for x in compose(template_at("filing/jp-ppc"), Matter(incident, about)).entries
    }
    for key in ("known", "rep", "publication", "response"):
        assert (form[key].state, form[key].lines) == ("to_follow", ()), key
    improper = {x.say: x.chosen for x in form["trigger"].choices}["Improper purpose"]
    assert improper is None


# -- Korea -------------------------------------------------------------------------------------


def test_korea_reads_local_people_and_every_event_by_its_name(shop: Case) -> None:
    form = shop.form("kr-pipc@KR/initial")
    assert form["count"].lines == ("1,200 people",)
    assert form["when"].lines[1:4] == (
        "First technical sign: 18 November 2026 at 10:45 AEDT (UTC+11:00)",
        "The processor's notice arrived: 19 November 2026 at 19:00 AEDT (UTC+11:00)",
        "The organisation became aware: 20 November 2026 at 19:30 AEDT (UTC+11:00)",
    )
    assert form["remedy"].lines[0] == "Change your password."
    assert form["remedy"].state == form["org"].state == form["notified"].state == "to_follow"
    assert form["receiver"].state == "blank"


def test_korea_is_told_when_people_were_told(case_of: Cases) -> None:
    filed = {
        "obligation": "kr-individuals", "jurisdiction": "KR", "stage": "initial",
        "at": "2026-11-21T10:00:00+09:00", "how": "sent",
    }  # fmt: skip  # reason: facts read better in lines
    notified = case_of({"filings": [filed]}).form("kr-pipc@KR/initial")["notified"]
    assert notified.lines[0] == "Yes"
    assert "21 November 2026" in notified.lines[1]


def test_koreas_second_report_asks_the_same_at_its_own_stage(shop: Case) -> None:
    stages = {stage: shop.paper(f"kr-pipc@KR/{stage}").stage for stage in ("initial", "supplement")}
    assert stages == {"initial": "Initial report", "supplement": "Additional report"}


def test_korea_gets_no_number_that_is_not_known(case_of: Cases) -> None:
    change = {"affected": [{"group": "a", "people": {"KR": "unknown"}, "data": ["health"]}]}
    form = case_of(change).form("kr-pipc@KR/initial")
    assert (form["count"].state, form["count"].lines) == ("to_follow", ())


# -- Malaysia ------------------------------------------------------------------------------------


def test_malaysia_is_told_the_first_sign_as_detection_and_its_own_people(shop: Case) -> None:
    form = shop.form("my-commissioner@MY/initial")
    assert "First technical sign: 18 November 2026 at 10:45 AEDT (UTC+11:00)" in form["when"].lines
    assert form["count"].lines == ("2,000 people",)
    assert form["sign"].state == "to_follow"
    assert form["late"].state == "to_follow"  # more than 72 hours after the first sign


def test_without_a_first_sign_malaysia_is_told_that_detection_is_open(case_of: Cases) -> None:
    form = case_of({"timeline": {"detected": "unknown"}}).form("my-commissioner@MY/initial")
    assert form["when"].state == "to_follow"
    assert len(gaps("\n".join(form["when"].lines))) == 1
    assert form["type"].lines[1] == "Detected: The processor or vendor told us."


def test_a_notice_in_time_gives_malaysia_no_reasons_for_delay(case_of: Cases) -> None:
    early = datetime.fromisoformat("2026-11-20T10:00:00+00:00")
    form = case_of(now=early).form("my-commissioner@MY/initial")
    assert form["late"].state == "not_applicable"


def test_malaysia_takes_later_facts_on_the_same_form(shop: Case) -> None:
    assert shop.paper("my-commissioner@MY/initial").stage == "Initial notification"
    assert shop.paper("my-commissioner@MY/supplement").stage == "Additional information"


# -- the Philippines ------------------------------------------------------------------------------


def test_the_philippines_part_sensitive_data_from_what_enables_fraud(shop: Case) -> None:
    form = shop.form("ph-npc@PH/initial")
    assert form["count"].lines == ("700 people",)
    assert form["sensitive"].lines == ("Health data and national identification number",)
    assert form["fraud"].lines == ("Payment card number and password",)
    assert form["nature"].lines == (
        "Confidentiality",
        "Availability",
        "Malicious attack (hacking, malware, phishing, social engineering, theft)",
    )
    assert (form["recover"].state, form["request"].state) == ("to_follow", "blank")


def test_no_sensitive_data_are_told_as_none_and_unknown_ones_are_not(case_of: Cases) -> None:
    plain = {"group": "a", "people": {"PH": 700}, "data": ["name", "password"]}
    form = case_of({"affected": [plain]}).form("ph-npc@PH/initial")
    assert form["sensitive"].lines == ("None",)
    maybe = {**plain, "data_possible": ["health"]}
    form = case_of({"affected": [maybe]}).form("ph-npc@PH/initial")
    assert form["sensitive"].state == form["fraud"].state == "to_follow"
    assert "None" not in form["sensitive"].lines


def test_the_philippines_have_a_notification_and_a_full_report(shop: Case) -> None:
    assert shop.paper("ph-npc@PH/initial").stage == "Initial notification"
    assert shop.paper("ph-npc@PH/full_report").stage == "Full breach report"


# -- Singapore ------------------------------------------------------------------------------------


def test_singapore_reads_the_assessment_and_its_own_people(shop: Case) -> None:
    form = shop.form("sg-pdpc@SG")
    assert form["assessed"].lines == ("The assessment was completed: 21 November 2026",)
    assert form["chronology"].lines[-1].startswith("The assessment was completed")
    assert form["count"].lines == ("800 people",)
    assert form["aware"].lines[0].startswith("The processor's notice arrived: 19 November 2026")
    assert form["aware"].state == "to_follow"  # how it was found is not settled
    assert form["late"].state == form["not_telling"].state == "not_applicable"


def test_singapore_is_told_no_assessment_that_was_not_made(case_of: Cases) -> None:
    form = case_of({"timeline": {"assessment_completed": "unknown"}}).form("sg-pdpc@SG")
    assert (form["assessed"].state, form["assessed"].lines) == ("to_follow", ())
    assert not [x for x in form["chronology"].lines if "assessment" in x]


def test_singapore_asks_for_grounds_where_nobody_needs_to_be_told(case_of: Cases) -> None:
    plain = {"group": "a", "people": {"SG": 800}, "data": ["phone"]}
    change = {"affected": [plain], "judgements": {"sg.significant_harm": False}}
    form = case_of(change).form("sg-pdpc@SG")
    assert (form["not_telling"].state, form["not_telling"].lines) == ("to_follow", ())
