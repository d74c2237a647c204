"""Copy sheets: the fields of a portal in its order, each ready to be copied in one click."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regengine.documents import pages
from regengine.documents.outputs import folder, phrase
from regengine.documents.paper import Entry


def room(entry: Entry) -> str | None:
    """Say how much of a field's room its text takes; ``None`` where the portal has no limit.

    >>> room(Entry("a", "A", ("four",), "known", limit=20))
    '4 of 20 characters'
    """
    if entry.limit is None:
        return None
    length = f"{len(chr(10).join(entry.lines)):,}"
    return phrase("characters_of", length=length, limit=f"{entry.limit:,}")


def sheet(names: Mapping[str, Any]) -> bytes:
    """Write the copy sheet of a form as a page that loads nothing and runs nothing.

    ``names`` are those of the form's page.
    """
    html = pages.page("filing/portal.html", {**names, "room": room})
    css = folder().joinpath("filing", "portal.css").read_text(encoding="utf-8")
    return pages.alone(html, css)
