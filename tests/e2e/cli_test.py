"""The command line as a person or a script meets it."""
import fcntl
import io
import json
import os
import pty
import shutil
import signal
import struct
import subprocess
import tarfile
import termios
import time

import support
from support import FAILED, SAFE, UNKNOWN, UNSAFE, hullcheck

ALPINE = support.SHARED / "conformance/images/alpine-3.10.tar.gz"


def wrong_words_are_explained():
    for words, expected in ((["nginx"], "hullcheck image nginx"), (["image"], "reference"), (["image", "--bogus", "x"], "--help"),
                            (["image", ALPINE, "--format", "pdf"], "pdf"), (["image", ALPINE, "--max-db-age", "soon"], "soon"),
                            (["image", "/no/such/file.tar"], "/no/such/file.tar"), (["judge", "/etc/passwd"], "/etc/passwd"),
                            (["versions", "check", "klingon", "/etc/passwd"], "klingon")):
        answer = hullcheck(*words)
        assert answer.code == FAILED and expected in answer.err and not answer.out, (words, answer)
    for words in ([], ["db"], ["image"], ["judge"], ["cache"], ["versions"], ["completion"]):
        help_text = hullcheck(*words, "--help")
        assert help_text.code == 0 and "hullcheck" in help_text.out and "Examples" in help_text.out, words


def the_word_help_was_taken_for_an_image():
    assert hullcheck("help").out == hullcheck("--help").out
    assert hullcheck("help", "db", "update").out == hullcheck("db", "update", "--help").out


def version_tables_are_checked():
    table = support.scratch() / "table.txt"
    table.write_text("1.0 < 1.1\n1.0~rc1 < 1.0\n")
    assert hullcheck("versions", "check", "dpkg", table).code == 0
    table.write_text("1.0 > 1.1\n")
    missed = hullcheck("versions", "check", "dpkg", table)
    assert missed.code == 1 and "1.0 > 1.1" in missed.out, missed
    table.write_text("1.0 is less than 1.1\n")
    assert hullcheck("versions", "check", "dpkg", table).code == FAILED
    for path in sorted((support.SHARED / "conformance/versions").glob("*.txt")):
        answer = hullcheck("versions", "check", path.stem, path)
        assert answer.code == 0, (path.stem, answer)


def environment_sets_options():
    report = hullcheck("image", ALPINE, database=support.database(), env={"HULLCHECK_FORMAT": "json"})
    assert report.json["verdict"] == "unknown"


def environment_reaches_only_the_chosen_command():
    """The flaw: every neighbour read the variable too, so one without SARIF refused it, and `db update`, which shares
    --db with `db status`, put the variable over the command line."""
    sarif = hullcheck("image", ALPINE, env={"HULLCHECK_FORMAT": "sarif"})
    assert sarif.code == UNKNOWN and sarif.json["version"] == "2.1.0", sarif
    status = hullcheck("db", "status", "--db", "/nowhere/a.db", env={"HULLCHECK_DB": "/nowhere/b.db"})
    assert "/nowhere/a.db" in status.out + status.err and "b.db" not in status.out + status.err, status
    wrong = hullcheck("image", "--bogus")
    assert wrong.code == FAILED and "no option --bogus" in wrong.err, wrong


def a_bad_value_of_the_environment_looked_like_one_of_the_command_line():
    bad = {"HULLCHECK_FAIL_ON": "bogus"}
    assert "(from HULLCHECK_FAIL_ON)" in hullcheck("image", ALPINE, env=bad).err
    for words in (["--fail-on", "wrong"], ["--fail-on=wrong"]):
        answer = hullcheck("image", ALPINE, *words, env=bad)
        assert answer.code == FAILED and "HULLCHECK" not in answer.err, answer


def policy_decides():
    image = support.debian_image("bullseye")
    policy = support.scratch() / "policy.yaml"
    strict = hullcheck("image", image, "--fail-on", "low", database=support.database())
    assert strict.code in (UNKNOWN, UNSAFE)
    policy.write_text("rules:\n  - {action: stop, ids: [CVE-2022-1304], reason: not here}\n")
    assert hullcheck("image", image, "--policy", policy, database=support.database()).code == UNSAFE
    policy.write_text("rules:\n  - {actoin: stop}\n")
    wrong = hullcheck("image", image, "--policy", policy, database=support.database())
    assert wrong.code == FAILED and "actoin" in wrong.err and "2" in wrong.err, wrong


