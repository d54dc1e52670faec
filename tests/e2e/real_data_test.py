"""The shared feeds as they are, against trees whose flaws were worked out by hand from the same documents: found, and not found
once the fix is in."""
import io
import json
import struct
import zipfile
import zlib

import support
from package_databases import apks, debs, program, rpms
from support import hullcheck

DEBIAN = {"etc/os-release": 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n', **debs(["base-files 12.4+deb12u5"])}


def python(*packages):
    return {f"usr/lib/python3/site-packages/{name}-{version}.dist-info/METADATA":
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" for name, version in packages}


def jar(group, artifact, version):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"META-INF/maven/{group}/{artifact}/pom.properties",
                         f"groupId={group}\nartifactId={artifact}\nversion={version}\n")
    return {f"srv/{artifact}-{version}.jar": out.getvalue()}


def node(*packages):
    return {f"app/node_modules/{name}/package.json": json.dumps({"name": name, "version": version}) for name, version in packages}


def bitnami(name, version):
    return {f"opt/bitnami/{name}/.spdx-{name}.spdx": json.dumps({
        "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": name, "dataLicense": "CC0-1.0",
        "documentNamespace": "https://example.com/x", "creationInfo": {"created": "2024-01-01T00:00:00Z", "creators": ["Tool: x"]},
        "packages": [{"SPDXID": "SPDXRef-1", "name": name, "versionInfo": version, "downloadLocation": "NOASSERTION", "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": f"pkg:bitnami/{name}@{version}?arch=amd64"}]}]})}


def varint(text):
    data, length, out = text.encode(), len(text.encode()), b""
    while length >= 0x80:
        out += bytes([length & 0x7F | 0x80])
        length >>= 7
    return out + bytes([length]) + data


def go_program(*modules, release="go1.99.0"):
    """A program of Go with its build information in the form that Go 1.18 and later write; nothing in it could run."""
    info = "path\texample.com/app\nmod\texample.com/app\t(devel)\t\n" + "".join(f"dep\t{name}\t{version}\th1:x\n" for name, version in modules)
    guard = "0w\xaf\x0c\x92t\x08\x02A\xe1\xc1\x07\xe6\xd6\x18\xe6", "\xf92C1\x86\x18 r\x00\x82B\x10A\x16\xd8\xf2"
    text = guard[0].encode("latin1") + info.encode() + guard[1].encode("latin1")
    length, size = b"", len(text)
    while size >= 0x80:
        length += bytes([size & 0x7F | 0x80])
        size >>= 7
    length += bytes([size])
    section = b"\xff Go buildinf:" + bytes([8, 2]) + bytes(16) + varint(release) + length + text
    names = b"\0.go.buildinfo\0.shstrtab\0"
    at_section, at_names = 64 + 56, 64 + 56 + len(section) + (-len(section)) % 16
    at_headers = at_names + len(names) + (-(at_names + len(names))) % 8
    data = bytearray(at_headers + 3 * 64)
    data[0:64] = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01" + bytes(9), 2, 62, 1, 0, 64, at_headers, 0, 64, 56, 1, 64, 3, 2)
    data[64:120] = struct.pack("<IIQQQQQQ", 1, 6, at_section, 0x1000, 0x1000, len(section), len(section), 16)
    data[at_section:at_section + len(section)] = section
    data[at_names:at_names + len(names)] = names
    for i, row in enumerate(((0, 0, 0, 0, 0, 0), (1, 1, 3, 0x1000, at_section, len(section)), (15, 3, 0, 0, at_names, len(names)))):
        data[at_headers + 64 * i:at_headers + 64 * (i + 1)] = struct.pack("<IIQQQQIIQQ", row[0], row[1], row[2], row[3], row[4], row[5], 0, 0, 16, 0)
    return {"usr/local/bin/app": (bytes(data), 0o755)}


def rust_program(*crates):
    """A program with the section that cargo-auditable adds; nothing in it could run."""
    audit = zlib.compress(json.dumps({"packages": [{"name": name, "version": version, "source": "crates.io"} for name, version in crates]}).encode())
    names = b"\0.dep-v0\0.shstrtab\0"
    at_names = 64 + len(audit)
    at_headers = at_names + len(names) + (-(at_names + len(names))) % 8
    data = bytearray(at_headers + 3 * 64)
    data[0:64] = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01" + bytes(9), 2, 62, 1, 0, 0, at_headers, 0, 64, 0, 0, 64, 3, 2)
    data[64:64 + len(audit)] = audit
    data[at_names:at_names + len(names)] = names
    for i, row in enumerate(((0, 0, 0, 0), (1, 1, 64, len(audit)), (9, 3, at_names, len(names)))):
        data[at_headers + 64 * i:at_headers + 64 * (i + 1)] = struct.pack("<IIQQQQIIQQ", row[0], row[1], 0, 0, row[2], row[3], 0, 0, 1, 0)
    return {"srv/app": (bytes(data), 0o755)}


