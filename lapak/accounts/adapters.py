"""lokal-id's reading of phone numbers, behind plain values."""

from lapak.kernel.errors import Invalid
from lapak.kernel.words import say

LONGEST_NUMBER = 30
NOT_MOBILE = say("Tulis nomor ponsel Indonesia, misalnya 0812 2745 0913")


def mobile_number(text: str) -> str:
    """Return an Indonesian mobile number in E.164 form ("0812 2745 0913" -> "+6281227450913"); raise Invalid when it is not one."""
    from lokal import parse_phone  # noqa: PLC0415 - 0.2 s that only sign-in pages pay, once per process

    read = parse_phone(text.strip()) if len(text) <= LONGEST_NUMBER else None
    if read is None or not read.valid or not read.whatsapp or read.e164 is None:
        raise Invalid({"phone": NOT_MOBILE})
    return str(read.e164)
