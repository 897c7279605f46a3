"""Intervals over a few seeds."""

from __future__ import annotations

import pytest

from ganzoo.sweeping.interval import half_width, pooled_spread, student_quantile


@pytest.mark.parametrize(
    ("freedom", "expected"), [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (9, 2.262), (10, 2.228), (30, 2.042)]
)
def test_quantiles_are_those_of_the_printed_tables(freedom, expected):
    """NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, two-sided 95 %."""
    assert student_quantile(freedom) == pytest.approx(expected, abs=5e-4)


def test_the_interval_of_three_values():
    assert half_width([1.0, 2.0, 3.0]) == pytest.approx(4.3027 / 3**0.5, rel=1e-4)


def test_one_value_has_no_interval():
    assert half_width([1.0]) is None


def test_the_spread_of_several_groups_is_that_within_them():
    assert pooled_spread([[1.0, 2.0, 3.0]]) == pytest.approx(half_width([1.0, 2.0, 3.0]) * 3**0.5)
    assert pooled_spread([[0.0, 2.0], [100.0, 102.0]]) == pytest.approx(student_quantile(2) * 2**0.5)
    assert pooled_spread([[1.0], [5.0]]) is None