ALMA9 = {"etc/os-release": 'ID="almalinux"\nVERSION_ID="9.4"\n'}
ALMA8 = {"etc/os-release": 'ID="almalinux"\nVERSION_ID="8.10"\n'}
AZURE = {"etc/os-release": 'ID=azurelinux\nVERSION_ID="3.0"\n'}
WOLFI = {"etc/os-release": 'ID=wolfi\nVERSION_ID="20230201"\n'}
ALPINE = {"etc/os-release": "ID=alpine\nVERSION_ID=3.10.9\n"}


def all_of(*flaws):
    return {f"CVE-{flaw}" for flaw in flaws}


# (what, files, every flaw that must be found: no more and no fewer)
CASES = [
    ("Alma 9 zlib before its only fix", ALMA9 | rpms(["zlib 1.2.11-31.el9"], "AlmaLinux"), all_of("2022-37434")),
    ("Alma 9 zlib with it", ALMA9 | rpms(["zlib 1.2.11-32.el9_0"], "AlmaLinux"), set()),
    ("Alma 9 zlib of a later build", ALMA9 | rpms(["zlib 1.2.11-40.el9"], "AlmaLinux"), set()),
    ("Alma 8 zlib between two fixes", ALMA8 | rpms(["zlib 1.2.11-18.el8_5"], "AlmaLinux"), all_of("2022-37434")),
    ("Alma 8 zlib before both", ALMA8 | rpms(["zlib 1.2.11-17.el8"], "AlmaLinux"), all_of("2018-25032", "2022-37434")),
    ("Alma 8 libtasn1", ALMA8 | rpms(["libtasn1 4.13-4.el8_7"], "AlmaLinux"), all_of("2024-12133", "2025-13151")),
    ("Alma 9 expat", ALMA9 | rpms(["expat 2.5.0-3.el9_5.1"], "AlmaLinux"), all_of("2025-59375", "2024-8176", "2026-45186")),
    ("Alma 9 expat fixed twice", ALMA9 | rpms(["expat 2.5.0-3.el9_5.3"], "AlmaLinux"), all_of("2025-59375", "2024-8176", "2026-45186")),
    ("Alma 9 expat up to date", ALMA9 | rpms(["expat 2.5.0-6.el9_8.1"], "AlmaLinux"), set()),
    ("Alma 9 Node.js 22 of a module", ALMA9 | rpms(["nodejs 1:22.23.1-1.module_el9.8.0+276+8b329b47 nodejs nodejs:22:9080020260101:a"], "AlmaLinux"),
     all_of("2026-13149", "2026-59874", "2026-59873")),
    ("Alma 9 Node.js 16 of no module", ALMA9 | rpms(["nodejs 1:16.20.2-4.el9_3"], "AlmaLinux"),
     all_of("2024-27983", "2024-22025", "2024-27982", "2024-28182", "2024-25629")),
    ("Azure Linux zlib and expat", AZURE | rpms(["zlib 1.3-1.azl3", "expat-libs 2.6.1-1.azl3 expat"], "Microsoft Corporation"),
     all_of("2023-45853", "2024-28757", "2023-52426", "2023-52425")),
    ("Azure Linux with the fixes", AZURE | rpms(["zlib 1.3.1-1.azl3", "expat-libs 2.6.2-1.azl3 expat"], "Microsoft Corporation"), set()),
    ("Wolfi zlib", WOLFI | apks(["zlib 1.2.12-r3"]), all_of("2018-25032", "2022-37434", "2023-45853")),
    ("Wolfi zlib after the first fix", WOLFI | apks(["zlib 1.2.13-r1"]), all_of("2023-45853")),
    ("Wolfi zlib, libxml2 and expat with all", WOLFI | apks(["zlib 1.3-r1", "libxml2 2.11.5-r1", "libexpat1 2.4.0-r0 expat"]), set()),
    ("Wolfi busybox", WOLFI | apks(["busybox 1.37.0-r48"]), all_of("2024-58251", "2025-46394")),
    ("Alpine openssl by its origin", ALPINE | apks(["libcrypto1.1 1.1.1c-r0 openssl"]), all_of("2019-1547", "2019-1549", "2019-1563")),
    ("Alpine openssl before two fixes", ALPINE | apks(["libssl1.1 1.1.1b-r0 openssl"]),
     all_of("2019-1547", "2019-1549", "2019-1563", "2019-1543")),
    ("Alpine openssl with all", ALPINE | apks(["libcrypto1.1 1.1.1d-r0 openssl", "openssl 1.1.1d-r2"]), set()),
    ("Python requests", DEBIAN | python(("requests", "2.19.1")), all_of("2018-18074", "2023-32681")),
    ("Python requests of 2.31", DEBIAN | python(("requests", "2.31.0")), set()),
    ("Python pyyaml 5.1", DEBIAN | python(("PyYAML", "5.1")), all_of("2019-20477", "2020-1747", "2020-14343")),
    ("Python pyyaml 5.2 pre-release that has one fix", DEBIAN | python(("PyYAML", "5.2b1")), all_of("2020-1747", "2020-14343")),
    ("Python pyyaml 5.4", DEBIAN | python(("PyYAML", "5.4")), set()),
    ("Python flask on the branch that was fixed", DEBIAN | python(("Flask", "2.2.5")), set()),
    ("Python flask on the branch that was not", DEBIAN | python(("Flask", "2.3.1")), all_of("2023-30861")),
    ("Python certifi", DEBIAN | python(("certifi", "2022.12.7")), all_of("2023-37920")),
    ("Python urllib3 2.0.6", DEBIAN | python(("urllib3", "2.0.6")), all_of("2023-45803")),
    ("Go x/text", DEBIAN | go_program(("golang.org/x/text", "v0.3.6")), all_of("2021-38561", "2022-32149", "2026-56852")),
    ("Go x/text of a commit before 0.3.3", DEBIAN | go_program(("golang.org/x/text", "v0.3.3-0.20200101000000-abcdefabcdef")),
     all_of("2020-14040", "2021-38561", "2022-32149", "2026-56852")),
    ("Go x/text up to date", DEBIAN | go_program(("golang.org/x/text", "v0.39.0")), set()),
    ("Go gin", DEBIAN | go_program(("github.com/gin-gonic/gin", "v1.7.7")), all_of("2023-29401")),
    ("Rust crates", DEBIAN | rust_program(("regex", "1.5.4"), ("smallvec", "1.6.0")), all_of("2022-24713", "2021-25900")),
    ("Rust crates fixed", DEBIAN | rust_program(("regex", "1.5.5"), ("smallvec", "1.6.1"), ("chrono", "0.4.20")), set()),
    ("Rust crate whose flaw has no CVE", DEBIAN | rust_program(("chrono", "0.4.19")), {"RUSTSEC-2020-0159"}),
    ("npm", DEBIAN | node(("lodash", "4.17.20"), ("minimist", "1.2.5")), all_of("2021-23337", "2021-44906")),
    ("npm minimist on both sides of its two fixes", DEBIAN | node(("minimist", "0.2.4")), set()),
    ("npm fixed", DEBIAN | node(("lodash", "4.17.21"), ("minimist", "1.2.6")), set()),
    ("Maven log4j on each branch", DEBIAN | jar("org.apache.logging.log4j", "log4j-core", "2.14.1"), all_of("2021-44228")),
    ("Maven log4j 2.12.1", DEBIAN | jar("org.apache.logging.log4j", "log4j-core", "2.12.1"), all_of("2021-44228")),
    ("Maven log4j 2.12.2", DEBIAN | jar("org.apache.logging.log4j", "log4j-core", "2.12.2"), set()),
    ("Maven log4j 2.3.1", DEBIAN | jar("org.apache.logging.log4j", "log4j-core", "2.3.1"), set()),
    ("Maven log4j 2.15.0", DEBIAN | jar("org.apache.logging.log4j", "log4j-core", "2.15.0"), set()),
    ("Maven another artifact", DEBIAN | jar("org.apache.logging.log4j", "log4j-api", "2.14.1"), set()),
    ("Bitnami memcached", DEBIAN | bitnami("memcached", "1.6.21-3"), all_of("2023-46852", "2023-46853", "2026-47783", "2026-47784")),
    ("Bitnami memcached of the fixed version's packaging", DEBIAN | bitnami("memcached", "1.6.42-0"), set()),
    ("Bitnami etcd between branches", DEBIAN | bitnami("etcd", "3.5.28-1"), all_of("2026-44283", "2026-59818")),
    ("A program of memcached's own making", DEBIAN | {"opt/cache": program("memcached 1.6.41")}, all_of("2026-47783", "2026-47784")),
]


def every_expectation_holds():
    wrong = []
    for number, (what, files, expected) in enumerate(CASES):
        image = support.docker_archive(support.scratch() / "case.tar", [support.layer(files)])
        report = hullcheck("image", image, "--format", "json", database=support.database()).json
        found = {v["advisory"] for v in report["vulnerabilities"]}
        if found != expected or len(found) != len(report["vulnerabilities"]):  # each once
            wrong.append((what, "missing", expected - found, "extra", found - expected, [v["advisory"] for v in report["vulnerabilities"]]))
    assert not wrong, "\n".join(map(str, wrong))


support.need_shared()
support.run(every_expectation_holds)
