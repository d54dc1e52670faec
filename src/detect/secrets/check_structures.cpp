// Credentials that decode to something: JSON, macaroons, keys.
//
// Hostile: lengths inside are anybody's, JSON may be nested as deep as the value is long. Values are at most
// k_window bytes, the parser does not recurse, and every length is checked against what is there.
#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

#include "detect/secrets/checks.hpp"
#include "detect/secrets/private_key.hpp"
#include "detect/secrets/value.hpp"
#include "util/base64.hpp"

namespace hullcheck::detect::secrets {
namespace {

using Json = nlohmann::json;

constexpr std::size_t k_most_json = 8192;
constexpr std::size_t k_most_key = 16384;
constexpr std::size_t k_object_reach = 3500;  // of a JSON object round the literal

Judgement judged(bool right) { return {right ? Validity::valid : Validity::invalid, {}}; }

Json json_of_base64(std::string_view text) {
  const auto bytes = util::decode_base64(text, k_most_json);
  return bytes ? Json::parse(as_text(*bytes), nullptr, false) : Json(Json::value_t::discarded);
}

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// For people: a name out of the image, cut and without what is no ordinary character.
std::string shown(std::string text) {
  std::erase_if(text, [](unsigned char c) { return c < 0x21 || c > 0x7e; });
  if (text.size() > 80) text.resize(80);
  return text;
}

// What stands round the literal, as far as one object may reach.
std::string_view vicinity(const Around& around) {
  const std::size_t from = around.begin - std::min(around.begin, k_object_reach);
  return around.window.substr(from, around.end + k_object_reach - from);
}

// The value of `"key": "value"` in JSON text that may be cut or escaped within another string.
std::string_view string_member(std::string_view text, std::string_view key) {
  for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
    std::size_t next = at + key.size();
    const auto skip = [&](std::string_view set) {
      while (next < text.size() && set.find(text[next]) != std::string_view::npos) ++next;
    };
    if (at == 0 || text[at - 1] != '"') continue;
    skip("\\\"");
    skip(" \t\r\n:");
    skip("\\");
    if (next >= text.size() || text[next] != '"') continue;
    const std::size_t begin = next + 1;
    const std::size_t end = text.find('"', begin);
    return text.substr(begin, end == std::string_view::npos ? end : end - begin);
  }
  return {};
}

bool is_base64_value(std::string_view text, std::size_t least) {
  return text.size() >= least && !is_placeholder(text) && util::decode_base64(text, k_most_key).has_value();
}

// Who may do what with a token, and whether it ever ends.
Judgement judge_claims(const Json& claims) {
  const std::string issuer = shown(text_at(claims, "iss")), subject = shown(text_at(claims, "sub"));
  const bool ends = claims.contains("exp");
  const std::string life = ends ? "" : ", never ends";
  if (subject == "1234567890") return {Validity::example, {}};
  if (issuer == "kubernetes/serviceaccount" || claims.contains("kubernetes.io"))
    return {ends ? Validity::valid : Validity::certain, "Kubernetes service account " + subject + life};
  if (issuer.starts_with("supabase")) {
    const std::string role = shown(text_at(claims, "role"));
    if (role == "anon") return {Validity::weaker, "Supabase role anon, public by design"};
    return {role == "service_role" ? Validity::certain : Validity::valid, "Supabase role " + role};
  }
  return {Validity::valid, (issuer.empty() ? "no issuer" : "issuer " + issuer) + life};
}

struct MacaroonPacket {
  std::uint64_t type = 0;
  Bytes content;
};

// A field of a macaroon, version 2 (libmacaroons, doc/format.txt): varint type, varint length, bytes; type 0 ends.
bool take_packet(Bytes& rest, MacaroonPacket& packet) {
  const auto take_number = [&](std::uint64_t& number) {
    number = 0;
    for (unsigned shift = 0; shift < 28 && !rest.empty(); shift += 7) {
      const std::uint8_t byte = rest[0];
      rest = rest.subspan(1);
      number |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if ((byte & 0x80U) == 0) return true;
    }
    return false;
  };
  if (!take_number(packet.type)) return false;
  packet.content = {};
  if (packet.type == 0) return true;
  std::uint64_t size = 0;
  if (!take_number(size) || size > rest.size()) return false;
  packet.content = rest.first(static_cast<std::size_t>(size));
  rest = rest.subspan(static_cast<std::size_t>(size));
  return true;
}

}  // namespace

