#!/usr/bin/env python3
"""Ordinary software must stay silent: no threat and no stopping secret on Debian images of some 500 packages, security
tools among them, nor on popular npm packages.

An ordinary run takes the set of security tools of one release and fifty npm packages. HULLCHECK_FULL=1 takes every set of
three releases and all of tests/data/npm_popular.txt, one after the other, since together they fill a disk; with
HULLCHECK_UPDATE_DOCS=1 as well it writes the figures to docs/false-positives.md. What is found is told at the end, when
all was looked at.
"""
import collections
import datetime
import io
import json
import os
import pathlib
import subprocess
import tarfile

import support
from support import hullcheck

FULL = os.environ.get("HULLCHECK_FULL") == "1"
SUITES = ("bookworm", "bullseye", "trixie") if FULL else ("bookworm",)
SETS = {
    "web": "nginx apache2 php-fpm php-mysql php-gd php-curl nodejs tomcat9 tomcat10 python3-django python3-flask "
           "python3-gunicorn haproxy varnish squid lighttpd ruby-sinatra ruby-rack uwsgi uwsgi-plugin-python3 wordpress "
           "libapache2-mod-wsgi-py3 libapache2-mod-perl2 libwww-perl certbot python3-certbot-nginx openssh-server cron logrotate "
           "phpmyadmin roundcube nextcloud-desktop-cmd w3m lynx elinks",
    "database": "postgresql postgresql-contrib mariadb-server redis-server memcached sqlite3 rabbitmq-server "
                "python3-sqlalchemy python3-psycopg2 python3-pymysql pgbouncer pgpool2 slapd ldap-utils couchdb "
                "libdbi-perl libdbd-mysql-perl libdbd-pg-perl default-jdk-headless libpostgresql-jdbc-java influxdb "
                "prometheus grafana etcd-server cassandra barman pgbackrest mysqltuner openssh-server cron rsync postgis "
                "pgloader pg-activity percona-toolkit mycli pgcli adminer php-pgsql php-mysql sqlitebrowser unixodbc "
                "tdsodbc freetds-bin firebird3.0-server zookeeperd repmgr libpq-dev libmariadb-dev libsqlite3-dev "
                "build-essential python3-pandas python3-asyncpg default-jre libreoffice-base-drivers redis-tools "
                "mariadb-backup",
    "development": "build-essential golang rustc cargo default-jdk maven cmake ninja-build gdb valgrind git subversion "
                   "mercurial clang lldb nodejs npm python3-dev python3-pip python3-venv python3-numpy ruby-dev php-cli "
                   "composer perl ghc ocaml erlang-base elixir lua5.4 emacs-nox vim-nox docker.io strace ltrace "
                   "linux-perf ansible jq shellcheck",
    "desktop": "xfce4 firefox-esr thunderbird libreoffice-writer libreoffice-calc gimp inkscape vlc evince network-manager "
               "pulseaudio cups fonts-noto-core xserver-xorg lightdm gedit file-roller transmission-gtk pidgin "
               "keepassxc gnupg electrum",
    "security": "nmap hashcat john hydra sqlmap tshark tcpdump aircrack-ng clamav lynis chkrootkit rkhunter yara "
                "ettercap-text-only masscan suricata medusa ncrack socat netcat-openbsd proxychains4 tor monero bettercap "
                "dsniff weevely sslscan fail2ban aide tripwire unhide patator wfuzz dirb gobuster ffuf radare2 binwalk foremost "
                "sleuthkit steghide hashdeep ssdeep ophcrack-cli fcrackzip pdfcrack crunch nbtscan smbclient onesixtyone "
                "arp-scan netdiscover hping3 fping python3-scapy mitmproxy docker.io auditd apparmor sudo openssh-server "
                "python3-impacket python3-pwntools libpcap-dev ruby nodejs default-jre-headless",
}
figures = []
found_wrongly = []


def available(suite, names):
    """Those of the names that the release has."""
    place = support.scratch() / f"lists-{suite}"
    for folder in ("lists/partial", "cache/archives/partial", "etc"):
        (place / folder).mkdir(parents=True, exist_ok=True)
    (place / "sources.list").write_text(support.mirror_line(suite).replace("deb ", "deb [trusted=yes] ", 1) + "\n")
    options = [f"-oDir::State={place}", f"-oDir::State::lists={place}/lists", f"-oDir::Cache={place}/cache",
               f"-oDir::Etc::sourcelist={place}/sources.list", "-oDir::Etc::sourceparts=-", "-oDir::State::status=/dev/null"]
    if subprocess.run(["apt-get", *options, "update", "-qq"], capture_output=True).returncode != 0:
        support.skip(f"no package mirror for {suite}")
    shown = subprocess.run(["apt-cache", *options, "show", "--no-all-versions", *names], capture_output=True, text=True).stdout
    known = {line.removeprefix("Package: ") for line in shown.splitlines() if line.startswith("Package: ")}
    return [name for name in names if name in known]


