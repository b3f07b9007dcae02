"""Predict, then reveal: asked, answered, told, counted, and asked anew when the question changes."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.seen import click, open_code, state, text
from ui import lesson
from ui.lesson import STATIONS, is_right


def lesson_page():
    import streamlit as st  # noqa: PLC0415 - AppTest runs the source of this function alone

    from cnnlab.nn.operations import relu  # noqa: PLC0415
    from tests.pages import seen as tests  # noqa: PLC0415
    from ui import lesson  # noqa: PLC0415

    lesson.station("Pooling")
    side = st.number_input("Side", 1, 100, 4, key="side")
    lesson.predict("one", f"{side} x {side}: how many?", side * side, reveal="rows times columns")
    lesson.predict("two", "Which half?", 0.5, reveal=lambda: st.caption("drawn by a function"))
    lesson.predict("three", "Which colour?", "black", options=["black", "white"])
    lesson.notes_say("it is so.", "it is 3.", holds=False)
    lesson.try_this("this.", "that.")
    lesson.code(relu)
    lesson.heading("Mix", "One pixel, mixed")
    lesson.article(str(tests.ROOT / "tests/ui/one_page.py"))  # its article: parts/one_page/article.md


@pytest.fixture
def at():
    visitor = AppTest.from_function(lesson_page, default_timeout=30).run()
    yield visitor
    assert [error.value for error in visitor.exception] == []


def answer(at, place, value):
    """Fill in the prediction at `place` among those with a number, and check."""
    at.number_input[place].set_value(value)
    at.button[2 * (place - 1)].click().run()


def test_nothing_is_told_before_an_answer(at):
    assert "0 of 3 predictions answered" in text(at)
    assert "rows times columns" not in text(at)
    assert "It is **" not in text(at)


def test_a_right_answer_is_told_revealed_and_counted(at):
    answer(at, 1, 16)
    assert "Right" in text(at)
    assert "It is **16**" in text(at)
    assert "rows times columns" in text(at)
    assert "1 of 3 predictions answered" in text(at)


def test_a_wrong_answer_is_told_and_can_be_mended(at):
    answer(at, 1, 8)
    assert "Not yet" in text(at)
    assert "It is not 8. Try again." in text(at)
    assert "rows times columns" not in text(at)
    assert "0 of 3" in text(at)
    answer(at, 1, 16)
    assert "Not yet" not in text(at)
    assert "1 of 3" in text(at)


def test_check_without_an_answer_tells_nothing(at):
    at.button[0].click().run()
    assert "Not yet" not in text(at)
    assert "0 of 3" in text(at)


def test_show_me(at):
    click(at, "Show me")
    assert "Shown" in text(at)
    assert "It is **16**" in text(at)
    assert "1 of 3" in text(at)


def test_a_reveal_may_draw(at):
    answer(at, 2, 0.5)
    assert "drawn by a function" in text(at)


def test_a_choice(at):
    at.button_group[0].set_value("white")
    at.button[4].click().run()
    assert "It is not white" in text(at)
    at.button_group[0].set_value("black")
    at.button[4].click().run()
    assert "It is **black**" in text(at)


def test_other_inputs_ask_anew_and_progress_stays(at):
    answer(at, 1, 16)
    at.number_input(key="side").set_value(5).run()
    assert "5 x 5: how many?" in text(at)
    assert "It is **" not in text(at)
    assert at.number_input[1].value is None
    assert "1 of 3" in text(at)
    answer(at, 1, 25)
    assert "1 of 3" in text(at)


def test_progress_belongs_to_its_station(at):
    click(at, "Show me")
    assert state(at).course.answered == {"Pooling": {"one"}}


def test_the_box_the_line_and_the_code(at):
    assert "**The study notes say** · it is so." in text(at)
    assert "does not hold" in text(at)
    assert "**Try** this. **Notice** that." in text(at)
    assert "def relu" in open_code(at, "relu")[0]


def test_a_sign_leads_to_its_paragraph(at):
    assert [heading.value for heading in at.subheader] == ["Mix", "One pixel, mixed"]
    sign = '[](#words-one-pixel-mixed "About: One pixel, mixed")'
    assert lesson.sign("One pixel, mixed") == sign
    assert sign in [shown.value for shown in at.markdown]
    assert at.subheader[1].anchor == "words-one-pixel-mixed"
    assert at.markdown[-1].value.strip() == "It is *so*."


@pytest.mark.parametrize(
    ("given", "computed", "right"),
    [
        (None, 3, False),
        (3, 3, True),
        (3.001, 3, False),
        (0.74, 0.7333, True),
        (0.72, 0.7333, False),
        (212e6, 212_336_650.0, True),
        (0, 0.004, True),
        (-0.5, 0.5, False),
        ("black", "black", True),
        ("white", "black", False),
        (None, "black", False),
    ],
)
def test_what_counts_as_right(given, computed, right):
    assert is_right(given, computed) is right


def test_an_answer_outside_its_options():
    with pytest.raises(ValueError, match=r"`answer` must be one of `options` \['a', 'b'\]\. Received: answer='c'"):
        lesson.predict("key", "Which?", "c", options=["a", "b"])


def test_stations_take_5_to_8_minutes():
    assert all(5 <= minutes <= 8 for _, minutes in STATIONS.values())
