"""A registry of models, in memory: versions count from 1, one a run."""

from collections import defaultdict

from decisions.actions import RegisterModel
from decisions.facts import RegisteredFacts


class MemoryRegistry:
    """Port `Registry`."""

    def __init__(self) -> None:
        self.versions: dict[str, list[RegisteredFacts]] = defaultdict(list)
        self.roles: dict[tuple[str, str], str] = {}

    def register(self, action: RegisterModel) -> str:
        """Enter a version for the run, once."""
        versions = self.versions[action.model]
        for known in versions:
            if known.run == action.run:
                return known.version
        number = str(len(versions) + 1)
        entered = RegisteredFacts(
            version=number, run=action.run, sha256=action.sha256, manifest=action.manifest
        )
        versions.append(entered)
        return number

    def find(self, model: str, version: str) -> RegisteredFacts | None:
        """A version as the registry has it."""
        known = (one for one in self.versions[model] if one.version == version)
        return next(known, None)

    def mirror(self, model: str, version: str, role: str) -> None:
        """Give a role's tag to one version."""
        self.roles[model, role] = version
