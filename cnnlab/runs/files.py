"""The files of one run, which outlive a full disk: bytes by name, in a folder, else in another one.

A reader finds a file whole, old or new, because it is written beside and renamed. Lines are appended, in one write
each; one that is cut is not among the `complete_lines`. Arrays are kept as `.npz` without pickles.
"""

import errno
import io
import os
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

RENAME_ATTEMPTS = 5
_NO_ARRAYS = (
    *(ValueError, TypeError, AttributeError, LookupError, ArithmeticError, OSError, EOFError, SyntaxError),
    *(MemoryError, RuntimeError, zipfile.BadZipFile, zlib.error, struct.error),
)
"""What NumPy and zipfile raise for a file that is none of theirs, damaged or made to harm."""


class RunFiles:
    """Files below `folder`, which is made at the first write.

    When it cannot be written, what can be read of it is copied to the folder `spare(error)`, and things go on there.
    When that one cannot be written either, every write raises OSError.
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

    def write(self, name: str, content: bytes) -> None:
        """Put a file in place of the one there may be. Raises OSError."""
        self._save(_replace, name, content)

    def append(self, name: str, line: bytes) -> None:
        """Add a line, with its line end, to a file. Raises OSError."""
        self._save(_append, name, line)

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""
        with suppress(OSError):
            (self.folder / name).unlink()

    def _save(self, save: Callable[[Path, bytes], None], name: str, content: bytes) -> None:
        try:
            save(self.folder / name, content)
        except OSError as error:
            if self.has_moved:
                raise
            self._move(self._spare(error))
            save(self.folder / name, content)

    def _move(self, folder: Path) -> None:
        """Go on elsewhere, with what can be read of the files so far."""
        for name in self.names():
            try:
                content = (self.folder / name).read_bytes()
            except OSError:
                continue
            _replace(folder / name, complete_lines(content) if name.endswith(".csv") else content)
        self.folder, self.has_moved = folder, True


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


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.tmp")
    try:
        beside.write_bytes(content)
        for attempt in range(RENAME_ATTEMPTS):
            try:
                beside.replace(path)
                break
            except PermissionError:  # on Windows, as long as somebody reads the old file
                if attempt == RENAME_ATTEMPTS - 1:
                    raise
                time.sleep(0.02)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


def _append(path: Path, line: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    try:
        if os.write(file, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(file)
