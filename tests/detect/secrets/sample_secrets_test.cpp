// The makers of samples. Written against the published descriptions of the formats, not against our readers.
#include "sample_secrets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "util/base64.hpp"
#include "util/bytes.hpp"
#include "util/digest.hpp"

namespace hullcheck::detect::secrets {
namespace {

const std::map<char, std::string_view> k_classes = {
    {'d', "0123456789"},
    {'x', "0123456789abcdef"},
    {'X', "0123456789ABCDEF"},
    {'l', "abcdefghijklmnopqrstuvwxyz"},
    {'u', "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {'m', "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {'a', "abcdefghijklmnopqrstuvwxyz0123456789"},
    {'A', "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"},
    {'w', "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"},
    {'s', "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"},
    {'b', "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"},
    {'q', "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"},
    {'z', "abcdefghijklmnopqrstuvwxyz234567"},
    {'n', "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"}};
constexpr std::string_view k_base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view k_bech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

class Maker {
 public:
  explicit Maker(std::uint32_t seed) : m_state(seed * 2654435761U + 12345U) {}

  std::uint32_t next() {
    m_state ^= m_state << 13U;
    m_state ^= m_state >> 17U;
    m_state ^= m_state << 5U;
    return m_state;
  }

  // Words that stand for nothing may come out by chance where people read; ends in letter and digit, so that the
  // shortest ones have both.
  std::string text(char cls, std::size_t size) {
    const std::string_view set = k_classes.at(cls);
    std::string out;
    while (out.size() < size) {
      const char c = set[next() % set.size()];
      const bool word = std::isalnum(static_cast<unsigned char>(c)) != 0;
      const bool edge = out.empty() || out.size() + 1 == size;
      if (!out.empty() && (out.back() == c || (edge && !word))) continue;
      if (out.empty() && edge && !word) continue;
      out += c;
    }
    if (size >= 4 && set.find('0') != std::string_view::npos &&
        set.find_first_of("abcABC") != std::string_view::npos) {
      out[1] = static_cast<char>('2' + next() % 7);
      out[2] = set.find('d') != std::string_view::npos ? 'd' : 'D';
    }
    m_random.push_back(out);
    return out;
  }

  Buffer bytes(std::size_t size) {
    Buffer out(size);
    for (auto& byte : out) byte = static_cast<std::uint8_t>(next() >> 9U);
    return out;
  }

  std::string make(const std::string& name);
  std::vector<std::string>& random() { return m_random; }

 private:
  std::string pair(const std::string& id, char cls, std::size_t size) {
    return id + "\nsecret = " + text(cls, size) + "\n";
  }
  std::uint32_t m_state;
  std::vector<std::string> m_random;
};

// Bit by bit, as IEEE 802.3 describes it.
std::uint32_t crc(const std::string& text) {
  std::uint32_t value = ~0U;
  for (const char c : text) {
    value ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) value = (value & 1U) != 0 ? 0xedb88320U ^ value >> 1U : value >> 1U;
  }
  return ~value;
}

std::string crc62(const std::string& text) {
  std::uint32_t number = crc(text);
  std::string out(6, '0');
  for (std::size_t i = 6; i-- > 0; number /= 62) out[i] = k_base62[number % 62];
  return out;
}

std::string hex(Bytes bytes) { return to_hex(bytes); }
std::string base64(std::string_view text) { return util::encode_base64(as_bytes(text)); }

std::string base64url(Bytes bytes) {
  std::string out = util::encode_base64_unpadded(bytes);
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return out;
}
std::string base64url(std::string_view text) { return base64url(as_bytes(text)); }

Buffer digest(Bytes bytes) {
  util::Hasher hasher(util::Hash::sha256);
  hasher.update(bytes);
  return hasher.finish();
}

// By long division of the whole number, digit by digit.
std::string base58check(Buffer payload) {
  const Buffer check = digest(digest(payload));
  payload.insert(payload.end(), check.begin(), check.begin() + 4);
  std::string out;
  while (std::any_of(payload.begin(), payload.end(), [](std::uint8_t byte) { return byte != 0; })) {
    std::uint32_t rest = 0;
    for (std::uint8_t& byte : payload) {
      rest = rest * 256 + byte;
      byte = static_cast<std::uint8_t>(rest / 58);
      rest %= 58;
    }
    out.insert(out.begin(), k_classes.at('n')[rest]);
  }
  return out;
}

// BIP 173, its reference written out for this one prefix.
std::string age_key(const std::string& data) {
  std::vector<std::uint32_t> values;
  const std::string prefix = "age-secret-key-";
  for (const char c : prefix) values.push_back(static_cast<std::uint32_t>(c) >> 5U);
  values.push_back(0);
  for (const char c : prefix) values.push_back(static_cast<std::uint32_t>(c) & 31U);
  for (const char c : data) values.push_back(static_cast<std::uint32_t>(k_bech32.find(c)));
  for (int i = 0; i < 6; ++i) values.push_back(0);
  std::uint32_t check = 1;
  for (const std::uint32_t value : values) {
    const std::uint32_t top = check >> 25U;
    check = ((check & 0x1ffffffU) << 5U) ^ value;
    const std::uint32_t generators[5] = {0x3b6a57b2U, 0x26508e6dU, 0x1ea119faU, 0x3d4233ddU, 0x2a1462b3U};
    for (unsigned i = 0; i < 5; ++i) check ^= (top >> i & 1U) != 0 ? generators[i] : 0U;
  }
  check ^= 1U;
  std::string out = prefix + "1" + data;
  for (int i = 0; i < 6; ++i) out += k_bech32[check >> (5 * (5 - i)) & 31U];
  for (char& c : out) c = static_cast<char>(std::toupper(c));
  return out;
}

void add_packet(Buffer& out, std::uint8_t type, Bytes content) {
  out.push_back(type);
  out.push_back(static_cast<std::uint8_t>(content.size()));
  out.insert(out.end(), content.begin(), content.end());
}

std::string macaroon(const std::string& location, Maker& maker) {
  Buffer out{2};
  add_packet(out, 1, as_bytes(location));
  add_packet(out, 2, maker.bytes(36));
  out.push_back(0);
  add_packet(out, 2, maker.bytes(40));
  out.push_back(0);
  out.push_back(0);
  add_packet(out, 6, maker.bytes(32));
  return "pypi-" + base64url(out);
}

// PKCS#8 of an Ed25519 key: 16 bytes of structure, 32 of key.
std::string pem(Maker& maker) {
  Buffer der = *from_hex("302e020100300506032b657004220420");
  const Buffer key = maker.bytes(32);
  der.insert(der.end(), key.begin(), key.end());
  const std::string label = std::string("PRIVATE ") + "KEY-----";
  return "-----BEGIN " + label + "\n" + util::encode_base64(der) + "\n-----END " + label + "\n";
}

std::string escaped(std::string text) {
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.replace(at, 1, "\\n");
  return text;
}

// A key id of an account of twelve digits: its number is in the first 48 bits, from the second bit on.
std::string aws_id(const std::string& prefix, Maker& maker) {
  const std::uint64_t account = 100000000000ULL + maker.next();
  std::uint64_t number = 1ULL << 47U | account << 7U | (maker.next() & 127U);
  Buffer bytes;
  for (int shift = 40; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(number >> shift));
  const Buffer rest = maker.bytes(4);
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  std::string out = prefix;
  std::uint32_t bits = 0;
  int count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8U | byte;
    count += 8;
    while (count >= 5) {
      out += k_classes.at('q')[bits >> (count - 5) & 31U];
      count -= 5;
    }
    bits &= 0xffU;
  }
  return out;
}

std::string Maker::make(const std::string& name) {
  if (name == "uuid") {
    const std::string all = text('x', 32);
    m_random.pop_back();
    const std::string out = all.substr(0, 8) + "-" + all.substr(8, 4) + "-" + all.substr(12, 4) + "-" +
                            all.substr(16, 4) + "-" + all.substr(20);
    m_random.push_back(out);
    return out;
  }
  if (name == "crc62") {
    const std::string body = text('w', 30);
    m_random.back() += crc62(body);
    return m_random.back();
  }
  if (name == "github-long") {
    const std::string id = text('w', 22), body = text('w', 53);
    m_random.back() += crc62(body);
    return "github_pat_" + id + "_" + m_random.back();
  }
  if (name == "glsa") {
    const std::string token = "glsa_" + text('w', 32);
    const std::uint32_t sum = crc(token);
    Buffer little;
    for (unsigned shift = 0; shift < 32; shift += 8) little.push_back(static_cast<std::uint8_t>(sum >> shift));
    return token + "_" + hex(little);
  }
  if (name == "age") {
    std::string data;
    while (data.size() < 52) data += k_bech32[next() % 32];
    const std::string out = age_key(data);
    m_random.push_back(out.substr(16));
    return out;
  }
  if (name == "xprv" || name == "wif") {
    Buffer payload = name == "xprv" ? *from_hex("0488ade4") : Buffer{0x80};
    const Buffer key = bytes(name == "xprv" ? 74 : 33);
    payload.insert(payload.end(), key.begin(), key.end());
    if (name == "xprv") payload[45] = 0;
    if (name == "wif") payload.back() = 1;
    const std::string out = base58check(payload);
    m_random.push_back(out.substr(4));
    return out;
  }
  if (name == "discord") {
    std::string account = text('d', 18);
    m_random.clear();
    const std::string id = base64url(account), time = text('s', 6), sign = text('s', 38);
    m_random.insert(m_random.begin(), id);
    return id + "." + time + "." + sign;
  }
  if (name == "key64") {
    const std::string out = util::encode_base64(bytes(64));
    m_random.push_back(out);
    return out;
  }
  if (name == "pypi" || name == "testpypi") {
    const std::string out = macaroon(name == "pypi" ? "pypi.org" : "test.pypi.org", *this);
    m_random.push_back(out.substr(32));
    return out;
  }
  if (name == "jwt") {
    const std::string body =
        base64url("{\"iss\":\"https://id.corp\",\"sub\":\"" + text('w', 20) + "\",\"exp\":1900000000}");
    const std::string sign = base64url(bytes(32));
    m_random = {body, sign};
    return base64url(std::string_view("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")) + "." + body + "." + sign;
  }
  if (name == "aws-pair") return pair(aws_id("AKIA", *this), 'b', 40);
  if (name == "aws-temporary-pair") return pair(aws_id("ASIA", *this), 'b', 40);
  if (name == "alibaba-pair") return pair("LTAI" + text('w', 20), 'w', 30);
  if (name == "tencent-pair") return pair("AKID" + text('w', 32), 'w', 32);
  if (name == "service-account")
    return "{\n \"type\": \"service_account\",\n \"private_key_id\": \"" + text('x', 40) +
           "\",\n \"private_key\": \"" + escaped(pem(*this)) +
           "\",\n \"client_email\": \"build@project-1.iam.gserviceaccount.com\"\n}\n";
  if (name == "authorized-user")
    return "{\n \"client_id\": \"1.apps\",\n \"refresh_token\": \"1//" + text('s', 90) +
           "\",\n \"type\": \"authorized_user\"\n}\n";
  if (name == "aws-id") return aws_id("AKIA", *this);
  if (name == "basic" || name == "pass64") {
    const std::string out = base64((name == "basic" ? "ci:" : "") + text('w', 20));
    m_random.push_back(out);
    return out;
  }
  if (name == "pem64") {
    const std::string out = base64(pem(*this));
    m_random = {out.substr(40)};
    return out;
  }
  if (name == "jwk")
    return "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" + text('s', 43) + "\",\"d\":\"" + text('s', 43) + "\"}";
  if (name == "putty")
    return "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 2\n" + text('b', 64) +
           "\n" + text('b', 44) + "\nPrivate-Lines: 1\n" + text('b', 48) + "\nPrivate-MAC: " + text('x', 64) + "\n";
  if (name == "keystore")
    return "{\"crypto\":{\"cipher\":\"aes-128-ctr\",\"ciphertext\":\"" + text('x', 64) +
           "\",\"kdf\":\"scrypt\",\"mac\":\"" + text('x', 64) + "\"},\"version\":3}";
  if (name == "openvpn") {
    std::string out = "-----BEGIN OpenVPN Static key V1-----\n";
    for (int i = 0; i < 16; ++i) out += text('x', 32) + "\n";
    return out + "-----END OpenVPN Static key V1-----\n";
  }
  if (name == "tor") return "== ed25519v1-secret: type0 ==" + std::string(3, '\0') + "x";
  if (name == "phrase") {
    std::string out;
    for (int i = 0; i < 12; ++i) out += (i > 0 ? " " : "") + text('l', 4 + next() % 4);
    m_random = {out};
    return out;
  }
  if (name == "tunnel-token") {
    const std::string out =
        base64("{\"a\":\"" + text('x', 32) + "\",\"t\":\"" + make("uuid") + "\",\"s\":\"" + text('b', 44) + "\"}");
    m_random = {out.substr(8)};
    return out;
  }
  if (name == "grafana-cloud" || name == "onepassword") {
    const bool grafana = name == "grafana-cloud";
    const std::string out = base64("{\"o\":\"123\",\"n\":\"build\",\"k\":\"" + text('w', grafana ? 32 : 220) +
                                   "\",\"m\":{\"r\":\"eu\"}}");
    m_random = {out.substr(3)};
    return (grafana ? "glc_" : "ops_") + out;
  }
  if (name == "grafana-key") {
    const std::string out = base64("{\"k\":\"" + text('w', 32) + "\",\"n\":\"build\",\"id\":1}");
    m_random = {out.substr(8)};
    return out;
  }
  if (name == "jfrog-reference") {
    const std::string out = util::encode_base64_unpadded(as_bytes("reftkn:01:1893456000:" + text('w', 27)));
    m_random = {out.substr(10)};
    return out;
  }
  ADD_FAILURE() << "no maker of that name: " << name;
  return {};
}

// "w20", "@maker"; anything else in braces is text.
bool is_template(std::string_view inside) {
  if (inside.size() < 2) return false;
  const auto all = [&](bool (*wanted)(char)) { return std::all_of(inside.begin() + 1, inside.end(), wanted); };
  if (inside[0] == '@')
    return all([](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  return k_classes.contains(inside[0]) && all([](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Sample make_sample(std::string_view pattern, std::uint32_t seed) {
  Maker maker(seed);
  Sample sample;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t close = pattern.find('}', at);
    if (pattern[at] != '{' || close == std::string_view::npos ||
        !is_template(pattern.substr(at + 1, close - at - 1))) {
      sample.text += pattern[at++];
      continue;
    }
    const std::string inside(pattern.substr(at + 1, close - at - 1));
    sample.text += inside[0] == '@' ? maker.make(inside.substr(1))
                                    : maker.text(inside[0], static_cast<std::size_t>(std::stoul(inside.substr(1))));
    at = close + 1;
  }
  sample.random = maker.random();
  return sample;
}

TEST(SampleSecrets, AreTheSameForTheSameSeed) {
  EXPECT_EQ(make_sample("{w40}", 1).text, make_sample("{w40}", 1).text);
  EXPECT_NE(make_sample("{w40}", 1).text, make_sample("{w40}", 2).text);
  EXPECT_EQ(make_sample("a{d3}b", 1).text.size(), 5U);
}

}  // namespace hullcheck::detect::secrets
