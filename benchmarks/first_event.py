"""What the first event costs an instance, in processor time beyond the import of the app."""

import json

from benchmarks.measure import Figure, median_of, printed_seconds
from local.stack import Stack

_BOUND = 0.7
_FIRST = """
import json, os, sys, time
os.environ.update(json.load(open(sys.argv[1]))["Values"])
import function_app
begin = time.process_time()
class Message:
    def get_body(self):
        return sys.argv[2].encode()
from wiring import host
host.events(Message())
print(time.process_time() - begin)
"""


def figures(stack: Stack) -> list[Figure]:
    """The first invocation of `events` on a stack, each time in a process of its own."""
    settings = str(stack.folder / "functions" / "local.settings.json")
    seconds = median_of(5, lambda: printed_seconds(_FIRST, settings, _EVENT))
    return [
        Figure(
            what="first event of an instance, seconds of CPU beyond the import",
            value=f"{seconds:.2f}",
            bound=f"at most {_BOUND}",
            holds=seconds <= _BOUND,
        )
    ]


_EVENT = json.dumps(
    {
        "specversion": "1.0",
        "id": "1",
        "source": "/x/storageAccounts/devstoreaccount1",
        "type": "Microsoft.Storage.BlobCreated",
        "subject": "/blobServices/default/containers/data/blobs/bench/first.parquet",
        "data": {"api": "PutBlob", "eTag": "0x1", "contentLength": 9},
    }
)
