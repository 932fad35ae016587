"""The workspace's events, on their way to Event Grid."""

from typing import Any

import httpx

from local.cloud.settings import Topic

_SECONDS = 10


class EventSink:
    """Publishes to one topic, or nowhere when there is none."""

    def __init__(self, topic: Topic | None) -> None:
        self._topic = topic
        self._client = httpx.Client(timeout=_SECONDS, trust_env=False)

    def publish(self, event: dict[str, Any]) -> None:
        """Publish one event of the Event Grid schema. Raises OSError when it is not taken."""
        if self._topic is None:
            return
        try:
            self._client.post(
                self._topic.endpoint, json=[event], headers={"aeg-sas-key": self._topic.key}
            ).raise_for_status()
        except httpx.HTTPError as error:
            raise ConnectionError(f"Event Grid did not take the event: {error}") from error

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()
