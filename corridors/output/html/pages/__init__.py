"""Pages of studies: seasons, stress tests, catchments, differences; and the start page."""
