// Rules of sudo and doas that let somebody become root without a password (B11).
//
// Format: sudoers(5): aliases, user specifications with several hosts, tags that stay in force for the commands after
// them, "Defaults !authenticate", lines continued with a backslash. Read as far as the question needs: does one rule
// give ALL commands, or a shell, without a password? doas.conf(5) is a line of words for each rule. Hostile: aliases
// may name each other in circles; they are resolved within a number of steps.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

#include "detect/detector.hpp"

#include "detect/words.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{1} << 20;
constexpr std::size_t k_most_lines = 5000;
constexpr std::size_t k_most_names = 2000;  // of aliases resolved

constexpr std::array<RuleRow, 1> k_rows{{
    {"B11", EvidenceClass::supporting, model::Severity::medium, 80, "Root without a password through sudo",
     "T1548.003", "Take the rule away, or let it name the few commands that are needed."},
}};

// Accounts of services and of everybody: a program that is broken into becomes root at once.
constexpr std::array<std::string_view, 22> k_service_users = {
    "www-data", "nobody", "daemon", "nginx",  "apache", "http", "mysql", "postgres", "redis", "mail", "games",
    "bin",      "sys",    "proxy",  "backup", "list",   "irc",  "lp",    "man",      "news",  "uucp", "tomcat"};
// Whoever may run one of these may run anything.
constexpr std::array<std::string_view, 14> k_shells = {"sh",  "bash",    "dash", "zsh", "ash", "ksh",  "su",
                                                       "env", "python3", "perl", "vi",  "vim", "less", "find"};

// Parts between `separator`, which neither a backslash, quotes nor round brackets protect.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  bool quoted = false;
  int open = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == separator && !quoted && open <= 0)) {
      parts.push_back(util::trim(text.substr(start, i - start)));
      start = i + 1;
    } else if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == '(' || text[i] == ')') {
      open += text[i] == '(' ? 1 : -1;
    }
  }
  return parts;
}

struct Line {
  std::uint32_t number;
  std::string text;
};

// "#include" and "#1000" are no comments.
std::string_view without_comment(std::string_view line) {
  for (std::size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    const bool id = at + 1 < line.size() && line[at + 1] >= '0' && line[at + 1] <= '9';
    const bool escaped = at > 0 && line[at - 1] == '\\';
    if (!id && !escaped) return line.substr(0, at);
  }
  return line;
}

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  std::string joined;
  std::uint32_t first = 1;
  for (std::uint32_t number = 1; !text.empty() && number <= k_most_lines; ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (joined.empty()) first = number;
    const bool goes_on = line.ends_with('\\');
    if (goes_on) line.remove_suffix(1);
    joined += without_comment(line);
    if (goes_on && joined.size() < k_most_bytes) {
      joined += ' ';
      continue;
    }
    if (const std::string_view whole = util::trim(joined); !whole.empty())
      lines.push_back({first, std::string(whole)});
    joined.clear();
  }
  if (const std::string_view rest = util::trim(joined); !rest.empty()) lines.push_back({first, std::string(rest)});
  return lines;
}

using Aliases = std::map<std::string, std::vector<std::string>, std::less<>>;

// "User_Alias A = x, y : B = z"
bool read_aliases(std::string_view line, Aliases& aliases) {
  const std::size_t blank = line.find_first_of(" \t");
  if (blank == std::string_view::npos || !line.substr(0, blank).ends_with("_Alias")) return false;
  for (const std::string_view definition : split(line.substr(blank), ':')) {
    const std::size_t equals = definition.find('=');
    if (equals == std::string_view::npos) continue;
    auto& members = aliases[std::string(util::trim(definition.substr(0, equals)))];
    for (const std::string_view member : split(definition.substr(equals + 1), ','))
      if (members.size() < k_most_names) members.emplace_back(member);
  }
  return true;
}

// Names with aliases resolved.
std::set<std::string> resolved(const Aliases& aliases, const std::vector<std::string_view>& names) {
  std::set<std::string> out;
  std::vector<std::string> open(names.begin(), names.end());
  for (std::size_t steps = 0; !open.empty() && steps < k_most_names; ++steps) {
    std::string name = std::move(open.back());
    open.pop_back();
    if (const auto alias = aliases.find(name); alias != aliases.end() && out.insert("=" + name).second)
      open.insert(open.end(), alias->second.begin(), alias->second.end());
    else if (alias == aliases.end())
      out.insert(std::move(name));
  }
  return out;
}

