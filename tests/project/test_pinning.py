"""A model's SHA-256 goes from its admission to its endpoint, and nothing else is ever loaded.

The links that are proven elsewhere: the endpoint's specification carries it into `desired.json`
(tests/adapters/aci/test_endpoints.py), the server refuses other bytes
(tests/scoring/server/test_changes.py), and so do the windows of drift (tests/handlers/
test_windows_of_files.py).
"""

import pytest

from adapters.mlflow_registry.registry import version_tags
from decisions.actions import DeployModel, EvaluateCandidate, RegisterModel
from decisions.events import CandidateAdmitted, CandidateEvaluated, ModelRegistered
from decisions.facts import Facts, RegisteredFacts
from decisions.policies import GatePolicy
from decisions.ports import Admitted
from tests.contracts.test_examiner import RealSide
from tests.decisions.life import JOB, SERVING, after, compared, in_stage, the
from tests.project.tree import deployed, names_in
from tests.scoring.models import classifier, digest

PINNED = "c" * 64
WON = compared(0.95, 0.06, champion="1", champion_score=0.84, gain=0.11, confidence=0.95)


def test_pin_of_the_admission_reaches_gate_registry_champion_and_endpoint():
    admitted = CandidateAdmitted(model="digits", run=JOB, sha256=PINNED)
    examined = after(in_stage("admitting", SERVING, sha256=None), admitted)
    assert the(examined, EvaluateCandidate).sha256 == PINNED
    won = after(examined.state, CandidateEvaluated(model="digits", run=JOB, comparison=WON))
    register = the(won, RegisterModel)
    assert register.sha256 == PINNED
    assert version_tags(register)["ratchet.sha256"] == PINNED
    own = ModelRegistered(model="digits", version="2", run=JOB)
    # What the registry says of the file is for people: whoever changes it there changes no pin.
    changed = Facts(registered=RegisteredFacts(version="2", run=JOB, sha256="d" * 64))
    crowned = after(won.state, own, changed)
    assert crowned.state.champion is not None
    assert crowned.state.champion.sha256 == PINNED
    assert the(crowned, DeployModel).spec.deployments[-1].sha256 == PINNED


def test_gate_loads_no_model_but_the_one_that_was_admitted():
    side = RealSide()
    side.run("good")
    admitted = side.port.admit("good")
    assert isinstance(admitted, Admitted)
    exchanged = classifier([0, 1], offset=9.0)
    side.blobs.write("runs", "good/model/model.onnx", exchanged)
    found = side.port.evaluate("good", admitted.sha256, None, GatePolicy(metric="accuracy"))
    assert found.challenger is None
    assert found.incomparable is not None
    assert f"is {digest(exchanged)}, but {admitted.sha256} was admitted" in found.incomparable


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("InferenceSession", {"scoring/sessions.py"}),
        ("open_session", {"scoring/sessions.py", "scoring/admission/trial.py"}),
    ],
)
def test_sessions_are_opened_under_a_pin_or_in_confinement(name: str, allowed: set[str]):
    """`load_model` is the only other way to a session, and takes the digest."""
    assert {module for module in deployed() if name in names_in(module)} == allowed
