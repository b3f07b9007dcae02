"""The files of a run, read and written: `state.json`, `history.csv`, `epochs.csv` and `checkpoint.npz`."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, TypeVar

import numpy as np

from cnnlab.experiment import Experiment
from cnnlab.limits import check_flag, check_limit
from cnnlab.nn.weights import Weights
from cnnlab.runs.files import complete_lines
from cnnlab.runs.states import RunState
from cnnlab.training.events import NOT_A_NUMBER, BatchEnd, Checkpoint, EpochEnd, Start

VERSION = 1
MAX_NAME, MAX_NOTE = 60, 2_000
"""Characters."""
MAX_COUNT = 10_000_000
"""More images, updates or epochs than any run has."""
YEARS = 2000, 2200
BROKE_DOWN = f"{NOT_A_NUMBER} after its last update: the weights grew too large."
"""Why a run failed whose end was recorded without a test loss."""


class DamagedRunError(ValueError):
    """A file of the run is cut, foreign, or from a newer version of this program."""


@dataclass(frozen=True)
class Label:
    """What people say of a run: a name in one line, a note, and whether it is one to be found again."""

    name: str = ""
    note: str = ""
    is_starred: bool = False

    def __post_init__(self) -> None:
        for what, text, most in (("name", self.name, MAX_NAME), ("note", self.note, MAX_NOTE)):
            if not isinstance(text, str) or len(text) > most or text.encode("utf-8", "ignore").decode() != text:
                raise ValueError(f"A {what} has at most {most:,} characters. Received: {len(str(text)):,}")
        if not self.name.isprintable():
            raise ValueError("A name is one line of letters, digits and signs")
        check_flag("is_starred", self.is_starred)


NO_LABEL = Label()


@dataclass(frozen=True)
class RunInfo:
    """A run in a few words. Times are in UTC; `reason` is a sentence for the learner.

    A damaged run has a reason and no experiment. `started` is when training first began, `ended` when it last ended.
    The counts are None until training has begun.
    """

    id: str
    state: RunState
    created: datetime
    experiment: Experiment | None = None
    reason: str | None = None
    started: datetime | None = None
    ended: datetime | None = None
    num_train: int | None = None
    num_validation: int | None = None
    batches_per_epoch: int | None = None
    epochs: int | None = None
    test_loss: float | None = None
    test_accuracy: float | None = None
    learning_rates: tuple[tuple[int, float], ...] = ()
    """Those that were set by hand, each with the number of updates done before, in order."""
    label: Label = NO_LABEL

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens in this run, unless it is resumed."""
        return self.state.is_over

    @property
    def seconds(self) -> float | None:
        """How long it took, pauses included; None: it never began, or is not over."""
        return (self.ended - self.started).total_seconds() if self.started and self.ended else None


@dataclass(frozen=True, eq=False)
class BatchHistory:
    """An entry a weight update, float64 (num_steps,): the columns of `history.csv`, as in `BatchEnd`."""

    step: np.ndarray
    epoch: np.ndarray
    loss: np.ndarray
    accuracy: np.ndarray
    images_per_second: np.ndarray


@dataclass(frozen=True, eq=False)
class EpochHistory:
    """An entry an epoch, float64 (num_epochs,): the columns of `epochs.csv`, as in `EpochEnd`, with NaN for None."""

    step: np.ndarray
    epoch: np.ndarray
    loss: np.ndarray
    accuracy: np.ndarray
    val_loss: np.ndarray
    val_accuracy: np.ndarray


@dataclass(frozen=True, eq=False)
class History:
    """The curves of a run."""

    batches: BatchHistory
    epochs: EpochHistory


Columns = TypeVar("Columns", BatchHistory, EpochHistory)


def names_of(record: type) -> list[str]:
    """Names of a dataclass's fields, in order."""
    return [field.name for field in fields(record)]


