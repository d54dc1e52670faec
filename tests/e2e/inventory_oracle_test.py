"""The package managers' own lists as oracles: dpkg-query, rpm -qa, go version -m and cargo's lock file over the same trees
that are scanned. The sets must be equal, and what belongs to nobody must be listed as that."""
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile

import support
from support import hullcheck


def scan(name, layers):
    image = support.docker_archive(support.scratch() / f"{name}.tar", layers)
    return hullcheck("image", image, "--format", "json").json


def have(report, kind):
    return {(p["name"], p["version"]) for p in report["packages"] if p["type"] == kind}


def equal(found, expected):
    assert found == expected, (sorted(found - expected)[:5], sorted(expected - found)[:5])


def dpkg_query():
    if shutil.which("dpkg-query") is None or shutil.which("mmdebstrap") is None:
        print("skipped: needs dpkg-query and mmdebstrap")
        return
    for name in ("bookworm", "bullseye-full"):
        tree = support.debian_tree(name)
        admin = support.scratch() / f"{name}.dpkg"
        admin.mkdir()
        with tarfile.open(tree) as tar:
            (admin / "status").write_bytes(tar.extractfile("./var/lib/dpkg/status").read())
        form = "${db:Status-Status}\\t${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${source:Version}\\n"
        lines = subprocess.run(["dpkg-query", f"--admindir={admin}", "-W", "-f", form], capture_output=True, text=True,
                               check=True).stdout.splitlines()
        expected = {tuple(line.split("\t")[1:]) for line in lines if line.startswith("installed\t")}
        report = hullcheck("image", support.debian_image(name), "--format", "json").json
        equal({(p["name"], p["version"], p["architecture"], p["sourceName"], p["sourceVersion"])
               for p in report["packages"] if p["type"] == "deb"}, expected)
        assert len(expected) > 50


