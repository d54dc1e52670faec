// Certificates that programs of the image trust beside those of its packages (B19): whoever has the key of one can
// read and change every encrypted connection that the image makes.
//
// Companies add their own, so this is never malware by itself: a certificate in a folder that is meant for local
// ones, or one in a bundle that no packaged file has, is supporting evidence; a list of Java's that differs from its
// package too. Formats: PEM; of the certificate only its digest and the first common name in it are read (RFC 5280,
// DER). Hostile: bundles may be huge and certificates broken; both are bounded, and what does not decode is passed
// over.
#include <algorithm>
#include <array>
#include <set>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"
#include "util/base64.hpp"
#include "util/digest.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{4} << 20;
constexpr std::size_t k_most_certificates = 640;  // what the values of one evidence hold
constexpr std::size_t k_digest_digits = 12;
constexpr std::size_t k_digests_in_value = 42;
constexpr std::size_t k_most_name = 80;
constexpr std::size_t k_most_der = 16384;
constexpr std::size_t k_most_said = 16;

constexpr std::array<RuleRow, 1> k_rows{{
    {"B19", EvidenceClass::supporting, model::Severity::medium, 70, "Root certificate added", "T1553.004",
     "Find out whose certificate this is; with its key all encrypted connections can be read."},
}};

constexpr std::string_view k_certificates = "certificates";
constexpr std::string_view k_begin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view k_trusted_begin = "-----BEGIN TRUSTED CERTIFICATE-----";
constexpr std::string_view k_end = "-----END ";

struct Certificate {
  std::string digest;
  std::string name;
};

// The last common name: a root has its own name as issuer and as subject.
std::string common_name(Bytes der) {
  static constexpr std::array<std::uint8_t, 5> k_oid = {0x06, 0x03, 0x55, 0x04, 0x03};
  std::string name;
  for (auto at = der.begin();;) {
    at = std::search(at, der.end(), k_oid.begin(), k_oid.end());
    if (der.end() - at < 8) return name;
    const std::uint8_t length = at[6];
    if (length < 128 && der.end() - at >= 7 + length)
      name.assign(at + 7, at + 7 + std::min<std::ptrdiff_t>(length, k_most_name));
    at += 5;
  }
}

std::vector<Certificate> certificates_of(std::string_view text) {
  std::vector<Certificate> found;
  while (found.size() < k_most_certificates) {
    std::size_t begin = text.find(k_begin);
    std::size_t size = k_begin.size();
    if (begin == std::string_view::npos) {
      begin = text.find(k_trusted_begin);
      size = k_trusted_begin.size();
    }
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin + size);
    const std::size_t end = text.find(k_end);
    if (end == std::string_view::npos) break;
    std::string digits;
    for (const char c : text.substr(0, end))
      if (c > ' ') digits += c;
    text.remove_prefix(end);
    const auto der = util::decode_base64(digits, k_most_der);
    if (!der || der->size() < 64) continue;
    found.push_back({util::sha256_hex(*der).substr(0, k_digest_digits), common_name(*der)});
  }
  return found;
}

// Where administrators put certificates of their own, on the usual distributions.
bool is_local_folder(std::string_view path) {
  static constexpr std::array<std::string_view, 6> k_folders = {
      "usr/local/share/ca-certificates/",       "etc/pki/ca-trust/source/anchors/",
      "usr/share/pki/ca-trust-source/anchors/", "etc/pki/trust/anchors/",
      "usr/share/pki/trust/anchors/",           "etc/ca-certificates/trust-source/anchors/"};
  return std::any_of(k_folders.begin(), k_folders.end(),
                     [&](std::string_view folder) { return path.starts_with(folder); });
}

bool is_bundle(std::string_view path) {
  return path == "etc/ssl/certs/ca-certificates.crt" || path == "etc/ssl/cert.pem" ||
         path == "etc/ssl/ca-bundle.pem" || path == "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem" ||
         path == "etc/pki/tls/certs/ca-bundle.crt" || path.ends_with("/certifi/cacert.pem");
}

