"""Which parts of an HTML mail a reader cannot see.

In: an element's tag and attributes, the colours around it, and the mail's style sheets. Out: hidden or not. Senders
hide text to write to machines behind the reader's back, and marketing hides previews; neither is what somebody wrote.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_MAX_STYLES = 50_000  # characters of style sheets that are read
_RULE = re.compile(r"([^{}]{1,400})\{([^{}]{0,2000})\}")
_MEDIA = re.compile(r"@media[^{}]{0,400}\{(?:[^{}]{0,400}\{[^{}]{0,2000}\}){0,200}\s*\}", re.IGNORECASE)
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]*)?([.#][\w-]+)", re.IGNORECASE)
_HIDING = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|mso-hide:all|opacity:0(?:\.0\d*)?(?:;|$|!)"
    r"|font-size:[01]?(?:\.\d+)?(?:px|pt|em|rem|%)?(?:;|$|!)"
    r"|text-indent:-\d{3,}|(?:left|right|top|margin-left|margin-top):-\d{3,}"
    r"|clip:rect\(0|(?:max-)?(?:height|width):0(?:px)?(?:;|$|!).*overflow:hidden|overflow:hidden.*(?:max-)?(?:height|width):0(?:px)?(?:;|$|!)"
)
_COLOUR = re.compile(r"(?:^|;)color:([^;!]+)")
_BACKGROUND = re.compile(r"(?:^|;)background(?:-color)?:([^;!]+)")
_RGB = re.compile(r"rgba?\((\d{1,3}),(\d{1,3}),(\d{1,3})(?:,([\d.]+))?\)")
_NAMED = {"white": (255, 255, 255), "black": (0, 0, 0), "snow": (255, 250, 250), "ivory": (255, 255, 240), "transparent": None}
_CLOSE = 12  # two colours this near in every channel cannot be told apart

Colour = tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Paint:
    """Text colour and background at a place; None is a background nobody can tell, such as an image."""

    text: Colour = (0, 0, 0)
    background: Colour = (255, 255, 255)

    @property
    def invisible(self) -> bool:
        """Whether text painted so looks like nothing."""
        if self.text is None or self.background is None:
            return False
        return all(abs(a - b) <= _CLOSE for a, b in zip(self.text, self.background, strict=True))


def hidden_names(sheets: Iterable[str]) -> frozenset[str]:
    """The class and id selectors (".x", "#y") that plain rules hide; rules for some screens only do not count."""
    text = _MEDIA.sub(" ", "\n".join(sheets)[:_MAX_STYLES])
    found: set[str] = set()
    for selectors, declarations in _RULE.findall(text):
        if _HIDING.search(_squeezed(declarations)):
            found.update(m[1] for s in selectors.split(",") if (m := _SIMPLE.fullmatch(s.strip())))
    return frozenset(found)


def is_hidden(attributes: Mapping[str, str | None], names: frozenset[str]) -> bool:
    """Whether the element itself hides what it holds."""
    if not attributes:
        return False
    if "hidden" in attributes or _HIDING.search(_squeezed(attributes.get("style") or "")):
        return True
    if not names:
        return False
    classes = {f".{name}" for name in (attributes.get("class") or "").split()}
    return f"#{attributes.get('id')}" in names or not names.isdisjoint(classes)


def painted(around: Paint, attributes: Mapping[str, str | None]) -> Paint:
    """The colours inside an element that stands in `around`."""
    style = _squeezed(attributes.get("style") or "")
    text = _COLOUR.search(style)
    background = _BACKGROUND.search(style)
    shade = background[1] if background else attributes.get("bgcolor")
    inner = _colour(text[1] if text else attributes.get("color"), around.text)
    if attributes.get("background") or "background-image" in style:
        return Paint(inner, None)
    return Paint(inner, _colour(shade, around.background))


def _colour(value: str | None, inherited: Colour) -> Colour:
    words = (value or "").strip().lower()
    if not words or words in ("inherit", "transparent", "initial", "none", "windowtext", "currentcolor"):
        return inherited
    if words.startswith("#"):
        return _hex(words[1:])
    found = _RGB.match(words)
    if found:
        return (int(found[1]), int(found[2]), int(found[3])) if found[4] is None or float(found[4]) > 0 else inherited
    return _NAMED.get(words)


def _hex(digits: str) -> Colour:
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits[:6]  # noqa: PLR2004  CSS "#rgb" is "#rrggbb"
    try:
        return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    except ValueError:
        return None


def _squeezed(style: str) -> str:
    return "".join(style[:2000].split()).lower()
