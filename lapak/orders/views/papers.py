"""What a seller prints and takes along: the sheet of a day, labels, and the orders of a period as a spreadsheet."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, g, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts import policy
from lapak.kernel import paths
from lapak.kernel.clock import calendar_day
from lapak.kernel.errors import Invalid, NotFound
from lapak.kernel.money import format_count, format_rupiah
from lapak.kernel.words import say
from lapak.orders.adapters import paper, sheets
from lapak.orders.adapters.sheets import Cell
from lapak.orders.queries import listing, reading
from lapak.orders.queries.listing import ListedLine
from lapak.orders.queries.reading import OrderView
from lapak.orders.rules.items import Item
from lapak.orders.rules.papers import MOST_LABELS, MOST_ON_SHEET, Format, Label, Sheet, SheetOrder, best_before, home_number, totals
from lapak.orders.rules.states import DECLINE_TEXTS, DELIVERY_NAMES, PAYS_BY_NAMES, STATE_NAMES, Delivery, PaysBy, State
from lapak.orders.service.moving import GONE
from lapak.shops import policy as shops_policy
from lapak.shops import queries as shops
from lapak.shops.queries import ShopRow
from lapak.visits.rules import SOURCE_NAMES, Source
from lapak.web.access import actor, allow
from lapak.web.filters import long_date, moment
from lapak.web.links import absolute
from lapak.web.texts import explained, translated

bp = Blueprint("papers", __name__)
MOST_CHOICES = 100
"""Orders that the page offers labels for; a single order's page has its own label."""
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BACKWARDS = say("Tanggal awal harus sebelum tanggal akhir")
PAID, UNPAID = say("Sudah dibayar"), say("Belum dibayar")
SAID = say("Kata pembeli sudah dibayar, periksa")
NO_ORDERS = say("Pilih dulu pesanan yang labelnya dicetak")


@bp.get(paths.MY_PAPER)
@allow(policy.sells)
def index() -> ResponseReturnValue:
    """Show what can be printed and taken along."""
    return _index(_shop())


@bp.get(paths.MY_DAY_SHEET)
@allow(policy.sells)
def day_sheet() -> ResponseReturnValue:
    """Send the sheet of a day, today's without one named."""
    shop, today = _shop(), g.site.today(g.now)
    try:
        day = _day("hari", today)
    except Invalid as refusal:
        return _index(shop, wrong=explained(refusal))
    found = reading.day_sheet(shop.id, day, is_today=day == today, limit=MOST_ON_SHEET)
    firm = [order for order in found[:MOST_ON_SHEET] if order.state is not State.PLACED]
    asked = [order for order in found[:MOST_ON_SHEET] if order.state is State.PLACED]
    sheet = Sheet(
        shop=shop.name, day=long_date(day), printed=_("Disiapkan %(moment)s", moment=moment(g.now)),
        totals=totals(order.items for order in firm), orders=[_on_sheet(order, day) for order in firm],
        unanswered=[_on_sheet(order, day) for order in asked], is_cut=len(found) > MOST_ON_SHEET,
    )  # fmt: skip
    return _file(paper.sheet(sheet, speak=translated), f"lembar-{day}.pdf")


@bp.get(paths.MY_LABELS)
@allow(policy.sells)
def labels() -> ResponseReturnValue:
    """Send the labels of several orders of one's own."""
    shop, codes = _shop(), list(dict.fromkeys(request.args.getlist("kode")))
    if not codes:
        return _index(shop, wrong=NO_ORDERS)
    if len(codes) > MOST_LABELS:
        return _index(shop, wrong=say("Paling banyak %(most)s label sekali cetak. Kurangi pilihannya", most=MOST_LABELS))
    orders = reading.of_codes(shop.id, [code[:20] for code in codes])
    if not orders:
        raise NotFound(GONE)
    return _labels(shop, orders, is_own=True)


