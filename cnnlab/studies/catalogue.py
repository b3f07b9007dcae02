"""The guided experiments that come with the product, each a `Study`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cnnlab.experiment import OPTIMIZERS, DataSettings, Experiment, TrainingSettings
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import HEAD as _HEAD
from cnnlab.nn.layers import AveragePooling2D, Conv2D, Dense, Dropout, Flatten, Layer, MaxPooling2D
from cnnlab.studies.study import SHIFTED, TRAINING, Study, how_much, which

_POOLED = (
    Conv2D(16, 5, activation="relu"),
    MaxPooling2D(2),
    Conv2D(32, 3, activation="relu"),
    MaxPooling2D(2),
    Flatten(),
)
_WHOLE = (*_POOLED, _HEAD)
_GUESSING = {"About 1 in 10, as by guessing": 0.0, "About half": 0.25, "9 in 10 or more": 0.9}
_GUESSING_OR = {"About 1 in 10, as by guessing": 0.0, "About half": 0.25, "Nearly all": 0.8}


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

_NORMALISING = {
    f"{optimizer}, {words}": _experiment(optimizer=optimizer, learning_rate=OPTIMIZERS[optimizer], normalise=normalise)
    for optimizer in ("adam", "sgd")
    for normalise, words in ((True, "0 to 1"), (False, "0 to 255"))
}
_OPTIMIZERS = {"adam": "adam", "sgd": "sgd", "sgd_momentum": "sgd with momentum"}
_RATES = {f"rate {rate:g}": _experiment(optimizer="sgd", learning_rate=rate) for rate in (0.01, 0.1, 1.0, 10.0)}
_KERNELS = {
    f"{size} x {size}": _experiment(
        (Conv2D(16, size, padding="same", activation="relu"), MaxPooling2D(2), Flatten(), _HEAD)
    )
    for size in (3, 5, 7)
}
_UNPOOLED = [layer for layer in _WHOLE if not isinstance(layer, MaxPooling2D)]
_AVERAGED = [AveragePooling2D(2) if isinstance(layer, MaxPooling2D) else layer for layer in _WHOLE]
_ZEROS = [replace(one, kernel_initializer="zeros") if isinstance(one, Conv2D | Dense) else one for one in _WHOLE]
_PERMUTED = {
    f"{name}, {words}": _experiment(layers, permute_pixels=is_permuted)
    for is_permuted, words in ((False, "as they are"), (True, "permuted"))
    for name, layers in _EQUALS.items()
}

STUDIES: dict[str, Study] = {
    "why-convolution": Study(
        "Why convolution?",
        "Why convolution, and not only dense layers?",
        {name: _experiment(layers) for name, layers in _EQUALS.items()},
        ("layers",),
        "Two networks with the same number of parameters, one with convolutions and one without, learn the same "
        "digits.",
        "the multiply-adds: a convolution uses each of its weights many times.",
        which("Which one will read more of the test digits?", *_EQUALS),
        seconds=30,
    ),
    "shifted": Study(
        "Shifted digits",
        "What if the digits are shifted?",
        {name: _experiment(layers) for name, layers in _EQUALS.items()},
        ("layers",),
        "The two networks of the study before, which have learned digits in the middle, read test digits that are "
        "shifted to the right, down, to the left or up.",
        "that neither has seen a shifted digit. The filters follow a shift; the dense layer behind them does not.",
        which("The digits are shifted by 3 pixels. Which network will read more of them?", *_EQUALS),
        seconds=30,
        measure=SHIFTED,
    ),
    "permuted": Study(
        "Permuted pixels",
        "What if all pixels change their places?",
        _PERMUTED,
        ("permute pixels", "layers"),
        "Both networks learn digits whose 784 pixels have all changed places, always in the same way. All that is in "
        "the pixels is still there; only who is whose neighbour is lost.",
        "that the dense network does not care. What a convolution knows beforehand is that neighbours belong together.",
        which("All pixels have changed their places. Which network will read more?", *[*_PERMUTED][2:]),
        seconds=60,
        pairs=(
            ("Convolution, permuted", "Dense, permuted"),
            ("Convolution, as they are", "Convolution, permuted"),
            ("Dense, as they are", "Dense, permuted"),
        ),
    ),
    "pooling": Study(
        "Pooling",
        "What is pooling good for?",
        {"With pooling": _experiment(), "Without pooling": _experiment(_UNPOOLED)},
        ("layers",),
        "Two convolutions with max pooling after each, and the same two without.",
        "the price: parameters, multiply-adds and seconds in the table. Is pooling there for accuracy, or for cost?",
        which("Which network will read more of the test digits?", "With pooling", "Without pooling"),
        seconds=40,
    ),
    "max-or-average": Study(
        "Max or average",
        "Is max pooling much better than average pooling?",
        {"Max pooling": _experiment(train_size=10_000), "Average pooling": _experiment(_AVERAGED, train_size=10_000)},
        ("layers",),
        "The same network, once with the largest value of each window and once with its mean.",
        "how large the difference is beside the spread of the seeds, and whether it grows or shrinks over the epochs.",
        which("Which one will read more of the test digits?", "Max pooling", "Average pooling"),
        seconds=45,
        claim="Max pooling is much better than average pooling.",
    ),
    "kernel-size": Study(
        "Kernel size",
        "Is a larger kernel better?",
        _KERNELS,
        ("layers",),
        "One convolution of 16 filters, with kernels of three sizes. A border of zeros keeps the maps equally large: "
        "only the kernels differ.",
        "how much the multiply-adds grow for it.",
        which("Which kernel will read most of the test digits?", *_KERNELS),
        seconds=35,
        pairs=(("7 x 7", "5 x 5"), ("7 x 7", "3 x 3"), ("5 x 5", "3 x 3")),
    ),
    "normalising": Study(
        "Normalising",
        "Must pixels be normalised?",
        _NORMALISING,
        ("normalise", "optimizer", "learning rate"),
        "The same network learns from pixels between 0 and 1 and from the same pixels between 0 and 255, once with "
        "adam and once with sgd, each with its usual learning rate.",
        "how differently the two optimizers take it. adam divides each step by the size of the gradients; sgd does "
        "not.",
        how_much(
            "sgd learns from pixels between 0 and 255. How many of the test digits will it read?",
            "sgd, 0 to 255",
            _GUESSING_OR,
        ),
        seconds=55,
        pairs=(("adam, 0 to 1", "adam, 0 to 255"), ("sgd, 0 to 1", "sgd, 0 to 255")),
    ),
    "optimizer": Study(
        "Optimizer",
        "Is adam better than sgd?",
        {words: _experiment(optimizer=name, learning_rate=OPTIMIZERS[name]) for name, words in _OPTIMIZERS.items()},
        ("optimizer", "learning rate"),
        "One network, three optimizers, each with the learning rate that Keras gives it, for 300 updates.",
        "whether sgd is worse or only slower: are its curves still rising at the end?",
        which("Which one will have come furthest?", *_OPTIMIZERS.values()),
        seconds=40,
    ),
    "learning-rate": Study(
        "Learning rate",
        "What if the learning rate is too high?",
        _RATES,
        ("learning rate",),
        "sgd with four learning rates, each ten times the one before.",
        "that a higher rate first helps, and then breaks everything at once; and what the doctor says.",
        which("Which rate will have come furthest?", *_RATES),
        seconds=50,
        pairs=(("rate 0.1", "rate 0.01"), ("rate 0.1", "rate 1"), ("rate 0.1", "rate 10")),
        broken=("rate 1", "rate 10"),
    ),
    "dropout": Study(
        "Dropout",
        "Does dropout help?",
        {"Dropout 0.5": _few((*_POOLED, Dropout(0.5), _HEAD)), "No dropout": _few()},
        ("layers",),
        "Only 500 images, each seen 30 times: the network could learn them by heart. Once half of what the last layer "
        "sees is switched off at random while it learns.",
        "the training accuracy in the table: which one is better on the digits that it knows, and which on new ones?",
        which("Which network will read more of the test digits?", "Dropout 0.5", "No dropout"),
        seconds=50,
    ),
    "few-images": Study(
        "Few images",
        "Is it enough to see 500 images often?",
        {"500 images, 30 times": _few(), "5,000 images, 3 times": _experiment(epochs=3, batch_size=50)},
        ("train size", "epochs"),
        "300 updates of 50 images each for both: once from the same 500 images, once from 5,000.",
        "the training accuracy in the table. Who sees the same images again and again soon knows them all.",
        how_much(
            "How many of the test digits will the network read that has seen only 500 images?",
            "500 images, 30 times",
            {"Fewer than 7 in 10": 0.0, "About 8 in 10": 0.7, "About 9 in 10": 0.85, "95 of 100 or more": 0.95},
        ),
        seconds=35,
        broken=("500 images, 30 times",),
    ),
    "shuffled-labels": Study(
        "Shuffled labels",
        "Can a network learn nonsense?",
        {"True labels": _few(), "Shuffled labels": _few(label_noise=1.0)},
        ("label noise",),
        "500 images with their labels, and the same images with all labels shuffled among them: there is nothing to "
        "understand, only to know by heart (after Zhang et al., Understanding deep learning requires rethinking "
        "generalization, arXiv:1611.03530).",
        "both columns of the table: what a network knows by heart says nothing about new digits.",
        how_much(
            "The labels are shuffled. How many of its 500 training digits will the network know in the last epoch?",
            "Shuffled labels",
            _GUESSING_OR,
        ),
        seconds=50,
        measure=TRAINING,
        broken=("Shuffled labels",),
    ),
    "zero-weights": Study(
        "Zero weights",
        "Why not begin with all weights at zero?",
        {"Random weights": _experiment(), "All zero": _experiment(_ZEROS)},
        ("layers",),
        "A network whose weights begin at random, as usual, and one in which all begin at zero.",
        "what the doctor finds. Weights that are all the same get all the same updates, and behind zeros there is no "
        "gradient at all.",
        how_much(
            "All weights begin at zero. How many test digits will be read after 300 updates?", "All zero", _GUESSING
        ),
        seconds=25,
        broken=("All zero",),
    ),
}
"""All guided experiments; the keys are their names in links."""
