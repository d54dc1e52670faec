#include "detect/scripts/script_language.hpp"

#include <algorithm>
#include <array>

#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

using L = ScriptLanguage;

struct Suffix {
  std::string_view suffix;
  ScriptLanguage language;
};
constexpr std::array<Suffix, 36> k_suffixes{{
    {".py", L::python},      {".pyw", L::python},     {".pth", L::python},     {".js", L::javascript},
    {".mjs", L::javascript}, {".cjs", L::javascript}, {".jsx", L::javascript}, {".ts", L::javascript},
    {".php", L::php},        {".php3", L::php},       {".php4", L::php},       {".php5", L::php},
    {".php7", L::php},       {".php8", L::php},       {".phtml", L::php},      {".pht", L::php},
    {".phar", L::php},       {".inc", L::php},        {".pl", L::perl},        {".pm", L::perl},
    {".cgi", L::perl},       {".rb", L::ruby},        {".erb", L::ruby},       {".rake", L::ruby},
    {".gemspec", L::ruby},   {".ru", L::ruby},        {".lua", L::lua},        {".java", L::java},
    {".jsp", L::java},       {".jspx", L::java},      {".jspf", L::java},      {".asp", L::asp},
    {".aspx", L::asp},       {".ashx", L::asp},       {".asmx", L::asp},       {".r", L::r},
}};

struct Interpreter {
  std::string_view name;
  ScriptLanguage language;
};
constexpr std::array<Interpreter, 10> k_interpreters{{{"python", L::python},
                                                      {"pypy", L::python},
                                                      {"node", L::javascript},
                                                      {"deno", L::javascript},
                                                      {"bun", L::javascript},
                                                      {"php", L::php},
                                                      {"perl", L::perl},
                                                      {"ruby", L::ruby},
                                                      {"lua", L::lua},
                                                      {"Rscript", L::r}}};

}  // namespace

std::string_view to_string(ScriptLanguage language) {
  static constexpr std::array<std::string_view, 10> k_names = {"",     "Python", "JavaScript", "PHP",     "Perl",
                                                               "Ruby", "Lua",    "Java",       "ASP.NET", "R"};
  return k_names[static_cast<std::size_t>(language)];
}

ScriptLanguage script_language_named(std::string_view name) {
  for (const Interpreter& one : k_interpreters)
    if (name.starts_with(one.name)) return one.language;
  return ScriptLanguage::none;
}

ScriptLanguage script_language_of(const layers::FileInfo& file) {
  const layers::ContentKind kind = file.entry.content;
  if (kind != layers::ContentKind::text && kind != layers::ContentKind::script) return ScriptLanguage::none;
  const std::string_view head = as_text(file.head);
  if (head.starts_with("#!")) {
    const std::string_view line = head.substr(0, std::min<std::size_t>(std::min(head.find('\n'), head.size()), 256));
    for (const Interpreter& one : k_interpreters) {
      const std::size_t found = line.find(one.name);
      if (found == std::string_view::npos) continue;
      if (line[found - 1] == '/' || line[found - 1] == ' ') return one.language;
    }
    return ScriptLanguage::none;
  }
  // A suffix has one dot, which it begins with.
  static constexpr std::size_t k_longest_suffix = [] {
    std::size_t longest = 0;
    for (const Suffix& one : k_suffixes) longest = std::max(longest, one.suffix.size());
    return longest;
  }();
  const std::string_view name = file.name();
  const std::string_view last = name.substr(std::min(name.rfind('.'), name.size()));
  if (last.empty() && (name == "Rakefile" || name == "rakefile" || name == "Gemfile" || name == "Guardfile"))
    return ScriptLanguage::ruby;
  if (!last.empty() && last.size() <= k_longest_suffix) {
    const std::string lower = util::lower(last);
    const auto suffix =
        std::find_if(k_suffixes.begin(), k_suffixes.end(), [&](const Suffix& one) { return one.suffix == lower; });
    if (suffix != k_suffixes.end()) return suffix->language;
  }
  return head.find("<?php") != std::string_view::npos ? ScriptLanguage::php : ScriptLanguage::none;
}

}  // namespace hullcheck::detect
