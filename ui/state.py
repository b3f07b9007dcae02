"""What belongs to one visitor: the only door to `st.session_state`, typed.

Anything worth keeping is in an Experiment or a run; this holds what is still being edited, and which run is looked at.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from secrets import token_hex
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
from ui.canvas import Canvas

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


@dataclass
class Cells:
    """The 28x28 pixels set one by one on the Draw page: uint8 (28, 28)."""

    pixels: np.ndarray = field(default_factory=lambda: np.zeros((28, 28), np.uint8))
    at_start: np.ndarray | None = None
    """What they were when they came onto the page."""
    num_cleared: int = 0

    def clear(self) -> None:
        """Empty them all."""
        self.pixels, self.num_cleared = np.zeros_like(self.pixels), self.num_cleared + 1


@dataclass
class Address:
    """What stands in the address of the page that is shown, as it was asked for or written last."""

    page: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    is_from_history: bool = False
    """Whether the visitor came by Back or Forward, until the page is made for it."""
    refused: str | None = None
    """Why the run that was asked for cannot be shown, until another one is."""


@dataclass
class Link:
    """The `?experiment=` in the address."""

    now: str | None = None
    """The one that was read or written last."""
    problem: str | None = None
    """Why the last one could not be used."""


@dataclass
class OwnHandwriting:
    """The visitor's set of labelled drawings on the Draw page."""

    set_id: str | None = None
    taught_run_id: str | None = None
    """The run in which a network learned it last."""
    taken_out: Handwriting | None = None
    """The drawing that was taken out of it last, to put it back."""


@dataclass
class Timing:
    """What the visitor wants to know the training time of."""

    to_be_timed: dict[Experiment, int] = field(default_factory=dict)
    """By `pace.alike`: how often it was measured."""
    paces: dict[Experiment, Pace] = field(default_factory=dict)
    """How fast each of these is trained, as measured last."""


@dataclass
class Acts:
    """What was done in components whose acts are counted: see `ui.acts`."""

    visit: str = field(default_factory=lambda: token_hex(8))
    """Tells this visit from others of the same browser tab, whose acts are not done again."""
    done: int = 0
    """The number of the last act that was done."""
    are_new: bool = False
    """Whether one was done, or an edit made in a control, since the page was made last."""
    handlers: dict[str, Mapping[str, Callable[[Any], None]]] = field(default_factory=dict)
    """By the component's key and the act's name."""


@dataclass
class Control:
    """What a control was last given to show, and the values before that, which the browser may still tell."""

    value: Any
    replaced: list[Any] = field(default_factory=list)


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
class Keeping:
    """What this session and the visitor's browser, which keeps parts of its state, know of each other: `ui.keeping`."""

    key: str = field(default_factory=lambda: token_hex(16))
    """A random number that stands for the browser, in every session of it."""
    session: str = field(default_factory=lambda: token_hex(8))
    is_told: bool = False
    """Whether the browser has told what it keeps."""
    num_waits: int = 0
    """How often the page has looked whether it has."""
    is_emptied: bool = False
    """Whether the browser is to forget what it kept before this session."""
    problem: str = ""
    """Why the browser can keep nothing more."""
    texts: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    """By the names of parts: the message with which each was sent last, and its text, None: it is no more."""
    num_messages: int = 0
    sent: int = 0
    """Up to this message, the browser is believed to have all."""
    written: dict[str, tuple[Any, str]] = field(default_factory=dict)
    """By the names of large parts: what was written as text last, and that."""


@dataclass
class State:
    """One visitor's state. Pages read it and change it in place."""

    draft: Draft = field(default_factory=lambda: Draft.of(PRESETS[DEFAULT]))
    undone: list[Draft] = field(default_factory=list)
    """Drafts that were taken back, the last one at the end."""
    done: list[Draft] = field(default_factory=list)
    """Drafts from before each edit, the last one at the end."""
    selected_layer: int | None = 0
    address: Address = field(default_factory=Address)
    link: Link = field(default_factory=Link)
    run_id: str | None = None
    """The run that was started or looked at last."""
    shows_starter: bool = False
    """Whether the starter network is looked at instead."""
    canvas: Canvas = field(default_factory=lambda: Canvas("drawing"))
    wide_canvas: Canvas = field(default_factory=lambda: Canvas("number"))
    cells: Cells = field(default_factory=Cells)
    preparation: Preparation = STANDARD
    """Which steps are done from a drawing to what the network sees, on the Draw page."""
    paper: np.ndarray | None = None
    """A picture brought to the Draw page, light ink on black: uint8 (height, width)."""
    handwriting: OwnHandwriting = field(default_factory=OwnHandwriting)
    deleted_runs: tuple[str, ...] = ()
    """Ids of the runs that were deleted last, to bring them back."""
    test_index: int = 0
    """Which of MNIST's 10,000 test digits is looked at."""
    looks_at: str = TEST
    """Which digit is looked at: this one, one's own drawing or a photo."""
    changes: dict[str | None, Changes] = field(default_factory=dict)
    """By the run that a network comes from (None: the starter): what was changed in its filters by hand."""
    timing: Timing = field(default_factory=Timing)
    problems: dict[str, str] = field(default_factory=dict)
    """By the key of a control or another `attempt`: why it failed the last time."""
    controls: dict[str, Control] = field(default_factory=dict)
    course: Course = field(default_factory=Course)
    choices: dict[str, Any] = field(default_factory=dict)
    """By the keys of widgets: what was chosen in those that last."""
    keeping: Keeping = field(default_factory=Keeping)
    acts: Acts = field(default_factory=Acts)

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
        if (draft := Draft.of(experiment)) != self.draft:
            self.selected_layer = 0
        self._edit(draft)
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
        self.draft, self.link.problem = draft, None

    def _go(self, there: list[Draft], back: list[Draft]) -> None:
        if there:
            back.append(self.draft)
            self.draft, self.link.problem = there.pop(), None
            self.problems.clear()


def state() -> State:
    """The state of the visitor whose page is running."""
    if "cnnlab" not in st.session_state:
        st.session_state["cnnlab"] = State()
    visitor: State = st.session_state["cnnlab"]
    return visitor


def component_value(key: str, name: str) -> Any:
    """What the component of this key has sent last under `name`, or None."""
    return st.session_state.get(key, {}).get(name)


def is_mounted(key: str) -> bool:
    """Whether a widget of this key was on the page the last time."""
    return key in st.session_state
