"""Events on their way from a worker to the process that stores them: plain dicts, gathered, arrays as bytes.

Nothing but what msgpack knows, so that no message is ever unpickled. Knows nothing of Dask.
"""

import time
from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar, get_args

import numpy as np

from cnnlab.training.events import BatchEnd, Checkpoint, Event

T = TypeVar("T")

GATHER_SECONDS = 0.1
EVENTS: dict[str, type] = {event.__name__: event for event in get_args(Event)}


def encode(event: Event) -> dict[str, Any]:
    """Turn an event into a dict of what msgpack knows."""
    values = {field.name: _encode(getattr(event, field.name)) for field in fields(event)}
    return {"event": type(event).__name__, **values}


def decode(message: dict[str, Any]) -> Event:
    """Make the event again; its arrays cannot be written to. Raises ValueError when it is not an event."""
    try:
        values = {name: _decode(value) for name, value in message.items() if name != "event"}
        event: Event = EVENTS[message["event"]](**values)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"`message` must be an encoded event ({error!r})") from error
    return event


def _encode(value: Any) -> Any:  # noqa: ANN401 - the parts of events
    match value:
        case np.ndarray():
            return {"dtype": value.dtype.str, "shape": list(value.shape), "bytes": value.tobytes()}
        case dict():
            return {key: _encode(part) for key, part in value.items()}
        case tuple():
            return [_encode(part) for part in value]
        case np.generic():
            return value.item()
    return value


def _decode(value: Any) -> Any:  # noqa: ANN401
    match value:
        case {"dtype": dtype, "shape": shape, "bytes": content}:
            return np.frombuffer(content, np.dtype(dtype)).reshape(shape)
        case dict():
            return {key: _decode(part) for key, part in value.items()}
        case list() | tuple():
            return tuple(_decode(part) for part in value)
    return value


class Outbox:
    """Sends events in order, batches gathered to at most ten messages a second.

    Args:
        send: is given a list of encoded events.
        keep: is given every checkpoint, encoded, after all that came before it was sent.
    """

    def __init__(self, send: Callable[[list[dict[str, Any]]], None], keep: Callable[[dict[str, Any]], None]) -> None:
        self.step = 0
        self._send, self._keep = send, keep
        self._waiting: list[dict[str, Any]] = []
        self._sent = -GATHER_SECONDS

    def emit(self, event: Event) -> None:
        """Take an event; all but a batch is sent at once."""
        self.step = event.step
        message = encode(event)
        self._waiting.append(message)
        if not isinstance(event, BatchEnd) or time.monotonic() - self._sent >= GATHER_SECONDS:
            self._send(self._waiting)
            self._waiting = []
            self._sent = time.monotonic()
        if isinstance(event, Checkpoint):
            self._keep(message)


def asked_at_most_every(seconds: float, ask: Callable[[], T]) -> Callable[[], T]:
    """Wrap a question that takes long: the last answer stands for `seconds`."""
    answer, asked = ask(), time.monotonic()

    def ask_seldom() -> T:
        nonlocal answer, asked
        if time.monotonic() - asked >= seconds:
            answer, asked = ask(), time.monotonic()
        return answer

    return ask_seldom
