"""What a script's process takes from itself before it reads its first order.

Everything here is one-way. The resource limits work on every POSIX system; the rest needs Linux,
and the system call filter also libseccomp. Where a part is missing, the others still hold: the
engine itself offers no way out, these are for the day on which it has a hole.
"""

import contextlib
import ctypes
import errno
import os
import resource
import signal
import sys
from pathlib import Path

try:
    import pyseccomp
except (ImportError, OSError, RuntimeError):
    pyseccomp = None

PIPE = 0
MEGABYTE = 1024 * 1024

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x20080522
_INSTRUCTION_BYTES = 8
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
# What a process may keep for its next call: to get it from the kernel costs more than a usual call.
_KEPT_BYTES = 4 * MEGABYTE
_PROT_EXEC = 4

# Reading and writing the pipe, memory without execution, time, signals to itself, ending.
_ALLOWED_CALLS = (
    "read",
    "write",
    "brk",
    "munmap",
    "mremap",
    "madvise",
    "futex",
    "clock_gettime",
    "clock_nanosleep",
    "gettimeofday",
    "getpid",
    "gettid",
    "getrandom",
    "getrusage",
    "setitimer",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sigaltstack",
    "restart_syscall",
    "exit",
    "exit_group",
)

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def tidy_memory() -> None:
    """Take the gaps in the C library's memory, lest each fork fills them and copies the pages.

    What a fork allocates then lies together at the end, and what is loaded stays shared.
    """
    if _libc is None or not hasattr(_libc, "malloc_trim"):
        return
    for option in (_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD):
        _libc.mallopt(option, _KEPT_BYTES)
    _libc.malloc.restype = _libc.sbrk.restype = ctypes.c_size_t
    _libc.malloc_trim(0)
    end = _libc.sbrk(0) - resource.getpagesize()
    for size in (*(2**power for power in range(18, 10, -1)), *range(1024, 8, -16)):
        while 0 < _libc.malloc(size) < end:
            pass


def can_filter_calls() -> bool:
    """Tell whether the library for system call filters is there."""
    return pyseccomp is not None


def missing_filter() -> str:
    """Return why the system calls of scripts are not filtered here; nothing if they are."""
    if pyseccomp is None:
        return "libseccomp (Debian: libseccomp2) or the Python package pyseccomp is not installed"
    if _libc is None:
        return "only Linux has it"
    # A kernel that has filters looks for the program, and finds none at this address.
    _libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.c_ulong(0), 0, 0)
    error = ctypes.get_errno()
    return "" if error == errno.EFAULT else f"the kernel refuses it ({os.strerror(error)})"


def keep_only(descriptor: int) -> None:
    """Make a descriptor number 0 and close all others."""
    os.dup2(descriptor, PIPE)
    os.closerange(1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that forked it ends."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def confine(*, memory_mb: int, expected_parent: int, call_filter: bytes | None) -> None:
    """Give up everything but the pipe, memory and time. Can't be undone.

    Args:
        memory_mb: how much more than now the process may map.
        expected_parent: the process that must still be the parent.
        call_filter: made by `build_call_filter`.
    """
    os.environ.clear()
    die_with_parent()
    if os.getppid() != expected_parent:
        os._exit(0)
    _set_limits(memory_mb)
    _drop_capabilities()
    _prctl(_PR_SET_DUMPABLE, 0)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if call_filter is not None:
        _filter_calls(call_filter)


def _set_limits(memory_mb: int) -> None:
    limits = {
        resource.RLIMIT_AS: _mapped_bytes() + memory_mb * MEGABYTE,
        # The pipe is number 0, so nothing else can be opened.
        resource.RLIMIT_NOFILE: 1,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))


def _drop_capabilities() -> None:
    """Give up what root may, such as raising hard limits: servers in containers often are root."""
    if _libc is None:
        return
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    # Effective, permitted and inheritable ones, twice: none.
    if _libc.capset(header, (ctypes.c_uint32 * 6)()) != 0:
        raise OSError(ctypes.get_errno(), "capset failed")


def limit_processor_time(seconds: float) -> int:
    """Have the kernel end the process once it has used this much more processor time.

    Returns:
        How much it may have used in all by then.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.RLIM_INFINITY))
    return allowed


def memory_peak() -> int:
    """Return how many bytes of memory this process has taken at most, where that is known."""
    if sys.platform != "linux":
        return 0
    # In units of 1024 bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _mapped_bytes() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    except OSError:
        # No /proc: a Python process with the engine maps about this much.
        return 512 * MEGABYTE
    return pages * resource.getpagesize()


def _prctl(option: int, value: int, more: int = 0) -> None:
    if _libc is not None and _libc.prctl(option, value, ctypes.c_ulong(more), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}) failed")


def build_call_filter() -> bytes | None:
    """Return a program for the kernel that refuses all but a few calls, or None without library.

    The parent builds it once: the library would take a megabyte of each child.
    """
    if pyseccomp is None:
        return None
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for name in _ALLOWED_CALLS:
        rules.add_rule(pyseccomp.ALLOW, name)
    no_execution = pyseccomp.Arg(2, pyseccomp.MASKED_EQ, _PROT_EXEC, 0)
    rules.add_rule(pyseccomp.ALLOW, "mmap", no_execution)
    rules.add_rule(pyseccomp.ALLOW, "mprotect", no_execution)
    # Limits may be lowered or read, its own only; the hard ones hold.
    rules.add_rule(pyseccomp.ALLOW, "prlimit64", pyseccomp.Arg(0, pyseccomp.EQ, 0))
    rules.add_rule(pyseccomp.ALLOW, "setrlimit")
    with os.fdopen(os.memfd_create("call-filter"), "w+b") as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


class _Program(ctypes.Structure):
    """The kernel's `struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _filter_calls(program: bytes) -> None:
    instructions = len(program) // _INSTRUCTION_BYTES
    argument = _Program(instructions, program)
    # A kernel without filters refuses; all else holds.
    with contextlib.suppress(OSError):
        _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(argument))
