"""Contradictions: texts against facts, papers against papers, facts against facts."""

from __future__ import annotations

import doctest
import io
import json
import re
import time
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import regengine
from regengine.assessment import Assessment
from regengine.calendars import zone
from regengine.documents import consistency, filings, notices, readback
from regengine.documents.claims import read, rows
from regengine.documents.conformance import check
from regengine.documents.consistency import Contradiction, contradictions, report
from regengine.documents.document import Document
from regengine.documents.outputs import table
from regengine.documents.paper import said
from regengine.errors import InputError
from regengine.facts import (
    Candidate,
    Description,
    Group,
    Happening,
    Incident,
    Moment,
    Organisation,
)
from regengine.tables import show_contradictions
from regengine.truth import Range

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = {
    row.split("[")[1].split("]")[0]: row.split("|")[2].strip()
    for row in (ROOT / "examples/README.md").read_text().splitlines()
    if row.startswith("| [")
}
RETAIL = "retail-ransomware.yaml"


@cache
def matter(name: str) -> tuple[Incident, Assessment, tuple[Document, ...]]:
    """Assess an example and write what each of its notices says, possible ones as well."""
    incident = regengine.load_incident(ROOT / "examples" / name)
    assessment = regengine.assess(incident, now=datetime.fromisoformat(EXAMPLES[name]))
    papers = []
    for one in notices.notices(incident, assessment, notices.choose(assessment, all_=True)):
        paper_ = notices.paper_of(incident, assessment, one)
        kind = "letter" if paper_.template.layout == "letter" else "filing"
        papers.append(Document(one.name, kind, paper_.title, one.keys, {}, said(paper_)))
    return incident, assessment, tuple(papers)


def paper(text: str, name: str = "press", keys: tuple[str, ...] = ()) -> Document:
    return Document(name, "letter", name, keys, {}, text)


def in_retail(text: str) -> tuple[Contradiction, ...]:
    incident, assessment, _ = matter(RETAIL)
    return contradictions(incident, assessment, [paper(text)])


def found(incident: Incident, *papers: Document) -> tuple[Contradiction, ...]:
    return contradictions(incident, regengine.assess(incident), papers)


# -- true papers ------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_papers_that_follow_the_facts_give_no_finding(name: str) -> None:
    incident, assessment, papers = matter(name)
    assert contradictions(incident, assessment, papers) == ()


TRUE_IN_RETAIL = """
\ue000Was the incident reported to law enforcement, and no data taken\ue001
We cannot exclude that data were misused.
There is no evidence of misuse.
We do not know whether data were misused.
It cannot be ruled out that no data were taken.
Whether passwords were affected is not yet known.
Were your passwords affected?
5,200 customers in Ireland were affected.
More than 10,000 people were affected.
At least ten thousand seven hundred and eighty people are affected.
Between 400 and 700 people in California.
We became aware on 20 November 2026 at 17:30 CET (UTC+01:00).
We became aware on November 20, 2026 at 11:30 a.m. EST (UTC-05:00).
We became aware on 2026-11-20T16:30:00Z.
The database was copied on 17 November 2026.
Data were copied and the order system was encrypted.
The files were encrypted by the attackers.
Change your password promptly.
You can call us within 30 days; customers in 2026 may ask.
The attack was contained on 21 November 2026.
If you are a victim of identity theft, you have rights.
On 20 November 2026, we became aware that on 17 November 2026 an intruder entered our network.
In November 2026 we discovered it.
Passwords were reset.
No payment card security codes are stored by us.
No names of the people concerned are given with this notice.
Under section 12 individuals must be told within 45 days.
Es ist nicht ausgeschlossen, dass Daten missbraucht wurden.
Wir haben den Vorfall am 20. November 2026 entdeckt.
Nous avons eu connaissance de l'incident le 20 novembre 2026.
""".strip().splitlines()


