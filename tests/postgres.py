"""Finds a PostgreSQL for the tests, or installs the system's package, and starts throw-away clusters of it.

A cluster is a folder, a process and a Unix socket in the folder: no port, no password, nothing that outlives the tests. PostgreSQL
refuses to run as root, so there it runs as the user that its package made.
"""

import ctypes
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from tests.bench.measure import family

PLACES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "usr/local/pgsql/bin")
MISSING = (
    "No PostgreSQL server found and none could be installed: these tests need initdb and postgres. Install the package postgresql, or set "
    "POSTGRES_BIN to the folder that holds them."
)
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "256MB"}
"""No test with these cuts the power."""
STARTS_WITHIN = 20.0
PR_SET_PDEATHSIG = 1


def find() -> Path | None:
    """Return the folder of an installed server's programs, the newest first, if any."""
    if given := os.environ.get("POSTGRES_BIN"):
        return Path(given)
    found = [path.parent for place in PLACES for path in Path("/").glob(f"{place}/initdb") if (path.parent / "postgres").exists()]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    return max(found, key=_version, default=None)


def _version(folder: Path) -> int:
    return max((int(number) for number in re.findall(r"\d+", str(folder))), default=0)


def install() -> None:
    """Install the system's package; the cluster that Debian makes beside it is neither started nor touched."""
    if not shutil.which("apt-get"):
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    for step in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "postgresql"]):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "PG_NO_SERVICE": "1"}
        with suppress(OSError):
            subprocess.run([*sudo, *step], stdout=subprocess.DEVNULL, env=environment, check=False)


@dataclass
class Cluster:
    """A running server; `kill` and `start` it as the power would."""

    folder: Path
    programs: Path
    settings: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    names: Iterator[int] = field(default_factory=count)

    def url(self, database: str) -> str:
        """Return what `LAPAK_DATABASE_URL` takes."""
        return f"postgresql://lapak@/{database}?host={self.folder}"

    def run(self, *statements: str) -> list[tuple[object, ...]]:
        """Run statements outside a transaction; return the rows of the last."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def create(self, database: str, *, template: str = "template0") -> str:
        """Make a database and return its URL."""
        self.run(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def new(self) -> str:
        """Make an empty database with a name of its own and return its URL."""
        return self.create(f"new_{os.getpid()}_{next(self.names)}")

    def drop(self, database: str) -> None:
        """Remove a database and whoever is still connected to it."""
        self.run(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def start(self) -> None:
        """Start the server and wait until it answers; it dies with this process, however that ends."""
        settings = {
            "listen_addresses": "", "unix_socket_directories": str(self.folder), "unix_socket_permissions": "0777",
            "max_connections": "200", "log_min_messages": "fatal", **self.settings,
        }  # fmt: skip
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.process = subprocess.Popen(
            [str(self.programs / "postgres"), "-D", str(self.folder / "data"), *words],
            stdout=subprocess.DEVNULL, stderr=(self.folder / "log").open("ab"), start_new_session=True,
            preexec_fn=_die_with_parent, **_user(),  # noqa: PLW1509 - one call into libc, which forks nothing
        )  # fmt: skip
        until = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-2000:]}") from None
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """Kill the server and all its processes as a machine that loses its power would."""
        assert self.process
        for pid in family(self.process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End the server at once; what was in hand is rolled back at the next start."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=STARTS_WITHIN)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    there = pwd.getpwnam("postgres")
    return {"user": there.pw_uid, "group": there.pw_gid, "extra_groups": []}


@contextmanager
def cluster(*, keeps_its_word: bool = False) -> Iterator[Cluster]:
    """A fresh server in a folder of its own, removed at the end; one that `keeps_its_word` syncs each commit to the disk."""
    programs = find()
    if programs is None:
        raise RuntimeError(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="lapak-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        folder.chmod(0o755)
        made = subprocess.run(
            [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "lapak", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            capture_output=True, text=True, check=False, cwd=folder, **_user(),
        )  # fmt: skip
        if made.returncode:
            raise RuntimeError(f"initdb refused: {made.stderr[-2000:]}")
        server = Cluster(folder, programs, {} if keeps_its_word else HASTE)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


ASKED = os.environ.get("LAPAK_TEST_DATABASE", "sqlite") == "postgresql"
"""Whether this run of the tests is on PostgreSQL throughout."""
_open = ExitStack()


@cache
def shared() -> Cluster:
    """The one server of this process, started when first asked for."""
    return _open.enter_context(cluster())


def shut() -> None:
    """Stop it, if it was asked for."""
    _open.close()
    shared.cache_clear()


def name_of(folder: Path) -> str:
    """What the database of a data folder is called."""
    return f"of_{blake2b(str(folder.resolve()).encode(), digest_size=12).hexdigest()}"


def url_of(folder: Path) -> str:
    """Return the URL of a data folder's database, made empty when it is not there."""
    name = name_of(folder)
    return shared().url(name) if (name,) in shared().run("SELECT datname FROM pg_database") else shared().create(name)


if __name__ == "__main__":
    if find() is None:
        sys.stderr.write("Installing PostgreSQL for the tests ...\n")
        install()
    if find() is None:
        sys.exit(MISSING)
