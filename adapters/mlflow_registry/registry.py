"""Port `Registry` on MLflow.

A version is found by listing a model's versions and comparing the tag `ratchet.run`: Azure's
MLflow can neither search by tag nor does it promise aliases. Tags travel in the call that creates
a version, so that no crash leaves one untagged and lets the same run be registered twice.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from azure.core.credentials import TokenCredential

from adapters.errors import translated
from adapters.mlflow_registry.address import host, takes_token
from adapters.mlflow_registry.source import source_of
from decisions.actions import RegisterModel
from decisions.errors import Missing, Rejected
from decisions.facts import RegisteredFacts
from decisions.ports import Blobs

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion, ModelVersionTag

    from adapters.mlflow_registry.store import OneTryStore

_RUN, _SHA256, _MANIFEST = "ratchet.run", "ratchet.sha256", "ratchet.manifest"
_PAGE = 200
# MLflow's word for a model that exists, and the status of servers with words of their own.
_THERE = frozenset({"RESOURCE_ALREADY_EXISTS", "409"})


class MlflowRegistry:
    """Port `Registry`; `blobs` holds the MLmodel files that runs left.

    A token of `credential` for `scope` goes with every request to an address over TLS.
    """

    def __init__(
        self, tracking_uri: str, blobs: Blobs, credential: TokenCredential, scope: str
    ) -> None:
        self._uri = tracking_uri
        self._blobs = blobs
        self._credential = credential
        self._scope = scope

    def register(self, action: RegisterModel) -> str:
        """Enter a version for the run, once; gives its number."""
        for known in self._versions(action.model):
            if known.tags.get(_RUN) == action.run:
                return str(known.version)
        source = source_of(self._blobs, action.run)
        self._ensure_model(action.model)
        created = self._store.create_model_version(
            action.model, source.uri, source.run_id, tags=_tags(version_tags(action))
        )
        return str(created.version)

    def find(self, model: str, version: str) -> RegisteredFacts | None:
        """A version as the registry has it."""
        try:
            found = self._store.get_model_version(model, version)
        except Missing:
            return None
        return RegisteredFacts(
            version=str(found.version),
            run=found.tags.get(_RUN),
            sha256=found.tags.get(_SHA256),
            manifest=found.tags.get(_MANIFEST),
        )

    def mirror(self, model: str, version: str, role: str) -> None:
        """Give a role's tag to one version and take it from all others.

        Taking is writing "false": deleting would need a permission that nothing else here needs.
        An alias of that name is set too where the registry takes one; the tag is what counts.
        """
        tag = f"ratchet.{role}"
        for known in self._versions(model):
            if str(known.version) != version and known.tags.get(tag) == "true":
                self._tag(model, known.version, tag, "false")
        self._tag(model, version, tag, "true")
        with suppress(Rejected):
            self._store.set_registered_model_alias(model, role, version)

    def _tag(self, model: str, version: str, tag: str, value: str) -> None:
        (given,) = _tags({tag: value})
        self._store.set_model_version_tag(model, version, given)

    @cached_property
    def _store(self) -> "OneTryStore":
        from adapters.mlflow_registry.store import open_store

        return open_store(host(self._uri), self._token)

    def _token(self) -> str | None:
        if not takes_token(self._uri):
            return None
        with translated("a token for MLflow"):
            return self._credential.get_token(self._scope).token

    def _ensure_model(self, model: str) -> None:
        try:
            self._store.create_registered_model(model)
        except Rejected as refused:
            if refused.code not in _THERE:
                raise

    def _versions(self, model: str) -> Iterator["ModelVersion"]:
        page: str | None = None
        while True:
            found = self._store.search_model_versions(f"name='{model}'", _PAGE, None, page)
            yield from found
            page = found.token
            if not page:
                return


def version_tags(action: RegisterModel) -> dict[str, str]:
    """What a version is found and explained by."""
    comparison = action.comparison
    score = comparison.challenger
    metric = {} if score is None else {f"ratchet.{comparison.metric}": repr(score)}
    return {_RUN: action.run, _SHA256: action.sha256, _MANIFEST: action.manifest, **metric}


def _tags(tags: dict[str, str]) -> list["ModelVersionTag"]:
    from mlflow.entities.model_registry import ModelVersionTag

    return [ModelVersionTag(key, value) for key, value in tags.items()]
