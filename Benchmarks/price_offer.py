#!/usr/bin/env python3
"""Makes an AWS offer file in JSON, of the shape of AmazonEC2's for one region, with made-up products.

usage: Benchmarks/price_offer.py FILE [PRODUCTS]

55,000 products (the default) make 500 MB and 650,000 rates: one on demand for each product, and for most of them
eleven reserved terms of one or two rates. The same arguments make the same file.
"""
import json
import random
import sys

FAMILIES = ["m5", "c5", "r5", "m6g", "i3", "t3"]
SIZES = [("large", 2, 8), ("xlarge", 4, 16), ("2xlarge", 8, 32), ("4xlarge", 16, 64), ("8xlarge", 32, 128)]
SYSTEMS = ["Linux", "Windows", "RHEL", "SUSE"]
# A term's code, its length, class and option, and whether it has a fee and a rate an hour.
TERMS = [
    (f"TERM{number:02}CODE", length, kind, option, option != "No Upfront")
    for number, (length, kind, option) in enumerate(
        (length, kind, option)
        for length in ("1yr", "3yr")
        for kind in ("standard", "convertible")
        for option in ("No Upfront", "Partial Upfront", "All Upfront")
    )
]


def product(sku, chance):
    family, (size, processors, memory) = chance.choice(FAMILIES), chance.choice(SIZES)
    attributes = {
        "servicecode": "AmazonEC2", "location": "EU (Ireland)", "locationType": "AWS Region",
        "instanceType": f"{family}.{size}", "currentGeneration": "Yes", "instanceFamily": "General purpose",
        "vcpu": str(processors), "physicalProcessor": "Intel Xeon Platinum 8175", "clockSpeed": "3.1 GHz",
        "memory": f"{memory} GiB", "storage": "EBS only", "networkPerformance": "Up to 10 Gigabit",
        "processorArchitecture": "64-bit", "tenancy": chance.choice(["Shared", "Dedicated"]),
        "operatingSystem": chance.choice(SYSTEMS), "licenseModel": "No License required",
        "usagetype": f"EU-BoxUsage:{family}.{size}", "operation": "RunInstances", "availabilityzone": "NA",
        "capacitystatus": "Used", "classicnetworkingsupport": "false", "dedicatedEbsThroughput": "Up to 2120 Mbps",
        "ecu": "NA", "enhancedNetworkingSupported": "Yes", "gpuMemory": "NA", "intelAvxAvailable": "Yes",
        "intelAvx2Available": "Yes", "intelTurboAvailable": "Yes", "marketoption": "OnDemand",
        "normalizationSizeFactor": "4", "preInstalledSw": "NA", "processorFeatures": "Intel AVX; Intel Turbo",
        "regionCode": "eu-west-1", "servicename": "Amazon Elastic Compute Cloud", "vpcnetworkingsupport": "true",
    }  # fmt: skip
    return {"sku": sku, "productFamily": "Compute Instance", "attributes": attributes}


def dimension(rate_code, description, unit, price, is_tiered):
    ends = {"beginRange": "0", "endRange": "Inf"} if is_tiered else {}
    return {
        "rateCode": rate_code, "description": description, **ends, "unit": unit,
        "pricePerUnit": {"USD": price}, "appliesTo": [],
    }  # fmt: skip


def term(sku, code, dimensions, attributes):
    return {
        "offerTermCode": code, "sku": sku, "effectiveDate": "2025-04-01T00:00:00Z",
        "priceDimensions": {entry["rateCode"]: entry for entry in dimensions}, "termAttributes": attributes,
    }  # fmt: skip


def on_demand(sku, chance):
    code = "JRTCKXETXF"
    rate = dimension(f"{sku}.{code}.6YS6EN2CT7", "an hour on demand", "Hrs", f"{chance.uniform(0.01, 30):.10f}", True)
    return {f"{sku}.{code}": term(sku, code, [rate], {})}


def reserved(sku, chance):
    terms = {}
    for code, length, kind, option, has_fee in TERMS[:11]:
        price = f"{chance.uniform(0, 20):.10f}"
        rates = [dimension(f"{sku}.{code}.6YS6EN2CT7", "an hour of a reserved instance", "Hrs", price, True)]
        if has_fee:
            fee = str(chance.randint(100, 90_000))
            rates.insert(0, dimension(f"{sku}.{code}.2TG2D8R56U", "Upfront Fee", "Quantity", fee, False))
        attributes = {"LeaseContractLength": length, "OfferingClass": kind, "PurchaseOption": option}
        terms[f"{sku}.{code}"] = term(sku, code, rates, attributes)
    return terms


def write_object(out, skus, value, indent):
    """One member for each SKU, in the layout of AWS's own files."""
    for index, sku in enumerate(skus):
        text = json.dumps(value(sku), indent=2, separators=(",", " : "))
        body = text.replace("\n", "\n" + " " * indent)
        out.write(f'{" " * indent}"{sku}" : {body}{"," if index + 1 < len(skus) else ""}\n')


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    count = int(sys.argv[2]) if len(sys.argv) == 3 else 55_000
    chance = random.Random(1)
    skus = ["".join(chance.choices("23456789ABCDEFGHJKMNPQRSTUVWXYZ", k=16)) for _ in range(count)]
    with_terms = [sku for sku in skus if chance.random() < 0.6]
    with open(sys.argv[1], "w", buffering=1 << 20) as out:
        out.write('{\n  "formatVersion" : "v1.0",\n  "offerCode" : "AmazonEC2",\n  "version" : "20250422213507",\n')
        out.write('  "publicationDate" : "2025-04-22T21:35:07Z",\n  "products" : {\n')
        write_object(out, skus, lambda sku: product(sku, chance), 4)
        out.write('  },\n  "terms" : {\n    "OnDemand" : {\n')
        write_object(out, skus, lambda sku: on_demand(sku, chance), 6)
        out.write('    },\n    "Reserved" : {\n')
        write_object(out, with_terms, lambda sku: reserved(sku, chance), 6)
        out.write('    }\n  },\n  "attributesList" : { }\n}\n')


main()
