// composer: PHP packages as installed below a vendor folder.
// Format: vendor/composer/installed.json, of Composer 1 a list, of Composer 2 an object with "packages"; beside it
// installed.php of Composer 2, an array of 'vendor/name' => array('pretty_version' => …), read where the first is
// gone. Hostile: sizes, nesting, types, repeated packages; the PHP is not evaluated, only its written form is read.
// Reads: vendor/composer/installed.json, installed.php
#include <set>

#include "inventory/readers/json_file.hpp"

namespace hullcheck::inventory {
namespace {

bool is_json(std::string_view path) { return path.ends_with("composer/installed.json"); }
bool is_php(std::string_view path) { return path.ends_with("composer/installed.php"); }

void add_one(json::Element package, FileFacts& facts) {
  model::Package* const added =
      add_package(facts, "composer", last_text(package, "name"), last_text(package, "version"));
  if (added == nullptr) return;
  for (const std::string& license : json::strings(package, "license", 20, k_longest_license))
    add_license(*added, license);
}

void read_json(Bytes bytes, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  if (!document) return;
  simdjson::dom::array list;
  if (document->get_array().get(list) == simdjson::SUCCESS)
    for (const json::Element package : list) add_one(package, facts);
  json::each(*document, "packages", [&](json::Element package) { add_one(package, facts); });
}

// 'x' or "x" at the front of a trimmed line.
std::string_view quoted(std::string_view text) {
  const std::size_t open = text.find('\'');
  const std::size_t close = open == std::string_view::npos ? open : text.find('\'', open + 1);
  return close == std::string_view::npos ? std::string_view() : text.substr(open + 1, close - open - 1);
}

void read_php(std::string_view text, FileFacts& facts) {
  text = text.substr(0, k_largest_json);
  std::string_view name;
  bool in_versions = false;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const std::size_t arrow = line.find("=>");
    if (arrow == std::string_view::npos) continue;
    const std::string_view key = quoted(line.substr(0, arrow));
    const std::string_view value = line.substr(arrow + 2);
    if (key == "versions") in_versions = true;
    if (!in_versions) continue;  // before it stands the root package, which is the application
    if (contains(value, "array(")) name = contains(key, "/") ? key : std::string_view();
    if (key == "pretty_version" && !name.empty()) {
      add_package(facts, "composer", name, quoted(value));
      name = {};
    }
  }
}

class Composer final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override { return is_json(file.path()) || is_php(file.path()); }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    is_json(file.path()) ? read_json(file.bytes, facts) : read_php(file.text(), facts);
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    const std::vector<FoundFacts> all = found_facts(image, "composer", &out.gaps);
    std::set<std::string, std::less<>> folders;  // that have the JSON
    for (const FoundFacts& found : all) {
      if (found.visibility != model::Visibility::final || !is_json(found.path)) continue;
      folders.emplace(layers::parent_path(found.path));
      take_language_file(found, out);
    }
    for (const FoundFacts& found : all)
      if (found.visibility == model::Visibility::final && is_php(found.path) &&
          !folders.contains(layers::parent_path(found.path)))
        take_language_file(found, out);
  }
};

const util::Registered<Composer> registered{{.id = "composer",
                                             .version = 1,
                                             .summary = "PHP packages installed by Composer",
                                             .example = "monolog/monolog 2.9.1 (vendor/composer/installed.json)"}};

}  // namespace
}  // namespace hullcheck::inventory
