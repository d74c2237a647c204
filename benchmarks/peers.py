"""Other engines under one contract: rules once, then the atoms that hold, conclusions out.

Each gets the same Horn rules. Only the chainer and durable-rules give a proof besides;
for plain Python and zen-engine the order in which rules must run is laid out beforehand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from graphlib import TopologicalSorter
from itertools import pairwise

from regengine.inference import Engine, Proposition, Ruleset, durable_available

Conclusions = frozenset[Proposition]
Decide = Callable[[Collection[Proposition]], Conclusions]
Build = Callable[[Ruleset], Decide]

_KEPT: list[object] = []  # CLIPS complains on the terminal when an environment ends


def own(engine: Engine) -> Build:
    """Run one of our own two engines."""

    def build(ruleset: Ruleset) -> Decide:
        ruleset.infer((), engine)  # compiles

        def decide(atoms: Collection[Proposition]) -> Conclusions:
            return frozenset(step.conclusion for step in ruleset.infer(atoms, engine))

        return decide

    return build


def python(ruleset: Ruleset) -> Decide:
    """Write the rules as one Python function: a line for each conclusion, in order."""
    grounds = _grounds(ruleset)
    names = {item: f"v{number}" for number, item in enumerate(_order(ruleset))}
    atoms = [item for item in names if item not in grounds]
    lines = ["def decide(atoms):"]
    lines += [f"    {names[item]} = {item!r} in atoms" for item in atoms]
    for item, ways in grounds.items():
        either = " or ".join(f"({' and '.join(names[one] for one in way)})" for way in ways)
        lines.append(f"    {names[item]} = {either}")
    proved = ", ".join(f"({item!r}, {names[item]})" for item in grounds)
    lines.append(f"    return frozenset([item for item, held in ({proved},) if held])")
    scope: dict[str, Decide] = {}
    exec("\n".join(lines), scope)  # noqa: S102  # reason: our own rules, as a person would type them
    return scope["decide"]


def zen(ruleset: Ruleset) -> Decide:
    """Lay the rules out as the expression nodes of a zen-engine decision, level by level."""
    from zen import ZenEngine  # noqa: PLC0415  # reason: an optional peer

    grounds = _grounds(ruleset)
    keys = {item: f"k{number}" for number, item in enumerate(_order(ruleset))}
    levels = _levels(grounds)
    nodes = [_node("start", "inputNode", None)]
    for number, level in enumerate(levels):
        expressions = [
            {
                "id": keys[item],
                "key": keys[item],
                "value": " or ".join(
                    f"({' and '.join(keys[one] for one in way)})" for way in grounds[item]
                ),
            }
            for item in level
        ]
        content = {"expressions": expressions, "passThrough": True}
        nodes.append(_node(f"level{number}", "expressionNode", content))
    nodes.append(_node("end", "outputNode", None))
    edges = [
        {"id": f"e{number}", "sourceId": one["id"], "targetId": next_["id"], "type": "edge"}
        for number, (one, next_) in enumerate(pairwise(nodes))
    ]
    decision = ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    blank = {key: False for item, key in keys.items() if item not in grounds}
    concluded = [(item, keys[item]) for item in grounds]

    def decide(atoms: Collection[Proposition]) -> Conclusions:
        given = {**blank, **{keys[item]: True for item in atoms if item in keys}}
        result = decision.evaluate(given)["result"]
        return frozenset(item for item, key in concluded if result[key])

    return decide


def clips(ruleset: Ruleset) -> Decide:
    """Give the rules to CLIPS: one environment a ruleset, reset for each set of atoms."""
    from clips import Environment  # noqa: PLC0415  # reason: an optional peer

    grounds = _grounds(ruleset)
    numbers = {item: number for number, item in enumerate(_order(ruleset))}
    named = {number: item for item, number in numbers.items()}
    environment = Environment()
    _KEPT.append(environment)
    for number, rule in enumerate(ruleset.rules):
        premises = " ".join(f"(p {numbers[one]})" for one in rule.premises)
        conclusion = f"(assert (p {numbers[rule.conclusion]}))"
        environment.build(f"(defrule r{number} {premises} => {conclusion})")

    def decide(atoms: Collection[Proposition]) -> Conclusions:
        environment.reset()
        for item in atoms:
            if item in numbers:
                environment.assert_string(f"(p {numbers[item]})")
        environment.run()
        known = (named[fact[0]] for fact in environment.facts() if fact.template.name == "p")
        return frozenset(item for item in known if item in grounds)

    return decide


def all_peers() -> tuple[dict[str, Build], list[str]]:
    """List the peers that can be had here, and those that are absent."""
    found: dict[str, Build] = {"our chainer, with proof": own("chainer")}
    absent: list[str] = []
    if durable_available():
        found["durable-rules, fenced, with proof"] = own("durable")
    else:
        absent.append("durable-rules")
    found["plain Python, by hand"] = python
    for name, module, build in (("zen-engine", "zen", zen), ("CLIPS (clipspy)", "clips", clips)):
        try:
            __import__(module)
        except ImportError:
            absent.append(name)
        else:
            found[name] = build
    return found, absent


def _grounds(ruleset: Ruleset) -> dict[Proposition, list[Sequence[Proposition]]]:
    """For each conclusion, in an order that works: the sets of premises that prove it."""
    found: dict[Proposition, list[Sequence[Proposition]]] = {}
    for rule in ruleset.rules:
        found.setdefault(rule.conclusion, []).append(rule.premises)
    return {item: found[item] for item in _order(ruleset) if item in found}


def _order(ruleset: Ruleset) -> list[Proposition]:
    graph: dict[Proposition, set[Proposition]] = {}
    for rule in ruleset.rules:
        graph.setdefault(rule.conclusion, set()).update(rule.premises)
    return list(TopologicalSorter(graph).static_order())


def _levels(
    grounds: Mapping[Proposition, Sequence[Sequence[Proposition]]],
) -> list[list[Proposition]]:
    depth: dict[Proposition, int] = {}
    levels: list[list[Proposition]] = []
    for item, ways in grounds.items():
        depth[item] = 1 + max((depth.get(one, 0) for way in ways for one in way), default=0)
        while len(levels) < depth[item]:
            levels.append([])
        levels[depth[item] - 1].append(item)
    return levels


def _node(name: str, kind: str, content: object) -> dict[str, object]:
    node: dict[str, object] = {
        "id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0},
    }  # fmt: skip
    return node if content is None else {**node, "content": content}
