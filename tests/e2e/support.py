"""What the end-to-end tests share: the built binary, real images made once, engines started on places of their own.

Each test is one script. A missing prerequisite (root, the folder of shared test material, a package mirror) ends it with
exit code 77 and a line that names what is missing; ctest counts that as skipped.
"""
import atexit
import contextlib
import fcntl
import hashlib
import io
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

ROOT = pathlib.Path(os.environ.get("HULLCHECK_ROOT", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("HULLCHECK_BUILD", ROOT / "build" / "release"))
BINARY = pathlib.Path(os.environ.get("HULLCHECK_BINARY", BUILD / "hullcheck"))
SHARED = pathlib.Path(os.environ.get("HULLCHECK_SHARED", ROOT.parent / "shared"))
KEEP = BUILD / "e2e"  # real images live here between runs

SAFE, UNSAFE, UNKNOWN, FAILED = 0, 1, 2, 3


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def need_shared():
    if not (SHARED / "feeds").is_dir():
        skip(f"needs the shared test material beside the project ({SHARED.name}/feeds)")


def need_root():
    if os.geteuid() != 0:
        skip("needs root")


def need_tool(name):
    if shutil.which(name) is None:
        skip(f"needs {name}")


_scratch = None


def scratch():
    """A folder of this test's own, removed at its end."""
    global _scratch
    if _scratch is None:
        _scratch = pathlib.Path(tempfile.mkdtemp(prefix="hullcheck-e2e-"))
        atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
    return _scratch


class Answer:
    def __init__(self, done, seconds):
        self.code, self.out, self.err, self.seconds = done.returncode, done.stdout, done.stderr, seconds

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out[:1500]}\n--- stderr\n{self.err[-3000:]}"


def hullcheck(*args, database=None, cache=None, env=None, stdin=None, timeout=300):
    """Runs the binary with folders of this test's own; nothing of the user's is read or written."""
    home = scratch()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HULLCHECK_", "DOCKER_"))}
    environment |= {"HOME": str(home), "XDG_CACHE_HOME": str(cache or home / "cache"), "XDG_DATA_HOME": str(home / "data")}
    if database:
        environment["HULLCHECK_DB"] = str(database)
    environment |= env or {}
    start = time.monotonic()
    done = subprocess.run([str(BINARY), *map(str, args)], env=environment, stdin=stdin or subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=timeout)
    return Answer(done, time.monotonic() - start)


