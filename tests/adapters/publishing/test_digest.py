import shutil
from pathlib import Path

import pytest

from adapters.publishing import content_digest

DIGITS = Path("examples/digits")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return shutil.copytree(DIGITS, tmp_path / "elsewhere")


def test_a_copy_of_a_project_has_the_same_digest(copied: Path):
    assert content_digest(copied / "pipeline.yml") == content_digest(DIGITS / "pipeline.yml")


@pytest.mark.parametrize(
    "file",
    ["pipeline.yml", "components/train.yml", "src/train.py", "environment/conda.yml"],
)
def test_every_file_of_a_pipeline_counts(file: str, copied: Path):
    before = content_digest(copied / "pipeline.yml")
    with (copied / file).open("a") as changed:
        changed.write("\n# changed\n")
    assert content_digest(copied / "pipeline.yml") != before


def test_what_does_not_belong_to_a_pipeline_does_not_count(copied: Path):
    before = content_digest(copied / "pipeline.yml")
    (copied / "data.py").write_text("changed")
    (copied / "src" / "__pycache__").mkdir(exist_ok=True)
    (copied / "src" / "__pycache__" / "train.pyc").write_bytes(b"compiled")
    assert content_digest(copied / "pipeline.yml") == before


def test_a_renamed_file_counts(copied: Path):
    before = content_digest(copied / "pipeline.yml")
    (copied / "src" / "rows.py").rename(copied / "src" / "lines.py")
    assert content_digest(copied / "pipeline.yml") != before
