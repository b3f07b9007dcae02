"""Runs as zip files: there and back, and whatever somebody might put into one."""

import io
import json
import re
import stat
import struct
import warnings
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cnnlab.experiment import OPTIMIZERS, DataSettings, Experiment, TrainingSettings
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import (
    LAYERS,
    SOBEL,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
)
from cnnlab.nn.weights import Weights
from cnnlab.presets import PRESETS
from cnnlab.runs import archive
from cnnlab.runs.archive import check_size, from_zip, to_json, to_zip
from cnnlab.runs.files import to_npz
from cnnlab.runs.records import Label, from_start
from cnnlab.runs.store import RunStore
from cnnlab.training.events import BatchEnd, Checkpoint, Finished, RunStarted, Start, WeightsSnapshot
from tests.pages.runs import some_training, weights_of

TINY = PRESETS["Tiny"]
ANSWERS = np.full((10_000, 10), 0.1, np.float32)
CONFIG = {"module": "keras", "class_name": "Sequential", "config": {"layers": []}, "registered_name": None}


def packed(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def keras_file(config=CONFIG, **more):
    return packed({"metadata.json": "{}", "config.json": json.dumps(config), "model.weights.h5": b"\x89HDF"} | more)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.fixture
def run(store):
    run = store.create(TINY, Start(weights_of(), np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8)))
    checkpoint = Checkpoint(4, 2, 0, 0.0, 0.0, (np.zeros(2, np.float32),), (np.zeros(2, np.float32),))
    for event in [*some_training(), checkpoint, Finished(4, False, 0.1, 0.9, ANSWERS, weights_of(), keras_file())]:
        run.record(event)
    run.set_label(Label("mine", "A note", is_starred=True))
    return run


@pytest.fixture
def files(run):
    """The files of a good zip, by name."""
    with zipfile.ZipFile(io.BytesIO(to_zip([run]))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def contents(run):
    return {name: run._files.read(name) for name in run._files.names()}


def test_there_and_back(run, tmp_path):
    other = RunStore(tmp_path / "other")
    assert from_zip(to_zip([run]), other) == [run.id]
    again = other.get(run.id)
    assert again.info == run.info
    ours, theirs = contents(run), contents(again)
    assert ours.keys() == theirs.keys()
    assert all(ours[name] == theirs[name] for name in ours if name != "state.json")
    assert "owner" not in json.loads(theirs["state.json"])


def test_another_run_whose_id_is_taken_gets_another_one(run, files, store):
    other = edited(files, run, **{"label.json": None, "epochs.csv": None})
    (first,) = from_zip(other, store)
    assert {info.id for info in store.list()} == {run.id, first}
    assert store.get(first).info == replace(run.info, id=first, label=Label())
    store.delete([first])
    assert from_zip(packed(rename(run, first)), store) == [run.id]
    (second,) = from_zip(other, store)
    assert second not in (run.id, first)  # the first one could be brought back


def test_a_run_that_is_there_already_is_not_doubled(run, files, store, tmp_path):
    run.set_label(Label("another name"))
    assert from_zip(packed(files), store) == [run.id]
    other = RunStore(tmp_path / "other")
    taken = from_zip(edited(files, run, **{"epochs.csv": None}), other)
    ids = [from_zip(packed(files), other) for _ in range(3)]
    assert ids[0] == ids[1] == ids[2] != taken
    assert len(other.list()) == 2


def rename(run, run_id):
    return {f"{run_id}/{name}": content for name, content in contents(run).items()}


def test_several_at_once_and_a_live_one_is_interrupted_then(run, store, tmp_path):
    live = store.create(TINY)
    live.record(RunStarted(0, 200, 100, 2, 3))
    live.record(WeightsSnapshot(0, weights_of()))
    live.record(BatchEnd(1, 0, 1.0, 0.5, 100.0))
    other = RunStore(tmp_path / "other")
    assert sorted(from_zip(to_zip([run, live]), other)) == sorted([run.id, live.id])
    info = other.get(live.id).info
    assert (info.state, info.reason) == ("interrupted", "It was exported while it was running.")
    np.testing.assert_array_equal(other.get(live.id).history().batches.step, [1])


@pytest.mark.parametrize(("loss", "state"), [("NaN", "failed"), ("-Infinity", "failed"), ("1e999", None)])
def test_a_loss_that_is_no_number_is_not_written_again(run, files, loss, state, tmp_path):
    store = RunStore(tmp_path / "other")
    content = files[f"{run.id}/state.json"].replace(b'"test_loss": 0.1', f'"test_loss": {loss}'.encode())
    if state is None:
        with pytest.raises(ValueError, match="Received: test_loss=inf"):
            from_zip(edited(files, run, **{"state.json": content}), store)
        return
    (again,) = from_zip(edited(files, run, **{"state.json": content}), store)
    assert store.get(again).info.state == state
    json.loads(store.get(again)._files.read("state.json"), parse_constant=pytest.fail)


def edited(files, run, **changes):
    """A zip in which some files of the run have another content; None: it is missing."""
    named = {name.replace("__", "/"): content for name, content in changes.items()}
    kept = {name: content for name, content in files.items() if name.partition("/")[2] not in named}
    return packed(kept | {f"{run.id}/{name}": content for name, content in named.items() if content is not None})


def told(**changes):
    """A run's `state.json` with something wrong in it."""
    return json.dumps({"version": 1, "state": "finished", "created": "2026-11-25T10:10:10+00:00"} | changes).encode()


def of_kind(dtype):
    return to_npz({name: np.zeros(shape, dtype) for name, shape in TINY.architecture.weight_shapes.items()})


def started(weights=None, labels=None):
    images, labels = np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8) if labels is None else labels
    return to_npz(from_start(Start(Weights(weights or weights_of()), images, labels)))


