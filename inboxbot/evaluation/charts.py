"""The report's plots as SVG, small enough to stand inside a page and coloured by the page's own style.

In: points. Out: SVG text. Colours are CSS variables (`--series-1`, `--grid`, ...), so that one drawing serves light and
dark pages; every mark carries its numbers as a tooltip.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from inboxbot.evaluation.curves import Reliability, RiskPoint
from inboxbot.evaluation.slices import IntentRow

_WIDTH, _HEIGHT = 640, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 24, 20, 52
_ROW = 26  # height of a row of an interval plot
_NAMES = 170  # width of its names
_LEAST_ANSWERS = 5  # a share of fewer answers is noise
_HIGHEST_RISK = 0.2


@dataclass
class _Plot:
    """Axes from 0 to `x_most` and `y_most`, and what is drawn between them."""

    x_most: float
    y_most: float
    title: str
    parts: list[str] = field(default_factory=list)

    def x(self, value: float) -> float:
        """Place of a value, in the drawing's units."""
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * value / self.x_most

    def y(self, value: float) -> float:
        """The same, upwards."""
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / self.y_most

    def axes(self, x_name: str, y_name: str, x_steps: int, y_steps: int) -> None:
        """Grid lines with percentages, and what the axes mean."""
        for i in range(y_steps + 1):
            value = self.y_most * i / y_steps
            self.parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{self.y(value):.1f}" y2="{self.y(value):.1f}"/>')
            self.text(_LEFT - 8, self.y(value) + 4, _percent(value), "tick end")
        for i in range(x_steps + 1):
            value = self.x_most * i / x_steps
            self.text(self.x(value), _HEIGHT - _BOTTOM + 18, _percent(value), "tick middle")
        self.text(_LEFT + (_WIDTH - _LEFT - _RIGHT) / 2, _HEIGHT - 8, x_name, "name middle")
        middle = _TOP + (_HEIGHT - _TOP - _BOTTOM) / 2
        self.parts.append(f'<text class="name middle" transform="translate(14 {middle:.1f}) rotate(-90)">{escape(y_name)}</text>')

    def text(self, x: float, y: float, words: str, kind: str) -> None:
        """Words at a place."""
        self.parts.append(f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>')

    def line(self, points: Iterable[tuple[float, float]], kind: str) -> None:
        """Points joined; what lies above the plot is cut off at its edge."""
        places = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        box = f'x="{_LEFT}" y="{_TOP - 2}" width="{width}" height="{height + 4}" viewBox="{_LEFT} {_TOP - 2} {width} {height + 4}"'
        self.parts.append(f'<svg {box}><polyline class="{kind}" points="{places}"/></svg>')

    def dot(self, x: float, y: float, kind: str, words: str, radius: float = 4.5) -> None:
        """A mark with a tooltip, where it lies inside the plot."""
        if y > self.y_most:
            return
        self.parts.append(
            f'<circle class="{kind}" cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="{radius}"><title>{escape(words)}</title></circle>'
        )

    def svg(self) -> str:
        """The drawing."""
        return _svg(_WIDTH, _HEIGHT, self.title, self.parts)


def risk(points: Sequence[RiskPoint], without_gates: Sequence[RiskPoint], threshold: float, allowed: float) -> str:
    """Share of wrong answers against the share of answerable mails that are answered."""
    shown = [point for point in points if point.answers >= _LEAST_ANSWERS]
    bare = [point for point in without_gates if point.answers >= _LEAST_ANSWERS]
    highest = max([allowed * 2, *(point.risk for point in [*shown, *bare])], default=_HIGHEST_RISK)
    plot = _Plot(1.0, _nice(min(highest, _HIGHEST_RISK)), "Risk against coverage")
    plot.axes("answerable mails answered", "wrong answers of all answers", 5, 4)
    plot.line([(0, allowed), (1, allowed)], "limit")
    plot.text(plot.x(1.0), plot.y(allowed) - 5, f"allowed {_percent(allowed)}", "tick end")
    plot.line(((point.coverage, point.bound) for point in shown if point.bound <= plot.y_most), "bound")
    plot.line(((point.coverage, point.risk) for point in bare), "series-2")
    plot.line(((point.coverage, point.risk) for point in shown), "series-1")
    for point in _thinned(shown):
        plot.dot(point.coverage, point.risk, "hit", _risk_words(point), 7)
    chosen = [point for point in points if point.threshold >= threshold]
    if chosen:
        plot.dot(chosen[-1].coverage, chosen[-1].risk, "mark", f"the threshold in force: {_risk_words(chosen[-1])}", 5.5)
    return plot.svg()


def reliability(found: Reliability, name: str, truth: str) -> str:
    """What was said against what came true; the diagonal is honesty."""
    plot = _Plot(1.0, 1.0, f"Reliability: {name}")
    plot.axes(name, truth, 5, 5)
    plot.line([(0, 0), (1, 1)], "limit")
    plot.line(((one.confidence, one.right) for one in found.bins), "series-1 thin")
    for one in found.bins:
        plot.parts.append(
            f'<line class="whisker" x1="{plot.x(one.confidence):.1f}" x2="{plot.x(one.confidence):.1f}"'
            f' y1="{plot.y(one.low):.1f}" y2="{plot.y(one.high):.1f}"/>'
        )
        words = f"said {one.confidence:.3f}, came true {one.right:.3f} ({one.low:.3f} to {one.high:.3f}), n = {one.n}"
        plot.dot(one.confidence, one.right, "dot", words)
    return plot.svg()


def intents(rows: Sequence[IntentRow]) -> str:
    """Precision and recall of each intent with their 95% intervals."""
    height = _ROW * len(rows) + 40
    at = _scale(_NAMES, _WIDTH - 60)
    parts = []
    for i in range(6):
        parts.append(f'<line class="grid" x1="{at(i / 5):.1f}" x2="{at(i / 5):.1f}" y1="8" y2="{height - 30}"/>')
        parts.append(f'<text class="tick middle" x="{at(i / 5):.1f}" y="{height - 12}">{_percent(i / 5)}</text>')
    for index, row in enumerate(rows):
        y = 22 + _ROW * index
        parts.append(f'<text class="name end" x="{_NAMES - 12}" y="{y + 4}">{escape(row.intent.value)}</text>')
        parts.append(f'<text class="tick" x="{_WIDTH - 52}" y="{y + 4}">n = {row.recall.n}</text>')
        for figure, kind, shift in ((row.precision, "1", -5), (row.recall, "2", 5)):
            if figure.value is not None:
                place, low, high = y + shift, at(figure.low), at(figure.high)
                words = escape(f"{row.intent.value}, {figure.name}: {figure}")
                parts.append(f'<line class="whisker w{kind}" x1="{low:.1f}" x2="{high:.1f}" y1="{place}" y2="{place}"/>')
                parts.append(
                    f'<circle class="dot d{kind}" cx="{at(figure.value):.1f}" cy="{place}" r="4.5"><title>{words}</title></circle>'
                )
    return _svg(_WIDTH, height, "Precision and recall by intent", parts)


def _risk_words(point: RiskPoint) -> str:
    return (
        f"threshold {point.threshold:.3f}: {point.answers} answers, {point.wrong} wrong ({point.risk:.2%}),"
        f" {point.coverage:.1%} of the answerable; at most {point.bound:.2%} wrong, 95% sure"
    )


def _thinned(points: Sequence[RiskPoint], most: int = 80) -> Sequence[RiskPoint]:
    """Every so-manyth point: that is where a mouse finds numbers."""
    return points[:: max(1, len(points) // most)]


def _scale(left: float, right: float) -> Callable[[float], float]:
    return lambda share: left + (right - left) * share


def _nice(value: float) -> float:
    """The next end of an axis that gives round ticks."""
    return next((end for end in (0.02, 0.04, 0.08, 0.12, 0.16, 0.2) if value <= end), _HIGHEST_RISK)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}".rstrip("0").rstrip(".") + "%"


def _svg(width: int, height: int, title: str, parts: Iterable[str]) -> str:
    inside = "".join(parts)
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">{inside}</svg>'
