"""Endpoints on Azure Container Instances.

ACI has no traffic router, restarts a group on every update and has no TLS of its own. So an
endpoint is one long-lived container group, and what changes often is not said to ARM at all: the
group's scoring server follows `endpoints/<endpoint>/desired.json`, loads versions side by side,
splits the traffic and reports in `status.json`. ARM hears of the image, the size and the
environment alone.

Decided: the group gets a private address in a subnet, which only the virtual network reaches, and
runs under a managed identity. A public address is for the machine of a developer; a TLS sidecar is
not offered, since a virtual network protects what it would, and authenticates nobody either.
"""

from adapters.aci.endpoints import ContainerEndpoints
from adapters.aci.group import GroupSettings

__all__ = ["ContainerEndpoints", "GroupSettings"]
