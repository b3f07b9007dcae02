"""What happened in every training run, on disk: one folder a run, written as it goes.

    store = RunStore.default()
    run = store.create(experiment)          # queued
    run.record(event)                       # once for each event of `cnnlab.training.events`, from one thread a run

`history.csv` and `epochs.csv` grow by a line at a time; every other file is replaced as a whole. Any number of threads
may read. A run that cannot be written (disk full, folder read-only) goes on in a temporary folder and `store.warning`
says so; when that fails too, `record` raises StoreError once, nothing more is kept, and the run should be stopped.
"""

import os
import re
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from cnnlab.experiment import Experiment
from cnnlab.runs.files import RunFiles, to_npz
from cnnlab.runs.records import STATES, DamagedRunError, History, RunInfo, from_start
from cnnlab.runs.run import Run, StoreError, now
from cnnlab.training.events import Start

__all__ = ["STATES", "DamagedRunError", "History", "Run", "RunInfo", "RunStore", "StoreError", "UnknownRunError"]

ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}", re.ASCII)
BIN = ".deleted"
"""Folder beside the runs for those that were deleted, so that it can be undone."""
BIN_SECONDS = 7 * 24 * 3600.0


class UnknownRunError(ValueError):
    """There is no run of this name."""


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

    def create(self, experiment: Experiment, start: Start | None = None) -> Run:
        """Make a new run, queued. Raises StoreError when no folder can be written."""
        with self._lock:  # nobody lists a folder that is half made
            run = self._open(f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}")
            files = {"experiment.json": experiment.to_json().encode()}
            if start:
                files["start.npz"] = to_npz(from_start(start))
            run.fill(files, created=now())
            self._runs[run.id] = run
            return run

    def get(self, run_id: str) -> Run:
        """Return a run. Raises UnknownRunError when there is none of this name, or it cannot be a run's name."""
        with self._lock:
            if isinstance(run_id, str) and ID.fullmatch(run_id):
                run = self._runs.get(run_id) or self._open(run_id)
                if run.exists():
                    return self._runs.setdefault(run_id, run)
        raise UnknownRunError(f"There is no run of this name here. Received: run={str(run_id)[:60]!r}")

    def list(self) -> list[RunInfo]:
        """Return every run, the newest first. A folder that cannot be read is listed as damaged, with the reason."""
        with self._lock:
            names = {name for name, run in self._runs.items() if run.has_moved}
            with suppress(OSError):  # no runs folder yet: no runs
                names |= {entry.name for entry in os.scandir(self.root) if ID.fullmatch(entry.name) and entry.is_dir()}
            self._runs = {name: self._runs.get(name) or self._open(name) for name in names}
            runs = tuple(self._runs.values())
        return sorted((run.info for run in runs), key=lambda info: (info.created, info.id), reverse=True)

    def add(self, run_id: str, files: Mapping[str, bytes]) -> Run:
        """Keep a run that was made elsewhere, under another id when this one is taken. Raises StoreError.

        One that is here already, under this id or another one that it was given, is returned as it is.
        """
        with self._lock:
            for known in [self.get(info.id) for info in self.list() if info.id[:16] == run_id[:16]]:
                if known.holds(files):
                    return known
            while self._open(run_id).exists() or self._in_bin(run_id).exists():
                run_id = f"{run_id[:16]}{secrets.token_hex(3)}"
            run = self._open(run_id)
            run.fill(files)
            self._runs[run_id] = run
            return run

    def delete(self, run_ids: Sequence[str]) -> None:
        """Put runs aside; `restore` brings them back. Raises ValueError, and deletes none, when one is not over."""
        with self._lock:
            runs = [self.get(run_id) for run_id in run_ids]
            for run in runs:
                if not run.info.is_over and run.info.state != "paused":
                    raise ValueError(f"A run that is not over cannot be deleted: stop it first. Received: run={run.id}")
                if run.has_moved:
                    raise ValueError(f"Run {run.id} is not in the runs folder, and is gone with this server anyway")
            for run in runs:
                bin_ = self._in_bin(run.id)
                bin_.parent.mkdir(exist_ok=True)
                (self.root / run.id).rename(bin_)
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

    def _open(self, run_id: str) -> Run:
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
