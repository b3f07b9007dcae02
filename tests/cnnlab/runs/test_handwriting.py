import io
import threading
import zipfile

import numpy as np
import pytest
from PIL import Image

from cnnlab import starter
from cnnlab.digits import prepare, strokes
from cnnlab.evaluation import predict
from cnnlab.runs import handwriting
from cnnlab.runs.files import to_npz
from cnnlab.runs.handwriting import Handwriting, HandwritingStore, UnknownHandwritingError
from cnnlab.training import loop
from cnnlab.training.events import Finished, Start


def some(n=3, seed=0):
    rng = np.random.default_rng(seed)
    return Handwriting(rng.integers(0, 256, (n, 28, 28), np.uint8), rng.integers(0, 10, n, np.uint8))


def same(one, other):
    return np.array_equal(one.images, other.images) and np.array_equal(one.labels, other.labels)


def test_a_drawing_is_kept_as_the_network_sees_it():
    image = np.zeros((28, 28), np.float32)
    image[3, 4] = 0.5
    kept = handwriting.one(image, 7)
    assert (len(kept), kept.labels[0], kept.images[0, 3, 4], kept.images.sum()) == (1, 7, 128, 128)


def test_bytes_and_back():
    for hand in (Handwriting(), some()):
        assert same(Handwriting.from_bytes(hand.to_bytes()), hand)


def test_numpy_reads_an_export_without_pickle():
    with np.load(io.BytesIO(some().to_bytes()), allow_pickle=False) as arrays:
        assert same(Handwriting(arrays["images"], arrays["labels"]), some())


def test_the_pictures_are_png_in_a_folder_a_digit():
    hand = some()
    with zipfile.ZipFile(io.BytesIO(hand.to_pictures())) as archive:
        assert archive.namelist() == [f"{label}/{index:04}.png" for index, label in enumerate(hand.labels)]
        picture = Image.open(io.BytesIO(archive.read(archive.namelist()[2])))
    np.testing.assert_array_equal(np.asarray(picture), hand.images[2])


def test_sets_are_joined_and_a_drawing_is_taken_out():
    both = some(2, 1) + some(2, 2) + some(2, 1)
    assert len(both) == 6
    fewer = both.without(some(2, 1).images[1], int(some(2, 1).labels[1]))
    assert same(fewer, Handwriting(np.delete(both.images, 1, axis=0), np.delete(both.labels, 1)))
    assert same(both.without(np.zeros((28, 28), np.uint8), 3), both)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((2, 28, 27), np.uint8), np.zeros(2, np.uint8), r"`images` must be .* \(n, 28, 28\).*\(2, 28, 27\)"),
        (np.zeros((2, 28, 28)), np.zeros(2, np.uint8), "`images` must be .* uint8.*float64"),
        (np.uint8(3), np.zeros(2, np.uint8), "`images` must be"),
        (np.zeros((2, 28, 28), np.uint8), np.zeros(3, np.uint8), "`labels` must be 2 values"),
        (np.zeros((2, 28, 28), np.uint8), np.zeros(2, np.int64), "`labels` must be .* uint8"),
        (np.zeros((1, 28, 28), np.uint8), np.full(1, 10, np.uint8), "`labels` must be .* 0 to 9"),
        (np.zeros((2001, 28, 28), np.uint8), np.zeros(2001, np.uint8), "at most 2,000 drawings. Received: 2,001"),
    ],
)
def test_other_arrays_are_refused(images, labels, message):
    with pytest.raises(ValueError, match=message):
        Handwriting(images, labels)


def bomb():
    """A small file that unpacks to 100 MB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", bytes(100_000_000))
    return buffer.getvalue()


def pickled():
    buffer = io.BytesIO()
    np.savez(buffer, images=np.array([{}], object), labels=np.zeros(1, np.uint8))
    return buffer.getvalue()


def boundless():
    """A header that promises more numbers than there is memory for."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": (10**15, 28, 28)})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("images.npy", header.getvalue())
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not an npz",
        some().to_bytes()[:-40],
        some().to_bytes()[:200],
        some().to_pictures(),
        to_npz({"images": np.zeros((1, 28, 28), np.uint8)}),
        to_npz({"images": np.zeros((1, 28, 28), np.uint8), "labels": np.zeros(2, np.uint8)}),
        bomb(),
        pickled(),
        boundless(),
    ],
    ids=[
        "empty",
        "text",
        "cut",
        "cut early",
        "pictures",
        "no labels",
        "too many labels",
        "bomb",
        "pickle",
        "boundless",
    ],
)
def test_other_files_are_refused(content):
    with pytest.raises(ValueError, match=r"npz|must"):
        Handwriting.from_bytes(content)


