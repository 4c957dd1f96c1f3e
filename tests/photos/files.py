"""Files that people and attackers send, made on the spot: nothing hostile is kept in the repository."""

import io
import struct
import zlib
from functools import cache
from typing import Any

import pillow_heif
from PIL import ExifTags, Image

pillow_heif.register_heif_opener()

SCRIPT = b"<script>alert(1)</script>"
TRAILER = b"%PDF-1.7 trailer"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><secret>rumah Bu Darmi</secret></x:xmpmeta>'
MARKS = (b"<script", b"%PDF", b"Exif", b"EXIF", b"eXIf", b"xmpmeta", b"XMP ", b"Photoshop", b"rumah", b"ICC", b"acsp", b"http", b"Canon")
KINDS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")
QUICKLY: dict[str, dict[str, Any]] = {"AVIF": {"speed": 9}, "HEIF": {"enc_params": {"preset": "ultrafast"}}}
"""These tests are about reading; how small an encoder makes a file when it takes its time is not."""


def saved(image: Image.Image, kind: str = "JPEG", **how: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **{**QUICKLY.get(kind, {}), **how})
    return out.getvalue()


@cache
def scene(width: int = 640, height: int = 480) -> Image.Image:
    """Something like a photo: soft shapes and some grain."""
    return Image.effect_noise((width // 8, height // 8), 90).convert("RGB").resize((width, height), Image.Resampling.BICUBIC)


@cache
def photo(kind: str = "JPEG", width: int = 640, height: int = 480) -> bytes:
    return saved(scene(width, height), kind)


def corners(width: int = 300, height: int = 240) -> Image.Image:
    """Red at the top left, green at the top right, blue at the bottom left, white at the bottom right."""
    image = Image.new("RGB", (width, height), "white")
    for color, place in (("red", (0, 0)), ("lime", (width // 2, 0)), ("blue", (0, height // 2))):
        image.paste(color, (*place, place[0] + width // 2, place[1] + height // 2))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = orientation
    tags[ExifTags.Base.Make] = "Canon"
    tags.get_ifd(ExifTags.IFD.GPSInfo).update({ExifTags.GPS.GPSLatitudeRef: "S", ExifTags.GPS.GPSLatitude: (7.0, 30.0, 1.0)})
    return tags


def polyglot(kind: str) -> bytes:
    """A photo that carries a script, a place, words about a home and a second file behind its end."""
    how: dict[str, Any] = {"exif": exif().tobytes(), "xmp": XMP}
    if kind == "JPEG":
        how["comment"] = SCRIPT
        iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x09rumah Bu "
        how["extra"] = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    return saved(scene(), kind, **how) + SCRIPT + TRAILER


def jpeg_with_scans(count: int, width: int = 640, height: int = 480) -> bytes:
    """A progressive JPEG whose first scan is repeated until there are `count`."""
    whole = saved(Image.new("RGB", (width, height), "#c96"), progressive=True)
    start = whole.index(b"\xff\xda")
    end = whole.index(b"\xff", start + 2 + int.from_bytes(whole[start + 2 : start + 4]))
    return whole[:start] + whole[start:end] * count + b"\xff\xd9"


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of_zeros(width: int, height: int, *, depth: int = 8, color: int = 0) -> bytes:
    """A whole and valid PNG whose every byte is zero, written without ever holding its pixels.

    One megabyte of zeros is deflated once and repeated; the Adler-32 of n zeros is known.
    """
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    total = height * (1 + (width * depth * samples + 7) // 8)
    step = 1 << 20
    squeezer = zlib.compressobj(9, wbits=-15)
    block = squeezer.compress(bytes(step)) + squeezer.flush(zlib.Z_FULL_FLUSH)
    rest = zlib.compressobj(9, wbits=-15)
    tail = rest.compress(bytes(total % step)) + rest.flush()
    stream = b"\x78\xda" + block * (total // step) + tail + struct.pack(">I", (total % 65521) << 16 | 1)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", stream) + _chunk(b"IEND", b"")


def png_16_bit_rgb(red: int, green: int, blue: int, side: int = 240) -> bytes:
    rows = (b"\0" + struct.pack(">HHH", red, green, blue) * side) * side
    header = struct.pack(">IIBBBBB", side, side, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def near(image: Image.Image, at: tuple[int, int], color: tuple[int, int, int], *, within: int = 40) -> bool:
    pixel = image.convert("RGB").getpixel(at)
    assert isinstance(pixel, tuple)
    return all(abs(seen - wanted) <= within for seen, wanted in zip(pixel, color, strict=True))
