"""EVENT IN. One module a story: read the facts, decide, commit, perform."""
