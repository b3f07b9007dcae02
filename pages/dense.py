"""Flatten, dense, dropout, softmax: how maps become one line, a line ten scores, and scores probabilities."""

from cnnlab.nn import operations as ops
from pages.parts.dense import certainty, dense_layers, flattening, masks
from ui.frame import begin
from ui.lesson import article, code, heading, next_station, station

begin()


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

article(__file__)
next_station()
