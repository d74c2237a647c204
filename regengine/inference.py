"""Findings in, duties out, by forward chaining over propositions, with a proof.

The only module that imports durable-rules. Contract: ``Ruleset.infer(atoms, engine)``
takes the propositions that findings decided and returns the steps of the proof, sorted
by rule id; the same steps for the same atoms, whatever their order and whichever engine.

A proposition is a name and a rail. Two rails carry a proof: ``T`` (proved true) and
``F`` (proved false); neither means unknown. Two more say what is *not* proved, so that a
burden of proof needs no negation: ``N`` (not shown: false or unknown) and ``P`` (not
excluded: true or unknown). Findings assert atoms on every rail that holds, and rules
carry them upwards; all rules stay positive and monotone.

The fences around durable-rules, each for a fault that was measured in it: a host without
dispatcher threads (its timers run actions in foreign threads and crash); one session per
evaluation with a counted id, opened by a rule that always fires (deleting a session in
which nothing fired aborts the process) and deleted once; a lock, so that no two sessions
live at once (sessions are told apart by a 32-bit hash); facts that are nothing but
ASCII words (values coerce silently), each a premise of some rule (a fact that no rule
names is not handled); only "already known" is caught; the session's hidden exception is
read after each evaluation; rulesets are compiled once (they cannot be freed).
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal
from weakref import WeakKeyDictionary

Rail = Literal["T", "F", "N", "P"]
Engine = Literal["durable", "chainer"]
Proposition = tuple[str, str]

MAX_NAMES = 400  # distinct names in one namespace: past 512 registration hangs
MAX_RULES_PER_PREMISE = 200  # past 256 registration fails
MAX_PREMISES = 12  # past 16 a rule fails while it runs
MAX_RULESETS = 2_000  # rulesets of one process: they stay in memory for its life


@dataclass(frozen=True, slots=True)
class Rule:
    """All premises prove the conclusion; ``cite`` is where the law says so."""

    id: str
    premises: tuple[Proposition, ...]
    conclusion: Proposition
    cite: str | None = None
    says: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that fired."""

    rule: str
    premises: tuple[Proposition, ...]
    conclusion: Proposition


class EngineFaultError(RuntimeError):
    """The inference engine did not do what it must; no answer is given."""


class EnginesDisagreeError(EngineFaultError):
    """The two engines proved different things; no answer is given."""


def namespace(name: str) -> str:
    """Return the group of a name: what stands before ``::``.

    >>> namespace("us-ca-ag::owed")
    'us-ca-ag'
    """
    return name.partition("::")[0]


@dataclass(frozen=True, eq=False)
class Ruleset:
    """The compiled rules of one instrument; ``name`` is unique in the process's law."""

    name: str
    rules: tuple[Rule, ...]
    wanted: frozenset[Proposition] = field(init=False)
    _waiting: Mapping[Proposition, tuple[int, ...]] = field(init=False)
    _counts: tuple[int, ...] = field(init=False)
    _steps: tuple[Step, ...] = field(init=False)

    def __post_init__(self) -> None:
        waiting: dict[Proposition, list[int]] = {}
        for index, rule in enumerate(self.rules):
            for premise in rule.premises:
                waiting.setdefault(premise, []).append(index)
        concluded = {rule.conclusion for rule in self.rules}
        settle = object.__setattr__  # the dataclass is frozen once built
        settle(self, "wanted", frozenset(waiting) - concluded)
        settle(self, "_waiting", {key: tuple(value) for key, value in waiting.items()})
        settle(self, "_counts", tuple(len(rule.premises) for rule in self.rules))
        steps = (Step(rule.id, rule.premises, rule.conclusion) for rule in self.rules)
        settle(self, "_steps", tuple(steps))

    @cached_property
    def by_id(self) -> dict[str, Rule]:
        """The rules by their ids."""
        return {rule.id: rule for rule in self.rules}

    def infer(self, atoms: Iterable[Proposition], engine: Engine = "chainer") -> list[Step]:
        """Prove what follows from the atoms.

        >>> rules = Ruleset("xx", (Rule("r1", (("a", "T"), ("b", "N")), ("c", "T")),))
        >>> rules.infer([("b", "N"), ("a", "T")])
        [Step(rule='r1', premises=(('a', 'T'), ('b', 'N')), conclusion=('c', 'T'))]

        Atoms that no rule names are ignored. Raises ``EngineFaultError`` where
        durable-rules is asked for and cannot be had or misbehaves.
        """
        asserted = sorted(self.wanted.intersection(atoms))
        fired = self._chain(asserted) if engine == "chainer" else _durable(self, asserted)
        return [self._steps[index] for index in sorted(fired)]

    def _chain(self, atoms: Sequence[Proposition]) -> list[int]:
        """Count down each rule's open premises; a rule fires when none is left."""
        missing = list(self._counts)
        known = set(atoms)
        agenda = list(atoms)
        fired: list[int] = []
        for proposition in agenda:  # grows while it is walked
            for index in self._waiting.get(proposition, ()):
                missing[index] -= 1
                if missing[index]:
                    continue
                fired.append(index)
                conclusion = self.rules[index].conclusion
                if conclusion not in known:
                    known.add(conclusion)
                    agenda.append(conclusion)
        return fired


