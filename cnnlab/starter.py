"""The network that ships with the project: how it is loaded, and how it was trained.

    python -m cnnlab.starter

trains it afresh and prints its accuracy on the test images and on drawings (`strokes`). What people draw differs
from MNIST in the width of the pen, slant, proportions and place, so the network never sees a training image twice in
the same form: `augment`. That, the falling learning rate and the choice of the best epoch are the starter's own; all
else is in `EXPERIMENT`, which is stored beside the weights.
"""

from pathlib import Path

import numpy as np

from cnnlab import mnist
from cnnlab.digits import affine, prepare, strokes
from cnnlab.digits.distortions import thicken
from cnnlab.experiment import Experiment, TrainingSettings
from cnnlab.explain.likeness import Likeness
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import HEAD, Dense, Dropout, Flatten
from cnnlab.nn.layers import convolution_block as block
from cnnlab.nn.weights import Weights

EXPERIMENT_FILE = Path(__file__).parent / "assets" / "starter.json"
WEIGHTS_FILE = EXPERIMENT_FILE.with_suffix(".npz")
LIKENESS_FILE = EXPERIMENT_FILE.with_name("starter_likeness.npz")

EXPERIMENT = Experiment(
    Architecture((*block(16, 5), *block(64, 5), Flatten(), Dense(128, activation="relu"), Dropout(0.4), HEAD)),
    training=TrainingSettings(optimizer="adam", learning_rate=0.002, batch_size=128, epochs=20),
)

THICKER = (-0.8, 1.2)  # pixels by which a line grows
TURN = (-10.0, 10.0)  # degrees
SLANT = (-0.2, 0.2)  # pixels to the side for each pixel down
SCALE = (0.8, 1.15)  # factor, for height and width each by itself
SHIFT = (-1.5, 1.5)  # pixels, up and to the left


def load() -> tuple[Experiment, Weights]:
    """Return the starter's experiment and its trained weights: float32, by '<layer index>/<Keras name>'."""
    experiment = Experiment.from_json(EXPERIMENT_FILE.read_text(encoding="utf-8"))
    with np.load(WEIGHTS_FILE) as arrays:
        return experiment, Weights(arrays)


def augment(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Redraw each image as another hand and pen might have: float32 (n, 28, 28, 1) in [0, 1] -> the same.

    Its lines grow or shrink, then it is turned, slanted, enlarged and shifted, all by chance.
    """
    n, shape = len(images), images.shape[1:3]
    amounts = rng.uniform(*THICKER, n)
    redrawn = np.stack([thicken(image, amount) for image, amount in zip(images[..., 0], amounts, strict=True)])
    degrees, slant = rng.uniform(*TURN, n), rng.uniform(*SLANT, n)
    lean = np.tile(np.eye(2), (n, 1, 1))
    lean[:, 0, 1] = slant
    maps = affine.about_the_middle(affine.turns(degrees) @ lean / rng.uniform(*SCALE, (n, 1, 2)), shape)
    maps[:, :, 2] += rng.uniform(*SHIFT, (n, 2))
    return affine.resample(redrawn, maps)[..., np.newaxis]


def train(experiment: Experiment) -> Weights:
    """Train on augmented images; return the weights of the epoch with the lowest loss on the validation images.

    The learning rate falls from epoch to epoch, from the experiment's towards zero along half a cosine (Loshchilov and
    Hutter, "SGDR", 2017).
    """
    from cnnlab.training import keras_models  # noqa: PLC0415 - the web process loads the starter, and never TensorFlow

    data, training = experiment.data, experiment.training
    images, labels = mnist.normalise(mnist.load().train.images), mnist.one_hot(mnist.load().train.labels)
    validation = slice(len(images) - data.validation_size, None)
    model = keras_models.build(experiment)
    best, lowest_loss = keras_models.weights_of(model), np.inf
    for epoch in range(training.epochs):
        model.optimizer.learning_rate = training.learning_rate * (1 + np.cos(np.pi * epoch / training.epochs)) / 2
        rng = np.random.default_rng((experiment.seed, epoch))
        for batch in np.array_split(rng.permutation(data.num_train), experiment.batches_per_epoch):
            model.train_on_batch(augment(images[batch], rng), labels[batch])
        loss, accuracy = model.evaluate(images[validation], labels[validation], batch_size=500, verbose=0)
        print(f"epoch {epoch + 1:2}  validation loss {loss:.4f}  accuracy {accuracy:.2%}", flush=True)
        if loss < lowest_loss:
            best, lowest_loss = keras_models.weights_of(model), loss
    return best


def accuracy(experiment: Experiment, weights: Weights, images: np.ndarray, labels: np.ndarray) -> float:
    """Share of images read rightly: images float32 (n, 28, 28, 1) in [0, 1], labels integers (n,)."""
    from cnnlab.training import keras_models  # noqa: PLC0415 - the web process loads the starter, and never TensorFlow

    model = keras_models.build(experiment)
    keras_models.set_weights(model, weights)
    return float(np.mean(model.predict(images, batch_size=500, verbose=0).argmax(axis=1) == labels))


def drawn_digits(n: int = 1000) -> tuple[np.ndarray, np.ndarray]:
    """Return drawings as the network is given them, float32 (n, 28, 28, 1), and their digits, int (n,)."""
    prepared = [(prepare.from_canvas(drawing), digit) for drawing, digit in strokes.drawings(n)]
    return np.array([image for image, _ in prepared])[..., np.newaxis], np.array([digit for _, digit in prepared])


def main() -> None:
    """Train, store, and measure what was stored."""
    weights = train(EXPERIMENT)
    EXPERIMENT_FILE.write_text(EXPERIMENT.to_json() + "\n", encoding="utf-8")
    np.savez(WEIGHTS_FILE, allow_pickle=False, **weights)
    Likeness.of(*load()).save(LIKENESS_FILE)
    test = mnist.load().test
    print(f"test accuracy          {accuracy(*load(), mnist.normalise(test.images), test.labels):.2%}")
    print(f"accuracy on drawings   {accuracy(*load(), *drawn_digits()):.2%}")


if __name__ == "__main__":
    main()
