"""Who belongs to a facet, and when its bias has become worse."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from sagemaker_analyzer.bias.cells import Undefined
from sagemaker_analyzer.bias.drift import description, is_worse
from sagemaker_analyzer.bias.groups import Group, configured, group, same
from sagemaker_analyzer.bias.records import Shape
from sagemaker_analyzer.contract.config import Literal


def shape(*, distinct: int, fractions: int = 0, texts: int = 0, minimum: float = 0, maximum: float = 80) -> Shape:
    return Shape(100, texts, fractions, distinct, minimum, maximum)


@pytest.mark.parametrize(
    ("values", "column", "expected"),
    [
        ((1,), shape(distinct=2, maximum=1), Group("1", ("1",))),
        ((1.0,), shape(distinct=2, maximum=1), Group("1", ("1",))),
        ((40,), shape(distinct=60), Group("(40, 80]", above=40)),
        ((40,), shape(distinct=60, fractions=3), Group("(40.0, 80.0]", above=40)),
        ((99,), shape(distinct=60), Group("(99, 99]", above=99)),
        (("40",), shape(distinct=60), Group("40", ("40",))),
        ((40, 41), shape(distinct=60), Group("40,41", ("40", "41"))),
        (("f", 2.5), shape(distinct=60, texts=9), Group("f,2.5", ("f", "2.5"))),
        ((7,), shape(distinct=60, texts=9), Group("7", ("7",))),
    ],
)
def test_one_number_is_a_bound_only_of_columns_with_many_numbers(
    values: tuple[Literal, ...], column: Shape, expected: Group
) -> None:
    assert group(values, column) == expected


def test_a_number_of_which_the_baseline_has_an_interval_is_a_bound_in_a_quiet_hour_too() -> None:
    assert group((40,), shape(distinct=3), continuous=True).above == 40


@pytest.mark.parametrize(
    ("current", "baseline", "expected"),
    [
        ("(40, 80]", "(40.0, 97.5]", True),
        ("(40, 80]", "(41, 80]", False),
        ("1", "1.0", True),
        ("a,b", "b,a", True),
        ("a", "a,b", False),
        ("(40, 80]", "40", False),
    ],
)
def test_groups_are_the_same_by_their_bound_or_their_values(current: str, baseline: str, expected: bool) -> None:
    assert same(current, baseline) is expected


def test_violations_name_a_facet_as_the_configuration_does() -> None:
    assert configured((40,)) == "40"
    assert configured(("a", 2.0)) == "a,2"


def noisy(value: float, deviation: float) -> Callable[[np.random.Generator], float]:
    def drawn(random: np.random.Generator) -> float:
        return float(random.normal(value, deviation))

    return drawn


@pytest.mark.parametrize(
    ("value", "baseline", "balance", "expected"),
    [
        (0.1, 0.2, 0.0, False),
        (-0.3, 0.2, 0.0, True),
        (0.2, 0.2, 0.0, False),
        (0.9, 0.7, 1.0, False),
        (1.5, 0.7, 1.0, True),
        (0.4, 0.7, 1.0, True),
        (math.inf, 3.0, 0.0, True),
        (-math.inf, math.inf, 0.0, False),
    ],
)
def test_worse_is_farther_from_no_bias_than_the_baseline_on_either_side(
    value: float, baseline: float, balance: float, expected: bool
) -> None:
    assert is_worse(value, baseline, balance=balance, drawn=noisy(value, 0.01)) is expected


def test_what_may_be_chance_is_not_worse() -> None:
    assert is_worse(0.3, 0.2, balance=0.0, drawn=noisy(0.3, 0.04))
    assert not is_worse(0.3, 0.2, balance=0.0, drawn=noisy(0.3, 0.07))


def test_what_is_often_not_defined_for_other_draws_may_be_chance() -> None:
    def drawn(random: np.random.Generator) -> float:
        if random.random() < 0.3:
            raise Undefined("no record belongs to the facet")
        return 0.9

    assert not is_worse(0.9, 0.2, balance=0.0, drawn=drawn)


def test_the_description_is_clarifys() -> None:
    assert description(0.0751544567666083) == "Value 0.0751544567666083 does not meet the constraint requirement"
