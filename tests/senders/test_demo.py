import stat
import threading
from pathlib import Path

import pytest

from lapak.senders.demo import DemoInbox
from lapak.senders.outbound import NotSent


@pytest.fixture
def inbox(tmp_path: Path) -> DemoInbox:
    return DemoInbox(tmp_path / "inbox.jsonl")


def test_an_inbox_that_got_nothing_is_empty(inbox: DemoInbox) -> None:
    assert inbox.newest() == []


def test_the_newest_message_comes_first(inbox: DemoInbox) -> None:
    inbox.send("+62811", "satu")
    inbox.send("+62812", 'dua\n"kutip"')

    assert [(message.to, message.text) for message in inbox.newest()] == [("+62812", 'dua\n"kutip"'), ("+62811", "satu")]


def test_only_the_owner_may_read_the_file(inbox: DemoInbox) -> None:
    inbox.send("+62811", "satu")

    assert stat.S_IMODE(inbox.path.stat().st_mode) == 0o600


def test_many_workers_may_write_at_once(inbox: DemoInbox) -> None:
    writers = [threading.Thread(target=inbox.send, args=("+62811", str(number) * 500)) for number in range(20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert len(inbox.newest(50)) == 20


def test_a_line_that_was_cut_off_hides_no_other(inbox: DemoInbox) -> None:
    inbox.send("+62811", "satu")
    with inbox.path.open("a") as file:
        file.write('{"to": "+62812", "te')

    assert [message.text for message in inbox.newest()] == ["satu"]


def test_an_inbox_longer_than_its_tail_still_shows_the_newest(inbox: DemoInbox) -> None:
    for number in range(100):
        inbox.send("+62811", f"{number} " + "x" * 2000)

    assert inbox.newest(1)[0].text.startswith("99 ")


def test_a_folder_that_is_away_is_not_sent(tmp_path: Path) -> None:
    with pytest.raises(NotSent):
        DemoInbox(tmp_path / "away" / "inbox.jsonl").send("+62811", "satu")
