#!/usr/bin/env python3
"""`--vex registry`: what tools put beside an image in a real registry counts when asked for, and is said to be unverified."""
import base64
import json
import urllib.request

import support

ADVISORY = "CVE-2024-1"
IMAGE_TYPE = "application/vnd.oci.image.manifest.v1+json"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
STATUS = """Package: p1
Status: install ok installed
Architecture: amd64
Version: 1-1
Maintainer: Debian Developers <debian@example.org>
Description: a package
"""


class Registry:
    def __init__(self):
        self.host = support.start_registry()

    def request(self, method, path, body=b"", kind="application/octet-stream"):
        url = path if path.startswith("http") else f"http://{self.host}/v2/app/{path}"
        request = urllib.request.Request(url, data=body, method=method, headers={"Content-Type": kind})
        with urllib.request.urlopen(request) as answer:
            return answer.headers

    def blob(self, data):
        place = self.request("POST", "blobs/uploads/")["Location"]
        self.request("PUT", place + ("&" if "?" in place else "?") + "digest=" + support.sha256(data), data)
        return {"digest": support.sha256(data), "size": len(data)}

    def manifest(self, document, tag=None):
        data = json.dumps(document).encode()
        self.request("PUT", "manifests/" + (tag or support.sha256(data)), data, document["mediaType"])
        return {"mediaType": document["mediaType"], "digest": support.sha256(data), "size": len(data)}

    def artifact(self, layer, kind, tag=None, subject=None, **more):
        config = {"mediaType": "application/vnd.oci.image.config.v1+json"} | self.blob(b"{}")
        document = {"schemaVersion": 2, "mediaType": IMAGE_TYPE, "config": config,
                    "layers": [{"mediaType": kind} | self.blob(layer) | more]}
        if subject:
            document["subject"] = subject
        return self.manifest(document, tag)


