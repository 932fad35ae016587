"""Turns what the proxy sees into events on the storage account's topic."""

import asyncio

from azure.storage.blob import BlobServiceClient

from local.eventgrid.settings import Topic
from local.eventgrid.topics import Topics
from local.eventgrid.watcher.blobs import (
    Commit,
    Content,
    Sequencer,
    blob_created,
    commit,
    stated_content,
)
from local.eventgrid.watcher.heads import Head


class Watcher:
    """Observes requests and publishes a BlobCreated for each commit."""

    def __init__(self, topics: Topics, topic: Topic, connection: str) -> None:
        self._topics = topics
        self._topic = topic
        self._sequencer = Sequencer()
        self._service = BlobServiceClient.from_connection_string(connection, retry_total=1)

    async def observe(self, request: Head, answer: Head) -> None:
        """Publish the event of an answered request, if it has one."""
        made = commit(request, answer)
        if made is None:
            return
        sequencer = self._sequencer.next()
        content = await self._content(made, request)
        event = blob_created(
            made, content, request, answer, topic=self._topic.id, sequencer=sequencer
        )
        self._topics.publish(self._topic.name, [event])

    async def _content(self, made: Commit, request: Head) -> Content:
        """A PutBlob says what the blob is; after the others the storage account has to be asked."""
        if made.api == "PutBlob" and "x-ms-copy-source" not in request.headers:
            return stated_content(request)
        blob = self._service.get_blob_client(made.container, made.blob)
        found = await asyncio.to_thread(blob.get_blob_properties)
        return Content(
            content_type=found.content_settings.content_type or "application/octet-stream",
            length=found.size,
            blob_type=found.blob_type.value,
        )
