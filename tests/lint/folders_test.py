"""Arrows between the folders of src/ point one way: a file may include only its own folder and folders below it.

The order is the list in CMakeLists.txt, lowest first, so that the build and this test cannot disagree. The same pass
rejects a C library's header outside the one file that wraps it.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)

# header → the files that may include it (prefixes below src/)
WRAPPED = {
    "sqlite3.h": ["util/sqlite.cpp"],
    "hs/hs.h": ["detect/content/pattern_database.cpp"],
    "hs.h": ["detect/content/pattern_database.cpp"],
    "expat.h": ["formats/xml.cpp"],
    "re2/re2.h": ["detect/content/regex.cpp"],
    "zstd.h": ["formats/zstd.cpp"],
    "yara.h": ["formats/yara.cpp"],
    "lzma.h": ["formats/xz.cpp"],
    "bzlib.h": ["formats/bzip2.cpp"],
    "curl/curl.h": ["util/curl.hpp"],
    "openssl/evp.h": ["util/digest.cpp"],
    "yaml-cpp/yaml.h": ["util/yaml_form."],
    "yaml-cpp/eventhandler.h": ["util/yaml_form.cpp"],
    "simdjson.h": ["formats/json.hpp", "acquire/json.hpp"],
    "isa-l/igzip_lib.h": ["formats/"],
    "isa-l/crc.h": ["formats/"],
    "utf8proc.h": ["util/text.cpp"],
    "CLI/CLI.hpp": ["cli/"],
}


def folder_order():
    text = (ROOT / "CMakeLists.txt").read_text()
    listed = re.search(r"set\(HULLCHECK_FOLDERS\s+([^)]*)\)", text).group(1).split()
    return listed + ["cli"]


def main():
    order = folder_order()
    rank = {name: place for place, name in enumerate(order)}
    problems = []
    for path in sorted((ROOT / "src").rglob("*.[ch]pp")):
        inside = path.relative_to(ROOT / "src")
        folder = inside.parts[0]
        if folder not in rank:
            problems.append(f"{inside}: folder {folder} is not in HULLCHECK_FOLDERS")
            continue
        for kind, header in INCLUDE.findall(path.read_text()):
            if header in WRAPPED and not any(str(inside).startswith(p) for p in WRAPPED[header]):
                problems.append(f"{inside}: includes {header}, which only {', '.join(WRAPPED[header])} may")
            target = header.split("/")[0]
            if kind == '"' and target in rank and rank[target] > rank[folder]:
                problems.append(f"{inside}: {folder} must not include {header}: {target} stands above it")
    for problem in problems:
        print(problem)
    print(f"{len(order)} folders, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
