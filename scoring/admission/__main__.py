"""The examining process: limits as its argument, a model on its input, a verdict on its output.

It is started by `admit` alone. What goes wrong before the model is touched is our fault and ends
it with a traceback; what goes wrong after is the model's, and becomes a Refusal.
"""

import hashlib
import sys

import msgspec

from scoring.admission.confinement import bound, close_files
from scoring.admission.verdict import Admission, Limits, Refusal, Refused


def main() -> None:
    """Examine the model and write the verdict."""
    limits = msgspec.json.decode(sys.argv[1], type=Limits)
    holds = bound(limits)
    # Everything is loaded while files may still be opened.
    import onnxruntime  # noqa: F401 - it reads files when it is first imported.

    from scoring.admission import graph, trial

    content = sys.stdin.buffer.read()
    holds += close_files()
    try:
        sha256 = hashlib.sha256(content).hexdigest()
        checks = graph.examine(content, limits)
        signature, tried = trial.run(content, sha256)
        verdict: Admission | Refusal = Admission(
            sha256=sha256, signature=signature, checks=checks + tried, confinement=holds
        )
    except Refused as problem:
        verdict = Refusal(code=problem.code, sentence=str(problem))
    except MemoryError:
        verdict = Refusal(code="memory", sentence="examining it took too much memory")
    except Exception as problem:  # noqa: BLE001 - what a crafted file raises is a verdict on it.
        verdict = Refusal(code="crash", sentence=f"examining it raised {problem!r:.200}")
    sys.stdout.buffer.write(msgspec.json.encode(verdict))


if __name__ == "__main__":
    main()
