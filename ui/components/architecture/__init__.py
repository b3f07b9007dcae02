"""The network as a row of layers, each a stack of planes to scale, from the picture to the ten classes."""

from collections.abc import Callable, Sequence
from typing import TypedDict

from ui.components import define

_mount = define(__file__)


class LayerCard(TypedDict):
    """What is shown of one layer: None where a shape or a number is unknown, and where there is no problem."""

    name: str  # the layer's type, "Conv2D"
    settings: str  # in one line, "32 filters 5 x 5, relu"; may be empty
    output_shape: tuple[int, ...] | None  # (height, width, channels) or (units,)
    parameters: int | None
    colour: str  # colours.LAYERS[name]
    problem: str | None  # why the layer does not fit, and what would


class Kind(TypedDict):
    """A kind of layer that can be added: its type, what it does, and `colours.LAYERS[name]`."""

    name: str
    words: str
    colour: str


def architecture(
    layers: Sequence[LayerCard],
    *,
    key: str,
    selected: int,
    on_select: Callable[[int], None],
    first_movable: int,
    on_move: Callable[[int, int], None],
    palette: Sequence[Kind],
    most: int,
    on_add: Callable[[str, int], None],
    on_remove: Callable[[int], None],
) -> None:
    """Draw the layers in order; a click or Enter on one selects it, dragging or Alt with an arrow key moves it.

    What can be added stands below: a click adds it after the selected card, dragging anywhere. Delete removes a card.

    Args:
        layers: the cards from first to last; the input may be one of them.
        key: the component's identity.
        selected: index of the card that is selected.
        on_select: called with the index of a card that was clicked, as all that follow before the page runs again.
        first_movable: the cards before this one stay where they are, and none comes before them.
        on_move: called with the old and the new index of a card.
        palette: the kinds of layers that can be added.
        most: how many cards there can be.
        on_add: called with the name of a kind, and the index where it is wanted.
        on_remove: called with the index of a card.
    """
    _mount(
        key=key,
        data={"layers": layers, "selected": selected, "first": first_movable, "palette": palette, "most": most},
        acts={
            "select": on_select,
            "move": lambda places: on_move(*places),
            "add": lambda wanted: on_add(*wanted),
            "remove": on_remove,
        },
    )
