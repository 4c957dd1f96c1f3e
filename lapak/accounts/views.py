"""Pages where people sign in, and where admins keep the list of officials."""

import secrets
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, login_user, logout_user

from lapak.accounts import policy, queries, service
from lapak.accounts.forms import CodeForm, HandOverForm, InviteForm, PhoneForm
from lapak.accounts.rules import ROLE_NAMES, SEEN_STEP, Actor, Role, device_name, mask_phone, origin_of
from lapak.kernel import paths
from lapak.kernel.clock import utc_now
from lapak.kernel.errors import Conflict, DomainError, Invalid, TooMany
from lapak.senders.demo import DemoInbox
from lapak.senders.outbound import sender
from lapak.web.access import actor, allow, public, signed_in
from lapak.web.links import absolute, own_path, see, to
from lapak.web.texts import explained, show_beside, translated

bp = Blueprint("accounts", __name__)
CODE_MARK, NEWEST = "Kode ", 8
KEPT_AT_SIGN_IN = ("ordered",)
login = LoginManager()
login.session_protection = None  # our session rows decide; an address that changes is everyday life on a phone


class SessionUser(UserMixin):
    """What Flask-Login keeps of a person: the session's token, and the actor behind it."""

    def __init__(self, token: str, person: Actor | None) -> None:
        self.token = token
        self.actor = person

    def get_id(self) -> str:
        """Return the session token; the account's own key never leaves the server."""
        return self.token


@login.user_loader
def load_user(token: str) -> SessionUser | None:
    """Find the person behind a session token, and note now and then that the session is used."""
    now = g.get("now") or utc_now()
    found = queries.actor_of(token, now=now)
    if found is None:
        service.end_overdue(token, now=now)
        return None
    person, row = found
    if now - row.seen_at > SEEN_STEP:
        service.touch_session(row.id, now=now)
    return SessionUser(token, person)


@bp.get(paths.SIGN_IN)
@public
def sign_in() -> ResponseReturnValue:
    """Ask for a number."""
    return _ask_number("accounts/sign_in.html", PhoneForm(next=request.args.get("next")))


@bp.post(paths.SIGN_IN)
@public
def send_code() -> ResponseReturnValue:
    """Send a code and go on to where it is typed."""
    return _send_code("accounts/sign_in.html", paths.SIGN_IN_CODE)


@bp.get(paths.SIGN_IN_CODE)
@public
def sign_in_code() -> ResponseReturnValue:
    """Ask for the code."""
    return _ask_code(paths.SIGN_IN)


@bp.post(paths.SIGN_IN_CODE)
@public
def enter() -> ResponseReturnValue:
    """Sign in with the code."""
    return _enter(paths.SIGN_IN)


@bp.get(paths.START_SELLING)
@public
def start() -> ResponseReturnValue:
    """Ask a future seller for their number; who is signed in goes straight on."""
    if actor() is not None:
        return see(paths.START_SHOP)
    return _ask_number("accounts/start.html", PhoneForm())


@bp.post(paths.START_SELLING)
@public
def start_send() -> ResponseReturnValue:
    """Send a future seller's code."""
    return _send_code("accounts/start.html", paths.START_CODE)


@bp.get(paths.START_CODE)
@public
def start_code() -> ResponseReturnValue:
    """Ask a future seller for the code."""
    return _ask_code(paths.START_SELLING)


@bp.post(paths.START_CODE)
@public
def start_enter() -> ResponseReturnValue:
    """Sign a future seller in and go on to the shop."""
    return _enter(paths.START_SELLING)


def _ask_number(template: str, form: PhoneForm, status: int = 200, refusal: str = "") -> ResponseReturnValue:
    return render_template(template, form=form, refusal=refusal), status


def _send_code(template: str, onward: str) -> ResponseReturnValue:
    form = PhoneForm()
    if not form.validate_on_submit():
        return _ask_number(template, form, 422)
    browser = session.get("browser") or secrets.token_urlsafe(20)
    session["browser"] = browser
    try:
        service.send_code(form.phone.data, browser=browser, origin=_origin(), brand=g.site.brand, key=_key(), now=g.now)
    except TooMany as refusal:
        return _later(_ask_number(template, form, 429, explained(refusal)), refusal)
    except Conflict as refusal:
        return _ask_number(template, form, 409, explained(refusal))
    session["phone"], session["next"] = form.phone.data, own_path(form.next.data)
    return see(onward)


