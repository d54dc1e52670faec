"""docs/coverage.md says what is read: its tables are made from the descriptors of analyzers and matchers.

Each analyzer's file has its descriptor and, in the comment at its top, a line "Reads:" with the files. Without arguments
the page is compared; `coverage_doc_test.py --write` makes it anew. Other sections of the page are left as they are.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "coverage.md"
BEGIN, END = "<!-- made by tests/lint/coverage_doc_test.py: {} -->", "<!-- end: {} -->"

# Analyzers of an operating system's packages and of what describes the system; the rest are of languages and others.
SYSTEMS = {"apk", "apk-repositories", "bottlerocket", "chisel", "dpkg", "opkg", "os-release", "pacman", "portage", "rpm",
           "rpm-manifest", "support-programs"}


def strings(code, field):
    """The text of a field of a descriptor, adjacent literals joined."""
    found = re.search(r"\." + field + r"\s*=\s*((?:\"(?:[^\"\\]|\\.)*\"\s*)+)", code)
    return "".join(re.findall(r"\"((?:[^\"\\]|\\.)*)\"", found.group(1))) if found else ""


def descriptors(folder):
    for path in sorted((ROOT / "src" / folder).glob("*.cpp")):
        text = path.read_text()
        for block in re.findall(r"util::Registered<\w+> \w+\{\s*\{(.*?)\}\};", text, re.S):
            top = text[:text.index("#include")]
            # Paths never hold a "//", so a continued line can be joined.
            reads = re.search(r"^// Reads: (.*(?:\n//   .*)*)", top, re.M)
            files = re.sub(r"\n//\s+", " ", reads.group(1)) if reads else ""
            yield {"id": strings(block, "id"), "summary": strings(block, "summary"),
                   "example": strings(block, "example"), "files": files, "path": path}


def cell(text):
    return text.replace("|", "\\|").replace("*", "\\*")


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(map(cell, row)) + " |" for row in rows])


def end_of_life():
    """Distributions with dates, and how many releases of each."""
    text = (ROOT / "src" / "match" / "end_of_life.cpp").read_text()
    releases = {}
    for name, version in re.findall(r"^\s+\{\"([a-z-]+)\", \"([0-9.]+(?:-LTS)?(?:-SP\d)?)\", \d+y", text, re.M):
        releases.setdefault(name, []).append(version)
    rows = []
    for name, versions in sorted(releases.items()):
        versions.sort(key=lambda v: [int(part) for part in re.findall(r"\d+", v)])
        source = re.search(r"\{\"" + name + r"\", \"(https[^\"]+)\"\}", text)
        rows.append((name, f"{versions[0]} – {versions[-1]}" if len(versions) > 1 else versions[0], str(len(versions)),
                     source.group(1) if source else ""))
    return rows


def without_dates():
    """The comment "No dates: …" of the table."""
    text = (ROOT / "src" / "match" / "end_of_life.cpp").read_text()
    return re.sub(r"\n// ", " ", re.search(r"^// (No dates: .*(?:\n// .*)*)", text, re.M).group(1))


def sections():
    analyzers = list(descriptors("inventory"))
    missing = [a["id"] for a in analyzers if not a["files"]]
    assert not missing, f"no line \"Reads:\" in the files of {missing}"
    row = lambda a: (f"`{a['id']}`", a["summary"], a["files"], a["example"])
    head = ("analyzer", "what", "files read", "for example")
    matchers = [(f"`{m['id']}`", m["summary"], m["example"]) for m in descriptors("match")]
    return {
        "operating systems": "## Operating systems\n\n" + table(head, [row(a) for a in analyzers if a["id"] in SYSTEMS]),
        "ecosystems": "## Languages and others\n\n" + table(head, [row(a) for a in analyzers if a["id"] not in SYSTEMS]),
        "matchers": "## Looked up\n\n" + table(("matcher", "what", "for example"), matchers),
        "end of life": "## End of life\n\nA release past its last day makes the answer `unknown`, as does one that is not "
                       "known here.\n\n" + table(("distribution", "releases", "number", "source"), end_of_life())
                       + "\n\n" + without_dates(),
    }


def page(old):
    for name, text in sections().items():
        begin, end = BEGIN.format(name), END.format(name)
        block = f"{begin}\n{text}\n{end}"
        if begin in old:
            old = old[:old.index(begin)] + block + old[old.index(end) + len(end):]
        else:
            old = old.rstrip("\n") + "\n\n" + block + "\n"
    return old


def main():
    start = "# What is covered\n\nWhat an image is read for, and what is looked up. A thing that is present and not read is a gap of the answer.\n"
    old = PAGE.read_text() if PAGE.exists() else start
    new = page(old)
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(new)
        return 0
    if new != old or not PAGE.exists():
        print("docs/coverage.md is not what the descriptors say; run: tests/lint/coverage_doc_test.py --write")
        return 1
    print(f"docs/coverage.md: {len(sections())} sections are as the descriptors say")
    return 0


if __name__ == "__main__":
    sys.exit(main())
