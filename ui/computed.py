"""What takes long is computed by the engine, once for all visitors; meanwhile the page says so and stays alive."""

import hashlib
import pickle
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError
from contextlib import suppress
from threading import Lock
from typing import Any, TypeVar

import streamlit as st

from ui import cached

T = TypeVar("T")
MAX_ANSWERS = 200
AT_ONCE_SECONDS = 0.25
LOOK_SECONDS = 0.3


class _Answers:
    """The latest questions to the engine and what became of them. For all visitors, from any thread."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Future[Any]] = OrderedDict()
        self._lock = Lock()

    def to(self, key: str, function: Callable[..., T], arguments: tuple[object, ...]) -> Future[T]:
        """Return the answer that there is or will be."""
        with self._lock:
            if key not in self._answers:
                self._answers[key] = cached.engine().compute(function, *arguments)
            self._answers.move_to_end(key)
            while len(self._answers) > MAX_ANSWERS:
                self._answers.popitem(last=False)
            return self._answers[key]

    def forget(self, key: str) -> None:
        """Let the question be asked anew."""
        with self._lock:
            self._answers.pop(key, None)


@st.cache_resource(show_spinner=False)
def answers() -> _Answers:
    """What the engine has computed for the pages of this server."""
    return _Answers()


def computed(what: str, function: Callable[..., T], *arguments: object) -> T | None:
    """Return `function(*arguments)`, or None as long as it is being computed.

    Args:
        what: said on the page meanwhile, and when it fails: "Reading 10,000 test digits".
        function: of a module that a worker can import; its result is kept as long as it is among the latest.
        *arguments: what it is called with; they are told apart by their pickled bytes.
    """
    key = hashlib.blake2b(pickle.dumps((function.__module__, function.__qualname__, arguments))).hexdigest()
    answer = answers().to(key, function, arguments)
    with suppress(NotYetError):
        answer.exception(timeout=AT_ONCE_SECONDS)
    if not answer.done():
        _wait(what, answer)
        return None
    error = answer.exception()
    if error is None:
        return answer.result()
    st.error(f"{what}: this did not work. {error}", icon=":material/error:")
    st.button("Try again", key=f"again-{key[:16]}", on_click=answers().forget, args=(key,))
    return None


@st.fragment(run_every=LOOK_SECONDS)
def _wait(what: str, answer: Future[Any]) -> None:
    """Say what is under way; run the page again when it is done."""
    st.markdown(f":material/hourglass_top: {what} …")
    if answer.done():
        st.rerun()
