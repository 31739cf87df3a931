#!/usr/bin/env python3
"""Makes price lists of any size from the samples: the same prices again and again under other SKUs.

usage: Benchmarks/price_lists.py FOLDER [ROWS]

FOLDER becomes a folder of samples with about ROWS prices (120,000) of each of three clouds, for the setting
`samples` of the section `prices`, for `pscraper mock` and for the benchmarks. The same arguments make the same files.
"""
import csv
import gzip
import io
import json
import pathlib
import shutil
import sys

SAMPLES = pathlib.Path(__file__).resolve().parent.parent / "Samples"
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def mark(number, width=4):
    """A number as letters, to be put into the names of a copy."""
    text = ""
    for _ in range(width):
        number, rest = divmod(number, len(LETTERS))
        text = LETTERS[rest] + text
    return text


def make_aws(folder, rows):
    path = folder / "aws/offers/v1.0/aws/AmazonEC2/current/eu-west-1/index.csv"
    lines = path.read_text().splitlines(keepends=True)
    heading = next(number for number, line in enumerate(lines) if line.startswith("SKU,"))
    # The few rows that break a rule in one copy would break it in each.
    prices = [row for row in csv.reader(lines[heading + 1 :]) if row and len(row[0]) == 16]
    prices = [row for row in prices if row[2].startswith(row[0]) and row[3] in ("OnDemand", "Reserved")]
    with path.open("w", newline="") as out:
        out.writelines(lines[: heading + 1])
        writer = csv.writer(out, lineterminator="\n")
        for copy in range(-(-rows // len(prices))):
            for row in prices[: rows - copy * len(prices)]:
                sku = row[0][:12] + mark(copy)
                writer.writerow([sku, row[1], row[2].replace(row[0], sku)] + row[3:])


def make_azure(folder, rows):
    lists = sorted((folder / "azure/retail-prices").glob("*.json.gz"))
    for older in lists[:-1]:
        older.unlink()
    text = gzip.decompress(lists[-1].read_bytes()).decode()
    items = json.loads(text)
    with gzip.GzipFile(lists[-1], "wb", compresslevel=1, mtime=0) as file, io.TextIOWrapper(file) as out:
        out.write("[\n")
        for index in range(rows):
            item = dict(items[index % len(items)])
            item["meterId"] = item["meterId"][:-4] + f"{index // len(items):04x}"
            for name in ("productId", "skuId"):
                item[name] = item[name].replace("DZH3", mark(index // len(items)), 1)
            out.write(",\n" if index else "")
            json.dump(item, out)
        out.write("\n]\n")


def make_google(folder, rows):
    path = folder / "gcp/skus/opencost.json"
    skus = json.loads(path.read_text())["skus"]
    # The mock has no others where prices in USD are asked for.
    skus = [sku for sku in skus if '"currencyCode": "USD"' in json.dumps(sku)]
    copies, made = [], 0
    while made < rows:
        sku = json.loads(json.dumps(skus[len(copies) % len(skus)]))
        sku["skuId"] = mark(len(copies)) + sku["skuId"][4:]
        sku["name"] = sku["name"].rsplit("/", 1)[0] + "/" + sku["skuId"]
        copies.append(sku)
        made += len(sku["serviceRegions"]) * sum(
            len(price["pricingExpression"]["tieredRates"]) for price in sku["pricingInfo"]
        )
    path.write_text(json.dumps({"skus": copies}, indent=4) + "\n")


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    folder, rows = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 120_000
    shutil.copytree(SAMPLES, folder)
    # A line of it would mean too many prices to be told apart.
    (folder / "bill.yml").unlink()
    make_aws(folder, rows)
    make_azure(folder, rows)
    make_google(folder, rows)


main()
