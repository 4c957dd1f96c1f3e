"""Pages where somebody reads their news and says where else it may go, and the two that letters lead to."""

from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts.rules import mask_phone
from lapak.kernel import paths
from lapak.kernel.codes import hash_token
from lapak.kernel.errors import NotFound, TooMany
from lapak.kernel.paging import parse_key
from lapak.notices import queries, service
from lapak.notices.forms import AddressForm, ChannelsForm, DeviceForm
from lapak.notices.queries import Address, News
from lapak.notices.rules import KIND_NAMES, KIND_NOTES, Channel, kinds_for, mask_address
from lapak.regions.queries import site_for
from lapak.senders.outbound import mailer, pusher
from lapak.web.access import actor, public, signed_in
from lapak.web.links import canonical, see
from lapak.web.texts import explained

bp = Blueprint("notices", __name__)


@bp.get(paths.MY_NOTICES)
@signed_in
def inbox() -> ResponseReturnValue:
    """Show somebody's news, newest first."""
    before = parse_key(request.args.get("sebelum"))
    return render_template("notices/inbox.html", page=queries.inbox(actor().id, before=before), kinds=KIND_NAMES, is_first=before is None)


@bp.post(paths.MY_NOTICES_READ)
@signed_in
def read_all() -> ResponseReturnValue:
    """Mark what was on the page, and all before it, as read."""
    service.read_all(up_to=parse_key(request.form.get("up_to")) or 0, by=actor(), now=g.now)
    return see(paths.MY_NOTICES)


@bp.post(paths.MY_NOTICE_OPEN)
@signed_in
def open_one(notice_id: int) -> ResponseReturnValue:
    """Mark a notice as read and go to what it is about."""
    return redirect(_door(service.read(notice_id, by=actor(), now=g.now)), 303)


@bp.get(paths.MY_CHANNELS)
@signed_in
def channels() -> ResponseReturnValue:
    """Show where somebody's news goes."""
    return _channels(AddressForm())


@bp.post(paths.MY_CHANNELS)
@signed_in
def choose() -> ResponseReturnValue:
    """Keep which news goes where, of the channels that are there."""
    form = ChannelsForm()
    if not form.validate_on_submit():
        return _channels(AddressForm(), 422, _("Pilih kabar dan jalurnya dari daftar, lalu simpan lagi."))
    asked = [(channel, kind) for channel in _open_channels() for kind in kinds_for(actor())]
    service.choose(form.wanted(), among=asked, by=actor())
    flash(_("Pilihan kabar sudah disimpan."))
    return see(paths.MY_CHANNELS)


@bp.post(paths.MY_MAIL)
@signed_in
def give_address() -> ResponseReturnValue:
    """Take an e-mail address and send a link there."""
    form = AddressForm()
    if not form.validate_on_submit():
        return _channels(form, 422)
    try:
        service.give_address(form.address.data, site_code=g.site.region_code, by=actor(), key=_key(), now=g.now)
    except TooMany as refusal:
        form.address.errors = [explained(refusal)]
        answer = current_app.make_response(_channels(form, 429))
        answer.headers["Retry-After"] = str(refusal.retry_after)
        return answer
    return see(paths.MY_CHANNELS)


@bp.post(paths.MY_MAIL_DROP)
@signed_in
def drop_address() -> ResponseReturnValue:
    """Send no more letters."""
    service.drop_address(by=actor(), now=g.now)
    flash(_("Alamat surel sudah dihapus. Tidak ada surel lagi untuk Anda."))
    return see(paths.MY_CHANNELS)


@bp.post(paths.MY_DEVICE)
@signed_in
def add_device() -> ResponseReturnValue:
    """Show news in this browser."""
    form = DeviceForm()
    if not form.validate_on_submit():
        return _channels(
            AddressForm(), 422, _("Peramban ini tidak memberi alamat yang dapat kami pakai. Muat ulang halaman, lalu coba lagi.")
        )
    service.add_device(form.device(), by=actor(), now=g.now)
    flash(_("Perangkat ini kini menampilkan kabar."))
    return see(paths.MY_CHANNELS)


@bp.post(paths.MY_DEVICE_DROP)
@signed_in
def drop_device(device_id: int) -> ResponseReturnValue:
    """Show no more news in a browser."""
    service.drop_device(device_id, by=actor())
    flash(_("Perangkat itu tidak lagi menampilkan kabar."))
    return see(paths.MY_CHANNELS)


@bp.get(paths.MAIL_CONFIRM)
@public
def confirm_form(token: str) -> ResponseReturnValue:
    """Ask whether the address is theirs: programs that look through letters open every link in them."""
    found = queries.address_to_confirm(hash_token(token))
    if found is None or not (found.is_good(g.now) or found.may_confirm(g.now)):
        raise NotFound(service.DEAD_LINK)
    return _asked_by_letter("notices/confirm.html", found, is_done=found.is_good(g.now))


@bp.post(paths.MAIL_CONFIRM)
@public
def confirm(token: str) -> ResponseReturnValue:
    """Put an address in use."""
    service.confirm_address(token, now=g.now)
    return see(paths.MAIL_CONFIRM, token=token)


@bp.get(paths.MAIL_STOP)
@public
def stop_form(token: str) -> ResponseReturnValue:
    """Ask whether letters should stop."""
    found = queries.address_to_stop(hash_token(token))
    if found is None:
        raise NotFound(service.DEAD_LINK)
    return _asked_by_letter("notices/stop.html", found, is_done=found.ended_at is not None)


@bp.post(paths.MAIL_STOP)
@public
def stop(token: str) -> ResponseReturnValue:
    """Send no more letters to an address."""
    service.stop_letters(token, now=g.now)
    return see(paths.MAIL_STOP, token=token)


def _asked_by_letter(template: str, found: Address, *, is_done: bool) -> ResponseReturnValue:
    return render_template(template, address=mask_address(found.address), is_done=is_done, here=request.path)


def _door(news: News) -> str:
    """Where a notice leads: in its own region, which may not be the one that is being looked at; without a page back to the inbox."""
    site = site_for(news.site_code) if news.site_code else None
    if not news.link or site is None or site.region_code == g.site.region_code:
        return request.script_root + (news.link or paths.MY_NOTICES)
    return canonical(news.link, site=site)


def _open_channels() -> list[Channel]:
    return [channel for channel, carrier in ((Channel.MAIL, mailer()), (Channel.PUSH, pusher())) if carrier is not None]


def _channels(form: AddressForm, status: int = 200, refusal: str = "") -> ResponseReturnValue:
    person, push = actor(), pusher()
    address, asked, refused = queries.mail_of(person.id, now=g.now)
    page: dict[str, Any] = {
        "form": form,
        "refusal": refusal,
        "masked": mask_phone(person.phone),
        "has_mail": mailer() is not None,
        "push_key": push.public_key if push is not None else "",
        "address": address,
        "asked": asked,
        "refused": refused,
        "devices": queries.devices(person.id),
        "channels": _open_channels(),
        "kinds": kinds_for(person),
        "names": KIND_NAMES,
        "notes": KIND_NOTES,
        "muted": queries.mutes(person.id),
    }
    return render_template("notices/channels.html", **page), status


def _key() -> bytes:
    return bytes(current_app.config["KEY"])
