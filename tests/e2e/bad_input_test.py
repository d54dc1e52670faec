#!/usr/bin/env python3
"""Input that was made to break a scanner, through the built binary: each gives a named error or gap, in bounded time and
memory, is never called safe, and leaves nothing behind."""
import base64
import contextlib
import gzip
import hashlib
import http.server
import io
import json
import os
import random
import sqlite3
import struct
import subprocess
import tarfile
import threading
import time
import zipfile
import zlib

import support
from support import FAILED, SAFE, UNKNOWN, UNSAFE

ELF = (b"\x7fELF" + bytes(60), 0o755)
BASE = {
    "etc/os-release": 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n',
    "var/lib/dpkg/status": "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4\n\n",
}
SECONDS, MEMORY = 30, 300 << 20


class Answer:
    def __init__(self, code, out, err, seconds, memory, processor):
        self.code, self.out, self.err, self.seconds, self.memory = code, out, err, seconds, memory
        self.processor = processor  # seconds of all threads: what other programs do beside it does not count

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"exit {self.code}, {self.seconds:.1f} s, {self.memory >> 20} MB\n{self.out[:1500]}\n{self.err[-1500:]}"


def peak_memory(pid):
    """So far; what wait4 tells counts this process too, from before the other program's start."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM")), 0)
    except (OSError, ValueError):
        return 0


def scan(reference, *args, seconds=SECONDS, memory=MEMORY, processor=None):
    """Scans with its own temporary folder, and looks whether anything is left in it."""
    command = ["image", str(reference), "--no-cache", "--format", "json", *args]
    answer = run_measured(command, seconds, memory)
    assert answer.code in (UNSAFE, UNKNOWN, FAILED), answer
    assert processor is None or answer.processor < processor, (answer.processor, answer)
    assert answer.code == FAILED or answer.json["verdict"] in ("unsafe", "unknown"), answer
    return answer


def run_measured(command, seconds=SECONDS, memory=MEMORY):
    temporary = support.scratch() / "tmp"
    temporary.mkdir(exist_ok=True)
    home = support.scratch()
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(temporary), "XDG_CACHE_HOME": str(home / "cache"),
           "XDG_DATA_HOME": str(home / "data")}
    start = time.monotonic()
    out, err = home / "out", home / "err"
    with open(out, "wb") as out_file, open(err, "wb") as err_file:
        process = subprocess.Popen([str(support.BINARY), *map(str, command)], env=env, stdin=subprocess.DEVNULL,
                                   stdout=out_file, stderr=err_file)
        peak = 0
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid != 0:
                break
            peak = max(peak, peak_memory(process.pid))
            if time.monotonic() - start > seconds * 4:
                process.kill()
            time.sleep(0.01)
    process.returncode = os.waitstatus_to_exitcode(status)
    answer = Answer(process.returncode, out.read_text(), err.read_text(), time.monotonic() - start, peak,
                    usage.ru_utime + usage.ru_stime)
    assert answer.seconds < seconds, answer
    assert answer.memory < memory, answer
    assert not list(temporary.iterdir()), "something was left behind"
    assert answer.code != FAILED or (answer.err.startswith("hullcheck: ") and not answer.out), answer
    return answer


def gaps(answer):
    return {gap["id"] for gap in answer.json["coverage"]["gaps"]}


def archive(name, layers, **kwargs):
    return support.docker_archive(support.scratch() / f"{name}.tar", layers, **kwargs)


def layout(name, blobs, *, diff_ids=None, media="application/vnd.oci.image.layer.v1.tar+gzip", digests=None, sizes=None):
    """An OCI layout whose layer blobs may lie about themselves."""
    folder = support.scratch() / name
    store = folder / "blobs" / "sha256"
    store.mkdir(parents=True)

    def put(data, digest=None):
        digest = digest or support.sha256(data)
        (store / digest.removeprefix("sha256:")).write_bytes(data)
        return digest

    config = support.image_config(diff_ids or [support.sha256(zlib.decompress(blob, 47)) for blob in blobs])
    layers = [{"mediaType": media, "digest": put(blob, (digests or {}).get(i)), "size": (sizes or {}).get(i, len(blob))}
              for i, blob in enumerate(blobs)]
    manifest = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": layers,
                           "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": put(config),
                                      "size": len(config)}}).encode()
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [
        {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": put(manifest), "size": len(manifest)}]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    return f"oci:{folder}"


# --- archives and streams ----------------------------------------------------------------------------------------------


def truncated_archives():
    whole = archive("whole", [support.layer(BASE | {"usr/bin/x": (b"\x7fELF" + random.Random(1).randbytes(50_000), 0o755)})])
    data = whole.read_bytes()
    zstd = subprocess.run(["zstd", "-q", "-c"], input=data, capture_output=True, check=True).stdout
    for form, packed in (("tar", data), ("gz", gzip.compress(data, mtime=0)), ("zst", zstd)):
        for part in (0, 1, 100, 513, len(packed) // 3, len(packed) // 2, len(packed) - 2000):
            path = support.scratch() / f"cut-{form}-{part}.tar"
            path.write_bytes(packed[:part])
            answer = scan(path)
            assert answer.code == FAILED or answer.json["coverage"]["complete"] is False, (form, part, answer)


def flipped_bits():
    data = archive("plain", [support.layer(BASE), support.layer({"a": "b" * 5000})]).read_bytes()
    zstd = subprocess.run(["zstd", "-q", "-c"], input=data, capture_output=True, check=True).stdout
    sources = (data, gzip.compress(data, mtime=0), zstd)
    rng = random.Random(7)
    for round_ in range(60):
        source = sources[round_ % 3]
        broken = bytearray(source)
        for _ in range(1 + round_ % 3):
            broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
        path = support.scratch() / "flipped.tar"
        path.write_bytes(bytes(broken))
        scan(path)


def bombs():
    zeros = b"\0" * (1 << 20)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join([squeeze.compress(zeros) for _ in range(3000)]) + squeeze.flush()
    head = support.layer(BASE)
    inside = tarfile.TarInfo("zeros")
    inside.size = 3000 << 20
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    sized = squeeze.compress(head[:-1024] + inside.tobuf()) + b"".join([squeeze.compress(zeros) for _ in range(3000)])
    sized += squeeze.flush()
    for name, blob in (("bomb", bomb), ("bomb-file", sized)):  # gzip cannot do worse than 1 to 1032: read, and no more
        answer = scan(layout(name, [blob], diff_ids=["sha256:" + "0" * 64]), seconds=60)
        assert answer.code == UNKNOWN and not answer.json["coverage"]["complete"], answer
    command = f"head -c {3 << 30} /dev/zero | zstd -3 -q -c"
    zstd = subprocess.run(command, shell=True, capture_output=True).stdout
    answer = scan(layout("bomb-zstd", [zstd], diff_ids=["sha256:" + "0" * 64],
                         media="application/vnd.oci.image.layer.v1.tar+zstd"), seconds=60)
    assert answer.code == UNKNOWN and "decompress-ratio-limit" in gaps(answer), answer


def a_million_empty_files():
    out = io.BytesIO()
    base = support.layer(BASE)
    out.write(base[:-10240] if base.endswith(b"\0" * 10240) else base.rstrip(b"\0") + b"\0" * (-len(base.rstrip(b"\0")) % 512))
    info = tarfile.TarInfo("x")
    template = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    for i in range(1_000_000):
        name = b"d%03d/f%06d" % (i % 1000, i)
        template[0:len(name)] = name
        template[148:156] = b" " * 8
        template[148:156] = b"%06o\0 " % sum(template)
        out.write(template)
    out.write(b"\0" * 1024)
    answer = scan(layout("million", [gzip.compress(out.getvalue(), 1, mtime=0)]), seconds=60, memory=(200 << 20) + 350 * 1_000_000)
    assert answer.code == UNKNOWN, answer


def three_million_small_files():
    """Takes minutes to make: only in a full run."""
    if os.environ.get("HULLCHECK_FULL") != "1":
        return
    folder = support.scratch()
    layer, archive = folder / "layer.tar", folder / "millions.tar"
    digest = hashlib.sha256()
    info = tarfile.TarInfo("x")
    info.size = 5
    template = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    with open(layer, "wb") as out:
        for i in range(3_000_000):
            name = b"a/%03d/%03d/file%07d.txt" % (i % 1000, i // 1000 % 1000, i)
            template[0:len(name)] = name
            template[148:156] = b" " * 8
            template[148:156] = b"%06o\0 " % sum(template)
            member = bytes(template) + (b"%05d" % (i % 100_000)).ljust(512, b"\0")
            out.write(member)
            digest.update(member)
        out.write(b"\0" * 1024)
        digest.update(b"\0" * 1024)
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                         "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest.hexdigest()]}}).encode()
    manifest = json.dumps([{"Config": "config.json", "RepoTags": ["millions:1"], "Layers": ["layer.tar"]}]).encode()
    with tarfile.open(archive, "w") as tar:
        tar.add(layer, "layer.tar")
        for name, text in (("config.json", config), ("manifest.json", manifest)):
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text))
    layer.unlink()
    # Thirty seconds of both processors; other programs may run beside it.
    answer = scan(archive, seconds=120, memory=1 << 30, processor=30)
    archive.unlink()
    assert answer.code == UNKNOWN, answer


def long_names():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in BASE.items():
            support.add_bytes(tar, name, content.encode())
        support.add_bytes(tar, "n" * (64 << 10), b"x")
        support.add_bytes(tar, "/".join(["d"] * (32 << 10)), b"x")
    answer = scan(archive("long", [out.getvalue()]))
    assert not answer.json["coverage"]["complete"], answer


def layers_that_lie():
    good, other = support.layer(BASE), support.layer(BASE | {"a": "b"})
    blob = gzip.compress(good, mtime=0)
    wrong = support.sha256(b"something else")
    answer = scan(layout("lie-digest", [blob], digests={0: wrong}))
    mismatch = [gap for gap in answer.json["coverage"]["gaps"] if "mismatch" in gap["id"]]
    assert mismatch and wrong in json.dumps(mismatch) and support.sha256(blob) in json.dumps(mismatch), answer
    answer = scan(layout("lie-diff-id", [blob], diff_ids=[support.sha256(other)]))
    mismatch = [gap for gap in answer.json["coverage"]["gaps"] if "mismatch" in gap["id"]]
    assert mismatch and support.sha256(good) in json.dumps(mismatch), answer
    assert answer.json["packages"], "what was read is still reported"
    for size in (1, len(blob) - 1, len(blob) + 1, 1 << 62):
        answer = scan(layout(f"lie-size-{size}", [blob], sizes={0: size}))
        assert answer.code == FAILED or not answer.json["coverage"]["complete"], (size, answer)


def links_in_a_circle():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, target in (("etc/os-release", "../etc/os-release"), ("a", "b"), ("b", "a"), ("usr/lib", "lib"), ("c", "c/c")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            tar.addfile(info)
        for i in range(200):
            info = tarfile.TarInfo(f"chain{i}")
            info.type, info.linkname = tarfile.SYMTYPE, f"chain{i + 1}"
            tar.addfile(info)
    assert scan(archive("circle", [out.getvalue()], config={"Entrypoint": ["/a"], "Env": ["PATH=/chain0:/b"]})).code == UNKNOWN


def hard_links_to_nothing_were_passed_over():
    def link(name, target):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = tarfile.LNKTYPE, target
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as tar:
            tar.addfile(info)
        return out.getvalue()

    base = support.layer(BASE)
    answer = scan(archive("link-to-nothing", [base, link("usr/bin/start", "opt/start")]))
    assert "hard-link-broken" in gaps(answer) and "/opt/start, which is not there" in answer.out, answer
    layers = [base, support.layer({"opt/start": ("#!/bin/sh\nexec sleep 1\n", 0o755)}), link("usr/bin/start", "opt/start")]
    answer = scan(archive("link-below", layers, config={"Cmd": ["start"]}))
    assert not gaps(answer) & {"hard-link-broken", "start-target-missing"}, answer


# --- manifests ---------------------------------------------------------------------------------------------------------


def manifests_without_measure():
    blob = gzip.compress(support.layer(BASE), mtime=0)
    answer = scan(layout("ten-thousand", [blob] * 10_000))
    assert answer.code == FAILED or not answer.json["coverage"]["complete"], answer
    folder = support.scratch() / "huge"
    folder.mkdir()
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    (folder / "index.json").write_bytes(b'{"manifests": [' + b'{"digest": "x"},' * (6 << 20) + b"{}]}")
    assert scan(f"oci:{folder}").code == FAILED
    (folder / "index.json").write_bytes(b"[" * 5_000_000)
    assert scan(f"oci:{folder}").code == FAILED
    path = support.scratch() / "huge.tar"
    with tarfile.open(path, "w") as tar:
        support.add_bytes(tar, "manifest.json", b'[{"Config": "c.json", "Layers": ["' + b"a" * (100 << 20) + b'"]}]')
    assert scan(path).code == FAILED


# --- package databases -------------------------------------------------------------------------------------------------


def package_databases_cut_and_lying():
    os_release = {"etc/os-release": BASE["etc/os-release"]}
    status = "".join(f"Package: p{i}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.{i}\nDescription: x\n y\n\n"
                     for i in range(50))
    for cut in (len(status) // 2 + 7, 30, len(status) - 5):
        answer = scan(archive(f"cut-{cut}", [support.layer(os_release | {"var/lib/dpkg/status": status[:cut]})]))
        assert any("package-database" in gap for gap in gaps(answer)), (cut, answer)
    alpine = {"etc/os-release": "ID=alpine\nVERSION_ID=3.20.1\n"}
    installed = "".join(f"C:Q1{'A' * 27}=\nP:p{i}\nV:1.{i}-r0\nA:x86_64\n\n" for i in range(20))
    answer = scan(archive("cut-apk", [support.layer(alpine | {"lib/apk/db/installed": installed[:len(installed) - 7]})]))
    assert any("package-database" in gap for gap in gaps(answer)), answer
    fedora = {"etc/os-release": "ID=fedora\nVERSION_ID=41\n"}
    ndb = bytearray(4096 * 2)
    struct.pack_into("<4sIII", ndb, 0, b"RpmP", 0, 1, 1)
    struct.pack_into("<4sIIII", ndb, 32, b"Slot", 1, 256, 0xFFFFFFFF // 16, 0)
    bdb = bytearray(4096)
    struct.pack_into("<II", bdb, 12, 0x00061561, 9)
    struct.pack_into("<I", bdb, 20, 4096)
    for name, data in (("Packages.db", bytes(ndb)), ("Packages", bytes(bdb)),
                       ("rpmdb.sqlite", b"SQLite format 3\0" + b"\xff" * 5000)):
        answer = scan(archive("rpm-" + name, [support.layer(fedora | {f"var/lib/rpm/{name}": data})]))
        assert any("package-database" in gap for gap in gaps(answer)), (name, answer)


def real_package_databases_cut():
    support.need_shared()
    for name in ("Packages.bdb", "cbl-mariner-2.0.rpmdb.sqlite", "sle15-bci.Packages.db"):
        data = (support.SHARED / "conformance" / "rpmdb" / name).read_bytes()
        place = {"Packages.bdb": "Packages", "sle15-bci.Packages.db": "Packages.db"}.get(name, "rpmdb.sqlite")
        for cut in (len(data) // 2, len(data) - 4096 * 3):
            files = {"etc/os-release": "ID=fedora\nVERSION_ID=41\n", f"var/lib/rpm/{place}": data[:cut]}
            answer = scan(archive(f"real-{cut}-{place}", [support.layer(files)]))
            assert any("package-database" in gap for gap in gaps(answer)), (name, cut, answer)


# --- archives within the image -----------------------------------------------------------------------------------------


def zipped(entries, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return out.getvalue()


POM = "META-INF/maven/org.example/inner/pom.properties"


def jars_nested_a_thousand_deep():
    for name, method in (("deflated", zipfile.ZIP_DEFLATED), ("stored", zipfile.ZIP_STORED)):
        jar = zipped({POM: "groupId=org.example\nartifactId=inner\nversion=1.0\n"}, method)
        for i in range(1000):
            jar = zipped({f"n{i}.jar": jar}, method)
        answer = scan(archive("nested-" + name, [support.layer(BASE | {"srv/app.jar": jar})]), processor=10)
        assert "package-list-truncated" in gaps(answer), (name, answer)


def zip_bombs():
    zeros = b"\0" * (1 << 20)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = b"".join([squeeze.compress(zeros) for _ in range(4000)]) + squeeze.flush()
    jar = raw_zip([(b"x.jar", b"x.jar", data, 4000 << 20, 8)])
    answer = scan(archive("four-gigabytes", [support.layer(BASE | {"srv/app.jar": jar})]))
    assert {"package-list-truncated", "zip-entry-size-limit"} <= gaps(answer), answer
    # Sixteen in sixteen in sixteen and so on: terabytes in 32 kB.
    jar = zipped({f"f{i}": b"\0" * (4 << 20) for i in range(2)})
    for level in range(6):
        jar = zipped({f"l{level}-{i}.jar": jar for i in range(16)})
    answer = scan(archive("forty-two", [support.layer(BASE | {"srv/app.jar": jar})]), processor=20)
    assert "package-list-truncated" in gaps(answer), answer
    # Five thousand entries that share their data.
    name = [b"k%04d.jar" % i for i in range(5000)]
    jar = raw_zip([(name[0], one, data, 4000 << 20, 8) for one in name], shared=True)
    answer = scan(archive("shared", [support.layer(BASE | {"srv/app.jar": jar})]))
    assert "package-list-truncated" in gaps(answer), answer


def raw_zip(entries, shared=False, count=None, hidden=()):
    """Entries of (name before the data, name in the directory, packed data, unpacked size, method)."""
    out, directory = b"", b""
    for i, (local, central, data, size, method) in enumerate(entries):
        offset = 0 if shared else len(out)
        crc = zlib.crc32(data) if method == 0 else 0
        fields = struct.pack("<HHHHIII", 0, method, 0, 0, crc, len(data), size)
        if offset == len(out):
            out += struct.pack("<IH", 0x04034B50, 20) + fields + struct.pack("<HH", len(local), 0) + local + data
        if i not in hidden:
            directory += (struct.pack("<IHH", 0x02014B50, 20, 20) + fields
                          + struct.pack("<HHHHHII", len(central), 0, 0, 0, 0, 0, offset) + central)
    count = len(entries) - len(hidden) if count is None else count
    return out + directory + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), len(out), 0)


def directories_that_disagree():
    old, new, pom = (b"groupId=org.example\nartifactId=inner\nversion=%d.0\n" % i for i in (1, 2, 3))
    path, other = POM.encode(), b"README"
    cases = {
        "names": raw_zip([(path, other, old, len(old), 0)]),
        "names-turned": raw_zip([(other, path, old, len(old), 0)]),
        "hidden": raw_zip([(path, path, old, len(old), 0), (path, path, new, len(new), 0)], hidden=(0,)),
        "fewer": raw_zip([(other, other, b"x", 1, 0), (path, path, pom, len(pom), 0)], count=1),
        "more": raw_zip([(path, path, pom, len(pom), 0)], count=9),
    }
    for name, jar in cases.items():
        answer = scan(archive("disagree-" + name, [support.layer(BASE | {"srv/app.jar": jar})]))
        assert "package-list-damaged" in gaps(answer), (name, answer)
    # What the directory holds is read even where its end counts less.
    assert ("org.example:inner", "3.0") in {(p["name"], p["version"]) for p in
                                            scan(support.scratch() / "disagree-fewer.tar").json["packages"]}


# --- memory ------------------------------------------------------------------------------------------------------------

MODEST = 200 << 20


def text_of(size):
    unit = " ".join(f"value{i % 977} = function{i % 1013}({i});" for i in range(50_000)).encode()
    return (unit * (size // len(unit) + 1))[:size]


def large_content_takes_little_memory():
    """Each took more than 200 MB when all of it lay in memory, or in pages of a mapped file."""
    noise = random.Random(3).randbytes(20 << 20)
    program = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 2, 62, 1, 0x401000, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    program += struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, 80 << 20, 80 << 20, 4096) + noise * 4
    packed = zipped({f"{i}.bin": noise for i in range(4)}, zipfile.ZIP_STORED)
    cases = {
        "stored": zipped({f"{i}.js": text_of(12 << 20) for i in range(18)}, zipfile.ZIP_STORED),
        "in-archive.zip": zipped({"inner.zip": packed}, zipfile.ZIP_STORED),
        "key": program.translate(bytes(i ^ 0x5A for i in range(256))),
        "base64": base64.encodebytes(packed),
    }
    for name, data in cases.items():
        path = archive("large-" + name, [support.layer(BASE | {f"srv/{name}": data})])
        answer = scan(path, "--threads", "2", seconds=60, memory=MODEST)
        path.unlink()
        assert not gaps(answer) & {"unpack-size-limit", "spill-limit", "zip-size-limit"}, (name, answer)


def databases_of_millions_of_files():
    alpine = {"etc/os-release": "ID=alpine\nVERSION_ID=3.20.1\n"}
    checksum = "Z:Q1" + "A" * 27 + "=\n"
    blocks = [f"C:Q1{'A' * 27}=\nP:p{p}\nV:1.{p}-r0\nA:x86_64\n" + "".join(
        f"F:usr/share/p{p}/d{d}\n" + "".join(f"R:file{i}.txt\n{checksum}" for i in range(1000)) for d in range(30)) + "\n"
        for p in range(50)]
    files = alpine | {"lib/apk/db/installed": "".join(blocks)}
    answer = scan(archive("apk-files", [support.layer(files)]), "--threads", "2", memory=MODEST)
    assert "package-files-limit" in gaps(answer) and len(answer.json["packages"]) == 50, answer


def rows_that_say_to_be_of_four_gigabytes():
    """The length of the one row of an SQLite database is a number like any other."""
    path = support.scratch() / "rows.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
        made.execute("INSERT INTO Packages(blob) VALUES (?)", (b"\x8e\xad\xe8\x01" * 60,))
        made.commit()
    data = path.read_bytes()
    at = data.rindex(b"\x8e\xad\xe8\x01" * 60)
    page = at // 4096 * 4096
    cell = page + struct.unpack_from(">H", data, page + 8)[0]
    lying = data[:cell] + b"\x90\x80\x80\x80\x00" + data[cell + 5:]
    fedora = {"etc/os-release": "ID=fedora\nVERSION_ID=41\n", "var/lib/rpm/rpmdb.sqlite": lying}
    answer = scan(archive("rows", [support.layer(fedora)]))
    assert any("package-database" in gap for gap in gaps(answer)), answer


def one_member_again_and_again():
    info = tarfile.TarInfo("etc/passwd")
    info.size = 30
    header = info.tobuf(tarfile.USTAR_FORMAT)
    members = b"".join(header + (b"x%05d:x:0:0::/:/bin/sh" % (i % 100_000)).ljust(512, b"\n") for i in range(100_000))
    layer = support.layer(BASE).rstrip(b"\0")
    layer += b"\0" * (-len(layer) % 512) + members + b"\0" * 1024
    answer = scan(archive("again", [layer]), "--threads", "2", memory=MODEST)
    assert "member-copies-limit" in gaps(answer), answer


# --- large files -------------------------------------------------------------------------------------------------------


def databases_of_four_gigabytes():
    """Each takes half a minute to make: only in a full run."""
    if os.environ.get("HULLCHECK_FULL") != "1":
        return
    support.need_shared()
    kept = support.SHARED / "conformance" / "rpmdb"
    cases = [("var/lib/rpm/rpmdb.sqlite", (kept / "cbl-mariner-2.0.rpmdb.sqlite").read_bytes()),
             ("var/lib/rpm/Packages.db", (kept / "sle15-bci.Packages.db").read_bytes()),
             ("var/lib/rpm/Packages", (kept / "Packages.bdb").read_bytes()),
             ("var/lib/dpkg/status", BASE["var/lib/dpkg/status"].encode()),
             ("opt/bom.spdx.json", b'{"spdxVersion":"SPDX-2.3","packages":[]}')]
    zeros, size = b"\0" * (1 << 20), (4 << 30) + 512
    for place, head in cases:
        squeeze, digest = zlib.compressobj(1, zlib.DEFLATED, 31), hashlib.sha256()
        start = support.layer({"etc/os-release": "ID=fedora\nVERSION_ID=41\n"}).rstrip(b"\0")
        info = tarfile.TarInfo(place)
        info.size = size
        pieces = [start + b"\0" * (-len(start) % 512), info.tobuf(tarfile.GNU_FORMAT), head,
                  b"\0" * ((size - len(head)) % len(zeros))]
        pieces += [zeros] * ((size - len(head)) // len(zeros)) + [b"\0" * 1024]
        blob = b""
        for piece in pieces:
            digest.update(piece)
            blob += squeeze.compress(piece)
        blob += squeeze.flush()
        answer = scan(layout("four-" + place.rsplit("/", 1)[1], [blob], diff_ids=["sha256:" + digest.hexdigest()]),
                      seconds=90, processor=30)
        assert "spill-limit" in gaps(answer), (place, answer)


def boms_of_hundreds_of_megabytes():
    path = support.scratch() / "large.cdx.json"
    with open(path, "w") as out:
        out.write('{"bomFormat":"CycloneDX","specVersion":"1.6","components":[')
        out.truncate(500_000_000)
    answer = run_measured(["sbom", path, "--format", "json"])
    assert answer.code == FAILED and "larger than" in answer.err, answer
    if os.environ.get("HULLCHECK_FULL") != "1":
        return
    with open(path, "w") as out:
        out.write('{"bomFormat":"CycloneDX","specVersion":"1.6","components":[')
        row = '{"type":"library","name":"p-%d","version":"1.0","purl":"pkg:npm/p-%d@1.0","description":"%s"}'
        out.write(",".join(row % (i, i, "y" * 900) for i in range(250_000)))
        out.write("]}")
    answer = run_measured(["sbom", path, "--format", "json"], seconds=60, memory=2 << 30)
    assert answer.code == UNKNOWN, answer


# --- registries --------------------------------------------------------------------------------------------------------


class Registry(http.server.BaseHTTPRequestHandler):
    """Answers by the repository's name."""
    blob = gzip.compress(support.layer(BASE), mtime=0)
    config = support.image_config([support.sha256(zlib.decompress(blob, 47))])

    def log_message(self, *_args):
        pass

    def send(self, status, body=b"", kind="application/json", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", headers.pop("length", len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def manifest(self, layers):
        return json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": layers,
                           "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
                                      "digest": support.sha256(self.config), "size": len(self.config)}}).encode()

    def do_GET(self):
        what = self.path.split("/")[2] if self.path.count("/") > 2 else ""
        layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": support.sha256(self.blob),
                 "size": len(self.blob)}
        oci = "application/vnd.oci.image.manifest.v1+json"
        if self.path == "/v2/":
            self.send(200, b"{}")
        elif what == "stall":
            time.sleep(20)
        elif what == "drip" and self.path.endswith(support.sha256(self.blob)):
            self.send(200, b"", "application/octet-stream", length=len(self.blob) + 10_000)
            try:
                while True:
                    time.sleep(1)
                    self.wfile.write(b"\x1f")
            except OSError:
                pass
        elif what == "circle":
            self.send(302, Location=self.path + "x" if len(self.path) < 300 else self.path[:50])
        elif what == "html":
            self.send(200, b"<html><body>Sign in to the hotel's network</body></html>", "text/html")
        elif what == "deep":
            self.send(200, b'{"layers":' + b"[" * 3_000_000, oci)
        elif what == "large":
            self.send(200, b'{"layers": [' + b" " * (100 << 20), oci)
        elif what == "header":
            self.send_response(200)
            self.flush_headers()
            try:
                self.wfile.write(b"X: " + b"a" * (50 << 20) + b"\r\n\r\n")
            except OSError:
                pass
            self.close_connection = True
        elif what == "local":
            self.send(302, Location="file:///etc/passwd")
        elif "/manifests/" in self.path:
            if what == "other":
                layer["digest"] = support.sha256(b"other")
            self.send(200, self.manifest([layer] * (10_000 if what == "many" else 1)), oci)
        elif self.path.endswith(support.sha256(self.config)):
            self.send(200, self.config, "application/octet-stream")
        elif what == "short":
            self.send(200, self.blob[:40], "application/octet-stream", length=len(self.blob))
            self.close_connection = True
        elif what == "endless":
            self.send(200, b"", "application/octet-stream", length=1 << 50)
            try:
                while True:
                    self.wfile.write(b"\0" * 65536)
            except OSError:
                pass
        else:
            self.send(200, self.blob, "application/octet-stream")

    do_HEAD = do_GET


