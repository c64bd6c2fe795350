"""One self-contained HTML file for a run or a batch. Draws, never computes physics."""

from spicegen.report.page.run import write_run_report

__all__ = ["write_run_report"]
