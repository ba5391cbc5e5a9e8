"""The door to the inbox's templates: pages with everything they share, and the filters by which values become words.

In: a template's name, who looks, values. Out: an HTML response with the inbox's own Content-Security-Policy. Every value is
escaped; times are in the viewer's zone, money in its currency's form.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from inboxbot.desk.office import Desk
from inboxbot.responders import templates, wording
from inboxbot.staff import Permission, Viewer
from inboxbot.web.staff import files, words
from inboxbot.web.staff.assets import Assets
from inboxbot.web.staff.gate import Guest

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser posts our forms with the origin "null"
}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_CODE_BEFORE_FIGURE = re.compile(r"\b([A-Z]{3})(?=\d)")  # SEK72,449.91 has no sign of its own: a space belongs between


class Pages:
    """Renders pages."""

    def __init__(self, desk: Desk, assets: Assets) -> None:
        """`desk` gives the clock, the locale and the company's name."""
        self._desk, self._assets = desk, assets
        self._environment = Environment(
            loader=FileSystemLoader(templates.folder()),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters.update(
            money=self._money,
            intent=words.intent,
            reason=words.reason,
            filed_as=words.filed_as,
            code_marks=code_marks,
            browser=words.browser,
            status=words.status,
            event=words.event,
            right_words=words.right_words,
            file_warning=files.warning,
            initials=words.initials,
            day=lambda value: wording.day(value) if value else "",
            plain=lambda text: wording.one_line(str(text), 300),
        )

    def page(
        self, template: str, guest: Guest | None, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
    ) -> HTMLResponse:
        """A page; `guest` None for somebody who is not signed in."""
        viewer = guest.viewer if guest else None
        of_guest = {"csrf": guest.session.csrf, "last_event": guest.last_event} if guest else {"csrf": "", "last_event": 0}
        text = self.text(template, viewer, **of_guest, **values)
        return HTMLResponse(text, status, headers={**HEADERS, **(headers or {})})

    def text(self, template: str, viewer: Viewer | None, **values: Any) -> str:
        """A template filled in."""
        now = self._desk.now()
        clock = Clock(now, viewer.timezone if viewer else self._desk.config.company.timezone)
        common = {
            "company": self._desk.config.company.name,
            "viewer": viewer,
            "may": {permission.value: bool(viewer and viewer.may(permission)) for permission in Permission},
            "clock": clock,
            "assets": self._assets,
        }
        return self._environment.get_template(f"staff/{template}").render({**common, **values})

    def _money(self, value: Decimal | str | None, currency: str) -> str:
        try:
            shown = wording.money(Decimal(value or 0), currency, self._desk.config.company.locale) if currency else str(value)
            return _CODE_BEFORE_FIGURE.sub("\\1\u00a0", shown)
        except (InvalidOperation, ValueError):
            return f"{value} {currency}"


def code_marks(text: str) -> Markup:
    """Text in which `words between backticks` are code."""
    parts = [Markup("<code>{}</code>").format(part) if index % 2 else escape(part) for index, part in enumerate(text.split("`"))]
    return Markup("").join(parts)


class Clock:
    """Times as words, seen from now and from the viewer's zone."""

    def __init__(self, now: datetime, timezone: str) -> None:
        """`now` is aware."""
        self.now, self._zone = now, ZoneInfo(timezone)

    @property
    def today(self) -> date:
        """The viewer's day."""
        return self.now.astimezone(self._zone).date()

    def at(self, moment: datetime | None) -> Markup:
        """`14:05` today, `26 Nov, 14:05` this year, `26 Nov 2025` before; the whole moment on hovering."""
        if moment is None:
            return Markup()
        local = moment.astimezone(self._zone)
        if local.date() == self.today:
            short = f"{local:%H:%M}"
        elif local.year == self.today.year:
            short = f"{local.day} {local:%b}, {local:%H:%M}"
        else:
            short = f"{local.day} {local:%b} {local.year}"
        return self._time(local, short)

    def ago(self, moment: datetime | None) -> Markup:
        """`now`, `5 min`, `3 h`, `2 d`: how long ago."""
        if moment is None:
            return Markup()
        length = self.now - moment
        return self._time(moment.astimezone(self._zone), "now" if length.total_seconds() < _MINUTE else span(length))

    def due(self, moment: datetime | None) -> str:
        """`due in 2 h`, `1 h overdue`, "" for nothing due."""
        if moment is None:
            return ""
        return f"due in {span(moment - self.now)}" if moment > self.now else f"{span(self.now - moment)} overdue"

    def late(self, moment: datetime | None) -> bool:
        """Whether something due is past."""
        return moment is not None and moment <= self.now

    def local(self, moment: datetime) -> datetime:
        """The moment in the viewer's zone."""
        return moment.astimezone(self._zone)

    def full(self, moment: datetime | None) -> str:
        """`Thu 26 Nov 2026, 14:05 CET`."""
        if moment is None:
            return ""
        local = moment.astimezone(self._zone)
        return f"{local:%a} {wording.moment(local, str(self._zone))}"

    def _time(self, local: datetime, short: str) -> Markup:
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            local.isoformat(timespec="seconds"), self.full(local), escape(short)
        )


def span(length: timedelta) -> str:
    """A length in its largest unit."""
    seconds = max(int(length.total_seconds()), 0)
    if seconds < _MINUTE:
        return "under a minute"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR} h"
    return f"{seconds // _DAY} days"
