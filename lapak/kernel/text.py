"""Text as people type it, made safe to store: control characters and direction marks go, spaces are single."""

import re
import unicodedata

LONGEST = 20_000
"""No text of ours is longer; what lies beyond is not even looked at, so that a megabyte costs no more than a page."""

_LINE_BREAKS = "\n"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def clean_line(text: str) -> str:
    """Return one line: NFC, no control or format characters (nulls, right-to-left marks, zero-width), single spaces."""
    return " ".join(_visible(text, keep="").split())


def clean_text(text: str) -> str:
    """Return paragraphs: like `clean_line`, keeping line breaks and at most one empty line between paragraphs."""
    lines = [" ".join(line.split()) for line in _visible(text.replace("\r\n", "\n").replace("\r", "\n"), keep=_LINE_BREAKS).split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n")


def printable(text: str | None) -> str:
    """Return text that may stand in a page as it was typed: only what no page can hold is left out (nulls, half characters)."""
    return _UNPRINTABLE.sub("", text or "")


def _visible(text: str, *, keep: str) -> str:
    composed = unicodedata.normalize("NFC", text[:LONGEST])
    return "".join(" " if unicodedata.category(char) == "Cc" and char not in keep else char for char in composed if _is_kept(char))


def _is_kept(char: str) -> bool:
    return unicodedata.category(char) not in {"Cf", "Cs", "Co", "Cn"}
