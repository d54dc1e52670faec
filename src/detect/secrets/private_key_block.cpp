// Formats: RFC 7468 armour round PKCS#1 (RFC 8017), SEC1 (RFC 5915), DSA as OpenSSL writes it, PKCS#8 (RFC 5208,
// 5958) plain and encrypted; "Proc-Type: 4,ENCRYPTED" of RFC 1421; OpenSSH's PROTOCOL.key; RFC 4880 secret key
// packets.
//
// Hostile: bodies, lengths and counts are anybody's. A block is at most k_most_text bytes, DER is read three levels
// deep without recursion, and each length is checked against what is there.
#include <algorithm>
#include <array>

#include "detect/secrets/private_key.hpp"
#include "util/base64.hpp"
#include "util/digest.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::string_view k_begin = "-----BEGIN ";
constexpr std::string_view k_end = "-----END ";
constexpr std::string_view k_dashes = "-----";
constexpr std::size_t k_most_text = std::size_t{64} << 10;
constexpr std::size_t k_most_label = 40;
constexpr std::size_t k_least_of_cut_body = 1000;  // decoded bytes of a block whose end is not at hand
constexpr std::uint8_t k_integer = 0x02, k_octets = 0x04, k_oid = 0x06, k_sequence = 0x30;

struct Element {
  std::uint8_t tag = 0;
  std::uint64_t size = 0;  // as promised
  Bytes content;           // as much of it as is there
};

// The first element of `rest`, which moves behind it.
std::optional<Element> take_element(Bytes& rest) {
  if (rest.size() < 2 || (rest[0] & 0x1fU) == 0x1fU) return std::nullopt;
  Element element;
  element.tag = rest[0];
  std::size_t header = 2;
  element.size = rest[1];
  if (element.size >= 0x80) {
    const std::size_t count = element.size - 0x80;
    if (count == 0 || count > 4 || rest.size() < 2 + count) return std::nullopt;
    element.size = 0;
    for (std::size_t i = 0; i < count; ++i) element.size = element.size << 8U | rest[2 + i];
    header += count;
  }
  const Bytes after = rest.subspan(header);
  const std::size_t have = static_cast<std::size_t>(std::min<std::uint64_t>(element.size, after.size()));
  element.content = after.first(have);
  rest = after.subspan(have);
  return element;
}

std::optional<Element> take(Bytes& rest, std::uint8_t tag) {
  const auto element = take_element(rest);
  return element && element->tag == tag ? element : std::nullopt;
}

// The members of the outer sequence. Its promised size must be that of the block, or more if the block is cut.
std::optional<Bytes> outer_sequence(Bytes der, bool complete) {
  const std::size_t all = der.size();
  const auto outer = take(der, k_sequence);
  if (!outer) return std::nullopt;
  const bool whole = outer->size == outer->content.size();
  if (complete ? !whole || !der.empty() : outer->size > 4 * k_most_text || (whole && !der.empty()))
    return std::nullopt;
  return all < 16 ? std::nullopt : std::optional(outer->content);
}