@contextlib.contextmanager
def only_one(name):
    """Keeps two tests that run at the same time from making the same thing twice."""
    KEEP.mkdir(parents=True, exist_ok=True)
    with open(KEEP / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def database():
    """The advisory database of the shared mirror, made once per binary."""
    need_shared()
    stamp = hashlib.sha256(f"{BINARY.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    path = KEEP / f"advisories-{stamp}.db"
    with only_one("advisories"):
        if not path.exists():
            for old in KEEP.glob("advisories-*.db"):
                old.unlink()
            answer = hullcheck("db", "update", "--mirror", SHARED / "feeds", "--db", path)
            assert answer.code == 0, answer
    return path


# --- real images -------------------------------------------------------------------------------------------------------

DEBIAN = {
    # name: (suite, packages, variant, sources)
    "trixie": ("trixie", "", "minbase", None),
    "bookworm": ("bookworm", "", "minbase", None),
    "bullseye": ("bullseye", "", "minbase", "main-only"),
    "bullseye-full": ("bullseye", "nginx,tomcat9,default-jre-headless", "apt", "main-only"),
}


def mirror_line(suite):
    """The suite's main archive alone: where this machine gets its own packages from."""
    for path in [pathlib.Path("/etc/apt/sources.list"), *pathlib.Path("/etc/apt/sources.list.d").glob("*")]:
        if not path.is_file():
            continue
        for line in path.read_text(errors="replace").splitlines():
            words = line.split()
            if words[:1] == ["URIs:"] and "debian" in words[1] and "security" not in words[1]:
                return f"deb {words[1].rstrip('/')} {suite} main"
            if words[:1] == ["deb"]:
                address = next((w for w in words[1:] if "://" in w), None)
                if address and "debian" in address and "security" not in address:
                    return f"deb {address.rstrip('/')} {suite} main"
    skip("finds no Debian mirror in this machine's package sources")


def debian_tree(name):
    """A root file system made by mmdebstrap, as a tar file."""
    need_tool("mmdebstrap")
    suite, packages, variant, sources = DEBIAN[name]
    tree = KEEP / f"{name}.tree.tar"
    with only_one(name):
        if not tree.exists():
            part = tree.with_suffix(".part")
            command = ["mmdebstrap", f"--variant={variant}", "--format=tar", "--quiet"]
            if packages:
                command.append(f"--include={packages}")
            command += [suite, str(part)]
            if sources == "main-only":
                command.append(mirror_line(suite))
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                print(done.stderr[-2000:])
                skip(f"mmdebstrap could not make {name} (no package mirror?)")
            part.rename(tree)
    return tree


def sha256_file(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return "sha256:" + digest.hexdigest()


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def add_bytes(tar, name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def image_config(diff_ids, config=None, history=None):
    return json.dumps({"architecture": "amd64", "os": "linux", "config": config or {},
                       "rootfs": {"type": "layers", "diff_ids": diff_ids}, "history": history or []}).encode()


def docker_archive(path, layers, config=None, tag="test:latest", history=None):
    """What `docker save` writes (legacy layout). `layers` are tar files or bytes."""
    datas = [pathlib.Path(layer).read_bytes() if not isinstance(layer, bytes) else layer for layer in layers]
    config_bytes = image_config([sha256(data) for data in datas], config, history)
    with tarfile.open(path, "w") as out:
        names = []
        for i, data in enumerate(datas):
            names.append(f"{hashlib.sha256(data + bytes([i])).hexdigest()}/layer.tar")
            add_bytes(out, names[-1], data)
        config_name = hashlib.sha256(config_bytes).hexdigest() + ".json"
        add_bytes(out, config_name, config_bytes)
        add_bytes(out, "manifest.json",
                  json.dumps([{"Config": config_name, "RepoTags": [tag] if tag else None, "Layers": names}]).encode())
    return path


def debian_image(name, config=None):
    """The same tree as a docker-archive of one layer."""
    tree = debian_tree(name)
    path = KEEP / f"{name}.tar"
    with only_one(name + "-archive"):
        if not path.exists():
            part = path.with_suffix(".tar.part")
            docker_archive(part, [tree], config or {"Cmd": ["/bin/bash"], "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]},
                           tag=f"{name}:latest")
            part.rename(path)
    return path


def layer(files, whiteouts=()):
    """A layer as bytes: {path: content or (content, mode)}."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in files.items():
            content, mode = content if isinstance(content, tuple) else (content, 0o644)
            info = tarfile.TarInfo(name)
            data = content.encode() if isinstance(content, str) else content
            info.size, info.mode = len(data), mode
            tar.addfile(info, io.BytesIO(data))
        for name in whiteouts:
            folder, base = os.path.split(name)
            tar.addfile(tarfile.TarInfo(os.path.join(folder, ".wh." + base)))
    return out.getvalue()


# --- engines -----------------------------------------------------------------------------------------------------------


class Process:
    """A background program that is stopped, by its own id, when the test ends."""

    def __init__(self, command, log, env=None):
        self.log = log
        self.process = subprocess.Popen(command, stdout=open(log, "wb"), stderr=subprocess.STDOUT, env=env,
                                        start_new_session=True)
        atexit.register(self.stop)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def wait_for(self, ready, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            if ready():
                return True
            time.sleep(0.2)
        print(pathlib.Path(self.log).read_text(errors="replace")[-3000:])
        return False


def free_port():
    import socket
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start_dockerd(tls=None):
    """A Docker engine on a socket and in a folder of its own. Gives the value for DOCKER_HOST. `tls`: a folder with
    ca.pem, server.pem and server-key.pem; then it also listens on loopback, for clients whose certificate that
    authority signed, and both values are given."""
    need_root()
    need_tool("dockerd")
    place = scratch() / "docker"
    place.mkdir()
    socket = place / "docker.sock"
    tcp = f"tcp://127.0.0.1:{free_port()}"
    more = ["--host", tcp, "--tlsverify", "--tlscacert", tls / "ca.pem", "--tlscert", tls / "server.pem", "--tlskey",
            tls / "server-key.pem"] if tls else []
    engine = Process(["dockerd", "--host", f"unix://{socket}", *map(str, more), "--data-root", str(place / "data"),
                      "--exec-root", str(place / "exec"), "--pidfile", str(place / "pid"), "--bridge=none",
                      "--iptables=false", "--ip6tables=false", "--storage-driver=vfs"], place / "log")
    host = f"unix://{socket}"

    def ready():
        return socket.exists() and subprocess.run(["docker", "-H", host, "version"], capture_output=True).returncode == 0

    if not engine.wait_for(ready):
        skip("dockerd does not start here")
    return (host, tcp) if tls else host


def docker(host, *args, stdin=None, check=True):
    done = subprocess.run(["docker", "-H", host, *map(str, args)], capture_output=True, text=True, stdin=stdin)
    if check:
        assert done.returncode == 0, f"docker {args}: {done.stderr[-3000:]}"
    return done


def start_registry(htpasswd=None, tls=None):
    """Debian's docker-registry on loopback. `tls` is (certificate, key). Gives host:port."""
    need_tool("docker-registry")
    port = free_port()
    place = scratch() / f"registry-{port}"
    place.mkdir()
    lines = ["version: 0.1", "log: {level: error}", "storage:", f"  filesystem: {{rootdirectory: {place / 'data'}}}",
             "  delete: {enabled: true}", "http:", f"  addr: 127.0.0.1:{port}"]
    if tls:
        lines += ["  tls:", f"    certificate: {tls[0]}", f"    key: {tls[1]}"]
    if htpasswd:
        lines += ["auth:", f"  htpasswd: {{realm: test, path: {htpasswd}}}"]
    (place / "config.yml").write_text("\n".join(lines) + "\n")
    server = Process(["docker-registry", "serve", str(place / "config.yml")], place / "log")

    def ready():
        import socket
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    if not server.wait_for(ready):
        skip("docker-registry does not start here")
    return f"127.0.0.1:{port}"


# --- a tiny test runner ------------------------------------------------------------------------------------------------


def run(*tests):
    """Runs the functions in order; prints each name; exits 1 if one fails."""
    failed = 0
    for test in tests:
        start = time.monotonic()
        try:
            test()
        except AssertionError as error:
            import traceback
            failed += 1
            traceback.print_exc()
            print(f"FAILED  {test.__name__}: {error}")
        else:
            print(f"ok      {test.__name__} ({time.monotonic() - start:.1f} s)")
    print(f"{len(tests) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
