"""What each notice must hold: every item asks what facts can answer, and only that is filled."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from pypdf import PdfReader

from regengine import load_incident
from regengine.assessment import Assessment, Bound, ContentItem, Deadline, Held, Result, Start, To
from regengine.assessment import People as Concerned
from regengine.documents.composing import compose
from regengine.documents.content import FILLS, Matter, fill, filled
from regengine.documents.dossier import file
from regengine.documents.items import content_items
from regengine.documents.letterhead import draft_lines
from regengine.documents.outputs import table
from regengine.documents.paper import said
from regengine.documents.templates import american, route, template_at
from regengine.facts import Candidate, Filing, Happening, Incident, Moment, Person
from regengine.law import Content, LawFile, Stage
from regengine.truth import Range
from tests.test_examples import FOLDER, NAMES, ROOT, assessed

WORDS = table("words.toml")
# What the words of an item must speak of, where a key says one narrow thing.
ASKS = {
    "ransom_demanded": r"ransom|extort|demand",
    "ransom_paid": r"ransom|payment|paid",
    "malicious": r"malicious|unlawful|deliberate",
    "loss": r"loss|monetary|fiscal|cost|money",
    "outage": r"duration|interrupt|outage|unavailab",
    "notice_date": r"when|date",
    "occurred": r"when|date|time|day|period",
    "discovered": r"when|date|time|discover|detect|known",
    "determined": r"determin|conclu|confirm",
    "dates": r"when|date|time",
    "timeline": r"course|status|state|date|order of time|when",
    "people_told": r"told|notif|notices|sent|towards",
    "authorities_told": r"author|agenc|told|notified|other matters",
    "sample_letter": r"copy|sample|notices? says?|form|draft|^the notice to",
    "law_enforcement": r"law enforcement|police|crime",
    "delay_reasons": r"delay",
    "reporter": r"report|contact|person|who calls",
    "signatory": r"sign",
    "organisation": r"name|identity|identifi|who|entity|organi[sz]ation|unit|controller|provider|bank|carrier|programme|agency|contractor|company|licensee|importer",
    "reference": r"reference|tracking identifier",
    "contact": r"contact|ask|reach|answer|telephone|enquir|call back",
    "dpo": r"data protection officer|contact|representative",
    "people_total": r"people|number|how many|persons|individuals|subscribers|users|customers",
    "people_here": r"people|number|how many|persons|individuals|residents|whose",
    "records": r"records",
    "places": r"where|state|place",
    "vendor": r"vendor|provider|associate|operator|processor|contractor|third",
    "encryption": r"encrypt|protect|intelligible",
    "credit_agencies": r"bureau|agenc|freeze|fraud alert",
    "ftc": r"Federal Trade Commission",
    "state_attorney_general": r"attorney general|state (and federal )?agencies",
    "identity_protection": r"service|offer|credit monitoring",
}  # fmt: skip  # reason: a table reads better in lines of words


# Keys that only laws use under which no example falls; each has a test of its own, here or in
# test_documents.py.
UNTRIED = {"outage", "encryption"}


class Listed(NamedTuple):
    """The items of one notice, and where they stand."""

    where: str
    items: tuple[Content, ...]


def _law_files() -> Iterator[tuple[str, LawFile]]:
    for path in sorted((ROOT / "rules").rglob("*.toml")):
        name = path.relative_to(ROOT).as_posix()
        yield name, LawFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def _lists() -> Iterator[Listed]:
    for name, law in _law_files():
        for duty in law.obligation:
            for terms in (duty, *duty.version):
                yield from _of(f"{name}: {duty.id}", terms.content, terms.stage)
        for overlay in law.overlay:
            yield from _of(f"{name}: over {overlay.of}", overlay.content, overlay.stage)


def _of(
    where: str, content: Iterable[Content] | None, stages: Iterable[Stage] | None
) -> Iterator[Listed]:
    if content:
        yield Listed(where, tuple(content))
    for stage in stages or ():
        if stage.content:
            yield Listed(f"{where}/{stage.name}", stage.content)


LISTS = list(_lists())


# -- the items of the law ------------------------------------------------------------------


def test_the_law_has_lists_to_look_at() -> None:
    assert len(LISTS) > 150
    assert {item.fill for found in LISTS for item in found.items} - {None} <= set(FILLS)


def _faults(wrong: Callable[[Content], bool]) -> list[str]:
    return [
        f"{where}: {item.say!r} filled by {item.fill}"
        for where, items in LISTS
        for item in items
        if item.fill is not None and wrong(item)
    ]


def test_an_item_that_asks_whether_has_no_descriptive_fill() -> None:
    may, words = WORDS["yes_or_no"]["fills"], tuple(WORDS["yes_or_no"]["words"])
    assert _faults(lambda item: item.say.startswith(words) and item.fill not in may) == []


def test_the_open_facts_answer_only_what_asks_for_what_is_not_known() -> None:
    pattern = WORDS["open_asks"]["pattern"]
    assert _faults(lambda item: item.fill == "open" and not re.search(pattern, item.say)) == []


@pytest.mark.parametrize("key", sorted(ASKS))
def test_a_narrow_key_answers_only_words_that_ask_for_it(key: str) -> None:
    pattern = re.compile(ASKS[key], re.IGNORECASE)
    assert _faults(lambda item: item.fill == key and not pattern.search(item.say)) == []


def test_what_is_likely_to_follow_never_answers_why_nothing_will() -> None:
    pattern = re.compile(r"determination|not (reasonably )?(likely|possible)|criteria")
    assert _faults(lambda item: item.fill == "consequences" and pattern.search(item.say)) == []


def test_no_fact_answers_two_items_of_one_notice() -> None:
    twice = [
        f"{where}: {key} {count} times"
        for where, items in LISTS
        for key, count in Counter(item.fill for item in items if item.fill).items()
        if count > 1
    ]
    assert twice == []


def test_every_item_can_stand_alone_since_a_form_sorts_them() -> None:
    leaning = re.compile(r"^(those|they|these|them|of (these|them|those))\b")
    assert [f"{w}: {x.say}" for w, items in LISTS for x in items if leaning.search(x.say)] == []


def test_no_item_stands_twice_in_one_notice() -> None:
    for where, items in LISTS:
        said = [item.say.lower() for item in items]
        assert len(said) == len(set(said)), where


# -- what the examples' facts give ---------------------------------------------------------


def _filled() -> Iterator[tuple[str, str, str, str | None, bool]]:
    for name in NAMES:
        incident, assessment = _matter(name)
        for result in assessment.obligations:
            for item in content_items(result):
                if item.fill is not None:
                    answer = fill(item.fill, incident, result, assessment)
                    yield f"{name} {result.key}", item.say, item.fill, *answer


def _matter(name: str) -> tuple[Incident, Assessment]:
    return load_incident(FOLDER / name), assessed(name)


@cache
def _answers() -> tuple[tuple[str, str, str, str | None, bool], ...]:
    return tuple(_filled())


def test_every_key_that_a_law_uses_is_tried_by_an_example() -> None:
    used = {item.fill for found in LISTS for item in found.items if item.fill}
    tried = {key for _, _, key, _, _ in _answers()}
    assert used - tried <= UNTRIED


def test_every_answer_says_something_whole() -> None:
    for where, say, key, text, _ in _answers():
        if text is None:
            continue
        place = f"{where}: {say!r} by {key}: {text!r}"
        assert text.strip() == text, place
        assert text, place
        assert all(line.strip() for line in text.split("\n")), place
        assert not re.search(r"\bNone\b(?! is)|[{}]|\bTrue\b|\bFalse\b", text), place


def test_the_law_s_words_never_reach_an_answer_as_code() -> None:
    kept = set(WORDS["kept_in"]["events"])
    assert kept < set(WORDS["events"])
    for where, _, key, text, _ in _answers():
        if key == "timeline" and text:
            said = {line.partition(":")[0] for line in text.split("\n")}
            assert not said & {WORDS["events"][event] for event in kept}, where


# -- keys that speak of extortion, malice, people told --------------------------------------


def _told(
    key: str,
    *,
    kind: str = "regulator",
    assessment: Assessment | None = None,
    **facts: object,
) -> tuple[str | None, bool]:
    facts = {"reference": "R-1", **facts}
    return fill(key, Incident.model_validate(facts), _result(kind), assessment)


def _result(kind: str = "regulator", name: str = "us-xx-office", to: str = "the Office") -> Result:
    return Result(
        id=name,
        key=f"{name}@US-XX",
        jurisdiction="US-XX",
        title="Tell",
        recipient=To.model_validate({"kind": kind, "name": to}),
        bound=Bound(),
        people=Concerned(),
        status="required",
        law_status="in_force",
        deadline=Deadline(kind="soft"),
        citation="s 1",
        confidence="high",
    )


def _on(day: int) -> tuple[Candidate, ...]:
    return (Candidate(at=Moment.of(date(2026, 11, day))),)


def test_the_dates_are_when_it_happened_and_when_it_was_discovered_and_no_more() -> None:
    timeline = {
        "occurred_from": _on(3),
        "occurred_to": _on(3),
        "discovered": _on(5),
        "materiality_determined": _on(9),
        "ransom_demanded": _on(6),
    }
    assert _told("dates", timeline=timeline) == (
        "It happened: 3 November 2026\nIt was discovered: 5 November 2026",
        True,
    )
    assert _told("dates", timeline={"discovered": _on(5)}) == (
        "It was discovered: 5 November 2026",
        False,
    )
    assert _told("dates") == (None, False)


def test_the_course_of_events_keeps_conclusions_and_extortion_in_the_house() -> None:
    timeline = {
        "detected": _on(3),
        "no_harm_determined": _on(4),
        "materiality_determined": _on(5),
        "ransom_demanded": _on(6),
        "ransom_paid": _on(7),
    }
    text, _ = _told("timeline", timeline=timeline)
    assert text == "First technical sign: 3 November 2026"


@pytest.mark.parametrize("event", ["ransom_demanded", "ransom_paid"])
def test_a_ransom_is_said_where_it_is_on_record_and_never_denied(event: str) -> None:
    assert _told(event) == (None, False)
    text, known = _told(event, timeline={event: _on(6)})
    assert (text, known) == (f"{WORDS['events'][event]}: 6 November 2026", True)


def test_a_first_technical_sign_is_not_yet_a_discovery() -> None:
    assert _told("discovered", timeline={"detected": _on(5)}) == (
        "First technical sign: 5 November 2026",
        False,
    )
    assert _told("discovered", timeline={"aware": _on(5)}) == (
        "The organisation became aware: 5 November 2026",
        True,
    )
    assert _told("discovered", timeline={"discovered": _on(4), "aware": _on(5)}) == (
        "4 November 2026",
        True,
    )


@pytest.mark.parametrize(
    ("key", "event", "text"),
    [
        ("determined", "determined", "5 November 2026"),
        ("determined", "confirmed", "The incident was confirmed: 5 November 2026"),
        ("dates", "aware", "The organisation became aware: 5 November 2026"),
        ("dates", "detected", "First technical sign: 5 November 2026"),
    ],
)
def test_an_event_that_stands_in_says_its_own_name(key: str, event: str, text: str) -> None:
    assert _told(key, timeline={event: _on(5)})[0] == text


@pytest.mark.parametrize("key", ["occurred", "discovered", "dates", "determined", "timeline"])
def test_views_that_differ_say_nothing_until_one_is_chosen(key: str) -> None:
    events = ("occurred_from", "occurred_to", "discovered", "determined")
    open_ = {event: (*_on(3), *_on(5)) for event in events}
    assert _told(key, timeline=open_) == (None, False)
    later = _on(5)[0].model_copy(update={"chosen": True})
    text, _ = _told(key, timeline={event: (*_on(3), later) for event in events})
    assert "5 November 2026" in (text or "")
    assert "3 November" not in (text or "")


@pytest.mark.parametrize(
    ("timeline", "sentence", "wrong"),
    [
        ({"discovered": _on(5)}, "We discovered it on 5 November 2026.", "aware"),
        ({"aware": _on(5)}, "We became aware of it on 5 November 2026.", "discovered"),
        ({"detected": _on(5)}, "when the incident was discovered", "5 November"),
        ({}, "when the incident was discovered", "2026"),
    ],
)
def test_a_letter_states_as_fact_only_what_is_on_record(
    timeline: dict[str, object], sentence: str, wrong: str
) -> None:
    incident = Incident.model_validate({"reference": "R-1", "timeline": timeline})
    for folder in ("letter/general", "letter/california", "filing/media"):
        found = _result("individuals", "us-xx-residents")
        text = said(compose(template_at(folder), Matter(incident, found)))
        assert sentence in text, folder
        assert not re.search(rf"(on|it) [^.]*{wrong}", text.replace(sentence, "")), folder


def test_a_filing_does_not_call_itself_in_time_where_the_start_was_only_assumed() -> None:
    due = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    for assumed in (False, True):
        start = Start(event="discovered", at=datetime(2026, 11, 20, tzinfo=UTC), assumed=assumed)
        deadline = Deadline(kind="fixed", due_at=due, starts=start)
        found = _result().model_copy(update={"deadline": deadline})
        whole = _with(found)
        whole = whole.model_copy(update={"now": datetime(2026, 11, 21, tzinfo=UTC)})
        answer = fill("delay_reasons", Incident(reference="R-1"), found, whole)
        assert answer.known is not assumed


def test_where_nothing_is_known_nothing_is_denied() -> None:
    incident, assessment = _matter("almost-nothing.yaml")
    found = assessment.result("eu-gdpr-sa@DE")
    paper = compose(template_at(route(found)), Matter(incident, found, assessment))
    answers = [line for part in paper.sections for entry in part.entries for line in entry.lines]
    assert found.status == "possible"
    assert not [line for line in answers if re.match(r"(No|Not exfiltrated)\b", line)]


def test_malice_is_answered_yes_or_no_only_where_it_is_known() -> None:
    assert _told("malicious") == (None, False)
    for malicious, word in ((True, "Yes"), (False, "No")):
        text, known = _told("malicious", incident=Happening(malicious=malicious))
        assert known
        assert (text or "").startswith(word)


def test_an_interruption_is_said_in_hours_and_denied_only_where_that_is_on_record() -> None:
    assert _told("outage") == (None, False)
    assert _told("outage", incident={"unavailable": False}) == (None, True)
    text, known = _told("outage", incident={"outage": {"hours": 7.5, "scheduled": True}})
    assert known
    assert text == "The service was not reachable for 7.5 hours; the interruption was planned"


def _with(*results: Result) -> Assessment:
    whole = assessed("misdirected-letter.json")
    return whole.model_copy(update={"obligations": results})


def test_authorities_and_people_told_are_kept_apart() -> None:
    people, office = _result("individuals", "us-xx-residents"), _result("regulator")
    police = _result("law_enforcement", "us-xx-police", "the Police")
    inside = _result("internal", "us-xx-register")
    at = Moment.of(date(2026, 11, 9))
    filings = (
        Filing(obligation="us-xx-police@US-XX", at=at, reference="A-7"),
        Filing(obligation="us-xx-office@US-XX", at=at),  # the reader of this notice
        Filing(obligation="us-xx-residents@US-XX", at=at, people=1200),
        Filing(obligation="us-xx-register@US-XX", at=at),
    )
    whole = _with(people, office, police, inside)
    told = _told("authorities_told", assessment=whole, filings=filings)
    assert told == ("the Police, on 9 November 2026 (reference A-7)", True)
    text, known = _told("people_told", assessment=whole, filings=filings)
    assert known
    assert "1,200 told on 9 November 2026" in (text or "")
    assert " and " not in (text or "")  # one kind of reader, not its place besides
    assert "\n" not in (text or "")


def test_that_nobody_was_told_is_never_said_for_want_of_a_record() -> None:
    assert _told("authorities_told", assessment=_with(_result())) == (None, False)
    refused = Filing(
        obligation="us-xx-office@US-XX",
        at=Moment.of(datetime(2026, 11, 9, tzinfo=UTC)),
        how="refused",
    )
    assert _told("authorities_told", assessment=_with(_result()), filings=(refused,)) == (
        None,
        False,
    )
    assert _told("people_told", assessment=_with(_result())) == (None, False)


# -- what people, customers and the public read ---------------------------------------------


def _drafted(name: str, obligation: str, **description: str) -> tuple[list[str], str]:
    """Say what marks a notice of an example as a draft, and the whole of its text."""
    incident, assessment = _matter(name)
    if description:
        told = incident.description.model_copy(update=description)
        incident = incident.model_copy(update={"description": told})
    found = next(x for x in assessment.obligations if x.id == obligation)
    matter = Matter(incident, found, assessment, american(found))
    paper = compose(template_at(route(found)), matter)
    return draft_lines(matter, paper), said(paper)


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("Files were copied; a ransom was paid for the key.", True),
        ("There is no evidence of misuse.", True),
        ("The server had not been patched.", True),
        ("Ransomware locked the files.", False),
    ],
)
def test_words_that_may_harm_are_pointed_out_in_a_letter_and_never_cut(
    words: str, *, marked: bool
) -> None:
    lines, text = _drafted("lender-extortion.yaml", "us-ny-residents", nature=words)
    assert any("counsel decides whether its readers" in line for line in lines) is marked
    assert words in text
    lines, _ = _drafted("lender-extortion.yaml", "us-ny-ag", nature=words)
    assert not any("counsel decides whether its readers" in line for line in lines)


def test_no_letter_of_the_examples_speaks_of_what_may_harm() -> None:
    delicate = WORDS["delicate"]
    for name in NAMES:
        incident, assessment = _matter(name)
        for found in assessment.obligations:
            if found.recipient.kind in delicate["kinds"]:
                matter = Matter(incident, found, assessment, american(found))
                text = said(compose(template_at(route(found)), matter))
                assert not re.search(f"(?i)\\b({delicate['pattern']})", text), found.key


def test_each_group_of_a_place_gets_a_letter_of_its_own_data(tmp_path: Path) -> None:
    incident, assessment = _matter("retail-ransomware.yaml")
    only = ["eu-gdpr-individuals@DE", "eu-gdpr-individuals@BE"]
    written = file(incident, assessment, tmp_path / "out", only)
    german = [one for one in written if "eu-gdpr-individuals@DE" in one.keys]
    assert [one.group for one in german] == ["customers", "staff"]
    shop, staff = (
        " ".join("".join(page.extract_text() for page in PdfReader(one.path).pages).split())
        for one in german
    )
    assert "Nummer der Zahlungskarte" in shop
    assert "Gesundheitsdaten" not in shop
    assert "Gesundheitsdaten" in staff
    assert "Nummer der Zahlungskarte" not in staff
    assert "Staff of the German warehouse" not in shop
    assert "Staff of the German warehouse" in staff
    receipt = json.loads((tmp_path / "out" / "receipt.json").read_text())
    assert [f"{row['name']}.pdf" for row in receipt["documents"]] == [x.path.name for x in written]


def test_an_answer_for_one_group_stands_in_its_letter_alone() -> None:
    incident, assessment = _matter("retail-ransomware.yaml")
    answers = {"affected.staff.advice": "Talk to your bank.", "notice.advice": "Do nothing."}
    incident = incident.model_copy(update={"answers": answers})
    found = assessment.result("eu-gdpr-individuals@DE")
    for group, advice in (("staff", "Talk to your bank."), ("customers", "Do nothing.")):
        matter = Matter(incident, found, assessment, group=group)
        assert filled("advice", matter) == (advice, True)
    staff = Matter(incident, found, assessment, group="staff")
    assert filled("people_total", staff) == ("140 people", True)
    assert filled("people_here", staff) == (None, False)


def test_that_no_delay_was_asked_for_is_never_said_for_want_of_a_record() -> None:
    for name in NAMES:
        incident, assessment = _matter(name)
        for found in assessment.obligations:
            if found.recipient.kind == "individuals":
                matter = Matter(incident, found, assessment, american(found))
                assert "was not delayed" not in said(compose(template_at(route(found)), matter))


def test_groups_whose_names_read_alike_do_not_share_a_file(tmp_path: Path) -> None:
    incident, assessment = _matter("retail-ransomware.yaml")
    groups = tuple(
        group.model_copy(update={"group": name})
        for group, name in zip(incident.affected or (), ("A b", "a/B"), strict=True)
    )
    incident = incident.model_copy(update={"affected": groups})
    found = assessment.result("eu-gdpr-individuals@DE")
    people = found.people.model_copy(update={"groups": ("A b", "a/B")})
    found = found.model_copy(update={"people": people})
    whole = assessment.model_copy(update={"obligations": (found,)})
    written = file(incident, whole, tmp_path / "out", [found.key])
    names = [one.path.name.lower() for one in written]
    assert [one.group for one in written] == ["A b", "a/B"]
    assert len(set(names)) == len(names)


def test_a_delay_for_law_enforcement_is_told_once_in_a_letter() -> None:
    incident, assessment = _matter("retail-ransomware.yaml")
    found = next(x for x in assessment.obligations if x.id == "us-ca-residents")
    held = (Held(requested_by="FBI", why="it would impede the inquiry", counts=True),)
    found = found.model_copy(update={"deadline": found.deadline.model_copy(update={"held": held})})
    text = said(compose(template_at(route(found)), Matter(incident, found, assessment)))
    assert text.count("delayed at the request of law enforcement") == 1
    assert "impede the inquiry" not in text


def test_the_current_report_speaks_in_sentences_and_not_like_a_form() -> None:
    incident, assessment = _matter("retail-ransomware.yaml")
    told = incident.description.model_copy(update={"nature": None})
    incident = incident.model_copy(update={"description": told})
    found = next(x for x in assessment.obligations if x.id == "us-sec-8k-105")
    paper = compose(template_at(route(found)), Matter(incident, found, assessment, american=True))
    item = next(part for part in paper.sections if part.title == "Item 1.05(a)")
    for entry in item.entries:
        if entry.key != "undetermined":
            assert not [x for x in entry.lines if re.match(r"[A-Z][a-z ]+: ", x)], entry.key
    assert "Kind of incident" not in said(paper)
    assert "First technical sign" not in said(paper)
    assert "The incident involved ransomware" in said(paper)


def test_the_current_report_names_days_not_hours_and_no_system() -> None:
    _, text = _drafted("retail-ransomware.yaml", "us-sec-8k-105", systems="The vault of keys 7")
    assert "vault of keys" not in text
    assert "November 17, 2026" in text
    assert "UTC" not in text


@pytest.mark.parametrize(
    ("key", "fields"),
    [
        ("eu-gdpr-sa@IE", ("r68_subject_count", "r68_subject_count_here")),
        ("uk-gdpr-ic@GB", ("subjects", "subjects_here")),
    ],
)
def test_an_authority_reads_the_whole_number_and_that_of_its_own_area(
    key: str, fields: tuple[str, str]
) -> None:
    incident, assessment = _matter("telecom.yaml")
    found = assessment.result(key)
    paper = compose(template_at(route(found)), Matter(incident, found, assessment))
    lines = {entry.key: entry.lines for part in paper.sections for entry in part.entries}
    own = {"IE": "Between 900 and 1,300 people", "GB": "Between 210 and 400 people"}
    assert lines[fields[0]] == ("Between 1,110 and 1,700 people",)
    assert lines[fields[1]] == (own[found.jurisdiction],)
    assert lines.get("r67_subject_count_kind", ("Approximate number",)) == ("Approximate number",)


@pytest.mark.parametrize("accessed", [True, None])
@pytest.mark.parametrize("acquired", [True, False, None])
@pytest.mark.parametrize("disclosed", [True, False, None])
def test_a_breach_of_confidentiality_is_not_both_stated_and_to_be_determined(
    *, accessed: bool | None, acquired: bool | None, disclosed: bool | None
) -> None:
    incident, assessment = _matter("telecom.yaml")
    changes = {"accessed": accessed, "acquired": acquired, "exfiltrated": None}
    happened = incident.incident.model_copy(update={**changes, "disclosed": disclosed})
    incident = incident.model_copy(update={"incident": happened})
    found = assessment.result("eu-gdpr-sa@IE")
    paper = compose(template_at(route(found)), Matter(incident, found, assessment))
    lines = {entry.key: entry.lines for part in paper.sections for entry in part.entries}
    stated = any(line.startswith("Confidentiality") for line in lines["r55_cia"])
    assert stated is any((accessed, acquired, disclosed))
    assert (lines["r56_conf_type"] == ("Exfiltrated or disclosed",)) is (disclosed is True)


def test_a_zone_that_was_only_assumed_is_named_in_filings_and_unused_in_letters(
    tmp_path: Path,
) -> None:
    incident, assessment = _matter("telecom.yaml")
    only = ["uk-gdpr-ic@GB", "uk-pecr-individuals@GB"]
    for zone, said_so in (("Europe/Dublin", False), (None, True)):
        organisation = incident.organisation.model_copy(update={"zone": zone})
        given = incident.model_copy(update={"organisation": organisation})
        office, letter = (
            " ".join("".join(page.extract_text() for page in PdfReader(one.path).pages).split())
            for one in file(given, assessment, tmp_path / str(zone), only)
        )
        assert ("in the zone Europe/Dublin, which is assumed" in office) is said_so
        assert "11:00 GMT" in office
        assert "22 November 2026" in letter
        assert not re.search(r"\d:\d\d|UTC", letter)


def test_a_notice_to_customers_tells_no_hours_where_the_zone_was_only_assumed() -> None:
    incident, assessment = _matter("telecom.yaml")
    found = assessment.result("uk-gdpr-ic@GB")
    to = found.recipient.model_copy(update={"kind": "customers"})
    items = (ContentItem(say="the course of events", fill="timeline"),)
    found = found.model_copy(update={"recipient": to, "content_items": items})
    for zone, hours in (("Europe/Dublin", True), (None, False)):
        organisation = incident.organisation.model_copy(update={"zone": zone})
        given = incident.model_copy(update={"organisation": organisation})
        text = said(compose(template_at("filing/customers"), Matter(given, found, assessment)))
        assert "22 November 2026" in text
        assert ("11:00" in text) is hours


def _entries(result: Result, *asked: tuple[str, str | None]) -> dict[str, tuple[str, ...]]:
    """Say what the labels of a form say, for a law that asks these items."""
    items = tuple(ContentItem(say=say, fill=key) for say, key in asked)
    result = result.model_copy(update={"content_items": items})
    incident, assessment = _matter("retail-ransomware.yaml")
    paper = compose(template_at(route(result)), Matter(incident, result, assessment))
    return {entry.label: entry.lines for part in paper.sections for entry in part.entries}


def test_the_bureaus_are_told_all_that_a_law_asks_and_nothing_twice() -> None:
    bureaus = _result("consumer_reporting_agencies")
    plain = _entries(bureaus)
    asked = [
        ("that a security breach happened", "nature"),
        ("when the notices go out", "notice_date"),
        ("to whom and how the notices go out", None),
        ("what the notices say", "sample_letter"),
    ]
    assert _entries(bureaus, *asked) == plain
    more = _entries(bureaus, *asked, ("the date of the breach", "occurred"), ("the fee", None))
    assert set(more) - set(plain) == {"The date of the breach", "The fee"}
    assert more["The fee"] == ()


def test_the_bureaus_are_promised_no_silence_on_names_where_a_law_wants_the_data() -> None:
    for say, silent in (
        ("when the notices go out", True),
        ("the personal information of X", False),
    ):
        items = (ContentItem(say=say),)
        found = _result("consumer_reporting_agencies")
        found = found.model_copy(update={"content_items": items})
        paper = compose(template_at(route(found)), Matter(Incident(reference="R-1"), found))
        assert ("No names" in said(paper)) is silent


def test_a_part_of_the_people_is_never_told_as_the_whole_number() -> None:
    people = Concerned(at_least=30, at_most=40)
    for place, text in (("US-PR", "Between 30 and 40 people (Puerto Rico)"), ("US", None)):
        found = _result().model_copy(update={"jurisdiction": place, "people": people})
        told = _entries(found, ("how many people are affected", "people_here"))
        assert told["How many people are affected"] == (text or "Between 30 and 40 people",)


def test_the_bureaus_read_no_number_of_a_place_where_the_law_counts_everywhere() -> None:
    bureaus = _result("consumer_reporting_agencies")
    label = "Approximate number of people in this place"
    assert label in _entries(bureaus, ("how many people are told", "people_here"))
    assert label not in _entries(bureaus, ("how many people are told", "people_total"))


@pytest.mark.parametrize(
    ("say", "key", "sentence"),
    [
        ("whether the information was encrypted", "encryption", "The information was not encr"),
        ("how many people are affected", "people_total", "In all, the incident affects betw"),
        ("about how many records are affected", "records", "The incident affects 12,000 rec"),
    ],
)
def test_a_letter_answers_in_sentences(say: str, key: str, sentence: str) -> None:
    incident, assessment = _matter("retail-ransomware.yaml")
    incident = incident.model_copy(update={"records": Range(12000, 12000)})
    affected = tuple(
        group.model_copy(update={"encrypted": False, "people": {"US-PR": Range(3, 9)}})
        for group in incident.affected or ()
    )
    incident = incident.model_copy(update={"affected": affected})
    found = _result("individuals")
    found = found.model_copy(update={"content_items": (ContentItem(say=say, fill=key),)})
    text = said(compose(template_at(route(found)), Matter(incident, found, assessment)))
    assert sentence in text


def test_a_contact_without_a_telephone_does_not_answer_for_one() -> None:
    asked = (("a telephone number for information and help", "contact"),)
    label = "A telephone number for information and help"
    incident, assessment = _matter("retail-ransomware.yaml")
    for phone in ("+1 555 0100", None):
        reporter = Person(name="A. Byrne", email="a@x.example", phone=phone)
        organisation = incident.organisation.model_copy(update={"dpo": None})
        given = incident.model_copy(update={"organisation": organisation, "reporter": reporter})
        items = tuple(ContentItem(say=say, fill=key) for say, key in asked)
        for kind in ("individuals", "regulator"):
            found = _result(kind).model_copy(update={"content_items": items})
            paper = compose(template_at(route(found)), Matter(given, found, assessment))
            assert (label in paper.to_follow) is (phone is None), kind
            assert "a@x.example" in said(paper)


def test_who_reports_is_said_once_where_the_law_asks_for_it() -> None:
    assert "Reported by" in _entries(_result(), ("what happened", "nature"))
    assert "Reported by" not in _entries(_result(), ("who reports", "reporter"))


def test_an_owner_reads_the_two_dates_once() -> None:
    asked = (("when it happened and was discovered", "dates"), ("what happened", "nature"))
    assert "When it happened and was discovered" not in _entries(_result("controller"), *asked)
    assert "When it happened and was discovered" in _entries(_result(), *asked)


@pytest.mark.parametrize("kind", ["individuals", "media"])
def test_a_letter_tells_the_two_dates_once(kind: str) -> None:
    incident, assessment = _matter("retail-ransomware.yaml")
    items = (ContentItem(say="when it happened and was discovered", fill="dates"),)
    found = _result(kind).model_copy(update={"content_items": items})
    matter = Matter(incident, found, assessment, american=True)
    text = said(compose(template_at(route(found)), matter))
    assert "took place" in text
    assert "It happened:" not in text


def test_the_reference_is_the_organisation_s_own() -> None:
    assert _told("reference") == ("R-1", True)


def test_a_letter_is_enclosed_only_where_one_is_written() -> None:
    incident, assessment = _matter("lost-laptop.yaml")
    authority = assessment.result("us-ma-ag@US-MA")
    assert filled("sample_letter", Matter(incident, authority, assessment)).known
    waiting = [
        x.model_copy(update={"deadline": x.deadline.model_copy(update={"kind": "not_started"})})
        if x.recipient.kind == "individuals"
        else x
        for x in assessment.obligations
    ]
    later = assessment.model_copy(update={"obligations": tuple(waiting)})
    assert filled("sample_letter", Matter(incident, authority, later)) == (None, False)
