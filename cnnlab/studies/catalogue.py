"""The guided experiments that come with the product, each a `Study`."""

from collections.abc import Callable, Sequence
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
_GUESSING = {"About 1 in 10, as by guessing": 0.0, "About half": 0.25, "9 in 10 or more": 0.9}
_GUESSING_OR = {"About 1 in 10, as by guessing": 0.0, "About half": 0.25, "Nearly all": 0.8}


def _experiment(
    layers: Sequence[Layer] = (*_POOLED, _HEAD),
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


def _few(layers: Sequence[Layer] = (*_POOLED, _HEAD), **data: Any) -> Experiment:  # noqa: ANN401 - of DataSettings
    """Few images, seen often."""
    return _experiment(layers, train_size=500, epochs=30, batch_size=50, **data)


def _each(layers: Sequence[Layer], change: Callable[[Layer], Layer]) -> tuple[Layer, ...]:
    return tuple(map(change, layers))


def _normalising() -> Study:
    names = {True: "0 to 1", False: "0 to 255"}
    rates = {"adam": 0.001, "sgd": OPTIMIZERS["sgd"]}
    variants = {
        f"{optimizer}, {names[normalise]}": _experiment(optimizer=optimizer, learning_rate=rate, normalise=normalise)
        for optimizer, rate in rates.items()
        for normalise in names
    }
    return Study(
        "Normalising",
        "Must pixels be normalised?",
        variants,
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
    )


def _pooling() -> Study:
    bare = [layer for layer in _POOLED if not isinstance(layer, MaxPooling2D)]
    return Study(
        "Pooling",
        "What is pooling good for?",
        {"With pooling": _experiment(), "Without pooling": _experiment((*bare, _HEAD))},
        ("layers",),
        "Two convolutions with max pooling after each, and the same two without.",
        "the price: parameters, multiply-adds and seconds in the table. Is pooling there for accuracy, or for cost?",
        which("Which network will read more of the test digits?", "With pooling", "Without pooling"),
        seconds=40,
    )


def _optimizer() -> Study:
    names = {"adam": "adam", "sgd": "sgd", "sgd_momentum": "sgd with momentum"}
    return Study(
        "Optimizer",
        "Is adam better than sgd?",
        {words: _experiment(optimizer=name, learning_rate=OPTIMIZERS[name]) for name, words in names.items()},
        ("optimizer", "learning rate"),
        "One network, three optimizers, each with the learning rate that Keras gives it, for 300 updates.",
        "whether sgd is worse or only slower: are its curves still rising at the end?",
        which("Which one will have come furthest?", *names.values()),
        seconds=40,
    )


def _learning_rate() -> Study:
    rates = {f"rate {rate:g}": rate for rate in (0.01, 0.1, 1.0, 10.0)}
    return Study(
        "Learning rate",
        "What if the learning rate is too high?",
        {name: _experiment(optimizer="sgd", learning_rate=rate) for name, rate in rates.items()},
        ("learning rate",),
        "sgd with four learning rates, each ten times the one before.",
        "that a higher rate first helps, and then breaks everything at once; and what the doctor says.",
        which("Which rate will have come furthest?", *rates),
        seconds=50,
        pairs=(("rate 0.1", "rate 0.01"), ("rate 0.1", "rate 1"), ("rate 0.1", "rate 10")),
        broken=("rate 1", "rate 10"),
    )


def _dropout() -> Study:
    layers = (*_POOLED, Dropout(0.5), _HEAD)
    return Study(
        "Dropout",
        "Does dropout help?",
        {"Dropout 0.5": _few(layers), "No dropout": _few()},
        ("layers",),
        "Only 500 images, each seen 30 times: the network could learn them by heart. Once half of what the last layer "
        "sees is switched off at random while it learns.",
        "the training accuracy in the table: which one is better on the digits that it knows, and which on new ones?",
        which("Which network will read more of the test digits?", "Dropout 0.5", "No dropout"),
        seconds=50,
    )


def _shuffled_labels() -> Study:
    return Study(
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
    )


def _few_images() -> Study:
    return Study(
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
    )


def _kernel_size() -> Study:
    def of(size: int) -> Experiment:
        layer = Conv2D(16, size, padding="same", activation="relu")
        return _experiment((layer, MaxPooling2D(2), Flatten(), _HEAD))

    sizes = {f"{size} x {size}": of(size) for size in (3, 5, 7)}
    return Study(
        "Kernel size",
        "Is a larger kernel better?",
        sizes,
        ("layers",),
        "One convolution of 16 filters, with kernels of three sizes. A border of zeros keeps the maps equally large: "
        "only the kernels differ.",
        "how much the multiply-adds grow for it.",
        which("Which kernel will read most of the test digits?", *sizes),
        seconds=35,
        pairs=(("7 x 7", "5 x 5"), ("7 x 7", "3 x 3"), ("5 x 5", "3 x 3")),
    )


def _max_or_average() -> Study:
    layers = _each((*_POOLED, _HEAD), lambda one: AveragePooling2D(2) if isinstance(one, MaxPooling2D) else one)
    return Study(
        "Max or average",
        "Is max pooling much better than average pooling?",
        {
            "Max pooling": _experiment(train_size=10_000),
            "Average pooling": _experiment(layers, train_size=10_000),
        },
        ("layers",),
        "The same network, once with the largest value of each window and once with its mean.",
        "how large the difference is beside the spread of the seeds, and whether it grows or shrinks over the epochs.",
        which("Which one will read more of the test digits?", "Max pooling", "Average pooling"),
        seconds=45,
        claim="Max pooling is much better than average pooling.",
    )


def _zero_weights() -> Study:
    layers = _each(
        (*_POOLED, _HEAD),
        lambda one: replace(one, kernel_initializer="zeros") if isinstance(one, Conv2D | Dense) else one,
    )
    return Study(
        "Zero weights",
        "Why not begin with all weights at zero?",
        {"Random weights": _experiment(), "All zero": _experiment(layers)},
        ("layers",),
        "A network whose weights begin at random, as usual, and one in which all begin at zero.",
        "what the doctor finds. Weights that are all the same get all the same updates, and behind zeros there is no "
        "gradient at all.",
        how_much(
            "All weights begin at zero. How many test digits will be read after 300 updates?", "All zero", _GUESSING
        ),
        seconds=25,
        broken=("All zero",),
    )


_CONVOLUTION, _DENSE = "Convolution", "Dense"
_EQUALS = {
    _CONVOLUTION: (
        Conv2D(16, 5, activation="relu"),
        MaxPooling2D(2),
        Conv2D(32, 5, activation="relu"),
        MaxPooling2D(2),
        Flatten(),
        Dense(72, activation="relu"),
        _HEAD,
    ),
    _DENSE: (Flatten(), Dense(64, activation="relu"), _HEAD),
}
"""Two networks with the same number of parameters, within 0.1 %."""


def _why_convolution() -> Study:
    return Study(
        "Why convolution?",
        "Why convolution, and not only dense layers?",
        {name: _experiment(layers) for name, layers in _EQUALS.items()},
        ("layers",),
        "Two networks with the same number of parameters, one with convolutions and one without, learn the same "
        "digits.",
        "the multiply-adds: a convolution uses each of its weights many times.",
        which("Which one will read more of the test digits?", *_EQUALS),
        seconds=30,
    )


def _shifted() -> Study:
    return Study(
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
    )


def _permuted() -> Study:
    variants = {
        f"{name}, {words}": _experiment(layers, permute_pixels=is_permuted)
        for is_permuted, words in ((False, "as they are"), (True, "permuted"))
        for name, layers in _EQUALS.items()
    }
    plain, plain_dense, permuted, permuted_dense = variants
    return Study(
        "Permuted pixels",
        "What if all pixels change their places?",
        variants,
        ("permute pixels", "layers"),
        "Both networks learn digits whose 784 pixels have all changed places, always in the same way. All that is in "
        "the pixels is still there; only who is whose neighbour is lost.",
        "that the dense network does not care. What a convolution knows beforehand is that neighbours belong together.",
        which("All pixels have changed their places. Which network will read more?", permuted, permuted_dense),
        seconds=60,
        pairs=((permuted, permuted_dense), (plain, permuted), (plain_dense, permuted_dense)),
    )


STUDIES: dict[str, Study] = {
    "why-convolution": _why_convolution(),
    "shifted": _shifted(),
    "permuted": _permuted(),
    "pooling": _pooling(),
    "max-or-average": _max_or_average(),
    "kernel-size": _kernel_size(),
    "normalising": _normalising(),
    "optimizer": _optimizer(),
    "learning-rate": _learning_rate(),
    "dropout": _dropout(),
    "few-images": _few_images(),
    "shuffled-labels": _shuffled_labels(),
    "zero-weights": _zero_weights(),
}
"""All guided experiments; the keys are their names in links."""
