"""Tells which products are at or below their reorder level, and how many weeks the stock lasts."""

import csv
import json
from collections import Counter
from pathlib import Path

WEEKS = 26
"""How long a time orders.csv covers."""


def main() -> None:
    """Read stock.json and orders.csv, and print a line for each product that is short."""
    sold: Counter[str] = Counter()
    with Path("orders.csv").open(encoding="utf-8", newline="") as file:
        for order in csv.DictReader(file):
            sold[order["product"]] += int(order["quantity"])
    for item in json.loads(Path("stock.json").read_text(encoding="utf-8")):
        if item["in_stock"] <= item["reorder_at"]:
            weeks = item["in_stock"] / (sold[item["product"]] / WEEKS)
            left = f"{item['in_stock']} left, {weeks:.1f} weeks"
            print(f"{item['product']}: {left}, order from {item['supplier']}")


main()