def output_is_whole_or_absent():
    out = support.scratch() / "report.json"
    answer = hullcheck("image", ALPINE, "--format", "json", "--output", out, database=support.database())
    assert answer.code == UNKNOWN and not answer.out and json.loads(out.read_text())["schemaVersion"]
    nowhere = hullcheck("image", ALPINE, "--output", "/no/such/folder/report", database=support.database())
    assert nowhere.code == FAILED and "/no/such/folder" in nowhere.err, nowhere
    # Short answers passed for told, for nobody asked whether they could be written.
    for words in (["image", ALPINE, "--db", support.database()], ["version"], ["--version"], ["--help"], ["image", "--help"],
                  ["db", "status", "--db", support.database()], ["rules", "list"], ["rules", "list", "--format", "json"],
                  ["cache", "status"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([support.BINARY, *words], stdout=full, stderr=subprocess.PIPE, text=True,
                                  env={"HOME": str(support.scratch()), "PATH": os.environ["PATH"]})
        said = "No space left" in done.stderr or "standard output" in done.stderr
        assert done.returncode == FAILED and said, (words, done)
        assert done.stderr.count("hullcheck:") == 1, done


def piped_output_has_no_colour_and_no_progress():
    answer = hullcheck("image", ALPINE, database=support.database())
    assert "\x1b" not in answer.out and not answer.err, answer
    coloured = hullcheck("image", ALPINE, "--color", "always", database=support.database())
    assert "\x1b" in coloured.out
    silent = hullcheck("image", ALPINE, database=support.database(), env={"NO_COLOR": "1", "CLICOLOR_FORCE": "1"})
    assert "\x1b" not in silent.out


def text_of_the_image_is_escaped():
    data = support.layer({"etc/os-release": 'ID=debian\nVERSION_ID=12\nPRETTY_NAME="\x1b[2J\x1b]0;owned\x07Debian"\n',
                          "var/lib/dpkg/status": "Package: a\x1b[31mb\nStatus: install ok installed\nVersion: 1\x07\n\n"})
    path = support.docker_archive(support.scratch() / "escape.tar", [data], {"Cmd": ["\x1b[2Jsh"]})
    answer = hullcheck("image", path, database=support.database())
    assert "\x1b" not in answer.out and "\x07" not in answer.out, repr(answer.out)


def interrupt_and_timeout():
    fifo = support.scratch() / "fifo"
    os.mkfifo(fifo)
    keep = os.open(fifo, os.O_RDWR)  # an archive that never comes to its end
    process = subprocess.Popen([support.BINARY, "image", "-", "--no-cache"], stdin=open(fifo, "rb"), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env={"HOME": str(support.scratch()), "PATH": os.environ["PATH"]})
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130, process.returncode
    os.close(keep)
    slow = hullcheck("image", support.debian_image("bullseye-full"), "--timeout", "0s", "--no-cache", database=support.database())
    assert slow.code in (FAILED, UNKNOWN), slow


def time_limit_behind_the_manifest_was_an_error():
    layer = support.layer({"etc/hostname": "x", "opt/noise": os.urandom(200_000)})
    config = support.image_config([support.sha256(layer)])
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        support.add_bytes(tar, "manifest.json", json.dumps([{"Config": "c.json", "RepoTags": None, "Layers": ["l/layer.tar"]}]).encode())
        support.add_bytes(tar, "c.json", config)
        support.add_bytes(tar, "l/layer.tar", layer)
    command = [support.BINARY, "image", "-", "--timeout", "2s", "--format", "json", "--no-cache"]
    scan = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"HOME": str(support.scratch())})
    scan.stdin.write(out.getvalue()[:60_000])
    scan.stdin.flush()
    report = json.loads(scan.stdout.read())  # the stream stays open: nothing but the limit ends it
    scan.stdin.close()
    assert scan.wait() == UNKNOWN
    gaps = {gap["id"] for gap in report["coverage"]["gaps"]}
    assert "timeout" in gaps and not gaps & {"stopped", "cancelled"}, gaps


