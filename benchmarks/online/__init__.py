"""The online server beside its peers, under the same load: `python -m benchmarks online`."""
