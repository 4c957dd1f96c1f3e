"""Jobs of editions: who is told what, and who is no longer shown."""

from collections.abc import Callable
from datetime import datetime

from lapak.accounts.rules import Purpose
from lapak.editions.queries import calls, desk
from lapak.editions.queries.calls import MyEntry, Told
from lapak.editions.rules.answers import ANSWERS
from lapak.editions.rules.captions import title
from lapak.editions.rules.choosing import Standing
from lapak.editions.service import leaving, publishing
from lapak.jobs.registry import every
from lapak.kernel import paths
from lapak.kernel.clock import utc_now
from lapak.kernel.words import say
from lapak.notices.rules import Kind
from lapak.notices.service import tell
from lapak.regions.queries import site_of
from lapak.shops import queries as shops

CHOSEN = (Standing.CHOSEN,)
ENTERED = (Standing.ENTERED, Standing.CHOSEN, Standing.RESERVE, Standing.UNCHOSEN)
OTHERS = (Standing.UNCHOSEN, Standing.UNREADY, Standing.RESERVE)


def tell_call(edition_id: int) -> None:
    """Tell sellers who allowed it of an open call that they may answer."""
    edition, now = calls.by_id(edition_id), utc_now()
    site = site_of(edition.region_code) if edition else None
    if edition is None or site is None or edition.closes_at is None:
        return
    text = say(
        "%(brand)s: pendaftaran %(edition)s, %(theme)s, dibuka sampai %(until)s. Daftarkan satu produk di dasbor, menu Edisi.",
        brand=site.brand, edition=title(edition.series_name, edition.number), theme=edition.theme,
        until=f"{site.local(edition.closes_at):%d-%m-%Y %H.%M} {site.zone}",
    )  # fmt: skip
    for phone in calls.listeners(edition):
        tell(phone, text, kind=Kind.EDITION, site_code=edition.region_code, link=paths.fill(paths.MY_CALLS), now=now)


def tell_put_forward(entry_id: int) -> None:
    """Tell a seller that their listing takes part in an edition by no doing of theirs, by when to answer, and how to say no."""
    told, mine = calls.told_one(entry_id), calls.entry(entry_id)
    if told is not None and mine is not None and mine.may_decline:
        _tell(told, _put_forward(told, mine), now=utc_now())


def tell_sellers(edition_id: int) -> None:
    """Tell everybody who entered a published edition what became of it: in time for the rush, or with one thing to mend."""
    _post_all(edition_id, CHOSEN, _chosen)
    _post_all(edition_id, OTHERS, _not_chosen)


def tell_entrants(edition_id: int) -> None:
    """Tell everybody who entered a cancelled edition that it will not go out."""
    _post_all(edition_id, ENTERED, _cancelled)


def tell_removed(entry_id: int, reason: str) -> None:
    """Tell a seller that their listing was taken out of a published edition, and why."""
    told = calls.told_one(entry_id)
    if told is not None:
        text = say(
            "%(brand)s: %(product)s tidak lagi tampil di %(edition)s, %(theme)s. Alasan: %(reason)s",
            brand=_brand(told), product=told.product, edition=told.edition, theme=told.theme, reason=reason,
        )  # fmt: skip
        _tell(told, text, now=utc_now())


def tell_steward(edition_id: int) -> None:
    """Tell whoever answers for the programme that an edition was held up."""
    edition, now = calls.by_id(edition_id), utc_now()
    phone = desk.phone_of(edition.curator_id) if edition else None
    if edition and phone:
        name = title(edition.series_name, edition.number)
        text = say(
            "%(edition)s, %(theme)s, belum terbit: tidak ada lapak terpilih yang siap. Buka meja kurasi.", edition=name, theme=edition.theme
        )
        tell(phone, text, kind=Kind.DESK, site_code=edition.region_code, link=paths.fill(paths.CURATION), now=now)


def stop_showing(phone: str, purpose: str) -> None:
    """Take what somebody sold out of published editions and their pictures, once they withdrew their consent to be shown."""
    if purpose == Purpose.SHOP:
        leaving.leave(shops.of_number(phone), now=utc_now())


