"""Rules of the user's: YARA, lists of digests and rule files, with the cache, saved facts and wrong input."""
import hashlib

import support
from support import FAILED, UNSAFE, hullcheck

PROGRAM = b"\x7fELF\x02\x01\x01" + bytes(57) + b"an acme marker in a program" + bytes(200)
BASE = support.layer({
    "etc/os-release": "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian 12\"\n",
    "var/lib/dpkg/status": "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4\n\n",
    "usr/bin/tool": (PROGRAM, 0o755),
    "etc/acme.conf": "first\nserver=beacon.example.org\n",
    "usr/share/data.bin": b"\x00\x01acme data \xde\xad\x07\xef tail\x00" + bytes(64),
})

YARA = """
private rule Quiet { strings: $a = "acme" condition: $a }
rule AcmeProgram : T1105 {
  meta: description = "A program of the acme case" reference = "https://wiki.example.org/acme"
  strings: $m = "acme marker"
  condition: uint32(0) == 0x464c457f and $m and Quiet
}
rule ByName { meta: score = 65 condition: filepath == "/usr/bin/tool" and filename == "tool" }
rule Data { meta: severity = "low" strings: $d = { de ad 07 ef } condition: $d }
"""
OWN = """
version: 1
rules:
  - id: beacon
    title: Beacon
    technique: T1071.001
    literals: [beacon.example.org]
    paths: ["/etc/**"]
  - {id: bytes, title: Bytes, class: C, hex: "de ad ?? ef"}
  - {id: place, title: Place, class: D, paths: ["acme.*"]}
  - {id: root, title: Root, class: D, config: {user: '^$', cmd: '^/usr/bin/tool'}}
"""


def folder(name, **files):
    place = support.scratch() / name
    place.mkdir(exist_ok=True)
    for file, text in files.items():
        (place / file.replace("__", ".")).write_text(text)
    return place


def image():
    return support.docker_archive(support.scratch() / "app.tar", [BASE], {"Cmd": ["/usr/bin/tool", "-x"]})


def scan(*args, **more):
    return hullcheck("image", image(), "--format", "json", "--deterministic", *args, **more)


def found(answer):
    report = answer.json
    return {f["rule"]: f for kind in ("threats", "warnings") for f in report[kind]}


def yara_rules_find_programs_and_with_deep_everything():
    rules = folder("yara", rules__yar=YARA)
    plain = scan("--rules", rules)
    hits = found(plain)
    assert plain.code == UNSAFE and "yara:AcmeProgram" in hits and "yara:ByName" in hits, plain
    assert "yara:Data" not in hits and "yara:Quiet" not in hits
    program = hits["yara:AcmeProgram"]
    assert program["level"] == "malicious" and program["technique"] == "T1105", program
    assert program["chain"][0] == "Cmd" and program["ruleSource"].endswith("rules.yar")
    assert program["evidence"] == ["$m at offset 67"] and program["reference"] == "https://wiki.example.org/acme"
    assert hits["yara:ByName"]["severity"] == "high"
    deep = found(scan("--rules", rules, "--deep"))
    assert deep["yara:Data"]["severity"] == "low" and deep["yara:Data"]["level"] == "risky", deep
    assert not {r for r in found(scan()) if ":" in r}  # and nothing stays behind


def digests_are_compared():
    digest = hashlib.sha256(PROGRAM).hexdigest()
    conf = b"first\nserver=beacon.example.org\n"
    lists = folder("lists", plain__sha256=f"# ours\n{digest.upper()}  dropper of case 17\n{'0' * 64}\n",
                   clam__hdb=f"{hashlib.md5(conf).hexdigest()}:{len(conf)}:Conf.Example\n",
                   wrong__hsb=f"{hashlib.sha256(conf).hexdigest()}:{len(conf) + 1}:Wrong.Size\n")
    hits = found(scan("--rules", lists))
    assert hits["hash:plain.sha256"]["evidence"] == [f"SHA-256 {digest}: dropper of case 17"], hits
    assert hits["hash:clam.hdb"]["locations"][0]["path"] == "etc/acme.conf", hits
    assert "hash:wrong.hsb" not in hits
    data = hashlib.sha256(b"\x00\x01acme data \xde\xad\x07\xef tail\x00" + bytes(64)).hexdigest()
    (lists / "data.sha256").write_text(data + "\n")
    shallow = scan("--rules", lists / "data.sha256")
    assert not {r for r in found(shallow) if ":" in r}
    assert any(gap["id"] == "rules-files-without-digest" for gap in shallow.json["coverage"]["gaps"])
    assert "hash:data.sha256" in found(scan("--rules", lists / "data.sha256", "--deep"))


