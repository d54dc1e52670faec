"""Package databases as images have them, made of a few lines: for tests that need a system in which this or that is installed."""
import sqlite3
import struct

import support


def rpm_header(name, version, release, arch="x86_64", vendor="", source="", epoch=None, module=""):
    """An rpm header as databases keep it, without a signed region."""
    texts = [(1000, name), (1001, version), (1002, release), (1011, vendor), (1014, "MIT"), (1022, arch), (1044, source)]
    if module:
        texts.append((5096, module))
    entries, data = [], b""
    for tag, text in texts:
        entries.append((tag, 6, len(data), 1))
        data += text.encode() + b"\0"
    if epoch is not None:
        data += bytes(-len(data) % 4)
        entries.append((1003, 4, len(data), 1))
        data += struct.pack(">I", epoch)
    entries.sort()
    return struct.pack(">II", len(entries), len(data)) + b"".join(struct.pack(">IIII", *entry) for entry in entries) + data


def rpm_database(headers):
    path = support.scratch() / "rpmdb.sqlite"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
        database.executemany("INSERT INTO Packages (blob) VALUES (?)", [(header,) for header in headers])
    database.close()
    return path.read_bytes()


def rpms(packages, vendor, place="var/lib/rpm/rpmdb.sqlite"):
    """`packages`: "NAME [EPOCH:]VERSION-RELEASE [SOURCE] [MODULE]"."""
    headers = []
    for line in packages:
        name, evr, *more = line.split()
        epoch, _, rest = evr.rpartition(":")
        version, release = rest.rsplit("-", 1)
        source = more[0] if more else name
        headers.append(rpm_header(name, version, release, vendor=vendor, source=f"{source}-{version}-{release}.src.rpm",
                                  epoch=int(epoch) if epoch else None, module=more[1] if len(more) > 1 else ""))
    return {place: rpm_database(headers)}


def debs(packages, owned=None):
    """`packages`: "NAME VERSION [SOURCE [SOURCE_VERSION]]"; `owned`: {package: [path]}."""
    status = ""
    for line in packages:
        name, version, *more = line.split()
        source = f"Source: {more[0]}{' (' + more[1] + ')' if len(more) > 1 else ''}\n" if more else ""
        status += (f"Package: {name}\nStatus: install ok installed\nMaintainer: Somebody <s@example.org>\nArchitecture: amd64\n{source}"
                   f"Version: {version}\n\n")
    files = {"var/lib/dpkg/status": status}
    for name, paths in (owned or {}).items():
        files[f"var/lib/dpkg/info/{name}.list"] = "".join(f"/{path}\n" for path in paths)
    return files


def apks(packages, place="lib/apk/db/installed"):
    """`packages`: "NAME VERSION [ORIGIN]"."""
    text = ""
    for line in packages:
        name, version, *origin = line.split()
        text += f"P:{name}\nV:{version}\nA:x86_64\no:{origin[0] if origin else name}\n\n"
    return {place: text}


def program(*texts):
    """A file that is a program by its first bytes and says `texts`; nothing in it could run."""
    return (b"\x7fELF\x02\x01\x01" + bytes(57) + b"".join(b"\0" + text.encode() + b"\0" for text in texts) + bytes(600), 0o755)
