"""The app: blueprints, extensions, and the table of events. This module alone knows everything."""

import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, g, jsonify, request, send_from_directory, session
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_wtf import CSRFProtect
from jinja2 import FileSystemBytecodeCache, StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from lapak import cli
from lapak.accounts import policy
from lapak.accounts import tasks as account_tasks
from lapak.accounts.events import ConsentWithdrawn
from lapak.accounts.views import bp as accounts_bp
from lapak.accounts.views import login
from lapak.catalog import tasks as catalog_tasks
from lapak.catalog.events import CategoryChanged, ProductChanged, ReviewNoted
from lapak.catalog.views import bp as catalog_bp
from lapak.checking.rules import explain
from lapak.companions.views import bp as companions_bp
from lapak.config import Config
from lapak.dashboard.views import bp as dashboard_bp
from lapak.db.base import db
from lapak.db.session import READ, close_read_connection, engine_options, is_ready, tune
from lapak.demo import service as demo
from lapak.editions import tasks as edition_tasks
from lapak.editions.events import CallOpened, EditionCancelled, EditionPublished, PublicationHeldUp, SellerPutForward, StallRemoved
from lapak.editions.queries.public import EditionView
from lapak.editions.rules.calendar import STAGE_NAMES, WHO_NAMES
from lapak.editions.rules.deeds import DEED_NAMES
from lapak.editions.views.calls import bp as calls_bp
from lapak.editions.views.choosing import bp as choosing_bp
from lapak.editions.views.desk import bp as editions_bp
from lapak.editions.views.judging import bp as judging_bp
from lapak.editions.views.open import bp as open_editions_bp
from lapak.editions.views.programme import bp as programme_bp
from lapak.exchange import tasks as exchange_tasks
from lapak.exchange.adapters import waiting
from lapak.exchange.views import bp as exchange_bp
from lapak.federation.views import bp as federation_bp
from lapak.jobs.registry import Job
from lapak.kernel import paths
from lapak.kernel.clock import utc_now
from lapak.moderation import tasks as moderation_tasks
from lapak.moderation.views import bp as moderation_bp
from lapak.notices import queries as notices
from lapak.notices import tasks as notice_tasks
from lapak.notices.views import bp as notices_bp
from lapak.orders import tasks as order_tasks
from lapak.orders.events import OrderMoved, OrderPlaced
from lapak.orders.views.buying import bp as orders_bp
from lapak.orders.views.papers import bp as papers_bp
from lapak.orders.views.selling import bp as sales_bp
from lapak.payments import tasks as payment_tasks
from lapak.payments.views import bp as payments_bp
from lapak.photos import tasks as photo_tasks
from lapak.photos.adapters import store
from lapak.photos.queries import PhotoView
from lapak.photos.rules import TYPES, is_square, preview, sizes, tint
from lapak.photos.views import bp as photos_bp
from lapak.regions import queries as region_queries
from lapak.regions.views import UNKNOWN, choose_site
from lapak.results.views import bp as results_bp
from lapak.search import adapters as search
from lapak.search import tasks as search_tasks
from lapak.senders.demo import DemoInbox
from lapak.senders.outbound import Mailer, Pusher, Sender
from lapak.shops.events import ShopChanged
from lapak.shops.views import bp as shops_bp
from lapak.storefront.views import bp as storefront_bp
from lapak.testimonials import tasks as testimonial_tasks
from lapak.testimonials.events import TestimonialShown
from lapak.testimonials.views import bp as testimonials_bp
from lapak.visits import adapters as visits
from lapak.visits import service as visit_service
from lapak.web import assets, errors, filters, headers, limits, links, logs
from lapak.web.access import actor, public
from lapak.web.prefix import RegionPrefix
from lapak.web.routes import QuickRule

