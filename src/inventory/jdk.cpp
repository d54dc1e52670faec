// jdk: Java runtimes and development kits.
// Format: a file "release" in the root of the installation, lines KEY="value": JAVA_VERSION, JAVA_RUNTIME_VERSION,
// IMPLEMENTOR. Until Java 8 the version is "1.8.0_292", since then "11.0.11".
// Hostile: any file may be called release; without JAVA_VERSION it is none of these.
// Reads: release in the root of an installation
#include "inventory/readers/language.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_bytes = 64 * 1024;

std::string_view value_of(std::string_view line, std::string_view key) {
  return line.starts_with(key) ? trimmed_quotes(line.substr(key.size())) : std::string_view();
}

// "1.8.0_292" → "8.0.292": as the advisories of later Java have it.
std::string plain_version(std::string_view version) {
  if (!version.starts_with("1.")) return std::string(version);
  const std::string_view rest = version.substr(2);
  const std::size_t update = rest.find('_');
  std::string out(rest.substr(0, rest.find('.')));
  std::string_view number = update == std::string_view::npos ? "0" : rest.substr(update + 1);
  number = number.substr(0, number.find_first_not_of("0123456789"));
  return out + ".0." + (number.empty() ? "0" : std::string(number));
}

class Jdk final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.name() == "release" && contains(as_text(file.head), "JAVA_VERSION=");
  }
  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    std::string_view version, vendor, text = file.text().substr(0, k_most_bytes);
    while (!text.empty()) {
      const std::string_view line = take_line(text);
      if (version.empty()) version = value_of(line, "JAVA_VERSION=");
      if (vendor.empty()) vendor = value_of(line, "IMPLEMENTOR=");
    }
    model::Package* const package = add_package(facts, "generic", "openjdk", plain_version(version));
    if (package == nullptr)
      add_problem(facts, "the Java runtime does not say its version");
    else
      package->vendor = vendor.substr(0, 200);
    return facts;
  }
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "jdk", out);
  }
};

const util::Registered<Jdk> registered{{.id = "jdk",
                                        .version = 1,
                                        .summary = "Java runtimes and development kits",
                                        .example = "openjdk 11.0.11 (opt/java/openjdk/release)"}};

}  // namespace
}  // namespace hullcheck::inventory
