// world-writable-path: any user of the container can change a program that is found by name or that runs at start. A
// sticky folder still lets anybody add programs, so on PATH it counts too.
#include <fmt/format.h>

#include <set>

#include "checks/check.hpp"

namespace hullcheck::checks {
namespace {

constexpr std::uint32_t k_write_by_others = 0002;

class WorldWritablePath final : public Check {
 public:
  void run(const CheckContext& context, std::vector<model::Finding>& out) const override {
    std::set<std::string> seen;
    const auto look_at = [&](layers::FileRef file, const std::string& path, std::string_view why) {
      const layers::Entry& entry = context.image.entry(context.image.content_of(file));
      const bool kind = entry.type == layers::EntryType::file || entry.type == layers::EntryType::directory;
      if (!kind || (entry.mode & k_write_by_others) == 0 || !seen.insert(path).second) return;
      out.push_back(found_at(context, file, path, fmt::format("mode {:04o}, {}", entry.mode & 07777, why)));
    };
    for (const std::string& folder : search_path(context)) {
      if (const auto file = context.image.find(folder)) look_at(*file, folder, "a folder of PATH");
      for (const layers::FileRef child : context.image.children(folder))
        look_at(child, context.image.path(child), "on PATH");
    }
    for (const std::string& path : context.start_paths)
      if (const auto file = context.image.resolve(path)) look_at(*file, context.image.path(*file), "runs at start");
  }
};

const util::Registered<WorldWritablePath> registered{{.id = "world-writable-path",
                                                      .version = 1,
                                                      .summary = "Program that every user may change",
                                                      .example = "/usr/local/bin/start.sh, mode 0777",
                                                      .severity = model::Severity::medium,
                                                      .remediation = "Take the right away with chmod o-w",
                                                      .reference = ""}};

}  // namespace
}  // namespace hullcheck::checks
