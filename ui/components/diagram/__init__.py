"""A drawing that can be taken along: an SVG, shown as it is, saved as SVG or PNG by the browser itself."""

from pathlib import Path

from ui.components import define

_mount = define(Path(__file__).parent)


def diagram(svg: str, *, key: str, file_name: str) -> None:
    """Show a drawing of our own making, scrolled where it is wider than the page.

    Args:
        svg: one `<svg>` element with a width, a height and a title.
        key: the component's identity.
        file_name: of what is saved, without the ending.
    """
    _mount(key=key, data={"svg": svg, "fileName": file_name})
