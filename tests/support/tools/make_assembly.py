"""Writes a small .NET assembly that no runtime would load: headers, metadata with one row of the table Assembly, and a
version resource. make_assembly.py FILE NAME VERSION PRODUCT_VERSION FILE_VERSION [CULTURE]; "-" for an absent text."""
import struct
import sys


def padded(data, to=4):
    return data + bytes(-len(data) % to)


def metadata(name, version, culture, tables_before):
    strings = bytearray(b"\0<Module>\0")
    at = {}
    for text in (name, culture):
        at[text] = len(strings) if text else 0
        strings += text.encode() + b"\0" if text else b""
    strings = padded(bytes(strings))
    # Rows of several tables before the one that is wanted, so that their sizes matter.
    rows = {0x00: struct.pack("<HHHHH", 0, 1, 1, 0, 0)}
    if tables_before:
        rows |= {0x01: struct.pack("<HHH", 0, 1, 1) * 3, 0x02: struct.pack("<IHHHHH", 0, 1, 0, 0, 1, 1) * 2,
                 0x06: struct.pack("<IHHHHH", 0, 0, 0, 1, 0, 1) * 5, 0x0a: struct.pack("<HHH", 0, 1, 0) * 4,
                 0x0c: struct.pack("<HHH", 0, 0, 0) * 2}
    numbers = [int(part) for part in version.split(".")]
    rows[0x20] = struct.pack("<IHHHHIHHH", 0x8004, *numbers, 0, 0, at[name], at[culture])
    sizes = {0x00: 10, 0x01: 6, 0x02: 14, 0x06: 14, 0x0a: 6, 0x0c: 6, 0x20: 22}
    stream = struct.pack("<IBBBBQQ", 0, 2, 0, 0, 1, sum(1 << table for table in rows), 0)
    stream += b"".join(struct.pack("<I", len(rows[table]) // sizes[table]) for table in sorted(rows))
    stream = padded(stream + b"".join(rows[table] for table in sorted(rows)))
    word = padded(b"v4.0.30319\0")
    head = struct.pack("<IHHII", 0x424A5342, 1, 1, 0, len(word)) + word + struct.pack("<HH", 0, 2)
    begin = len(head) + 8 + 4 + 8 + 12
    head += struct.pack("<II", begin, len(stream)) + b"#~\0\0"
    head += struct.pack("<II", begin + len(stream), len(strings)) + b"#Strings\0\0\0\0"
    return head + stream + strings


def version_node(key, value=b"", children=b"", text=True):
    count = len(value) // 2 if text else len(value)
    body = key.encode("utf-16-le") + b"\0\0"
    body = body + bytes(-(len(body) + 6) % 4) + value
    if children:
        body = body + bytes(-(len(body) + 6) % 4) + children
    return struct.pack("<HHH", len(body) + 6, count, int(text)) + body


def version_resource(texts, address):
    strings = b"".join(padded(version_node(key, (value + "\0").encode("utf-16-le"))) for key, value in texts)
    table = version_node("StringFileInfo", children=version_node("000004b0", children=strings))
    info = version_node("VS_VERSION_INFO", bytes(52), table, text=False)
    tree = b"".join(struct.pack("<IIHHHHII", 0, 0, 0, 0, 0, 1, key, 0x80000000 | 24 * (i + 1))
                    for i, key in enumerate((16, 1)))
    tree += struct.pack("<IIHHHHII", 0, 0, 0, 0, 0, 1, 0x409, 72)
    return tree + struct.pack("<IIII", address + 88, len(info), 0, 0) + info


def assembly(name, version, product, file_version, culture, wide, tables_before=True):
    base = 0x2000
    meta = padded(metadata(name, version, culture, tables_before))
    cli = struct.pack("<IHHII", 72, 2, 5, base + 72, len(meta)) + bytes(56)
    body = padded(cli + meta)
    texts = [(key, value) for key, value in (("FileVersion", file_version), ("ProductVersion", product)) if value]
    resource = version_resource(texts, base + len(body)) if texts else b""
    directories = [(0, 0)] * 16
    directories[14] = (base, 72)
    if resource:
        directories[2] = (base + len(body), len(resource))
    body += resource
    optional = struct.pack("<H", 0x20b if wide else 0x10b) + bytes(106 if wide else 90) + struct.pack("<I", 16)
    optional += b"".join(struct.pack("<II", *pair) for pair in directories)
    head = b"MZ" + bytes(58) + struct.pack("<I", 64)
    head += b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664 if wide else 0x14c, 1, 0, 0, 0, len(optional), 0x2022) + optional
    head += b".text\0\0\0" + struct.pack("<IIIIIIHHI", len(body), base, len(body), 512, 0, 0, 0, 0, 0x60000020)
    return head.ljust(512, b"\0") + body


if __name__ == "__main__":
    path, *texts = sys.argv[1:]
    name, version, product, file_version = ("" if text == "-" else text for text in texts[:4])
    with open(path, "wb") as out:
        out.write(assembly(name, version, product, file_version, texts[4] if len(texts) > 4 else "", len(name) % 2 == 0))
