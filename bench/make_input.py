#!/usr/bin/env python3
"""Makes the benchmark's inputs in a folder, once: a Debian image of some 900 MB in two shapes.

  S   S/            an OCI layout with five gzip layers of even size
  W   W.tar.gz      the same image as `docker save | gzip` writes it, one outer gzip stream
"""
import hashlib
import io
import json
import pathlib
import subprocess
import sys
import tarfile

PACKAGES = ("python3,nodejs,default-jre-headless,nginx,postgresql,git,perl,php-cli,openssh-server,curl,vim,"
            "ca-certificates")
LAYERS = 5


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def make_tree(folder):
    tree = folder / "tree.tar"
    if not tree.exists():
        subprocess.run(["mmdebstrap", "--variant=apt", f"--include={PACKAGES}", "bookworm", str(folder / "tree.part"),
                        "--format=tar"], check=True)
        (folder / "tree.part").rename(tree)
    return tree


def split(tree, folder):
    """Members in order; each goes to the layer that its middle falls into. The last layers hold /var and with it dpkg's
    database, as the layers of an image do that installs in several steps."""
    parts = [folder / f"layer{i}.tar" for i in range(LAYERS)]
    outs = [tarfile.open(part, "w", format=tarfile.PAX_FORMAT) for part in parts]
    with tarfile.open(tree) as source:
        members = source.getmembers()
        total = sum(m.size for m in members)
        done = 0
        for member in members:
            out = outs[min(LAYERS - 1, (done + member.size // 2) * LAYERS // total)]
            out.addfile(member, source.extractfile(member) if member.isreg() else None)
            done += member.size
    for out in outs:
        out.close()
    return parts


def config_of(parts):
    return json.dumps({
        "architecture": "amd64", "os": "linux", "config": {"Cmd": ["/usr/sbin/nginx"], "Env": ["PATH=/usr/sbin:/usr/bin"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + sha256(p) for p in parts]},
        "history": [{"created_by": f"layer {i}"} for i in range(len(parts))]}).encode()


def write_layout(parts, config, folder):
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True, exist_ok=True)

    def blob(data):
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return "sha256:" + digest, len(data)

    layers = []
    for part in parts:
        packed = part.with_suffix(".tar.gz")
        with open(packed, "wb") as out:
            subprocess.run(["gzip", "-6", "-n", "-c", str(part)], stdout=out, check=True)
        digest = sha256(packed)
        packed.rename(blobs / digest)
        layers.append({"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "sha256:" + digest,
                       "size": (blobs / digest).stat().st_size})
    config_digest, config_size = blob(config)
    manifest, size = blob(json.dumps({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": config_digest, "size": config_size},
        "layers": layers}).encode())
    (folder / "index.json").write_text(json.dumps({
        "schemaVersion": 2, "manifests": [{"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": manifest,
                                           "size": size,
                                           "annotations": {"org.opencontainers.image.ref.name": "latest"}}]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')


def write_archive(parts, config, path):
    plain = path.with_suffix("")
    with tarfile.open(plain, "w") as out:
        names = []
        for part in parts:
            name = f"{sha256(part)}/layer.tar"
            names.append(name)
            out.add(part, arcname=name)
        name = hashlib.sha256(config).hexdigest() + ".json"
        for member, data in ((name, config), ("manifest.json", json.dumps(
                [{"Config": name, "RepoTags": ["bench:latest"], "Layers": names}]).encode())):
            info = tarfile.TarInfo(member)
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
    with open(path, "wb") as out:
        subprocess.run(["gzip", "-6", "-n", "-c", str(plain)], stdout=out, check=True)
    plain.unlink()


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "ready").exists():
        return
    parts = split(make_tree(folder), folder)
    config = config_of(parts)
    write_layout(parts, config, folder / "S")
    write_archive(parts, config, folder / "W.tar.gz")
    for part in parts:
        part.unlink()
    (folder / "ready").touch()


if __name__ == "__main__":
    main()
