"""How far a long computation is: its loops go `over` what they work on; who has it computed may `listen`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
Listener = Callable[[float], None]

_place: ContextVar[tuple[float, float, Listener]] = ContextVar("_place", default=(0.0, 1.0, lambda _: None))
"""Where the loop that goes on begins in the whole, how much of it the loop is, and who listens."""


def over(items: Sequence[T]) -> Iterator[T]:
    """Go over items of equal work, telling before each which share of the whole is done; loops may be nested."""
    start, span, listener = _place.get()
    for number, item in enumerate(items):
        place = start + span * number / len(items), span / len(items), listener
        _place.set(place)
        listener(place[0])
        yield item
    _place.set((start, span, listener))


@contextmanager
def listen(listener: Listener) -> Iterator[None]:
    """Have `listener` told the share that is done, from 0 to 1, in the thread that computes."""
    token = _place.set((0.0, 1.0, listener))
    try:
        yield
    finally:
        _place.reset(token)
