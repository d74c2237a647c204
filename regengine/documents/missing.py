"""What the notices of a matter still wait for: one question each, with the key to answer it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from regengine.documents.expressions import questions
from regengine.documents.outputs import label, phrase, table
from regengine.documents.paper import Entry, Paper
from regengine.documents.templates import form_ids, template_at
from regengine.errors import Fault, InputError, suggest
from regengine.facts import Incident


class Missing(NamedTuple):
    """One open question.

    ``answer`` is the key under ``answers`` that fills it; ``fact`` the place in the incident
    file, where there is one. ``filings`` are the keys of the notices that wait for it, and
    ``required`` those of them that are not complete without it.
    """

    question: str
    answer: str
    fact: str | None
    options: tuple[str, ...]
    filings: tuple[str, ...]
    required: tuple[str, ...]


def missing(papers: Iterable[tuple[str, Paper]]) -> tuple[Missing, ...]:
    """List what notices (key and paper) wait for; what holds up most of them comes first."""
    waiting: dict[str, list[_Waiting]] = {}
    for key, paper in papers:
        for part in paper.sections:
            for entry in part.entries:
                if entry.open:
                    waiting.setdefault(_key(entry), []).append(_Waiting(key, part.title, entry))
    found = [_missing(name, entries) for name, entries in waiting.items()]
    return tuple(sorted(found, key=lambda x: (-len(x.required), -len(x.filings), x.answer)))


def _key(entry: Entry) -> str:
    """Choose the key of an answer: of all notices, or of this one where places differ."""
    alone = entry.shared is None or entry.shared in table("filing/questions.toml")["local"]["keys"]
    return entry.field if alone else f"notice.{entry.shared}"


class _Waiting(NamedTuple):
    """One field that waits: the notice's key, and the section in which it stands."""

    key: str
    section: str
    entry: Entry


def _missing(name: str, waiting: list[_Waiting]) -> Missing:
    entry = waiting[0].entry
    return Missing(
        question=_question(waiting[0]),
        answer=name,
        fact=table("filing/questions.toml")["fact"].get(entry.shared),
        options=tuple(choice.say for choice in entry.choices),
        filings=tuple(dict.fromkeys(one.key for one in waiting)),
        required=tuple(dict.fromkeys(one.key for one in waiting if one.entry.required == "always")),
    )


def _question(waiting: _Waiting) -> str:
    entry = waiting.entry
    if entry.shared is None or entry.choices:
        return phrase("field_asked", section=waiting.section, label=entry.label)
    asked = questions().get(entry.shared)
    if asked is not None:
        return str(asked["ask"])
    return phrase("fill_asked", item=label("fills", entry.shared))


def check_answers(incident: Incident) -> None:
    """Refuse answers to fields that a form has not, with the nearest it has."""
    faults = list(_faults(incident))
    if faults:
        raise InputError(faults)


def _faults(incident: Incident) -> Iterator[Fault]:
    forms = set(form_ids())
    for key in incident.answers:
        form, _, field = key.partition(".")
        if form not in forms:
            continue
        known = [shape.key for shape in template_at(f"filing/{form}").fields()]
        if field not in known:
            message = f'the form has no field "{field}"{suggest(field, known)}'
            yield Fault("", f"answers.{key}", message)


def answers_file(found: Iterable[Missing]) -> bytes:
    """Write the open questions as a YAML file to be filled in.

    Each key stands under its question and options; what stays empty stays unknown. It is
    given back with ``regengine file --answers``, or pasted into the incident file.
    """
    lines = [f"# {line}" for line in phrase("answers_head").split("\n")]
    lines.append("answers:")
    for item in found:
        lines.append("")
        lines.extend(_commented(item.question))
        if item.fact is not None:
            lines.extend(_commented(phrase("answer_fact", fact=item.fact)))
        if item.options:
            lines.extend(_commented(phrase("answer_options", options="; ".join(item.options))))
        lines.extend(_commented(phrase("answer_for", keys=", ".join(item.filings))))
        lines.append(f"  {item.answer}:")
    return ("\n".join(lines) + "\n").encode()


def _commented(text: str) -> Iterator[str]:
    """Write a text as comment lines; a line break inside it cannot end the comment."""
    yield from (f"  # {line}" for line in text.splitlines() if line.strip())
