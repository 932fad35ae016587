"""The roles that outside systems play for Ratchet: small protocols, named by role.

Every role has an adapter in memory (`adapters/memory`) and one for Azure; one contract suite a
role (`tests/contracts`) runs on both. All raise only the errors of `decisions.errors`.
"""

from decisions.ports.blobs import Arrivals, Blobs, BlobVersion
from decisions.ports.everything import Ports, Scope
from decisions.ports.memory import Entry, Models, Snapshot
from decisions.ports.messages import Messages, Parked
from decisions.ports.partitions import Partitions, Piece, Scored
from decisions.ports.people import Deliveries, Delivery, Publisher, Webhooks
from decisions.ports.strangers import Admitted, Examiner, Judged, Profiler, Refused
from decisions.ports.workspace import Endpoints, Registry, Training

__all__ = [
    "Admitted",
    "Arrivals",
    "BlobVersion",
    "Blobs",
    "Deliveries",
    "Delivery",
    "Endpoints",
    "Entry",
    "Examiner",
    "Judged",
    "Messages",
    "Models",
    "Parked",
    "Partitions",
    "Piece",
    "Ports",
    "Profiler",
    "Publisher",
    "Refused",
    "Registry",
    "Scope",
    "Scored",
    "Snapshot",
    "Training",
    "Webhooks",
]