bool gives_everything(std::string_view command) {
  if (command == "ALL") return true;
  const std::string_view program = command.substr(0, command.find_first_of(" \t"));
  const std::string_view arguments = util::trim(command.substr(program.size()));
  const std::size_t slash = program.rfind('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view name = program.substr(slash + 1);
  if (name == "*" && program.size() <= 16) return true;  // "/bin/*"
  return is_one(name, k_shells) && (arguments.empty() || arguments == "*" || arguments == "-" || arguments == "-c *");
}

// The commands of one host part that run without a password, if they are everything.
bool unrestricted(std::string_view commands, const Aliases& aliases, bool password_by_default) {
  bool password = password_by_default;
  for (std::string_view command : split(commands, ',')) {
    if (command.starts_with('('))
      command = util::trim(command.substr(std::min(command.find(')') + 1, command.size())));
    for (std::size_t colon = command.find(':'); colon != std::string_view::npos; colon = command.find(':')) {
      const std::string_view tag = util::trim(command.substr(0, colon));
      if (tag.empty() || tag.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != std::string_view::npos) break;
      if (tag == "NOPASSWD") password = false;
      if (tag == "PASSWD") password = true;
      command = util::trim(command.substr(colon + 1));
    }
    if (password) continue;
    for (const std::string& one : resolved(aliases, {command}))
      if (gives_everything(one)) return true;
  }
  return false;
}

bool is_doas(std::string_view path) {
  return path.ends_with("etc/doas.conf") ||
         (layers::base_name(layers::parent_path(path)) == "doas.d" && path.ends_with(".conf"));
}

bool is_polkit(std::string_view path) {
  return layers::base_name(layers::parent_path(path)) == "rules.d" && path.ends_with(".rules") &&
         path.find("polkit-1/") != std::string_view::npos;
}

// A rule of polkit that says yes to every action, whoever asks.
void read_polkit(std::string_view text, EvidenceSink& out) {
  const bool yes = text.find("polkit.Result.YES") != std::string_view::npos;
  const bool asks = text.find(".id") != std::string_view::npos || text.find("lookup") != std::string_view::npos ||
                    text.find("isInGroup") != std::string_view::npos ||
                    text.find("isInNetGroup") != std::string_view::npos;
  const bool of_user = text.find(".user") != std::string_view::npos;
  if (yes && !asks)
    out.add(
        evidence_of(k_rows[0], of_user ? "polkit lets a user do everything" : "polkit lets everybody do everything"));
}

class SudoRules final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    if (file.size() == 0 || file.size() > k_most_bytes) return false;
    const std::string_view folder = layers::base_name(layers::parent_path(file.path()));
    if (is_polkit(file.path()) || is_doas(file.path()) || (folder == "etc" && file.name() == "sudoers")) return true;
    // sudo passes over names with a dot and backups.
    return folder == "sudoers.d" && file.name().find('.') == std::string_view::npos && !file.name().ends_with('~');
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    if (is_polkit(file.path())) return read_polkit(file.text(), out);
    const std::vector<Line> lines = lines_of(file.text());
    if (is_doas(file.path())) {
      for (const Line& line : lines) read_doas(line, out);
      return;
    }
    Aliases aliases;
    std::set<std::string, std::less<>> without_password;  // of Defaults; "" is everybody
    for (const Line& line : lines)
      if (!read_aliases(line.text, aliases)) read_defaults(line.text, without_password);
    for (const Line& line : lines) read_rule(line, aliases, without_password, out);
  }

 private:
  // "permit nopass [setenv { … }] user [as target] [cmd …]"
  static void read_doas(const Line& line, EvidenceSink& out) {
    std::vector<std::string_view> words;
    for (std::string_view rest = line.text; !rest.empty();) {
      const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
      words.push_back(rest.substr(0, end));
      rest = util::trim(rest.substr(end));
    }
    const auto has = [&](std::string_view word) {
      return std::find(words.begin(), words.end(), word) != words.end();
    };
    if (words.empty() || words[0] != "permit" || !has("nopass")) return;
    const auto cmd = std::find(words.begin(), words.end(), "cmd");
    if (cmd != words.end() && (cmd + 1 == words.end() || !is_one(layers::base_name(*(cmd + 1)), k_shells))) return;
    std::string_view user;
    int open = 0;
    for (std::size_t i = 1; i < words.size() && user.empty(); ++i) {
      open += words[i].starts_with('{') ? 1 : 0;
      const bool option = words[i] == "nopass" || words[i] == "keepenv" || words[i] == "nolog" ||
                          words[i] == "persist" || words[i] == "setenv";
      if (open == 0 && !option) user = words[i];
      open -= words[i].ends_with('}') ? 1 : 0;
    }
    if (user.empty() || user == "root") return;
    Evidence evidence = evidence_of(k_rows[0], std::string(user) + " runs anything as root without a password");
    if (is_one(user, k_service_users)) evidence.cls = EvidenceClass::strong;
    evidence.line = line.number;
    evidence.values = {{"account", std::string(user)}};
    out.add(std::move(evidence));
  }

  // "Defaults !authenticate", "Defaults:user !authenticate"
  static void read_defaults(std::string_view line, std::set<std::string, std::less<>>& without_password) {
    if (!line.starts_with("Defaults")) return;
    line.remove_prefix(8);
    // Members of this group are never asked.
    if (const std::size_t at = line.find("exempt_group"); at != std::string_view::npos) {
      std::string_view group = line.substr(std::min(line.find('=', at), line.size() - 1) + 1);
      group = util::trim(group.substr(0, group.find(',')));
      without_password.insert("%" + std::string(group));
    }
    const std::size_t blank = line.find_first_of(" \t");
    if (blank == std::string_view::npos) return;
    const std::string_view who = line.substr(0, blank);
    bool off = false;
    for (std::string_view setting : split(line.substr(blank), ',')) {
      while (setting.starts_with("! ")) setting.remove_prefix(1);
      off |= setting == "!authenticate" || setting == "! authenticate";
    }
    if (!off) return;
    if (who.empty() || who.front() == '@')
      without_password.insert("");
    else if (who.front() == ':')
      for (const std::string_view name : split(who.substr(1), ',')) without_password.insert(std::string(name));
    else if (who.front() == '!' || who.front() == '>')
      without_password.insert("");
  }

  static void read_rule(const Line& line, const Aliases& aliases,
                        const std::set<std::string, std::less<>>& without_password, EvidenceSink& out) {
    const std::string_view text = line.text;
    if (text.starts_with("Defaults") || text.starts_with('@') || text.starts_with("#include")) return;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return;
    // Before the "=" stand users, which may be a list with blanks after its commas, and hosts.
    const std::string_view before = util::trim(text.substr(0, equals));
    std::size_t end = before.find_first_of(" \t");
    while (end != std::string_view::npos) {
      const std::string_view so_far = util::trim(before.substr(0, end)), rest = util::trim(before.substr(end));
      if (!so_far.ends_with(',') && !rest.starts_with(',')) break;
      end = before.find_first_of(" \t", end + (before.substr(end).size() - rest.size()) + 1);
    }
    if (end == std::string_view::npos || before.substr(0, end).ends_with("_Alias")) return;
    const std::set<std::string> users = resolved(aliases, split(before.substr(0, end), ','));
    for (const std::string& user : users) {
      if (user.empty() || user.front() == '=' || user.front() == '!' || user == "root" || user == "#0") continue;
      const bool free = without_password.contains("") || without_password.contains(user);
      bool all = false;
      // Further hosts follow a ":"; what stands after the last "=" of a part are its commands.
      for (const std::string_view part : host_parts(text.substr(equals + 1)))
        all |= unrestricted(part, aliases, !free);
      if (!all) continue;
      Evidence evidence = evidence_of(k_rows[0], user + " runs anything as root without a password");
      if (user == "ALL" || is_one(user, k_service_users)) evidence.cls = EvidenceClass::strong;
      evidence.line = line.number;
      evidence.values = {{"account", user}};
      out.add(std::move(evidence));
    }
  }

  // "(ALL) NOPASSWD: ALL : otherhost = (ALL) ALL": a ":" with a "=" behind it begins another host.
  static std::vector<std::string_view> host_parts(std::string_view text) {
    std::vector<std::string_view> parts;
    while (true) {
      const std::size_t equals = text.find('=');
      const std::size_t colon = equals == std::string_view::npos ? equals : text.rfind(':', equals);
      if (colon == std::string_view::npos) break;
      parts.push_back(util::trim(text.substr(0, colon)));
      text.remove_prefix(equals + 1);
    }
    parts.push_back(util::trim(text));
    return parts;
  }
};

const util::Registered<SudoRules> registered{{
    .id = "sudo-rules",
    .version = 3,
    .summary = "rules of sudo and doas that give everything without a password",
    .example = "www-data runs anything as root without a password",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
