"""What stands in the address, read."""

from unittest.mock import Mock

import pytest

from ui.address import asked, asked_number, came_by_history, settle
from ui.state import state

NO_NUMBER = [
    "",
    "-1",
    "1e1",
    "0x1",
    "\u00b2",
    "\u0661",
    "9" * 5_000,
    "8",
    "1_0",
    "\0",
    "x",
    "inf",
    "1,5",
    "\ud800",
    "\u00bd",
    "0" * 2_000,
]


@pytest.fixture
def address(monkeypatch):
    values = {}
    monkeypatch.setattr(state().address, "values", values)
    return values


@pytest.mark.parametrize("text", NO_NUMBER)
def test_what_is_no_number_below_the_count_is_none(address, text):
    address["unit"] = text
    assert asked_number("unit", 8) is None
    assert asked_number("other", 8) is None


@pytest.mark.parametrize("text", ["7", "07", " 7", "7.", "7)", "(7", '"7"', "7\r\n", "7\u200b", "[7]", "7 …", "«7»"])
def test_what_stood_around_a_link_in_a_mail_is_dropped(address, text):
    address["unit"] = text
    assert (asked("unit"), asked_number("unit", 8)) == (text.strip(' .)("\r\n\u200b[]…«»'), 7)


@pytest.mark.parametrize(
    "value", ["Looks for", "training.learning_rate:0.001,0.1;seed:3", "8.7_7.31", "20260101-000000-abcdef"]
)
def test_a_value_of_this_app_s_own_stays_as_it_is(address, value):
    address["view"] = value
    assert asked("view") == value
    address["view"] = f"{value[:5]}\r\n{value[5:]}>"
    assert asked("view") == value
    address["view"] = "x" * 5_000
    assert asked("view") == ""
    assert (asked("run"), asked("run", "mine")) == (None, "mine")


def test_a_page_that_was_gone_back_to_and_broken_off_is_still_that(monkeypatch):
    context = Mock(is_history_navigation=True)
    monkeypatch.setattr("ui.address.get_script_run_ctx", lambda: context)
    settle("build")
    context.is_history_navigation = False  # what came in between ran the page again, before it was made
    settle("build")
    assert came_by_history()
