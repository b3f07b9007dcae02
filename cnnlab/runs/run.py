"""One training run on disk: what is recorded of it, and what pages ask of it. `cnnlab.runs.store` makes them."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from typing import Any, Literal, TypeVar

import numpy as np

from cnnlab.nn.weights import Weights
from cnnlab.runs import records
from cnnlab.runs.files import RunFiles, complete_lines, from_npz, to_npz
from cnnlab.runs.records import NO_LABEL, BatchHistory, Columns, DamagedRunError, EpochHistory, History, RunInfo
from cnnlab.runs.servers import Servers
from cnnlab.runs.states import RunState
from cnnlab.training import events

T = TypeVar("T")
CurvePart = Literal["batch", "epoch"]
CURVES: dict[CurvePart, str] = {"batch": "history.csv", "epoch": "epochs.csv"}


class StoreError(RuntimeError):
    """Neither the runs folder nor a temporary one can be written."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"Neither the runs folder nor a temporary one can be written ({error.strerror or error}).")


class Run:
    """One run of a store, made by `RunStore.create` and `RunStore.get`.

    Its state and curves are written by one thread at a time: that which holds the engine's lock.
    """

    def __init__(self, run_id: str, files: RunFiles, servers: Servers) -> None:
        self.id = run_id
        self._files, self._servers = files, servers
        self._label_lock = Lock()  # any page may change the label
        self._known: dict[str, tuple[object, Any]] = {}  # what was read last, after the stamps of its files
        self._read: dict[str, tuple[int, bytes, Any]] = {}  # of growing files: up to where, the last line, the columns
        self._unsaved: dict[str, Any] | None = None  # the state that the disk has refused
        self._is_lost = False

    @property
    def info(self) -> RunInfo:
        """The run in a few words; read again only when it has changed."""
        stamps = self._files.stamp("state.json"), self._files.stamp("label.json"), self._unsaved
        return self._unless_known("info", stamps, self._read_info)

    @property
    def began_from_weights(self) -> bool:
        """Whether it began from weights that there were already, not from new ones."""
        return self._files.stamp("start.npz") is not None

    @property
    def can_go_on(self) -> bool:
        """Whether it is paused or interrupted, and has a checkpoint to be resumed from."""
        return self.info.state.can_go_on and self._files.stamp("checkpoint.npz") is not None

    def last_epoch(self) -> events.EpochEnd | None:
        """Return the last epoch that is over, or None; NaN stands for no validation. Raises DamagedRunError."""

        def read() -> events.EpochEnd | None:
            epochs = self._load("epochs.csv", partial(records.to_columns, EpochHistory))
            return events.EpochEnd(*(one[-1] for one in vars(epochs).values())) if epochs and len(epochs.step) else None

        return self._unless_known("last epoch", self._files.stamp("epochs.csv"), read)

    def history(self) -> History:
        """Return the curves so far, every step once. Raises DamagedRunError."""
        return History(self._growing(CURVES["batch"], BatchHistory), self._growing(CURVES["epoch"], EpochHistory))

    def csv(self, part: CurvePart) -> bytes:
        """Return the curves as they are on disk, a line a batch or an epoch below one of names."""
        return complete_lines(self._files.read(CURVES[part]) or b"")

    def snapshot_steps(self) -> tuple[int, ...]:
        """Return the steps after which the weights were kept, in order."""
        names = (name.removeprefix("weights/").removesuffix(".npz") for name in self._files.names())
        return tuple(sorted(int(name) for name in names if name.isdecimal()))

    def snapshot_stamp(self, step: int) -> object:
        """Return what changes whenever the weights after `step` updates do; None when there are none."""
        return self._files.stamp(_snapshot(step))

    def weights(self, step: int | None = None) -> Weights | None:
        """Return the weights after `step` updates, or the newest. None when there are none. Raises DamagedRunError."""
        newest = max(self.snapshot_steps(), default=0) if step is None else step
        return self._load(_snapshot(newest), lambda content: Weights(from_npz(content)))

    def start(self) -> events.Start | None:
        """Return the weights and digits that the run began from; None: it began afresh. Raises DamagedRunError."""
        return self._load("start.npz", lambda content: records.to_start(from_npz(content)))

    def checkpoint(self) -> events.Checkpoint | None:
        """Return the place to resume from, or None. Raises DamagedRunError."""
        return self._load("checkpoint.npz", lambda content: records.to_checkpoint(from_npz(content)))

    def probabilities(self) -> np.ndarray | None:
        """Return the trained network's answers to the test images, float32 (10000, 10), or None; DamagedRunError."""
        return self._load("evaluation.npz", lambda content: from_npz(content)["probabilities"])

    def model(self) -> bytes | None:
        """Return the content of the trained network's `.keras` file, or None."""
        return self._files.read("model.keras")

    def has_owner(self) -> bool:
        """Whether the server that drives this run still lives."""
        return self._servers.lives(self._state().get("owner"))

    @property
    def is_elsewhere(self) -> bool:
        """Whether another server has this run, and lives."""
        return not self._servers.is_me(self._state().get("owner")) and self.has_owner()

    def exists(self) -> bool:
        """Whether there is anything on disk."""
        return self._files.folder.is_dir()

    @property
    def has_moved(self) -> bool:
        """Whether it is kept in a temporary folder, because its own could not be written."""
        return self._files.has_moved

    def size(self) -> int:
        """Bytes of all files."""
        return self._files.size()

    def contents(self, is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
        """Yield the names and contents of its files, in the order of the names."""
        for name in sorted(filter(is_wanted, self._files.names())):
            if (content := self._files.read(name)) is not None:
                yield name, content

    def holds(self, files: Mapping[str, bytes]) -> bool:
        """Whether these are its files; what people say of it, and how its server left it, do not count."""
        told = ("state.json", "label.json")
        names = {name for name in files if name not in told}
        return names == set(self._files.names()).difference(told) and all(
            self._files.read(name) == files[name] for name in names
        )

    def fill(self, files: Mapping[str, bytes], *, is_queued: bool = False) -> None:
        """Make a new run of these files, all or nothing; `is_queued`: it waits for this server. Raises StoreError."""
        if is_queued:
            files = {**files, "state.json": _to_json({"created": now(), **self._queued()})}
        try:
            self._files.create(files)
        except OSError as error:
            raise StoreError(error) from error

    def record(self, event: events.Event) -> None:
        """Store an event. Raises StoreError, once, when the disk refuses it; what comes after it is not kept."""
        if self._is_lost:
            return
        try:
            self._record(event)
        except OSError as error:
            self._is_lost = True
            raise StoreError(error) from error

    def _record(self, event: events.Event) -> None:
        match event:
            case events.RunStarted():
                self._begin(event)
            case events.BatchEnd() | events.EpochEnd():
                part: CurvePart = "batch" if isinstance(event, events.BatchEnd) else "epoch"
                self._files.append(CURVES[part], records.to_line(event))
            case events.WeightsSnapshot():
                self._files.write(_snapshot(event.step), to_npz(event.weights))
            case events.Checkpoint():
                self._files.write("checkpoint.npz", to_npz(records.from_checkpoint(event)))
            case events.Paused():
                self._become(RunState.PAUSED)
            case events.LearningRateSet():
                before = self._learning_rates_until(event.step - 1)
                self._update(learning_rates=[*before, (event.step, event.learning_rate)])
            case events.Finished() if not math.isfinite(event.test_loss):  # by a worker with an earlier version
                self.end(RunState.FAILED, records.BROKE_DOWN)
            case events.Finished():
                self._files.write(_snapshot(event.step), to_npz(event.weights))
                self._files.write("evaluation.npz", to_npz({"probabilities": event.probabilities}))
                self._files.write("model.keras", event.model)
                self._update(test_loss=event.test_loss, test_accuracy=event.test_accuracy)
                self.end(RunState.STOPPED if event.stopped else RunState.FINISHED, event.reason)
            case events.Failed():
                self.end(RunState.FAILED, event.reason)

    def _begin(self, event: events.RunStarted) -> None:
        """From the event's step on: what was recorded after it did not happen."""
        if self._now().may_become(RunState.RUNNING):
            self._rewind(event.step)
            counts = {name: getattr(event, name) for name in records.names_of(events.RunStarted) if name != "step"}
            started, rates = self._state().get("started") or now(), self._learning_rates_until(event.step)
            changes = {"reason": None, "ended": None, "started": started, "learning_rates": rates, **counts}
            self._become(RunState.RUNNING, **changes)

    def set_label(self, label: records.Label) -> None:
        """Keep what people say of the run. Raises OSError."""
        self._files.write("label.json", json.dumps(asdict(label), allow_nan=False).encode(), may_move=False)

    def change_label(self, **changes: Any) -> None:  # noqa: ANN401 - of Label
        """Change some of what people say of the run, and nothing else. Raises ValueError or OSError."""
        with self._label_lock:
            self.set_label(replace(self.info.label, **changes))

    def queue(self) -> None:
        """Mark as waiting again for the engine in this process. Raises OSError."""
        self._is_lost = False
        self._become(**self._queued())

    def end(self, state: str, reason: str | None = None) -> None:
        """Mark as over: finished, stopped, failed or interrupted; if need be without the disk, for this server only.

        A run that cannot be read, or was deleted, stays as it is.
        """
        with suppress(OSError, DamagedRunError):
            self._become(RunState(state), reason=reason, ended=now())

    def _queued(self) -> dict[str, Any]:
        """What the state of a run says that waits for this server."""
        owner = self._servers.join()
        return {"version": records.VERSION, "state": RunState.QUEUED, "reason": None, "ended": None, "owner": owner}

    def _now(self) -> RunState:
        return self._parse("state.json", lambda: RunState(self._state()["state"]))

    def _become(self, state: RunState, **changes: object) -> None:
        """Change the state, unless it can no longer become this one: what is over stays as it is. Raises OSError."""
        if self._now().may_become(state):
            self._update(state=state, **changes)

    def _learning_rates_until(self, step: int) -> list[tuple[int, float]]:
        return [(at, rate) for at, rate in self._state().get("learning_rates", ()) if at <= step]

    def _rewind(self, step: int) -> None:
        """Take out what came after `step`, because it is going to happen again."""
        for name, columns in ((CURVES["batch"], BatchHistory), (CURVES["epoch"], EpochHistory)):
            keep = partial(records.until, step, columns)
            self._files.write(name, self._load(name, keep) or keep(b""))
        for late in self.snapshot_steps():
            if late > step:
                self._files.remove(_snapshot(late))

    def _unless_known(self, what: str, stamp: object, read: Callable[[], T]) -> T:
        """Read something again only when its stamp has changed."""
        known = self._known.get(what)
        if known is None or known[0] != stamp:
            self._known[what] = known = stamp, read()
        return known[1]

    def _growing(self, name: str, kind: type[Columns]) -> Columns:
        """Read the finished lines of a CSV file that is appended to: only the new ones, unless it was replaced."""
        end, last, columns = self._read.get(name, (0, b"", None))
        content = self._load(name, bytes, end - len(last)) or b""
        if columns is None or not content.startswith(last):
            end, last, columns = 0, b"", None
            content = self._load(name, bytes) or b""
        new = complete_lines(content)[len(last) :]
        parse = partial(records.extended, columns) if columns else partial(records.to_columns, kind)
        columns = self._parse(name, lambda: parse(new))
        if new:
            self._read[name] = end + len(new), new.splitlines(keepends=True)[-1], columns
        return columns

    def _load(self, name: str, parse: Callable[[bytes], T], start: int = 0) -> T | None:
        """Read a file from a byte on, and what stands in it; None when there is none. Raises DamagedRunError."""
        return self._parse(name, lambda: None if (read := self._files.read(name, start)) is None else parse(read))

    def _parse(self, name: str, parse: Callable[[], T]) -> T:
        try:
            return parse()
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise DamagedRunError(f"`{name}` of run {self.id} cannot be read: {error}") from error

    def _state(self) -> dict[str, Any]:
        state = self._unsaved or self._load("state.json", records.to_state)
        if not isinstance(state, dict | None):
            raise DamagedRunError(f"`state.json` of run {self.id} must be an object. Received: {state!r}")
        return state or {}

    def _update(self, **changes: object) -> None:
        """Change the state. Raises OSError when the disk refuses it; as long as it does, the state is kept here."""
        state = self._state() | changes
        try:
            self._files.write("state.json", _to_json(state))
            self._unsaved = None
        except OSError:
            self._unsaved = state
            raise

    def _read_info(self) -> RunInfo:
        label = NO_LABEL
        try:
            label = self._load("label.json", records.to_label) or label
            return records.to_info(self.id, self._state(), self._load("experiment.json", bytes.decode) or "", label)
        except ValueError as error:
            created = datetime.fromtimestamp(0, UTC)
            with suppress(ValueError):
                created = datetime.strptime(f"{self.id[:15]}+0000", "%Y%m%d-%H%M%S%z")
            return RunInfo(self.id, RunState.DAMAGED, created, reason=f"This run cannot be read. {error}", label=label)


def now() -> str:
    """Return the time as it stands in a run's state, in UTC."""
    return datetime.now(UTC).isoformat()


def _to_json(state: Mapping[str, Any]) -> bytes:
    return json.dumps(state, indent=1, allow_nan=False).encode()


def _snapshot(step: int) -> str:
    return f"weights/{step:06}.npz"