// The header of a macaroon (location, identifier, end), then caveats, then the 32 bytes of its signature.
Judgement check_pypi_token(const Around& around) {
  const std::string_view token = around.value();
  const auto decoded = util::decode_base64(token.substr(token.find('-') + 1), k_most_json);
  if (!decoded || decoded->size() < 2 || (*decoded)[0] != 2) return {Validity::invalid, {}};
  constexpr std::uint64_t k_location = 1, k_signature = 6;
  Bytes rest = Bytes(*decoded).subspan(1);
  MacaroonPacket packet;
  if (!take_packet(rest, packet) || packet.type != k_location) return {Validity::invalid, {}};
  const std::string location = shown(std::string(as_text(packet.content)));
  bool signed_ = false;
  while (!rest.empty() && take_packet(rest, packet))
    signed_ |= packet.type == k_signature && packet.content.size() == 32;
  return signed_ ? Judgement{Validity::valid, "for " + location} : Judgement{Validity::invalid, {}};
}

Judgement check_jwt(const Around& around) {
  const std::string_view token = around.value();
  const std::size_t first = token.find('.'), second = token.find('.', first + 1);
  const Json header = json_of_base64(token.substr(0, first));
  if (!header.is_object()) return {Validity::invalid, {}};
  const std::string algorithm = text_at(header, "alg");
  if (algorithm.empty() || algorithm == "none") return {Validity::invalid, {}};
  const Json claims = json_of_base64(token.substr(first + 1, second - first - 1));
  return claims.is_object() ? judge_claims(claims) : Judgement{Validity::invalid, {}};
}

Judgement check_json_token(const Around& around) {
  const Json object = json_of_base64(around.value());
  return judged(object.is_object() && object.size() >= 2);
}

Judgement check_base64_key(const Around& around) {
  const auto bytes = util::decode_base64(around.value(), 256);
  return judged(bytes && (bytes->size() == 32 || bytes->size() == 64));
}

Judgement check_jfrog_reference(const Around& around) {
  const auto bytes = util::decode_base64(around.value(), 256);
  // "reftkn:", a version, a time of expiry, the token.
  if (!bytes || !as_text(*bytes).starts_with("reftkn:")) return {Validity::invalid, {}};
  const std::string_view text = as_text(*bytes);
  return judged(std::count(text.begin(), text.end(), ':') == 3);
}

Judgement check_kubernetes_key(const Around& around) {
  const auto bytes = util::decode_base64(around.value(), k_most_key);
  if (!bytes || !as_text(*bytes).starts_with("-----BEGIN ")) return {Validity::invalid, {}};
  const auto key = parse_private_key(as_text(*bytes), false);
  if (!key) return {Validity::invalid, {}};
  return {key->encrypted ? Validity::weaker : Validity::valid, key->algorithm + ", " + key->fingerprint};
}

Judgement check_service_account(const Around& around) {
  const std::string_view near = vicinity(around);
  if (string_member(near, "type") != "service_account") return {Validity::invalid, {}};
  std::string key(string_member(near, "private_key"));
  for (std::size_t at = key.find("\\n"); at != std::string::npos; at = key.find("\\n", at)) key.replace(at, 2, "\n");
  const auto parsed = parse_private_key(key, false);
  if (!parsed) return {Validity::invalid, {}};
  return {Validity::valid, parsed->algorithm + ", " + parsed->fingerprint};
}

Judgement check_authorized_user(const Around& around) {
  const std::string_view token = string_member(vicinity(around), "refresh_token");
  return judged(token.size() >= 40 && !is_placeholder(token) && entropy(token) >= 3.8);
}