def image(registry, tag, others=lambda subject: []):
    """An index of one image, with what `others` puts beside it. Gives the descriptors of image and index."""
    layer = support.layer({"etc/os-release": 'ID=debian\nVERSION_ID="12"\n', "var/lib/dpkg/status": STATUS,
                           "marker": tag})
    config = support.image_config([support.sha256(layer)])
    one = registry.manifest({
        "schemaVersion": 2, "mediaType": IMAGE_TYPE,
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json"} | registry.blob(config),
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar"} | registry.blob(layer)]})
    listed = [one | {"platform": {"os": "linux", "architecture": "amd64"}}]
    index = registry.manifest({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": listed + others(one)}, tag)
    return one, index


def vex(**more):
    statement = {"vulnerability": {"name": ADVISORY}, "status": "not_affected",
                 "justification": "vulnerable_code_not_present"} | more
    return {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex", "author": "The Team",
            "timestamp": "2026-01-01T00:00:00Z", "version": 1, "statements": [statement]}


def statement(subject, predicate, kind="https://openvex.dev/ns/v0.2.0"):
    return json.dumps({"_type": "https://in-toto.io/Statement/v1", "predicateType": kind, "predicate": predicate,
                       "subject": [{"name": "app", "digest": {"sha256": subject["digest"][7:]}}]}).encode()


def envelope(payload):
    return json.dumps({"payloadType": "application/vnd.in-toto+json", "payload": base64.b64encode(payload).decode(),
                       "signatures": [{"keyid": "", "sig": "MEUCIQ=="}]}).encode()


def tag_of(descriptor):
    return descriptor["digest"].replace(":", "-")


def database():
    path = support.scratch() / "vex.sqlite"
    if not path.exists():
        mirror = support.scratch() / "vex-mirror"
        target = mirror / "security-tracker.debian.org/tracker/data/json"
        target.parent.mkdir(parents=True)
        target.write_text(json.dumps({"p1": {ADVISORY: {"releases": {"bookworm": {
            "status": "resolved", "urgency": "high", "fixed_version": "2-1"}}}}}))
        answer = support.hullcheck("db", "update", "--mirror", mirror, "--db", path)
        assert answer.code == 0, answer
    return path


def scan(registry, tag, *more):
    return support.hullcheck("image", f"registry:{registry.host}/app:{tag}", "--insecure", "--format", "json", *more,
                             database=database())


def flaw(answer):
    flaws = [entry for entry in answer.json["vulnerabilities"] if entry["advisory"] == ADVISORY]
    assert len(flaws) == 1, answer
    return flaws[0]


def gaps(answer):
    return {gap["id"]: gap for gap in answer.json["coverage"]["gaps"]}


def counts(registry, tag, is_signed):
    assert flaw(scan(registry, tag))["decision"] != "ignore", "not unless asked for"
    answer = scan(registry, tag, "--vex", "registry")
    found = flaw(answer)
    assert found["decision"] == "ignore" and "The Team" in found["reason"], found
    reason = gaps(answer)["vex-unverified"]["reason"]
    assert ("nobody verified the signature" if is_signed else "not signed") in reason, reason


def does_not_count(registry, tag, gap):
    answer = scan(registry, tag, "--vex", "registry")
    assert flaw(answer)["decision"] != "ignore" and gap in gaps(answer), gaps(answer)
    assert gaps(answer)[gap]["effect"] == "note"


def cosign_tag():
    registry = Registry()
    one, _index = image(registry, "cosign")
    registry.artifact(envelope(statement(one, vex())), "application/vnd.dsse.envelope.v1+json", tag_of(one) + ".att",
                      annotations={"predicateType": "https://openvex.dev/ns/v0.2.0"})
    counts(registry, "cosign", True)


def referrers_by_tag_of_an_older_registry():
    registry = Registry()
    one, _index = image(registry, "tag")
    referrer = registry.artifact(json.dumps(vex()).encode(), "application/vnd.openvex+json", subject=one)
    registry.manifest({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": [referrer]}, tag_of(one))
    counts(registry, "tag", False)


def beside_the_image_as_buildkit_puts_it():
    registry = Registry()

    def attestation(one):
        kind = "https://openvex.dev/ns/v0.2.0"
        entry = registry.artifact(statement(one, vex()), "application/vnd.in-toto+json",
                                  annotations={"in-toto.io/predicate-type": kind})
        return [entry | {"platform": {"os": "unknown", "architecture": "unknown"},
                         "annotations": {"vnd.docker.reference.type": "attestation-manifest",
                                         "vnd.docker.reference.digest": one["digest"]}}]
    image(registry, "buildkit", attestation)
    counts(registry, "buildkit", False)


def signed_for_the_index():
    registry = Registry()
    _one, index = image(registry, "index")
    product = {"@id": "pkg:oci/app@" + index["digest"].replace(":", "%3A"), "subcomponents": [{"@id": "pkg:deb/debian/p1"}]}
    registry.artifact(envelope(statement(index, vex(products=[product]))), "application/vnd.dsse.envelope.v1+json",
                      tag_of(index) + ".att")
    counts(registry, "index", True)


def cyclonedx_and_csaf():
    registry = Registry()
    one, _index = image(registry, "cdx")
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"component": {"bom-ref": "x", "name": "app"}},
                "vulnerabilities": [{"id": ADVISORY, "affects": [{"ref": "x"}],
                                     "analysis": {"state": "not_affected", "detail": "The Team looked"}}]}
    registry.artifact(envelope(statement(one, document, "https://cyclonedx.org/bom")),
                      "application/vnd.dsse.envelope.v1+json", tag_of(one) + ".att")
    counts(registry, "cdx", True)
    one, _index = image(registry, "csaf")
    document = {"document": {"category": "csaf_vex", "publisher": {"name": "The Team"}},
                "product_tree": {"full_product_names": [{"product_id": "p", "name": "p1", "product_identification_helper":
                                                         {"purl": "pkg:deb/debian/p1"}}]},
                "vulnerabilities": [{"cve": ADVISORY, "product_status": {"known_not_affected": ["p"]}}]}
    registry.artifact(statement(one, document, "https://docs.oasis-open.org/csaf/csaf/v2.0"),
                      "application/vnd.in-toto+json", tag_of(one) + ".att")
    counts(registry, "csaf", False)


def what_must_not_count():
    registry = Registry()
    one, _index = image(registry, "a")
    other, _index = image(registry, "b")
    does_not_count(registry, "a", "vex-registry-none")
    registry.artifact(envelope(statement(other, vex())), "application/vnd.dsse.envelope.v1+json", tag_of(one) + ".att")
    does_not_count(registry, "a", "vex-subject-mismatch")
    registry.artifact(b"<html>", "application/vnd.dsse.envelope.v1+json", tag_of(one) + ".att")
    does_not_count(registry, "a", "vex-unreadable")
    registry.artifact(envelope(statement(one, vex(products=["pkg:oci/app@sha256:" + "0" * 64]))),
                      "application/vnd.dsse.envelope.v1+json", tag_of(one) + ".att")
    answer = scan(registry, "a", "--vex", "registry")
    assert flaw(answer)["decision"] != "ignore", "a product that is another image"
    layer = support.layer({"etc/os-release": 'ID=debian\nVERSION_ID="12"\n', "var/lib/dpkg/status": STATUS})
    archive = support.docker_archive(support.scratch() / "plain.tar", [layer])
    answer = support.hullcheck("image", archive, "--vex", "registry", "--format", "json", database=database())
    assert "vex-registry-unasked" in gaps(answer), answer


def saved_facts_give_the_same_report():
    registry = Registry()
    one, _index = image(registry, "facts")
    registry.artifact(envelope(statement(one, vex())), "application/vnd.dsse.envelope.v1+json", tag_of(one) + ".att")
    facts = support.scratch() / "facts"
    direct = scan(registry, "facts", "--vex", "registry", "--deterministic", "--save-facts", facts)
    judged = support.hullcheck("judge", facts, "--vex", "registry", "--deterministic", "--format", "json",
                               database=database())
    assert direct.out == judged.out
    without = support.hullcheck("judge", facts, "--format", "json", database=database())
    assert flaw(without)["decision"] != "ignore"
    text = support.hullcheck("judge", facts, "--vex", "registry", database=database())
    assert "verified" in text.out, text


if __name__ == "__main__":
    support.run(cosign_tag, referrers_by_tag_of_an_older_registry, beside_the_image_as_buildkit_puts_it,
                signed_for_the_index, cyclonedx_and_csaf, what_must_not_count, saved_facts_give_the_same_report)
