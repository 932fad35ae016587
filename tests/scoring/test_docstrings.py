"""The examples in the docstrings hold."""

import doctest
from types import ModuleType

import pytest

from scoring import bootstrap, metrics, paired


@pytest.mark.parametrize("module", [bootstrap, metrics, paired], ids=lambda module: module.__name__)
def test_examples_in_docstrings_hold(module: ModuleType):
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(module).attempted > 0
