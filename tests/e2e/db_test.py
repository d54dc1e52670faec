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
        assert "2 records from 2 sources: 1 loaded" in answer.out, "the rows that are kept count, and so do their sources"
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
    killed = 0
    for _ in range(40):
        process = subprocess.Popen([support.BINARY, "db", "update", "--mirror", mirror, "--db", database],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.random() * whole)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        assert outcome(database, "debian")["records"] == 30000
    assert killed >= 30, killed
    assert len(os.listdir(folder)) <= 3, os.listdir(folder)
    assert update(mirror, database).code == 0
    assert sorted(os.listdir(folder)) == ["db.sqlite", "db.sqlite.lock"], os.listdir(folder)


def test_kill_while_a_file_is_taken_in_leaves_the_old_database():
    old, new, folder = small_mirror("kill-old", 30000), small_mirror("kill-new", 31000), support.scratch() / "kill-import"
    folder.mkdir()
    database, bundle = folder / "db.sqlite", support.scratch() / "kill.bundle"
    assert update(new, database).code == 0
    assert support.hullcheck("db", "export", bundle, "--db", database).code == 0
    assert update(old, database, "--accept-shrink", "debian").code == 0
    command = [support.BINARY, "db", "import", bundle, "--db", database]
    started = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    whole = time.monotonic() - started
    assert update(old, database).code == 0
    random.seed(11)
    for _ in range(15):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.random() * whole)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert outcome(database, "debian")["records"] in (30000, 31000)
    assert subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0
    assert outcome(database, "debian")["records"] == 31000
    assert sorted(os.listdir(folder)) == ["db.sqlite", "db.sqlite.lock"], os.listdir(folder)


