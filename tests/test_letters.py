"""Letters to people: what they say in each place and language, and how they look."""

from __future__ import annotations

import io
import re
import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from docx import Document as Docx
from pypdf import PdfReader

import regengine
from regengine.assessment import Assessment, Held
from regengine.documents.conformance import check
from regengine.documents.correspondence import Letter, letter, letters
from regengine.documents.expressions import BarredError
from regengine.documents.outputs import ENGLISH, folder, in_language, label, phrase, table
from regengine.documents.paper import Paper, said
from regengine.documents.substitute import substitute_notices, terms_of
from regengine.documents.translation import languages, letter_word, place_words
from regengine.documents.variant_papers import names_of, variant_paper
from regengine.documents.variants import Variant, variants
from regengine.documents.wording import day_text, moment_text, range_text
from regengine.facts import Incident, Moment
from regengine.truth import Range
from tests.test_variants import matter, owed

EXAMPLES = Path(__file__).parent.parent / "examples"
NOW = datetime.fromisoformat("2026-11-23T09:00:00+00:00")
TOLD = {
    "description": {
        "nature": "Someone copied files from our mail server.",
        "consequences": "You may get false messages.",
        "measures_taken": "We shut the server and changed all keys.",
        "advice_to_people": "Watch your bills.",
    },
    "timeline": {
        "occurred_from": "2026-11-17",
        "occurred_to": "2026-11-18",
        "discovered": "2026-11-20",
    },
    "reporter": {"name": "A. Byrne", "email": "a@x.example", "phone": "+1 555 0100"},
    "signatory": {"name": "B. Walsh", "title": "President"},
}
MARKUP = "{{ 7*7 }}{% raw %} <b>bold</b> <img src='http://x.example/a.png'> & <script>x</script>"


def made(people: dict[str, Any], **more: Any) -> list[tuple[Variant, Paper]]:
    """Compose the letters of an incident, without rendering them."""
    incident, assessment = matter(people, **{**TOLD, **more})
    found = variants(incident, assessment, owed(assessment))
    return [(one, variant_paper(incident, assessment, one)) for one in found]


def text_of(people: dict[str, Any], place: str, reader: str = "person", **more: Any) -> str:
    return next(
        said(paper)
        for one, paper in made(people, **more)
        if one.reader == reader and any(key.endswith(f"@{place}") for key in one.results)
    )


@cache
def example(name: str) -> tuple[Incident, Assessment]:
    incident = regengine.load_incident(EXAMPLES / name)
    return incident, regengine.assess(incident, now=NOW)


@cache
def written(name: str) -> tuple[Letter, ...]:
    incident, assessment = example(name)
    return tuple(letters(incident, assessment, owed(assessment)))


# -- what they say -----------------------------------------------------------------------


def test_california_s_title_and_five_headings_stand_in_order_in_a_shared_letter() -> None:
    ((_, paper),) = made({"US-CA": 50, "US-MD": 50, "US-NC": 50})
    assert paper.title == "Notice of Data Breach"
    assert [part.title for part in paper.sections] == [
        "What Happened",
        "What Information Was Involved",
        "What We Are Doing",
        "What You Can Do",
        "For More Information",
        "Additional Information for Residents of California, Maryland and North Carolina",
    ]


def test_what_one_state_wants_stands_under_its_name_and_what_all_want_stands_once() -> None:
    ((_, paper),) = made({"US-MD": 50, "US-NC": 50, "US-FL": 50})
    inserts = [line for block in paper.sections[-1].blocks for line in block.lines]
    assert paper.sections[-1].title.endswith("Maryland and North Carolina")
    assert [x.partition(":")[0] for x in inserts] == ["Maryland", "North Carolina"]
    assert "Office of the Attorney General of Maryland" in inserts[0]
    assert said(paper).count("Equifax") == 1
    assert said(paper).count("Someone copied files") == 1


def test_months_of_free_services_are_each_state_s_own() -> None:
    text = text_of({"US-CT": 50, "US-DE": 50, "US-TX": 50}, "US-CT")
    assert re.search(r"Connecticut: We offer you [^.]+ for 24 months", text)
    assert re.search(r"Delaware: We offer you credit monitoring for 12 months", text)
    assert "Texas" not in text


def test_a_letter_to_one_state_has_no_inserts() -> None:
    ((_, paper),) = made({"US-CT": 50})
    assert "for 24 months" in said(paper)
    assert not any("Additional Information" in part.title for part in paper.sections)


