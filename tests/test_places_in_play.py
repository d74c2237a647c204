"""An answer without law is never an answer that nothing is owed."""

from __future__ import annotations

from typing import Any

from regengine.assess import assess, open_corpus
from regengine.assessment import Assessment
from regengine.intake import read_incident


def _assessed(**facts: Any) -> Assessment:
    given = {"schema": "regengine.incident/1", "reference": "CASE", **facts}
    return assess(read_incident(given, open_corpus().vocabulary))


def test_without_any_place_the_answer_says_that_it_looked_at_no_law() -> None:
    found = _assessed(timeline={"aware": "2026-11-23T08:00:00+01:00"})
    assert not found.obligations
    assert any(item.subject == "places" for item in found.not_covered)


def test_with_a_seat_it_does_not() -> None:
    found = _assessed(organisation={"country": "IE"})
    assert not any(item.subject == "places" for item in found.not_covered)


def test_a_status_brings_the_law_of_its_place_into_play() -> None:
    found = _assessed(organisation={"country": "CN", "regimes": ["eu.cra.manufacturer"]})
    assert any(result.id == "eu-cra-severe-incident" for result in found.obligations)
