"""Data: what a network learns from, before it learns: real digits, how many of each, and how they are prepared."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from cnnlab import data_set, mnist, starter
from cnnlab.distortions import Distortion
from cnnlab.pictures import Picture
from ui import colours
from ui.components.gallery import Item, gallery
from ui.components.maps import maps
from ui.components.pixels import WIDTH, pixels
from ui.lesson import code, try_this
from ui.state import kept, state

NUM_SHOWN, NUM_FORMS = 20, 12
DIGIT_SIZE, STEP_SIZE, FORM_SIZE = 64, 130, 54
CHART_HEIGHT = 380
STEPS_WIDTH, SLIDER_WIDTH = 380, 150
TRAINING, TEST = "Training", "Test"
COLOURS = {TRAINING: colours.TRAINING, "Validation": colours.VALIDATION, TEST: colours.BAR_REST}
STEPS = ("As stored", "Divided by 255", "With its channel", "The label")
# Each slider of the augmentation: its label, its unit, the most that it allows, and its step.
LARGEST = {
    "turn": ("Turn", "%g°", 45.0, 1.0),
    "shift": ("Shift", "%g px", 6.0, 0.5),
    "thicken": ("Thicken", "%g px", 2.0, 0.25),
    "noise": ("Noise", "%g", 0.5, 0.05),
}
AT_FIRST = {"turn": starter.TURN[1], "shift": starter.SHIFT[1], "thicken": 0.75, "noise": 0.0}

Chosen = tuple[str, int]  # a digit of MNIST: its part and its index there


def split_of(part: str) -> mnist.Split:
    """The images of a part."""
    return mnist.load().train if part == TRAINING else mnist.load().test


def samples() -> Chosen:
    """Show real digits to choose from, and return the chosen one: the first until one is chosen."""
    stage = st.container()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        options = ["All", *range(mnist.NUM_CLASSES)]
        digit = st.segmented_control(
            "Digit", options, default="All", required=True, key="data-digit", persist_state="session", wrap=True
        )
        part = st.segmented_control(
            "Part", (TRAINING, TEST), default=TRAINING, required=True, key="data-part", persist_state="session"
        )
        seed = kept("data-seed", 0)
        seed.now += st.button("Show others", icon=":material/shuffle:")
    split = split_of(part)
    indices = data_set.sample(split.labels, None if digit == "All" else digit, NUM_SHOWN, seed.now)
    chosen = kept("data-chosen", (part, int(indices[0])))
    marks = [colours.RIGHT_MARK + " chosen" if (part, index) == chosen.now else "" for index in indices]
    items = [
        Item(split.images[index, ..., 0], str(split.labels[index]), mark)
        for index, mark in zip(indices, marks, strict=True)
    ]
    with stage:
        place = gallery(items, key="data-samples", describe=f"{part} digits", size=DIGIT_SIZE, choose="Choose")
    if place is not None and (part, int(indices[place])) != chosen.now:
        chosen.now = (part, int(indices[place]))
        st.rerun()  # the mark stands above
    now: Chosen = chosen.now
    return now


def class_balance() -> None:
    """How many of each digit there are to learn from, to check on and to be measured on."""
    settings = state().draft.data
    counts = data_set.balance(mnist.load(), settings)
    figure = go.Figure()
    for name, numbers in counts.items():
        figure.add_bar(
            name=f"{name} {numbers.sum():,}",
            y=np.arange(mnist.NUM_CLASSES),
            x=numbers,
            orientation="h",
            texttemplate="%{x:,}",
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": colours.text_on(COLOURS[name])},
            marker={"color": COLOURS[name]},
            hovertemplate=f"digit %{{y}}: %{{x:,}}<extra>{name}</extra>",
        )
    figure.update_layout(
        barmode="stack",
        bargap=0.12,
        xaxis={"title": "images"},
        yaxis={"title": "digit", "dtick": 1, "autorange": "reversed"},
        height=CHART_HEIGHT,
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
        uniformtext={"mode": "hide", "minsize": 10},
    )
    st.plotly_chart(figure, config={"displayModeBar": False}, key="balance")
    train, test = counts[TRAINING] / counts[TRAINING].sum(), counts[TEST]
    st.markdown(
        f"From {train.min():.1%} (the {train.argmin()}) to {train.max():.1%} (the {train.argmax()}) of the training "
        f"digits. Who always answers **{test.argmax()}** is right on "
        f"{test.max() / test.sum():.2%} of the test digits: any network must do better. The last "
        f"**{settings.validation_size:,}** training images are held back for validation, as set on the Train page; the "
        "test digits are for the end."
    )


def similar(chosen: Chosen) -> None:
    """The mean of each digit, and the training images that are nearest to the chosen one."""
    part, index = chosen
    split, train = split_of(part), mnist.load().train
    label = int(split.labels[index])
    maps(
        data_set.class_means(train) / 255,
        key="data-means",
        titles=[f"mean {digit}" for digit in range(mnist.NUM_CLASSES)],
        kind="ink",
        limit=1.0,
        size=DIGIT_SIZE,
        describe="The mean of all training images of each digit",
    )
    itself = index if part == TRAINING else None
    found = data_set.look_alikes(train, split.images[index], label, without=itself)
    st.markdown(f"**Nearest to the chosen {label} among {len(train.labels):,} training images**")
    items = [Item(split.images[index, ..., 0], str(label), "chosen")]
    for nearest in dict.fromkeys([*found.indices, found.other]):  # the other digit may be among the nearest
        words = "nearest other digit, " if nearest == found.other else ""
        items.append(
            Item(train.images[nearest, ..., 0], str(train.labels[nearest]), f"{words}{found.distances[nearest]:.2f}")
        )
    gallery(items, key="data-nearest", describe="The chosen digit and its look-alikes", size=DIGIT_SIZE)
    first = int(train.labels[found.indices[0]])
    st.markdown(
        "The numbers are distances: the root of the summed squares of all 784 differences, pixels from 0 to 1. "
        f"Who only copies the label of the nearest image reads this {label} as **{first}**, "
        + ("rightly." if first == label else "wrongly.")
    )


def prepared(chosen: Chosen) -> None:
    """What is done to one image and its label until a network learns from them."""
    part, index = chosen
    split = split_of(part)
    image, label = split.images[index, ..., 0], int(split.labels[index])
    steps = data_set.preparation(image, label)
    items = []
    for title, step in zip(STEPS, steps, strict=True):
        grey = step.array if step.array.dtype == np.uint8 else np.round(step.array * 255).astype(np.uint8)
        items.append(
            Item(
                grey.reshape(grey.shape[:2]),
                title,
                " ".join(words.replace(" ", "\N{NO-BREAK SPACE}") for words in step.words),
            )
        )
    with st.container(horizontal=True, gap="small"):
        with st.container(width=STEPS_WIDTH):
            gallery(items, key="data-steps", describe="The steps of the preparation", size=STEP_SIZE, arrows=True)
            st.code("\n".join(step.python for step in steps), language="python")
            row = " ".join(f"{value:g}" for value in steps[-1].array[0])
            st.markdown(f"The label {label} has become `{row}`: ten numbers, a one in its place.")
        with st.container(width=WIDTH[1]):
            picture = Picture(f"{part} digit {index:,}, a {label}", split.images[index])
            scales = {"0 to 255": split.images[index], "0 to 1": steps[2].array}
            pixels(picture, key="data-pixels", scales=scales)
    code(data_set.preparation, mnist.normalise, mnist.one_hot)


@st.fragment
def augmented(chosen: Chosen) -> None:
    """The same digit in random forms."""
    part, index = chosen
    image = mnist.normalise(split_of(part).images[index, ..., 0])
    stage = st.container()
    amounts = {}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        for name, (label, unit, top, step) in LARGEST.items():
            amounts[name] = st.slider(
                f"{label}, at most",
                0.0,
                top,
                AT_FIRST[name],
                step,
                format=unit,
                key=f"data-{name}",
                persist_state="session",
                width=SLIDER_WIDTH,
            )
        seed = kept("data-forms", 0)
        seed.now += st.button("Others", icon=":material/shuffle:")
    shift = amounts["shift"]
    largest = Distortion(amounts["turn"], shift, shift, amounts["thicken"], noise=amounts["noise"])
    pictures = np.round(data_set.forms(image, largest, NUM_FORMS, seed.now) * 255).astype(np.uint8)
    with stage:
        items = [Item(picture, f"form {number}") for number, picture in enumerate(pictures, 1)]
        gallery(items, key="data-forms-shown", describe="The chosen digit in random forms", size=FORM_SIZE)
    st.markdown(
        "This is a preview: the starter network was trained so, with slant and size besides and without noise, while "
        "runs of your own are not augmented yet."
    )


st.title("Data")
chosen = samples()
try_this(
    "an untidy digit: click it, then look at its look-alikes below.",
    "how little farther away the nearest other digit is: pixels alone do not tell what makes a digit.",
)
st.subheader("How many of each")
class_balance()
st.subheader("Means and look-alikes")
similar(chosen)
st.subheader("From file to network")
prepared(chosen)
st.subheader("More from one: augmentation")
augmented(chosen)
code(data_set.forms, starter.augment)
