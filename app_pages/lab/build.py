"""Build: choose layers, see what each makes of the picture and what it costs."""

import streamlit as st

from cnnlab import source_code
from cnnlab.architecture import LAYERS, Conv2D, Dense, Dropout, Layer, dimensions
from cnnlab.limits import LIMITS
from cnnlab.presets import EXAMPLE_DRAFTS, PRESETS
from ui.components.architecture import architecture
from ui.controls import follow_link, layer_settings, open_json, write_link
from ui.figures import cards
from ui.lesson import try_this
from ui.state import component_value, control, state

NEW_LAYERS: dict[str, Layer] = {
    **{name: kind() for name, kind in LAYERS.items() if name not in ("Conv2D", "Dense", "Dropout")},
    "Conv2D": Conv2D(16, 3, activation="relu"),
    "Dense": Dense(32, activation="relu"),
    "Dropout": Dropout(0.25),
}

visitor = state()
st.title("Build")
follow_link()


def load(name: str) -> None:
    """Begin with a preset, or with an example of what does not fit."""
    if name in PRESETS:
        visitor.load(PRESETS[name])
    elif name in EXAMPLE_DRAFTS:
        visitor.change(layers=EXAMPLE_DRAFTS[name])
        visitor.link_problem = None


current = next((name for name, preset in PRESETS.items() if preset == visitor.draft.experiment()), None)
current = current or next((name for name, layers in EXAMPLE_DRAFTS.items() if layers == visitor.draft.layers), None)
control(st.pills, "Begin with", "preset", current, load, options=[*PRESETS, *EXAMPLE_DRAFTS])


def edit(layers: tuple[Layer, ...], selected: int | None) -> None:
    """Put other layers into the draft and select one."""
    visitor.change(layers=layers)
    visitor.selected_layer = selected
    visitor.link_problem = None


def select() -> None:
    """Take over the layer that was clicked; the input stands first in the picture."""
    clicked = component_value("architecture", "selected")
    visitor.selected_layer = clicked - 1 if clicked else None


layers, report = visitor.draft.layers, visitor.draft.check()
selected = (
    visitor.selected_layer if visitor.selected_layer is not None and visitor.selected_layer < len(layers) else None
)
architecture(
    cards(layers, report),
    key="architecture",
    selected=None if selected is None else selected + 1,
    on_select=select,
)
experiment = visitor.draft.experiment()
write_link(experiment)

verdict, train = st.columns([3, 1], vertical_alignment="center")
if experiment:
    costs = experiment.architecture
    verdict.markdown(f"**{costs.num_parameters:,} parameters** · {costs.multiply_adds:,} multiply-adds for each image")
elif report.problem:
    verdict.warning(report.problem.message, icon=":material/build:")
if train.button("Train it", type="primary", icon=":material/arrow_forward:", disabled=not experiment, width="stretch"):
    st.switch_page("app_pages/lab/train.py")

try_this(
    "a second MaxPooling2D, or a larger kernel.",
    "how the maps shrink, and which layer has most of the parameters.",
)

with st.container(border=True):
    if selected is None:
        st.markdown("**Choose a layer** in the picture to change it, or add one at the end.")
        position = len(layers)
    else:
        layer, position = layers[selected], selected + 1
        before, own, after = layers[:selected], (layer,), layers[selected + 1 :]
        st.markdown(f"**Layer {selected + 1} · {type(layer).__name__}**")
        layer_settings(selected, layer)
        with st.container(horizontal=True):
            swapped_left = (*before[:-1], layer, *before[-1:], *after)
            swapped_right = (*before, *after[:1], layer, *after[1:])
            st.button(
                "Move left",
                icon=":material/arrow_back:",
                disabled=selected == 0,
                on_click=edit,
                args=(swapped_left, selected - 1),
            )
            st.button(
                "Move right",
                icon=":material/arrow_forward:",
                disabled=not after,
                on_click=edit,
                args=(swapped_right, selected + 1),
            )
            st.button(
                "Duplicate",
                icon=":material/content_copy:",
                disabled=len(layers) >= LIMITS["layers"][1],
                on_click=edit,
                args=((*before, layer, *own, *after), selected + 1),
            )
            st.button(
                "Remove",
                icon=":material/delete:",
                on_click=edit,
                args=((*before, *after), min(selected, len(layers) - 2) if len(layers) > 1 else None),
            )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Add after it:" if selected is not None else "Add:")
        for name in LAYERS:
            st.button(
                name,
                icon=":material/add:",
                key=f"add-{name}",
                disabled=len(layers) >= LIMITS["layers"][1],
                on_click=edit,
                args=((*layers[:position], NEW_LAYERS[name], *layers[position:]), position),
            )

st.subheader("Layer by layer")
st.dataframe(
    [
        {
            "Layer": f"{index + 1}. {type(summary.layer).__name__}",
            "Output": dimensions(summary.output_shape),
            "Parameters": summary.arithmetic,
            "Multiply-adds": summary.multiply_adds,
            "Sees (pixels)": f"{summary.receptive_field} x {summary.receptive_field}",
            "Memory (KB)": summary.memory / 1024,
        }
        for index, summary in enumerate(report.summaries)
    ],
    hide_index=True,
    column_config={
        "Multiply-adds": st.column_config.NumberColumn(format="localized", help="Multiplications for one image"),
        "Memory (KB)": st.column_config.NumberColumn(format="%.2f", help="The layer's output for one image"),
        "Sees (pixels)": st.column_config.TextColumn(
            help="Receptive field: what one output value can see of the digit"
        ),
    },
)
with st.container(horizontal=True):
    if experiment:
        st.download_button(
            "Save as JSON",
            experiment.to_json(),
            "experiment.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )
    with st.popover("Open JSON", icon=":material/upload:"):
        open_json()
if experiment:
    st.caption("The address of this page holds the whole experiment: copy it to share it.")
    with st.expander("The same in Keras", icon=":material/code:"):
        st.code(source_code.script(experiment), language="python")
        with st.container(horizontal=True):
            for label, content, file in (
                ("Download script", source_code.script(experiment), "cnn.py"),
                ("Download notebook", source_code.notebook(experiment), "cnn.ipynb"),
            ):
                st.download_button(label, content, file, icon=":material/download:", on_click="ignore")
        st.caption("It needs TensorFlow only, and repeats the run: the same first weights, the same batches.")