def rule_files_look_into_files_paths_and_config():
    hits = found(scan("--rules", folder("own", own__yml=OWN)))
    assert hits["user:beacon"]["level"] == "malicious" and hits["user:beacon"]["locations"][0]["line"] == 2, hits
    assert hits["user:bytes"]["locations"][0]["path"] == "usr/share/data.bin"
    assert hits["user:place"]["locations"][0]["path"] == "etc/acme.conf"
    assert hits["user:root"]["evidence"] == ["user: not set", "cmd: /usr/bin/tool"] or len(hits["user:root"]["evidence"]) == 1, hits


def saved_facts_and_the_cache_give_the_same_report():
    rules = folder("all", rules__yar=YARA, own__yml=OWN, plain__sha256=hashlib.sha256(PROGRAM).hexdigest())
    facts = support.scratch() / "app.facts"
    cold = scan("--rules", rules, "--save-facts", facts)
    warm = scan("--rules", rules)
    one = scan("--rules", rules, "--no-cache", "--threads", "1")
    assert cold.out == warm.out == one.out
    for args in ((), ("--rules", rules)):
        again = hullcheck("judge", facts, "--format", "json", "--deterministic", *args)
        assert again.out == cold.out, args
    # Other rules are judged on the same facts, as far as these go.
    other = folder("other", other__sha256=hashlib.sha256(PROGRAM).hexdigest())
    judged = hullcheck("judge", facts, "--format", "json", "--rules", other)
    assert "hash:other.sha256" in found(judged) and "yara:AcmeProgram" not in found(judged), judged
    assert not any(gap["id"].startswith("rules-content") for gap in judged.json["coverage"]["gaps"])
    more = folder("more", more__yar="rule Other { condition: true }")
    judged = hullcheck("judge", facts, "--format", "json", "--rules", more)
    assert any(gap["id"] == "rules-content-not-scanned" for gap in judged.json["coverage"]["gaps"]), judged


def changed_rules_are_seen_through_the_cache():
    rules = folder("changing", a__yar='rule One { strings: $a = "acme marker" condition: $a }')
    assert "yara:One" in found(scan("--rules", rules))
    (rules / "a.yar").write_text('rule Two { strings: $a = "acme marker" condition: $a }')
    hits = found(scan("--rules", rules))
    assert "yara:Two" in hits and "yara:One" not in hits


def the_environment_names_rules():
    a = folder("env-a", a__yar="rule A { condition: filename == \"tool\" }")
    b = folder("env-b", b__yml="rules: [{id: b, title: B, paths: [tool]}]")
    hits = found(scan(env={"HULLCHECK_RULES": f"{a}:{b}"}))
    assert {"yara:A", "user:b"} <= set(hits), hits


def the_same_name_in_two_files_is_two_rules():
    rules = folder("twice", a__yar='rule Same { condition: filename == "tool" }', b__yar='rule Same { condition: false }')
    assert {r for r in found(scan("--rules", rules)) if ":" in r} == {"yara:a.yar/Same"}
    (rules / "more").mkdir(exist_ok=True)
    (rules / "more/a.yar").write_text('rule Same { condition: filename == "tool" }')
    hits = {r for r in found(scan("--rules", rules)) if ":" in r}
    assert len(hits) == 2 and all(r.endswith("a.yar/Same") for r in hits), hits