HEADER = "step,epoch,loss,accuracy,images_per_second\n"
PICKLE = io.BytesIO()
np.savez(PICKLE, **{"0/kernel": np.array([{}], object)})
BOMB = packed({"kernel.npy": b"\0" * 60_000_000})


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("state.json", None, "must have state.json, experiment.json"),
        ("experiment.json", None, "must have state.json, experiment.json"),
        ("state.json", b"{", "cannot be read"),
        ("state.json", b"[]", "cannot be read"),
        ("state.json", b'{"version": 2}', "`version` in state.json must be 1. Received: version=2"),
        ("experiment.json", b"\xff", "cannot be read"),
        ("experiment.json", b'{"version": 1, "layers": []}', "There are no layers yet"),
        ("state.json", told(batches_per_epoch=-1), "`batches_per_epoch` .* Received: batches_per_epoch=-1"),
        ("state.json", told(batches_per_epoch=0), "batches_per_epoch=0"),
        ("state.json", told(epochs=10**400), "`epochs` in state.json"),
        ("state.json", told(num_train=True), "num_train=True"),
        ("state.json", told(learning_rates=[[1e999, 0.1]]), "must begin at an update"),
        ("state.json", told(learning_rates=[[1, float("nan")]]), "`learning_rate` must be"),
        ("state.json", told(learning_rates=7), "state.json is not what it should be"),
        ("state.json", told(created="0001-01-01T00:00:00+23:59"), "a year that may be"),
        ("state.json", told(created=None), "cannot be read"),
        ("history.csv", HEADER + "1,2\n", "must have 5 columns"),
        ("history.csv", "=cmd|' /C calc'!A0\n1,0,1,1,1\n", "first line must be step,epoch"),
        ("history.csv", HEADER + "nan,0,1,1,1\n", "numbers that grow"),
        ("history.csv", HEADER + "2,0,1,1,1\n1,0,1,1,1\n", "numbers that grow"),
        ("history.csv", HEADER + "1e300,0,1,1,1\n", "numbers that grow"),
        ("label.json", json.dumps({"name": "", "note": "\ud800", "is_starred": False}), "note"),
        ("weights/000000.npz", of_kind("U3"), "`0/kernel` holds something else"),
        ("weights/000000.npz", of_kind([("a", "f4")]), "`0/kernel` holds something else"),
        ("weights/000000.npz", of_kind("c8"), "`0/kernel` holds something else"),
        ("evaluation.npz", to_npz({"probabilities": np.zeros((10_000, 10), "S1")}), "holds something else"),
        ("start.npz", started(weights={"0/kernel": np.zeros(3, np.float32)}), "do not belong to this architecture"),
        ("start.npz", started(labels=np.zeros(1, np.int64)), "`labels` must be"),
        ("history.csv", HEADER + "rm,-rf,1,1,1\n", "`history.csv` of run .* cannot be read"),
        ("label.json", b'{"name": "x"}', "must hold name, note, is_starred"),
        ("weights/000000.npz", b"no zip", "is not a whole, plain zip file"),
        ("weights/000000.npz", PICKLE.getvalue(), "not an .npz file of numbers"),
        ("weights/000000.npz", to_npz({"0/kernel": np.zeros((9, 9))}), "do not belong to this architecture"),
        ("evaluation.npz", to_npz({"probabilities": np.zeros((3, 10))}), r"must be of shape \(10000, 10\)"),
        ("evaluation.npz", to_npz({"other": np.zeros(3)}), "cannot be read"),
        ("checkpoint.npz", to_npz({"step": np.zeros(3)}), "cannot be read"),
        ("start.npz", to_npz({"images": np.zeros(3), "labels": np.zeros(3)}), "`images` must be uint8"),
        ("model.keras", packed({"pickle.pkl": b""}), "A .keras file holds config.json"),
        ("model.keras", keras_file(CONFIG | {"class_name": "Lambda"}), "Only layers of this app .* 'Lambda'"),
        ("model.keras", keras_file({"layers": [{"module": "os", "class_name": "system"}]}), "Only layers .* 'system'"),
        ("model.keras", keras_file({"x": {"module": "keras.layers", "class_name": "TFSMLayer"}}), "Only .* 'TFSMLayer'"),
        ("model.keras", keras_file({"x": {"module": "keras.utils", "class_name": "get_file"}}), "Only .* 'get_file'"),
        ("model.keras", keras_file({"x": {"module": ["keras"], "class_name": "Sequential"}}), "Only layers of this app"),
        ("model.keras", keras_file({"x": {"class_name": "Lambda"}}), "Only layers of this app .* 'Lambda'"),
        ("model.keras", keras_file({"x": CONFIG | {"registered_name": "mine>Evil"}}), "Only layers of this app"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_should_be(files, run, store, name, content, message):
    before = store.list()
    with pytest.raises(ValueError, match=message):
        from_zip(edited(files, run, **{name: content}), store)
    assert store.list() == before


def test_bombs_are_not_unpacked(files, run, store, monkeypatch):
    monkeypatch.setattr(archive, "MAX_BYTES", 50_000_000)
    with pytest.raises(ValueError, match=r"`weights/000000.npz` .* unpacks to too much: at most 50 MB"):
        from_zip(edited(files, run, **{"weights/000000.npz": BOMB}), store)
    with pytest.raises(ValueError, match="The file unpacks to too much"):
        from_zip(edited(files, run, **{"history.csv": b"\n" * 60_000_000}), store)
    lying = bytearray(to_npz({"0/kernel": np.zeros(3)}).replace(b"(3,), ", b"(3000000000000000,), "))
    with pytest.raises(ValueError, match="cannot be read"):
        from_zip(edited(files, run, **{"weights/000000.npz": bytes(lying)}), store)


def lie(content, name, size):
    """Let a file in a zip claim another size than it has."""
    content = bytearray(content)
    for found in re.finditer(rb"PK\x01\x02|PK\x03\x04", bytes(content)):
        central = found[0] == b"PK\x01\x02"
        at, sizes = found.start() + (46 if central else 30), found.start() + (24 if central else 22)
        if content[at : at + len(name)] == name.encode():
            content[sizes : sizes + 4] = struct.pack("<I", size)
    return bytes(content)


def test_a_size_that_is_a_lie_unpacks_no_more(run, store, monkeypatch):
    """`ZipFile.read` would unpack all of it before it looks at the size."""
    name, inflated = f"{run.id}/history.csv", []
    content = lie(packed({name: b"\n" * 60_000_000}), name, 10)
    inflate = zipfile._get_decompressor

    def watched(*given):
        class Watched:
            inner = inflate(*given)

            def decompress(self, data, most):
                inflated.append(most)
                return self.inner.decompress(data, most)

            def __getattr__(self, name):
                return getattr(self.inner, name)

        return Watched()

    monkeypatch.setattr(zipfile, "_get_decompressor", watched)
    with pytest.raises(ValueError, match="not a whole, plain zip file"):
        from_zip(content, store)
    assert sum(inflated) < 100_000


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packings_are_refused(files, store, packing):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    with pytest.raises(ValueError, match="is packed in another way than deflate"):
        from_zip(buffer.getvalue(), store)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_model_of_everything_that_there_is_passes(files, run, tmp_path, optimizer):
    from cnnlab.training import keras_models  # noqa: PLC0415 - TensorFlow

    layers = (
        Conv2D(8, 3, kernel_initializer=SOBEL, trainable=False),
        BatchNormalization(),
        MaxPooling2D(2),
        Conv2D(4, 3, l1=0.1, l2=0.1, kernel_initializer="he_normal"),
        Flatten(),
        Dense(49, activation="relu", kernel_initializer="zeros"),
        Dropout(0.5),
        Dense(10, activation="softmax"),
    )
    others = (Conv2D(4, 3), AveragePooling2D(2), GlobalAveragePooling2D(), Dense(10, activation="softmax"))
    assert {type(layer).__name__ for layer in layers + others} == set(LAYERS)
    for index, of in enumerate((layers, others)):
        data, training = DataSettings(shift=2, rotation=10, zoom=0.1, noise=0.1), TrainingSettings(optimizer=optimizer)
        model = keras_models.to_bytes(keras_models.build(Experiment(Architecture(of), data, training)))
        other = RunStore(tmp_path / str(index))
        (run_id,) = from_zip(edited(files, run, **{"model.keras": model}), other)
        assert other.get(run_id).model() == model


def test_a_file_takes_only_what_can_come_back(run, monkeypatch):
    check_size([run] * archive.MAX_RUNS)
    with pytest.raises(ValueError, match=r"at most 50 runs\. Received: 51"):
        check_size([run] * 51)
    monkeypatch.setattr(archive, "MAX_BYTES", run._files.size() + 1)
    check_size([run])
    with pytest.raises(ValueError, match=r"One file takes at most \d+ MB\. Received: runs of"):
        check_size([run, run])


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/cron.d/x",
        "/etc/passwd",
        "20261125-101010-abcdef/../../x",
        "20261125-101010-abcdef/weights/../../x.npz",
        "20261125-101010-abcdef/run.py",
        "20261125-101010-abcdef/weights/1.npz",
        "20261125-101010-abcdef/.DS_Store/x",
        "one/two/three/20261125-101010-abcdef/state.json",
        "../20261125-101010-abcdef/state.json",
        "C:\\x",
        ".deleted/20261125-101010-abcdef/state.json",
    ],
)
def test_a_name_that_is_no_run_s_is_refused(files, store, tmp_path, name):
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match="must hold runs and nothing else"):
        from_zip(packed(files | {name: b"{}"}), store)
    assert sorted(tmp_path.rglob("*")) == before


