"""Images that hide what is in them. None may come out `safe`; each says what it could not see. The same image without its
trick is safe, so that it is the trick that is noticed."""
import hashlib
import io
import json
import struct
import tarfile
import zipfile

import support
from support import SAFE, hullcheck

OS = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'


def stanza(name, version, source=""):
    return (f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: Debian <d@example.org>\n"
            f"{source}Version: {version}\n\n")


STATUS = stanza("base-files", "12.4+deb12u11") + stanza("zzz-sample", "1.0-1")
FILES = {"etc/os-release": OS, "var/lib/dpkg/status": STATUS}
CONFIG = {"Cmd": ["/bin/true"], "User": "1000", "Healthcheck": {"Test": ["CMD", "/bin/true"]}}


def elf(size=4096, kind=2):
    """An x86-64 program header and filler that is no code: it can start nothing."""
    head = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", kind, 62, 1, 0x401000, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    head += struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, size, size, 0x1000)
    filler = b"".join(struct.pack("<I", (i * 2654435761) % (1 << 32)) for i in range(size // 4))
    return (head + filler)[:size]


def plain_program(size=4096, text="sample"):
    """The same with filler that repeats, so that nothing about it is packed: what is noticed is noticed for another reason."""
    return (elf(120) + text.encode() * size)[:size]


LARGE = plain_program(1 << 20, "large ")


def with_large(status="", more=()):
    """A system whose one large program a package owns: a small one that nobody owns stays below the policy's limit."""
    return {"etc/os-release": OS, "var/lib/dpkg/status": STATUS + stanza("large", "1-1") + status, "usr/bin/large": (LARGE, 0o755),
            **owned("large", "usr/bin/large", LARGE), **dict(more)}


def owned(package, path, content, folder="var/lib/dpkg/info"):
    digest = hashlib.md5(content).hexdigest()
    return {f"{folder}/{package}.list": f"/{path}\n", f"{folder}/{package}.md5sums": f"{digest}  {path}\n"}


def answer(name, layers, config=None):
    path = support.docker_archive(support.scratch() / f"{name}.tar", layers, config or CONFIG, tag=f"sample/{name}:1")
    return hullcheck("image", path, "--format", "json", "--deterministic", database=support.database())


def hides(name, layers, *gaps, config=None):
    found = answer(name, layers, config)
    assert found.code != SAFE, f"{name} is called safe: {found}"
    report = found.json
    ids = {gap["id"] for gap in report["coverage"]["gaps"] if gap["effect"] == "unknown"}
    ids |= {reason["reference"] for reason in report["reasons"]}
    ids |= {threat["rule"] for threat in report["threats"]}
    assert not gaps or ids & set(gaps), f"{name}: {sorted(map(str, ids))} has none of {gaps}"
    return report


def links(entries):
    """A layer of links: (name, target, hard)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, target, hard in entries:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = (tarfile.LNKTYPE if hard else tarfile.SYMTYPE), target
            tar.addfile(info)
    return out.getvalue()


def joined(*layers):
    """Layers as one, members in their order."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for data in layers:
            with tarfile.open(fileobj=io.BytesIO(data)) as part:
                for member in part:
                    tar.addfile(member, part.extractfile(member) if member.isreg() else None)
    return out.getvalue()


def opaque(folder):
    return support.layer({f"{folder}/.wh..wh..opq": ""})


def the_image_without_a_trick_is_safe():
    found = answer("plain", [support.layer(FILES)])
    assert found.code == SAFE, found


def database_removed():
    hides("removed", [support.layer(FILES), support.layer({}, ["var/lib/dpkg/status"])], "package-database-removed")
    hides("folder-removed", [support.layer(FILES), support.layer({}, ["var/lib/dpkg"])], "package-database-removed")
    hides("var-removed", [support.layer(FILES), support.layer({}, ["var"])], "package-database-removed")
    hides("never-there", [support.layer({"etc/os-release": OS})], "no-package-database")


def database_renamed():
    hides("renamed", [support.layer(FILES),
                      support.layer({"usr/share/doc/notes.txt": STATUS}, ["var/lib/dpkg/status"])],
          "package-database-misplaced", "package-database-removed")


def database_truncated():
    for name, text in (("cut-in-a-line", STATUS[:-30]), ("cut-to-nothing", ""), ("cut-to-a-package", stanza("base-files", "12.4"))):
        later = support.layer({"var/lib/dpkg/status": text})
        found = answer(name, [support.layer({**FILES, "usr/bin/sample": (elf(), 0o755),
                                             "var/lib/dpkg/info/zzz-sample.list": "/usr/bin/sample\n",
                                             "var/lib/dpkg/info/zzz-sample.md5sums": "0" * 32 + "  usr/bin/sample\n"}), later])
        assert found.code != SAFE, (name, found)


def database_emptied_of_every_kind():
    apk = {"etc/os-release": "ID=alpine\nVERSION_ID=3.20.1\n", "lib/apk/db/installed": "P:musl\nV:1.2.5-r0\nA:x86_64\n\n"}
    hides("apk-empty", [support.layer(apk), support.layer({"lib/apk/db/installed": ""})])
    hides("apk-removed", [support.layer(apk), support.layer({}, ["lib/apk"])], "package-database-removed")
    pacman = {"etc/os-release": "ID=arch\n", "var/lib/pacman/local/bash-5.2-1/desc": "%NAME%\nbash\n\n%VERSION%\n5.2-1\n"}
    hides("pacman-removed", [support.layer(pacman), support.layer({}, ["var/lib/pacman"])], "package-database-removed")
    gentoo = {"etc/os-release": "ID=gentoo\n", "var/db/pkg/app-shells/bash-5.2/CONTENTS": "dir /bin\n"}
    hides("gentoo-removed", [support.layer(gentoo), support.layer({}, ["var/db"])], "package-database-removed")


def release_missing():
    hides("no-release", [support.layer({"var/lib/dpkg/status": STATUS})], "no-os-release")
    hides("release-removed", [support.layer(FILES), support.layer({}, ["etc/os-release"])], "os-release-removed")


def release_missing_is_inferred():
    old = {"var/lib/dpkg/status": stanza("base-files", "11.1") + stanza("libssl1.1", "1.1.1k-1", "Source: openssl\n")}
    report = hides("inferred", [support.layer(old)], "no-os-release")
    assert report["image"]["distribution"]["id"] == "debian" and report["image"]["distribution"]["versionId"] == "11"
    assert report["vulnerabilities"], "the packages were not looked up"


def release_forged():
    old = {"etc/os-release": OS,
           "var/lib/dpkg/status": stanza("base-files", "10.3+deb10u9") + stanza("libssl1.1", "1.1.1d-0+deb10u3", "Source: openssl\n")}
    hides("older", [support.layer(old)], "distribution-contradicted")
    for name, text in (("wolfi", "ID=wolfi\n"), ("arch", "ID=arch\n"), ("ubuntu", "ID=ubuntu\nVERSION_ID=24.04\n")):
        hides(f"forged-{name}", [support.layer({**FILES, "etc/os-release": text})], "distribution-contradicted")
    hides("forged-unknown", [support.layer({**FILES, "etc/os-release": "ID=safelinux\nVERSION_ID=1\n"})],
          "unknown-distribution")
    alpine = {"etc/os-release": "ID=alpine\nVERSION_ID=3.22.1\n",
              "etc/apk/repositories": "https://mirror.example.org/alpine/v3.10/main\n",
              "lib/apk/db/installed": "P:musl\nV:1.1.22-r3\nA:x86_64\n\n"}
    hides("forged-alpine", [support.layer(alpine)], "distribution-contradicted")


def database_behind_a_symlink():
    # Followed to the package that it lists: known flaws are found there.
    moved = support.layer({"etc/os-release": OS.replace("12", "11"), "opt/.data/status":
                           stanza("base-files", "11.1") + stanza("libssl1.1", "1.1.1k-1", "Source: openssl\n")})
    for name, entries in (("symlink", [("var/lib/dpkg/status", "/opt/.data/status", False)]),
                          ("symlinked-folder", [("var/lib/dpkg", "../../opt/.data", False)]),
                          ("hard-link", [("var/lib/dpkg/status", "opt/.data/status", True)])):
        report = hides(name, [joined(moved, links(entries))])
        assert report["vulnerabilities"], name
    hides("dangling", [joined(support.layer({"etc/os-release": OS}), links([("var/lib/dpkg/status", "/nowhere", False)]))],
          "no-package-database")
    hides("loop", [joined(support.layer({"etc/os-release": OS}), links([("var/lib/dpkg/status", "status", False)]))],
          "no-package-database")


def database_under_another_root():
    old = stanza("base-files", "11.1") + stanza("libssl1.1", "1.1.1k-1", "Source: openssl\n")
    report = hides("another-root", [support.layer({**FILES, "srv/root/var/lib/dpkg/status": old})], "another-system")
    assert "libssl1.1" in {package["name"] for package in report["packages"]}
    for name, files in (("moved", {"srv/root/var/lib/dpkg/status": STATUS}),
                        ("apk-beside", {"var/lib/dpkg/status": STATUS, **{"opt/r/lib/apk/db/installed": "P:musl\nV:1.2.5-r0\nA:x86_64\n\n"}}),
                        ("engine", {"var/lib/dpkg/status": STATUS, "var/lib/docker/overlay2/a/diff/var/lib/dpkg/status": old})):
        hides(f"another-root-{name}", [support.layer({"etc/os-release": OS, **files})], "another-system")


def packed_and_stripped_programs():
    packed = bytearray(elf(65536))
    packed[0xb4:0xb8] = b"UP" + b"X!"
    hides("packed", [support.layer({**FILES, "bin/true": (bytes(packed), 0o755)})])
    hides("stripped", [support.layer({**FILES, "bin/true": (elf(65536), 0o755)})])


def one_static_program():
    hides("scratch", [support.layer({"server": (elf(1 << 20), 0o755)})], "no-package-database", config={"Cmd": ["/server"]})
    hides("scratch-with-release", [support.layer({"server": (elf(1 << 20), 0o755), "etc/os-release": OS})],
          "no-package-database", config={"Cmd": ["/server"]})


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def a_jar_in_a_jar_in_a_zip():
    inner = zipped({"META-INF/maven/org.apache.logging.log4j/log4j-core/pom.properties":
                    "groupId=org.apache.logging.log4j\nartifactId=log4j-core\nversion=2.14.1\n", "a.class": b"\xca\xfe\xba\xbe" + bytes(60)})
    outer = zipped({"BOOT-INF/lib/log4j-core-2.14.1.jar": inner, "META-INF/MANIFEST.MF": "Manifest-Version: 1.0\n"})
    hides("jar-in-jar", [support.layer({**FILES, "app/app.jar": outer})])
    report = hides("jar-in-jar-in-zip", [support.layer({**FILES, "app/bundle.zip": zipped({"app.jar": outer})})])
    assert any("log4j" in package["name"] for package in report["packages"]) or any(
        "zip" in (gap["subject"] or "") for gap in report["coverage"]["gaps"]), "the inner jar left no trace"


def an_opaque_folder_over_the_database():
    hides("opaque", [support.layer(FILES), opaque("var/lib/dpkg")], "package-database-removed")
    hides("opaque-var", [support.layer(FILES), opaque("var")], "package-database-removed")


def packages_dropped_while_files_stay():
    first = {**FILES, "var/lib/dpkg/status": STATUS + stanza("curl", "7.88.1-10"), "usr/bin/curl": (elf(), 0o755),
             "var/lib/dpkg/info/curl.list": "/usr/bin/curl\n", "var/lib/dpkg/info/curl.md5sums": "0" * 32 + "  usr/bin/curl\n"}
    hides("dropped", [support.layer(first), support.layer({"var/lib/dpkg/status": STATUS})], "package-database-edited")


def packages_of_others_are_named():
    status = STATUS + stanza("docker-ce", "5:24.0.7-1~debian.12~bookworm").replace("Debian <d@example.org>", "Docker <support@docker.com>")
    hides("third-party", [support.layer({**FILES, "var/lib/dpkg/status": status})], "third-party-packages")


def databases_in_odd_places():
    """Where no package manager looks: seen all the same, or named."""
    old = stanza("base-files", "11.1") + stanza("libssl1.1", "1.1.1k-1", "Source: openssl\n")
    for place in ("usr/lib/dpkg/status", "var/lib/dpkg.bak/status", "chroot/var/lib/dpkg/status", "var/lib/dpkg/status.d/../../odd/status"):
        report = answer(f"odd-{len(place)}", [support.layer({"etc/os-release": OS, place: old})])
        assert report.code != SAFE, (place, report)
    apk = "P:musl\nV:1.1.24-r2\nA:x86_64\n\n"
    hides("apk-odd", [support.layer({"etc/os-release": "ID=alpine\nVERSION_ID=3.20.1\n", "var/apk/installed": apk})])


def entries_left_out_of_a_database():
    """A database that is there, whole and valid, with less in it than a layer below had."""
    whole = STATUS + "".join(stanza(f"sample-{i}", "1.0-1") for i in range(40))
    files = {f"usr/bin/sample-{i}": (elf() + bytes([i]), 0o755) for i in range(40)}
    lists = {f"var/lib/dpkg/info/sample-{i}.{kind}": text for i in range(40)
             for kind, text in (("list", f"/usr/bin/sample-{i}\n"), ("md5sums", "0" * 32 + f"  usr/bin/sample-{i}\n"))}
    half = STATUS + "".join(stanza(f"sample-{i}", "1.0-1") for i in range(20))
    hides("half-status", [support.layer({**FILES, **files, **lists, "var/lib/dpkg/status": whole}),
                          support.layer({"var/lib/dpkg/status": half})], "package-database-edited")
    # The same in one layer: the programs are nobody's.
    report = hides("half-at-once", [support.layer({**FILES, **files, "var/lib/dpkg/status": half})], "unattributed-code")
    assert report["coverage"]["unattributedCount"] == 40
    apk = {"etc/os-release": "ID=alpine\nVERSION_ID=3.22.1\n", "bin/busybox": (elf(), 0o755)}
    block = "P:{0}\nV:1.2.5-r0\nA:x86_64\nF:bin\nR:{0}\n\n"
    hides("half-apk", [support.layer({**apk, "lib/apk/db/installed": block.format("busybox") + block.format("musl")}),
                       support.layer({"lib/apk/db/installed": block.format("musl")})], "package-database-edited")


def parts_of_a_distroless_database_removed():
    parts = {f"var/lib/dpkg/status.d/{name}": f"Package: {name}\nVersion: 1-1\nArchitecture: amd64\n" for name in ("base", "netbase", "tzdata")}
    bottom = support.layer({"etc/os-release": OS, **parts})
    hides("status.d-removed", [bottom, support.layer({}, ["var/lib/dpkg/status.d"])], "package-database-removed")
    hides("status.d-opaque", [bottom, opaque("var/lib/dpkg/status.d")], "package-database-removed")
    base = plain_program(text="base ")
    more = joined(bottom, support.layer({**owned("base", "usr/bin/base", base, "var/lib/dpkg/status.d"), "usr/bin/base": (base, 0o755),
                                         **with_large()}))
    for name, gone in (("entry", ["base"]), ("all", ["base", "base.md5sums"])):
        hides(f"status.d-one-less-{name}", [more, support.layer({}, [f"var/lib/dpkg/status.d/{file}" for file in gone])],
              "package-database-edited")


def databases_edited_and_files_moved():
    """One small program among large ones, whose package disappears from the database in a later layer."""
    curl = plain_program(text="curl ")
    entry = stanza("curl", "7.74.0-1")
    below = support.layer(with_large(entry, {**owned("curl", "usr/bin/curl", curl), "usr/bin/curl": (curl, 0o755)}.items()))
    assert answer("edited-before", [below]).code == SAFE
    without = {"var/lib/dpkg/status": with_large()["var/lib/dpkg/status"]}
    lists = ["var/lib/dpkg/info/curl.list", "var/lib/dpkg/info/curl.md5sums"]
    digests = "".join(hashlib.md5(data).hexdigest() + "  " + path + "\n" for data, path in ((LARGE, "usr/bin/large"), (curl, "usr/bin/curl")))
    for name, files, gone in (("written-again", {"usr/bin/curl": (curl, 0o755)}, []),
                              ("moved", {"usr/local/bin/other": (curl, 0o755)}, ["usr/bin/curl"]),
                              ("adopted", {"var/lib/dpkg/info/large.md5sums": digests, "var/lib/dpkg/info/large.list": "/usr/bin/large\n/usr/bin/curl\n"}, [])):
        hides(f"edited-{name}", [below, support.layer({**without, **files}, lists + gone)], "package-database-edited")
    newer = with_large(stanza("curl", "99.0-1"))["var/lib/dpkg/status"]
    hides("edited-version", [below, support.layer({"var/lib/dpkg/status": newer})], "package-database-edited")
    # An update and a removal as they are.
    update = plain_program(text="curl 99 ")
    fine = answer("updated", [below, support.layer({"var/lib/dpkg/status": newer, **owned("curl", "usr/bin/curl", update), "usr/bin/curl": (update, 0o755)})])
    assert fine.code == SAFE, fine
    fine = answer("purged", [below, support.layer(without, lists + ["usr/bin/curl"])])
    assert fine.code == SAFE, fine


def entries_that_no_package_manager_would_write():
    for name, text in (("no-end", STATUS[:-1] + stanza("libssl3", "3.0.1-1")), ("version-twice", STATUS.replace("Version: 1.0-1", "Version: 9\nVersion: 1.0-1")),
                       ("odd-line", STATUS[:-1] + "\x0b\n" + stanza("libssl3", "3.0.1-1"))):
        hides(f"entries-{name}", [support.layer({**FILES, "var/lib/dpkg/status": text})], "package-database-damaged")


def release_files_that_disagree():
    status = {"var/lib/dpkg/status": stanza("zzz-sample", "1.0-1"), "etc/os-release": OS}
    for name, files in (("usr", {"usr/lib/os-release": "ID=ubuntu\nVERSION_ID=24.04\n"}), ("debian_version", {"etc/debian_version": "11.2\n"}),
                        ("lsb", {"etc/lsb-release": "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=24.04\n"})):
        hides(f"disagree-{name}", [support.layer({**status, **files})], "distribution-contradicted")
    for name, release, files in (
            ("libc6", OS, {"var/lib/dpkg/status": stanza("libc6", "2.31-13", "Source: glibc\n")}),
            ("musl", "ID=alpine\nVERSION_ID=3.22.1\n", {"lib/apk/db/installed": "P:musl\nV:1.1.24-r2\nA:x86_64\n\n"}),
            ("wolfi", "ID=wolfi\nVERSION_ID=20230201\n", {"lib/apk/db/installed": "P:musl\nV:1.1.24-r2\nA:x86_64\n\n"})):
        hides(f"c-library-{name}", [support.layer({"etc/os-release": release, **files})], "distribution-contradicted")


def packages_of_languages_without_what_names_them():
    lodash = {"app/node_modules/lodash/package.json": json.dumps({"name": "lodash", "version": "4.17.15"}), "app/node_modules/lodash/lodash.js": "x\n"}
    requests = {"v/requests-2.19.0.dist-info/METADATA": "Name: requests\nVersion: 2.19.0\n", "v/requests/__init__.py": "x\n"}
    below = support.layer({**FILES, **lodash, **requests})
    hides("npm-unnamed", [below, support.layer({}, ["app/node_modules/lodash/package.json"])], "package-list-removed")
    hides("pypi-unnamed", [below, support.layer({}, ["v/requests-2.19.0.dist-info"])], "package-list-removed")
    gone = answer("languages-removed", [support.layer({**FILES, **lodash}), support.layer({}, ["app/node_modules"])])
    assert gone.code == SAFE, gone


def whole_trees_in_one_file():
    for name, data in (("squashfs", b"hsqs" + bytes(8192)), ("qcow2", b"QFI\xfb\0\0\0\3" + bytes(8192)),
                       ("image", support.docker_archive(support.scratch() / "inner.tar", [support.layer(FILES)]).read_bytes())):
        hides(f"tree-{name}", [support.layer({**FILES, "opt/data": data})], "disk-image-not-read")


def what_starts_counts_whatever_it_is():
    jar = zipped({"META-INF/MANIFEST.MF": "Manifest-Version: 1.0\nMain-Class: A\n", "A.class": b"\xca\xfe\xba\xbe" + bytes(range(256)) * 4000})
    for name, path, data, command in (("jar", "opt/app.bin", jar, ["java", "-jar", "/opt/app.bin"]),
                                      ("wasm", "opt/app.wasm", b"\0asm\1\0\0\0" + bytes(400_000), ["/opt/app.wasm"]),
                                      ("python", "opt/app.py", b"import os\n" * 4000, ["python3", "/opt/app.py"])):
        hides(f"starts-{name}", [support.layer({**FILES, path: (data, 0o755)})], "unattributed-code", config={**CONFIG, "Cmd": command})


def one_database_in_place_of_another():
    """A small valid database of another kind, or of another release, over the real one."""
    for name, later in (("apk-over-dpkg", {"lib/apk/db/installed": "P:musl\nV:1.2.5-r0\nA:x86_64\n\n"}),
                        ("pacman-over-dpkg", {"var/lib/pacman/local/bash-5.2-1/desc": "%NAME%\nbash\n\n%VERSION%\n5.2-1\n"})):
        hides(name, [support.layer(FILES), support.layer(later, ["var/lib/dpkg/status"])], "package-database-removed")
        system = "alpine" if "apk" in name else "arch"
        hides(name + "-with-release", [support.layer(FILES), support.layer(
            {**later, "etc/os-release": f"ID={system}\nVERSION_ID=3.22.1\n"}, ["var/lib/dpkg/status"])], "package-database-removed")


def release_files_of_every_sort():
    for name, files in (("empty", {"etc/os-release": ""}), ("no-id", {"etc/os-release": "NAME=Debian\n"}),
                        ("binary", {"etc/os-release": b"\0\1\2" * 100}), ("huge", {"etc/os-release": "# " + "x" * 200_000}),
                        ("newer", {"etc/os-release": OS.replace("12", "13")}), ("no-version", {"etc/os-release": "ID=debian\n"})):
        hides(f"release-{name}", [support.layer({"var/lib/dpkg/status": STATUS, **files})])
    hides("release-dangling", [joined(support.layer({"var/lib/dpkg/status": STATUS}), links([("etc/os-release", "/nowhere", False)]))])


def links_over_and_under():
    old = stanza("base-files", "11.1") + stanza("libssl1.1", "1.1.1k-1", "Source: openssl\n")
    moved = support.layer({"etc/os-release": OS.replace("12", "11"), "opt/.data/lib/dpkg/status": old})
    for name, entries in (("var-is-a-link", [("var", "opt/.data", False)]), ("relative-up", [("var/lib", "../../../../opt/.data/lib", False)]),
                          ("two-links", [("var/lib/dpkg", "/srv/a", False), ("srv/a", "/opt/.data/lib/dpkg", False)])):
        report = hides(name, [joined(moved, links(entries))])
        assert report["vulnerabilities"], name
    # A later layer puts a link where the database was.
    hides("link-over", [support.layer(FILES), joined(support.layer({}, ["var/lib/dpkg/status"]),
                                                      links([("var/lib/dpkg/status", "/dev/null", False)]))], "package-database-removed")
    hides("device-over", [support.layer(FILES), links([("var/lib/dpkg/status", "/proc/self/mem", False)])])


def archives_that_hide_archives():
    pom = {"META-INF/maven/org.apache.logging.log4j/log4j-core/pom.properties":
           "groupId=org.apache.logging.log4j\nartifactId=log4j-core\nversion=2.14.1\n"}
    inner = zipped(pom)
    for name, path, data in (("renamed-jar", "app/data.bin", zipped({"META-INF/MANIFEST.MF": "Manifest-Version: 1.0\n", **pom})),
                             ("war", "app/app.war", zipped({"WEB-INF/lib/log4j-core-2.14.1.jar": inner})),
                             ("ear-war-jar", "app/app.ear", zipped({"web.war": zipped({"WEB-INF/lib/x.jar": inner})})),
                             ("upper-case", "app/APP.JAR", inner),
                             ("before-the-zip", "app/run.jar", b"#!/bin/sh\nexec java -jar $0\n" + inner),
                             ("bytes-before-the-zip", "app/run.jar", bytes(500) + inner),
                             ("script-of-no-name", "app/run", b"#!/bin/sh\nexec java -jar $0\n" + inner),
                             ("program-of-windows", "app/run.exe", b"MZ" + bytes(500) + inner),
                             ("no-name-in-no-name", "app/data", zipped({"b": zipped({"a": inner})})),
                             ("no-name-in-a-jar", "app/x.jar", zipped({"META-INF/MANIFEST.MF": "Manifest-Version: 1.0\n", "lib/x.dat": inner}))):
        report = hides(name, [support.layer({**FILES, path: data})])
        listed = any("log4j-core" in package["name"] for package in report["packages"])
        assert listed or any(path in (gap["subject"] or "") for gap in report["coverage"]["gaps"]), (name, report["packages"])
    # Classes alone, without anything that names them.
    hides("shaded", [support.layer({**FILES, "app/agent.jar": zipped({
        "x/org/apache/logging/log4j/core/lookup/JndiLookup.class": b"\xca\xfe\xba\xbe" + bytes(60)})})], "library-of-unknown-version")
    # A thousand archives in each other end somewhere, and it is said.
    deep = inner
    for _ in range(1000):
        deep = zipped({"a.jar": deep})
    hides("deep", [support.layer({**FILES, "app/deep.jar": deep})], "package-list-truncated")


support.need_shared()
support.run(the_image_without_a_trick_is_safe, database_removed, database_renamed, database_truncated,
            database_emptied_of_every_kind, release_missing, release_missing_is_inferred, release_forged,
            database_behind_a_symlink, database_under_another_root, packed_and_stripped_programs, one_static_program,
            a_jar_in_a_jar_in_a_zip, an_opaque_folder_over_the_database, packages_dropped_while_files_stay,
            packages_of_others_are_named, databases_in_odd_places, entries_left_out_of_a_database,
            parts_of_a_distroless_database_removed, one_database_in_place_of_another, release_files_of_every_sort,
            links_over_and_under, archives_that_hide_archives, databases_edited_and_files_moved,
            entries_that_no_package_manager_would_write, release_files_that_disagree,
            packages_of_languages_without_what_names_them, whole_trees_in_one_file, what_starts_counts_whatever_it_is)
