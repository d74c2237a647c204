from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any as Anything

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regengine.clauses import Compiler, Context, Instrument, exemption_tree
from regengine.conditions import All, Any, Atom, Condition, Name, Not, leaves, parse
from regengine.editions import editions_of
from regengine.inference import Proposition, Ruleset, faults, infer_checked
from regengine.law import LawFile, Unless
from regengine.truth import Truth, every, some

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
RAILS = {T: ("T", "P"), F: ("F", "N"), U: ("N", "P")}
FACTS = ("incident.lost", "incident.accessed", "incident.acquired", "incident.altered")
Assignment = Mapping[str, Truth]

conditions = st.recursive(
    st.sampled_from(FACTS),
    lambda inner: st.one_of(
        inner.map(lambda text: f"not ({text})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' and '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' or '.join(parts)})"),
    ),
    max_leaves=7,
)


def kleene(tree: Condition, values: Assignment) -> Truth:
    """Evaluate a condition by the definition of strong Kleene logic."""
    if isinstance(tree, Not):
        return ~kleene(tree.term, values)
    if isinstance(tree, All):
        return every(kleene(term, values) for term in tree.terms)
    if isinstance(tree, Any):
        return some(kleene(term, values) for term in tree.terms)
    return values[str(tree)]


def assignments() -> Iterator[Assignment]:
    for values in product(Truth, repeat=len(FACTS)):
        yield dict(zip(FACTS, values, strict=True))


def atoms_of(instrument: Instrument, values: Assignment) -> list[Proposition]:
    """Decide the leaves: facts as assigned, the role as bound, versions as in force."""
    found: list[Proposition] = []
    for name, leaf in instrument.leaves.items():
        if leaf.atom.kind == "version":
            continue
        truth = T if leaf.atom.kind == "role" else values[leaf.atom.text]
        found += [(name, rail) for rail in RAILS[truth]]
    return found


def law(when: list[str] = FACTS[:1], unless: Anything = (), **more: Anything) -> LawFile:  # type: ignore[assignment]
    obligation = {
        "id": "xx-office",
        "title": "Tell the office",
        "to": {"kind": "regulator"},
        "when": list(when),
        "unless": list(unless),
        "version": [{"from": "2020-01-01", "cite": "s 1", "due": {"soft": "soon"}}],
        **more.pop("obligation", {}),
    }
    return LawFile.model_validate({"place": "XX", "title": "X", "obligation": [obligation], **more})


def compiled(file: LawFile) -> Instrument:
    return Compiler("xx", file, list(editions_of(file, [], "")), {}).compile()


def outcome(proved: set[Proposition], name: str) -> Truth:
    assert not {(name, "T"), (name, "F")} <= proved, f"{name} is proved true and false"
    return T if (name, "T") in proved else F if (name, "F") in proved else U


@settings(max_examples=60, deadline=None)
@given(conditions)
def test_a_condition_is_proved_as_kleene_says_on_all_four_rails(text: str) -> None:
    file = law()
    compiler = Compiler("tree", file, [], {})
    tree = parse(text)
    wanted = {rail: compiler._want(tree, rail, Context()) for rail in ("T", "F", "N", "P")}
    ruleset = Ruleset("tree", tuple(compiler.rules.values()))
    assert faults(ruleset) == []
    for values in assignments():
        atoms = [
            (name, rail)
            for name, leaf in compiler.leaves.items()
            for rail in RAILS[values[leaf.atom.text]]
        ]
        proved = {*atoms, *(step.conclusion for step in ruleset.infer(atoms))}
        found = {rail for rail, proposition in wanted.items() if proposition in proved}
        assert found == set(RAILS[kleene(tree, values)]), values


exemptions = st.lists(st.tuples(conditions, st.sampled_from(("law", "claimant"))), max_size=2)