def test_a_general_right_that_one_state_wants_is_told_to_all_in_the_body() -> None:
    ((_, paper),) = made({"US-NM": 50, "US-FL": 50})
    body = paper.sections[:5]
    lines = [line for part in body for block in part.blocks for line in block.lines]
    assert any("Fair Credit Reporting Act" in line for line in lines)


def test_massachusetts_is_told_nothing_of_the_incident_and_others_are() -> None:
    people = {"US-MA": 1234, "US-FL": 50}
    own, other = text_of(people, "US-MA"), text_of(people, "US-FL")
    for told in ("copied files", "mail server", "November 17", "1,234", "shut the server"):
        assert told not in own
    assert "copied files" in other
    assert "November 17, 2026" in other
    assert "18 months" in own
    assert "police report" in own


def test_what_massachusetts_forbids_cannot_come_in_through_an_answer() -> None:
    with pytest.raises(BarredError, match="forbids"):
        made({"US-MA": 9}, answers={"notice.contact": TOLD["description"]["nature"]})


def test_rhode_island_is_told_the_number_and_illinois_is_not() -> None:
    people = {"US-IL": 700, "US-RI": 300}
    assert "In all, the incident affects 1,000 people." in text_of(people, "US-RI")
    illinois = text_of(people, "US-IL")
    assert "700" not in illinois
    assert "1,000" not in illinois


def test_the_number_that_rhode_island_wants_is_that_of_all_groups() -> None:
    groups = [
        {"group": "a", "people": {"US-RI": 5}, "data": ["name", "ssn"], "children": False},
        {
            "group": "b",
            "people": {"US-RI": 7},
            "data": ["name", "drivers_license"],
            "children": False,
        },
    ]
    texts = [said(paper) for _, paper in made({}, affected=groups)]
    assert len(texts) == 2
    assert all("In all, the incident affects 12 people." in text for text in texts)


def test_parents_are_addressed_and_told_of_the_freeze_for_a_child() -> None:
    text = text_of({"US-FL": 50}, "US-FL", "guardian", group={"children": True})
    assert "To the parent or guardian of «Name»" in text
    assert "child under 16" in text
    assert "Dear «Name»" not in text
    person = text_of({"US-FL": 50}, "US-FL", group={"children": True})
    assert "child under 16" not in person


def test_the_next_of_kin_are_addressed_as_such() -> None:
    regimes = {"regimes": ["us.hipaa.covered_entity"], "sector": "health"}
    group = {"data": ["name", "phi", "medical"]}
    text = text_of({"US-TX": 600}, "US", "kin", organisation=regimes, group=group)
    assert "next of kin or personal representative of «Name»" in text
    assert "person who has died" in text


def test_a_delay_for_law_enforcement_is_told_where_it_holds_and_not_elsewhere() -> None:
    incident, assessment = matter({"US-FL": 50, "US-TX": 50}, **TOLD)
    held = (Held(requested_by="FBI", why="x", counts=True),)
    changed = tuple(
        x.model_copy(update={"deadline": x.deadline.model_copy(update={"held": held})})
        if x.id == "us-tx-residents"
        else x
        for x in assessment.obligations
    )
    assessment = assessment.model_copy(update={"obligations": changed})
    (one,) = variants(incident, assessment, owed(assessment))
    paper = variant_paper(incident, assessment, one)
    (insert,) = [line for block in paper.sections[-1].blocks for line in block.lines]
    assert insert.startswith("Texas: This notice was delayed at the request of law enforcement")


def test_no_card_may_be_asked_for_where_oregon_forbids_it_and_a_service_is_offered() -> None:
    answers = {"notice.identity_protection": "We offer credit monitoring."}
    people = {"US-OR": 50, "US-FL": 50}
    ((_, paper),) = made(people, answers=answers)
    (insert,) = [x for x in said(paper).split("\n") if "credit or debit card number" in x]
    assert insert.startswith("Oregon: ")
    assert "debit card number" not in text_of(people, "US-OR")


def test_new_zealand_is_told_of_the_commissioner_and_of_the_right_to_complain() -> None:
    text = text_of({"NZ": 50}, "NZ", judgements={"nz.serious_harm": True})
    assert "whether the authority has been told" in text
    assert "You have the right to complain" in text


