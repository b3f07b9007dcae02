"""The engine with real processes: a cluster in a child, workers that are killed, clusters that die."""

import math
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import nullcontext
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import msgpack
import numpy as np
import psutil
import pytest

from cnnlab import mnist, starter
from cnnlab.engine import local_cluster, wire
from cnnlab.engine.cluster import Cluster, LiveRun, Question
from cnnlab.engine.engine import ClusterLostError, Engine, WorkerDiedError
from cnnlab.engine.wire import Line, Outbox, decode, encode
from cnnlab.evaluation import predict
from cnnlab.experiment import DataSettings
from cnnlab.nn import network
from cnnlab.presets import PRESETS
from cnnlab.runs.store import Run, RunStore
from cnnlab.training.events import (
    BatchEnd,
    Checkpoint,
    EpochEnd,
    Failed,
    Finished,
    LearningRateSet,
    Orders,
    Paused,
    RunStarted,
    Start,
    WeightsSnapshot,
)

ROOT = Path(__file__).parents[3]
TINY = PRESETS["Tiny"]
WEIGHTS = {"0/kernel": np.arange(6, dtype=np.float32).reshape(2, 3), "1/bias": np.zeros(0, np.float32)}
EVENTS = [
    RunStarted(0, 2000, 1000, 20, 2),
    BatchEnd(1, 0, float("nan"), 0.1, 900.0),
    EpochEnd(20, 0, 1.5, 0.5, None, None),
    WeightsSnapshot(20, WEIGHTS),
    Checkpoint(20, 1, 0, 0.0, 0.0, (np.array(5, np.uint32), np.ones((2, 2), np.float32)), (np.array(1, np.int64),)),
    Finished(40, True, 0.3, 0.9, np.full((3, 10), 0.1, np.float32), WEIGHTS, b"\x00\xff"),
    Failed(7, "The loss is no longer a number."),
    Paused(20),
    LearningRateSet(20, 0.01),
]


def experiment(epochs=2, train_size=2000, seed=0):
    return replace(
        TINY,
        data=DataSettings(train_size=train_size, validation_size=500),
        training=replace(TINY.training, epochs=epochs, batch_size=100),
        seed=seed,
    )


def wait_until(condition, seconds=240):  # as long as a busy machine needs
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def num_steps(store, run_id):
    return len(store.get(run_id).history().batches.step)


def cluster_process():
    """The child that the engine started."""
    (child,) = [child for child in psutil.Process().children() if "cnnlab.engine.local_cluster" in child.cmdline()]
    return child


def worker_processes():
    return [worker for worker in cluster_process().children() if "--multiprocessing-fork" in worker.cmdline()]


# Messages


def same(ours, theirs):
    match ours:
        case np.ndarray():
            return ours.dtype == theirs.dtype and ours.shape == theirs.shape and ours.tobytes() == theirs.tobytes()
        case dict():
            return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in ours)
        case tuple():
            return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return ours == theirs or (isinstance(ours, float) and math.isnan(ours) and math.isnan(theirs))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("use_list", [True, False])
def test_events_survive_msgpack(event, use_list):
    again = decode(msgpack.unpackb(msgpack.packb(encode(event)), use_list=use_list))
    assert type(again) is type(event)
    for field in fields(event):
        assert same(getattr(event, field.name), getattr(again, field.name)), field.name


def test_every_event_is_tested():
    assert {type(event).__name__ for event in EVENTS} == wire.EVENTS.keys()


def test_numpy_numbers_become_plain_ones():
    assert type(encode(BatchEnd(1, 0, np.float32(0.5), 0.1, 9.0))["loss"]) is float


@pytest.mark.parametrize("message", [{}, {"event": "Surprise"}, {"event": "Failed"}, {"event": "Failed", "what": 1}])
def test_what_is_no_event_is_refused(message):
    with pytest.raises(ValueError, match="`message` must be an encoded event"):
        decode(message)


