"""An experiment as code that anyone can run: a plain Keras script, or the same as a notebook. Needs tensorflow only.

It repeats the run: the same first weights, the same images in the same order. A test runs it for every preset.
"""

import json
from dataclasses import MISSING, fields
from typing import Any

from cnnlab.experiment import (
    KERAS_OPTIMIZERS,
    LABELS_KEY,
    LAST_SHARE,
    PERMUTATION_SEED,
    DataSettings,
    Experiment,
    TrainingSettings,
)
from cnnlab.limits import SIDE
from cnnlab.nn.layers import SOBEL, Layer

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
    needed = [field.name for field in fields(layer) if field.default is MISSING or field.name == "pool_size"]
    chosen = {name: value for name, value in layer.settings().items() if name not in needed and value != SOBEL}
    factors = ", ".join(f"{name}={chosen.pop(name)!r}" for name in ("l1", "l2") if name in chosen)
    arguments = [repr(getattr(layer, name)) for name in needed]
    arguments += [f"{name}={_quoted(value)}" for name, value in chosen.items()]
    arguments += [f"kernel_regularizer=keras.regularizers.L1L2({factors})"] if factors else []
    return f"keras.layers.{type(layer).__name__}({', '.join(arguments)})"


def _parts(experiment: Experiment, loader: str) -> list[tuple[str, str]]:
    """The program's parts in order: what each does, and its code."""
    parts = (
        (f"The data: {SIDE} x {SIDE} pixels and a label from 0 to 9 for each digit.", f"{loader}\n{_data(experiment)}"),
        ("The network, its first weights drawn from the seed.", _model(experiment)),
        ("Filters that find edges from four sides (Sobel).", _sobel(experiment)),
        ("Training: in each epoch the images come in another order.", _training(experiment)),
        ("How good it is on digits that it has never seen.", EVALUATION),
    )
    return [(words, code) for words, code in parts if code]


def _data(experiment: Experiment) -> str:
    data, seed = experiment.data, experiment.seed
    scaled = " / 255" if data.normalise else ""
    lines = [
        f'x_train, x_test = (x[..., np.newaxis].astype("float32"){scaled} for x in (x_train, x_test))',
        "y_train, y_test = (keras.utils.to_categorical(y, 10) for y in (y_train, y_test))",
    ]
    if data.permute_pixels:
        lines += [
            f"order = np.random.default_rng({PERMUTATION_SEED}).permutation({SIDE} * {SIDE})  # for all images",
            "x_train, x_test = (x.reshape(len(x), -1)[:, order].reshape(x.shape) for x in (x_train, x_test))",
        ]
    if data.validation_size:
        lines.append(f"x_val, y_val = x_train[-{data.validation_size}:], y_train[-{data.validation_size}:]")
    lines.append(f"x_train, y_train = x_train[:{data.num_train}], y_train[:{data.num_train}]")
    if data.label_noise:
        lines += [
            f"rng = np.random.default_rng(({seed}, {LABELS_KEY}))  # {data.label_noise:.0%} of the labels are shuffled",
            f"chosen = np.flatnonzero(rng.random(len(y_train)) < {data.label_noise!r})",
            "y_train[chosen] = y_train[rng.permutation(chosen)]",
        ]
    return "\n".join(lines)


def _model(experiment: Experiment) -> str:
    layers = "\n".join(f"    {layer_line(layer)}," for layer in experiment.architecture.layers)
    parts = [f"keras.Input({experiment.architecture.input_shape})", "*layers"]
    changes = ""
    if lines := _augmentation(experiment.data):
        inside = "\n".join(f"    {line}," for line in lines)
        changes = f"augmentation = [  # at random, while training only\n{inside}\n]\n"
        parts.insert(1, "*augmentation")
    return f"""keras.utils.set_random_seed({experiment.seed})
layers = [
{layers}
]
{changes}model = keras.Sequential([{", ".join(parts)}])
model.compile(
    optimizer=keras.optimizers.{_optimizer(experiment)},
    loss="{experiment.training.loss}",
    metrics=["accuracy"],
)
model.summary()"""


def _augmentation(data: DataSettings) -> list[str]:
    """The layers that change the images, as Keras writes them, in the order of `keras_models.augmentation`."""
    black = 'fill_mode="constant"'
    lines = {
        f"RandomTranslation({data.shift} / {SIDE}, {data.shift} / {SIDE}, {black})": data.shift,
        f"RandomRotation({data.rotation} / 360, {black})": data.rotation,
        f"RandomZoom({data.zoom!r}, {black})": data.zoom,
        f"GaussianNoise({data.noise!r})": data.noise,
    }
    return [f"keras.layers.{line}" for line, amount in lines.items() if amount]


def _optimizer(experiment: Experiment) -> str:
    training = experiment.training
    rate, steps = repr(training.learning_rate), experiment.num_steps
    schedules = {
        "constant": rate,
        "cosine": f"keras.optimizers.schedules.CosineDecay({rate}, decay_steps={steps})",
        "exponential": f"keras.optimizers.schedules.ExponentialDecay({rate}, decay_steps={steps}, "
        f"decay_rate={LAST_SHARE})",
    }
    kind, _, more = KERAS_OPTIMIZERS[training.optimizer]
    settings = {"learning_rate": schedules[training.schedule], **more}
    return f"{kind}({', '.join(f'{name}={value}' for name, value in settings.items())})"


def _sobel(experiment: Experiment) -> str:
    """Code that replaces the first kernels of layers that begin as Sobel's; '' without any."""
    layers = enumerate(experiment.architecture.layers)
    numbers = [str(index) for index, layer in layers if getattr(layer, "kernel_initializer", None) == SOBEL]
    if not numbers:
        return ""
    return f"""right = np.outer([1, 2, 1], [-1, 0, 1]) / 4
ways = np.stack([right, -right, right.T, -right.T], axis=-1)
for layer in [layers[number] for number in ({", ".join(numbers)},)]:
    size, _, channels, filters = layer.kernel.shape
    start = (size - 3) // 2
    kernel = np.zeros(layer.kernel.shape)
    kernel[start : start + 3, start : start + 3] = ways[:, :, np.newaxis, np.arange(filters) % 4] / channels
    layer.kernel.assign(kernel)"""


def _training(experiment: Experiment) -> str:
    training: TrainingSettings = experiment.training
    validation = "        validation_data=(x_val, y_val),\n" if experiment.data.validation_size else ""
    stops, before, result, after = training.early_stopping, "", "", ""
    if stops:
        watched = "val_loss" if experiment.data.validation_size else "loss"
        before, result = 'best, waited = float("inf"), 0\n', "history = "
        after = f"""
    loss = history.history["{watched}"][0]
    best, waited = (loss, 0) if loss < best else (best, waited + 1)
    if waited == {stops}:  # early stopping
        break"""
    return f"""{before}for epoch in range({training.epochs}):
    order = np.random.default_rng(({experiment.seed}, epoch)).permutation(len(x_train))
    {result}model.fit(
        x_train[order],
        y_train[order],
        batch_size={training.batch_size},
        shuffle=False,
        initial_epoch=epoch,
        epochs=epoch + 1,
{validation}    ){after}"""


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _cell(kind: str, text: str) -> dict[str, Any]:
    more: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True), **more}
