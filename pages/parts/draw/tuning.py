"""How well networks read one's own handwriting, and a short training in which one learns it: before and after."""

from concurrent.futures import Future
from contextlib import suppress

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.evaluation import predict
from cnnlab.nn.weights import Weights
from cnnlab.runs import handwriting
from cnnlab.runs.handwriting import Handwriting
from cnnlab.runs.store import DamagedRunError, Run, StoreError, UnknownRunError
from cnnlab.training.events import Start
from pages.parts.draw.compare import readable
from ui import cached
from ui.address import write
from ui.components.gallery import Item, gallery
from ui.computed import ask
from ui.networks import Network, names_of_networks
from ui.reading import BROKE_DOWN
from ui.state import state
from ui.widgets import attempt, show_problem
from ui.words import message, percent, plain, plural

MAX_MISTAKES = 30
SHOWN = 56
TICK_SECONDS = 0.7


@st.cache_data(max_entries=200, show_spinner="Reading all drawings …")
def answers(_network: Network, weights: Weights, images: np.ndarray) -> np.ndarray:
    """What a network reads: float32 (n, 10). Computed once for the same weights and drawings."""
    del weights
    read = [_network.trace(image)[-1].output for image in mnist.normalise(images)]
    return np.array(read, np.float32).reshape(-1, mnist.NUM_CLASSES)


def count_right(network: Network, kept: Handwriting) -> int:
    """How many drawings a network reads rightly."""
    return int(predict.is_right(answers(network, network.weights, kept.images), kept.labels).sum())


def test(network: Network, kept: Handwriting) -> None:
    """How well the page's network reads the set, its mistakes, and on wish every other network."""
    read, right = answers(network, network.weights, kept.images), count_right(network, kept)
    if not np.isfinite(read).all():
        st.markdown(BROKE_DOWN)
        return
    st.markdown(
        f"**{plain(network.name)}** reads **{right} of {plural(len(kept), 'drawing')} "
        f"({percent(right / len(kept), 0)})** rightly."
    )
    wrong = np.flatnonzero(read.argmax(axis=1) != kept.labels)[:MAX_MISTAKES]
    if len(wrong):
        gallery(
            [
                Item(
                    kept.images[index],
                    f"{kept.labels[index]}, not {read[index].argmax()}",
                    f"it said {read[index].argmax()} at {read[index].max() * 100:.0f} %",
                )
                for index in wrong
            ],
            key="mistakes",
            describe="Its mistakes",
            size=SHOWN,
        )
    if st.toggle("Test every network on this server", key="test-all"):
        found = [other for network_id in names_of_networks() if (other := readable(network_id))]
        ranked = sorted(((count_right(other, kept), other.name) for other in found), key=lambda one: -one[0])
        st.dataframe(
            {
                "Network": [name for _, name in ranked],
                f"right, of {len(kept)}": [right for right, _ in ranked],
                "accuracy, %": [round(right / len(kept) * 100, 1) for right, _ in ranked],
            },
            hide_index=True,
        )


def tune(network: Network, kept: Handwriting) -> None:
    """Begin a run in which the page's network learns the set; show how the last one turned out."""
    run = _taught_run()
    is_live = run is not None and _is_live(run)
    st.button(
        "Teach it to this network",
        on_click=_begin,
        args=(network, kept),
        type="primary",
        icon=":material/school:",
        disabled=is_live,
        help="A new run begins from its weights; half of what it learns from is your handwriting, half MNIST.",
    )
    show_problem("teach")
    if run is not None:
        st.fragment(_before_and_after, run_every=TICK_SECONDS if is_live else None)(run, kept, was_live=is_live)


def _begin(network: Network, kept: Handwriting) -> None:
    with attempt("teach", StoreError):
        start = Start(network.weights, kept.images, kept.labels)
        state().handwriting.taught_run_id = cached.engine().submit(handwriting.lesson(network.experiment), start)


def _taught_run() -> Run | None:
    """The run in which a network learned this handwriting: the last one, or the one that the page shows."""
    visitor = state()
    for run_id in (visitor.handwriting.taught_run_id, visitor.run_id):
        try:
            run = cached.store().get(run_id or "")
        except UnknownRunError:
            continue
        if run.began_from_weights:
            return run
    return None


def _before_and_after(run: Run, kept: Handwriting, *, was_live: bool) -> None:
    """The network before and after, on MNIST's test digits, on what it was taught, and on what was drawn since."""
    info, start = run.info, _start(run)
    if _is_live(run):
        st.info("It is learning your handwriting: a few seconds.", icon=":material/hourglass_top:")
        return
    if was_live:
        st.rerun()  # without ticking
    after = readable(run.id)
    if info.experiment is None or start is None or after is None or info.test_accuracy is None:
        st.warning(message(info.reason or "This run ended before it was tested"), icon=":material/broken_image:")
        return
    before = Network("before", info.experiment, start.weights)
    taught = Handwriting(start.images, start.labels)
    rows: list[tuple[str, float | None, float]] = []
    rows.append(("MNIST's 10,000 test digits", _mnist_before(run), info.test_accuracy))
    for name, drawings in (("The drawings that it was taught", taught), ("Drawings kept since", kept.new_to(taught))):
        if len(drawings):
            old, new = (count_right(network, drawings) / len(drawings) for network in (before, after))
            rows.append((f"{name}: {len(drawings)}", old, new))
    figures = [["not known" if share is None else percent(share, 2) for share in shares] for _, *shares in rows]
    table = [f"| {name} | {old} | **{new}** |" for (name, *_), (old, new) in zip(rows, figures, strict=True)]
    st.markdown("\n".join(["| Read rightly | Before | After |", "|---|--:|--:|", *table]))
    if state().run_id != run.id and st.button("Draw for the taught network", icon=":material/draw:"):
        state().run_id = run.id
        write(run=None)
        st.rerun()


def _is_live(run: Run) -> bool:
    """Whether figures are still to come."""
    answer = _ask_mnist(run)
    return not run.info.is_over or (answer is not None and not answer.done())


def _mnist_before(run: Run) -> float | None:
    """The network's test accuracy before it was taught; None when no worker could compute it."""
    answer = _ask_mnist(run)
    return None if answer is None or answer.exception() else answer.result()


def _ask_mnist(run: Run) -> Future[float] | None:
    start, experiment = _start(run), run.info.experiment
    return ask(predict.test_accuracy, experiment, start.weights) if start and experiment else None


def _start(run: Run) -> Start | None:
    """Where the run began; None where that cannot be read."""
    with suppress(DamagedRunError):
        return run.start()
    return None
