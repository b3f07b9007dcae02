"""What a photo costs: a dense layer against a convolution, in weights and in work, and how both grow."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from cnnlab.limits import LIMITS
from cnnlab.nn.architecture import LayerSummary, check
from cnnlab.nn.layers import Conv2D, Dense, Flatten
from ui import colours, lesson
from ui.figures import chart
from ui.glossary import term
from ui.widgets import lasting

PHOTO = (3072, 2304)  # width and height: 7 megapixels
SIDES = (32, 20_000)
GROWTH = 2.0 ** np.arange(-6, 3)  # sides of the charted photos, as multiples of the chosen one's
LOOKS = {"Convolution": ("Conv2D", "square"), "Dense": ("Dense", "circle")}
CHART = (400, 260)  # width and height in pixels


def costs(width: int, height: int, layer: Conv2D, units: int) -> tuple[LayerSummary, LayerSummary]:
    """What a convolution and a dense layer cost that look at a colour picture of `width` x `height` pixels."""
    shape = (height, width, 3)
    return check((layer,), shape).summaries[0], check((Flatten(), Dense(units)), shape).summaries[1]


def spoken(count: int) -> str:
    """A count as people say it: 2,432; 212 million."""
    for size, word in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
        if count >= size:
            return f"{count / size:.3g} {word}"
    return f"{count:,}"


def calculator() -> None:
    """Show the cost question: five numbers to choose, the answer as a sentence, as charts and as arithmetic."""
    with st.container(horizontal=True, gap="small"):
        width = _number("Width of the photo", SIDES, PHOTO[0])
        height = _number("Height", SIDES, PHOTO[1])
        layer = Conv2D(_number("Filters", LIMITS["filters"], 32), _number("Kernel size", LIMITS["kernel_size"], 5))
        units = _number("Dense units", LIMITS["units"], 10)
    convolution, dense = costs(width, height, layer, units)
    kernel = f"{layer.kernel_size}x{layer.kernel_size}"
    st.markdown(
        f"A {term('dense')} layer of {units} units on this photo: **{spoken(dense.num_parameters)} weights**. "
        f"A {term('convolution')} of {layer.filters} {kernel} filters: **{spoken(convolution.num_parameters)}**."
    )
    _charts(width, height, layer, units)
    st.markdown(
        f"| | {term('weight', 'weights')} and biases | {term('multiply-add', 'multiply-adds')} |\n|---|---|---|\n"
        f"| Dense, {units} units | {dense.arithmetic} | {dense.multiply_adds:,} |\n"
        f"| Convolution, {layer.filters} filters | {convolution.arithmetic} | {convolution.multiply_adds:,} |"
    )
    large_convolution, large_dense = costs(2 * width, 2 * height, layer, units)
    lesson.predict(
        "pixels-cost",
        f"The photo becomes twice as wide and twice as high. How many times as many weights does the {kernel} "
        "convolution need then?",
        large_convolution.num_parameters // convolution.num_parameters,
        reveal=f"The same filters slide over more places: {convolution.num_parameters:,} weights before and "
        f"{large_convolution.num_parameters:,} after. The dense layer has weights for every pixel: "
        f"{spoken(dense.num_parameters)} before, {spoken(large_dense.num_parameters)} after. What grows for the "
        f"convolution is the work: {large_convolution.multiply_adds / convolution.multiply_adds:.3g} times.",
    )
    lesson.notes_say(
        "On a photo of 7 megapixels, dense layers cost too much, and convolution is the way out.",
        f"in weights, which must be learned and stored, it is: {spoken(dense.num_parameters)} against "
        f"{spoken(convolution.num_parameters)}. In work it is not: {spoken(dense.multiply_adds)} multiply-adds against "
        f"{spoken(convolution.multiply_adds)}. That is why networks soon make their maps smaller, by pooling.",
        None,
    )


def _number(label: str, limits: tuple[float, float], value: int) -> int:
    low, high = map(int, limits)
    return lasting(st.number_input, label, low, high, value, key=f"cost-{label}", width=150)


def _charts(width: int, height: int, layer: Conv2D, units: int) -> None:
    """Draw both costs against the photo's size; each step of a scale is ten times the one before."""
    sides = [[max(SIDES[0], round(side * times)) for side in (width, height)] for times in GROWTH]
    megapixels = [across * down / 1e6 for across, down in sides]
    pairs = [costs(across, down, layer, units) for across, down in sides]
    titles = {"num_parameters": "Weights", "multiply_adds": "Multiply-adds for one photo"}
    with st.container(horizontal=True, gap="small"):
        for what, title in titles.items():
            with st.container(width=CHART[0]):
                figure = go.Figure()
                for name, summaries in zip(LOOKS, zip(*pairs, strict=True), strict=True):
                    layer_type, marker = LOOKS[name]
                    figure.add_scatter(
                        x=megapixels,
                        y=[getattr(summary, what) for summary in summaries],
                        name=name,
                        mode="lines+markers",
                        line_color=colours.LAYERS[layer_type],
                        marker_symbol=marker,
                        hovertemplate="%{x:.3g} megapixels: %{y:,}",
                    )
                chart(
                    figure,
                    f"cost-{what}",
                    x={"type": "log", "title": "megapixels", "dtick": 1},
                    y={"type": "log", "exponentformat": "B"},
                    title=title,
                    height=CHART[1],
                    margin={"l": 0, "r": 8, "t": 60, "b": 0},
                    legend={"orientation": "h", "y": 1.16},
                )