@pytest.mark.parametrize("text", TRUE_IN_RETAIL)
def test_a_true_sentence_gives_no_finding(text: str) -> None:
    assert in_retail(text) == ()


# -- texts against facts ----------------------------------------------------------------

UNTRUE_IN_RETAIL = [
    ("There is no evidence that data were copied.", "claim.taken.denied"),
    ("No customer data was taken.", "claim.taken.denied"),
    ("We do not know who it was, but no data were taken.", "claim.taken.denied"),
    ("We have found no evidence of exfiltration.", "claim.exfiltrated.denied"),
    ("Es gibt keine Hinweise auf einen Datenabfluss.", "claim.exfiltrated.denied"),
    ("Es wurden keine Daten kopiert.", "claim.taken.denied"),
    ("Aucune donnée n'a été copiée.", "claim.taken.denied"),
    ("No hay indicios de robo de datos.", "claim.taken.denied"),
    ("Your passwords were not affected.", "data.passwords.denied"),
    ("No passwords or payment card data were involved.", "data.payment card data.denied"),
    ("The files did not include any health information.", "data.health data.denied"),
    ("Passport numbers were also stolen.", "data.passports.stated"),
    ("The breach affected 4,100 customers.", "count.people.4100-4100.exact"),
    ("Betroffen sind 4.100 Kunden.", "count.people.4100-4100.exact"),
    ("4 100 clients sont concernés.", "count.people.4100-4100.exact"),
    ("About two thousand customers were affected.", "count.people.2000-2000.about"),
    ("In all, 12 people were affected.", "count.total.12-12.exact"),
    ("300 residents of Germany were affected.", "count.DE.300-300.exact"),
    ("We discovered the incident on 19 November 2026.", "date.discovered.2026-11-19"),
    ("On November 18, 2026, we became aware of the attack.", "date.aware.2026-11-18"),
    ("Wir haben den Vorfall am 18. November 2026 entdeckt.", "date.discovered.2026-11-18"),
    ("L'incident a été découvert le 18 novembre 2026.", "date.discovered.2026-11-18"),
    ("El incidente se descubrió el 18 de noviembre de 2026.", "date.discovered.2026-11-18"),
    ("The incident occurred on 11/03/2026.", "date.occurred.2026-11-03/2026-03-11"),
    ("The attack was contained on 2026-11-22.", "date.contained.2026-11-22"),
    ("A limited number of customers were affected.", "claim.many.denied"),
    ("No data were accessed.", "claim.accessed.denied"),
    ("There was no interruption of service.", "claim.unavailable.denied"),
    ("No ransom was demanded.", "claim.ransom_demanded.denied"),
    ("The data were recovered.", "claim.recovered.stated"),
    ("It was not an attack.", "claim.malicious.denied"),
    ("There is no risk to customers.", "claim.risk.denied"),
    ("Children were affected.", "claim.children.stated"),
]


@pytest.mark.parametrize(("text", "question"), UNTRUE_IN_RETAIL)
def test_an_untrue_sentence_is_a_contradiction(text: str, question: str) -> None:
    told = {x.question: x for x in in_retail(text)}
    assert question in told
    assert told[question].severity == "contradiction"
    assert told[question].where == ("press", text)
    assert told[question].ground


def test_a_wrong_time_of_day_on_the_right_day_is_found() -> None:
    (one,) = in_retail("We became aware of it on 20 November 2026 at 18:30 GMT (UTC+00:00).")
    assert (one.severity, one.against[0]) == ("contradiction", "timeline.aware")
    assert "time of day" in one.why


