import pytest
from hypothesis import given
from hypothesis import strategies as st

from regengine.conditions import (
    MAX_DEPTH,
    MAX_LENGTH,
    All,
    Any,
    Atom,
    Condition,
    ConditionError,
    Name,
    Not,
    leaves,
    parse,
)

ATOMS = (
    "incident.lost",
    "breach",
    "regime us.hipaa.covered_entity",
    "data any [ssn, dob]",
    "data everywhere all [*]",
    "kind any [ransomware]",
    "media any [paper]",
    "happened ransom_paid",
    "seat in EEA",
    "operates in here",
    "filed(xx-office/final)",
    "owed(xx-office)",
    "people >= 500",
    "people everywhere > 500",
    "people in US-WI = 3",
    "places in EEA >= 2",
    "establishments in EEA < 2",
    "eu.gdpr.risk != unlikely",
    "organisation.employees >= 250",
)


def trees() -> st.SearchStrategy[Condition]:
    return st.recursive(
        st.sampled_from(ATOMS).map(parse),
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, min_size=2, max_size=3).map(lambda terms: All(tuple(terms))),
            st.lists(inner, min_size=2, max_size=3).map(lambda terms: Any(tuple(terms))),
        ),
        max_leaves=8,
    )


@given(trees())
def test_a_printed_condition_reads_back_as_itself(tree: Condition) -> None:
    assert parse(str(tree)) == tree


@pytest.mark.parametrize("text", ATOMS)
def test_an_atom_prints_as_it_is_written(text: str) -> None:
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a or b and c", Any((Name("name", "a"), All((Name("name", "b"), Name("name", "c")))))),
        ("(a or b) and c", All((Any((Name("name", "a"), Name("name", "b"))), Name("name", "c")))),
        ("not a and b", All((Not(Name("name", "a")), Name("name", "b")))),
        ("not (a and b)", Not(All((Name("name", "a"), Name("name", "b"))))),
        ("not not a", Not(Not(Name("name", "a")))),
        ("owed(x-a | x-b)", Any((Name("owed", "x-a"), Name("owed", "x-b")))),
        ("filed(x-a | x-b/final)", Atom("filed", words=("x-a", "x-b/final"))),
        ("people >= 1_000", Atom("people", "here", ">=", 1000.0)),
        ("incident.loss.amount > 0.5", Atom("fact", "incident.loss.amount", ">", 0.5)),
        ("xx.harm = false", Atom("fact", "xx.harm", "=", "false")),
        (
            "notified(x-a) > 500",
            All((Name("owed", "x-a"), Atom("reach", "x-a", ">", 500.0))),
        ),
    ],
)
def test_and_binds_closer_than_or_and_not_closest(text: str, tree: Condition) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "an empty condition"),
        ("a and", "column 6 of 'a and': expected a word, found 'the end'"),
        ("a b", "column 3 of 'a b': unexpected 'b' after the condition"),
        ("(a", "column 3 of '(a': expected \")\", found 'the end'"),
        ("a ; b", "column 3 of 'a ; b': unexpected character ';'"),
        ("people >> 5", "column 9 of 'people >> 5': expected a number, found '>'"),
        ("people >= many", "column 11 of 'people >= many': expected a number, found 'many'"),
        ("people 5", "column 8 of 'people 5': expected \"=\" or"),
        ("data any [ssn", "expected \"]\", found 'the end'"),
        ("data any []", "expected a word, found ']'"),
        ("regime", "expected a word, found 'the end'"),
        ("notified(a | b) > 5", "notified(...) takes one obligation"),
        ("a" * (MAX_LENGTH + 1), f"at most {MAX_LENGTH} characters, found {MAX_LENGTH + 1}"),
        ("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1), f"nested deeper than {MAX_DEPTH}"),
        ("not " * (MAX_DEPTH + 1) + "a", f"nested deeper than {MAX_DEPTH}"),
    ],
)
def test_a_fault_names_its_column(text: str, says: str) -> None:
    with pytest.raises(ConditionError) as refused:
        parse(text)
    assert says in str(refused.value)


def test_the_limits_themselves_are_allowed() -> None:
    assert parse("a" * MAX_LENGTH) == Name("name", "a" * MAX_LENGTH)
    depth = MAX_DEPTH - 1
    assert parse("(" * depth + "a" + ")" * depth) == Name("name", "a")


@given(trees())
def test_leaves_are_listed_once_and_none_is_missed(tree: Condition) -> None:
    found = leaves(tree)
    assert len(found) == len(set(found))

    def inside(node: Condition) -> set[Atom | Name]:
        if isinstance(node, Atom | Name):
            return {node}
        below = (node.term,) if isinstance(node, Not) else node.terms
        return set().union(*map(inside, below))

    assert set(found) == inside(tree)


def test_leaves_come_first_to_last() -> None:
    assert [str(leaf) for leaf in leaves(parse("c and (b or not a) and c"))] == ["c", "b", "a"]
