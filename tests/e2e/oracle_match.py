#!/usr/bin/env python3
"""Which flaws does a package list have? An independent answer to compare hullcheck's with.

    oracle_match.py dpkg STATUS_FILE CODENAME FEEDS_FOLDER     e.g. bookworm; versions by `dpkg --compare-versions`
    oracle_match.py apk INSTALLED_FILE RELEASE FEEDS_FOLDER    e.g. v3.10; versions by the small order below

Prints "PACKAGE ID" lines, sorted, one for each installed binary package and flaw. FEEDS_FOLDER is a mirror
(FOLDER/HOST/PATH). Shares no code and no reading of formats with the program that it judges.
"""
import gzip
import json
import os
import re
import subprocess
import sys


def load(feeds, *parts):
    path = os.path.join(feeds, *parts)
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    with gzip.open(path + ".gz", "rt", encoding="utf-8") as file:
        return json.load(file)


def dpkg_packages(path):
    """(binary package, source package, source version) of every installed one."""
    with open(path, encoding="utf-8", errors="replace") as file:
        paragraphs = file.read().split("\n\n")
    for paragraph in paragraphs:
        fields = {}
        for line in paragraph.split("\n"):
            if line[:1] not in (" ", "\t", "") and ":" in line:
                key, value = line.split(":", 1)
                fields[key.lower()] = value.strip()
        if "package" not in fields or not fields.get("status", "install ok installed").endswith(" installed"):
            continue
        source, version = fields.get("source", fields["package"]), fields["version"]
        match = re.fullmatch(r"(\S+)\s+\((.+)\)", source)
        if match:
            source, version = match.groups()
        yield fields["package"], source, version


class DpkgOrder:
    """a < b as dpkg itself sees it; each pair is asked once."""

    def __init__(self):
        self.known = {}

    def less(self, a, b):
        if (a, b) not in self.known:
            self.known[a, b] = subprocess.run(["dpkg", "--compare-versions", a, "lt", b], check=False).returncode == 0
        return self.known[a, b]


def dpkg_findings(status, codename, feeds):
    tracker = load(feeds, "security-tracker.debian.org", "tracker", "data", "json")
    order = DpkgOrder()
    for package, source, version in dpkg_packages(status):
        for flaw, entry in tracker.get(source, {}).items():
            release = entry["releases"].get(codename)
            if release is None:
                continue
            if release["status"] != "resolved":
                yield package, flaw
            elif release["fixed_version"] != "0" and order.less(version, release["fixed_version"]):
                yield package, flaw


def apk_packages(path):
    """(binary package, origin, version) of the installed database."""
    with open(path, encoding="utf-8", errors="replace") as file:
        for block in file.read().split("\n\n"):
            fields = {}
            for line in block.split("\n"):
                if len(line) > 1 and line[1] == ":" and line[0] not in fields:
                    fields[line[0]] = line[2:]
            if "P" in fields and "V" in fields:
                yield fields["P"], fields.get("o", fields["P"]), fields["V"]


APK_SUFFIXES = ["alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"]


def apk_key(version):
    """A key that sorts as apk does for versions of the ordinary form; anything else is refused aloud."""
    match = re.fullmatch(r"(\d+(?:\.\d+)*)([a-z]?)((?:_[a-z]+\d*)*)(?:~[0-9a-f]+)?(?:-r(\d+))?", version)
    if match is None:
        raise SystemExit("oracle: unreadable apk version " + version)
    numbers, letter, suffixes, revision = match.groups()
    parts = []
    for index, digits in enumerate(numbers.split(".")):
        # After the first part, a leading zero makes the digits a fraction: 1.01 is before 1.1.
        fraction = index > 0 and digits.startswith("0")
        parts.append((0, 0, digits.rstrip("0")) if fraction else (1, int(digits), ""))
    tail = []
    for name, number in re.findall(r"_([a-z]+)(\d*)", suffixes):
        tail.append((APK_SUFFIXES.index(name), int(number or 0)))
    tail.append((APK_SUFFIXES.index(""), 0))
    return parts, letter, tail, int(revision or 0)


def apk_ids(text):
    """Flaw names in one entry of a secdb list: the first one, or every CVE where there are several."""
    text = re.sub(r"\bCVE (?=\d)", "CVE-", text.split("(")[0])
    words = [word for word in re.split(r"[ ,\t]+", text) if re.fullmatch(r"[A-Za-z][\w.:-]*-[\w.:-]*", word)]
    words = [word for word in words if word.startswith("GHSA-") or re.search(r"-.*\d", word)]
    cves = [word for word in words if word.startswith("CVE-")]
    return cves if cves else words[:1]


def apk_findings(installed, release, feeds):
    fixes = {}
    for repository in ("main", "community"):
        for entry in load(feeds, "secdb.alpinelinux.org", release, repository + ".json").get("packages") or []:
            for version, flaws in (entry["pkg"].get("secfixes") or {}).items():
                fixes.setdefault(entry["pkg"]["name"], []).append((version, flaws or []))
    for package, origin, version in apk_packages(installed):
        for fixed, flaws in fixes.get(origin, []):
            if fixed == "0" or not apk_key(version) < apk_key(fixed):
                continue
            for flaw in flaws:
                for name in apk_ids(flaw):
                    yield package, name


def main():
    if len(sys.argv) != 5 or sys.argv[1] not in ("dpkg", "apk"):
        raise SystemExit(__doc__)
    findings = dpkg_findings if sys.argv[1] == "dpkg" else apk_findings
    for package, flaw in sorted(set(findings(*sys.argv[2:5]))):
        print(package, flaw)


if __name__ == "__main__":
    main()
