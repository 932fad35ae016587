"""What the emulator is started with: one JSON file, in the words of Azure Resource Manager.

    {"topics": [{"name": "storage", "id": "/subscriptions/…/storageAccounts/devstoreaccount1",
                 "key": "…", "inputSchema": "EventGridSchema"}],
     "subscriptions": [{"name": "to-events", "topic": "storage", "properties": {
        "destination": {"endpointType": "ServiceBusQueue",
                        "properties": {"resourceId": "/subscriptions/…/queues/events"}},
        "filter": {"includedEventTypes": ["Microsoft.Storage.BlobCreated"]},
        "eventDeliverySchema": "CloudEventSchemaV1_0"}}],
     "serviceBus": "Endpoint=sb://localhost;…", "storage": "DefaultEndpointsProtocol=http;…",
     "watch": {"topic": "storage", "port": 10000, "upstream": 10010},
     "tls": {"port": 8443, "authority": "cloud/tls", "tokenKey": "cloud/token.key"},
     "retryFactor": 1.0}

Source of names, defaults and limits: Microsoft.EventGrid/eventSubscriptions 2025-02-15 (azure
resource manager schemas, MIT). A property that the emulator does not honour is refused by name
instead of being ignored.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from local.eventgrid.operators import OPERATORS

Schema = Literal["EventGridSchema", "CloudEventSchemaV1_0"]
EVENT_GRID: Schema = "EventGridSchema"
CLOUD_EVENTS: Schema = "CloudEventSchemaV1_0"
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{3,64}$")]


class _Arm(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Camel case in the file; what is not known is refused."""


class Topic(_Arm, frozen=True, kw_only=True):
    """A topic, custom or of a system: the resource that its events are about, and who publishes.

    Whoever has the key does, and on the TLS port the principals in `senders`.
    """

    name: Name
    id: str
    senders: tuple[str, ...] = ()
    key: Annotated[str, Meta(min_length=16)]
    input_schema: Schema = EVENT_GRID


class Mapping(_Arm, frozen=True, kw_only=True):
    """A delivery attribute: fixed, or taken from a field of the event."""

    name: str
    type: Literal["Static", "Dynamic"]
    properties: dict[str, Any]


class QueueProperties(_Arm, frozen=True, kw_only=True):
    """The queue, by its resource id; its last segment is the name."""

    resource_id: str
    delivery_attribute_mappings: tuple[Mapping, ...] = ()


class ServiceBusQueue(
    _Arm, frozen=True, kw_only=True, tag_field="endpointType", tag="ServiceBusQueue"
):
    """A destination that is a queue without any handshake."""

    properties: QueueProperties

    @property
    def queue(self) -> str:
        """The name of the queue."""
        return self.properties.resource_id.rpartition("/")[2]


class WebHookProperties(_Arm, frozen=True, kw_only=True):
    """The address; with the key in its query where the endpoint wants one."""

    endpoint_url: Annotated[str, Meta(pattern="^https?://")]
    max_events_per_batch: Literal[1] = 1
    delivery_attribute_mappings: tuple[Mapping, ...] = ()


class WebHook(_Arm, frozen=True, kw_only=True, tag_field="endpointType", tag="WebHook"):
    """A destination that is an HTTP endpoint, asked for its consent first."""

    properties: WebHookProperties


Destination = ServiceBusQueue | WebHook


class WithIdentity(_Arm, frozen=True, kw_only=True):
    """The same destination, reached with a managed identity."""

    identity: dict[str, str]
    destination: Destination


class AdvancedFilter(_Arm, frozen=True, kw_only=True):
    """A condition on one field of the event."""

    operator_type: str
    key: str
    values: tuple[Any, ...] | None = None
    value: Any = None

    def __post_init__(self) -> None:
        if self.operator_type not in OPERATORS:
            raise ValueError(f"operatorType is one of {', '.join(OPERATORS)}")


class Filter(_Arm, frozen=True, kw_only=True):
    """Which events a subscription wants; all conditions have to hold."""

    included_event_types: tuple[str, ...] | None = None
    subject_begins_with: str = ""
    subject_ends_with: str = ""
    is_subject_case_sensitive: bool = False
    advanced_filters: tuple[AdvancedFilter, ...] = ()


