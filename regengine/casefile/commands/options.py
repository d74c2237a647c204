"""What the commands of a case share: their options, and the doors to the store."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from regengine import options, plain
from regengine.options import corpus_at, refuse

if TYPE_CHECKING:
    from regengine.casefile import Case, Store

_AUTHOR = "REGENGINE_BY"

Name = Annotated[
    str, typer.Argument(help="the matter, by its reference", metavar="MATTER", show_default=False)
]
Where = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="sqlite:///FILE, a path, or postgresql://...; else REGENGINE_STORE, else your data folder",
    ),
]
By = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help=f"who says so; else {_AUTHOR}, else your user name"),
]
Learned = Annotated[
    str | None,
    typer.Option("--learned", metavar="INSTANT", help="when the house came to know it; else now"),
]
Source = Annotated[str | None, typer.Option("--source", help="who or what it is known from")]
Why = Annotated[str | None, typer.Option("--why", help="the reason, for the record")]

# The clock of recorded instants; a drill or a test sets another.
clock: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731  # reason: a name that is replaced


def casefile() -> ModuleType:
    """Import the case file's rooms only where they are wanted."""
    try:
        from regengine import casefile as rooms  # noqa: PLC0415  # reason: an extra
        from regengine.casefile import store  # noqa: F401, PLC0415  # reason: what needs the extra
    except ImportError as error:
        refuse("case", f"{error.name} is missing: pip install 'regengine[casefile]'")
    return rooms


def author(by: str | None) -> str:
    """Name who speaks."""
    found = (by or os.environ.get(_AUTHOR) or getpass.getuser()).strip()
    if not found:
        refuse("--by", "names nobody")
    return found


@contextmanager
def opened_store(where: str | None) -> Iterator[Store]:
    """Open the store for the length of one command."""
    with casefile().Store.open(where, clock=lambda: clock()) as store:  # noqa: PLW0108  # reason: the clock may be replaced meanwhile
        yield store


@contextmanager
def opened_case(
    name: str, where: str | None, by: str | None = None, law: Path | None = None
) -> Iterator[Case]:
    """Open one matter for the length of one command."""
    with opened_store(where) as store:
        corpus = corpus_at(law) if law is not None else None
        yield casefile().Case(store, name, author(by), corpus=corpus)


def moment(text: str | None, option: str) -> datetime | None:
    """Read an instant that may be left out; that it is left out says something."""
    return None if text is None else options.instant(text, option)


def now_of(text: str | None) -> datetime:
    """Read --now; without it, the clock's instant."""
    return clock().replace(microsecond=0) if text is None else options.instant(text)


def value_of(text: str, option: str) -> Any:
    """Read the value of a fact as the incident file would: YAML on one line."""
    return plain.read_text(f"value: {text}", ".yaml", option)["value"]
