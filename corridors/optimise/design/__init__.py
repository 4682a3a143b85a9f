"""Choose weekly services and their departures a week, with ships, train sets and flows."""
