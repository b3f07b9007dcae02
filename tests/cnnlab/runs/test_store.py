"""The store: what is kept, what is read back, and what happens when files are cut or the disk is full."""

import errno
import json
import math
import os
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnnlab.presets import PRESETS
from cnnlab.runs import files
from cnnlab.runs.files import from_npz, to_npz
from cnnlab.runs.records import Label
from cnnlab.runs.store import DamagedRunError, RunStore, StoreError, UnknownRunError
from cnnlab.training.events import (
    BatchEnd,
    Checkpoint,
    EpochEnd,
    Failed,
    Finished,
    LearningRateSet,
    Paused,
    RunStarted,
    Start,
    WeightsSnapshot,
)

EXPERIMENT = PRESETS["Tiny"]
WEIGHTS = {"0/kernel": np.arange(6, dtype=np.float32).reshape(2, 3), "0/bias": np.zeros(3, np.float32)}
FINISHED = Finished(4, False, 0.25, 0.9, np.full((10000, 10), 0.1, np.float32), WEIGHTS, b"a model")
CHECKPOINT = Checkpoint(
    3, 1, 1, 1.5, 2.5, tuple(np.full(2, i, np.float32) for i in range(12)), (np.array(7, np.uint32),)
)


def started(step=0):
    return RunStarted(step, num_train=200, num_validation=100, batches_per_epoch=2, epochs=2)


