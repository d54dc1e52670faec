"""The pages name only what there is: files, folders, functions, and the folders of src/ one by one.

What stands between backquotes counts: a path below a folder of this repository, a name of a source file, a call
`name()`, a script. Words in capitals (NAME, ID) stand for something else and are left alone, and so is what the pages
themselves describe as written by the reader (code blocks).
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted((ROOT / "docs").glob("*.md"))
FOLDERS = ("src", "tests", "docs", "scripts", "fuzz", "bench", "cmake", ".ci")
# Names of what cases are made of, not of files that lie here.
CASE_FILES = {"start.sh", "present.sh", "build.sh"}


def words(text):
    """What stands between backquotes, outside of code blocks, word by word."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return [word.rstrip(",;:") for quoted in re.findall(r"`([^`]+)`", text) for word in quoted.split()]


def is_placeholder(word):
    return re.search(r"\b[A-Z]{2,}\b|[*…]", word.replace("_", " ").replace("/", " ")) is not None


def path_problem(word, sources):
    if word.split("/")[0] in FOLDERS and re.fullmatch(r"[\w./-]+", word) and "/" in word:
        return None if (ROOT / word).exists() else "there is no such file"
    if re.fullmatch(r"(?:[\w-]+/)*\w+\.(?:hpp|cpp|py|sh)", word) and word not in CASE_FILES:
        return None if any(source.endswith("/" + word) for source in sources) else "there is no such source file"
    return None


def call_problem(word, code):
    called = re.fullmatch(r"(?:\w+(?:::|\.))*(\w+)\(.*\)?", word)
    return None if called is None or re.search(r"\b" + called.group(1) + r"\b", code) else "there is no such function"


def folder_problems():
    page = (ROOT / "docs" / "architecture.md").read_text()
    described = re.findall(r"^\| `(\w+)` \|", page, re.M)
    there = sorted(path.name for path in (ROOT / "src").iterdir() if path.is_dir())
    if sorted(described) != there:
        yield f"docs/architecture.md describes {sorted(described)}, and src/ has {there}"


def link_problems(page, text):
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target and not (page.parent / target).exists():
            yield f"{page.relative_to(ROOT)}: links to {target}, which there is not"


def main():
    sources = [str(path) for folder in ("src", "tests", "fuzz", "scripts", "bench")
               for path in (ROOT / folder).rglob("*") if path.suffix in (".hpp", ".cpp", ".py", ".sh")]
    code = "\n".join(pathlib.Path(source).read_text(errors="replace") for source in sources
                     if source.endswith((".hpp", ".cpp")))
    problems, checked = list(folder_problems()), 0
    for page in PAGES:
        text = page.read_text()
        problems += link_problems(page, text)
        for word in words(text):
            if is_placeholder(word):
                continue
            checked += 1
            for problem in (path_problem(word, sources), call_problem(word, code)):
                if problem:
                    problems.append(f"{page.relative_to(ROOT)}: `{word}`: {problem}")
    print("\n".join(problems) or f"{len(PAGES)} pages, {checked} words")
    return 1 if problems or checked < 300 else 0


if __name__ == "__main__":
    sys.exit(main())
