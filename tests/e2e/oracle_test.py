"""Matching against an independent script: the same set of (package, flaw), both ways, on real package lists."""
import io
import subprocess
import sys
import tarfile

import support
from support import hullcheck

ORACLE = support.ROOT / "tests" / "e2e" / "oracle_match.py"


def oracle(kind, listing, release):
    done = subprocess.run([sys.executable, str(ORACLE), kind, str(listing), release, str(support.SHARED / "feeds")],
                          capture_output=True, text=True, check=True)
    return {tuple(line.split()) for line in done.stdout.splitlines()}


def ours(image):
    report = hullcheck("image", image, "--format", "json", database=support.database()).json
    return {(v["package"], v["advisory"]) for v in report["vulnerabilities"]}


def compare(name, expected, got):
    missing, extra = sorted(expected - got), sorted(got - expected)
    assert not missing and not extra, f"{name}: {len(missing)} missing {missing[:5]}, {len(extra)} extra {extra[:5]}"
    return len(expected)


def member(tree, path):
    with tarfile.open(tree) as tar:
        return tar.extractfile(path).read()


def debian_releases():
    for name, codename in (("bullseye-full", "bullseye"), ("bullseye", "bullseye"), ("bookworm", "bookworm")):
        status = support.scratch() / f"{name}.status"
        status.write_bytes(member(support.debian_tree(name), "./var/lib/dpkg/status"))
        count = compare(name, oracle("dpkg", status, codename), ours(support.debian_image(name)))
        assert count > 50 or name == "bookworm", (name, count)


def bookworm_set_back():
    """Every version replaced by an old one: now nearly every fixed flaw applies."""
    status = member(support.debian_tree("bookworm"), "./var/lib/dpkg/status").decode()
    old = "\n".join("Version: 0.1-1" if line.startswith("Version: ") else
                    line.split(" (")[0] if line.startswith("Source: ") else line for line in status.split("\n"))
    image = support.docker_archive(support.scratch() / "old.tar", [support.layer({
        "etc/os-release": "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n", "var/lib/dpkg/status": old})])
    listing = support.scratch() / "old.status"
    listing.write_text(old)
    assert compare("bookworm set back", oracle("dpkg", listing, "bookworm"), ours(image)) > 50


def alpine_set_back():
    with tarfile.open(support.SHARED / "conformance/images/alpine-3.10.tar.gz") as outer:
        inner = next(m for m in outer.getmembers() if m.name.endswith("layer.tar"))
        with tarfile.open(fileobj=io.BytesIO(outer.extractfile(inner).read())) as tree:
            installed = tree.extractfile("lib/apk/db/installed").read().decode()
    for version in ("0.0.1-r0", "1.0.0-r0", "1.1.19-r9"):
        old = "\n".join(f"V:{version}" if line.startswith("V:") else line for line in installed.split("\n"))
        image = support.docker_archive(support.scratch() / "alpine.tar", [support.layer({
            "etc/os-release": "ID=alpine\nVERSION_ID=3.10.4\n", "lib/apk/db/installed": old})])
        listing = support.scratch() / "installed"
        listing.write_text(old)
        assert compare(f"alpine at {version}", oracle("apk", listing, "v3.10"), ours(image)) > 5


support.need_shared()
support.need_root()
support.need_tool("dpkg")
support.run(debian_releases, bookworm_set_back, alpine_set_back)
