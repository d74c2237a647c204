import builtins
import gc
import resource
import threading
from collections.abc import Iterable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regengine import inference
from regengine.assess import assess
from regengine.facts import Incident
from regengine.inference import (
    MAX_NAMES,
    MAX_PREMISES,
    MAX_RULES_PER_PREMISE,
    EngineFaultError,
    EnginesDisagreeError,
    Proposition,
    Rule,
    Ruleset,
    Step,
    durable_available,
    faults,
    infer_checked,
)

RAILS = ("T", "F", "N", "P")
needs_durable = pytest.mark.skipif(
    not durable_available(), reason="durable-rules cannot be imported on this Python"
)


# -- the same proof three ways ----------------------------------------------------------


def fixpoint(rules: Iterable[Rule], atoms: Iterable[Proposition]) -> set[Proposition]:
    """Prove naively: go through all rules until nothing is added."""
    known = set(atoms)
    while more := {rule.conclusion for rule in rules if known.issuperset(rule.premises)} - known:
        known |= more
    return known


@st.composite
def rulesets(draw: st.DrawFn) -> tuple[Ruleset, list[Proposition]]:
    """Draw up to 60 rules over few names: chains, cycles and second grounds are common."""
    names = [f"{space}::{word}" for space in ("fact", "xx-duty") for word in "abcdefgh"]
    propositions = st.tuples(st.sampled_from(names), st.sampled_from(RAILS))
    rules = []
    for number in range(draw(st.integers(1, 60))):
        conclusion = draw(propositions)
        premises = draw(
            st.lists(propositions.filter(lambda each, own=conclusion: each != own), min_size=1,
                     max_size=draw(st.sampled_from((1, 2, 4))), unique=True)
        )  # fmt: skip  # reason: one strategy reads better whole
        rules.append(Rule(f"r{number:02d}", tuple(premises), conclusion))
    atoms = draw(st.lists(propositions, unique=True, max_size=16))
    return Ruleset("random", tuple(rules)), atoms


@settings(max_examples=300, deadline=None)
@given(rulesets())
def test_the_chainer_proves_what_a_naive_fixpoint_proves(
    case: tuple[Ruleset, list[Proposition]],
) -> None:
    ruleset, atoms = case
    usable = ruleset.wanted.intersection(atoms)
    known = fixpoint(ruleset.rules, usable)
    steps = ruleset.infer(atoms)
    assert usable | {step.conclusion for step in steps} == known
    # Each rule whose premises hold fires, once, and no other one.
    firing = [rule.id for rule in ruleset.rules if known.issuperset(rule.premises)]
    assert [step.rule for step in steps] == sorted(firing)


@needs_durable
@settings(max_examples=60, deadline=None)
@given(rulesets(), st.randoms(use_true_random=False))
def test_durable_rules_and_the_chainer_log_the_same_steps(
    case: tuple[Ruleset, list[Proposition]], random: Random
) -> None:
    ruleset, atoms = case
    expected = ruleset.infer(atoms)
    shuffled = list(atoms)
    random.shuffle(shuffled)
    assert ruleset.infer(shuffled) == expected
    assert ruleset.infer(atoms, "durable") == expected
    assert ruleset.infer(shuffled, "durable") == expected


def test_atoms_that_no_rule_names_are_ignored() -> None:
    ruleset = Ruleset("ignored", (Rule("r", (("a", "T"),), ("c", "T")),))
    assert ruleset.wanted == {("a", "T")}
    assert ruleset.infer([("z", "T"), ("a", "F"), ("c", "T")]) == []


def test_a_second_ground_for_the_same_conclusion_is_kept_in_the_proof() -> None:
    rules = (Rule("r1", (("a", "T"),), ("c", "T")), Rule("r2", (("b", "T"),), ("c", "T")))
    steps = infer_checked(Ruleset("grounds", rules), [("a", "T"), ("b", "T")], "chainer")
    assert [step.rule for step in steps] == ["r1", "r2"]


def test_a_cycle_of_conclusions_proves_nothing_by_itself() -> None:
    rules = (
        Rule("r1", (("a", "T"),), ("b", "T")),
        Rule("r2", (("b", "T"),), ("a", "T")),
        Rule("r3", (("c", "T"),), ("a", "T")),
    )
    ruleset = Ruleset("cycle", rules)
    assert infer_checked(ruleset, [], "chainer") == []
    proved = infer_checked(ruleset, [("c", "T")], "chainer")
    assert [step.rule for step in proved] == ["r1", "r2", "r3"]