def folders_are_private():
    cache = support.scratch() / "private"
    hullcheck("image", ALPINE, "--cache-dir", cache, database=support.database())
    assert cache.stat().st_mode & 0o777 == 0o700, oct(cache.stat().st_mode)
    status = hullcheck("cache", "status", "--cache-dir", cache)
    assert status.code == 0 and status.out.startswith("1 layer"), status
    assert hullcheck("cache", "clear", "--cache-dir", cache).code == 0
    assert hullcheck("cache", "status", "--cache-dir", cache).out.startswith("0 layers")


def looking_at_an_absent_cache_made_one():
    absent = support.scratch() / "absent-cache"
    for word in ("status", "clear"):
        answer = hullcheck("cache", word, "--cache-dir", absent)
        assert answer.code == 0 and "0 layers" in answer.out and not absent.exists(), answer
    other = support.scratch() / "other-folder"
    other.mkdir()
    hullcheck("image", ALPINE, "--cache-dir", other, database=support.database())
    assert any(file.name.startswith("patterns-") for file in other.iterdir())
    (other / "patterns-of-mine").write_text("kept")
    hullcheck("cache", "clear", "--cache-dir", other)
    assert {file.name for file in other.iterdir()} == {"facts.db", "patterns-of-mine"}, list(other.iterdir())


def output_to_a_line_was_a_file_of_that_name():
    place = support.scratch() / "here"
    place.mkdir()
    done = subprocess.run([support.BINARY, "image", str(ALPINE), "-q", "-o", "-", "--no-cache"], capture_output=True, text=True,
                          cwd=place, env={"HOME": str(support.scratch()), "PATH": os.environ["PATH"]})
    assert done.returncode == UNKNOWN and done.stdout.startswith("UNKNOWN") and not list(place.iterdir()), done


def facts_replaced_the_report_or_went_into_a_file_called_dash():
    place = support.scratch() / "facts"
    place.mkdir()
    for facts in ("-", "one"):
        done = subprocess.run([support.BINARY, "image", str(ALPINE), "--save-facts", facts, "--output", "one", "--no-cache"],
                              capture_output=True, text=True, cwd=place,
                              env={"HOME": str(support.scratch()), "PATH": os.environ["PATH"]})
        assert done.returncode == FAILED and "--save-facts" in done.stderr and not list(place.iterdir()), (facts, done)


def several_at_once():
    cache = support.scratch() / "shared-cache"
    command = [str(support.BINARY), "image", str(ALPINE), "--quiet", "--db", str(support.database()), "--cache-dir", str(cache)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(8)]
    answers = {(p.communicate()[0], p.returncode) for p in running}
    assert len(answers) == 1 and next(iter(answers))[1] == UNKNOWN, answers


def help_of_one_db_command_showed_the_examples_of_others():
    for name in ("update", "status", "list", "export", "import", "push", "pull", "diff", "delta", "explain"):
        shown = hullcheck("db", name, "--help").out
        assert f"Examples:\n  hullcheck db {name}" in shown, shown


def completion_is_valid():
    script = hullcheck("completion", "bash").out
    assert subprocess.run(["bash", "-n"], input=script, text=True).returncode == 0
    assert "db update" in script and "--save-facts" in script


def completion_offered_files_for_everything():
    """The flaw: where only subcommands or a handful of values can follow, bash offered files and no values."""
    ask = hullcheck("completion", "bash").out + """
COMP_WORDS=("$@") COMP_CWORD=$(( $# - 1 ))
_hullcheck
printf '%s\n' "${COMPREPLY[@]}"
"""
    place = support.scratch() / "completed"
    place.mkdir()
    (place / "some.tar").touch()

    def offered(*words):
        done = subprocess.run(["bash", "-c", ask, "bash", "hullcheck", *words], capture_output=True, text=True, cwd=place)
        assert done.returncode == 0 and not done.stderr, done
        return done.stdout.split()

    assert "image" in offered("") and "some.tar" not in offered("")
    assert offered("db", "up") == ["update"]
    assert offered("image", "--format", "js") == ["json"] == offered("image", "--format", "=", "js")
    assert offered("image", "so") == ["some.tar"] == offered("image", "--output", "so")
    assert offered("completion", "z") == ["zsh"]


