"""Learning: what a loss is, how weights roll downhill, batches and epochs as arithmetic, too small and too large."""

from cnnlab import mnist
from cnnlab.lessons import descent
from pages.parts.learning import batches, downhill, fits, losses
from ui.components.one_hot import costs
from ui.frame import begin
from ui.lesson import article, code, heading, next_station, station

begin()


station("Learning")

heading("What a loss is", "Label and loss")
losses.label_and_answer()
code(mnist.one_hot, costs)

heading("Rolling downhill", "Gradient descent")
downhill.roll()
downhill.too_fast()
code(descent.sgd, descent.sgd_momentum, descent.rmsprop, descent.adam)

heading("Batches and epochs", "Updates and epochs")
batches.updates()
batches.how_many()

heading("Too small, too large, and right", "Underfitting and overfitting")
fits.recorded()
fits.more_epochs()
fits.with_dropout()

article(__file__)
next_station()
