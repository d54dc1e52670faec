"""hullcheck and its own repository, scanned by hullcheck: a scanner quotes what it looks for, and must not find itself."""
import shutil
import subprocess

import support
from support import hullcheck


def own_files():
    listed = subprocess.run(["git", "-C", support.ROOT, "ls-files", "-z"], capture_output=True)
    if listed.returncode == 0 and listed.stdout:
        return [support.ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in support.ROOT.rglob("*")
            if path.is_file() and path.relative_to(support.ROOT).parts[0] not in ("build", ".git")]


def scan(tree):
    return hullcheck("image", f"rootfs:{tree}", "--format", "json").json


def nothing_malicious(report):
    bad = [(f["rule"], f["level"], [place["path"] for place in f["locations"]][:2], f["evidence"][:2])
           for f in report["threats"]]
    assert not bad, bad
    stops = [(f["rule"], f["locations"][0]["path"]) for f in report["secrets"] if f["decision"] == "stop"]
    assert not stops, stops


def the_repository_is_no_threat():
    tree = support.scratch() / "repository"
    for path in own_files():
        if not path.is_file():
            continue
        target = tree / "opt/hullcheck" / path.relative_to(support.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    nothing_malicious(scan(tree))


def its_samples_are_found_elsewhere():
    sample = "tests/detect/cases/stratum/every-scheme/files/etc/miner.conf"
    tree = support.scratch() / "sample"
    for place in ("etc/miner.conf", "opt/other/tests/detect/miner.conf"):
        target = tree / place
        target.parent.mkdir(parents=True)
        shutil.copy2(support.ROOT / sample, target)
    found = {place["path"] for f in scan(tree)["threats"] if f["rule"] == "M01" for place in f["locations"]}
    assert "etc/miner.conf" in found, found
    changed = support.scratch() / "changed" / sample
    changed.parent.mkdir(parents=True)
    changed.write_text((support.ROOT / sample).read_text() + "\n")
    report = scan(support.scratch() / "changed")
    assert any(f["rule"] == "M01" for f in report["threats"]), report["warnings"]


def the_program_is_no_threat():
    tree = support.scratch() / "program"
    (tree / "usr/bin").mkdir(parents=True)
    shutil.copy2(support.BINARY, tree / "usr/bin/hullcheck")
    nothing_malicious(scan(tree))
    # Also where rules are kept beside it, as a team would do.
    rules = tree / "etc/hullcheck/rules"
    rules.mkdir(parents=True)
    (rules / "team.yml").write_text("rules: [{id: team, title: Team, literals: [beacon.example.org]}]\n")
    nothing_malicious(scan(tree))


support.run(
    the_repository_is_no_threat,
    its_samples_are_found_elsewhere,
    the_program_is_no_threat,
)
