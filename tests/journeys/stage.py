"""Real browsers against a real server: granian with two workers and a job worker, on a demo market of its own."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from tests import postgres

HERE = Path(__file__).parent
SCREENS = HERE.parent.parent / "docs" / "screens"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]
AXE = Axe().axe_script
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}, "resultTypes": ["violations"]}
PHOTOS = HERE.parent.parent / "lapak" / "demo" / "photos"
# The linters bring rich, which structlog imports where it is there; an instance has none.
LAPAK = [sys.executable, "-c", "import sys; sys.modules['rich'] = None; from lapak.app import main; main()"]


@dataclass
class Server:
    """A running instance."""

    url: str
    data_dir: Path
    process: subprocess.Popen[bytes]


@contextmanager
def running_server(data: Path) -> Iterator[Server]:
    """Run an instance on a demo market in `data` until the block ends."""
    port = free_port()
    environment = {**os.environ, "LAPAK_DEMO": "1", "LAPAK_DATA_DIR": str(data), "LAPAK_LOG_LEVEL": "WARNING", "PORT": str(port)}
    if postgres.ASKED:
        environment["LAPAK_DATABASE_URL"] = postgres.url_of(data)
    subprocess.run([*LAPAK, "demo"], env=environment, check=True, stdout=subprocess.DEVNULL)
    process = subprocess.Popen([*LAPAK, "serve"], env=environment, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/readyz")
        yield Server(url, data, process)
    finally:
        process.terminate()
        process.wait(timeout=15)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError(f"{url} did not answer in {seconds} s")


@dataclass
class Person:
    """Somebody at a browser: opens pages, fills forms, and has every page looked at."""

    page: Page
    server: Server
    inputs: int = 0
    loads: int = 0
    received: int = 0
    sent: int = 0
    chats: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.server.url + path)

    def fill(self, label: str, text: str) -> None:
        self.inputs += 1
        self.page.get_by_label(label, exact=True).fill(text)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def code_for(self, phone: str) -> str:
        """Read the newest code for a number on the demo inbox, as somebody trying the demo does, in another tab."""
        inbox = httpx.get(f"{self.server.url}/kotak-demo", timeout=10).text
        digits = phone.replace(" ", "").lstrip("0")
        found = re.search(rf"\+62{digits}.*?Kode .*?: (\d{{6}})", inbox, re.DOTALL)
        assert found, f"no code for {phone}"
        return found[1]

    def sign_in(self, phone: str) -> None:
        self.open("/masuk")
        self.fill("Nomor WhatsApp Anda", phone)
        self.press("Kirim kode")
        self.fill("Kode enam angka", self.code_for(phone))
        self.press("Lanjut")

    def look(self, name: str = "", *, axe: bool = True) -> None:
        """Check the page that is open: accessible, no sideways scroll; keep its picture when asked to (LAPAK_SCREENS=1)."""
        self.page.wait_for_load_state("load")
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, f"{self.page.url} scrolls sideways at {width}"
        if axe:
            found = self._violations()
            assert not found, f"{self.page.url}: " + "; ".join(f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found)
        if name and os.environ.get("LAPAK_SCREENS"):
            SCREENS.mkdir(parents=True, exist_ok=True)
            self.page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach((image) => { image.loading = 'eager' })")
            self.page.wait_for_load_state("networkidle")
            self.page.screenshot(path=SCREENS / f"{name}-{width}.png", full_page=True)

    def _violations(self) -> list[dict[str, Any]]:
        """What axe finds wrong; what it finds right is ten times as much, and stays in the browser."""
        self.page.evaluate(AXE)
        violations: list[dict[str, Any]] = self.page.evaluate("(options) => axe.run(options).then((found) => found.violations)", WCAG)
        return violations


MakePerson = Callable[..., Person]


def make_person(browser: Browser, server: Server, width: int = 360, **options: Any) -> Person:
    """Give somebody a fresh browser window; WhatsApp's pages are answered here, so that nothing leaves this machine."""
    context = browser.new_context(viewport={"width": width, "height": 780}, locale="id-ID", timezone_id="Asia/Jakarta", **options)
    context.set_default_timeout(10_000)
    somebody = Person(context.new_page(), server)
    _watch(somebody)
    context.route("https://wa.me/**", lambda route: _chat(somebody, route))
    return somebody


def _chat(somebody: Person, route: Route) -> None:
    somebody.chats.append(route.request.url)
    route.fulfill(status=200, content_type="text/html", body="<title>WhatsApp</title><h1>WhatsApp</h1>")


def _watch(somebody: Person) -> None:
    """Count what crosses the network and how often a page loads; fail on any error a script throws."""
    session = somebody.page.context.new_cdp_session(somebody.page)
    session.send("Network.enable")

    def sending(event: dict[str, Any]) -> None:
        headers = {name.lower(): value for name, value in event["headers"].items()}
        somebody.sent += int(headers.get("content-length", 0))

    def finished(event: dict[str, Any]) -> None:
        somebody.received += int(event["encodedDataLength"])

    def loaded() -> None:
        somebody.loads += 1

    def thrown(error: Exception) -> None:
        raise AssertionError(f"script error on {somebody.page.url}: {error}")

    session.on("Network.requestWillBeSentExtraInfo", sending)
    session.on("Network.loadingFinished", finished)
    somebody.page.on("domcontentloaded", lambda _page: loaded())
    somebody.page.on("pageerror", thrown)
