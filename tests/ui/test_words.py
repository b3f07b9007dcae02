"""Numbers, times and shares in words."""

from datetime import UTC, datetime

import pytest
from streamlit.runtime.context import ContextProxy

from ui.words import MAX_MESSAGE, message, moment, percent, plain, plural, time_span


@pytest.mark.parametrize(
    ("share", "decimals", "words"),
    [
        (0.973, 1, "97.3 %"),
        (0.9995, 1, "> 99.9 %"),
        (0.99951, 2, "99.95 %"),
        (0.999951, 2, "> 99.99 %"),
        (0.996, 0, "> 99 %"),
        (1.0, 1, "100.0 %"),
        (0.0004, 1, "< 0.1 %"),
        (0.004, 0, "< 1 %"),
        (0.0, 1, "0.0 %"),
    ],
)
def test_a_share_that_is_not_quite_all_or_nothing_says_so(share, decimals, words):
    assert percent(share, decimals) == words


def test_things_are_counted():
    assert [plural(count, "drawing") for count in (0, 1, 2_000)] == ["0 drawings", "1 drawing", "2,000 drawings"]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.42, "0.4 s"), (9.96, "10 s"), (12.3, "12 s"), (200, "3 min 20 s"), (7_200, "120 min 0 s")]
)
def test_a_time_as_people_say_it(seconds, words):
    assert time_span(seconds) == words


def test_what_went_wrong_is_one_sentence_and_quotes_nothing_as_markdown():
    assert (
        message(ValueError("`kernel_size` must be 3. Received: 'a*b'")) == "`kernel_size` must be 3. Received: 'a\\*b'."
    )
    assert message("It is over.") == "It is over."
    assert message("\ud800\n\n    x") == "? x."
    assert len(message("x" * 9_999)) < 2 * MAX_MESSAGE


def test_a_text_without_signs_stays_as_it_is():
    words = "Run 7, with 3 layers (LeNet-5), learning_rate=0.1; 98.7 %!"
    assert plain(words) == words


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berlin", "01 Jul, 23:30:05 CEST"),
        ("America/Sao_Paulo", "01 Jul, 18:30:05 UTC-03"),
        ("Pacific/Auckland", "02 Jul, 09:30:05 NZST"),
        *((zone, "01 Jul, 21:30:05 UTC") for zone in (None, "", "America", "Mars/Base", "../../etc/passwd", "\0")),
    ],
)
def test_a_time_by_the_visitors_clock(monkeypatch, zone, words):
    monkeypatch.setattr(ContextProxy, "timezone", property(lambda _: zone))
    assert moment(datetime(2026, 7, 1, 21, 30, 5, tzinfo=UTC)) == words
