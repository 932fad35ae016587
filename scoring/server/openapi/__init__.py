"""The server described by itself: OpenAPI 3.1, and Swagger 2.0 for Azure ML's clients.

Both are made from the signature of the model that is served, so that a client is told the names,
types and number of the columns that it has to send.
"""

from scoring.server.openapi.document import document
from scoring.server.openapi.swagger import swagger

__all__ = ["document", "swagger"]
