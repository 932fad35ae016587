"""Raises BlobCreated for every blob that a client commits, as a storage account would.

Clients talk to a proxy in front of Azurite's blob port. Of three mechanisms this one is exact:

* Listings, polled, would miss versions that are overwritten between two looks, know neither api nor
  request id, and cost more the more blobs there are.
* Azurite's access log has no ETag, length or request id, and its debug log slows every request.
* A proxy sees the request and its answer. It writes the event down *before* it passes the answer
  on. So a client that was told of its success has an event, whatever crashes when; a client that
  was not told tries again, as its SDK does anyway, and the event is raised by the second try. A
  restart raises nothing again, since nothing is ever looked for.

Signatures hold through it: a shared key or SAS signs the verb, the path below the account and the
headers, never host or port, and the proxy changes none of these. Requests and answers are passed on
as they come, byte by byte; only their heads are read.
"""
