"""The filter as the kernel would run it, on both processors; real attempts: test_confinement.py.

Numbers of calls: the tables of system calls of the Linux kernel (asm/unistd_64.h for x86-64,
asm-generic/unistd.h for aarch64).
"""

import os

import pytest

from scoring.admission.seccomp import _program

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, KILL, NOT_PERMITTED, NO_SUCH_CALL = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
FORBIDDEN = {
    "x86_64": {
        "open": 2, "stat": 4, "poll": 7, "ioctl": 16, "pipe": 22, "dup": 32, "sendfile": 40,
        "socket": 41, "connect": 42, "sendto": 44, "sendmsg": 46, "bind": 49, "socketpair": 53,
        "fork": 57, "vfork": 58, "execve": 59, "kill": 62, "fcntl": 72, "truncate": 76,
        "ftruncate": 77, "getdents": 78, "chdir": 80, "rename": 82, "mkdir": 83, "creat": 85,
        "link": 86, "unlink": 87, "symlink": 88, "chmod": 90, "ptrace": 101, "getppid": 110,
        "rt_sigqueueinfo": 129, "personality": 135, "prctl": 157, "setrlimit": 160, "chroot": 161,
        "mount": 165, "tkill": 200, "sched_setaffinity": 203, "io_setup": 206, "keyctl": 250,
        "openat": 257, "unlinkat": 263, "unshare": 272, "timerfd_create": 283, "eventfd": 284,
        "perf_event_open": 298, "prlimit64": 302, "open_by_handle_at": 304, "setns": 308,
        "process_vm_readv": 310, "process_vm_writev": 311, "seccomp": 317, "memfd_create": 319,
        "bpf": 321, "execveat": 322, "userfaultfd": 323, "pidfd_send_signal": 424,
        "io_uring_setup": 425, "pidfd_open": 434, "openat2": 437, "pidfd_getfd": 438,
        "of x32": 0x40000000, "open of x32": 0x40000002, "of a later kernel": 999,
    },
    "aarch64": {
        "eventfd2": 19, "dup": 23, "fcntl": 25, "ioctl": 29, "mkdirat": 34, "unlinkat": 35,
        "symlinkat": 36, "linkat": 37, "renameat": 38, "mount": 40, "truncate": 45,
        "ftruncate": 46, "chdir": 49, "chroot": 51, "fchmodat": 53, "openat": 56, "pipe2": 59,
        "getdents64": 61, "sendfile": 71, "ppoll": 73, "newfstatat": 79, "personality": 92,
        "unshare": 97, "ptrace": 117, "sched_setaffinity": 122, "kill": 129, "tkill": 130,
        "rt_sigqueueinfo": 138, "setrlimit": 164, "prctl": 167, "getppid": 173, "socket": 198,
        "socketpair": 199, "bind": 200, "connect": 203, "sendto": 206, "sendmsg": 211,
        "keyctl": 219, "execve": 221, "perf_event_open": 241, "prlimit64": 261,
        "open_by_handle_at": 265, "setns": 268, "process_vm_readv": 270,
        "process_vm_writev": 271, "renameat2": 276, "seccomp": 277, "memfd_create": 279,
        "bpf": 280, "execveat": 281, "userfaultfd": 282, "pidfd_send_signal": 424,
        "io_uring_setup": 425, "pidfd_open": 434, "openat2": 437, "pidfd_getfd": 438,
        "of a later kernel": 999,
    },
}  # fmt: skip
CONDITIONAL = {
    "x86_64": {"mmap": 9, "mprotect": 10, "clone": 56, "tgkill": 234},
    "aarch64": {"mmap": 222, "mprotect": 226, "clone": 220, "tgkill": 131},
}
CASES = [(machine, call) for machine, calls in FORBIDDEN.items() for call in calls]


def answer(machine: str, number: int, *given: int, architecture: int | None = None) -> int:
    """What the program of a machine says of a call: classic BPF, as the kernel interprets it."""
    program = _program(machine)
    arguments = [*given, *[0] * (6 - len(given))]
    data = {0: number, 4: architecture or ARCHITECTURES[machine]}
    data |= {16 + 8 * place: value & 0xFFFFFFFF for place, value in enumerate(arguments)}
    at = register = 0
    while True:
        code, true, false, constant = program[at]
        at += 1
        match code:
            case 0x20:  # load a word
                register = data[constant]
            case 0x54:  # and
                register &= constant
            case 0x15:  # jump if equal
                at += true if register == constant else false
            case 0x06:  # return
                return constant
            case _:
                raise AssertionError(f"an instruction that is not used: {code:#x}")


@pytest.mark.parametrize(("machine", "call"), CASES)
def test_what_is_not_listed_is_not_permitted(machine: str, call: str):
    everything = (0xFFFFFFFF,) * 6
    assert answer(machine, FORBIDDEN[machine][call]) == NOT_PERMITTED
    assert answer(machine, FORBIDDEN[machine][call], *everything) == NOT_PERMITTED


@pytest.mark.parametrize(
    ("machine", "numbers"), [("x86_64", (1, 202, 231)), ("aarch64", (64, 98, 94))]
)
def test_computing_and_answering_are_permitted(machine: str, numbers: tuple[int, ...]):
    """write, futex and exit_group."""
    assert {answer(machine, number) for number in numbers} == {ALLOW}


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_threads_are_started_and_processes_are_not(machine: str):
    number = CONDITIONAL[machine]["clone"]
    as_pthreads_do = 0x3D0F00
    as_fork_does = 0x1200011
    assert answer(machine, number, as_pthreads_do) == ALLOW
    assert answer(machine, number, as_fork_does) == NOT_PERMITTED
    assert answer(machine, 435) == NO_SUCH_CALL  # clone3, whose flags cannot be seen.


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize("call", ["mmap", "mprotect"])
def test_memory_is_given_but_for_new_code(machine: str, call: str):
    number = CONDITIONAL[machine][call]
    read_write, executable = 3, 7
    assert answer(machine, number, 0, 4096, read_write) == ALLOW
    assert answer(machine, number, 0, 4096, executable) == NOT_PERMITTED


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_a_process_signals_itself_alone(machine: str):
    number = CONDITIONAL[machine]["tgkill"]
    assert answer(machine, number, os.getpid(), 1, 6) == ALLOW
    assert answer(machine, number, os.getppid(), 1, 6) == NOT_PERMITTED


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_calls_by_the_numbers_of_another_processor_end_the_process(machine: str):
    i386 = 0x40000003
    assert answer(machine, 1, architecture=i386) == KILL
