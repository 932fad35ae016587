"""Rows by the million: pieces of files become predictions, and no row is lost."""
