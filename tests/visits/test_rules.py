"""Who counts as a visitor, where they came from, and counts that wait."""

import threading
from datetime import date

import pytest

from lapak.visits.rules import Key, Seen, Source, Tally, is_person, source_named, source_of

CHROME = "Mozilla/5.0 (Linux; Android 14; CPH2477) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
PEOPLE = [
    CHROME,
    "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 350.0.0.30.92",
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/480.0.0.0.88;]",
    "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80 (S60; SymbOS; Opera Mobi/23.334; U; id) Presto/2.5.25 Version/10.54",
]
MACHINES = [
    "", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Mozilla/5.0 (compatible; bingbot/2.0)", "WhatsApp/2.23.20.0 A",
    "facebookexternalhit/1.1", "TelegramBot (like TwitterBot)", "Mozilla/5.0 (compatible; YandexBot/3.0)", "curl/8.1", "python-requests/2.32", "Go-http-client/2.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0 Safari/537.36", "Mozilla/5.0 (compatible; AhrefsBot/7.0)",
    "SkypeUriPreview Preview/0.5", "Mozilla/5.0 Chrome-Lighthouse", "Baiduspider/2.0", "Slackbot-LinkExpanding 1.0", "Google-InspectionTool crawler",
]  # fmt: skip


@pytest.mark.parametrize("agent", PEOPLE)
def test_a_browser_is_somebody(agent: str) -> None:
    assert is_person("GET", agent, "")


@pytest.mark.parametrize("agent", MACHINES)
def test_what_says_that_it_is_a_machine_is_nobody(agent: str) -> None:
    assert not is_person("GET", agent, "")


@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender", "Prefetch", "preview"])
def test_a_page_loaded_ahead_was_not_opened(purpose: str) -> None:
    assert not is_person("GET", CHROME, purpose)


@pytest.mark.parametrize("freshness", ["max-age=0", "no-cache", "No-Cache, max-age=0"])
def test_a_page_loaded_anew_was_opened_once(freshness: str) -> None:
    assert not is_person("GET", CHROME, "", freshness)


def test_looking_at_the_headers_alone_is_no_visit() -> None:
    assert not is_person("HEAD", CHROME, "")


@pytest.mark.parametrize(
    ("referrer", "source"),
    [
        ("", Source.DIRECT),
        ("https://lapak.example/edisi/47", Source.EDITION),
        ("https://lapak.example/edisi", Source.EDITION),
        ("https://LAPAK.example/d/pariaman/edisi/1", Source.EDITION),
        ("https://lapak.example/cari?q=kopi", Source.SEARCH),
        ("https://lapak.example/d/pariaman/cari?q=kopi", Source.SEARCH),
        ("https://lapak.example/", Source.SHELF),
        ("https://lapak.example/d/pariaman/", Source.SHELF),
        ("https://lapak.example/d/pariaman", Source.SHELF),
        ("https://lapak.example/jelajah/camilan", Source.SHELF),
        ("https://lapak.example/edisikhusus", Source.SHELF),
        ("https://elsewhere.example/edisi/47", Source.DIRECT),
        ("https://lapak.example.evil/edisi/47", Source.DIRECT),
        ("android-app://com.whatsapp", Source.DIRECT),
        ("http://[", Source.DIRECT),
        ("\x00", Source.DIRECT),
    ],
)
def test_a_source_is_read_from_the_page_before(referrer: str, source: Source) -> None:
    assert source_of(referrer, host="lapak.example") is source


def test_without_a_host_nothing_is_ours() -> None:
    assert source_of("/edisi/1", host="") is Source.DIRECT


@pytest.mark.parametrize(
    ("word", "source"),
    [("edisi", Source.EDITION), ("cari", Source.SEARCH), ("rak", Source.SHELF), ("", Source.DIRECT), ("<b>", Source.DIRECT)],
)
def test_an_address_may_name_only_sources_that_there_are(word: str, source: Source) -> None:
    assert source_named(word) is source


def key(product_id: int = 1) -> Key:
    return Key(product_id, date(2026, 11, 24), Source.DIRECT)


def test_counts_add_up_and_are_handed_over_once() -> None:
    tally = Tally()
    tally.add(key(), Seen(views=1))
    tally.add(key(), Seen(views=1, taps=1))
    assert tally.take(10) == {key(): Seen(2, 1)}
    assert tally.take(10) == {}


def test_what_is_given_back_joins_what_came_meanwhile() -> None:
    tally = Tally()
    tally.add(key(), Seen(views=1))
    taken = tally.take(10)
    tally.add(key(), Seen(views=2))
    tally.give_back(taken)
    assert tally.take(10) == {key(): Seen(3, 0)}


def test_a_machine_that_reads_everything_fills_no_memory() -> None:
    tally = Tally(most=3)
    for number in range(10):
        tally.add(key(number), Seen(views=1))
    tally.add(key(0), Seen(views=1))
    assert len(tally) == 3
    assert tally.take(2) == {key(0): Seen(2), key(1): Seen(1)}
    assert len(tally) == 1


def test_threads_that_count_at_once_lose_nothing() -> None:
    tally = Tally()

    def count() -> None:
        for _ in range(500):
            tally.add(key(), Seen(views=1))

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tally.take(1) == {key(): Seen(4000)}
