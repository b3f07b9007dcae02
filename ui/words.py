"""Numbers, times and foreign text in words: one way to write each, for all pages."""

import re

MINUTE = 60
ENGINE = {
    "starting": "The engine is starting.",
    "warming up": "The engine is warming up (TensorFlow takes some seconds to load).",
    "down": "The engine stopped. It is started again with the next run.",
}
"""What the engine is doing, for each state but "ready"."""


def plain(text: str) -> str:
    """Text that somebody gave, so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|$<>:~&])", r"\\\1", text)


def duration(seconds: float) -> str:
    """A time span as minutes and seconds: 1:04; below a minute 24 s."""
    minutes, rest = divmod(round(seconds), MINUTE)
    return f"{minutes:,}:{rest:02}" if minutes else f"{rest} s"


def time_span(seconds: float) -> str:
    """A time as people say it: 0.4 s, 12 s, 3 min 20 s."""
    if seconds < MINUTE:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"  # noqa: PLR2004 - two digits either way
    minutes, rest = divmod(round(seconds), MINUTE)
    return f"{minutes} min {rest} s"


def percent(share: float, decimals: int = 1) -> str:
    """A share in [0, 1] in per cent: "97.3 %". What is not quite all or nothing says so: "> 99.9 %", "< 0.1 %"."""
    step = 10.0**-decimals
    shown = f"{100 * share:.{decimals}f}"
    if share < 1 and float(shown) == 100:  # noqa: PLR2004
        return f"> {100 - step:.{decimals}f} %"
    return f"< {step:.{decimals}f} %" if share > 0 and float(shown) == 0 else f"{shown} %"


def plural(count: int, noun: str) -> str:
    """So many of something: "1 run", "2,000 runs"."""
    return f"{count:,} {noun}" + "s" * (count != 1)


def when(step: int, batches_per_epoch: int) -> str:
    """A step in words: "Before training", "Epoch 2, batch 40"."""
    if step == 0:
        return "Before training"
    epoch, batch = divmod(step - 1, batches_per_epoch)
    return f"Epoch {epoch + 1}, batch {batch + 1}"
