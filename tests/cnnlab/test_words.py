"""Figures in words."""

import pytest

from cnnlab.words import percent


@pytest.mark.parametrize(
    ("share", "decimals", "words"),
    [
        (0.973, 1, "97.3 %"),
        (0.5, 0, "50 %"),
        (0.98765, 2, "98.77 %"),
        (1, 1, "100.0 %"),
        (0.99996, 1, "> 99.9 %"),
        (0.99996, 2, "> 99.99 %"),
        (0.9994, 1, "99.9 %"),
        (0, 1, "0.0 %"),
        (0.0001, 1, "< 0.1 %"),
        (0.001, 1, "0.1 %"),
        (float("nan"), 1, "nan %"),
    ],
)
def test_what_is_not_quite_all_or_nothing_is_not_rounded_to_it(share, decimals, words):
    assert percent(share, decimals) == words