def _ask_code(beginning: str, form: CodeForm | None = None, status: int = 200, refusal: str = "") -> ResponseReturnValue:
    if "phone" not in session:
        return see(beginning)
    page = {
        "form": form or CodeForm(),
        "phone": session["phone"],
        "masked": mask_phone(session["phone"]),
        "beginning": beginning,
        "refusal": refusal,
    }
    return render_template("accounts/code.html", **page, is_start=beginning == paths.START_SELLING), status


def _enter(beginning: str) -> ResponseReturnValue:
    form = CodeForm()
    if "phone" not in session or not form.validate_on_submit():
        return _ask_code(beginning, form, 422)
    device = device_name(request.user_agent.string)
    try:
        token = service.enter(
            session["phone"], form.code.data, browser=session.get("browser", ""), origin=_origin(), device=device, key=_key(), now=g.now
        )
    except Invalid as refusal:
        form.code.errors = [refusal.fields["code"]]
        return _ask_code(beginning, form, 422)
    except TooMany as refusal:
        return _later(_ask_code(beginning, form, 429, explained(refusal)), refusal)
    onward, kept = session.get("next"), {name: session[name] for name in KEPT_AT_SIGN_IN if name in session}
    session.clear()
    session.update(kept)
    session.permanent = True
    found = queries.actor_of(token, now=g.now)
    login_user(SessionUser(token, found[0] if found else None))
    if beginning == paths.START_SELLING:
        return see(paths.START_SHOP)
    return redirect(onward or _home_of(found[0] if found else None), 303)


def _later(page: ResponseReturnValue, refusal: TooMany) -> ResponseReturnValue:
    response = current_app.make_response(page)
    response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _home_of(person: Actor | None) -> str:
    region = g.site.region_code
    if policy.may_curate(person, region):
        return to(paths.CURATION)
    if policy.may_administer(person, region):
        return to(paths.ADMIN)
    if policy.may_accompany(person, region):
        return to(paths.COMPANION)
    if policy.sells(person, region):
        return to(paths.DASHBOARD)
    if person and person.is_official:
        flash(
            _(
                "Anda masuk sebagai %(role)s. Ruang kerja untuk peran ini di situs ini belum ada.",
                role=translated(ROLE_NAMES[person.roles[0].role]).lower(),
            ),
            "segera",
        )
        return to(paths.HOME)
    return to(paths.START_SHOP)


@bp.post(paths.SIGN_OUT)
@signed_in
def sign_out() -> ResponseReturnValue:
    """End this session on every worker."""
    person = actor()
    service.end_session(person.session_id, by=person, now=g.now)
    logout_user()
    session.clear()
    return see(paths.HOME)


@bp.get(paths.MY_SESSIONS)
@signed_in
def sessions() -> ResponseReturnValue:
    """List the browsers where this person is signed in."""
    return render_template("accounts/sessions.html", sessions=queries.sessions_of(actor().id), current=actor().session_id)


@bp.post(paths.MY_SESSION_END)
@signed_in
def end_session(session_id: int) -> ResponseReturnValue:
    """Sign another browser out."""
    service.end_session(session_id, by=actor(), now=g.now)
    flash(_("Ponsel atau komputer itu sudah dikeluarkan."))
    return see(paths.MY_SESSIONS)


@bp.get(paths.MY_CONSENTS)
@signed_in
def consents() -> ResponseReturnValue:
    """Show a person what they agreed to."""
    return render_template("accounts/consents.html", consents=queries.consents_of(actor().phone))


@bp.post(paths.MY_CONSENT_WITHDRAW)
@signed_in
def withdraw_consent(consent_id: int) -> ResponseReturnValue:
    """Take a consent back."""
    service.withdraw_consent(consent_id, by=actor(), now=g.now)
    flash(_("Persetujuan sudah ditarik. Produk Anda dijeda sebentar lagi."))
    return see(paths.MY_CONSENTS)