HOSPITAL = """
On November 10, 2026, our vendor Plainsbill informed us of a data security incident.
On November 10, 2026, we learned that a stranger accessed a file server beginning on October 19, 2026.
Plainsbill discovered the incident on October 30, 2026.
The information included your name, date of birth, Social Security number and medical information.
We are notifying 18,240 residents of Texas and 412 residents of Oklahoma.
To date, we are not aware of any misuse of your information.
As of November 23, 2026, 18,655 individuals are affected.
We have 2,300 employees.
The hospital's own systems were not affected.
This notice was not delayed by law enforcement.
Your financial account information was not involved.
You may place a fraud alert by giving your name, Social Security number and date of birth.
The invoices did not contain payment card numbers.
Approximately 18,700 people are affected.
""".strip().splitlines()


@pytest.mark.parametrize("text", HOSPITAL)
def test_a_true_sentence_about_a_vendors_breach_gives_no_finding(text: str) -> None:
    incident, assessment, _ = matter("hospital-business-associate.toml")
    assert contradictions(incident, assessment, [paper(text)]) == ()


def test_a_date_of_the_vendor_is_not_that_of_the_organisation() -> None:
    incident, assessment, _ = matter("hospital-business-associate.toml")
    (one,) = contradictions(incident, assessment, [paper("Plainsbill told us on 2026-10-30.")])
    assert one.against[0] == "timeline.processor_told"


def test_marks_that_are_not_seen_hide_no_claim() -> None:
    (one,) = in_retail("\u202eNo da\u00adta were\u200b taken.")
    assert one.where[1] == "No data were taken."


def test_the_view_that_was_not_chosen_is_only_to_look_at() -> None:
    name = "credential-stuffing-california.yaml"
    incident, assessment, _ = matter(name)
    (one,) = contradictions(incident, assessment, [paper("We discovered it on 14 November 2026.")])
    assert one.severity == "look"


def test_a_date_in_words_is_named_as_not_checkable() -> None:
    (one,) = in_retail("Last Tuesday we discovered the attack.")
    assert one.severity == "look"


def test_what_is_not_known_makes_a_denial_unproven_and_never_silent() -> None:
    unknown = Incident(reference="R", description=Description(nature="No data were copied."))
    (one,) = found(unknown)
    assert (one.severity, one.where[0]) == ("unproven", "description.nature")


def test_encrypted_beside_data_that_are_not_is_a_contradiction_save_in_ransomware() -> None:
    group = Group(group="g", data=("name",), encrypted=False)
    text = Description(nature="The data were encrypted.")
    plain = Incident(reference="R", description=text, affected=(group,))
    assert [x.question for x in found(plain)] == ["claim.encrypted.stated"]
    attacked = plain.model_copy(update={"incident": Happening(kinds=("ransomware",))})
    assert found(attacked) == ()


def test_promptly_beside_a_late_filing_is_a_contradiction() -> None:
    incident, assessment, _ = matter("telecom.yaml")
    assert any((x.deadline.late_by or 0) > 0 for x in assessment.required)
    (one,) = contradictions(incident, assessment, [paper("We promptly notified the regulator.")])
    assert one.question == "claim.late.denied"


def test_the_customers_of_a_processor_are_not_counted_as_people() -> None:
    incident, assessment, _ = matter("saas-processor.yaml")
    assert contradictions(incident, assessment, [paper("41 customers were affected.")]) == ()
    (one,) = contradictions(incident, assessment, [paper("41 employees were affected.")])
    assert one.severity == "contradiction"


def test_a_letter_to_one_group_is_held_against_the_data_of_that_group_alone() -> None:
    incident, assessment, _ = matter(RETAIL)
    text = "Kinds of data\nname, payment card number"
    assert contradictions(incident, assessment, [paper(text, "x--customers")]) == ()
    (one,) = contradictions(
        incident, assessment, [paper(text + ", dates of birth", "x--customers")]
    )
    assert one.question == "data.dates of birth.stated"
    (one,) = contradictions(incident, assessment, [paper(text + ", health data", "x--staff")])
    assert one.question == "data.payment card data.stated"


