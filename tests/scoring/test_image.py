"""The image's packages are those that everything else was tested with."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def pins(path: str) -> set[tuple[str, str]]:
    """Name and version of every pinned package."""
    found = re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / path).read_text(), re.MULTILINE)
    return set(found)


def test_the_image_installs_the_locked_versions():
    image = pins("infra/scoring/requirements.txt")
    assert "onnxruntime" in {name for name, _ in image}
    assert image <= pins("requirements-dev.txt")
