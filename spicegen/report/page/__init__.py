"""One self-contained HTML file for a run or a batch. Draws, never computes physics."""

from spicegen.report.page.batch import Batch, write_batch_report
from spicegen.report.page.run import write_run_report

__all__ = ["Batch", "write_batch_report", "write_run_report"]