bool is_packaged_folder(std::string_view path) {
  return path.starts_with("usr/share/ca-certificates/") || path.starts_with("usr/share/pki/ca-trust-source/");
}

bool is_java_list(std::string_view path) {
  return layers::base_name(path) == "cacerts" || path.ends_with("/security/jssecacerts");
}

std::vector<std::string> digests_in(const Evidence& evidence) {
  std::vector<std::string> digests;
  for (const auto& [key, value] : evidence.values)
    if (key == k_certificates)
      for (std::size_t i = 0; i + k_digest_digits <= value.size(); i += k_digest_digits)
        digests.push_back(value.substr(i, k_digest_digits));
  return digests;
}

class RootCertificates final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    if (file.size() == 0 || file.size() > k_most_bytes) return false;
    return is_local_folder(file.path()) || is_bundle(file.path()) || is_packaged_folder(file.path()) ||
           is_java_list(file.path());
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    if (is_java_list(file.path())) return;  // wanted for its digest only
    const std::vector<Certificate> all = certificates_of(file.text());
    if (is_local_folder(file.path())) {
      for (std::size_t i = 0; i < all.size() && i < k_most_said; ++i)
        out.add(evidence_of(k_rows[0], "trusts " +
                                           (all[i].name.empty() ? "a certificate without a name" : all[i].name) +
                                           " (SHA-256 " + all[i].digest + "…)"));
    }
    Evidence hint;
    hint.rule = k_hint_rule;
    hint.text = "certificates";
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i % k_digests_in_value == 0) hint.values.emplace_back(k_certificates, "");
      hint.values.back().second += all[i].digest;
    }
    if (!all.empty()) out.add(std::move(hint));
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    std::set<std::string> known;
    bool packaged = false;
    std::vector<const PlacedEvidence*> bundles;
    for (const PlacedEvidence& placed : context.evidence) {
      if (placed.evidence.rule != k_hint_rule || placed.evidence.value(k_certificates).empty()) continue;
      if (placed.visibility != model::Visibility::final) continue;
      const bool of_package = is_packaged_folder(placed.path) && context.ownership.owner(placed.file) != nullptr;
      packaged |= of_package;
      if (of_package || is_local_folder(placed.path))
        for (std::string& digest : digests_in(placed.evidence)) known.insert(std::move(digest));
      if (is_bundle(placed.path) && placed.path.ends_with("/ca-certificates.crt")) bundles.push_back(&placed);
    }
    // Only Debian's packages bring the certificates one by one.
    if (packaged)
      for (const PlacedEvidence* bundle : bundles) compare(*bundle, known, out);
    changed_lists(context, out);
  }

 private:
  static void compare(const PlacedEvidence& bundle, const std::set<std::string>& known, ImageEvidence& out) {
    std::vector<std::string> added;
    for (std::string& digest : digests_in(bundle.evidence))
      if (!known.contains(digest)) added.push_back(std::move(digest));
    if (added.empty()) return;
    PlacedEvidence found = bundle;
    found.evidence =
        evidence_of(k_rows[0], std::to_string(added.size()) +
                                   " certificates of this bundle are in no package (SHA-256 " + added[0] + "…)");
    out.add(std::move(found));
  }

  // Lists that a package brought whole.
  static void changed_lists(const ImageContext& context, ImageEvidence& out) {
    context.image.each_final([&](layers::FileRef file, const std::string& path) {
      if (!is_bundle(path) && !is_java_list(path) && !is_packaged_folder(path)) return;
      if (context.image.entry(context.image.content_of(file)).type != layers::EntryType::file) return;
      const inventory::Integrity integrity = context.ownership.integrity(file);
      if (integrity != inventory::Integrity::owned_mismatch && integrity != inventory::Integrity::owned_config)
        return;
      add_at(context, file, evidence_of(k_rows[0], "differs from the list that its package installed"), out);
    });
  }
};

const util::Registered<RootCertificates> registered{{
    .id = "root-certificates",
    .version = 1,
    .summary = "root certificates that no package brought",
    .example = "/usr/local/share/ca-certificates/proxy.crt: trusts Example Proxy CA",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
