"""Clients that keep asking the endpoint while its versions change: none of them may notice."""

import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

_CLIENTS = 2
_PAUSE = 0.1
_ROWS = 20


def questions(path: Path) -> list[bytes]:
    """Scoring requests of so many rows each, which together ask about every row of a file once."""
    import pandas as pd

    rows = pd.read_parquet(path)
    parts = (rows.iloc[start : start + _ROWS] for start in range(0, len(rows), _ROWS))
    return [json.dumps({"input_data": part.to_dict("split")}).encode() for part in parts]


class Traffic:
    """A context in which clients ask; `answers` counts by deployment, `lost` what went wrong.

    What they ask is `asked`, over and over, in turn; it may be changed meanwhile.
    """

    def __init__(self, url: str, key: str, asked: Sequence[bytes]) -> None:
        self.answers: Counter[str] = Counter()
        self.lost: list[str] = []
        self.asked = asked
        self._url = url
        self._headers = {"content-type": "application/json", "authorization": f"Bearer {key}"}
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._clients = [
            threading.Thread(target=self._ask_on, daemon=True) for _ in range(_CLIENTS)
        ]

    def __enter__(self) -> Self:
        for client in self._clients:
            client.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        for client in self._clients:
            client.join()

    def _ask_on(self) -> None:
        http = PoolManager(retries=False, timeout=Timeout(10))
        for number in count():
            if self._over.is_set():
                return
            problem, deployment = self._ask(http, self.asked[number % len(self.asked)])
            with self._lock:
                if problem:
                    self.lost.append(problem)
                else:
                    self.answers[deployment] += 1
            time.sleep(_PAUSE)

    def _ask(self, http: PoolManager, question: bytes) -> tuple[str | None, str]:
        try:
            answer = http.request("POST", self._url, body=question, headers=self._headers)
        except HTTPError as error:
            return f"{type(error).__name__}: {error}", ""
        if answer.status != 200:
            return f"status {answer.status}: {answer.data[:200]!r}", ""
        return None, answer.headers.get("azureml-model-deployment", "")