# -- fences -------------------------------------------------------------------------------


def _chain(name: str, length: int = 12) -> Ruleset:
    rules = [Rule("r00", ((f"{name}::n0", "T"), (f"{name}::m", "N")), (f"{name}::n1", "T"))]
    rules += [
        Rule(f"r{n:02d}", ((f"{name}::n{n}", "T"),), (f"{name}::n{n + 1}", "T"))
        for n in range(1, length)
    ]
    return Ruleset(name, tuple(rules))


@needs_durable
def test_evaluations_in_which_nothing_fires_do_no_harm() -> None:
    # Deleting a session in which no action ran aborts the process of an unfenced host.
    ruleset = _chain("idle")
    for _ in range(40):
        assert ruleset.infer([], "durable") == []
        assert ruleset.infer([("idle::m", "N")], "durable") == []
    assert len(ruleset.infer([("idle::m", "N"), ("idle::n0", "T")], "durable")) == 12


@needs_durable
def test_evaluations_forget_each_other() -> None:
    ruleset = _chain("apart")
    assert ruleset.infer([("apart::m", "N")], "durable") == []
    assert ruleset.infer([("apart::n0", "T")], "durable") == []


@needs_durable
def test_memory_stays_flat_over_300_evaluations() -> None:
    ruleset = _chain("flat")
    atoms = [("flat::m", "N"), ("flat::n0", "T")]
    for _ in range(50):
        ruleset.infer(atoms, "durable")
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(300):
        ruleset.infer(atoms, "durable")
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # A session left behind costs tens of kilobytes even here: 300 of them, over 10 MB.
    assert after - before < 4_000


@needs_durable
def test_eight_threads_share_the_engine() -> None:
    rulesets = [_chain(f"thread{n}", 5 + n) for n in range(3)]
    wrong: list[object] = []

    def work(seed: int) -> None:
        random = Random(seed)  # noqa: S311  # reason: a repeatable mixture, no secret
        try:
            for _ in range(25):
                ruleset = random.choice(rulesets)
                name = ruleset.name
                atoms = [
                    each
                    for each in ((f"{name}::m", "N"), (f"{name}::n0", "T"))
                    if random.random() < 0.7
                ]
                if ruleset.infer(atoms, "durable") != ruleset.infer(atoms):
                    wrong.append(atoms)
        except Exception as error:  # noqa: BLE001  # reason: a thread's failure must reach the test
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@needs_durable
def test_no_dispatcher_threads_run_beside() -> None:
    before = threading.active_count()
    _chain("still").infer([("still::m", "N")], "durable")
    assert threading.active_count() == before


@needs_durable
def test_a_failure_inside_an_action_is_raised_not_swallowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fence = inference._Fence.get()
    assert fence is not None
    ruleset = _chain("failing")

    def broken(index: int, conclusion: Proposition) -> Any:
        def fire(_closure: Any) -> None:
            message = f"rule {index} cannot conclude {conclusion[0]}"
            raise RuntimeError(message)

        return fire

    monkeypatch.setattr(fence, "_action", broken)
    with pytest.raises(EngineFaultError, match=r"durable-rules failed in failing: .*rule 0"):
        ruleset.infer([("failing::m", "N"), ("failing::n0", "T")], "durable")


@needs_durable
def test_engines_that_differ_give_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    ruleset = _chain("differing", 3)
    atoms = [("differing::m", "N"), ("differing::n0", "T")]
    right = Ruleset._chain

    def forgetful(self: Ruleset, asserted: list[Proposition]) -> list[int]:
        return right(self, asserted)[:-1]

    monkeypatch.setattr(Ruleset, "_chain", forgetful)
    with pytest.raises(EnginesDisagreeError, match="disagree in differing on r02"):
        infer_checked(ruleset, atoms, "durable")


# -- limits -------------------------------------------------------------------------------


def _wide(premises: int) -> Ruleset:
    return Ruleset("wide", (Rule("r", tuple((f"a::{n}", "T") for n in range(premises)),
                                 ("c", "T")),))  # fmt: skip


def _sharing(count: int) -> Ruleset:
    return Ruleset(
        "sharing",
        tuple(Rule(f"r{n}", (("a::shared", "T"),), (f"c{n}::x", "T")) for n in range(count)),
    )


