// Which reader a file has, and what of it goes into a policy.
#include "policy/exceptions.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "policy/exception_readers.hpp"
#include "util/file.hpp"
#include "util/path.hpp"

namespace hullcheck::policy {
namespace {

constexpr std::uint64_t k_largest_ignore_file = 4 << 20, k_largest_vex = 256ULL << 20;
constexpr std::size_t k_most_documents = 10'000, k_most_rules = 1'000'000, k_most_remarks = 20;

struct Form {
  std::string_view name;
  Result<Exceptions> (*read)(std::string_view text, const std::string& name);
};
constexpr Form k_forms[] = {
    {".hullcheck.yaml", read_own_ignores},        {".trivyignore", read_trivyignore},
    {".trivyignore.yaml", read_trivyignore_yaml}, {".grype.yaml", read_grype_ignores},
    {"osv-scanner.toml", read_osv_scanner},
};

std::string last_part(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

Result<void> add(Exceptions exceptions, const std::string& name, Policy& policy) {
  if (policy.exceptions.size() + exceptions.rules.size() > k_most_rules)
    return make_error(ErrorCode::limit, "exceptions-limit", "there are too many exceptions", name);
  std::move(exceptions.rules.begin(), exceptions.rules.end(), std::back_inserter(policy.exceptions));
  policy.exception_files.push_back(name);
  for (std::size_t i = 0; i < exceptions.remarks.size() && i < k_most_remarks; ++i)
    policy.exception_remarks.emplace_back(name, exceptions.remarks[i]);
  return {};
}

}  // namespace

Result<Exceptions> parse_ignore_file(std::string_view text, const std::string& name) {
  for (const auto& form : k_forms)
    if (name.ends_with(form.name)) return form.read(text, name);
  return make_error(ErrorCode::unsupported, "ignore-file-unknown",
                    "the name tells the form, and is none of .hullcheck.yaml, .trivyignore, .trivyignore.yaml, "
                    ".grype.yaml and osv-scanner.toml",
                    name);
}

std::vector<std::string> ignore_files_in(const std::string& folder) {
  std::vector<std::string> found;
  for (const auto& form : k_forms) {
    const std::string path = util::join_path(folder == "." ? "" : folder, form.name);
    struct stat status {};
    if (stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)) found.push_back(path);
  }
  return found;
}

Result<void> add_ignore_file(const std::string& path, Policy& policy) {
  const Buffer bytes = TRY(util::read_file(path, k_largest_ignore_file));
  Exceptions exceptions = TRY(parse_ignore_file(as_text(bytes), last_part(path)));
  return add(std::move(exceptions), last_part(path), policy);
}

Result<void> add_vex(const std::string& path, Policy& policy) {
  struct stat status {};
  std::vector<std::string> files{path};
  if (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    files.clear();
    std::error_code problem;
    for (std::filesystem::directory_iterator entry(path, problem), end; !problem && entry != end;
         entry.increment(problem))
      if (entry->is_regular_file(problem) && entry->path().extension() == ".json")
        files.push_back(entry->path().string());
    if (problem) return make_error(ErrorCode::io, "file-unreadable", problem.message(), path);
    if (files.size() > k_most_documents)
      return make_error(ErrorCode::limit, "exceptions-limit", "the folder has too many documents", path);
    std::sort(files.begin(), files.end());
    if (files.empty())
      return make_error(ErrorCode::not_found, "vex-absent", "the folder has no .json documents", path);
  }
  for (const auto& file : files) {
    const Buffer bytes = TRY(util::read_file(file, k_largest_vex));
    Exceptions exceptions = TRY(parse_vex(as_text(bytes), last_part(file)));
    TRY(add(std::move(exceptions), last_part(file), policy));
  }
  return {};
}

}  // namespace hullcheck::policy
