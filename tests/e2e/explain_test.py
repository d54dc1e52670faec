"""explain: a finding of the last report or of a named one, for people and for programs."""
import json
import os
import stat

import support
from support import FAILED, hullcheck

# Split so that this file itself does not hold what is looked for.
POOL = "stratum" + "+tcp://pool.example.org:3333"
BASE = support.layer({
    "etc/os-release": "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian 12\"\n",
    "var/lib/dpkg/status": "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4\n\n",
    "bin/sh": ("\x7fELF", 0o755),
    "entry.sh": ("#!/bin/sh\nexec /opt/run.sh\n", 0o755),
    "opt/run.sh": (f"#!/bin/sh\nPOOL={POOL}\nexec sleep 1000\n", 0o755),
})


def scan(*args, cache=None):
    path = support.docker_archive(support.scratch() / "app.tar", [BASE], {"Entrypoint": ["/entry.sh"]})
    return hullcheck("image", path, "--format", "json", *args, cache=cache)


def without_a_report_the_command_is_named():
    empty = support.scratch() / "empty-cache"
    answer = hullcheck("explain", "HC-1", cache=empty)
    assert answer.code == FAILED and "hullcheck image" in answer.err, answer
    scan("--no-cache", cache=empty)
    assert hullcheck("explain", "HC-1", cache=empty).code == FAILED
    assert not (empty / "hullcheck/last-report.json").exists()


def the_last_report_is_kept_for_its_owner():
    cache = support.scratch() / "kept-cache"
    report = scan(cache=cache).json
    kept = cache / "hullcheck/last-report.json"
    assert stat.S_IMODE(os.stat(kept).st_mode) == 0o600
    assert json.loads(kept.read_text())["threats"] == report["threats"]
    assert hullcheck("cache", "clear", cache=cache).code == 0 and not kept.exists()


def a_threat_is_explained():
    report = scan().json
    threat = next(f for f in report["threats"] if f["rule"] == "M01")
    page = hullcheck("explain", threat["id"])
    assert page.code == 0, page
    for part in ("Entrypoint → /entry.sh", "/opt/run.sh:2", "T1496.001", "Compute Hijacking", "Impact", threat["id"],
                 "malicious", "benign?", "what to do", "built-in/malicious"):
        assert part in page.out, (part, page)
    for word in (threat["id"][:8], threat["id"][3:11], threat["id"].lower(), "M01"):
        assert hullcheck("explain", word).out == page.out, word
    whole = hullcheck("explain", threat["id"], "--format", "json").json
    assert whole["finding"] == threat and whole["techniques"][0]["tactics"] == "Impact" and whole["benign"], whole


def checks_and_flaws_are_explained():
    check = next(f for f in scan().json["checks"] if f["rule"] == "root-user")
    page = hullcheck("explain", check["id"])
    assert page.code == 0 and "USER" in page.out and "what to do" in page.out, page
    report = support.scratch() / "flaw.json"
    flaw = {"id": "HC-0123456789abcdef", "advisory": "CVE-2026-1", "aliases": ["EX-7"], "package": "libexample1",
            "packageVersion": "1.0", "severity": "high", "fixedVersion": "1.1", "status": "affected", "knownExploited": True,
            "knownExploitedSince": "2026-02-03", "location": {"path": "var/lib/dpkg/status", "line": None},
            "decision": "stop", "trigger": "built-in/known-exploited"}
    report.write_text(json.dumps({"schemaVersion": 1, "target": "x", "vulnerabilities": [flaw]}))
    for word in ("HC-0123", "CVE-2026-1", "ex-7", "libexample1"):
        page = hullcheck("explain", word, "--report", report)
        assert page.code == 0 and "1.1" in page.out and "2026-02-03" in page.out, page


def wrong_ids_are_answered_with_near_ones():
    report = support.scratch() / "near.json"
    findings = [{"id": f"HC-00000000000000{i:02}", "rule": "X", "title": f"Finding {i}", "severity": "low"} for i in range(12)]
    report.write_text(json.dumps({"schemaVersion": 1, "results": [{"warnings": findings}]}))
    unknown = hullcheck("explain", "HC-0000000000000f03", "--report", report)
    assert unknown.code == 1 and "HC-0000000000000003" in unknown.err and not unknown.out, unknown
    several = hullcheck("explain", "HC-000000000000001", "--report", report)
    assert several.code == 1 and "HC-0000000000000010" in several.err and "HC-0000000000000011" in several.err, several
    report.write_text("{}")
    assert hullcheck("explain", "HC-1", "--report", report).code == FAILED
    assert hullcheck("explain", "HC-1", "--report", "/no/such/report").code == FAILED


def control_characters_do_not_reach_the_terminal():
    report = support.scratch() / "hostile.json"
    bad = "\x1b[2J\u202eevil\x07"
    report.write_text(json.dumps({"schemaVersion": 1, "target": bad, "threats": [
        {"id": "HC-1" + bad, "rule": bad, "title": bad, "evidence": [bad] * 3, "chain": [bad], "technique": bad,
         "locations": [{"path": bad, "layer": bad, "visibility": bad, "line": 3}], "remediation": bad, "benign": bad,
         "severity": bad, "decision": bad}]}))
    page = hullcheck("explain", "HC-1", "--report", report)
    assert page.code == 0 and "\x1b" not in page.out and "\u202e" not in page.out and "\x07" not in page.out, page
    unknown = hullcheck("explain", "Z" + bad, "--report", report)
    assert unknown.code == 1 and "\x1b" not in unknown.err, unknown


support.run(
    without_a_report_the_command_is_named,
    the_last_report_is_kept_for_its_owner,
    a_threat_is_explained,
    checks_and_flaws_are_explained,
    wrong_ids_are_answered_with_near_ones,
    control_characters_do_not_reach_the_terminal,
)
