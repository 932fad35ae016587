"""An app that does not use this library does not pay for it."""

import subprocess
import sys

import pytest

import drift


def test_import_brings_no_heavy_library():
    code = "import sys, drift; print(*{name.partition('.')[0] for name in sys.modules})"

    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert {"numpy", "scipy", "pyarrow", "msgspec"}.isdisjoint(run.stdout.split())


@pytest.mark.parametrize("name", drift.__all__)
def test_every_public_name_is_there(name: str):
    found = getattr(drift, name)

    assert callable(found)
    assert getattr(drift, name) is found


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        drift.nonsense  # noqa: B018 - Looking it up is the act.
