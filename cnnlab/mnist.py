"""MNIST, the data set of handwritten digits, as it ships with the project.

60,000 training and 10,000 test images; LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to
Document Recognition", 1998. Where the file comes from and under which licence: `cnnlab/assets/README.md`.

    python -m cnnlab.mnist FOLDER

makes the file afresh from the four original IDX files in FOLDER.
"""

import hashlib
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from cnnlab.limits import NUM_CLASSES as NUM_CLASSES  # noqa: PLC0414 - it is also known as mnist.NUM_CLASSES

FILE = Path(__file__).parent / "assets" / "mnist.npz"
SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"

IDX_FILES = {
    "x_train": ("train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb"),
    "y_train": ("train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624"),
    "x_test": ("t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea"),
    "y_test": ("t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637"),
}
"""Array in the .npz: original file's name and MD5."""


@dataclass(frozen=True, eq=False)
class Split:
    """Images and what they show, both read-only.

    `images`: uint8 (n, 28, 28, 1), ink 255 on paper 0. `labels`: uint8 (n,), 0 to 9.
    """

    images: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True, eq=False)
class Mnist:
    """The two parts as published: `train` (60,000) to learn from, `test` (10,000) to be measured on once."""

    train: Split
    test: Split


@cache
def load() -> Mnist:
    """Return MNIST; read and checked at the first call, the same arrays ever after. Raises as `read`."""
    return read(FILE)


def read(path: Path) -> Mnist:
    """Read MNIST from an .npz file. Raises FileNotFoundError, or ValueError if it is not the one that was shipped."""
    advice = (
        "Bring it back with `git checkout -- cnnlab/assets/mnist.npz`, or download the project again "
        "(cnnlab/assets/README.md tells how it was made)."
    )
    if not path.is_file():
        raise FileNotFoundError(f"The MNIST file is missing: {path}. {advice}")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise ValueError(f"The MNIST file is damaged. {advice} Received: {path} with SHA-256 {found}")
    with np.load(path) as file:
        arrays = dict(file)
    for array in arrays.values():
        array.flags.writeable = False
    return Mnist(*(Split(arrays[f"x_{part}"][..., np.newaxis], arrays[f"y_{part}"]) for part in ("train", "test")))


def normalise(batch: np.ndarray) -> np.ndarray:
    """Bring pixels from 0..255 to 0..1: uint8 of any shape -> float32 of the same shape."""
    if batch.dtype != np.uint8:
        raise ValueError(f"`batch` must be uint8, 0 to 255. Received: batch of dtype {batch.dtype}")
    return batch.astype(np.float32) / np.float32(255)


def one_hot(labels: np.ndarray) -> np.ndarray:
    """Turn labels into rows with a single one: integers (n,) in 0..9 -> float32 (n, 10)."""
    labels = np.asarray(labels)
    if not np.issubdtype(labels.dtype, np.integer) or not np.isin(labels, range(NUM_CLASSES)).all():
        raise ValueError(f"`labels` must be integers from 0 to 9. Received: labels={np.unique(labels)}")
    return np.eye(NUM_CLASSES, dtype=np.float32)[labels]


def read_idx(path: Path) -> np.ndarray:
    """Read one IDX file of bytes: magic 0 0 8 <dimensions>, big-endian sizes, then the values."""
    content = path.read_bytes()
    shape = np.frombuffer(content, ">u4", count=content[3], offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + shape.nbytes).reshape(shape)


def make(folder: Path, file: Path) -> None:
    """Write `file`, in the layout of Keras's own mnist.npz, from the original IDX files in `folder`."""
    for name, md5 in IDX_FILES.values():
        found = hashlib.md5((folder / name).read_bytes(), usedforsecurity=False).hexdigest()
        if found != md5:
            raise ValueError(f"`{name}` must have the MD5 {md5}. Received: {found}")
    arrays = {key: read_idx(folder / name) for key, (name, _) in IDX_FILES.items()}
    np.savez_compressed(file, allow_pickle=False, **arrays)


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the module and the folder
        sys.exit(__doc__)
    make(Path(sys.argv[1]), FILE)