def examine(title, image):
    answer = hullcheck("image", image, "--format", "json", "--no-cache", database=support.database(), timeout=1200)
    report = answer.json
    files = sum(layer["files"] for layer in report["image"]["layers"])
    kinds = {kind: collections.Counter(finding["rule"] for finding in report[kind])
             for kind in ("threats", "secrets", "warnings")}
    print(f"  {title}: {len(report['packages'])} packages, {files} files; " +
          "; ".join(f"{kind} {sum(count.values())} {dict(sorted(count.items()))}" for kind, count in kinds.items()))
    found = {finding["id"] for finding in report["secrets"]}
    stopping = [reason for reason in report["reasons"] if reason["verdict"] == "unsafe" and reason["reference"] in found]
    figures.append((title, len(report["packages"]), files, kinds, len(stopping)))
    if report["threats"] or stopping:
        found_wrongly.append(title)
        print(json.dumps(report["threats"], indent=1)[:6000], json.dumps(stopping, indent=1)[:3000])


def debian_sets():
    support.need_tool("mmdebstrap")
    for suite in SUITES:
        for name in SETS if FULL else ("security",):
            packages = ",".join(available(suite, SETS[name].split()))
            support.DEBIAN[f"{suite}-{name}"] = (suite, packages, "apt", "main-only")
            examine(f"{suite} {name}", support.debian_image(f"{suite}-{name}"))
            if FULL:
                for suffix in (".tar", ".tree.tar"):
                    (support.KEEP / f"{suite}-{name}{suffix}").unlink(missing_ok=True)


def npm_packages():
    if subprocess.run(["npm", "--version"], capture_output=True).returncode != 0:
        print("  skipped: npm does not run here")
        return
    listed = (support.ROOT / "tests/data/npm_popular.txt").read_text().split()
    names = listed if FULL else listed[:50]
    place = support.KEEP / f"npm-{len(names)}"
    with support.only_one("npm"):
        if not (place / "ready").exists():
            place.mkdir(parents=True, exist_ok=True)
            (place / "package.json").write_text('{"name": "popular", "version": "1.0.0", "private": true}')
            done = subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps",
                                   "--loglevel=error", *names], cwd=place, capture_output=True, text=True)
            if done.returncode != 0:
                print(f"  skipped: npm has no registry here ({done.stderr.strip()[-300:]})")
                return
            (place / "ready").touch()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        tar.add(place / "node_modules", "usr/lib/node_modules")
    base = support.layer({"etc/os-release": 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n', "var/lib/dpkg/status":
                          "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4\n\n"})
    image = support.docker_archive(support.scratch() / "npm.tar", [base, out.getvalue()])
    examine(f"{len(names)} npm packages and what they need", image)


def figures_are_written():
    if not (FULL and os.environ.get("HULLCHECK_UPDATE_DOCS") == "1"):
        return
    lines = ["# False positives", "",
             "What hullcheck says about ordinary software, per 100,000 files; `HULLCHECK_FULL=1 HULLCHECK_UPDATE_DOCS=1",
             f"tests/e2e/false_positives_test.py` made this page on {datetime.date.today()}.", "",
             "| image | packages | files | threats | secrets | of these stopping | warnings | rules of the warnings |",
             "|---|---|---|---|---|---|---|---|"]
    for title, packages, files, kinds, stopping in figures:
        rate = {kind: f"{sum(count.values()) * 100_000 / max(files, 1):.1f}" for kind, count in kinds.items()}
        rules = ", ".join(f"{rule} {count}" for rule, count in sorted(kinds["warnings"].items()))
        lines.append(f"| {title} | {packages} | {files:,} | {rate['threats']} | {rate['secrets']} | {stopping} | "
                     f"{rate['warnings']} | {rules} |")
    (support.ROOT / "docs/false-positives.md").write_text("\n".join(lines) + "\n")


def nothing_was_found():
    assert not found_wrongly, "threats or stopping secrets in: " + ", ".join(found_wrongly)


support.need_shared()
support.need_root()
support.run(debian_sets, npm_packages, figures_are_written, nothing_was_found)
