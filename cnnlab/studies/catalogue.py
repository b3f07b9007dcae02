"""The guided experiments that come with the product, each a `Study`; what they say stands in `catalogue.toml`."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnnlab.experiment import OPTIMIZERS, DataSettings, Experiment, TrainingSettings
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import HEAD as _HEAD
from cnnlab.nn.layers import AveragePooling2D, Conv2D, Dense, Dropout, Flatten, Layer, MaxPooling2D
from cnnlab.studies.study import Study, how_much, which

_POOLED = (
    Conv2D(16, 5, activation="relu"),
    MaxPooling2D(2),
    Conv2D(32, 3, activation="relu"),
    MaxPooling2D(2),
    Flatten(),
)
_WHOLE = (*_POOLED, _HEAD)


def _experiment(
    layers: Sequence[Layer] = _WHOLE,
    *,
    optimizer: str = "adam",
    learning_rate: float = 0.003,
    batch_size: int = 100,
    epochs: int = 6,
    train_size: int = 5_000,
    **data: Any,  # noqa: ANN401 - of DataSettings
) -> Experiment:
    return Experiment(
        Architecture(tuple(layers)),
        DataSettings(train_size=train_size, validation_size=2_000, **data),
        TrainingSettings(optimizer, learning_rate, batch_size=batch_size, epochs=epochs),
    )


def _few(layers: Sequence[Layer] = _WHOLE, **data: Any) -> Experiment:  # noqa: ANN401 - of DataSettings
    """Few images, seen often."""
    return _experiment(layers, train_size=500, epochs=30, batch_size=50, **data)


_EQUALS = {
    "Convolution": (
        Conv2D(16, 5, activation="relu"),
        MaxPooling2D(2),
        Conv2D(32, 5, activation="relu"),
        MaxPooling2D(2),
        Flatten(),
        Dense(72, activation="relu"),
        _HEAD,
    ),
    "Dense": (Flatten(), Dense(64, activation="relu"), _HEAD),
}
"""Two networks with the same number of parameters, within 0.1 %."""

_OPTIMIZERS = {"adam": "adam", "sgd": "sgd", "sgd with momentum": "sgd_momentum"}
_UNPOOLED = [layer for layer in _WHOLE if not isinstance(layer, MaxPooling2D)]
_AVERAGED = [AveragePooling2D(2) if isinstance(layer, MaxPooling2D) else layer for layer in _WHOLE]
_ZEROS = [replace(one, kernel_initializer="zeros") if isinstance(one, Conv2D | Dense) else one for one in _WHOLE]

_VARIANTS = {
    "why-convolution": {name: _experiment(layers) for name, layers in _EQUALS.items()},
    "shifted": {name: _experiment(layers) for name, layers in _EQUALS.items()},
    "permuted": {
        f"{name}, {words}": _experiment(layers, permute_pixels=is_permuted)
        for is_permuted, words in ((False, "as they are"), (True, "permuted"))
        for name, layers in _EQUALS.items()
    },
    "pooling": {"With pooling": _experiment(), "Without pooling": _experiment(_UNPOOLED)},
    "max-or-average": {
        "Max pooling": _experiment(train_size=10_000),
        "Average pooling": _experiment(_AVERAGED, train_size=10_000),
    },
    "kernel-size": {
        f"{size} x {size}": _experiment(
            (Conv2D(16, size, padding="same", activation="relu"), MaxPooling2D(2), Flatten(), _HEAD)
        )
        for size in (3, 5, 7)
    },
    "normalising": {
        f"{name}, {words}": _experiment(optimizer=name, learning_rate=OPTIMIZERS[name], normalise=normalise)
        for name in ("adam", "sgd")
        for normalise, words in ((True, "0 to 1"), (False, "0 to 255"))
    },
    "optimizer": {
        words: _experiment(optimizer=name, learning_rate=OPTIMIZERS[name]) for words, name in _OPTIMIZERS.items()
    },
    "learning-rate": {
        f"rate {rate:g}": _experiment(optimizer="sgd", learning_rate=rate) for rate in (0.01, 0.1, 1.0, 10.0)
    },
    "dropout": {"Dropout 0.5": _few((*_POOLED, Dropout(0.5), _HEAD)), "No dropout": _few()},
    "few-images": {"500 images, 30 times": _few(), "5,000 images, 3 times": _experiment(epochs=3, batch_size=50)},
    "shuffled-labels": {"True labels": _few(), "Shuffled labels": _few(label_noise=1.0)},
    "zero-weights": {"Random weights": _experiment(), "All zero": _experiment(_ZEROS)},
}


def _study(name: str, words: dict[str, Any]) -> Study:
    if asked := words.pop("which", None):
        question = which(asked["text"], *asked["among"])
    else:
        question = how_much(**words.pop("how_much"))
    words["pairs"] = tuple(map(tuple, words.get("pairs", ())))
    words |= {key: tuple(words.get(key, ())) for key in ("about", "broken")}
    return Study(variants=_VARIANTS[name], question=question, **words)


STUDIES = {
    name: _study(name, words)
    for name, words in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).items()
}
"""All guided experiments; the keys are their names in links."""
