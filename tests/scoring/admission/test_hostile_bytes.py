"""Whatever the bytes are, the answer is an Admission or a Refusal."""

from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.admission.admit import admit
from scoring.admission.archive import model_of
from scoring.admission.graph import examine
from scoring.admission.verdict import Admission, Limits, Refusal, Refused
from tests.scoring.admission.test_archive import tarred, zipped
from tests.scoring.models import classifier, constant, regressor

MODELS = [constant(1.0), classifier(["no", "yes"], columns=["a", "b"]), regressor([1.0, 2.0])]
ARCHIVES = [pack({"MLmodel": b"x" * 300, "model.onnx": MODELS[0]}) for pack in (zipped, tarred)]


@st.composite
def mutated(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """Bytes with a few changes: flipped, cut out, repeated, or taken from another file."""
    content = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        size = draw(st.integers(1, 40))
        match draw(st.sampled_from(["flip", "cut", "repeat", "splice", "end"])):
            case "flip":
                content[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case "cut":
                del content[at : at + size]
            case "repeat":
                content[at:at] = content[at : at + size]
            case "splice":
                other = draw(st.sampled_from(seeds))
                start = draw(st.integers(0, len(other)))
                content[at:at] = other[start : start + size]
            case "end":
                del content[at:]
    return bytes(content)


def outcome(look: Callable[[], object]) -> object:
    """What a look at bytes gives, or the refusal that it raises; nothing else may be raised."""
    try:
        return look()
    except Refused as problem:
        return problem.code


@given(content=mutated(MODELS))
@settings(max_examples=200, deadline=None)
def test_a_mutated_model_passes_or_is_refused_by_a_look(content: bytes):
    assert outcome(lambda: list(examine(content, Limits())))


@given(content=mutated(ARCHIVES))
@settings(max_examples=200, deadline=None)
def test_a_mutated_archive_gives_a_model_or_is_refused(content: bytes):
    assert outcome(lambda: model_of(content, Limits()))


@given(content=mutated(MODELS + ARCHIVES), evidence=st.none() | st.binary(max_size=50))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_whole_admission_of_hostile_bytes_ends_in_a_verdict(
    tmp_path: Path, content: bytes, evidence: bytes | None
):
    name = "model.zip" if content.startswith((b"PK", b"\x1f\x8b")) else "model.onnx"
    (tmp_path / name).write_bytes(content)
    verdict = admit(tmp_path / name, Limits(processor_time=10), evidence)
    assert isinstance(verdict, Admission | Refusal)
