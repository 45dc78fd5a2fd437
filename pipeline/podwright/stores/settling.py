"""Files that are to survive a power failure, written to the disk together.

`fsync` waits for the disk once a file: with 80,000 files for longer than writing them takes. `syncfs` waits once for
all of a file system, and for no other one, as `sync` does (https://man7.org/linux/man-pages/man2/syncfs.2.html).
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
#: Up to so many files are waited for one by one, and nothing of anybody else's with them.
FEW = 64


def settle_files(root: Path, paths: Collection[str]) -> None:
    """Wait until files below a folder are on the disk; those that are gone are passed over. Raises OSError."""
    syncfs = getattr(_libc, "syncfs", None)
    if len(paths) <= FEW or syncfs is None:
        for path in paths:
            with suppress(FileNotFoundError):
                _settle(path)
        return
    folder = os.open(root, os.O_RDONLY)
    try:
        if syncfs(folder) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(root))
    finally:
        os.close(folder)


def _settle(path: str) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
