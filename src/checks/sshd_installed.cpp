// sshd-installed: a remote login service in a container is a second way in, with keys and accounts of its own.
#include <array>

#include "checks/check.hpp"

namespace hullcheck::checks {
namespace {

constexpr std::array<std::string_view, 6> k_programs{"usr/sbin/sshd",     "usr/local/sbin/sshd", "usr/bin/sshd",
                                                     "usr/sbin/dropbear", "usr/bin/dropbear",    "usr/lib/ssh/sshd"};

class SshdInstalled final : public Check {
 public:
  void run(const CheckContext& context, std::vector<model::Finding>& out) const override {
    for (const std::string_view path : k_programs) {
      const auto file = context.image.resolve(path);
      if (!file || context.image.entry(*file).type != layers::EntryType::file) continue;
      const model::Package* package = context.ownership.owner(*file);
      out.push_back(found_at(context, *file, context.image.path(*file),
                             package == nullptr ? "owned by no package" : "package " + package->name));
      return;
    }
  }
};

const util::Registered<SshdInstalled> registered{
    {.id = "sshd-installed",
     .version = 1,
     .summary = "SSH server installed",
     .example = "/usr/sbin/sshd",
     .severity = model::Severity::low,
     .remediation = "Remove it; docker exec and kubectl exec give a shell without it",
     .reference = "CIS Docker 5.7"}};

}  // namespace
}  // namespace hullcheck::checks
