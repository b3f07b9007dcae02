"""Which of the servers that share a runs folder live: each holds a lock on a file of its own.

The system lets go of it when the process ends, however it ends. Unlike a process id this holds between hosts and
containers, and when the clock is set. A shared folder must know locks (NFS from version 4 on and SMB do); one that
knows none is taken for the folder of one server.
"""

import re
import secrets
import weakref
from contextlib import suppress
from pathlib import Path

from locket import LockError, _Locker, lock_file

NAME = re.compile(r"[0-9a-f]{16}", re.ASCII)
LOCK_SECONDS = 1.0


class Servers:
    """The lock files in a folder; this server holds its own from `join` to `leave`, or as long as this object is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = secrets.token_hex(8)
        self._leave: weakref.finalize[..., Servers] | None = None

    def join(self) -> str:
        """Be seen to live from now on; return this server's name. Where the folder cannot be written, nobody sees."""
        if self._leave is None or not self._leave.alive:
            path = self._folder / self._name
            lock = lock_file(str(path), timeout=LOCK_SECONDS)
            with suppress(OSError, LockError):
                self._folder.mkdir(parents=True, exist_ok=True)
                lock.acquire()
                self._leave = weakref.finalize(self, _leave, lock, path)
        return self._name

    def leave(self) -> None:
        """Be seen to live no more."""
        if self._leave is not None:
            self._leave()

    def is_me(self, name: object) -> bool:
        """Whether this server has this name."""
        return name == self._name

    def lives(self, name: object) -> bool:
        """Whether the server of this name lives, which may come out of a foreign file."""
        if not isinstance(name, str) or not NAME.fullmatch(name) or not (path := self._folder / name).exists():
            return False
        lock = lock_file(str(path), timeout=0, retry_period=0)
        try:
            lock.acquire()
        except LockError:
            return True
        except OSError:
            return False
        _leave(lock, path)
        return False


def _leave(lock: _Locker, path: Path) -> None:
    lock.release()
    with suppress(OSError):
        path.unlink()
