// gems: Ruby gems as installed, and the default gems that come with Ruby.
// Format: specifications/NAME-VERSION.gemspec below a gem folder, Ruby code that RubyGems writes in one form: a
// comment
// "# stub: NAME VERSION PLATFORM PATHS", then lines 's.name = "x".freeze', 's.version = "1.2"', 's.licenses =
// ["MIT"]'. Hostile: it is code and may say anything; only the lines of that form are read, nothing is evaluated.
// Reads: specifications/**/*.gemspec
#include "inventory/deb822.hpp"
#include "inventory/readers/language.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_bytes = 1 << 20;

std::string_view take_word(std::string_view& text) {
  text = util::trim(text);
  const std::size_t space = text.find(' ');
  const std::string_view word = text.substr(0, space);
  text = space == std::string_view::npos ? std::string_view() : text.substr(space);
  return word;
}

// The text between the next pair of quotes, which is removed from `rest`.
std::string_view take_quoted(std::string_view& rest) {
  const std::size_t open = rest.find_first_of("\"'");
  const std::size_t close = open == std::string_view::npos ? open : rest.find(rest[open], open + 1);
  if (close == std::string_view::npos) {
    rest = {};
    return {};
  }
  const std::string_view text = rest.substr(open + 1, close - open - 1);
  rest = rest.substr(close + 1);
  return text;
}

// "s.name = …" → ("name", "…"); whatever the variable is called.
bool assignment(std::string_view line, std::string_view& key, std::string_view& value) {
  line = util::trim(line);
  const std::size_t dot = line.find('.'), equals = line.find('=');
  if (dot == std::string_view::npos || equals == std::string_view::npos || dot > 20 || equals < dot) return false;
  key = util::trim(line.substr(dot + 1, equals - dot - 1));
  value = util::trim(line.substr(equals + 1));
  return true;
}

void read_gemspec(std::string_view path, std::string_view text, FileFacts& facts) {
  text = text.substr(0, k_most_bytes);
  std::string_view name, version, licenses;
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (line.starts_with("# stub: ")) {
      if (!name.empty()) continue;  // a second one lists extensions
      line.remove_prefix(8);
      name = take_word(line);
      version = take_word(line);
      continue;
    }
    std::string_view key, value;
    if (!assignment(line, key, value)) continue;
    if (key == "name" && name.empty()) name = take_quoted(value);
    if (key == "version" && version.empty()) version = take_quoted(value);
    if ((key == "licenses" || key == "license") && licenses.empty()) licenses = value;
  }
  model::Package* const package = add_package(facts, "gem", name, version);
  if (package == nullptr) return add_problem(facts, "it names no gem and version in the form that RubyGems writes");
  const std::string stem = package->name + "-" + package->version;
  if (!layers::base_name(path).starts_with(stem))
    add_problem(facts, "its file's name is not that of " + stem + ", which it names");
  while (!licenses.empty()) add_license(*package, take_quoted(licenses));
}

class Gems final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.path().ends_with(".gemspec") && contains(file.path(), "specifications/");
  }
  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    read_gemspec(file.path(), file.text(), facts);
    return facts;
  }
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "gems", out);
  }
};

const util::Registered<Gems> registered{{.id = "gems",
                                         .version = 2,
                                         .summary = "Ruby gems, also those that come with Ruby",
                                         .example = "rack 2.2.3 (specifications/rack-2.2.3.gemspec)"}};

}  // namespace
}  // namespace hullcheck::inventory
