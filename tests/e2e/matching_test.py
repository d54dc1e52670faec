"""Every family of distributions through the built binary: a mirror of small documents in the publishers' formats, an image of a
few packages, and what must be found in it and what must not, worked out by hand."""
import bz2
import gzip
import hashlib
import io
import json
import tarfile
import zipfile

import support
from package_databases import apks, debs, program, rpms
from support import hullcheck

MIRROR = support.scratch() / "mirror"


def put(url, content):
    path = MIRROR / url.removeprefix("https://")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def osv_zip(ecosystem, records):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for record in records:
            archive.writestr(record["id"] + ".json", json.dumps(record))
    put(f"https://osv-vulnerabilities.storage.googleapis.com/{ecosystem}/all.zip", out.getvalue())


def record(identifier, ecosystem, name, fixed=None, **more):
    events = [{"introduced": "0"}] + ([{"fixed": fixed}] if fixed else [])
    return {"id": identifier, "modified": "2026-01-01T00:00:00Z", **more,
            "affected": [{"package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]}


def updateinfo(*bulletins):
    """(id, flaw, name, version, release)"""
    text = "<updates>"
    for identifier, flaw, name, version, release in bulletins:
        text += (f'<update type="security"><id>{identifier}</id><severity>important</severity><references><reference type="cve" '
                 f'id="{flaw}"/></references><pkglist><collection><package name="{name}" epoch="0" version="{version}" '
                 f'release="{release}" arch="x86_64"/></collection></pkglist></update>')
    return text + "</updates>"


def repository(base, document):
    packed = gzip.compress(document.encode())
    digest = hashlib.sha256(document.encode()).hexdigest()
    put(base + "repodata/repomd.xml", '<repomd><data type="updateinfo"><location href="repodata/updateinfo.xml.gz"/>'
        f'<open-checksum type="sha256">{digest}</open-checksum></data></repomd>')
    put(base + "repodata/updateinfo.xml.gz", packed)


def oval(definitions, extra=""):
    """(class, title, references, [(release comment, package, operation, evr, comment)]); release None: none."""
    head, tests, objects, states, count = "", "", "", "", 0
    for kind, title, references, packages in definitions:
        criteria = ""
        for release, name, operation, evr, comment in packages:
            count += 1
            release_test = ""
            if release:
                release_test = f'<criterion test_ref="r{count}" comment="{release} is installed"/>'
                tests += f'<rpminfo_test id="r{count}"><object object_ref="ro{count}"/></rpminfo_test>'
                objects += f'<rpminfo_object id="ro{count}"><name>some-release</name></rpminfo_object>'
            criteria += f'<criteria operator="AND">{release_test}<criterion test_ref="t{count}" comment="{comment}"/></criteria>'
            tests += f'<rpminfo_test id="t{count}"><object object_ref="o{count}"/><state state_ref="s{count}"/></rpminfo_test>'
            objects += f'<rpminfo_object id="o{count}"><name>{name}</name></rpminfo_object>'
            states += f'<rpminfo_state id="s{count}"><evr operation="{operation}">{evr}</evr></rpminfo_state>'
        named = "".join(f'<reference ref_id="{reference}" source="{"CVE" if reference.startswith("CVE") else "x"}"/>'
                        for reference in references)
        head += (f'<definition class="{kind}" id="d{count}"><metadata><title>{title}</title>{named}{extra}</metadata>'
                 f'<criteria operator="OR">{criteria}</criteria></definition>')
    return (f"<oval_definitions><generator><timestamp>2026-01-01T00:00:00</timestamp></generator><definitions>{head}</definitions>"
            f"<tests>{tests}</tests><objects>{objects}</objects><states>{states}</states></oval_definitions>")


def csaf(flaw, products, builds, status):
    """products: {id: cpe or None}; builds: {id: purl or None}; status: {list: ["PRODUCT:BUILD"]}"""
    branches = [{"category": "product_name", "name": key, "product": {
        "name": key, "product_id": key, **({"product_identification_helper": {"cpe": cpe}} if cpe else {})}} for key, cpe in products.items()]
    branches += [{"category": "product_version", "name": key, "product": {
        "name": key, "product_id": key, **({"product_identification_helper": {"purl": purl}} if purl else {})}} for key, purl in builds.items()]
    relations = [{"category": "default_component_of", "product_reference": build, "relates_to_product_reference": product,
                  "full_product_name": {"name": f"{build} as a component of {product}", "product_id": f"{product}:{build}"}}
                 for product in products for build in builds]
    return json.dumps({"document": {"category": "csaf_vex", "tracking": {"status": "final"}},
                       "product_tree": {"branches": [{"category": "vendor", "name": "x", "branches": branches}],
                                        "relationships": relations},
                       "vulnerabilities": [{"cve": flaw, "product_status": status,
                                            "threats": [{"category": "impact", "details": "Important"}]}]})


def csaf_tree(base, archive, documents):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for flaw, text in documents.items():
            info = tarfile.TarInfo(f"2024/{flaw.lower()}.json")
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    put(base + "changes.csv", "".join(f'"2024/{flaw.lower()}.json","2026-01-01T05:00:00+00:00"\n' for flaw in documents))
    put(archive, out.getvalue())


def nvd(year, flaws):
    """{flaw: [cpeMatch]} or {flaw: [configuration]}"""
    entries = []
    for flaw, configurations in flaws.items():
        if "criteria" in configurations[0]:
            configurations = [{"nodes": [{"operator": "OR", "negate": False, "cpeMatch": configurations}]}]
        entries.append({"cve": {"id": flaw, "vulnStatus": "Analyzed", "descriptions": [{"lang": "en", "value": "A flaw"}],
                                "metrics": {"cvssMetricV31": [{"type": "Primary", "cvssData": {
                                    "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}]},
                                "configurations": configurations}})
    put(f"https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-{year}.json.gz", gzip.compress(json.dumps({"vulnerabilities": entries}).encode()))


def cpe(name, vulnerable=True, **bounds):
    return {"vulnerable": vulnerable, "criteria": f"cpe:2.3:{name}:*:*:*:*:*:*:*:*", **bounds}


def make_mirror():
    put("https://security-tracker.debian.org/tracker/data/json", json.dumps({
        "openssl": {"CVE-2024-1": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "3.0.13-1~deb12u1", "urgency": "medium"}}},
                    "CVE-2024-2": {"releases": {"bookworm": {"status": "open", "urgency": "unimportant"}}},
                    "CVE-2024-3": {"releases": {"bookworm": {"status": "open", "urgency": "low", "nodsa_reason": "ignored"}}},
                    "CVE-2024-4": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "0", "urgency": "medium"}}},
                    "CVE-2024-5": {"releases": {"bullseye": {"status": "open", "urgency": "high"}}}},
        "linux": {"CVE-2024-6": {"releases": {"bookworm": {"status": "open", "urgency": "high"}}}}}))
    put("https://secdb.alpinelinux.org/v3.20/main.json", json.dumps({"packages": [{"pkg": {"name": "openssl", "secfixes": {
        "3.3.1-r1": ["CVE-2024-1"], "0": ["CVE-2024-2"], "3.3.2-r0": ["CVE-2024-3 XSA-1"]}}}]}))
    put("https://secdb.alpinelinux.org/v3.19/main.json", json.dumps({"packages": [{"pkg": {"name": "openssl", "secfixes": {
        "3.9.9-r9": ["CVE-2024-9"]}}}]}))
    put("https://packages.wolfi.dev/os/security.json", json.dumps({"packages": [{"pkg": {"name": "openssl", "secfixes": {
        "3.3.2-r0": ["CVE-2024-1"]}}}]}))
    osv_zip("Ubuntu", [record("UBUNTU-CVE-2024-1", "Ubuntu:22.04:LTS", "openssl", "3.0.2-0ubuntu1.15", upstream=["CVE-2024-1"]),
                       record("UBUNTU-CVE-2024-2", "Ubuntu:Pro:22.04:LTS", "openssl", "3.0.2-0ubuntu1.19+esm1", upstream=["CVE-2024-2"]),
                       record("UBUNTU-CVE-2024-3", "Ubuntu:24.04:LTS", "openssl", "9", upstream=["CVE-2024-3"])])
    for ecosystem, prefix, release in (("AlmaLinux", "ALSA", "AlmaLinux:9"), ("Rocky%20Linux", "RLSA", "Rocky Linux:9")):
        osv_zip(ecosystem, [
            record(f"{prefix}-2024:1", release, "openssl-libs", "1:3.0.7-27.el9", related=["CVE-2024-1", "CVE-2024-2"],
                   summary="Important: openssl security update"),
            record(f"{prefix}-2024:2", release, "nodejs", "1:18.19.1-1.module_el9.3.0+1+a", related=["CVE-2024-3"],
                   summary="Important: nodejs:18 security update")])
    base = "https://security.access.redhat.com/data/csaf/v2/vex/"
    main, eus = "cpe:/o:redhat:enterprise_linux:9::baseos", "cpe:/o:redhat:rhel_eus:9.2::baseos"
    builds = {"openssl-libs-1:3.0.7-27.el9.x86_64": "pkg:rpm/redhat/openssl-libs@3.0.7-27.el9?arch=x86_64&epoch=1",
              "openssl-libs-1:3.0.7-18.el9_2.x86_64": "pkg:rpm/redhat/openssl-libs@3.0.7-18.el9_2?arch=x86_64&epoch=1",
              "openssl": "pkg:rpm/redhat/openssl?arch=src"}
    products = {"BaseOS-9": main, "EUS-9.2": eus, "red_hat_enterprise_linux_9": "cpe:/o:redhat:enterprise_linux:9"}
    fixed_main, fixed_eus = "BaseOS-9:openssl-libs-1:3.0.7-27.el9.x86_64", "EUS-9.2:openssl-libs-1:3.0.7-18.el9_2.x86_64"
    csaf_tree(base, base + "csaf_vex_2026-01-02.tar.zst", {
        "CVE-2024-1": csaf("CVE-2024-1", products, builds, {"fixed": [fixed_main, fixed_eus]}),
        "CVE-2024-2": csaf("CVE-2024-2", products, builds, {"known_affected": ["red_hat_enterprise_linux_9:openssl"]}),
        "CVE-2024-3": csaf("CVE-2024-3", products, builds, {"known_not_affected": ["red_hat_enterprise_linux_9:openssl"]})})
    put(base + "archive_latest.txt", "csaf_vex_2026-01-02.tar.zst\n")
    put("https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2", bz2.compress(oval([
        ("patch", "ELSA-2024-1: openssl security update", ["ELSA-2024-1", "CVE-2024-1"],
         [("Oracle Linux 9", "openssl-libs", "less than", "1:3.0.7-27.0.1.el9", "openssl-libs is earlier than 1:3.0.7-27.0.1.el9")]),
        ("patch", "ELSA-2024-2: openssl security update", ["ELSA-2024-2", "CVE-2024-2"],
         [("Oracle Linux 9", "openssl-libs", "less than", "2:3.0.7-30.ksplice1.el9", "openssl-libs is earlier than")]),
        ("patch", "ELSA-2024-3: openssl security update", ["ELSA-2024-3", "CVE-2024-3"],
         [("Oracle Linux 8", "openssl-libs", "less than", "9:9-9.el8", "openssl-libs is earlier than")])]).encode()))
    for release, key in (("2023", "https://cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/"),
                         ("2", "https://cdn.amazonlinux.com/2/core/latest/x86_64/")):
        put(key + "mirror.list", key + "repo\n")
        repository(key + "repo/", updateinfo((f"ALAS{release}-2024-1", "CVE-2024-1", "openssl-libs", "3.0.8", f"1.amzn{release}.0.10"),
                                             (f"ALAS{release}-2024-2", "CVE-2024-2", "openssl-libs", "3.0.8", f"1.amzn{release}.0.12")))
    extras = "https://cdn.amazonlinux.com/2/extras/postgresql14/latest/x86_64/"
    put(extras + "mirror.list", extras)
    repository(extras, updateinfo(("ALAS2POSTGRESQL14-2024-1", "CVE-2024-7", "postgresql", "14.11", "1.amzn2")))
    repository("https://dl.fedoraproject.org/pub/fedora/linux/updates/41/Everything/x86_64/",
               updateinfo(("FEDORA-2024-1", "CVE-2024-1", "openssl-libs", "3.2.2", "9.fc41")))
    osv_zip("SUSE", [record("SUSE-SU-2024:1-1", "SUSE:Linux Enterprise Module for Basesystem 15 SP5", "openssl-1_1",
                            "1.1.1l-150500.17.9", related=["CVE-2024-1"], upstream=["CVE-2024-1"]),
                     record("SUSE-SU-2024:2-1", "SUSE:Linux Enterprise Module for Basesystem 15 SP4", "openssl-1_1", "9", upstream=["CVE-2024-2"])])
    put("https://ftp.suse.com/pub/projects/security/oval/opensuse.leap.15.6.xml.gz", gzip.compress(oval([
        ("vulnerability", "CVE-2024-1", ["CVE-2024-1"],
         [("openSUSE Leap 15.6", "libopenssl1_1", "less than", "0:1.1.1w-150600.5.9", "libopenssl1_1-1.1.1w-150600.5.9 is installed")]),
        ("vulnerability", "CVE-2024-2", ["CVE-2024-2"],
         [("openSUSE Leap 15.6", "libopenssl1_1", "greater than", "0:0-0", "libopenssl1_1 is affected")]),
        ("vulnerability", "CVE-2024-3", ["CVE-2024-3"],
         [("openSUSE Leap 15.6", "libopenssl1_1", "less than", "0:0-0", "libopenssl1_1 is not affected")])]).encode()))
    csaf_tree("https://ftp.suse.com/pub/projects/security/csaf-vex/", "https://ftp.suse.com/pub/projects/security/csaf-vex.tar.bz2", {
        "CVE-2024-4": csaf("CVE-2024-4", {"SUSE Linux Enterprise Module for Basesystem 15 SP5": None}, {"libopenssl1_1-1.1.1l-150500.17.12": None},
                           {"recommended": ["SUSE Linux Enterprise Module for Basesystem 15 SP5:libopenssl1_1-1.1.1l-150500.17.12"]}),
        "CVE-2024-5": csaf("CVE-2024-5", {"SUSE Linux Enterprise Server 15 SP5": None}, {"libopenssl1_1": None},
                           {"known_not_affected": ["SUSE Linux Enterprise Server 15 SP5:libopenssl1_1"]})})
    put("https://packages.vmware.com/photon/photon_cve_metadata/cve_data_photon5.0.json", json.dumps([
        {"cve_id": "CVE-2024-1", "pkg": "openssl", "cve_score": 7.5, "aff_ver": "all versions before 3.0.9-2.ph5 are vulnerable", "res_ver": "3.0.9-2.ph5"}]))
    put("https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/azurelinux-3.0-oval.xml", oval([
        ("vulnerability", "CVE-2024-1", ["CVE-2024-1"], [(None, "openssl", "less than", "0:3.3.0-2.azl3", "openssl is earlier")]),
    ], "<patchable>true</patchable>"))
    put("https://security.archlinux.org/all.json", json.dumps([
        {"name": "AVG-1", "packages": ["openssl"], "status": "Fixed", "severity": "High", "affected": "3.3.0-1", "fixed": "3.3.1-1", "issues": ["CVE-2024-1"]}]))
    osv_zip("PyPI", [record("PYSEC-2024-1", "PyPI", "redis", "9.0", aliases=["CVE-2024-99"])])
    osv_zip("Bitnami", [record("BIT-nginx-2024-1", "Bitnami", "nginx", "1.20.1", aliases=["CVE-2024-50"])])
    nvd(2021, {"CVE-2021-3711": [cpe("a:openssl:openssl", versionStartIncluding="1.1.1", versionEndExcluding="1.1.1l")],
               "CVE-2021-32761": [cpe("a:redis:redis", versionStartIncluding="2.2", versionEndExcluding="6.0.15")],
               "CVE-2021-1": [{"operator": "AND", "nodes": [
                   {"operator": "OR", "cpeMatch": [cpe("a:openssl:openssl", versionEndExcluding="3.0")]},
                   {"operator": "OR", "cpeMatch": [{"vulnerable": False, "criteria": "cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*"}]}]}],
               "CVE-2024-50": [cpe("a:f5:nginx", versionEndExcluding="9")],
               "CVE-2021-2": [cpe("a:f5:nginx", versionEndExcluding="1.19")]})


RELEASES = {
    "debian": 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n',
    "alpine": "ID=alpine\nVERSION_ID=3.20.3\n",
    "wolfi": 'ID=wolfi\nVERSION_ID="20230201"\n',
    "ubuntu": 'ID=ubuntu\nVERSION_ID="22.04"\nPRETTY_NAME="Ubuntu 22.04.4 LTS"\n',
    "almalinux": 'ID="almalinux"\nVERSION_ID="9.4"\n',
    "rocky": 'ID="rocky"\nVERSION_ID="9.4"\n',
    "rhel": 'ID="rhel"\nVERSION_ID="9.2"\n',
    "oracle": 'ID="ol"\nVERSION_ID="9.4"\n',
    "amazon2023": 'ID="amzn"\nVERSION_ID="2023"\n',
    "amazon2": 'ID="amzn"\nVERSION_ID="2"\n',
    "fedora": "ID=fedora\nVERSION_ID=41\n",
    "sles": 'ID="sles"\nVERSION_ID="15.5"\n',
    "leap": 'ID="opensuse-leap"\nVERSION_ID="15.6"\n',
    "photon": "ID=photon\nVERSION_ID=5.0\n",
    "azurelinux": 'ID=azurelinux\nVERSION_ID="3.0"\n',
    "arch": "ID=arch\n",
}
EUS = {"root/buildinfo/content_manifests/x.json": json.dumps({"content_sets": ["rhel-9-for-x86_64-baseos-eus-rpms"]})}
PRO = {"var/lib/ubuntu-advantage/status.json": json.dumps({"services": [{"name": "esm-infra", "status": "enabled"}]})}


def pacman(*packages):
    return {f"var/lib/pacman/local/{name}-{version}/desc": f"%NAME%\n{name}\n\n%VERSION%\n{version}\n\n%ARCH%\nx86_64\n\n"
            for name, version in packages}


# (distribution, files, {(package, flaw, fixed version)})
CASES = [
    ("debian", debs(["libssl3 3.0.11-1~deb12u2 openssl"]),
     {("libssl3", "CVE-2024-1", "3.0.13-1~deb12u1"), ("libssl3", "CVE-2024-2", None), ("libssl3", "CVE-2024-3", None)}),
    ("debian", debs(["libssl3 3.0.13-1~deb12u1 openssl", "linux-libc-dev 6.1.90-1 linux"]),
     {("libssl3", "CVE-2024-2", None), ("libssl3", "CVE-2024-3", None)}),
    ("debian", debs(["linux-image-6.1.0-amd64 6.1.90-1 linux", "linux-image-amd64 6.1.90-1 linux", "linux-headers-6.1.0-amd64 6.1.90-1 linux"]),
     {("linux-image-6.1.0-amd64", "CVE-2024-6", None)}),
    ("alpine", apks(["libcrypto3 3.3.1-r0 openssl", "libssl3 3.3.1-r1 openssl"]),
     {("libcrypto3", "CVE-2024-1", "3.3.1-r1"), ("libcrypto3", "CVE-2024-3", "3.3.2-r0"), ("libssl3", "CVE-2024-3", "3.3.2-r0")}),
    ("wolfi", apks(["libcrypto3 3.3.1-r9 openssl"], "usr/lib/apk/db/installed"), {("libcrypto3", "CVE-2024-1", "3.3.2-r0")}),
    ("ubuntu", debs(["libssl3 3.0.2-0ubuntu1.10 openssl"]),
     {("libssl3", "CVE-2024-1", "3.0.2-0ubuntu1.15"), ("libssl3", "CVE-2024-2", None)}),
    ("ubuntu", debs(["libssl3 3.0.2-0ubuntu1.15 openssl"]) | PRO, {("libssl3", "CVE-2024-2", "3.0.2-0ubuntu1.19+esm1")}),
    ("almalinux", rpms(["openssl-libs 1:3.0.7-25.el9 openssl", "nodejs 1:18.1-1.module_el9.2.0+1+a nodejs nodejs:18:9020:a"], "AlmaLinux"),
     {("openssl-libs", "CVE-2024-1", "1:3.0.7-27.el9"), ("openssl-libs", "CVE-2024-2", "1:3.0.7-27.el9"),
      ("nodejs", "CVE-2024-3", "1:18.19.1-1.module_el9.3.0+1+a")}),
    ("almalinux", rpms(["openssl-libs 1:3.0.7-27.el9 openssl", "nodejs 1:16.1-1.module_el9.2.0+1+a nodejs nodejs:16:9020:a"], "AlmaLinux"), set()),
    ("rocky", rpms(["openssl-libs 1:3.0.7-25.el9 openssl"], "Rocky Enterprise Software Foundation"),
     {("openssl-libs", "CVE-2024-1", "1:3.0.7-27.el9"), ("openssl-libs", "CVE-2024-2", "1:3.0.7-27.el9")}),
    ("rhel", rpms(["openssl-libs 1:3.0.7-18.el9_2 openssl"], "Red Hat, Inc."),
     {("openssl-libs", "CVE-2024-1", "1:3.0.7-27.el9"), ("openssl-libs", "CVE-2024-2", None)}),
    ("rhel", rpms(["openssl-libs 1:3.0.7-18.el9_2 openssl"], "Red Hat, Inc.") | EUS, {("openssl-libs", "CVE-2024-2", None)}),
    ("rhel", rpms(["openssl-libs 1:3.0.7-16.el9_2 openssl"], "Red Hat, Inc.") | EUS,
     {("openssl-libs", "CVE-2024-1", "1:3.0.7-18.el9_2"), ("openssl-libs", "CVE-2024-2", None)}),
    ("oracle", rpms(["openssl-libs 1:3.0.7-25.0.1.el9 openssl"], "Oracle America"), {("openssl-libs", "CVE-2024-1", "1:3.0.7-27.0.1.el9")}),
    ("oracle", rpms(["openssl-libs 2:3.0.7-28.ksplice1.el9 openssl"], "Oracle America"),
     {("openssl-libs", "CVE-2024-2", "2:3.0.7-30.ksplice1.el9")}),
    ("amazon2023", rpms(["openssl-libs 3.0.8-1.amzn2023.0.10 openssl"], "Amazon Linux"), {("openssl-libs", "CVE-2024-2", "3.0.8-1.amzn2023.0.12")}),
    ("amazon2", rpms(["openssl-libs 3.0.8-1.amzn2.0.12 openssl", "postgresql 9.2.24-1.amzn2"], "Amazon Linux"), set()),
    ("amazon2", rpms(["postgresql 14.3-1.amzn2"], "Amazon Linux"), {("postgresql", "CVE-2024-7", "14.11-1.amzn2")}),
    ("fedora", rpms(["openssl-libs 3.2.2-3.fc41 openssl"], "Fedora Project"), {("openssl-libs", "CVE-2024-1", "3.2.2-9.fc41")}),
    ("fedora", rpms(["openssl-libs 3.2.2-9.fc41 openssl"], "Fedora Project"), set()),
    ("sles", rpms(["libopenssl1_1 1.1.1l-150500.17.6.1 openssl-1_1"], "SUSE LLC <https://www.suse.com/>"),
     {("libopenssl1_1", "CVE-2024-1", "1.1.1l-150500.17.9"), ("libopenssl1_1", "CVE-2024-4", "1.1.1l-150500.17.12")}),
    ("sles", rpms(["libopenssl1_1 1.1.1l-150500.17.12 openssl-1_1"], "SUSE LLC <https://www.suse.com/>"), set()),
    ("leap", rpms(["libopenssl1_1 1.1.1w-150600.5.3 openssl-1_1"], "openSUSE"),
     {("libopenssl1_1", "CVE-2024-1", "0:1.1.1w-150600.5.9"), ("libopenssl1_1", "CVE-2024-2", None)}),
    ("photon", rpms(["openssl-libs 3.0.9-1.ph5 openssl"], "VMware, Inc."), {("openssl-libs", "CVE-2024-1", "3.0.9-2.ph5")}),
    ("photon", rpms(["openssl-libs 3.0.9-2.ph5 openssl"], "VMware, Inc."), set()),
    ("azurelinux", rpms(["openssl-libs 3.3.0-1.azl3 openssl"], "Microsoft Corporation"), {("openssl-libs", "CVE-2024-1", "0:3.3.0-2.azl3")}),
    ("azurelinux", rpms(["openssl-libs 3.3.0-2.azl3 openssl"], "Microsoft Corporation"), set()),
    ("arch", pacman(("openssl", "3.3.0-1")), {("openssl", "CVE-2024-1", "3.3.1-1")}),
    ("arch", pacman(("openssl", "3.3.1-1")), set()),
]

OPENSSL = program("OpenSSL 1.1.1k  25 Mar 2021", "platform: linux-x86_64")
OPENSSL_FIXED = program("OpenSSL 1.1.1l  24 Aug 2021", "platform: linux-x86_64")
REDIS = program("redis_version:%s", "6.0.0")
NGINX = program("nginx version: nginx/1.18.0")


def scan(name, files, *options):
    image = support.docker_archive(support.scratch() / f"{name}.tar", [support.layer(files)])
    return hullcheck("image", image, "--format", "json", *options, database=support.scratch() / "db").json


def flaws(report):
    return {(v["package"], v["advisory"], v["fixedVersion"] or None) for v in report["vulnerabilities"]}


def the_mirror_loads_whole():
    answer = hullcheck("db", "update", "--mirror", MIRROR, "--db", support.scratch() / "db")
    assert answer.code == 0 and " 0 failed" in answer.out and "skipped" not in answer.out, answer


def every_family_both_ways():
    wrong = []
    for number, (distribution, files, expected) in enumerate(CASES):
        report = scan("case", {"etc/os-release": RELEASES[distribution], **files})
        if flaws(report) != expected:
            wrong.append((number, distribution, "missing", expected - flaws(report), "extra", flaws(report) - expected,
                          report["coverage"]["gaps"]))
    assert not wrong, "\n".join(map(str, wrong))


def programs_that_no_package_brought():
    files = {"etc/os-release": RELEASES["debian"], **debs(["base-files 12.4"])}
    report = scan("unowned", files | {"opt/x/openssl": OPENSSL, "srv/anything": REDIS, "opt/web": NGINX})
    found = {(v["package"], v["advisory"], v["location"]["path"]) for v in report["vulnerabilities"]}
    assert found == {("openssl", "CVE-2021-3711", "opt/x/openssl"), ("redis", "CVE-2021-32761", "srv/anything"),
                     ("nginx", "CVE-2024-50", "opt/web"), ("nginx", "CVE-2021-2", "opt/web")}, found
    flaw = next(v for v in report["vulnerabilities"] if v["package"] == "openssl")
    assert flaw["severity"] == "critical" and flaw["severitySource"] == "nvd" and flaw["fixedVersion"] == "1.1.1l", flaw
    # What a package brought is judged as that package, and what is fixed is fixed.
    owned = debs(["base-files 12.4", "openssl 3.0.13-1~deb12u1", "redis-server 5:7.0.15-1 redis"],
                 {"openssl": ["usr/bin/openssl"], "redis-server": ["usr/bin/redis-server"]})
    report = scan("owned", files | owned | {"usr/bin/openssl": OPENSSL, "usr/bin/redis-server": REDIS, "opt/new": OPENSSL_FIXED})
    assert {v["advisory"] for v in report["vulnerabilities"]} == {"CVE-2024-2", "CVE-2024-3"}, report["vulnerabilities"]
    # A Python package of the same name has its own feed.
    wheel = {"usr/lib/python3/site-packages/redis-3.0.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: redis\nVersion: 3.0.0\n"}
    report = scan("python", files | wheel)
    assert {v["advisory"] for v in report["vulnerabilities"]} == {"CVE-2024-99"}, report["vulnerabilities"]


make_mirror()
support.run(the_mirror_loads_whole, every_family_both_ways, programs_that_no_package_brought)
