"""Reports: single HTML files that work offline."""

from corridors.output.html.report.batch import render_batch_report
from corridors.output.html.report.investment import render_investment
from corridors.output.html.report.single import render_report

__all__ = ["render_batch_report", "render_investment", "render_report"]
