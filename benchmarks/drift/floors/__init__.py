"""The least that any comparison has to do, as programs that answer like the peers."""
