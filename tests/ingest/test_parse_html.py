"""HTML to the text a reader sees."""

# ruff: noqa: E501  cases stand as mail has them

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inboxbot.ingest import body, html_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("one<br>two<br/><br/>three", "one\ntwo\n\nthree"),
        ("a <b>bold</b><i>!</i>  &amp; \n more", "a bold! & more"),
        ("see <a href='https://x.example/y'>our portal</a>", "see our portal"),
        ("20&nbsp;155", "20 155"),
        ("<ul><li>20155</li><li>20156</li></ul>", "- 20155\n- 20156"),
        ("<pre>a  b\nc</pre>", "a  b\nc"),
        ("<style>p{color:red}</style><script>x()</script><title>t</title>words", "words"),
        (
            "<table><tr><th>Invoice</th><th>Amount</th></tr><tr><td>20155</td><td>300.00</td></tr></table>",
            "Invoice | Amount\n20155 | 300.00",
        ),
        (
            "<table><tr><td><p>20155</p></td><td><p>300.00</p></td></tr><tr><td><p>20156</p></td><td></td></tr></table>",
            "20155 | 300.00\n20156",
        ),
        ("<table><tr><td>only</td></tr><tr><td>one column</td></tr></table>", "only\none column"),
        ("<table><tr><td>a<br>b</td><td>c</td></tr></table>", "a\nb\nc"),
        ("<table><tr><td></td><td>c</td></tr></table>", "c"),
        ("<!-- remark --><!DOCTYPE html>words", "words"),
        ("", ""),
        ("no tags at all", "no tags at all"),
        ("<p>unclosed <b>bold", "unclosed bold"),
    ],
)
def test_visible_text_keeps_its_lines_and_rows(html: str, text: str) -> None:
    rendered = html_text.render(html)
    assert (rendered.text, rendered.hidden_text) == (text, False)


@pytest.mark.parametrize(
    "hidden",
    [
        "<div style='display:none'>SECRET</div>",
        "<div style='DISPLAY : NONE !important'>SECRET</div>",
        "<div hidden>SECRET</div>",
        "<span style='visibility: hidden'>SECRET</span>",
        "<span style='font-size:0'>SECRET</span>",
        "<span style='font-size:1px'>SECRET</span>",
        "<span style='font-size:0.1pt;color:red'>SECRET</span>",
        "<span style='opacity:0'>SECRET</span>",
        "<span style='mso-hide:all'>SECRET</span>",
        "<span style='color:white'>SECRET</span>",
        "<span style='color:#FFFFFF'>SECRET</span>",
        "<font color='#fefefe'>SECRET</font>",
        "<span style='color: rgb(255, 255, 255)'>SECRET</span>",
        "<table><tr><td bgcolor='#ff0000'><span style='color:#ff0000'>SECRET</span></td></tr></table>",
        "<div style='background:#000;color:#000'>SECRET</div>",
        "<div style='position:absolute;left:-9999px'>SECRET</div>",
        "<div style='text-indent:-5000px'>SECRET</div>",
        "<div style='max-height:0;overflow:hidden'>SECRET</div>",
        "<div style='overflow:hidden;height:0px;'>SECRET</div>",
        "<style>.preheader{display:none!important}</style><div class='a preheader'>SECRET</div>",
        "<style>p, #gone { font-size : 0px; }</style><div id=gone>SECRET</div>",
        "<div style='display:none'><p><b>SECRET</b></p></div>",
        "<div style='display:none'><table><tr><td>SECRET</td></tr></table></div>",
    ],
)
def test_text_nobody_sees_is_left_out_and_reported(hidden: str) -> None:
    rendered = html_text.render(f"<html><body><p>seen</p>{hidden}<p>too</p></body></html>")
    assert (rendered.text.split(), rendered.hidden_text) == (["seen", "too"], True)


@pytest.mark.parametrize(
    "shown",
    [
        "<table><tr><td bgcolor='#0070c0'><a style='color:white'>SHOWN</a></td></tr></table>",
        "<div style='background-color:#000'><span style='color:#fff'>SHOWN</span></div>",
        "<div style='background-image:url(x.png)'><span style='color:#fff'>SHOWN</span></div>",
        "<div style='display:block;font-size:10pt;opacity:0.9'>SHOWN</div>",
        "<div style='font-size:11.0pt;color:windowtext'>SHOWN</div>",
        "<style>@media screen{.wide{display:none}}</style><div class=wide>SHOWN</div>",
        "<div style='margin-left:0;height:0'>SHOWN</div>",
    ],
)
def test_text_that_is_seen_is_kept(shown: str) -> None:
    rendered = html_text.render(f"<html><body>{shown}</body></html>")
    assert (rendered.text, rendered.hidden_text) == ("SHOWN", False)


