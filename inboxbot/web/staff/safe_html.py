"""A mail's HTML made harmless: no script, no form, no style that hides or covers, nothing from elsewhere.

In: HTML as a stranger wrote it. Out: a whole page for a sandboxed frame, and the headers that go with it. Three walls, each
enough alone: what nh3 lets through, the page's own Content-Security-Policy, and the frame's sandbox without scripts.
The only place that knows nh3.
"""

import re

import nh3

FRAME_HEADERS = {
    "Content-Security-Policy": (
        "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'self'; img-src data:; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "X-DNS-Prefetch-Control": "off",
    "Cache-Control": "no-store",
}
_TEXT = "a abbr b br center code del em font hr i ins kbd p pre q s samp small span strike strong sub sup tt u var"
_BLOCKS = "blockquote caption col colgroup dd div dl dt h1 h2 h3 h4 h5 h6 li ol table tbody td tfoot th thead tr ul"
_TAGS = frozenset(f"{_TEXT} {_BLOCKS}".split())
_ATTRIBUTES = {
    "a": {"href", "title"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign", "scope"},
    "table": {"border", "cellpadding", "cellspacing"},
    "font": {"color"},
    "ol": {"start"},
}
_DROPPED = frozenset(
    {"script", "style", "title", "head", "template", "noscript", "iframe", "object", "embed", "svg", "math", "xml", "select", "textarea"}
)
_COLOR = re.compile(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]{3,20}")


def clean(html: str) -> str:
    """The HTML without anything that acts, loads or hides."""
    return nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    )


def frame_page(html: str, style: str) -> str:
    """The page for the frame; `style` is the address of our own style sheet."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mail</title><meta name="referrer" content="no-referrer">'
        f'<link rel="stylesheet" href="{style}"></head><body class="mail-frame">{clean(html)}</body></html>'
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "font" and name == "color":
        return value if _COLOR.fullmatch(value) else None
    if name in ("colspan", "rowspan", "border", "cellpadding", "cellspacing", "start"):
        return value if value.isascii() and value.isdigit() and len(value) < 4 else None  # noqa: PLR2004
    return value[:2000]