def batch(step):
    return BatchEnd(step, (step - 1) // 2, 1 / step, 0.1 * step, 1000.0)


def epoch(step, val=0.5):
    return EpochEnd(step, step // 2 - 1, 0.3, 0.8, val, val)


def record(run, *events):
    for event in events:
        run.record(event)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.fixture
def run(store):
    return store.create(EXPERIMENT)


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Where temporary folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def full_disk(monkeypatch):
    """A list of folders below which nothing can be written."""
    full = []

    def guard(write):
        def guarded(path, content):
            if any(path.is_relative_to(folder) for folder in full):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            write(path, content)

        return guarded

    replace, append = guard(files._replace), guard(files._append)
    monkeypatch.setattr(files, "_replace", replace)
    monkeypatch.setattr(files, "_append", append)
    return full


def test_a_new_run_is_queued(store, run):
    info = store.get(run.id).info
    assert (info.state, info.experiment, info.id) == ("queued", EXPERIMENT, run.id)
    assert info.created.tzinfo is not None
    assert not info.is_over
    assert run.history().batches.step.shape == run.history().epochs.step.shape == (0,)
    assert run.weights() is run.checkpoint() is run.model() is run.probabilities() is None


@pytest.mark.parametrize("loss", [np.nan, np.inf])
def test_an_end_without_a_test_loss_is_no_end_but_a_failure(store, run, loss):
    """As a worker with an earlier version tells it, and as such a server has written it."""
    record(run, started(), batch(1), replace(FINISHED, test_loss=loss))
    earlier = store.create(EXPERIMENT)
    record(earlier, started(), FINISHED)
    state = json.loads(earlier._files.read("state.json")) | {"test_loss": loss}
    earlier._files.write("state.json", json.dumps(state).encode())
    for info in (run.info, earlier.info):
        assert (info.state, info.test_loss, info.test_accuracy) == ("failed", None, None)
        assert info.reason == "The loss is no longer a number after its last update: the weights grew too large."
    json.loads(run._files.read("state.json"), parse_constant=pytest.fail)


def test_everything_recorded_is_read_back_by_another_store(store, run):
    record(run, started(), WeightsSnapshot(0, WEIGHTS), batch(1), batch(2), epoch(2), CHECKPOINT, batch(3), batch(4))
    assert store.get(run.id).info.state == "running"
    record(run, epoch(4, val=None), FINISHED)

    again = RunStore(store.root).get(run.id)
    info, history = again.info, again.history()
    assert (info.state, info.reason, info.test_loss, info.test_accuracy) == ("finished", None, 0.25, 0.9)
    assert (info.num_train, info.num_validation, info.batches_per_epoch, info.epochs) == (200, 100, 2, 2)
    assert info.created <= info.started <= info.ended
    np.testing.assert_array_equal(history.batches.step, [1, 2, 3, 4])
    np.testing.assert_array_equal(history.batches.epoch, [0, 0, 1, 1])
    np.testing.assert_array_equal(history.batches.loss.astype(np.float32), np.float32([1, 1 / 2, 1 / 3, 1 / 4]))
    np.testing.assert_array_equal(history.epochs.val_loss, [0.5, np.nan])
    assert again.snapshot_steps() == (0, 4)
    assert again.weights().keys() == WEIGHTS.keys()
    np.testing.assert_array_equal(again.weights(0)["0/kernel"], WEIGHTS["0/kernel"])
    assert again.weights(3) is None
    assert again.model() == b"a model"
    np.testing.assert_array_equal(again.probabilities(), FINISHED.probabilities)
    assert sorted(path.name for path in (store.root / run.id).iterdir()) == [
        "checkpoint.npz", "epochs.csv", "evaluation.npz", "experiment.json", "history.csv", "model.keras", "state.json",
        "weights",
    ]  # fmt: skip


def test_a_checkpoint_comes_back_bit_for_bit(run):
    record(run, started(), CHECKPOINT)
    again = run.checkpoint()
    for name in ("step", "epoch", "batch", "loss_sum", "accuracy_sum"):
        assert getattr(again, name) == getattr(CHECKPOINT, name)
    for name in ("variables", "optimizer_variables"):
        for ours, theirs in zip(getattr(again, name), getattr(CHECKPOINT, name), strict=True):
            assert ours.dtype == theirs.dtype
            np.testing.assert_array_equal(ours, theirs)


def test_stopped_and_failed(store, run):
    record(run, started(), Failed(3, "The loss is no longer a number."))
    assert (run.info.state, run.info.reason) == ("failed", "The loss is no longer a number.")
    other = store.create(EXPERIMENT)
    record(other, started(), Finished(**{**FINISHED.__dict__, "stopped": True}))
    assert other.info.state == "stopped"


def test_a_paused_run_stays_paused_without_its_server(store, run, monkeypatch):
    record(run, started(), batch(1), CHECKPOINT, Paused(1))
    monkeypatch.setattr("cnnlab.runs.store.Run.has_owner", lambda _: False)
    RunStore(store.root).mark_interrupted()
    info = RunStore(store.root).get(run.id).info
    assert (info.state, info.is_over) == ("paused", False)
    record(run, started(1))
    assert run.info.state == "running"


def test_learning_rates_set_by_hand_are_kept_and_rewound(run):
    record(
        run, started(), batch(1), LearningRateSet(1, 0.5), LearningRateSet(1, 0.25), batch(2), LearningRateSet(2, 0.1)
    )
    assert run.info.learning_rates == ((1, 0.25), (2, 0.1))
    record(run, started(1))
    assert run.info.learning_rates == ((1, 0.25),)


def test_a_label_is_kept_beside_the_run(store, run):
    record(run, started(), batch(1))
    assert run.info.label == Label()
    run.set_label(Label("a < b | *c*", "A note.\nOf two lines.", is_starred=True))
    assert run.info.label.name == "a < b | *c*"
    record(run, batch(2), FINISHED)
    assert RunStore(store.root).get(run.id).info.label == Label(
        "a < b | *c*", "A note.\nOf two lines.", is_starred=True
    )


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ({"name": "x" * 61}, "A name has at most 60 characters. Received: 61"),
        ({"note": "x" * 2_001}, "A note has at most 2,000 characters. Received: 2,001"),
        ({"name": "two\nlines"}, "A name is one line"),
        ({"name": 7}, "A name has at most 60 characters"),
        ({"is_starred": "yes"}, "`is_starred` must be True or False"),
    ],
)
def test_labels_have_limits(label, message):
    with pytest.raises(ValueError, match=message):
        Label(**label)


