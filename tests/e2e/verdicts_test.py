"""The verdicts that the product stands for, on real images and real advisory data."""
import json

import support
from support import SAFE, UNKNOWN, UNSAFE, hullcheck


def scan(image, *args, **kwargs):
    return hullcheck("image", image, "--format", "json", *args, **kwargs)


def alpine_past_its_life_is_unknown():
    answer = scan(support.SHARED / "conformance/images/alpine-3.10.tar.gz", database=support.database())
    assert answer.code == UNKNOWN, answer
    report = answer.json
    assert report["verdict"] == "unknown"
    assert len(report["packages"]) == 14, [p["name"] for p in report["packages"]]
    assert any(gap["id"] == "end-of-life" for gap in report["coverage"]["gaps"]), report["coverage"]
    assert report["threats"] == []


def minimal_trixie_is_safe():
    answer = scan(support.debian_image("trixie"), database=support.database())
    assert answer.code == SAFE, answer
    report = answer.json
    assert report["verdict"] == "safe" and report["coverage"]["complete"], report["coverage"]
    assert report["threats"] == []
    note = [gap for gap in report["coverage"]["gaps"] if "unfixed" in gap["reason"]]
    assert note and all(gap["effect"] == "note" for gap in note), report["coverage"]["gaps"]


def minimal_bullseye_is_unknown():
    answer = scan(support.debian_image("bullseye"), database=support.database())
    assert answer.code == UNKNOWN, answer
    assert any(gap["id"] == "end-of-life" for gap in answer.json["coverage"]["gaps"])


def bullseye_full_of_holes_is_unsafe():
    answer = scan(support.debian_image("bullseye-full"), database=support.database())
    assert answer.code == UNSAFE, answer
    report = answer.json
    exploited = {(v["advisory"], v["sourceName"]) for v in report["vulnerabilities"] if v["knownExploited"]}
    assert ("CVE-2025-27363", "freetype") in exploited, exploited
    assert ("CVE-2025-24813", "tomcat9") in exploited, exploited
    assert len(report["vulnerabilities"]) > 300, len(report["vulnerabilities"])
    assert report["threats"] == [], report["threats"]
    first = hullcheck("image", support.debian_image("bullseye-full"), database=support.database())
    assert first.code == UNSAFE and first.out.splitlines()[0].startswith("UNSAFE"), first


def clean_debian_images_have_no_threats():
    for name in ("trixie", "bookworm", "bullseye", "bullseye-full"):
        report = scan(support.debian_image(name), database=support.database()).json
        stopping = [s for s in report["secrets"] if s["decision"] == "stop"]
        assert report["threats"] == [] and stopping == [], (name, report["threats"], stopping)


def without_a_database_nothing_is_safe():
    answer = hullcheck("image", support.debian_image("trixie"))
    assert answer.code == UNKNOWN, answer
    assert "hullcheck db update" in answer.out, answer
    assert "0 vulnerabilities" not in answer.out, answer


def facts_are_judged_as_the_image_is():
    facts = support.scratch() / "facts"
    image = support.debian_image("bullseye-full")
    fresh = scan(image, "--deterministic", "--save-facts", facts, database=support.database())
    judged = hullcheck("judge", facts, "--format", "json", "--deterministic", database=support.database())
    assert fresh.out == judged.out and fresh.code == judged.code, "the reports differ"
    # A database of another day, and the facts alone.
    other = support.scratch() / "other.db"
    assert hullcheck("db", "update", "--mirror", support.SHARED / "feeds", "--feeds", "debian,kev", "--db", other).code == 0
    assert scan(image, "--deterministic", database=other).out == hullcheck(
        "judge", facts, "--format", "json", "--deterministic", database=other).out


def threads_and_cache_change_nothing():
    image = support.debian_image("bookworm")
    one = scan(image, "--deterministic", "--threads", 1, "--no-cache", database=support.database())
    four = scan(image, "--deterministic", "--threads", 4, "--no-cache", database=support.database())
    warm = [scan(image, "--deterministic", database=support.database()) for _ in range(2)]
    assert one.out == four.out == warm[0].out == warm[1].out
    json.loads(one.out)


support.need_shared()
support.need_root()
support.run(alpine_past_its_life_is_unknown, minimal_trixie_is_safe, minimal_bullseye_is_unknown,
            bullseye_full_of_holes_is_unsafe, clean_debian_images_have_no_threats, without_a_database_nothing_is_safe,
            facts_are_judged_as_the_image_is, threads_and_cache_change_nothing)