def test_an_answer_in_the_incident_file_is_read_under_its_question() -> None:
    incident, assessment, _ = matter(RETAIL)
    answers = {"xx-office.date_when_we_became_aware": "19 November 2026"}
    changed = incident.model_copy(update={"answers": answers})
    (one,) = contradictions(changed, assessment)
    assert one.where[0] == "answers.xx-office.date_when_we_became_aware"


def test_what_several_papers_say_alike_is_told_once_with_their_names() -> None:
    incident, assessment, _ = matter(RETAIL)
    papers = [paper("No data were taken.", name) for name in ("a", "b", "c")]
    (one,) = contradictions(incident, assessment, papers)
    assert (one.where[0], one.also) == ("a", ("b", "c"))


# -- each change to a true paper is found -------------------------------------------------


def _numbers(text: str) -> list[re.Match[str]]:
    """Find numbers of people that notices print: of a place, or in all."""
    return list(re.finditer(r"(?m)(?<![\d,])\d[\d,]*(?= people\b)|(?<=: )\d[\d,]*$", text))


_DATED = (
    r"(?m)^(?:We (?:discovered|became aware of) it on|The incident was contained:|First technical sign:"
    r"|The incident began:|It took place from) ((\d{1,2}) November 2026|November (\d{1,2}), 2026)"
)
_LIMITS = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@_LIMITS
@given(data=st.data())
def test_every_changed_number_of_people_is_found(data: st.DataObject) -> None:
    incident, assessment, papers = matter(RETAIL)
    with_numbers = [x for x in papers if _numbers(x.text)]
    one = data.draw(st.sampled_from(with_numbers), label="paper")
    match = data.draw(st.sampled_from(_numbers(one.text)), label="number")
    old = int(match[0].replace(",", ""))
    new = old * data.draw(st.integers(3, 40)) + 20_011
    text = one.text[: match.start()] + f"{new:,}" + one.text[match.end() :]
    seen = contradictions(incident, assessment, [one._replace(text=text)])
    assert any(str(new) in x.question for x in seen)


@_LIMITS
@given(data=st.data())
def test_every_changed_date_of_an_event_is_found(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(EXAMPLES)))
    incident, assessment, papers = matter(name)
    dated = [(x, hit) for x in papers for hit in re.finditer(_DATED, x.text)]
    assume(dated)
    one, match = data.draw(st.sampled_from(dated))
    day = data.draw(st.integers(1, 28).filter(lambda x: x != int(match[2] or match[3])))
    new = f"{day} October 2025" if match[2] else f"October {day}, 2025"
    text = one.text[: match.start(1)] + new + one.text[match.end(1) :]
    seen = contradictions(incident, assessment, [one._replace(text=text)])
    assert any(f"2025-10-{day:02d}" in x.question for x in seen)


@_LIMITS
@given(data=st.data())
def test_an_untrue_claim_is_found_wherever_it_stands(data: st.DataObject) -> None:
    incident, assessment, papers = matter(RETAIL)
    sentence, question = data.draw(
        st.sampled_from([x for x in UNTRUE_IN_RETAIL if "claim" in x[1]])
    )
    one = data.draw(st.sampled_from(papers))
    lines = one.text.splitlines()
    lines.insert(data.draw(st.integers(0, len(lines))), sentence)
    changed = one._replace(text="\n".join(lines))
    seen = contradictions(incident, assessment, [changed])
    assert question in {x.question for x in seen}


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.text(max_size=400))
def test_any_text_at_all_can_be_read(text: str) -> None:
    for one in in_retail(text):
        assert one.severity in consistency.SEVERITIES


# -- papers against papers --------------------------------------------------------------


def test_two_papers_with_different_dates_contradict_each_other_where_facts_are_silent() -> None:
    incident = Incident(reference="R")
    letter = paper("We discovered it on 20 November 2026.", "letter")
    filing = paper("Date of discovery\n19 November 2026", "filing")
    seen = [x for x in found(incident, letter, filing) if x.question.startswith("papers.")]
    assert [(x.severity, x.where[0], x.against[0]) for x in seen] == [
        ("contradiction", "letter", "filing")
    ]


