"""Flatten, dense, dropout, softmax: how maps become one line, a line ten scores, and scores probabilities."""

from cnnlab.nn import operations as ops
from pages.parts.dense import certainty, dense_layers, flattening, masks
from ui.frame import begin
from ui.lesson import article, code, heading, next_station, station

begin()

PARAGRAPHS = {
    "Flattening": "A dense layer knows nothing of rows and columns: it reads a line of numbers. Flattening lays the "
    "rows of a map one behind the other; with several channels, all values of a pixel stay together. Nothing is "
    "computed and nothing is learned. A value's place follows from where it stood, and back: "
    "`index = (row x width + column) x channels + channel`. What gets lost is who was below whom: that the "
    "network must learn again from examples. "
    "Source: [Keras, Flatten](https://keras.io/api/layers/reshaping_layers/flatten/).",
    "A dense layer": "Every unit looks at every input. Each input is multiplied by a weight of the unit's own, the "
    "products are added, a bias is added, and an activation is applied: "
    "$y_j = f\\left(\\sum_i x_i \\, w_{ij} + b_j\\right)$. A large positive weight says *this speaks for me*, a "
    "negative one *this speaks against me*, and one near zero *I do not care*. Training changes the weights and "
    "biases, nothing else. Source: Rosenblatt, *The perceptron*, Psychological Review 65, 1958.",
    "Dropout": "In every training step each value is set to zero with the chance `rate`; what is left is multiplied "
    "by $\\frac{1}{1 - \\text{rate}}$, so that the sum stays the same on average. No unit can count on any other, so "
    "each must be useful by itself: that makes learning by heart harder. When the network predicts, all units are on "
    "and nothing is scaled. One may see it as training very many thin networks that share their weights, and asking "
    "all of them at once in the end. Source: [Srivastava and others, *Dropout*, 2014]"
    "(https://jmlr.org/papers/v15/srivastava14a.html).",
    "Softmax and cross-entropy": "Ten scores can be any numbers. Softmax takes e to the power of each, so that all "
    "become positive, and divides by their sum, so that they add up to one: "
    "$p_k = \\frac{e^{z_k / T}}{\\sum_j e^{z_j / T}}$. The temperature T is 1 in training; a higher one makes the "
    "answer less sure, a lower one surer, and the order never changes. Cross-entropy, $-\\ln p$ of the true class, is "
    "then the loss: nothing for being right and sure, without limit for being wrong and sure. Sources: Bridle, 1990; "
    "[Guo and others, *On calibration of modern neural networks*, 2017](https://arxiv.org/abs/1706.04599).",
}

station("Dense, dropout, softmax")

heading("Flatten: the pixels walk into one line", "Flattening")
image = flattening.line()
code(ops.flatten)

heading("Dense: every unit weighs every input", "A dense layer")
layers = dense_layers.last_layers(image)
dense_layers.weigh(layers)
dense_layers.most_weights()
code(ops.dense)

heading("Dropout: some units are switched off, while training", "Dropout")
masks.drop(layers[dense_layers.STARTER])
masks.off_when_predicting(image)
code(ops.dropout)

heading("Softmax: ten scores become probabilities", "Softmax and cross-entropy")
certainty.probabilities(layers)
certainty.how_sure()
code(ops.softmax, ops.sigmoid)

article(PARAGRAPHS)
next_station()