@pytest.mark.parametrize("given", ["1-800-555-0199", None])
def test_a_toll_free_number_is_asked_for_where_the_law_wants_one(given: str | None) -> None:
    answers = {"notice.toll_free": given} if given else {}
    ((_, paper),) = [x for x in made({"US-WY": 50}, answers=answers) if x[0].reader == "person"]
    assert ("a toll-free number" in paper.to_follow) is (given is None)
    assert (f"free of charge at {given}" in said(paper)) is (given is not None)


def test_a_second_letter_says_which_one_it_follows() -> None:
    filed = [{"obligation": "us-tx-residents", "jurisdiction": "US-TX", "at": "2026-11-22"}]
    people = {"US-TX": 60, "US-FL": 60}
    assert "follows our letter of November 22, 2026" in text_of(people, "US-TX", filings=filed)
    assert "follows our letter" not in text_of(people, "US-FL", filings=filed)


def test_a_duty_that_is_not_owed_gets_no_letter() -> None:
    incident, assessment = matter({"US-TX": 60, "US-FL": 60}, **TOLD)
    dropped = [x.model_copy(update={"status": "not_required"}) for x in owed(assessment)]
    assert variants(incident, assessment, dropped) == []


# -- languages ---------------------------------------------------------------------------

EUROPE = {
    "country": "DE",
    "zone": "Europe/Berlin",
    "dpo": {"name": "D. Po", "email": "d@x.example"},
}


def test_free_text_is_marked_for_translation_and_its_translation_takes_its_place() -> None:
    text = text_of({"DE": 5}, "DE", organisation=EUROPE)
    assert "to be translated into German: the nature of the incident" in text
    assert "Was geschehen ist" in text
    answers = {"letter.de.nature": "Jemand hat Dateien kopiert.", "letter.fr.nature": "Non."}
    text = text_of({"DE": 5}, "DE", organisation=EUROPE, answers=answers)
    assert "Jemand hat Dateien kopiert." in text
    assert "Someone copied" not in text
    assert "Non." not in text


def test_a_complete_translation_leaves_no_mark_and_no_english_behind() -> None:
    answers = {f"letter.de.{key}": "Text." for key in ("nature", "measures_taken", "advice")}
    answers["letter.de.consequences"] = "Folgen."
    incident, assessment = matter({"DE": 5}, **{**TOLD, "organisation": EUROPE, "answers": answers})
    found = [x for x in owed(assessment) if x.jurisdiction == "DE"]
    (one,) = letters(incident, assessment, found)
    assert one.document.missing == ()
    assert "DRAFT" not in one.document.files[".html"].decode()
    assert "18. November 2026" in one.document.text
    assert not re.search(r"\b(the|and|of|name and|number)\b", one.document.text)


def test_what_an_answer_for_one_group_says_in_its_language_stays_with_that_group() -> None:
    groups = [
        {"group": "a", "people": {"DE": 5}, "data": ["name", "health"], "children": False},
        {"group": "b", "people": {"DE": 7}, "data": ["name", "ip_address"], "children": False},
    ]
    answers = {"letter.de.b.advice": "Nur für B.", "letter.de.advice": "Für alle."}
    more = {"affected": groups, "organisation": EUROPE, "answers": answers}
    texts = {one.group: said(paper) for one, paper in made({}, **more)}
    assert "Für alle." in texts["a"]
    assert "Nur für B." in texts["b"]
    assert "Nur für B." not in texts["a"]


def _words(lang: str) -> dict[str, Any]:
    path = folder() / f"letter/words/{lang}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


FOREIGN = [lang for lang in languages() if lang != ENGLISH]
ONLY_AMERICAN = ("us_", "restricted_", "police", "freeze", "fraud", "report", "fair", "inform")


def test_the_eight_languages_are_there() -> None:
    assert set(languages()) == {"en", "de", "fr", "es", "it", "pt", "nl", "pl"}


@pytest.mark.parametrize("lang", FOREIGN)
def test_a_language_has_every_word_of_data_kinds_and_months_and_no_other(lang: str) -> None:
    own, english = _words(lang), table("words.toml")
    for group in ("elements", "kinds", "happenings"):
        assert set(own[group]) <= set(english[group])
        assert set(english[group]) == set(own[group]), group
    assert len(own["dates"]["months"]) == 12
    for group in ("phrases", "fills"):
        assert set(own[group]) <= set(english[group])


