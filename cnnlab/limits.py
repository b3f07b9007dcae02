"""What is allowed: one table that validators, sliders and messages read, and the checks that raise by it."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

SIDE = 28  # height and width of a picture of MNIST, in pixels
NUM_CLASSES = 10

LIMITS: dict[str, tuple[float, float]] = {
    "layers": (1, 12),
    "filters": (1, 128),
    "kernel_size": (1, 11),
    "strides": (1, 4),
    "dilation_rate": (1, 4),
    "pool_size": (1, 11),
    "units": (1, 512),
    "rate": (0.0, 0.9),
    "l1": (0.0, 0.1),
    "l2": (0.0, 0.1),
    "parameters": (0, 2_000_000),
    "multiply_adds": (0, 30_000_000),
    "train_size": (100, 60_000),
    "validation_size": (0, 20_000),
    "label_noise": (0.0, 1.0),
    "shift": (0, 8),
    "rotation": (0, 45),
    "zoom": (0.0, 0.5),
    "noise": (0.0, 0.5),
    "learning_rate": (1e-6, 10.0),
    "batch_size": (16, 1_024),
    "epochs": (1, 30),
    "early_stopping": (0, 10),
    "seed": (0, 2**31 - 1),
}
"""Least and largest value of every setting, both included."""


def check_limit(name: str, value: float, kind: type[int] | type[float] = int) -> None:
    """Raise a ValueError unless `value` is a number of this kind within `LIMITS[name]`."""
    low, high = LIMITS[name]
    allowed = (int,) if kind is int else (int, float)
    if isinstance(value, bool) or not isinstance(value, allowed) or not low <= value <= high:
        what = "a whole number" if kind is int else "a number"
        raise ValueError(f"`{name}` must be {what} from {low:,} to {high:,}. Received: {name}={value!r}")


def check_choice(name: str, value: object, allowed: Iterable[str]) -> None:
    """Raise a ValueError unless `value` is one of the allowed names."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"`{name}` must be one of {', '.join(allowed)}. Received: {name}={value!r}")


def check_flag(name: str, value: object) -> None:
    """Raise a ValueError unless `value` is True or False."""
    if not isinstance(value, bool):
        raise ValueError(f"`{name}` must be True or False. Received: {name}={value!r}")


def check_fields(settings: Any, **choices: Iterable[str]) -> None:  # noqa: ANN401 - a dataclass
    """Check the fields of a dataclass: those in `choices`, flags, and numbers with LIMITS (or None by default)."""
    for field in fields(settings):
        name, value = field.name, getattr(settings, field.name)
        if name in choices:
            check_choice(name, value, choices[name])
        elif isinstance(field.default, bool):
            check_flag(name, value)
        elif name in LIMITS and (value is not None or field.default is not None):
            check_limit(name, value, type(LIMITS[name][0]))


def changed_fields(settings: Any) -> dict[str, Any]:  # noqa: ANN401 - a dataclass
    """The fields of a dataclass that differ from their defaults, or have none, in order."""
    return {f.name: getattr(settings, f.name) for f in fields(settings) if getattr(settings, f.name) != f.default}
