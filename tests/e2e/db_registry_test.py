#!/usr/bin/env python3
"""`hullcheck db push` and `db pull` against Debian's docker-registry on loopback: open, and behind a login."""
import base64
import json
import subprocess
import urllib.request

import support
from db_test import outcome, small_mirror, status, update


def pushed(database, name, *more, env=None):
    return support.hullcheck("db", "push", name, "--db", database, *more, env=env)


def pulled(database, name, *more, env=None):
    return support.hullcheck("db", "pull", name, "--db", database, *more, env=env)


def test_open_registry():
    host = support.start_registry()
    database, copy = support.scratch() / "a.sqlite", support.scratch() / "copy" / "b.sqlite"
    assert update(small_mirror("push", 500), database).code == 0
    name = f"oci://{host}/team/advisories"
    absent = pulled(copy, name)
    assert absent.code == 3 and "db push" in absent.err and not copy.exists(), absent
    answer = pushed(database, name)
    assert answer.code == 0 and "500 records" in answer.out, answer
    exact = next(word for word in answer.out.split() if "@sha256:" in word)
    for reference in (name, f"{name}:latest", exact):
        copy.unlink(missing_ok=True)
        answer = pulled(copy, reference)
        assert answer.code == 0 and "500 records" in answer.out, answer
        assert status(copy).json["digest"] == status(database).json["digest"]
        assert outcome(copy, "debian")["records"] == 500
    answer = pulled(copy, name)
    assert answer.code == 0 and "Unchanged" in answer.out, answer
    assert {path.name for path in copy.parent.iterdir()} == {"b.sqlite", "b.sqlite.lock"}
    # The manifest says what it is, for whoever finds it there.
    request = urllib.request.Request(f"http://{host}/v2/team/advisories/manifests/latest",
                                     headers={"Accept": "application/vnd.oci.image.manifest.v1+json"})
    manifest = json.load(urllib.request.urlopen(request))
    assert manifest["artifactType"] == "application/vnd.hullcheck.advisories.v1"
    assert manifest["annotations"]["dev.hullcheck.advisories.digest"] == status(database).json["digest"]
    assert manifest["annotations"]["org.opencontainers.image.created"] == status(database).json["built"]
    # A newer database replaces it, an older one does not come back by itself.
    assert update(small_mirror("push-more", 600), database).code == 0
    assert pushed(database, name + ":2").code == 0
    assert pulled(copy, name + ":2").code == 0 and outcome(copy, "debian")["records"] == 600
    if status(copy).json["built"] != manifest["annotations"]["org.opencontainers.image.created"]:
        older = pulled(copy, name)
        assert older.code == 3 and "--allow-older" in older.err, older
        assert outcome(copy, "debian")["records"] == 600
    assert pulled(copy, name, "--allow-older").code == 0 and outcome(copy, "debian")["records"] == 500
    slim = pushed(database, name + ":slim", "--slim")
    assert slim.code == 0 and pulled(support.scratch() / "slim.sqlite", name + ":slim").code == 0, slim
    image = support.hullcheck("image", f"registry:{host}/team/advisories:latest", "--insecure")
    assert image.code == 3 and "no container image" in image.err, image


def test_registry_with_login():
    support.need_tool("htpasswd")
    folder = support.scratch() / "login"
    folder.mkdir()
    made = subprocess.run(["htpasswd", "-Bbn", "me", "s3cret-word"], capture_output=True, check=True)
    (folder / "htpasswd").write_bytes(made.stdout)
    host = support.start_registry(folder / "htpasswd")
    name = f"oci://{host}/advisories:1"
    database = support.scratch() / "login.sqlite"
    assert update(small_mirror("login-mirror", 50), database).code == 0
    refused = pushed(database, name, "--insecure")
    assert refused.code == 3 and "docker login" in refused.err, refused
    config = folder / "docker"
    config.mkdir()
    word = base64.b64encode(b"me:wrong").decode()
    (config / "config.json").write_text(json.dumps({"auths": {host: {"auth": word}}}))
    env = {"DOCKER_CONFIG": str(config)}
    wrong = pushed(database, name, "--insecure", env=env)
    assert wrong.code == 3 and "wrong" not in wrong.err, wrong
    word = base64.b64encode(b"me:s3cret-word").decode()
    (config / "config.json").write_text(json.dumps({"auths": {host: {"auth": word}}}))
    answer = pushed(database, name, "--insecure", env=env)
    assert answer.code == 0 and "s3cret" not in answer.out + answer.err, answer
    copy = support.scratch() / "login-copy.sqlite"
    assert pulled(copy, name, "--insecure").code == 3 and not copy.exists()
    assert pulled(copy, name, "--insecure", env=env).code == 0
    assert outcome(copy, "debian")["records"] == 50


def test_words_that_name_no_registry():
    database = support.scratch() / "words.sqlite"
    for name in ("advisories", "oci:./layout", "oci://advisories", "oci://team/advisories", "docker:x"):
        answer = pulled(database, name)
        assert answer.code == 3 and "oci://" in answer.err, answer
    answer = pulled(database, "oci://127.0.0.1:1/a/b")
    assert answer.code == 3 and not database.exists(), answer
    answer = pushed(database, "oci://127.0.0.1:1/a/b")
    assert answer.code == 3, answer


def test_whole_database():
    """The size that a team moves, through a real registry."""
    if not (support.SHARED / "feeds").is_dir():
        print("part skipped: needs the shared test material beside the project")
        return
    host = support.start_registry()
    copy = support.scratch() / "whole.sqlite"
    assert pushed(support.database(), f"oci://{host}/whole").code == 0
    answer = pulled(copy, f"oci://{host}/whole")
    assert answer.code == 0 and status(copy).json["digest"] == status(support.database()).json["digest"], answer


if __name__ == "__main__":
    support.need_tool("docker-registry")
    support.run(*[test for name, test in sorted(globals().items()) if name.startswith("test_")])
