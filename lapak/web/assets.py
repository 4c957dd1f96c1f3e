"""Static files: content-hashed names, compressed once, served by whitenoise and kept by browsers for a year."""

import gzip
import hashlib
import os
import re
from pathlib import Path

import brotli

_HASHED = re.compile(r"\.[0-9a-f]{12}\.[a-z0-9]+$")
_TEXT = {".css", ".js", ".svg"}


def build(source: Path, target: Path) -> dict[str, str]:
    """Copy `source` into `target` under hashed names, with .br and .gz beside text; return {name: hashed name}.

    Stylesheets come last, so that a name inside `url(…)` becomes the hashed one. Files already there are left alone.
    """
    target.mkdir(parents=True, exist_ok=True)
    names: dict[str, str] = {}
    for path in sorted(source.iterdir(), key=lambda path: (path.suffix == ".css", path.name)):
        if not path.is_file() or path.name.startswith(("LICENSE", ".")):
            continue
        data = path.read_bytes()
        if path.suffix == ".css":
            data = _with_hashed_names(data.decode(), names).encode()
        digest = hashlib.sha256(data).hexdigest()[:12]
        names[path.name] = f"{path.stem}.{digest}{path.suffix}"
        _write(target / names[path.name], data, is_text=path.suffix in _TEXT)
    return names


def is_immutable(_path: str, url: str) -> bool:
    """Whether a URL carries a content hash (a hook of whitenoise)."""
    return _HASHED.search(url) is not None


def _with_hashed_names(css: str, names: dict[str, str]) -> str:
    return re.sub(r"url\((?:\./|/static/)?([A-Za-z0-9_.-]+)\)", lambda match: f"url({names.get(match[1], match[1])})", css)


def _write(path: Path, data: bytes, *, is_text: bool) -> None:
    if path.exists():
        return
    if is_text:
        _replace(path.with_name(path.name + ".br"), brotli.compress(data))
        _replace(path.with_name(path.name + ".gz"), gzip.compress(data, 9, mtime=0))
    _replace(path, data)


def _replace(path: Path, data: bytes) -> None:
    passing = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    passing.write_bytes(data)
    passing.replace(path)