def registries():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    server.handle_error = lambda *_args: None  # a client that has seen enough hangs up
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = f"127.0.0.1:{server.server_port}"

    def pull(name, *args, **kwargs):
        return scan(f"registry:{place}/{name}:latest", "--insecure", *args, **kwargs)

    assert pull("good").code == UNKNOWN  # no database: the sample itself is readable
    assert "base-files" in json.dumps(pull("good").json["packages"])
    for name in ("circle", "html", "deep", "large"):
        answer = pull(name)
        assert answer.code == FAILED, (name, answer)
    answer = pull("header")
    assert answer.code == FAILED and "headers of the answer" in answer.err, answer
    answer = pull("local")
    assert answer.code == FAILED and "no web address" in answer.err, answer
    answer = pull("stall", "--timeout", "3s")
    assert answer.code == FAILED and answer.seconds < 10, answer
    if os.environ.get("HULLCHECK_FULL") == "1":  # takes as long as patience lasts
        answer = pull("drip", seconds=90)
        assert answer.code == UNKNOWN and "network-slow" in gaps(answer), answer
    for name in ("short", "other", "endless"):
        answer = pull(name)
        assert answer.code == UNKNOWN and not answer.json["coverage"]["complete"], (name, answer)
    answer = pull("many")
    assert answer.code == FAILED or not answer.json["coverage"]["complete"], answer
    server.shutdown()


support.need_tool("zstd")
support.run(truncated_archives, flipped_bits, bombs, a_million_empty_files, three_million_small_files, long_names,
            layers_that_lie, links_in_a_circle, hard_links_to_nothing_were_passed_over,
            manifests_without_measure, package_databases_cut_and_lying,
            real_package_databases_cut, large_content_takes_little_memory, databases_of_millions_of_files,
            rows_that_say_to_be_of_four_gigabytes, one_member_again_and_again, jars_nested_a_thousand_deep, zip_bombs,
            directories_that_disagree, databases_of_four_gigabytes, boms_of_hundreds_of_megabytes, registries)
