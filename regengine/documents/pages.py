"""Pages: HTML from the sandboxed templates of outputs/, with everything escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from regengine.documents.outputs import folder, label, phrase, place_name
from regengine.documents.paper import GAP_CLOSES, GAP_OPENS
from regengine.documents.wording import capital, joined, range_text, sentence, span_text


def marked(text: str) -> Markup:
    r"""Escape a running text and mark its gaps.

    >>> str(marked("a < b, \ue000the date\ue001"))
    'a &lt; b, <span class="gap">[to follow: the date]</span>'
    """
    follow = phrase("to_follow")
    parts = re.split(f"({GAP_OPENS}.*?{GAP_CLOSES})", text, flags=re.DOTALL)
    out = Markup("")
    for part in parts:
        if part.startswith(GAP_OPENS):
            inside = part[1:-1]
            shown = inside if inside == follow else f"{follow}: {inside}"
            out += Markup('<span class="gap">[{}]</span>').format(shown)
        else:
            out += escape(part)
    return out


def tag(text: str) -> Markup:
    """Let a name of XBRL break before a capital alone; other text stays as it is.

    >>> str(tag("dei:DocumentType")), str(tag("Art 33(4)"))
    ('dei:<wbr>Document<wbr>Type', 'Art 33(4)')
    """
    if re.fullmatch(r"[a-z]+:[A-Z][A-Za-z0-9]+", text) is None:
        return escape(text)
    return Markup("<wbr>").join(re.split(r"(?<=[a-z0-9:])(?=[A-Z])", text))


def sandbox(finalize: Callable[[object], object] | None = None) -> ImmutableSandboxedEnvironment:
    """Open the templates of outputs/ in a sandbox that escapes everything."""
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder()),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
    )


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = sandbox()
    environment.filters |= {
        "marked": marked,
        "sentence": sentence,
        "capital": capital,
        "joined": joined,
        "tag": tag,
    }
    environment.globals |= {
        "label": label,
        "phrase": phrase,
        "place_name": place_name,
        "range_text": range_text,
        "span_text": span_text,
    }
    return environment


def page(template: str, names: Mapping[str, Any]) -> str:
    """Render one page; a name that a template uses and nobody gave is an error."""
    return _environment().get_template(template).render(**names)


# A page that is opened in a browser loads nothing and runs nothing.
_POLICY = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"


def alone(html: str, css: str) -> bytes:
    """Put the style sheet into a page, so that it stands alone in a browser."""
    return html.replace("</head>", f"{_POLICY}\n<style>\n{css}</style>\n</head>", 1).encode()


def style(families: list[str], *, letter: bool) -> str:
    """Build the style sheet: paper, fonts, then base.css.

    >>> style([], letter=True).splitlines()[0]
    '@page { size: letter; }'
    """
    more = "".join(f', "{family}"' for family in families)
    fonts = (
        f'html {{ font-family: "Noto Serif"{more}; }}\n'
        f'.sans, th, thead, .meta, .letterhead, h2, h3 {{ font-family: "Noto Sans"{more}; }}\n'
    )
    size = "letter" if letter else "A4"
    base = folder().joinpath("base.css").read_text(encoding="utf-8")
    return f"@page {{ size: {size}; }}\n{fonts}{base}"
