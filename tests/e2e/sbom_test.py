"""Image → SBOM → `hullcheck sbom` gives the image's vulnerabilities; other tools' dialects and broken files are read or
named; an SBOM alone is never safe."""
import json

import support
from support import FAILED, UNKNOWN, UNSAFE, hullcheck

SAME = [key for key in ("id", "advisory", "aliases", "package", "packageVersion", "architecture", "sourceName", "purl",
                        "severity", "fixedVersion", "status", "knownExploited", "feed", "ecosystem", "location")]


def flaws(report):
    return [{key: flaw[key] for key in SAME} for flaw in report["vulnerabilities"]]


def write(name, content):
    path = support.scratch() / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def round_trip(name, archive):
    facts = support.scratch() / f"{name}.facts"
    database = support.database()
    image = hullcheck("image", archive, "--format", "json", "--save-facts", facts, database=database)
    assert image.code in (0, UNSAFE, UNKNOWN), image
    expected = flaws(image.json)
    assert expected, "the sample has nothing to compare"
    for form in ("cyclonedx", "spdx"):
        sbom = support.scratch() / f"{name}.{form}.json"
        again = [hullcheck("judge", facts, "--format", form, "--deterministic", "-o", sbom, database=database).code,
                 sbom.read_bytes()]
        hullcheck("judge", facts, "--format", form, "--deterministic", "-o", sbom, database=database)
        assert sbom.read_bytes() == again[1], "not the same bytes every time"
        answer = hullcheck("sbom", sbom, "--format", "json", database=database)
        assert answer.code == (UNSAFE if image.code == UNSAFE and any(
            f["decision"] == "stop" for f in image.json["vulnerabilities"]) else UNKNOWN), answer
        report = answer.json
        assert flaws(report) == expected, form
        assert report["image"]["distribution"] == image.json["image"]["distribution"]
        assert [layer["diffId"] for layer in report["image"]["layers"]] == [
            layer["diffId"] for layer in image.json["image"]["layers"]]
        stages = report["coverage"]["stages"]
        assert all(stages[name] == "absent" for name in ("malware", "secrets", "layers", "checks")), stages
        ids = {gap["id"] for gap in report["coverage"]["gaps"]}
        assert "not-in-sbom" in ids
        # What the image's scan could not see, the SBOM does not hide.
        for gap in image.json["coverage"]["gaps"]:
            assert gap["stage"] not in ("layers", "inventory") or gap["id"] in ids, gap


def a_made_image_gives_its_vulnerabilities_again():
    dpkg = "".join(
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: Debian <d@example.org>\n"
        f"Version: {version}\n{source}\n"
        for name, version, source in (("libssl1.1", "1.1.1k-1", "Source: openssl\n"), ("zlib1g", "1:1.2.11.dfsg-2", "Source: zlib\n"),
                                      ("base-files", "11.1", ""), ("libc6", "2.31-13+b1", "Source: glibc (2.31-13)\n")))
    bottom = support.layer({"etc/os-release": 'ID=debian\nVERSION_ID="11"\nVERSION_CODENAME=bullseye\n'
                                              'PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"\n',
                            "var/lib/dpkg/status": dpkg})
    top = support.layer({"app/node_modules/lodash/package.json": '{"name": "lodash", "version": "4.17.15"}',
                         "app/node_modules/@hapi/hoek/package.json": '{"name": "@hapi/hoek", "version": "8.5.0"}',
                         "app/package-lock.json": '{"lockfileVersion": 3, "packages": {"node_modules/minimist": '
                                                  '{"version": "1.2.0"}}}'})
    round_trip("made", support.docker_archive(support.scratch() / "made.tar", [bottom, top], tag="sample/made:1"))


def a_real_image_gives_its_vulnerabilities_again():
    if not (support.KEEP / "bullseye-full.tree.tar").exists():
        print("  (bullseye-full was not made by the tests of images: left out)")
        return
    round_trip("bullseye", support.debian_image("bullseye-full"))


