"""One module a kind of trigger: its data in the words of the real host, and its results back."""
