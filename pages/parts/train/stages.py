"""What is known of the stages of a run, a stage for each snapshot of its weights: once for all visitors.

Little is computed at a time, the newest stages first, so that no page waits; what takes longer is asked of the engine's
spare worker.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from cnnlab.engine.engine import ClusterLostError
from cnnlab.experiment import Experiment
from cnnlab.explain import snapshots
from cnnlab.explain.snapshots import LayerMaps, Look
from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.weights import Weights
from cnnlab.runs.store import Run
from ui import cached
from ui.cached import weights_of
from ui.computed import answers

T = TypeVar("T")
AT_ONCE_SECONDS = 0.025
MAX_ASKED = 4
"""So many stages at once are looked at, so that others who ask do not wait long."""
MAX_RUNS = 8
MAX_IMAGES, KEPT_SECONDS = 16, 60.0
"""Of so many images what a run makes of them is kept; of more, as long as somebody has asked for them lately."""
LARGEST = 60_000
"""Up to here 16 bits hold a value of a map well enough to be a colour."""


@dataclass(frozen=True, eq=False)
class Glance:
    """What the weights of a stage show without an image. `changes` is since the stage before, NaN at the first."""

    filters: np.ndarray | None
    sizes: np.ndarray
    changes: np.ndarray


@dataclass(frozen=True, eq=False)
class Seen:
    """What a stage makes of one image: float32 (10,), and maps of its layers, in float16 where that holds them."""

    probabilities: np.ndarray
    maps: tuple[LayerMaps, ...]


@dataclass(eq=False)
class _Stage:
    """All that is known of one stage. `stamp` is that of its file."""

    stamp: object
    step: int
    glance: Glance | None = None
    look: Look | None = None
    asked: Future[Look] | None = None
    """The worker's look at it that is under way."""
    seen: dict[bytes, Seen] = field(default_factory=dict)
    is_damaged: bool = False


