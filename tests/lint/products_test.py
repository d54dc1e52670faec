"""Every program that is known by its bytes is in the table of the NVD's products, with a product or without: so that a new
signature is not forgotten there."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    signatures = next((ROOT / "src" / "detect").rglob("program_signatures.cpp")).read_text()
    names = set(re.findall(r'^    \{"([^"]+)", VersionPlace::', signatures, re.M))
    table = (ROOT / "src" / "advisories" / "cpe_products.cpp").read_text()
    rows = dict(re.findall(r'^    \{"([^"]+)", "([^"]*)"\},', table, re.M))
    problems = [f"{name} is in no row of cpe_products.cpp" for name in sorted(names - set(rows))]
    problems += [f"{name}: {product!r} is no vendor:product" for name, products in rows.items() for product in products.split()
                 if not re.fullmatch(r"[a-z0-9._-]+:[a-z0-9._-]+", product)]
    if list(rows) != sorted(rows):
        problems.append("the rows are not in order")
    print("\n".join(problems) or f"{len(names)} programs, {len(rows)} rows")
    return 1 if problems or len(names) < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
