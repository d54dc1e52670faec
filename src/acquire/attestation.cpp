#include "acquire/attestation.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "acquire/json.hpp"
#include "util/base64.hpp"

namespace hullcheck::acquire {
namespace {

constexpr std::string_view k_what = "vex";
constexpr unsigned k_deepest = 4;  // bundle, envelope, statement, cosign's own
constexpr std::size_t k_most_subjects = 100'000;

Error unreadable(std::string why) { return make_error(ErrorCode::malformed, "vex-unreadable", std::move(why)); }

std::string text(JsonElement element, std::string_view name) {
  const auto found = member(element, name);
  return found ? json_string(*found).value_or("") : std::string();
}

bool has_signature(JsonElement envelope) {
  simdjson::dom::array list;
  const auto signatures = member(envelope, "signatures");
  if (!signatures || signatures->get(list)) return false;
  return std::any_of(list.begin(), list.end(), [](JsonElement one) { return !text(one, "sig").empty(); });
}

// DSSE allows both alphabets.
std::optional<std::string> payload_of(JsonElement envelope) {
  std::string packed = text(envelope, "payload");
  std::replace(packed.begin(), packed.end(), '-', '+');
  std::replace(packed.begin(), packed.end(), '_', '/');
  while (packed.size() % 4 != 0) packed += '=';
  const auto bytes = util::decode_base64(packed, k_attestation_bytes);
  if (!bytes || bytes->empty()) return std::nullopt;
  return std::string(as_text(*bytes));
}

Result<void> check_subject(JsonElement statement, const std::set<std::string>& wanted) {
  simdjson::dom::array list;
  const auto subjects = member(statement, "subject");
  if (!subjects || subjects->get(list)) return unreadable("the statement does not say what it is about");
  std::size_t count = 0;
  std::string other;
  for (const auto subject : list) {
    if (++count > k_most_subjects)
      return make_error(ErrorCode::limit, "vex-limit", "the statement is about too many things");
    const auto digest = member(subject, "digest");
    const std::string hex = digest ? text(*digest, "sha256") : std::string();
    if (hex.empty()) continue;
    if (wanted.count("sha256:" + hex) > 0) return {};
    other = "sha256:" + hex.substr(0, 64);
  }
  return make_error(ErrorCode::mismatch, "vex-subject-mismatch",
                    other.empty() ? "the statement names no sha256 of what it is about"
                                  : fmt::format("the statement is about {}, which is not this image", other));
}

bool is_statement(JsonElement root) {
  return text(root, "_type").find("in-toto.io/Statement") != std::string::npos ||
         (member(root, "predicateType") && member(root, "predicate"));
}

bool looks_like_vex(JsonElement root) {
  if (text(root, "@context").find("openvex") != std::string::npos) return true;
  const bool flaws = member(root, "vulnerabilities").has_value();
  return flaws && (text(root, "bomFormat") == "CycloneDX" || member(root, "document"));
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

bool may_hold_vex(std::string_view type) {
  if (has(type, "slsa") || has(type, "provenance") || has(type, "spdx") || has(type, "signature") ||
      has(type, "artifact.sig") || has(type, "cosign.simplesigning") || has(type, "tar"))
    return false;
  constexpr std::string_view k_wrappings[] = {"vex",  "csaf", "cyclonedx", "in-toto", "dsse",  "sigstore",
                                              "json", "text", "cosign",    "empty",   "config"};
  return type.empty() || std::any_of(std::begin(k_wrappings), std::end(k_wrappings),
                                     [&](std::string_view part) { return has(type, part); });
}

Result<OpenedAttestation> open_attestation(std::string_view bytes, const std::set<std::string>& subjects) {
  OpenedAttestation out;
  std::string current(bytes);
  for (unsigned depth = 0; depth < k_deepest; ++depth) {
    JsonDocument document;
    const auto parsed = document.parse(current, k_what, k_attestation_bytes);
    if (!parsed) return unreadable(parsed.error().message);
    JsonElement root = *parsed;
    if (!root.is_object()) return unreadable("the attestation is no JSON object");
    if (const auto envelope = member(root, "dsseEnvelope")) root = *envelope;
    if (member(root, "payload") && member(root, "payloadType")) {
      out.is_signed = out.is_signed || has_signature(root);
      auto payload = payload_of(root);
      if (!payload) return unreadable("the payload of the envelope is no base64");
      current = std::move(*payload);
      continue;
    }
    if (is_statement(root)) {
      const std::string type = text(root, "predicateType");
      if (!may_hold_vex(type) && type.find("://") != std::string::npos && !has(type, "cosign")) return out;
      TRY(check_subject(root, subjects));
      out.names_subject = true;
      const auto predicate = member(root, "predicate");
      if (!predicate) return unreadable("the statement has no predicate");
      const auto inner = member(*predicate, "Data");
      const auto words = inner ? json_string(*inner) : std::nullopt;
      current = words ? *words : simdjson::minify(inner ? *inner : *predicate);
      continue;
    }
    if (looks_like_vex(root)) out.document = std::move(current);
    return out;
  }
  return make_error(ErrorCode::limit, "vex-limit", "the attestation is wrapped too often");
}

}  // namespace hullcheck::acquire
