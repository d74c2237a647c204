"""Forms: each field known, to follow, not applicable, or an option left blank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from regengine.assessment import ContentItem, Result
from regengine.documents.content import Matter
from regengine.documents.expressions import (
    evaluate,
    holds,
    lines_of,
    names_for,
    truth_of,
)
from regengine.documents.items import (
    content_items,
    default_items,
    is_answered,
    lacks,
)
from regengine.documents.outputs import label, phrase, table
from regengine.documents.paper import Choice, Entry, Section, State, gaps
from regengine.documents.templates import (
    FieldShape,
    OptionShape,
    SectionShape,
    TemplateShape,
)
from regengine.documents.wording import capital, joined, sentence, slug
from regengine.errors import Fault, InputError, suggest


class FieldFaultError(InputError):
    """An answer, or a fact, that a form's field does not take."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__([Fault("", f"answers.{field}", message)])


class _Filling:
    """One form being filled for one matter."""

    def __init__(
        self, template: TemplateShape, matter: Matter, bars: frozenset[str], open_items: int
    ) -> None:
        self.template, self.matter, self.bars = template, matter, bars
        self.names = {**names_for(matter, bars), "open_items": open_items}
        # A field for a date alone is told without the time of day.
        days = matter if matter.days_only else replace(matter, days_only=True)
        self.days = {**names_for(days, bars), "open_items": open_items}

    def sections(self) -> tuple[Section, ...]:
        """Fill all sections; the law's own items stand where the template takes them in."""
        template, result = self.template, self.matter.result
        takes_all = any(part.items == "content" for part in template.section)
        listed = {item.fill for item in content_items(result) if item.fill} if takes_all else set()
        parts = [part for part in template.section if self._asked_at_this_stage(part.stages)]
        # What only another stage says is not said here.
        asked = [x for part in parts for x in part.field if self._asked_at_this_stage(x.stages)]
        found: list[Section] = []
        for part in parts:
            if part.items is not None:
                if holds(part.when, self.names, f"{template.id}/{part.title}"):
                    rest = asked if part.items == "rest" else ()
                    found.extend(_item_sections(self.names, result, rest))
                continue
            found.extend(self._section(part, listed))
        return tuple(found)

    def _asked_at_this_stage(self, stages: tuple[str, ...]) -> bool:
        return not stages or self.matter.stage is None or self.matter.stage in stages

    def _section(self, part: SectionShape, listed: set[str]) -> Iterable[Section]:
        place = f"{self.template.id}/{part.title}"
        applies = holds(part.when, self.names, place)
        if not applies and not self.template.mirrors:
            return
        entries = [
            entry
            for shape in part.field
            if shape.fill not in listed and self._asked_at_this_stage(shape.stages)
            for entry in self._entry(shape, applies=applies)
        ]
        if entries:
            yield Section(part.title, tuple(entries), ())

    def _entry(self, shape: FieldShape, *, applies: bool) -> Iterable[Entry]:
        """Fill one field; our own forms leave out what does not apply, or is left blank."""
        place = f"{self.template.id}.{shape.key}"
        given = self._given(shape.key)
        empty = Entry(
            shape.key,
            shape.label,
            (),
            "not_applicable",
            basis=shape.basis,
            field=place,
            shared=shape.fill,
            kind=shape.kind,
            required=shape.required,
            limit=shape.limit,
            local=shape.local,
            hint=shape.hint,
        )
        if given is not None:
            yield self._checked(self._answered(empty, shape, given), shape)
            return
        if shape.fill in self.bars:
            return
        if not applies or truth_of(shape.when, self.names, place) is False:
            if self.template.mirrors:
                yield empty._replace(choices=_unchosen(shape))
            return
        entry = self._filled(empty, shape)
        if entry.state in ("blank", "not_applicable") and not self.template.mirrors:
            return
        yield self._checked(entry, shape)

    def _given(self, key: str) -> object:
        """Find an answer under the form's id, else under that of the form which it extends."""
        given: object = None
        for form in (self.template.id, *_extended(self.template)):
            given = given if given is not None else self.names["answer"](f"{form}.{key}")
        return given

    # -- what the facts give --------------------------------------------------------

    def _filled(self, empty: Entry, shape: FieldShape) -> Entry:
        names = self.days if shape.kind == "date" else self.names
        if any(option.when or option.otherwise for option in shape.options):
            return self._chosen(empty, shape, names)
        if shape.value is None and shape.fill is not None:
            lines = tuple(map(capital, lines_of(names["fill"](shape.fill))))
            known = bool(names["known"](shape.fill))
            if known and not lines:
                return empty
        else:
            value = evaluate(shape.value, names, empty.field) if shape.value else None
            lines = _written(value, shape)
            known = bool(lines) and not gaps("\n".join(lines))
        if shape.options:  # the expression names one of them
            return self._answered(empty, shape, list(lines)) if known else _open(empty, shape)
        if not lines and shape.required == "optional":
            return empty._replace(state="blank")
        return empty._replace(lines=lines, state="known" if known else "to_follow")

    def _chosen(self, empty: Entry, shape: FieldShape, names: Mapping[str, Any]) -> Entry:
        """Choose options by their conditions; a choice of one takes the first that holds."""
        choices = [
            Choice(option.say, self._holds(option, names, empty.field)) for option in shape.options
        ]
        choices = _with_otherwise(choices, shape)
        if shape.kind == "choice":
            choices = _first_alone(choices)
        lines = tuple(choice.say for choice in choices if choice.chosen)
        undecided = [choice.say for choice in choices if choice.chosen is None]
        settled = bool(lines) and not undecided
        state: State = "known" if settled else "to_follow"
        if not lines and shape.required == "optional":
            state = "blank"
        decidable = sum(1 for option in shape.options if option.when or option.otherwise)
        if undecided and state == "to_follow" and len(undecided) < decidable:
            lines = (*lines, phrase("undecided", options=joined(undecided)))
        return empty._replace(lines=lines, state=state, choices=tuple(choices))

    def _holds(self, option: OptionShape, names: Mapping[str, Any], place: str) -> bool | None:
        if option.when is None:
            return False
        return truth_of(option.when, names, f"{place}: {option.say}")

    # -- what counsel answered ------------------------------------------------------

    def _answered(self, empty: Entry, shape: FieldShape, given: object) -> Entry:
        if shape.options:
            return self._picked(empty, shape, given)
        return empty._replace(lines=_written(given, shape, place=empty.field), state="known")

    def _picked(self, empty: Entry, shape: FieldShape, given: object) -> Entry:
        """Take the options that an answer names; one that the form has not is refused."""
        words = given if isinstance(given, list | tuple) else [given]
        said = {option.say.casefold(): option.say for option in shape.options}
        picked = []
        for word in words:
            name = label("judgement_values", str(word).lower()) if isinstance(word, bool) else word
            found = said.get(str(name).casefold())
            if found is None and not shape.open_list:
                known = [option.say for option in shape.options]
                message = f'"{word}" is no option of "{shape.label}"{suggest(str(word), known)}'
                raise FieldFaultError(empty.field, f"{message}; allowed: {'; '.join(known)}")
            picked.append(found or str(name))
        if shape.kind == "choice" and len(picked) > 1:
            message = f'"{shape.label}" takes one option, found {len(picked)}'
            raise FieldFaultError(empty.field, message)
        choices = [Choice(option.say, option.say in picked) for option in shape.options]
        choices += [Choice(word, chosen=True) for word in picked if word.casefold() not in said]
        return empty._replace(lines=tuple(picked), state="known", choices=tuple(choices))

    def _checked(self, entry: Entry, shape: FieldShape) -> Entry:
        """Refuse what is longer than the form takes: a portal would cut it off unseen."""
        length = len("\n".join(entry.lines))
        if shape.limit is not None and length > shape.limit and not shape.options:
            message = f'{length} characters; "{shape.label}" takes {shape.limit}: answer it shorter'
            raise FieldFaultError(entry.field, message)
        return entry


