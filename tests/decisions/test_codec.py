"""Documents are read strictly: what cannot be read is said in a sentence."""

import pytest

from decisions.codec import decode_event, decode_state, encode
from decisions.errors import Rejected
from tests.decisions.life import FRESH, SERVING, WATCHED, due, in_phase, in_stage, watched

RAISED = watched(WATCHED, "drifted", "drifted")[-1].state


@pytest.mark.parametrize("state", [SERVING, in_stage("running", in_phase("baking")), RAISED])
def test_state_comes_back_as_it_was(state: object):
    assert decode_state(encode(state)) == state


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "a stored state cannot be read"),
        (b"[]", "a stored state cannot be read"),
        (b'{"schema": "x"}', "a stored state cannot be read"),
        (b'{"schema": 1}', "a stored state cannot be read"),
        (b'{"schema": 99}', "a stored state has schema 99, this release reads up to 1"),
    ],
)
def test_state_that_cannot_be_read_is_refused_in_a_sentence(body: bytes, reason: str):
    with pytest.raises(Rejected, match=reason):
        decode_state(body)


@pytest.mark.parametrize("body", [b"[" * 200_000, b"\xff", b"{}", b'{"event": "Nonsense"}'])
def test_message_that_cannot_be_read_is_refused(body: bytes):
    with pytest.raises(Rejected, match="a lane message cannot be read"):
        decode_event(body)


def test_state_from_before_drift_was_watched_is_read():
    assert decode_state(b'{"model": "digits", "schema": 1, "attempts": 0, "held": []}') == FRESH


def test_time_without_a_zone_is_refused():
    naive = encode(due(1)).replace(b"12:00:00Z", b"12:00:00")
    with pytest.raises(Rejected, match="timezone"):
        decode_event(naive)
