"""The shapes of the templates, and what one of them says for one duty.

A template is a folder with a template.toml: sections of fields (a form) or of blocks (a
letter). Its expressions run in Jinja's sandbox over the names of ``names_for``; a fact
that is not known is ``None`` there, never an error, while a misspelt one is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Literal, NamedTuple

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field

from regengine.assessment import ContentItem, Filed, Result
from regengine.documents.content import (
    Filled,
    Matter,
    discovery,
    filled,
    happening,
    headcount,
    named,
    people_by_place,
)
from regengine.documents.outputs import address_of, label, phrase, place_name, residence, table
from regengine.documents.wording import capital, joined, labels, range_text, sentence, slug
from regengine.errors import Fault, InputError
from regengine.facts import Moment
from regengine.law import RecipientKind
from regengine.truth import Range, Truth, some

# Characters of the private use area that enclose a gap in running text.
GAP_OPENS, GAP_CLOSES = "\ue000", "\ue001"


class TemplateFaultError(ValueError):
    """A template that cannot be used, with its folder and the place in it."""


class BarredError(InputError):
    """A notice that would say what its law forbids."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__([Fault(key, "", message)])


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldShape(_Shape):
    """One field of a form: filled from a fill key or an expression, if ``when`` holds.

    With both, the expression says what the field says, and the key what it answers.
    ``answers`` is a pattern of the law's items that it answers as well, in other words.
    """

    key: str
    label: str
    fill: str | None = None
    value: str | None = None
    when: str | None = None
    basis: str | None = None
    optional: bool = False
    answers: str | None = None


class BlockShape(_Shape):
    """One paragraph, or one list (each line of ``lines`` an item), of a letter.

    ``covers`` names the fill keys that the block answers; a barred one drops it.
    ``answers`` is a pattern of items without a fill key that it answers as well.
    """

    text: str | None = None
    lines: str | None = None
    when: str | None = None
    covers: tuple[str, ...] = ()
    answers: str | None = None


class SectionShape(_Shape):
    """A heading with fields or blocks; ``items`` takes in what the law itself lists.

    ``content``: all of it, and fields of the template that say the same give way.
    ``rest``: what no field of the template says already.
    """

    title: str
    when: str | None = None
    theme: str | None = None
    items: Literal["content", "rest"] | None = None
    field: tuple[FieldShape, ...] = ()
    block: tuple[BlockShape, ...] = ()


class TemplateShape(_Shape):
    """One template.toml."""

    id: str
    layout: Literal["form", "letter"] = "form"
    title: str
    subject: str
    intro: str | None = None
    closing: str | None = None
    attach: Literal["result", "none"] = "result"
    docx: bool = False
    days_only: bool = False  # moments without their time of day; letters never have it
    signature: bool = True
    bars: tuple[str, ...] = ()
    section: tuple[SectionShape, ...] = Field(min_length=1)


class RouteShape(_Shape):
    """Which template a result takes: all the lists that are given must match."""

    folder: str
    ids: tuple[str, ...] = ()
    kinds: tuple[RecipientKind, ...] = ()
    places: tuple[str, ...] = ()


class Entry(NamedTuple):
    """One field as printed; ``open`` where it is still to be completed."""

    key: str
    label: str
    lines: tuple[str, ...]
    open: bool
    basis: str | None


class Block(NamedTuple):
    """One paragraph or list as printed; gaps stand between the gap characters."""

    lines: tuple[str, ...]
    bullets: bool


class Section(NamedTuple):
    """A heading and what stands under it."""

    title: str
    entries: tuple[Entry, ...]
    blocks: tuple[Block, ...]


class Paper(NamedTuple):
    """Everything that one notice says, before it is laid out."""

    template: TemplateShape
    title: str
    subject: str
    intro: tuple[str, ...]
    closing: tuple[str, ...]
    sections: tuple[Section, ...]
    to_follow: tuple[str, ...]


@cache
def template_at(path: str) -> TemplateShape:
    """Read a template's folder.

    >>> template_at("filing/record").title
    'Internal record of a security incident'
    """
    return TemplateShape.model_validate(table(f"{path}/template.toml"))


@cache
def _routes() -> tuple[RouteShape, ...]:
    return tuple(RouteShape.model_validate(row) for row in table("filing/index.toml")["route"])


