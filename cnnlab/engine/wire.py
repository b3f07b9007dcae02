"""Events on their way from a worker to the process that stores them: plain dicts, gathered, arrays as bytes.

Nothing but what msgpack knows, so that no message is ever unpickled. Knows nothing of Dask.
"""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import fields
from typing import Any, TypeVar, get_args

import numpy as np

from cnnlab.training.events import BatchEnd, Checkpoint, Event

T = TypeVar("T")

GATHER_SECONDS = 0.1
MAX_GIVEN = 8
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


class Line:
    """The one thread on which a worker speaks with the server, so that training waits for no answer.

    Calls are made in the order given. What went wrong in one is raised by a later `give`, `wait` or question.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "line")
        self._given: deque[Future[Any]] = deque()

    def give(self, function: Callable[..., object], *arguments: object) -> None:
        """Have a function called; waits while `MAX_GIVEN` calls are not over."""
        self._given.append(self._thread.submit(function, *arguments))
        while self._given and (self._given[0].done() or len(self._given) > MAX_GIVEN):
            self._given.popleft().result()

    def wait(self) -> None:
        """Wait until all is called."""
        while self._given:
            self._given.popleft().result()

    def close(self) -> None:
        """Call nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def asks(self, seconds: float, question: Callable[[], T]) -> Callable[[], T]:
        """Ask a question again when its last answer is `seconds` old; until the next one comes, the last stands."""
        answer, asked = question(), time.monotonic()
        pending: Future[T] | None = None

        def newest() -> T:
            nonlocal answer, asked, pending
            if pending and pending.done():
                answer, asked, pending = pending.result(), time.monotonic(), None
            if not pending and time.monotonic() - asked >= seconds:
                pending = self._thread.submit(question)
            return answer

        return newest


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