def _extended(template: TemplateShape) -> tuple[str, ...]:
    return (template.extends.rpartition("/")[2],) if template.extends else ()


def _unchosen(shape: FieldShape) -> tuple[Choice, ...]:
    return tuple(Choice(option.say, chosen=False) for option in shape.options)


def _open(empty: Entry, shape: FieldShape) -> Entry:
    choices = tuple(Choice(option.say, None) for option in shape.options)
    state: State = "blank" if shape.required == "optional" else "to_follow"
    return empty._replace(state=state, choices=choices)


def _with_otherwise(choices: list[Choice], shape: FieldShape) -> list[Choice]:
    """Decide the option that stands for everything else."""
    others = [
        choice.chosen
        for choice, option in zip(choices, shape.options, strict=True)
        if not option.otherwise
    ]
    rest = False if True in others else (None if None in others else True)
    return [
        Choice(choice.say, rest) if option.otherwise else choice
        for choice, option in zip(choices, shape.options, strict=True)
    ]


def _first_alone(choices: list[Choice]) -> list[Choice]:
    """Of several that hold the first is chosen; one that may hold before it stays open."""
    found: list[Choice] = []
    taken = False
    for choice in choices:
        found.append(Choice(choice.say, chosen=False) if taken else choice)
        taken = taken or choice.chosen is True
    return found


