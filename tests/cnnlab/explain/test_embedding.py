"""The space of digits: principal components by hand and against scikit-learn, neighbours, snapshots."""

import sys

import numpy as np
import pytest
from sklearn.decomposition import PCA

from cnnlab import mnist
from cnnlab.experiment import DataSettings, Experiment
from cnnlab.explain import embedding
from cnnlab.explain.embedding import Principal, Space, journey, last_hidden, sample, separation, space, tsne
from cnnlab.explain.trace import PIXELS
from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Conv2D, Dense, Dropout, Flatten, GlobalAveragePooling2D
from cnnlab.nn.weights import Weights

HEAD = Dense(10, activation="softmax")


def small_network(seed=0, units=12):
    rng = np.random.default_rng(seed)
    layers = (
        Conv2D(2, 5, strides=4, activation="relu"),
        Flatten(),
        Dense(units, activation="tanh"),
        Dropout(0.5),
        HEAD,
    )
    experiment = Experiment(Architecture(layers))
    shapes = experiment.architecture.weight_shapes
    return experiment, Weights((name, rng.normal(0, 0.2, shape).astype(np.float32)) for name, shape in shapes.items())


def test_principal_components_by_hand():
    points = np.array([[0, 0, 7], [4, 4, 7], [2, 2, 7], [1, 3, 7], [3, 1, 7]], np.float32)
    found = Principal.of(points, 2)
    half = 0.5**0.5
    np.testing.assert_allclose(found.mean, [2, 2, 7])
    np.testing.assert_allclose(found.directions[0], [half, half, 0], atol=1e-6)
    np.testing.assert_allclose(np.abs(found.directions[1]), [half, half, 0], atol=1e-6)
    np.testing.assert_allclose(found.shares, [0.8, 0.2], rtol=1e-5)
    np.testing.assert_allclose(found.project(points)[:, 0], [-2 / half, 2 / half, 0, 0, 0], atol=1e-5)


@pytest.mark.parametrize(("num", "units"), [(200, 20), (30, 50)])
def test_principal_components_are_those_of_scikit_learn(num, units):
    rng = np.random.default_rng(num)
    points = (rng.normal(size=(num, units)) * np.linspace(5, 1, units)).astype(np.float32)
    ours, theirs = Principal.of(points, 5), PCA(5, svd_solver="full").fit(points)
    np.testing.assert_allclose(ours.shares, theirs.explained_variance_ratio_, rtol=1e-4)
    np.testing.assert_allclose(ours.directions, theirs.components_, atol=1e-3)
    np.testing.assert_allclose(ours.project(points), theirs.transform(points), atol=5e-3)


def test_all_directions_keep_all_distances():
    points = np.random.default_rng(1).normal(size=(40, 6)).astype(np.float32)
    places = Principal.of(points).project(points)
    between = np.linalg.norm(points[:, np.newaxis] - points, axis=-1)
    np.testing.assert_allclose(np.linalg.norm(places[:, np.newaxis] - places, axis=-1), between, atol=1e-4)


def test_equal_points_have_no_directions_and_no_nan():
    found = Principal.of(np.full((5, 3), 2, np.float32))
    np.testing.assert_array_equal(found.shares, 0)
    np.testing.assert_array_equal(found.project(np.full((5, 3), 2, np.float32)), 0)


def test_points_of_a_network_that_diverged():
    with pytest.raises(ValueError, match="`points` must be finite"):
        Principal.of(np.array([[1, np.nan], [0, 1]], np.float32))


@pytest.mark.parametrize("points", [np.float32([[3e38], [3e38], [-3e38]]), np.float32([[np.inf], [0]])])
def test_points_that_have_no_middle(points):
    with pytest.raises(ValueError, match="`points` must be finite"):
        Principal.of(points)


def test_large_and_rounded_points_have_finite_shares_and_no_directions_of_chance():
    found = Principal.of(np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32) * np.float32(1e30))
    assert found.shares.sum() == pytest.approx(1)
    equal = np.full((2_000, 3), 0.1, np.float32)
    np.testing.assert_array_equal(Principal.of(equal).project(equal), 0)


@pytest.mark.parametrize(
    ("layers", "index"),
    [
        ((Flatten(), HEAD), 0),
        ((Conv2D(2, 3), GlobalAveragePooling2D(), Dropout(0.2), HEAD), 1),
        ((Flatten(), Dense(8), Dropout(0.2), Dropout(0.2), HEAD), 1),
    ],
)
def test_the_last_hidden_layer_is_what_the_last_layer_reads(layers, index):
    assert last_hidden(Architecture(layers)) == index


def test_a_sample_has_as_many_of_each_class():
    indices = sample(505)
    assert np.bincount(mnist.load().test.labels[indices]).tolist() == [50] * 10
    assert (np.diff(indices) > 0).all()
    assert indices[0] == 0