def _names(count: int) -> Ruleset:
    return Ruleset(
        "names",
        tuple(Rule(f"r{n}", ((f"a::{n}", "T"),), ("c::x", "T")) for n in range(count)),
    )


@pytest.mark.parametrize(
    ("make", "limit", "says"),
    [
        (_wide, MAX_PREMISES, "rule r has 13 premises, at most 12"),
        (
            _sharing,
            MAX_RULES_PER_PREMISE,
            "201 rules share the premise ('a::shared', 'T'), at most 200",
        ),
        (_names, MAX_NAMES, "namespace a has 401 names, at most 400"),
    ],
)
def test_a_limit_holds_at_n_and_is_told_past_it(make: Any, limit: int, says: str) -> None:
    assert faults(make(limit)) == []
    assert faults(make(limit + 1)) == [says]


@needs_durable
@pytest.mark.parametrize(
    ("make", "limit"), [(_wide, MAX_PREMISES), (_sharing, MAX_RULES_PER_PREMISE),
                        (_names, MAX_NAMES)]
)  # fmt: skip
def test_durable_rules_still_proves_all_at_the_limits(make: Any, limit: int) -> None:
    ruleset = make(limit)
    steps = ruleset.infer(ruleset.wanted, "durable")
    assert steps == ruleset.infer(ruleset.wanted)
    assert len(steps) == len(ruleset.rules)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (Rule("r", (("a", "T"), ("a", "T")), ("c", "T")), "rule r repeats a premise"),
        (Rule("r", (), ("c", "T")), "rule r has no premise"),
        (Rule("r", (("a", "T"), ("c", "T")), ("c", "T")), "rule r concludes its own premise"),
        (Rule("r", (("größe", "T"),), ("c", "T")), "rule r names 'größe', which is not ASCII"),
        (Rule("r", (("a", "T"),), ("大", "T")), "rule r names '大', which is not ASCII"),
    ],
)
def test_a_rule_that_durable_rules_would_lose_is_told(rule: Rule, says: str) -> None:
    assert faults(Ruleset("told", (rule,))) == [says]


@needs_durable
def test_a_broken_ruleset_is_refused_before_it_is_compiled() -> None:
    broken = Ruleset("broken", (Rule("r", (("größe", "T"),), ("c", "T")),))
    with pytest.raises(EngineFaultError, match="not ASCII"):
        broken.infer([("größe", "T")], "durable")


@needs_durable
def test_too_many_rulesets_are_told_and_equal_ones_are_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fence = inference._Fence.get()
    assert fence is not None
    known = _chain("known")
    known.infer([], "durable")
    monkeypatch.setattr(inference, "MAX_RULESETS", len(fence._names))
    assert _chain("known").infer([], "durable") == []
    with pytest.raises(EngineFaultError, match="one more would be one ruleset more than"):
        _chain("one more").infer([], "durable")


# -- where durable-rules cannot be had ----------------------------------------------------


@pytest.fixture
def without_durable(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] == "durable":
            message = "undefined symbol: PyEval_CallObject"
            raise ImportError(message)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.setattr(inference._Fence, "_instance", None)
    monkeypatch.setattr(inference._Fence, "_tried", False)


@pytest.mark.usefixtures("without_durable")
def test_without_durable_rules_the_chainer_serves_alone() -> None:
    ruleset = _chain("alone", 2)
    atoms = [("alone::m", "N"), ("alone::n0", "T")]
    assert not durable_available()
    assert infer_checked(ruleset, atoms, "chainer") == ruleset.infer(atoms)
    assert len(ruleset.infer(atoms)) == 2
    assert assess(Incident(reference="R")).checked is False
    assert assess(Incident(reference="R")).inference == "chainer"


@pytest.mark.usefixtures("without_durable")
def test_without_durable_rules_asking_for_it_is_refused_in_one_line() -> None:
    with pytest.raises(EngineFaultError) as refused:
        _chain("refused").infer([], "durable")
    assert str(refused.value) == (
        "durable-rules cannot be imported on this Python; "
        "use the chainer (--engine chainer) or Python 3.11 or 3.12"
    )
    found = assess(Incident(reference="R"), engine="chainer", check=False)
    assert found.checked is False


def test_a_step_says_what_fired() -> None:
    rule = Rule("r", (("a", "T"),), ("c", "F"), cite="s 1")
    assert Ruleset("step", (rule,)).infer([("a", "T")]) == [Step("r", (("a", "T"),), ("c", "F"))]