HEARS: dict[str, list[Job]] = {
    ProductChanged.__name__: [search_tasks.note_product],
    ReviewNoted.__name__: [moderation_tasks.write_down],
    ShopChanged.__name__: [search_tasks.note_shop, payment_tasks.use_draft],
    CategoryChanged.__name__: [search_tasks.note_category],
    CallOpened.__name__: [edition_tasks.tell_call],
    SellerPutForward.__name__: [edition_tasks.tell_put_forward],
    EditionPublished.__name__: [edition_tasks.tell_sellers],
    EditionCancelled.__name__: [edition_tasks.tell_entrants],
    StallRemoved.__name__: [edition_tasks.tell_removed],
    PublicationHeldUp.__name__: [edition_tasks.tell_steward],
    ConsentWithdrawn.__name__: [catalog_tasks.stop_showing, edition_tasks.stop_showing],
    OrderPlaced.__name__: [order_tasks.tell_seller, order_tasks.keep_pictures],
    OrderMoved.__name__: [order_tasks.tell_other_side],
    TestimonialShown.__name__: [testimonial_tasks.tell_seller],
}
PERIODIC = (
    account_tasks.forget_old, catalog_tasks.age_listings, catalog_tasks.discard_loose_photos, order_tasks.expire_orders,
    order_tasks.warn_of_lapse, order_tasks.keep_missing_pictures,
    photo_tasks.forget_unfinished, exchange_tasks.forget_old_lists, edition_tasks.ask_sellers, moderation_tasks.forget_reporters,
    payment_tasks.forget_drafts, notice_tasks.forget_old,
)  # fmt: skip
BLUEPRINTS = (
    storefront_bp, open_editions_bp, federation_bp, orders_bp, sales_bp, papers_bp, editions_bp, judging_bp, choosing_bp, calls_bp,
    programme_bp, catalog_bp, shops_bp, photos_bp, accounts_bp,
    companions_bp, exchange_bp, moderation_bp, dashboard_bp, testimonials_bp, results_bp, payments_bp, notices_bp,
)  # fmt: skip
PRIVATE = (
    "/dasbor", "/kurasi", "/moderasi", "/kelola", "/pendampingan", "/klaim", "/masuk", "/pesanan", "/keranjang", "/produk/*/pesan",
    "/produk/*/laporkan", "/kotak-demo", "/kabar/",
)  # fmt: skip
WITHOUT_SITE = {"healthz", "readyz", "robots", "favicon", "photos.show", "push_worker"}
HERE = Path(__file__).parent


def create_app(config: Config | None = None) -> Flask:
    """Build the app for `config`, read from the environment when none is given."""
    config = config or Config()
    logs.configure(config.log_level)
    config.data_dir.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, static_folder=None)
    app.url_rule_class = QuickRule
    write, read = engine_options(config.database)
    app.config.update(
        SECRET_KEY=config.key,
        KEY=config.key,
        DEMO=config.demo,
        PUBLIC_URL=config.public_url,
        TRUSTED_HOSTS=config.hosts or None,
        SQLALCHEMY_DATABASE_URI=write.pop("url"),
        SQLALCHEMY_ENGINE_OPTIONS=write,
        SQLALCHEMY_BINDS={READ: read},
        SESSION_COOKIE_NAME="__Host-lapak" if config.is_secure else "lapak",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_SECURE=config.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=90),
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE=filters.LOCALE,
    )
    db.init_app(app)
    with app.app_context():
        tune(db.engine, read_only=False)
        tune(db.engines[READ], read_only=True)
    app.teardown_appcontext(close_read_connection)
    _before_each(app)
    limits.install(app)
    CSRFProtect(app)
    Babel(app)
    login.init_app(app, add_context_processor=False)
    app.extensions["sender"] = _sender(config)
    app.extensions["mailer"] = _mailer(config)
    app.extensions["pusher"] = _pusher(config)
    store.configure(app, config.photos)
    search.install(app, config.index)
    visits.install(app, visit_service.record)
    waiting.install(app, config.data_dir / "imports")
    logs.install(app)
    headers.install(app)
    errors.install(app)
    _templates(app, config)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    _operations(app)
    _wrap(app, config)
    return app


def _before_each(app: Flask) -> None:
    @app.before_request
    def _moment_and_place() -> None:
        g.now = utc_now()
        g.site = UNKNOWN
        if request.endpoint not in WITHOUT_SITE:
            choose_site()


def _templates(app: Flask, config: Config) -> None:
    app.jinja_env.undefined = StrictUndefined
    compiled = config.data_dir / "templates"
    compiled.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    filters.install(app)
    names = assets.build(HERE / "static", config.data_dir / "static")
    app.jinja_env.globals.update(
        paths=paths, to=links.to, absolute=links.absolute, canonical=links.canonical, short=links.short,
        languages=links.languages, asset=lambda name: f"/static/{names[name]}",
        edition_at=_edition_at, stage_names=STAGE_NAMES, who_names=WHO_NAMES, deed_names=DEED_NAMES,
        preview=_preview, sources=_sources, tint=tint, is_square=is_square,
        demo=config.demo, demo_people=demo.people, explain=explain,
    )  # fmt: skip
    app.extensions["assets"] = names

    @app.context_processor
    def _who_and_where() -> dict[str, Any]:
        person = actor() if session.get("_user_id") and not errors.is_faulty() else None
        region = g.site.region_code
        return {
            "site": g.site,
            "signed_in": person is not None,
            "actor": person,
            "can_sell": policy.sells(person, region),
            "can_accompany": policy.may_accompany(person, region),
            "can_curate": policy.may_curate(person, region),
            "can_moderate": policy.may_moderate(person, region),
            "can_admin": policy.may_administer(person, region),
            "unread_news": partial(notices.unread, person.id) if person else int,
        }


