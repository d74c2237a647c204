"""Papers of whole matters as a reader sees them: names for keys, an order of time, one date."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from regengine import load_incident
from regengine.assessment import Result
from regengine.documents.composing import compose
from regengine.documents.content import Matter
from regengine.documents.counsel import _View
from regengine.documents.delay import delayed
from regengine.documents.docket import with_titles
from regengine.documents.memo import Memo, text_of
from regengine.documents.memos import papers
from regengine.documents.paper import Paper
from regengine.documents.picture import Clock, draw
from regengine.documents.register import entry_paper
from regengine.documents.templates import route, template_at
from regengine.facts import Incident
from tests.test_examples import FOLDER, NAMES, assessed

WORLD, BANK = "world-insurer.toml", "bank-dora.yaml"
KEY = re.compile(r"\b[a-z]{2}-[a-z0-9.-]+@[A-Z]{2}")


@cache
def incident(name: str) -> Incident:
    return load_incident(FOLDER / name)


def result(name: str, key: str) -> Result:
    return next(x for x in assessed(name).obligations if x.key == key)


def said(name: str, key: str, label: str) -> tuple[str, ...]:
    """Write the paper of a notice and give what its field of this label says."""
    found = result(name, key)
    paper: Paper = compose(template_at(route(found)), Matter(incident(name), found, assessed(name)))
    entries = [entry for section in paper.sections for entry in section.entries]
    return next(entry.lines for entry in entries if entry.label == label)


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_notices_names_recipients_and_no_keys(name: str) -> None:
    lines = [" ".join(line) for line in _View(incident(name), assessed(name)).order()]
    assert not [line for line in lines if KEY.search(line)]


@pytest.mark.parametrize("name", NAMES)
def test_a_deadline_that_hangs_on_another_duty_names_it_by_its_title(name: str) -> None:
    view = _View(incident(name), assessed(name))
    ids = {x.id for x in assessed(name).obligations}
    for status in ("required", "possible"):
        for row in view.rows(status=status):
            words = set(re.findall(r"[\w.-]+", " ".join(row.when)))
            assert not words & ids


def test_an_id_inside_a_longer_id_keeps_its_place() -> None:
    one = result(WORLD, "br-anpd@BR/initial")
    assert with_titles("before br-anpd, not br-anpd-more", (one,)) == (
        f"before “{one.title}”, not br-anpd-more"
    )


def test_a_conclusion_to_write_down_is_named_by_its_question() -> None:
    kept = _View(incident(WORLD), assessed(WORLD)).kept()
    asked = [text for text, cite in kept if cite == "sg.significant_harm"]
    assert asked
    assert "significant harm to an affected individual" in asked[0]


def test_a_clock_that_is_only_possible_is_drawn_so_even_when_it_has_passed() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    clocks = [
        Clock(at, at + timedelta(hours=24), ("A",), possible=True),
        Clock(at, at + timedelta(hours=48), ("B",), possible=False),
    ]
    picture = draw([], clocks, at + timedelta(days=9), "UTC")
    assert picture is not None
    assert [bar.kind for bar in picture.bars] == ["possible", "late"]


@pytest.mark.parametrize("name", ["credential-stuffing-california.yaml", BANK])
def test_the_register_tells_events_in_the_order_of_time(name: str) -> None:
    facts = next(x for x in entry_paper(incident(name), assessed(name)).parts if x.entries)
    events = next(x for x in facts.tables if x.caption == "Course of events").rows
    names = [row[0] for row in events]
    assert names.index("First technical sign") < names.index("The incident ended")


def _delay(name: str) -> Memo:
    return next(x for x in papers(incident(name), assessed(name)) if x.name.endswith("delay"))


def test_a_late_notice_that_is_only_possible_is_said_to_be_so() -> None:
    late = [x for x in delayed(assessed(WORLD)) if x.status == "possible"]
    assert [x.key for x in late] == ["au-apra-cps230@AU"]
    text = text_of(_delay(WORLD))
    assert text.count("Only possible so far") == 1


def test_the_time_line_of_a_delay_names_who_was_told() -> None:
    text = text_of(_delay(WORLD))
    assert "Sent before: Monetary Authority of Singapore" in text
    assert "Sent before: sg-mas" not in text


def test_the_swiss_supervisor_reads_the_detection_from_which_its_clock_runs() -> None:
    lines = said(WORLD, "ch-finma@CH/notification", "When it was detected")
    assert any("First technical sign: 19 November 2026 at 21:30" in line for line in lines)


def test_establishments_outside_the_area_are_not_named_as_in_it() -> None:
    label = "EEA countries with an establishment of the controller"
    assert said(BANK, "eu-gdpr-lead-sa@DE", label) == ("Germany and France",)


def test_the_chronology_for_singapore_is_in_the_order_of_time() -> None:
    lines = said(
        WORLD,
        "sg-pdpc@SG",
        "Chronological account of the steps after becoming aware, with the assessment that the "
        "breach is notifiable",
    )
    text = "\n".join(lines)
    assert text.index("must be reported") < text.index("assessment was completed")


def test_an_authority_elsewhere_that_was_told_leaves_other_authorities_open() -> None:
    """The Federal Reserve was told: no CSIRT, no data protection authority, no police."""
    found = result(BANK, "eu-dora-intermediate@DE")
    paper = compose(template_at(route(found)), Matter(incident(BANK), found, assessed(BANK)))
    entries = [entry for section in paper.sections for entry in section.entries]
    field = next(entry for entry in entries if entry.key.endswith("f3_31"))
    chosen = {choice.say: choice.chosen for choice in field.choices}
    assert chosen["other"] is None
    assert chosen["data protection authority"] is True
