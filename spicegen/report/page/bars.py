"""Bars as SVG text: drawn once, printed sharp."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT, LEFT, BELOW = 520, 250, 48, 34
TICKS = 5


def histogram_svg(edges: Sequence[float], shares: Sequence[float], unit: str) -> Markup:
    """Shares over a logarithmic axis.

    Args:
        edges: (bins + 1,) rising by one ratio.
        shares: (bins,) percent.
        unit: of the edges.
    """
    top = max(shares) or 1.0
    each = (WIDTH - LEFT - 8) / len(shares)
    high = HEIGHT - BELOW - 10
    parts = []
    for index, share in enumerate(shares):
        tall = high * share / top
        parts.append(
            Markup(
                '<rect class="fill" x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}">'
                "<title>{} to {} {}: {:.3g} %</title></rect>"
            ).format(
                LEFT + index * each,
                10 + high - tall,
                each - 1,
                tall,
                _short(edges[index]),
                _short(edges[index + 1]),
                unit,
                share,
            )
        )
    for tick in range(TICKS + 1):
        place = round(tick * len(shares) / TICKS)
        parts.append(
            Markup(
                '<text class="quiet" x="{:.1f}" y="{}" font-size="11" text-anchor="{}">{}</text>'
            ).format(
                LEFT + place * each,
                HEIGHT - BELOW + 16,
                "middle" if tick < TICKS else "end",
                _short(edges[place]),
            )
        )
    parts.append(
        Markup(
            '<text class="quiet" x="{}" y="{}" font-size="11" text-anchor="middle">{}</text>'
        ).format((WIDTH + LEFT) / 2, HEIGHT - 4, f"error, {unit}")
    )
    parts += [
        Markup(
            '<text class="quiet" x="{}" y="{:.1f}" font-size="11" text-anchor="end">{:.2g} %</text>'
        ).format(LEFT - 6, 14 + high * (1 - share / top), share)
        for share in (0.0, top / 2, top)
    ]
    start = Markup('<svg viewBox="0 0 {} {}" width="{}" role="img" aria-label="histogram">').format(
        WIDTH, HEIGHT, WIDTH
    )
    return start + Markup("").join(parts) + Markup("</svg>")


def _short(value: float) -> str:
    """Two digits, without an exponent from 0.0001 to a million."""
    rounded = float(f"{value:.2g}")
    return f"{rounded:.0f}" if 10 <= abs(rounded) < 1e6 else f"{rounded:g}"