@bp.get(paths.DEMO_INBOX)
@public
def demo_inbox() -> ResponseReturnValue:
    """Show the messages that a real gateway would deliver; only in demo mode."""
    box = sender()
    if not current_app.config["DEMO"] or not isinstance(box, DemoInbox):
        abort(404)
    messages = box.newest()
    codes = [message for message in messages if message.text.startswith(CODE_MARK)][:NEWEST]
    return render_template("accounts/inbox.html", codes=codes, messages=[message for message in messages if message not in codes][:NEWEST])


@bp.get(paths.ADMIN_PEOPLE)
@allow(policy.may_administer)
def people() -> ResponseReturnValue:
    """List the officials of the region."""
    return _people(_invite_form())


@bp.post(paths.ADMIN_INVITE)
@allow(policy.may_administer)
def invite() -> ResponseReturnValue:
    """Give somebody a role."""
    form = _invite_form()
    if not form.validate_on_submit():
        return _people(form, 422)
    try:
        service.appoint(
            phone=form.phone.data, name=form.name.data, role=Role(form.role.data), region_code=form.region_code.data, now=g.now, by=actor(),
            until=g.site.end_of(form.until.data) if form.until.data else None, door=absolute(paths.SIGN_IN),
        )  # fmt: skip
    except DomainError as refusal:
        show_beside(form, refusal, otherwise="phone")
        return _people(form, 422)
    flash(_("%(name)s sudah diundang. Pesan dikirim ke nomornya.", name=form.name.data))
    return see(paths.ADMIN_PEOPLE)


@bp.post(paths.ADMIN_ROLE_END)
@allow(policy.may_administer)
def end_role(grant_id: int) -> ResponseReturnValue:
    """End a role now."""
    try:
        service.end_role(grant_id, by=actor(), now=g.now)
    except Conflict as refusal:
        flash(explained(refusal), "lewat")
    else:
        flash(_("Peran sudah berakhir. Orang itu sudah dikeluarkan dari semua perangkat."))
    return see(paths.ADMIN_PEOPLE)


@bp.get(paths.ADMIN_ROLE_HAND_OVER)
@allow(policy.may_administer)
def hand_over_form(grant_id: int) -> ResponseReturnValue:
    """Ask who takes a role over."""
    return _hand_over(grant_id, HandOverForm())


@bp.post(paths.ADMIN_ROLE_HAND_OVER)
@allow(policy.may_administer)
def hand_over(grant_id: int) -> ResponseReturnValue:
    """Hand a role over: the old holder's ends, the new one's begins."""
    form = HandOverForm()
    if not form.validate_on_submit():
        return _hand_over(grant_id, form, 422)
    try:
        service.hand_over(grant_id, phone=form.phone.data, name=form.name.data, by=actor(), now=g.now, door=absolute(paths.SIGN_IN))
    except Conflict as refusal:
        form.phone.errors = [explained(refusal)]
        return _hand_over(grant_id, form, 422)
    flash(_("Peran sudah diserahkan kepada %(name)s.", name=form.name.data))
    return see(paths.ADMIN_PEOPLE)


def _invite_form() -> InviteForm:
    form = InviteForm()
    form.offer(g.site.region_code)
    return form


def _people(form: InviteForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "accounts/people.html", form=form, grants=queries.grants_in(g.site.region_code), mask_phone=mask_phone, now=g.now
    ), status


def _hand_over(grant_id: int, form: HandOverForm, status: int = 200) -> ResponseReturnValue:
    grant = next((row for row in queries.grants_in(g.site.region_code) if row.id == grant_id and not row.is_over(g.now)), None)
    if grant is None:
        abort(404)
    return render_template("accounts/hand_over.html", form=form, grant=grant), status


def _origin() -> str:
    return origin_of(request.remote_addr, key=_key())


def _key() -> bytes:
    key: Any = current_app.config["KEY"]
    return bytes(key)
