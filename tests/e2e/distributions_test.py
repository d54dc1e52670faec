"""Every operating system that is known, as its images say what they are: os-release in the published form and the package
database with one package of the distribution and one of somebody else."""
import sqlite3
import struct

import support
from support import SAFE, hullcheck


def header(name, version, release, arch, vendor, source, epoch=None):
    """An rpm header as databases keep it, without a signed region."""
    texts = [(1000, name), (1001, version), (1002, release), (1011, vendor), (1014, "MIT"), (1022, arch), (1044, source)]
    entries, data = [], b""
    for tag, text in texts:
        entries.append((tag, 6, len(data), 1))
        data += text.encode() + b"\0"
    if epoch is not None:
        data += bytes(-len(data) % 4)
        entries.append((1003, 4, len(data), 1))
        data += struct.pack(">I", epoch)
    entries.sort()
    return struct.pack(">II", len(entries), len(data)) + b"".join(struct.pack(">IIII", *entry) for entry in entries) + data


def rpm(*packages):
    path = support.scratch() / "rpmdb.sqlite"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
        database.executemany("INSERT INTO Packages (blob) VALUES (?)", [(header(*package),) for package in packages])
    database.close()
    return path.read_bytes()


def rpms(place, vendor, tag, other=True):
    packages = [("openssl-libs", "3.0.7", "27." + tag, "x86_64", vendor, f"openssl-3.0.7-27.{tag}.src.rpm", 1)]
    if other:
        packages.append(("sample-tool", "1.0", "1", "x86_64", "Example Corp", "sample-tool-1.0-1.src.rpm"))
    return {place: rpm(*packages)}


def debs(name, version, source, maintainer, other="Docker <support@docker.com>"):
    def stanza(package, number, who, more=""):
        return (f"Package: {package}\nStatus: install ok installed\nMaintainer: {who}\nArchitecture: amd64\n{more}"
                f"Version: {number}\n\n")
    return {"var/lib/dpkg/status": stanza(name, version, maintainer, f"Source: {source}\n")
            + (stanza("docker-ce", "5:27.0.3-1~debian.12~bookworm", other) if other else "")}


def apks(version, place="lib/apk/db/installed"):
    return {place: f"P:libcrypto3\nV:{version}\nA:x86_64\no:openssl\nm:Somebody <s@example.org>\n\n"}


RPM_OLD, RPM_NEW = "var/lib/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/rpmdb.sqlite"
MANIFEST = {"var/lib/rpmmanifest/container-manifest-2":
            "openssl-libs\t3.3.0-1.azl3\t0\t0\tMicrosoft Corporation\t(none)\t1\tx86_64\t0\topenssl-3.3.0-1.azl3.src.rpm\n"}

