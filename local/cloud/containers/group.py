"""A container group while it runs: its containers, and one state for all of them."""

from collections.abc import Iterable
from typing import Any

from local.cloud.containers.container import Container, Plan


class Group:
    """The containers of a group, started and stopped together."""

    def __init__(self, plans: Iterable[Plan]) -> None:
        self._containers = {plan.name: Container(plan) for plan in plans}

    def start(self) -> None:
        """Start every container."""
        for container in self._containers.values():
            container.start()

    def ask_to_stop(self) -> None:
        """Ask every container to end."""
        for container in self._containers.values():
            container.ask_to_stop()

    def stop(self) -> None:
        """End every container; they all are asked before one is waited for."""
        self.ask_to_stop()
        for container in self._containers.values():
            container.stop()

    def views(self) -> dict[str, dict[str, Any]]:
        """The instance view of each container."""
        return {name: container.view() for name, container in self._containers.items()}

    def state(self) -> str:
        """The state of the group."""
        states = [container.state for container in self._containers.values()]
        if all(state["state"] == "Terminated" for state in states):
            failed = any(state["exitCode"] for state in states)
            return "Failed" if failed else "Succeeded"
        return "Running" if any(state["state"] == "Running" for state in states) else "Pending"