@settings(max_examples=50, deadline=None)
@given(st.lists(conditions, min_size=1, max_size=2), exemptions)
def test_a_duty_is_owed_by_its_conditions_and_the_burden_of_its_exemptions(
    when: list[str], grounds: list[tuple[str, str]]
) -> None:
    unless = [{"if": text, "burden": burden, "cite": "s 2"} for text, burden in grounds]
    instrument = compiled(law(when, unless))
    name = instrument.clauses["xx-office", "2020-01-01", None].name
    for values in assignments():
        conditions_ = every(kleene(parse(text), values) for text in when)
        held = [(kleene(parse(text), values), burden) for text, burden in grounds]
        excluded = some(truth for truth, _ in held)
        stands = all(t is F if burden == "law" else t is not T for t, burden in held)
        expected = U
        if conditions_ is T and stands:
            expected = T
        elif conditions_ is F or excluded is T:
            expected = F
        atoms = atoms_of(instrument, values)
        proved = {*atoms, *(step.conclusion for step in instrument.ruleset.infer(atoms))}
        assert outcome(proved, name) is expected, values


@settings(max_examples=8, deadline=None)
@given(conditions, conditions)
def test_durable_rules_proves_compiled_law_alike(when: str, exempt: str) -> None:
    unless = [{"if": exempt, "burden": "claimant", "cite": "s 2"}]
    instrument = compiled(law([when], unless))
    for values in list(assignments())[::16]:
        infer_checked(instrument.ruleset, atoms_of(instrument, values), "chainer")


@pytest.mark.parametrize("join", ["and", "or"])
@pytest.mark.parametrize("count", [8, 9, 17, 30])
def test_a_long_list_is_compiled_as_a_chain(join: str, count: int) -> None:
    regimes = [f"regime xx.r{number}" for number in range(count)]
    text = f" {join} ".join(regimes)
    instrument = compiled(law([text]))
    assert faults(instrument.ruleset) == []
    name = "xx-office::2020-01-01"
    odd = F if join == "and" else T
    cases: list[tuple[dict[str, Truth], Truth]] = [(dict.fromkeys(regimes, ~odd), ~odd)]
    cases += [({**dict.fromkeys(regimes, ~odd), one: odd}, odd) for one in regimes]
    cases += [({**dict.fromkeys(regimes, ~odd), one: U}, U) for one in regimes]
    for values, expected in cases:
        atoms = atoms_of(instrument, values)
        proved = {*atoms, *(step.conclusion for step in instrument.ruleset.infer(atoms))}
        assert outcome(proved, name) is expected


def test_a_named_condition_is_proved_with_its_own_citation() -> None:
    condition = [{"name": "breach", "cite": "s 1(2)", "if": "incident.lost"}]
    instrument = compiled(law(["breach"], condition=condition))
    cites = {rule.conclusion: rule.cite for rule in instrument.ruleset.rules}
    assert cites["condition::breach", "T"] == "s 1(2)"
    assert cites["xx-office::2020-01-01", "T"] == "s 1"


def test_each_ground_is_a_proof_of_its_own() -> None:
    grounds = [
        {"name": "loss", "if": "incident.lost", "cite": "s 3(a)"},
        {"name": "access", "if": "incident.accessed", "cite": "s 3(b)"},
    ]
    instrument = compiled(law([], obligation={"grounds": grounds}))
    values = dict.fromkeys(FACTS, F) | {"incident.lost": T, "incident.accessed": T}
    steps = instrument.ruleset.infer(atoms_of(instrument, values))
    cited = {rule.id: rule.cite for rule in instrument.ruleset.rules}
    assert {"s 3(a)", "s 3(b)"} <= {cited[step.rule] for step in steps}


def test_the_same_words_about_other_people_are_another_question() -> None:
    obligations = [
        {
            "id": f"xx-{name}",
            "title": name,
            "to": {"kind": "regulator"},
            "when": ["people > 5 and incident.lost"],
            "version": [{"from": "unknown", "cite": "s", "due": {"soft": "soon"}}],
            **more,
        }
        for name, more in (("one", {}), ("two", {}), ("three", {"scope": {"everywhere": True}}))
    ]
    file = LawFile.model_validate({"place": "XX", "title": "X", "obligation": obligations})
    counts = [name for name in compiled(file).leaves if name.startswith("people::")]
    assert len(counts) == 2


