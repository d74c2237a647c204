"""One text out of several: what all places share, and inserts for the residents of some.

Each duty's letter is composed for itself, as if it were the only one. What stands in all
of them stands once in the body; what is left is particular to a place and goes to a last
section, under the names of the places that need it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from regengine.assessment import ContentItem, Result
from regengine.documents.items import bars_items, content_items
from regengine.documents.letters import is_general, is_stated
from regengine.documents.outputs import phrase, table
from regengine.documents.paper import Block, Paper, Section, gaps
from regengine.documents.wording import joined
from regengine.places import load

Thing = TypeVar("Thing")


def shared_items(results: Sequence[Result]) -> list[ContentItem]:
    """List the items that stand in the body for everybody, though not every law asks them.

    Those of a duty whose place holds all the others, and statements that are true for
    every reader.
    """
    found: dict[str, ContentItem] = {}
    for result in results:
        whole = _holds_all(result, results)
        for item in content_items(result):
            if whole or is_general(item):
                found.setdefault(item.say, item)
    return list(found.values())


def _holds_all(result: Result, results: Sequence[Result]) -> bool:
    places = load()
    return all(places.within(other.jurisdiction, result.jurisdiction) for other in results)


def with_shared(result: Result, results: Sequence[Result]) -> Result:
    """Let a duty ask for what stands in the body, and forbid what any of the laws forbids.

    Items that two laws ask for in other words are asked for in the first one's, so that
    they are not said, or marked as missing, twice.
    """
    if len(results) == 1:
        return result
    first: dict[tuple[str, bool], ContentItem] = {}
    for other in results:
        for item in content_items(other):
            if item.fill is not None and not is_stated(item):
                first.setdefault((item.fill, _needs(item)), item)
    own = list(content_items(result))
    own += [x for x in shared_items(results) if x not in own]
    # A law that asks for more than the others keeps its own words.
    items = [
        first.get((x.fill, _needs(x)), x) if x.fill is not None and not is_stated(x) else x
        for x in own
    ]
    barring = [bar for other in results for bar in other.forbidden if bars_items(bar)]
    bars = tuple(dict.fromkeys((*result.forbidden, *barring)))
    near = [x for x in results if x.jurisdiction == result.jurisdiction]
    extras = tuple(dict.fromkeys(extra for other in near for extra in other.extras))
    update = {
        "content_items": tuple(dict.fromkeys(items)),
        "forbidden": bars,
        "extras": extras,
    }
    return result.model_copy(update=update)


def _needs(item: ContentItem) -> bool:
    """Say whether an item asks for a thing by name that an answer may lack."""
    row = table("words.toml")["must_hold"].get(item.fill)
    return row is not None and bool(re.search(row["asks"], item.say, flags=re.IGNORECASE))


def merged(papers: Mapping[str, Sequence[Paper]], heading: str) -> Paper:
    """Make one paper out of those of several places.

    ``papers`` holds the papers of each place, by the place's name; ``heading`` is that of
    the inserts, with ``{places}`` in it.
    """
    every = [paper for found in papers.values() for paper in found]
    head = every[0]
    body, inserts = _parted(papers)
    sections = [*body, *_inserted(inserts, heading)]
    text = [*head.intro, *head.closing, *(x for s in sections for b in s.blocks for x in b.lines)]
    missing = tuple(dict.fromkeys(gap for line in text for gap in gaps(line)))
    asked = max(*(paper.asked for paper in every), len(missing))
    return head._replace(sections=tuple(sections), to_follow=missing, lacking=missing, asked=asked)


def _parted(
    papers: Mapping[str, Sequence[Paper]],
) -> tuple[list[Section], dict[str, list[Block]]]:
    """Part the blocks into those of every place, by section, and those of some."""
    titles = _in_order([s.title for s in paper.sections] for x in papers.values() for paper in x)
    body: list[Section] = []
    inserts: dict[str, list[Block]] = {place: [] for place in papers}
    for title in titles:
        here = {place: _blocks(found, title) for place, found in papers.items()}
        order = _in_order(here.values())
        shared = [block for block in order if all(block in own for own in here.values())]
        if shared:
            body.append(Section(title, (), tuple(shared)))
        for place, own in here.items():
            inserts[place] += [block for block in own if block not in shared]
    return body, inserts


def _blocks(papers: Sequence[Paper], title: str) -> list[Block]:
    """List the blocks that the papers of one place have under a heading."""
    found = [s.blocks for paper in papers for s in paper.sections if s.title == title]
    return list(dict.fromkeys(block for blocks in found for block in blocks))


def _in_order(rows: Iterable[Iterable[Thing]]) -> list[Thing]:
    """Join rows that hold much the same, each thing once, after what stands before it."""
    found: list[Thing] = []
    for row in rows:
        at = 0
        for thing in row:
            if thing in found:
                at = found.index(thing) + 1
            else:
                found.insert(at, thing)
                at += 1
    return found


def _inserted(inserts: Mapping[str, Sequence[Block]], heading: str) -> list[Section]:
    """Write the inserts under one heading, each after the names of the places it is for."""
    same: dict[Block, list[str]] = {}
    for place, blocks in inserts.items():
        for block in blocks:
            same.setdefault(block, []).append(place)
    if not same:
        return []
    places = [place for place, blocks in inserts.items() if blocks]
    blocks = tuple(_named(block, joined(found)) for block, found in same.items())
    return [Section(heading.format(places=joined(places)), (), blocks)]


def _named(block: Block, places: str) -> Block:
    """Put the names of its places before an insert."""
    if block.bullets:
        return Block((phrase("stated", title=places, text=joined(block.lines)),), bullets=False)
    first, *rest = block.lines
    return Block((phrase("stated", title=places, text=first), *rest), bullets=False)
