"""The network as a row of layers, each a stack of planes to scale, from the picture to the ten classes."""

from collections.abc import Callable, Sequence
from typing import TypedDict, cast

from ui.components import define, nothing

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
    selected: int | None = None,
    on_select: Callable[[], None] | None = None,
    first_movable: int = 1,
    on_move: Callable[[], None] | None = None,
    palette: Sequence[Kind] = (),
    is_full: bool = False,
    on_add: Callable[[], None] | None = None,
    on_remove: Callable[[], None] | None = None,
) -> int | None:
    """Draw the layers in order; a click or Enter on one selects it, dragging or Alt with an arrow key moves it.

    What can be added stands below: a click adds it after the selected card, dragging anywhere. Delete removes a card.

    Args:
        layers: the cards from first to last; the input may be one of them.
        key: the component's identity. The index is also found in `st.session_state[key]["selected"]`.
        selected: index of the layer that is selected at first, and again whenever this argument changes.
        on_select: called, as Streamlit does it, before the page runs again after a selection.
        first_movable: the cards before this one stay where they are, and none comes before them.
        on_move: the same after a card was moved; `st.session_state[key]["moved"]` is then its old and new index.
        palette: the kinds of layers that can be added; none: nothing can be added or removed.
        is_full: nothing can be added now.
        on_add: the same after one was added; `["added"]` is then its name and its index.
        on_remove: the same after one was removed; `["removed"]` is then its index.

    Returns:
        The index that was clicked last (at first `selected`), or None.
    """
    result = _mount(
        key=key,
        data={"layers": layers, "selected": selected, "first": first_movable, "palette": palette, "full": is_full},
        default={"selected": selected},
        on_selected_change=on_select or nothing,
        on_moved_change=on_move or nothing,
        on_added_change=on_add or nothing,
        on_removed_change=on_remove or nothing,
    )
    chosen = cast("int | None", result.selected)
    return chosen if chosen is None or chosen < len(layers) else None
