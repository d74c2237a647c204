"""The tables of docs/counting.md are those of jurisdictions/ and of the tests.

``python tests/test_counting_page.py`` writes them anew.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # so that this file also runs as a script

from regengine.corpus import Corpus  # noqa: E402  # reason: as above
from regengine.law import Counting, Roll  # noqa: E402
from tests.test_worked_examples import EXAMPLES  # noqa: E402

PAGE = ROOT / "docs" / "counting.md"
CORPUS = Corpus.open()
ROLLED = {
    "next_working_day": "the next working day",
    "noon_of_next_working_day": "noon of the next working day",
    "previous_working_day": "the working day before",
}
# Cases of tests/law/ that reach the same instant through a whole incident.
CASES = {
    "EU 1": ("eu/gdpr", "Aware in Brussels on Tuesday at 12:17"),
    "EU 2": ("eu/gdpr", "A French controller tells the CNIL"),
    "EU 3": ("eu/gdpr", "Aware in Berlin on Christmas Eve"),
    "EU 4": ("eu/gdpr", "Clocks go forward in Berlin"),
    "EU 5": ("eu/gdpr", "Clocks go back in Rome"),
    "EU 6": ("eu/gdpr", "Aware in Vienna at exactly 15:00"),
    "EU 7": ("eu/gdpr", "A United States controller without establishment"),
    "EU 8": ("eu/nis2/be", "Aware on Saturday at 23:05"),
    "EU 9": ("eu/nis2/be", "Notified on Monday 30 November"),
    "EU 10": ("eu/nis2/be", "Notified on Sunday 31 January 2027"),
    "EU 11": ("eu/dora", "A bank is aware on Monday at 08:00"),
    "EU 12": ("eu/dora", "Classified on Friday, long after"),
    "EU 13": ("eu/dora", "An investment firm in Dublin"),
    "EU 14": ("eu/dora", "An insurer in Madrid"),
    "EU 15": ("eu/dora", "The final report of a bank"),
    "EU 16": ("eu/cra", "A fix on Thursday 10 December"),
    "EU 21": ("uk/gdpr", "Aware on Christmas Day at 10:00"),
    "EU 22": ("uk/gdpr", "Clocks go forward"),
    "EU 23": ("eu/nis2/fi", "Detected on Saturday at 22:15"),
    "US 1": ("us/federal/sec_8k", "Material on Friday 3 July 2026"),
    "US 2": ("us/federal/sec_8k", "Material on Thursday 2 July 2026"),
    "US 7": ("us/federal/sec_8k", "A third delay, of 60 days"),
    "US 8": ("us/federal/hipaa", "60 calendar days from knowledge"),
    "US 9": ("us/federal/hipaa", "A business associate that is an agent"),
    "US 10": ("us/federal/hipaa", "The same business associate"),
    "US 11": ("us/federal/hipaa", "200 people, occurred in 2025"),
    "US 12": ("us/federal/hipaa", "Discovered in 2023"),
    "US 13": ("us/federal/hipaa", "500 people, all in Ohio"),
    "US 14": ("us/federal/ftc_safeguards", "500 consumers, known on Friday"),
    "US 15": ("us/federal/bank", "Determined on Friday 27 November 2026"),
    "US 16": ("us/federal/bank", "Determined on Saturday 31 October 2026"),
    "US 26": ("us/ca", "Detected on Monday 2 November 2026"),
    "US 30": ("us/federal/ftc_safeguards", "Known on Monday 16 November 2026"),
}
# Examples that are no single count: what they show, and the test that shows it.
OTHERS = {
    "US 6": ("a day closed by order", "test_us_6_a_day_closed_by_order_of_the_president_moves_the_filing_by_one_day"),
    "US 7": ("delays of 30, 30 and 60 days", "test_us_7_successive_delays_run_on_from_the_day_on_which_the_filing_was_due"),
    "US 22": ("seven full business days must pass", "test_us_22_customers_hear_after_seven_full_business_days"),
    "US 31": ("no rating: the shortest cell", "test_us_31_an_incident_without_a_rating_takes_the_shortest_cell"),
    "US 32": ("not in force: no date", "test_us_32_law_that_is_not_in_force_has_no_date"),
}  # fmt: skip  # reason: one example on a line reads as a table


def _is_plain(rule: Counting) -> bool:
    said = rule.model_dump(exclude_defaults=True)
    return said.keys() <= {"title", "cite", "sources", "verified", "unread", "confidence"}


def _rules() -> list[tuple[str, str, Counting]]:
    """List every named rule with its place."""
    found = [CORPUS.jurisdiction(raw.place) for raw in CORPUS.raw_places.values() if raw.place]
    files = [file for file in found if file is not None]
    return sorted((key, file.place, rule) for file in files for key, rule in file.counting.items())


def _words(rule: Counting) -> str:
    """Say what a rule does besides plain counting."""
    return "; ".join((*_bound(rule), *_arguable(rule))) or "plain, with the holidays of its place"


def _bound(rule: Counting) -> Iterator[str]:
    if rule.first_day == "included":
        yield "the day of the event is day 1"
    if rule.starts_on_working_day:
        yield "an event on a closed day counts from the next working day"
    if rule.calendar is not None:
        yield f"calendar `{rule.calendar}`"
    if rule.cutoff is not None:
        yield f"closes at {rule.cutoff}" + (f" in {rule.zone}" if rule.zone else "")
    if rule.month_end == "next_day":
        yield "without such a date a month ends on the next day"
    if rule.full_days:
        yield "whole days must pass"
    if rule.roll is not None:
        yield f"a closed last day moves to {_roll(rule.roll)}"


def _arguable(rule: Counting) -> Iterator[str]:
    if rule.arguable_roll is not None:
        hours = ", hours too" if rule.rolls_hours else ""
        yield f"arguably: to {_roll(rule.arguable_roll)}{hours}"
    if rule.arguable_full_hours:
        yield "arguably: the hour of the event is not counted"
    if rule.arguable_minimum_working_days:
        yield f"arguably: at least {rule.arguable_minimum_working_days} working days in it"


def _roll(roll: Roll) -> str:
    where = f" by `{roll.calendar}`" if roll.calendar else ""
    return f"{ROLLED[roll.to]}{where} ({roll.cite})"


def _table(*rows: tuple[str, ...]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])


def rules_table() -> str:
    rows = [
        (f"`{key}`", rule.title, _words(rule), rule.cite or "", rule.confidence or "")
        for key, _, rule in _rules()
        if not _is_plain(rule)
    ]
    return _table(("rule", "what it is", "what it does", "citation", "confidence"), *rows)


def plain_table() -> str:
    """List the plain rules by their ground; those without one share a row."""
    grounds: dict[tuple[str, str], list[str]] = {}
    for key, _, rule in _rules():
        if _is_plain(rule):
            grounds.setdefault((rule.cite or "", rule.confidence or ""), []).append(f"`{key}`")
    rows = [(", ".join(keys), cite, sure) for (cite, sure), keys in sorted(grounds.items())]
    return _table(("rule", "citation", "confidence"), *rows)


def examples_table() -> str:
    rows = []
    for number, place, _, rule, start, length, due, latest in EXAMPLES:
        counts = (f"`{rule}`, {place}", f"{length} from {start}", due, latest or "")
        rows.append((number, *counts, _case(number)))
    for number, (shown, test) in OTHERS.items():
        rows.append((number, "", shown, f"`{test}`", "", _case(number)))
    rows.sort(key=lambda row: (row[0][:2], int(row[0][3:])))
    return _table(("no.", "rule, place", "counted", "due", "arguably", "in tests/law/"), *rows)


def _case(number: str) -> str:
    if number not in CASES:
        return ""
    path, name = CASES[number]
    return f"`{path}`: {name}"


@cache
def _names(path: str) -> tuple[str, ...]:
    file = ROOT / "tests" / "law" / f"{path}.toml"
    content: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(case["name"] for case in content["case"])


MAKERS = {"rules": rules_table, "plain": plain_table, "examples": examples_table}


def _part(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)


@pytest.mark.parametrize("name", MAKERS)
def test_a_table_of_the_page_is_that_of_the_files(name: str) -> None:
    found = _part(name).search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0] == f"<!-- {name} -->\n{MAKERS[name]()}\n<!-- end -->"


@pytest.mark.parametrize("number", CASES)
def test_a_case_of_the_law_that_the_page_names_exists(number: str) -> None:
    path, name = CASES[number]
    assert len([each for each in _names(path) if each.startswith(name)]) == 1


def test_a_test_that_the_page_names_exists() -> None:
    text = (ROOT / "tests" / "test_worked_examples.py").read_text(encoding="utf-8")
    assert [test for _, test in OTHERS.values() if f"def {test}(" not in text] == []


def test_every_word_of_a_rule_is_told() -> None:
    told = set(re.findall(r"^\| (`.+?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    words = {word for cell in told for word in re.findall(r"`(\w+)`", cell)}
    told_apart = {"title", "cite", "sources", "verified", "unread", "confidence", "arguable_ground"}
    assert set(Counting.model_fields) - told_apart <= words


# -- side by side ---------------------------------------------------------------------------


def _script() -> ModuleType:
    spec = spec_from_file_location("counting_compared", ROOT / "docs" / "counting_compared.py")
    assert spec is not None
    assert spec.loader is not None
    script = module_from_spec(spec)
    sys.modules[spec.name] = script  # dataclasses look their module up there
    spec.loader.exec_module(script)
    return script


def test_the_page_that_compares_shows_what_the_program_gives() -> None:
    script = _script()
    text = (ROOT / "docs" / "counting-compared.md").read_text(encoding="utf-8")
    kept = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")][2:]
    assert len(kept) == len(script.CASES) == 20
    for case, cells in zip(script.CASES, kept, strict=True):
        assert cells[0] == f"{case.what} (`{case.rule}`)"
        assert cells[2] == script.ours(case, CORPUS), case.what
        assert cells[4] == script.by_dateutil(case), case.what
        assert cells[5] == case.verdict


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    for part, make in MAKERS.items():
        made = make().replace("\\", "\\\\")
        text = _part(part).sub(rf"\g<1>{made}\n\g<2>", text)
    PAGE.write_text(text, encoding="utf-8")