def test_the_same_instant_in_another_zone_is_no_difference() -> None:
    incident = Incident(reference="R")
    here = paper("We discovered it on 20 November 2026 at 23:30 GMT (UTC+00:00).", "here")
    there = paper("We discovered it on 21 November 2026 at 00:30 CET (UTC+01:00).", "there")
    month = paper("We discovered it in November 2026.", "month")
    seen = found(incident, here, there, month)
    assert [x for x in seen if x.question.startswith("papers.")] == []


def test_a_claim_in_one_paper_and_its_denial_in_another_contradict() -> None:
    incident = Incident(reference="R")
    one, other = paper("Data were exfiltrated.", "A"), paper("There was no exfiltration.", "B")
    (both,) = [x for x in found(incident, one, other) if x.question.startswith("papers.")]
    assert {both.where[0], both.against[0]} == {"A", "B"}


def test_a_total_below_the_sum_of_another_papers_places_is_found() -> None:
    people = {"IE": Range(5200, 5200), "DE": Range(900, 900)}
    incident = Incident(
        reference="R",
        organisation=Organisation(country="IE"),
        affected=(Group(group="g", people=people, data=("name",)),),
    )
    places = paper("Ireland: 5,200\nGermany: 900", "places")
    right = paper("Number of people in all\n6,100", "total")
    wrong = paper("Number of people in all\n5,900", "total")
    assert found(incident, places, right) == ()
    assert "papers.sum.5900-5900" in {x.question for x in found(incident, places, wrong)}


def test_the_fields_of_a_filing_are_read_from_its_data() -> None:
    incident, assessment, _ = matter(RETAIL)
    gap = "\ue000Was it reported that no data were taken\ue001"
    fields = {
        "fields": [
            {"key": "aware", "label": "When it became aware", "value": ["1 May 2026"]},
            {"key": "open", "label": "Still open", "value": [gap]},
        ]
    }
    files = {".json": json.dumps(fields).encode()}
    filing = Document("f", "filing", "f", (), files, "")
    (one,) = contradictions(incident, assessment, [filing])
    assert one.question == "date.aware.2026-05-01"


def test_counsels_own_papers_may_weigh_other_views() -> None:
    incident, assessment, _ = matter("credential-stuffing-california.yaml")
    memo = paper("We discovered it on 14 November 2026.")._replace(kind="memo")
    assert contradictions(incident, assessment, [memo]) == ()


def test_of_a_checklist_only_the_list_of_events_is_read_as_fact() -> None:
    incident, assessment, _ = matter(RETAIL)
    told = "that no data were taken (untrue on the record)"
    law = "substitute notice if more than 500,000 individuals are concerned"
    right = "The incident was contained: 21 November 2026 at 13:30 GMT (UTC+00:00)."
    wrong = "The incident was contained: 20 November 2026 at 13:30 GMT (UTC+00:00)."
    true = paper(f"{told}\n{law}\nTime line. {right}")._replace(kind="checklist")
    assert contradictions(incident, assessment, [true]) == ()
    (one,) = contradictions(incident, assessment, [true._replace(text=wrong)])
    assert one.question.startswith("date.contained")


def test_a_number_that_is_a_condition_is_no_claim() -> None:
    text = "Substitute notice is allowed if more than 500,000 people are affected."
    assert in_retail(text) == ()


# -- facts against facts ------------------------------------------------------------------


def test_facts_that_cannot_both_be_so_are_among_the_findings() -> None:
    day = (Candidate(at=Moment.of(date(2026, 11, 3))),)
    before = (Candidate(at=Moment.of(date(2026, 11, 1))),)
    incident = Incident(
        reference="R",
        timeline={"detected": day, "aware": before},
        incident=Happening(exfiltrated=True, acquired=False),
    )
    seen = {(x.severity, x.where[1], x.against[1]) for x in found(incident)}
    assert ("contradiction", "incident.exfiltrated is true", "incident.acquired is false") in seen
    assert any(x[0] == "contradiction" and x[1].startswith("timeline.aware") for x in seen)