def _matches(value: str, patterns: Iterable[str]) -> bool:
    patterns = tuple(patterns)
    return not patterns or any(fnmatchcase(value, pattern) for pattern in patterns)


def route(result: Result) -> str:
    """Choose the template's folder: the first route whose lists all match.

    Raise ``TemplateFaultError`` where none does.
    """
    for row in _routes():
        kind = not row.kinds or result.recipient.kind in row.kinds
        if kind and _matches(result.id, row.ids) and _matches(result.jurisdiction, row.places):
            return row.folder
    message = f"filing/index.toml: no route for {result.key} ({result.recipient.kind})"
    raise TemplateFaultError(message)


def american(result: Result) -> bool:
    """Say whether the recipient reads American dates on Letter paper."""
    return any(fnmatchcase(result.jurisdiction, x) for x in table("filing/index.toml")["letter"])


# -- expressions ------------------------------------------------------------------------


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    # Plain text, escaped when the page is laid out.
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False
    )  # reason: text, not html


@cache
def _expression(source: str) -> Callable[..., Any]:
    return _environment().compile_expression(source, undefined_to_none=False)


def _any_of(values: Iterable[bool | None]) -> bool | None:
    """Join by "or"; ``None`` where an unknown could still make it true."""
    told = some(Truth.of(value) for value in values)
    return None if told is Truth.UNKNOWN else told is Truth.TRUE


def _read(matter: Matter, path: str) -> object:
    """Read a fact for printing; a range becomes words."""
    found = _walk(matter, path)
    return range_text(found) if isinstance(found, Range) else found


def _walk(matter: Matter, path: str) -> object:
    """Walk to a fact; ``None`` while unknown, ``AttributeError`` for a wrong path."""
    found: object = matter.incident
    for part in path.split("."):
        if found is None:
            return None
        if isinstance(found, Mapping):
            found = found.get(part)
            continue
        names = type(found).model_fields if isinstance(found, BaseModel) else {}
        name = f"{part}_" if f"{part}_" in names else part
        if name not in names:
            message = f'no fact "{path}" (at "{part}")'
            raise AttributeError(message)
        found = getattr(found, name)
    return found


def _told(sentence_: Filled, key: str) -> str:
    """Mark in a sentence what is missing of it; all of it where nothing is known."""
    if sentence_.text is None:
        return _gap(label("fills", key))
    missing = _gap(phrase("in_full", item=label("fills", key)))
    return sentence_.text if sentence_.known else f"{sentence_.text} {missing}"


class _Asked:
    """What a template's expressions may ask of one matter; ``None`` means not known."""

    def __init__(self, matter: Matter, bars: frozenset[str]) -> None:
        self.matter, self.bars = matter, bars
        self.happening = matter.incident.incident

    def filled(self, key: str) -> Filled:
        if key in self.bars:
            raise BarredError(self.matter.result.key, f'the law forbids "{key}" in this notice')
        return filled(key, self.matter)

    def fill(self, key: str) -> str | None:
        return self.filled(key).text

    def known(self, key: str) -> bool:
        return self.filled(key).known

    def fact(self, path: str) -> object:
        return _read(self.matter, path)

    def kind(self, *words: str) -> bool | None:
        kinds = self.happening.kinds
        if kinds is None:
            return True if set(words) & set(self.happening.kinds_possible) else None
        return bool(set(words) & set(kinds))

    def data(self, *words: str) -> bool | None:
        groups = self.matter.groups()
        if self.held(*words):
            return True
        unsettled = any(
            group.data is None or set(group.data_possible) & set(words) for group in groups
        )
        return None if unsettled or not groups else False

    def held(self, *words: str) -> list[str]:
        present = {word for group in self.matter.groups() for word in group.data or ()}
        return [word for word in words if word in present]

    def judgement(self, name: str) -> str | None:
        given = self.matter.incident.judgements.get(name)
        return given.value if given else None

    def judgement_why(self, name: str) -> str | None:
        given = self.matter.incident.judgements.get(name)
        return given.why if given else None

    def compare(self, path: str, operator: str, threshold: float) -> bool | None:
        count = _walk(self.matter, path)
        if not isinstance(count, Range):
            return None
        answer = count.compare(operator, threshold)
        return None if answer is Truth.UNKNOWN else answer is Truth.TRUE

    def moment(self, event: str) -> str | None:
        found = self.matter.moment(event)
        return self.matter.say(found) if found else None

    def named(self, event: str) -> str | None:
        return named(self.matter, event)

    def happened(self) -> str:
        return _told(happening(self.matter), "occurred")

    def found(self) -> str:
        return _told(discovery(self.matter), "discovered")

    def moment_text_of(self, filed: Filed) -> str:
        return self.matter.say(Moment.of(filed.at))

    def answer(self, key: str) -> object:
        return self.matter.incident.answers.get(key)

    def same_duty(self) -> list[str]:
        """List who else is owed this duty."""
        result, assessment = self.matter.result, self.matter.assessment
        return [
            other.recipient.name
            for other in (assessment.obligations if assessment else ())
            if other.id == result.id and other.key != result.key and other.status == "required"
        ]

    def exact_total(self) -> bool:
        people = headcount(self.matter.incident.affected or ())
        return people.at_least == people.at_most


