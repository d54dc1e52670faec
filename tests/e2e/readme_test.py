"""The README's commands do what it says: the first command gives that first screen, and every flag it names exists."""
import re
import shutil

import support
from support import UNSAFE, hullcheck

TEXT = (support.ROOT / "README.md").read_text()


def first_screen_is_real():
    block = re.search(r"```console\n\$ hullcheck (image \./(\S+))\n(.*?)```", TEXT, re.S)
    image = support.scratch() / block.group(2)
    shutil.copy(support.debian_image("bullseye-full"), image)
    answer = hullcheck("image", image, database=support.database())
    assert answer.code == UNSAFE, answer
    squeeze = lambda text: re.sub(r"\s+", " ", text)
    printed = squeeze(answer.out.replace(str(support.scratch()), ".").replace("bullseye-full:latest", "tomcat:latest"))
    for line in block.group(3).splitlines():
        wanted = squeeze(line).strip().rstrip("…").strip()
        assert wanted in printed, f"the README shows {wanted!r}"


def flags_exist():
    known = "".join(hullcheck(*words, "--help").out for words in
                    (["image"], ["judge"], ["db", "update"], ["db", "status"], ["cache", "status"]))
    ours = re.sub(r"`(cmake|cpack|docker)[^`]*`|^ *RUN .*$", "", TEXT, flags=re.M)
    for flag in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", ours)):
        assert flag in known, f"{flag} is in the README and in no --help"


def links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (support.ROOT / target).exists(), target


def exit_codes_are_those_of_the_program():
    footer = hullcheck("--help").out
    for code in ("0 safe", "1 unsafe", "2 unknown", "3 failed"):
        assert code in footer


support.need_shared()
support.need_root()
support.run(first_screen_is_real, flags_exist, links_lead_somewhere, exit_codes_are_those_of_the_program)
