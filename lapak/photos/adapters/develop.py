"""The child process that opens what strangers sent: bounded memory and time, and only a fresh picture leaves it.

Started by `darkroom.py` with a socket as standard input. Nothing else of lapak is loaded here, and no secret reaches it.
"""

import io
import json
import resource
import socket
import sys
import time
import warnings
from typing import Any

import pillow_heif
from PIL import AvifImagePlugin, ExifTags, Image, ImageCms, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from lapak.kernel.children import bound_memory
from lapak.kernel.errors import Invalid
from lapak.kernel.words import Words
from lapak.photos import rules
from lapak.photos.adapters import frames

# security.md, S2: at most 512 MB more than at rest. Photos of 40 MP fit in every format but WebP, whose reader stops near 30.
MEMORY = 512 * rules.MEGABYTE
CPU_SECONDS = 12
IDLE_SECONDS = 600.0
# A JPEG of 3,840 pixels and more is decoded at half its size: a third of the time and a quarter of the memory.
DRAFT_SIDE = 1920
FORMATS = tuple(rules.Kind)
SRGB = ImageCms.createProfile("sRGB")
READERS = (AvifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def main() -> None:
    """Answer order after order until the other side is gone or silent for ten minutes."""
    line = socket.socket(fileno=sys.stdin.fileno())
    prepare()
    while True:
        until = time.monotonic() + IDLE_SECONDS
        try:
            order, data = json.loads(frames.receive(line, until=until)), frames.receive(line, until=until)
        except (EOFError, TimeoutError):
            return
        _bound_time()
        header, files = answer(order, data)
        for message in (json.dumps(header).encode(), *files):
            frames.send(line, message, until=time.monotonic() + IDLE_SECONDS)


def prepare() -> None:
    """Bound this process and its readers; a process that breaks a bound dies and takes nothing with it."""
    Image.MAX_IMAGE_PIXELS = rules.MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    bound_memory(MEMORY)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _bound_time() -> None:
    # The parent watches the clock; this also ends a decoder that spins on after its parent was killed.
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def answer(order: dict[str, Any], data: bytes) -> tuple[dict[str, object], list[bytes]]:
    """Return a header that names the files after it, or one that says why not, with no files."""
    try:
        if order["do"] == "read":
            return {"codes": read_codes(data)}, []
        done = finish(data) if order["do"] == "finish" else develop(data, square_at=order["square_at"])
    except Invalid as refusal:
        return _no(next(iter(refusal.fields.values())), "rules")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return _no(rules.TOO_MANY_PIXELS, "pixels")
    except MemoryError:
        return _no(rules.TOO_HEAVY, "memory")
    except Exception as error:  # noqa: BLE001 - readers of broken files raise a dozen kinds, and none is ours to mend
        return _no(rules.unreadable(rules.kind_of(data)), type(error).__name__)
    header = {"names": list(done.files), "width": done.width, "height": done.height, "color": done.color}
    return header, list(done.files.values())


def _no(words: Words, why: str) -> tuple[dict[str, object], list[bytes]]:
    return {"refused": words.id, "values": words.values, "why": why}, []


def develop(data: bytes, *, square_at: int | None = None) -> rules.Developed:
    """Return the files of `rules.FIRST_FILES`; raise Invalid for what the rules refuse, nearly anything for a broken file.

    `square_at` cuts out a square first, so many percent along the longer side.
    """
    if rules.kind_of(data) is rules.Kind.JPEG and rules.has_too_many_scans(data):
        raise Invalid({"photo": rules.TOO_HEAVY})
    sheet = _sheet(data)
    if square_at is not None:
        sheet = sheet.crop(rules.square(*sheet.size, square_at))
    files = {rules.MASTER: _saved(sheet, "JPEG", quality=rules.MASTER_QUALITY)}
    small = sheet
    for width in rules.FIRST_WIDTHS:
        small = _resized(small, rules.narrow(*small.size, width))
        files[f"{width}.jpg"], files[f"{width}.webp"] = _jpeg(small), _webp(small)
    return rules.Developed(*sheet.size, _color(small), files)


def read_codes(data: bytes) -> list[str]:
    """Return what the QR codes in a picture say, each once; raise as `develop` does."""
    import zxingcpp  # noqa: PLC0415 - few children ever read a code, and each holds 4 MB more then

    if rules.kind_of(data) is rules.Kind.JPEG and rules.has_too_many_scans(data):
        raise Invalid({"photo": rules.TOO_HEAVY})
    kinds = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(_sheet(data).convert("L"), formats=kinds, text_mode=zxingcpp.TextMode.Plain)
    return list(dict.fromkeys(code.text for code in found))[: rules.MOST_CODES]


def finish(data: bytes) -> rules.Developed:
    """Return what a request does not wait for: the files of `rules.later_files`, made from the master."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as master:
        master.load()
    wanted = rules.later_files(master.width)
    files = {rules.CARD: _card(master)}
    small: Image.Image = master
    for name, _width in reversed(rules.sizes(master.width, is_finished=True)):
        small = _resized(small, rules.narrow(*small.size, name))
        for kind, save in _SAVE.items():
            if f"{name}.{kind}" in wanted:
                files[f"{name}.{kind}"] = save(small)
    return rules.Developed(*master.size, _color(small), files)


def _card(master: Image.Image) -> bytes:
    """Return the picture for chats: a wide photo cut to their shape, any other whole, before a blur of itself."""
    wide, high = rules.CARD_SIZE
    if master.width * high * 2 >= master.height * wide:
        card = ImageOps.fit(master, rules.CARD_SIZE, Image.Resampling.BICUBIC)
    else:
        card = ImageOps.fit(master, (24, 13), Image.Resampling.BOX).resize(rules.CARD_SIZE, Image.Resampling.BICUBIC)
        whole = ImageOps.contain(master, rules.CARD_SIZE, Image.Resampling.BICUBIC)
        card.paste(whole, ((wide - whole.width) // 2, (high - whole.height) // 2))
    tries = (_saved(card, "JPEG", quality=quality) for quality in rules.CARD_QUALITIES)
    return next(saved for saved in tries if len(saved) <= rules.MOST_CARD_BYTES)


def _color(small: Image.Image) -> str:
    """Return the colour that most of a picture is near to, as "#rrggbb"."""
    few = small.resize((32, 32), Image.Resampling.BOX).quantize(5)
    counts, palette = few.histogram(), few.getpalette() or []
    at = 3 * counts.index(max(counts))
    return "#" + bytes(palette[at : at + 3]).hex()


def _sheet(data: bytes) -> Image.Image:
    """Return the upright picture on a new sheet, so that nothing of the file but its pixels goes on."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as photo:
        rules.check_sides(*photo.size)
        if isinstance(photo, JpegImagePlugin.JpegImageFile):
            photo.draft(None, rules.fit(*photo.size, DRAFT_SIDE))
        photo.load()
        turn, profile = _turn(photo), photo.info.get("icc_profile")
        picture = _resized(_eight_bits(photo), rules.fit(*photo.size, rules.MASTER_SIDE), Image.Resampling.HAMMING)
    picture = _srgb(picture, profile)
    sheet = Image.new("RGB", picture.size, "white")
    sheet.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    return sheet if turn is None else sheet.transpose(turn)


def _turn(photo: Image.Image) -> Image.Transpose | None:
    try:
        return TURNS.get(photo.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - a malformed tag is dropped, the picture stays (security.md, 4.4)
        return None


def _eight_bits(photo: Image.Image) -> Image.Image:
    if photo.mode.startswith("I"):  # 16 bits of grey, which convert() would clip rather than scale
        return photo.point(lambda value: value * (1 / 256)).convert("L")
    wanted = {"RGBA"} if photo.has_transparency_data else {"L", "RGB", "CMYK"}
    return photo if photo.mode in wanted else photo.convert("RGBA" if photo.has_transparency_data else "RGB")


def _srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in sRGB: the profile that said what its colours mean does not go on."""
    plain = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(picture, source, SRGB, outputMode=plain) or picture.convert(plain)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a broken or foreign profile: the colours are taken as they stand
    return picture.convert(plain)


def _resized(picture: Image.Image, size: tuple[int, int], how: Image.Resampling = Image.Resampling.BICUBIC) -> Image.Image:
    return picture if picture.size == size else picture.resize(size, how, reducing_gap=1.5)


def _saved(picture: Image.Image, kind: str, **how: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **how)
    return file.getvalue()


def _jpeg(picture: Image.Image) -> bytes:
    return _saved(picture, "JPEG", quality=rules.JPEG_QUALITY)


def _webp(picture: Image.Image) -> bytes:
    return _saved(picture, "WEBP", quality=rules.WEBP_QUALITY, method=rules.WEBP_METHOD)


def _avif(picture: Image.Image) -> bytes:
    return _saved(picture, "AVIF", quality=rules.AVIF_QUALITY, speed=rules.AVIF_SPEED)


_SAVE = {"avif": _avif, "webp": _webp, "jpg": _jpeg}


if __name__ == "__main__":
    main()