def faults(ruleset: Ruleset) -> list[str]:
    """List what in a ruleset breaks the limits of durable-rules.

    >>> faults(Ruleset("xx", (Rule("r", (("a", "T"),), ("a", "T")),)))
    ['rule r concludes its own premise']
    """
    found: list[str] = []
    names: dict[str, set[str]] = {}
    sharing: dict[Proposition, int] = {}
    for rule in ruleset.rules:
        if len(rule.premises) > MAX_PREMISES:
            found.append(
                f"rule {rule.id} has {len(rule.premises)} premises, at most {MAX_PREMISES}"
            )
        if len(set(rule.premises)) != len(rule.premises):
            found.append(f"rule {rule.id} repeats a premise")
        if not rule.premises:
            found.append(f"rule {rule.id} has no premise")
        if rule.conclusion in rule.premises:
            found.append(f"rule {rule.id} concludes its own premise")
        for name, _ in (*rule.premises, rule.conclusion):
            names.setdefault(namespace(name), set()).add(name)
            if not name.isascii():
                found.append(f"rule {rule.id} names {name!r}, which is not ASCII")
        for premise in rule.premises:
            sharing[premise] = sharing.get(premise, 0) + 1
    found += [
        f"namespace {space} has {len(members)} names, at most {MAX_NAMES}"
        for space, members in names.items()
        if len(members) > MAX_NAMES
    ]
    found += [
        f"{count} rules share the premise {premise}, at most {MAX_RULES_PER_PREMISE}"
        for premise, count in sharing.items()
        if count > MAX_RULES_PER_PREMISE
    ]
    return found


# -- durable-rules, fenced ------------------------------------------------------------


def durable_available() -> bool:
    """Tell whether durable-rules can be imported on this Python.

    It cannot on Python 3.13 and later; there the chainer serves alone.
    """
    return _Fence.get() is not None


def _durable(ruleset: Ruleset, atoms: Sequence[Proposition]) -> list[int]:
    fence = _Fence.get()
    if fence is None:
        message = (
            "durable-rules cannot be imported on this Python; "
            "use the chainer (--engine chainer) or Python 3.11 or 3.12"
        )
        raise EngineFaultError(message)
    return fence.evaluate(ruleset, atoms)