# -- papers that counsel has changed --------------------------------------------------------


def _docx(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "The breach affected 4,100 customers."
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_changed_papers_are_read_from_word_html_and_text(tmp_path: Path) -> None:
    incident, assessment, _ = matter(RETAIL)
    (tmp_path / "letter.docx").write_bytes(_docx("No data were taken."))
    page = "<p>Your <b>passwords</b> were not affected.</p><script>no data were copied</script>"
    (tmp_path / "web.html").write_text(page)
    (tmp_path / "press.txt").write_text("There is no risk to customers.")
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "photo.png").write_bytes(b"x")
    seen = contradictions(incident, assessment, edited=tmp_path)
    assert {(x.where[0], x.question) for x in seen} == {
        ("letter.docx", "claim.taken.denied"),
        ("letter.docx", "count.people.4100-4100.exact"),
        ("web.html", "data.passwords.denied"),
        ("press.txt", "claim.risk.denied"),
        ("scan.pdf", "unread.scan.pdf"),
    }


@pytest.mark.parametrize("element", sorted(table("words.toml")["elements"]))
def test_our_own_name_of_an_element_is_no_contradiction_of_it(element: str) -> None:
    name = table("words.toml")["elements"][element]
    group = Group(group="people", data=(element,))
    incident = Incident(reference="X", affected=(group,))
    assessment = regengine.assess(incident)
    said_ = paper(f"The data involved: {name}.\nThe files included {name}.")
    assert contradictions(incident, assessment, [said_]) == ()


def test_a_line_with_a_date_of_its_own_is_no_label_of_the_next() -> None:
    incident, assessment, _ = matter(RETAIL)
    aware = "The organisation became aware: 20 November 2026 at 16:30 GMT (UTC+00:00)"
    brief = paper(f"{aware}\nNext 12 hours, until 23 November 2026 at 22:10 GMT (UTC+00:00)")
    assert contradictions(incident, assessment, [brief]) == ()


def test_the_fields_of_our_own_word_files_are_read(tmp_path: Path) -> None:
    incident, assessment, _ = matter(RETAIL)
    (notice,) = notices.notices(
        incident, assessment, notices.choose(assessment, ["eu-gdpr-lead-sa@IE"])
    )
    made = filings.make(incident, assessment, notice).document
    text = readback.text_of(made.files[".docx"], tmp_path / "a.docx")
    assert "Ransomware" in made.text
    assert "Ransomware" in text


def test_an_unchanged_paper_is_not_read_again_and_a_changed_one_stands_for_it(
    tmp_path: Path,
) -> None:
    incident, assessment, _ = matter(RETAIL)
    same = _docx("No data were taken.")
    original = Document("letter", "letter", "t", (), {".docx": same}, "No data were taken.")
    (tmp_path / "letter.docx").write_bytes(same)
    (one, _) = (*contradictions(incident, assessment, [original], tmp_path), None)
    assert one is not None
    assert (one.where[0], one.also) == ("letter", ())
    (tmp_path / "letter.docx").write_bytes(_docx("Data were taken."))
    seen = contradictions(incident, assessment, [original], tmp_path)
    assert {x.question for x in seen} == {"count.people.4100-4100.exact"}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.docx", b"no zip", "is no Word document"),
        ("a.txt", b"caf\xe9", "is not UTF-8 text"),
        ("receipt.json", b"{", "is no receipt"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    incident, assessment, _ = matter(RETAIL)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=words):
        contradictions(incident, assessment, edited=tmp_path)
    with pytest.raises(InputError, match="is no folder"):
        contradictions(incident, assessment, edited=tmp_path / "nowhere")


