"""An experiment as code that anyone can run: a plain Keras script, or the same as a notebook. Needs tensorflow only.

It repeats the run: the same first weights, the same images in the same order. A test runs it for every preset.
"""

import json
import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template

from cnnlab.experiment import KERAS_OPTIMIZERS, LABELS_KEY, LAST_SHARE, PERMUTATION_SEED, Experiment
from cnnlab.limits import SIDE
from cnnlab.nn.layers import SOBEL, Layer

TEMPLATE = Template(
    Path(__file__).with_suffix(".jinja").read_text(encoding="utf-8"),
    trim_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
)
PART = re.compile(r"^# %% (.*)\n", re.MULTILINE)


def script(experiment: Experiment) -> str:
    """Return a Python script: MNIST from the file on the command line, from one beside it, or by Keras's own loader."""
    return PART.sub(r"# \1\n", _program(experiment, is_script=True))


def notebook(experiment: Experiment) -> str:
    """Return the same as a Jupyter notebook (nbformat 4.5, JSON)."""
    title = "# A convolutional network that reads handwritten digits"
    cells: list[dict[str, Any]] = []
    for number, text in enumerate([title, *PART.split(_program(experiment, is_script=False))]):
        code: dict[str, Any] = {"execution_count": None, "outputs": []} if number % 2 else {}
        source = text.strip("\n").splitlines(keepends=True)
        kind = "code" if code else "markdown"
        cells.append({"cell_type": kind, "metadata": {}, "source": source, **code, "id": f"cell-{number}"})
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps(
        {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, indent=1, allow_nan=False
    )


def layer_line(layer: Layer) -> str:
    """Return a layer as Keras writes it: `keras.layers.Conv2D(16, 5, activation="relu")`."""
    needed = [field.name for field in fields(layer) if field.default is MISSING or field.name == "pool_size"]
    chosen = {name: value for name, value in layer.settings().items() if name not in needed and value != SOBEL}
    factors = ", ".join(f"{name}={chosen.pop(name)!r}" for name in ("l1", "l2") if name in chosen)
    arguments = [repr(getattr(layer, name)) for name in needed]
    for name, value in chosen.items():
        arguments.append(f'{name}="{value}"' if isinstance(value, str) else f"{name}={value!r}")
    arguments += [f"kernel_regularizer=keras.regularizers.L1L2({factors})"] if factors else []
    return f"keras.layers.{type(layer).__name__}({', '.join(arguments)})"


def _program(experiment: Experiment, *, is_script: bool) -> str:
    layers = enumerate(experiment.architecture.layers)
    return TEMPLATE.render(
        experiment=experiment,
        is_script=is_script,
        layer_line=layer_line,
        sobel=[index for index, layer in layers if getattr(layer, "kernel_initializer", None) == SOBEL],
        optimizers=KERAS_OPTIMIZERS,
        side=SIDE,
        permutation_seed=PERMUTATION_SEED,
        labels_key=LABELS_KEY,
        last_share=LAST_SHARE,
    )
