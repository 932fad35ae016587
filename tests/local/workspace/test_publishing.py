"""`ratchet publish` through Microsoft's client against the workspace."""

import shutil
from pathlib import Path

import pytest

from adapters.publishing import content_digest, publish
from decisions.errors import Misconfigured, Rejected
from tests.local.workspace.conftest import PIPELINE, WORKSPACE, Nobody, Stack


def test_publishing_twice_is_publishing_once(stack: Stack):
    first, second = stack.publish(PIPELINE), stack.publish(PIPELINE)
    assert (first.new, second.new) == (True, False)
    assert (first.id, first.version) == (second.id, content_digest(PIPELINE)[:12])
    assert len(stack.ask("GET", "components/train_digits/versions")["value"]) == 1


def test_a_changed_step_is_a_new_version_of_the_pipeline(stack: Stack, tmp_path: Path):
    first = stack.publish(PIPELINE)
    copied = shutil.copytree(PIPELINE.parent, tmp_path / "digits")
    (copied / "src" / "train.py").write_text("changed")
    second = stack.publish(copied / "pipeline.yml")
    versions = stack.ask("GET", "components/train_digits/versions")["value"]
    assert [one["name"] for one in versions] == [second.version, first.version]
    assert len(stack.ask("GET", "codes")["value"]) == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("type: pipeline\nname: x y\n", "Component name should only contain"),
        ("a: [", "Error while parsing yaml file"),
        (
            "type: command\nname: a\ncommand: b\nenvironment: azureml:c:1\n",
            "is a component of type",
        ),
    ],
    ids=["wrong name", "no YAML", "no pipeline"],
)
def test_yaml_that_cannot_be_published_is_refused_with_the_mistake(
    content: str, sentence: str, stack: Stack, tmp_path: Path
):
    (tmp_path / "wrong.yml").write_text(content)
    with pytest.raises(Rejected, match=sentence):
        stack.publish(tmp_path / "wrong.yml")


def test_a_file_that_is_not_there_is_refused(stack: Stack):
    with pytest.raises(Rejected, match=r"nowhere\.yml is not a file"):
        stack.publish(Path("nowhere.yml"))


def test_a_wrong_workspace_is_named_with_its_setting():
    with pytest.raises(Misconfigured, match="RATCHET_WORKSPACE"):
        publish(PIPELINE, f"{WORKSPACE}/jobs", Nobody())
