"""The glossary: every technical word in one or two plain sentences, shown as a tooltip wherever it appears."""

import html
import re
from pathlib import Path

import streamlit as st

TERMS: dict[str, str] = {
    "accuracy": "The share of pictures whose class was named rightly.",
    "activation": "What is done to a sum before it is passed on; ReLU, for one, keeps it only if it is above zero.",
    "batch": "The pictures that are looked at together before the weights are changed once.",
    "bias": "A learned number that is added to the weighted sum: it shifts the answer up or down.",
    "binary cross-entropy": "The loss for yes-or-no questions: each output is judged by itself.",
    "categorical cross-entropy": "The loss for one-of-many questions: minus the log of the true class's probability.",
    "channel": "One number per pixel over the whole picture: grey has one channel, colour has red, green and blue.",
    "class": "One of the things that a network chooses between, such as the ten digits.",
    "convolution": "A small grid of weights slides over the picture; everywhere it multiplies and adds up.",
    "correlation": "Sliding and multiplying without flipping the kernel first: what deep learning calls convolution.",
    "cross-entropy": "A loss: minus the logarithm of the true class's probability. Sure and wrong costs most.",
    "dense": "A layer in which every unit sees every input, each through a weight of its own.",
    "dilation": "Gaps between a kernel's cells, so that it sees further with the same number of weights.",
    "dropout": "While training, some values are set to zero at random, so that no unit can rely on a single other.",
    "epoch": "One pass over all training pictures.",
    "feature map": "The picture that one filter makes: bright where what it looks for is found.",
    "filter": "Looks for one pattern and makes one feature map: a kernel, one plane deep for each channel, and a bias.",
    "flatten": "Put all values of the maps into one row, so that a dense layer can read them.",
    "gradient": "For every weight, how much the loss would change if the weight grew a little: it points uphill.",
    "gradient descent": "Change every weight a little against its gradient, downhill, again and again.",
    "kernel": "The small grid of weights that slides over the picture.",
    "label": "The right answer that belongs to a training picture.",
    "learning rate": "How long a step is when the weights are changed.",
    "logit": "The raw score of a class before softmax makes a probability of it; any number.",
    "loss": "One number for how wrong the answers are; training makes it small.",
    "momentum": "A step keeps a part of the step before it, like a ball that rolls on.",
    "multiply-add": "One multiplication and the addition that belongs to it: the unit in which work is counted.",
    "normalise": "Bring numbers into a common range; for pixels: divide by 255, so that they lie from 0 to 1.",
    "one-hot": "A label written as a row of zeros with a single one at the place of the true class.",
    "optimizer": "The rule that makes a step out of a gradient: sgd, momentum, rmsprop, adam.",
    "overfitting": "The network knows its training pictures by heart, but does worse on new ones.",
    "padding": "Zeros put around the picture, so that the kernel can also be centred on its border.",
    "parameter": "A number that is learned: a weight or a bias.",
    "patch": "The part of the picture that the kernel covers at one place.",
    "pixel": "One cell of a picture: a whole number from 0 (dark) to 255 (light), or three of them for colour.",
    "plane": "One channel of a picture, seen as a grey picture of its own.",
    "pooling": "Make a map smaller: each small window becomes one number, its largest or its mean.",
    "probability": "A number from 0 (never) to 1 (always); those of all classes add up to 1.",
    "receptive field": "The part of the input picture that one value of a deeper layer can see.",
    "ReLU": "max(0, x): what is below zero becomes zero, the rest stays.",
    "reshape": "Lay the same numbers out in other dimensions, in the same order; none is changed.",
    "RGB": "Red, green and blue: the three numbers that make the colour of a pixel.",
    "softmax": "Makes probabilities of scores: take e to the power of each, then divide by their sum.",
    "stride": "How many pixels the window moves from one value to the next.",
    "temperature": "What scores are divided by before softmax: above 1 evens probabilities out, below 1 sharpens them.",
    "tensor": "Numbers in a grid of any number of dimensions: a row, a table, a stack of tables.",
    "test set": "Pictures that are kept until the end, to measure once how good the network really is.",
    "training set": "The pictures that the weights are learned from.",
    "underfitting": "The network has not even learned its training pictures: too small, or trained too little.",
    "unit": "One output of a dense layer: a weighted sum of all inputs and an activation. Also called a neuron.",
    "update": "One change of all weights, made after one batch.",
    "validation": "Pictures held back from training, to see while training how it goes on new ones.",
    "weight": "A learned number that an input is multiplied by.",
}
"""Term: its meaning. Terms are written as inside a sentence."""

_STYLE = Path(__file__).with_name("glossary.css")


def term(name: str, shown: str | None = None) -> str:
    """A term as Markdown, with its meaning as the tooltip: `st.markdown(f"Each {term('pixel')} is a number.")`.

    The mouse shows the tooltip on hover; the Tab key and a tap show it at the foot of the window (`style`).

    Args:
        name: a key of `TERMS`.
        shown: the word as it stands in the sentence, such as a plural; by default `name`.

    Raises:
        ValueError: if there is no such term.
    """
    if name not in TERMS:
        raise ValueError(f"`name` must be a term of the glossary. Received: name={name!r}")
    anchor = re.sub(r"\W+", "-", name.lower())
    return f'[{shown or name}](#term-{anchor} "{html.escape(TERMS[name])}")'


def style() -> None:
    """Make terms look like terms, and show the meaning of the one that has the focus. Once a page."""
    st.html(_STYLE)
