"""What the examining process can no longer do, tried in a process that gave it up."""

import subprocess
import sys

import pytest

PRELUDE = """
import ctypes, mmap, os, resource, signal, socket, sys, threading
from scoring.admission.confinement import bound, confine, prove
from scoring.admission.verdict import Limits, Refused
libc = ctypes.CDLL(None, use_errno=True)
pipe = os.pipe()
def call(name, *given):
    if getattr(libc, name)(*given) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
def number(*given):
    call("syscall", *given)
def shut():
    bound(Limits()); confine(Limits())
"""
FORBIDDEN = {
    "open a file": "open('/etc/passwd')",
    "open a file by openat2": "number(437, -100, b'/etc/passwd', bytes(24), 24)",
    "read its environment": "open('/proc/self/environ')",
    "look at a file": "os.stat('/etc/passwd')",
    "list a folder": "os.listdir('/')",
    "make a file": "os.open('/tmp/x', os.O_CREAT | os.O_WRONLY)",
    "make a file in memory": "os.memfd_create('x')",
    "remove a file": "os.unlink('/tmp/nothing')",
    "rename a file": "os.rename('/tmp/nothing', '/tmp/other')",
    "cut a file": "os.truncate('/tmp/nothing', 0)",
    "change rights": "os.chmod('/tmp', 0o777)",
    "make a hard link": "os.link('/etc/passwd', '/tmp/x')",
    "make a symbolic link": "os.symlink('/etc/passwd', '/tmp/x')",
    "make a folder": "os.mkdir('/tmp/x')",
    "change its folder": "os.chdir('/')",
    "mount": "call('mount', b'a', b'/mnt', b'tmpfs', 0, None)",
    "make a socket": "socket.socket()",
    "make a local socket": "socket.socket(socket.AF_UNIX)",
    "make a pair of sockets": "socket.socketpair()",
    "send on what it has": "call('sendto', 0, b'x', 1, 0, None, 0)",
    "send a message on what it has": "call('sendmsg', 0, bytes(56), 0)",
    "make an io_uring": "number(425, 1, bytes(120))",
    "start a process": "os.fork()",
    "start a process by vfork": "os.posix_spawn('/bin/true', ['true'], {})",
    "become another program": "os.execv('/bin/true', ['true'])",
    "signal its parent": "os.kill(os.getppid(), 0)",
    "signal another's thread": "number(234, 1, 1, 0)",
    "signal by a descriptor": "os.pidfd_open(1)",
    "trace another": "call('ptrace', 16, 1, None, None)",
    "read another's memory": "call('process_vm_readv', 1, None, 0, None, 0, 0)",
    "write another's memory": "call('process_vm_writev', 1, None, 0, None, 0, 0)",
    "change another's limits": "resource.prlimit(1, resource.RLIMIT_AS)",
    "raise its own limits": "call('setrlimit', resource.RLIMIT_CPU, (ctypes.c_ulong * 2)(99, 99))",
    "load a program into the kernel": "number(321, 0, bytes(120), 120)",
    "count events of the machine": "number(298, bytes(120), 0, -1, -1, 0)",
    "ask for keys": "number(250, 0, 0, 0, 0, 0)",
    "handle page faults": "number(323, 0)",
    "enter a namespace": "call('setns', 0, 0)",
    "leave its namespaces": "call('unshare', 0x10000000)",
    "change who it is": "os.setuid(65534)",
    "add code to memory": "mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)",
    "take another filter": "call('prctl', 22, 2, None, 0, 0)",
    "let other programs in": "call('prctl', 4, 1, 0, 0, 0)",
    "use the other numbering": "number(0x40000000 + 39)",
}
"""Numbers of calls that the C library has no name for are those of x86-64."""


def run(action: str) -> str:
    program = PRELUDE + (
        f"try:\n    exec({action!r})\n"
        "except PermissionError: print('not permitted')\n"
        "except MemoryError: print('no memory')\n"
        "except Refused as problem: print(problem.code, problem)\n"
        "except OSError as problem: print(problem.strerror)\n"
        "else: print('done')\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return ended.stdout.decode().strip()


def test_a_confined_process_is_permitted_none_of_this():
    attempts = "".join(
        f"    try: {deed}\n"
        "    except PermissionError: pass\n"
        f"    except BaseException as problem: print({name!r}, repr(problem))\n"
        f"    else: print({name!r}, 'could be done')\n"
        for name, deed in FORBIDDEN.items()
    )
    assert run(f"shut()\nif True:\n{attempts}") == "done"


def test_no_thread_that_was_there_before_keeps_its_freedom():
    assert (
        run(
            "go, failed = threading.Event(), []\n"
            "def later():\n"
            "    go.wait()\n"
            "    try: socket.socket()\n"
            "    except PermissionError: failed.append(1)\n"
            "thread = threading.Thread(target=later); thread.start()\n"
            "shut(); go.set(); thread.join(); assert failed == [1]\n"
        )
        == "done"
    )


def test_what_was_open_before_is_closed():
    assert run("shut(); os.read(pipe[0], 1)") == "Bad file descriptor"


def test_a_confined_process_gets_no_more_memory():
    assert run("shut(); bytearray(3 << 30)") == "no memory"


def test_a_bounded_process_fills_no_disk():
    action = "import tempfile; file = tempfile.TemporaryFile(buffering=0); bound(Limits());"
    assert run(f"{action} [file.write(bytes(1 << 20)) for _ in range(5)]") == "File too large"


def test_a_confined_process_still_computes_in_threads():
    assert (
        run(
            "shut()\n"
            "found = []\n"
            "thread = threading.Thread(target=lambda: found.append(sorted(range(100))))\n"
            "thread.start(); thread.join(); assert len(found[0]) == 100\n"
        )
        == "done"
    )


@pytest.mark.parametrize("before", ["", "bound(Limits());"], ids=["nothing held", "limits alone"])
def test_a_process_that_is_not_confined_finds_out(before: str):
    said = run(f"{before}prove(Limits())")
    assert said.startswith("unconfined a model is examined only where it can be confined")
    assert "seccomp is taken and does not hold: it could ask who its parent is" in said


def test_a_machine_without_the_means_examines_nothing():
    said = run("sys.platform = 'darwin'; bound(Limits())")
    assert said.startswith("unconfined a model is examined only where it can be confined, and ")
    assert "has no seccomp" in said
    assert said.endswith(
        "examine it on Linux (x86-64 or aarch64) whose kernel and container allow seccomp"
    )


def test_a_kernel_that_takes_no_filter_examines_nothing():
    """A process that was confined already may set no second filter, as in a strict sandbox."""
    said = run("from scoring.admission import seccomp; seccomp.install(); print(seccomp.install())")
    assert said.splitlines() == [
        "this kernel or container takes no seccomp filter (Operation not permitted)",
        "done",
    ]
