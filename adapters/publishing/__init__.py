"""`ratchet publish`: a pipeline's YAML becomes a pipeline component of the workspace."""

from adapters.publishing.client import Published, publish
from adapters.publishing.digest import content_digest

__all__ = ["Published", "content_digest", "publish"]