# name: (os-release, database, id, version, package URL of the distribution's package, whether another's is in it)
SYSTEMS = {
    "debian": ('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\n'
               'VERSION_CODENAME=bookworm\nID=debian\n', debs("libssl3", "3.0.15-1~deb12u1", "openssl", "Debian OpenSSL Team <o@example.org>"),
               "debian", "12", "pkg:deb/debian/libssl3@3.0.15-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl", True),
    "ubuntu": ('PRETTY_NAME="Ubuntu 22.04.4 LTS"\nNAME="Ubuntu"\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\nID=ubuntu\nID_LIKE=debian\n',
               debs("libssl3", "3.0.2-0ubuntu1.15", "openssl", "Ubuntu Developers <u@example.org>"), "ubuntu", "22.04",
               "pkg:deb/ubuntu/libssl3@3.0.2-0ubuntu1.15?arch=amd64&distro=ubuntu-22.04&upstream=openssl", True),
    "alpine": ('NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n', apks("3.3.2-r0"), "alpine",
               "3.20.3", "pkg:apk/alpine/libcrypto3@3.3.2-r0?arch=x86_64&distro=alpine-3.20.3&upstream=openssl", False),
    "wolfi": ('ID=wolfi\nNAME="Wolfi"\nPRETTY_NAME="Wolfi"\nVERSION_ID="20230201"\n', apks("3.4.0-r2", "usr/lib/apk/db/installed"),
              "wolfi", "20230201", "pkg:apk/wolfi/libcrypto3@3.4.0-r2?arch=x86_64&distro=wolfi-20230201&upstream=openssl", False),
    "chainguard": ('ID=chainguard\nNAME="Chainguard"\nPRETTY_NAME="Chainguard"\nVERSION_ID="20230214"\n', apks("3.4.0-r2"), "chainguard",
                   "20230214", "pkg:apk/chainguard/libcrypto3@3.4.0-r2?arch=x86_64&distro=chainguard-20230214&upstream=openssl", False),
    "minimos": ('ID=minimos\nNAME="MinimOS"\nPRETTY_NAME="MinimOS"\nVERSION_ID="20241031"\n', apks("3.4.0-r2"), "minimos", "20241031",
                "pkg:apk/minimos/libcrypto3@3.4.0-r2?arch=x86_64&distro=minimos-20241031&upstream=openssl", False),
    "rhel": ('NAME="Red Hat Enterprise Linux"\nVERSION="9.4 (Plow)"\nID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.4"\n'
             'PRETTY_NAME="Red Hat Enterprise Linux 9.4 (Plow)"\nCPE_NAME="cpe:/o:redhat:enterprise_linux:9::baseos"\n',
             rpms(RPM_OLD, "Red Hat, Inc.", "el9"), "rhel", "9.4",
             "pkg:rpm/redhat/openssl-libs@3.0.7-27.el9?arch=x86_64&distro=rhel-9.4&epoch=1&upstream=openssl-3.0.7-27.el9.src.rpm", True),
    "centos": ('NAME="CentOS Stream"\nVERSION="9"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="9"\nPRETTY_NAME="CentOS Stream 9"\n',
               rpms(RPM_OLD, "CentOS", "el9"), "centos", "9", "pkg:rpm/centos/openssl-libs@3.0.7-27.el9?", True),
    "rocky": ('NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\nPRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"\n',
              rpms(RPM_OLD, "Rocky Enterprise Software Foundation", "el9"), "rocky", "9.4", "pkg:rpm/rocky/openssl-libs@3.0.7-27.el9?", True),
    "almalinux": ('NAME="AlmaLinux"\nID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\nPRETTY_NAME="AlmaLinux 9.4"\n',
                  rpms(RPM_OLD, "AlmaLinux", "el9"), "almalinux", "9.4", "pkg:rpm/almalinux/openssl-libs@3.0.7-27.el9?", True),
    "oracle": ('NAME="Oracle Linux Server"\nID="ol"\nID_LIKE="fedora"\nVERSION_ID="9.4"\nPRETTY_NAME="Oracle Linux Server 9.4"\n',
               rpms(RPM_OLD, "Oracle America", "0.1.el9"), "ol", "9.4", "pkg:rpm/ol/openssl-libs@3.0.7-27.0.1.el9?", True),
    "fedora": ('NAME="Fedora Linux"\nID=fedora\nVERSION_ID=40\nPRETTY_NAME="Fedora Linux 40 (Container Image)"\n',
               rpms(RPM_NEW, "Fedora Project", "fc40"), "fedora", "40", "pkg:rpm/fedora/openssl-libs@3.0.7-27.fc40?", True),
    "amazon2": ('NAME="Amazon Linux"\nVERSION="2"\nID="amzn"\nID_LIKE="centos rhel fedora"\nVERSION_ID="2"\nPRETTY_NAME="Amazon Linux 2"\n',
                rpms(RPM_OLD, "Amazon Linux", "amzn2"), "amzn", "2", "pkg:rpm/amzn/openssl-libs@3.0.7-27.amzn2?", True),
    "amazon2023": ('NAME="Amazon Linux"\nID="amzn"\nID_LIKE="fedora"\nVERSION_ID="2023"\nPRETTY_NAME="Amazon Linux 2023.5.20240708"\n',
                   rpms(RPM_NEW, "Amazon Linux", "amzn2023"), "amzn", "2023", "pkg:rpm/amzn/openssl-libs@3.0.7-27.amzn2023?", True),
    "sles": ('NAME="SLES"\nVERSION="15-SP5"\nVERSION_ID="15.5"\nPRETTY_NAME="SUSE Linux Enterprise Server 15 SP5"\nID="sles"\nID_LIKE="suse"\n',
             rpms(RPM_NEW, "SUSE LLC <https://www.suse.com/>", "150500"), "sles", "15.5", "pkg:rpm/suse/openssl-libs@3.0.7-27.150500?", True),
    "leap": ('NAME="openSUSE Leap"\nVERSION="15.6"\nID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\nPRETTY_NAME="openSUSE Leap 15.6"\n',
             rpms(RPM_NEW, "openSUSE", "150600"), "opensuse-leap", "15.6", "pkg:rpm/opensuse/openssl-libs@3.0.7-27.150600?", True),
    "tumbleweed": ('NAME="openSUSE Tumbleweed"\nID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\nVERSION_ID="20240720"\n',
                   rpms(RPM_NEW, "openSUSE", "1.2"), "opensuse-tumbleweed", "20240720", "pkg:rpm/opensuse/openssl-libs@3.0.7-27.1.2?", True),
    "photon": ('NAME="VMware Photon OS"\nVERSION="5.0"\nID=photon\nVERSION_ID=5.0\nPRETTY_NAME="VMware Photon OS/Linux"\n',
               rpms(RPM_NEW, "VMware, Inc.", "ph5"), "photon", "5.0", "pkg:rpm/photon/openssl-libs@3.0.7-27.ph5?", True),
    "mariner": ('NAME="Common Base Linux Mariner"\nID=mariner\nVERSION_ID="2.0"\nPRETTY_NAME="CBL-Mariner/Linux"\n',
                rpms(RPM_OLD, "Microsoft Corporation", "cm2"), "mariner", "2.0", "pkg:rpm/mariner/openssl-libs@3.0.7-27.cm2?", True),
    "azurelinux": ('NAME="Microsoft Azure Linux"\nID=azurelinux\nVERSION_ID="3.0"\nPRETTY_NAME="Microsoft Azure Linux 3.0"\n', MANIFEST,
                   "azurelinux", "3.0", "pkg:rpm/azurelinux/openssl-libs@3.3.0-1.azl3?", False),
    "openeuler": ('NAME="openEuler"\nVERSION="24.03 (LTS)"\nID="openEuler"\nVERSION_ID="24.03"\nPRETTY_NAME="openEuler 24.03 (LTS)"\n',
                  rpms(RPM_OLD, "http://openeuler.org", "oe2403"), "openeuler", "24.03", "pkg:rpm/openeuler/openssl-libs@3.0.7-27.oe2403?", True),
    "arch": ('NAME="Arch Linux"\nPRETTY_NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling\n',
             {"var/lib/pacman/local/openssl-3.3.1-1/desc": "%NAME%\nopenssl\n\n%VERSION%\n3.3.1-1\n\n%ARCH%\nx86_64\n\n"}, "arch", None,
             "pkg:alpm/arch/openssl@3.3.1-1?arch=x86_64&distro=arch", False),
    "gentoo": ('NAME=Gentoo\nID=gentoo\nPRETTY_NAME="Gentoo Linux"\nVERSION_ID="2.15"\n',
               {"var/db/pkg/dev-libs/openssl-3.0.13-r2/CONTENTS": "dir /usr\n"}, "gentoo", "2.15",
               "pkg:ebuild/dev-libs/openssl@3.0.13-r2?distro=gentoo-2.15", False),
    "openwrt": ('NAME="OpenWrt"\nVERSION="23.05.3"\nID="openwrt"\nID_LIKE="lede openwrt"\nVERSION_ID="23.05.3"\n',
                {"usr/lib/opkg/status": "Package: libopenssl3\nVersion: 3.0.13-1\nStatus: install user installed\nArchitecture: x86_64\n\n"},
                "openwrt", "23.05.3", "pkg:opkg/openwrt/libopenssl3@3.0.13-1?arch=x86_64&distro=openwrt-23.05.3", False),
    "distroless": ('PRETTY_NAME="Distroless"\nNAME="Debian GNU/Linux"\nID="debian"\nVERSION_ID="12"\nVERSION="Debian GNU/Linux 12 (bookworm)"\n',
                   {"var/lib/dpkg/status.d/libssl3": "Package: libssl3\nVersion: 3.0.15-1~deb12u1\nArchitecture: amd64\nSource: openssl\n"
                                                     "Maintainer: Debian OpenSSL Team <o@example.org>\n"},
                   "debian", "12", "pkg:deb/debian/libssl3@3.0.15-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl", False),
    "bottlerocket": ('NAME=Bottlerocket\nID=bottlerocket\nVERSION="1.20.4"\nVERSION_ID=1.20.4\nPRETTY_NAME="Bottlerocket OS 1.20.4"\n',
                     {"usr/share/bottlerocket/application-inventory.json":
                      '{"Content": [{"Name": "kernel-6.1", "Publisher": "Bottlerocket", "Version": "6.1.102", "Release": "1.1", '
                      '"Epoch": "1", "Architecture": "x86_64"}]}'}, "bottlerocket", "1.20.4", "pkg:rpm/bottlerocket/kernel-6.1@6.1.102-1.1", False),
}


