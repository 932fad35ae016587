"""Tables in files, read in batches: memory does not grow with the rows."""
