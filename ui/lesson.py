"""What every Learn page is made of.

Its station, "predict, then reveal", "the article says / you measured", the code, and the page in words: one paragraph a
view, and beside each view a sign that leads to its paragraph.
"""

import inspect
import math
import re
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from ui import glossary
from ui.state import Prediction, state

STATIONS: dict[str, tuple[str, int]] = {
    "Pixels and channels": ("pages/pixels.py", 6),
    "Convolution": ("pages/convolution.py", 8),
    "Pooling": ("pages/pooling.py", 6),
    "Dense, dropout, softmax": ("pages/dense.py", 8),
    "Learning": ("pages/learning.py", 8),
}
"""The path, in order: a station's name, its page, and the minutes it takes."""

NUM_PREDICTIONS = 3
"""Questions at each station."""
TOLERANCE = 0.01
"""A number that is not whole counts as right within 1 %, or within half of the second decimal."""

ANSWER_WIDTH = 180
ARTICLE_WIDTH = 720
VERDICTS = {
    True: ":green-badge[:material/check: holds]",
    False: ":orange-badge[:material/close: does not hold]",
    None: ":blue-badge[:material/balance: it depends]",
}

_STYLE = Path(__file__).with_name("lesson.css")


def station(name: str) -> None:
    """Open a station: its title, its place on the path and one's own progress. First on every Learn page.

    Predictions that follow count for this station.
    """
    number = list(STATIONS).index(name) + 1
    state().course.station = name
    glossary.style()
    st.html(_STYLE)
    st.title(name)
    minutes = STATIONS[name][1]
    st.caption(f"Station {number} of {len(STATIONS)} · about {minutes} minutes · {progress(name)} predictions answered")


def next_station() -> None:
    """Show the way on from the station that is open. Last on a Learn page."""
    names = list(STATIONS)
    following = names[names.index(state().course.station) + 1 :]
    if following:
        name = following[0]
        label = f"Next station: **{name}** · {STATIONS[name][1]} minutes"
        st.page_link(STATIONS[name][0], label=label, icon=":material/arrow_forward:", icon_position="right")


def progress(name: str) -> str:
    """How many of a station's predictions the visitor has answered (rightly, or was shown): "●●○ 2 of 3"."""
    answered = min(len(state().course.answered.get(name, ())), NUM_PREDICTIONS)
    return f"{'●' * answered}{'○' * (NUM_PREDICTIONS - answered)} {answered} of {NUM_PREDICTIONS}"


def prediction_of(key: str, question: str) -> Prediction:
    """What the learner has predicted, by the prediction's name; nothing yet where the question is another one now."""
    known = state().course.predictions
    if key not in known or known[key].question != question:
        known[key] = Prediction(question)
    return known[key]


def predict(
    key: str,
    question: str,
    answer: float | str,
    *,
    options: Sequence[str] | None = None,
    reveal: Callable[[], None] | str = "",
) -> None:
    """Predict, then reveal: the learner answers first, then the page tells whether that was right, and shows why.

    After a right answer, or "Show me", the `reveal` is shown; after a wrong one the learner may try again. When the
    question changes, because what is shown on the page has changed, it is asked anew.

    Args:
        key: the prediction's name on its page, unique in the app: "pixels-count". Not made of the inputs.
        question: Markdown, with the numbers that it is about.
        answer: computed by `cnnlab` for what is on the page now, never typed in. An int must be met exactly, a float
            within 1 %, a str is one of `options`.
        options: for a choice; without them a number is asked for.
        reveal: why: Markdown, or a function that draws.
    """
    if options is not None and answer not in options:
        raise ValueError(f"`answer` must be one of `options` {list(options)}. Received: answer={answer!r}")
    course, prediction = state().course, prediction_of(key, question)
    with st.container(border=True):
        st.markdown(f"**Predict** · {question}")
        given, checked, show = _ask(key, question, answer, options)
        if checked:
            prediction.given = given
        if show or (checked and is_right(given, answer)):
            prediction.revealed = True
        _tell(prediction, answer)
        if prediction.revealed and callable(reveal):
            reveal()
        elif prediction.revealed and reveal:
            st.markdown(reveal)
    answered = course.answered.setdefault(course.station, set())
    if prediction.revealed and key not in answered:
        answered.add(key)
        st.rerun()  # the station's progress stands above


