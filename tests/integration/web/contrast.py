"""Contrast of a page's text, as WCAG 2.2 measures it, on what the browser really painted."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from PIL import Image
from playwright.sync_api import Page

#: Text of 24 px, or bold of 18.66 px, may have less (success criterion 1.4.3).
ENOUGH, ENOUGH_IF_LARGE = 4.5, 3.0
Colour = tuple[int, int, int]

_TEXTS = """
() => [...document.querySelectorAll("body *")].flatMap((element) => {
  const said = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join("");
  const text = (element.tagName === "SELECT" ? element.value : said).trim();
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const skipped = ["SCRIPT", "STYLE", "OPTION"].includes(element.tagName);
  const seen = element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const inside = Math.min(box.left, box.top) >= 0
    && box.right <= innerWidth && box.bottom <= innerHeight;
  if (!text || skipped || !seen || !box.width || !inside) return [];
  const inSvg = element instanceof SVGElement;
  return [{
    text,
    colour: inSvg ? style.fill : style.color,
    size: parseFloat(style.fontSize),
    weight: Number(style.fontWeight),
    box: [box.left, box.top, box.right, box.bottom],
  }];
})
"""


@dataclass(frozen=True)
class Text:
    """One piece of text and its contrast with the background.

    Attributes:
        text: The words.
        contrast: Ratio of luminances, 1 to 21.
        enough: The minimum ratio for its size.
    """

    text: str
    contrast: float
    enough: float


def texts(page: Page) -> list[Text]:
    """Every text in the viewport; behind it is the colour most pixels of its box have."""
    painted = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    found = []
    for one in page.evaluate(_TEXTS):
        left, top, right, bottom = one["box"]
        behind = painted.crop((int(left), int(top), int(right) + 1, int(bottom) + 1))
        colours: Any = behind.getcolors(behind.width * behind.height)
        _, most = max(colours)
        is_large = one["size"] >= 24 or (one["size"] >= 18.66 and one["weight"] >= 700)
        enough = ENOUGH_IF_LARGE if is_large else ENOUGH
        found.append(Text(one["text"], contrast(_colour(one["colour"]), most), enough))
    return found


def contrast(one: Colour, other: Colour) -> float:
    """WCAG's ratio of two colours."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (part / 255 for part in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _colour(css: str) -> Colour:
    """Of `rgb(…)`; what shines through would need its own rule, and there is none such."""
    parts = re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", css)
    assert parts is not None, css
    return int(parts[1]), int(parts[2]), int(parts[3])
