"""A host is killed while it scores: the batch is published once, and every row is in it once."""

import gzip
import json
from collections import Counter
from typing import Any

import pytest

from tests.stack.outside import Outside

ROWS = 400_000
REJECTED = (3, 150_000)
BROKEN = b"id,x\n1,2\n"

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]


def lines(first: int, rejected: tuple[int, ...] = ()) -> bytes:
    """A CSV file whose rows are numbered on; some have no number where the model needs one."""
    numbered = enumerate(range(first, first + ROWS), 1)
    rows = [f"{one},{'?' if place in rejected else one % 7},1" for place, one in numbered]
    return "\n".join(["id,x,y", *rows, ""]).encode()


def is_scoring(outside: Outside) -> bool:
    """Whether some of a batch's pieces are done and others are not."""
    running = outside.state("scored").batches.running
    if running is None:
        return False
    names = outside.names("batch", f"_ratchet/scored/{running.window.name}/")
    results = [name for name in names if "/results/" in name]
    return bool(results) and not any(name.endswith("/verdict.json") for name in names)


def manifests(outside: Outside) -> list[Any]:
    """Those of all batches that were published; files may have come into two of them."""
    names = [one for one in outside.names("batch", "out/") if one.endswith("/_manifest.json")]
    return [outside.document("batch", name) for name in names]


def total(found: list[Any], what: str) -> int:
    return sum(one["totals"][what] for one in found)


def listed(outside: Outside, found: list[Any], what: str) -> list[bytes]:
    """The content of all parts, or of all lists of rejects."""
    return [
        outside.content("batch", f"out/{manifest['batch']}/{one['name']}")
        for manifest in found
        for one in manifest[what]
    ]


def test_a_host_killed_while_it_scores_loses_no_row_and_doubles_none(outside: Outside):
    # One long piece, many short ones, and a file of which nothing can be scored.
    files = {
        "in/broken.csv": BROKEN,
        "in/long.csv.gz": gzip.compress(lines(0), 1),
        "in/many.csv": lines(ROWS, REJECTED),
    }
    outside.retrain("scored")
    outside.until_live("scored")
    for name, content in files.items():
        outside.upload(name, content, "batch")
    outside.tick()
    for _ in range(2):
        outside.until("pieces are scored", lambda: is_scoring(outside))
        outside.crash()
    outside.until("all is published", lambda: total(manifests(outside), "rows") == 2 * ROWS)
    found = manifests(outside)

    parts = listed(outside, found, "parts")
    scored = Counter(line.split(b",")[0] for part in parts for line in part.splitlines()[1:])
    assert set(scored.values()) == {1}
    assert len(scored) == total(found, "scored") == 2 * ROWS - len(REJECTED)
    rejects = [
        json.loads(line) for one in listed(outside, found, "rejects") for line in one.splitlines()
    ]
    assert [(one["file"], one["row"]) for one in rejects] == [
        ("batch/in/many.csv", row) for row in REJECTED
    ]
    (bad,) = [one for manifest in found for one in manifest["quarantined"]]
    assert bad["path"] == "batch/in/broken.csv"
    kept = f"scored/in/broken.csv/{bad['etag']}/file"
    assert outside.content("quarantine", kept) == BROKEN


def test_people_and_commands_tell_of_the_batch(outside: Outside):
    found = manifests(outside)
    outside.until(
        "people were told", lambda: outside.kinds("scored")["batch.published"] >= len(found)
    )
    assert outside.kinds("scored")["batch.published"] == len(found)
    told = [one for one in outside.ratchet("batch", "list", "scored") if one["document"]]
    assert sum(one["figures"]["rows"] for one in told) == 2 * ROWS
    shown = outside.ratchet("batch", "status", told[0]["id"])
    assert (shown["state"], shown["version"]) == ("published", "1")
    begun = [
        one.numbers["batch"]
        for one in outside.ledger("scored")
        if " begins: version 1 " in one.sentence
    ]
    assert len(begun) == len(set(begun))
