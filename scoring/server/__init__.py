"""The online server: one process that serves the deployments of one endpoint.

It follows the endpoint's `desired.json`, loads the versions that are named there side by side,
splits the traffic between them, and says in `status.json` what is so. See `endpoint` for how
versions change without losing a request, `app` for what is answered.
"""

VERSION = "0.1.0"
"""The version of Ratchet. The image holds the package's modules and not its metadata."""
