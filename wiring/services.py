"""Every part of the app, built on its first use: a function pays only for what it touches."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from decisions import ports
from decisions.errors import Misconfigured
from decisions.policies import ModelPolicy
from wiring.clouds import RESOURCE_MANAGERS
from wiring.settings import Settings

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.data.tables import TableServiceClient
    from azure.servicebus import ServiceBusClient
    from azure.storage.blob import BlobServiceClient

    from adapters.arm import Arm
    from adapters.servicebus.dead_letters import DeadLetters
    from wiring.config.sections import Configuration

_ROLE = "Ratchet (infra/role.json)"
_ACCOUNT = re.compile(r"AccountName=([^;]+)|https?://([^./]+)\.")


@lru_cache(maxsize=1)
def services() -> "Services":
    """The services of this process."""
    return Services(Settings.of_process())


class Services:
    """All ports, by the settings. Raises Misconfigured by name where a setting is missing."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)

    def check(self) -> None:
        """Raise Misconfigured with every missing setting and every mistake of ratchet.yaml."""
        problems = [f"the setting {name} is missing" for name in self.settings.missing()]
        try:
            _ = self.configuration
        except Misconfigured as error:
            problems += str(error).splitlines()
        if problems:
            raise Misconfigured("\n".join(problems))

    @cached_property
    def configuration(self) -> "Configuration":
        """ratchet.yaml."""
        from wiring.config.load import load

        return load(self.settings.config, self.settings)

    @cached_property
    def policies(self) -> Mapping[str, ModelPolicy]:
        """What decisions are taken by, a policy a model."""
        from wiring.config.load import policy

        return {name: policy(model) for name, model in self.configuration.models.items()}

    @cached_property
    def scope(self) -> ports.Scope:
        """Whose events count."""
        place = self.settings.place("RATCHET_STORAGE", "blobServiceUri")
        match = _ACCOUNT.search(place)
        if match is None:
            raise Misconfigured("the setting RATCHET_STORAGE names no storage account")
        account = match[1] or match[2]
        return ports.Scope(workspace=self.settings["RATCHET_WORKSPACE"], account=account)

    @cached_property
    def resource_manager(self) -> str:
        """The address of Azure Resource Manager."""
        if "RATCHET_RESOURCE_MANAGER" in self.settings:
            return self.settings["RATCHET_RESOURCE_MANAGER"]
        return RESOURCE_MANAGERS[self.configuration.workspace.cloud]

    @cached_property
    def credential(self) -> "TokenCredential":
        """The identity of this process."""
        from adapters.clients import credential

        return credential()

    @cached_property
    def models(self) -> ports.Models:
        """The memory of all models."""
        from adapters.storage.models import TableModels

        return TableModels(self._tables.get_table_client("models"))

    @cached_property
    def arrivals(self) -> ports.Arrivals:
        """Which blobs were noted."""
        from adapters.storage.arrivals import TableArrivals

        return TableArrivals(self._tables.get_table_client("arrivals"), self.scope.account)

    @cached_property
    def deliveries(self) -> ports.Deliveries:
        """The outbox of webhooks."""
        from adapters.storage.deliveries import TableDeliveries

        return TableDeliveries(self._tables.get_table_client("deliveries"))

    @cached_property
    def blobs(self) -> ports.Blobs:
        """The containers."""
        from adapters.storage.blobs import AzureBlobs

        return AzureBlobs(self._blob_service)

    @cached_property
    def messages(self) -> ports.Messages:
        """The queues."""
        from adapters.servicebus.messages import ServiceBusMessages

        return ServiceBusMessages(self._service_bus)

    @cached_property
    def dead_letters(self) -> "DeadLetters":
        """What was given up, for people."""
        from adapters.servicebus.dead_letters import DeadLetters

        return DeadLetters(self._service_bus)

    @cached_property
    def examiner(self) -> ports.Examiner:
        """Whoever opens what strangers made."""
        from adapters.examiner import ScoringExaminer

        return ScoringExaminer(self.blobs)

    @cached_property
    def profiler(self) -> ports.Profiler:
        """Whoever profiles data and judges windows of it."""
        from adapters.profiler.profiler import DriftProfiler

        return DriftProfiler(self.blobs)

    @cached_property
    def partitions(self) -> ports.Partitions:
        """Whoever scores files by pieces."""
        from adapters.partitions.partitions import ScoringPartitions

        return ScoringPartitions(self.blobs)

    @cached_property
    def training(self) -> ports.Training:
        """The workspace."""
        from adapters.jobs.jobs import Jobs

        return Jobs(self._arm, self.scope.workspace)

    @cached_property
    def registry(self) -> ports.Registry:
        """The registry of models."""
        from adapters.mlflow_registry.registry import MlflowRegistry

        uri = self.configuration.workspace.tracking_uri or self.settings["MLFLOW_TRACKING_URI"]
        return MlflowRegistry(uri, self.blobs, self.credential, self._arm_scope)

    @cached_property
    def endpoints(self) -> ports.Endpoints:
        """Where versions are served."""
        from adapters.aci.endpoints import ContainerEndpoints
        from wiring.endpoints import group_settings

        resource_group = self.scope.workspace.partition("/providers/")[0]
        documents = self._blob_service.get_container_client("endpoints")
        return ContainerEndpoints(
            self._arm, resource_group, documents, group_settings(self.settings)
        )

    @cached_property
    def webhooks(self) -> ports.Webhooks:
        """The subscribers."""
        from adapters.webhooks.webhooks import SignedWebhooks
        from wiring.subscribers import subscribers

        return SignedWebhooks(subscribers(self.configuration))

    @cached_property
    def publisher(self) -> ports.Publisher:
        """The topic of Ratchet's own events, or nobody."""
        from adapters.publisher import Silent, TopicPublisher

        if "RATCHET_EVENT_TOPIC" not in self.settings:
            return Silent()
        topic = self.settings["RATCHET_EVENT_TOPIC"]
        return TopicPublisher(topic, self.credential, self.scope.workspace)

    @cached_property
    def _tables(self) -> "TableServiceClient":
        from adapters.clients import table_service

        return table_service(self.settings.place("RATCHET_STORAGE", "tableServiceUri"))

    @cached_property
    def _blob_service(self) -> "BlobServiceClient":
        from adapters.clients import blob_service

        return blob_service(self.settings.place("RATCHET_STORAGE", "blobServiceUri"))

    @cached_property
    def _service_bus(self) -> "ServiceBusClient":
        from adapters.clients import servicebus_client

        place = self.settings.place("RATCHET_SERVICEBUS", "fullyQualifiedNamespace")
        return servicebus_client(place)

    @cached_property
    def _arm(self) -> "Arm":
        from adapters.arm import Arm

        return Arm(self.resource_manager, self.credential, self._arm_scope, _ROLE)

    @cached_property
    def _arm_scope(self) -> str:
        return f"{RESOURCE_MANAGERS[self.configuration.workspace.cloud]}/.default"