# Their makers have not announced a last day for these releases: the answer says so.
UNDATED = {"bottlerocket"}


def every_system_is_known_by_its_own_files():
    wrong = []
    for name, (release, files, system, version, purl, has_other) in SYSTEMS.items():
        image = support.docker_archive(support.scratch() / "system.tar", [support.layer({"usr/lib/os-release": release, **files})])
        answer = hullcheck("image", image, "--format", "json")
        report = answer.json
        found = report["image"]["distribution"] or {}
        gaps = {gap["id"] for gap in report["coverage"]["gaps"]}
        urls = [package["purl"] for package in report["packages"]]
        if (found.get("id"), found.get("versionId")) != (system, version):
            wrong.append((name, found))
        if not any(url.startswith(purl) for url in urls):
            wrong.append((name, purl, urls))
        if ("unknown-distribution" in gaps) != (name in UNDATED) or {"no-package-database", "distribution-contradicted"} & gaps:
            wrong.append((name, gaps))
        if answer.code == SAFE:
            wrong.append((name, "safe without advisories"))
    assert not wrong, "\n".join(map(str, wrong))


def others_packages_are_named_and_not_judged_in_silence():
    wrong = []
    for name, (release, files, *_, has_other) in SYSTEMS.items():
        image = support.docker_archive(support.scratch() / "other.tar", [support.layer({"etc/os-release": release, **files})])
        report = hullcheck("image", image, "--format", "json", database=support.database()).json
        gaps = [gap for gap in report["coverage"]["gaps"] if gap["id"] == "third-party-packages"]
        if bool(gaps) != has_other:
            wrong.append((name, gaps, [gap["id"] for gap in report["coverage"]["gaps"]]))
    assert not wrong, "\n".join(map(str, wrong))


support.need_shared()
support.run(every_system_is_known_by_its_own_files, others_packages_are_named_and_not_judged_in_silence)
