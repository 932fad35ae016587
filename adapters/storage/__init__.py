"""Azure Storage: what Ratchet remembers in tables, and the blobs that it reads and writes.

The tables `models`, `arrivals` and `deliveries` are partitioned by model, so that all that has to
change together lies in one partition and one transaction. They and the containers are made by
whoever deploys the app, never here.
"""
