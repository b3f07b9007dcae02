"""Where a picture comes from: a test digit, one's own drawing, a picture drawn here, a photo, the camera."""

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.digits import pictures, scan
from cnnlab.digits.pictures import DRAWN, Picture
from cnnlab.limits import LIMITS
from ui.controls import choose
from ui.drawing import drawn_image
from ui.figures import to_bytes
from ui.state import state
from ui.widgets import attempt, lasting, show_problem, upload
from ui.words import message, plain

DIGIT, DRAWING, SHAPE, PHOTO, CAMERA = "Digit", "My drawing", "Picture", "Photo", "Camera"
SOURCES = (DIGIT, DRAWING, SHAPE, PHOTO, CAMERA)
LEAST_SIDE = int(LIMITS["kernel_size"][1])
"""Fewest pixels of a side: the largest kernel fits."""
TYPES = ["png", "jpg", "jpeg", "webp"]


def choose_picture(key: str, *, side: int = 28, colour: bool = False) -> Picture:
    """Let a learner choose a picture: one row of sources, and one control that belongs to the source.

    While a source has nothing to give yet (no drawing, no photo, no camera), it says so in a sentence and a picture
    that is drawn here stands in; there is always one to go on with.

    Args:
        key: begins the keys of the widgets; the choice is kept from page to page under it.
        side: the most pixels that each side may have, at least 11. Nothing is enlarged: a digit has 28.
        colour: whether to keep colours.

    Returns:
        A picture of at least 11 and at most `side` pixels a side: uint8 (h, w, 3) with `colour`, otherwise (h, w, 1).
        With `colour`, a grey picture has three equal channels.
    """
    with st.container(horizontal=True, gap="small"):
        source = choose("Picture", SOURCES, f"{key}-source", SHAPE if colour else DIGIT, wrap=True)
        if source == DIGIT:
            label = choose("A test digit", range(10), f"{key}-digit", 7, wrap=True)
            picture: Picture | None = first_digit(label)
        elif source == DRAWING:
            picture = _drawing()
        elif source == SHAPE:
            picture = _shape(key, "Landscape" if colour else "Edges", side)
        else:
            picture = _brought(key, source)
    if picture is not None and max(picture.pixels.shape[:2]) > side:
        picture = pictures.resize(picture, side)
    if picture is not None and min(picture.pixels.shape[:2]) < LEAST_SIDE:
        height, width, _ = picture.pixels.shape
        st.error(
            f"{plain(picture.name)} is too small or too narrow: brought to {side} pixels it has {height} rows and "
            f"{width} columns, and at least {LEAST_SIDE} of each are needed.",
            icon=":material/error:",
        )
        picture = None
    if picture is None:
        picture = DRAWN["Landscape" if colour else "Letter"](side)
    return pictures.to_rgb(picture) if colour else pictures.to_grey(picture)


def first_digit(label: int) -> Picture:
    """The first test digit of a class."""
    test = mnist.load().test
    index = int((test.labels == label).argmax())
    return Picture(f"Test digit {index:,}, a {label}", test.images[index])


class Digit(NamedTuple):
    """A digit to send through a network: float32 (28, 28) in [0, 1]; `label` is None for one's own."""

    image: np.ndarray
    name: str
    label: int | None


def shown_test_digit() -> Digit:
    """The test digit that the visitor looks at."""
    index, test = state().test_index, mnist.load().test
    label = int(test.labels[index])
    return Digit(mnist.normalise(test.images[index, ..., 0]), f"Test digit {index:,}, a {label}", label)


def _drawing() -> Picture | None:
    """What the visitor drew on Home or Draw, as the network sees it."""
    image = drawn_image()
    if image is None:
        st.caption("There is no drawing yet; until then, here is another picture.")
    st.page_link("pages/draw.py", label="Draw a digit" if image is None else "Draw another", icon=":material/draw:")
    return None if image is None else Picture("Your drawing", to_bytes(image)[..., np.newaxis])


def _shape(key: str, first: str, side: int) -> Picture:
    """A picture that is drawn here."""
    names = list(DRAWN)
    place = names.index(first)
    name = lasting(st.selectbox, "Which one", names, place, key=f"{key}-shape", width=180)
    return DRAWN[name](side)


def _brought(key: str, source: str) -> Picture | None:
    """The photo just taken or chosen, or the one before, kept for all Learn pages; a bad file gets a message."""
    if source == PHOTO:
        label = "A photo: PNG, JPEG or WebP, up to 10 MB"
        file = st.file_uploader(label, type=TYPES, max_upload_size=10, key=f"{key}-photo", width=330)
        otherwise = "Until you choose one, here is another picture."
    else:
        file = st.camera_input("Take a photo", key=f"{key}-camera", width=330)
        otherwise = (
            "No camera here? The browser offers it on https or localhost only, and when you allow it. "
            "Go on with this picture, or upload a photo."
        )
    course = state().course
    if file is not None:
        try:
            course.photo = _read(file.getvalue(), file.name)
        except ValueError as error:
            st.error(message(error), icon=":material/error:")
            return course.photo
    st.caption(otherwise if course.photo is None else f"Shown: {plain(course.photo.name)}")
    return course.photo


@st.cache_data(max_entries=16, show_spinner=False)
def _read(data: bytes, name: str) -> Picture:
    """Read a file once, not at every run of the page."""
    return pictures.read(data, name)


@st.cache_data(max_entries=16, show_spinner=False)
def ink_of(paper: np.ndarray) -> np.ndarray:
    """Find the ink in a photo once, not at every run of the page: see `scan.to_ink`."""
    return scan.to_ink(paper)


def bring_photo() -> None:
    """Let the visitor take a photo of a digit, or choose one; for a bad file there is a message."""

    def opened(file: Any) -> None:
        with attempt("sheet-picture"):
            if file is not None:
                state().paper = pictures.to_grey(pictures.read(file.getvalue(), file.name)).pixels[..., 0]

    if st.toggle("Use the camera", key="sheet-use-camera"):
        opened(st.camera_input("A photo of one digit", key="sheet-camera"))
    else:
        upload("A photo of one digit: PNG, JPEG or WebP", "sheet-picture", opened, TYPES)
    show_problem("sheet-picture")
