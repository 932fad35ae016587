"""The charts of the page as SVG: drawn once, without a browser, in colours that the reader chooses.

The reference window is an area, the current one a line (or a thin bar in a wide one): who sees no
colours tells them apart as well. The words for those who see nothing stand in the page around a
chart; inside it there is nothing to be read aloud.
"""
