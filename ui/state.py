"""What belongs to one visitor: the only door to `st.session_state`, typed.

Anything worth keeping is in an Experiment or a run; this holds what is still being edited, and which run is looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
import streamlit as st

from cnnlab.digits.pictures import Picture
from cnnlab.digits.prepare import STANDARD, Preparation
from cnnlab.experiment import DataSettings, Experiment, TrainingSettings
from cnnlab.explain.ablation import Changes
from cnnlab.nn.architecture import Architecture, Check, check
from cnnlab.nn.layers import Layer
from cnnlab.presets import DEFAULT, PRESETS
from cnnlab.runs.handwriting import Handwriting
from cnnlab.training.pace import Pace

MAX_UNDONE = 100
TEST, DRAWING, PHOTO = "test", "drawing", "photo"
"""Where a digit that is looked at comes from."""


@dataclass(frozen=True)
class Draft:
    """An experiment that is being edited: its layers are valid one by one, but need not fit each other yet."""

    layers: tuple[Layer, ...]
    data: DataSettings
    training: TrainingSettings
    seed: int

    @classmethod
    def of(cls, experiment: Experiment) -> Self:
        """Begin from an experiment."""
        return cls(experiment.architecture.layers, experiment.data, experiment.training, experiment.seed)

    def check(self) -> Check:
        """Shapes and costs as far as the layers fit, and the first problem."""
        return check(self.layers)

    def experiment(self) -> Experiment | None:
        """The finished experiment, or None while the layers do not fit."""
        if self.check().problem:
            return None
        return Experiment(Architecture(self.layers), self.data, self.training, self.seed)


@dataclass(frozen=True)
class Drawing:
    """What is on the canvas: its strokes as the canvas gives them, to draw them again, and its pixels.

    `rgba` is uint8 (height, width, 4), or None before the first stroke.
    """

    strokes: dict[str, Any] | None = None
    rgba: np.ndarray | None = None


@dataclass
class Prediction:
    """A question as it was asked last, what the learner answered, and whether the answer has been shown."""

    question: str
    given: float | str | None = None
    revealed: bool = False


@dataclass
class Kept:
    """What a widget holds that Streamlit itself forgets when its page is left."""

    name: str
    at_start: Any
    """What it held when it came onto the page. It is given this: with every change it would begin anew."""
    now: Any
    num_resets: int = 0

    @property
    def key(self) -> str:
        """The widget's key."""
        return f"{self.name}-{self.num_resets}"

    def reset(self, value: Any) -> None:
        """Begin again with this value."""
        self.now = value
        self.num_resets += 1


@dataclass
class Course:
    """How far a learner has come on the Learn pages, and the photo that they brought."""

    station: str = ""
    """The station whose page is open."""
    predictions: dict[str, Prediction] = field(default_factory=dict)
    """By the prediction's key."""
    answered: dict[str, set[str]] = field(default_factory=dict)
    """For each station: the keys of the predictions that were answered."""
    photo: Picture | None = None
    kept: dict[str, Kept] = field(default_factory=dict)
    """By the names of widgets: what was typed and mixed."""


