// bottlerocket: what the system is built of, as its builder lists it.
// Format: usr/share/bottlerocket/application-inventory.json: {"Content": [{"Name", "Publisher", "Version", "Release",
// "Epoch", "Architecture", …}]}. Hostile: as any JSON of an image.
// Reads: usr/share/bottlerocket/application-inventory.json
#include <charconv>

#include "inventory/readers/json_file.hpp"
#include "inventory/readers/language.hpp"
#include "inventory/readers/system_files.hpp"

namespace hullcheck::inventory {
namespace {

bool is_inventory(std::string_view path) {
  return is_path(path, "usr/share/bottlerocket/application-inventory.json");
}

class Bottlerocket final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override { return is_inventory(file.path()); }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_packages;
    JsonFile json_file;
    const auto document = json_file.parse(file.bytes, facts);
    if (!document) return facts;
    json::each(*document, "Content", [&](json::Element item) {
      std::string version(json::text(item, "Version"));
      if (const auto release = json::text(item, "Release"); !release.empty()) version += "-" + std::string(release);
      const std::string_view epoch = json::text(item, "Epoch");
      if (!epoch.empty() && epoch != "0") version = std::string(epoch) + ":" + version;
      model::Package* const package = add_system_package(facts, "rpm", json::text(item, "Name"), version);
      if (package == nullptr) {
        add_problem(facts, "an application has no name or no version");
        return;
      }
      package->architecture = json::text(item, "Architecture");
      package->vendor = json::text(item, "Publisher");
      std::from_chars(epoch.data(), epoch.data() + epoch.size(), package->epoch);
    });
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_system_packages(image, found_facts(image, "bottlerocket", &out.gaps), is_inventory, out);
  }
};

const util::Registered<Bottlerocket> registered{{.id = "bottlerocket",
                                                 .version = 1,
                                                 .summary = "What Bottlerocket is built of",
                                                 .example = "kernel-6.1 1:6.1.102-1.1 (application-inventory.json)"}};

}  // namespace
}  // namespace hullcheck::inventory
