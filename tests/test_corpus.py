"""What a law file declares is found however TOML lets it be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from regengine.corpus import Corpus
from regengine.lawfiles import RawFile


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


def test_the_lines_of_the_law_declare_what_its_content_does() -> None:
    for item in Corpus.open().raw_places.values():
        ids = {each["id"] for each in item.data.get("authority", ())}
        assert item.declares("authority") == ids, item.name
        for kind in ("counting", "calendars"):
            assert item.declares(kind) == set(item.data.get(kind, {})), item.name
