"""The exported script is run as it stands: it repeats the run that it was made from."""

import io
import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import replace

import keras
import numpy as np
import pytest

from cnnlab import mnist
from cnnlab.design.keras_script import layer_line, notebook, script
from cnnlab.experiment import DataSettings, Experiment, TrainingSettings
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import LAYERS, BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from cnnlab.presets import DEFAULT, PRESETS
from cnnlab.training.events import BatchEnd, EpochEnd, Finished
from cnnlab.training.loop import train as run

NUM_BATCHES = 50


class EnoughError(Exception):
    """Fifty batches have been seen."""


def run_losses(experiment):
    """The first batch losses of a run of ours."""
    losses = []

    def emit(event):
        if isinstance(event, BatchEnd):
            losses.append(event.loss)
        if len(losses) == NUM_BATCHES:
            raise EnoughError

    with pytest.raises(EnoughError):
        run(experiment, emit)
    return losses


def script_losses(experiment, monkeypatch):
    """The first batch losses of the script: Keras reports means since the epoch began."""
    means = []

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs):
            means.append(logs["loss"])
            if batch + 1 == NUM_BATCHES:
                raise EnoughError

    fit = keras.Sequential.fit
    monkeypatch.setattr(keras.Sequential, "fit", lambda *given, **more: fit(*given, callbacks=[Watch()], **more))
    monkeypatch.setattr(sys, "argv", ["this_file.py", str(mnist.FILE)])
    with pytest.raises(EnoughError), redirect_stdout(io.StringIO()):
        exec(compile(script(experiment), "this_file.py", "exec"), {})
    return np.diff(np.arange(1, NUM_BATCHES + 1) * means, prepend=0)


