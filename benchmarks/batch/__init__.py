"""A million rows from Parquet to Parquet, ours beside its peers: `python -m benchmarks batch`."""
