"""Numbers, times and foreign text in words: one way to write each, for all pages."""

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st

from cnnlab.words import percent

__all__ = ["ENGINE", "duration", "message", "moment", "percent", "plain", "plural", "time_span", "time_zone", "when"]

MINUTE = 60
MAX_MESSAGE = 1_000
"""Characters."""
NOTHING = ":small[]"
_SIGNS = re.compile(r"[\\`*\[\]|$<~&]|(?<![^\W_])_|_(?![^\W_])|:(?=[:\w+-])")
_TOGETHER = re.compile(
    r"^(?=[#+=>-]|\d+[.)])"  # a heading, a list, a quotation, a line
    r"|(?=://)|(?=@)|(?<=www)(?=\.)|(?<=\\:)(?=[\w+-])|(?<=[<>~-])(?=[=>-])",  # links, icons, arrows
    re.IGNORECASE,
)
ENGINE = {
    "starting": "The engine is starting.",
    "warming up": "The engine is warming up (TensorFlow takes some seconds to load).",
    "down": "The engine stopped. It is started again with the next run.",
}
"""What the engine is doing, for each state but "ready" and "unable"."""


def plain(text: str) -> str:
    """Text that somebody gave, in one line, so that Markdown shows it letter by letter.

    Streamlit looks for links, icons and arrows again in what was escaped; NOTHING keeps their signs apart.
    """
    line = " ".join(text.encode("utf-8", "replace").decode().split())
    return _TOGETHER.sub(NOTHING, _SIGNS.sub(r"\\\g<0>", line))


def message(error: object) -> str:
    """What went wrong, as a sentence of Markdown; it may quote anything, and names in backquotes are code."""
    words = str(error)
    text = plain(words if len(words) <= MAX_MESSAGE else f"{words[:MAX_MESSAGE]} (and so on)")
    return re.sub(r"\\`([\w./]+)\\`", r"`\1`", text).rstrip(".") + "."


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


def time_zone() -> tzinfo:
    """The visitor's time zone, as the browser names it; UTC where it names none that is known here."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (KeyError, ValueError, OSError):
        return UTC


def moment(time: datetime) -> str:
    """A point in time by the visitor's clock: 28 Nov, 17:44:05 CET."""
    local = time.astimezone(time_zone())
    zone = f"{local:%Z}"
    return f"{local:%d %b, %H:%M:%S} {'UTC' * zone.startswith(('+', '-'))}{zone}"


def plural(count: int, noun: str) -> str:
    """So many of something: "1 run", "2,000 runs"."""
    return f"{count:,} {noun}" + "s" * (count != 1)


def when(step: int, batches_per_epoch: int) -> str:
    """A step in words: "Before training", "Epoch 2, batch 40"."""
    if step == 0:
        return "Before training"
    epoch, batch = divmod(step - 1, batches_per_epoch)
    return f"Epoch {epoch + 1}, batch {batch + 1}"