def includes_stay_in_their_folder():
    outside = support.scratch() / "outside.yar"
    outside.write_text("rule Outside { condition: true }")
    rules = folder("includes", index__yar='include "part.yar"\nrule Index { condition: Part }',
                   part__yar='rule Part { condition: filename == "tool" }')
    hits = found(scan("--rules", rules))
    assert {"yara:Part", "yara:Index"} <= set(hits), hits
    for word in ("../outside.yar", str(outside), "gone.yar"):
        (rules / "index.yar").write_text(f'\ninclude "{word}"\n')
        wrong = scan("--rules", rules)
        assert wrong.code == FAILED and "index.yar:2" in wrong.err, wrong
    (rules / "index.yar").write_text('include "link.yar"')
    (rules / "link.yar").symlink_to(outside)
    assert scan("--rules", rules / "index.yar").code == FAILED


def bad_rules_stop_the_start():
    for name, text, expected in (
            ("a.yar", "rule A {\n  strings: $a = /(/\n  condition: $a }", "a.yar:2"),
            ("b.yar", "rule B {\n  condition: nothing }", "b.yar:2"),
            ("c.sha256", f"{'0' * 64}\nnot a digest\n", "c.sha256:2"),
            ("d.hsb", f"{'0' * 64}:many:Name\n", "d.hsb:1"),
            ("e.yml", "rules:\n  - {id: e, title: E, literal: x}\n", "e.yml:2"),
            ("f.yml", "rules:\n  - id: f\n    title: F\n    regexes: ['(']\n", "f.yml:4"),
            ("g.yml", "rules:\n  - {id: g, title: G}\n", "something to look for"),
            ("h.txt", "nothing of the kind\n", "h.txt"),
            ("i.yar", "YARA\x00compiled", "compiled")):
        path = folder("bad") / name
        path.write_text(text)
        wrong = scan("--rules", path)
        assert wrong.code == FAILED and expected in wrong.err and not wrong.out, (name, wrong)
    assert scan("--rules", "/no/such/rules").code == FAILED
    empty = folder("empty")
    assert "holds no rules" in scan("--rules", empty).err


def rules_are_listed_shown_and_tried():
    rules = folder("tried", rules__yar=YARA, own__yml=OWN)
    listed = hullcheck("rules", "list", "--rules", rules)
    assert listed.code == 0 and "M07" in listed.out and "yara:AcmeProgram" in listed.out and "Quiet" not in listed.out
    rows = {row["id"]: row for row in hullcheck("rules", "list", "--rules", rules, "--format", "json").json}
    assert rows["user:beacon"]["class"] == "A" and rows["M07"]["benign"] and rows["yara:ByName"]["class"] == "B"
    page = hullcheck("rules", "list", "--format", "markdown")
    assert page.out == (support.ROOT / "docs/detections.md").read_text()
    shown = hullcheck("rules", "show", "M07")
    assert shown.code == 0 and "Compute Hijacking" in shown.out, shown
    assert hullcheck("rules", "show", "beacon", "--rules", rules).code == 0
    assert hullcheck("rules", "show", "R01").code == 1 and hullcheck("rules", "show", "Z99").code == 1
    sample = support.scratch() / "sample.conf"
    sample.write_text("x\ny beacon.example.org\n")
    own = support.scratch() / "any.yml"
    own.write_text("rules: [{id: any, title: Any, literals: [beacon.example.org]}]")
    tried = hullcheck("rules", "test", sample, "--rules", own)
    assert tried.code == 0 and f"{sample}:2" in tried.out and "[user:any]" in tried.out, tried
    place = folder("samples")
    (place / "tool").write_bytes(PROGRAM)
    hits = hullcheck("rules", "test", place, "--rules", rules, "--format", "json").json["hits"]
    assert ("yara:AcmeProgram", 67) in {(hit["rule"], hit["offset"]) for hit in hits}, hits
    sample.write_text("nothing\n")
    nothing = hullcheck("rules", "test", sample, "--rules", own)
    assert nothing.code == 1 and "no hits" in nothing.out, nothing


support.run(
    yara_rules_find_programs_and_with_deep_everything,
    digests_are_compared,
    rule_files_look_into_files_paths_and_config,
    saved_facts_and_the_cache_give_the_same_report,
    changed_rules_are_seen_through_the_cache,
    the_environment_names_rules,
    the_same_name_in_two_files_is_two_rules,
    includes_stay_in_their_folder,
    bad_rules_stop_the_start,
    rules_are_listed_shown_and_tried,
)
