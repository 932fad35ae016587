import json

from adapters.jobs.body import cause_tag, pipeline_job
from decisions.actions import SubmitTraining
from decisions.events import Manifest
from tests.adapters.definitions import SPECS, Definitions

WORKSPACE = (
    "/subscriptions/S/resourceGroups/R/providers/Microsoft.MachineLearningServices/workspaces/W"
)
COMPONENT = f"{WORKSPACE}/components/train_digits/versions/7"
ACTION = SubmitTraining(
    model="digits",
    job="digits-00003-4f5fdba3",
    pipeline="train_digits",
    manifest=Manifest(
        digest="5e1f",
        url="https://account.blob.core.windows.net/manifests/digits/5e1f.json",
        files=3,
        size=12_345,
    ),
    causes=("training/new_data/17/0",),
)


def test_is_what_microsofts_client_sends() -> None:
    serialised = SPECS / "azureml-jobs" / "pipeline-job.azure-ai-ml-1.35.2.json"
    expected = json.loads(serialised.read_text())["properties"]

    assert pipeline_job(ACTION, COMPONENT)["properties"] == expected


def test_is_valid_by_the_published_definition() -> None:
    definitions = Definitions("azureml-jobs/definitions.json")

    assert definitions.mistakes("JobBaseResource", pipeline_job(ACTION, COMPONENT)) == []


def test_all_causes_stand_in_one_tag() -> None:
    assert cause_tag(("training/a/1/0", "training/b/2/0")) == "training/a/1/0, training/b/2/0"


def test_many_causes_are_cut_and_still_told_apart() -> None:
    causes = tuple(f"training/new_data/{number}/0" for number in range(100))

    tag, other = cause_tag(causes), cause_tag(causes[:-1])

    assert len(tag) <= 256
    assert tag.startswith("training/new_data/0/0, ")
    assert tag != other
