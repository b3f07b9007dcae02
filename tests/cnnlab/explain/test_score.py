"""A network's scores of a picture, whatever is done to the pixels before it gets them."""

import numpy as np
import pytest

from cnnlab import starter
from cnnlab.experiment import DataSettings, Experiment
from cnnlab.explain.score import Reader, Score, class_direction

EXPERIMENT, WEIGHTS = starter.load()
IMAGE = np.random.default_rng(0).random((28, 28), dtype=np.float32)


@pytest.mark.parametrize(
    "data", [DataSettings(), DataSettings(normalise=False), DataSettings(permute_pixels=True)], ids=str
)
def test_it_reads_as_the_network_was_trained_to_and_every_slope_belongs_to_its_pixel(data):
    reader = Reader.of(Experiment(EXPERIMENT.architecture, data), WEIGHTS)
    np.testing.assert_allclose(reader.prepare(IMAGE), data.prepare(IMAGE[..., None]), atol=0.5)  # whole pixels there
    score = Score(reader, class_direction(3))
    value, slopes = score.gradient(IMAGE)
    assert value == pytest.approx(float(reader.logits(IMAGE)[3]), abs=1e-4)
    step = 1e-2 / reader.scale
    for row, column in [(5, 7), (14, 14), (20, 9)]:
        higher, lower = IMAGE.copy(), IMAGE.copy()
        higher[row, column] += step
        lower[row, column] -= step
        measured = (score.value(higher) - score.value(lower)) / (2 * step)
        assert slopes[row, column] == pytest.approx(measured, abs=0.05 * float(np.abs(slopes).max()))
