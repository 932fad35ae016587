"""What roles grant, by Azure's rules, and what the function app's role does."""

import json
from pathlib import Path

import pytest

from local.cloud.roles import Roles
from local.cloud.settings import Assignment, Principal, RoleDefinition, Settings, role_definitions

ROLE = Path(__file__).parents[3] / "infra/role.json"
GROUP = "/subscriptions/S/resourceGroups/G"
ML = "Microsoft.MachineLearningServices/workspaces"


def _roles(*actions: str, but: tuple[str, ...] = (), scope: str = GROUP) -> Roles:
    role = RoleDefinition(name="r", actions=actions, not_actions=but)
    return _assigned(role, scope)


def _assigned(role: RoleDefinition, scope: str = GROUP) -> Roles:
    holder = Principal(
        name="me", secret="x" * 16, assignments=(Assignment(role=role.name, scope=scope),)
    )
    return Roles([role], [holder])


@pytest.mark.parametrize(
    ("granted", "asked", "allowed"),
    [
        ("Microsoft.X/y/read", "Microsoft.X/y/read", True),
        ("Microsoft.X/y/read", "microsoft.x/Y/READ", True),
        ("Microsoft.X/y/read", "Microsoft.X/y/write", False),
        ("Microsoft.X/*", "Microsoft.X/y/z/delete", True),
        ("Microsoft.X/*/read", "Microsoft.X/y/z/read", True),
        ("Microsoft.X/*/read", "Microsoft.X/read", False),
        ("*", "Microsoft.Anything/at/all", True),
        ("Microsoft.X/y.read", "Microsoft.X/y/read", False),
    ],
)
def test_action_is_matched_as_azure_does(granted: str, asked: str, allowed: bool):
    assert _roles(granted).allow("me", asked, GROUP) is allowed


def test_what_is_excepted_is_not_granted():
    roles = _roles("Microsoft.X/*", but=("Microsoft.X/*/delete",))
    assert roles.allow("me", "Microsoft.X/y/read", GROUP)
    assert not roles.allow("me", "Microsoft.X/y/delete", GROUP)


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        (GROUP, True),
        (f"{GROUP}/providers/X/y/z", True),
        (GROUP.upper(), True),
        (f"{GROUP}2", False),
        ("/subscriptions/S", False),
    ],
)
def test_role_holds_for_its_scope_and_below(scope: str, allowed: bool):
    assert _roles("*").allow("me", "Microsoft.X/y/read", scope) is allowed


def test_nobody_else_is_granted_anything():
    assert not _roles("*").allow("you", "Microsoft.X/y/read", GROUP)


def test_assignment_of_an_undefined_role_is_refused():
    holder = Principal(
        name="me", secret="x" * 16, assignments=(Assignment(role="none", scope=GROUP),)
    )
    with pytest.raises(ValueError, match="none is assigned but not defined"):
        Roles([], [holder])


@pytest.mark.parametrize(
    "action",
    [
        f"{ML}/read",
        f"{ML}/jobs/write",
        f"{ML}/jobs/cancel/action",
        f"{ML}/components/versions/read",
        f"{ML}/experiments/runs/read",
        f"{ML}/models/versions/write",
        f"{ML}/onlineEndpoints/deployments/delete",
        "Microsoft.ContainerInstance/containerGroups/restart/action",
        "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
        "Microsoft.Network/virtualNetworks/subnets/join/action",
    ],
)
def test_app_may_do_its_work(action: str):
    assert _assigned(_app()).allow("me", action, GROUP)


@pytest.mark.parametrize(
    "action",
    [
        f"{ML}/write",
        f"{ML}/delete",
        f"{ML}/listKeys/action",
        f"{ML}/components/versions/write",
        f"{ML}/models/delete",
        f"{ML}/models/versions/delete",
        f"{ML}/experiments/runs/write",
        f"{ML}/jobs/delete",
        f"{ML}/computes/write",
        "Microsoft.ContainerInstance/containerGroups/containers/exec/action",
        "Microsoft.ContainerInstance/containerGroups/containers/logs/read",
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Storage/storageAccounts/listKeys/action",
    ],
)
def test_app_may_do_nothing_more(action: str):
    assert not _assigned(_app()).allow("me", action, GROUP)


def test_role_of_the_app_is_a_custom_role_of_azure():
    role = json.loads(ROLE.read_text())
    assert set(role) == {
        "Name", "IsCustom", "Description", "Actions", "NotActions", "DataActions",
        "NotDataActions", "AssignableScopes",
    }  # fmt: skip
    assert not [action for action in role["Actions"] if "*" in action]


def _app() -> RoleDefinition:
    settings = Settings(principals=(), roles=(str(ROLE),))
    (role,) = role_definitions(settings, Path())
    return role