@pytest.mark.parametrize("lang", FOREIGN)
def test_a_language_has_every_text_of_the_general_letter_with_the_same_places_to_fill(
    lang: str,
) -> None:
    own, english = _words(lang)["letter"], _words(ENGLISH)["letter"]
    assert set(own) <= set(english)
    general = [x for x in english if not x.startswith(ONLY_AMERICAN)]
    wanted = {x for x in general if english[x]} - {"waive", "change_password", "online"}
    assert wanted <= set(own)
    names = table("words.toml")["phrases"]
    pairs = [(own[x], english[x]) for x in own]
    pairs += [(text, names[x]) for x, text in _words(lang)["phrases"].items()]
    for text, source in pairs:
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", source)), text


def test_spanish_has_every_text_that_puerto_rico_s_letter_needs() -> None:
    ours = made({"US-PR": 5}, answers={"notice.website": "x.example"})
    (paper,) = [paper for one, paper in ours if one.language.text == "es"]
    lines = [x for part in paper.sections for block in part.blocks for x in block.lines]
    fixed = [x for x in lines if "\ue000" not in x and "Federal Trade Commission:" not in x]
    assert paper.title == "Aviso de violación de datos"
    assert not [x for x in fixed if re.search(r"\b(the|your|you|and)\b", x)]


@pytest.mark.parametrize(
    ("lang", "first", "month"),
    [
        ("de", "1. März 2026", "März 2026"),
        ("fr", "1er mars 2026", "mars 2026"),
        ("es", "1 de marzo de 2026", "marzo de 2026"),
        ("it", "1º marzo 2026", "marzo 2026"),
        ("pt", "1 de março de 2026", "março de 2026"),
        ("nl", "1 maart 2026", "maart 2026"),
        ("pl", "1 marca 2026 r.", "marzec 2026 r."),
        ("en", "1 March 2026", "March 2026"),
    ],
)
def test_dates_are_written_as_the_language_does(lang: str, first: str, month: str) -> None:
    day = datetime.fromisoformat("2026-03-01").date()
    with in_language(lang):
        assert day_text(day) == first
        assert moment_text(Moment(day=day, precision="month"), "UTC") == month
    assert day_text(day) == "1 March 2026"


def test_numbers_and_places_are_written_as_the_language_does() -> None:
    with in_language("de"):
        assert range_text(Range(5200, 5200)) == "5.200"
        assert place_words("AT") == "Österreich"
        assert label("elements", "dob") == "Geburtsdatum"
        assert phrase("and", first="A", last="B") == "A und B"
    assert range_text(Range(5200, 5200)) == "5,200"
    assert letter_word("general_you") == "What you can do"


def test_a_text_that_a_language_lacks_stands_in_english_with_a_mark() -> None:
    with in_language("de"):
        found = letter_word("waive")
    assert found.startswith("You do not have to give up any right to sue")
    assert "to be translated into German" in found
    assert "to be translated" not in letter_word("waive")


def test_people_who_live_anywhere_are_to_be_told_in_a_language_that_they_understand() -> None:
    (one,) = [
        x
        for x in written("retail-ransomware.yaml")
        if any("elsewhere" in y for y in x.variant.results)
    ]
    assert "language that they understand" in _mark(one)
    assert all("language that they understand" not in _mark(x) for x in written("lost-laptop.yaml"))


def test_the_language_is_set_in_the_page_the_pdf_and_the_docx() -> None:
    (one,) = [x for x in written("saas-processor.yaml") if x.variant.language.text == "fr"]
    assert '<html lang="fr"' in one.document.files[".html"].decode()
    reader = PdfReader(io.BytesIO(one.document.files[".pdf"]))
    assert reader.trailer["/Root"]["/Lang"] == "fr"
    docx = Docx(io.BytesIO(one.document.files[".docx"]))
    assert (docx.core_properties.language or "").startswith("fr")


# -- draft marks -------------------------------------------------------------------------


def _mark(one: Letter) -> str:
    found = re.search(
        r'<div class="draft.*?</div>', one.document.files[".html"].decode(), re.DOTALL
    )
    return found[0] if found else ""


def test_the_draft_mark_says_the_reason_the_gaps_and_the_reading_level() -> None:
    (own,) = [x for x in written("lost-laptop.yaml") if x.variant.template == "letter/restricted"]
    mark = _mark(own)
    assert "Massachusetts forbids the nature of the incident" in mark
    assert "items to follow" in mark
    assert "Reading level: Flesch-Kincaid grade" in mark
    assert "Whether children are among these people is not on record" in mark


