"""The report: one HTML file that answers first and opens with no network."""

from corridors.report.batch import render_batch_report
from corridors.report.investment import render_investment
from corridors.report.single import render_report

__all__ = ["render_batch_report", "render_investment", "render_report"]
