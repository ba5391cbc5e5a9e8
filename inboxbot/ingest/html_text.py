"""HTML mail to plain text.

In: an HTML body. Out: `Rendered`: the text a reader sees, with rows as "a | b", quoted history as "> " lines or under a
rule of underscores (as plain-text mail has it, so that `body` can see it), and whether there was text he cannot see.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING

from inboxbot.ingest import html_hidden
from inboxbot.ingest.html_hidden import Paint
from inboxbot.ingest.html_page import Page, Row

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_MAX_HTML = 2_000_000  # characters; what is longer is cut off there


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SKIPPED = _names("head style script title template noscript svg math select button object iframe audio video textarea meta link")
_SHOWN_BY_SOME = _names("svg math select object textarea")  # some readers show their words, and they are no part of the text here
_BLOCKS = _names(
    "address article aside blockquote center dd details div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol"
    " pre section summary table tbody tfoot thead tr ul"
)
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote"})
_QUOTE_BELOW = frozenset({"divrplyfwdmsg", "appendonsend", "stopspelling", "ms-outlook-mobile-reference-message"})
_QUOTE_INSIDE = frozenset({"yahoo_quoted", "olk_src_body_section", "mail-editor-reference-message-container", "orimsghtmlseperator"})
_MAX_DEPTH = 2_000
_TAG = re.compile(r"<[^<>]{0,2000}>")
_OPEN_OR_CLOSE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")
_UNNESTED = _names("area base br col dd dt embed hr img input li link meta o option p param source td th tr tbody track wbr")
_BORDER_TOP = re.compile(r"border:none;border-top:solid#(?:e1e1e1|b5c4df)")  # Outlook's line above From: Sent: To:


@dataclass(frozen=True, slots=True)
class Rendered:
    """The visible text of an HTML body."""

    text: str
    hidden_text: bool = False


@dataclass(frozen=True, slots=True)
class _Frame:
    """What holds inside an element."""

    paint: Paint = field(default_factory=Paint)
    pre: bool = False
    hidden: bool = False


def render(html: str) -> Rendered:
    """The text of an HTML body as a reader sees it."""
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415  commands that read no mail need not load it

    html = html[:_MAX_HTML]
    if _too_deep(html):
        return Rendered(unescape(_TAG.sub(" ", html)).strip(), hidden_text=True)
    tree = LexborHTMLParser(html)
    names = html_hidden.hidden_names(node.text() for node in tree.css("style"))
    page = Page()
    if tree.body is not None:
        _Walk(page, names).over(tree.body)
    return Rendered(page.text(), page.hidden)


def _too_deep(html: str) -> bool:
    """Whether elements are nested so deeply that building the tree would take seconds (its time is quadratic in depth)."""
    depth = 0
    for end, name in _OPEN_OR_CLOSE.findall(html):
        if name.lower() not in _UNNESTED:
            depth = max(0, depth - 1) if end else depth + 1
            if depth > _MAX_DEPTH:
                return True
    return False


@dataclass(slots=True)
class _Walk:
    """Walks the tree without recursion: mail nests as deep as it likes."""

    page: Page
    hidden_names: frozenset[str]
    frames: dict[object, _Frame] = field(default_factory=dict)  # a mail repeats a few styles over and over
    rows: list[Row] = field(default_factory=list)  # the open ones, innermost last

    def over(self, root: "LexborNode") -> None:
        """Writes everything under `root`."""
        stack: list[tuple[LexborNode | None, _Frame, str]] = [(root, _Frame(), "")]
        while stack:
            node, frame, closing = stack.pop()
            if node is None:
                self._close(closing)
                continue
            if node.next is not None and node is not root:
                stack.append((node.next, frame, ""))
            self._enter(node, frame, stack)

    def _enter(self, node: "LexborNode", frame: _Frame, stack: "list[tuple[LexborNode | None, _Frame, str]]") -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text_content or "", frame)
            return
        if tag in _SHOWN_BY_SOME:
            self.page.hidden = self.page.hidden or any(c.isalnum() for c in node.text(deep=True))
        if tag.startswith(("-", "!")) or tag in _SKIPPED:
            return
        attributes: Mapping[str, str | None] = node.attributes
        inner = self._inner(tag, attributes, frame)
        closing = self._open(tag, attributes, hidden=inner.hidden)
        if closing:
            stack.append((None, frame, closing))
        if node.child is not None:
            stack.append((node.child, inner, ""))

    def _inner(self, tag: str, attributes: Mapping[str, str | None], frame: _Frame) -> _Frame:
        if not attributes and tag != "pre":
            return frame
        key = (frame, tag == "pre", tuple(attributes.items()))
        found = self.frames.get(key)
        if found is None:
            hidden = frame.hidden or html_hidden.is_hidden(attributes, self.hidden_names)
            found = _Frame(html_hidden.painted(frame.paint, attributes), frame.pre or tag == "pre", hidden)
            self.frames[key] = found
        return found

    def _text(self, text: str, frame: _Frame) -> None:
        if frame.hidden or frame.paint.invisible:
            self.page.hidden = self.page.hidden or any(c.isalnum() for c in text)
        else:
            self.page.write(text, pre=frame.pre)

    def _open(self, tag: str, attributes: Mapping[str, str | None], *, hidden: bool) -> str:
        """Begins an element; the steps that end it, as a string: '' for none."""
        page = self.page
        if hidden:
            return ""
        if tag == "br":
            page.br()
        elif tag in ("td", "th"):
            return self._open_cell()
        elif tag == "p" or tag in _BLOCKS:
            page.end_line(2 if tag in _SPACED else 1)
        if tag == "tr":
            self.rows.append(Row(page.begun, page.begun))
        elif tag == "li":
            page.write("- ")
            page.space = True
        marks = _marks(attributes)
        if not marks.isdisjoint(_QUOTE_BELOW) or _BORDER_TOP.match("".join((attributes.get("style") or "").lower().split())):
            page.rule()
        quoted = not marks.isdisjoint(_QUOTE_INSIDE) or (tag == "blockquote" and _is_quote(attributes, marks))
        page.quotes += quoted
        return f"{tag}>" if quoted else tag if tag in _BLOCKS or tag == "p" else ""

    def _open_cell(self) -> str:
        if self.rows:
            self.page.next_cell(self.rows[-1])
        else:
            self.page.end_line(1)
        return "td"

    def _close(self, closing: str) -> None:
        tag = closing.rstrip(">")
        if tag == "td":
            self.page.breaks = min(self.page.breaks, 1)  # a paragraph's space does not reach beyond its cell
            return
        if tag == "tr" and self.rows:
            self.rows.pop()
            self.page.separator = False
        self.page.end_line(2 if tag in _SPACED else 1)
        self.page.quotes -= closing.endswith(">")


def _marks(attributes: Mapping[str, str | None]) -> set[str]:
    """An element's id and classes in lower case, without the "x_" that web mail puts before a quoted mail's own."""
    words: Iterator[str] = iter(f"{attributes.get('id') or ''} {attributes.get('class') or ''}".lower().split())
    return {word.removeprefix("x_") for word in words}


def _is_quote(attributes: Mapping[str, str | None], marks: set[str]) -> bool:
    """Whether a blockquote quotes a mail; web mail indents a writer's own words with one as well."""
    style = "".join((attributes.get("style") or "").lower().split())
    return (
        (attributes.get("type") or "").lower() == "cite"
        or "cite" in attributes
        or any("quote" in mark for mark in marks)
        or "border-left:" in style
    )
