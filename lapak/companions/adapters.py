"""segno's QR codes (ISO/IEC 18004), behind plain values."""

import io

QUIET_ZONE = 4
SCALE = 8


def qr_svg(text: str) -> bytes:
    """Return `text` as a QR code in an SVG document: black on white, level M, so that a creased sheet still reads."""
    import segno  # noqa: PLC0415 - only sheets need it

    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", scale=SCALE, border=QUIET_ZONE, dark="#000", light="#fff")
    return out.getvalue()