def test_deleted_runs_come_back_whole_or_go_for_good(store, run, monkeypatch):
    record(run, started(), batch(1), FINISHED)
    others = [store.create(EXPERIMENT) for _ in range(2)]
    for other in others:
        other.end("finished")
    store.delete([run.id, others[0].id])
    assert [info.id for info in store.list()] == [others[1].id]
    with pytest.raises(UnknownRunError):
        store.get(run.id)
    store.restore([run.id, "../../etc", others[1].id])
    assert {info.id for info in store.list()} == {run.id, others[1].id}
    np.testing.assert_array_equal(store.get(run.id).history().batches.step, [1])
    store.empty_bin()  # too early
    store.restore([others[0].id])
    assert len(store.list()) == 3
    store.delete([run.id])
    now = time.time()
    monkeypatch.setattr("cnnlab.runs.store.time.time", lambda: now + 8 * 24 * 3600)
    store.empty_bin()
    store.restore([run.id])
    assert run.id not in {info.id for info in store.list()}
    assert len(store.list()) == 2


def test_a_live_run_is_not_deleted_and_no_other_with_it(store, run):
    other = store.create(EXPERIMENT)
    other.end("finished")
    record(run, started())
    with pytest.raises(ValueError, match="A run that is not over cannot be deleted: stop it first"):
        store.delete([other.id, run.id])
    assert len(store.list()) == 2


def test_a_damaged_run_can_be_deleted(store, run):
    run._files.write("state.json", b"{")
    store.delete([run.id])
    assert store.list() == []


def test_the_name_of_a_damaged_run_is_kept(store, run):
    run.set_label(Label("mine", "A note"))
    run._files.write("state.json", b"{")
    assert (run.info.state, run.info.label) == ("damaged", Label("mine", "A note"))
    run.set_label(replace(run.info.label, is_starred=True))
    assert RunStore(store.root).get(run.id).info.label == Label("mine", "A note", is_starred=True)


def test_nothing_is_brought_back_over_a_run(store, run):
    run.end("finished")
    store.delete([run.id])
    (store.root / run.id).mkdir()
    store.restore([run.id])
    assert list((store.root / run.id).iterdir()) == []


def test_how_large_a_run_is(run):
    before = run._files.size()
    assert before == sum(path.stat().st_size for path in run._files.folder.rglob("*") if path.is_file())
    run.record(WeightsSnapshot(0, WEIGHTS))
    assert run._files.size() > before


def test_only_new_lines_are_read(run, monkeypatch):
    record(run, started(), *map(batch, range(1, 1001)))
    assert len(run.history().batches.step) == 1000
    read, sizes = run._files.read, []
    monkeypatch.setattr(run._files, "read", lambda *given: sizes.append(len(found := read(*given) or b"")) or found)
    run.history()
    record(run, batch(1001), batch(1002))
    np.testing.assert_array_equal(run.history().batches.step, np.arange(1, 1003))
    assert max(sizes) < 300
    record(run, started(500))
    np.testing.assert_array_equal(run.history().batches.step, np.arange(1, 501))
    record(run, *(replace(batch(step), loss=9.0) for step in range(501, 1200)))
    np.testing.assert_array_equal(run.history().batches.step, np.arange(1, 1200))
    assert run.history().batches.loss[-1] == 9
    for name in ("step", "loss", "accuracy"):
        again = RunStore(run._files.folder.parent).get(run.id).history().batches
        np.testing.assert_array_equal(getattr(run.history().batches, name), getattr(again, name))


def test_why_a_run_ended_early_is_kept(run):
    record(run, started(), replace(FINISHED, reason="Early stopping."))
    assert (run.info.state, run.info.reason) == ("finished", "Early stopping.")


def test_a_checkpoint_of_an_older_version_is_read(run):
    record(run, started(), CHECKPOINT)
    arrays = from_npz(run._files.read("checkpoint.npz"))
    old = {name: value for name, value in arrays.items() if name not in ("best_loss", "num_waited", "learning_rate")}
    run._files.write("checkpoint.npz", to_npz(old))
    again = run.checkpoint()
    assert (again.step, again.best_loss, again.num_waited) == (CHECKPOINT.step, math.inf, 0)
    assert math.isnan(again.learning_rate)


