// lock-files: packages that an application asks for. A lock file is a wish: what it names may never have been
// installed, or be installed in another version. So its packages are declared only: listed, checked against lists of
// malicious packages, and never counted or judged as installed.
// Hostile: see readers/lock_readers.hpp. Trouble with a lock file is a note.
// Reads: package-lock.json, yarn.lock, poetry.lock, Cargo.lock, Gemfile.lock and others; declared only
#include "inventory/readers/lock_readers.hpp"

namespace hullcheck::inventory {
namespace {

// Locks that packages bring along say what their makers tested with.
bool inside_a_package(std::string_view path) {
  return contains(path, "node_modules/") || contains(path, "site-packages/") || contains(path, "dist-packages/") ||
         contains(path, "/gems/") || contains(path, "/registry/src/") || contains(path, "/pkg/mod/");
}

class LockFiles final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return lock_form(file.name()) != nullptr && !inside_a_package(file.path());
  }
  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_declared;
    const LockForm& form = *lock_form(file.name());
    form.read(file.bytes, form.type, facts);
    return facts.packages.empty() && facts.problems.empty() && !facts.truncated ? FileFacts{} : facts;
  }
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "lock-files", out);
  }
};

const util::Registered<LockFiles> registered{
    {.id = "lock-files",
     .version = 2,
     .summary = "Packages that lock files ask for, of npm, PyPI, Go, Cargo and others; declared only",
     .example = "lodash 4.17.15 (package-lock.json)"}};

}  // namespace
}  // namespace hullcheck::inventory
