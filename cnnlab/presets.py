"""Named experiments to begin with, and a draft to learn from."""

from dataclasses import replace

from cnnlab.experiment import DataSettings, Experiment, TrainingSettings
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import (
    HEAD,
    AveragePooling2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
)
from cnnlab.nn.layers import convolution_block as block

DEFAULT = "Fast and good"

_STUDY_NOTES = Experiment(
    Architecture((*block(32, 5), *block(64, 5), Flatten(), HEAD)),
    DataSettings(validation_size=0),
    TrainingSettings(optimizer="sgd", learning_rate=0.01, batch_size=100, epochs=5),
)

PRESETS: dict[str, Experiment] = {
    DEFAULT: Experiment(
        Architecture((*block(16, 5), *block(32, 3), Flatten(), Dropout(0.2), HEAD)),
        training=TrainingSettings(optimizer="adam", learning_rate=0.002, batch_size=64, epochs=3),
    ),
    "Study notes": _STUDY_NOTES,
    "Study notes, with Adam": replace(
        _STUDY_NOTES, training=replace(_STUDY_NOTES.training, optimizer="adam", learning_rate=0.001)
    ),
    "LeNet-5": Experiment(  # LeCun et al., Gradient-based learning applied to document recognition, 1998
        Architecture(
            (
                Conv2D(6, 5, padding="same", activation="tanh"),
                AveragePooling2D(2),
                Conv2D(16, 5, activation="tanh"),
                AveragePooling2D(2),
                Flatten(),
                *(Dense(units, activation="tanh") for units in (120, 84)),
                HEAD,
            )
        ),
        training=TrainingSettings(optimizer="adam", learning_rate=0.001, batch_size=100, epochs=5),
    ),
    "Tiny": Experiment(
        Architecture((Conv2D(4, 5, strides=2, activation="relu"), MaxPooling2D(2), Flatten(), HEAD)),
        training=TrainingSettings(optimizer="adam", learning_rate=0.005, batch_size=100, epochs=3),
    ),
    "No convolution (dense only)": Experiment(
        Architecture((Flatten(), Dense(64, activation="relu"), HEAD)),
        training=TrainingSettings(optimizer="adam", learning_rate=0.001, batch_size=100, epochs=5),
    ),
}
"""Experiments, one click each, the default first."""

EXAMPLE_DRAFTS: dict[str, tuple[Layer, ...]] = {
    "Too deep to fit": (
        *block(16, 5),
        *block(32, 5),
        *block(64, 3),
        Conv2D(64, 5, activation="relu"),
        GlobalAveragePooling2D(),
        HEAD,
    ),
}
"""Drafts that are not networks: Build opens them to show what it says."""


def preset_of(experiment: Experiment) -> str:
    """Return the name of the preset that this is, with whatever seed; an empty one for any other experiment."""
    parts = (experiment.architecture, experiment.data, experiment.training)
    same = (name for name, known in PRESETS.items() if (known.architecture, known.data, known.training) == parts)
    return next(same, "")
