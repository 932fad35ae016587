"""Resource ids: what a path below ARM's address means."""

from dataclasses import dataclass

from local.cloud.errors import Refused


@dataclass(frozen=True, kw_only=True)
class ResourceId:
    """A resource, or a collection of them when it has one type more than names.

    Azure compares ids without regard to case, and so does `same`; they are kept as written.
    """

    subscription: str
    group: str | None
    namespace: str
    types: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def type(self) -> str:
        """The full type, such as Microsoft.MachineLearningServices/workspaces/jobs."""
        return "/".join((self.namespace, *self.types))

    @property
    def name(self) -> str:
        """The resource's own name."""
        return self.names[-1]

    @property
    def is_collection(self) -> bool:
        """Whether this names all resources of a type instead of one."""
        return len(self.types) > len(self.names)

    @property
    def scope(self) -> str:
        """What comes before the provider: the resource group or the subscription."""
        group = f"/resourceGroups/{self.group}" if self.group else ""
        return f"/subscriptions/{self.subscription}{group}"

    @property
    def key(self) -> str:
        """The id in one case, for comparison."""
        return str(self).lower()

    def __str__(self) -> str:
        """The id as ARM writes it."""
        pairs = [part for pair in zip(self.types, self.names, strict=False) for part in pair]
        last = self.types[-1:] if self.is_collection else ()
        return "/".join((self.scope, "providers", self.namespace, *pairs, *last))


def parse(path: str, action: bool = False) -> tuple[ResourceId, str | None]:
    """A path as a resource id and, where `action` allows one, the action asked of the resource.

    A POST names an action after the resource; the same last word is a collection in a GET. Raises
    Refused for a path that is no resource's.
    """
    match path.strip("/").split("/"):
        case [one, subscription, *rest] if one.lower() == "subscriptions":
            group, rest = _group(rest)
            if len(rest) >= 3 and rest[0].lower() == "providers" and all(rest):
                return _below(subscription, group, rest[1], rest[2:], action)
    raise Refused(404, "InvalidResourceType", f"{path} is not the id of a resource.")


def _group(rest: list[str]) -> tuple[str | None, list[str]]:
    match rest:
        case [one, group, *others] if one.lower() == "resourcegroups":
            return group, others
    return None, rest


def _below(
    subscription: str, group: str | None, namespace: str, rest: list[str], action: bool
) -> tuple[ResourceId, str | None]:
    types, names = tuple(rest[::2]), tuple(rest[1::2])
    asked = None
    if action and len(types) > len(names) and names:
        *kept, asked = types
        types = tuple(kept)
    resource = ResourceId(
        subscription=subscription, group=group, namespace=namespace, types=types, names=names
    )
    return resource, asked
