"""What follows the stage of a run, with known data; "Next stage" sends one stage more."""

import numpy as np
import streamlit as st

from ui.components.confusion import confusion_of_stages
from ui.components.curves import curves
from ui.components.digits import Own, digits
from ui.components.frames import frames, group
from ui.components.reading import reading
from ui.components.sizes import Column, sizes
from ui.components.timeline import timeline

RUN = "a run"
STEPS = [0, 1, 5, 10, 20]
LABELS = ["Before training", "Epoch 1, batch 1", "Epoch 1, batch 5", "Epoch 1, batch 10", "Epoch 2, batch 10"]
TRUTH = np.array([3, 3, 7, 7, 1])


def filters() -> np.ndarray:
    """Signed, float (stages, 2, 3, 3): the stage's number everywhere in the first, minus it in the second."""
    return np.stack([np.stack([np.full((3, 3), k), np.full((3, 3), -k)]) for k in range(len(STEPS))]).astype(float)


def answers() -> np.ndarray:
    """Probabilities of a 3, float (stages, 10): a 7 at first, a 3 at the end."""
    found = np.full((len(STEPS), 10), 0.02)
    found[:2, 7], found[2:, 3] = 0.5, 0.9
    return found


def read_as() -> np.ndarray:
    """Int (stages, digits): all a 1 at first, one more right at each stage."""
    return np.array([[label if place < k else 1 for place, label in enumerate(TRUTH)] for k in range(len(STEPS))])


def main() -> None:
    """All of them below each other."""
    st.set_page_config(page_title="Stages", layout="wide")
    number = st.session_state.setdefault("number", 4)
    if st.button("Next stage") and number < len(STEPS):
        number = st.session_state["number"] = number + 1
    st.text(f"{number} stages")
    steps = STEPS[:number]
    timeline(RUN, steps, LABELS[:number], key="timeline", batches_per_epoch=10, is_live=number < len(STEPS))
    loss = np.linspace(2, 1, 20)
    ends = np.array([10, 20])
    curves(np.arange(1, 21), loss, 1 - loss / 2, ends, loss[ends - 1], 1 - loss[ends - 1] / 2, np.zeros(0), np.zeros(0),
           20, 10, key="curves", run_id=RUN)  # fmt: skip
    picture = np.zeros((28, 28), np.uint8)
    reading(RUN, steps, LABELS[:number], answers()[:number], key="reading", picture=picture, name="A 3", expected=3)
    frames(RUN, steps, [group("Filters", "signed", filters()[:number])], key="frames", size=30, name="filter")
    own = Own(picture, steps, answers()[:number])
    looked = steps[1:]  # nobody has looked at the first stage
    digits(RUN, looked, read_as()[1:number], np.full((len(looked), 5), 0.6), key="digits",
                    images=np.zeros((5, 28, 28), np.uint8), labels=TRUTH, own=own, num_shown=20, on_choose=lambda index: st.session_state.update(chosen=index))  # fmt: skip
    st.text(f"chosen: {st.session_state.get('chosen')}")
    counts = np.stack([np.eye(10, dtype=int) * 10 * k for k in range(1, number)])
    counts[:, 2, 3] = 5
    confusion_of_stages(RUN, looked, counts, key="matrices")
    size = np.array([[k + 1.0, np.nan] for k in range(number)])
    sizes(RUN, [("1. Conv2D", "#123456"), ("2. Dense", "#654321")],
          [Column("Weights", steps, size), Column("Change", steps, size / 100, is_share=True)], key="sizes")  # fmt: skip


if __name__ == "__main__":
    main()
