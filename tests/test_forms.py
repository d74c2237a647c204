"""Forms: every template is sound, and every field says what the facts say and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from regengine import load_incident
from regengine.assessment import Bound, Deadline, People, Result, To
from regengine.documents.composing import compose
from regengine.documents.content import FILLS, Matter
from regengine.documents.expressions import evaluate, names_for, questions
from regengine.documents.forms import FieldFaultError
from regengine.documents.missing import missing
from regengine.documents.outputs import table
from regengine.documents.paper import Entry, Paper
from regengine.documents.templates import (
    FieldShape,
    TemplateShape,
    form_ids,
    template_at,
)
from regengine.facts import Happening, Incident
from tests.test_examples import FOLDER, NAMES, assessed

FORMS = tuple(x for x in form_ids() if template_at(f"filing/{x}").layout == "form")
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def duty(**given: Any) -> Result:
    about: dict[str, Any] = {
        "id": "xx-office",
        "key": "xx-office@XX",
        "jurisdiction": "XX",
        "title": "Tell the Office",
        "recipient": To(kind="regulator", name="Office"),
        "bound": Bound(),
        "people": People(),
        "status": "required",
        "law_status": "in_force",
        "deadline": Deadline(kind="soft"),
        "citation": "s 1",
        "confidence": "high",
    }
    return Result(**about | given)


def form(*fields: dict[str, Any], **more: Any) -> TemplateShape:
    section = {"title": "Section", "field": list(fields)}
    about = {"id": "xx-office", "title": "Form", "mirrors": True, "section": [section]}
    return TemplateShape.model_validate(about | more)


def entry(shape: dict[str, Any], **facts: Any) -> Entry:
    """Fill one field from facts."""
    incident = Incident(reference="X", **facts)
    paper = compose(form({"key": "f", "label": "Field", **shape}), Matter(incident, duty()))
    (found,) = paper.entries
    return found


# -- every template ------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMS)
def test_a_template_is_named_like_its_folder_and_asks_by_keys_that_exist(name: str) -> None:
    found = template_at(f"filing/{name}")
    assert found.id == name
    for field in found.fields():
        assert field.fill is None or field.fill in FILLS or field.fill in questions(), field.key


def expressions(found: TemplateShape) -> Iterator[tuple[str, str]]:
    for part in found.section:
        if part.when:
            yield part.title, part.when
        for field in part.field:
            yield from ((field.key, x) for x in (field.when, field.value) if x)
            yield from ((field.key, x.when) for x in field.options if x.when)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_can_be_filled_from_nothing_and_then_states_nothing_about_the_incident(
    name: str,
) -> None:
    found = template_at(f"filing/{name}")
    empty = Incident(reference="X")
    for stage in found.stage or (None,):
        key = stage.keys[0].replace("*", "XX") if stage and stage.keys else "xx-office@XX"
        paper = compose(found, Matter(empty, duty(key=key)))
        assert paper.sections
        for field in paper.entries:
            told = field.state == "known" and field.choices != ()
            assert not told or name in _OWN or _by_the_stage(found, field.key), field


def _by_the_stage(template: TemplateShape, key: str) -> bool:
    """Say whether a field tells the stage: that is known without any fact."""
    (field,) = [x for x in template.fields() if x.key == key]
    return all((option.when or "").startswith("stage ==") for option in field.options)


# Our own forms: some say what the law or the assessment gives without any fact.
_OWN = ("general", "record", "eu-edpb-art33")


@pytest.mark.parametrize("name", FORMS)
def test_every_expression_of_a_form_can_be_evaluated_over_every_example(name: str) -> None:
    found = template_at(f"filing/{name}")
    for example in NAMES:
        incident, assessment = load_incident(FOLDER / example), assessed(example)
        names = names_for(Matter(incident, assessment.obligations[0], assessment))
        for place, source in expressions(found):
            evaluate(source, names, place)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_of_an_authority_says_where_it_is_handed_in_and_what_it_rests_on(name: str) -> None:
    found = template_at(f"filing/{name}")
    if not found.mirrors:
        return
    assert found.portal is not None
    assert found.portal.seen
    assert found.portal.sources or found.portal.confidence != "high"
    for field in found.fields():
        assert not re.search(r"\s{2,}", field.label)


def test_every_question_is_a_question_that_no_item_of_the_law_is() -> None:
    for key, row in questions().items():
        assert row["ask"].endswith("?"), key
        assert key not in FILLS


def test_an_answer_that_differs_from_place_to_place_is_asked_for_each_notice() -> None:
    for key in table("filing/questions.toml")["local"]["keys"]:
        assert key in FILLS or key in questions(), key
    fields = ({"key": "a", "label": "A", "fill": "people_here"}, {"key": "b", "label": "B"})
    shared = {"key": "c", "label": "C", "fill": "measures_before"}
    paper = compose(form(*fields, shared), Matter(Incident(reference="X"), duty()))
    asked = {one.answer for one in missing([("xx-office@XX", paper)])}
    assert asked == {"xx-office.a", "xx-office.b", "notice.measures_before"}


def test_what_the_incident_file_holds_is_named_by_its_place_in_it() -> None:
    facts = table("filing/questions.toml")["fact"]
    assert set(facts) <= {*FILLS, *questions()}


# -- one field -----------------------------------------------------------------------------


def test_a_choice_takes_the_first_option_that_holds() -> None:
    options = [
        {"say": "Lost", "when": "kind('lost_device')"},
        {"say": "Stolen", "when": "kind('stolen_device')"},
        {"say": "Other", "otherwise": True},
    ]
    both = Happening(kinds=("lost_device", "stolen_device"))
    field = entry({"kind": "choice", "options": options}, incident=both)
    assert (field.lines, field.state) == (("Lost",), "known")
    other = entry({"kind": "choice", "options": options}, incident=Happening(kinds=("outage",)))
    assert other.lines == ("Other",)
    unknown = entry({"kind": "choice", "options": options})
    assert (unknown.lines, unknown.state) == ((), "to_follow")


def test_an_option_that_is_open_before_one_that_holds_leaves_the_choice_open() -> None:
    options = [
        {"say": "Taken", "when": "fact('incident.acquired')"},
        {"say": "Seen", "when": "fact('incident.accessed')"},
    ]
    field = entry({"kind": "choice", "options": options}, incident=Happening(accessed=True))
    assert field.state == "to_follow"
    settled = Happening(accessed=True, acquired=False)
    assert entry({"kind": "choice", "options": options}, incident=settled).lines == ("Seen",)


def test_several_options_hold_at_once_and_the_open_ones_are_named() -> None:
    options = [
        {"say": "Taken", "when": "fact('incident.acquired')"},
        {"say": "Seen", "when": "fact('incident.accessed')"},
        {"say": "Changed", "when": "fact('incident.altered')"},
    ]
    facts = Happening(acquired=True, accessed=True)
    field = entry({"kind": "multi_choice", "options": options}, incident=facts)
    assert field.lines == ("Taken", "Seen", "not yet decided: Changed")
    assert field.state == "to_follow"
    assert [choice.chosen for choice in field.choices] == [True, True, None]


def test_an_answer_picks_an_option_whatever_its_case_and_another_word_is_refused() -> None:
    shape = {"kind": "choice", "options": ["Paper", "Portal"]}
    assert entry(shape, answers={"xx-office.f": "portal"}).lines == ("Portal",)
    with pytest.raises(FieldFaultError, match=r'"Portl" is no option of "Field".*"Portal"'):
        entry(shape, answers={"xx-office.f": "Portl"})
    with pytest.raises(FieldFaultError, match="takes one option, found 2"):
        entry(shape, answers={"xx-office.f": ["Paper", "Portal"]})
    more = entry({**shape, "open_list": True}, answers={"xx-office.f": "Fax"})
    assert more.lines == ("Fax",)


def test_what_is_longer_than_the_form_takes_is_refused_with_its_length() -> None:
    fault = 'answers.xx-office.f.*21 characters; "Field" takes 20'
    with pytest.raises(FieldFaultError, match=fault):
        entry({"limit": 20}, answers={"xx-office.f": "x" * 21})
    assert entry({"limit": 20}, answers={"xx-office.f": "x" * 20}).state == "known"


def test_a_field_that_does_not_apply_is_shown_as_such_in_an_authoritys_own_form() -> None:
    shape = {"when": "fact('incident.lost')", "value": "'x'"}
    assert entry(shape, incident=Happening(lost=False)).state == "not_applicable"
    assert entry(shape, incident=Happening(lost=True)).state == "known"
    assert entry(shape).state == "known"  # what is not known yet may apply


def test_an_optional_field_without_a_fact_is_left_blank_and_not_missed() -> None:
    template = form(
        {"key": "a", "label": "A", "required": "optional"},
        {"key": "b", "label": "B", "required": "if_known"},
        {"key": "c", "label": "C"},
        {"key": "d", "label": "D", "value": "'said'"},
    )
    paper = compose(template, Matter(Incident(reference="X"), duty()))
    assert [x.state for x in paper.entries] == ["blank", "to_follow", "to_follow", "known"]
    assert (paper.asked, paper.lacking) == (2, ("C",))


def test_one_answer_fills_the_same_question_in_every_form() -> None:
    answers = {"notice.measures_before": "A firewall"}
    field = entry({"fill": "measures_before"}, answers=answers)
    assert (field.lines, field.state) == (("A firewall",), "known")


def test_a_yes_or_no_is_said_in_words_and_unknown_is_neither() -> None:
    shape = {"kind": "yes_no", "value": "fact('incident.malicious')"}
    assert entry(shape, incident=Happening(malicious=True)).lines == ("Yes",)
    assert entry(shape, incident=Happening(malicious=False)).lines == ("No",)
    assert entry(shape).state == "to_follow"


def test_fields_of_another_stage_are_not_asked() -> None:
    stages = [
        {"name": "first", "say": "First report", "keys": ["*/first"]},
        {"name": "last", "say": "Last report", "keys": ["*/last"]},
    ]
    template = form(
        {"key": "a", "label": "A", "stages": ["first"]},
        {"key": "b", "label": "B"},
        stage=stages,
    )

    def asked(key: str) -> Paper:
        return compose(template, Matter(Incident(reference="X"), duty(key=key)))

    assert [x.key for x in asked("xx-office@XX/first").entries] == ["a", "b"]
    assert [x.key for x in asked("xx-office@XX/last").entries] == ["b"]
    assert asked("xx-office@XX/last").stage == "Last report"


@pytest.mark.parametrize(
    ("shape", "fault"),
    [
        ({"key": "a", "label": "A", "kind": "choice"}, "0 options"),
        ({"key": "a", "label": "A", "options": ["x"]}, "1 options"),
        ({"key": "a", "label": "A", "kind": "choice", "options": ["x", "x"]}, "twice"),
        ({"key": "a b", "label": "A"}, "pattern"),
    ],
)
def test_a_field_that_cannot_be_is_refused(shape: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        FieldShape.model_validate(shape)