def test_separation_by_hand():
    places = np.array([[0.0], [1.0], [2.5], [10.0], [11.5]])
    assert separation(places, np.array([3, 3, 3, 8, 8])) == 1
    assert separation(places, np.array([3, 3, 8, 8, 8])) == pytest.approx(4 / 5)  # 2.5 lies nearest to 1
    assert separation(places, np.array([3, 8, 3, 8, 3])) == pytest.approx(0)


def test_a_space_is_made_of_the_networks_own_values(monkeypatch):
    monkeypatch.setattr(embedding, "NUM_DIGITS", 60)
    experiment, weights = small_network()
    found = space(experiment, weights, 2)
    images = mnist.normalise(mnist.load().test.images[found.indices])
    traces = [network.trace(experiment.architecture, weights, image) for image in images]
    values = np.stack([trace[2].output for trace in traces])
    assert found.places.shape == (60, 12)
    np.testing.assert_allclose(found.principal.project(values), found.places, atol=1e-4)
    assert found.read.tolist() == [trace[-1].output.argmax() for trace in traces]
    assert 0 <= found.separation <= 1


def test_a_space_of_pixels(monkeypatch):
    monkeypatch.setattr(embedding, "NUM_DIGITS", 100)
    experiment, weights = small_network()
    found = space(experiment, weights, PIXELS)
    assert found.principal.directions.shape == (100, 784)
    assert found.separation == embedding.separation_of_pixels() > 0.5


def test_pixels_are_those_that_the_network_was_trained_to_see(monkeypatch):
    monkeypatch.setattr(embedding, "NUM_DIGITS", 20)
    experiment, weights = small_network()
    raw = Experiment(experiment.architecture, DataSettings(normalise=False))
    found = space(raw, weights, PIXELS)
    assert found.principal.mean.max() > 100


def test_of_a_wide_layer_fewer_digits_are_shown(monkeypatch):
    monkeypatch.setattr(embedding, "MAX_VALUES", 30 * 72)
    experiment, weights = small_network()
    assert len(space(experiment, weights, 1).indices) == 30  # 6 x 6 x 2 values each


def test_the_nearest_digits():
    points = np.array([[0, 0], [3, 0], [0, 1], [5, 5]], np.float32)
    principal = Principal.of(points)
    read = np.zeros(4, int)
    found = Space(np.array([4, 7, 9, 12]), read, principal, principal.project(points), 0.5)
    assert found.nearest(np.array([0.1, 0], np.float32), 3).tolist() == [0, 2, 1]
    assert found.nearest(np.array([9, 9], np.float32)).tolist() == [3]


def test_a_journey_keeps_the_directions_of_the_last_snapshot(monkeypatch):
    monkeypatch.setattr(embedding, "NUM_DIGITS", 60)
    monkeypatch.setattr(embedding, "NUM_FOLLOWED", 60)
    (experiment, first), (_, last) = small_network(0), small_network(1)
    found = journey(experiment, (first, last), 2)
    start, end = space(experiment, first, 2), space(experiment, last, 2)
    np.testing.assert_array_equal(found.principal.directions, end.principal.directions)
    np.testing.assert_allclose(found.places[1], end.places[:, :2], atol=1e-5)
    assert found.read.tolist() == [start.read.tolist(), end.read.tolist()]
    assert found.separations == (start.separation, end.separation)


def test_a_journey_needs_a_snapshot():
    with pytest.raises(ValueError, match="`snapshots` must have at least one"):
        journey(small_network()[0], (), 2)


def test_tsne_keeps_neighbours_and_is_the_same_each_time():
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 20)
    points = (rng.normal(size=(60, 8)) + 10 * np.eye(8)[labels]).astype(np.float32)
    flat = tsne(points)
    assert flat.shape == (60, 2)
    assert flat.dtype == np.float32
    assert separation(flat, labels) == 1
    np.testing.assert_array_equal(flat, tsne(points))


NORMAL = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32)


@pytest.mark.parametrize(
    ("points", "why"),
    [
        (np.zeros((40, 8)), "the same of every digit"),
        (np.full((40, 8), 0.1), "the same of every digit"),
        (NORMAL[:, :1], "with two numbers each. Received: 40 digits with 1 numbers each"),
        (NORMAL[:3], "t-SNE needs 4 digits"),
        (NORMAL[:0], "t-SNE needs 4 digits"),
        (NORMAL * np.nan, "are not numbers"),
        (np.where(NORMAL > 1, np.inf, NORMAL), "are not numbers"),
    ],
)
def test_tsne_says_in_words_where_there_is_nothing_to_lay_out(points, why, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.manifold", None)  # it is not even loaded
    with pytest.raises(ValueError, match=why):
        tsne(points.astype(np.float32))


@pytest.mark.parametrize("size", [1e-41, 1e-25, 1.0, 1e30])
def test_tsne_takes_points_of_any_size_also_where_nearly_all_are_equal(size):
    """Where it does not, it kills the process."""
    alike = np.where(np.arange(40)[:, np.newaxis] < 35, 0, NORMAL)
    for points in (NORMAL, alike):
        assert np.isfinite(tsne((points * size).astype(np.float32))).all()
    assert tsne(NORMAL[:4]).shape == (4, 2)