void add_ssh_string(Buffer& out, Bytes bytes) {
  for (unsigned shift = 32; shift > 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(bytes.size() >> (shift - 8)));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

std::string fingerprint_of(Bytes bytes) {
  util::Hasher hasher(util::Hash::sha256);
  hasher.update(bytes);
  return "SHA256:" + util::encode_base64_unpadded(hasher.finish());
}

std::string rsa_fingerprint(Bytes modulus, Bytes exponent) {
  Buffer blob;
  add_ssh_string(blob, as_bytes("ssh-rsa"));
  add_ssh_string(blob, exponent);
  add_ssh_string(blob, modulus);
  return fingerprint_of(blob);
}

std::size_t bits_of(Bytes integer) {
  while (!integer.empty() && integer[0] == 0) integer = integer.subspan(1);
  return integer.size() * 8;
}

using Body = bool (*)(Bytes der, PrivateKey& key);

bool read_rsa(Bytes der, PrivateKey& key) {
  const auto members = outer_sequence(der, key.complete);
  if (!members) return false;
  Bytes rest = *members;
  const auto version = take(rest, k_integer);
  const auto modulus = take(rest, k_integer);
  const auto exponent = take(rest, k_integer);
  const auto secret = take(rest, k_integer);
  if (!version || version->content.size() != 1 || version->content[0] > 1 || !modulus || !exponent || !secret)
    return false;
  if (modulus->content.size() < 48 || exponent->content.empty() || exponent->content.size() > 8) return false;
  key.algorithm = "RSA " + std::to_string(bits_of(modulus->content));
  key.fingerprint = rsa_fingerprint(modulus->content, exponent->content);
  return true;
}

bool read_dsa(Bytes der, PrivateKey& key) {
  const auto members = outer_sequence(der, key.complete);
  if (!members) return false;
  Bytes rest = *members;
  for (unsigned i = 0; i < 6; ++i)
    if (!take(rest, k_integer)) return false;
  key.algorithm = "DSA";
  return rest.empty();
}

bool read_ec(Bytes der, PrivateKey& key) {
  const auto members = outer_sequence(der, key.complete);
  if (!members) return false;
  Bytes rest = *members;
  const auto version = take(rest, k_integer);
  const auto secret = take(rest, k_octets);
  if (!version || version->content.size() != 1 || version->content[0] != 1 || !secret) return false;
  key.algorithm = "EC";
  return secret->content.size() >= 16 && secret->content.size() <= 80;
}

bool read_pkcs8(Bytes der, PrivateKey& key) {
  const auto members = outer_sequence(der, key.complete);
  if (!members) return false;
  Bytes rest = *members;
  const auto version = take(rest, k_integer);
  auto algorithm = take(rest, k_sequence);
  const auto secret = take(rest, k_octets);
  if (!version || version->content.size() != 1 || version->content[0] > 1 || !algorithm || !secret) return false;
  const auto oid = take(algorithm->content, k_oid);
  if (!oid || oid->content.empty() || secret->content.size() < 16) return false;
  PrivateKey inner = key;
  inner.complete = key.complete && secret->content.size() == secret->size;
  if (read_rsa(secret->content, inner)) {
    key.algorithm = inner.algorithm;
    key.fingerprint = inner.fingerprint;
  } else {
    key.algorithm = read_ec(secret->content, inner) ? "EC" : "PKCS#8";
  }
  return true;
}

bool read_encrypted_pkcs8(Bytes der, PrivateKey& key) {
  const auto members = outer_sequence(der, key.complete);
  if (!members) return false;
  Bytes rest = *members;
  auto algorithm = take(rest, k_sequence);
  const auto secret = take(rest, k_octets);
  if (!algorithm || !secret || !take(algorithm->content, k_oid)) return false;
  key.encrypted = true;
  key.algorithm = "PKCS#8";
  return secret->content.size() >= 16;
}

std::optional<Bytes> take_ssh_string(Bytes& rest) {
  const auto size = read_be<std::uint32_t>(rest, 0);
  if (!size) return std::nullopt;
  const auto content = slice(rest, 4, *size);
  if (!content) return std::nullopt;
  rest = rest.subspan(4 + content->size());
  return content;
}

bool read_openssh(Bytes body, PrivateKey& key) {
  constexpr std::string_view k_magic{"openssh-key-v1\0", 15};
  if (!as_text(body).starts_with(k_magic)) return false;
  Bytes rest = body.subspan(k_magic.size());
  const auto cipher = take_ssh_string(rest);
  const auto derivation = take_ssh_string(rest);
  const auto options = take_ssh_string(rest);
  const auto count = read_be<std::uint32_t>(rest, 0);
  if (!cipher || !derivation || !options || !count || *count == 0 || *count > 16) return false;
  rest = rest.subspan(4);
  const auto public_key = take_ssh_string(rest);
  if (!public_key) return false;
  Bytes name_from = *public_key;
  const auto name = take_ssh_string(name_from);
  if (!name || name->empty() || name->size() > 64) return false;
  if (key.complete && !take_ssh_string(rest)) return false;
  key.encrypted = as_text(*cipher) != "none";
  key.algorithm = as_text(*name);
  key.fingerprint = fingerprint_of(*public_key);
  return true;
}

// A secret key packet (tag 5) comes first. Whether it is encrypted stands behind the public part, whose length
// depends on the algorithm; for those whose numbers can be skipped by their own lengths it is read.
bool read_pgp(Bytes body, PrivateKey& key) {
  if (body.size() < 16 || (body[0] & 0x80U) == 0) return false;
  const bool modern = (body[0] & 0x40U) != 0;
  const unsigned tag = modern ? body[0] & 0x3fU : (body[0] >> 2U) & 0x0fU;
  if (tag != 5) return false;
  const std::size_t length_bytes = modern ? (body[1] < 192 ? 1U : body[1] < 224 ? 2U : 5U) : 1U << (body[0] & 3U);
  if (body.size() < 1 + length_bytes + 6) return false;
  Bytes rest = body.subspan(1 + length_bytes);
  if (rest[0] != 4) return false;
  const std::uint8_t algorithm = rest[5];
  rest = rest.subspan(6);
  key.algorithm = "PGP";
  std::size_t numbers = algorithm <= 3 ? 2 : algorithm == 16 ? 3 : algorithm == 17 ? 4 : 1;
  if (algorithm == 18 || algorithm == 19 || algorithm == 22) {  // a curve's name, then the point
    if (rest.empty() || rest.size() < 1U + rest[0]) return false;
    rest = rest.subspan(1U + rest[0]);
  }
  for (; numbers > 0; --numbers) {
    const auto bits = read_be<std::uint16_t>(rest, 0);
    if (!bits || rest.size() < 2U + (*bits + 7U) / 8U) return false;
    rest = rest.subspan(2U + (*bits + 7U) / 8U);
  }
  if (algorithm == 18) {  // parameters of the key derivation
    if (rest.empty() || rest.size() < 1U + rest[0]) return false;
    rest = rest.subspan(1U + rest[0]);
  }
  key.encrypted = !rest.empty() && rest[0] != 0;
  return !rest.empty();
}

struct Label {
  std::string_view label;
  Body body;
};
constexpr std::array<Label, 7> k_labels{{
    {"RSA PRIVATE KEY", read_rsa},
    {"EC PRIVATE KEY", read_ec},
    {"DSA PRIVATE KEY", read_dsa},
    {"PRIVATE KEY", read_pkcs8},
    {"ENCRYPTED PRIVATE KEY", read_encrypted_pkcs8},
    {"OPENSSH PRIVATE KEY", read_openssh},
    {"PGP PRIVATE KEY BLOCK", read_pgp},
}};

const Label* label_of(std::string_view text) {
  for (const Label& one : k_labels)
    if (text.starts_with(one.label) && text.substr(one.label.size()).starts_with(k_dashes)) return &one;
  return nullptr;
}

// Whether a line ends here, plain or escaped; `at` moves behind it.
bool take_line_end(std::string_view text, std::size_t& at) {
  const std::size_t start = at;
  while (at < text.size()) {
    if (text[at] == '\n' || text[at] == '\r') {
      ++at;
    } else if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == 'n' || text[at + 1] == 'r')) {
      at += 2;
    } else {
      break;
    }
    if (text[at - 1] == '\n' || text[at - 1] == 'n') break;
  }
  return at > start;
}

