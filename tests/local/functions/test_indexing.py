"""Apps as they are written, right and wrong."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.functions.indexing import Kind, index

HEAD = "import azure.functions as func\napp = func.FunctionApp()\n"


BATCHES = """
@app.service_bus_queue_trigger(
    arg_name="m", queue_name="q", connection="C", cardinality="many"
)
def f(m): ...
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for an app; what the import of the app leaves behind is taken away."""
    path, module = list(sys.path), sys.modules.pop("function_app", None)
    yield tmp_path
    sys.path[:] = path
    sys.modules.pop("function_app", None)
    if module is not None:
        sys.modules["function_app"] = module


def _write(folder: Path, code: str) -> Path:
    (folder / "function_app.py").write_text(HEAD + code)
    return folder


def test_function_is_known_by_its_decorators(folder: Path):
    code = (
        '@app.function_name("Renamed")\n@app.timer_trigger(arg_name="t", schedule="0 * * * * *")\n'
    )
    functions = index(_write(folder, code + "def tick(t: func.TimerRequest, context): ...\n"))
    assert [function.name for function in functions] == ["Renamed"]
    assert functions[0].kind is Kind.TIMER
    assert functions[0].trigger["schedule"] == "0 * * * * *"
    assert functions[0].wants_context


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("1 / 0\n", "division by zero"),
        ("other = func.FunctionApp()\n", "it has 2"),
        ('@app.route("a")\ndef f(request): ...\n', "has the parameters"),
        ('@app.route("a")\ndef f(req: func.TimerRequest): ...\n', "does not match its httpTrigger"),
        (
            '@app.queue_trigger(arg_name="m", queue_name="q", connection="C")\ndef f(m): ...\n',
            "queueTrigger.* is not served",
        ),
        (BATCHES, "serviceBusTrigger.* is not served"),
        (
            '@app.route("a")\n@app.timer_trigger(arg_name="t", schedule="")\ndef f(t): ...\n',
            "trigger",
        ),
    ],
    ids=["raises", "two apps", "names", "annotation", "another trigger", "batches", "two triggers"],
)
def test_app_that_is_wrong_is_refused_with_the_reason(folder: Path, code: str, words: str):
    with pytest.raises((ValueError, ZeroDivisionError), match=words):
        index(_write(folder, code))


def test_folder_without_app_is_refused(folder: Path):
    with pytest.raises(FileNotFoundError, match=r"no function_app\.py"):
        index(folder)