def test_epochs_of_an_older_version_are_read_and_gone_on_with(store, run):
    record(run, started(), *map(batch, (1, 2)), epoch(2), batch(3), batch(4), epoch(4))
    path = run._files.folder / "epochs.csv"
    names, *lines = path.read_text().splitlines()
    path.write_text("".join(f"{line}\n" for line in (f"{names},seconds_left", *(f"{line},1.5" for line in lines))))
    again = RunStore(store.root).get(run.id)
    np.testing.assert_array_equal(again.history().epochs.step, [2, 4])
    np.testing.assert_array_equal(again.history().epochs.val_accuracy, [0.5, 0.5])
    assert again.last_epoch().step == 4
    record(again, started(3), batch(4), epoch(4))
    np.testing.assert_array_equal(again.history().epochs.step, [2, 4])
    assert path.read_text() == "\n".join((names, *lines, ""))


def test_what_pages_ask_of_a_run(store, run):
    assert not run.began_from_weights
    assert store.create(EXPERIMENT, Start(WEIGHTS, np.zeros((0, 28, 28), np.uint8), np.zeros(0))).began_from_weights
    assert run.last_epoch() is run.snapshot_stamp(0) is None
    assert run.csv("batch") == b""
    record(run, started(), WeightsSnapshot(0, WEIGHTS), batch(1), batch(2), epoch(2, val=None))
    first = run.snapshot_stamp(0)
    assert (run.last_epoch().step, run.last_epoch().loss) == (2, 0.3)
    assert math.isnan(run.last_epoch().val_accuracy)
    record(run, WeightsSnapshot(0, WEIGHTS), batch(3), batch(4), epoch(4))
    assert first != run.snapshot_stamp(0)
    assert (run.last_epoch().step, run.last_epoch().val_accuracy) == (4, 0.5)
    assert run.csv("epoch").splitlines()[1:] == [b"2,0,0.3,0.8,nan,nan", b"4,1,0.3,0.8,0.5,0.5"]
    run.end("interrupted")
    assert not run.can_go_on
    record(run, CHECKPOINT)
    assert run.can_go_on
    run.end("finished")
    assert not run.can_go_on
    run._files.write("epochs.csv", b"nonsense\n1,2\n")
    with pytest.raises(DamagedRunError, match="first line must be step,epoch,"):
        run.last_epoch()


def test_a_line_that_is_not_finished_is_not_read(run):
    record(run, started(), batch(1), batch(2))
    with (run._files.folder / "history.csv").open("a") as file:
        file.write("3,1,0.3")
    np.testing.assert_array_equal(run.history().batches.step, [1, 2])


def test_a_resumed_run_has_every_step_once(run):
    record(run, started(), WeightsSnapshot(0, WEIGHTS), *map(batch, (1, 2)), epoch(2), batch(3), CHECKPOINT)
    record(run, batch(4), WeightsSnapshot(4, WEIGHTS), epoch(4), batch(5))
    with (run._files.folder / "history.csv").open("a") as file:
        file.write("6,2,0.")
    first = run.info.started
    record(run, started(step=3))
    np.testing.assert_array_equal(run.history().batches.step, [1, 2, 3])
    np.testing.assert_array_equal(run.history().epochs.step, [2])
    assert run.snapshot_steps() == (0,)
    record(run, batch(4), epoch(4))
    np.testing.assert_array_equal(run.history().batches.step, [1, 2, 3, 4])
    np.testing.assert_array_equal(run.history().epochs.step, [2, 4])
    assert run.info.started == first
    record(run, started(step=0))
    assert run.history().batches.step.size == run.history().epochs.step.size == 0


def test_listing_is_newest_first(store):
    runs = [store.create(EXPERIMENT).id for _ in range(5)]
    assert [info.id for info in store.list()] == runs[::-1]
    assert [info.id for info in RunStore(store.root).list()] == runs[::-1]
    assert RunStore(store.root / "nowhere").list() == []


def test_a_listing_sees_what_another_store_did(store, run):
    other = RunStore(store.root)
    assert [info.state for info in other.list()] == ["queued"]
    record(run, started())
    assert [info.state for info in other.list()] == ["running"]
    for path in sorted(run._files.folder.rglob("*"), reverse=True):
        path.unlink()
    run._files.folder.rmdir()
    assert other.list() == []
    with pytest.raises(UnknownRunError):
        other.get(run.id)


