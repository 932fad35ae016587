"""The real MLflow server as a service of the stack: SQLite, served artifacts, one worker.

The ASGI application that `mlflow server` starts is run by uvicorn directly. That saves the parent
process which the command keeps, and its import of MLflow: 2.4 s of CPU. The names of the settings
are therefore those that the command itself hands to its child; they belong to the pinned version.
"""

import sys
from pathlib import Path

from local.ports import HOST
from local.probes import answers
from local.processes import Service


def mlflow_server(data: Path, *, port: int) -> Service:
    """MLflow on a loopback port with its database and artifacts in a folder.

    It sends no telemetry and has no job workers, which only evaluation on the server needs.
    It is up when it has answered from its database, which the first start has to create.
    """
    data.mkdir(parents=True, exist_ok=True)
    listen = ("--host", HOST, "--port", str(port), "--log-level", "warning")
    return Service(
        name="mlflow",
        command=(sys.executable, "-m", "uvicorn", "mlflow.server.fastapi_app:app", *listen),
        ready=answers(f"{tracking_uri(port)}/api/2.0/mlflow/experiments/get?experiment_id=0"),
        ports={"tracking": port},
        environment={
            "_MLFLOW_SERVER_FILE_STORE": f"sqlite:///{data.resolve() / 'mlflow.sqlite3'}",
            "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
            "_MLFLOW_SERVER_ARTIFACT_DESTINATION": str(data.resolve() / "artifacts"),
            "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
            "_MLFLOW_SGI_NAME": "uvicorn",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
        },
        folder=data,
    )


def tracking_uri(port: int) -> str:
    """Where clients find it."""
    return f"http://{HOST}:{port}"
