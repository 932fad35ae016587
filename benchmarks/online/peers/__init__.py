"""One program a peer, run in an environment of its own: `python -m benchmarks.online.peers.…`."""
