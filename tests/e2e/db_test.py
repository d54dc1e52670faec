#!/usr/bin/env python3
"""`hullcheck db`: loading a mirror, broken parts of one, two updates at once, and a kill at any moment."""
import json
import os
import random
import shutil
import signal
import subprocess
import time

import support

TRACKER = "security-tracker.debian.org/tracker/data/json"
KEV = "www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"


def put(mirror, path, content):
    target = mirror / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())


def small_mirror(name, flaws=1):
    mirror = support.scratch() / name
    release = {"status": "resolved", "urgency": "low", "fixed_version": "2-1"}
    put(mirror, TRACKER, {f"p{i}": {f"CVE-2024-{i}": {"releases": {"bookworm": release}}} for i in range(flaws)})
    put(mirror, KEV, {"vulnerabilities": [{"cveID": "CVE-2024-1", "dateAdded": "2024-05-01"}]})
    return mirror


def update(mirror, database, *more):
    return support.hullcheck("db", "update", "--mirror", mirror, "--db", database, *more)


def status(database):
    return support.hullcheck("db", "status", "--db", database, "--format", "json")


def outcome(database, name):
    return {source["name"]: source for source in status(database).json["sources"]}[name]


def test_absent_database_names_the_command():
    answer = support.hullcheck("db", "status", "--db", support.scratch() / "none")
    assert answer.code == 1 and "hullcheck db update" in answer.out, answer
    assert status(support.scratch() / "none").json["present"] is False


def test_missing_folders_are_made_and_private():
    home = support.scratch() / "fresh"
    home.mkdir()
    answer = support.hullcheck("db", "update", "--mirror", small_mirror("fresh-mirror"), env={"XDG_DATA_HOME": str(home / "a" / "b")})
    assert answer.code == 0, answer
    for folder in (home / "a", home / "a" / "b" / "hullcheck"):
        assert folder.stat().st_mode & 0o777 == 0o700, (folder, oct(folder.stat().st_mode))


def test_small_mirror():
    database = support.scratch() / "small.sqlite"
    answer = update(small_mirror("small"), database)
    assert answer.code == 0 and "2 loaded" in answer.out and "not mirrored" in answer.out, answer
    assert status(database).code == 0
    assert outcome(database, "debian")["records"] == 1
    assert outcome(database, "osv/PyPI")["outcome"] == "not-mirrored"


def test_broken_part_is_a_named_gap_and_keeps_its_rows():
    mirror, database = small_mirror("broken"), support.scratch() / "broken.sqlite"
    update(mirror, database)
    for content in (b"<html>maintenance</html>", b"", b'{"a":' * 500, b"\x1f\x8b\x08", b'{"p": {'):
        put(mirror, TRACKER, content)
        answer = update(mirror, database)
        assert answer.code == 0 and "debian failed" in answer.out, answer
        assert outcome(database, "debian")["records"] == 1
        gaps = {(gap["id"], gap["subject"]) for gap in status(database).json["gaps"]}
        assert ("advisory-source-failed", "debian") in gaps, gaps


def test_nothing_loaded_fails():
    empty = support.scratch() / "empty"
    empty.mkdir()
    assert update(empty, support.scratch() / "e.sqlite").code == 3
    assert update(support.scratch() / "no-such-folder", support.scratch() / "e.sqlite").code == 3
    answer = update(small_mirror("feeds"), support.scratch() / "e.sqlite", "--feeds", "nonesuch")
    assert answer.code == 3 and "nonesuch" in answer.err, answer


def test_two_at_once_both_succeed():
    mirror, database = small_mirror("two", 20000), support.scratch() / "two.sqlite"
    command = [support.BINARY, "db", "update", "--mirror", mirror, "--db", database]
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(4)]
    assert [process.wait() for process in running] == [0] * 4
    assert outcome(database, "debian")["records"] == 20000


def test_kill_leaves_the_old_database_and_no_litter():
    mirror, folder = small_mirror("kill", 30000), support.scratch() / "kill-db"
    folder.mkdir()
    database = folder / "db.sqlite"
    started = time.monotonic()
    assert update(mirror, database).code == 0
    whole = time.monotonic() - started
    random.seed(7)
    for _ in range(12):
        process = subprocess.Popen([support.BINARY, "db", "update", "--mirror", mirror, "--db", database],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.random() * whole)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert outcome(database, "debian")["records"] == 30000
    assert len(os.listdir(folder)) <= 3, os.listdir(folder)
    assert update(mirror, database).code == 0
    assert sorted(os.listdir(folder)) == ["db.sqlite", "db.sqlite.lock"], os.listdir(folder)


def test_whole_mirror():
    if not (support.SHARED / "feeds").is_dir():
        print("part skipped: needs the shared test material beside the project")
        return
    database = support.scratch() / "whole.sqlite"
    answer = update(support.SHARED / "feeds", database)
    assert answer.code == 0 and "0 failed" in answer.out, answer
    assert answer.seconds < 15, answer.seconds
    first = status(database).json
    assert outcome(database, "debian")["records"] > 50000
    assert update(support.SHARED / "feeds", database).code == 0
    assert status(database).json["digest"] == first["digest"], "equal data, equal digest"
    shutil.rmtree(support.scratch() / "whole", ignore_errors=True)


if __name__ == "__main__":
    for name, test in sorted(globals().items()):
        if name.startswith("test_"):
            print(name, flush=True)
            test()
