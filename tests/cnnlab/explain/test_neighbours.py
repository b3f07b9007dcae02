"""The nearest training images, against the obvious slow way."""

import numpy as np
import pytest

from cnnlab import mnist
from cnnlab.experiment import DataSettings, Experiment
from cnnlab.explain import neighbours
from cnnlab.explain.trace import PIXELS
from cnnlab.nn import network
from tests.cnnlab.explain.test_embedding import small_network

TRAIN = mnist.load().train
IMAGE = mnist.normalise(mnist.load().test.images[4, ..., 0])


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(neighbours, "NUM_IMAGES", 300)
    neighbours._training_values.cache_clear()


@pytest.mark.parametrize("data", [DataSettings(), DataSettings(normalise=False), DataSettings(permute_pixels=True)])
@pytest.mark.parametrize("layer_index", [0, 2])
def test_they_are_those_that_a_search_one_by_one_finds(layer_index, data):
    experiment, weights = small_network()
    experiment = Experiment(experiment.architecture, data)

    def values(image):
        return network.forward(experiment.architecture, weights, data.prepare(image))

    own = values(IMAGE[..., np.newaxis])[layer_index]
    outputs = [values(image) for image in mnist.normalise(TRAIN.images[:300])]
    slow = np.array([np.linalg.norm(output[layer_index] - own) for output in outputs])
    found = neighbours.nearest(experiment, weights, layer_index, IMAGE)
    assert found.num_searched == 300
    assert found.indices.tolist() == np.argsort(slow, kind="stable")[:8].tolist()
    np.testing.assert_allclose(found.distances, np.sort(slow)[:8], rtol=1e-4)
    assert found.read.tolist() == [int(outputs[index][-1].argmax()) for index in found.indices]
    assert found.taught.tolist() == TRAIN.labels[found.indices].tolist()


def test_a_training_image_is_nearest_to_itself():
    experiment, weights = small_network()
    for layer_index in (PIXELS, 2):
        found = neighbours.nearest(experiment, weights, layer_index, mnist.normalise(TRAIN.images[123, ..., 0]))
        assert (found.indices[0], found.distances[0]) == (123, 0)


def test_only_what_was_learned_from_is_searched_with_the_labels_that_were_taught():
    experiment, weights = small_network()
    data = DataSettings(train_size=100, label_noise=0.9)
    found = neighbours.nearest(Experiment(experiment.architecture, data, seed=3), weights, 2, IMAGE)
    assert found.num_searched == 100
    assert found.indices.max() < 100
    labels = data.labels(TRAIN.labels[:100], 3)
    assert found.taught.tolist() == labels[found.indices].tolist()
    assert (labels != TRAIN.labels[:100]).any()


def test_other_weights_are_not_answered_from_memory():
    experiment, weights = small_network()
    _, others = small_network(seed=1)
    first = neighbours.nearest(experiment, weights, 2, IMAGE)
    assert first.distances.tolist() != neighbours.nearest(experiment, others, 2, IMAGE).distances.tolist()
    assert first.distances.tolist() == neighbours.nearest(experiment, weights, 2, IMAGE).distances.tolist()
    assert neighbours._training_values.cache_info().hits == 1
