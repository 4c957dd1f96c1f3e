"""The folders where lists wait for the worker: their rows, and photos under bare names."""

import json
import re
import secrets
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import IO, cast

from flask import Flask, current_app

from lapak.exchange.adapters.tables import rows_of
from lapak.exchange.rules import MOST_KEPT_BYTES, MOST_PHOTOS, MOST_ROWS, MOST_UNPACKED_BYTES, PICTURES
from lapak.kernel.errors import Conflict
from lapak.photos.rules import MOST_BYTES

PIECE = 64 * 1024
LONGEST_NAME = 200
_NUMBERS = re.compile(r"(\d+)")


def photos_in(folder: Path) -> dict[str, Path]:
    """The files of a folder by their names; links and what lies deeper are left out, so that no name leads outside."""
    files = (file for file in sorted(folder.iterdir(), key=_counting) if file.suffix.lower() in PICTURES)
    return {file.name: file for file in files if file.is_file() and not file.is_symlink()}


def _counting(path: Path) -> list[tuple[int, str]]:
    """Sort "2.jpg" before "10.jpg"."""
    return [(int(part), "") if part.isdecimal() and part.isascii() else (-1, part.lower()) for part in _NUMBERS.split(path.name)]


def install(app: Flask, folder: Path) -> None:
    """Give the app the folder that keeps lists while the worker takes them in."""
    app.extensions["imports"] = folder


def folder_of(key: str) -> Path:
    """Where the rows and photos of an import lie."""
    return cast("Path", current_app.extensions["imports"]) / key


def forget_folders(needed: set[str], *, before: datetime) -> None:
    """Remove folders that no import needs and nobody has written to since `before`: a killed request cannot tidy up itself."""
    root = cast("Path", current_app.extensions["imports"])
    for folder in root.iterdir() if root.is_dir() else ():
        if folder.name not in needed and folder.stat().st_mtime < before.timestamp():
            rmtree(folder, ignore_errors=True)


def keep_rows(table: Path, kept: Path) -> tuple[list[str], int]:
    """Write a table's rows into `kept`, a JSON array in each line, so that reading can go on anywhere; return its header and their number.

    Raise Conflict, in words, for a file that is no table, an empty one, or more rows than we take.
    """
    with rows_of(table) as rows, kept.open("w", encoding="utf-8") as file:
        _line, header = next(rows, (0, []))
        count = 0
        for line, cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            if count == MOST_ROWS or file.tell() > MOST_KEPT_BYTES:
                raise Conflict("Daftar ini terlalu besar. Bagi menjadi beberapa berkas, paling banyak %(most)s baris.", most=MOST_ROWS)
            file.write(json.dumps([line, cells]) + "\n")
            count += 1
    if not count or not any(title.strip() for title in header):
        raise Conflict("Daftar ini kosong. Baris pertama berisi judul kolom, produknya mulai baris kedua.")
    return header, count


def kept_rows(kept: Path, position: int) -> Iterator[tuple[int, int, list[str]]]:
    """Read kept rows from a byte on, each as (the byte behind it, its line in the list, its cells)."""
    with kept.open("rb") as file:
        file.seek(position)
        while row := file.readline():
            line, cells = json.loads(row)
            yield file.tell(), line, cells


class PhotoFolder:
    """The photos of an import under their bare names, never more than an import may have."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        there = photos_in(folder)
        self._names = set(there)
        self._bytes = sum(path.stat().st_size for path in there.values())

    def keep(self, name: str, file: IO[bytes]) -> list[str]:
        """Keep a photo, or all photos of a ZIP archive; return the names of files left out.

        Raise Conflict, in words, for an archive that is none or beyond our bounds; what was unpacked before that stays.
        """
        if not name.lower().endswith(".zip"):
            return [] if self._put(name, file) else [name]
        try:
            with zipfile.ZipFile(file) as archive:
                return [one.filename for one in archive.infolist() if not one.is_dir() and not self._unpack(archive, one)]
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError) as error:
            raise Conflict("Berkas %(name)s bukan ZIP yang dapat dibuka. Buat lagi ZIP-nya, lalu kirim.", name=name) from error

    def _unpack(self, archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> bool:
        is_encrypted = bool(one.flag_bits & 1)
        if is_encrypted or one.file_size > MOST_BYTES:
            return False
        with archive.open(one) as file:
            return self._put(one.filename, file)

    def _put(self, name: str, file: IO[bytes]) -> bool:
        bare = name.replace("\\", "/").rpartition("/")[2].strip()
        if Path(bare).suffix.lower() not in PICTURES or bare.startswith(".") or "\0" in bare or len(bare.encode()) > LONGEST_NAME:
            return False
        if (len(self._names) >= MOST_PHOTOS and bare not in self._names) or self._bytes > MOST_UNPACKED_BYTES:
            raise Conflict("Fotonya terlalu banyak. Paling banyak %(most)s foto dan 1 GB untuk satu daftar.", most=MOST_PHOTOS)
        part, size = self.folder / f".{secrets.token_hex(8)}", 0
        with part.open("wb") as target:
            while piece := file.read(PIECE):
                size += len(piece)
                if size > MOST_BYTES:  # whatever the archive's own list says
                    break
                target.write(piece)
        self._bytes += size  # also of a name that comes again and again
        if size > MOST_BYTES:
            part.unlink()
            return False
        part.replace(self.folder / bare)
        self._names.add(bare)
        return True