@pytest.mark.parametrize(
    "name", ["", "..", "../etc", "20260101-000000-abcdef/..", "20260101-000000-abcdef", "/etc", "a\0b", None, "x" * 9999,
             "٢٠٢٦٠١٠١-000000-abcdef", "20260101-000000-abcdef\n"],
)  # fmt: skip
@pytest.mark.usefixtures("run")
def test_unknown_names(store, name):
    with pytest.raises(UnknownRunError, match=r"There is no run of this name here\. Received: run="):
        store.get(name)


STATE = "state.json"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("experiment.json", None, "not an experiment"),
        ("experiment.json", '{"version":1', "not valid JSON"),
        ("experiment.json", '{"version":99}', "`version` must be 1"),
        ("experiment.json", b"\xff\xfe", "experiment.json"),
        (STATE, None, "`version` in state.json must be 1. Received: version=None"),
        (STATE, '{"version": 1, "st', "state.json"),
        (STATE, "[]", "must be an object"),
        (STATE, "[" * 100_000, "state.json"),
        (STATE, {"version": 2}, "`version` in state.json must be 1. Received: version=2"),
        (STATE, {"state": "flying"}, "`state` must be one of"),
        (STATE, {"created": "yesterday"}, "yesterday"),
        (STATE, {"created": "2026-01-01T00:00:00"}, "must tell its zone"),
        (STATE, {"created": None}, "None"),
        (STATE, {"test_accuracy": "high"}, "`test_accuracy` in state.json is not what it should be"),
    ],
)
def test_a_damaged_folder_is_listed_and_harms_nothing(store, run, name, content, reason):
    path = run._files.folder / name
    if content is None:
        path.unlink()
    elif isinstance(content, dict):
        path.write_text(json.dumps(json.loads(path.read_text()) | content))
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    good = store.create(EXPERIMENT)
    infos = {info.id: info for info in RunStore(store.root).list()}
    assert infos[good.id].state == "queued"
    assert infos[run.id].state == "damaged"
    assert reason in infos[run.id].reason
    assert infos[run.id].experiment is None
    assert infos[run.id].is_over
    RunStore(store.root).mark_interrupted()


def test_foreign_files_are_no_runs(store, run):
    (store.root / "notes.txt").write_text("hello")
    (store.root / "20260101-000000-abcdef").write_text("a file")
    (store.root / "holiday").mkdir()
    (store.root / "99999999-999999-abcdef").mkdir()
    assert [info.id for info in store.list()] == [run.id, "99999999-999999-abcdef"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"no zip"])
def test_cut_arrays_are_told(run, content):
    record(run, started(), WeightsSnapshot(0, WEIGHTS), CHECKPOINT)
    for name in ("weights/000000.npz", "checkpoint.npz", "evaluation.npz"):
        (run._files.folder / name).write_bytes(content)
        with pytest.raises(DamagedRunError, match=rf"`{name}` of run {run.id} cannot be read"):
            {"w": run.weights, "c": run.checkpoint, "e": run.probabilities}[name[0]]()


def test_a_pickle_is_not_opened(run):
    (run._files.folder / "weights").mkdir()
    np.savez(run._files.folder / "weights" / "000000.npz", a=np.array([{}], dtype=object))
    with pytest.raises(DamagedRunError, match="This is not an"):
        run.weights()
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        files.to_npz({"a": np.array([{}], dtype=object)})


def test_a_checkpoint_of_something_else_is_told(run):
    (run._files.folder / "checkpoint.npz").write_bytes(files.to_npz({"step": np.array(3)}))
    with pytest.raises(DamagedRunError, match="epoch"):
        run.checkpoint()


@pytest.mark.parametrize("line", ["1,0,abc,0.5,1000\n", "1,0,0.5\n", "1,0,0.5,0.5,1,2,3\n"])
def test_a_damaged_history_is_told(run, line):
    record(run, started())
    (run._files.folder / "history.csv").write_text("step\n" + line)
    with pytest.raises(DamagedRunError, match=r"`history.csv` of run .* cannot be read"):
        run.history()


