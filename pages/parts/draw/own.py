"""One's own handwriting: drawings that were read wrongly are kept with their right labels, to test networks on.

The set's name stands in the address, so that a reload loses nothing and a class can draw into one.
"""

from functools import partial
from hashlib import blake2b

import numpy as np
import streamlit as st

from cnnlab.runs import handwriting
from cnnlab.runs.handwriting import Handwriting
from pages.parts.draw.tuning import test, tune
from ui.address import write
from ui.components.gallery import Item, gallery
from ui.handwriting import add, own, sets
from ui.networks import Network
from ui.state import state
from ui.widgets import attempt, show_problem, upload
from ui.words import plural

NUM_SHOWN = 60
SHOWN = 56


def teach(network: Network, image: np.ndarray | None) -> None:
    """Keep the drawing with its right label; then the whole set, and what can be done with it."""
    visitor = state()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown("**It really is a**", width="content")
        for label in range(10):
            st.button(
                str(label),
                key=f"teach-{label}",
                disabled=image is None,
                help=f"Keep the drawing as a {label}",
                on_click=partial(_keep, image, label),
            )
    if visitor.handwriting.set_id is not None:
        write(handwriting=visitor.handwriting.set_id)
    show_problem("handwriting")
    kept = own()
    _look(kept)
    if len(kept):
        test(network, kept)
        tune(network, kept)
    _take_along(kept)


def _keep(image: np.ndarray | None, label: int) -> None:
    if image is not None:
        add(handwriting.one(image, label))


def _look(kept: Handwriting) -> None:
    """The drawings, the newest first; a click takes one out, and it can be put back."""
    visitor = state()
    if not len(kept):
        st.caption(
            "Draw a digit and tell which one it is: it is kept in your handwriting, to test and to teach networks with."
        )
        if visitor.handwriting.taken_out is None:
            return
    order = np.arange(len(kept))[::-1][:NUM_SHOWN]
    more = f" The newest {NUM_SHOWN} are shown." if len(kept) > NUM_SHOWN else ""
    st.markdown(f"**Your handwriting: {plural(len(kept), 'drawing')}.**{more} Click one to take it out.")
    gallery(
        [Item(kept.images[index], str(kept.labels[index]), id=_id(kept, index)) for index in order],
        key="handwriting",
        describe="Your handwriting",
        size=SHOWN,
        choose="Take out",
        on_choose=_take_out,
    )
    if visitor.handwriting.taken_out is not None:
        st.button(f"Put the {visitor.handwriting.taken_out.labels[0]} back", icon=":material/undo:", on_click=_put_back)


def _id(kept: Handwriting, index: int) -> str:
    """What a drawing is known by, whichever were taken out before it."""
    return blake2b(kept.images[index].tobytes() + bytes([kept.labels[index]]), digest_size=8).hexdigest()


def _take_out(drawing_id: str) -> None:
    """Take out the drawing that was clicked, unless it has gone."""
    mine = state().handwriting
    with attempt("handwriting", (ValueError, OSError)):
        kept = own()
        index = next((index for index in range(len(kept)) if _id(kept, index) == drawing_id), None)
        if index is not None and mine.set_id is not None:
            image, label = kept.images[index], int(kept.labels[index])
            sets().remove(mine.set_id, image, label)
            mine.taken_out = Handwriting(image[np.newaxis], np.array([label], np.uint8))


def _put_back() -> None:
    visitor = state()
    if visitor.handwriting.taken_out is not None:
        add(visitor.handwriting.taken_out)
        visitor.handwriting.taken_out = None


def _take_along(kept: Handwriting) -> None:
    """Save the set as a file, put another one's drawings to it, and the address for a class."""
    with st.expander("Save, open, share", icon=":material/folder_open:", key="own-files"):
        with st.container(horizontal=True):
            for label, content, name, mime in (
                ("Save as .npz", kept.to_bytes, "handwriting.npz", "application/octet-stream"),
                ("Save as pictures", kept.to_pictures, "handwriting.zip", "application/zip"),
            ):
                st.download_button(
                    label, content, name, mime, disabled=not len(kept), on_click="ignore", icon=":material/download:"
                )
        upload("Put the drawings of a saved .npz to yours", "open-handwriting", _opened, ["npz"], max_mb=2)
        st.caption(
            "Whoever opens this page's address as it is now draws into the same set: a class can make one together."
        )


def _opened(file: object) -> None:
    content = getattr(file, "getvalue", bytes)()
    opened = Handwriting()
    with attempt("handwriting"):
        opened = Handwriting.from_bytes(content) if content else opened
    new = opened.new_to(own())
    if len(new):
        add(new)
    if num_known := len(opened) - len(new):
        st.toast(f"In yours already: {plural(num_known, 'drawing')} of this file.", icon=":material/info:")
