"""Packages of languages: the tools' own lists as oracles over real trees, and what they do to a verdict."""
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile
import zlib

import support
from support import SAFE, UNKNOWN, UNSAFE, hullcheck


def tree(folder, into):
    """A real folder as files of a layer; links stay behind."""
    files = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = pathlib.Path(root) / name
            if path.is_file() and not path.is_symlink():
                mode = path.stat().st_mode & 0o777
                files[f"{into}/{path.relative_to(folder)}"] = (path.read_bytes(), mode)
    return files


def report_of(name, *layers, base=None, database=True):
    parts = ([support.debian_tree(base)] if base else []) + [support.layer(files) for files in layers]
    image = support.docker_archive(support.scratch() / f"{name}.tar", parts)
    answer = hullcheck("image", image, "--format", "json", database=support.database() if database else None)
    return answer, answer.json


def have(report, kind):
    return {(p["name"], p["version"]) for p in report["packages"] if p["type"] == kind}


def gaps(report, effect="unknown"):
    return {(g["id"], g["subject"]) for g in report["coverage"]["gaps"] if g["effect"] == effect}


# --- the tools' own lists ---------------------------------------------------------------------------------------------


def pip_list():
    import site
    folder = next((f for f in site.getsitepackages() if list(pathlib.Path(f).glob("*.dist-info"))), None)
    done = subprocess.run([sys.executable, "-m", "pip", "list", "--path", str(folder), "--format", "json",
                           "--disable-pip-version-check"], capture_output=True, text=True)
    if folder is None or done.returncode != 0:
        print("skipped: needs pip and installed packages")
        return
    plain = lambda name: re.sub("[-_.]+", "-", name).lower()
    expected = {(plain(p["name"]), p["version"]) for p in json.loads(done.stdout)}
    _, report = report_of("pip", tree(folder, "usr/lib/python3/site-packages"), database=False)
    found = {(plain(name), version) for name, version in have(report, "pypi")}
    assert found == expected, (found - expected, expected - found)


def npm_ls():
    if shutil.which("npm") is None:
        print("skipped: needs npm")
        return
    root = subprocess.run(["npm", "root", "-g"], capture_output=True, text=True).stdout.strip()
    folder = pathlib.Path(os.path.realpath(root)) / "npm"
    done = subprocess.run(["npm", "ls", "--all", "--json"], cwd=folder, capture_output=True, text=True)
    expected = set()
    waiting = [json.loads(done.stdout)]
    expected.add((waiting[0]["name"], waiting[0]["version"]))
    while waiting:
        for name, package in waiting.pop().get("dependencies", {}).items():
            if "version" in package:
                expected.add((name, package["version"]))
                waiting.append(package)
    _, report = report_of("npm", tree(folder, "usr/lib/node_modules/npm"), database=False)
    found = have(report, "npm")
    # npm ls leaves out what it takes for extraneous; what is in node_modules is there all the same.
    assert expected <= found, expected - found
    manifests = {(m["name"], m["version"]) for m in (json.loads(p.read_text()) for p in folder.rglob("package.json")
                 if not {"test", "tests", "fixtures"} & set(p.parts)) if "version" in m and "name" in m}
    assert found == manifests, found ^ manifests