def _ask(key: str, question: str, answer: float | str, options: Sequence[str] | None) -> tuple[Any, bool, bool]:
    """Show the form; returns what is in it, whether Check was pressed, and whether Show me was."""
    name = f"{key}-{zlib.crc32(question.encode()):08x}"  # a new question begins with an empty field
    kept: dict[str, Any] = {"key": f"{name}-given", "label_visibility": "collapsed", "persist_state": "session"}
    is_whole = isinstance(answer, int)
    given: Any
    with st.form(name, border=False):
        if options is not None:
            given = st.segmented_control("Your answer", options, **kept)
        row = st.container(horizontal=True, gap="small", vertical_alignment="bottom")
        if options is None:
            given = row.number_input(
                "Your answer",
                value=None,
                step=1 if is_whole else 0.01,
                format="%d" if is_whole else "%g",
                placeholder="Your answer",
                width=ANSWER_WIDTH,
                **kept,
            )
        checked = row.form_submit_button("Check", key=f"{name}-check")
        show = row.form_submit_button("Show me", key=f"{name}-show", type="tertiary")
    return given, checked, show


def is_right(given: float | str | None, answer: float | str) -> bool:
    """Whether `given` counts as `answer`: the same word, the same whole number, or a number close enough."""
    if isinstance(given, str) or isinstance(answer, str) or given is None:
        return given == answer
    if isinstance(answer, int):
        return given == answer
    return math.isclose(given, answer, rel_tol=TOLERANCE, abs_tol=TOLERANCE / 2)


def in_words(answer: float | str) -> str:
    """An answer as it is written in a sentence: 212,336,640; 0.733; 'black'."""
    if isinstance(answer, str):
        return answer
    return f"{answer:,}" if isinstance(answer, int) else f"{answer:,.4g}"


def _tell(prediction: Prediction, answer: float | str) -> None:
    """Say how the answer was, in words and with a sign."""
    if prediction.given is not None and is_right(prediction.given, answer):
        st.markdown(f":green-badge[:material/check: Right] It is **{in_words(answer)}**.")
    elif prediction.revealed:
        st.markdown(f":blue-badge[:material/visibility: Shown] It is **{in_words(answer)}**.")
    elif prediction.given is not None:
        st.markdown(f":orange-badge[:material/close: Not yet] It is not {in_words(prediction.given)}. Try again.")


def notes_say(claim: str, measured: str, holds: bool | None) -> None:
    """Show a claim of the study notes beside what was measured on this page.

    Args:
        claim: what the study notes say, as a sentence.
        measured: what the page has just computed, with its numbers.
        holds: whether the claim is true by that; None: it depends, and `measured` says on what.
    """
    with st.container(border=True):
        st.markdown(f"**The study notes say** · {claim}")
        st.markdown(f"**You measured** · {measured} {VERDICTS[holds]}")


@st.fragment
def code(*functions: Callable[..., object]) -> None:
    """Show the source of the functions that computed what is on the page, as they stand in `cnnlab`.

    Only when it is opened: colouring it takes the browser half a second.
    """
    key = f"code-{functions[0].__name__}"
    with st.expander("The code that did it", icon=":material/code:", key=key, on_change="rerun") as opened:
        for function in functions if opened.open else ():
            st.code(inspect.getsource(function), language="python")


def try_this(try_: str, notice: str) -> None:
    """Show in one line what to try and what to notice: sentences without their first word, such as "the letter A."."""
    st.markdown(f"**Try** {try_} **Notice** {notice}")


def heading(title: str, paragraph: str) -> None:
    """Show the heading of a view and, beside it, the sign that leads to its paragraph."""
    with st.container(horizontal=True, gap=None, vertical_alignment="center"):
        st.subheader(title, anchor=False, width="content")
        st.markdown(sign(paragraph), width="content")


def sign(paragraph: str) -> str:
    """A sign as Markdown that leads down to a paragraph of the page's `article`: `st.markdown(sign("One pixel"))`.

    It stands beside a picture, or at the end of a line. The browser scrolls; the page does not run again.
    """
    return f'[](#{_anchor(paragraph)} "About: {paragraph}")'


def article(script: str) -> None:
    """Show the page in words: for each view one paragraph under a heading of its own. Before `next_station`.

    Args:
        script: the page's `__file__`. `parts/<page>/article.md` beside it has the paragraphs: three to six plain
            sentences, the formula, and its source where there is one, each under a `##` that is no view's heading.
    """
    page = Path(script)
    words = (page.parent / "parts" / page.stem / "article.md").read_text(encoding="utf-8")
    st.header("In words")
    with st.container(width=ARTICLE_WIDTH):
        for paragraph in words.removeprefix("## ").split("\n## "):
            name, text = paragraph.split("\n", 1)
            st.subheader(name, anchor=_anchor(name))
            st.markdown(text)


def _anchor(paragraph: str) -> str:
    """Where a paragraph stands on its page."""
    return "words-" + re.sub(r"\W+", "-", paragraph.lower())
