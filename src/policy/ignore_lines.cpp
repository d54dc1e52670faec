// .trivyignore, line by line:
//   # a remark, which is taken for the reason of what follows directly
//   CVE-2024-1
//   CVE-2024-2 exp:2026-12-31      no longer after this day
// Beside the id and its date other words mean nothing there, and a line with a bad date counts for nothing; both are
// remarked on.
#include <fmt/format.h>

#include "policy/exception_readers.hpp"
#include "util/ascii.hpp"
#include "util/clock.hpp"

namespace hullcheck::policy {
namespace {

constexpr std::size_t k_most_lines = 200'000;

template <class Visit>
Result<void> each_line(std::string_view text, const std::string& name, Visit visit) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    if (number > k_most_lines) return ignore_file_error("the file has too many lines", name);
    const auto end = text.find('\n');
    TRY(visit(util::trim(text.substr(0, end)), number));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return {};
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  while (!line.empty()) {
    const auto end = line.find_first_of(" \t");
    words.emplace_back(line.substr(0, end));
    line = end == std::string_view::npos ? std::string_view() : util::trim(line.substr(end));
  }
  return words;
}

}  // namespace

Error ignore_file_error(const std::string& message, const std::string& name, std::size_t line) {
  return make_error(ErrorCode::malformed, std::string(k_ignore_file_error), message,
                    line == 0 ? name : fmt::format("{}:{}", name, line));
}

Rule ignoring_rule(const std::string& name, const std::string& place) {
  Rule rule;
  rule.name = name + "/" + place;
  rule.action = Action::ignore;
  rule.kinds = {"vulnerability"};
  return rule;
}

bool is_pattern(const std::string& id) { return id.empty() || id.back() == '*'; }

Result<Exceptions> read_trivyignore(std::string_view text, const std::string& name) {
  constexpr std::string_view k_mark = "\xef\xbb\xbf";  // what some editors put before UTF-8
  if (text.starts_with(k_mark)) text.remove_prefix(k_mark.size());
  Exceptions out;
  std::string remark;
  const auto visit = [&](std::string_view line, std::size_t number) -> Result<void> {
    if (line.empty() || line.front() == '#') {
      remark = line.empty() ? std::string() : std::string(util::trim(line.substr(1)));
      return {};
    }
    Rule rule = ignoring_rule(name, fmt::format("line {}", number));
    rule.reason = remark;
    for (const std::string_view hash : {" #", "\t#"}) {
      const auto at = line.find(hash);
      if (at == std::string_view::npos) continue;
      rule.reason = util::trim(line.substr(at + 2));
      line = util::trim(line.substr(0, at));
    }
    std::vector<std::string> words = words_of(line);
    rule.ids = {words.front()};
    const auto remark_on = [&](const std::string& what) {
      out.remarks.push_back(fmt::format("line {}: {}", number, what));
    };
    if (is_pattern(words.front())) {
      remark_on(fmt::format("\"{}\" is no id; the line has no effect", words.front()));
      return {};
    }
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (words[i].substr(0, 4) != "exp:") {
        remark_on(
            fmt::format("\"{}\" is neither an id in a line of its own nor exp:DATE, and means nothing", words[i]));
        continue;
      }
      rule.expires = util::parse_date(words[i].substr(4));
      if (rule.expires) continue;
      remark_on(fmt::format("\"{}\" is no date such as exp:2026-12-31; the line has no effect", words[i]));
      return {};
    }
    out.rules.push_back(std::move(rule));
    return {};
  };
  TRY(each_line(text, name, visit));
  return out;
}

}  // namespace hullcheck::policy
