"""The port `Partitions`: files in blobs are cut, and their pieces scored."""
