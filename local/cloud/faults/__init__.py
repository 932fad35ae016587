"""Trouble on demand: what Azure does on a bad day, asked for by tests and demonstrations.

See `local.cloud.faults.admin` for how to ask.
"""

from local.cloud.faults.faults import Call, Fault, Faults

__all__ = ["Call", "Fault", "Faults"]
