"""What the parent makes of an examining process that a stranger has taken over."""

import json

import pytest

from scoring.admission.admit import DEFAULT, _check_end, _read
from scoring.admission.confinement import MEANS
from scoring.admission.verdict import Admission, Check, Refusal, Refused

SHA256 = b"5" * 64
SIGNATURE = (
    b'{"rows":{"name":"X","type":"float32","shape":[null,2]},'
    b'"answer":{"name":"Y","type":"float32","shape":[null]},'
    b'"probabilities":null,"columns":null}'
)
ADMITTED = (
    b'{"type":"Admission","sha256":"' + SHA256 + b'","signature":' + SIGNATURE + b","
    b'"confinement":' + json.dumps(MEANS).encode() + b',"checks":[]}'
)


def read(said: bytes) -> tuple[Admission | Refusal | None, list[Check]]:
    told: list[Check] = []
    return _read(said, told.append), told


def test_the_checks_before_the_verdict_are_told():
    verdict, told = read(b'{"type":"Check","code":"size","sentence":"small"}\n' + ADMITTED)
    assert isinstance(verdict, Admission)
    assert told == [Check("size", "small")]


def test_control_characters_of_a_refusal_are_not_passed_on():
    verdict, _ = read(b'{"type":"Refusal","code":"crash","sentence":"\\u001b[2Jgone\\u202e"}')
    assert verdict == Refusal(code="crash", sentence="\ufffd[2Jgone\ufffd")


def test_a_sentence_has_an_end():
    verdict, _ = read(b'{"type":"Refusal","code":"crash","sentence":"' + b"a" * 99999 + b'"}')
    assert isinstance(verdict, Refusal)
    assert len(verdict.sentence) == 1000


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\xff\xfe\x00",
        b"[]",
        b'{"type":"Check","code":"size","sentence":"small"}',
        b'{"type":"Refusal","code":"\\u001b[2J","sentence":"a"}',
        ADMITTED.replace(SHA256, b"../../x"),
        ADMITTED.replace(SHA256, SHA256 + b"\\n"),
        ADMITTED.replace(b"[null,2]", b"[]"),
        ADMITTED.replace(b"[null,2]", b"[null,-1]"),
        ADMITTED.replace(b'"columns":null', b'"columns":["a"]'),
        ADMITTED.replace(b"limits", b"\\u001b[2J").replace(b"seccomp", b"\\u001b[2J"),
        b'{"type":"Refusal","code":"crash","sentence":"\xff"}',
        b'{"type":"Refusal","more":' + b"[" * 100_000,
        ADMITTED[:-9],
        b"noise of a library\n" + ADMITTED,
    ],
    ids=[
        "nothing",
        "no text",
        "a list",
        "no verdict",
        "a code with escapes",
        "no digest",
        "a line behind the digest",
        "no table",
        "fewer than no columns",
        "other columns than those named",
        "other words on what held it",
        "a sentence that is no text",
        "nested very deep",
        "cut",
        "noise",
    ],
)
def test_what_is_no_verdict_is_none(said: bytes):
    assert read(said)[0] is None


def test_an_end_by_a_signal_without_a_name_is_a_refusal_too():
    with pytest.raises(Refused, match="died of signal 40"):
        _check_end(-40, b"", DEFAULT)


def test_the_last_words_of_a_process_are_quoted_without_control_characters():
    with pytest.raises(RuntimeError, match="gone") as raised:
        _check_end(1, b"\x1b[2Jgone", DEFAULT)
    assert "\x1b" not in str(raised.value)