@pytest.mark.parametrize(
    ("made", "text"),
    [
        ({"form": ["written"]}, "xx.harm = false and xx.harm is written"),
        (
            {"form": ["written", "consulted xx.office"]},
            "xx.harm = false and xx.harm is written and xx.harm is consulted xx.office",
        ),
        ({"after": "filed(xx-office)"}, "xx.harm = false and filed(xx-office)"),
        ({}, "xx.harm = false"),
    ],
)
def test_an_exemption_asks_for_the_form_that_the_law_asks(made: Anything, text: str) -> None:
    unless = Unless.model_validate({"if": "xx.harm = false", "cite": "s", **made})
    assert str(exemption_tree(unless)) == text


def test_a_form_is_asked_of_the_judgement_and_not_of_a_fact() -> None:
    unless = Unless.model_validate(
        {"if": "incident.recovered and xx.harm = false", "cite": "s", "form": ["written"]}
    )
    forms = [each for each in leaves(exemption_tree(unless)) if isinstance(each, Atom)
             and each.kind == "form"]  # fmt: skip
    assert [form.subject for form in forms] == ["xx.harm"]


# -- duties that depend on duties -----------------------------------------------------------


def _two(versions: int = 1) -> Instrument:
    first = {
        "id": "xx-first",
        "title": "First",
        "to": {"kind": "regulator"},
        "when": ["incident.lost"],
        "version": [
            {"from": f"202{n}-01-01", "cite": f"s {n}", "due": {"soft": "soon"}}
            for n in range(versions)
        ],
    }
    second = {
        "id": "xx-second",
        "title": "Second",
        "to": {"kind": "regulator"},
        "when": ["incident.accessed"],
        "unless": [{"if": "owed(xx-first)", "burden": "claimant", "cite": "s 9"}],
        "version": [{"from": "unknown", "cite": "s 8", "due": {"soft": "soon"}}],
    }
    return compiled(
        LawFile.model_validate({"place": "XX", "title": "X", "obligation": [first, second]})
    )


Choose = Callable[[str], Truth | None]


def _second(instrument: Instrument, values: Assignment, chosen: Choose) -> Truth:
    atoms = atoms_of(instrument, values)
    for name, leaf in instrument.leaves.items():
        if leaf.atom.kind == "version" and (truth := chosen(leaf.atom.words[0])) is not None:
            atoms += [(name, rail) for rail in RAILS[truth]]
    proved = {*atoms, *(step.conclusion for step in instrument.ruleset.infer(atoms))}
    return outcome(proved, "xx-second::unknown")


@pytest.mark.parametrize(("lost", "expected"), [(T, F), (F, T), (U, T)])
def test_a_duty_gives_way_to_another_only_once_that_is_owed(lost: Truth, expected: Truth) -> None:
    values = {"incident.lost": lost, "incident.accessed": T}
    chosen = {"2020-01-01": T}
    assert _second(_two(), values, chosen.get) is expected
    # Only the version in force is asked, however many there are.
    assert _second(_two(3), values, {"2021-01-01": T}.get) is expected


def test_a_duty_does_not_give_way_to_one_of_which_it_is_doubtful_that_it_binds() -> None:
    values = {"incident.lost": T, "incident.accessed": T}
    assert _second(_two(), values, {"2020-01-01": U}.get) is T


def test_a_duty_without_a_version_in_force_is_not_owed() -> None:
    values = {"incident.lost": T, "incident.accessed": T}
    assert _second(_two(), values, {"none": T}.get) is T


def test_a_name_that_no_file_declares_is_a_fact() -> None:
    instrument = compiled(law(["xx.harm"]))
    assert instrument.leaves["fact::xx.harm"].atom == parse("xx.harm = true")
    assert Name("name", "xx.harm") == parse("xx.harm")
