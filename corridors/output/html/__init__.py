"""Pages that open with no network: report, map, gallery."""
