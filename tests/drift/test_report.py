"""The report on a window: its document, what it advises, and its page as HTML."""

import re
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

import msgspec
import pytest

from drift.report.document import dumps, loads
from drift.report.page import page
from drift.report.steps import next_steps
from drift.results import Bins, Compared
from tests.drift.reports import (
    HOSTILE,
    SAMPLES,
    categorical,
    drifted,
    numeric,
    past,
    problem,
    report,
    stable,
    unknown,
)

VOID = {"meta", "link", "br", "img", "input", "hr"}


@cache
def sample(name: str) -> str:
    """The page of a sample, which is drawn once for all tests."""
    return page(SAMPLES[name]())


class Page(HTMLParser):
    """What a browser would build: elements with attributes, text, and whether all were closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def tags(self, *names: str) -> list[str]:
        return [tag for tag, _ in self.elements if tag in names]

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.elements if attribute in attrs]


@pytest.mark.parametrize("name", SAMPLES)
def test_document_comes_back_as_it_was_written(name: str):
    made = SAMPLES[name]()
    assert loads(dumps(made)) == made
    assert dumps(loads(dumps(made))) == dumps(made)


def test_page_is_made_again_from_the_stored_document():
    assert page(loads(dumps(drifted()))) == sample("drifted")


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b'{"schema": 2}', "schema 2, and this release reads up to 1"),
        (b'{"schema": 1}', "no report on drift"),
        (b"<html>", "no report on drift"),
        (b"", "no report on drift"),
    ],
    ids=["of a newer release", "without a title", "not JSON", "empty"],
)
def test_other_documents_are_refused_with_the_cause(document: bytes, why: str):
    with pytest.raises(ValueError, match=why):
        loads(document)


@pytest.mark.parametrize("name", SAMPLES)
def test_page_needs_no_script_and_no_network(name: str):
    html = Page(sample(name))
    assert html.tags("script", "link", "iframe", "object", "embed", "base", "form", "img") == []
    assert html.values("src") == html.values("href") == html.values("xlink:href") == []
    assert [one for _, attrs in html.elements for one in attrs if one.startswith("on")] == []
    policy = html.values("content")[0]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")


@pytest.mark.parametrize("name", SAMPLES)
def test_page_stays_below_two_megabytes(name: str):
    assert len(sample(name).encode()) < 2_000_000


@pytest.mark.parametrize("name", SAMPLES)
def test_ids_are_unique_and_references_lead_to_them(name: str):
    html = Page(sample(name))
    ids = html.values("id")
    assert len(ids) == len(set(ids))
    assert set(html.values("aria-labelledby")) <= set(ids)
    assert "url(#" not in sample(name)


@pytest.mark.parametrize("name", SAMPLES)
def test_headings_descend_by_one_step_and_charts_have_words(name: str):
    html = Page(sample(name))
    levels = [int(tag[1]) for tag in html.tags("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    charts = [attrs for _, attrs in html.elements if attrs.get("role") == "img"]
    assert len(charts) == len(html.tags("svg")) > 0
    assert all(len(attrs["aria-label"] or "") > 20 for attrs in charts)


def test_names_and_categories_are_text_wherever_they_stand():
    html = sample("hostile")
    assert "<script" not in html
    assert "<img" not in html
    assert "49" not in "".join(Page(html).text).replace("7*7", "")
    shown = "</svg></title></style><script>alert(1)</script><img src=x onerror"
    assert "".join(Page(html).text).count(shown) >= 3
    assert "\x00" not in html
    assert "\u202e" not in html
    assert "a" * 120 not in html


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_categories_do_not_break_out_of_their_chart(label: str):
    html = Page(page(report(categorical("payment", 0.5, (label, "card")))))
    assert html.tags("script", "img", "title", "style") == ["title", "style"]


def test_colours_are_left_to_the_page():
    svg = sample("drifted").split("<svg", 1)[1]
    assert "var(--reference)" in svg
    assert "var(--current)" in svg
    assert "#000" not in svg
    assert "#fff" not in svg


def test_columns_stand_in_the_order_of_the_verdict():
    text = "".join(Page(sample("drifted")).text)
    titles = [text.rindex(f"{name} ") for name in ("amount", "payment", "distance")]
    assert titles == sorted(titles)
    assert text.index("Could not be compared") < text.index("Did not drift")


def test_figures_of_a_column_are_told_for_both_windows():
    written = " ".join(Page(page(report(numeric("amount", 1.3, missing=0.12)))).text)
    text = re.sub(r"[ \n]+", " ", written)
    assert "PSI 1.3 threshold 0.2" in text
    assert "Missing 0.1\u202f% 12\u202f%" in text
    assert "65\u202f% of rows; floor 5\u202f%" in text
    assert "Most changed: 90 to 100, from 10\u202f% to 21\u202f% of the rows." in text


def test_more_drifted_columns_than_can_be_seen_are_small():
    html = Page(sample("crowded"))
    assert len(html.tags("article")) == 12
    assert len(html.tags("details")) == 100 - 12 + 1


def test_history_of_one_window_is_not_drawn():
    assert "History" not in page(report(numeric("amount", 0.3), history=past()[-1:]))
    assert "History" in page(report(numeric("amount", 0.3), history=past()))


@pytest.mark.parametrize(
    "bins",
    [
        None,
        Bins(reference=(), current=()),
        Bins(reference=(1.0,), current=(1.0,), edges=(4.0, 5.0)),
        Bins(reference=(1.0,), current=(1.0,), edges=(4.0, 4.0)),
        Bins(reference=(0.5, 0.5), current=(0.1, 0.9), edges=(0.0, 0.0, 3.0)),
        Bins(reference=(0.0, 0.0), current=(0.0, 0.0), labels=("a", "b")),
        Bins(reference=(0.5, 0.5), current=(0.1, 0.9), edges=(-1e300, 0.0, 1e300)),
        Bins(reference=(0.5, 0.5), current=(0.1, 0.9), edges=(1.0, 1.0 + 2e-16, 1.0 + 1e-15)),
    ],
    ids=[
        "none",
        "empty",
        "one bin",
        "one value",
        "one value and a range",
        "no rows",
        "huge values",
        "values that nearly agree",
    ],
)
def test_bins_of_any_shape_are_shown(bins: Bins | None):
    column = Compared(name="odd", kind="numeric", bins=bins)
    Page(page(report(column)))


def test_advice_on_a_stable_window_is_to_do_nothing():
    assert next_steps(stable()) == (
        "Nothing. The current window looks like what the model was trained on.",
    )


def test_advice_names_where_empty_values_come_from_first():
    steps = next_steps(drifted())
    assert steps[0].startswith("Ask where “\u2068amount\u2069” comes from: 12\u202f% of its")
    assert "outside everything that the reference holds" in steps[1]
    assert "Look at “\u2068payment\u2069” below" in steps[2]
    assert any("The predictions themselves did not drift" in step for step in steps)


def test_advice_on_everything_at_once_is_to_suspect_the_pipeline():
    steps = next_steps(report(*(numeric(f"pixel_{one}", 0.5) for one in range(10))))
    assert any("Most columns drifted at once" in step for step in steps)


def test_advice_on_an_unknown_window_never_calls_it_stable():
    steps = next_steps(unknown())
    assert "both windows need at least 200" in steps[0]
    assert "weight" in steps[1]
    assert "Do not read this as stable" in steps[2]
    assert [step for step in steps if step.startswith("Nothing")] == []


def test_column_that_was_judged_but_not_compared_is_shown():
    made = report(problem("weight"))
    orphan = msgspec.structs.replace(made, compared=())
    assert "weight" in page(orphan)


def test_column_that_the_current_window_lacks_is_told():
    made = msgspec.structs.replace(report(numeric("amount", 0.1)), missing=("weight",))
    text = " ".join(Page(page(made)).text)
    assert "weight   The current window has no such column." in re.sub(r"\n", " ", text)
    assert "0 of 2 columns" in text


def test_column_without_any_value_is_no_failure_to_compare():
    text = page(report(Compared(name="blank", kind="empty", effect=0.0, p_value=1.0)))
    assert "Did not drift" in text
    assert "nothing to score" in text
    assert "Could not be compared" not in text


def test_reading_a_report_loads_nothing_that_draws():
    script = (
        "import sys, drift.report.document, drift.report.steps;"
        "print({'jinja2', 'vl_convert', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
