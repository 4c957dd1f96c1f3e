"""The interface of a file store, and the one in a local folder: a file is there whole or not at all, also after a power cut."""

import os
import re
import secrets
from datetime import datetime
from pathlib import Path
from typing import Protocol

_KEY = re.compile(r"[A-Za-z0-9_-]{1,100}(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99})?")
_UNFINISHED = ".unfinished"
_SCHEME = "file://"


class Storage(Protocol):
    """Keeps bytes under a key of one or two parts ("kX3v9" or "kX3v9/640.webp").

    Every method raises ValueError for any other key, and lets the OSError of a full, broken or read-only disk through.
    """

    def put(self, key: str, data: bytes) -> None:
        """Keep `data` under `key`, replacing what was there; when this returns, it survives a power cut."""

    def read(self, key: str) -> bytes:
        """Return what is kept under `key`; raise FileNotFoundError when nothing is."""

    def delete(self, key: str) -> None:
        """Forget what is kept under `key`; repeating it changes nothing."""

    def exists(self, key: str) -> bool:
        """Whether something is kept under `key`."""

    def sweep(self, *, before: datetime) -> int:
        """Remove what writes left behind that were cut off before that moment; return how many."""


class LocalFolder:
    """A folder on this machine, sharded by the first two characters of the key.

    The folder is made at the first write, so that a disk that is away for a while stops uploads and not the start.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, data: bytes) -> None:
        """Write beside the shards, on the same disk, then move into place."""
        path = self._path(key)
        _make_folder(path.parent)
        part = self.root / _UNFINISHED / secrets.token_hex(16)
        _make_folder(part.parent)
        try:
            with part.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _fsync_folder(path.parent)

    def read(self, key: str) -> bytes:
        """Return the file's bytes; raise FileNotFoundError when there is no such file."""
        return self._path(key).read_bytes()

    def delete(self, key: str) -> None:
        """Remove the file, and its folder once that is empty; shards stay."""
        path = self._path(key)
        path.unlink(missing_ok=True)
        if "/" in key and path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()

    def exists(self, key: str) -> bool:
        """Whether the file is there."""
        return self._path(key).is_file()

    def sweep(self, *, before: datetime) -> int:
        """Remove parts that nobody has written to since `before`: a killed process cannot tidy up itself."""
        folder = self.root / _UNFINISHED
        stale = [part for part in folder.iterdir() if part.stat().st_mtime < before.timestamp()] if folder.is_dir() else []
        for part in stale:
            part.unlink(missing_ok=True)
        return len(stale)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("not a key of this store")
        return self.root / key[:2].partition("/")[0] / key


def open_storage(url: str) -> Storage:
    """Return the store that `url` names: `file://` and an absolute path. Raise ValueError for anything else."""
    path = url.removeprefix(_SCHEME)
    if not url.startswith(_SCHEME) or not path.startswith("/"):
        raise ValueError("LAPAK_STORAGE_URL: only a local folder is supported, written as file:///path/to/folder")
    return LocalFolder(Path(path))


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    # A new folder's own entry is lost in a power cut unless its parent is flushed too.
    _fsync_folder(folder.parent)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
