"""The fewest letters that serve all places in play, and why there is more than one.

Two places share a letter where nothing that the one law asks for is forbidden by the
other, where they take the same form, language, dates and paper, and where the letter goes
to the same people. The rest is a question of the fewest groups (``colouring``).

Maintainer's note. A law's content items name what it asks for; its words of prohibition
name, by letter/bars.toml, what it forbids. Nothing else is compared, so that a new law needs
no new code. A duty of a whole country reaches the same people as that of its states: where
the two contradict each other, both letters are written and counsel is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import groupby
from typing import Any, Literal

from regengine.assessment import Assessment, Result
from regengine.documents.colouring import fewest_groups
from regengine.documents.content import Matter
from regengine.documents.items import barred, content_items
from regengine.documents.outputs import label, place_name, table
from regengine.documents.templates import american, route, template_at
from regengine.documents.tongues import Tongue, tongues
from regengine.documents.wording import joined
from regengine.facts import Incident
from regengine.places import load

Reader = Literal["person", "guardian", "kin", "everyone"]


@dataclass(frozen=True, slots=True)
class Variant:
    """One letter: which duties it serves, for whom, in which language, and why.

    ``results`` are keys. ``group`` is the one group of people whom it is for; ``None`` where
    the duty names none, or where a notice to everyone tells of all. ``conflicts`` are for
    counsel: laws that contradict each other about the same people.
    """

    template: str
    results: tuple[str, ...]
    group: str | None
    language: Tongue
    reader: Reader
    american: bool
    reason: str
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Need:
    """What one duty needs of a letter to one group in one language."""

    result: Result
    group: str | None
    language: Tongue
    reader: Reader
    template: str
    asks: frozenset[str]
    bars: frozenset[str]

    @property
    def shape(self) -> tuple[Any, ...]:
        """What must agree before two needs can share a letter."""
        entity = self.result.bound.entity or ""
        told = bool(self.result.went_out)
        return (
            self.group or "",
            self.language.text,
            self.language.wanted,
            self.reader,
            self.template,
            american(self.result),
            entity,
            told,
        )


def variants(
    incident: Incident,
    assessment: Assessment,
    results: Iterable[Result],
    *,
    to_everyone: bool = False,
) -> list[Variant]:
    """Find the fewest letters that serve these duties to tell people.

    Other recipients, and duties that are not owed, are left out. ``to_everyone`` makes notices to the public at large (a
    posting, a press notice), which no group or single reader sets apart. Order: as the
    results stand in the assessment.
    """
    order = {result.key: number for number, result in enumerate(assessment.obligations)}
    chosen = sorted(
        (
            result
            for result in results
            if result.recipient.kind == "individuals" and result.status != "not_required"
        ),
        key=lambda result: order.get(result.key, len(order)),
    )
    needs = [need for result in chosen for need in _needs(incident, result, everyone=to_everyone)]
    # Those with a prohibition come first: what nobody minds joins the leaner letter.
    needs.sort(key=lambda need: (*need.shape, not need.bars))
    found: list[Variant] = []
    for _, members in groupby(needs, key=lambda need: need.shape):
        same = list(members)
        parts = [
            sorted(part, key=lambda need: order.get(need.result.key, len(order)))
            for part in fewest_groups(same, clashes)
        ]
        found += [_variant(incident, part, parts, needs) for part in parts]
    first = {key: number for number, key in enumerate(order)}
    return sorted(found, key=lambda one: _rank(one, first))


def _rank(one: Variant, first: dict[str, int]) -> tuple[Any, ...]:
    readers = ("everyone", "person", "guardian", "kin")
    places = min(first.get(key, len(first)) for key in one.results)
    return (places, one.group or "", readers.index(one.reader), one.language.text)


def clashes(one: _Need, other: _Need) -> bool:
    """Say whether one law forbids what the other asks for."""
    return bool(one.asks & other.bars or other.asks & one.bars)


def asked_for(result: Result) -> frozenset[str]:
    """List the items that a law asks for by name."""
    return frozenset(item.fill for item in content_items(result) if item.fill is not None)


def letter_template(result: Result) -> str:
    """Choose the template: where the nature of the incident is barred, one that is silent."""
    found = route(result)
    silent = str(table("letter/bars.toml")["silent"])
    unsaid = {"nature"} & barred(result, template_at(found))
    return silent if unsaid and template_at(found).layout == "letter" else found


def _needs(incident: Incident, result: Result, *, everyone: bool) -> Iterator[_Need]:
    template = letter_template(result)
    bars = barred(result, template_at(template))
    groups: Sequence[str | None] = [group.group for group in Matter(incident, result).groups()]
    if everyone or not groups:
        groups = [None]
    for group in groups:
        for tongue in tongues(result):
            for reader in _readers(incident, result, group, everyone=everyone):
                yield _Need(result, group, tongue, reader, template, asked_for(result), bars)


def _readers(
    incident: Incident, result: Result, group: str | None, *, everyone: bool
) -> list[Reader]:
    """List who reads the letter: the person, and whoever acts for a child or one who died."""
    if everyone:
        return ["everyone"]
    readers: list[Reader] = ["person"]
    if any(x.children for x in incident.affected or () if group in (None, x.group)):
        readers.append("guardian")
    if any(fnmatchcase(result.id, x) for x in table("letter/bars.toml")["kin"]["ids"]):
        readers.append("kin")
    return readers


# -- reasons -----------------------------------------------------------------------------


def _places(needs: Iterable[_Need]) -> str:
    return joined(dict.fromkeys(place_name(need.result.jurisdiction) for need in needs))


def _items(keys: Iterable[str]) -> str:
    """Name items in few words; those that say much the same are named once."""
    words = table("letter/variants.toml")["items"]
    ordered = [key for key in words if key in set(keys)]
    rest = sorted(set(keys) - set(words))
    named = [words[key] for key in ordered] + [label("fills", key) for key in rest]
    return joined(dict.fromkeys(named[:2]))


def _forbidden(result: Result) -> frozenset[str]:
    """List what the law itself forbids, without what its template leaves out besides."""
    bare = template_at(route(result)).model_copy(update={"bars": ()})
    return barred(result, bare)


def _variant(
    incident: Incident, part: Sequence[_Need], parts: Sequence[Sequence[_Need]], all_: list[_Need]
) -> Variant:
    head = part[0]
    return Variant(
        head.template,
        tuple(need.result.key for need in part),
        head.group,
        head.language,
        head.reader,
        american(head.result),
        " ".join(_reasons(incident, part, parts, all_)),
        tuple(_conflicts(part, all_)),
    )


def _reasons(
    incident: Incident, part: Sequence[_Need], parts: Sequence[Sequence[_Need]], all_: list[_Need]
) -> Iterator[str]:
    words = table("letter/variants.toml")["reason"]
    head = part[0]
    silent = str(table("letter/bars.toml")["silent"])
    if head.template == silent:
        yield words["format"].format(place=_places(part), items=_items(_forbidden(head.result)))
    else:
        name = "one" if len({need.result.jurisdiction for need in part}) > 1 else "single"
        yield words[name].format(places=_places(part))
    for other in parts:
        if other is not part:
            yield from _apart(part, other, words)
    if head.reader in ("guardian", "kin"):
        yield words[head.reader]
    if len({need.group for need in all_}) > 1 and head.group is not None:
        names = [x.label or x.group for x in incident.affected or () if x.group == head.group]
        yield words["group"].format(group=joined(names))
    if len({need.language for need in all_}) > 1:
        yield words["language"].format(language=label("languages", head.language.text))
    if head.language.wanted:
        names = [label("languages", code) for code in head.language.wanted]
        yield words["wanted"].format(languages=joined(names))


def _apart(part: Sequence[_Need], other: Sequence[_Need], words: dict[str, str]) -> Iterator[str]:
    """Say which prohibition keeps two letters apart."""
    for one in part:
        for two in other:
            for bars, asks in ((one, two), (two, one)):
                both = bars.bars & asks.asks
                if both:
                    yield words["apart"].format(
                        others=_places(other),
                        place=_places([bars]),
                        asker=_places([asks]),
                        items=_items(both),
                    )
                    return


def _conflicts(part: Sequence[_Need], all_: Sequence[_Need]) -> Iterator[str]:
    """Name laws that ask to tell the same people what another forbids."""
    words = table("letter/variants.toml")["reason"]
    if part[0].reader == "everyone":
        yield from _read_elsewhere(part, all_, words)
        return
    told: set[str] = set()
    for one in part:
        for two in all_:
            if not _same_people(one, two):
                continue
            for bars, asks in ((one, two), (two, one)):
                both = bars.bars & asks.asks
                line = words["clash"].format(
                    asker=asks.result.law or asks.result.citation,
                    items=_items(both),
                    place=_places([bars]),
                    citation=bars.result.citation,
                )
                if both and line not in told:
                    told.add(line)
                    yield line


def _read_elsewhere(
    part: Sequence[_Need], all_: Sequence[_Need], words: dict[str, str]
) -> Iterator[str]:
    """Name places whose law forbids what a notice to everyone says, and who read it as well."""
    told: set[str] = set()
    for other in all_:
        said = {key for need in part for key in need.asks} & other.bars
        place = other.result.jurisdiction
        if said and other not in part and place not in told:
            told.add(place)
            yield words["public"].format(
                place=_places([other]), items=_items(said), citation=other.result.citation
            )


def _same_people(one: _Need, other: _Need) -> bool:
    """Say whether two duties reach the same people: a place and the country it is part of."""
    if one.result.key == other.result.key or one.group != other.group:
        return False
    here, there = one.result.jurisdiction, other.result.jurisdiction
    places = load()
    return here == there or places.within(here, there) or places.within(there, here)