def test_open_duties_are_named_by_their_places_alone() -> None:
    (us,) = [
        x for x in written("retail-ransomware.yaml") if x.variant.template == "letter/california"
    ]
    mark = _mark(us)
    assert "Not settled yet for" in mark
    assert "Oklahoma" not in mark.partition("Not settled yet for")[2].partition(".")[0]


def test_hard_words_of_the_organisation_are_warned_of() -> None:
    hard = {
        **TOLD["description"],
        "nature": "Notwithstanding the aforementioned organisational modifications, "
        "unauthorised individuals nevertheless obtained considerable confidential information.",
    }
    for description, warned in ((hard, True), (TOLD["description"], False)):
        incident, assessment = matter({"US-FL": 5}, **{**TOLD, "description": description})
        (one,) = letters(incident, assessment, owed(assessment))
        assert ("read harder than the rest" in _mark(one)) is warned


def test_every_text_of_a_letter_of_ours_reads_at_grade_nine_or_below() -> None:
    for people in ({"US-MA": 5}, {"US-CA": 5, "US-NM": 5, "US-WV": 5}, {"US-RI": 5}, {"IE": 5}):
        incident, assessment = matter(people, **TOLD)
        for one in letters(incident, assessment, owed(assessment)):
            assert one.reading is not None
            assert one.reading.score <= 9, (one.variant.results, one.reading)


# -- substitute notice -------------------------------------------------------------------


def notices(state: object, people: dict[str, Any], **more: Any) -> list[Letter]:
    given = {"kinds": ["intrusion"], "acquired": True, "contact_data_missing": state}
    incident, assessment = matter(people, **{**TOLD, "incident": given, **more})
    return substitute_notices(incident, assessment, owed(assessment))


def test_substitute_notices_are_written_where_addresses_are_missing_or_may_be() -> None:
    assert notices(False, {"US-CA": 5}) == []
    for state in (True, "unknown"):
        found = notices(state, {"US-CA": 5})
        assert [x.document.name.partition("-0")[0] for x in found] == [
            "substitute-website",
            "substitute-email",
            "substitute-press",
        ]
        assert all(("Prepared in case" in _mark(x)) is (state == "unknown") for x in found)


def test_counsel_may_choose_substitute_notice_for_another_reason() -> None:
    judged = {"us.substitute_notice": True}
    assert notices(False, {"US-CA": 5}, judgements=judged)


def test_the_longest_time_of_posting_leads_and_each_law_s_terms_are_told() -> None:
    found = notices(True, {"US-CA": 5, "US-AZ": 5, "US-FL": 5})
    website = found[0]
    assert "This notice stays here for at least 45 days." in website.document.text
    mark = _mark(website)
    for told in ("A.R.S. 18-552(F)(4)", "at least 45 days", "at least 30 days", "501.171(4)(f)"):
        assert told in mark
    assert "Arizona" not in "".join(_mark(x) for x in found if "-email-" in x.document.name)


def test_a_health_breach_is_posted_for_ninety_days_with_a_toll_free_number() -> None:
    regimes = {"regimes": ["us.hipaa.covered_entity"], "sector": "health"}
    found = notices(True, {"US-TX": 600}, organisation=regimes, group={"data": ["name", "phi"]})
    website = found[0]
    assert "at least 90 days" in website.document.text
    assert "a toll-free number" in website.document.missing


def test_a_posting_addresses_nobody_and_a_press_notice_names_places_in_its_language() -> None:
    found = notices(True, {"DE": 5}, organisation=EUROPE)
    website, press = found
    assert "«" not in website.document.text
    assert "deren aktuelle Anschrift wir nicht haben" in website.document.text
    assert press.paper.title == "Pressemitteilung"
    assert "Deutschland" in press.document.text


def test_massachusetts_posting_is_silent_and_the_other_one_warns_that_all_can_read_it() -> None:
    found = notices(True, {"US-MA": 5, "US-CA": 5})
    silent, telling = (
        next(
            x
            for x in found
            if x.variant.template == f"letter/{name}" and "website" in x.document.name
        )
        for name in ("restricted", "california")
    )
    assert "copied files" not in silent.document.text
    assert "copied files" in telling.document.text
    assert any("Massachusetts" in line for line in telling.variant.conflicts)


