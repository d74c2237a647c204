"""What a law file declares is found however TOML lets it be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from regengine.assess import assess
from regengine.corpus import Corpus
from regengine.errors import LawError
from regengine.intake import read_incident
from regengine.lawfiles import RawFile

FIRST = '[[obligation]]\nid = "xx-a"\n'
SOUND = (
    '[[obligation]]\nid = "sg-a"\ntitle = "t"\nto = { kind = "regulator" }\nwhen = ["a"]\n'
    '[[obligation.version]]\nfrom = 2020-01-01\ncite = "s 1"\n'
)
CIRCLE = (
    '[[condition]]\nname = "a"\nif = "b"\ncite = "s 1"\n'
    '[[condition]]\nname = "b"\nif = "a"\ncite = "s 1"\n'
)


def raw(text: str) -> RawFile:
    return RawFile("xx", Path("xx.toml"), text.encode())


@pytest.mark.parametrize(
    "text",
    [
        '[[authority]]\nid = "xx.office"\nname = "Office"\n',
        '[[ authority ]]\nname = "Office"\nid = "xx.office"\n',
        'authority = [{ id = "xx.office", name = "Office" }]\n',
        '[["authority"]]\nid = "xx.office"\nname = "Office"\n',
    ],
)
def test_an_authority_is_found_in_every_spelling(text: str) -> None:
    assert raw(text).declares("authority") == {"xx.office"}


@pytest.mark.parametrize(
    "text",
    [
        '[counting."xx.plain"]\ntitle = "t"\n',
        '[ counting . "xx.plain" ]\ntitle = "t"\n',
        'counting."xx.plain".title = "t"\n',
        'counting = { "xx.plain" = { title = "t" } }\n',
    ],
)
def test_a_counting_rule_is_found_in_every_spelling(text: str) -> None:
    assert raw(text).declares("counting") == {"xx.plain"}


def test_a_default_counting_declares_none() -> None:
    assert raw('default_counting = "xx.plain"\n').declares("counting") == set()


@pytest.mark.parametrize(
    "text", ['place = "XX"\n', "place = 'XX'\n", 'name = "a"\n"place" = "XX"\n']
)
def test_the_place_is_found_in_every_spelling(text: str) -> None:
    assert raw(text).place == "XX"


@pytest.mark.parametrize(
    "second",
    [
        '  [[obligation]]\n  id = "xx-b"\n',
        '[["obligation"]]\nid = "xx-b"\n',
        "[['obligation']]\nid = 'xx-b'\n",
        '[[ obligation ]]\ntitle = "t"\nid = "xx-b"\n',
        '[[obligation]]\r\nid = "xx-b"\r\n',
        '[[obligation]]\nid = "xx-b"\nnotes = ["""\n[[obligation]]\nid = "xx-c"\n"""]\n',
    ],
)
def test_each_duty_is_found_in_every_spelling(second: str) -> None:
    found = raw(FIRST + second)
    assert (found.duties, found.tables) == (("xx-a", "xx-b"), {"obligation"})
    overlaid = raw('[[overlay]]\nof = "yy"\n' + second)
    assert overlaid.tables == {"obligation", "overlay"}


@pytest.mark.parametrize("line", ['  [judgement."xx.harm"]', '["judgement"."xx.harm"]'])
def test_a_judgement_after_the_duties_is_found_in_every_spelling(line: str) -> None:
    assert "xx.harm" in raw(f'{FIRST}{line}\nquestion = "q"\n').head["judgement"]


def test_a_place_inside_a_duty_is_not_that_of_the_law() -> None:
    assert raw(f"place = 'XX'\n{FIRST}[obligation.scope]\nplace = \"US-WI\"\n").place == "XX"


@pytest.mark.parametrize(
    "text",
    ['title = "a\u009b31m"\n', 'title = "a\\u001b[31m"\n', '["a\\u001b[31m"]\ntitle = "t"\n'],
)
def test_a_control_character_is_refused_however_it_is_written(text: str) -> None:
    with pytest.raises(LawError, match="control character"):
        _ = raw(text).data


@pytest.mark.parametrize("held", ["3", "[3]", "[{ id = 3 }]", '"x"'])
def test_a_faulty_table_declares_nothing(held: str) -> None:
    found = raw(f"obligation = {held}\nauthority = {held}\ncounting = {held}\n")
    assert found.duties == ()
    assert found.declares("authority") == found.declares("counting") == set()


def test_the_lines_of_the_rules_declare_what_their_content_does() -> None:
    for item in Corpus.open().raw.values():
        parsed = raw(item.content.decode())
        assert (item.by_lines, parsed.by_lines) == (True, False)
        found = (item.place, item.duties, item.tables)
        assert found == (parsed.place, parsed.duties, parsed.tables), item.name
        for kind in ("protected", "condition", "judgement", "regime", "no_law", "family"):
            assert item.head.get(kind) == parsed.head.get(kind), item.name


def test_the_lines_of_the_law_declare_what_its_content_does() -> None:
    for item in Corpus.open().raw_places.values():
        ids = {each["id"] for each in item.data.get("authority", ())}
        assert item.declares("authority") == ids, item.name
        for kind in ("counting", "calendars"):
            assert item.declares(kind) == set(item.data.get(kind, {})), item.name


@pytest.mark.parametrize(
    "text",
    [
        "[judgement.x]\nfoo = 1\n",
        "judgement = 3\n",
        'regime = "x"\n',
        '[condition]\nname = "a.b"\n' + SOUND,
        "[[condition]]\nname = 3\n" + SOUND,
        '[[condition]]\nname = "a.b"\nif = 3\n' + SOUND,
        "obligation = 3\n",
        "obligation = [3]\n",
        "[[obligation]]\nwhen = [3]\n",
        "[[obligation]]\nversion = 3\n",
        "[[obligation]]\nunless = 3\n",
        CIRCLE + SOUND,
    ],
)
def test_an_answer_from_faulty_law_is_refused_in_words(tmp_path: Path, text: str) -> None:
    head = 'place = "SG"\ntitle = "Xland"\nlaw = "Xland Act"\n'
    with pytest.raises(LawError, match=r"rules/sg\.toml"):
        answer(tmp_path, head + text)


def test_a_law_without_a_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LawError, match="place"):
        answer(tmp_path, f"place = 5\n{FIRST}")


def answer(folder: Path, text: str) -> None:
    """Assess an incident under a law of one file."""
    (folder / "rules").mkdir()
    (folder / "rules" / "sg.toml").write_text(text, encoding="utf-8")
    corpus = Corpus.open(folder)
    facts = {
        "schema": "regengine.incident/1",
        "reference": "R",
        "organisation": {"country": "SG"},
        "timeline": {"discovered": "2026-11-02"},
    }
    assess(read_incident(facts, corpus.vocabulary), corpus=corpus)