def go_version():
    if shutil.which("go") is None:
        print("skipped: needs go")
        return
    source = support.scratch() / "go"
    source.mkdir()
    (source / "go.mod").write_text("module example.com/app\n\ngo 1.18\n\nrequire example.com/lib v1.2.3\n\n"
                                   "replace example.com/lib v1.2.3 => ./lib\n")
    (source / "lib").mkdir()
    (source / "lib" / "go.mod").write_text("module example.com/lib\n\ngo 1.18\n")
    (source / "lib" / "lib.go").write_text("package lib\n\nfunc Answer() int { return 42 }\n")
    (source / "main.go").write_text('package main\n\nimport "example.com/lib"\n\nfunc main() { println(lib.Answer()) }\n')
    env = os.environ | {"CGO_ENABLED": "0", "GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOCACHE": str(support.scratch() / "gc")}
    built = subprocess.run(["go", "build", "-o", "app", "."], cwd=source, env=env, capture_output=True, text=True)
    if built.returncode != 0:
        print("skipped: go does not build here:", built.stderr[-300:])
        return
    lines = subprocess.run(["go", "version", "-m", str(source / "app")], capture_output=True, text=True).stdout
    release = re.search(r": go([0-9.]+)", lines).group(1)
    stripped = source / "stripped"
    subprocess.run(["go", "build", "-ldflags=-s -w -buildid=", "-o", str(stripped), "."], cwd=source, env=env, check=True)
    _, report = report_of("go", {"srv/data.bin": (source / "app").read_bytes(), "srv/other": stripped.read_bytes()},
                          database=False)
    places = {p["databasePath"] for p in report["packages"] if p["name"] == "stdlib" and p["version"] == release}
    assert places == {"srv/data.bin", "srv/other"}, report["packages"]
    # The library was taken from a folder: nothing says what it is.
    assert have(report, "golang") == {("stdlib", release), ("example.com/app", "(devel)")}, have(report, "golang")


def gem_list():
    if shutil.which("gem") is None:
        print("skipped: needs gem")
        return
    lines = subprocess.run(["gem", "list"], capture_output=True, text=True).stdout.splitlines()
    expected = set()
    for line in lines:
        name, _, versions = line.partition(" (")
        for version in versions.rstrip(")").split(", "):
            expected.add((name, version.replace("default: ", "").split()[0]))
    paths = subprocess.run(["gem", "environment", "gempath"], capture_output=True, text=True).stdout.strip().split(":")
    files = {}
    for i, path in enumerate(paths):
        if pathlib.Path(path, "specifications").is_dir():
            files |= tree(pathlib.Path(path, "specifications"), f"gems{i}/specifications")
    _, report = report_of("gem", files, database=False)
    assert have(report, "gem") == expected, have(report, "gem") ^ expected


def composer_show():
    if shutil.which("composer") is None:
        print("skipped: needs composer")
        return
    root = support.scratch() / "composer"
    for name, version, needs in (("acme/http-client", "2.4.1", {"acme/log": "^1.0"}), ("acme/log", "1.0.3", {}),
                                 ("acme/cli-tools", "v3.1.0-beta2", {})):
        folder = root / "lib" / name.replace("/", "-")
        folder.mkdir(parents=True)
        (folder / "composer.json").write_text(json.dumps({"name": name, "version": version, "require": needs}))
    app = root / "app"
    app.mkdir()
    (app / "composer.json").write_text(json.dumps({
        "name": "acme/app", "minimum-stability": "beta",
        "repositories": [{"type": "path", "url": "../lib/*", "options": {"symlink": False}}, {"packagist.org": False}],
        "require": {"acme/http-client": "^2.0"}, "require-dev": {"acme/cli-tools": "*"}}))
    env = os.environ | {"COMPOSER_HOME": str(root / "home"), "COMPOSER_ALLOW_SUPERUSER": "1", "COMPOSER_NO_INTERACTION": "1"}
    subprocess.run(["composer", "install", "--quiet"], cwd=app, env=env, check=True, timeout=300)
    shown = json.loads(subprocess.run(["composer", "show", "--format=json"], cwd=app, env=env, capture_output=True, text=True,
                                      check=True).stdout)
    plain = lambda version: version.removeprefix("v")
    expected = {(p["name"], plain(p["version"])) for p in shown["installed"]}
    assert len(expected) == 3, shown
    _, report = report_of("composer", tree(app, "srv/app"), database=False)
    found = {(name, plain(version)) for name, version in have(report, "composer")} - {("acme/app", "")}
    assert found == expected, found ^ expected


