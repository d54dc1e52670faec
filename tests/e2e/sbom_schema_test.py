"""SBOMs against their schemas, and what no schema says: references that lead somewhere, identifiers that are unique."""
import json
import os
import subprocess
import sys
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

ROOT = os.environ["HULLCHECK_ROOT"]
PROGRAM = os.path.join(os.environ["HULLCHECK_BUILD"], "tests", "report_sample")
if not os.path.exists(PROGRAM):
    print("skipped: report_sample is not built")
    sys.exit(77)


def load(name):
    with open(os.path.join(ROOT, "tests", "data", name), encoding="utf-8") as file:
        return json.load(file)


def cyclonedx_validator():
    main, licences, signatures = load("cyclonedx-1.6.schema.json"), load("cyclonedx-spdx.schema.json"), load(
        "cyclonedx-jsf-0.82.schema.json")
    base = "http://cyclonedx.org/schema/"
    store = {base + name: schema for name, schema in (
        ("spdx.SNAPSHOT.schema.json", licences), ("jsf-0.82.SNAPSHOT.schema.json", signatures),
        ("spdx.schema.json", licences), ("jsf-0.82.schema.json", signatures))}
    resolver = jsonschema.RefResolver(main["$id"], main, store=store)
    return jsonschema.Draft7Validator(main, resolver=resolver, format_checker=jsonschema.FormatChecker())


def check_cyclonedx(document):
    references = []

    def walk(component):
        references.append(component["bom-ref"])
        for inner in component.get("components", []):
            walk(inner)

    walk(document["metadata"]["component"])
    for component in document.get("components", []):
        walk(component)
    assert len(references) == len(set(references)), "a bom-ref is there twice"
    listed = [entry["ref"] for entry in document["dependencies"]]
    assert sorted(listed) == sorted(references), "dependencies are not of every component"
    for entry in document["dependencies"]:
        assert set(entry["dependsOn"]) <= set(references)
    for flaw in document["vulnerabilities"]:
        for place in flaw["affects"]:
            assert place["ref"] in references, flaw["id"]


def check_spdx(document):
    ids = [package["SPDXID"] for package in document["packages"]]
    assert len(ids) == len(set(ids)), "an SPDXID is there twice"
    known = set(ids) | {"SPDXRef-DOCUMENT"}
    relations = document["relationships"]
    assert any(r["relationshipType"] == "DESCRIBES" for r in relations)
    for relation in relations:
        assert relation["spdxElementId"] in known and relation["relatedSpdxElement"] in known
    extracted = {entry["licenseId"] for entry in document.get("hasExtractedLicensingInfos", [])}
    for package in document["packages"]:
        for word in package.get("licenseDeclared", "").split():
            assert not word.startswith("LicenseRef-") or word in extracted, word


spdx_schema = load("spdx-2.3.schema.json")
jsonschema.Draft7Validator.check_schema(spdx_schema)
FORMS = {"cyclonedx": (cyclonedx_validator(), check_cyclonedx),
         "spdx": (jsonschema.Draft7Validator(spdx_schema), check_spdx)}
failures = 0
samples = subprocess.run([PROGRAM], check=True, capture_output=True, text=True).stdout.split() + ["all"]
for form, (validator, check) in FORMS.items():
    for sample in samples:
        text = subprocess.run([PROGRAM, form, sample], check=True, capture_output=True).stdout
        assert text == subprocess.run([PROGRAM, form, sample], check=True, capture_output=True).stdout
        document = json.loads(text.decode("utf-8"))
        for error in validator.iter_errors(document):
            print(f"{form} {sample}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
            failures += 1
        check(document)
    # The validation must be able to fail.
    assert not validator.is_valid({**document, "surprise": 1}), "a document with an unknown field is accepted"
print(f"{len(samples)} samples in {len(FORMS)} formats, {failures} failures")
sys.exit(1 if failures else 0)
