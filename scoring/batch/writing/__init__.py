"""Tables leave as Parquet, CSV or JSON lines: block by block, the same bytes for the same rows."""
