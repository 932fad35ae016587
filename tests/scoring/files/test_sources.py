"""Files of this machine, read for a model."""

from pathlib import Path

import pytest

from scoring.errors import BadFile
from scoring.files.opening import open_table
from scoring.files.sources import local_file
from tests.scoring.files.opened import A_AND_B, scored


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl"])
def test_file_that_is_cut_short_meanwhile_loses_no_row_in_silence(tmp_path: Path, name: str):
    path = tmp_path / name
    row = b'{"a":1,"b":2}\n' if name.endswith("jsonl") else b"1,2\n"
    path.write_bytes((row if name.endswith("jsonl") else b"a,b\n") + row * 100)
    with local_file(path) as source:
        table = open_table(source, A_AND_B.signature)
        path.write_bytes(path.read_bytes()[:200])
        with pytest.raises(BadFile, match="was cut short while it was read"):
            scored(table)
