#!/usr/bin/env python3
"""Input that was made to break a scanner, through the built binary: each gives a named error or gap, in bounded time and
memory, is never called safe, and leaves nothing behind."""
import gzip
import hashlib
import http.server
import io
import json
import os
import random
import struct
import subprocess
import tarfile
import threading
import time
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
    def __init__(self, code, out, err, seconds, memory):
        self.code, self.out, self.err, self.seconds, self.memory = code, out, err, seconds, memory

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


def scan(reference, *args, seconds=SECONDS, memory=MEMORY):
    """Scans with its own temporary folder, and looks whether anything is left in it."""
    temporary = support.scratch() / "tmp"
    temporary.mkdir(exist_ok=True)
    home = support.scratch()
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(temporary), "XDG_CACHE_HOME": str(home / "cache"),
           "XDG_DATA_HOME": str(home / "data")}
    start = time.monotonic()
    out, err = home / "out", home / "err"
    with open(out, "wb") as out_file, open(err, "wb") as err_file:
        process = subprocess.Popen([str(support.BINARY), "image", str(reference), "--no-cache", "--format", "json", *args],
                                   env=env, stdin=subprocess.DEVNULL, stdout=out_file, stderr=err_file)
        peak = 0
        while process.poll() is None:
            peak = max(peak, peak_memory(process.pid))
            if time.monotonic() - start > seconds * 4:
                process.kill()
            time.sleep(0.01)
    answer = Answer(process.returncode, out.read_text(), err.read_text(), time.monotonic() - start, peak)
    assert answer.code in (UNSAFE, UNKNOWN, FAILED), answer
    assert answer.seconds < seconds, answer
    assert answer.memory < memory, answer
    assert not list(temporary.iterdir()), "something was left behind"
    assert answer.code == FAILED or answer.json["verdict"] in ("unsafe", "unknown"), answer
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
    for form, packed in (("tar", data), ("gz", gzip.compress(data, mtime=0))):
        for part in (0, 1, 100, 513, len(packed) // 3, len(packed) // 2, len(packed) - 2000):
            path = support.scratch() / f"cut-{form}-{part}.tar"
            path.write_bytes(packed[:part])
            answer = scan(path)
            assert answer.code == FAILED or answer.json["coverage"]["complete"] is False, (form, part, answer)


def flipped_bits():
    data = archive("plain", [support.layer(BASE), support.layer({"a": "b" * 5000})]).read_bytes()
    packed = gzip.compress(data, mtime=0)
    rng = random.Random(7)
    for round_ in range(40):
        source = data if round_ % 2 else packed
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
    answer = scan(archive, seconds=45, memory=1 << 30)
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
        elif what == "circle":
            self.send(302, Location=self.path + "x" if len(self.path) < 300 else self.path[:50])
        elif what == "html":
            self.send(200, b"<html><body>Sign in to the hotel's network</body></html>", "text/html")
        elif what == "deep":
            self.send(200, b'{"layers":' + b"[" * 3_000_000, oci)
        elif what == "large":
            self.send(200, b'{"layers": [' + b" " * (100 << 20), oci)
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
    answer = pull("stall", "--timeout", "3s")
    assert answer.code == FAILED and answer.seconds < 10, answer
    for name in ("short", "other", "endless"):
        answer = pull(name)
        assert answer.code == UNKNOWN and not answer.json["coverage"]["complete"], (name, answer)
    answer = pull("many")
    assert answer.code == FAILED or not answer.json["coverage"]["complete"], answer
    server.shutdown()


support.need_tool("zstd")
support.run(truncated_archives, flipped_bits, bombs, a_million_empty_files, three_million_small_files, long_names,
            layers_that_lie, links_in_a_circle, manifests_without_measure, package_databases_cut_and_lying,
            real_package_databases_cut, registries)