def to_line(event: BatchEnd | EpochEnd) -> bytes:
    """Write an event as a line of CSV, exact for float32."""
    return ",".join("nan" if value is None else f"{value:.9g}" for value in vars(event).values()).encode() + b"\n"


def to_columns(columns: type[Columns], content: bytes) -> Columns:
    """Read a CSV file with one line of names. Raises ValueError when a finished line is not what it should be."""
    names, _, lines = _without_seconds_left(complete_lines(content)).partition(b"\n")
    if content and names.strip() != _names_line(columns):
        raise ValueError(f"Its first line must be {_names_line(columns).decode()}. Received: {names[:60]!r}")
    return _to_columns(columns, lines)


def extended(columns: Columns, lines: bytes) -> Columns:
    """Add finished lines to what was read before. Raises ValueError."""
    if not lines:
        return columns
    new = _to_columns(type(columns), lines)
    return type(columns)(*map(np.concatenate, zip(vars(columns).values(), vars(new).values(), strict=True)))


def _without_seconds_left(content: bytes) -> bytes:
    """Take out the last column of an `epochs.csv` that an older version has written."""
    names, _, _ = content.partition(b"\n")
    return re.sub(rb",[^,\n]*$", b"", content, flags=re.MULTILINE) if names.endswith(b",seconds_left") else content


def _to_columns(columns: type[Columns], content: bytes) -> Columns:
    lines, num_columns = content.splitlines(), len(names_of(columns))
    table = np.loadtxt(lines, delimiter=",", ndmin=2, comments=None) if lines else np.empty((0, num_columns))
    if table.shape[1] != num_columns:
        raise ValueError(f"It must have {num_columns} columns. Received: {table.shape[1]} columns")
    if not ((table[:, :2] >= 0) & (table[:, :2] <= MAX_COUNT)).all() or (np.diff(table[:, 0]) <= 0).any():
        raise ValueError("Its steps and epochs must be numbers that grow")
    return columns(*table.T)


def until(step: int, columns: type[BatchHistory | EpochHistory], content: bytes) -> bytes:
    """Leave the lines of the first `step` updates in a CSV file, below a line of names."""
    lines = _without_seconds_left(complete_lines(content)).splitlines(keepends=True)
    kept = (line for line in lines if (number := line.partition(b",")[0]).isdigit() and int(number) <= step)
    return _names_line(columns) + b"\n" + b"".join(kept)


def _names_line(columns: type[BatchHistory | EpochHistory]) -> bytes:
    return ",".join(names_of(columns)).encode()


def from_checkpoint(checkpoint: Checkpoint) -> dict[str, np.ndarray]:
    """Give every part of a checkpoint a name."""
    arrays: dict[str, np.ndarray] = {}
    for name, value in vars(checkpoint).items():
        parts = {f"{name}/{index:04}": part for index, part in enumerate(value)} if isinstance(value, tuple) else None
        arrays |= {key: np.asarray(part) for key, part in (parts or {name: value}).items()}
    return arrays


def to_checkpoint(arrays: Mapping[str, np.ndarray]) -> Checkpoint:
    """Read what `from_checkpoint` wrote. Raises KeyError, TypeError or ValueError when it is anything else."""
    kinds = {"step": int, "epoch": int, "batch": int, "loss_sum": float, "accuracy_sum": float}
    later: dict[str, type] = {"best_loss": float, "num_waited": int, "learning_rate": float}
    kinds |= {name: kind for name, kind in later.items() if name in arrays}
    values: dict[str, Any] = {name: kind(arrays[name]) for name, kind in kinds.items()}
    for name in ("variables", "optimizer_variables"):
        values[name] = tuple(arrays[key] for key in sorted(arrays) if key.startswith(f"{name}/"))
    return Checkpoint(**values)


def from_start(start: Start) -> dict[str, np.ndarray]:
    """Give every part of a start a name."""
    weights = {f"weights/{name}": value for name, value in start.weights.items()}
    return {"images": start.images, "labels": start.labels, **weights}


