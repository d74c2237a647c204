"""What the documents show runs: commands, Python, law and links."""

from __future__ import annotations

import doctest
import inspect
import json
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import regengine
from regengine import cli
from regengine.assessment import assessment_schema
from regengine.conditions import parse
from regengine.intake import schema as incident_schema
from regengine.law import LawFile
from tests.conftest import Terminal
from tests.test_law_cases import CASE_KEYS, EXPECTED

HOME = Path(__file__).parent.parent
DOCS = HOME / "docs"
PAGES = [HOME / "README.md", *sorted(DOCS.rglob("*.md")), *sorted((HOME / "examples").glob("*.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def _blocks(page: Path, language: str | None = None) -> list[tuple[str, str]]:
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return [block for block in found if language in (None, block[0])]


def _name(page: Path) -> str:
    return page.relative_to(HOME).as_posix()


# -- links and commands ------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if "://" in target or target.startswith(("#", "mailto:")):
            continue
        file, _, part = target.partition("#")
        found = page.parent / file
        assert found.exists(), target
        if part:
            assert part in _anchors(found), target


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-") for text in headings}


def test_every_command_that_the_readme_names_exists() -> None:
    command = typer.main.get_command(cli.app)
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"regengine ([a-z]+)(?: ([a-z|]+))?", readme)
    assert len(named) >= 6
    commands = command.commands  # type: ignore[attr-defined]
    for word, rest in named:
        if word not in commands:
            # "regengine takes the facts ..." is a sentence: a command stands in code.
            assert f"`regengine {word}" not in readme, word
            assert f"\nregengine {word}" not in readme, word
            continue
        for part in rest.split("|") if hasattr(commands[word], "commands") else ():
            assert part in commands[word].commands, f"{word} {part}"


def test_every_option_that_the_readme_names_exists() -> None:
    known = {name for command in _commands() for option in command.params for name in option.opts}
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", readme))
    assert named
    assert named <= known


def _commands() -> Iterator[typer.core.TyperCommand]:
    waiting = [typer.main.get_command(cli.app)]
    while waiting:
        command = waiting.pop()
        waiting += getattr(command, "commands", {}).values()
        yield command  # type: ignore[misc]


# -- the public API ------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in regengine.__all__ if name != "__version__"])
def test_every_public_name_has_an_example(name: str) -> None:
    text = inspect.getdoc(getattr(regengine, name)) or ""
    assert ">>>" in text, f"{name} has no example"


def _run_examples(name: str, text: str) -> None:
    test = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
    assert test.examples
    report: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    assert not report, "".join(report)


def test_the_python_of_the_python_page_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(HOME)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    blocks = [text for _, text in _blocks(DOCS / "python.md", "python")]
    assert all(">>>" in text for text in blocks)
    _run_examples("docs/python.md", "\n".join(blocks))


def test_the_python_of_the_readme_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(HOME)
    blocks = _blocks(HOME / "README.md", "python")
    assert blocks
    for _, text in blocks:
        exec(compile(text, "README.md", "exec"), {})  # noqa: S102  # it is our own page
    assert "us-ca-residents@US-CA 2026-12-13 23:59:59-08:00" in capsys.readouterr().out


# -- the tutorial ---------------------------------------------------------------------------


def _merge(folder: Path, block: str) -> None:
    """Lay a block over the file that its first line names: keys replace those of one name."""
    first, _, rest = block.partition("\n")
    file = folder / first.removeprefix("#").strip()
    held = file.read_text(encoding="utf-8") if file.exists() else ""
    parts = {**_parts(held), **_parts(rest)}
    file.write_text("".join(parts.values()), encoding="utf-8")


def _parts(text: str) -> dict[str, str]:
    found = re.findall(r"^\w+:.*?(?=^\w|\Z)", text, re.MULTILINE | re.DOTALL)
    return {part.partition(":")[0]: part for part in found}


def _shows(shown: str, printed: str) -> bool:
    """Compare word by word; "..." stands for any number of words, also for none."""
    words = printed.split()
    *runs, last = (run.split() for run in re.split(r"(?<!\S)\.\.\.(?!\S)", shown))
    at = 0
    for number, run in enumerate(runs):
        spots = range(at, 1 if number == 0 else len(words) - len(run) + 1)
        found = next((spot for spot in spots if words[spot : spot + len(run)] == run), None)
        if found is None:
            return False
        at = found + len(run)
    return len(words) - len(last) >= at and words[len(words) - len(last) :] == last


@pytest.mark.parametrize(
    ("name", "shape"), [("incident", incident_schema), ("assessment", assessment_schema)]
)
def test_the_schemas_that_the_docs_hold_are_those_of_the_program(
    name: str, shape: Callable[[], dict[str, Any]]
) -> None:
    kept = Path(regengine.__file__).parents[1] / "docs" / "schema" / f"{name}.json"
    assert json.loads(kept.read_text(encoding="utf-8")) == shape()


def test_what_a_page_leaves_out_may_be_nothing() -> None:
    assert _shows("a ... b ...", "a b")
    assert _shows("... b ...", "a b b c")
    assert not _shows("b ...", "a b")
    assert not _shows("a b ... b c", "a b c")
    assert not _shows("a ...  c ... b", "a b c")


def _sessions(block: str) -> Iterator[tuple[str, str]]:
    """Split a console block into commands and what they are said to print."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def _listing(folder: Path) -> str:
    return "".join(f"{path.name}\n" for path in sorted(folder.iterdir()))


def _shell(terminal: Terminal, command: str) -> str:
    words = shlex.split(command, comments=True)
    if words[0] == "ls":
        return _listing(Path(words[1]))
    assert words[0] == "regengine", command
    ran = terminal(*words[1:])
    assert ran.status in (0, 2), ran.err
    return ran.out + ran.err


@pytest.mark.parametrize("name", ["tutorial.md"])
def test_the_commands_of_a_page_print_what_it_shows(
    name: str, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = 0
    for language, block in _blocks(DOCS / name):
        if language == "yaml":
            _merge(tmp_path, block)
        for command, shown in _sessions(block) if language == "console" else ():
            printed = _shell(terminal, command)
            commands += 1
            if shown.strip():
                assert _shows(shown, printed), f"$ {command}\n{printed}"
    assert commands >= 8


# -- how rules are written ---------------------------------------------------------------------

WRITING = DOCS / "writing-rules.md"


def _law_example() -> str:
    return next(text for _, text in _blocks(WRITING, "toml") if "[[obligation]]" in text)


def test_the_whole_file_of_the_page_on_rules_is_a_law_file() -> None:
    law = LawFile.model_validate(tomllib.loads(_law_example()))
    assert [item.id for item in law.obligation] == ["us-xx-residents", "us-xx-ag"]


def test_the_example_of_a_case_has_the_keys_of_cases() -> None:
    text = next(text for _, text in _blocks(WRITING, "toml") if "[[case]]" in text)
    content = tomllib.loads(text)
    assert content["case"]
    for case in content["case"]:
        assert set(case) <= CASE_KEYS
        for expected in case["expect"]:
            assert set(expected) <= EXPECTED


def test_what_the_page_on_rules_says_of_expectations_is_what_cases_may_expect() -> None:
    tail = WRITING.read_text(encoding="utf-8").rpartition("and `expect`:")[2]
    assert set(re.findall(r"`(\w+)(?: = true)?`", tail)) - {"key"} <= EXPECTED


def _table_after(heading: str) -> list[str]:
    section = WRITING.read_text(encoding="utf-8").partition(heading)[2]
    section = section.partition("\n## ")[0]
    return re.findall(r"^\| (.+?) \|", section, re.MULTILINE)[2:]


def _conditions() -> list[str]:
    return [
        text for cell in _table_after("## 2. Conditions") for text in re.findall("`(.+?)`", cell)
    ]


@pytest.mark.parametrize("text", _conditions())
def test_every_condition_of_the_page_on_rules_can_be_read(text: str) -> None:
    filled = text.replace("...", "name").replace("(ID", "(us-xx-ag")
    assert str(parse(filled))


def test_the_page_on_rules_names_enough_conditions() -> None:
    assert len(_conditions()) >= 25
