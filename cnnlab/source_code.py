"""An experiment as code that anyone can run: a plain Keras script, or the same as a notebook. Needs tensorflow only.

It repeats the run: the same first weights, the same images in the same order. A test runs it for every preset.
"""

import json
from dataclasses import MISSING, fields
from typing import Any

from cnnlab.architecture import Layer
from cnnlab.experiment import DataSettings, Experiment, TrainingSettings

OPTIMIZERS = {
    "sgd": "SGD(learning_rate={rate})",
    "sgd_momentum": "SGD(learning_rate={rate}, momentum=0.9)",
    "rmsprop": "RMSprop(learning_rate={rate})",
    "adam": "Adam(learning_rate={rate})",
    "adamw": "AdamW(learning_rate={rate})",
    "adagrad": "Adagrad(learning_rate={rate})",
}
"""How Keras's optimizers are made, by their names in an experiment."""

LOADER = "(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()"
LOADER_OR_FILE = """if len(sys.argv) > 1:  # a file with the same four arrays, for a computer without a network
    with np.load(sys.argv[1]) as file:
        x_train, y_train, x_test, y_test = (file[name] for name in ("x_train", "y_train", "x_test", "y_test"))
else:
    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()"""


IMPORTS = "import keras\nimport numpy as np"
EVALUATION = """loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"test loss {loss:.4f}, test accuracy {accuracy:.2%}")"""


def script(experiment: Experiment) -> str:
    """Return a Python script: MNIST by Keras's own loader, or from a file named on the command line."""
    title = '"""A convolutional network that reads handwritten digits, as it was designed in cnnlab.\n\n'
    usage = '    python this_file.py [mnist.npz]\n"""\n\nimport sys\n\n'
    parts = [f"# {words}\n{code}\n" for words, code in _parts(experiment, LOADER_OR_FILE)]
    return f"{title}{usage}{IMPORTS}\n\n" + "\n".join(parts)


def notebook(experiment: Experiment) -> str:
    """Return the same as a Jupyter notebook (nbformat 4.5, JSON)."""
    cells = [_cell("markdown", "# A convolutional network that reads handwritten digits"), _cell("code", IMPORTS)]
    for words, code in _parts(experiment, LOADER):
        cells += [_cell("markdown", words), _cell("code", code)]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def layer_line(layer: Layer) -> str:
    """Return a layer as Keras writes it: `keras.layers.Conv2D(16, 5, activation="relu")`."""
    given = {field.name: getattr(layer, field.name) for field in fields(layer)}
    needed = [field.name for field in fields(layer) if field.default is MISSING or field.name == "pool_size"]
    required = [repr(given[name]) for name in needed]
    chosen = [
        f"{field.name}={_quoted(given[field.name])}"
        for field in fields(layer)
        if field.name not in needed and given[field.name] != field.default
    ]
    return f"keras.layers.{type(layer).__name__}({', '.join(required + chosen)})"


def _parts(experiment: Experiment, loader: str) -> list[tuple[str, str]]:
    """The program's parts in order: what each does, and its code."""
    return [
        ("The data: 28 x 28 pixels and a label from 0 to 9 for each digit.", f"{loader}\n{_data(experiment.data)}"),
        ("The network, its first weights drawn from the seed.", _model(experiment)),
        ("Training: in each epoch the images come in another order.", _training(experiment)),
        ("How good it is on digits that it has never seen.", EVALUATION),
    ]


def _data(data: DataSettings) -> str:
    scaled = " / 255" if data.normalise else ""
    lines = [
        f'x_train, x_test = (x[..., np.newaxis].astype("float32"){scaled} for x in (x_train, x_test))',
        "y_train, y_test = (keras.utils.to_categorical(y, 10) for y in (y_train, y_test))",
    ]
    if data.validation_size:
        lines.append(f"x_val, y_val = x_train[-{data.validation_size}:], y_train[-{data.validation_size}:]")
    lines.append(f"x_train, y_train = x_train[:{data.num_train}], y_train[:{data.num_train}]")
    return "\n".join(lines)


def _model(experiment: Experiment) -> str:
    layers = "\n".join(f"        {layer_line(layer)}," for layer in experiment.architecture.layers)
    training = experiment.training
    optimizer = OPTIMIZERS[training.optimizer].format(rate=repr(training.learning_rate))
    return f"""keras.utils.set_random_seed({experiment.seed})
model = keras.Sequential(
    [
        keras.Input({experiment.architecture.input_shape}),
{layers}
    ]
)
model.compile(
    optimizer=keras.optimizers.{optimizer},
    loss="{training.loss}",
    metrics=["accuracy"],
)
model.summary()"""


def _training(experiment: Experiment) -> str:
    training: TrainingSettings = experiment.training
    validation = "        validation_data=(x_val, y_val),\n" if experiment.data.validation_size else ""
    return f"""for epoch in range({training.epochs}):
    order = np.random.default_rng(({experiment.seed}, epoch)).permutation(len(x_train))
    model.fit(
        x_train[order],
        y_train[order],
        batch_size={training.batch_size},
        shuffle=False,
        initial_epoch=epoch,
        epochs=epoch + 1,
{validation}    )"""


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _cell(kind: str, text: str) -> dict[str, Any]:
    more: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True), **more}
