import subprocess
import sys

from local.ports import CANDIDATES, free_ports

ASK = (
    "import sys; from local import ports; ports.CANDIDATES = range({low}, {high});"
    "print(*ports.free_ports({count}), flush=True); sys.stdin.read()"
)


def asking(low: int, high: int, count: int) -> subprocess.Popen[str]:
    """A process that looks for ports in a range, says which it found, and lives on."""
    code = ASK.format(low=low, high=high, count=count)
    command = [sys.executable, "-c", code]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_ports_are_different_and_from_the_range():
    found = free_ports(50)
    assert len(set(found)) == 50
    assert set(found) <= set(CANDIDATES)


def test_a_port_that_another_process_found_is_not_found_until_its_end():
    low, high = 19_000, 19_020
    with asking(low, high, 10) as first:
        assert first.stdout is not None
        taken = set(map(int, first.stdout.readline().split()))
        with asking(low, high, 10) as second:
            assert second.stdout is not None
            assert taken.isdisjoint(map(int, second.stdout.readline().split()))
            second.communicate()
        first.communicate()
    with asking(low, high, 20) as third:
        assert third.stdout is not None
        assert len(third.stdout.readline().split()) == 20
        third.communicate()
