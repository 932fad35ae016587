"""The report on a window: a JSON document, and one HTML page made from that document alone.

    from drift.report.document import Report, dumps, loads
    from drift.report.page import page

Only the page needs the libraries that draw.
"""
