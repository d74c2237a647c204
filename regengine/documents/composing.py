"""What one notice says: the facts, the duty and the template brought together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from regengine.documents.content import Matter, filled
from regengine.documents.expressions import BarredError, names_for, truth_of, words
from regengine.documents.forms import form_sections
from regengine.documents.items import barred
from regengine.documents.letters import letter_names, letter_sections
from regengine.documents.outputs import table
from regengine.documents.paper import Change, Entry, Paper, Section, gaps, said
from regengine.documents.templates import StageShape, TemplateShape


def compose(
    template: TemplateShape, matter: Matter, before: Mapping[str, Sequence[str]] | None = None
) -> Paper:
    """Say everything that a notice says.

    ``before`` holds what each field said in the notice that this one follows, by key: then
    the paper lists what has changed. Raise ``BarredError`` where it would say what the law
    forbids, ``FieldFaultError`` for an answer that a field does not take.
    """
    bars = barred(matter.result, template)
    letter = template.layout == "letter"
    outward = matter.result.recipient.kind in table("words.toml")["delicate"]["kinds"]
    days = letter or template.days_only or (outward and matter.zone_assumed)
    stage = _stage(template, matter, bars)
    matter = replace(matter, days_only=days, stage=stage.name if stage else None)
    asked: dict[str, bool] = {}
    names = letter_names(names_for(matter, bars), asked, matter)
    sections = (
        letter_sections(template, matter, bars, asked)
        if letter
        else form_sections(template, matter, bars)
    )
    intro, closing = (
        tuple(x for x in words(text, names, template.id).split("\n") if x.strip()) if text else ()
        for text in (_text(template, "intro"), template.closing)
    )
    running = [*intro, *closing, *(x for s in sections for b in s.blocks for x in b.lines)]
    missing = [gap for text in running for gap in gaps(text)]
    missing += [entry.label for part in sections for entry in part.entries if entry.open]
    due = [x for part in sections for x in part.entries if _due(x)]
    lacking = [entry.label for entry in due if entry.open]
    if letter:
        lacking = list(dict.fromkeys(missing))
    paper = Paper(
        template,
        words(template.title, names, template.id),
        words(_text(template, "subject") or "", names, template.id),
        intro,
        closing,
        sections,
        tuple(dict.fromkeys(missing)) if letter else tuple(missing),
        lacking=tuple(lacking),
        asked=max(len(asked), len(lacking)) if letter else len(due),
        stage=stage.say if stage else None,
        changes=None if before is None else tuple(_changes(sections, before)),
    )
    _refuse_barred(paper, matter, bars)
    return paper


def _stage(template: TemplateShape, matter: Matter, bars: frozenset[str]) -> StageShape | None:
    """Find the stage; one that rests on a fact is taken where that is certain."""
    names = names_for(matter, bars)

    def holds(stage: StageShape) -> bool:
        return truth_of(stage.when, names, f"{template.id}/{stage.name}") is True

    return template.stage_of(matter.result, holds)


def _text(template: TemplateShape, name: str) -> str | None:
    """Take a text of the template, or the one that all forms share."""
    own = getattr(template, name)
    shared = table("filing/index.toml")["shared"].get(name)
    return str(own) if own is not None else shared


def _due(entry: Entry) -> bool:
    """Say whether the form is not complete without this field."""
    return entry.required == "always" and entry.state in ("known", "to_follow")


def _changes(sections: Iterable[Section], before: Mapping[str, Sequence[str]]) -> Iterator[Change]:
    for entry in (x for part in sections for x in part.entries):
        told = tuple(before.get(entry.key, ()))
        if told != entry.lines:
            yield Change(entry.label, told, entry.lines)


_TELLING = 12  # shorter texts may stand in a notice by chance


def _refuse_barred(paper: Paper, matter: Matter, bars: frozenset[str]) -> None:
    """Look for what is forbidden in the finished text: the last door before paper."""
    text = said(paper)
    for key in sorted(bars):
        forbidden = filled(key, matter).text or ""
        for line in forbidden.split("\n"):
            if len(line) >= _TELLING and line in text:
                message = f'the notice would hold "{line}", which its law forbids'
                raise BarredError(matter.result.key, message)
