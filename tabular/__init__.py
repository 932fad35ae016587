"""What `drift` and `scoring` have in common when they open people's tables.

Which format a file has, whatever its name claims, and what is said of one that cannot be read.
"""
