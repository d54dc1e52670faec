"""Software that quotes attacks because it looks for them is told by its form, and one payload among it is still found."""
import support
from support import hullcheck

# Built here so that this file does not hold what is looked for.
POOL = "stratum" + "+tcp://pool.example.org:3333"
BASE = {
    "etc/os-release": "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian 12\"\n",
    "var/lib/dpkg/status": "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4\n\n",
}


def many(path, text, count=20):
    return {path.format(i): text.format(i=i, pool=POOL) for i in range(count)}


def lines(path, line, count=24, head=""):
    return {path: head + "".join(line.format(i=i, pool=POOL, hex=POOL.encode().hex(), digest=f"{i:064x}") for i in range(count))}


CORPORA = {
    "yara": many("opt/rules/r{}.yar", 'rule R{i} {{\n  strings: $a = "{pool}"\n  condition: $a\n}}\n'),
    "yara-one-file": lines("opt/rules/all.yara", 'rule R{i} {{\n  strings: $a = "{pool}"\n  condition: $a\n}}\n'),
    "sigma": many("opt/sigma/linux/r{}.yml", "title: R{i}\nlogsource:\n  product: linux\ndetection:\n  words:\n    - '{pool}'\n"
                  "  condition: words\n"),
    "falco": lines("etc/falco/falco_rules.yaml", "- rule: R{i}\n  condition: proc.cmdline contains \"{pool}\"\n  output: x\n",
                   head="- macro: m\n  condition: (x)\n" + "# a comment\n" * 500),
    "nmap": many("usr/share/nmap/scripts/s{}.nse", "-- {pool}\nportrule = function() return true end\naction = function() end\n"),
    "clamav": {**lines("var/lib/clamav/main.ndb", "Unix.Coin.R{i}:0:*:{hex}\n"),
               **lines("var/lib/clamav/main.ldb", "Coin{i};Engine:51-255,Target:0;0;{hex}::{pool}\n")},
    "modsecurity": {**lines("etc/crs/rules/R.conf", "SecRule ARGS \"{pool}\" \"id:{i}\"\n"),
                    "etc/crs/rules/words.data": POOL + "\n"},
    "suricata": lines("etc/suricata/rules/coin.rules", 'alert tcp any any -> any any (content:"{pool}"; sid:{i};)\n'),
}


def scan(files, config=None):
    path = support.docker_archive(support.scratch() / "app.tar", [support.layer({**BASE, **files})], config or {"Cmd": ["/bin/true"]})
    return hullcheck("image", path, "--format", "json").json


def found(report):
    return {f["rule"] for f in report["threats"]}


def collections_are_told_by_their_form():
    for name, files in CORPORA.items():
        report = scan(files)
        assert not found(report), (name, report["threats"])
        if name != "clamav":
            assert any(f["rule"] == "security-rules" for f in report["warnings"]), name


def few_rules_are_no_collection():
    assert "M01" in found(scan(many("opt/rules/r{}.yar", 'rule R{i} {{\n  strings: $a = "{pool}"\n  condition: $a\n}}\n', 19)))


def a_payload_beside_them_is_found():
    script = {"opt/rules/run.sh": (f"#!/bin/sh\nPOOL={POOL}\n", 0o755)}
    assert "M01" in found(scan({**CORPORA["yara"], **script}))
    # What starts is no quotation, whatever it is called and whatever stands round it.
    started = {"opt/rules/r0.yar": f"rule R0 {{\n condition: true }}\nPOOL={POOL}\n"}
    config = {"Entrypoint": ["/bin/sh", "/opt/rules/r0.yar"]}
    assert "M01" in found(scan({**CORPORA["yara"], **started, "bin/sh": ("\x7fELF", 0o755)}, config))


def a_list_of_words_alone_is_none():
    assert "M01" in found(scan({"etc/words.data": POOL + "\n"}))


support.run(
    collections_are_told_by_their_form,
    few_rules_are_no_collection,
    a_payload_beside_them_is_found,
    a_list_of_words_alone_is_none,
)
