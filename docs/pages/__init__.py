"""The pages of the reference, one module each: every `page()` gives a whole Markdown text."""
