"""One program a peer: it takes a model, a table and the place of its output."""