def dialects_of_other_tools_are_judged():
    trivy = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
        {"type": "operating-system", "name": "debian", "version": "11.8"},
        {"type": "library", "name": "libssl1.1", "version": "1.1.1k-1",
         "purl": "pkg:deb/debian/libssl1.1@1.1.1k-1?arch=amd64&distro=debian-11.8",
         "properties": [{"name": "aquasecurity:trivy:SrcName", "value": "openssl"},
                        {"name": "aquasecurity:trivy:SrcVersion", "value": "1.1.1k"},
                        {"name": "aquasecurity:trivy:SrcRelease", "value": "1"}]}]}
    syft = {"artifacts": [{"name": "libssl1.1", "version": "1.1.1k-1", "type": "deb", "locations": [],
                           "purl": "pkg:deb/debian/libssl1.1@1.1.1k-1?arch=amd64&distro=debian-11&upstream=openssl",
                           "metadata": {"source": "openssl"}}],
            "distro": {"id": "debian", "versionID": "11"}, "descriptor": {"name": "syft", "version": "1"},
            "schema": {"version": "16"}}
    tags = ("SPDXVersion: SPDX-2.3\nPackageName: libssl1.1\nPackageVersion: 1.1.1k-1\n"
            "PackageSourceInfo: built package from: openssl 1.1.1k-1\n"
            "ExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/libssl1.1@1.1.1k-1?distro=debian-11\n")
    urls = "pkg:deb/debian/libssl1.1@1.1.1k-1?arch=amd64&distro=debian-11&upstream=openssl\n"
    wrapped = {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://cyclonedx.org/bom",
               "predicate": {"Data": trivy}}
    seen = {}
    for name, content in (("trivy", trivy), ("syft", syft), ("tags", tags), ("urls", urls), ("wrapped", wrapped)):
        answer = hullcheck("sbom", write(name, content), "--format", "json", database=support.database())
        assert answer.code in (UNSAFE, UNKNOWN), answer
        seen[name] = [flaw["advisory"] for flaw in answer.json["vulnerabilities"]]
    assert seen["trivy"], "nothing was found"
    assert all(found == seen["trivy"] for found in seen.values()), {k: len(v) for k, v in seen.items()}


def a_clean_sbom_is_no_proof():
    answer = hullcheck("sbom", write("clean", "pkg:pypi/no-such-package@1.0\n"), "--format", "json",
                       database=support.database())
    assert answer.code == UNKNOWN, answer
    nothing = hullcheck("sbom", write("nothing.json", {"bomFormat": "CycloneDX", "specVersion": "1.6"}),
                        "--format", "json", database=support.database())
    assert nothing.code == UNKNOWN and "sbom-empty" in {g["id"] for g in nothing.json["coverage"]["gaps"]}


def the_distribution_can_be_given():
    path = write("bare", "pkg:deb/libssl1.1@1.1.1k-1?upstream=openssl\n")
    bare = hullcheck("sbom", path, "--format", "json", database=support.database())
    assert "unknown-distribution" in {g["id"] for g in bare.json["coverage"]["gaps"]}, bare
    told = hullcheck("sbom", path, "--distro", "debian:11", "--format", "json", database=support.database())
    assert told.json["vulnerabilities"] and told.code in (UNSAFE, UNKNOWN)
    assert hullcheck("sbom", path, "--distro", ":", database=support.database()).code == FAILED


def what_cannot_be_read_is_named():
    for name, content, word in (("empty", "", "empty"), ("no-json", "{", "JSON"), ("other", "hello", "no SBOM"),
                                ("xml", "<bom/>", "XML"), ("future", '{"bomFormat":"CycloneDX","specVersion":"9"}', "9"),
                                ("deep", "{\"a\":" + "[" * 1000 + "]" * 1000 + "}", "nested"),
                                ("spdx3", '{"spdxVersion":"SPDX-3.0"}', "SPDX-3.0")):
        answer = hullcheck("sbom", write(name, content))
        assert answer.code == FAILED and word in answer.err, (name, answer)
    assert hullcheck("sbom", support.scratch() / "absent").code == FAILED


def half_a_gigabyte_is_refused_at_once():
    path = support.scratch() / "large.json"
    with open(path, "wb") as file:
        file.write(b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":[')
        file.truncate(500 << 20)
    answer = hullcheck("sbom", path)
    assert answer.code == FAILED and "larger" in answer.err, answer
    assert answer.seconds < 20, answer.seconds


support.run(a_made_image_gives_its_vulnerabilities_again, a_real_image_gives_its_vulnerabilities_again,
            dialects_of_other_tools_are_judged, a_clean_sbom_is_no_proof, the_distribution_can_be_given,
            what_cannot_be_read_is_named, half_a_gigabyte_is_refused_at_once)