def to_start(arrays: Mapping[str, np.ndarray]) -> Start:
    """Read what `from_start` wrote. Raises KeyError or ValueError when it is anything else."""
    weights = {name.removeprefix("weights/"): arrays[name] for name in arrays if name.startswith("weights/")}
    return Start(Weights(weights), arrays["images"], arrays["labels"])


def to_state(content: bytes) -> Any:  # noqa: ANN401 - foreign
    """Read `state.json`; None for what is no number: earlier versions wrote NaN."""
    return json.loads(content, parse_constant=lambda _: None)


def to_info(run_id: str, state: Mapping[str, Any], experiment: str | bytes, label: Label = NO_LABEL) -> RunInfo:
    """Read `state.json` and `experiment.json`. Raises ValueError with what is wrong."""
    try:
        return _to_info(run_id, state, experiment, label)
    except (LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"state.json is not what it should be ({error!r})") from error


def _to_info(run_id: str, state: Mapping[str, Any], experiment: str | bytes, label: Label) -> RunInfo:
    if state.get("version") != VERSION:
        raise ValueError(f"`version` in state.json must be {VERSION}. Received: version={state.get('version')!r}")
    if state.get("state") not in (kept := [one.value for one in RunState if one != RunState.DAMAGED]):
        raise ValueError(f"`state` must be one of {', '.join(kept)}. Received: state={state.get('state')!r}")
    least = {"num_train": 1, "num_validation": 0, "batches_per_epoch": 1, "epochs": 1}
    kinds = {"reason": str, "test_loss": float | int, "test_accuracy": float | int, **dict.fromkeys(least, int)}
    for name, kind in kinds.items():
        value = state.get(name)
        is_so = value is None or (isinstance(value, kind) and not isinstance(value, bool))
        is_so = is_so and (value is None or name not in least or least[name] <= value <= MAX_COUNT)
        if not is_so or value in (math.inf, -math.inf):
            raise ValueError(f"`{name}` in state.json is not what it should be. Received: {name}={value!r}")
    if state.get("test_accuracy") is not None and state.get("test_loss") is None:
        state = {**state, "state": "failed", "reason": BROKE_DOWN, "test_accuracy": None}
    times: dict[str, Any] = {name: _to_time(state[name]) for name in ("started", "ended") if state.get(name)}
    return RunInfo(
        id=run_id,
        state=RunState(state["state"]),
        created=_to_time(state["created"]),
        experiment=Experiment.from_json(experiment),
        learning_rates=tuple(_learning_rate(*one) for one in state.get("learning_rates", ())),
        label=label,
        **times,
        **{name: state.get(name) for name in kinds},
    )


def _learning_rate(step: int, rate: float) -> tuple[int, float]:
    check_limit("learning_rate", rate, float)
    if not isinstance(step, int) or not 0 <= step <= MAX_COUNT:
        raise ValueError(f"`learning_rates` must begin at an update. Received: {step!r}")
    return step, float(rate)


def _to_time(text: object) -> datetime:
    time = datetime.fromisoformat(str(text))
    if time.tzinfo is None or not YEARS[0] < time.year < YEARS[1]:
        raise ValueError(f"A time must tell its zone, and a year that may be. Received: {text}")
    return time.astimezone(UTC)


def to_label(content: bytes) -> Label:
    """Read `label.json`. Raises ValueError when it is anything else."""
    values = json.loads(content)
    if not isinstance(values, dict) or values.keys() != set(names_of(Label)):
        raise ValueError(f"`label.json` must hold {', '.join(names_of(Label))}. Received: {values!r}")
    return Label(**values)


def from_history(history: History) -> dict[str, dict[str, list[float | None]]]:
    """Write curves as lists of numbers by 'batches' and 'epochs' and the names of their columns; None for NaN."""
    parts = {"batches": history.batches, "epochs": history.epochs}
    return {
        part: {name: [x if np.isfinite(x) else None for x in of.tolist()] for name, of in vars(columns).items()}
        for part, columns in parts.items()
    }
