"""Memos: decisions not to notify, when the clocks started, reasons for delay."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from regengine import assess, load_incident, read_incident
from regengine.assess import open_corpus
from regengine.assessment import Assessment
from regengine.documents.conformance import check
from regengine.documents.content import FILLS
from regengine.documents.delay import delayed
from regengine.documents.grounds import Proof, grounds
from regengine.documents.memo import Memo, missing, text_of
from regengine.documents.memos import awareness_memo, delay_memo, memos, papers
from regengine.documents.no_notice import factors_for
from regengine.documents.outputs import table
from regengine.facts import Incident

NOW = datetime.fromisoformat("2026-02-10T00:00:00+00:00")
SEALED = "the device came back sealed"
HOSTILE = "<b>{{ 7*7 }}</b> &amp; {% raw %} \u05e9\u05dc\u05d5\u05dd " + "w" * 300


def _facts(**more: Any) -> dict[str, Any]:
    return {
        "reference": "T-1",
        "organisation": {
            "name": "Acme Inc", "country": "US", "zone": "America/New_York",
            "role": "controller", "regimes": [], "public": False,
        },
        "timeline": {"discovered": "2026-02-02T10:00:00-05:00"},
        "incident": {"acquired": True, "accessed": True, "good_faith": False},
        "affected": [
            {
                "group": "g", "people": {"US-AK": 50}, "data": ["name", "ssn"],
                "encrypted": False, "redacted": False,
            }
        ],
        **more,
    }  # fmt: skip  # reason: facts read better in lines


def _matter(**more: Any) -> tuple[Incident, Assessment]:
    incident = read_incident(_facts(**more))
    return incident, assess(incident, now=NOW)


def _people(**places: int) -> list[dict[str, Any]]:
    people = {name.replace("_", "-"): count for name, count in places.items()}
    return [
        {
            "group": "g", "people": people, "data": ["name", "ssn", "phi"],
            "encrypted": False, "redacted": False,
        }
    ]  # fmt: skip  # reason: as above


def _named(found: tuple[Memo, ...], part: str) -> Memo:
    return next(memo for memo in found if part in memo.name)


def _lines(memo: Memo, key: str) -> str:
    found = (item for part in memo.parts for item in part.entries if item.key == key)
    return "\n".join(next(found).lines)


def _open(memo: Memo, key: str) -> bool:
    return next(item for part in memo.parts for item in part.entries if item.key == key).open


ALASKA = {
    "judgements": {
        "us.ak.harm": {
            "value": False, "written": True, "by": "C. Ounsel", "at": "2026-02-05", "why": SEALED,
        }
    },
    "filings": [{"obligation": "us-ak-ag-no-harm", "at": "2026-02-05T10:00:00-05:00"}],
}  # fmt: skip  # reason: as above


# -- decisions not to notify -------------------------------------------------------------


def test_alaska_memo_says_written_five_years_and_that_the_attorney_general_was_told_first() -> None:
    incident, assessment = _matter(**ALASKA)
    memo = _named(papers(incident, assessment), "no-notice")
    assert memo.keys == ("us-ak-residents@US-AK",)
    # Alaska Stat. 45.48.010(c): written, kept five years, after notice to the attorney general.
    assert "5 years" in _lines(memo, "keep")
    assert "on record as written" in _lines(memo, "written")
    assert "us-ak-ag-no-harm@US-AK): filed on February 5, 2026" in _lines(memo, "told")
    assert _lines(memo, "by") == "C. Ounsel"
    assert SEALED in _lines(memo, "why")
    assert memo.signatures[0].name == "C. Ounsel"


def test_the_memo_names_the_deadline_that_would_hold_without_the_finding() -> None:
    incident, assessment = _matter(**ALASKA)
    memo = _named(papers(incident, assessment), "no-notice")
    row = memo.parts[0].tables[0].rows[0]
    assert row[3].startswith("owed; in the most expedi") or row[3].startswith("owed, due")
    bare, _ = _matter()
    without = assess(bare, now=NOW).result("us-ak-residents@US-AK")
    assert without.status == "required"


def test_a_finding_not_yet_in_writing_gives_no_memo_since_notice_is_still_owed() -> None:
    judgement = {"us.ak.harm": {"value": False, "written": False}}
    incident, assessment = _matter(judgements=judgement, filings=ALASKA["filings"])
    assert assessment.result("us-ak-residents@US-AK").status == "required"
    assert not [memo for memo in papers(incident, assessment) if "no-notice" in memo.name]


def test_hipaa_memo_has_the_four_factors_and_six_years() -> None:
    organisation = {**_facts()["organisation"], "regimes": ["us.hipaa.covered_entity"]}
    incident, assessment = _matter(
        organisation=organisation,
        affected=_people(US_NE=40),
        judgements={"us.hipaa.low_probability": {"value": True, "written": True}},
        answers={"memo.us.hipaa.low_probability.mitigated": "The recipient swore deletion."},
    )
    memo = _named(papers(incident, assessment), "hipaa")
    part = next(part for part in memo.parts if "four factors" in part.title)
    cites = [item.basis for item in part.entries]
    assert cites[:4] == [f"45 CFR 164.402, breach (2)({n})" for n in ("i", "ii", "iii", "iv")]
    assert "6 years" in _lines(memo, "keep")
    assert "us-hipaa-individuals@US" in memo.keys
    # One factor is reasoned, the other three are gaps; a further one may stay empty.
    assert "The recipient swore deletion." in _lines(memo, "mitigated")
    assert not _open(memo, "mitigated")
    assert _open(memo, "information")
    assert not _open(memo, "other")


def test_gdpr_memo_holds_risk_factors_severity_and_the_duty_to_document() -> None:
    incident, assessment = _matter(
        organisation={"name": "Beta GmbH", "country": "DE", "role": "controller", "regimes": []},
        timeline={"aware": "2026-02-02T10:00:00+01:00"},
        affected=[{"group": "g", "people": {"DE": 5}, "data": ["name", "email"]}],
        judgements={"eu.gdpr.risk": {"value": "unlikely", "written": True, "why": "encrypted"}},
    )
    memo = _named(papers(incident, assessment), "gdpr")
    # Both duties fall with the one finding: art 33 by its exemption, art 34 by its own test.
    assert set(memo.keys) == {"eu-gdpr-sa@DE", "eu-gdpr-individuals@DE"}
    titles = [part.title for part in memo.parts]
    assert "Risk analysis" in titles
    assert any("Severity" in title for title in titles)
    assert "eu-gdpr-document" not in memo.keys
    assert "arts 33(5), 5(2)" in _lines(memo, "also")
    owed = memo.parts[0].tables[0].rows[0][3]
    # 72 hours from 2 February 10:00 in Berlin.
    assert "5 February 2026 at 10:00 CET" in owed


def test_florida_memo_asks_for_law_enforcement_and_a_signature_of_the_authority() -> None:
    consulted = [{"authority": "FDLE", "at": "2026-02-04"}]
    judgement = {"us.fl.no_harm": {"value": True, "written": True, "consulted": consulted}}
    incident, assessment = _matter(judgements=judgement, affected=_people(US_FL=40))
    memo = _named(papers(incident, assessment), "florida")
    assert "FDLE, February 4, 2026" in _lines(memo, "consulted")
    assert "us-fl-ag-no-harm@US-FL" in _lines(memo, "told")
    assert [signature.role for signature in memo.signatures][-1] == "For the authority consulted"
    assert "5 years" in _lines(memo, "keep")


def test_duties_that_facts_alone_exclude_get_a_line_in_the_annex_and_no_memo() -> None:
    incident, assessment = _matter(**ALASKA)
    found = papers(incident, assessment)
    annex = _named(found, "annex")
    owner = assessment.result("us-ak-owner@US-AK")
    assert owner.status == "not_required"
    assert grounds(owner, open_corpus()) == ()
    assert not any(owner.key in memo.keys for memo in found if memo is not annex)
    lines = [row for part in annex.parts for rows in part.tables for row in rows.rows]
    listed = [row[0].rpartition("(")[2].rstrip(")") for row in lines]
    expected = [x.key for x in assessment.obligations if x.status == "not_required"]
    assert sorted(listed) == sorted(expected)


def test_a_duty_that_too_few_people_exclude_rests_on_no_finding() -> None:
    _, assessment = _matter(**ALASKA)
    # Not owed because nobody in Alaska is told, and because 50 are not more than 1,000.
    agencies = assessment.result("us-ak-cra@US-AK")
    assert agencies.status == "not_required"
    assert Proof(agencies).is_bare()


def test_no_harm_report_that_falls_away_because_harm_is_likely_is_no_decision() -> None:
    incident, assessment = _matter(
        affected=_people(US_FL=40), judgements={"us.fl.no_harm": False, "us.misuse_likely": True}
    )
    assert assessment.result("us-fl-residents@US-FL").status != "not_required"
    report = assessment.result("us-fl-ag-no-harm@US-FL")
    assert report.status == "not_required"
    found = papers(incident, assessment)
    assert not [memo for memo in found if report.key in memo.keys and "annex" not in memo.name]


def test_encrypted_data_give_a_memo_on_the_safe_harbour() -> None:
    group = {
        "group": "g", "people": {"US-AK": 50}, "data": ["name", "ssn"],
        "encrypted": True, "key_taken": False,
    }  # fmt: skip  # reason: as above
    incident, assessment = _matter(affected=[group])
    assert assessment.result("us-ak-residents@US-AK").status == "not_required"
    memo = _named(papers(incident, assessment), "no-notice")
    assert "us-ak-residents@US-AK" in memo.keys
    assert "outside the definition" in _lines(memo, "ground")
    assert _open(memo, "key")


def test_a_conclusion_that_stands_in_for_another_is_named_as_its_source() -> None:
    incident, assessment = _matter(
        affected=_people(US_NJ=30),
        judgements={"us.misuse_likely": {"value": False, "written": True}},
    )
    assert assessment.result("us-nj-residents@US-NJ").status == "not_required"
    memo = _named(papers(incident, assessment), "new-jersey")
    assert "taken from us.misuse_likely" in text_of(memo)


def test_shells_come_on_request_alone_and_say_that_notice_is_owed() -> None:
    incident, assessment = _matter()
    assert not [memo for memo in papers(incident, assessment) if "finding" in memo.name]
    shells = [memo for memo in papers(incident, assessment, all_=True) if "finding" in memo.name]
    alaska = _named(tuple(shells), "alaska")
    assert "us-ak-residents@US-AK" in alaska.keys
    assert "While that is so, the duties below stand" in alaska.draft[0]
    assert "Alaska Stat. 45.48.010(c)" in text_of(alaska)
    assert "judgements.us.ak.harm.written" in text_of(alaska)


@pytest.mark.parametrize(
    ("judgement", "chosen"),
    [
        ("us.hipaa.low_probability", "hipaa"),
        ("uk.gdpr.risk", "risk"),
        ("ca.rrosh", "rrosh"),
        ("au.serious_harm", "serious_harm_au"),
        ("nz.serious_harm", "serious_harm_nz"),
        ("us.nj.misuse", "harm"),
        ("us.deemed.own_procedures", "deemed"),
        ("incident.good_faith", "good_faith"),
        ("encrypted", "safe"),
        ("incident.acquired", "facts"),
        ("eu.gdpr.of_the_union", "general"),
    ],
)
def test_each_kind_of_finding_has_its_own_points(judgement: str, chosen: str) -> None:
    assert factors_for(judgement).id == chosen


# -- when the clocks started ----------------------------------------------------------------


DISPUTED = {
    "organisation": {
        "name": "Beta GmbH", "country": "DE", "zone": "Europe/Berlin", "role": "controller",
        "regimes": [],
    },
    "timeline": {
        "aware": [
            {"at": "2026-02-02T09:00:00+01:00", "why": "triage ticket"},
            {"at": "2026-02-08T12:00:00+01:00", "why": "forensic report", "chosen": True},
        ]
    },
    "affected": [{"group": "g", "people": {"DE": 40}, "data": ["name", "email"]}],
}  # fmt: skip  # reason: as above


def test_awareness_memo_sets_each_view_beside_its_deadline_and_lateness() -> None:
    incident, assessment = _matter(**DISPUTED)
    memo = _named(papers(incident, assessment), "awareness")
    views, clocks = memo.parts[0].tables
    assert [row[0].partition("\n")[2] for row in views.rows] == ["", "Chosen"]
    assert views.rows[0][2] == "triage ticket"
    assert "forensic report" in views.rows[0][3]
    row = next(row for row in clocks.rows if "eu-gdpr-sa@DE" in row[0])
    # 2 February 09:00 and 72 hours; it is 10 February 01:00 in Berlin: 4 days 16 hours late.
    assert "5 February 2026 at 09:00 CET" in row[1]
    assert "late by 4 days 16 hours" in row[1]
    assert "11 February 2026 at 12:00 CET" in row[2]
    assert "late" not in row[2]
    assert any("We take it" in line for part in memo.parts for line in part.blanks)


def test_the_awareness_memo_in_word_has_rows_to_fill_in_and_to_sign() -> None:
    incident, assessment = _matter(**DISPUTED)
    [memo] = [x for x in memos(incident, assessment) if "awareness" in x.name]
    with zipfile.ZipFile(io.BytesIO(memo.files[".docx"])) as archive:
        body = archive.read("word/document.xml").decode()
    rows = [re.sub(r"<[^>]+>", "|", row) for row in body.split("<w:tr>")[1:]]
    for wanted in ("We take it that", "because", "Decided by", "Reviewed by counsel"):
        assert any(f"|{wanted}" in row for row in rows), wanted
    [head] = [row for row in rows if "Name and function" in row]
    assert "|Date|" in head
    assert "|Signature|" in head
    captions = re.findall(r'<w:pStyle w:val="Heading3"/><w:keepNext/>', body)
    assert len(captions) >= len(("Views of the event", "Deadlines under each view"))


def test_an_event_not_on_record_is_told_with_what_stands_in_for_it() -> None:
    incident, assessment = _matter(timeline={"aware": "2026-02-02T10:00:00-05:00"})
    memo = _named(papers(incident, assessment), "awareness")
    part = next(part for part in memo.parts if "not on record" in part.title)
    assert part.title.startswith("The incident was discovered")
    rows = [row for rows in part.tables for row in rows.rows]
    assert any("us-ak-residents@US-AK" in row[0] for row in rows)
    assert all("becoming aware" in row[1] for row in rows if "us-ak" in row[0])


def test_without_dispute_or_assumption_there_is_no_awareness_memo() -> None:
    incident, assessment = _matter(
        timeline={"aware": "2026-02-02T10:00:00Z", "discovered": "2026-02-02T10:00:00Z"}
    )
    assert awareness_memo(incident, assessment) is None


# -- reasons for delay -----------------------------------------------------------------------


def test_a_late_notice_has_the_laws_words_and_a_gap_for_the_reasons() -> None:
    incident, assessment = _matter(
        **{**DISPUTED, "timeline": {"aware": "2026-02-02T09:00:00+01:00"}}
    )
    assert [x.key for x in delayed(assessment)] == ["eu-gdpr-sa@DE"]
    memo = _named(papers(incident, assessment), "delay")
    text = text_of(memo)
    assert "art 33(1) sentence 2" in text
    assert "The notice was due on 5 February 2026 at 09:00 CET" in text
    assert missing(memo) == ("the reasons for the delay, with dates",)


def test_counsels_reasons_fill_the_text_and_nothing_is_open() -> None:
    incident, assessment = _matter(
        **{**DISPUTED, "timeline": {"aware": "2026-02-02T09:00:00+01:00"}},
        answers={"eu-gdpr-sa.delay_reasons": "The logs were with the hoster until 9 February."},
    )
    memo = _named(papers(incident, assessment), "delay")
    assert "The logs were with the hoster" in text_of(memo)
    assert missing(memo) == ()


def test_a_hold_is_told_with_what_the_law_asks_and_its_papers() -> None:
    delay = {
        "requested_by": "FBI", "granted": True, "written": True,
        "from": "2026-02-05T10:00:00+00:00", "laws": ["us-md"],
    }  # fmt: skip  # reason: as above
    incident, assessment = _matter(affected=_people(US_MD=30), law_enforcement={"delays": [delay]})
    memo = _named(papers(incident, assessment), "delay")
    assert "us-md-residents@US-MD" in memo.keys
    text = text_of(memo)
    assert "at the request of law enforcement: FBI, from February 5, 2026" in text
    assert "Paper to be on file" in text
    assert "no end is on record" in text


def test_a_matter_in_time_has_no_reasons_for_delay() -> None:
    incident, assessment = _matter()
    assert delay_memo(incident, assessment) is None


def test_a_supplement_after_the_deadline_makes_a_notice_in_time_not_late() -> None:
    filings = [
        {"obligation": "eu-gdpr-sa", "at": "2026-02-05T08:00:00+01:00"},
        {"obligation": "eu-gdpr-sa", "at": "2026-02-09T08:00:00+01:00"},
    ]
    late = {**DISPUTED, "timeline": {"aware": "2026-02-02T09:00:00+01:00"}}
    assert delayed(_matter(**late, filings=filings)[1]) == ()
    assert [x.key for x in delayed(_matter(**late, filings=filings[1:])[1])] == ["eu-gdpr-sa@DE"]


def test_a_refused_notice_is_not_told_to_the_authority_as_sent() -> None:
    refused = {"obligation": "eu-gdpr-sa", "at": "2026-02-04T08:00:00+01:00", "how": "refused"}
    late = {**DISPUTED, "timeline": {"aware": "2026-02-02T09:00:00+01:00"}}
    memo = _named(papers(*_matter(**late, filings=[refused])), "delay")
    told = "\n".join(line for part in memo.parts for line in part.after)
    assert "4 February 2026" not in told


def test_views_that_were_not_chosen_stay_out_of_the_text_for_the_authority() -> None:
    incident, assessment = _matter(
        **{
            **DISPUTED,
            "timeline": {
                "aware": [
                    {"at": "2026-02-01T09:00:00+01:00", "why": "triage ticket"},
                    {"at": "2026-02-02T09:00:00+01:00", "chosen": True},
                ]
            },
        }
    )
    memo = _named(papers(incident, assessment), "delay")
    said = "\n".join(line for part in memo.parts for line in part.after)
    assert "2 February 2026 at 09:00" in said
    assert "1 February" not in said
    assert "triage" not in said


# -- paper ---------------------------------------------------------------------------------


def test_every_memo_is_a_sound_pdf_and_the_same_bytes_twice() -> None:
    incident = load_incident("examples/retail-ransomware.yaml")
    assessment = assess(incident, now=datetime.fromisoformat("2026-11-24T09:00:00+00:00"))
    first = memos(incident, assessment)
    assert {"memo--awareness", "memo--reasons-for-delay", "memo--annex-not-owed"} <= {
        document.name for document in first
    }
    for document in first:
        assert not check(document.files[".pdf"])
        assert json.loads(document.files[".json"])["schema"] == "regengine.memo/1"
    second = memos(incident, assessment)
    assert [x.files for x in first] == [x.files for x in second]


def test_names_of_memos_differ_even_where_laws_begin_alike() -> None:
    incident = load_incident("examples/retail-ransomware.yaml")
    assessment = assess(incident, now=datetime.fromisoformat("2026-11-24T09:00:00+00:00"))
    names = [memo.name for memo in papers(incident, assessment, all_=True)]
    assert len(names) == len(set(names))


def test_markup_template_marks_and_very_long_words_stay_text() -> None:
    incident, assessment = _matter(
        **{
            **ALASKA,
            "title": HOSTILE,
            "judgements": {"us.ak.harm": {"value": False, "written": True, "why": HOSTILE}},
            "answers": {"memo.us.ak.harm.reasons": HOSTILE},
        }
    )
    found = next(x for x in memos(incident, assessment) if "no-notice" in x.name)
    html = found.files[".html"].decode()
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt; &amp;amp;" in html
    assert "<b>" not in html
    assert ">49<" not in html
    assert not check(found.files[".pdf"])


def test_one_determination_under_a_statute_and_its_regulation_is_one_memo() -> None:
    incident, assessment = _matter(
        affected=_people(US_LA=40), judgements={"us.la.harm": {"value": False, "written": True}}
    )
    memo = _named(papers(incident, assessment), "louisiana")
    assert {"us-la-residents@US-LA", "us-la-ag@US-LA"} <= set(memo.keys)
    # La. R.S. 51:3074(I): five years, and a copy within 30 days of a written request.
    assert "5 years from discovery" in _lines(memo, "keep")
    assert "within 30 days" in _lines(memo, "keep")


def test_alabama_wants_the_decision_on_file_though_harm_is_part_of_its_own_test() -> None:
    incident, assessment = _matter(
        affected=_people(US_AL=40), judgements={"us.al.harm": {"value": False, "written": True}}
    )
    memo = _named(papers(incident, assessment), "alabama")
    assert "own test" in _lines(memo, "ground")
    assert "5 years" in _lines(memo, "keep")
    assert "on file" in _lines(memo, "written")


def test_that_counsel_has_answered_a_question_frees_of_nothing() -> None:
    incident = load_incident("examples/retail-ransomware.yaml")
    assessment = assess(incident, now=datetime.fromisoformat("2026-11-24T09:00:00+00:00"))
    assert incident.judgements["eu.nis2.significant"].value == "true"
    found = papers(incident, assessment)
    assert not [memo for memo in found if "eu-nis2-significant" in memo.name]


# -- words -----------------------------------------------------------------------------------


def test_every_phrase_that_the_code_names_exists() -> None:
    folder = Path("regengine/documents")
    for words, modules in (
        ("memo/words.toml", ("memo", "memos", "no_notice", "delay")),
        ("register/words.toml", ("register",)),
    ):
        phrases = table(words)["phrases"]
        for module in modules:
            text = (folder / f"{module}.py").read_text(encoding="utf-8")
            named = set(re.findall(r'(?<![\w_])say\(\s*"(\w+)"', text))
            assert named
            assert named <= phrases.keys(), named - phrases.keys()


def test_every_point_of_an_analysis_names_facts_and_items_that_exist() -> None:
    facts = table("memo/words.toml")["facts"]
    for row in table("memo/factors.toml")["set"]:
        for point in row["factor"]:
            assert set(point.get("fills", ())) <= set(FILLS)
            assert set(point.get("facts", ())) <= facts.keys()
            assert point["basis"]
