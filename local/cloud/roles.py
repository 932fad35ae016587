"""What a principal may do: role definitions, and their assignments at a scope.

Azure's rules: a role grants an action that one of its `Actions` matches and none of its
`NotActions`; `*` stands for any characters, case does not count; an assignment holds for its scope
and all below it; assignments add up.
"""

import re
from collections.abc import Iterable

from local.cloud.settings import Principal, RoleDefinition


class Roles:
    """Who may do what. Raises ValueError for an assignment of a role that is not defined."""

    def __init__(
        self, definitions: Iterable[RoleDefinition], principals: Iterable[Principal]
    ) -> None:
        known = {role.name: role for role in definitions}
        self._granted = {
            principal.name: [
                (assignment.scope.lower().rstrip("/"), _found(known, assignment.role))
                for assignment in principal.assignments
            ]
            for principal in principals
        }

    def allow(self, principal: str, action: str, scope: str) -> bool:
        """Whether a principal may do something to the resource of an id."""
        return any(
            _within(scope.lower(), granted) and _grants(role, action)
            for granted, role in self._granted.get(principal, ())
        )


def _found(known: dict[str, RoleDefinition], name: str) -> RoleDefinition:
    if name not in known:
        raise ValueError(f"the role {name} is assigned but not defined")
    return known[name]


def _within(scope: str, granted: str) -> bool:
    return f"{scope}/".startswith(f"{granted}/")


def _grants(role: RoleDefinition, action: str) -> bool:
    return _matches(role.actions, action) and not _matches(role.not_actions, action)


def _matches(patterns: Iterable[str], action: str) -> bool:
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE)
        for pattern in patterns
    )
