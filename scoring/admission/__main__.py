"""The examining process: an order as its argument, a stranger's bytes on its input.

It is started by `admit` alone. What goes wrong before the model is touched is our fault and ends
it with a traceback; what goes wrong after is the model's, and becomes a Refusal. Each check that
is passed is written at once, a line of JSON each, so that it is known also of a process that had
to be killed; the verdict is the last line.
"""

import os
import sys

import msgspec

from scoring.admission.confinement import bound, confine
from scoring.admission.verdict import Admission, Check, Order, Refusal, Refused


def main() -> None:
    """Carry out the order and write the verdict."""
    order = msgspec.json.decode(sys.argv[1], type=Order)
    try:
        bound(order.limits)
        # Everything is loaded while files may still be opened.
        from scoring.admission import examination, trial

        examination.load(order)
        content = sys.stdin.buffer.read(order.size)
        evidence = sys.stdin.buffer.read() if order.evidence else None
        means = confine(order.limits)
        trial.rehearse()
    except Refused as problem:
        _write(Refusal(code=problem.code, sentence=str(problem)))
        return
    try:
        found = examination.examine(order, content, evidence, _write)
        verdict: Admission | Refusal = Admission(
            sha256=found.sha256, signature=found.signature, confinement=means
        )
    except Refused as problem:
        verdict = Refusal(code=problem.code, sentence=str(problem))
    except MemoryError:
        verdict = Refusal(code="memory", sentence="examining it took too much memory")
    except Exception as problem:  # noqa: BLE001 - what a crafted file raises is a verdict on it.
        verdict = Refusal(code="crash", sentence=f"examining it raised {problem!r:.200}")
    _write(verdict)


def _write(line: Check | Admission | Refusal) -> None:
    """Past Python's buffers, which a killed process would take with it."""
    os.write(sys.stdout.fileno(), msgspec.json.encode(line) + b"\n")


if __name__ == "__main__":
    main()
