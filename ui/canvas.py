"""What is drawn on a canvas, as the browser tells it and as the server changes it."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Drawing:
    """What is on the canvas: its strokes as the canvas gives them, to draw them again, and its pixels.

    `rgba` is uint8 (height, width, 4), or None before the first stroke.
    """

    strokes: dict[str, Any] | None = None
    rgba: np.ndarray | None = None


@dataclass
class Canvas:
    """A canvas: what is drawn on it, and what it is given instead of its own strokes."""

    name: str
    drawing: Drawing = field(default_factory=Drawing)
    at_start: dict[str, Any] | None = None
    """The strokes that it was given when it came onto the page, or by the last Undo or Clear."""
    taken_back: list[dict[str, Any]] = field(default_factory=list)
    """The strokes that it has no longer, until it tells that it shows none of them."""
    num_given: int = 0
    told: Mapping[str, Any] | None = None
    """What it told last, unless something was taken back since."""

    num_heard: int = 0

    @property
    def key(self) -> str:
        """The component's key."""
        return f"canvas-{self.name}"

    def take_in(self, told: Mapping[str, Any] | None) -> None:
        """Keep what the canvas tells, but for what it told before it knew that strokes were taken back here."""
        if not (told and told["data"]) or told == self.told:
            return
        self.told, strokes, self.num_heard = told, told["raw"], self.num_heard + 1
        if not any(stroke in self.taken_back for stroke in strokes["objects"]):
            self.taken_back = []
            rgba = np.asarray(Image.open(BytesIO(b64decode(told["data"].partition(",")[2]))))
            self.drawing = Drawing(strokes, rgba) if strokes["objects"] else Drawing()

    def begin(self, drawing: Drawing) -> None:
        """Begin with a drawing that comes from elsewhere."""
        self.drawing = drawing
        self._give((drawing.strokes or {}).get("objects", []))

    def clear(self) -> None:
        """Begin anew."""
        self.told = None
        self.taken_back += (self.drawing.strokes or {}).get("objects", [])
        self.drawing = Drawing()
        self._give([])

    def undo(self) -> None:
        """Take the last stroke back: the canvas is given all others, and then tells what it shows."""
        strokes = self.drawing.strokes or {}
        *left, last = strokes["objects"]
        if not left:
            self.clear()
            return
        self.told = None
        self.taken_back.append(last)
        self.drawing = replace(self.drawing, strokes={**strokes, "objects": left})
        self._give(left)

    def _give(self, objects: list[dict[str, Any]]) -> None:
        """Have the canvas show these strokes instead of its own; it stays on the page, so nothing flickers."""
        self.num_given += 1  # the same strokes given twice would not be drawn again
        self.at_start = {"objects": objects, "given": self.num_given}