def rust_program():
    """What cargo-auditable adds to a program: the crates of the build, in a section of their own."""
    if shutil.which("rustc") is None or shutil.which("objcopy") is None:
        print("skipped: needs rustc and objcopy")
        return
    folder = support.scratch() / "rust"
    folder.mkdir()
    (folder / "main.rs").write_text('fn main() { println!("hello"); }\n')
    subprocess.run(["rustc", "-O", "-o", folder / "app", folder / "main.rs"], check=True)
    crates = [{"name": "app", "version": "0.3.0", "source": "local", "dependencies": [1, 2], "root": True},
              {"name": "regex", "version": "1.5.4", "source": "crates.io"},
              {"name": "cc", "version": "1.0.79", "source": "crates.io", "kind": "build"}]
    (folder / "audit").write_bytes(zlib.compress(json.dumps({"packages": crates}).encode()))
    subprocess.run(["objcopy", "--add-section", f".dep-v0={folder / 'audit'}", folder / "app", folder / "audited"], check=True)
    subprocess.run(["strip", "-o", folder / "stripped", folder / "audited"], check=True)
    for name in ("audited", "stripped"):
        _, report = report_of(name, {"srv/anything": ((folder / name).read_bytes(), 0o755)}, database=False)
        # What only built the program is not in it.
        assert have(report, "cargo") == {("app", "0.3.0"), ("regex", "1.5.4")}, have(report, "cargo")


# --- what they do to a verdict ----------------------------------------------------------------------------------------

LODASH = json.dumps({"name": "lodash", "version": "4.17.15"})


def a_known_flaw_in_node_modules_is_found():
    _, report = report_of("flaw", {"app/node_modules/lodash/package.json": LODASH}, base="trixie")
    flaws = [v for v in report["vulnerabilities"] if v["package"] == "lodash"]
    assert flaws and flaws[0]["purl"] == "pkg:npm/lodash@4.17.15", report["vulnerabilities"][:3]
    assert flaws[0]["location"]["path"] == "app/node_modules/lodash/package.json"
    assert not any(g["id"].startswith("ecosystem") for g in report["coverage"]["gaps"]), report["coverage"]["gaps"]


def a_lock_file_alone_changes_nothing():
    lock = json.dumps({"lockfileVersion": 3, "packages": {"node_modules/lodash": {"version": "4.17.15"}}})
    gemfile = "GEM\n  specs:\n    rack (2.2.3)\n"
    answer, report = report_of("lock", {"app/package-lock.json": lock, "app/Gemfile.lock": gemfile}, base="trixie")
    assert answer.code == SAFE, answer
    assert report["vulnerabilities"] == []
    assert {(p["name"], p["declaredOnly"]) for p in report["declaredPackages"]} == {("lodash", True), ("rack", True)}
    assert have(report, "npm") == set()


def an_ecosystem_without_data_is_a_gap():
    gem = '# stub: rack 2.2.3 ruby lib\nGem::Specification.new do |s|\nend\n'
    answer, report = report_of("gap", {"usr/lib/ruby/gems/specifications/rack-2.2.3.gemspec": gem}, base="trixie")
    assert answer.code == UNKNOWN, answer
    assert ("advisory-source-absent", "osv/RubyGems") in gaps(report), gaps(report)


def nested_archives_and_programs_are_judged():
    pom = "groupId=org.apache.logging.log4j\nartifactId=log4j-core\nversion=2.14.1\n"

    def zipped(entries):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in entries.items():
                archive.writestr(name, data)
        return out.getvalue()

    inner = zipped({"META-INF/maven/org.apache.logging.log4j/log4j-core/pom.properties": pom})
    app = zipped({"META-INF/MANIFEST.MF": "Manifest-Version: 1.0\n", "BOOT-INF/lib/log4j-core-2.14.1.jar": inner})
    program = b"\x7fELF\x02\x01\x01" + bytes(57) + b"\0nginx version: nginx/1.18.0\0"
    answer, report = report_of("java", {"srv/app.bin.jar": app, "srv/web": (program, 0o755)}, base="trixie")
    flaws = {(v["package"], v["location"]["path"]) for v in report["vulnerabilities"]}
    assert ("org.apache.logging.log4j:log4j-core", "srv/app.bin.jar!/BOOT-INF/lib/log4j-core-2.14.1.jar") in flaws, flaws
    assert ("nginx", "srv/web") in flaws, flaws
    assert answer.code == UNSAFE, answer  # log4j's flaw is known to be exploited


