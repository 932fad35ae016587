"""How a resource provider plugs into the miniature Azure Resource Manager.

A provider says what its types are and answers for their resources; everything before that is
ARM's, done by `manager` in Azure's order: TLS, the token (401), throttling (429), the api-version
(400), the role (403), the body against the published schema (400). So a provider sees sound
requests alone, and needs no HTTP:

    class Lamps:
        namespace = "Contoso.Lighting"
        api_versions = frozenset({"2024-04-01"})
        spec = "lighting.2024-04-01"                    # local/cloud/specs/<spec>.json
        types = (
            ResourceType(path="lamps", put="Lamp", patch="LampUpdate"),
            ResourceType(path="lamps/bulbs", put="Bulb", actions={"replace": None}),
        )

        def answer(self, request: Request) -> Answer:   # called in a worker thread
            match request.method, request.id.types, request.action:
                case "GET", ("lamps",), None:
                    return Answer(status=200, body=self._lamp(request.id.name))
                case "POST", ("lamps", "bulbs"), "replace":
                    ...
            raise Refused(405, "MethodNotAllowed", "…")

    ResourceManager([Lamps(), …], …)

Nothing else is needed. The role that a request takes follows from its type: `lamps/read`,
`lamps/write`, `lamps/delete`, `lamps/bulbs/replace/action`. A refusal is raised as
`local.cloud.errors.Refused`. State that shall survive is the provider's own to keep; long-running
operations are kept by `local.cloud.operations`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from local.cloud.ids import ResourceId

Body = dict[str, Any]
# What a body makes use of beside itself: pairs of the action that takes and the id that it is for.
Links = Callable[[Body], Iterable[tuple[str, str]]]


def no_links(_: Body) -> Iterable[tuple[str, str]]:
    """A body that makes use of nothing."""
    return ()


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """A type of resource and what requests about it must satisfy.

    `path` is the type below its namespace. `put` and `patch` name the definitions of their bodies
    in the provider's spec; without one, that method is refused. `actions` are the POST actions,
    each with the definition of its body, or None where it takes none. `links` finds the identities,
    subnets and the like in a body, which the caller must be allowed to use.
    """

    path: str
    put: str | None = None
    patch: str | None = None
    actions: Mapping[str, str | None] = field(default_factory=dict)
    links: Links = no_links


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request that ARM let through.

    `slow` (seconds) and `failure` (a reason) are what somebody asked the miniature to do to a
    long-running operation that this request starts; a provider without any disregards them.
    """

    method: str
    id: ResourceId
    action: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    body: Body = field(default_factory=dict)
    principal: str
    slow: float = 0.0
    failure: str | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a provider answers; `operation` is the id of the long-running one that it started."""

    status: int
    body: Body | None = None
    operation: str | None = None


class Provider(Protocol):
    """A resource provider, such as Microsoft.ContainerInstance."""

    @property
    def namespace(self) -> str:
        """Its name."""

    @property
    def api_versions(self) -> frozenset[str]:
        """The versions that it speaks."""

    @property
    def spec(self) -> str:
        """The file in `local/cloud/specs` that holds its definitions."""

    @property
    def types(self) -> tuple[ResourceType, ...]:
        """Its types."""

    def answer(self, request: Request) -> Answer:
        """Answer for a resource. Raises Refused."""
