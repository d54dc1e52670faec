// Format: sshd(8) for the line, RFC 4253 6.6 and PROTOCOL.certkeys for what the base64 holds: its first string names
// the algorithm again. Hostile: the options hold quotes and blanks, the blob lengths of its own; all are bounded.
#include "detect/backdoors/ssh_keys.hpp"

#include <algorithm>
#include <array>

#include "util/base64.hpp"
#include "util/bytes.hpp"
#include "util/digest.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_blob = 16384;

struct KnownKey {
  std::string_view fingerprint, name;
};
constexpr std::array<KnownKey, 19> k_published{{
    {"SHA256:1M4RzhMyWuFS/86uPY/ce2prh/dVTHW7iD2RhpquOZA", "Vagrant's insecure key"},
    {"SHA256:WkvqjnyPAeC0cbPErYiGP9vqHdgL1MqqvPdIe3lvHgI", "Vagrant's insecure key"},
    // The self-tests of GnuTLS's library.
    {"SHA256:h+KI3H28KaJCQbWW7IyE+UnZ8J80/Az2kkJIH7InR3A", "a self-test key of GnuTLS"},
    {"SHA256:0kXlLDQadmReGw5WxY3JZM1PPsrqZKnG1tuYl9SUioo", "a self-test key of GnuTLS"},
    {"SHA256:ApS0QGkC4zuwL4nq9MaRMoeQ16nNAbhz1o7ayZTzEKE", "a self-test key of GnuTLS"},
    {"SHA256:YMMjq+SFSwN0MAWHQVbvbgNDvJwFwJoqQzNc3aGTQrM", "a self-test key of GnuTLS"},
    {"SHA256:mVuNWwisEmp0852BL8jM4nDQJgk9gQ82bekjuw/kf2A", "a self-test key of GnuTLS"},
    {"SHA256:CUFro+B4JSPFYiX7FozVjNp3luk42xtT95tqu67Su8c", "a self-test key of GnuTLS"},
    {"SHA256:fjivdxW7tCWmqoBgt8CvYK64HTmXXFXoPty56uel6fg", "a self-test key of GnuTLS"},
    {"SHA256:RYAi3ctVmLOSU7wCfrAsTz26AOK9uu8jmjW8kcm9Tzo", "a self-test key of GnuTLS"},
    {"SHA256:CfHBpGgN+Auejm5YfTp4fedAKpGeNmQmrYB6HA+MmME", "a self-test key of GnuTLS"},
    {"SHA256:EYb3seR7zeXfX5vRAHvcZ4f/25rWfBmDoC5t2UVlUYs", "a self-test key of GnuTLS"},
    {"SHA256:cY40kOOVZ9MMvcc+mFNwFjWMko0eNBSNNfN9K4+W9w8", "a key of urllib3's test server"},
    {"SHA256:lDkKydt0PGPYuB//OhOpB2ih6hYIk5YV+PnQyCXW4LU", "a key of urllib3's test server"},
    {"SHA256:7F+pkEVU9fRjuID/SqOYXoNXTvlPzEZRoFynGB9vA9w", "a test key of Go's crypto/x509"},
    {"SHA256:/9/wZX4JMi9OYETP/hhuSDinG/IHHvUVoPwBYRxhRps", "an example key of Go's crypto/tls"},
    {"SHA256:1grg2YMVDDC2bRzbgXk96sOf23R/1yMA0rGio187WWQ", "an example key of Ansible's collection for Google"},
    {"SHA256:ebP4+GwQJT+JHVNp86kD6z3b0UmVNyAEh+SNME3bY5o", "a key of Moto's test proxy"},
    {"SHA256:hy9MsTdKz4qZDeAj0f/9PXHpZRPGbSpY6WSJ8ctIFY4", "a key of Moto's test proxy"},
}};

constexpr std::array<std::string_view, 4> k_families = {"ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trim_front(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

bool is_algorithm(std::string_view word) {
  return word.size() <= 64 && std::any_of(k_families.begin(), k_families.end(),
                                          [&](std::string_view family) { return word.starts_with(family); });
}

// Up to a blank that is not inside quotes.
std::size_t word_end(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '"')
      ++i;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (!quoted && is_blank(text[i]))
      return i;
  }
  return text.size();
}

// The algorithm's name inside the blob, which must have something after it.
std::string_view inner_name(Bytes blob) {
  const auto size = read_be<std::uint32_t>(blob, 0);
  if (!size || *size > 64) return {};
  const auto name = slice(blob, 4, *size);
  return name && blob.size() >= 4 + name->size() + 32 ? as_text(*name) : std::string_view();
}

}  // namespace

std::optional<AuthorizedKey> parse_authorized_key(std::string_view line) {
  line = trim_front(line);
  while (!line.empty() && (is_blank(line.back()) || line.back() == '\n')) line.remove_suffix(1);
  if (line.empty() || line.front() == '#') return std::nullopt;
  AuthorizedKey key;
  std::string_view word = line.substr(0, word_end(line));
  if (!is_algorithm(word)) {
    key.options = word;
    line = trim_front(line.substr(word.size()));
    word = line.substr(0, word_end(line));
    if (!is_algorithm(word)) return std::nullopt;
  }
  key.algorithm = word;
  line = trim_front(line.substr(word.size()));
  const std::string_view encoded = line.substr(0, std::min(line.find_first_of(" \t"), line.size()));
  if (encoded.size() > 2 * k_most_blob) return std::nullopt;
  const auto blob = util::decode_base64(encoded, k_most_blob);
  if (!blob || inner_name(*blob) != key.algorithm) return std::nullopt;
  util::Hasher hasher(util::Hash::sha256);
  hasher.update(*blob);
  key.fingerprint = "SHA256:" + util::encode_base64_unpadded(hasher.finish());
  key.comment = trim_front(line.substr(encoded.size()));
  return key;
}

std::string_view published_key_name(std::string_view fingerprint) {
  for (const KnownKey& key : k_published)
    if (key.fingerprint == fingerprint) return key.name;
  return {};
}

}  // namespace hullcheck::detect
