// rpm-manifest: the packages of distroless images of Azure Linux and Mariner, which have no rpm database.
// Format: var/lib/rpmmanifest/container-manifest-2, one package a line, fields between tabs: name, version-release,
// time of installation, time of build, vendor, epoch or "(none)", size, architecture, epoch as a number, source rpm.
// Hostile: lines of another form are problems of the file.
// Reads: var/lib/rpmmanifest/container-manifest-2
#include <charconv>
#include <vector>

#include "inventory/readers/language.hpp"
#include "inventory/readers/system_files.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_fewest_fields = 8;

bool is_manifest(std::string_view path) { return is_path(path, "var/lib/rpmmanifest/container-manifest-2"); }

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> out;
  while (out.size() < 16) {
    const std::size_t tab = line.find('\t');
    out.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) break;
    line = line.substr(tab + 1);
  }
  return out;
}

// "openssl-3.3.0-1.azl3.src.rpm" is openssl, 3.3.0-1.azl3.
void set_source(std::string_view source, model::Package& package) {
  constexpr std::string_view k_suffix = ".src.rpm";
  if (!source.ends_with(k_suffix)) return;
  source.remove_suffix(k_suffix.size());
  const std::size_t release = source.rfind('-');
  const std::size_t version =
      release == std::string_view::npos || release == 0 ? release : source.rfind('-', release - 1);
  if (version == std::string_view::npos || version == 0) return;
  package.source_name = source.substr(0, version);
  package.source_version = source.substr(version + 1);
}

class RpmManifest final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override { return is_manifest(file.path()); }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_packages;
    std::string_view text = file.text();
    facts.truncated = !text.empty() && text.back() != '\n';
    while (!text.empty()) {
      const std::string_view line = take_line(text);
      if (line.empty()) continue;
      const auto fields = fields_of(line);
      if (fields.size() < k_fewest_fields || fields[0] == "gpg-pubkey") {
        if (fields.size() < k_fewest_fields) add_problem(facts, "a line has too few fields");
        continue;
      }
      const std::string_view epoch = fields.size() > 8 ? fields[8] : fields[5];
      std::uint32_t number = 0;
      std::from_chars(epoch.data(), epoch.data() + epoch.size(), number);
      const std::string version = (number == 0 ? "" : std::to_string(number) + ":") + std::string(fields[1]);
      model::Package* const package = add_system_package(facts, "rpm", fields[0], version);
      if (package == nullptr) {
        add_problem(facts, "a package has no name or no version");
        continue;
      }
      package->epoch = number;
      package->vendor = fields[4];
      package->architecture = fields[7];
      if (fields.size() > 9) set_source(fields[9], *package);
    }
    return facts;
  }

  // A database says more: it has the packages' files.
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    for (const model::Package& package : out.packages)
      if (package.type == "rpm") return;
    take_system_packages(image, found_facts(image, "rpm-manifest", &out.gaps), is_manifest, out);
  }
};

const util::Registered<RpmManifest> registered{{.id = "rpm-manifest",
                                                .version = 1,
                                                .summary = "Packages of distroless Azure Linux and Mariner",
                                                .example = "openssl-libs 3.3.0-1.azl3 (container-manifest-2)"}};

}  // namespace
}  // namespace hullcheck::inventory
