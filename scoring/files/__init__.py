"""Tables of strangers, opened to be scored: Parquet, CSV and JSON lines, cut into pieces.

A file is bad as a whole when nothing of it can be scored, and a row when it alone cannot: that one
is set aside with the reason, and never loses others.
"""