@every("*/5")
def ask_sellers() -> None:
    """Ask chosen sellers and the first reserves whether they are ready for the rush."""
    now = utc_now()
    publishing.ask_sellers(lambda told: _tell(told, _are_you_ready(told), now=now), now=now)


def _post_all(edition_id: int, standings: tuple[Standing, ...], words: Callable[[Told], str]) -> None:
    now = utc_now()
    for told in calls.told(edition_id, *standings):
        _tell(told, words(told), now=now)


def _tell(told: Told, text: str, *, now: datetime) -> None:
    link = paths.fill(paths.MY_CALLS)
    tell(told.phone, text, kind=Kind.EDITION, site_code=told.region_code, link=link, to=told.owner_id, now=now)


def _put_forward(told: Told, mine: MyEntry) -> str:
    site, until = site_of(told.region_code), calls.answer_until(mine)
    by = say("sebelum edisi terbit")
    if site and until:
        by = say("paling lambat %(when)s", when=f"{site.local(until):%d-%m-%Y %H.%M} {site.zone}")
    link = told.base + paths.fill(paths.MY_CALLS) if told.base else say("dasbor, menu Edisi")
    known = {"brand": _brand(told), "product": told.product, "edition": told.edition, "theme": told.theme, "by": by, "link": link}
    if mine.agreed_at is None:
        return say(
            "%(brand)s: kurator mengajukan %(product)s untuk %(edition)s, %(theme)s. Jawab Ikut atau Tidak ikut %(by)s di %(link)s. "
            "Tidak ikut tidak memengaruhi edisi berikutnya.", **known,
        )  # fmt: skip
    return say(
        "%(brand)s: %(product)s ikut %(edition)s, %(theme)s, karena Anda mengizinkannya untuk tema yang cocok. "
        "Bila kali ini tidak mau, tekan Tidak ikut %(by)s di %(link)s.", **known,
    )  # fmt: skip


def _chosen(told: Told) -> str:
    return say(
        "%(brand)s: %(product)s tampil di %(edition)s, %(theme)s, lapak nomor %(stall)s. Pesanan biasanya naik dua hari pertama. "
        "Periksa persediaan Anda. Gambar untuk diunggah: %(link)s",
        brand=_brand(told), product=told.product, edition=told.edition, theme=told.theme, stall=told.stall,
        link=told.base + paths.fill(paths.MY_CALLS),
    )  # fmt: skip


def _not_chosen(told: Told) -> str:
    answer = ANSWERS[told.reason] if told.reason else None
    why = say("%(reason)s. %(fix)s", reason=answer.text, fix=answer.fix) if answer else ""
    return say(
        "%(brand)s: %(product)s belum tampil di %(edition)s, %(theme)s. %(why)s %(again)s",
        brand=_brand(told), product=told.product, edition=told.edition, theme=told.theme, why=why, again=_again(told),
    )  # fmt: skip


def _cancelled(told: Told) -> str:
    return say(
        "%(brand)s: %(edition)s, %(theme)s, dibatalkan, jadi %(product)s belum tampil. %(again)s",
        brand=_brand(told), product=told.product, edition=told.edition, theme=told.theme, again=_again(told),
    )  # fmt: skip


def _again(told: Told) -> str:
    if told.stays_in_pool:
        return say("Produk ini ikut otomatis di tema berikutnya yang cocok.")
    return say("Anda boleh ikut lagi kapan saja.")


def _are_you_ready(told: Told) -> str:
    site = site_of(told.region_code)
    when = f"{site.local(told.publish_at):%d-%m-%Y %H.%M} {site.zone}" if site else f"{told.publish_at:%d-%m-%Y %H.%M} UTC"
    return say(
        "%(brand)s: %(product)s masuk daftar %(edition)s, terbit %(when)s. Buka %(link)s, periksa persediaan, lalu tekan Saya siap. "
        "Tanpa kabar, cadangan yang tampil.",
        brand=_brand(told), product=told.product, edition=told.edition, when=when, link=told.base + paths.fill(paths.MY_CALLS),
    )  # fmt: skip


def _brand(told: Told) -> str:
    site = site_of(told.region_code)
    return site.brand if site else "Lapak"