class RetryPolicy(_Arm, frozen=True, kw_only=True):
    """After how many tries, or how long, a delivery is given up."""

    max_delivery_attempts: Annotated[int, Meta(ge=1, le=30)] = 30
    event_time_to_live_in_minutes: Annotated[int, Meta(ge=1, le=1440)] = 1440


class DeadLetterProperties(_Arm, frozen=True, kw_only=True):
    """The container, in the storage account of the emulator."""

    resource_id: str
    blob_container_name: str


class DeadLetterDestination(_Arm, frozen=True, kw_only=True):
    """Where given-up events go; without one they are dropped."""

    endpoint_type: Literal["StorageBlob"]
    properties: DeadLetterProperties


class SubscriptionProperties(_Arm, frozen=True, kw_only=True):
    """The properties of an event subscription."""

    destination: Destination | None = None
    delivery_with_resource_identity: WithIdentity | None = None
    filter: Filter = Filter()
    event_delivery_schema: Schema = EVENT_GRID
    retry_policy: RetryPolicy = RetryPolicy()
    dead_letter_destination: DeadLetterDestination | None = None

    def __post_init__(self) -> None:
        if (self.destination is None) == (self.delivery_with_resource_identity is None):
            raise ValueError("give either destination or deliveryWithResourceIdentity")


class Subscription(_Arm, frozen=True, kw_only=True):
    """An event subscription of a topic."""

    name: Name
    topic: str
    properties: SubscriptionProperties

    @property
    def target(self) -> Destination:
        """Where its events go."""
        given = self.properties.delivery_with_resource_identity
        target = given.destination if given else self.properties.destination
        if target is None:
            raise ValueError(f"the subscription {self.name} has no destination")
        return target


class Watch(_Arm, frozen=True, kw_only=True):
    """The proxy in front of Azurite's blobs: its port, Azurite's, and the topic it raises on."""

    topic: str
    port: int
    upstream: int


class Tls(_Arm, frozen=True, kw_only=True):
    """A second port, for those who come with a token: Microsoft's client sends none without TLS.

    `authority` is the folder of the control plane's certificates, `tokenKey` the file with the key
    that its tokens are signed with.
    """

    port: int
    authority: str
    token_key: str


class Settings(_Arm, frozen=True, kw_only=True):
    """All of it. `retryFactor` multiplies every waiting time of Event Grid's retries."""

    topics: tuple[Topic, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    service_bus: str | None = None
    storage: str | None = None
    watch: Watch | None = None
    tls: Tls | None = None
    retry_factor: Annotated[float, Meta(gt=0)] = 1.0

    def __post_init__(self) -> None:
        schemas = {topic.name: topic.input_schema for topic in self.topics}
        _require(len(schemas) == len(self.topics), "two topics have the same name")
        names = {subscription.name for subscription in self.subscriptions}
        _require(len(names) == len(self.subscriptions), "two subscriptions have the same name")
        for subscription in self.subscriptions:
            self._check(subscription, schemas)
        if self.watch:
            _require(self.watch.topic in schemas, f"watch: there is no topic {self.watch.topic}")
            _require(self.storage is not None, "watch needs storage, a connection string")

    def _check(self, subscription: Subscription, schemas: dict[str, Schema]) -> None:
        name, properties = subscription.name, subscription.properties
        _require(subscription.topic in schemas, f"{name}: there is no topic {subscription.topic}")
        _require(
            schemas[subscription.topic] == EVENT_GRID
            or properties.event_delivery_schema == CLOUD_EVENTS,
            f"{name}: a topic of CloudEvents cannot deliver in the Event Grid schema",
        )
        queue = isinstance(subscription.target, ServiceBusQueue)
        _require(not queue or self.service_bus is not None, f"{name}: serviceBus is missing")
        dead = properties.dead_letter_destination
        _require(dead is None or self.storage is not None, f"{name}: storage is missing")


def load_settings(path: Path) -> Settings:
    """Read the file. Raises ValueError with a sentence that names file and mistake."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise ValueError(f"{path}: {error}") from error


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise ValueError(sentence)