@dataclass
class State:
    """One visitor's state. Pages read it and change it in place."""

    draft: Draft = field(default_factory=lambda: Draft.of(PRESETS[DEFAULT]))
    undone: list[Draft] = field(default_factory=list)
    """Drafts that were taken back, the last one at the end."""
    done: list[Draft] = field(default_factory=list)
    """Drafts from before each edit, the last one at the end."""
    selected_layer: int | None = 0
    link: str | None = None
    """The `?experiment=` that was read or written last."""
    old_links: set[str] = field(default_factory=set)
    """Those written before, as long as the browser has not told that it knows the last one."""
    link_problem: str | None = None
    run_id: str | None = None
    """The run that was started or looked at last."""
    shows_starter: bool = False
    """Whether the starter network is looked at instead."""
    drawing: Drawing = field(default_factory=Drawing)
    number: Drawing = field(default_factory=Drawing)
    """The wide canvas, for a whole number."""
    strokes_at_start: dict[str, Any] | None = None
    """The strokes that the canvas was given when it came onto the page, or by the last Undo or Clear."""
    strokes_cleared: dict[str, Any] | None = None
    """The strokes before the last Undo or Clear, until the canvas tells what it shows instead."""
    num_given: int = 0
    """How often the canvas was given other strokes."""
    num_cleared: int = 0
    """How often the cells were emptied."""
    preparation: Preparation = STANDARD
    """Which steps are done from a drawing to what the network sees, on the Draw page."""
    paper: np.ndarray | None = None
    """A picture brought to the Draw page, light ink on black: uint8 (height, width)."""
    cells: np.ndarray = field(default_factory=lambda: np.zeros((28, 28), np.uint8))
    """The 28x28 pixels set one by one on the Draw page."""
    cells_at_start: np.ndarray | None = None
    """What they were when they came onto the page."""
    handwriting_id: str | None = None
    taught_run_id: str | None = None
    """The run in which a network learned the handwriting last."""
    taken_out: Handwriting | None = None
    """The drawing that was taken out of the handwriting last, to put it back."""
    deleted_runs: tuple[str, ...] = ()
    """Ids of the runs that were deleted last, to bring them back."""
    test_index: int = 0
    """Which of MNIST's 10,000 test digits is looked at."""
    looks_at: str = TEST
    """Which digit is looked at: this one, one's own drawing or a photo."""
    changes: dict[str | None, Changes] = field(default_factory=dict)
    """By the run that a network comes from (None: the starter): what was changed in its filters by hand."""
    to_be_timed: dict[Experiment, int] = field(default_factory=dict)
    """What the visitor wants to know the training time of, by `calibration.alike`, and how often it was measured."""
    paces: dict[Experiment, Pace] = field(default_factory=dict)
    """How fast each of these is trained, as measured last."""
    problems: dict[str, str] = field(default_factory=dict)
    """For the key of a control: why its last value was refused."""
    course: Course = field(default_factory=Course)

    @property
    def looks_at_drawing(self) -> bool:
        """Whether one's own drawing is looked at, and no test digit."""
        return self.looks_at == DRAWING

    @looks_at_drawing.setter
    def looks_at_drawing(self, is_so: bool) -> None:
        self.looks_at = DRAWING if is_so else TEST

    def change(self, **changes: object) -> None:
        """Change parts of the draft."""
        self._edit(replace(self.draft, **changes))  # type: ignore[arg-type]

    def load(self, experiment: Experiment) -> None:
        """Begin the draft again from an experiment."""
        self._edit(Draft.of(experiment))
        self.selected_layer = 0
        self.problems.clear()

    def undo(self) -> None:
        """Take the last edit of the draft back, if there is one."""
        self._go(self.done, self.undone)

    def redo(self) -> None:
        """Do again what was taken back last, if anything was."""
        self._go(self.undone, self.done)

    def _edit(self, draft: Draft) -> None:
        if draft != self.draft:
            self.done = [*self.done, self.draft][-MAX_UNDONE:]
            self.undone.clear()
        self.draft, self.link_problem = draft, None

    def _go(self, there: list[Draft], back: list[Draft]) -> None:
        if there:
            back.append(self.draft)
            self.draft, self.link_problem = there.pop(), None
            self.problems.clear()


def state() -> State:
    """The state of the visitor whose page is running."""
    if "cnnlab" not in st.session_state:
        st.session_state["cnnlab"] = State()
    visitor: State = st.session_state["cnnlab"]
    return visitor


def control(
    widget: Callable[..., Any], label: str, key: str, value: object, apply: Callable[[Any], None], **options: Any
) -> None:
    """Show a widget for one value of the state; the state stays the truth.

    When the visitor changes it, `apply` is called with the new value before the page runs again. A ValueError of
    `apply` is shown beside the widget, which goes back to the last good value.
    """
    visitor, shown = state(), value

    def changed() -> None:
        nonlocal shown
        if st.session_state[key] == shown:  # told again, after a run of the page that was broken off: no edit
            return
        try:
            apply(st.session_state[key])
            shown = st.session_state[key]
            visitor.problems.pop(key, None)
        except ValueError as error:
            visitor.problems[key] = str(error)

    st.session_state[key] = value
    widget(label, key=key, on_change=changed, **options)
    if key in visitor.problems:
        st.error(f"{visitor.problems[key]}. It stays as it was.", icon=":material/error:")


def kept(name: str, first: Any) -> Kept:
    """What the widget of this name holds, `first` at first, for the visit; the page writes `now` after each run."""
    value = state().course.kept.setdefault(name, Kept(name, first, first))
    if not is_mounted(value.key):
        value.at_start = value.now
    return value


def upload(label: str, key: str, opened: Callable[[Any], None], types: list[str], max_mb: int = 10) -> None:
    """Show a file upload; `opened` is called once for each file (None: taken away) before the page runs again."""
    st.file_uploader(
        label, type=types, key=key, max_upload_size=max_mb, on_change=lambda: opened(st.session_state[key])
    )


def component_value(key: str, name: str) -> Any:
    """What the component of this key has told last under `name`, or None."""
    return st.session_state.get(key, {}).get(name)


def is_mounted(key: str) -> bool:
    """Whether a widget of this key was on the page the last time."""
    return key in st.session_state