class Stages:
    """The stages of one run. Its methods may be called from any thread."""

    def __init__(self, run: Run, experiment: Experiment) -> None:
        self.experiment = experiment
        self.problem: str | None = None
        """Why the worker's last look failed; None: it did not, or `try_again` was called."""
        self._run = run
        self._lock = Lock()
        self._stages: dict[int, _Stage] = {}
        self._wanted: dict[bytes, float] = {}  # when each image was asked for last
        self._kept: dict[str, tuple[object, Any]] = {}

    @property
    def architecture(self) -> Architecture:
        """The run's network."""
        return self.experiment.architecture

    @property
    def num_damaged(self) -> int:
        """How many snapshots cannot be read."""
        return sum(stage.is_damaged for stage in self._stages.values())

    def fill(self, images: Mapping[bytes, np.ndarray], seconds: float = AT_ONCE_SECONDS) -> bool:
        """Compute what is missing, for a moment, at least something; return whether nothing is missing now.

        Args:
            images: by their keys, float32 (28, 28) in [0, 1]: what each stage is to make of them.
            seconds: after these no more is begun.
        """
        with self._lock:
            self._meet()
            self._take()
            self._forget(images)
            deadline = monotonic() + seconds
            for stage in reversed(self._stages.values()):
                if self._is_complete(stage, images):
                    continue
                self._compute(stage, images)
                if monotonic() > deadline:
                    break
            return all(self._is_complete(stage, images) for stage in self._stages.values())

    def ask(self, *, newest_only: bool) -> bool:
        """Have the spare worker look at stages that it has not looked at: the newest, then the oldest ones.

        Args:
            newest_only: only at the newest stage: while the run goes on, its own work comes first.

        Returns:
            Whether there is nothing to wait for: all are looked at, or it does not work.
        """
        with self._lock:
            self._take()
            good = [stage for stage in self._stages.values() if not stage.is_damaged]
            for stage in good[-1:] + ([] if newest_only else good[:-1]):
                num_asked = sum(one.asked is not None for one in good)
                if self.problem is not None or num_asked == (1 if newest_only else MAX_ASKED):
                    break
                if not stage.look and not stage.asked and (weights := self._read(stage)) is not None:
                    look = partial(cached.engine().compute, snapshots.look, self.experiment, weights)
                    stage.asked = answers().future((self._run.id, stage.step, stage.stamp), look)
                    self._take()
            return self.problem is not None or all(stage.look for stage in good if not stage.is_damaged)

    def try_again(self) -> None:
        """Forget why the last look failed."""
        self.problem = None

    def glances(self) -> dict[int, Glance]:
        """What is known of the weights, by the steps of the stages, in order."""
        return {step: stage.glance for step, stage in self._in_order() if stage.glance}

    def looks(self) -> dict[int, Look]:
        """What the worker has found out, by the steps of the stages, in order."""
        return {step: stage.look for step, stage in self._in_order() if stage.look}

    def seen(self, image: bytes) -> dict[int, Seen]:
        """What the stages make of an image, by their steps, in order."""
        return {step: stage.seen[image] for step, stage in self._in_order() if image in stage.seen}

    def kept(self, name: str, version: object, make: Callable[[], T]) -> T:
        """Make something of what is known once, as long as its version stays the same."""
        known = self._kept.get(name)
        if known is None or known[0] != version:
            self._kept[name] = known = version, make()
        return known[1]

    def _in_order(self) -> list[tuple[int, _Stage]]:
        with self._lock:
            return [(step, stage) for step, stage in self._stages.items() if not stage.is_damaged]

    def _meet(self) -> None:
        """Notice new snapshots, and those that were written anew since."""
        stamps = {step: self._run.snapshot_stamp(step) for step in self._run.snapshot_steps()}
        known = self._stages
        changed = next((step for step, stamp in stamps.items() if step in known and known[step].stamp != stamp), None)
        self._stages = {
            step: known[step]
            if step in known and (changed is None or step < changed)  # the changes of later ones are no longer right
            else _Stage(stamp, step)
            for step, stamp in stamps.items()
        }

    def _forget(self, images: Mapping[bytes, np.ndarray]) -> None:
        """Forget the images that nobody has asked for lately, when there are many."""
        now = monotonic()
        self._wanted |= dict.fromkeys(images, now)
        oldest = sorted(self._wanted, key=self._wanted.__getitem__)[:-MAX_IMAGES]
        for image in oldest:
            if now - self._wanted[image] > KEPT_SECONDS:
                del self._wanted[image]
                for stage in self._stages.values():
                    stage.seen.pop(image, None)

    def _take(self) -> None:
        """Take the worker's answers that are there."""
        for stage in self._stages.values():
            if stage.asked is None or not stage.asked.done():
                continue
            error = stage.asked.exception()
            if error is None:
                stage.look = stage.asked.result()
            else:
                lost = isinstance(error, ClusterLostError)
                self.problem = "the engine is not there" if lost else str(error) or type(error).__name__
                answers().forget((self._run.id, stage.step, stage.stamp))
            stage.asked = None

    def _is_complete(self, stage: _Stage, images: Mapping[bytes, np.ndarray]) -> bool:
        return stage.is_damaged or (stage.glance is not None and images.keys() <= stage.seen.keys())

    def _compute(self, stage: _Stage, images: Mapping[bytes, np.ndarray]) -> None:
        weights = self._read(stage)
        if weights is None:
            return
        for key, image in images.items():
            if key not in stage.seen:
                prepared = self.experiment.data.prepare(image[..., np.newaxis])
                traces = network.trace(self.architecture, weights, prepared)
                maps = tuple(_compact(layer) for layer in snapshots.maps(self.architecture, traces))
                stage.seen[key] = Seen(traces[-1].output, maps)
        if stage.glance is None:
            earlier = (self._read(self._stages[one]) for one in reversed(self._stages) if one < stage.step)
            before = next((known for known in earlier if known is not None), None)
            own = snapshots.sizes(self.architecture, weights)
            stage.glance = Glance(
                snapshots.first_filters(self.architecture, weights),
                own,
                own * np.nan if before is None else snapshots.changes(self.architecture, before, weights),
            )

    def _read(self, stage: _Stage) -> Weights | None:
        """Read the weights of a stage; None when they cannot be used."""
        try:
            weights = None if stage.is_damaged else weights_of(self._run, stage.step)
        except ValueError:  # DamagedRunError is one
            weights = None
        stage.is_damaged = weights is None
        return weights


def _compact(layer: LayerMaps) -> LayerMaps:
    """The same maps in half the memory, unless their values are too large."""
    is_small = np.abs(layer.maps).max(initial=0) < LARGEST
    return LayerMaps(layer.layer_index, layer.maps.astype(np.float16) if is_small else layer.maps)


@st.cache_resource(max_entries=MAX_RUNS, show_spinner=False)
def stages_of(_run: Run, run_id: str, _experiment: Experiment) -> Stages:
    """What is known of a run's stages: one object for all visitors."""
    del run_id
    return Stages(_run, _experiment)


def key_of(image: np.ndarray) -> bytes:
    """What an image is known by."""
    return image.tobytes()
