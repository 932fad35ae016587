"""A filter of system calls for this process, from which there is no way back.

What is on the list is allowed, and all else fails with EPERM, also calls that a later kernel
invents. A list of what is forbidden would be shorter, and wrong on the day after it was written:
there are ways around `open` (openat2, io_uring), around `socket` (socketpair, what is inherited)
and around `kill` (tgkill, pidfd_send_signal, rt_sigqueueinfo), and the next one has no name yet.

A list of what is allowed can only err by refusing too much. It stays short because the filter is
set when everything is loaded and read: what is left needs memory, threads, clocks and one file to
write to. Whether that still suffices for the runtime is tried before each model (`trial.rehearse`).

References: seccomp(2); Documentation/userspace-api/seccomp_filter.rst and the tables of system
calls of the Linux kernel.
"""

import ctypes
import os
import platform
import struct
import sys

_ALLOWED = {
    "x86_64": {
        "read": 0, "write": 1, "writev": 20, "close": 3, "lseek": 8,
        "munmap": 11, "brk": 12, "mremap": 25, "madvise": 28,
        "futex": 202, "set_robust_list": 273, "rseq": 334, "sched_yield": 24, "getcpu": 309,
        "sched_getaffinity": 204, "getpid": 39, "gettid": 186, "sysinfo": 99, "getrandom": 318,
        "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "sigaltstack": 131,
        "time": 201, "gettimeofday": 96, "clock_gettime": 228, "clock_getres": 229,
        "nanosleep": 35, "clock_nanosleep": 230, "restart_syscall": 219,
        "exit": 60, "exit_group": 231,
    },
    "aarch64": {
        "read": 63, "write": 64, "writev": 66, "close": 57, "lseek": 62,
        "munmap": 215, "brk": 214, "mremap": 216, "madvise": 233,
        "futex": 98, "set_robust_list": 99, "rseq": 293, "sched_yield": 124, "getcpu": 168,
        "sched_getaffinity": 123, "getpid": 172, "gettid": 178, "sysinfo": 179, "getrandom": 278,
        "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "sigaltstack": 132,
        "gettimeofday": 169, "clock_gettime": 113, "clock_getres": 114,
        "nanosleep": 101, "clock_nanosleep": 115, "restart_syscall": 128,
        "exit": 93, "exit_group": 94,
    },
}  # fmt: skip
_CONDITIONAL = {
    "x86_64": {"mmap": 9, "mprotect": 10, "clone": 56, "tgkill": 234},
    "aarch64": {"mmap": 222, "mprotect": 226, "clone": 220, "tgkill": 131},
}
_CLONE3 = 435
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_LOAD, _AND, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x54, 0x15, 0x06
_ALLOW, _NOT_PERMITTED, _NO_SUCH_CALL, _KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
_SET_FILTER, _ALL_THREADS, _SET_NO_NEW_PRIVILEGES = 1, 1, 38
_EXECUTABLE, _AS_THREAD = 0x4, 0x10000
_WHOLE = 0xFFFFFFFF

Line = tuple[int, int, int, int]
"""An instruction of the kernel's classic BPF: code, jump if true, jump if false, constant."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def missing() -> str | None:
    """What this machine lacks to have such a filter, in words; None if it lacks nothing."""
    if sys.platform != "linux":
        return f"{platform.system() or sys.platform} has no seccomp"
    if platform.machine() not in _ALLOWED:
        return f"no filter is known for the processor {platform.machine()!r}"
    return None


def install() -> str | None:
    """Set the filter on every thread of this process; gives what went wrong, in words."""
    machine = platform.machine()
    lines = _program(machine)
    instructions = b"".join(struct.pack("HBBI", *line) for line in lines)
    program = _Program(len(lines), instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    given = (_SECCOMP[machine], _SET_FILTER, _ALL_THREADS, ctypes.byref(program))
    if libc.syscall(*given):
        return (
            f"this kernel or container takes no seccomp filter ({os.strerror(ctypes.get_errno())})"
        )
    return None


def _program(machine: str) -> list[Line]:
    """The filter: look at the architecture, at the number, at one argument of a few.

    Another architecture's numbers mean other calls: a process that switches to one is killed.
    """
    calls = _CONDITIONAL[machine]
    program = [
        (_LOAD, 0, 0, 4),  # The architecture stands at offset 4 of seccomp_data, …
        (_JUMP_IF_EQUAL, 1, 0, _ARCHITECTURES[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),  # … the number of the call at offset 0.
    ]
    for number in sorted(_ALLOWED[machine].values()):
        program += _answer(number, _ALLOW)
    # The C library takes an unknown clone3 for an old kernel and uses clone, which can be judged.
    program += _answer(_CLONE3, _NO_SUCH_CALL)
    program += _allow_if(calls["clone"], 0, _AS_THREAD, _AS_THREAD)  # A thread, and no process.
    program += _allow_if(calls["mmap"], 2, _EXECUTABLE, 0)  # No new code in memory, …
    program += _allow_if(calls["mprotect"], 2, _EXECUTABLE, 0)  # … nor by changing the old.
    program += _allow_if(calls["tgkill"], 0, _WHOLE, os.getpid())  # abort() signals itself.
    return [*program, (_RETURN, 0, 0, _NOT_PERMITTED)]


def _answer(number: int, answer: int) -> list[Line]:
    return [(_JUMP_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, answer)]


def _allow_if(number: int, argument: int, mask: int, value: int) -> list[Line]:
    """Allow a call if the lower half of an argument, masked, has a value."""
    return [
        (_JUMP_IF_EQUAL, 0, 5, number),
        (_LOAD, 0, 0, 16 + 8 * argument),  # Arguments stand from offset 16, lower half first.
        (_AND, 0, 0, mask),
        (_JUMP_IF_EQUAL, 0, 1, value),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _NOT_PERMITTED),
    ]
