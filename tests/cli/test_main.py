"""The command as a whole: quick to start, and open about what it can do."""

import subprocess
import sys

from tests.cli.shell import ROOT, ratchet

HEAVY = ("numpy", "scipy", "pyarrow", "pandas", "onnxruntime", "mlflow", "azure", "jinja2")


def test_help_imports_nothing_heavy():
    code = (
        "import sys\n"
        "from cli.main import app\n"
        "try:\n"
        "    app(['--help'])\n"
        "finally:\n"
        f"    print(sorted(set({HEAVY}) & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stderr) == (0, "[]\n")
    assert "backtest" in done.stdout


def test_command_that_does_not_exist_ends_with_two():
    said = ratchet("drfit")
    assert said.code == 2
    assert "drfit" in said.err
