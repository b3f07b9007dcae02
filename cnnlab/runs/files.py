"""The files of one run, which outlive a full disk: bytes by name, in a folder, else in another one.

A reader finds a file whole, old or new, because it is written beside and renamed. Lines are appended, in one write
each; one that is cut is not among the `complete_lines`. Arrays are kept as `.npz` without pickles. What fails leaves
nothing behind, and no two writers share a temporary name.
"""

import errno
import io
import os
import secrets
import shutil
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

ATTEMPTS, WAIT_SECONDS = 5, 0.02
_NO_ARRAYS = (
    *(ValueError, TypeError, AttributeError, LookupError, ArithmeticError, OSError, EOFError, SyntaxError),
    *(MemoryError, RuntimeError, zipfile.BadZipFile, zlib.error, struct.error),
)
"""What NumPy and zipfile raise for a file that is none of theirs, damaged or made to harm."""


class RunFiles:
    """Files below `folder`, which `create` or `make_folder` makes.

    When it cannot be written, and not only for a moment, what can be read of it is copied to the folder `spare(error)`,
    and things go on there. When that one cannot be written either, every write raises OSError; so it does when
    somebody has taken the folder away.
    """

    def __init__(self, folder: Path, spare: Callable[[OSError], Path]) -> None:
        self.folder = folder
        self.has_moved = False
        self._spare = spare

    def names(self) -> list[str]:
        """All files, relative to the folder ('weights/000000.npz'), but those that are only half written."""
        paths = [path for pattern in ("[!.]*.*", "*/[!.]*.*") for path in self.folder.glob(pattern)]
        return [path.relative_to(self.folder).as_posix() for path in paths]

    def size(self) -> int:
        """Bytes of all files."""
        total = 0
        for name in self.names():
            with suppress(OSError):  # removed just now
                total += (self.folder / name).stat().st_size
        return total

    def read(self, name: str, start: int = 0) -> bytes | None:
        """Return the content of a file from a byte on, or None when there is none. Raises OSError."""
        with suppress(FileNotFoundError, NotADirectoryError), (self.folder / name).open("rb") as file:
            file.seek(start)
            return file.read()
        return None

    def stamp(self, name: str) -> object:
        """Return what changes whenever the file does, to know whether it must be read again; None: there is none."""
        with suppress(OSError):
            status = os.stat(f"{self.folder}/{name}")  # noqa: PTH116 - a listing asks it of every run, three times
            return status.st_mtime_ns, status.st_ino, status.st_size
        return None

    def create(self, files: Mapping[str, bytes]) -> None:
        """Make the folder with these files, all or nothing. Raises OSError."""
        self._save(lambda folder: _create(folder, files), is_new=True)

    def make_folder(self) -> None:
        """Make the folder if it is not there. Raises OSError."""
        self._save(lambda folder: folder.mkdir(parents=True, exist_ok=True), is_new=True)

    def write(self, name: str, content: bytes, *, may_move: bool = True) -> None:
        """Put a file in place of the one there may be. Raises OSError."""
        self._save(lambda folder: _put(folder, name, content), may_move=may_move)

    def append(self, name: str, line: bytes) -> None:
        """Add a line, with its line end, to a file. Raises OSError."""
        self._save(lambda folder: _append(folder / name, line))

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""
        with suppress(OSError):
            (self.folder / name).unlink()

    def _save(self, save: Callable[[Path], None], *, is_new: bool = False, may_move: bool = True) -> None:
        try:
            _patiently(save, self.folder)
        except OSError as error:
            is_taken_away = not is_new and self.folder.parent.is_dir() and not self.folder.exists()
            if self.has_moved or is_taken_away or not may_move:
                raise
            folder = self._spare(error)
            if not is_new:
                _create(folder, self._readable())
            self.folder, self.has_moved = folder, True
            save(folder)

    def _readable(self) -> dict[str, bytes]:
        """What can be read of the files so far."""
        files: dict[str, bytes] = {}
        for name in self.names():
            with suppress(OSError):
                content = (self.folder / name).read_bytes()
                files[name] = complete_lines(content) if name.endswith(".csv") else content
        return files


def complete_lines(content: bytes) -> bytes:
    """Leave out a last line that is not finished."""
    return content[: content.rfind(b"\n") + 1]


def to_npz(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Write arrays of numbers as the content of an `.npz` file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.asanyarray(array), allow_pickle=False)
    return buffer.getvalue()


def from_npz(content: bytes) -> dict[str, np.ndarray]:
    """Read what `to_npz` wrote. Raises ValueError when it is anything else."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except _NO_ARRAYS as error:
        raise ValueError("This is not an .npz file of numbers, or it is damaged") from error
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
            raise ValueError(f"This is not an .npz file of numbers: `{name[:60]}` holds something else")
    return arrays


def _patiently(save: Callable[[Path], None], folder: Path) -> None:
    """Try again for a moment: on Windows a file cannot be replaced while somebody reads the old one."""
    for _ in range(ATTEMPTS - 1):
        with suppress(OSError):
            save(folder)
            return
        time.sleep(WAIT_SECONDS)
    save(folder)


def _beside(path: Path) -> Path:
    """A name for what is half written; no reader and no other writer has it."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")


def _create(folder: Path, files: Mapping[str, bytes]) -> None:
    beside = _beside(folder)
    try:
        beside.mkdir(parents=True)
        for name, content in files.items():
            _put(beside, name, content)
        beside.rename(folder)
    except OSError:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _put(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    if path.parent != folder:
        path.parent.mkdir(exist_ok=True)
    _replace(path, content)


def _replace(path: Path, content: bytes) -> None:
    beside = _beside(path)
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


def _append(path: Path, line: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    try:
        size = os.fstat(file).st_size
        if os.write(file, line) < len(line):
            os.ftruncate(file, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(file)
