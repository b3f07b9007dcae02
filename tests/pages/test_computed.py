"""What a page has computed by the engine: waiting, the answer, a failure, and that it is asked only once."""

import math
from concurrent.futures import Future

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.engine.engine import WorkerDiedError
from ui import cached, computed


class SlowEngine:
    """Answers when the test says so."""

    def __init__(self):
        self.asked = []

    def compute(self, function, *arguments):
        self.asked.append((function, arguments, Future()))
        return self.asked[-1][2]


@pytest.fixture
def slow_engine(monkeypatch):
    engine = SlowEngine()
    monkeypatch.setattr(cached, "engine", lambda: engine)
    monkeypatch.setattr(computed, "AT_ONCE_SECONDS", 0.01)
    computed.answers.clear()
    yield engine
    computed.answers.clear()


def page(number):
    import math  # noqa: PLC0415 - AppTest runs this function by itself

    import streamlit as st  # noqa: PLC0415

    from ui.computed import computed  # noqa: PLC0415

    root = computed("Taking a root", math.sqrt, number)
    if root is not None:
        st.write(f"It is {root:g}")


def visit(number):
    return AppTest.from_function(page, args=(number,), default_timeout=60).run()


def test_a_page_waits_and_shows_the_answer_to_everybody(slow_engine):
    at, other = visit(16), visit(16)
    for visitor in (at, other):
        assert "Taking a root …" in visitor.markdown[0].value
    slow_engine.asked[0][2].set_result(4.0)
    for visitor in (at, other):
        assert visitor.run().markdown[0].value == "It is 4"
    assert [(function, arguments) for function, arguments, _ in slow_engine.asked] == [(math.sqrt, (16,))]
    assert "Taking" in visit(25).markdown[0].value  # another question
    assert len(slow_engine.asked) == 2


def test_a_failure_is_told_and_can_be_tried_again(slow_engine):
    visit(-1)
    slow_engine.asked[0][2].set_exception(ValueError("There is no root."))
    at = visit(-1)
    assert at.error[0].value == "Taking a root: this did not work. There is no root."
    assert len(slow_engine.asked) == 1
    at.button[0].click().run()
    assert "Taking a root …" in at.markdown[0].value
    slow_engine.asked[1][2].set_result(1.0)
    assert at.run().markdown[0].value == "It is 1"


def test_what_killed_its_worker_twice_is_not_asked_again(slow_engine):
    visit(-1)
    slow_engine.asked[0][2].set_exception(WorkerDiedError("It died."))
    at = visit(-1)
    assert at.error[0].value == "Taking a root: this did not work. It died."
    assert not at.button


def test_only_the_latest_answers_are_kept(slow_engine, monkeypatch):
    monkeypatch.setattr(computed, "MAX_BYTES", 2 * cached.ENTRY_BYTES)
    for number in (1, 2, 3, 2, 1):
        visit(number)
    assert [arguments for _, arguments, _ in slow_engine.asked] == [(1,), (2,), (3,), (1,)]
