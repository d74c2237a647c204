"""The path of one fact in the incident file, and how one change of it is applied.

Paths are those of open questions: ``affected.customers.people.US-TX``,
``timeline.aware``, ``judgements.eu.gdpr.risk``, and, for one member of a list,
``organisation.regimes.eu.nis2.important`` with a truth value. The layout of the incident
file says which paths there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from copy import deepcopy
from typing import Any, Final, NamedTuple

from regengine import facts
from regengine.errors import Fault, InputError, suggest
from regengine.facts import Vocabulary
from regengine.layout import INCIDENT
from regengine.leaves import Keyed, Leaf, Reading, Record, Several, is_unknown, not_a_word

Tree = dict[str, Any]

# Lists whose members may also be open, and every word that such a list may hold.
_POSSIBLE: Final[Mapping[str, tuple[str, Callable[[Vocabulary], Collection[str]]]]] = {
    "regimes": ("regimes_possible", lambda words: words.regimes),
    "kinds": ("kinds_possible", lambda _: facts.KINDS),
    "data": ("data_possible", lambda _: [x for x in facts.ELEMENTS if x != "none"]),
}
# By what an entry of a list is named.
_NAMED_BY: Final = {"affected": "group", "contracts": "id"}
_ELSEWHERE: Final = {
    "filings": "notices are recorded with their state: regengine case filing",
    "reference": "a matter keeps its reference",
    "schema": "is the version of the shape, no fact",
    "law": "asks what the law is: local counsel answers it, no fact of the matter does",
}


class Spot(NamedTuple):
    """Where a fact stands: the keys down to it; ``member``: it is one word of that list."""

    keys: tuple[str, ...]
    member: str | None = None

    @property
    def path(self) -> str:
        """The path as it is written."""
        return ".".join((*self.keys, *((self.member,) if self.member is not None else ())))


def find(path: str, words: Vocabulary) -> Spot:
    """Find where a path leads; words are folded as in the file (UK is GB).

    >>> from regengine.assess import open_corpus
    >>> words = open_corpus().vocabulary
    >>> find("affected.customers.people.UK", words).path
    'affected.customers.people.GB'
    >>> find("eu.gdpr.risk", words).keys
    ('judgements', 'eu.gdpr.risk')

    Raise ``InputError`` with what is allowed at the first step that leads nowhere.
    """
    steps = path.strip().split(".")
    if steps[0] not in INCIDENT.fields and _judgement(steps, words) is not None:
        steps = ["judgements", *steps]
    if steps[0] in _ELSEWHERE:
        raise InputError([Fault("facts", path, _ELSEWHERE[steps[0]])])
    return _walk(INCIDENT, steps, (), path, words)


def _walk(
    leaf: Leaf, steps: list[str], keys: tuple[str, ...], path: str, words: Vocabulary
) -> Spot:
    if not steps:
        return Spot(keys)
    if keys == ("judgements",):
        return _in_judgement(steps, keys, path, words)
    match leaf:
        case Record():
            stated = leaf.fields.get(steps[0])
            if stated is None:
                raise _lost(path, steps[0], tuple(leaf.fields))
            return _walk(stated.leaf, steps[1:], (*keys, steps[0]), path, words)
        case Keyed():
            reading = Reading("facts", words)
            key = leaf.key.read(reading, path, ".".join(steps))
            if reading.faults:
                raise InputError(reading.faults)
            return Spot((*keys, str(key)))
        case Several(item=Record() as item):
            _check_entry(steps[0], keys, path)
            return _walk(item, steps[1:], (*keys, steps[0]), path, words)
        case Several():
            return _member(leaf, steps, keys, path, words)
    raise InputError([Fault("facts", path, f"{'.'.join(keys)} is one fact; nothing stands in it")])


def _check_entry(name: str, keys: tuple[str, ...], path: str) -> None:
    """Refuse what names no entry of a list."""
    if (keys, name) == (("affected",), "people"):
        message = "belongs to a group: affected.GROUP.people.PLACE"
        raise InputError([Fault("facts", path, message)])
    if keys[-1] not in _NAMED_BY and not re.fullmatch(r"[0-9]{1,3}", name):
        message = f'expected the number of an entry (0 is the first), found "{name}"'
        raise InputError([Fault("facts", path, message)])


def _member(
    leaf: Several, steps: list[str], keys: tuple[str, ...], path: str, words: Vocabulary
) -> Spot:
    reading = Reading("facts", words)
    word = leaf.item.read(reading, path, ".".join(steps))
    if reading.faults:
        raise InputError(reading.faults)
    return Spot(keys, str(word))


def _judgement(steps: list[str], words: Vocabulary) -> str | None:
    """Find the judgement whose name begins the steps."""
    names = (".".join(steps[:size]) for size in range(len(steps), 0, -1))
    return next((name for name in names if name in words.judgements), None)


def _in_judgement(steps: list[str], keys: tuple[str, ...], path: str, words: Vocabulary) -> Spot:
    name = _judgement(steps, words)
    if name is None:
        message = not_a_word("judgement", ".".join(steps), [*words.judgements])
        raise InputError([Fault("facts", path, message)])
    rest = steps[name.count(".") + 1 :]
    allowed = ("value", "by", "at", "why", "written", "consulted")
    if len(rest) > 1 or (rest and rest[0] not in allowed):
        raise _lost(path, ".".join(rest), allowed)
    return Spot((*keys, name, *rest))


def _lost(path: str, step: str, allowed: tuple[str, ...]) -> InputError:
    names = ", ".join(name for name in allowed if name not in _ELSEWHERE)
    message = f'no field "{step}" here; allowed: {names}{suggest(step, allowed)}'
    return InputError([Fault("facts", path, message)])


# -- reading and changing a tree -----------------------------------------------------------


def read(tree: Mapping[str, Any], spot: Spot) -> Any:
    """Give what a tree says at a spot; ``None`` where it is not known.

    >>> read({"affected": [{"group": "staff", "data": ["name"]}]}, Spot(("affected", "staff", "data"), "name"))
    True
    """
    held: Any = tree
    for depth, key in enumerate(spot.keys):
        if isinstance(held, list):
            held = _entry(held, spot.keys[depth - 1], key)
        elif (
            depth and spot.keys[depth - 1] == "judgements" and isinstance(held, Mapping)
        ) or isinstance(held, Mapping):
            held = held.get(key)
        else:
            held = held if spot.keys[0] == "judgements" and key == "value" else None
        if held is None and spot.member is None:
            return None
    if spot.member is None:
        return deepcopy(held)
    return _has(tree, spot, held)


def _has(tree: Mapping[str, Any], spot: Spot, listed: Any) -> bool | None:
    if listed is None:
        return None
    if spot.member in ([listed] if isinstance(listed, str) else listed):
        return True
    possible = _POSSIBLE.get(spot.keys[-1])
    around = read(tree, Spot(spot.keys[:-1])) or {}
    maybe = around.get(possible[0]) if possible else ()
    return None if maybe == "unknown" or spot.member in (maybe or ()) else False


def _entry(listed: list[Any], field: str, name: str) -> Any:
    by = _NAMED_BY.get(field)
    if by is None:
        number = int(name)
        return listed[number] if number < len(listed) else None
    return next((entry for entry in listed if entry.get(by) == name), None)


def apply(tree: Tree, spot: Spot, value: Any, words: Vocabulary) -> None:
    """Change one fact of a tree, in place; ``None`` and ``unknown`` make it unknown.

    A truth value for the member of a list that is not known opens every other word of the
    list: to say one thing of it is not to say that the rest is false. Raise ``InputError``
    where that cannot be written.
    """
    holder = _holder(tree, spot, make=value is not None)
    if holder is None:
        return
    last = spot.keys[-1]
    if spot.member is not None:
        _apply_member(holder, spot, value, words)
    elif isinstance(holder, list):
        _apply_entry(holder, spot, value)
    elif value is None or (is_unknown(value) and not keeps_unknown(spot)):
        holder.pop(last, None)
    else:
        holder[last] = deepcopy(value)


def keeps_unknown(spot: Spot) -> bool:
    """Tell where the word itself says something: people of a place, though not how many.

    >>> keeps_unknown(Spot(("affected", "customers", "people", "IE")))
    True
    """
    return spot.keys[-1] == "regimes_possible" or spot.keys[-2:-1] == ("people",)


def _holder(tree: Tree, spot: Spot, *, make: bool) -> Any:
    """Find the table or list that holds the last key; ``None`` where there is none."""
    held: Any = tree
    for depth, key in enumerate(spot.keys[:-1]):
        if isinstance(held, list):
            found = _entry(held, spot.keys[depth - 1], key)
            if found is None and make:
                found = _new_entry(held, spot, depth)
        else:
            found = held.get(key)
            listed = key in (*_NAMED_BY, "delays")
            if depth == 1 and spot.keys[0] == "judgements" and found is not None:
                # A bare conclusion becomes a table once something is said of it.
                found = held[key] = found if isinstance(found, dict) else {"value": found}
            elif found is None and make:
                found = held[key] = [] if listed else {}
        if found is None:
            return None
        held = found
    return held


def _new_entry(listed: list[Any], spot: Spot, depth: int) -> dict[str, Any]:
    field, name = spot.keys[depth - 1], spot.keys[depth]
    by = _NAMED_BY.get(field)
    if by is None and int(name) != len(listed):
        message = f"the next entry is number {len(listed)}"
        raise InputError([Fault("facts", spot.path, message)])
    listed.append({} if by is None else {by: name})
    found: dict[str, Any] = listed[-1]
    return found


def _apply_entry(listed: list[Any], spot: Spot, value: Any) -> None:
    field, name = spot.keys[-2], spot.keys[-1]
    there = _entry(listed, field, name)
    if is_unknown(value):
        if there is not None:
            listed.remove(there)
        return
    if not isinstance(value, Mapping):
        message = "is an entry with fields; give a table, or the path of one field"
        raise InputError([Fault("facts", spot.path, message)])
    if there is None:
        there = _new_entry(listed, spot, len(spot.keys) - 1)
    by = _NAMED_BY.get(field)
    there.clear()
    there.update({by: name} if by else {}, **deepcopy(dict(value)))


def _apply_member(holder: dict[str, Any], spot: Spot, value: Any, words: Vocabulary) -> None:
    field, word = spot.keys[-1], spot.member
    if not (isinstance(value, bool) or is_unknown(value)):
        message = f"is a word of a list: true, false or unknown, found {value!r}"
        raise InputError([Fault("facts", spot.path, message)])
    possible, allowed = _POSSIBLE.get(field, (None, None))
    listed, maybe = holder.get(field), holder.get(possible) if possible else None
    if listed is None and is_unknown(value):
        return
    if allowed is None or possible is None:
        if listed is None or is_unknown(value):
            message = f"{field} is a list that is complete where it is given; give all of it"
            raise InputError([Fault("facts", spot.path, message)])
        possible_now: list[str] = []
    elif listed is None or maybe == "unknown":
        known = {word, *([listed] if isinstance(listed, str) else listed or ())}
        possible_now = [x for x in sorted(allowed(words)) if x not in known]
    else:
        possible_now = [x for x in maybe or () if x != word]
    listed = [listed] if isinstance(listed, str) else list(listed or ())
    kept = [x for x in listed if x != word]
    holder[field] = [*kept, word] if value is True else kept
    if possible is not None:
        opened = [*possible_now, word] if is_unknown(value) else possible_now
        if opened:
            holder[possible] = opened
        else:
            holder.pop(possible, None)


# -- the difference of two trees -----------------------------------------------------------


def differences(
    before: Mapping[str, Any], now: Mapping[str, Any], *, whole: bool
) -> Iterator[tuple[Spot, Any]]:
    """List what must change for a tree to say what another says, fact by fact.

    What ``now`` leaves out stays as it is, unless it is the ``whole`` of what is known.
    """
    return _differ(INCIDENT, before, now, (), whole=whole)


def _differ(
    leaf: Leaf, before: Any, now: Any, keys: tuple[str, ...], *, whole: bool
) -> Iterator[tuple[Spot, Any]]:
    if before == now or (now is None and not whole):
        return
    if isinstance(leaf, Several) and isinstance(leaf.item, Record) and keys[-1] in _NAMED_BY:
        yield from _entries_differ(leaf.item, before, now, keys, whole=whole)
        return
    if isinstance(leaf, Record) and isinstance(now, Mapping):
        fields = {name: field.leaf for name, field in leaf.fields.items()}
        yield from _members(fields, before or {}, now, keys, whole=whole)
        return
    if isinstance(leaf, Keyed) and isinstance(now, Mapping):
        fields = dict.fromkeys((*(before or {}), *now), leaf.value)
        yield from _members(fields, before or {}, now, keys, whole=whole)
        return
    if keys == ("judgements",) and isinstance(now, Mapping):
        for name in (*(before or {}), *(x for x in now if x not in (before or {}))):
            held = now.get(name)
            if held != (before or {}).get(name) and (held is not None or whole):
                yield Spot((*keys, name)), held
        return
    yield Spot(keys), now


def _entries_differ(
    item: Record, before: Any, now: Any, keys: tuple[str, ...], *, whole: bool
) -> Iterator[tuple[Spot, Any]]:
    """Compare lists whose entries have names; a new entry is told field by field."""
    by = _NAMED_BY[keys[-1]]
    old = {entry[by]: entry for entry in before or ()}
    new = {entry[by]: entry for entry in now or ()}
    if not new and before is None:
        yield Spot(keys), []  # a list without entries says that there are none
    for name in (*old, *(x for x in new if x not in old)):
        known = old.get(name, {by: name})
        if name not in old and new[name] == known:
            yield Spot((*keys, name)), known
        else:
            yield from _differ(item, known, new.get(name), (*keys, name), whole=whole)


def _members(
    fields: Mapping[str, Leaf],
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    keys: tuple[str, ...],
    *,
    whole: bool,
) -> Iterator[tuple[Spot, Any]]:
    for name, leaf in fields.items():
        if not keys and name in _ELSEWHERE:
            continue
        yield from _differ(leaf, before.get(name), now.get(name), (*keys, name), whole=whole)
