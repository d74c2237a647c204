"""The law's own tests: sentences that a lawyer can sign, in tests/law/<path of the rule>.toml.

The shape of a case is told in docs/writing-rules.md, section 5.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from regengine.assess import assess, open_corpus
from regengine.assessment import Assessment, Result, is_named
from regengine.intake import read_incident

FOLDER = Path(__file__).parent / "law"
INCIDENT_KEYS = frozenset(
    {
        "organisation", "timeline", "incident", "description", "affected", "records",
        "judgements", "law_enforcement", "filings", "contracts", "answers", "reference",
    }
)  # fmt: skip
CASE_KEYS = INCIDENT_KEYS | {"name", "cite", "now", "as_of", "expect"}
EXPECTED = frozenset(
    {
        "key", "status", "kind", "due_at", "latest_defensible", "projected_due_at",
        "not_before", "assumed", "presumed", "open", "instead", "law_status", "absent",
        "recipient", "soft", "readings", "people", "coming", "forbidden", "text", "late_by", "late",
        "extras",
    }
)  # fmt: skip


def _cases() -> Iterator[Any]:
    for path in sorted(FOLDER.rglob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        name = path.relative_to(FOLDER).with_suffix("").as_posix()
        for case in content["case"]:
            yield pytest.param(content.get("base", {}), case, id=f"{name}: {case['name']}")


def _merged(base: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a case over the base: a table replaces keys one by one, anything else whole."""
    merged: dict[str, Any] = {"schema": "regengine.incident/1", "reference": "CASE"}
    for source in (base, case):
        for key, value in source.items():
            if key not in INCIDENT_KEYS:
                continue
            held = merged.get(key)
            merged[key] = {**held, **value} if isinstance(held, dict) else value
    return merged


def _instant(value: object) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(str(value))


def _day(value: object) -> date | None:
    return value if value is None or isinstance(value, date) else date.fromisoformat(str(value))


def _assessed(base: Mapping[str, Any], case: Mapping[str, Any]) -> Assessment:
    incident = read_incident(_merged(base, case), open_corpus().vocabulary)
    now = _instant(case.get("now", base.get("now")))
    as_of = _day(case.get("as_of", base.get("as_of")))
    # What a user sees first; duties behind a status are listed where a case asks for one.
    narrow = assess(incident, as_of, now)
    return (
        narrow if _shows(narrow, case["expect"]) else assess(incident, as_of, now, everything=True)
    )


def _shows(found: Assessment, expect: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether an answer holds every result that is expected; absence asks for all duties."""
    return all(
        "absent" not in item
        and "coming" not in item
        and any(is_named(result, item["key"]) for result in found.obligations)
        for item in expect
    )


def _same(found: Any, expected: Any) -> bool:
    if isinstance(found, datetime):
        return found == _instant(expected)
    if isinstance(found, tuple):
        return set(expected) <= set(found) if expected else not found
    return bool(found == expected)


_OF_RESULT: Mapping[str, Callable[[Result], Any]] = {
    "status": lambda result: result.status,
    "law_status": lambda result: result.law_status,
    "instead": lambda result: result.instead or (),
    "forbidden": lambda result: result.forbidden,
    "recipient": lambda result: result.recipient.id or result.recipient.name,
    "presumed": lambda result: tuple(item.fact for item in result.presumed),
    "open": lambda result: tuple(item.fact for item in result.open_facts),
    "late": lambda result: bool(result.late),
    "extras": lambda result: tuple(
        item.kind for item in result.extras if item.status == "required"
    ),
    "assumed": lambda result: bool(result.deadline.starts and result.deadline.starts.assumed),
    "people": lambda result: [result.people.at_least, result.people.at_most],
    "readings": lambda result: tuple(
        item.due_at.isoformat() for item in result.deadline.readings if item.due_at
    ),
}


def _found(result: Result, what: str) -> Any:
    """Read what a case expects: of the result, else of its deadline."""
    read = _OF_RESULT.get(what)
    return read(result) if read else getattr(result.deadline, what)


def _differences(assessment: Assessment, expected: Mapping[str, Any]) -> Iterator[str]:
    unknown = set(expected) - EXPECTED
    assert not unknown, f"a case expects {unknown}, which no one checks"
    key = expected["key"]
    if "coming" in expected:
        if expected["coming"] != any(item.id == key for item in assessment.coming):
            yield f"{key}: coming is {not expected['coming']}"
        return
    found = [result for result in assessment.obligations if is_named(result, key)]
    if expected.get("absent"):
        if found:
            yield f"{key} is there: {[result.key for result in found]}"
        return
    if not found:
        yield f"{key} is absent; there are {[r.key for r in assessment.obligations][:40]}"
    for result in found:
        for what, value in expected.items():
            if what == "key":
                continue
            actual = _found(result, what)
            absent = value in ("none", "") and actual is None
            if not absent and not _same(actual, value):
                yield f"{result.key}: {what} is {_shown(actual)}, expected {_shown(value)}"


def _shown(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else repr(value)


@pytest.mark.parametrize(("base", "case"), list(_cases()))
def test_law_says(base: dict[str, Any], case: dict[str, Any]) -> None:
    unknown = set(case) - CASE_KEYS
    assert not unknown, f"unknown keys in the case: {unknown}"
    assert case["cite"], "a case names its ground"
    assessment = _assessed(base, case)
    assert assessment.checked, "both engines must have agreed"
    differences = [line for item in case["expect"] for line in _differences(assessment, item)]
    assert not differences, "\n".join(differences)
