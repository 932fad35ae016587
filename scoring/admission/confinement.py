"""How the examining process is held: it gives up, for good, what it does not need.

Two means, both of the Linux kernel, neither of which needs a privilege:

* **limits** (setrlimit): address space, processor time, bytes written to any file, open files,
  no core dump. Memory without end, a loop without end and a full disk end the process.
* **system calls** (seccomp, with no-new-privileges): no sockets, hence no network; no other
  program is started; no other process is traced, read or signalled; and, once everything needed
  is loaded, no file is opened, hence no secret of this machine is read.

Where seccomp is missing (macOS, some sandboxes) the limits alone hold, and the verdict says so.

References: setrlimit(2), seccomp(2), the kernel's Documentation/userspace-api/seccomp_filter.rst.
"""

import ctypes
import platform
import resource
import struct
import sys

from scoring.admission.verdict import MEBIBYTE, Limits

_ACROSS = {
    "x86_64": {
        "socket": 41, "connect": 42, "bind": 49, "socketpair": 53, "fork": 57, "vfork": 58,
        "execve": 59, "kill": 62, "ptrace": 101, "process_vm_readv": 310,
        "process_vm_writev": 311, "execveat": 322, "io_uring_setup": 425, "pidfd_getfd": 438,
    },
    "aarch64": {
        "ptrace": 117, "kill": 129, "socket": 198, "socketpair": 199, "bind": 200,
        "connect": 203, "execve": 221, "process_vm_readv": 270, "process_vm_writev": 271,
        "execveat": 281, "io_uring_setup": 425, "pidfd_getfd": 438,
    },
}  # fmt: skip
_OPENING = {
    "x86_64": {"open": 2, "creat": 85, "openat": 257, "open_by_handle_at": 304, "openat2": 437},
    "aarch64": {"openat": 56, "open_by_handle_at": 265, "openat2": 437},
}
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000  # x86_64 has a second numbering of its system calls from here on.

_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _NOT_PERMITTED, _KILL = 0x7FFF0000, 0x00050001, 0x80000000
_SET_SECCOMP, _SECCOMP_FILTER, _SET_NO_NEW_PRIVILEGES = 22, 2, 38


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def bound(limits: Limits) -> tuple[str, ...]:
    """Give up resources, the network, other programs and other processes; names what holds."""
    for name, limit in {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_FSIZE: MEBIBYTE,  # The verdict itself, and no more.
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_CORE: 0,
    }.items():
        resource.setrlimit(name, (limit, limit))
    # A second between the two limits: the first one's signal tells time from other ends.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.processor_time, limits.processor_time + 1))
    if _forbid(_ACROSS):
        return "limits", "no network, program or process (seccomp)"
    return ("limits",)


def close_files() -> tuple[str, ...]:
    """Give up opening files, when all that is needed has been read; names what holds."""
    return ("no files (seccomp)",) if _forbid(_OPENING) else ()


def _forbid(calls: dict[str, dict[str, int]]) -> bool:
    """Make system calls fail with EPERM from now on; False where the kernel offers no means."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in calls:
        return False
    instructions = _filter(_ARCHITECTURES[machine], sorted(calls[machine].values()))
    program = _Program(len(instructions) // 8, instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return not libc.prctl(_SET_SECCOMP, _SECCOMP_FILTER, ctypes.byref(program), 0, 0)


def _filter(architecture: int, forbidden: list[int]) -> bytes:
    """The filter in the kernel's classic BPF: look at the architecture, then at the number.

    Another architecture's numbers mean other calls: a process that switches to one is killed.
    """
    count = len(forbidden)
    lines = [
        (_LOAD, 0, 0, 4),  # The architecture stands at offset 4 of seccomp_data, …
        (_JUMP_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),  # … the number of the call at offset 0.
        (_JUMP_IF_AT_LEAST, count + 1, 0, _X32),
    ]
    # A match jumps over the numbers that are left and over the permission behind them.
    lines += [(_JUMP_IF_EQUAL, count - at, 0, call) for at, call in enumerate(forbidden)]
    lines += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _NOT_PERMITTED)]
    return b"".join(struct.pack("HBBI", *line) for line in lines)
