"""A drawing that can be taken along: an SVG, shown as it is, saved as SVG or PNG by the browser itself."""

from ui.components import component


@component(__file__)
def diagram(svg: str, *, key: str, file_name: str) -> None:
    """Show a drawing of our own making, scrolled where it is wider than the page.

    Args:
        svg: one `<svg>` element with a width, a height and a title.
        file_name: of what is saved, without the ending.
    """
