"""Reports against their schemas: docs/report-schema.json for JSON, the OASIS schema for SARIF."""
import json
import os
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

ROOT = os.environ["HULLCHECK_ROOT"]
PROGRAM = os.path.join(os.environ["HULLCHECK_BUILD"], "tests", "report_sample")
SCHEMAS = {"json": "docs/report-schema.json", "sarif": "tests/data/sarif-schema-2.1.0.json"}

if not os.path.exists(PROGRAM):
    print("skipped: report_sample is not built")
    sys.exit(77)


def undescribed(schema, path="#"):
    """Every property must say what it is, and every object must be closed."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "additionalProperties" not in schema:
            yield path + ": open object"
        for name, field in schema.get("properties", {}).items():
            if "description" not in field and "$ref" not in field:
                yield f"{path}/{name}: no description"
        for name, part in schema.items():
            yield from undescribed(part, f"{path}/{name}")
    elif isinstance(schema, list):
        for part in schema:
            yield from undescribed(part, path)


failures = 0
samples = subprocess.run([PROGRAM], check=True, capture_output=True, text=True).stdout.split() + ["all"]
for form, schema_path in SCHEMAS.items():
    with open(os.path.join(ROOT, schema_path), encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for sample in samples:
        text = subprocess.run([PROGRAM, form, sample], check=True, capture_output=True).stdout
        report = json.loads(text.decode("utf-8"))
        for error in validator.iter_errors(report):
            for detail in [error] + list(error.context):
                print(f"{form} {sample}: {'/'.join(map(str, detail.absolute_path))}: {detail.message[:300]}")
            failures += 1
    if form == "json":
        problems = list(undescribed(schema))
        failures += len(problems)
        print("\n".join(problems))
    # The validation must be able to fail.
    assert not validator.is_valid({**report, "surprise": 1}), "a report with an unknown field is accepted"
print(f"{len(samples)} samples in {len(SCHEMAS)} formats, {failures} failures")
sys.exit(1 if failures else 0)
