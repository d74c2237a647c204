"""The pages of docs/law/ are those of rules/ and jurisdictions/, and say what the law says.

``python tests/test_lawbook.py`` writes them anew.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # so that this file also runs as a script

from regengine.corpus import Corpus  # noqa: E402  # reason: as above
from regengine.documents.outputs import table  # noqa: E402
from regengine.errors import InputError  # noqa: E402
from regengine.law import Combination, Due, NamedCondition, Period, Protected  # noqa: E402
from regengine.lawbook import book_of, write_pages  # noqa: E402
from regengine.lawbook.book import Book, _plain  # noqa: E402
from regengine.lawbook.digest import hours, limits, protection_of, residents_duty  # noqa: E402
from regengine.lawbook.in_words import Wording  # noqa: E402

FOLDERS = {"US": ROOT / "docs" / "law" / "us", "WORLD": ROOT / "docs" / "law" / "world"}
AREAS = tuple(FOLDERS)
SVG = "{http://www.w3.org/2000/svg}"


@cache
def book(area: str = "US") -> Book:
    return book_of(Corpus.open(), area)


@cache
def pages(area: str = "US") -> Mapping[str, str]:
    return book(area).pages()


@pytest.mark.parametrize("area", AREAS)
def test_the_pages_on_disk_are_those_of_the_law(area: str) -> None:
    """Whoever changes a rule writes the pages anew (``make snapshots``) and reads the difference."""
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDERS[area].iterdir()}
    assert sorted(kept) == sorted(pages(area))
    different = [name for name in kept if kept[name] != pages(area)[name]]
    assert different == []


@pytest.mark.parametrize("area", AREAS)
def test_every_place_of_the_map_has_a_page_and_a_square(area: str) -> None:
    spots = {key for key in table("lawbook/tiles.toml")[area] if key != "title"}
    elsewhere = {"US"} if area == "WORLD" else set()
    assert {f"{spot.lower()}.md" for spot in spots - elsewhere} <= set(pages(area))
    drawn = ET.fromstring(pages(area)["map.svg"])  # noqa: S314  # reason: our own text
    names = [title.text or "" for title in drawn.iter(f"{SVG}title")]
    for spot in spots:
        assert any(name.startswith(f"{book(area).name(spot)}: ") for name in names), spot


def test_every_country_of_the_book_has_a_square() -> None:
    spots = set(table("lawbook/tiles.toml")["WORLD"])
    countries = {place for place in book("WORLD").duties if len(place) == len("IE")}
    assert countries - spots - {"EU"} == set()


@pytest.mark.parametrize("area", AREAS)
def test_no_two_squares_of_the_map_overlap(area: str) -> None:
    spots = [tuple(v) for k, v in table("lawbook/tiles.toml")[area].items() if k != "title"]
    assert len(spots) == len(set(spots))


@pytest.mark.parametrize("area", AREAS)
def test_every_link_leads_somewhere(area: str) -> None:
    other = {f"../{folder.name}/index.md" for folder in FOLDERS.values()}
    for name, text in pages(area).items():
        anchors = set(re.findall(r'<a id="([^"]+)">', text))
        for target in re.findall(r"(?<!\\)\]\(([^)\s]+)\)", text):
            if target.startswith("#"):
                assert target[1:] in anchors, f"{name}: {target}"
            else:
                assert target in {*pages(area), *other}, f"{name}: {target}"


@pytest.mark.parametrize(("area", "folders"), [("US", ("us",)), ("WORLD", ("eu", "uk", "world"))])
def test_every_obligation_of_a_place_stands_on_its_page(
    area: str, folders: tuple[str, ...]
) -> None:
    """Read from the files themselves, without the model: no duty may be left out."""
    missing = []
    for path in (path for folder in folders for path in (ROOT / "rules" / folder).rglob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        for duty in content.get("obligation", ()):
            inside = duty.get("each", {}).get("in", "")
            place = inside if "-" in inside else content["place"]
            page = pages(area)[f"{place.lower()}.md"]
            ends = [version.get("until") for version in duty["version"]]
            gone = ends[-1] is not None and ends[-1] < book().day
            if not gone and f"`{duty['id']}`" not in page:
                missing.append(duty["id"])
    assert missing == []


def test_the_world_s_tables_say_what_the_files_say() -> None:
    rows = [line for line in pages("WORLD")["authorities.md"].splitlines() if "(eea.md)" in line]
    assert any("within 72 hours of becoming aware" in row for row in rows)
    stages = pages("WORLD")["stages.md"]
    assert "| early warning | within 24 hours" in stages
    assert "(from 2026-12-01 on)" in next(
        line for line in pages("WORLD")["authorities.md"].splitlines() if "(cl.md)" in line
    )
    assert "Chile: adopted, not yet in effect" in pages("WORLD")["map.svg"]
    silent = pages("WORLD")["silent.md"]
    assert "[Afghanistan](af.md)" in silent
    assert "North Korea" in silent
    assert "United States" not in silent.partition("## Not covered")[2]


def test_the_table_of_deadlines_says_what_the_files_say() -> None:
    """Periods of the plain kind, read from the files without the model."""
    rows = dict(_rows("deadlines.md"))
    checked = 0
    for path in sorted((ROOT / "rules" / "us").rglob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        for duty in content.get("obligation", ()):
            due = duty["version"][-1].get("due") or duty.get("due") or {}
            plain = duty["id"] == f"{content['place'].lower()}-residents" and "within" in due
            if plain and duty["version"][-1]["from"] <= book().day:
                checked += 1
                assert rows[content["place"].lower()][1] == due["within"], duty["id"]
    assert checked >= 5


def _rows(name: str) -> Iterator[tuple[str, list[str]]]:
    for line in pages()[name].splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells and cells[0].startswith("["):
            yield re.sub(r".*\((.*)\.md\)", r"\1", cells[0]), cells


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not incident.good_faith", "it was no acquisition in good faith by own staff"),
        (
            "incident.accessed or incident.acquired and not encrypted",
            (
                "somebody saw the data without authority; or (data were taken without authority, or "
                "that is reasonably believed; and the data were not encrypted)"
            ),
        ),
        (
            "not (incident.accessed or incident.acquired)",
            (
                "not: somebody saw the data without authority; and not: data were taken without "
                "authority, or that is reasonably believed"
            ),
        ),
        ("notified(us-ca-residents) > 1000", "more than 1,000 people told under `us-ca-residents`"),
        ("not people >= 500", "fewer than 500 people of Ohio whose protected data are concerned"),
        ("people in US-WI > 3", "more than 3 people in US-WI whose protected data are concerned"),
        ("owed(us-ca-residents)", "`us-ca-residents` is owed"),
        ("us.xx.harm = false", "no: “Is harm likely?”"),
        ("us.xx.harm", "yes: “Is harm likely?”"),
        ("us.xx.harm != false", "anything but no: “Is harm likely?”"),
        ("regime us.xx.bank", "yes: “A bank?”"),
        ("named", "the data were encrypted; and the key was taken or within reach"),
        ("data any [ssn, dob]", "the data include Social Security number or date of birth"),
        ("not media any [paper]", "the data are not paper"),
        ("incident.outage.hours > 24", "more than 24 hours of outage"),
        ("incident.outage.hours > 0.5", "more than 30 minutes of outage"),
        ("incident.outage.hours > 0.3334", "more than 20 minutes of outage"),
        ("incident.outage.hours > 0", "any minutes of outage"),
        ("answered us.xx.harm", "counsel has answered: “Is harm likely?”"),
        ("meant", "a term of the law"),
        ("not meant", "not: a term of the law"),
        ("seat in EEA", "`seat in EEA`"),
    ],
)
def test_a_condition_is_said_in_words_that_mean_the_same(text: str, said: str) -> None:
    named = NamedCondition.model_validate({"name": "named", "if": "encrypted and key_taken"})
    meant = NamedCondition.model_validate(
        {"name": "meant", "if": "encrypted", "says": "a term of the law"}
    )
    questions = {"us.xx.harm": "Is harm likely?", "us.xx.bank": "A bank?"}
    wording = Wording({"named": named, "meant": meant}, questions, "Ohio")
    assert wording.condition(text) == said


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ({"soft": "without delay"}, "without delay"),
        ({"within": "48 hours", "starts": "aware"}, "within 48 hours of becoming aware"),
        (
            {
                "within": "30 days",
                "starts": "earlier(discovered, processor_told)",
                "met": "received",
            },
            (
                "within 30 days of discovery or, if earlier, the processor's notice; met when it is "
                "received"
            ),
        ),
        ({"with": "us-ca-residents"}, "together with `us-ca-residents`"),
        (
            {"earliest": [{"within": "14 working days", "starts": "aware"}, {"before": "us-x"}]},
            "the earlier of (within 14 business days of becoming aware), (before `us-x`)",
        ),
        (
            {
                "cases": [
                    {"if": "incident.lost", "within": "1 day", "starts": "aware"},
                    {"soft": "soon"},
                ]
            },
            (
                "if data were destroyed or lost without a copy: within 1 day of becoming aware; "
                "otherwise: soon"
            ),
        ),
    ],
)
def test_a_deadline_is_said_with_every_limit(due: dict[str, Any], said: str) -> None:
    assert Wording().due(Due.model_validate(due)) == said


def test_the_shortest_limit_of_a_compound_deadline_is_found() -> None:
    branches = [
        {"within": "3 working days", "starts": "aware"},
        {"within": "72 hours", "starts": "aware"},
    ]
    found = list(limits(Due.model_validate({"earliest": branches})))
    assert min(found, key=hours) == Period.read("3 working days")
    assert list(limits(Due.model_validate({"soft": "soon"}))) == []


@pytest.mark.parametrize(
    ("element", "beside", "alone"),
    [
        ("ssn", "", ""),
        ("card_number", "*", None),
        ("health_insurance_id", "*", None),
        ("username", None, "*"),
        ("dob", None, "\u00b0"),
        ("passport", None, None),
    ],
)
def test_how_an_element_is_protected(element: str, beside: str | None, alone: str | None) -> None:
    shown = Protected(
        from_=date(2020, 1, 1),
        any=(
            Combination(with_=("name",), one_of=("ssn",)),
            Combination(one_of=("ssn",)),
            Combination(with_=("name",), one_of=("card_number",), and_one_of=("card_code",)),
            Combination(with_=("name", "health_insurance_id"), one_of=("medical",)),
            Combination(with_=("phone",), one_of=("username",)),
            Combination(one_of=("dob",), when="us.xx.enough"),
        ),
    )
    found = protection_of(shown, element)
    assert (found.beside_name, found.alone) == (beside, alone)


def test_it_is_said_where_a_name_in_clear_is_enough() -> None:
    shown = Protected.model_validate({
        "from": "unknown", "safe_needs": "every", "paper": False,
        "any": [{"with": ["name"], "one_of": ["ssn"]}],
        "safe": [{"if": "encrypted", "cite": "s 1"}],
    })  # fmt: skip  # reason: a definition reads better in lines
    assert list(Wording().protected(shown)) == [
        "With the name, Social Security number",
        "Not where the data were encrypted (s 1)",
        "A name in clear beside such data is still protected.",
        "Computerised data only.",
    ]


def test_triggers_are_found_by_trying_access_and_acquisition_alone() -> None:
    """Known law: California asks acquisition (1798.82(g)), New York access or acquisition."""
    duties = book().duties
    california, york = residents_duty(duties["US-CA"]), residents_duty(duties["US-NY"])
    assert california is not None
    assert york is not None
    assert (california.trigger, york.trigger) == ("acquisition", "access or acquisition")


# -- law of others -----------------------------------------------------------------------


def test_an_area_without_a_map_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match="SG: no pages are laid out for this area; allowed: US, WORLD"
    ):
        write_pages(Corpus.open(), "SG", tmp_path / "pages")


def test_no_page_is_written_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    text = 'place = "{}"\ntitle = "t"\nlaw = "l"\n'
    (tmp_path / "rules" / "a.toml").write_text(text.format("US-../../out"), encoding="utf-8")
    (tmp_path / "rules" / "b.toml").write_text(text.format("US-OH"), encoding="utf-8")
    written = write_pages(Corpus.open(tmp_path), "US", tmp_path / "pages", date(2026, 1, 1))
    assert {path.name for path in written} >= {"index.md", "us-oh.md"}
    assert {path.resolve().parent for path in written} == {tmp_path / "pages"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[a](https://x.example)", r"\[a](https://x.example)"),
        (r"\[a](https://x.example)", r"\\\[a](https://x.example)"),
        ("<b>&", "&lt;b>&amp;"),
    ],
)
def test_a_text_of_the_law_is_no_link_and_no_markup(text: str, shown: str) -> None:
    assert _plain(text) == shown


if __name__ == "__main__":
    for area, into in FOLDERS.items():
        into.mkdir(parents=True, exist_ok=True)
        for old in into.iterdir():
            old.unlink()
        for name, text in pages(area).items():
            (into / name).write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{len(pages(area))} pages in {into}\n")


def test_an_area_that_is_no_place_is_refused_by_its_own_name(terminal: Any, tmp_path: Path) -> None:
    said = terminal("law", "pages", "XX", "--out", tmp_path)
    assert said.faults == ['regengine: AREA: unknown place "XX"']