Judgement check_jwk(const Around& around) {
  const std::string_view near = vicinity(around);
  // The object that holds "kty": from the brace before it to the one after it. A key holds no objects.
  const std::size_t literal = around.begin - (around.begin - std::min(around.begin, k_object_reach));
  const std::size_t open = near.rfind('{', literal), close = near.find('}', literal);
  if (open == std::string_view::npos || close == std::string_view::npos) return {Validity::invalid, {}};
  const std::string_view object = near.substr(open, close - open);
  const std::string_view secret = string_member(object, "d");
  if (!is_base64_value(secret, 40) || entropy(secret) < 3.8) return {Validity::invalid, {}};
  return {Validity::valid, "type " + shown(std::string(around.value()))};
}

// PuTTY's own description of its files: header lines, then "Private-Lines: N" and N lines of base64.
Judgement check_putty_key(const Around& around) {
  const std::string_view file = around.window.substr(around.begin);
  constexpr std::string_view k_private = "Private-Lines: ";
  const std::size_t at = file.find(k_private);
  if (at == std::string_view::npos) return {Validity::invalid, {}};
  const std::size_t begin = file.find('\n', at);
  const std::size_t end = file.find("Private-", begin);
  if (begin == std::string_view::npos || end == std::string_view::npos) return {Validity::invalid, {}};
  const auto bytes = util::decode_base64(file.substr(begin, end - begin), k_most_key);
  if (!bytes || bytes->size() < 16) return {Validity::invalid, {}};
  const std::string_view kind = around.value();
  const bool open = kind.find("Encryption: none") != std::string_view::npos;
  const std::size_t space = kind.find(' ');
  std::string algorithm = shown(std::string(kind.substr(space + 1, kind.find_first_of("\r\n") - space - 1)));
  return {open ? Validity::valid : Validity::weaker, algorithm + (open ? "" : ", encrypted")};
}

Judgement check_keystore_json(const Around& around) {
  const std::string_view near = vicinity(around);
  const bool kdf =
      near.find("\"kdf\"") != std::string_view::npos || near.find("\"kdfparams\"") != std::string_view::npos;
  return judged(kdf && near.find("\"mac\"") != std::string_view::npos);
}

Judgement check_phrase(const Around& around) {
  const std::string_view phrase = around.value();
  // Everybody's: the development nodes', and the first vector of BIP 39.
  for (const std::string_view known :
       {"test test test", "abandon abandon", "candy maple cake", "word word", "zoo zoo"})
    if (phrase.starts_with(known)) return {Validity::example, {}};
  const std::size_t words = static_cast<std::size_t>(std::count(phrase.begin(), phrase.end(), ' ')) + 1;
  // Prose is full of words that are in no word list because they are short.
  for (const std::string_view prose : {" the ", " and ", " for ", " that ", " with ", " from ", " are ", " has "})
    if (phrase.find(prose) != std::string_view::npos) return {Validity::invalid, {}};
  return {words % 3 == 0 ? Validity::valid : Validity::invalid, std::to_string(words) + " words"};
}

Judgement check_hex_key(const Around& around) {
  return is_published(around.value()) ? Judgement{Validity::example, {}} : Judgement{};
}

Judgement check_django_key(const Around& around) {
  const std::string_view value = around.value();
  const bool sign = value.find_first_of("!@#$%^&*(-_=+)") != std::string_view::npos;
  if (value.starts_with("django-insecure-")) return {Validity::weaker, "made for development"};
  return judged(sign && has_letters_and_digits(value));
}

Judgement check_registry_token(const Around& around) {
  const std::string_view value = around.value();
  const bool uuid = value.size() == 36 && std::count(value.begin(), value.end(), '-') == 4;
  // Those have kinds of their own.
  if (value.starts_with("npm_") || value.starts_with("gh") || value.starts_with("gl") || uuid)
    return {Validity::invalid, {}};
  return judged(has_letters_and_digits(value));
}

}  // namespace hullcheck::detect::secrets
