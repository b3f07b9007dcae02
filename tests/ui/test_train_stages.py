"""What is known of a run's stages: the newest first, each once, anew when a snapshot was written anew."""

from concurrent.futures import Future

import numpy as np
import pytest

from cnnlab.engine.engine import ClusterLostError
from cnnlab.explain import snapshots
from cnnlab.explain.snapshots import Look
from cnnlab.nn import network
from cnnlab.presets import PRESETS
from cnnlab.runs.store import RunStore
from cnnlab.training.events import RunStarted, WeightsSnapshot
from pages.parts.train.stages import KEPT_SECONDS, MAX_ASKED, MAX_IMAGES, Stages, key_of
from tests.networks import random_weights
from ui import cached

TINY = PRESETS["Tiny"]
RNG = np.random.default_rng(0)
STEPS = (0, 1, 5, 10, 20, 40)
WEIGHTS = {step: random_weights(TINY.architecture, RNG) for step in STEPS}
IMAGE = RNG.random((28, 28), dtype=np.float32)
IMAGES = {key_of(IMAGE): IMAGE}


class SlowEngine:
    """Notes what it is asked, and answers when the test says so."""

    def __init__(self):
        self.asked, self.answers = [], []

    def compute(self, function, experiment, weights):
        assert function is snapshots.look
        assert experiment == TINY
        self.asked.append(next(step for step, known in WEIGHTS.items() if _same(known, weights)))
        self.answers.append(Future())
        return self.answers[-1]


def _same(one, other):
    return all(np.array_equal(one[name], other[name]) for name in one)


@pytest.fixture
def engine(monkeypatch):
    slow = SlowEngine()
    monkeypatch.setattr(cached, "engine", lambda: slow)
    return slow


@pytest.fixture
def run(tmp_path):
    run = RunStore(tmp_path).create(TINY)
    run.record(RunStarted(0, 2_000, 0, 20, 2))
    for step, weights in WEIGHTS.items():
        run.record(WeightsSnapshot(step, weights))
    return run


def look():
    return Look(np.zeros(3, np.uint8), np.zeros(3, np.float32), np.zeros(2, np.float32))


def test_the_newest_stages_are_known_first(run):
    known = Stages(run, TINY)
    for number in range(1, len(STEPS) + 1):
        assert known.fill(IMAGES, seconds=0) == (number == len(STEPS))
        assert tuple(known.glances()) == tuple(known.seen(key_of(IMAGE))) == STEPS[-number:]


def test_what_is_known_is_what_the_network_does(run):
    known = Stages(run, TINY)
    assert known.fill(IMAGES, seconds=60)
    glances, seen = known.glances(), known.seen(key_of(IMAGE))
    for before, step in zip((None, *STEPS), STEPS, strict=False):
        weights = WEIGHTS[step]
        np.testing.assert_array_equal(glances[step].filters, snapshots.first_filters(TINY.architecture, weights))
        np.testing.assert_array_equal(glances[step].sizes, snapshots.sizes(TINY.architecture, weights))
        expected = np.nan if before is None else snapshots.changes(TINY.architecture, WEIGHTS[before], weights)
        np.testing.assert_array_equal(glances[step].changes, np.broadcast_to(expected, 2))
        outputs = network.forward(TINY.architecture, weights, IMAGE[..., np.newaxis])
        np.testing.assert_array_equal(seen[step].probabilities, outputs[-1])
        np.testing.assert_allclose(seen[step].maps[0].maps[2], outputs[0][..., 2], rtol=1e-3, atol=1e-3)


def test_a_snapshot_is_read_and_known_once(run, monkeypatch):
    read = []
    weights = run.weights
    monkeypatch.setattr(run, "weights", lambda step: read.append(step) or weights(step))
    known = Stages(run, TINY)
    known.fill(IMAGES, seconds=60)
    known.fill(IMAGES, seconds=60)
    assert sorted(read) == list(STEPS)


