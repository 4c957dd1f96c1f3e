"""QRIS and pictures of them, made on the spot: no code of a real merchant is kept in the repository."""

import io
from binascii import crc_hqx
from collections.abc import Sequence
from random import Random

import segno
from PIL import Image, ImageFilter

NMID = "ID1020021181745"
OTHER_NMID = "ID1020099999999"


def tag(number: str, value: str) -> str:
    return f"{number}{len(value):02d}{value}"


def sealed(body: str) -> str:
    """A body with its tag 63, whatever it says before."""
    return f"{body}6304{crc_hqx(f'{body}6304'.encode(), 0xFFFF):04X}"


def account(nmid: str = NMID, size: str = "UMI") -> str:
    return tag("00", "ID.CO.QRIS.WWW") + tag("02", nmid) + tag("03", size)


def qris(
    name: str = "BU DARMI KERIPIK", city: str = "KAB. GROBOGAN", *, nmid: str = NMID, size: str = "UMI", without: Sequence[str] = (), **changes: str
) -> str:  # fmt: skip
    """A shop's static code; `t54="25000"` puts a tag in or changes it, `without` leaves tags out."""
    fields = {
        "00": "01", "01": "11",
        "26": tag("00", "COM.GO-JEK.WWW") + tag("01", "936009143000000001") + tag("02", "G0000000001") + tag("03", size),
        "51": account(nmid, size), "52": "5812", "53": "360", "58": "ID", "59": name, "60": city, "61": "58111",
        **{key.removeprefix("t"): value for key, value in changes.items()},
    }  # fmt: skip
    return sealed("".join(tag(number, fields[number]) for number in sorted(fields) if number not in without))


def drawn(text: str, scale: int = 8) -> Image.Image:
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="png", scale=scale, border=4)
    return Image.open(out).convert("RGB")


def jpeg(image: Image.Image, quality: int = 60) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def snapshot(*texts: str) -> bytes:
    """What a phone makes of codes on a wall: turned by 12 degrees, seen from the side, grainy, a little soft, and a JPEG of quality 60."""
    sheet = Image.new("RGB", (700 * len(texts) + 100, 900), (238, 232, 222))
    for at, text in enumerate(texts):
        sheet.paste(drawn(text).resize((560, 560), Image.Resampling.NEAREST), (100 + 700 * at, 170))
    wide, high = sheet.size
    turned = sheet.rotate(12, Image.Resampling.BICUBIC, fillcolor=(120, 110, 100))
    aside = (0.0, 0.0, -40.0, float(high), wide + 60.0, high + 40.0, float(wide), 30.0)
    seen = turned.transform(sheet.size, Image.Transform.QUAD, aside, Image.Resampling.BICUBIC, fillcolor=(90, 90, 90))
    grain = Image.effect_noise(sheet.size, 40).convert("RGB")
    return jpeg(Image.blend(seen.filter(ImageFilter.GaussianBlur(0.8)), grain, 0.12), 60)


def scrambled(text: str, random: Random) -> str:
    """A text with one of its characters changed."""
    at = random.randrange(len(text))
    return text[:at] + ("X" if text[at] != "X" else "Y") + text[at + 1 :]