def test_a_store_keeps_what_it_is_given(tmp_path):
    store = HandwritingStore(tmp_path / "handwriting")
    first, second = store.create(), store.create()
    store.add(first, some(2, 1))
    store.add(first, some(1, 2))
    again = HandwritingStore(tmp_path / "handwriting")
    assert same(again.get(first), some(2, 1) + some(1, 2))
    assert len(again.get(second)) == 0
    again.remove(first, some(1, 2).images[0], int(some(1, 2).labels[0]))
    assert same(store.get(first), some(2, 1))
    assert {path.name for path in (tmp_path / "handwriting").iterdir()} == {f"{first}.npz", f"{second}.npz"}


@pytest.mark.parametrize(
    "name", ["", "..", "../secret", "20260101-000000-abcdef", "20260101-000000-abcdef.npz", "a" * 999]
)
def test_unknown_names_are_refused(tmp_path, name):
    (tmp_path / "secret.npz").write_bytes(some().to_bytes())
    store = HandwritingStore(tmp_path / "handwriting")
    with pytest.raises(UnknownHandwritingError, match=r"no handwriting of this name here\. Received: '"):
        store.get(name)
    with pytest.raises(UnknownHandwritingError):
        store.add(name, some())


def test_a_damaged_file_is_told_and_not_overwritten(tmp_path):
    store = HandwritingStore(tmp_path)
    set_id = store.create()
    (tmp_path / f"{set_id}.npz").write_bytes(b"damaged")
    with pytest.raises(ValueError, match="npz"):
        store.add(set_id, some())
    assert (tmp_path / f"{set_id}.npz").read_bytes() == b"damaged"


def test_a_full_set_stays_as_it_is(tmp_path):
    store = HandwritingStore(tmp_path)
    set_id = store.create()
    store.add(set_id, Handwriting(np.zeros((2_000, 28, 28), np.uint8), np.zeros(2_000, np.uint8)))
    with pytest.raises(ValueError, match="at most 2,000 drawings"):
        store.add(set_id, some(1))
    assert len(store.get(set_id)) == 2_000


def test_a_class_draws_into_one_set_at_once(tmp_path):
    store = HandwritingStore(tmp_path)
    set_id = store.create()
    pupils = [
        threading.Thread(target=lambda: [store.add(set_id, some(1, number)) for number in range(10)]) for _ in range(5)
    ]
    for pupil in pupils:
        pupil.start()
    for pupil in pupils:
        pupil.join()
    assert len(store.get(set_id)) == 50


def test_a_folder_that_cannot_be_written_costs_no_drawing(tmp_path):
    (tmp_path / "file").write_text("in the way")
    store = HandwritingStore(tmp_path / "file")
    set_id = store.create()
    store.add(set_id, some())
    assert same(store.get(set_id), some())


def test_a_lesson_teaches_a_handwriting_and_mnist_is_not_forgotten():
    # Mirrored digits: no network reads them, so it is the lesson that teaches them.
    drawn = [(np.ascontiguousarray(rgba[:, ::-1]), digit) for rgba, digit in strokes.drawings(60, seed=7)]
    images = np.array([np.round(prepare.from_canvas(rgba) * 255).astype(np.uint8) for rgba, _ in drawn])
    labels = np.array([digit for _, digit in drawn], np.uint8)
    experiment, weights = starter.load()

    def share_right(weights):
        return np.mean(predict.predict(experiment, weights, images).argmax(axis=1) == labels)

    events = []
    lesson = handwriting.lesson(experiment)
    loop.train(lesson, events.append, start=Start(weights, images, labels))
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert share_right(weights) < 0.6
    assert share_right(finished.weights) > 0.9
    assert finished.test_accuracy > 0.97
    assert lesson.architecture == experiment.architecture
