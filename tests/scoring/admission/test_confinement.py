"""What the examining process can no longer do, tried in a process that gave it up."""

import subprocess
import sys

import pytest

FORBIDDEN = {
    "a socket": "import socket; give_up(); socket.socket()",
    "a connected pair": "import socket; give_up(); socket.socketpair()",
    "another program": "import os; give_up(); os.execv('/bin/true', ['true'])",
    "a signal to its parent": "import os; give_up(); os.kill(os.getppid(), 0)",
    "a file of this machine": "give_up(); close_files(); open('/etc/passwd')",
    "its parent's environment": "give_up(); close_files(); open('/proc/self/environ')",
}


def tried(action: str) -> str:
    program = (
        "from scoring.admission.confinement import bound, close_files\n"
        "from scoring.admission.verdict import Limits\n"
        "def give_up(): bound(Limits())\n"
        f"try:\n    exec({action!r})\n"
        "except PermissionError: print('not permitted')\n"
        "except MemoryError: print('no memory')\n"
        "except OSError as problem: print(problem.strerror)\n"
        "else: print('done')\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return ended.stdout.decode().strip()


@pytest.mark.parametrize("action", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_a_confined_process_is_not_permitted(action: str):
    assert tried(action) == "not permitted"


def test_a_confined_process_gets_no_more_memory():
    assert tried("give_up(); bytearray(3 << 30)") == "no memory"


def test_a_confined_process_fills_no_disk():
    action = "import tempfile; file = tempfile.TemporaryFile(buffering=0); give_up();"
    assert tried(f"{action} [file.write(bytes(1 << 20)) for _ in range(2)]") == "File too large"


def test_a_confined_process_still_computes():
    assert tried("give_up(); close_files(); sorted(range(100))") == "done"
