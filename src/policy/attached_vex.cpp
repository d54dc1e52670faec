// VEX statements that came with an image from its registry. Whoever may write to the repository can have put them
// there, so each that has an effect is named, with the words that nobody verified it.
#include <fmt/format.h>

#include <algorithm>

#include "policy/exceptions.hpp"
#include "util/text.hpp"

namespace hullcheck::policy {
namespace {

constexpr std::size_t k_most_remarks = 5;      // of one document
constexpr std::size_t k_most_rules = 200'000;  // of all documents of one image

std::string image_purl(const model::Image& image) {
  const std::string& digest = image.manifest_digest.empty() ? image.config_digest : image.manifest_digest;
  return digest.empty() ? std::string() : "pkg:oci/image@" + digest;
}

}  // namespace

void add_attached_vex(const model::Image& image, Policy& policy, std::vector<model::Gap>& gaps) {
  const auto note = [&](const char* id, const std::string& subject, std::string reason) {
    gaps.push_back({id, "policy", subject, std::move(reason), model::GapEffect::note});
  };
  if (!image.statements_asked)
    return note("vex-registry-unasked", "",
                "no registry was asked for statements about this image: it came from elsewhere, or its facts were "
                "saved without --vex registry");
  if (image.statements.empty())
    return note("vex-registry-none", "", "the registry holds no VEX statements about this image");
  std::size_t taken = 0;
  for (const auto& statement : image.statements) {
    auto read = parse_vex(statement.text, statement.name, image_purl(image));
    if (!read) {
      note("vex-unreadable", statement.name, read.error().message);
      continue;
    }
    for (std::size_t i = 0; i < read->remarks.size() && i < k_most_remarks; ++i)
      policy.exception_remarks.emplace_back(statement.name, read->remarks[i]);
    policy.exception_files.push_back(statement.name);
    if (read->rules.empty()) continue;
    taken += read->rules.size();
    if (taken > k_most_rules) {
      note("vex-limit", statement.name,
           "the registry holds more statements than any real image has; the rest is left");
      return;
    }
    note(
        "vex-unverified", statement.name,
        fmt::format("{} of this attestation {} followed; {}, so whoever may write to the repository can have made {}",
                    util::plural(read->rules.size(), "statement"), read->rules.size() == 1 ? "is" : "are",
                    statement.is_signed ? "it is signed, and nobody verified the signature" : "it is not signed",
                    read->rules.size() == 1 ? "it" : "them"));
    std::move(read->rules.begin(), read->rules.end(), std::back_inserter(policy.exceptions));
  }
}

}  // namespace hullcheck::policy
