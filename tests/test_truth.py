from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regengine.truth import Range, Truth, every, some

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
RANK = {F: 0, U: 1, T: 2}  # strong Kleene logic: and is the least, or the greatest
OPERATORS = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}

truths = st.sampled_from(list(Truth))


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    low = draw(st.integers(0, 12))
    high = draw(st.one_of(st.none(), st.integers(low, 16)))
    return Range(low, high)


@pytest.mark.parametrize(("a", "b"), list(product(Truth, repeat=2)))
def test_and_is_the_least_and_or_the_greatest(a: Truth, b: Truth) -> None:
    assert RANK[a & b] == min(RANK[a], RANK[b])
    assert RANK[a | b] == max(RANK[a], RANK[b])
    assert RANK[~a] == 2 - RANK[a]


@given(st.lists(truths))
def test_every_and_some_join_any_number(values: list[Truth]) -> None:
    assert RANK[every(values)] == min((RANK[value] for value in values), default=2)
    assert RANK[some(values)] == max((RANK[value] for value in values), default=0)


def test_of_reads_a_missing_fact_as_unknown_and_not_as_no() -> None:
    assert [Truth.of(value) for value in (True, False, None)] == [T, F, U]


@given(ranges(), st.sampled_from(sorted(OPERATORS)), st.integers(0, 17))
def test_a_comparison_is_what_all_numbers_of_the_range_agree_on(
    number: Range, operator: str, threshold: int
) -> None:
    top = 30 if number.at_most is None else int(number.at_most)
    answers = {OPERATORS[operator](n, threshold) for n in range(int(number.at_least), top + 1)}
    expected = U if len(answers) == 2 else Truth.of(answers.pop())
    assert number.compare(operator, threshold) is expected


@given(ranges(), ranges())
def test_a_sum_holds_exactly_the_sums_of_its_members(a: Range, b: Range) -> None:
    total = a + b
    assert total.at_least == a.at_least + b.at_least
    if a.at_most is None or b.at_most is None:
        assert total.at_most is None
    else:
        assert total.at_most == a.at_most + b.at_most


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Range(), "unknown"),
        (Range(5), "at least 5"),
        (Range(0, 5), "at most 5"),
        (Range(400, 12_000), "400 to 12,000"),
        (Range.exactly(0), "0"),
        (Range.exactly(5200), "5,200"),
    ],
)
def test_a_range_says_what_is_known(number: Range, text: str) -> None:
    assert str(number) == text


def test_an_unknown_comparison_is_refused_with_the_allowed_ones() -> None:
    with pytest.raises(ValueError, match=r"unknown comparison '=>'; allowed: = != < <= > >="):
        Range.exactly(1).compare("=>", 1)
