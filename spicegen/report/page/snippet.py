"""What a notebook shows of a run."""

from __future__ import annotations

from spicegen.report.page.blocks import HEIGHT, TOP, WIDTH, network_blocks
from spicegen.report.page.render import environment
from spicegen.report.source import Run

MOST_ROWS = 8


def run_html(run: Run) -> str:
    """Blocks of the network, errors of the worst outputs, engine; every text is escaped."""
    outputs = list(enumerate(run.accuracy.per_output))
    if len(outputs) > MOST_ROWS:
        outputs.sort(key=lambda item: -item[1].max_error_pct)
    return (
        environment()
        .get_template("snippet.html.j2")
        .render(
            result=run.summary,
            accuracy=run.accuracy,
            blocks=network_blocks(run.summary.get("layers", [])),
            block={"width": WIDTH, "height": HEIGHT, "top": TOP},
            listed=outputs[:MOST_ROWS],
            more=max(0, len(outputs) - MOST_ROWS),
            directory=str(run.directory),
        )
    )
