"""One's own handwriting: drawings with their right labels, kept on disk, shared by a class, taken along as a file.

A set is one `.npz` file without pickles, written beside and renamed. Any number of visitors of one server may add to it
at the same time.
"""

import io
import secrets
import tempfile
import threading
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import numpy as np
from PIL import Image

from cnnlab.experiment import Experiment
from cnnlab.mnist import NUM_CLASSES
from cnnlab.runs.files import RunFiles, from_npz, to_npz
from cnnlab.runs.store import ID

MAX_DRAWINGS = 2_000
MAX_BYTES = 2_000_000
"""A full set has 1.6 MB."""
SIDE = 28
LESSON_IMAGES = 4_000


class UnknownHandwritingError(ValueError):
    """There is no set of this name."""


@dataclass(frozen=True, eq=False)
class Handwriting:
    """Drawings and what they show, at most 2,000.

    `images`: uint8 (n, 28, 28), ink 255 on paper 0, as a network sees them. `labels`: uint8 (n,), 0 to 9.
    """

    images: np.ndarray = field(default_factory=lambda: np.zeros((0, SIDE, SIDE), np.uint8))
    labels: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint8))

    def __post_init__(self) -> None:
        count = len(self.images) if self.images.ndim else -1
        if self.images.shape != (count, SIDE, SIDE) or self.images.dtype != np.uint8:
            raise ValueError(
                "`images` must be an array of shape (n, 28, 28) and dtype uint8. "
                f"Received: images of shape {self.images.shape} and dtype {self.images.dtype}"
            )
        if self.labels.shape != (count,) or self.labels.dtype != np.uint8 or (self.labels >= NUM_CLASSES).any():
            raise ValueError(
                f"`labels` must be {count} values from 0 to 9 of dtype uint8. "
                f"Received: labels of shape {self.labels.shape} and dtype {self.labels.dtype}"
            )
        if count > MAX_DRAWINGS:
            raise ValueError(f"A set must have at most {MAX_DRAWINGS:,} drawings. Received: {count:,} drawings")

    def __len__(self) -> int:
        return len(self.labels)

    def __add__(self, other: Self) -> Self:
        """Both sets, one after the other."""
        return type(self)(np.concatenate([self.images, other.images]), np.concatenate([self.labels, other.labels]))

    def without(self, image: np.ndarray, label: int) -> Self:
        """The set without the first drawing that is this one with this label."""
        found = np.flatnonzero((self.labels == label) & (self.images == image).all(axis=(1, 2)))[:1]
        return type(self)(np.delete(self.images, found, axis=0), np.delete(self.labels, found))

    def new_to(self, other: Self) -> Self:
        """The drawings that are not in another set with the same labels."""
        known = {(image.tobytes(), label) for image, label in zip(other.images, other.labels, strict=True)}
        pairs = zip(self.images, self.labels, strict=True)
        new = np.array([(image.tobytes(), label) not in known for image, label in pairs], bool)
        return type(self)(self.images[new], self.labels[new])

    def to_bytes(self) -> bytes:
        """The content of an `.npz` file with `images` and `labels`."""
        return to_npz({"images": self.images, "labels": self.labels})

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` wrote; nothing is unpacked that is larger than a full set. Raises ValueError."""
        size = len(content)
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = max(size, sum(entry.file_size for entry in archive.infolist()))
        if size > MAX_BYTES:
            raise ValueError(f"A set must have at most {MAX_BYTES:,} bytes. Received: {size:,} bytes")
        arrays = from_npz(content)
        if arrays.keys() != {"images", "labels"}:
            raise ValueError(
                f"A set of handwriting must hold `images` and `labels`. Received: {', '.join(sorted(arrays))[:60]}"
            )
        return cls(**arrays)

    def to_pictures(self) -> bytes:
        """The content of a zip file with one PNG a drawing: `7/0003.png` is drawing 3, a seven."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for index, (image, label) in enumerate(zip(self.images, self.labels, strict=True)):
                png = io.BytesIO()
                Image.fromarray(image).save(png, "PNG")
                archive.writestr(f"{label}/{index:04}.png", png.getvalue())
        return buffer.getvalue()


def lesson(experiment: Experiment) -> Experiment:
    """The short training in which a network learns a handwriting; half of its images are MNIST's (`events.Start`)."""
    data = replace(experiment.data, train_size=LESSON_IMAGES, validation_size=1_000)
    training = replace(experiment.training, optimizer="adam", learning_rate=0.001, batch_size=100, epochs=2)
    return replace(experiment, data=data, training=training)


def one(image: np.ndarray, label: int) -> Handwriting:
    """A set of one drawing, float32 (28, 28) in [0, 1] as a network sees it."""
    return Handwriting(np.round(image * 255).astype(np.uint8)[np.newaxis], np.array([label], np.uint8))


class HandwritingStore:
    """All sets, one file each, below one folder or else a temporary one; OSError when neither can be written."""

    def __init__(self, folder: Path) -> None:
        self._files = RunFiles(folder, lambda _: Path(tempfile.mkdtemp(prefix="cnnlab-handwriting-")) / "sets")
        self._lock = threading.Lock()

    def create(self) -> str:
        """Make an empty set and return its name."""
        set_id = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        self._files.make_folder()
        self._files.write(_name(set_id), Handwriting().to_bytes())
        return set_id

    def get(self, set_id: str) -> Handwriting:
        """Return a set. Raises UnknownHandwritingError, or ValueError when its file is damaged."""
        content = self._files.read(_name(set_id))
        if content is None:
            raise UnknownHandwritingError(f"There is no handwriting of this name here. Received: {set_id!r}")
        return Handwriting.from_bytes(content)

    def add(self, set_id: str, more: Handwriting) -> None:
        """Put drawings to a set. Raises ValueError when it would have too many."""
        with self._lock:
            self._files.write(_name(set_id), (self.get(set_id) + more).to_bytes())

    def remove(self, set_id: str, image: np.ndarray, label: int) -> None:
        """Take the first such drawing out of a set, if it is there."""
        with self._lock:
            self._files.write(_name(set_id), self.get(set_id).without(image, label).to_bytes())


def _name(set_id: str) -> str:
    if not isinstance(set_id, str) or not ID.fullmatch(set_id):
        raise UnknownHandwritingError(f"There is no handwriting of this name here. Received: {str(set_id)[:60]!r}")
    return f"{set_id}.npz"