def test_outbox_gathers_batches_and_keeps_order(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(wire.time, "monotonic", lambda: now[0])
    sent, kept = [], []
    outbox = Outbox(lambda events: sent.append([event["step"] for event in events]), lambda _: kept.append(len(sent)))
    batches = [replace(EVENTS[1], step=step) for step in range(10)]
    for event in batches[:3]:
        outbox.emit(event)
    assert sent == [[0]]
    now[0] = 0.11
    outbox.emit(batches[3])
    outbox.emit(batches[4])
    outbox.emit(replace(EVENTS[4], step=5))
    assert sent == [[0], [1, 2, 3], [4, 5]]
    assert kept == [3]  # after everything that came before was sent
    assert outbox.step == 5


@pytest.fixture
def line():
    line = Line()
    yield line
    line.close()


def test_training_waits_for_no_answer_and_a_question_is_asked_seldom(line):
    may_answer, answers = threading.Event(), iter("abc")

    def question():
        assert may_answer.wait(10)
        return next(answers)

    may_answer.set()
    ask = line.asks(0.0, question)
    may_answer.clear()
    assert [ask(), ask()] == ["a", "a"]  # asked again, and nobody waits
    line.give(lambda: None)
    may_answer.set()
    line.wait()
    assert ask() == "b"
    assert line.asks(1000.0, lambda: next(answers))() == "c"


def test_messages_go_in_order_and_no_more_wait_than_may(line):
    may_go, sent = threading.Event(), []
    threading.Timer(0.2, may_go.set).start()
    for number in range(wire.MAX_GIVEN + 1):
        line.give(lambda number=number: (may_go.wait(10), sent.append(number)))
    assert may_go.is_set()  # the last one waited
    line.wait()
    assert sent == list(range(wire.MAX_GIVEN + 1))


def test_what_goes_wrong_on_the_line_ends_the_training(line):
    def gone(*_):
        raise TimeoutError

    answers = iter([lambda: "orders", gone])
    ask = line.asks(0.0, lambda: next(answers)())  # noqa: PLW0108 - another one each time
    assert ask() == "orders"
    line.give(lambda: None)
    line.wait()
    with pytest.raises(TimeoutError):
        ask()
    line.give(gone)
    with pytest.raises(TimeoutError):
        line.wait()


# The cluster's settings


@pytest.mark.parametrize(("cores", "wanted", "expected"), [(1, "", 1), (4, "", 2), (64, "", 4), (2, "3", 3)])
def test_number_of_workers(monkeypatch, cores, wanted, expected):
    monkeypatch.setenv("CNNLAB_WORKERS", wanted)
    assert local_cluster.num_workers(cores) == expected


@pytest.mark.parametrize("wanted", ["0", "-1", "two", "1.5"])
def test_a_bad_number_of_workers_reaches_the_page(monkeypatch, tmp_path, wanted):
    monkeypatch.setenv("CNNLAB_WORKERS", wanted)
    with pytest.raises(ValueError, match="`CNNLAB_WORKERS` must be a whole number from 1") as error:
        local_cluster.num_workers(4)
    engine = Engine(RunStore(tmp_path))
    wait_until(lambda: engine.state == "down", seconds=5)
    assert str(error.value) in engine.problem
    engine.close()


# The engine's own rules, without a cluster


class FakeCluster:
    """Has one worker, and does what it is told to."""

    def __init__(self):
        self.is_worn_out, self.inbox, self.begun, self.log = False, [], [], []

    def check(self):
        pass

    def is_warm(self):
        return True

    def is_worn(self):
        return self.is_worn_out

    def num_workers(self):
        return 1

    def renew(self):
        self.log.append("renewed")
        self.is_worn_out = False

    def begin(self, live):
        live.future = SimpleNamespace(done=lambda: "silent" in self.log)
        self.begun.append(live.run.id)

    def messages(self):
        wire, self.inbox = self.inbox, []
        return wire

    def tell(self, live, attempt, *events):
        self.inbox.append(
            {"run": live.run.id, "key": live.key, "attempt": attempt, "events": [encode(event) for event in events]}
        )

    def give_orders(self, live):
        live.given = live.orders

    def forget(self, live):
        self.log.append(f"forget {live.run.id}")

    def reason(self, live):  # noqa: ARG002
        return "It was lost."

    def answer(self, question):
        self.log.append("asked")
        return Cluster.answer(self, question)

    def _try(self, _tries, _kind, function, *arguments):
        return FakeTask(function, arguments)

    def _release(self, task):
        pass


class FakeTask:
    """What Dask gives for a task, done when it is asked for."""

    def __init__(self, function, arguments):
        try:
            self.value, self.status = function(*arguments), "finished"
        except ValueError as error:
            self.value, self.status = error, "error"

    def done(self):
        return True

    def result(self):
        return self.value

    exception = result


@pytest.fixture
def idle_engine(monkeypatch, tmp_path):
    """An engine without a thread."""
    monkeypatch.setattr(Engine, "_start", lambda engine: setattr(engine, "_thread", threading.Thread(target=int)))
    engine = Engine(RunStore(tmp_path))
    yield engine
    engine._thread.start()
    engine.close()


def batch(step, loss=1.0):
    return BatchEnd(step, 0, loss, 0.5, 100.0)


def test_a_worker_that_was_given_up_is_not_listened_to(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    run = engine._store.get(engine.submit(TINY))
    live = engine._live[run.id]
    engine._look(cluster)
    cluster.tell(live, "first", RunStarted(0, 1, 1, 9, 1), batch(1), batch(2), batch(3))
    cluster.tell(live, "second", RunStarted(2, 1, 1, 9, 1), batch(3, loss=2.0))
    cluster.tell(live, "first", batch(4), Failed(4, "It was killed."))
    cluster.inbox.append({"run": run.id, "key": "of an earlier life", "attempt": "x", "events": [encode(batch(9))]})
    cluster.inbox.append({"run": "unknown", "key": "x", "attempt": "x", "events": [encode(batch(9))]})
    cluster.tell(live, "second", batch(4, loss=2.0))
    engine._look(cluster)
    assert run.info.state == "running"
    np.testing.assert_array_equal(run.history().batches.step, [1, 2, 3, 4])
    np.testing.assert_array_equal(run.history().batches.loss, [1, 1, 2, 2])


def test_a_run_that_ends_without_a_word_is_interrupted(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    first, second = (engine._store.get(engine.submit(TINY)) for _ in range(2))
    engine._look(cluster)
    cluster.log.append("silent")
    cluster.tell(engine._live[first.id], "a", RunStarted(0, 1, 1, 9, 1), EVENTS[5])  # its last words are still there
    engine._look(cluster)
    assert first.info.state == "stopped"
    engine._look(cluster)
    engine._look(cluster)
    assert (second.info.state, second.info.reason) == ("interrupted", "It was lost.")
    assert engine.live_runs == ()


def test_worn_workers_are_replaced_between_runs(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    first, second = (engine.submit(TINY) for _ in range(2))
    engine._look(cluster)
    cluster.is_worn_out = True
    engine._look(cluster)
    assert (cluster.begun, cluster.log) == ([first], [])
    cluster.tell(engine._live[first], "a", RunStarted(0, 1, 1, 9, 1), EVENTS[6])
    engine._look(cluster)
    engine._look(cluster)
    assert cluster.log == [f"forget {first}", "renewed"]
    assert cluster.begun == [first, second]


def test_runs_in_the_background_let_the_others_pass(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    many = [engine.submit(TINY, is_background=True) for _ in range(3)]
    engine._look(cluster)
    one = engine.submit(TINY)
    assert [engine.queue_position(run_id) for run_id in (one, *many)] == [1, 2, 3, 4]
    cluster.tell(engine._live[many[0]], "a", RunStarted(0, 1, 1, 9, 1), EVENTS[6])
    engine._look(cluster)
    cluster.tell(engine._live[one], "a", RunStarted(0, 1, 1, 9, 1), EVENTS[6])
    for _ in range(2):
        engine._look(cluster)
    assert cluster.begun == [many[0], one, many[1]]


def test_a_run_of_the_background_goes_on_in_the_background(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    run = engine._store.get(engine.submit(TINY, is_background=True))
    engine._look(cluster)
    cluster.log.append("silent")
    engine._look(cluster)
    assert run.info.state == "interrupted"
    engine.resume(run.id, is_background=True)
    assert engine._live[run.id].is_background


def paused(cluster, engine, step=2):
    """A run that has paused after some updates, its checkpoint kept."""
    run = engine._store.get(engine.submit(TINY))
    engine._look(cluster)
    engine.pause(run.id)
    engine._look(cluster)
    live = engine._live[run.id]
    assert live.given == Orders(pause_at=0)
    cluster.tell(live, "a", RunStarted(0, 1, 1, 9, 1), batch(1), batch(2), replace(EVENTS[4], step=step), Paused(step))
    engine._look(cluster)
    assert run.info.state == "paused"
    return run


def test_a_paused_run_goes_on_where_it_is(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    run = paused(cluster, engine)
    engine.resume(run.id, until=3)
    engine._look(cluster)
    live = engine._live[run.id]
    assert live.given == engine.orders(run.id) == Orders(pause_at=3)
    cluster.tell(live, "a", RunStarted(2, 1, 1, 9, 1), batch(3), replace(EVENTS[4], step=3), Paused(3))
    engine.set_learning_rate(run.id, 0.5)
    engine._look(cluster)
    assert live.given.learning_rate == 0.5
    assert (run.info.state, cluster.begun) == ("paused", [run.id])
    with pytest.raises(ValueError, match="`learning_rate` must be a number from"):
        engine.set_learning_rate(run.id, 0)


def test_each_step_counts_however_soon_it_comes(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    run = paused(cluster, engine)  # after 2 updates
    for every, goal in ((1, 3), (1, 4), (9, 9), (9, 18)):
        engine.step(run.id, every)
        assert engine.orders(run.id).pause_at == goal
    engine.resume(run.id)
    engine.step(run.id)
    assert engine.orders(run.id).pause_at == 3


def test_a_paused_run_makes_room_and_is_entered_again(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    run = paused(cluster, engine)
    second = engine.submit(TINY)
    engine._look(cluster)
    engine._look(cluster)
    assert engine._live[run.id].given.should_leave
    cluster.log.append("silent")
    engine._look(cluster)
    cluster.log.clear()
    engine._look(cluster)
    assert (run.info.state, engine.live_runs, cluster.begun) == ("paused", (second,), [run.id, second])
    assert engine.orders(run.id) is None
    engine.resume(run.id)
    assert (run.info.state, engine._live[run.id].checkpoint.step) == ("queued", 2)
    assert engine._live[run.id].orders == Orders()


@pytest.mark.parametrize(("order", "orders"), [("resume", Orders()), ("stop", Orders(should_stop=True, pause_at=0))])
def test_an_order_given_while_a_paused_run_leaves_is_not_lost(idle_engine, order, orders):
    cluster, engine = FakeCluster(), idle_engine
    run = paused(cluster, engine)
    cluster.log.append("silent")
    getattr(engine, order)(run.id)
    engine._look(cluster)
    assert (run.info.state, engine._live[run.id].orders) == ("queued", orders)


def test_a_paused_run_outlives_its_server(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    run = paused(cluster, engine)
    later = RunStore(engine._store.root)
    later.mark_interrupted()
    assert later.get(run.id).info.state == "paused"


def test_questions_are_answered_in_their_order(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    right, wrong, unwanted = engine.compute(math.sqrt, 4), engine.compute(math.sqrt, -4), engine.compute(math.sqrt, 9)
    assert unwanted.cancel()
    engine._look(cluster)
    assert [right.done(), wrong.done()] == [False, False]
    engine._look(cluster)
    assert right.result(0) == 2
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        wrong.result(0)
    asked = len(cluster.log)
    engine._look(cluster)
    assert len(cluster.log) == asked  # nothing is left to ask, the cancelled question included


# Pages and the engine's thread at once


def meanwhile(act):
    """Let a visitor act now, in a thread of their own; who must wait for a lock that we hold acts a little later."""
    visitor = threading.Thread(target=act)
    visitor.start()
    visitor.join(0.2)
    return visitor


def once(act):
    """A function that does so the first time only; `done` are the visitors who did."""

    def first(*_arguments, **_options):
        if not first.done:
            first.done.append(None)
            first.done[0] = meanwhile(act)

    first.done = []
    return first


def test_a_learning_rate_set_right_after_resume_does_not_pause_again(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    run = paused(cluster, engine)
    engine.resume(run.id)
    engine.set_learning_rate(run.id, 0.5)  # its worker does not know yet that it is to go on
    assert engine.orders(run.id) == Orders(learning_rate=0.5)


def test_a_learning_rate_for_a_run_that_has_left_keeps_it_paused(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    run = left(cluster, engine)
    engine.set_learning_rate(run.id, 0.5)
    assert engine.orders(run.id) == Orders(pause_at=0, learning_rate=0.5)


def left(cluster, engine):
    """A paused run that has left its worker."""
    run = paused(cluster, engine)
    cluster.log.append("silent")
    engine._look(cluster)
    cluster.log.clear()
    assert (run.info.state, engine.live_runs) == ("paused", ())
    return run


def test_to_pause_a_run_that_has_left_takes_no_worker(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    run = left(cluster, engine)
    engine.pause(run.id)
    assert (run.info.state, engine.live_runs) == ("paused", ())
    with pytest.raises(ValueError, match="There is no run of this name"):
        engine.pause("20200101-000000-abcdef")


def test_a_learning_rate_given_while_a_paused_run_leaves_is_not_lost(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    run = paused(cluster, engine)
    cluster.log.append("silent")
    engine.set_learning_rate(run.id, 0.5)
    engine._look(cluster)
    assert engine.orders(run.id) == Orders(pause_at=0, learning_rate=0.5)


def test_two_orders_while_a_paused_run_leaves_enter_it_once(idle_engine, monkeypatch):
    cluster, engine = FakeCluster(), idle_engine
    run = paused(cluster, engine)
    engine.resume(run.id)
    again = once(lambda: engine.resume(run.id))
    monkeypatch.setattr(cluster, "forget", again)
    cluster.log.append("silent")
    engine._look(cluster)
    again.done[0].join()
    assert (run.info.state, engine.live_runs) == ("queued", (run.id,))


def test_an_order_is_not_lost_between_looking_and_leaving(idle_engine, monkeypatch):
    cluster, engine = FakeCluster(), idle_engine
    run = paused(cluster, engine)
    act, change = once(lambda: engine.resume(run.id)), replace

    def slowly(orders, **changes):
        if changes == {"should_leave": False}:
            act()
        return change(orders, **changes)

    monkeypatch.setattr("cnnlab.engine.serving.replace", slowly)
    cluster.log.append("silent")
    engine.set_learning_rate(run.id, 0.5)
    engine._look(cluster)
    act.done[0].join()
    assert engine.orders(run.id).pause_at is None


def test_a_stop_is_not_lost_while_a_paused_run_is_told_to_make_room(idle_engine, monkeypatch):
    cluster, engine = FakeCluster(), idle_engine
    run = paused(cluster, engine)
    engine.submit(TINY)
    act, change = once(lambda: engine.stop(run.id)), replace

    def slowly(orders, **changes):
        changed = change(orders, **changes)
        if changes == {"should_leave": True}:
            act()
        return changed

    monkeypatch.setattr("cnnlab.engine.serving.replace", slowly)
    engine._look(cluster)
    act.done[0].join()
    assert engine.orders(run.id).should_stop


def test_who_sees_a_run_interrupted_can_resume_it(idle_engine, monkeypatch):
    cluster, engine = FakeCluster(), idle_engine
    run = engine._store.get(engine.submit(TINY))
    engine._look(cluster)
    cluster.tell(engine._live[run.id], "a", RunStarted(0, 1, 1, 9, 1), batch(1), replace(EVENTS[4], step=1))
    engine._look(cluster)
    end, act = type(run).end, once(lambda: engine.resume(run.id))

    def ending(self, *arguments):
        end(self, *arguments)
        act()

    monkeypatch.setattr(type(run), "end", ending)
    cluster.log.append("silent")
    engine._look(cluster)
    act.done[0].join()
    assert (run.info.state, engine.live_runs) == ("queued", (run.id,))


class Owned(dict):
    """Live runs that are changed by who holds the lock."""

    lock = None

    def __setitem__(self, *item):
        assert self.lock._is_owned()
        super().__setitem__(*item)

    def __delitem__(self, key):
        assert self.lock._is_owned()
        super().__delitem__(key)

    def pop(self, *key):
        assert self.lock._is_owned()
        return super().pop(*key)

    def values(self):
        assert self.lock._is_owned()
        return super().values()


def test_a_live_run_is_only_touched_under_the_lock(idle_engine, monkeypatch):
    cluster, engine = FakeCluster(), idle_engine
    Owned.lock, engine._live = engine._lock, Owned()

    def guarded(self, name, value):
        assert name not in ("orders", "paused_at", "reason") or not hasattr(self, "key") or engine._lock._is_owned()
        object.__setattr__(self, name, value)

    monkeypatch.setattr(LiveRun, "__setattr__", guarded)

    def locked(act):
        def guarded(self, *arguments):
            assert engine._lock._is_owned()
            return act(self, *arguments)

        return guarded

    for what in ("record", "end", "queue"):
        monkeypatch.setattr(Run, what, locked(getattr(Run, what)))
    run = left(cluster, engine)
    engine.resume(run.id, until=2)
    engine._look(cluster)
    other = engine.submit(TINY)
    engine.stop(other)
    cluster.tell(engine._live[run.id], "b", RunStarted(2, 1, 1, 9, 1), replace(EVENTS[4], step=2), Paused(2))
    engine._look(cluster)
    engine.submit(TINY)
    engine._look(cluster)
    engine.delete([run.id])
    for _ in range(2):
        cluster.log.append("silent")
        engine._look(cluster)
    assert engine.live_runs == ()
    engine.submit(TINY)
    engine._look(cluster)
    monkeypatch.setattr("cnnlab.engine.serving.connect", lambda _address: nullcontext(Dead()))
    engine._serve()
    assert engine.live_runs == ()


class Dead(FakeCluster):
    """A cluster that dies as soon as it has given an answer, or at the second look."""

    def answer(self, question):
        question.answer.set_running_or_notify_cancel()
        question.answer.set_result("the answer")
        raise ConnectionError

    def check(self):
        if self.log:
            raise ConnectionError
        self.log.append("checked")


def test_runs_are_marked_when_the_cluster_dies_after_an_answer(idle_engine, monkeypatch):
    engine = idle_engine
    run = engine._store.get(engine.submit(TINY))
    engine._look(FakeCluster())
    first, second = engine.compute(math.sqrt, 4), engine.compute(math.sqrt, 9)
    monkeypatch.setattr("cnnlab.engine.serving.connect", lambda _address: nullcontext(Dead()))
    engine._serve()
    assert (engine.state, run.info.state, engine.live_runs) == ("down", "interrupted", ())
    assert first.result(0) == "the answer"
    with pytest.raises(ClusterLostError):
        second.result(0)


@pytest.mark.parametrize("state", ["pending", "cancelled", "running", "done"])
def test_a_question_fails_whatever_has_become_of_it(state):
    question = Question(math.sqrt, (4,))
    if state == "cancelled":
        question.answer.cancel()
    elif state != "pending":
        question.answer.set_running_or_notify_cancel()
    if state == "done":
        question.answer.set_result(2)
    question.fail(ClusterLostError("It has died."))
    question.fail(ClusterLostError("It has died."))
    assert question.answer.done()


# Runs that are deleted


def test_a_paused_run_is_deleted_for_all_that_its_worker_still_tells(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    run, store = paused(cluster, engine), engine._store
    live = engine._live[run.id]
    engine.delete([run.id])
    engine._look(cluster)
    assert live.given.should_leave
    cluster.tell(live, "a", replace(EVENTS[4], step=2))
    engine._look(cluster)
    assert (store.list(), store.warning, engine.live_runs) == ([], None, ())
    waiting = engine.submit(TINY)
    engine._look(cluster)
    assert cluster.begun == [run.id]  # it still has the worker
    cluster.log.append("silent")
    engine._look(cluster)
    cluster.log.clear()
    engine._look(cluster)
    assert cluster.begun == [run.id, waiting]
    assert store.restore([run.id]) == (run.id,)
    engine.resume(run.id)
    assert store.get(run.id).info.state == "queued"


def test_a_run_is_brought_back_and_resumed_before_its_worker_has_let_go(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    run = paused(cluster, engine)
    old = engine._live[run.id]
    engine.delete([run.id])
    engine._store.restore([run.id])
    engine.resume(run.id)
    cluster.tell(old, "a", replace(EVENTS[4], step=1), Failed(2, "late"))
    engine._look(cluster)
    assert engine._store.get(run.id).info.state == "queued"
    assert engine._store.get(run.id).checkpoint().step == 2
    assert engine.live_runs == (run.id,)


def test_a_run_that_is_to_go_on_is_not_deleted(idle_engine):
    cluster, engine = FakeCluster(), idle_engine
    run = paused(cluster, engine)
    engine.resume(run.id)
    with pytest.raises(ValueError, match="stop it first"):
        engine.delete([run.id])
    assert engine.live_runs == (run.id,)


def test_a_paused_run_of_another_server_is_not_taken_from_it(idle_engine):
    run = paused(FakeCluster(), idle_engine)
    other = Engine(RunStore(idle_engine._store.root))  # it has no thread either
    for act in (other.resume, other.stop):
        with pytest.raises(ValueError, match="paused on another server"):
            act(run.id)
    idle_engine._store.servers.leave()
    other.resume(run.id)
    assert run.info.state == "queued"
    other._thread.start()
    other.close()


# With real processes


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return RunStore(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def engine(store):
    begin = time.monotonic()
    engine = Engine(store)
    assert time.monotonic() - begin < 1
    yield engine
    engine.close()
    assert engine.state == "down"


def test_a_run_is_trained_and_stored_whole(engine, store):
    begin = time.monotonic()
    run_id = engine.submit(experiment())
    assert time.monotonic() - begin < 1
    assert engine.live_runs == (run_id,)
    assert engine.queue_position(run_id) == 1
    run = store.get(run_id)
    wait_until(lambda: run.info.is_over)
    info, history = run.info, run.history()
    assert (info.state, info.reason) == ("finished", None)
    assert info.test_accuracy > 0.5
    np.testing.assert_array_equal(history.batches.step, np.arange(1, 41))
    np.testing.assert_array_equal(history.epochs.step, [20, 40])
    assert run.snapshot_steps()[0] == 0
    assert run.snapshot_steps()[-1] == 40
    assert run.probabilities().shape == (10000, 10)
    assert run.model()[:2] == b"PK"
    wait_until(lambda: not engine.live_runs)
    assert engine.queue_position(run_id) is None
    assert engine.state == "ready"


def test_what_pages_ask_for_is_computed_beside_training(engine, store):
    run_id = engine.submit(experiment(epochs=30, train_size=20_000, seed=8))
    wait_until(lambda: num_steps(store, run_id) > 5)
    before = num_steps(store, run_id)
    answer = engine.compute(predict.predict, *starter.load(), mnist.load().test.images)
    wait_until(lambda: 0 < answer.share < 1)
    shares = answer.result(180)
    assert shares.shape == (10_000, 10)
    assert np.mean(shares.argmax(axis=1) == mnist.load().test.labels) > 0.98
    trim = engine.compute(os.getenv, "MALLOC_TRIM_THRESHOLD_").result(180)
    assert trim is None  # Dask's halves the speed of training
    with pytest.raises(ValueError, match="`weights` must be"):
        engine.compute(predict.predict, TINY, {}, mnist.load().test.images[:1]).result(180)
    assert not store.get(run_id).info.is_over
    wait_until(lambda: num_steps(store, run_id) > before)
    engine.stop(run_id)
    wait_until(lambda: not engine.live_runs)


def test_a_run_begins_from_weights_and_learns_ones_own_digits(engine, store):
    first = store.get(engine.submit(experiment(epochs=2, seed=9)))
    wait_until(lambda: first.info.is_over)
    digit = mnist.load().test.images[:1, ..., 0]  # a 7, which we now call a 2
    start = Start(first.weights(), digit, np.array([2], np.uint8))
    tuned = store.get(engine.submit(experiment(epochs=4, seed=9), start))
    wait_until(lambda: tuned.info.is_over)
    again = tuned.start()
    assert again.images.tobytes() == digit.tobytes()
    assert again.labels.tolist() == [2]
    for name, value in first.weights().items():
        np.testing.assert_array_equal(tuned.weights(0)[name], value)
    image = mnist.normalise(digit)[0, ..., np.newaxis]
    answers = [network.forward(TINY.architecture, run.weights(), image)[-1] for run in (first, tuned)]
    assert [int(answer.argmax()) for answer in answers] == [7, 2]
    assert first.start() is None


def test_stop_keeps_the_network_and_the_next_run_begins(engine, store):
    first, second, third = (engine.submit(experiment(epochs=30, seed=seed)) for seed in (1, 2, 3))
    wait_until(lambda: num_steps(store, first) > 5)
    num_workers = local_cluster.num_workers(local_cluster.num_cores())
    if num_workers == 1:
        assert [engine.queue_position(run) for run in (first, second, third)] == [None, 1, 2]
    engine.stop(third)
    engine.stop(first)
    wait_until(lambda: store.get(first).info.is_over)
    wait_until(lambda: store.get(third).info.is_over)
    if num_workers == 1:
        assert store.get(third).info.reason == "It was stopped before it began."
    run = store.get(first)
    assert run.info.state == store.get(third).info.state == "stopped"
    assert run.snapshot_steps()[-1] == run.history().batches.step[-1] < 600
    assert run.info.test_accuracy is not None
    assert run.model()[:2] == b"PK"
    wait_until(lambda: num_steps(store, second) > 0)
    engine.stop(second)
    wait_until(lambda: not engine.live_runs)
    engine.stop(second)  # over: nothing happens


def test_paused_stepped_and_resumed_a_run_ends_bit_for_bit_alike(engine, store):
    whole = store.get(engine.submit(experiment(epochs=3, seed=11)))
    run = store.get(engine.submit(experiment(epochs=3, seed=11)))
    engine.resume(run.id, until=7)
    wait_until(lambda: run.info.state == "paused")
    assert num_steps(store, run.id) == 7
    engine.resume(run.id, until=8)  # one batch, by the worker that waits
    wait_until(lambda: num_steps(store, run.id) == 8 and run.info.state == "paused")
    waiting = engine.submit(experiment(epochs=1, seed=12))
    wait_until(lambda: store.get(waiting).info.is_over)  # it needs the worker
    wait_until(lambda: run.id not in engine.live_runs or local_cluster.num_workers(local_cluster.num_cores()) > 1)
    assert run.info.state == "paused"
    engine.resume(run.id, until=20)  # to the end of the epoch, from the checkpoint
    wait_until(lambda: num_steps(store, run.id) == 20 and run.info.state == "paused")
    np.testing.assert_array_equal(run.history().epochs.step, [20])
    engine.resume(run.id)
    wait_until(lambda: run.info.is_over and whole.info.is_over)
    np.testing.assert_array_equal(run.history().batches.loss, whole.history().batches.loss)
    np.testing.assert_array_equal(run.history().epochs.val_loss, whole.history().epochs.val_loss)
    for name, weights in whole.weights().items():
        np.testing.assert_array_equal(weights, run.weights()[name])


def test_another_learning_rate_while_it_trains_and_a_stop_while_it_is_paused(engine, store):
    run = store.get(engine.submit(experiment(epochs=30, train_size=5_000, seed=13)))
    wait_until(lambda: num_steps(store, run.id) > 5)
    engine.set_learning_rate(run.id, 1e-6)
    wait_until(lambda: run.info.learning_rates)
    ((step, rate),) = run.info.learning_rates
    assert (step > 5, rate) == (True, 1e-6)
    engine.pause(run.id)
    wait_until(lambda: run.info.state == "paused")
    engine.stop(run.id)
    wait_until(lambda: run.info.is_over)
    assert run.info.state == "stopped"
    first, last = (run.weights(at)["3/kernel"] for at in (0, run.snapshot_steps()[-1]))
    assert np.abs(last - first).max() > 1e-3
    assert run.info.learning_rates == ((step, rate),)


def test_a_killed_worker_goes_on_from_its_checkpoint(engine, store):
    run_id = engine.submit(experiment(epochs=8, seed=4))
    run = store.get(run_id)
    wait_until(lambda: len(run.history().epochs.step) >= 2 and len(run.history().batches.step) % 20 > 5)
    for worker in worker_processes():
        worker.send_signal(signal.SIGKILL)
    seen = []
    wait_until(lambda: seen.append(len(run.history().batches.step)) or run.info.is_over)
    assert run.info.state == "finished"
    rewound = [later for earlier, later in pairwise(seen) if later < earlier]
    assert len(rewound) == 1
    assert rewound[0] >= 40
    np.testing.assert_array_equal(run.history().batches.step, np.arange(1, 161))
    np.testing.assert_array_equal(run.history().epochs.step, np.arange(20, 161, 20))

    again = store.get(engine.submit(experiment(epochs=8, seed=4)))
    wait_until(lambda: again.info.is_over)
    np.testing.assert_array_equal(again.history().batches.loss, run.history().batches.loss)
    for name, weights in again.weights().items():
        np.testing.assert_array_equal(weights, run.weights()[name])


def test_a_run_that_the_disk_refuses_is_stopped_and_kept(engine, store, monkeypatch):
    run_id = engine.submit(experiment(epochs=30, seed=5))
    wait_until(lambda: num_steps(store, run_id) > 5)

    def no_space(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("cnnlab.runs.files._replace", no_space)
        patch.setattr("cnnlab.runs.files._append", no_space)
        wait_until(lambda: run_id not in engine.live_runs)
    run = store.get(run_id)
    assert run.info.state == "stopped"
    assert run.info.reason == (
        "The run was stopped. Neither the runs folder nor a temporary one can be written (No space left on device)."
    )
    steps = run.history().batches.step
    np.testing.assert_array_equal(steps, np.arange(1, len(steps) + 1))
    assert run.weights() is not None


def test_a_question_that_kills_its_worker_is_asked_twice_and_harms_no_other(engine, tmp_path):
    script = f"echo -n x >> {tmp_path}/marks; kill -9 $PPID"
    deadly, other = engine.compute(subprocess.run, ["sh", "-c", script]), engine.compute(math.sqrt, 4)
    with pytest.raises(WorkerDiedError, match="The process that computes it died of it each time"):
        deadly.result(180)
    assert (tmp_path / "marks").read_text() == "xx"
    assert other.result(180) == 2


TENSORFLOW = """
import os, signal
from pathlib import Path
with (Path(__file__).parents[1] / "marks").open("a") as marks:
    marks.write("x")
{}
"""


@pytest.mark.parametrize(
    ("what", "times", "why"),
    [
        ("os.kill(os.getpid(), signal.SIGILL)", 3, "the process that loads it died 3 times."),
        ("raise ImportError('DLL load failed')", 1, "ImportError: DLL load failed"),
    ],
)
def test_without_tensorflow_nothing_is_trained_and_all_else_goes_on(tmp_path, monkeypatch, what, times, why):
    (tmp_path / "tensorflow").mkdir()
    (tmp_path / "tensorflow/__init__.py").write_text(TENSORFLOW.format(what))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("CNNLAB_WORKERS", "1")
    store, states = RunStore(tmp_path / "runs"), set()
    engine = Engine(store)
    try:
        early = store.get(engine.submit(TINY))
        wait_until(lambda: states.add(engine.state) or engine.state == "unable")
        assert "ready" not in states
        assert why in engine.problem
        late = store.get(engine.submit(TINY))
        for run in (early, late):
            wait_until(lambda run=run: run.info.is_over)
            assert (run.info.state, run.info.reason) == ("interrupted", engine.problem)
        assert engine.compute(math.sqrt, 4).result(60) == 2
        assert engine.state == "unable"
        assert (tmp_path / "marks").read_text() == times * "x"
    finally:
        engine.close()


def test_a_dead_cluster_answers_no_question(engine):
    wait_until(lambda: engine.state == "ready")
    answer = engine.compute(time.sleep, 60)
    time.sleep(0.5)
    cluster_process().send_signal(signal.SIGKILL)
    with pytest.raises(ClusterLostError, match="its process has died"):
        answer.result(30)
    assert engine.compute(math.sqrt, 4).result(180) == 2  # by a new one


def test_a_dead_cluster_interrupts_its_run_which_can_be_resumed(engine, store):
    run_id, waiting = engine.submit(experiment(epochs=6, seed=6)), engine.submit(experiment(epochs=1, seed=7))
    run = store.get(run_id)
    wait_until(lambda: len(run.history().epochs.step) >= 2)
    engine.resume(run_id)  # nothing happens: it runs
    cluster_process().send_signal(signal.SIGKILL)
    wait_until(lambda: run.info.is_over)
    assert run.info.state == "interrupted"
    assert run.info.reason == "The training engine is down: its process has died."
    steps = run.history().batches.step
    np.testing.assert_array_equal(steps, np.arange(1, len(steps) + 1))
    assert len(steps) >= 40

    engine.resume(run_id)
    assert run.info.state == "queued"
    wait_until(lambda: run.info.is_over and store.get(waiting).info.is_over)
    assert run.info.state == "finished"
    assert store.get(waiting).info.state in ("finished", "interrupted")  # interrupted when there are two workers
    np.testing.assert_array_equal(run.history().batches.step, np.arange(1, 121))
    np.testing.assert_array_equal(run.history().epochs.step, np.arange(20, 121, 20))
    with pytest.raises(ValueError, match="Only a paused or interrupted run can go on"):
        engine.resume(run_id)


def test_an_idle_engine_notices_that_its_cluster_died(engine, store):
    wait_until(lambda: engine.state == "ready")
    cluster_process().send_signal(signal.SIGKILL)
    wait_until(lambda: engine.state == "down", seconds=10)
    assert engine.problem == "The training engine is down: its process has died."
    run_id = engine.submit(experiment(epochs=1))
    assert engine.state != "down"
    assert engine.problem is None
    wait_until(lambda: store.get(run_id).info.is_over)
    assert store.get(run_id).info.state == "finished"


def test_a_cluster_that_cannot_be_reached(store):
    engine = Engine(store, "tcp://127.0.0.1:9")
    run_id = engine.submit(experiment())
    wait_until(lambda: engine.state == "down", seconds=30)
    info = store.get(run_id).info
    assert info.state == "interrupted"
    assert info.reason == engine.problem
    assert "no contact with the cluster at tcp://127.0.0.1:9" in info.reason
    engine.close()


SERVER = """
import sys, time
from pathlib import Path
from types import SimpleNamespace
from dataclasses import replace
from cnnlab.engine.engine import Engine
from cnnlab.experiment import DataSettings
from cnnlab.presets import PRESETS
from cnnlab.runs.store import Run, RunStore

def main():
    store = RunStore(Path(sys.argv[1]))
    engine = Engine(store, sys.argv[3])
    training = replace(PRESETS["Tiny"].training, epochs=2 if sys.argv[2] == "finish" else 30)
    data = DataSettings(train_size=2000, validation_size=500)
    run = store.get(engine.submit(replace(PRESETS["Tiny"], data=data, training=training)))
    while not (run.info.is_over if sys.argv[2] == "finish" else (last := run.checkpoint()) and last.step >= 40):
        time.sleep(0.05)
    run.weights()
    loaded = {"tensorflow", "keras", "streamlit"} & sys.modules.keys()
    print(run.id, run.info.state, loaded or "clean", flush=True)
    time.sleep(600 if sys.argv[2] == "hang" else 0)

main()
"""


def server(store, what, address):
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-X", "dev", "-c", SERVER, store.root, what, address],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip


def test_a_server_that_joins_a_cluster_stays_free_of_tensorflow_and_ends_quietly(tmp_path):
    store = RunStore(tmp_path)
    child, address = local_cluster.start()
    try:
        with server(store, "finish", address) as process:
            out, err = process.communicate(timeout=180)
        assert process.returncode == 0, err
        assert out.split()[1:] == ["finished", "clean"]
        assert err == ""
        with server(store, "leave", address) as process:  # ends in the middle of its run
            out, err = process.communicate(timeout=180)
        assert process.returncode == 0, err
        assert err == ""
        info = store.get(out.split()[0]).info
        assert (info.state, info.reason) == ("interrupted", "The server was stopped before this run was finished.")
    finally:
        local_cluster.stop(child)
    assert child.returncode == 0


def test_a_killed_server_takes_its_cluster_along_and_the_next_one_goes_on(tmp_path):
    store = RunStore(tmp_path)
    with server(store, "hang", "") as process:
        run_id, state, loaded = process.stdout.readline().split()
        assert (state, loaded) == ("running", "clean")
        family = psutil.Process(process.pid).children(recursive=True)
        assert len(family) >= 2
        process.kill()
        process.communicate()
    wait_until(lambda: not any(child.is_running() for child in family), seconds=60)
    run, engine = store.get(run_id), Engine(store)
    try:
        assert run.info.state == "interrupted"
        assert num_steps(store, run_id) >= run.checkpoint().step >= 40
        engine.resume(run_id)
        wait_until(lambda: run.info.is_over)
        assert run.info.state == "finished"
        np.testing.assert_array_equal(run.history().batches.step, np.arange(1, 601))
        np.testing.assert_array_equal(run.history().epochs.step, np.arange(20, 601, 20))
    finally:
        engine.close()
