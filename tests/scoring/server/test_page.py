"""docs/serving.md is true: its examples are run, its tables and limits are the code's."""

import re
import shlex
from collections.abc import Iterator

import httpx
import pytest

from scoring.server import journal, serving
from scoring.server.connections import Patience
from scoring.server.documents import Counts
from scoring.server.exposition import Exposition
from scoring.server.metrics import PATHS, Metrics
from scoring.server.openapi.faults import FAULTS
from scoring.server.routes import Routes
from scoring.server.scorer import Bounds
from scoring.server.settings import SETTINGS, Recording
from tests.scoring.models import classifier, digest, in_folder
from tests.scoring.server.processes import ROOT, Account, free_port, process
from tests.scoring.server.serving import until

PAGE = (ROOT / "docs" / "serving.md").read_text()
BLOCKS = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
EXAMPLES = re.findall(r"^\$ (curl .*)\n(.*)$", "\n".join(BLOCKS), re.MULTILINE)
VERSION = re.compile(r'"model_version":"[0-9a-f]{12}"')
MODEL = classifier(["no", "yes"], columns=["age", "income"])


@pytest.fixture(scope="module")
def url(storage: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server of the page, run as the page says."""
    folder, port = tmp_path_factory.mktemp("loans"), free_port()
    settings = {
        "RATCHET_STORAGE": "",
        "RATCHET_ENDPOINT": "loans",
        "RATCHET_ENDPOINT_KEYS": "key-1",
        "AZUREML_MODEL_DIR": str(in_folder(folder, MODEL)),
        "RATCHET_MODEL_SHA256": digest(MODEL),
    }
    found = f"http://127.0.0.1:{port}"
    with process(Account(storage), port, **settings):
        until(lambda: ready(found))
        yield found


def ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def asked(command: str, url: str) -> str:
    """What a server answers to a command of curl; the few options that the page uses."""
    command = re.sub(r"\$'(.*?)'", lambda found: shlex.quote(unescaped(found[1])), command)
    curl, *words = shlex.split(command.replace("$URL", url).replace("$KEY", "key-1"))
    assert curl == "curl"
    headers, body, address = {}, None, ""
    while words:
        match words.pop(0):
            case "-s":
                pass
            case "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
            case "-d" | "--data-binary":
                body = words.pop(0).encode()
            case word:
                address = word
    return httpx.request("POST" if body else "GET", address, headers=headers, content=body).text


def unescaped(text: str) -> str:
    return text.replace(r"\n", "\n")


@pytest.mark.parametrize(("command", "answer"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_examples_are_answered_as_the_page_says(url: str, command: str, answer: str):
    found = asked(command, url)
    assert VERSION.sub("", found) == VERSION.sub("", answer)


def test_no_example_is_passed_over():
    assert len(EXAMPLES) == sum(block.count("$ ") for block in BLOCKS) == 9


def test_every_path_status_and_setting_is_on_the_page():
    assert [path for path in sorted(PATHS) if f"{path}`" not in PAGE] == []
    told = set(re.findall(r"^\| (\d{3}) \|", PAGE, re.MULTILINE))
    assert told == {"200", *FAULTS} - {"500"}
    named = set(re.findall(r"`((?:RATCHET|AZUREML)_[A-Za-z_0-9]+)`", PAGE))
    assert named <= set(SETTINGS)


def test_every_metric_is_on_the_page():
    page = Exposition(Metrics(), Routes, Counts, lambda: 0).text().decode()
    ours = {name for name in re.findall(r"^# TYPE (\S+)", page, re.MULTILINE) if "ratchet" in name}
    told = set(re.findall(r"^\| `(ratchet_\w+)`", PAGE, re.MULTILINE))
    assert told == ours


def test_limits_are_those_of_the_code():
    bounds, patience = Bounds(), Patience()
    assert f"larger than {bounds.body >> 20} MiB" in PAGE
    waiting = f"{bounds.inside} requests wait, {bounds.bodies >> 20} MiB of bodies"
    assert f"{waiting} or {patience.connections} connections are inside" in PAGE
    assert f"within {patience.seconds:g} s" in PAGE
    assert f"more than {patience.waiting} requests were sent ahead" in PAGE
    assert f"{patience.headers} headers, or more than {patience.head >> 10} KiB of them" in PAGE
    assert f"answered for up to {serving.STOP_SECONDS} s" in PAGE
    recording, queue = Recording(), journal.Bounds()
    written = f"every {recording.seconds:g} s, or as soon as it has {recording.rows:,} rows"
    flat = " ".join(PAGE.split())
    assert written in flat
    assert f"at most {queue.rows:,} rows or {queue.bytes >> 20} MiB wait" in flat