@bp.get(paths.MY_ORDER_LABEL)
@allow(policy.serves)
def label(code: str) -> ResponseReturnValue:
    """Send the label of an order; whoever keeps the shop for its seller gets it without the buyer's number."""
    shop_id = reading.shop_of(code)
    shop = shops.by_id(shop_id) if shop_id else None
    if shop is None or not shops_policy.runs(actor(), shop, now=g.now):
        raise NotFound(GONE)
    return _labels(shop, reading.of_codes(shop.id, [code]), is_own=shop.owner_id == actor().id)


@bp.get(paths.MY_ORDERS_XLSX)
@allow(policy.sells)
def as_workbook() -> ResponseReturnValue:
    """Send a period's orders as a workbook."""
    return _export("xlsx")


@bp.get(paths.MY_ORDERS_CSV)
@allow(policy.sells)
def as_csv() -> ResponseReturnValue:
    """Send a period's orders as CSV."""
    return _export("csv")


def _shop() -> ShopRow:
    shop = shops.owned_by(actor().id)
    if shop is None:
        raise NotFound(say("Anda belum punya lapak."))
    return shop


def _index(shop: ShopRow, *, wrong: str = "") -> ResponseReturnValue:
    today = g.site.today(g.now)
    page = {
        "orders": reading.to_label(shop.id, limit=MOST_CHOICES), "today": today, "first": today.replace(day=1), "wrong": wrong,
        "most_rows": format_count(listing.MOST_LINES),
    }  # fmt: skip
    return render_template("orders/paper.html", **page), 422 if wrong else 200


def _day(name: str, otherwise: date) -> date:
    said = request.args.get(name, "")[:20]
    return calendar_day(said, field=name) if said else otherwise


def _file(data: bytes, name: str) -> Response:
    # Sent to be kept: browsers' own viewers are stopped by the headers that forbid everything embedded.
    answer = Response(data, mimetype=PDF)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _on_sheet(order: OrderView, day: date) -> SheetOrder:
    where = order.buyer_place if order.delivery is Delivery.SENT else translated(DELIVERY_NAMES[order.delivery])
    if order.delivery is Delivery.PICKUP:
        where = _("Diambil di tempat Anda")
    ready = ""
    if order.ready_on is None:
        ready = _("Siap dikirim")
    elif order.ready_on < day:
        ready = _("Terlambat: %(day)s", day=_short(order.ready_on))
    return SheetOrder(
        order.code, order.buyer_name, ", ".join(part for part in (where, order.address) if part), ready, _money(order),
        format_rupiah(order.total), order.note, tuple(map(_line, order.items)),
    )  # fmt: skip


def _short(day: date) -> str:
    """A date without its weekday."""
    return long_date(day).partition(", ")[2]


def _money(order: OrderView) -> str:
    if order.money_at:
        return translated(PAID)
    return translated(SAID if order.paid_said_at else UNPAID)


def _line(item: Item) -> str:
    return f"{item.quantity} {item.unit or '×'} {item.full_name}"


def _labels(shop: ShopRow, orders: Sequence[OrderView], *, is_own: bool) -> Response:
    wanted = Format.SHEET if request.args.get("kertas") == Format.SHEET else Format.ROLL
    found = [_label(order, shop, is_own=is_own) for order in orders]
    name = f"label-{orders[0].code}.pdf" if len(orders) == 1 else f"label-{g.site.today(g.now)}.pdf"
    return _file(paper.labels(found, paper=wanted, speak=translated), name)


def _label(order: OrderView, shop: ShopRow, *, is_own: bool) -> Label:
    keeps = best_before(order.items)
    place = {Delivery.PICKUP: _("Diambil di tempat penjual"), Delivery.SERVICE: order.buyer_place}.get(order.delivery, order.buyer_place)
    return Label(
        code=order.code, link=absolute(paths.MY_ORDER, code=order.code), sender=shop.name, sender_place=shop.place_name,
        recipient=order.buyer_name, place=place, address=order.address, phone=home_number(order.buyer_phone) if is_own else "",
        courier=order.courier, tracking=order.tracking, contents=tuple(map(_line, order.items)),
        best_before=_short(keeps) if keeps else "",
    )  # fmt: skip


