"""One program a peer: it takes a model's folder, a table and the place of its output."""
