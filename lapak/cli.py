"""Commands of the console script `lapak`. Exit codes: 0 done, 1 refused with a reason, 2 wrong call."""

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from flask import Flask
from pydantic import ValidationError

from lapak.accounts import service as accounts
from lapak.accounts.adapters import mobile_number
from lapak.accounts.rules import ROLE_NAMES, Role
from lapak.config import Config
from lapak.db import outbox
from lapak.demo import service as demo_market
from lapak.editions.service import entering as editions_entering
from lapak.editions.service import kits as editions_kits
from lapak.editions.service import publishing as editions_publishing
from lapak.exchange import queries as exchange_queries
from lapak.exchange import service as exchange
from lapak.exchange.adapters.tables import rows_of, write_table
from lapak.exchange.adapters.waiting import photos_in
from lapak.exchange.rules import COLUMNS, REPORT_HEADER, Outcome, Report, guess_mapping, wrong_columns
from lapak.jobs.registry import Job
from lapak.kernel.clock import utc_now
from lapak.kernel.codes import slugify
from lapak.kernel.errors import Conflict, DomainError
from lapak.notices import service as notices
from lapak.photos import service as photo_service
from lapak.regions import queries as region_queries
from lapak.regions import service as regions
from lapak.regions.adapters import all_regions
from lapak.regions.rules import THEMES, ZONES
from lapak.regions.service import SiteTexts
from lapak.search import queries as search_queries
from lapak.search import service as search
from lapak.search.adapters import Writer
from lapak.senders.outbound import sender

MIGRATIONS = Path(__file__).parent.parent / "migrations"
RESTART_AFTER = 1.0
STOP_WITHIN = 5
WORKER_STOPS_WITHIN = 18
"""Seconds; longer than the worker gives its job and its message in hand."""
PAGES_FIRST = 1.0
"""Seconds by which the job worker waits at the start, so that the first page has both cores."""
INDEX_EVERY = 0.25
"""Seconds between two looks for changes that the index has not seen."""
FINISH_EVERY = 1.0
"""Seconds between two looks for photos whose further sizes are due."""
IMPORT_EVERY = 1.0
"""Seconds between two looks for lists that wait to be taken in."""
EDITIONS_EVERY = 0.25
"""Seconds between two looks for calls to open and editions to publish: the planned second is kept."""
KITS_EVERY = 1.0
"""Seconds between two looks for kits that wait to be drawn."""
NOTICES_EVERY = 0.5
"""Seconds between two looks for letters, and for push messages, that wait to be sent."""
ANY_REGION = "11"
MOST_TOLD = 200
"""Refused rows that an import tells on the screen."""


def run(create_app: Callable[[Config | None], Flask], hears: Mapping[str, list[Job]]) -> int:
    """Run the command line with the app's factory and its table of events; return the exit code."""
    try:
        commands.main(obj={"create_app": create_app, "hears": dict(hears)}, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return 1
    except ValidationError as error:
        click.echo("Pengaturan belum lengkap:", err=True)
        for problem in error.errors():
            click.echo(f"  {problem['msg']}", err=True)
        return 1
    except DomainError as error:
        click.echo(f"Ditolak: {error}", err=True)
        return 1
    return 0


@click.group()
def commands() -> None:
    """Lapak: a storefront that a regional government runs for its small businesses."""


@commands.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Where to listen; default LAPAK_PORT, PORT or 8000.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that answer pages.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
def serve(port: int | None, workers: int, host: str) -> None:
    """Answer pages, with a job worker beside it. Ctrl-C stops all."""
    from granian.constants import Interfaces  # noqa: PLC0415 - a server's library, not needed by the other commands
    from granian.server import Server  # noqa: PLC0415

    config = Config()
    # Ctrl-C reaches every process of the terminal. A granian worker that gets it, and then the server's own request to stop,
    # can lock itself up (2.8.7); so only the server hears it, and tells the others.
    os.register_at_fork(after_in_child=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}))
    keeper = multiprocessing.get_context("fork").Process(target=_keep_worker, name="keeper")
    keeper.start()
    server = Server(
        "wsgi:app", address=host, port=port or config.port, interface=Interfaces.WSGI, workers=workers, blocking_threads=4,
        respawn_failed_workers=True, workers_kill_timeout=STOP_WITHIN, backlog=4096, backpressure=8192, log_access=False,
        working_dir=MIGRATIONS.parent,
    )  # fmt: skip
    try:
        server.serve()
    finally:
        keeper.terminate()
        keeper.join(timeout=WORKER_STOPS_WITHIN + 2)


