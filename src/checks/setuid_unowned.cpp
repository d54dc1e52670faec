// setuid-unowned: a file that runs with its owner's or group's rights and that no package owns, or that the package
// shipped without that right. Where the package database has no modes (dpkg) only ownership is judged.
#include <fmt/format.h>

#include "checks/check.hpp"

namespace hullcheck::checks {
namespace {

constexpr std::uint32_t k_special = 06000;

// What the package says of the file's mode; 0 where it says nothing.
std::uint32_t packaged_mode(const CheckContext& context, const model::Package& package, const std::string& path) {
  for (const model::OwnedFile& owned : package.files) {
    if (owned.mode == 0 || layers::base_name(owned.path) != layers::base_name(path)) continue;
    if (owned.path == path || context.image.real_path(owned.path) == path) return owned.mode;
  }
  return 0;
}

class SetuidUnowned final : public Check {
 public:
  void run(const CheckContext& context, std::vector<model::Finding>& out) const override {
    context.image.each_final(layers::k_set_id_mode, [&](layers::FileRef file, const std::string& path) {
      const layers::Entry& entry = context.image.entry(context.image.content_of(file));
      if (entry.type != layers::EntryType::file || (entry.mode & k_special) == 0) return;
      const model::Package* package = context.ownership.owner(file);
      const std::string mode = fmt::format("mode {:04o}, owner {}:{}", entry.mode & 07777, entry.uid, entry.gid);
      if (package == nullptr) {
        out.push_back(found_at(context, file, path, mode));
        return;
      }
      const std::uint32_t packaged = packaged_mode(context, *package, path);
      if (packaged != 0 && (entry.mode & k_special & ~packaged) != 0)
        out.push_back(found_at(context, file, path,
                               fmt::format("{}; package {} has {:04o}", mode, package->name, packaged & 07777)));
    });
  }
};

const util::Registered<SetuidUnowned> registered{
    {.id = "setuid-unowned",
     .version = 1,
     .summary = "Setuid or setgid file that no package owns",
     .example = "/usr/local/bin/helper, mode 4755",
     .severity = model::Severity::high,
     .remediation = "Take the bit away with chmod a-s, or install the program from a package",
     .reference = "CIS Docker 4.8"}};

}  // namespace
}  // namespace hullcheck::checks