# libwebp tells no version in its bytes. Linked into a program it is named; Debian's own is Debian's to look after.
def libraries_that_tell_no_version_are_named():
    webp = (b"\x7fELF\x02\x01\x01" + bytes(57) + b"\0null VP8Io passed to VP8GetHeaders()\0Incorrect keyframe parameters.\0"
            b"NULL VP8Io parameter in VP8Decode().\0")
    _, report = report_of("webp", {"opt/viewer": (webp, 0o755)}, base="trixie")
    assert ("library-of-unknown-version", "libwebp") in gaps(report), gaps(report)
    assert ("libwebp", "") in have(report, "generic"), have(report, "generic")
    image = support.scratch() / "webp.tar"
    for form in ("cyclonedx", "spdx"):
        bill = support.scratch() / f"webp.{form}.json"
        bill.write_text(hullcheck("image", image, "--format", form).out)
        again = hullcheck("sbom", bill, "--format", "json", database=support.database()).json
        assert ("library-of-unknown-version", "libwebp") in gaps(again), (form, gaps(again))

    path = "usr/lib/x86_64-linux-gnu/libwebp.so.7.1.10"
    installed = ("Package: libwebp7\nStatus: install ok installed\nMaintainer: Debian <a@example.org>\n"
                 "Architecture: amd64\nVersion: 1.5.0-0.1\nSource: libwebp\n\n")
    release = 'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n'
    _, report = report_of("debians-webp", {
        "etc/os-release": release, "var/lib/dpkg/status": installed, path: webp,
        "var/lib/dpkg/info/libwebp7:amd64.list": f"/.\n/{path}\n",
        "var/lib/dpkg/info/libwebp7:amd64.md5sums": f"{hashlib.md5(webp).hexdigest()}  {path}\n"})
    assert not [g for g in report["coverage"]["gaps"] if g["id"] == "library-of-unknown-version"], gaps(report)


def a_listed_malicious_package_is_a_threat():
    record = {"id": "MAL-2024-1", "modified": "2026-01-01T00:00:00Z", "summary": "Malicious code in example-stealer (npm)",
              "affected": [{"package": {"ecosystem": "npm", "name": "example-stealer"},
                            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}]}
    folder = support.scratch() / "mirror" / "osv-vulnerabilities.storage.googleapis.com" / "npm"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        archive.writestr("MAL-2024-1.json", json.dumps(record))
    database = support.scratch() / "malware.db"
    update = hullcheck("db", "update", "--mirror", support.scratch() / "mirror", "--feeds", "osv/npm", "--db", database)
    assert update.code == 0, update
    manifest = json.dumps({"name": "example-stealer", "version": "1.0.0"})
    image = support.docker_archive(support.scratch() / "mal.tar", [support.layer(
        {"app/node_modules/example-stealer/package.json": manifest})])
    answer = hullcheck("image", image, "--format", "json", database=database)
    assert answer.code == UNSAFE, answer
    assert [(t["rule"], t["decision"]) for t in answer.json["threats"]] == [("L01", "stop")], answer.json["threats"]
    assert answer.json["vulnerabilities"] == []
    # The same as a wish, and as the name of the application itself.
    lock = json.dumps({"packages": {"node_modules/example-stealer": {"version": "1.0.0"}}})
    image = support.docker_archive(support.scratch() / "wish.tar", [support.layer(
        {"app/package-lock.json": lock, "app/package.json": manifest})])
    report = hullcheck("image", image, "--format", "json", database=database).json
    assert report["threats"] == [] and [w["rule"] for w in report["warnings"]] == ["L01"], report["warnings"]


def debians_own_files_are_counted_once():
    _, report = report_of("tomcat", base="bullseye-full")
    assert {p["type"] for p in report["packages"]} == {"deb"}, [p for p in report["packages"] if p["type"] != "deb"][:5]
    covered = {p["coveredBy"] for p in report["overlaps"]}
    assert "libtomcat9-java" in covered, covered


support.need_shared()
support.need_root()
support.run(pip_list, npm_ls, go_version, gem_list, composer_show, rust_program, a_known_flaw_in_node_modules_is_found,
            a_lock_file_alone_changes_nothing, an_ecosystem_without_data_is_a_gap,
            nested_archives_and_programs_are_judged, libraries_that_tell_no_version_are_named, a_listed_malicious_package_is_a_threat,
            debians_own_files_are_counted_once)
