"""The report: one HTML file that answers first and opens with no network."""