def _keep_worker() -> None:
    """Keep one job worker running, in a process of its own: the server forks, and a thread here would be forked half-way."""
    server, is_asked_to_stop = os.getppid(), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: is_asked_to_stop.set())
    command = [sys.executable, "-c", "from lapak.app import main; main()", "worker", "--beside", str(os.getpid())]
    pause = PAGES_FIRST
    while not is_asked_to_stop.wait(pause) and os.getppid() == server:
        worker = subprocess.Popen(command)  # noqa: S603 - our own interpreter and words
        while worker.poll() is None and not is_asked_to_stop.wait(0.2) and os.getppid() == server:
            pass
        if worker.poll() is None:
            worker.terminate()
            try:
                worker.wait(timeout=WORKER_STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                worker.kill()
        pause = RESTART_AFTER


@commands.command()
@click.option("--beside", type=int, hidden=True, help="Stop when this process is gone.")
@click.pass_obj
def worker(obj: dict[str, Any], beside: int | None) -> None:
    """Run background jobs: messages to sellers, orders that expire."""
    from lapak.jobs import worker as jobs_worker  # noqa: PLC0415 - huey is the worker's library
    from lapak.jobs.queue import Jobs  # noqa: PLC0415

    config = Config()
    app = obj["create_app"](config)
    send_next = partial(outbox.send_next, lambda phone, text: sender().send(phone, text))
    relay = jobs_worker.Relay(app, obj["hears"], outbox.relay, send_next, parent=beside)
    writer = Writer(config.index)
    indexer = jobs_worker.Loop("indexer", app, lambda: 0.0 if search.catch_up(writer) else INDEX_EVERY, parent=beside)
    finisher = jobs_worker.Loop("photos", app, lambda: 0.0 if photo_service.finish_next(now=utc_now()) else FINISH_EVERY, parent=beside)
    importer = jobs_worker.Loop("imports", app, lambda: 0.0 if exchange.advance(now=utc_now()) else IMPORT_EVERY, parent=beside)
    publisher = jobs_worker.Loop("editions", app, _advance_editions, parent=beside)
    drawer = jobs_worker.Loop("kits", app, lambda: 0.0 if editions_kits.make_next(now=utc_now()) else KITS_EVERY, parent=beside)
    base = config.public_url or f"http://localhost:{config.port}"
    # Loops of their own, where there is such a channel: a mail server that is slow to answer holds up no phone's message.
    channels = {
        "mailer": lambda: notices.send_next_letter(key=config.key, public_url=base, now=utc_now()),
        "pusher": lambda: notices.send_next_push(public_url=base, now=utc_now()),
    }
    carriers = [
        jobs_worker.Loop(name, app, partial(_until_none, work), parent=beside) for name, work in channels.items() if app.extensions[name]
    ]
    jobs_worker.run(Jobs(config.data_dir / "jobs.db", app), [relay, indexer, finisher, importer, publisher, drawer, *carriers])


def _until_none(work: Callable[[], bool]) -> float:
    return 0.0 if work() else NOTICES_EVERY


def _advance_editions() -> float:
    now = utc_now()
    done = editions_publishing.publish_due(now=now) + editions_entering.open_calls(now=now)
    return 0.0 if done or editions_entering.look_next() else EDITIONS_EVERY


@commands.command()
@click.pass_obj
def finish_photos(obj: dict[str, Any]) -> None:
    """Try the photos anew whose further sizes were given up; the worker makes them."""
    with obj["create_app"](None).app_context():
        count = photo_service.finish_again(now=utc_now())
    click.echo(f"{count} foto dicoba lagi.")


@commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--region", required=True, help="Kemendagri code of the region whose market is filled.")
@click.option(
    "--photos",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of photos: by the list's photo column, or one to a row in their order.",
)
@click.option("--map", "given", multiple=True, metavar="FIELD=COLUMN", help="Which column holds a field, where the guess is wrong.")
@click.option("--dry-run", is_flag=True, help="Only tell what would happen.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write what became of each row, .csv or .xlsx.")
@click.pass_obj
def import_(
    obj: dict[str, Any], file: Path, region: str, photos: Path | None, given: tuple[str, ...], dry_run: bool, report: Path | None,
) -> None:  # fmt: skip
    """Take a list of products (.csv or .xlsx) into a region's market; the same list again changes nothing."""
    pairs = [pair.partition("=") for pair in given]
    if wrong := [field for field, _, title in pairs if field not in COLUMNS or not title]:
        raise click.BadParameter(f"{', '.join(wrong)}: pakai {', '.join(COLUMNS)}", param_hint="--map")
    with obj["create_app"](None).app_context(), rows_of(file) as rows:
        now, (_line, header) = utc_now(), next(rows, (0, []))
        columns = guess_mapping(header, {field: title for field, _, title in pairs})
        for field, place in columns.columns.items():
            click.echo(f"  {field:<12} <- {header[place]}", err=True)
        click.echo(f"  tidak dipakai: {', '.join(columns.unused) or '-'}", err=True)
        if columns.missing:
            raise Conflict(wrong_columns(columns.missing))
        keeper = exchange_queries.keeper(region, now=now)
        if keeper is None:
            raise Conflict("Daerah ini belum punya pengelola. Buat dulu dengan lapak create-official.")
        work = exchange.Import(columns, region_code=region, keeper=keeper, photos=photos_in(photos) if photos else {}, is_dry=dry_run)
        tally: Counter[str] = Counter()
        refused: list[Report] = []
        with click.progressbar(work.take(rows, now=now), label="Baris", file=sys.stderr, show_pos=True) as reports:
            lines = _tallied(reports, tally, refused)
            if report:
                write_table(report, REPORT_HEADER, lines)
            else:
                deque(lines, maxlen=0)
    _tell_import(tally, refused)
    if dry_run:
        click.echo("Percobaan saja, tidak ada yang disimpan.")


def _tallied(reports: Iterable[Report], tally: Counter[str], refused: list[Report]) -> Iterator[tuple[str, str, str, str]]:
    for one in reports:
        tally[one.outcome] += 1
        if one.outcome is not Outcome.REFUSED:
            tally.update(note.id for note in one.notes)
        elif len(refused) < MOST_TOLD:
            refused.append(one)
        yield str(one.line), one.name, one.outcome, "; ".join(one.notes)


def _tell_import(tally: Counter[str], refused: list[Report]) -> None:
    for one in refused:
        click.echo(f"baris {one.line}: {one.name[:60]}: {'; '.join(one.notes)}", err=True)
    if tally[Outcome.REFUSED] > len(refused):
        click.echo(f"... dan {tally[Outcome.REFUSED] - len(refused)} baris lagi; --report menulis semuanya", err=True)
    for note in tally.keys() - set(Outcome):
        click.echo(f"{tally[note]} baris: {re.sub(r'%[(][a-z]+[)]s', '…', note)}", err=True)
    click.echo(", ".join(f"{tally[outcome]} {outcome}" for outcome in Outcome))


@commands.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--region", required=True, help="Kemendagri code of the region.")
@click.option("--photos", type=click.Path(file_okay=False, path_type=Path), help="Folder for the listings' first photos.")
@click.option("--with-phones", is_flag=True, help="Tell sellers' numbers too: personal data, for the instance that takes over.")
@click.pass_obj
def export(obj: dict[str, Any], file: Path, region: str, photos: Path | None, with_phones: bool) -> None:
    """Write a region's listings as a list (.csv or .xlsx) that `lapak import` reads."""
    if photos:
        photos.mkdir(parents=True, exist_ok=True)
    with obj["create_app"](None).app_context():
        rows = exchange.export(region, photos=photos, with_phones=with_phones)
        with click.progressbar(rows, label="Baris", file=sys.stderr, show_pos=True) as shown:
            done = write_table(file, exchange.HEADER, shown)
    click.echo(f"{done} produk ditulis ke {file}.")


@commands.command()
@click.pass_obj
def reindex(obj: dict[str, Any]) -> None:
    """Build the index of words anew while pages go on using the old one; repeating it does no harm."""
    config = Config()
    app = obj["create_app"](config)
    with app.app_context(), click.progressbar(length=search_queries.on_sale(), label="Menyusun indeks", file=sys.stderr) as bar:
        try:
            done = search.rebuild(Writer(config.index), lambda now: bar.update(now - bar.pos))
        except BlockingIOError:
            raise Conflict("Indeks sedang disusun oleh proses lain. Tunggu sampai selesai.") from None
    click.echo(f"Indeks siap, {done} produk.")


@commands.command()
@click.pass_obj
def migrate(obj: dict[str, Any]) -> None:
    """Bring the database up to date; repeating it changes nothing."""
    bring_up_to_date(obj["create_app"](None))
    click.echo("Basis data siap.")


@commands.command()
@click.pass_obj
def demo(obj: dict[str, Any]) -> None:
    """Bring the database up to date and fill an empty one with a market to play with."""
    config = Config()
    if not config.demo:
        raise click.ClickException("Pasar contoh hanya untuk mode demo. Setel LAPAK_DEMO=1.")
    app = obj["create_app"](config)
    bring_up_to_date(app, always_seed=False)
    with app.app_context():
        base = config.public_url or f"http://localhost:{config.port}"
        made = demo_market.fill(key=config.key, base=base, now=utc_now(), progress=click.echo)
    click.echo("Pasar contoh siap." if made else "Pasar contoh sudah ada.")


@commands.command("make-push-key")
def make_push_key() -> None:
    """Make a private key for Web Push and print it; nothing is stored. Changing it later switches every device off."""
    if find_spec("pywebpush") is None:
        raise click.ClickException("Pasang dulu pustakanya: pip install 'lapak[push]'")
    from lapak.senders.push import make_key  # noqa: PLC0415 - comes with the extra

    click.echo(f"LAPAK_PUSH_KEY={make_key()}")


@commands.command("new-region")
@click.option("--region", prompt="Kode daerah", help="Kemendagri code, e.g. 33 or 13.77.")
@click.option("--slug", prompt="Nama pendek", help="Letters for the address /d/<slug>/, e.g. jateng.")
@click.option("--brand", prompt="Nama situs", help="What the site is called, e.g. Lapak Jateng.")
@click.option("--office", prompt="Pengelola", help="The office that runs it.")
@click.option("--host", help="A host name of its own, if it has one.")
@click.option("--theme", type=click.Choice(THEMES), default=THEMES[0], show_default=True)
@click.option("--timezone", type=click.Choice(list(ZONES)), default="Asia/Jakarta", show_default=True)
@click.option("--default", "is_default", is_flag=True, help="Answer where neither host nor prefix names a region.")
@click.pass_obj
def new_region(
    obj: dict[str, Any], region: str, slug: str, brand: str, office: str, host: str | None, theme: str, timezone: str, is_default: bool,
) -> None:  # fmt: skip
    """Open a region's site, or change how it is reached; its texts and categories are edited in /kelola."""
    if slugify(slug) != slug:
        raise click.BadParameter("huruf kecil, angka, dan tanda hubung saja", param_hint="--slug")
    app = obj["create_app"](None)
    with app.app_context():
        there = region_queries.site_of(region)
        texts = SiteTexts(brand, office, there.tagline if there else "", there.about if there else "", there.hashtag if there else "Lapak")
        regions.open_site(
            region_code=region,
            slug=slug,
            texts=texts,
            theme=theme,
            timezone=timezone,
            host=host,
            is_default=is_default or not region_queries.sites(),
        )
    click.echo(f"{brand} siap di /d/{slug}/. Buat pengelola pertamanya: lapak create-official --region {region}")


@commands.command("create-official")
@click.option("--phone", prompt="Nomor ponsel", help="Indonesian mobile number, e.g. 0812 2745 0913.")
@click.option("--name", prompt="Nama", help="The person's name.")
@click.option("--region", prompt="Kode daerah", help="Kemendagri code, e.g. 33 or 13.77.")
@click.option(
    "--role", type=click.Choice([role.value for role in Role if role is not Role.SELLER]), default=Role.ADMIN.value, show_default=True
)
@click.pass_obj
def create_official(obj: dict[str, Any], phone: str, name: str, region: str, role: str) -> None:
    """Give somebody a role in a region; this makes a region's first admin."""
    app = obj["create_app"](None)
    with app.app_context():
        accounts.appoint(phone=mobile_number(phone), name=name.strip(), role=Role(role), region_code=region.strip(), now=utc_now(), by=None)
    click.echo(f"{name.strip()} kini {ROLE_NAMES[Role(role)].lower()} untuk {region.strip()}. Masuk dengan nomor itu di /masuk.")


def bring_up_to_date(app: Flask, *, always_seed: bool = True) -> None:
    """Migrate the database and refresh the regions of Indonesia in it; repeating it changes nothing."""
    from alembic import command  # noqa: PLC0415 - only migrations need it
    from alembic.config import Config as AlembicConfig  # noqa: PLC0415

    with app.app_context():
        settings = AlembicConfig()
        settings.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(settings, "head")
        if always_seed or region_queries.name_of(ANY_REGION) is None:
            regions.seed(all_regions())
