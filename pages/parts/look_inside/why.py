"""Why this answer: which pixels speak for a digit, by six methods, each beside the same with shuffled weights."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from cnnlab.explain import attribution
from cnnlab.explain.attribution import PATCH, SAMPLES
from cnnlab.explain.score import Reader, Score, class_direction
from cnnlab.limits import NUM_CLASSES
from cnnlab.nn.layers import Conv2D, dimensions
from pages.parts.look_inside.slopes import show_slopes
from ui import colours
from ui.components.linked import SIZE, Panel, linked
from ui.components.maps import maps
from ui.controls import choose
from ui.frame import fragment
from ui.lesson import code, try_this
from ui.subject import Subject
from ui.widgets import lasting

GRADIENT, SMOOTH, INTEGRATED = "Gradient", "SmoothGrad", "Integrated gradients"
TIMES_INPUT, GRAD_CAM, OCCLUSION = "Gradient x input", "Grad-CAM", "Occlusion"

METHODS: dict[str, tuple[str, str]] = {
    INTEGRATED: (
        "Each pixel's share of the score, collected on the way from black paper to this digit.",
        "Black pixels get no share, although missing ink can be a reason, too.",
    ),
    GRADIENT: (
        "How fast the score grows when this pixel gets a little brighter.",
        "It speaks of tiny changes: what the network would say without a whole stroke it does not tell.",
    ),
    SMOOTH: (
        f"The mean gradient over {SAMPLES} copies of the digit with noise.",
        "It looks tidier than the gradient, not truer: it speaks of pictures near this one.",
    ),
    TIMES_INPUT: (
        "Gradient times ink: what each pixel adds, if the network were a straight line.",
        "The network is not a straight line. And whatever it learned, this picture looks like the digit.",
    ),
    GRAD_CAM: (
        "Where a convolution layer saw what speaks for the digit.",
        "It is as coarse as the layer's grid, and it leaves out all that speaks against the digit.",
    ),
    OCCLUSION: (
        f"How far the score falls when a square of {PATCH} x {PATCH} pixels is covered with black.",
        "Black on black changes nothing, and what two squares do together it does not see.",
    ),
}
"""For each method: what it shows, and what it cannot tell."""

FEWER_STEPS = 32
"""Of integrated gradients, where only the look of the picture counts."""
CLASS_SIZE, FOUR_SIZE = 72, 190


@dataclass(frozen=True, eq=False)
class Explained:
    """What a method gave: the pixels, and what it has beside them (Grad-CAM's grid, the sum of the parts)."""

    pixels: np.ndarray
    grid: np.ndarray | None = None
    integrated: attribution.Integrated | None = None


def explain(method: str, score: Score, image: np.ndarray, layer_index: int, *, roughly: bool = False) -> Explained:
    """Ask one of METHODS which pixels of an image speak for a score."""
    if method == GRAD_CAM:
        return Explained(*score.grad_cam(image, layer_index))
    if method == INTEGRATED:
        steps = {"steps": FEWER_STEPS, "max_steps": FEWER_STEPS} if roughly else {}
        integrated = attribution.integrated_gradients(score.gradient, image, **steps)
        return Explained(integrated.pixels, integrated=integrated)
    if method == OCCLUSION:
        return Explained(attribution.occlusion(score.value, image))
    way = {
        GRADIENT: attribution.saliency,
        SMOOTH: attribution.smooth_grad,
        TIMES_INPUT: attribution.gradient_times_input,
    }[method]
    return Explained(way(score.gradient, image))


def scale(method: str) -> colours.Kind:
    """The colour scale of a method's pictures: Grad-CAM knows no evidence against."""
    return "sequential" if method == GRAD_CAM else "diverging"


def panels(method: str, question: str, image: np.ndarray, found: Explained, random: Explained) -> list[Panel]:
    """The digit, what explains it, and the same with shuffled weights."""
    kind = scale(method)
    note = "Bright: it looked here." if method == GRAD_CAM else "Orange speaks for it, blue against it."
    alike = attribution.rank_correlation(found.pixels, random.pixels)
    shown = [
        Panel("The digit", image, "ink", 1.0, is_outlined=False),
        Panel(question, found.pixels, kind, note=note),
        Panel("With shuffled weights", random.pixels, kind, note=f"How alike the two are (1: the same): {alike:.2f}"),
    ]
    if found.grid is not None:
        note = f"{dimensions(found.grid.shape)}, stretched over the picture"
        shown.insert(2, Panel("The layer's own grid", found.grid, kind, note=note, is_outlined=False))
    return shown


@fragment
def show(subject: Subject) -> None:
    """Show why the network reads the digit as it does; only this part runs again when a choice changes."""
    digit, against = choose_question(subject)
    stage = st.container()
    method, layer_index = choose_method(subject)
    image, reader = subject.image, Reader.of(subject.network.experiment, subject.network.weights)
    score = Score(reader, class_direction(digit, against))
    shuffled = replace(score, reader=replace(reader, weights=attribution.shuffled(reader.weights)))
    found = explain(method, score, image, layer_index)
    random = explain(method, shuffled, image, layer_index, roughly=True)
    question = f"Why a {digit}" + ("?" if against is None else f" and not a {against}?")
    with stage:
        linked(
            panels(method, question, image, found, random),
            key=f"why-{method == GRAD_CAM}",
            ink=image,
            size=FOUR_SIZE if method == GRAD_CAM else SIZE,
            describe=f"{subject.name}, explained by {method}: {question}",
        )
    shows, cannot = METHODS[method]
    st.markdown(f"{shows} **What it cannot tell:** {cannot}")
    st.markdown(measured(digit, against, score.value(image), found.integrated))
    try_this(
        "a digit that is read wrongly, and ask why it is one digit *and not* the other.",
        "whether the picture changes when the weights are shuffled: if not, it shows the digit, not what was learned.",
    )
    st.markdown("**Evidence for each digit**")
    evidence(reader, image)
    if lasting(st.toggle, "Show the gradient on its way back, layer by layer", key="why-slopes"):
        show_slopes(score, image)
    code(attribution.integrated_gradients, attribution.smooth_grad, attribution.grad_cam, attribution.occlusion)


def choose_question(subject: Subject) -> tuple[int, int | None]:
    """Let the visitor choose the class that is explained, and one that it is held against."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        digit = st.segmented_control(
            "Why a ...",
            range(NUM_CLASSES),
            default=int(subject.probabilities.argmax()),
            required=True,
            key=f"why-digit-{subject.name}-{subject.network.run_id}",
        )
        against = st.selectbox(
            "and not a ...",
            [None, *(other for other in range(NUM_CLASSES) if other != digit)],
            format_func=lambda other: "-" if other is None else str(other),
            key="why-against",
            width=110,
        )
    return digit, against


def choose_method(subject: Subject) -> tuple[str, int]:
    """Let the visitor choose a method and, for Grad-CAM, one of the convolution layers; by default the last."""
    every = subject.network.experiment.architecture.layers
    layers = [index for index, layer in enumerate(every) if isinstance(layer, Conv2D)]
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        method = choose(
            "Method",
            [method for method in METHODS if layers or method != GRAD_CAM],
            f"why-method-{bool(layers)}",
            INTEGRATED,
        )
        if method != GRAD_CAM:
            return method, -1
        layer_index = st.selectbox(
            "At layer", layers, index=len(layers) - 1, format_func=lambda index: f"{index + 1}. Conv2D", width=150
        )
    return method, layer_index


def measured(digit: int, against: int | None, value: float, integrated: attribution.Integrated | None) -> str:
    """The score that is explained and, for integrated gradients, whether its parts make the whole."""
    name = f"The {digit}'s logit" if against is None else f"The {digit}'s logit above the {against}'s"
    said = (
        f"{name} is **{value:.2f}**. The logit, before softmax, is explained and not the probability: "
        "at 99.9 % that hardly moves any more."
    )
    if integrated is None:
        return said
    verdict = ":green-badge[:material/check: complete]" if integrated.is_complete else ":orange-badge[not complete]"
    return (
        f"{said} All pixels together, in {integrated.steps} steps: **{integrated.total:+.3f}**; the score above that "
        f"of black paper: **{integrated.difference:+.3f}** {verdict}"
    )


def evidence(reader: Reader, image: np.ndarray) -> None:
    """Show gradient times ink for all ten classes, on one scale."""
    scores = [Score(reader, class_direction(digit)) for digit in range(NUM_CLASSES)]
    maps(
        np.stack([attribution.gradient_times_input(score.gradient, image) for score in scores]),
        key="why-evidence",
        titles=[f"{digit}: {score.value(image):+.1f}" for digit, score in enumerate(scores)],
        kind="diverging",
        size=CLASS_SIZE,
        describe="Gradient x input for each digit, with its logit: orange speaks for it, blue against it.",
    )