def test_a_law_without_such_a_notice_has_no_terms_and_the_narrower_row_leads() -> None:
    assert terms_of_id("us-ca-residents").days == 30
    assert terms_of_id("us-ny-residents").days is None
    assert terms_of_id("us-glba-interagency-customers") is None
    assert terms_of_id("xx-people") is None


def terms_of_id(id_: str) -> Any:
    _, assessment = matter({"US-CA": 5})
    return terms_of(assessment.obligations[0].model_copy(update={"id": id_}))


# -- paper -------------------------------------------------------------------------------

NAMES = ["retail-ransomware.yaml", "hospital-business-associate.toml", "world-insurer.toml"]


@pytest.mark.parametrize("name", [*NAMES, "lost-laptop.yaml", "saas-processor.yaml"])
def test_every_letter_of_an_example_is_sound_pdf_docx_html_and_text(name: str) -> None:
    for one in written(name):
        document = one.document
        assert set(document.files) == {".pdf", ".docx", ".html", ".txt"}
        assert check(document.files[".pdf"]) == []
        docx = Docx(io.BytesIO(document.files[".docx"]))
        assert any(one.paper.title in x.text for x in docx.paragraphs)
        assert one.paper.title in document.files[".txt"].decode()
        assert "\ue000" not in document.files[".txt"].decode()


def test_letters_of_a_matter_have_names_that_differ() -> None:
    incident, assessment = example("retail-ransomware.yaml")
    names = names_of(variants(incident, assessment, owed(assessment)), assessment)
    assert len({name.lower() for name in names}) == len(names)
    assert names[0] == "letter-01--several--customers--fr"


def test_each_letter_encloses_hashes_and_no_assessment() -> None:
    for one in written("lost-laptop.yaml"):
        reader = PdfReader(io.BytesIO(one.document.files[".pdf"]))
        assert list(reader.attachments) == ["provenance.json"]


def test_every_word_of_a_finished_letter_is_set_in_ten_points_or_more() -> None:
    answers = {"notice.identity_protection": "Call 1-800-555-0100.", "notice.law_enforcement": "x"}
    incident, assessment = matter({"US-FL": 50}, **{**TOLD, "answers": answers})
    assessment = assessment.model_copy(
        update={"obligations": tuple(_sure(x) for x in assessment.obligations)}
    )
    (variant,) = variants(incident, assessment, owed(assessment))
    one = letter(incident, assessment, variant, "letter")
    sizes: list[float] = []

    def visit(text: str, _cm: Any, matrix: list[float], _font: Any, size: float) -> None:
        if text.strip():
            sizes.append(round(abs(size * matrix[3]), 2))

    for page in PdfReader(io.BytesIO(one.document.files[".pdf"])).pages:
        page.extract_text(visitor_text=visit)
    outside_mark = [x for x in sizes if x != 8.5]
    assert outside_mark
    assert min(outside_mark) >= 10


def _sure(result: Any) -> Any:
    return result.model_copy(update={"confidence": "high", "unread": None, "sources": ()})


@pytest.mark.parametrize("people", [{"US-CA": 5, "US-MD": 5}, {"DE": 5}, {"PL": 5}])
def test_user_text_brings_in_neither_markup_nor_code_nor_addresses(people: dict[str, int]) -> None:
    long = "Donaudampfschifffahrt" * 30
    description = {**TOLD["description"], "nature": f"{MARKUP} {long} שלום"}
    more = {
        **TOLD,
        "description": description,
        "signatory": {"name": MARKUP[:60], "title": "x"},
        "group": {"label": "<i>Clients</i> {{ 1+1 }}"},
        "answers": {"letter.pl.advice": MARKUP, "notice.toll_free": "{{ fact('title') }}"},
    }
    incident, assessment = matter(people, **more)
    found = letters(incident, assessment, owed(assessment))
    found += substitute_notices(incident, assessment, owed(assessment))
    assert found
    for one in found:
        page = one.document.files[".html"].decode()
        assert "<b>bold" not in page
        assert "<script>x" not in page
        assert "<i>Clients" not in page
        assert "49" not in one.document.text
        assert "{{ 7*7 }}" in one.document.text
        assert check(one.document.files[".pdf"]) == []


def test_the_same_facts_give_the_same_bytes() -> None:
    incident, assessment = example("lost-laptop.yaml")
    again = letters(incident, assessment, owed(assessment))
    assert [x.document.files for x in again] == [
        x.document.files for x in written("lost-laptop.yaml")
    ]
