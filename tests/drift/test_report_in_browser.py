"""The report in a real headless Chromium: phone and desk, light and dark, keyboard and ear."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drift.report.page import page
from tests.drift.browser import Browser, browser
from tests.drift.reports import BREAKOUT, SAMPLES

PHONE, DESK = 390, 1280
VIEWS = [(width, scheme) for width in (PHONE, DESK) for scheme in ("light", "dark")]

# Every text that can be seen, with the contrast of its colour to the nearest opaque background.
CONTRASTS = r"""(() => {
  const rgb = colour => colour.match(/[\d.]+/g).slice(0, 3).map(Number);
  const light = colour => {
    const [r, g, b] = rgb(colour).map(c => c / 255)
      .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = one => {
    for (; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (colour.startsWith("rgb(")) return colour;
    }
  };
  const contrast = (one, colour) => {
    const [dark, bright] = [light(colour), light(behind(one))].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const seen = one => one.checkVisibility() && getComputedStyle(one).opacity !== "0";
  const written = one => [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  const texts = [...document.querySelectorAll("body *")].filter(one => written(one) && seen(one));
  const marks = [...document.querySelectorAll("svg [stroke^='var(--']")].filter(seen)
    .filter(one => one.getAttribute("stroke") !== "var(--line)");
  const of = one => one instanceof SVGElement ? getComputedStyle(one).fill
    : getComputedStyle(one).color;
  return {
    texts: texts.map(one => [one.textContent.trim().slice(0, 40), contrast(one, of(one))]),
    marks: marks.map(one => [one.getAttribute("stroke"),
      contrast(one, getComputedStyle(one).stroke)]),
  };
})()"""

# Everything that can be seen and reaches beyond the window or, in a chart, beyond its card.
OUTSIDE = """[...document.querySelectorAll("body *")].filter(one => one.checkVisibility())
  .filter(one => {
    const box = one.getBoundingClientRect();
    const frame = one.closest(".scroll, .card, body").getBoundingClientRect();
    return box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1)
      && !one.closest(".scroll");
  }).map(one => one.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    paths = {name: folder / f"{name}.html" for name in SAMPLES}
    for name, path in paths.items():
        path.write_text(page(SAMPLES[name]()), encoding="utf-8")
    return paths


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
@pytest.mark.parametrize("name", SAMPLES)
def test_everything_can_be_seen_and_read(
    chromium: Browser, pages: dict[str, Path], name: str, width: int, scheme: str
):
    chromium.open(pages[name], width, scheme)
    assert chromium.run("document.documentElement.scrollWidth") == width
    assert chromium.run(OUTSIDE) == []
    contrasts: dict[str, list[tuple[str, float]]] = chromium.run(CONTRASTS)
    assert [one for one in contrasts["texts"] if one[1] < 4.5] == []
    assert [one for one in contrasts["marks"] if one[1] < 3] == []
    assert len(contrasts["texts"]) > 20
    assert chromium.complaints() == []
    assert chromium.requests() == {pages[name].as_uri()}


def test_colours_of_page_and_charts_follow_the_reader(chromium: Browser, pages: dict[str, Path]):
    def colours(scheme: str) -> list[str]:
        chromium.open(pages["drifted"], DESK, scheme)
        return [
            chromium.run("getComputedStyle(document.body).backgroundColor"),
            chromium.run("getComputedStyle(document.querySelector('article path[stroke]')).stroke"),
            chromium.run("getComputedStyle(document.querySelector('svg text')).fill"),
        ]

    light, dark = colours("light"), colours("dark")
    assert [one for one in light if one in dark] == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_one_history_is_drawn_for_each_width(chromium: Browser, pages: dict[str, Path], width: int):
    chromium.open(pages["drifted"], width, "light")
    charts = "[...document.querySelectorAll('.narrow svg, .wide svg')]"
    seen = f"{charts}.filter(one => one.checkVisibility())"
    assert chromium.run(f"{seen}.length") == 1
    sizes = (
        f"[...{seen}[0].querySelectorAll('text')].map(one => one.getBoundingClientRect().height)"
    )
    assert min(chromium.run(sizes)) >= 11


def test_column_opens_by_keyboard_and_shows_its_figures(chromium: Browser, pages: dict[str, Path]):
    chromium.open(pages["stable"], PHONE, "light")
    chromium.run("document.querySelector('.tile summary').focus()")
    figures = "document.querySelector('.tile .facts').checkVisibility()"
    assert chromium.run(figures) is False
    chromium.press("Enter", "\r")
    assert chromium.run(figures) is True
    assert chromium.run(OUTSIDE) == []
    chromium.press("Tab")
    second = "document.activeElement === document.querySelectorAll('.tile summary')[1]"
    assert chromium.run(second) is True


def test_screen_reader_hears_headings_and_what_charts_show(
    chromium: Browser, pages: dict[str, Path]
):
    chromium.open(pages["drifted"], DESK, "light")
    heard = spoken(chromium)
    assert ("heading", "3 of 7 columns drifted.") in heard
    assert ("heading", "What to do next") in heard
    label = "Reference and current window of payment. Most changed: “\u2068card\u2069”"
    assert [name for role, name in heard if role == "image" and name.startswith(label)]
    assert [name for role, name in heard if role == "image" and not name] == []
    assert [role for role, _ in heard if "graphics" in role.lower()] == []


def spoken(chromium: Browser) -> list[tuple[str, str]]:
    """Roles and names in the accessibility tree, without what it ignores."""
    nodes: list[dict[str, Any]] = chromium.call("Accessibility.getFullAXTree")["nodes"]
    kept = [one for one in nodes if not one["ignored"] and "name" in one]
    return [(one["role"]["value"], one["name"]["value"]) for one in kept]


def test_hostile_names_stay_text(chromium: Browser, pages: dict[str, Path]):
    chromium.open(pages["hostile"], DESK, "light")
    assert chromium.run("document.scripts.length + document.images.length") == 0
    assert chromium.run("document.title") == "digits: drifted"
    labels = chromium.run("[...document.querySelectorAll('svg text')].map(one => one.textContent)")
    assert BREAKOUT[:20] in "".join(labels)


def test_script_that_got_in_would_not_run(chromium: Browser, pages: dict[str, Path]):
    chromium.open(pages["drifted"], DESK, "light")
    chromium.run(
        "(() => { const one = document.createElement('script'); one.textContent = 'ran = true';"
        "document.body.append(one);"
        "const image = document.createElement('img'); image.src = 'http://127.0.0.1:9/x.png';"
        "document.body.append(image); })()"
    )
    assert chromium.run("typeof ran") == "undefined"
    violated = [one["entry"]["text"] for one in chromium.complaints()]
    assert ["Content Security Policy" in one for one in violated] == [True, True]


def test_page_prints_on_white_whatever_the_screen_shows(chromium: Browser, pages: dict[str, Path]):
    chromium.open(pages["drifted"], DESK, "dark")
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    chromium.call("Emulation.setEmulatedMedia", media="print", features=dark)
    colour = "getComputedStyle(document.body).backgroundColor"
    assert chromium.run(colour) == "rgb(255, 255, 255)"
    contrasts = chromium.run(CONTRASTS)
    assert [one for one in contrasts["texts"] if one[1] < 4.5] == []
    assert chromium.call("Page.printToPDF")["data"].startswith("JVBERi0")
