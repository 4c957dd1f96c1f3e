import errno
import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from lapak.kernel.clock import utc_now
from lapak.storage.files import LocalFolder, open_storage


@pytest.fixture
def folder(tmp_path: Path) -> LocalFolder:
    return LocalFolder(tmp_path / "photos")


def files_under(folder: LocalFolder) -> list[str]:
    return sorted(str(path.relative_to(folder.root)) for path in folder.root.rglob("*") if path.is_file())


def test_what_was_put_can_be_read(folder: LocalFolder) -> None:
    folder.put("kX3v9/640.webp", b"picture")

    assert folder.read("kX3v9/640.webp") == b"picture"
    assert folder.exists("kX3v9/640.webp")
    assert files_under(folder) == ["kX/kX3v9/640.webp"]


def test_a_key_may_have_one_part_or_one_character(folder: LocalFolder) -> None:
    folder.put("a", b"1")
    folder.put("b/c", b"2")

    assert (folder.read("a"), folder.read("b/c")) == (b"1", b"2")


def test_putting_again_replaces(folder: LocalFolder) -> None:
    folder.put("key/name", b"old and longer")
    folder.put("key/name", b"new")

    assert folder.read("key/name") == b"new"


def test_what_is_not_there_is_said_so(folder: LocalFolder) -> None:
    assert not folder.exists("key/name")
    with pytest.raises(FileNotFoundError):
        folder.read("key/name")


def test_deleting_removes_the_file_then_its_folder_and_can_be_repeated(folder: LocalFolder) -> None:
    folder.put("key/1.jpg", b"1")
    folder.put("key/2.jpg", b"2")

    folder.delete("key/1.jpg")
    assert folder.read("key/2.jpg") == b"2"
    folder.delete("key/2.jpg")
    folder.delete("key/2.jpg")

    assert not (folder.root / "ke" / "key").exists()


@pytest.mark.parametrize(
    "key",
    ["", "/", "..", "../x", "a/..", "a/.", "a/../../x", "a//b", "/etc/passwd", "a/b/c", "a/", "a\0", "a/b\0.jpg", "a\n", "a/b\n",
     "a b", "a\\b", "é", "a/.hidden", ".unfinished/x", "~", "x" * 101, "a/" + "x" * 101, "%2e%2e/x"],
)  # fmt: skip
def test_a_hostile_key_reaches_no_file(folder: LocalFolder, key: str) -> None:
    for act in (folder.read, folder.delete, folder.exists, lambda key: folder.put(key, b"x")):
        with pytest.raises(ValueError, match="not a key"):
            act(key)
    assert not folder.root.exists()


def test_a_full_disk_is_no_success_and_leaves_nothing(folder: LocalFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.put("key/name", b"old")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        folder.put("key/name", b"new")

    assert folder.read("key/name") == b"old"
    assert files_under(folder) == ["ke/key/name"]


def test_a_folder_that_cannot_be_written_surfaces(tmp_path: Path) -> None:
    (tmp_path / "photos").write_text("a file stands where the folder should be")

    with pytest.raises(OSError):
        LocalFolder(tmp_path / "photos").put("key/name", b"x")


def test_nothing_is_written_before_the_first_put(tmp_path: Path) -> None:
    open_storage(f"file://{tmp_path}/later").exists("key/name")

    assert list(tmp_path.iterdir()) == []


def test_file_and_folders_are_flushed_before_put_returns(folder: LocalFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[str] = []
    real = os.fsync

    def note(handle: int) -> None:
        flushed.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        real(handle)

    monkeypatch.setattr(os, "fsync", note)
    folder.put("key/name", b"x")

    assert flushed[-2].startswith(str(folder.root / ".unfinished"))
    assert flushed[-1] == str(folder.root / "ke" / "key")
    assert {str(folder.root.parent), str(folder.root), str(folder.root / "ke")} <= set(flushed)


def test_readers_see_the_old_or_the_new_never_half(folder: LocalFolder) -> None:
    contents = [bytes([letter]) * 300_000 for letter in b"abc"]
    folder.put("key/name", contents[0])
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            for content in contents:
                folder.put("key/name", content)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert all(folder.read("key/name") in contents for _ in range(200))
    finally:
        stop.set()
        writer.join()


def test_sweeping_takes_cut_off_writes_and_nothing_else(folder: LocalFolder) -> None:
    folder.put("key/name", b"whole")
    old, young = folder.root / ".unfinished" / "old", folder.root / ".unfinished" / "young"
    old.write_bytes(b"ha")
    young.write_bytes(b"ha")
    os.utime(old, (0, 0))

    assert folder.sweep(before=utc_now() - timedelta(minutes=30)) == 1
    assert files_under(folder) == [".unfinished/young", "ke/key/name"]


def test_sweeping_where_nothing_was_written_is_nothing(folder: LocalFolder) -> None:
    assert folder.sweep(before=utc_now()) == 0


@pytest.mark.parametrize("url", ["", "s3://bucket", "file://photos", "file:relative", "/var/photos", "http://x/y", "file://"])
def test_a_store_we_do_not_know_is_refused_with_what_to_set(url: str) -> None:
    with pytest.raises(ValueError, match="LAPAK_STORAGE_URL"):
        open_storage(url)


def test_a_folder_may_have_spaces_and_signs_in_its_name(tmp_path: Path) -> None:
    open_storage(f"file://{tmp_path}/foto 100% #1").put("key", b"x")

    assert (tmp_path / "foto 100% #1" / "ke" / "key").read_bytes() == b"x"
