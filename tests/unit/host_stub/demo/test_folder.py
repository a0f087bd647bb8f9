import os
from pathlib import Path

import pytest

from host_stub.demo.errors import CannotStart
from host_stub.demo.folder import (
    MEMORY,
    Hook,
    Memory,
    Receiver,
    open_folder,
    short_socket_path,
)


def test_what_is_remembered_is_read_back(tmp_path: Path) -> None:
    memory = Memory(
        admin_password="p'w ü",
        hooks={"plain": Hook("id", "token")},
        outgoing={"echo": "id"},
        receiver=Receiver(port=4000, token="t", signing_secret="whsec_x"),
    )

    with open_folder(tmp_path / "data", reset=False) as folder:
        folder.write_memory(memory)
    with open_folder(tmp_path / "data", reset=False) as folder:
        assert folder.read_memory() == memory


def test_a_new_folder_remembers_nothing(tmp_path: Path) -> None:
    with open_folder(tmp_path / "a" / "b", reset=False) as folder:
        assert folder.read_memory() == Memory()


def test_what_an_older_demo_remembers_is_read(tmp_path: Path) -> None:
    with open_folder(tmp_path, reset=False) as folder:
        (tmp_path / MEMORY).write_text('{"admin_password": "x", "hooks": {}}')

        assert folder.read_memory() == Memory(admin_password="x")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"\xff",
        b'{"admin_password": "x", "hooks": {"a": {}}}',
        b'{"admin_password": "x", "hooks": {}, "outgoing": 1}',
        b'{"admin_password": "x", "hooks": {}, "receiver": {"who": 1}}',
    ],
)
def test_a_broken_memory_is_not_overwritten(tmp_path: Path, content: bytes) -> None:
    with open_folder(tmp_path, reset=False) as folder:
        (tmp_path / MEMORY).write_bytes(content)

        with pytest.raises(CannotStart, match="cannot be read; --reset"):
            folder.read_memory()

    assert (tmp_path / MEMORY).read_bytes() == content


def test_reset_mends_a_broken_memory(tmp_path: Path) -> None:
    with open_folder(tmp_path, reset=False):
        (tmp_path / MEMORY).write_bytes(b"{")
    with open_folder(tmp_path, reset=True) as folder:
        assert folder.read_memory() == Memory()


def test_reset_deletes_a_link_but_not_what_it_points_to(tmp_path: Path) -> None:
    treasure = tmp_path / "treasure"
    treasure.mkdir()
    (treasure / "gold").touch()
    data = tmp_path / "data"
    with open_folder(data, reset=False):
        (data / "uploads").symlink_to(treasure)

    with open_folder(data, reset=True):
        assert not (data / "uploads").is_symlink()

    assert (treasure / "gold").exists()


def test_the_folder_is_free_again_when_it_was_closed(tmp_path: Path) -> None:
    with open_folder(tmp_path, reset=False), pytest.raises(CannotStart, match="Another demo"):
        open_folder(tmp_path, reset=False).__enter__()
    with open_folder(tmp_path, reset=False) as folder:
        assert os.fstat(folder.lock)


def test_the_socket_lies_in_the_folder_where_its_path_is_short_enough(tmp_path: Path) -> None:
    with (
        open_folder(tmp_path, reset=False) as folder,
        short_socket_path(folder) as (socket, scratch),
    ):
        assert socket.parent == tmp_path
        assert scratch is None


def test_a_long_path_puts_the_socket_into_a_private_folder(tmp_path: Path) -> None:
    with open_folder(tmp_path / ("x" * 110), reset=False) as folder:
        with short_socket_path(folder) as (socket, scratch):
            assert scratch == socket.parent
            assert scratch.stat().st_mode & 0o777 == 0o700
            assert len(os.fsencode(socket)) < 104
        assert not scratch.exists()