def zsh_completion_failed_at_the_first_tab():
    """The flaw: as a file of $fpath it was bash code, which zsh could not run."""
    script = hullcheck("completion", "zsh").out
    assert script.startswith("#compdef hullcheck\n")
    if shutil.which("zsh") is None:
        print("skipped: zsh_completion_failed_at_the_first_tab needs zsh")
        return
    place = support.scratch() / "fpath"
    place.mkdir()
    (place / "_hullcheck").write_text(script)
    # What the completion system would be asked for, printed.
    ask = """
fpath=($1 $fpath); autoload -Uz _hullcheck
compadd() { shift; print -l -- "$@" } ; _files() { print files } ; compset() { : }
_describe() { print -l -- ${(P)${@[-1]}} }
words=(hullcheck "${@[2,-1]}") CURRENT=$#words PREFIX=$words[-1]
_hullcheck
"""

    def offered(*words):
        done = subprocess.run(["zsh", "-f", "-c", ask, "zsh", str(place), *words], capture_output=True, text=True)
        assert done.returncode in (0, 1) and not done.stderr, done
        return done.stdout.splitlines()

    assert any(line.startswith("image:") for line in offered("")), offered("")
    assert any(line.startswith("update:") for line in offered("db", "")), offered("db", "")
    assert "json" in offered("image", "--format", "")
    assert offered("image", "--output", "") == ["files"]


def option_with_a_list_swallowed_the_image():
    """The flaw: --ignore-file, --ignore-status and --vex took every word behind them, so that no image was left."""
    exceptions = support.scratch() / ".trivyignore"
    exceptions.write_text("CVE-2099-1\n")
    for words in (["--ignore-file", exceptions], ["--ignore-status", "disputed,deferred"],
                  ["--ignore-file", exceptions, "--ignore-status", "disputed", "--ignore-status", "deferred"]):
        answer = hullcheck("image", *words, ALPINE, database=support.database())
        assert answer.code == UNKNOWN, (words, answer)
    wrong = hullcheck("image", "--vex", exceptions, ALPINE, database=support.database())
    assert wrong.code == FAILED and ".trivyignore" in wrong.err and "required" not in wrong.err, wrong


def near_words_were_not_told():
    """The flaw: 'imgae' was taken for an image's name only, and a misspelt option for an unknown one."""
    assert "did you mean: hullcheck image" in hullcheck("imgae", "x").err
    assert "--format?" in hullcheck("image", "--formt", "json", "x").err
    assert "hullcheck image nginx" in hullcheck("nginx:1.25").err
    assert "mean" not in hullcheck("image", "--zzzzzzzz", "x").err


def progress_filled_narrow_terminals():
    """The flaw: a line that wraps is cleared in part only, and a dumb terminal cannot clear one at all."""
    image = support.debian_image("bullseye-full")

    def progress(columns, **environment):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = subprocess.Popen([support.BINARY, "image", image, "--no-cache", "--timeout", "2s", "--threads", "1"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs,
                                   env={"HOME": str(support.scratch()), "TERM": "xterm"} | environment)
        os.close(theirs)
        text = b""
        try:
            while block := os.read(ours, 65536):
                text += block
        except OSError:
            pass
        os.close(ours)
        process.wait()
        return [part for part in text.decode().split("\r\x1b[K") if part]

    assert all(len(part) < 20 for part in progress(20)), progress(20)
    assert progress(80, TERM="dumb") == []


support.need_shared()
support.need_root()
support.run(wrong_words_are_explained, the_word_help_was_taken_for_an_image, version_tables_are_checked, environment_sets_options,
            environment_reaches_only_the_chosen_command, a_bad_value_of_the_environment_looked_like_one_of_the_command_line,
            policy_decides, output_is_whole_or_absent, piped_output_has_no_colour_and_no_progress, text_of_the_image_is_escaped,
            interrupt_and_timeout, time_limit_behind_the_manifest_was_an_error, folders_are_private, looking_at_an_absent_cache_made_one,
            output_to_a_line_was_a_file_of_that_name, facts_replaced_the_report_or_went_into_a_file_called_dash, several_at_once, completion_is_valid,
            completion_offered_files_for_everything, zsh_completion_failed_at_the_first_tab,
            option_with_a_list_swallowed_the_image, near_words_were_not_told,
            help_of_one_db_command_showed_the_examples_of_others, progress_filled_narrow_terminals)
