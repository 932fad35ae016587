"""For people: concepts by hand, the reference from the code."""