_ASKED = (
    "fill", "known", "fact", "kind", "data", "held", "judgement", "judgement_why", "compare",
    "moment", "named", "happened", "found", "moment_text_of", "answer",
)  # fmt: skip  # reason: a vocabulary reads better in lines of words


def names_for(matter: Matter, bars: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the names that a template's expressions may use."""
    asked = _Asked(matter, bars)
    groups = matter.groups()
    return {
        **{name: getattr(asked, name) for name in _ASKED},
        "result": matter.result,
        "us": matter.american,
        "place": place_name(matter.result.jurisdiction),
        "address": address_of(matter.incident.organisation),
        "place_of": lambda code: place_name(code) if code else None,
        "place_names": lambda codes: joined(place_name(code) for code in codes or ()),
        "places": [
            phrase("place_line", place=residence(code), count=range_text(count))
            for code, count in people_by_place(groups)
        ],
        "children": _any_of(group.children for group in groups) if groups else None,
        "group_labels": [group.label or group.group for group in groups],
        "exact_total": asked.exact_total(),
        "same_duty": asked.same_duty(),
        "told_before": [x for x in matter.result.filed if x.how in ("sent", "received")],
        "open_items": 0,
        "barred": bars,
        "gap": lambda text: text,
        "joined": joined,
        "label": label,
        "labels": labels,
        "sentence": sentence,
    }


def _evaluate(
    source: str, names: Mapping[str, Any], place: str
) -> Any:  # reason: an expression's value
    try:
        return _expression(source)(**names)
    except BarredError:
        raise
    except Exception as error:
        message = f"{place}: {source!r}: {error}"
        raise TemplateFaultError(message) from error


def _holds(condition: str | None, names: Mapping[str, Any], place: str) -> bool:
    """Say whether something is to be printed: what is not known yet is."""
    return condition is None or _evaluate(condition, names, place) is not False


def _lines(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(line for line in value.split("\n") if line.strip())
    if isinstance(value, bool):
        return (label("judgement_values", str(value).lower()),)
    if isinstance(value, list | tuple):
        return tuple(str(item) for item in value)
    return (str(value),)


# -- forms ------------------------------------------------------------------------------


def _entry(shape: FieldShape, template: TemplateShape, names: Mapping[str, Any]) -> Entry | None:
    place = f"{template.id}.{shape.key}"
    given = names["answer"](place)
    if given is None and (shape.fill in names["barred"] or not _holds(shape.when, names, place)):
        return None
    if given is not None:
        return Entry(shape.key, shape.label, _lines(given), open=False, basis=shape.basis)
    if shape.fill is not None and shape.value is None:
        lines = tuple(map(capital, _lines(names["fill"](shape.fill))))
        known = bool(names["known"](shape.fill))
        if known and not lines:
            return None
        return Entry(shape.key, shape.label, lines, open=not known, basis=shape.basis)
    lines = _lines(_evaluate(shape.value, names, place)) if shape.value else ()
    lines = tuple(map(capital, lines))
    if not lines and shape.optional:
        return None
    missing = not lines or bool(gaps("\n".join(lines)))
    return Entry(shape.key, shape.label, lines, open=missing, basis=shape.basis)


def content_items(result: Result) -> tuple[ContentItem, ...]:
    """List what the law asks the notice to say; the plain words where no facts fill them.

    A fill key that cannot answer the words is taken off: free text does not say whether
    something is so, and the list of open facts answers only a question for it.
    """
    items = result.content_items or tuple(ContentItem(say=say) for say in result.content)
    return tuple(item if _fits(item) else ContentItem(say=item.say) for item in items)


def _fits(item: ContentItem) -> bool:
    words = table("words.toml")
    if item.fill == "open":
        return bool(re.search(words["open_asks"]["pattern"], item.say, flags=re.IGNORECASE))
    asks = item.say.startswith(tuple(words["yes_or_no"]["words"]))
    return not asks or item.fill in words["yes_or_no"]["fills"]


def _lacks(item: ContentItem, text: str) -> bool:
    """Say whether an answer lacks what the item asks for by name, such as a telephone number."""
    row = table("words.toml")["must_hold"].get(item.fill)
    asked = row is not None and re.search(row["asks"], item.say, flags=re.IGNORECASE)
    return bool(text) and bool(asked) and row["holds"] not in text


def _item_entry(
    item: ContentItem, names: Mapping[str, Any], result: Result, said: dict[str, str]
) -> Entry | None:
    """Answer one item; ``said`` holds the label under which each fill key stands already."""
    title = sentence(item.say).rstrip(".")
    key = slug(item.say)
    given = names["answer"](f"{result.id}.{key}")
    if given is not None:
        return Entry(key, title, _lines(given), open=False, basis=None)
    if item.fill in names["barred"]:
        return None
    if item.fill is None:
        return Entry(key, title, (), open=True, basis=None)
    lines = tuple(map(capital, _lines(names["fill"](item.fill))))
    known = bool(names["known"](item.fill)) and not _lacks(item, "\n".join(lines))
    if known and not lines:
        return Entry(key, title, (phrase("does_not_apply"),), open=False, basis=None)
    if item.fill in said and "\n".join(lines) and known:
        # The same facts can hardly answer two questions in full: somebody must look.
        seen = (phrase("see_above", title=said[item.fill]),)
        return Entry(key, title, seen, open=True, basis=None)
    said.setdefault(item.fill, title)
    return Entry(item.fill, title, lines, open=not known, basis=None)


def _item_sections(
    names: Mapping[str, Any], result: Result, without: Iterable[FieldShape] = ()
) -> list[Section]:
    """Sort the law's own items under the themes of words.toml, in their order.

    What a field of ``without`` says already is left out.
    """
    words = table("words.toml")
    asked = content_items(result) or _default_items(result)
    said_by = {field.fill for field in without} - {None}
    if {"occurred", "discovered"} <= said_by:
        said_by.add("dates")  # nothing else than these two
    patterns = [field.answers for field in without]
    items = tuple(
        item for item in asked if item.fill not in said_by and not _answered(item, patterns)
    )
    under: dict[str, list[Entry]] = {theme: [] for theme in words["themes"]}
    said: dict[str, str] = {}
    for item in sorted(items, key=lambda item: _theme_rank(item.fill)):
        entry = _item_entry(item, names, result, said)
        if entry is not None:
            under[words["fill_themes"].get(item.fill, "other")].append(entry)
    return [
        Section(words["themes"][theme], tuple(entries), ())
        for theme, entries in under.items()
        if entries
    ]


def _default_items(result: Result) -> tuple[ContentItem, ...]:
    contract = result.law_status == "contractual"
    keys = table("filing/index.toml")["contract_items" if contract else "default_items"]
    return tuple(ContentItem(say=label("fills", key), fill=key) for key in keys)


def _theme_rank(key: str | None) -> int:
    words = table("words.toml")
    return list(words["themes"]).index(words["fill_themes"].get(key, "other"))


# -- letters ----------------------------------------------------------------------------


def _gap(text: str) -> str:
    return f"{GAP_OPENS}{text}{GAP_CLOSES}"


def gaps(text: str) -> list[str]:
    r"""List the gaps in a running text.

    >>> gaps("on \ue000the date\ue001, we")
    ['the date']
    """
    return re.findall(f"{GAP_OPENS}(.*?){GAP_CLOSES}", text, flags=re.DOTALL)


def _letter_names(names: Mapping[str, Any]) -> dict[str, Any]:
    """Make ``fill`` mark what is missing, since running text cannot leave it out."""

    def fill_or_gap(key: str) -> str:
        text, known = names["fill"](key), names["known"](key)
        if text is None:
            return "" if known else _gap(label("fills", key))
        missing = _gap(phrase("in_full", item=label("fills", key)))
        return str(text) if known else f"{text} {missing}"

    return {**names, "fill": fill_or_gap, "gap": _gap}


def _words(source: str, names: Mapping[str, Any], place: str) -> str:
    try:
        return _environment().from_string(source).render(**names).strip()
    except BarredError:
        raise
    except Exception as error:
        message = f"{place}: {source!r}: {error}"
        raise TemplateFaultError(message) from error


def _block(
    shape: BlockShape, names: Mapping[str, Any], bars: frozenset[str], place: str
) -> Block | None:
    if bars & set(shape.covers) or not _holds(shape.when, names, place):
        return None
    source = shape.text if shape.text is not None else shape.lines or ""
    lines = tuple(line for line in _words(source, names, place).split("\n") if line.strip())
    return Block(lines, bullets=shape.lines is not None) if lines else None


class _Statement(_Shape):
    pattern: str
    theme: str
    text: str | None = None
    fill: str | None = None
    when: str | None = None


@cache
def _statements() -> tuple[_Statement, ...]:
    rows = table("letter/statements.toml")["statement"]
    return tuple(_Statement.model_validate(row) for row in rows)


def _stated(item: ContentItem) -> bool:
    """Say whether an item asks for a statement of its own, whatever fills it."""
    return any(re.search(x.pattern, item.say, flags=re.IGNORECASE) for x in _statements())


def _missing(item: ContentItem) -> Block:
    return Block((_gap(sentence(item.say).rstrip(".")),), bullets=False)


def _statement(
    item: ContentItem, names: Mapping[str, Any], bars: frozenset[str]
) -> tuple[str, Block] | None:
    """Find the words for an item that no block covers; a gap where there are none."""
    for row in _statements():
        if re.search(row.pattern, item.say, flags=re.IGNORECASE):
            if row.fill in bars or not _holds(row.when, names, row.pattern):
                return None
            lines = _words(row.text or "", names, row.pattern).split("\n")
            return row.theme, Block(tuple(line for line in lines if line.strip()), bullets=False)
    theme = table("letter/statements.toml")["default_theme"]
    if item.fill is not None and names["fill"](item.fill):
        title = sentence(item.say).rstrip(".")
        line = phrase("stated", title=title, text=names["fill"](item.fill))
        return theme, Block(tuple(line.split("\n")), bullets=False)
    return theme, _missing(item)


def barred(result: Result, template: TemplateShape) -> frozenset[str]:
    """List the fill keys that this notice must not use.

    The template's own, and those that the words of ``result.forbidden`` point to.
    """
    found = set(template.bars)
    for row in table("letter/bars.toml")["bar"]:
        if any(re.search(row["pattern"], said, flags=re.IGNORECASE) for said in result.forbidden):
            found |= set(row["fills"])
    return frozenset(found)


def _answered(item: ContentItem, patterns: Iterable[str | None]) -> bool:
    return any(x and re.search(x, item.say, flags=re.IGNORECASE) for x in patterns)


def _letter_sections(
    template: TemplateShape, matter: Matter, bars: frozenset[str]
) -> tuple[Section, ...]:
    names = _letter_names(names_for(matter, bars))
    covered = {key for part in template.section for block in part.block for key in block.covers}
    answered = [block.answers for part in template.section for block in part.block]
    extra: dict[str, list[Block]] = {}
    for item in content_items(matter.result):
        if item.fill in bars or _answered(item, answered):
            continue
        if item.fill in covered and not _stated(item):
            if _lacks(item, names["fill"](item.fill)):
                extra.setdefault("more", []).append(_missing(item))
            continue
        given = names["answer"](f"{matter.result.id}.{slug(item.say)}")
        said = (
            ("more", Block(_lines(given), bullets=False))
            if given is not None
            else _statement(item, names, bars)
        )
        if said is not None and said[1] not in extra.setdefault(said[0], []):
            extra[said[0]].append(said[1])
    themes = [part.theme for part in template.section]
    sections = []
    for part in template.section:
        place = f"{template.id}/{part.title}"
        blocks = [_block(shape, names, bars, place) for shape in part.block]
        own = extra.get(part.theme or "", [])
        if part is template.section[-1]:
            own = own + [x for theme, found in extra.items() if theme not in themes for x in found]
        new = (block for block in own if block not in blocks)  # nothing is said twice
        kept = tuple(block for block in (*blocks, *new) if block is not None and block.lines)
        if kept and _holds(part.when, names, place):
            sections.append(Section(part.title, (), kept))
    return tuple(sections)


def _form_sections(
    template: TemplateShape, matter: Matter, bars: frozenset[str]
) -> tuple[Section, ...]:
    """Fill a form twice: only then is it known how many of its items stay open."""
    names = names_for(matter, bars)
    first = _fields(template, names, matter.result)
    still_open = sum(entry.open for part in first for entry in part.entries)
    return _fields(template, {**names, "open_items": still_open}, matter.result)


def _fields(
    template: TemplateShape, names: Mapping[str, Any], result: Result
) -> tuple[Section, ...]:
    sections: list[Section] = []
    takes_all = any(part.items == "content" for part in template.section)
    listed = {item.fill for item in content_items(result) if item.fill} if takes_all else set()
    own = tuple(field for part in template.section for field in part.field)
    for part in template.section:
        place = f"{template.id}/{part.title}"
        if not _holds(part.when, names, place):
            continue
        if part.items is not None:
            sections.extend(_item_sections(names, result, own if part.items == "rest" else ()))
            continue
        entries = [
            _entry(shape, template, names) for shape in part.field if shape.fill not in listed
        ]
        kept = tuple(entry for entry in entries if entry is not None)
        if kept:
            sections.append(Section(part.title, kept, ()))
    return tuple(sections)


def compose(template: TemplateShape, matter: Matter) -> Paper:
    """Say everything that a notice says.

    Raise ``BarredError`` where it would say what the law forbids.
    """
    bars = barred(matter.result, template)
    letter = template.layout == "letter"
    outward = matter.result.recipient.kind in table("words.toml")["delicate"]["kinds"]
    days = letter or template.days_only or (outward and matter.zone_assumed)
    matter = replace(matter, days_only=days)
    sections = (
        _letter_sections(template, matter, bars)
        if letter
        else _form_sections(template, matter, bars)
    )
    names = _letter_names(names_for(matter, bars))
    intro, closing = (
        tuple(_words(text, names, template.id).split("\n")) if text else ()
        for text in (template.intro, template.closing)
    )
    running = [*intro, *closing, *(x for s in sections for b in s.blocks for x in b.lines)]
    missing = [gap for text in running for gap in gaps(text)]
    missing += [entry.label for part in sections for entry in part.entries if entry.open]
    paper = Paper(
        template,
        template.title,
        _words(template.subject, names, template.id),
        intro,
        closing,
        sections,
        tuple(dict.fromkeys(missing)) if letter else tuple(missing),
    )
    _refuse_barred(paper, matter, bars)
    return paper


_TELLING = 12  # shorter texts may stand in a notice by chance


def said(paper: Paper) -> str:
    """Join everything that a notice says into one text."""
    parts = [paper.title, paper.subject, *paper.intro, *paper.closing]
    for section in paper.sections:
        parts += [section.title, *(x for block in section.blocks for x in block.lines)]
        parts += [x for entry in section.entries for x in (entry.label, *entry.lines)]
    return "\n".join(parts)


def _refuse_barred(paper: Paper, matter: Matter, bars: frozenset[str]) -> None:
    """Look for what is forbidden in the finished text: the last door before paper."""
    text = said(paper)
    for key in sorted(bars):
        forbidden = filled(key, matter).text or ""
        for line in forbidden.split("\n"):
            if len(line) >= _TELLING and line in text:
                message = f'the notice would hold "{line}", which its law forbids'
                raise BarredError(matter.result.key, message)
