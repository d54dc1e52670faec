#include "inventory/readers/language.hpp"

#include <algorithm>

#include "inventory/deb822.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

bool is_word(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != 0x7f;
  });
}

}  // namespace

model::Package* add_package(FileFacts& facts, std::string_view type, std::string_view name,
                            std::string_view version) {
  if (!is_word(name, k_longest_name) || !is_word(version, k_longest_version)) return nullptr;
  if (facts.packages.size() >= k_most_language_packages) {
    facts.truncated = true;
    return nullptr;
  }
  model::Package& package = facts.packages.emplace_back();
  package.type = type;
  package.name = name;
  package.version = version;
  return &package;
}

void add_license(model::Package& package, std::string_view license) {
  license = util::trim(license);
  if (license.empty() || license.size() > k_longest_license || package.licenses.size() >= 20) return;
  if (std::find(package.licenses.begin(), package.licenses.end(), license) == package.licenses.end())
    package.licenses.emplace_back(license);
}

void add_problem(FileFacts& facts, std::string problem) {
  if (facts.problems.size() < k_most_language_problems) facts.problems.push_back(std::move(problem));
}

void take_language_file(const FoundFacts& found, Inventory& out) {
  const bool declared = found.facts.kind == k_declared;
  for (model::Package package : found.facts.packages) {
    package.database_path = found.path;
    package.database_layer = found.file.layer;
    package.declared_only = declared;
    (declared ? out.declared : out.packages).push_back(std::move(package));
  }
  const auto effect = declared ? model::GapEffect::note : model::GapEffect::unknown;
  const auto gap = [&](const char* id, const std::string& reason) {
    out.file_gaps.emplace_back(found.file, model::Gap{id, "inventory", "/" + found.path, reason, effect});
  };
  if (found.facts.truncated)
    gap("package-list-truncated",
        "the file ends too early or is beyond a limit; some of its packages may be missing");
  for (const std::string& problem : found.facts.problems) gap("package-list-damaged", problem);
}

void take_language_packages(const layers::ImageView& image, std::string_view id, Inventory& out) {
  for (const FoundFacts& found : found_facts(image, id, &out.gaps))
    if (found.visibility == model::Visibility::final &&
        (found.facts.kind == k_installed || found.facts.kind == k_declared))
      take_language_file(found, out);
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view trimmed_quotes(std::string_view text) {
  text = util::trim(text);
  const bool quoted =
      text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace hullcheck::inventory