def test_readers_see_a_whole_database_while_one_updates():
    mirror, database = small_mirror("readers", 20000), support.scratch() / "readers.sqlite"
    assert update(mirror, database).code == 0
    writer = subprocess.Popen(["sh", "-c", 'for i in 1 2 3 4 5 6; do "$0" db update -q --mirror "$1" --db "$2" || exit 1; done',
                               support.BINARY, mirror, database], stdout=subprocess.DEVNULL)
    reads = 0
    while writer.poll() is None or reads < 5:
        readers = [subprocess.Popen([support.BINARY, "db", "explain", "CVE-2024-77", "p77", "--db", database],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
        for reader in readers:
            out, err = reader.communicate()
            assert reader.returncode == 0 and "1 record" in out and not err, (out, err)
            reads += 1
    assert writer.wait() == 0 and reads >= 5


def test_hints_repeat_the_database():
    """The flaw: `run: hullcheck db update` made a database somewhere else than where the user had looked for one."""
    absent, broken = support.scratch() / "it's absent", support.scratch() / "broken.db"
    # Begins as one of ours does, and is none.
    broken.write_bytes(b"SQLite format 3\0" + b"\0" * 52 + b"HCKA" + b"long enough to be looked at" * 40)
    layer = support.layer({"etc/os-release": 'ID=debian\nVERSION_ID="12"\n'})
    image = support.docker_archive(support.scratch() / "hints.tar", [layer])
    quoted = "--db '" + str(absent).replace("'", "'\\''") + "'"
    for command in (("status",), ("export", "x"), ("explain", "CVE-1"), ("push", "oci://127.0.0.1:1/x")):
        answer = support.hullcheck("db", *command, "--db", absent)
        assert quoted in answer.out + answer.err, answer
        assert "here is no advisory database at" in answer.out + answer.err, answer
        answer = support.hullcheck("db", *command, "--db", broken)
        assert answer.code == 3, answer
        assert "no readable advisory database" in answer.err and f"--db {broken}" in answer.err, answer
    answer = support.hullcheck("image", image, database=absent)
    assert "db update --db '" in answer.out and "there is no advisory database at" in " ".join(answer.out.split()), answer
    report = support.hullcheck("image", image, "--format", "json", database=absent).json
    assert any(f"run: hullcheck db update {quoted}" in reason["text"] for reason in report["reasons"]), report["reasons"]
    answer = support.hullcheck("image", image, database=broken)
    assert "no readable" in answer.out and f"db update --db {broken}" in answer.out, answer
    answer = support.hullcheck("image", image, "--offline", database=absent)
    assert "hullcheck db import advisories.bundle --db '" in answer.out and "db update --db" not in answer.out, answer
    answer = support.hullcheck("image", image)
    assert "run: hullcheck db update\n" in answer.out and "--db" not in answer.out, answer


def test_files_of_others_are_not_replaced():
    """The flaw: `db update --db /etc/passwd` put a database in its place, and `db status` gave that for advice."""
    import sqlite3
    note, other, empty = (support.scratch() / name for name in ("note.txt", "other.sqlite", "empty.db"))
    note.write_text("kept for years\n")
    with sqlite3.connect(other) as made:
        made.execute("CREATE TABLE bookmark (url TEXT)")
    empty.touch()
    mirror = ["--mirror", small_mirror("for-others")]
    for path in (note, other):
        before = path.read_bytes()
        for command in (("update", *mirror), ("import", note), ("pull", "oci://127.0.0.1:1/x")):
            answer = support.hullcheck("db", *command, "--db", path)
            assert answer.code == 3 and "not replaced" in answer.err and str(path) in answer.err, answer
        answer = support.hullcheck("image", "./none", "--update", database=path)
        assert answer.code == 3 and "not replaced" in answer.err, answer
        answer = support.hullcheck("db", "explain", "CVE-1", "--db", path)
        assert answer.code == 3 and "db update" not in answer.err and "--db" in answer.err, answer
        assert path.read_bytes() == before
    assert support.hullcheck("db", "update", *mirror, "--db", empty).code == 0
    assert support.hullcheck("db", "update", *mirror, "--db", empty).code == 0


def test_an_empty_word_is_refused():
    """An unset variable meant the public feeds instead of the mirror, and the usual database instead of the given one."""
    for words in (["update", "--mirror", ""], ["update", "--feeds", ""], ["status", "--db", ""], ["export", ""],
                  ["import", ""], ["diff", "", "x"], ["delta", "a", "b", "-o", ""], ["explain", ""], ["pull", ""]):
        answer = support.hullcheck("db", *words)
        assert answer.code == 3 and "the word is empty" in answer.err, (words, answer)
    for option in ("--db", "--vex", "--ignore-file", "--policy"):
        answer = support.hullcheck("image", "x.tar", option, "")
        assert answer.code == 3 and "the word is empty" in answer.err, (option, answer)


def test_full_disk_keeps_the_old_database_and_leaves_nothing():
    """The flaw: what had been written of the new database stayed, and kept the disk full."""
    place = support.scratch() / "small-disk"
    place.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", place]).returncode != 0:
        print("part skipped: needs to mount a small file system")
        return
    try:
        database, bundle = place / "db.sqlite", support.scratch() / "disk.bundle"
        assert update(small_mirror("disk-small", 2000), database).code == 0
        large, big = small_mirror("disk-large", 60000), support.scratch() / "big.sqlite"
        assert update(large, big).code == 0
        assert support.hullcheck("db", "export", bundle, "--db", big).code == 0
        for command in (lambda: update(large, database), lambda: support.hullcheck("db", "import", bundle, "--db", database)):
            answer = command()
            assert "space" in (answer.out + answer.err).lower(), answer
            assert sorted(os.listdir(place)) == ["db.sqlite", "db.sqlite.lock"], os.listdir(place)
            assert outcome(database, "debian")["records"] == 2000
        assert answer.code == 3 and str(database) in answer.err, answer
        subprocess.run(["mount", "-o", "remount,ro", place], check=True)
        assert outcome(database, "debian")["records"] == 2000, "it can be read where nothing can be written"
        answer = update(large, database)
        assert answer.code == 3 and "Read-only" in answer.err, answer
    finally:
        subprocess.run(["umount", place], check=True)


def test_explain_takes_ids_as_people_type_them():
    mirror, database = small_mirror("typed"), support.scratch() / "typed.sqlite"
    assert update(mirror, database).code == 0
    for typed in ("CVE-2024-0", "cve-2024-0", "Cve-2024-0"):
        answer = support.hullcheck("db", "explain", typed, "--db", database)
        assert answer.code == 0 and "1 record" in answer.out, answer
    assert support.hullcheck("db", "explain", "CVE-2024", "--db", database).code == 1


def test_unknown_and_missing_subcommands_list_what_there_is():
    for words in (("db", "bogus"), ("db",), ("rules", "bogus"), ("cache", "bogus")):
        answer = support.hullcheck(*words)
        assert answer.code == 3 and "there are: " in answer.err, answer
    answer = support.hullcheck("db", "bogus")
    assert "'bogus'" in answer.err and "explain, export, import" in answer.err, answer
    assert "there is no option --bogus" in support.hullcheck("db", "--bogus").err


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
