"""What happened in every training run, on disk: one folder a run, written as it goes.

    store = RunStore.default()
    run = store.create(experiment)          # queued
    run.record(event)                       # once for each event of `cnnlab.training.events`, by the engine

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
from cnnlab.runs.records import DamagedRunError, History, RunInfo, from_start
from cnnlab.runs.run import Run, StoreError
from cnnlab.runs.servers import Servers
from cnnlab.runs.states import RunState
from cnnlab.training.events import Start

__all__ = ["DamagedRunError", "History", "Run", "RunInfo", "RunState", "RunStore", "StoreError", "UnknownRunError"]

ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}", re.ASCII)
BIN = ".deleted"
"""Folder beside the runs for those that were deleted, so that it can be undone."""
BIN_SECONDS = 7 * 24 * 3600.0
SERVERS = ".servers"
"""Folder beside the runs in which each server shows that it lives."""


class UnknownRunError(ValueError):
    """There is no run of this name."""


class RunStore:
    """All runs under one folder. `warning` is a sentence for the page once the disk gave trouble, else None."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.warning: str | None = None
        self.servers = Servers(root / SERVERS)
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
            run.fill(files, is_queued=True)
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
        """Put runs aside; `restore` brings them back. `Engine.delete` calls it, since one may be live.

        Raises ValueError or OSError, and deletes none, when one cannot be deleted.
        """
        with self._lock:
            runs = [self.get(run_id) for run_id in run_ids]
            for run in runs:
                if run.info.state.is_under_way:
                    raise ValueError(f"A run that is not over cannot be deleted: stop it first. Received: run={run.id}")
                if not run.info.is_over and run.is_elsewhere:
                    raise ValueError(f"Run {run.id} is paused on another server that is still there: stop it there")
                if run.has_moved:
                    raise ValueError(f"Run {run.id} is not in the runs folder, and is gone with this server anyway")
            (self.root / BIN).mkdir(exist_ok=True)
            try:
                for run in runs:
                    (self.root / run.id).rename(self._in_bin(run.id))
                    os.utime(self._in_bin(run.id))  # from now on
            except OSError:
                self.restore(run_ids)
                raise
            for run in runs:
                self._runs.pop(run.id, None)

    def restore(self, run_ids: Sequence[str]) -> tuple[str, ...]:
        """Bring deleted runs back, as far as they are still there; return those that have come."""
        there = [one for one in run_ids if ID.fullmatch(one) and self._in_bin(one).is_dir()]
        with self._lock:
            back = tuple(run_id for run_id in there if not (self.root / run_id).exists())
            for run_id in back:
                self._in_bin(run_id).rename(self.root / run_id)
        return back

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
            with suppress(UnknownRunError, DamagedRunError):  # deleted just now, or nobody's
                if info.state.is_under_way and not (run := self.get(info.id)).has_owner():
                    run.end(RunState.INTERRUPTED, "The server was stopped before this run was finished.")

    def _open(self, run_id: str) -> Run:
        files = RunFiles(self.root / run_id, lambda error: self._spare_folder(error) / run_id)
        return Run(run_id, files, self.servers)

    def _spare_folder(self, error: OSError) -> Path:
        """Make the folder to go on in when `root` cannot be written, and set `warning`."""
        with self._lock:
            self._temporary = self._temporary or Path(tempfile.mkdtemp(prefix="cnnlab-runs-"))
            self.warning = (
                f"The runs folder {self.root} cannot be written ({error.strerror or error}). For now, runs are kept "
                f"in {self._temporary}; they are no longer listed once this server has stopped."
            )
            return self._temporary