# -- the report -----------------------------------------------------------------------------

_HOSTILE = [
    "<script>alert(1)</script> No data were taken.",
    "{{ 7 * 7 }} {% raw %} Your passwords were not affected.",
    "\u202eNo data were accessed.",
    f"{'W' * 4000} The breach affected 4,100 customers.",
]


def test_the_report_is_a_conforming_pdf_whatever_the_texts_hold() -> None:
    incident, assessment, _ = matter(RETAIL)
    seen = contradictions(incident, assessment, [paper("\n".join(_HOSTILE), "<b>&{{x}}")])
    made = report(seen, incident, assessment)
    assert "{{ 7 * 7 }}" in made.files[".html"].decode()
    assert b"<script>" not in made.files[".html"]
    assert check(made.files[".pdf"]) == []
    data = json.loads(made.files[".json"])
    assert data["found"]["contradiction"] == sum(x.severity == "contradiction" for x in seen)
    assert report(seen, incident, assessment).files == made.files


def test_the_report_bears_the_day_of_the_organisation_not_of_the_offset_given() -> None:
    incident, assessment, _ = matter(RETAIL)
    home = zone(incident.organisation.zone or "Europe/Dublin")
    assert assessment.now is not None
    late = assessment.now.astimezone(home).replace(hour=0, minute=30)
    days = [
        report((), incident, assessment.model_copy(update={"now": late.astimezone(there)}))
        for there in (home, timezone(timedelta(hours=-9)))
    ]
    assert days[0].files[".html"] == days[1].files[".html"]


def test_a_report_without_findings_says_so() -> None:
    incident, assessment, papers = matter("lost-laptop.yaml")
    made = report(contradictions(incident, assessment, papers), incident, assessment)
    assert table("claims.toml")["words"]["none"] in made.files[".html"].decode()


def test_findings_come_in_one_order_the_gravest_first() -> None:
    incident, assessment, papers = matter(RETAIL)
    texts = [paper(text, f"p{n}") for n, (text, _) in enumerate(UNTRUE_IN_RETAIL)]
    texts.append(paper("This was an isolated incident.", "look"))
    seen = contradictions(incident, assessment, [*papers, *texts])
    assert seen == contradictions(incident, assessment, [*papers, *texts])
    order = [consistency.SEVERITIES.index(x.severity) for x in seen]
    assert order == sorted(order)
    assert seen[-1].severity == "look"


def test_the_terminal_shows_each_finding(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    show_contradictions(in_retail("No data were taken."))
    out = capsys.readouterr().out
    assert "incident.acquired" in out
    assert "Contradictions: 1. Unproven: 0. To look at: 0." in out


# -- the table of claims --------------------------------------------------------------------


def test_every_claim_has_patterns_a_ground_and_facts_that_exist() -> None:
    incident, assessment, _ = matter(RETAIL)
    record = consistency.Record(incident, assessment, american=False)
    for name, row in rows("claim").items():
        assert row["stated"] or row["denied"], name
        assert row["ground"], name
        assert record.judged(name, ())[1] in row["fact"]


@pytest.mark.parametrize(
    "text", ["No data was taken. ", "five hundred and ", "1,234 no ", "20 May "]
)
def test_long_texts_are_read_in_time_that_grows_with_their_length(text: str) -> None:
    incident, assessment, _ = matter(RETAIL)
    varied = "".join(f"{text}{number} " for number in range(40_000 // (len(text) + 6)))
    read.cache_clear()
    start = time.perf_counter()
    contradictions(incident, assessment, [paper(varied)])
    assert time.perf_counter() - start < 20


def test_the_page_of_documentation_runs() -> None:
    failed, tried = doctest.testfile(
        str(ROOT / "docs/contradictions.md"),
        module_relative=False,
        optionflags=doctest.NORMALIZE_WHITESPACE,
    )
    assert tried > 2
    assert failed == 0
