"""Candidate → challenger → champion, and every way to be refused on the way."""

from msgspec.structs import replace

from decisions.actions import DeployModel, EvaluateCandidate, Notify, PromoteModel, RegisterModel
from decisions.events import (
    CandidateAdmitted,
    CandidateEvaluated,
    CandidateRefused,
    Comparison,
    ModelRegistered,
)
from tests.decisions.life import (
    JOB,
    SERVING,
    V1,
    after,
    compared,
    in_stage,
    kinds,
    registered,
    the,
)

WON = compared(0.95, 0.06, champion="1", champion_score=0.84, gain=0.11, confidence=0.95)
LOST = compared(0.61, -0.3, champion="1", champion_score=0.84, gain=-0.23, confidence=0.95)


def evaluated(comparison: Comparison) -> CandidateEvaluated:
    return CandidateEvaluated(model="digits", run=JOB, comparison=comparison)


def test_admitted_candidate_is_compared_with_the_champion():
    state = in_stage("admitting", SERVING)
    decision = after(state, CandidateAdmitted(model="digits", run=JOB, sha256="c" * 64))
    evaluate = the(decision, EvaluateCandidate)
    assert (evaluate.sha256, evaluate.champion) == ("c" * 64, V1)


def test_harmful_candidate_is_refused_and_told():
    event = CandidateRefused(model="digits", run=JOB, code="external_data", reason="../x")
    decision = after(in_stage("admitting", SERVING), event)
    assert kinds(decision) == ["Notify"]
    assert decision.state.champion == V1
    assert the(decision, Notify).data["code"] == "external_data"


def test_winner_is_registered_with_the_figures():
    decision = after(in_stage("evaluating", SERVING), evaluated(WON))
    assert the(decision, RegisterModel).comparison == WON
    assert decision.numbers["gain_lower_bound"] == 0.06


def test_loser_is_refused_with_both_numbers_and_production_stays():
    decision = after(in_stage("evaluating", SERVING), evaluated(LOST))
    notice = the(decision, Notify)
    assert (notice.kind, notice.data["challenger"], notice.data["champion"]) == (
        "model.refused",
        0.61,
        0.84,
    )
    assert (decision.state.champion, decision.state.live) == (V1, SERVING.live)


def test_comparison_with_a_champion_of_yesterday_is_made_again():
    stale = compared(0.95, champion=None)
    decision = after(in_stage("evaluating", SERVING), evaluated(stale))
    assert the(decision, EvaluateCandidate).champion == V1


def test_registered_version_becomes_champion_and_is_deployed():
    state = in_stage("registering", SERVING, score=0.95)
    decision = after(state, ModelRegistered(model="digits", version="2"), registered("2", JOB))
    assert decision.state.champion is not None
    assert (decision.state.champion.version, decision.state.champion.score) == ("2", 0.95)
    assert the(decision, PromoteModel).role == "champion"
    assert [one.version for one in the(decision, DeployModel).spec.deployments] == ["1", "2"]
    assert the(decision, DeployModel).spec.traffic == {"v1-aaaaaaaa": 100}


def test_version_registered_by_hand_is_left_alone():
    decision = after(SERVING, ModelRegistered(model="digits", version="9"), registered("9", None))
    assert decision.actions == ()
    assert decision.state.champion == V1
    assert decision.sentence is not None
    assert "registered by hand" in decision.sentence


def test_own_word_of_a_registration_needs_no_look_at_the_registry():
    state = in_stage("registering", SERVING, score=0.95)
    early = ModelRegistered(model="digits", version="2")
    seen_too_early = after(state, early)
    assert (seen_too_early.actions, seen_too_early.sentence) == ((), None)
    own = ModelRegistered(model="digits", version="2", run=JOB)
    assert own.cause != early.cause
    decision = after(seen_too_early.state, own)
    assert decision.state.champion is not None
    assert decision.state.champion.version == "2"
    twice = after(decision.state, early, registered("2", JOB))
    assert (twice.actions, twice.state.champion) == ((), decision.state.champion)


def test_next_training_begins_when_a_challenger_is_refused():
    state = replace(in_stage("evaluating", SERVING), held=("training/person/k/0",))
    assert "FreezeManifest" in kinds(after(state, evaluated(LOST)))