def _written(value: object, shape: FieldShape, place: str | None = None) -> tuple[str, ...]:
    """Write a value as the field's kind has it; ``place`` is that of an answer to be checked."""
    if shape.kind == "yes_no" and isinstance(value, bool):
        return (capital(label("judgement_values", str(value).lower())),)
    if isinstance(value, datetime | date):
        return (str(value.isoformat()),)
    lines = lines_of(value)
    return lines if place is not None else tuple(map(capital, lines))


def _item_entry(
    item: ContentItem, names: Mapping[str, Any], result: Result, said: dict[str, str]
) -> Entry | None:
    """Answer one item; ``said`` holds the label under which each fill key stands already."""
    title = sentence(item.say).rstrip(".")
    key = slug(item.say)
    field = f"{result.id}.{key}"
    given = names["answer"](field)
    if given is not None:
        return Entry(key, title, lines_of(given), "known", field=field)
    if item.fill in names["barred"]:
        return None
    if item.fill is None:
        return Entry(key, title, (), "to_follow", field=field)
    lines = tuple(map(capital, lines_of(names["fill"](item.fill))))
    known = bool(names["known"](item.fill)) and not lacks(item, "\n".join(lines))
    if known and not lines:
        none = (phrase("does_not_apply"),)
        return Entry(key, title, none, "not_applicable", field=field, shared=item.fill)
    if item.fill in said and "\n".join(lines) and known:
        # The same facts can hardly answer two questions in full: somebody must look.
        seen = (phrase("see_above", title=said[item.fill]),)
        return Entry(key, title, seen, "to_follow", field=field)
    said.setdefault(item.fill, title)
    state: State = "known" if known else "to_follow"
    return Entry(item.fill, title, lines, state, field=field, shared=item.fill)


def _item_sections(
    names: Mapping[str, Any], result: Result, without: Iterable[FieldShape] = ()
) -> list[Section]:
    """Sort the law's own items under the themes of words.toml, in their order.

    What a field of ``without`` says already is left out.
    """
    words = table("words.toml")
    asked = content_items(result) or default_items(result)
    said_by = {field.fill for field in without} - {None}
    if {"occurred", "discovered"} <= said_by:
        said_by.add("dates")  # nothing else than these two
    patterns = [field.answers for field in without]
    items = tuple(
        item for item in asked if item.fill not in said_by and not is_answered(item, patterns)
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


def _theme_rank(key: str | None) -> int:
    words = table("words.toml")
    return list(words["themes"]).index(words["fill_themes"].get(key, "other"))


def form_sections(
    template: TemplateShape, matter: Matter, bars: frozenset[str]
) -> tuple[Section, ...]:
    """Fill a form twice: only then is it known how many of its items stay open.

    Raise ``FieldFaultError`` for an answer that a field does not take.
    """
    first = _Filling(template, matter, bars, 0).sections()
    still_open = sum(entry.open for part in first for entry in part.entries)
    return _Filling(template, matter, bars, still_open).sections()
