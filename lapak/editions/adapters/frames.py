"""Photos in their frames: cut to size, with round corners; where there is none, the region's motif on a panel."""

import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageOps

from lapak.editions.adapters.cloth import Cloth, lay

FINE = 4
LEAST_SHOWN = 0.5
"""A photo of which less would be left is shown whole, on a mat in the region's colour."""
Size = tuple[int, int]


def frame(sheet: Image.Image, at: tuple[int, int], size: Size, photo: bytes | None, cloth: Cloth, *, radius: int, tile: int) -> bool:
    """Put a photo, or else the motif in tiles of so many pixels, on a sheet; return whether there was a photo to be seen."""
    picture = _opened(photo, size) if photo else None
    sheet.paste(_fitted(picture, size, cloth) if picture else _panel(cloth, size, tile), at, _mask(size, radius))
    return picture is not None


def _opened(photo: bytes, size: Size) -> Image.Image | None:
    """Return what a JPEG of ours shows, decoded no larger than needed; none for a file that is damaged."""
    try:
        with Image.open(io.BytesIO(photo), formats=("JPEG",)) as picture:
            picture.draft("RGB", size)
            return picture.convert("RGB")
    except (OSError, SyntaxError, ValueError):
        return None


def _fitted(picture: Image.Image, size: Size, cloth: Cloth) -> Image.Image:
    wide, high = picture.width * size[1], picture.height * size[0]
    if min(wide, high) >= LEAST_SHOWN * max(wide, high):
        return ImageOps.fit(picture, size, Image.Resampling.BICUBIC)
    whole = ImageOps.contain(picture, size, Image.Resampling.BICUBIC)
    mat = Image.new("RGB", size, cloth.panel)
    mat.paste(whole, ((size[0] - whole.width) // 2, (size[1] - whole.height) // 2))
    return mat


def _panel(cloth: Cloth, size: Size, tile: int) -> Image.Image:
    panel = Image.new("RGB", size, cloth.panel)
    lay(panel, cloth, (0, 0, *size), tile=tile)
    return panel


@lru_cache(maxsize=32)
def _mask(size: Size, radius: int) -> Image.Image:
    mask = Image.new("L", size, 255)
    if radius:
        large = Image.new("L", (2 * radius * FINE, 2 * radius * FINE))
        ImageDraw.Draw(large).ellipse((0, 0, large.width - 1, large.height - 1), fill=255)
        disc = large.reduce(FINE)
        for right in (0, 1):
            for low in (0, 1):
                corner = disc.crop((right * radius, low * radius, (right + 1) * radius, (low + 1) * radius))
                mask.paste(corner, (right * (size[0] - radius), low * (size[1] - radius)))
    return mask
