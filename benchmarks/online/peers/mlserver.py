"""MLServer with its runtime for scikit-learn, and so many processes beside the one that answers.

`python -m benchmarks.online.peers.mlserver PROCESSES PORT` writes its settings and becomes it.
"""

import json
import os
import sys
from pathlib import Path

from benchmarks.environments import FOLDER
from benchmarks.online.model import PICKLE
from local.ports import HOST, free_ports


def _settings(processes: int, port: int) -> Path:
    """A folder with the settings of the server and of its one model."""
    folder = FOLDER / "online" / f"mlserver-{processes}"
    folder.mkdir(exist_ok=True)
    grpc, metrics = free_ports(2)
    server = {
        "host": HOST,
        "http_port": port,
        "grpc_port": grpc,
        "metrics_port": metrics,
        "parallel_workers": processes,
        "debug": False,  # Its default is to debug, which is slower.
    }
    model = {
        "name": "model",
        "implementation": "mlserver_sklearn.SKLearnModel",
        "parameters": {"uri": str(PICKLE)},
    }
    (folder / "settings.json").write_text(json.dumps(server))
    (folder / "model-settings.json").write_text(json.dumps(model))
    return folder


if __name__ == "__main__":
    command = str(Path(sys.executable).with_name("mlserver"))
    folder = _settings(*map(int, sys.argv[1:]))
    os.execv(command, [command, "start", str(folder)])  # noqa: S606 - as a user starts it.
