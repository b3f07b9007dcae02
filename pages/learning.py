"""Learning: what a loss is, how weights roll downhill, batches and epochs as arithmetic, too small and too large."""

from cnnlab import mnist
from cnnlab.lessons import descent
from pages.parts.learning import batches, downhill, fits, losses
from ui.components.one_hot import costs
from ui.frame import begin
from ui.lesson import article, code, heading, next_station, station

begin()

PARAGRAPHS = {
    "Label and loss": "The label says which class is true, as a row $y$ of zeros with a single one. The network "
    "answers with a row $p$ of probabilities. The loss is one number for how far apart they are: "
    "$-\\sum_k y_k \\ln p_k$. All zeros of the label drop out, so that only the true class's probability is left. "
    "The logarithm makes confident mistakes expensive: 0.5 costs 0.69, 0.1 costs 2.3, 0.001 costs 6.9. "
    "Source: [Goodfellow, Bengio and Courville, *Deep Learning*, 2016, chapter 6]"
    "(https://www.deeplearningbook.org/contents/mlp.html).",
    "Gradient descent": "The gradient tells for every weight how the loss would change if it grew a little. A step "
    "goes the other way: $w \\leftarrow w - \\eta \\, \\nabla L(w)$, with the learning rate $\\eta$. Too small, and "
    "it takes forever; too large, and each step lands higher up on the other side. Momentum keeps a part of the last "
    "step, RMSprop divides each weight's slope by its usual size, and Adam does both. Here there are two weights, so "
    "that the surface can be drawn; a network has thousands, and the same formula. Sources: Polyak, 1964; "
    "[Kingma and Ba, *Adam*, 2014](https://arxiv.org/abs/1412.6980).",
    "Updates and epochs": "The slope over all training images is exact, but dear. A batch of a few gives a slope that "
    "is about right for a fraction of the work, so that many more steps can be taken. One step is an update; when "
    "every image was used once, an epoch is over: `updates = images / batch size, rounded up, x epochs`. "
    "Small batches make noisy steps, large ones fewer steps. The order is shuffled anew in every epoch. "
    "Source: [Bottou, Curtis and Nocedal, *Optimization methods for large-scale machine learning*, 2016]"
    "(https://arxiv.org/abs/1606.04838).",
    "Underfitting and overfitting": "What counts is how well new pictures are read. A network that is too small "
    "misreads even the ones it has learned from: it underfits. One that is too large can learn them by heart, noise "
    "included, and reads new ones worse: it overfits. The gap is seen only on images that are kept out of training, "
    "the validation set: `gap = validation loss - training loss`. More data, a smaller network, dropout, or stopping "
    "where the validation loss is lowest make it smaller. Source: [Goodfellow, Bengio and Courville, "
    "*Deep Learning*, 2016, chapter 5](https://www.deeplearningbook.org/contents/ml.html).",
}

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

article(PARAGRAPHS)
next_station()
