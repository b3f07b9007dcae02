"""What all visitors share is kept up to so many bytes, and made once however many ask at once."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

import numpy as np
import pytest

from cnnlab.presets import PRESETS
from cnnlab.runs.store import RunStore
from cnnlab.training.events import WeightsSnapshot
from tests.networks import random_weights
from ui import cached
from ui.cached import ENTRY_BYTES, Cache

KILOBYTE = np.zeros(1_000, np.uint8)


@dataclass(frozen=True)
class Held:
    """An array in a dataclass."""

    array: np.ndarray


def made_of(cache, keys, value):
    """The keys whose values had to be made, of those that are asked for in turn."""
    made = []
    for key in keys:
        cache.value(key, lambda key=key: made.append(key) or value)
    return made


@pytest.mark.parametrize("value", [KILOBYTE, {"kernel": KILOBYTE}, [(KILOBYTE[:500],), KILOBYTE[500:]], Held(KILOBYTE)])
def test_the_oldest_is_forgotten_when_there_are_too_many_bytes(value):
    cache = Cache(2 * (ENTRY_BYTES + 1_000) + ENTRY_BYTES)
    assert made_of(cache, "abaca", value) == ["a", "b", "c"]
    assert made_of(cache, "cab", value) == ["b"]


def test_what_is_larger_than_all_room_is_kept_alone():
    assert made_of(Cache(10), "aaba", KILOBYTE) == ["a", "b", "a"]


def test_two_who_ask_at_once_have_it_made_once():
    cache, is_begun, is_asked, made = Cache(1_000_000), Event(), Event(), []

    def make():
        is_begun.set()
        assert is_asked.wait(10)
        made.append(KILOBYTE)
        return KILOBYTE

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(cache.value, "key", make)
        assert is_begun.wait(10)
        other = threads.submit(cache.value, "key", make)
        assert not other.done()
        is_asked.set()
        assert one.result(10) is other.result(10) is KILOBYTE
    assert len(made) == 1


def test_a_failure_is_raised_and_not_kept():
    cache = Cache(1_000)
    with pytest.raises(ZeroDivisionError):
        cache.value("key", lambda: 1 / 0)
    assert cache.value("key", lambda: 1) == 1


def test_a_future_that_is_under_way_is_not_begun_again_until_it_is_forgotten():
    cache, begun = Cache(1_000), []

    def begin():
        begun.append(Future())
        return begun[-1]

    assert cache.future("key", begin) is cache.future("key", begin)
    cache.forget("key")
    cache.future("key", begin)
    assert len(begun) == 2


def test_weights_are_read_once_and_anew_when_their_file_is(tmp_path, monkeypatch):
    architecture, rng = PRESETS["Tiny"].architecture, np.random.default_rng(0)
    run = RunStore(tmp_path).create(PRESETS["Tiny"])
    run.record(WeightsSnapshot(0, random_weights(architecture, rng)))
    assert cached.weights_of(run) is cached.weights_of(run, 0)
    before = cached.weights_of(run)
    run.record(WeightsSnapshot(0, random_weights(architecture, rng)))
    assert cached.weights_of(run) is not before
    monkeypatch.setattr(run, "weights", lambda _: random_weights(PRESETS["LeNet-5"].architecture, rng))
    run.record(WeightsSnapshot(1, {}))
    with pytest.raises(ValueError, match="do not belong"):
        cached.weights_of(run)
