"""What the doctor says: one finding a trouble, in words, with the numbers that speak for it and what to try."""

from dataclasses import dataclass

from cnnlab.doctor.remedies import Try

ERROR, WARNING, INFO, GOOD = "error", "warning", "info", "good"
SEVERITIES = (ERROR, WARNING, INFO, GOOD)
"""It cannot go on so; it could go better; good to know; all is well."""

TITLES: dict[str, str] = {
    "not_a_number": "The loss is not a number",
    "too_early": "Too early to tell",
    "bad_start": "A bad start",
    "steps_too_long": "The steps are too long",
    "not_learning": "It does not learn",
    "steps_too_short": "The steps are too short",
    "underfitting": "It underfits",
    "overfitting": "It overfits",
    "wrong_labels": "The labels contradict each other",
    "noisy_steps": "The steps are noisy",
    "not_finished": "It is not finished",
    "same_filters": "All filters are the same",
    "dead_units": "Dead units",
    "saturated_units": "Stuck units",
    "constant_answer": "Always the same answer",
    "healthy": "Nothing wrong",
}
"""Every kind of finding and its headline."""


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Args:
        kind: a key of TITLES.
        severity: one of SEVERITIES.
        sentence: what was seen, with its numbers; whole sentences of plain text.
        tries: what to try, the most likely first.
    """

    kind: str
    severity: str
    sentence: str
    tries: tuple[Try, ...] = ()

    @property
    def title(self) -> str:
        """The finding in a few words."""
        return TITLES[self.kind]


def number(value: float) -> str:
    """A loss as it is written in a sentence: 2.3, 0.0451, 4,021, 1.25e+17."""
    return f"{value:,.0f}" if 1_000 <= value < 1_000_000 else f"{value:.3g}"  # noqa: PLR2004 - a plain whole number
