"""What the units of a network tell about how it goes. Each check returns its finding, or None."""

from cnnlab.doctor import remedies
from cnnlab.doctor.curves import STUCK_UPDATES, Curves
from cnnlab.doctor.finding import ERROR, WARNING, Finding
from cnnlab.doctor.unit_health import NUM_IMAGES, NetworkHealth

DEAD = 0.5
"""Dead units are reported from this share of a layer on: the network that ships has 27 % in one of its layers, and
reads 99.6 % of the test digits."""
SATURATED = 0.5
"""The same for units at an end of their sigmoid or tanh: there are more of them, and they still pass on something."""
CONSTANT = 0.99
"""Share of the images with the same answer from which on it counts as constant: a good network has about 12 %."""


def found(curves: Curves, health: NetworkHealth | None) -> list[Finding]:
    """All that is wrong inside the network, as far as enough images were looked at."""
    if health is None or not curves.num_updates:
        return []
    checks = CHECKS if health.num_images >= NUM_IMAGES else CHECKS[:1]
    return [one for check in checks if (one := check(curves, health))]


def same_filters(curves: Curves, health: NetworkHealth) -> Finding | None:
    """Filters with the same weights get the same updates: they stay one filter."""
    units = ", ".join(f"{layer.num_units} of {layer.title}" for layer in health.layers[:-1] if layer.are_same)
    if not units:
        return None
    sentence = (
        f"After {curves.num_updates:,} update{'s' * (curves.num_updates > 1)} all {units} have the same weights. What "
        "is the same is changed in the same way: they never learn different things."
    )
    return curves.finding("same_filters", ERROR, sentence, remedies.random_weights)


def dead_units(curves: Curves, health: NetworkHealth) -> Finding | None:
    """Units behind a relu that are zero whatever comes."""
    units = _many(health, "num_dead", DEAD)
    if not units:
        return None
    sentence = (
        f"Zero everywhere for all of {health.num_images} images: {units}. The gradient of relu is zero there, so they "
        "learn nothing more."
    )
    is_all = any(layer.num_dead == layer.num_units for layer in health.layers)
    tries = remedies.random_weights, remedies.normalise, curves.shorter_steps
    return curves.finding("dead_units", ERROR if is_all else WARNING, sentence, *tries)


def saturated_units(curves: Curves, health: NetworkHealth) -> Finding | None:
    """Units at an end of their sigmoid or tanh, where the slope is next to nothing."""
    units = _many(health, "num_saturated", SATURATED)
    if not units:
        return None
    sentence = (
        f"At an end of their sigmoid or tanh for more than half of {health.num_images} images: {units}. The slope "
        "there is below 5 % of the largest, so they hardly learn."
    )
    tries = remedies.normalise, curves.shorter_steps, remedies.relu
    return curves.finding("saturated_units", WARNING, sentence, *tries)


def constant_answer(curves: Curves, health: NetworkHealth) -> Finding | None:
    """Whatever it is shown, it says the same digit."""
    digit, count = health.commonest
    if count < CONSTANT * health.num_images or curves.num_updates < STUCK_UPDATES:
        return None
    sentence = f"{count} of {health.num_images} different images were all read as a {digit}."
    return curves.finding("constant_answer", ERROR, sentence, remedies.random_weights, curves.shorter_steps)


CHECKS = (same_filters, dead_units, saturated_units, constant_answer)
"""All but the first need NUM_IMAGES images."""


def _many(health: NetworkHealth, name: str, share: float) -> str:
    """The layers in which a count reaches a share of the units, in words; '' when there are none."""
    many = [(count, layer) for layer in health.layers if (count := getattr(layer, name)) >= share * layer.num_units]
    return ", ".join(f"{count} of {layer.num_units} in {layer.title}" for count, layer in many)