// "Name: value" lines of RFC 1421 and of PGP's armour are taken off the front.
std::string_view without_headers(std::string_view body, bool& encrypted) {
  for (unsigned lines = 0; lines < 20; ++lines) {
    std::size_t start = 0;
    while (take_line_end(body, start)) {
    }
    while (start < body.size() && (body[start] == ' ' || body[start] == '\t')) ++start;
    std::size_t end = start;
    while (end < body.size() && body[end] != '\n' && body[end] != '\\') ++end;
    const std::string_view line = body.substr(start, end - start);
    if (line.find(": ") == std::string_view::npos) break;
    encrypted |= line.starts_with("Proc-Type") && line.find("ENCRYPTED") != std::string_view::npos;
    body.remove_prefix(end);
  }
  return body;
}

// PGP's checksum line "=AbCd" is no part of the data.
std::string_view without_checksum(std::string_view body) {
  const std::size_t last = body.find_last_not_of(" \r\n\t");
  if (last == std::string_view::npos || last < 5 || body[last - 4] != '=') return body;
  return body.substr(0, last - 4);
}

// Keys in source text stand as quoted lines: the quotes, commas and plus signs at line ends are no part of them.
std::string plain_body(std::string_view body) {
  if (body.find_first_of("\"'") == std::string_view::npos) return std::string(body);
  std::string plain;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (c == '"' || c == '\'') {
      // From a closing quote to the opening one there is only glue.
      const std::size_t next = body.find_first_of("\"'", i + 1);
      if (next == std::string_view::npos) break;
      if (next - i > 80) return std::string(body);
      i = next;
      continue;
    }
    plain += c;
  }
  return plain;
}

}  // namespace

std::optional<PrivateKey> parse_private_key(std::string_view text, bool goes_on) {
  if (!text.starts_with(k_begin)) return std::nullopt;
  const Label* label = label_of(text.substr(k_begin.size(), k_most_label));
  if (label == nullptr) return std::nullopt;
  const std::size_t start = k_begin.size() + label->label.size() + k_dashes.size();
  const std::string_view after = text.substr(start, k_most_text);
  const std::size_t end = after.find(k_dashes);
  PrivateKey key;
  key.label = label->label;
  key.complete = end != std::string_view::npos;
  if (key.complete && !after.substr(end).starts_with(std::string(k_end) + key.label)) return std::nullopt;
  if (!key.complete && (!goes_on || after.size() == k_most_text)) return std::nullopt;
  key.size = text.size();
  // The last line may be cut off in its dashes.
  if (key.complete) key.size = std::min(key.size, start + end + k_end.size() + key.label.size() + k_dashes.size());

  bool encrypted = false;
  const std::string_view body = without_headers(after.substr(0, end), encrypted);
  std::string plain = plain_body(body);
  if (label->body == read_pgp) plain = without_checksum(plain);
  if (!key.complete) plain.resize(plain.size() - plain.size() % 4);
  const auto decoded = util::decode_base64(plain, k_most_text);
  if (!decoded || decoded->size() < 16 || (!key.complete && decoded->size() < k_least_of_cut_body))
    return std::nullopt;
  if (encrypted) {
    key.encrypted = true;
    key.algorithm = key.label.substr(0, key.label.find(' '));
    if (decoded->size() % 8 != 0) return std::nullopt;  // the ciphers of that time work on blocks
  } else if (!label->body(*decoded, key)) {
    return std::nullopt;
  }
  if (key.fingerprint.empty()) key.fingerprint = fingerprint_of(*decoded);
  return key;
}

}  // namespace hullcheck::detect
