"""Small pictures of kernels and activation maps in a grid; a click or Enter enlarges one, with its numbers."""

import math
from collections.abc import Sequence
from typing import Literal, cast

import numpy as np
import numpy.typing as npt

from ui import colours
from ui.components import define, nothing

_mount = define(__file__)


def ranges_of(images: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Each map's least and largest finite value: float64 (n, 2), NaN where a map has none."""
    flat = images.reshape(len(images), math.prod(images.shape[1:])).astype(np.float64)
    finite = np.isfinite(flat)
    some = finite.any(axis=1)
    least = np.where(some, flat.min(axis=1, initial=np.inf, where=finite), np.nan)
    largest = np.where(some, flat.max(axis=1, initial=-np.inf, where=finite), np.nan)
    return np.stack([least, largest], axis=1)


def maps(
    images: npt.NDArray[np.floating],
    *,
    key: str,
    titles: Sequence[str] | None = None,
    kind: colours.Kind = "sequential",
    scale: Literal["layer", "map"] = "layer",
    limit: float | None = None,
    selected: int | None = None,
    report: bool = False,
    enlarge: bool = True,
    size: int = 76,
    describe: str = "Maps",
) -> int | None:
    """Show `images` as a grid of small pictures; a vector is shown as a strip, in rows where it is long.

    Args:
        images: float (n, height, width), or (n, 1, length) for vectors; NaN and infinities are allowed.
        key: the component's identity: pictures change in place as long as it stays the same.
        titles: one short name a map; by default its index from 0, as NumPy counts.
        kind: "sequential" or, for pixels, "ink" for values from zero; "diverging" for signed ones, symmetric about it.
        scale: "layer" to give all maps one colour scale, "map" to give each its own.
        limit: the value at the top of the "layer" scale; by default the largest there is.
        selected: index of the map that is enlarged at first, and again whenever this argument changes.
        report: tell Python which map is enlarged; each click then costs a rerun.
        enlarge: show the chosen map large above the grid; otherwise it is only marked.
        size: least width of a small picture in pixels; the grid fills the width there is.
        describe: one sentence on what the maps are, read out before them.

    Returns:
        With `report`, the index of the enlarged map; None when there is none, or without `report`.
    """
    count = len(images)
    shared = colours.limit_of(images, kind) if limit is None else limit
    limits = [colours.limit_of(image, kind) for image in images] if scale == "map" else [shared] * count
    result = _mount(
        key=key,
        data={
            "shape": images.shape,
            "values": images.astype(np.float32),
            "ranges": ranges_of(images),
            "limits": limits,
            "titles": [str(number) for number in range(count)] if titles is None else titles,
            "kind": kind,
            "scale": scale,
            "selected": selected,
            "report": report,
            "enlarge": enlarge,
            "size": size,
            "describe": describe,
        },
        default={"selected": selected},
        on_selected_change=nothing,
    )
    chosen = cast("int | None", result.selected) if report else None
    return chosen if chosen is None or chosen < count else None