def dpkg_states():
    """Half-installed, removed and held packages, as dpkg itself takes them."""
    if shutil.which("dpkg-query") is None:
        print("skipped: needs dpkg-query")
        return
    states = ["install ok installed", "hold ok installed", "deinstall ok config-files", "purge ok not-installed",
              "install ok half-configured", "install ok unpacked", "deinstall ok installed", "install reinstreq half-installed",
              "install ok triggers-awaited", "install ok triggers-pending"]
    status = "".join(f"Package: sample-{i}\nStatus: {state}\nArchitecture: amd64\nMaintainer: D <d@example.org>\n"
                     + (f"Version: 1.{i}\n" if state != "purge ok not-installed" else "")
                     + (f"Config-Version: 1.{i}\n" if state.split()[2] in ("config-files", "half-configured", "unpacked",
                                                                          "half-installed") else "")
                     + ("Triggers-Pending: a\n" if state.endswith("pending") else "")
                     + ("Triggers-Awaited: sample-0\n" if state.endswith("awaited") else "")
                     + "Description: x\n\n" for i, state in enumerate(states))
    admin = support.scratch() / "states"
    admin.mkdir()
    (admin / "status").write_text(status)
    done = subprocess.run(["dpkg-query", f"--admindir={admin}", "-W", "-f", "${db:Status-Status} ${Package} ${Version}\\n"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.split("\n")
    # Whatever has its files on disk is there, configured or not.
    on_disk = {"installed", "half-configured", "unpacked", "half-installed", "triggers-awaited", "triggers-pending"}
    expected = {tuple(line.split()[1:]) for line in lines if line and line.split()[0] in on_disk}
    report = scan("states", [support.layer({"etc/os-release": "ID=debian\nVERSION_ID=12\n", "var/lib/dpkg/status": status})])
    equal(have(report, "deb"), expected)


SPEC = """Name: {name}
Version: {version}
Release: {release}
{epoch}Summary: A sample
License: MIT
Vendor: {vendor}
BuildArch: noarch
%description
A sample.
%install
mkdir -p %{{buildroot}}/opt/{name}
echo {name} {version} > %{{buildroot}}/opt/{name}/file
%files
/opt/{name}
"""


def pages_in_a_circle(database):
    """Berkeley pages that name themselves, or the one before them, as the next one: an end, and a gap."""
    size = int.from_bytes(database[20:24], "little")
    for name, next_of in (("itself", lambda page: page), ("before", lambda page: max(1, page - 1)), ("far", lambda _: 0x7FFFFFFF)):
        changed = bytearray(database)
        for page in range(1, len(database) // size):
            changed[page * size + 16:page * size + 20] = next_of(page).to_bytes(4, "little")
        image = support.docker_archive(support.scratch() / "circle.tar", [support.layer(
            {"etc/os-release": "ID=fedora\nVERSION_ID=39\n", "var/lib/rpm/Packages": bytes(changed)})])
        answer = hullcheck("image", image, "--format", "json", timeout=60)
        packages = {package["name"] for package in answer.json["packages"] if package["type"] == "rpm"}
        ids = {gap["id"] for gap in answer.json["coverage"]["gaps"]}
        said = {"package-database-damaged", "package-database-truncated", "package-database-unreadable"} & ids
        assert said or len(packages) == 4, (name, packages, ids)


def rpm_query():
    """Packages that rpm itself built and installed, in its SQLite database and written again as the older kinds."""
    writer = support.BUILD / "tests" / "rpmdb_write"
    if not all(map(shutil.which, ("rpm", "rpmbuild"))):
        print("skipped: needs rpm and rpmbuild")
        return
    place = support.scratch() / "rpm"
    place.mkdir()
    rows = [("alpha", "1.0", "1.el9", "", "Example"), ("beta-libs", "2.3~rc1", "4.fc39", "Epoch: 2\n", "Example"),
            ("gamma", "20240101", "0.1.git", "", "Other"), ("delta_x", "1.2.3^post1", "1", "Epoch: 0\n", "Example")]
    for name, version, release, epoch, vendor in rows:
        spec = place / f"{name}.spec"
        spec.write_text(SPEC.format(name=name, version=version, release=release, epoch=epoch, vendor=vendor))
        done = subprocess.run(["rpmbuild", "-bb", "--define", f"_topdir {place}/top", str(spec)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-1000:]
    packages = [str(path) for path in (place / "top" / "RPMS").rglob("*.rpm")]
    root = place / "root"
    install = ["rpm", "--root", str(root), "--define", "_db_backend sqlite", "--dbpath", "/var/lib/rpm", "--nodeps", "--force-debian"]
    subprocess.run(["rpm", "--root", str(root), "--dbpath", "/var/lib/rpm", "--define", "_db_backend sqlite", "--initdb"],
                   capture_output=True)
    done = subprocess.run([*install, "-i", *packages], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-1000:]
    form = "%{NAME} %|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE} %{ARCH} %{VENDOR}\\n"
    lines = subprocess.run(["rpm", "--root", str(root), "--dbpath", "/var/lib/rpm", "--define", "_db_backend sqlite", "-qa",
                            "--qf", form], capture_output=True, text=True, check=True).stdout.splitlines()
    expected = {(name, version.removeprefix("0:"), arch, vendor) for name, version, arch, vendor in map(str.split, lines)}
    assert len(expected) == len(rows), lines
    database = next(path for path in (root / "var/lib/rpm").iterdir() if path.name == "rpmdb.sqlite")
    for kind, target in (("", "var/lib/rpm/rpmdb.sqlite"), ("ndb", "usr/lib/sysimage/rpm/Packages.db"), ("bdb", "var/lib/rpm/Packages"),
                         ("bdb-be", "var/lib/rpm/Packages")):
        source = database
        if kind:
            if not writer.exists():
                print("skipped: rpmdb_write is not built")
                return
            source = place / kind
            subprocess.run([str(writer), kind, str(database), str(source)], check=True, capture_output=True)
        report = scan(f"rpm-{kind}", [support.layer({"etc/os-release": "ID=fedora\nVERSION_ID=39\n", target: source.read_bytes()})])
        equal({(p["name"], p["version"], p["architecture"], p["vendor"]) for p in report["packages"] if p["type"] == "rpm"}, expected)
        if kind == "bdb":
            pages_in_a_circle(source.read_bytes())


def go_version_of_real_programs():
    """Programs with many modules: the go tool itself where it is, and whatever else Go built here."""
    go = shutil.which("go")
    if go is None:
        print("skipped: needs go")
        return
    root = subprocess.run([go, "env", "GOROOT"], capture_output=True, text=True).stdout.strip()
    programs = [path for path in (os.path.join(root, "bin", "go"), os.path.join(root, "bin", "gofmt"), shutil.which("docker"),
                                  shutil.which("dockerd"), shutil.which("skopeo"), shutil.which("containerd")) if path and os.path.exists(path)]
    for program in programs:
        text = subprocess.run([go, "version", "-m", program], capture_output=True, text=True).stdout
        release = re.search(r": go([0-9.]+)", text)
        if not release:
            continue
        expected, waiting = {("stdlib", release.group(1))}, None
        for line in text.splitlines()[1:]:
            words = line.split("\t")
            if len(words) > 3 and words[1] in ("mod", "dep", "=>"):
                if words[1] == "=>":
                    expected.discard(waiting)
                waiting = (words[2], words[3])
                if words[3]:
                    expected.add(waiting)
        with open(program, "rb") as file:
            report = scan("go-" + os.path.basename(program), [support.layer({"srv/x.bin": (file.read(), 0o755)})])
        equal(have(report, "golang"), expected)
    assert programs


def what_belongs_to_nobody_is_listed():
    program = b"\x7fELF\x02\x01\x01" + bytes(57) + b"nothing known"
    owned = b"\x7fELF\x02\x01\x01" + bytes(57) + b"of a package"
    status = ("Package: sample\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1-1\n\n")
    bottom = support.layer({"etc/os-release": "ID=debian\nVERSION_ID=12\n", "var/lib/dpkg/status": status,
                            "var/lib/dpkg/info/sample.list": "/usr/bin/owned\n",
                            "var/lib/dpkg/info/sample.md5sums": hashlib.md5(owned).hexdigest() + "  usr/bin/owned\n",
                            "usr/bin/owned": (owned, 0o755), "opt/app": (b"\x7fELF" + bytes(80), 0o755)})
    top = support.layer({"opt/app": (program, 0o755)})
    report = scan("nobody", [bottom, top])
    coverage = report["coverage"]
    assert coverage["unattributedFiles"] == [{"path": "opt/app", "size": len(program), "digest": support.sha256(program),
                                              "layer": support.sha256(top)}], coverage["unattributedFiles"]
    assert coverage["unattributedCount"] == 1 and coverage["attributedBytes"] == len(owned), coverage
    assert coverage["executableBytes"] == len(owned) + len(program), coverage


def layers_that_brought_and_changed():
    def status(version):
        return f"Package: sample\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n\n"
    manifest = json.dumps({"name": "left", "version": "1.0.0"})
    layers = [support.layer({"etc/os-release": "ID=debian\nVERSION_ID=12\n", "var/lib/dpkg/status": status("1-1")}),
              support.layer({"srv/package-lock.json": json.dumps({"lockfileVersion": 3, "packages": {
                  "node_modules/wish": {"version": "2.0.0"}}}), "srv/node_modules/left/package.json": manifest}),
              support.layer({"var/lib/dpkg/status": status("1-2")})]
    report = scan("layers", layers)
    ids = [layer["diffId"] for layer in report["image"]["layers"]]
    places = {p["name"]: (ids.index(p["firstLayer"]), ids.index(p["layer"]), p["declaredOnly"])
              for p in report["packages"] + report["declaredPackages"]}
    assert places == {"sample": (0, 2, False), "left": (1, 1, False), "wish": (1, 1, True)}, places


support.run(dpkg_states, dpkg_query, rpm_query, go_version_of_real_programs, what_belongs_to_nobody_is_listed,
            layers_that_brought_and_changed)