EVERYTHING = Experiment(
    Architecture(
        (
            Conv2D(8, 5, activation="relu", kernel_initializer="sobel", trainable=False),
            MaxPooling2D(2),
            Conv2D(8, 3, activation="relu", kernel_initializer="he_normal", l1=1e-4, l2=1e-3),
            Flatten(),
            Dropout(0.3),
            Dense(10, "softmax", kernel_initializer="random_normal", l2=1e-3),
        )
    ),
    DataSettings(5_000, 1_000, label_noise=0.2, shift=2, rotation=10, zoom=0.1, noise=0.05),
    TrainingSettings("adam", 0.003, batch_size=50, epochs=2, schedule="cosine", early_stopping=1),
    seed=4,
)
SETTINGS = PRESETS | {
    "everything": EVERYTHING,
    "permuted": Experiment(
        Architecture((Flatten(), Dense(10, "softmax", kernel_initializer="zeros"))),
        DataSettings(5_000, normalise=False, permute_pixels=True),
        TrainingSettings("sgd", 1e-6, batch_size=50, epochs=1, schedule="exponential"),
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_the_script_repeats_the_run_batch_by_batch(name, monkeypatch):
    experiment = SETTINGS[name]
    np.testing.assert_allclose(script_losses(experiment, monkeypatch), run_losses(experiment), atol=1e-4)


def test_the_script_stops_early_where_the_run_does(tmp_path):
    training = TrainingSettings("adam", 0.005, batch_size=100, epochs=30, early_stopping=1)
    architecture = Architecture((Flatten(), Dense(64, "relu"), Dense(10, "softmax")))
    experiment = Experiment(architecture, DataSettings(1_000, 500), training)
    file = tmp_path / "this_file.py"
    file.write_text(script(experiment))
    command = [sys.executable, file, mnist.FILE]
    (tmp_path / "keras.json").write_text('{"floatx": "float16", "epsilon": 0.1, "image_data_format": "channels_first"}')
    of_user = os.environ | {"KERAS_BACKEND": "torch", "KERAS_HOME": str(tmp_path)}
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path, env=of_user).stdout
    events = []
    run(experiment, events.append)
    epochs = [event for event in events if isinstance(event, EpochEnd)]
    assert 1 < len(epochs) < 30
    losses = [float(loss) for loss in re.findall(r"val_loss: ([\d.]+)", printed)]
    assert losses == pytest.approx([epoch.val_loss for epoch in epochs], abs=2e-4)


@pytest.mark.slow
def test_the_script_comes_to_the_same_accuracy(tmp_path):
    experiment = replace(PRESETS[DEFAULT], training=replace(PRESETS[DEFAULT].training, epochs=1))
    file = tmp_path / "this_file.py"
    file.write_text(script(experiment))
    printed = subprocess.run(
        [sys.executable, file, mnist.FILE], capture_output=True, text=True, check=True, cwd=tmp_path
    ).stdout
    accuracy = float(re.search(r"test accuracy ([\d.]+)%", printed)[1]) / 100
    events = []
    run(experiment, events.append)
    assert isinstance(events[-1], Finished)
    assert abs(accuracy - events[-1].test_accuracy) < 0.003


def test_layers_as_keras_writes_them():
    assert layer_line(Conv2D(16, 5)) == "keras.layers.Conv2D(16, 5)"
    line = 'keras.layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", use_bias=False)'
    assert layer_line(Conv2D(8, 3, 2, "same", 1, "relu", use_bias=False)) == line
    assert layer_line(MaxPooling2D(3, 1)) == "keras.layers.MaxPooling2D(3, strides=1)"
    assert layer_line(Dropout(0.5)) == "keras.layers.Dropout(0.5)"
    assert [layer_line(layer) for layer in (Flatten(), BatchNormalization())] == [
        "keras.layers.Flatten()",
        "keras.layers.BatchNormalization()",
    ]


@pytest.mark.parametrize("kind", LAYERS)
def test_every_kind_of_layer_can_be_written(kind):
    given = {"Conv2D": (4, 3), "Dense": (5,), "Dropout": (0.5,)}.get(kind, ())
    line = layer_line(LAYERS[kind](*given))
    assert type(eval(line, {"keras": keras})).__name__ == kind


def code_of(content):
    """The code of a notebook's cells."""
    return "\n".join("".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code")


@pytest.mark.parametrize("is_script", [True, False], ids=["script", "notebook"])
def test_without_a_network_the_digits_come_from_a_file_beside_the_program(tmp_path, monkeypatch, is_script):
    folder, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    monkeypatch.setattr(sys, "argv", [str(folder / "cnn.py")])
    monkeypatch.chdir(elsewhere if is_script else folder)  # a notebook runs in its own folder

    def load_data():
        raise OSError("no network")

    monkeypatch.setattr(keras.datasets.mnist, "load_data", load_data)
    experiment = PRESETS["Tiny"]
    program = script(experiment) if is_script else code_of(json.loads(notebook(experiment)))
    until_the_network = program[: program.index("keras.utils.set_random_seed")]
    with pytest.raises(OSError, match="no network"):
        exec(until_the_network, {})
    images, labels = np.full((2, 28, 28), 255, np.uint8), np.array([3, 4], np.uint8)
    np.savez(folder / "mnist.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    found = {}
    exec(until_the_network, found)
    assert found["x_train"].shape == (2, 28, 28, 1)
    assert found["y_train"].argmax(axis=1).tolist() == [3, 4]


def test_a_file_that_is_named_and_is_not_there_is_missed(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["cnn.py", "no_such_file.npz"])
    with pytest.raises(FileNotFoundError, match="no_such_file"):
        exec(script(PRESETS["Tiny"]), {})


@pytest.mark.parametrize("name", SETTINGS)
def test_the_notebook_holds_the_same_program(name):
    content = json.loads(notebook(SETTINGS[name]))
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in content["cells"]}) == len(content["cells"])
    code = code_of(content)
    compile(code, "notebook", "exec")
    lines = {line.strip() for line in code.splitlines()}
    of_script = script(SETTINGS[name])
    own = {'FILE = Path("mnist.npz")', "if FILE.exists():"}
    assert own < lines
    assert lines - own <= {line.strip() for line in of_script.splitlines()}
    assert "sys.argv" not in code
    assert all(layer_line(layer) in code for layer in SETTINGS[name].architecture.layers)