def _edition_at(edition: EditionView, pattern: str = paths.EDITION, address: Callable[..., str] = links.to) -> str:
    """Where a page of an edition is, in its series if it has one."""
    return address(paths.in_series(pattern, edition.series), series=edition.series or None, number=edition.number)


def _preview(photo: PhotoView) -> tuple[str, int, int]:
    return preview(photo.width, photo.height, is_finished=photo.is_finished)


def _sources(photo: PhotoView, most: int) -> list[tuple[str, list[tuple[str, int]]]]:
    """What browsers choose from where a photo is shown at most so many pixels across, as (mime, [(name, true width), …])."""
    found = sizes(photo.width, is_finished=photo.is_finished)
    fitting = [size for size in found if size[0] <= most] or found[:1]
    kinds = ("avif", "webp") if photo.is_finished else ("webp",)
    return [(TYPES[kind], [(f"{name}.{kind}", width) for name, width in fitting]) for kind in kinds]


def _sender(config: Config) -> Sender:
    if config.otp_webhook:
        from lapak.senders.gateway import Webhook  # noqa: PLC0415 - httpx costs 0.1 s, loaded only where a gateway is configured

        return Webhook(config.otp_webhook, config.otp_webhook_secret.get_secret_value().encode())
    return DemoInbox(config.data_dir / "demo-inbox.jsonl")


def _mailer(config: Config) -> Mailer | None:
    if not config.smtp_url.get_secret_value():
        return None
    from lapak.senders.mail import Smtp  # noqa: PLC0415 - the mail libraries are needed only where a server is configured

    return Smtp(config.smtp_url.get_secret_value(), config.mail_from)


def _pusher(config: Config) -> Pusher | None:
    if not config.push_key.get_secret_value():
        return None
    if find_spec("pywebpush") is None:
        structlog.get_logger("notices").warning("no push: install 'lapak[push]' or take LAPAK_PUSH_KEY away")
        return None
    from lapak.senders.push import WebPush  # noqa: PLC0415 - httpx costs 0.1 s, loaded only where a key is configured

    return WebPush(config.push_key.get_secret_value(), config.push_contact)


def _operations(app: Flask) -> None:
    @app.get(paths.HEALTH)
    @public
    def healthz() -> ResponseReturnValue:
        return jsonify(status="ok")

    @app.get(paths.READY)
    @public
    def readyz() -> ResponseReturnValue:
        return (jsonify(status="ready"), 200) if is_ready() else (jsonify(status="not ready"), 503)

    @app.get(paths.ROBOTS)
    @public
    def robots() -> ResponseReturnValue:
        closed = [f"Disallow: {prefix}{path}" for prefix in ("", f"{paths.REGION_PREFIX}*") for path in PRIVATE]
        sites = links.sharing_a_host(region_queries.sites())
        maps = [f"Sitemap: {links.canonical(paths.SITEMAP, site=site)}" for site in sites]
        text = "\n".join(["User-agent: *", *closed, "", *maps, ""])
        return text, 200, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "public, max-age=3600"}

    @app.get(paths.FAVICON)
    @public
    def favicon() -> ResponseReturnValue:
        return send_from_directory(HERE / "static", "favicon.svg", max_age=86400)

    @app.get(paths.PUSH_WORKER)
    @public
    def push_worker() -> ResponseReturnValue:
        """Give browsers what they run to show news: at one address for all versions and regions, or each would be another worker."""
        answer = send_from_directory(HERE / "static", "kabar.js", mimetype="text/javascript")
        answer.headers.update({"Service-Worker-Allowed": "/", "Cache-Control": "no-cache"})
        return answer


def _wrap(app: Flask, config: Config) -> None:
    served = WhiteNoise(
        RegionPrefix(app.wsgi_app),
        root=str(config.data_dir / "static"), prefix="static", max_age=3600, immutable_file_test=assets.is_immutable,
    )  # fmt: skip
    promised = headers.Promised(served, is_secure=config.is_secure)
    proxies = config.trusted_proxies
    app.wsgi_app = ProxyFix(promised, x_for=proxies, x_proto=proxies, x_host=proxies) if proxies else promised  # type: ignore[method-assign]


def main() -> None:
    """Run the console script `lapak`."""
    sys.exit(cli.run(create_app, HEARS))
