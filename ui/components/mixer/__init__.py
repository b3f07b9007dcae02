"""One pixel mixed from red, green and blue; the swatch follows the sliders in the browser."""

from collections.abc import Mapping
from typing import cast

from ui.components import define, nothing

Rgb = tuple[int, int, int]

_mount = define(__file__)


def mixer(presets: Mapping[str, Rgb], *, start: Rgb, key: str) -> Rgb:
    """Show three sliders, a swatch, and a button for each of `presets`.

    Args:
        presets: colours to start from, by the words on their buttons; each number 0 to 255.
        start: what the sliders show at first.

    Returns:
        The pixel as it was when a slider was let go last: red, green, blue, each 0 to 255.
    """
    result = _mount(
        key=key,
        data={"presets": list(presets.items()), "start": start},
        default={"pixel": list(start)},
        on_pixel_change=nothing,
    )
    red, green, blue = cast("list[int]", result.pixel)
    return red, green, blue