def test_a_run_that_was_entered_again_is_known_anew(run):
    known = Stages(run, TINY)
    known.fill(IMAGES, seconds=60)
    before = known.glances()
    run.record(RunStarted(5, 2_000, 0, 20, 2))
    assert known.fill(IMAGES, seconds=60)
    assert tuple(known.glances()) == STEPS[:3]
    run.record(WeightsSnapshot(10, WEIGHTS[40]))
    known.fill(IMAGES, seconds=60)
    run.record(WeightsSnapshot(5, WEIGHTS[20]))  # the changes at 10 are since another network now
    assert known.fill(IMAGES, seconds=60)
    after = known.glances()
    assert [after[step] is before[step] for step in STEPS[:3]] == [True, True, False]
    np.testing.assert_array_equal(after[10].changes, snapshots.changes(TINY.architecture, WEIGHTS[20], WEIGHTS[40]))


def test_only_the_latest_images_are_kept(run, monkeypatch):
    known, now = Stages(run, TINY), 1_000.0
    monkeypatch.setattr("pages.parts.train.stages.monotonic", lambda: now)
    images = RNG.random((MAX_IMAGES + 2, 28, 28), dtype=np.float32)
    for image in images:  # a class at one run: nobody's digit is in the way of another's
        known.fill({key_of(image): image}, seconds=60)
    assert all(len(known.seen(key_of(image))) == len(STEPS) for image in images)
    now += KEPT_SECONDS + 1
    known.fill(IMAGES, seconds=60)
    assert [len(known.seen(key_of(image))) for image in images] == [0] * 3 + [len(STEPS)] * (MAX_IMAGES - 1)


def test_values_too_large_for_16_bits_are_kept_as_they_are(run):
    run.record(WeightsSnapshot(60, {name: value * 1e6 for name, value in WEIGHTS[40].items()}))
    known = Stages(run, TINY)
    known.fill(IMAGES, seconds=60)
    large, small = (known.seen(key_of(IMAGE))[step].maps[0].maps for step in (60, 40))
    assert (large.dtype, small.dtype) == (np.float32, np.float16)
    assert np.isfinite(large).all()


def test_while_it_trains_only_the_newest_stage_is_looked_at(run, engine):
    known = Stages(run, TINY)
    known.fill({})
    assert not known.ask(newest_only=True)
    assert not known.ask(newest_only=True)
    assert engine.asked == [40]
    engine.answers[0].set_result(look())
    known.ask(newest_only=True)
    assert engine.asked == [40]
    assert tuple(known.looks()) == (40,)


def test_afterwards_all_are_looked_at_a_few_at_a_time(run, engine):
    known = Stages(run, TINY)
    known.fill({})
    known.ask(newest_only=False)
    assert engine.asked == [40, 0, 1, 5][:MAX_ASKED]
    while not known.ask(newest_only=False):
        next(answer for answer in engine.answers if not answer.done()).set_result(look())
    assert engine.asked == [40, 0, 1, 5, 10, 20]
    assert tuple(known.looks()) == STEPS


def test_a_look_that_fails_is_told_and_not_asked_again_by_itself(run, engine):
    known = Stages(run, TINY)
    known.fill({})
    known.ask(newest_only=False)
    engine.answers[0].set_exception(RuntimeError("no worker"))
    assert known.ask(newest_only=False)
    assert (known.problem, len(engine.asked)) == ("no worker", MAX_ASKED)
    known.try_again()
    known.ask(newest_only=False)
    assert engine.asked == [40, 0, 1, 5, 40]


def test_a_lost_engine_is_told_in_a_few_words(run, engine):
    known = Stages(run, TINY)
    known.fill({})
    known.ask(newest_only=True)
    engine.answers[0].set_exception(ClusterLostError("The training engine is down: its process has died."))
    assert known.ask(newest_only=True)
    assert known.problem == "the engine is not there"


def test_damaged_snapshots_are_left_out(run, engine):
    for step, content in ((5, b"cut off"), (40, b"")):
        (run.files.folder / "weights" / f"{step:06}.npz").write_bytes(content)
    known = Stages(run, TINY)
    assert known.fill(IMAGES, seconds=60)
    assert (known.num_damaged, tuple(known.glances())) == (2, (0, 1, 10, 20))
    known.ask(newest_only=True)
    assert engine.asked == [20]
    np.testing.assert_array_equal(
        known.glances()[10].changes, snapshots.changes(TINY.architecture, WEIGHTS[1], WEIGHTS[10])
    )


def test_what_is_made_of_it_is_kept_until_it_changes(run):
    known, made = Stages(run, TINY), []
    for version in (1, 1, 2, 1):
        known.kept("name", version, lambda: made.append(None))
    assert len(made) == 3
