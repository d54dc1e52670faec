// Which format is it? By the document's own words, never by its name. Attestations are unwrapped: a DSSE envelope
// holds a statement in base64, a statement holds the SBOM as its predicate, cosign's older predicates hold it as
// text. Hostile: wrappings may be wrapped again; a few are unwrapped, then it is too much.
#include <algorithm>

#include "sbom/readers.hpp"
#include "util/base64.hpp"

namespace hullcheck::sbom {
namespace {

constexpr int k_most_wrappings = 4;
constexpr std::size_t k_longest_line = 16384;

Error unknown_format() {
  return make_error(
      ErrorCode::unsupported, "sbom-unknown-format",
      "this is no SBOM that is read: CycloneDX as JSON or XML, SPDX as JSON or tag-value, syft-json, or a list of "
      "package URLs");
}

// What is wrapped: another part of the tree, or bytes that are to be parsed.
struct Inner {
  std::optional<json::Element> tree;
  Buffer bytes;
};

std::optional<Inner> unwrap(json::Element document) {
  if (const auto payload = json::member(document, "payload"); payload && json::member(document, "payloadType")) {
    std::string_view text;
    if (payload->get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
    auto bytes = util::decode_base64(text, text.size());
    if (!bytes) return std::nullopt;
    return Inner{std::nullopt, std::move(*bytes)};
  }
  const auto predicate = json::member(document, "predicate");
  if (!predicate) return std::nullopt;
  const auto data = json::member(*predicate, "Data");
  if (!data) return Inner{*predicate, {}};
  std::string_view text;
  if (data->get_string().get(text) != simdjson::SUCCESS) return Inner{*data, {}};
  return Inner{std::nullopt, Buffer(as_bytes(text).begin(), as_bytes(text).end())};
}

bool is_syft(json::Element document) {
  return json::member(document, "artifacts") &&
         (json::member(document, "descriptor") || json::member(document, "schema"));
}

Result<void> read_json(Bytes bytes, const Limits& limits, Builder& builder, Document& out) {
  json::Document parsed[2]{json::Document("sbom"), json::Document("sbom")};
  json::Element document = TRY(parsed[0].parse(bytes, ""));
  for (int depth = 0, used = 0; depth < k_most_wrappings; ++depth) {
    if (json::text(document, "bomFormat") == "CycloneDX") return read_cyclonedx(document, limits, builder, out);
    if (json::member(document, "spdxVersion")) return read_spdx_json(document, builder, out);
    if (is_syft(document)) return read_syft(document, builder, out);
    // Early CycloneDX tools left bomFormat away.
    if (json::member(document, "specVersion") && json::member(document, "components"))
      return read_cyclonedx(document, limits, builder, out);
    auto inner = unwrap(document);
    if (!inner) break;
    if (inner->tree) {
      document = *inner->tree;
      continue;
    }
    // The text lies in the tree of one document while the other reads it.
    used = 1 - used;
    document = TRY(parsed[used].parse(inner->bytes, ""));
  }
  return unknown_format();
}

std::string_view without_mark(std::string_view text) {
  return text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text;
}

}  // namespace

// One package URL a line; blank lines and "#" comments are skipped.
Result<void> read_purl_list(std::string_view text, Builder& builder, Document& out) {
  out.format = "package URLs";
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, std::min(end, k_longest_line));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    line = line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.empty() || line.starts_with('#')) continue;
    Component component;
    component.purl = line;
    component.name = builder.text(line);
    if (!line.starts_with("pkg:")) component.purl.clear();
    TRY(builder.add(std::move(component)));
  }
  return {};
}

Result<Document> read(Bytes bytes, const Limits& limits) {
  if (bytes.size() > limits.bytes)
    return make_error(ErrorCode::limit, "sbom-size-limit",
                      "it is larger than " + std::to_string(limits.bytes >> 20) + " MiB");
  Document document;
  Builder builder(document, limits);
  const std::string_view text = without_mark(as_text(bytes));
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return make_error(ErrorCode::malformed, "sbom-malformed", "the file is empty");
  const std::string_view start = text.substr(first);
  if (start[0] == '{') {
    TRY(read_json(as_bytes(text), limits, builder, document));
  } else if (start[0] == '<') {
    TRY(read_cyclonedx_xml(as_bytes(text), limits, builder, document));
  } else if (start.starts_with("SPDXVersion:") || start.find("\nSPDXVersion:") != std::string_view::npos) {
    TRY(read_spdx_tag_value(start, builder, document));
  } else if (start.starts_with("pkg:") || start.find("\npkg:") != std::string_view::npos) {
    TRY(read_purl_list(start, builder, document));
  } else {
    return unknown_format();
  }
  builder.finish();
  return document;
}

}  // namespace hullcheck::sbom
