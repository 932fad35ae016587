"""The MLflow runs of a job: one for the job and one below it for every step, as Azure ML keeps."""

import time
from typing import Any

import httpx

# MLflow's words for what became of a run, by Azure ML's.
_ENDED = {"Completed": "FINISHED", "Failed": "FAILED", "Canceled": "KILLED"}
_TRIES, _PAUSE = 5, 0.5


class Tracking:
    """The MLflow server of the workspace."""

    def __init__(self, uri: str) -> None:
        self._uri = uri.rstrip("/")
        self._client = httpx.Client(timeout=20, trust_env=False)

    def experiment(self, name: str) -> str:
        """The id of an experiment, created if there is none of that name."""
        found = self._call("GET", "experiments/get-by-name", {"experiment_name": name}, (404,))
        if "experiment" in found:
            return str(found["experiment"]["experiment_id"])
        return str(self._call("POST", "experiments/create", {"name": name})["experiment_id"])

    def start(self, experiment: str, name: str, tags: dict[str, str]) -> str:
        """Open a run; gives its id."""
        body = {
            "experiment_id": experiment,
            "run_name": name,
            "start_time": _now(),
            "tags": [{"key": key, "value": value} for key, value in tags.items()],
        }
        return str(self._call("POST", "runs/create", body)["run"]["info"]["run_id"])

    def end(self, run: str, status: str) -> None:
        """Close a run with Azure ML's word for how it ended."""
        body = {"run_id": run, "status": _ENDED[status], "end_time": _now()}
        self._call("POST", "runs/update", body)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _call(
        self, method: str, path: str, content: dict[str, Any], expected: tuple[int, ...] = ()
    ) -> dict[str, Any]:
        """One call, tried again a few times: a busy server must not fail a whole job."""
        url = f"{self._uri}/api/2.0/mlflow/{path}"
        given: dict[str, Any] = {"params" if method == "GET" else "json": content}
        for _ in range(_TRIES):
            try:
                answer = self._client.request(method, url, **given)
            except httpx.TransportError as error:
                problem = f"did not answer: {error}"
            else:
                if answer.is_success or answer.status_code in expected:
                    return dict(answer.json())
                problem = f"answered {answer.status_code}: {answer.text[:200]}"
                if answer.status_code < 500 and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                    break
            time.sleep(_PAUSE)
        raise ConnectionError(f"MLflow at {self._uri} {problem}")


def _now() -> int:
    return int(time.time() * 1000)