def test_runs_of_a_server_that_is_gone_are_interrupted(store):
    script = """
import sys
from pathlib import Path
from cnnlab.training.events import BatchEnd, RunStarted
from cnnlab.presets import PRESETS
from cnnlab.runs.store import RunStore
store = RunStore(Path(sys.argv[1]))
queued, running, failed = (store.create(PRESETS["Tiny"]) for _ in range(3))
for run in (running, failed):
    run.record(RunStarted(0, 200, 100, 2, 2))
    run.record(BatchEnd(1, 0, 0.5, 0.5, 100.0))
failed.end("failed", "It failed.")
print(queued.id, running.id, failed.id, flush=True)
sys.stdin.read()
"""
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", script, store.root],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root,
    ) as server:  # fmt: skip
        queued, running, failed = server.stdout.readline().split()
        mine = store.create(EXPERIMENT).id
        store.mark_interrupted()
        assert [store.get(run).info.state for run in (queued, running, failed)] == ["queued", "running", "failed"]
        server.kill()
        server.wait()
        store.mark_interrupted()
    states = [store.get(run).info.state for run in (queued, running, failed, mine)]
    assert states == ["interrupted", "interrupted", "failed", "queued"]
    assert store.get(running).info.reason == "The server was stopped before this run was finished."
    np.testing.assert_array_equal(store.get(running).history().batches.step, [1])


def test_root_that_cannot_be_a_folder(tmp_path, temporary):
    (tmp_path / "file").write_text("in the way")
    store = RunStore(tmp_path / "file")
    assert store.list() == []
    assert store.warning is None
    run = store.create(EXPERIMENT)
    assert "cannot be written" in store.warning
    assert str(temporary) in store.warning
    record(run, started(), batch(1), FINISHED)
    assert [info.state for info in store.list()] == ["finished"]
    assert store.get(run.id).model() == b"a model"


def test_a_disk_that_becomes_full(store, run, temporary, full_disk):
    record(run, started(), WeightsSnapshot(0, WEIGHTS), batch(1))
    with (run._files.folder / "history.csv").open("a") as file:
        file.write("2,0,0.")  # as far as the disk went
    full_disk.append(store.root)
    record(run, batch(2), epoch(2), CHECKPOINT)
    assert f"{store.root} cannot be written (No space left on device)" in store.warning
    np.testing.assert_array_equal(run.history().batches.step, [1, 2])
    assert run.snapshot_steps() == (0,)
    assert run.checkpoint().step == 3
    assert run.info.state == "running"
    assert [info.id for info in store.list()] == [run.id]
    other = store.create(EXPERIMENT)
    assert other._files.folder.is_relative_to(temporary)
    full_disk.clear()
    assert store.create(EXPERIMENT)._files.folder.parent == store.root


def test_no_disk_at_all(store, run, temporary, full_disk):
    record(run, started(), WeightsSnapshot(0, WEIGHTS), batch(1))
    full_disk += [store.root, temporary]
    with pytest.raises(StoreError, match="Neither the runs folder nor a temporary one can be written"):
        run.record(batch(2))
    record(run, batch(3), Finished(**{**FINISHED.__dict__, "stopped": True}))  # once is enough
    run.end("stopped", "There is no disk.")
    run = store.get(run.id)
    assert (run.info.state, run.info.reason) == ("stopped", "There is no disk.")
    assert [info.state for info in store.list()] == ["stopped"]
    np.testing.assert_array_equal(run.history().batches.step, [1])  # what was on disk before
    assert run.snapshot_steps() == (0,)
    assert run.weights().keys() == WEIGHTS.keys()
    assert run.model() is None
    with pytest.raises(OSError, match="No space left on device"):
        run.set_label(Label("mine"))
    with pytest.raises(StoreError):
        store.create(EXPERIMENT)
    with pytest.raises(StoreError):
        store.add("20260101-000000-abcdef", {"state.json": b"{}"})
    assert len(store.list()) == 1


def test_a_run_that_was_interrupted_by_a_full_disk_goes_on_when_there_is_room(store, run, temporary, full_disk):
    record(run, started(), *map(batch, (1, 2)), epoch(2), batch(3), CHECKPOINT)
    full_disk += [store.root, temporary]
    with pytest.raises(StoreError):
        run.record(batch(4))
    run.end("interrupted", "There is no disk.")
    assert run.info.state == "interrupted"
    assert run.can_go_on
    full_disk.clear()
    run.queue()
    record(run, started(3), batch(4))
    np.testing.assert_array_equal(run.history().batches.step, [1, 2, 3, 4])
    assert RunStore(store.root).get(run.id).info.state == "running"


