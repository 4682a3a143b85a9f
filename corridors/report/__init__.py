"""The report: one HTML file that answers first and opens with no network."""

from corridors.report.single import render_report

__all__ = ["render_report"]