def test_links_and_doubles_and_foreign_files(files, run, store):
    link = zipfile.ZipInfo(f"{run.id}/label.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO(edited(files, run, **{"label.json": None}))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ValueError, match=r"`label\.json` of run"):
        from_zip(buffer.getvalue(), store)
    buffer = io.BytesIO(packed(files))
    with zipfile.ZipFile(buffer, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr(f"{run.id}/state.json", b"{}")
    with pytest.raises(ValueError, match="two files of the same name"):
        from_zip(buffer.getvalue(), store)
    for content in (b"", b"hello", packed(files)[:-200], packed(files)[:200]):
        with pytest.raises(ValueError, match="not a whole, plain zip file"):
            from_zip(content, store)
    with pytest.raises(ValueError, match=r"from 1 to 50 runs\. Received: 0"):
        from_zip(packed({}), store)


@pytest.mark.parametrize("above", ["", "runs/", "My folder (2)/runs/"])
def test_a_zip_that_was_unpacked_and_packed_again_comes_in(files, run, tmp_path, above):
    folders = {f"{above}{run.id}/", f"{above}{run.id}/weights/", *({above} if above else ())}
    litter = [
        f"__MACOSX/{above}{run.id}/._state.json",
        f"__MACOSX/._{run.id}",
        f"{above}{run.id}/.DS_Store",
        f"{above}{run.id}/weights/._000000.npz",
        f"{above}desktop.ini",
        f"{above}{run.id}/Thumbs.db",
    ]
    again = packed(dict.fromkeys([*folders, *litter], b"") | {above + name: file for name, file in files.items()})
    other = RunStore(tmp_path / "other")
    assert from_zip(again, other) == [run.id]
    assert contents(other.get(run.id)).keys() == contents(run).keys()
    windows = packed({(above + name).replace("/", "\\"): file for name, file in files.items()})
    assert from_zip(windows, RunStore(tmp_path / "windows")) == [run.id]
    with pytest.raises(ValueError, match="twice"):
        from_zip(packed(files | {f"copy/{name}": file for name, file in files.items()}), other)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_json_that_an_editor_has_saved_again_comes_in(files, run, tmp_path, encoding):
    again = {name: file.decode().encode(encoding) for name, file in files.items() if name.endswith(".json")}
    table = {
        name: b"\xef\xbb\xbf" + file.replace(b"\n", b"\r\n") for name, file in files.items() if name.endswith(".csv")
    }
    other = RunStore(tmp_path / "other")
    assert from_zip(packed(files | again | table), other) == [run.id]
    assert other.get(run.id).info == run.info
    np.testing.assert_array_equal(other.get(run.id).history().epochs.loss, run.history().epochs.loss)


NUMBERS = st.one_of(st.integers(), st.floats(), st.text(max_size=9), st.none(), st.booleans(), st.lists(st.floats()))
KEYS = ["version", "state", "created", "started", "ended", "reason", "batches_per_epoch", "epochs", "num_train"]
STATES = st.dictionaries(st.sampled_from([*KEYS, "learning_rates", "test_accuracy", "owner"]), NUMBERS, max_size=4)
LINES = st.lists(
    st.lists(st.floats(width=32), min_size=4, max_size=6).map(lambda row: ",".join(map(str, row))), max_size=4
)
ARRAYS = arrays.arrays(
    st.one_of(arrays.scalar_dtypes(), arrays.unicode_string_dtypes()), arrays.array_shapes(max_dims=3, max_side=3)
)
PARTS = st.one_of(
    st.tuples(st.just("state.json"), STATES.map(lambda changes: told(**changes))),
    st.tuples(
        st.sampled_from(["history.csv", "epochs.csv"]), LINES.map(lambda rows: (HEADER + "\n".join(rows)).encode())
    ),
    st.tuples(
        st.sampled_from(["weights/000004.npz", "start.npz", "checkpoint.npz", "evaluation.npz"]),
        st.one_of(
            st.dictionaries(st.sampled_from(["images", "labels", "step", "probabilities", "0/kernel"]), ARRAYS).map(
                to_npz
            ),
            ARRAYS.map(lambda array: of_kind(array.dtype)),
        ),
    ),
    st.tuples(st.sampled_from(sorted(archive.CHECKS)), st.binary(max_size=40)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.just("x"), PARTS, min_size=1), st.integers(0, 2**31), st.integers(0, 255))
def test_whatever_comes_in_can_be_read_and_shown(files, run, tmp_path_factory, parts, place, byte):
    store = RunStore(tmp_path_factory.mktemp("runs"))
    content = bytearray(edited(files, run, **dict(parts.values())))
    if byte < 64:
        content[place % len(content)] = byte
    try:
        (run_id,) = from_zip(bytes(content), store)
    except ValueError as error:
        problem = str(error)
    else:
        problem = ""
    if problem:
        assert (store.list(), "pickle" in problem) == ([], False)
        return
    come = store.get(run_id)
    assert come.info.state != "damaged"
    assert (come.info.batches_per_epoch or 1) >= 1
    history = come.history()
    assert [int(step) for step in history.batches.step] == sorted(map(int, history.batches.step))
    come.last_epoch(), come.checkpoint(), come.start(), come.probabilities(), to_json(come)
    for step in come.snapshot_steps():
        come.weights(step).check(TINY.architecture)


def test_curves_as_json(run):
    content = json.loads(to_json(run))
    assert content["run"] == run.id
    assert content["experiment"] == json.loads(TINY.to_json())
    assert content["batches"]["step"] == [1, 2, 3, 4]
    assert content["epochs"]["val_loss"] == [0.5, 0.25]


def test_curves_without_validation_have_null(store):
    run = store.create(TINY)
    for event in some_training():
        run.record(replace(event, val_loss=None) if hasattr(event, "val_loss") else event)
    assert json.loads(to_json(run))["epochs"]["val_loss"] == [None, None]