@pytest.mark.parametrize("nothing", ["<span style='display:none'>&nbsp;</span>", "<div style='display:none'>&zwnj; &#8203;</div>"])
def test_hidden_white_space_is_not_reported(nothing: str) -> None:
    assert html_text.render(f"words{nothing}") == html_text.Rendered("words")


QUOTE = "<p>Hello, when will you pay? Please resend everything.</p>"


@pytest.mark.parametrize(
    "quote",
    [
        f"<div class='gmail_quote'><div class='gmail_attr'>On Wed, Nov 18, 2026 at 3:30 PM AR &lt;ar@b.example&gt; wrote:<br></div><blockquote class='gmail_quote'>{QUOTE}</blockquote></div>",
        f"<div><blockquote type='cite'><div>On Nov 18, 2026, at 9:51 AM, AR &lt;ar@b.example&gt; wrote:</div>{QUOTE}</blockquote></div>",
        f"<div class='moz-cite-prefix'>Am 18.11.26 um 15:30 schrieb AR:<br></div><blockquote type='cite' cite='mid:1@x'>{QUOTE}</blockquote>",
        f"<hr><div id='divRplyFwdMsg'><b>From:</b> AR &lt;ar@b.example&gt;<br><b>Sent:</b> Wednesday, November 18, 2026<br><b>To:</b> Tom<br><b>Subject:</b> Reminder</div>{QUOTE}",
        f"<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>Von:</b> AR<br><b>Gesendet:</b> Mittwoch<br><b>An:</b> Tom<br><b>Betreff:</b> Mahnung</p></div>{QUOTE}",
        f"<div id='x_divRplyFwdMsg'><b>Lähde:</b> AR &lt;ar@b.example&gt;<br><b>Aeg:</b> 18. november 2026 15:30<br><b>Saaja:</b> Tom<br><b>Teema:</b> Arve</div>{QUOTE}",
        f"<div class='yahoo_quoted'><div>On Wednesday AR wrote:</div>{QUOTE}</div>",
        f"<span id='OLK_SRC_BODY_SECTION'><div>From: AR</div>{QUOTE}</span>",
        f"<div id='mail-editor-reference-message-container'>{QUOTE}</div>",
        f"<div class='protonmail_quote'>On Wednesday, November 18th, 2026 at 3:30 PM, AR &lt;ar@b.example&gt; wrote:<br><blockquote class='protonmail_quote' type='cite'>{QUOTE}</blockquote></div>",
        f"<blockquote style='border-left:2px solid #1010ff;padding-left:5px'>{QUOTE}</blockquote>",
    ],
)
def test_quoted_history_survives_as_quoted(quote: str) -> None:
    text = html_text.render(f"<html><body><div>yes, on Friday</div>{quote}</body></html>").text
    parts = body.split(text, "Tom")
    assert (parts.new_text, "when will you pay" in parts.quoted_text) == ("yes, on Friday", True)


def test_answers_between_html_quotes_are_new_text() -> None:
    html = "<div class='gmail_quote'><blockquote class='gmail_quote'>Which PO?</blockquote><div>CR-26-2556</div><blockquote class='gmail_quote'>When?</blockquote><div>Friday</div></div>"
    assert body.split(html_text.render(html).text).new_text == "CR-26-2556\n\nFriday"


def test_a_writers_own_indent_is_no_quote() -> None:
    html = "Please copy:<blockquote style='margin:0 0 0 40px;border:none;padding:0px'>20155<br>20156</blockquote>"
    assert html_text.render(html).text == "Please copy:\n\n20155\n20156"


@pytest.mark.parametrize(
    "unit", ["<div>", "<b>", "<span style='color:red'>", "<table><tr><td>", "<blockquote type=cite>", "<br>", "<", "&", "<p>", "<!--", "<a href='", "</div>", "x ", "<style>", "<x-y>"]
)  # fmt: skip
def test_hostile_html_costs_little(unit: str) -> None:
    html = (unit * (300_000 // len(unit)))[:300_000]
    began = time.process_time()
    html_text.render(html)
    assert time.process_time() - began < 3


@settings(deadline=None)
@given(st.lists(st.sampled_from(["<div>", "</div>", "<table>", "<tr>", "<td>", "</td>", "</table>", "<blockquote type=cite>", "</blockquote>", "<br>", "x", " ", "<p>", "</p>",
                                 "<pre>", "\n", "<b style='display:none'>", "</b>", "<style>.a{", "}</style>", "<li>", "&lt;", "\x00"]), max_size=30))  # fmt: skip
def test_any_mixture_of_tags_gives_text(pieces: list[str]) -> None:
    assert isinstance(html_text.render("".join(pieces)).text, str)