HEADER = (
    say("Kode pesanan"), say("Tanggal pesan"), say("Keadaan"), say("Nama pembeli"), say("Nomor pembeli"), say("Tempat"), say("Alamat"),
    say("Cara kirim"), say("Siap tanggal"), say("Produk"), say("Pilihan"), say("Satuan"), say("Jumlah"), say("Harga satuan"),
    say("Nilai baris"), say("Ongkos kirim"), say("Catatan pembeli"), say("Cara bayar"), say("Pembeli menyatakan bayar"),
    say("Anda menyatakan uang masuk"), say("Kurir"), say("Nomor resi"), say("Dikirim"), say("Selesai menurut penjual"),
    say("Diterima menurut pembeli"), say("Alasan ditolak"), say("Asal pembeli"),
)  # fmt: skip
"""The columns; postage stands in the first line of each order alone, so that a column can be added up."""


def _cells(line: ListedLine) -> list[Cell]:
    why = (line.decline_note or translated(DECLINE_TEXTS[line.decline])) if line.decline else ""
    pays_by = translated(PAYS_BY_NAMES[PaysBy(line.pays_by)]) if line.pays_by else ""
    return [
        line.code, _local(line.placed_at), translated(STATE_NAMES[line.state]), line.buyer_name, home_number(line.buyer_phone),
        line.buyer_place, line.address, translated(DELIVERY_NAMES[line.delivery]), line.ready_on, line.name, line.variant, line.unit,
        line.quantity, line.price, line.total, line.postage if line.is_first else None, line.note, pays_by, _local(line.paid_said_at),
        _local(line.money_at), line.courier, line.tracking, _local(line.sent_at), _local(line.declared_at), _local(line.received_at), why,
        translated(SOURCE_NAMES[Source(line.source)]),
    ]  # fmt: skip


def _local(moment: datetime | None) -> datetime | None:
    """A moment on the region's clock, as a spreadsheet has it: without a zone."""
    return None if moment is None else g.site.local(moment).replace(tzinfo=None)


def _export(kind: str) -> ResponseReturnValue:
    shop, today = _shop(), g.site.today(g.now)
    try:
        first, last = _day("dari", today.replace(day=1)), _day("sampai", today)
    except Invalid as refusal:
        return _index(shop, wrong=explained(refusal))
    if first > last:
        return _index(shop, wrong=BACKWARDS)
    since, until = g.site.end_of(first - timedelta(days=1)), g.site.end_of(last)
    many = listing.count(shop.id, since=since, until=until)
    if many > listing.MOST_LINES:
        wrong = say(
            "Periode ini berisi %(count)s baris, sedangkan satu berkas paling banyak %(most)s. Pilih periode yang lebih pendek",
            count=format_count(many), most=format_count(listing.MOST_LINES),
        )  # fmt: skip
        return _index(shop, wrong=wrong)
    rows = map(_cells, listing.lines(shop.id, since=since, until=until))
    return _table(kind, f"pesanan-{first}-{last}.{kind}", rows)


def _table(kind: str, name: str, rows: Iterable[Sequence[Cell]]) -> Response:
    """Send a table from a file of its own: a reader on a slow line holds no database connection."""
    header = [translated(title) for title in HEADER]
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        if kind == "xlsx":
            sheets.write_workbook(path, _("Pesanan"), header, rows)
        else:
            sheets.write_csv(path, header, rows)
        answer = send_file(path.open("rb"), mimetype=XLSX if kind == "xlsx" else "text/csv", as_attachment=True, download_name=name)
    del answer.headers["Cache-Control"]  # kept by nobody, as every page that does not say otherwise
    return answer
