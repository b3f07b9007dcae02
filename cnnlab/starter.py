"""The network that ships with the project: how it is loaded, and how it was trained.

    python -m cnnlab.starter

trains it afresh and prints its accuracy on the test images and on drawings (`strokes`). What people draw differs
from MNIST in the width of the pen, slant, proportions and place, so the network never sees a training image twice in
the same form: `augment`. That, the falling learning rate and the choice of the best epoch are the starter's own; all
else is in `EXPERIMENT`, which is stored beside the weights.
"""

from pathlib import Path
from typing import Any

import numpy as np

from cnnlab import mnist
from cnnlab.digits import prepare, strokes
from cnnlab.experiment import Experiment, TrainingSettings
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from cnnlab.nn.weights import Weights

EXPERIMENT_FILE = Path(__file__).parent / "assets" / "starter.json"
WEIGHTS_FILE = EXPERIMENT_FILE.with_suffix(".npz")

EXPERIMENT = Experiment(
    Architecture(
        (
            Conv2D(16, 5, activation="relu"),
            MaxPooling2D(2),
            Conv2D(64, 5, activation="relu"),
            MaxPooling2D(2),
            Flatten(),
            Dense(128, activation="relu"),
            Dropout(0.4),
            Dense(10, activation="softmax"),
        )
    ),
    training=TrainingSettings(optimizer="adam", learning_rate=0.002, batch_size=128, epochs=20),
)

THICKER = (-0.8, 1.2)
"""Pixels by which a line grows."""
TURN = (-10.0, 10.0)
"""Degrees."""
SLANT = (-0.2, 0.2)
"""Pixels to the side for each pixel down."""
SCALE = (0.8, 1.15)
"""Factor, for height and width each by itself."""
SHIFT = (-1.5, 1.5)
"""Pixels, up and to the left."""


def load() -> tuple[Experiment, Weights]:
    """Return the starter's experiment and its trained weights: float32, by '<layer index>/<Keras name>'."""
    experiment = Experiment.from_json(EXPERIMENT_FILE.read_text(encoding="utf-8"))
    with np.load(WEIGHTS_FILE) as arrays:
        return experiment, dict(arrays)


def augment(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Redraw each image as another hand and pen might have: float32 (n, 28, 28, 1) in [0, 1] -> the same.

    A line grows by a pixel when every pixel takes the maximum over a 2x2 window, and shrinks by one with the minimum;
    fractions are mixtures. Then one affine map an image, each with a chance of its own, is applied bilinearly.
    """
    from keras import ops  # noqa: PLC0415 - the web process loads the starter, and never TensorFlow

    def grow(batch: Any) -> Any:  # noqa: ANN401 - a tensor
        return ops.max_pool(batch, 2, strides=1, padding="same")

    thicker = grow(images)
    thickest = grow(thicker[:, ::-1, ::-1])[:, ::-1, ::-1]  # the other way round, so that the line stays in place
    pens = {-1: -grow(-images), 0: images, 1: thicker, 2: thickest}
    amount = rng.uniform(*THICKER, (len(images), 1, 1, 1)).astype(np.float32)
    redrawn = sum(pen * np.maximum(0, 1 - np.abs(amount - pixels)) for pixels, pen in pens.items())
    maps = affine_maps(len(images), rng)
    return np.asarray(ops.image.affine_transform(redrawn, maps, interpolation="bilinear", fill_mode="constant"))


def affine_maps(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return random maps about the middle of an image, in the form of `keras.ops.image.affine_transform`.

    float32 (n, 8); with a row a0 to a7, pixel (x, y) of the new image is taken from the old one's
    (a0 x + a1 y + a2, a3 x + a4 y + a5). a6 and a7 are zero.
    """
    angle, slant = np.radians(rng.uniform(*TURN, n)), rng.uniform(*SLANT, n)
    cos, sin, zero, one = np.cos(angle), np.sin(angle), np.zeros(n), np.ones(n)
    turn = np.moveaxis(np.array([[cos, -sin], [sin, cos]]), 2, 0)
    lean = np.moveaxis(np.array([[one, slant], [zero, one]]), 2, 0)
    linear = turn @ lean / rng.uniform(*SCALE, (n, 1, 2))
    middle = (prepare.SIZE - 1) / 2
    shift = middle - linear.sum(axis=2) * middle + rng.uniform(*SHIFT, (n, 2))
    rows = np.concatenate([linear, shift[:, :, np.newaxis]], axis=2).reshape(n, 6)
    return np.pad(rows, ((0, 0), (0, 2))).astype(np.float32)


def train(experiment: Experiment) -> Weights:
    """Train on augmented images; return the weights of the epoch with the lowest loss on the validation images.

    The learning rate falls from epoch to epoch, from the experiment's towards zero along half a cosine (Loshchilov and
    Hutter, "SGDR", 2017).
    """
    from cnnlab.training import keras_models  # noqa: PLC0415 - see `augment`

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
    from cnnlab.training import keras_models  # noqa: PLC0415 - see `augment`

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
    test = mnist.load().test
    print(f"test accuracy          {accuracy(*load(), mnist.normalise(test.images), test.labels):.2%}")
    print(f"accuracy on drawings   {accuracy(*load(), *drawn_digits()):.2%}")


if __name__ == "__main__":
    main()
