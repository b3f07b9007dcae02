import hashlib

import numpy as np
import pytest

from cnnlab import mnist


def test_the_whole_data_set_is_there():
    data = mnist.load()
    assert data is mnist.load()
    for split, n in ((data.train, 60_000), (data.test, 10_000)):
        assert split.images.shape == (n, 28, 28, 1)
        assert split.labels.shape == (n,)
        assert split.images.dtype == split.labels.dtype == np.uint8
        assert not split.images.flags.writeable
        assert not split.labels.flags.writeable
    # Counts of each digit, as published.
    assert np.bincount(data.train.labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(data.test.labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def test_the_shipped_arrays_are_the_original_bytes():
    data = mnist.load()
    arrays = {
        "x_train": data.train.images,
        "y_train": data.train.labels,
        "x_test": data.test.images,
        "y_test": data.test.labels,
    }
    for key, array in arrays.items():
        sizes = np.array(array.shape[:3], ">u4")
        idx = bytes([0, 0, 8, len(sizes)]) + sizes.tobytes() + array.tobytes()
        assert hashlib.md5(idx).hexdigest() == mnist.IDX_FILES[key][1], key


def test_the_readme_names_the_files_by_their_digests():
    readme = mnist.FILE.with_name("README.md").read_text()
    for name, md5 in mnist.IDX_FILES.values():
        assert f"`{name}` | MD5 {md5} |" in readme
    assert f"SHA-256 {mnist.SHA256}" in readme


def test_a_missing_or_damaged_file_says_what_to_do(tmp_path):
    path = tmp_path / "mnist.npz"
    with pytest.raises(FileNotFoundError, match=r"is missing: .*mnist\.npz.*git checkout"):
        mnist.read(path)
    content = bytearray(mnist.FILE.read_bytes())
    content[5_000_000] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"is damaged.*git checkout.*Received: .*SHA-256"):
        mnist.read(path)


def test_normalise():
    batch = mnist.normalise(np.array([[0, 51, 255]], np.uint8))
    assert batch.dtype == np.float32
    np.testing.assert_allclose(batch, [[0, 0.2, 1]], rtol=1e-7)
    with pytest.raises(ValueError, match="`batch` must be uint8"):
        mnist.normalise(batch)


def test_one_hot():
    rows = mnist.one_hot(np.array([2, 0], np.uint8))
    assert rows.dtype == np.float32
    assert rows.tolist() == [[0, 0, 1, *[0] * 7], [1, *[0] * 9]]
    for bad in ([10], [-1], [1.0]):
        with pytest.raises(ValueError, match="`labels` must be integers from 0 to 9"):
            mnist.one_hot(np.array(bad))


def test_read_idx(tmp_path):
    (tmp_path / "two").write_bytes(bytes([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 3, 7, 8, 9]))
    assert mnist.read_idx(tmp_path / "two").tolist() == [[7, 8, 9]]


def test_making_refuses_other_files(tmp_path):
    for name, _ in mnist.IDX_FILES.values():
        (tmp_path / name).write_bytes(b"not MNIST")
    with pytest.raises(ValueError, match="`train-images-idx3-ubyte` must have the MD5"):
        mnist.make(tmp_path, tmp_path / "mnist.npz")
