"""The views of Look inside, a module each: `show(subject)` draws one way of looking at a network and a digit.

The page `pages/look_inside.py` lets the visitor choose the network, the digit and the view, and calls the
`show` of that view alone. A new view is a module with a function `show(subject: Subject) -> None` and one line in the
page's `VIEWS`; it begins below the choice of view, without a heading of its own, and ends in one `lesson.try_this`.
"""

from ui.address import write


def go_to_view(title: str, **parameters: str) -> None:
    """Open a view of Look inside when the page runs next, with parameters of its own in the address."""
    write(view=title, **parameters)
