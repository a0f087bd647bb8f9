"""What is refused to a process by each part of its confinement alone: one may have a hole."""

import errno
import json
import subprocess
import sys
from typing import Any

import pytest

from rc_integrations_plugin.scripting.confinement import can_filter_calls

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="asks Linux"),
]
PROGRAM = """
import ctypes, errno, json, mmap, os, resource, signal, socket, sys
from rc_integrations_plugin.scripting import confinement
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
def c(name, *arguments):
    ctypes.set_errno(0)
    getattr(libc, name)(*arguments)
    if ctypes.get_errno():
        raise OSError(ctypes.get_errno(), name)
address = ctypes.create_string_buffer(8192)
tries = {
    "open": lambda: os.open("/etc/passwd", os.O_RDONLY),
    "create": lambda: os.open("/tmp/confined", os.O_CREAT | os.O_WRONLY),
    "socket": lambda: socket.socket(),
    "pair of sockets": lambda: socket.socketpair(),
    "pipe": lambda: os.pipe(),
    "file in memory": lambda: os.memfd_create("x"),
    "copy of a descriptor": lambda: os.dup(0),
    "fork": lambda: os.fork() or os._exit(0),
    "execve": lambda: os.execv("/bin/true", ["true"]),
    "kill": lambda: os.kill(os.getppid(), 0),
    "ptrace": lambda: c("ptrace", 16, os.getppid(), 0, 0),
    "memory of another": lambda: c("process_vm_readv", os.getppid(), 0, 0, 0, 0, 0),
    "unlink": lambda: os.unlink("/tmp/confined"),
    "list": lambda: os.listdir("/"),
    "stat": lambda: os.stat("/etc/passwd"),
    "chroot": lambda: os.chroot("/"),
    "mount": lambda: c("mount", 0, b"/", 0, 0, 0),
    "namespaces": lambda: c("unshare", 0x10000000),
    "another user": lambda: os.setuid(65534),
    "limits of another": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0)),
    "more memory": lambda: resource.setrlimit(resource.RLIMIT_AS, (2**50, 2**50)),
    "more descriptors": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
    "code in memory": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC),
    "memory made code": lambda: c(
        "mprotect", ctypes.c_void_p(ctypes.addressof(address) // 4096 * 4096), 4096, 4),
    "keys of the kernel": lambda: c("syscall", 250, 0, 0, 0, 0, 0),
    "io_uring": lambda: c("syscall", 425, 1, 0),
    "dump of its memory": lambda: refuse_unless(libc.prctl(3, 0, 0, 0, 0)),
}
def refuse_unless(allowed):
    if not allowed:
        raise PermissionError(errno.EPERM, "no")
def attempt(run):
    try:
        run()
    except OSError as error:
        return error.errno
    except ValueError:
        # What Python makes of EPERM when a limit shall be raised.
        return errno.EPERM
    return 0
program = confinement.build_call_filter() if sys.argv[1] == "filter" else None
if program:
    confinement._filter_calls(program)
else:
    confinement.keep_only(1)
    confinement.confine(memory_mb=64, expected_parent=os.getppid(), call_filter=None)
result = json.dumps({name: attempt(tries[name]) for name in sys.argv[2:]}).encode()
os.write(1 if program else 0, result)
os._exit(0)
"""
BY_FILTER = [
    "open", "create", "socket", "pair of sockets", "pipe", "file in memory",
    "copy of a descriptor", "fork", "execve", "kill", "ptrace", "memory of another", "unlink",
    "list", "stat", "chroot", "mount", "namespaces", "another user", "limits of another",
    "code in memory", "memory made code", "keys of the kernel", "io_uring",
]  # fmt: skip
# Without the filter: what limits, capabilities and the rest refuse.
BY_THE_REST = {
    "open": errno.EMFILE,
    "create": errno.EMFILE,
    "socket": errno.EMFILE,
    "pair of sockets": errno.EMFILE,
    "pipe": errno.EMFILE,
    "file in memory": errno.EMFILE,
    "copy of a descriptor": errno.EMFILE,
    "chroot": errno.EPERM,
    "mount": errno.EPERM,
    "another user": errno.EPERM,
    "more memory": errno.EPERM,
    "more descriptors": errno.EPERM,
    "dump of its memory": errno.EPERM,
}


def try_out(part: str, *names: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, part, *names], capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def filtered() -> dict[str, int]:
    return dict(try_out("filter", *BY_FILTER))


@pytest.fixture(scope="module")
def limited() -> dict[str, int]:
    return dict(try_out("rest", *BY_THE_REST))


@pytest.mark.skipif(not can_filter_calls(), reason="libseccomp is not installed")
@pytest.mark.parametrize("name", BY_FILTER)
def test_the_filter_alone_refuses(filtered: dict[str, int], name: str) -> None:
    assert filtered[name] == errno.EPERM


@pytest.mark.parametrize("name", BY_THE_REST)
def test_all_else_refuses_without_the_filter(limited: dict[str, int], name: str) -> None:
    assert limited[name] == BY_THE_REST[name]
