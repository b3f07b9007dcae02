"""What happened in every training run, on disk: one folder a run, written as it goes.

    store = RunStore.default()
    run = store.create(experiment)          # queued
    run.record(event)                       # once for each event of `cnnlab.training.events`, from one thread a run
    store.get(run_id).info                  # RunInfo: state, experiment, times, test figures
    store.get(run_id).history()             # History: NumPy columns for every batch and every epoch
    store.get(run_id).weights()             # the newest snapshot
    store.list()                            # a RunInfo for every folder, newest first
    store.delete([run_id])                  # put aside for a week; store.restore([run_id]) brings it back

`history.csv` and `epochs.csv` grow by a line at a time; every other file is replaced as a whole. Any number of threads
may read. A run that cannot be written (disk full, folder read-only) goes on in a temporary folder and `store.warning`
says so; when that fails too, it goes on in memory: `record` raises StoreError once, and the run should be stopped.
"""

import json
import os
import re
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np
import psutil

from cnnlab.experiment import Experiment
from cnnlab.nn.weights import Weights
from cnnlab.runs.files import RunFiles, complete_lines, from_npz, to_npz
from cnnlab.runs.records import (
    NO_LABEL,
    STATES,
    VERSION,
    BatchHistory,
    Columns,
    DamagedRunError,
    EpochHistory,
    History,
    Label,
    RunInfo,
    extended,
    from_checkpoint,
    from_start,
    names_of,
    to_checkpoint,
    to_columns,
    to_info,
    to_label,
    to_line,
    to_start,
    until,
)
from cnnlab.training.events import (
    BatchEnd,
    Checkpoint,
    EpochEnd,
    Event,
    Failed,
    Finished,
    LearningRateSet,
    Paused,
    RunStarted,
    Start,
    WeightsSnapshot,
)

__all__ = ["STATES", "DamagedRunError", "History", "Run", "RunInfo", "RunStore", "StoreError", "UnknownRunError"]

T = TypeVar("T")
ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}", re.ASCII)
BIN = ".deleted"
"""Folder beside the runs for those that were deleted, so that it can be undone."""
BIN_SECONDS = 7 * 24 * 3600.0


class UnknownRunError(ValueError):
    """There is no run of this name."""


class StoreError(RuntimeError):
    """Neither the runs folder nor a temporary one can be written."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"Neither the runs folder nor a temporary one can be written ({error.strerror or error}).")


class RunStore:
    """All runs under one folder. `warning` is a sentence for the page once the disk gave trouble, else None."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.warning: str | None = None
        self._temporary: Path | None = None
        self._runs: dict[str, Run] = {}
        self._lock = threading.RLock()

    @classmethod
    def default(cls) -> Self:
        """Open the store in the folder that CNNLAB_RUNS (environment) names, else `runs` beside the project."""
        return cls(Path(os.environ.get("CNNLAB_RUNS") or Path(__file__).parents[2] / "runs"))

    def create(self, experiment: Experiment, start: Start | None = None) -> "Run":
        """Make a new run, queued. Raises StoreError when no folder can be written."""
        with self._lock:  # nobody lists a folder that is half made
            run = self._open(f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}")
            run.files.write("experiment.json", experiment.to_json().encode())
            if start:
                run.files.write("start.npz", to_npz(from_start(start)))
            run.queue(created=_now())
            if run.files.trouble:
                raise StoreError(run.files.trouble)
            self._runs[run.id] = run
            return run

    def get(self, run_id: str) -> "Run":
        """Return a run. Raises UnknownRunError when there is none of this name, or it cannot be a run's name."""
        with self._lock:
            if isinstance(run_id, str) and ID.fullmatch(run_id):
                run = self._runs.get(run_id) or self._open(run_id)
                if run.files.exists():
                    return self._runs.setdefault(run_id, run)
        raise UnknownRunError(f"There is no run of this name here. Received: run={str(run_id)[:60]!r}")

    def list(self) -> list[RunInfo]:
        """Return every run, the newest first. A folder that cannot be read is listed as damaged, with the reason."""
        with self._lock:
            names = {name for name, run in self._runs.items() if run.files.has_moved}
            with suppress(OSError):  # no runs folder yet: no runs
                names |= {entry.name for entry in os.scandir(self.root) if ID.fullmatch(entry.name) and entry.is_dir()}
            self._runs = {name: self._runs.get(name) or self._open(name) for name in names}
            runs = tuple(self._runs.values())
        return sorted((run.info for run in runs), key=lambda info: (info.created, info.id), reverse=True)

    def add(self, run_id: str, files: Mapping[str, bytes]) -> "Run":
        """Keep a run that was made elsewhere, under another id when this one is taken. Raises StoreError."""
        with self._lock:
            while self._open(run_id).files.exists() or self._in_bin(run_id).exists():
                run_id = f"{run_id[:16]}{secrets.token_hex(3)}"
            run = self._open(run_id)
            for name, content in files.items():
                run.files.write(name, content)
            if run.files.trouble:
                raise StoreError(run.files.trouble)
            self._runs[run_id] = run
            return run

    def delete(self, run_ids: Sequence[str]) -> None:
        """Put runs aside; `restore` brings them back. Raises ValueError, and deletes none, when one is not over."""
        with self._lock:
            runs = [self.get(run_id) for run_id in run_ids]
            for run in runs:
                if not run.info.is_over and run.info.state != "paused":
                    raise ValueError(f"A run that is not over cannot be deleted: stop it first. Received: run={run.id}")
                if run.files.has_moved:
                    raise ValueError(f"Run {run.id} is not in the runs folder, and is gone with this server anyway")
            for run in runs:
                bin_ = self._in_bin(run.id)
                bin_.parent.mkdir(exist_ok=True)
                run.files.folder.rename(bin_)
                os.utime(bin_)  # from now on
                self._runs.pop(run.id, None)

    def restore(self, run_ids: Sequence[str]) -> None:
        """Bring deleted runs back, as far as they are still there."""
        with self._lock:
            for run_id in run_ids:
                if ID.fullmatch(run_id) and self._in_bin(run_id).is_dir() and not (self.root / run_id).exists():
                    self._in_bin(run_id).rename(self.root / run_id)

    def empty_bin(self) -> None:
        """Remove for good what was deleted more than a week ago. For the start of a server."""
        for folder in (self.root / BIN).glob("*"):
            if ID.fullmatch(folder.name) and time.time() - folder.stat().st_mtime > BIN_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)

    def _in_bin(self, run_id: str) -> Path:
        return self.root / BIN / run_id

    def mark_interrupted(self) -> None:
        """Mark as interrupted the unfinished runs whose server is gone. For the start of a server."""
        for info in self.list():
            run = self.get(info.id)
            if not info.is_over and info.state != "paused" and not run.has_owner():
                run.end("interrupted", "The server was stopped before this run was finished.")

    def _open(self, run_id: str) -> "Run":
        return Run(run_id, RunFiles(self.root / run_id, lambda error: self._spare_folder(error) / run_id))

    def _spare_folder(self, error: OSError) -> Path:
        """Make the folder to go on in when `root` cannot be written, and set `warning`."""
        with self._lock:
            self._temporary = self._temporary or Path(tempfile.mkdtemp(prefix="cnnlab-runs-"))
            self.warning = (
                f"The runs folder {self.root} cannot be written ({error.strerror or error}). For now, runs are kept "
                f"in {self._temporary}; they are no longer listed once this server has stopped."
            )
            return self._temporary


