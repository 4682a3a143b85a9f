"""Search routes by label setting over dates, exact in cost, hours and CO2e."""
