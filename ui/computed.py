"""What takes long is computed by the engine, once for all visitors; meanwhile the page says so and stays alive."""

import hashlib
import pickle
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from cnnlab.engine.engine import Answer, WorkerDiedError
from ui import cached
from ui.cached import Cache
from ui.words import ENGINE, message

T = TypeVar("T")
MAX_BYTES = 256 * 2**20
AT_ONCE_SECONDS = 0.25
LOOK_SECONDS = 0.3


@st.cache_resource(show_spinner=False)
def answers() -> Cache:
    """What the engine computes or has computed for the pages of this server; `forget` is for what failed."""
    return Cache(MAX_BYTES)


def ask(function: Callable[..., T], *arguments: object) -> Future[T]:
    """Have the engine compute `function(*arguments)`, once for all who ask; see `computed`."""
    return answers().future(_key(function, arguments), partial(cached.engine().compute, function, *arguments))


def forget(function: Callable[..., Any], *arguments: object) -> None:
    """Have it computed anew when it is asked for again."""
    answers().forget(_key(function, arguments))


def computed(what: str, function: Callable[..., T], *arguments: object) -> T | None:
    """Return `function(*arguments)`, or None as long as it is being computed.

    Args:
        what: said on the page meanwhile, and when it fails: "Reading 10,000 test digits".
        function: of a module that a worker can import; its result is kept as long as it is among the latest.
        *arguments: what it is called with; their pickled bytes are the key.
    """
    answer = ask(function, *arguments)
    with suppress(NotYetError):
        answer.exception(timeout=AT_ONCE_SECONDS)
    if not answer.done():
        _wait(what, answer)
        return None
    error = answer.exception()
    if error is None:
        return answer.result()
    st.error(f"{what}: this did not work. {message(error)}", icon=":material/error:")
    if isinstance(error, WorkerDiedError):
        return None
    key = f"again-{_key(function, arguments)[:16]}"
    st.button("Try again", key=key, on_click=forget, args=(function, *arguments))
    return None


def tell_engine_state() -> None:
    """Say what the engine is doing, or why it cannot train, unless it is ready."""
    engine = cached.engine()
    if engine.state == "unable":
        instead = "The Learn pages, Draw and Look inside work all the same."
        st.error(f"{message(engine.problem)} {instead}", icon=":material/error:")
    elif engine.state in ENGINE:
        st.info(ENGINE[engine.state], icon=":material/hourglass_top:")


def _key(function: Callable[..., Any], arguments: tuple[object, ...]) -> str:
    return hashlib.blake2b(pickle.dumps((function.__module__, function.__qualname__, arguments))).hexdigest()


@st.fragment(run_every=LOOK_SECONDS)
def _wait(what: str, answer: Future[Any]) -> None:
    """Say what is under way; run the page again when it is done."""
    share = f" {100 * answer.share:.0f} %" if isinstance(answer, Answer) and answer.share else ""
    st.markdown(f":material/hourglass_top: {what} …{share}")
    if answer.done():
        st.rerun()
