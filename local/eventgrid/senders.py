"""Who may publish: whoever shows the topic's key, or a token of a principal that may send.

Source: learn.microsoft.com, "Authenticate Event Grid publishing clients". In Azure the principal
has the role "EventGrid Data Sender" on the topic; here the topic lists it.
"""

import hmac
from collections.abc import Mapping

from local.cloud.errors import Refused
from local.cloud.identity.tokens import Tokens
from local.eventgrid.settings import Topic

AUDIENCE = "https://eventgrid.azure.net"
_BEARER = "Bearer "


class Senders:
    """Checks publications; without `tokens` only keys count."""

    def __init__(self, tokens: Tokens | None) -> None:
        self._tokens = tokens

    def check(self, topic: Topic, headers: Mapping[str, str]) -> None:
        """Raise Refused (401 or 403) for a publication that the topic does not take."""
        authorization = headers.get("authorization", "")
        if self._tokens and authorization.startswith(_BEARER):
            sender = self._tokens.principal(authorization.removeprefix(_BEARER), {AUDIENCE})
            if sender not in topic.senders:
                raise Refused(403, "Forbidden", f"{sender} may not send to the topic {topic.name}.")
        elif not hmac.compare_digest(headers.get("aeg-sas-key", "").encode(), topic.key.encode()):
            raise Refused(
                401, "Unauthorized", "Neither aeg-sas-key nor a bearer token lets you publish here."
            )