def test_a_temporary_folder_that_becomes_full_too(store, run, temporary, full_disk):
    record(run, started(), batch(1))
    full_disk.append(store.root)
    record(run, batch(2))
    full_disk.append(temporary)
    with pytest.raises(StoreError):
        run.record(batch(3))
    np.testing.assert_array_equal(run.history().batches.step, [1, 2])


def test_a_short_write_is_a_full_disk(tmp_path, monkeypatch):
    write = os.write
    monkeypatch.setattr(files.os, "write", lambda file, line: write(file, line[:3]))
    with pytest.raises(OSError, match="No space left on device"):
        files._append(tmp_path / "history.csv", b"1,2,3\n")


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "state.json"
    files._replace(path, b"old")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(PermissionError("in use")))
    with pytest.raises(PermissionError):
        files._replace(path, b"new")
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["state.json"]


def test_readers_always_find_whole_files(run):
    record(run, started())
    is_over = threading.Event()
    problems = []

    def read():
        try:
            while not is_over.is_set():
                steps = run.history().batches.step
                assert (steps == np.arange(1, len(steps) + 1)).all()
                assert run.info.state == "running"
                weights = run.weights()
                assert weights is None or weights["0/kernel"].shape == (2, 3)
        except Exception as error:
            problems.append(error)
            raise

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for step in range(1, 301):
        record(run, batch(step))
        if step % 50 == 0:
            record(run, WeightsSnapshot(step, WEIGHTS), started(step))
    is_over.set()
    for reader in readers:
        reader.join()
    assert not problems