class _Fence:
    """The one host of the process and the evaluations in it, one at a time."""

    _instance: _Fence | None = None
    _tried = False
    _lock = threading.Lock()

    def __init__(self, engine: Any) -> None:
        class Host(engine.Host):  # type: ignore[misc]  # reason: durable-rules has no types
            def _run(self) -> None:
                """Start no dispatcher threads: evaluation is synchronous."""

        self._engine = engine
        self._host = Host()
        self._observed = engine.MessageObservedException
        # Rulesets are hashed by identity, and go when their law goes.
        self._compiled: WeakKeyDictionary[Ruleset, str] = WeakKeyDictionary()
        self._names: dict[tuple[Rule, ...], str] = {}
        self._sessions = itertools.count(1)
        self._log: list[int] = []

    @classmethod
    def get(cls) -> _Fence | None:
        with cls._lock:
            if not cls._tried:
                cls._tried = True
                try:
                    # Only the engine: durable.lang keeps module-wide state and hosts.
                    from durable import engine  # noqa: PLC0415  # reason: optional, heavy, C
                except ImportError:
                    return None
                cls._instance = cls(engine)
            return cls._instance

    def evaluate(self, ruleset: Ruleset, atoms: Sequence[Proposition]) -> list[int]:
        with self._lock:
            name = self._register(ruleset)
            session = f"{next(self._sessions):08x}"
            self._log = []
            self._host.assert_fact(name, {"sid": session, "g": "$", "k": "$begin", "v": "T"})
            try:
                for atom in atoms:
                    self._assert(name, session, atom)
                state = self._host.get_state(name, session) or {}
            finally:
                self._host.delete_state(name, session)
            if state.get("exception"):
                message = f"durable-rules failed in {ruleset.name}: {state['exception']}"
                raise EngineFaultError(message)
            return self._log

    def _assert(self, name: str, session: str, atom: Proposition) -> None:
        self._host.assert_fact(name, _fact(session, atom))

    def _register(self, ruleset: Ruleset) -> str:
        held = self._compiled.get(ruleset)
        if held is None:
            held = self._names.get(ruleset.rules) or self._compile(ruleset)
            self._compiled[ruleset] = held
        return held

    def _compile(self, ruleset: Ruleset) -> str:
        broken = faults(ruleset)
        if broken:
            raise EngineFaultError("; ".join(broken))
        if len(self._names) >= MAX_RULESETS:
            message = (
                f"{ruleset.name} would be one ruleset more than the {MAX_RULESETS} that "
                "durable-rules may hold, and it frees none: start a new process or use the "
                "chainer (--engine chainer)"
            )
            raise EngineFaultError(message)
        name = f"law{len(self._names)}"
        needed = {premise for rule in ruleset.rules for premise in rule.premises}
        definition: dict[str, Any] = {
            "$begin": {"all": [{"m": _pattern(("$begin", "T"), "$")}], "run": _nothing},
        }
        for index, rule in enumerate(ruleset.rules):
            asked = rule.conclusion in needed
            definition[f"r{index}"] = {
                "all": [{f"p{n}": _pattern(p)} for n, p in enumerate(rule.premises)],
                "run": self._action(index, rule.conclusion) if asked else self._end(index),
            }
        self._host.set_rulesets({name: definition})
        self._names[ruleset.rules] = name
        return name

    def _action(self, index: int, conclusion: Proposition) -> Callable[[Any], None]:
        def fire(closure: Any) -> None:
            self._log.append(index)
            try:
                closure.assert_fact(_fact(closure.s.sid, conclusion))
            except self._observed:
                return  # a second ground for the same conclusion; the log has it

        return fire

    def _end(self, index: int) -> Callable[[Any], None]:
        """Log a rule on whose conclusion no other rule rests."""

        def fire(_closure: Any) -> None:
            self._log.append(index)

        return fire


def _nothing(_closure: Any) -> None:
    """Handle a fact and do nothing with it."""


def _fact(session: str, proposition: Proposition) -> dict[str, str]:
    name, rail = proposition
    return {"sid": session, "g": namespace(name), "k": name, "v": rail}


def _pattern(proposition: Proposition, group: str | None = None) -> dict[str, Any]:
    name, rail = proposition
    return {"$and": [{"g": group or namespace(name)}, {"k": name}, {"v": rail}]}


def infer_checked(ruleset: Ruleset, atoms: Iterable[Proposition], engine: Engine) -> list[Step]:
    """Prove with both engines and refuse to answer where they differ.

    >>> rules = Ruleset("yy", (Rule("r1", (("a", "T"),), ("c", "T")),))
    >>> [step.rule for step in infer_checked(rules, [("a", "T")], "chainer")]
    ['r1']

    Where durable-rules cannot be had, the chainer's steps are returned unchecked.
    """
    found = list(atoms)
    steps = ruleset.infer(found, engine)
    if not durable_available():
        return steps
    other = ruleset.infer(found, "chainer" if engine == "durable" else "durable")
    if steps != other:
        only = sorted({step.rule for step in steps} ^ {step.rule for step in other})
        message = f"the engines disagree in {ruleset.name} on {', '.join(only[:5])}"
        raise EnginesDisagreeError(message)
    return steps