class Run:
    """One run of a store, made by `RunStore.create` and `RunStore.get`."""

    def __init__(self, run_id: str, files: RunFiles) -> None:
        self.id = run_id
        self.files = files
        self._info: tuple[object, RunInfo] | None = None  # what was read last, after the stamp of what it was read from
        self._read: dict[str, tuple[int, bytes, Any]] = {}  # of growing files: up to where, the last line, the columns
        self._has_raised = False

    @property
    def info(self) -> RunInfo:
        """The run in a few words; read again only when it has changed."""
        stamp, known = self.files.stamp("state.json"), self._info
        stamps = stamp, self.files.stamp("label.json")
        if stamp is None or known is None or known[0] != stamps:
            self._info = known = stamps, self._read_info()
        return known[1]

    def history(self) -> History:
        """Return the curves so far, every step once. Raises DamagedRunError."""
        return History(self._growing("history.csv", BatchHistory), self._growing("epochs.csv", EpochHistory))

    def _growing(self, name: str, kind: type[Columns]) -> Columns:
        """Read the finished lines of a CSV file that is appended to: only the new ones, unless it was replaced."""
        end, last, columns = self._read.get(name, (0, b"", None))
        content = self._load(name, bytes, end - len(last)) or b""
        if columns is None or not content.startswith(last):
            end, last, columns = 0, b"", None
            content = self._load(name, bytes) or b""
        new = complete_lines(content)[len(last) :]
        columns = self._parse(name, lambda: extended(columns, new) if columns else to_columns(kind, new))
        if new:
            self._read[name] = end + len(new), new.splitlines(keepends=True)[-1], columns
        return columns

    def snapshot_steps(self) -> tuple[int, ...]:
        """Return the steps after which the weights were kept, in order."""
        names = (name.removeprefix("weights/").removesuffix(".npz") for name in self.files.names())
        return tuple(sorted(int(name) for name in names if name.isdecimal()))

    def weights(self, step: int | None = None) -> Weights | None:
        """Return the weights after `step` updates, or the newest. None when there are none. Raises DamagedRunError."""
        newest = max(self.snapshot_steps(), default=0) if step is None else step
        return self._load(_snapshot(newest), lambda content: Weights(from_npz(content)))

    def start(self) -> Start | None:
        """Return the weights and digits that the run began from; None: it began afresh. Raises DamagedRunError."""
        return self._load("start.npz", lambda content: to_start(from_npz(content)))

    def checkpoint(self) -> Checkpoint | None:
        """Return the place to resume from, or None. Raises DamagedRunError."""
        return self._load("checkpoint.npz", lambda content: to_checkpoint(from_npz(content)))

    def probabilities(self) -> np.ndarray | None:
        """Return the trained network's answers to the test images, float32 (10000, 10), or None; DamagedRunError."""
        return self._load("evaluation.npz", lambda content: from_npz(content)["probabilities"])

    def model(self) -> bytes | None:
        """Return the content of the trained network's `.keras` file, or None."""
        return self.files.read("model.keras")

    def has_owner(self) -> bool:
        """Whether the server that drives this run still lives."""
        owner = self._state().get("owner") or {}
        with suppress(psutil.Error, KeyError, TypeError, ValueError):
            return bool(abs(psutil.Process(owner["pid"]).create_time() - owner["created"]) < 1)
        return False

    def record(self, event: Event) -> None:
        """Store an event. Raises StoreError, once, when the run is kept in memory only from now on."""
        match event:
            case RunStarted():
                self._rewind(event.step)
                counts = {name: getattr(event, name) for name in names_of(RunStarted) if name != "step"}
                started = self._state().get("started") or _now()
                rates = self._learning_rates_until(event.step)
                self._update(state="running", reason=None, ended=None, started=started, learning_rates=rates, **counts)
            case BatchEnd() | EpochEnd():
                self.files.append("history.csv" if isinstance(event, BatchEnd) else "epochs.csv", to_line(event))
            case WeightsSnapshot():
                self.files.write(_snapshot(event.step), to_npz(event.weights))
            case Checkpoint():
                self.files.write("checkpoint.npz", to_npz(from_checkpoint(event)))
            case Paused():
                self._update(state="paused")
            case LearningRateSet():
                before = self._learning_rates_until(event.step - 1)
                self._update(learning_rates=[*before, (event.step, event.learning_rate)])
            case Finished():
                self.files.write(_snapshot(event.step), to_npz(event.weights))
                self.files.write("evaluation.npz", to_npz({"probabilities": event.probabilities}))
                self.files.write("model.keras", event.model)
                self._update(test_loss=event.test_loss, test_accuracy=event.test_accuracy)
                self.end("stopped" if event.stopped else "finished", event.reason)
            case Failed():
                self.end("failed", event.reason)
        if self.files.trouble and not self._has_raised:
            self._has_raised = True
            raise StoreError(self.files.trouble)

    def set_label(self, label: Label) -> None:
        """Keep what people say of the run."""
        self.files.write("label.json", json.dumps(asdict(label)).encode())

    def queue(self, created: str | None = None) -> None:
        """Mark as waiting for the engine in this process, for the first time or again."""
        owner = {"pid": os.getpid(), "created": psutil.Process().create_time()}
        created = created or self._state()["created"]
        self._update(version=VERSION, state="queued", created=created, reason=None, ended=None, owner=owner)

    def end(self, state: str, reason: str | None = None) -> None:
        """Mark as over: finished, stopped, failed or interrupted."""
        self._update(state=state, reason=reason, ended=_now())

    def _learning_rates_until(self, step: int) -> list[tuple[int, float]]:
        return [(at, rate) for at, rate in self._state().get("learning_rates", ()) if at <= step]

    def _rewind(self, step: int) -> None:
        """Take out what came after `step`, because it is going to happen again."""
        for name, columns in (("history.csv", BatchHistory), ("epochs.csv", EpochHistory)):
            keep = partial(until, step, columns)
            self.files.write(name, self._load(name, keep) or keep(b""))
        for late in self.snapshot_steps():
            if late > step:
                self.files.remove(_snapshot(late))

    def _load(self, name: str, parse: Callable[[bytes], T], start: int = 0) -> T | None:
        """Read a file from a byte on, and what stands in it; None when there is none. Raises DamagedRunError."""
        return self._parse(name, lambda: None if (read := self.files.read(name, start)) is None else parse(read))

    def _parse(self, name: str, parse: Callable[[], T]) -> T:
        try:
            return parse()
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise DamagedRunError(f"`{name}` of run {self.id} cannot be read: {error}") from error

    def _state(self) -> dict[str, Any]:
        state = self._load("state.json", json.loads)
        if not isinstance(state, dict | None):
            raise DamagedRunError(f"`state.json` of run {self.id} must be an object. Received: {state!r}")
        return state or {}

    def _update(self, **changes: object) -> None:
        self.files.write("state.json", json.dumps(self._state() | changes, indent=1).encode())

    def _read_info(self) -> RunInfo:
        try:
            experiment = self._load("experiment.json", bytes.decode)
            return to_info(self.id, self._state(), experiment or "", self._load("label.json", to_label) or NO_LABEL)
        except ValueError as error:
            created, label = datetime.fromtimestamp(0, UTC), NO_LABEL
            with suppress(ValueError):
                created = datetime.strptime(f"{self.id[:15]}+0000", "%Y%m%d-%H%M%S%z")
            with suppress(ValueError):
                label = self._load("label.json", to_label) or NO_LABEL
            return RunInfo(self.id, "damaged", created, reason=f"This run cannot be read. {error}", label=label)


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _snapshot(step: int) -> str:
    return f"weights/{step:06}.npz"