def test_nothing_on_disk_is_a_pickle(run):
    record(run, started(), WeightsSnapshot(0, WEIGHTS), CHECKPOINT, FINISHED)
    for path in run._files.folder.rglob("*.npz"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                with archive.open(name) as file:
                    np.lib.format.read_array(file, allow_pickle=False)


def test_default_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("CNNLAB_RUNS", str(tmp_path))
    assert RunStore.default().root == tmp_path
    monkeypatch.delenv("CNNLAB_RUNS")
    assert RunStore.default().root == Path(__file__).parents[3] / "runs"


# Two visitors, two servers


def test_a_deleted_run_is_not_made_anew_by_what_comes_late(store, run):
    record(run, started(), WeightsSnapshot(0, WEIGHTS), batch(1), CHECKPOINT, Paused(1))
    store.delete([run.id])
    with pytest.raises(StoreError):
        run.record(CHECKPOINT)
    run.end("stopped")
    assert store.list() == []
    assert store.warning is None
    assert store.restore([run.id]) == (run.id,)
    assert store.get(run.id).info.state == "paused"
    assert store.restore([run.id]) == ()


def test_two_who_write_one_file_at_once_have_names_of_their_own(tmp_path, monkeypatch):
    path, rename = tmp_path / "label.json", Path.replace

    def meanwhile(self, target):
        monkeypatch.setattr(Path, "replace", rename)
        files._replace(path, b"the second")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", meanwhile)
    files._replace(path, b"the first")
    assert path.read_bytes() == b"the first"
    assert [file.name for file in tmp_path.iterdir()] == ["label.json"]


@pytest.mark.parametrize("what", ["_replace", "_append"])
def test_an_error_that_passes_moves_no_run(store, run, monkeypatch, what):
    save, failures = getattr(files, what), [OSError(errno.EIO, "a stray error")]

    def unsteady(path, content):
        if failures:
            raise failures.pop()
        save(path, content)

    monkeypatch.setattr(files, what, unsteady)
    record(run, started(), batch(1))
    assert not failures
    assert (run.has_moved, store.warning) == (False, None)
    np.testing.assert_array_equal(run.history().batches.step, [1])


def test_a_line_that_is_cut_leaves_nothing_behind(run, monkeypatch):
    record(run, started(), batch(1))
    write, shorten = os.write, [True]
    monkeypatch.setattr(
        files.os, "write", lambda file, line: write(file, line[: 3 if shorten and shorten.pop() else None])
    )
    record(run, batch(2))
    np.testing.assert_array_equal(run.history().batches.step, [1, 2])
    assert not run.has_moved


def test_a_label_that_cannot_be_kept_moves_no_run(store, run, full_disk):
    full_disk.append(store.root)
    with pytest.raises(OSError, match="No space left"):
        run.set_label(Label("mine"))
    assert (run.has_moved, store.warning) == (False, None)


def test_a_run_that_cannot_be_made_leaves_nothing_behind(store, temporary, monkeypatch):
    replace, names = files._replace, []

    def no_space(path, content):
        names.append(path.name)
        if path.name == "state.json":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(path, content)

    monkeypatch.setattr(files, "_replace", no_space)
    with pytest.raises(StoreError):
        store.create(EXPERIMENT)
    assert "experiment.json" in names
    assert [path for folder in (store.root, temporary) for path in folder.rglob("*.json")] == []
    assert RunStore(store.root).list() == []


def test_a_name_and_a_note_given_at_once_are_both_kept(run, monkeypatch):
    keep, threads = type(run).set_label, []

    def meanwhile(self, label):
        if not threads:
            threads.append(threading.Thread(target=lambda: run.change_label(note="a note")))
            threads[0].start()
            threads[0].join(0.2)  # it waits for this one
        keep(self, label)

    monkeypatch.setattr(type(run), "set_label", meanwhile)
    run.change_label(name="a name")
    threads[0].join()
    assert run.info.label == Label("a name", "a note")


def test_several_are_deleted_or_none(store, monkeypatch):
    runs = [store.create(EXPERIMENT) for _ in range(2)]
    for run in runs:
        run.end("finished")
    rename = Path.rename

    def busy(self, target):
        if self.name == runs[1].id:
            raise PermissionError(errno.EACCES, "in use")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", busy)
    with pytest.raises(PermissionError):
        store.delete([run.id for run in runs])
    assert {info.id for info in store.list()} == {run.id for run in runs}


def test_a_clock_that_is_set_interrupts_nothing(store, run, monkeypatch):
    pslinux = pytest.importorskip("psutil._pslinux", reason="it is about how Linux tells when a process began")
    boot = pslinux.boot_time()
    monkeypatch.setattr(pslinux, "boot_time", lambda: boot + 5)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 3_600)
    second = RunStore(store.root)
    second.mark_interrupted()
    assert second.get(run.id).info.state == "queued"


@pytest.mark.parametrize(
    "owner",
    [None, {"pid": os.getpid(), "created": 1.0}, "0123456789abcdef", "../../state.json", "", 7, [], "x" * 5_000],
)
def test_an_owner_that_is_nobody_here_is_gone(store, run, owner):
    path = run._files.folder / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"owner": owner}))
    RunStore(store.root).mark_interrupted()
    assert store.get(run.id).info.state == "interrupted"


def test_a_paused_run_of_another_server_is_left_alone(store, run):
    record(run, started(), batch(1), CHECKPOINT, Paused(1))
    second = RunStore(store.root)
    assert second.get(run.id).is_elsewhere
    with pytest.raises(ValueError, match="paused on another server"):
        second.delete([run.id])
    store.servers.leave()
    assert not second.get(run.id).is_elsewhere
    second.delete([run.id])


@pytest.mark.usefixtures("run")
def test_a_server_that_has_left_leaves_no_file(store):
    (held,) = (store.root / ".servers").iterdir()
    assert store.servers.lives(held.name)
    store.servers.leave()
    assert not store.servers.lives(held.name)
    assert not held.exists()


def test_a_folder_that_knows_no_locks_is_that_of_one_server(store, monkeypatch):
    def unsupported(_file):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("locket._lock_file_non_blocking", unsupported)
    run = store.create(EXPERIMENT)
    RunStore(store.root).mark_interrupted()
    assert store.get(run.id).info.state == "interrupted"


def test_a_run_that_is_deleted_while_runs_are_marked_is_passed_over(store, run, monkeypatch):
    info = run.info
    run.end("finished")
    store.delete([run.id])
    monkeypatch.setattr(store, "list", lambda: [info])
    store.mark_interrupted()
