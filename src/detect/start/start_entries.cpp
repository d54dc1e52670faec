#include "detect/start/start_entries.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<std::string_view, 21> k_profiles = {
    ".xprofile",     ".xinitrc", ".xsession",   ".xsessionrc", ".bashrc",   ".bash_profile", ".bash_login",
    ".bash_logout",  ".profile", ".zshrc",      ".zshenv",     ".zprofile", ".zlogin",       ".kshrc",
    ".bash_aliases", ".login",   "bash.bashrc", "profile",     "bashrc",    "zshrc",         "zshenv"};
constexpr std::array<std::string_view, 10> k_boot_folders = {
    "init.d", "rc.d",  "cont-init.d",       "local.d", "my_init.d", "services.d", "system-generators",
    "rcS.d",  "rc2.d", "custom-cont-init.d"};
constexpr std::array<std::string_view, 11> k_event_folders = {
    "dispatcher.d",          "if-post-down.d", "update-motd.d", "atjobs",          "if-up.d",
    "if-pre-up.d",           "if-down.d",      "system-sleep",  "system-shutdown", "dhclient-exit-hooks.d",
    "dhclient-enter-hooks.d"};

using ByFile = std::map<std::pair<std::string_view, layers::FileRef>, std::vector<const Evidence*>>;

// What has weight about files with entries, and what they run.
ByFile evidence_by_file(const ImageContext& context, std::string_view rule) {
  ByFile by_file;
  for (const PlacedEvidence& placed : context.evidence)
    if (placed.evidence.rule == rule) by_file[{placed.path, placed.file}];
  for (const PlacedEvidence& placed : context.evidence) {
    const char letter = family(placed.evidence.rule);
    const bool counts = (letter == 'D' || letter == 'B' || letter == 'H' || letter == 'M') &&
                        placed.evidence.cls <= EvidenceClass::supporting && placed.evidence.rule != k_hint_rule;
    if (!counts) continue;
    if (const auto file = by_file.find({placed.path, placed.file}); file != by_file.end())
      file->second.push_back(&placed.evidence);
  }
  return by_file;
}

// Those about the same line, or about the whole of a file whose lines are not told apart. Weak ones count where the
// entry itself is odd.
std::string rules_of(const std::vector<const Evidence*>& others, std::uint32_t line, bool odd) {
  std::string rules;
  for (const Evidence* other : others) {
    if (other->line != 0 && other->line != line) continue;
    if (other->cls > EvidenceClass::strong && !odd) continue;
    if (rules.find(other->rule) != std::string::npos) continue;
    rules += (rules.empty() ? "" : ", ") + other->rule;
  }
  return rules;
}

// What ordinary scripts of packages and profiles never do; other rows of D and H are met there now and then.
bool is_grave(std::string_view rule) {
  static constexpr std::array<std::string_view, 7> k_grave = {"D01", "D02", "D07", "D08", "H02", "H03", "H10"};
  const char letter = family(rule);
  return letter == 'B' || letter == 'M' || std::find(k_grave.begin(), k_grave.end(), rule) != k_grave.end();
}

}  // namespace

bool is_profile(std::string_view path) {
  const std::string_view folder = layers::parent_path(path);
  const std::string_view name = layers::base_name(path);
  static constexpr std::array<std::string_view, 4> k_folders = {"profile.d", "bashrc.d", "Xsession.d", "xinitrc.d"};
  if (is_one(layers::base_name(folder), k_folders)) return true;
  if (!is_one(name, k_profiles)) return false;
  return name.front() == '.' || folder == "etc" || folder == "etc/bash" || folder == "etc/zsh";
}

bool is_boot_script(std::string_view path) {
  const std::string_view folder = layers::parent_path(path);
  const std::string_view name = layers::base_name(path);
  if (name == "rc.local" || is_one(layers::base_name(folder), k_boot_folders)) return true;
  // Services of s6 and runit: a folder for each, with a script of a set name.
  const std::string_view outer = layers::parent_path(folder);
  const bool service = outer == "etc/services.d" || outer == "etc/service" || outer == "etc/sv" ||
                       outer == "etc/s6-overlay/s6-rc.d" || outer == "service";
  return service && (name == "run" || name == "up" || name == "finish");
}

// git runs these, and copies those of its template folder into every new repository.
bool is_git_hook(std::string_view path) {
  const std::string_view folder = layers::parent_path(path);
  if (layers::base_name(folder) != "hooks" || path.ends_with(".sample")) return false;
  const std::string_view outer = layers::parent_path(folder);
  return layers::base_name(outer).ends_with(".git") || outer.ends_with("git-core/templates");
}

bool is_event_script(std::string_view path) {
  const std::string_view folder = layers::parent_path(path);
  if (is_git_hook(path)) return true;
  return is_one(layers::base_name(folder), k_event_folders) || folder == "var/spool/at" || path == "etc/ssh/sshrc" ||
         path.ends_with("/.ssh/rc");
}

bool is_odd_command(std::string_view command) {
  static constexpr std::array<std::string_view, 12> k_signs = {"://",       "/tmp/",     "/dev/shm/", "/var/tmp/",
                                                               "/dev/tcp/", "/dev/udp/", "base64 ",   "curl ",
                                                               "wget ",     "/.",        "xxd ",      "openssl enc"};
  return std::any_of(k_signs.begin(), k_signs.end(),
                     [&](std::string_view sign) { return command.find(sign) != std::string_view::npos; });
}

void raise_entries(const ImageContext& context, const RuleRow& row, ImageEvidence& out) {
  const ByFile against = evidence_by_file(context, row.id);
  for (const PlacedEvidence& entry : context.evidence) {
    if (entry.evidence.rule != row.id || entry.evidence.cls <= EvidenceClass::strong) continue;
    const auto others = against.find({entry.path, entry.file});
    if (others == against.end()) continue;
    const bool odd = entry.evidence.cls == EvidenceClass::supporting;
    const std::string rules = rules_of(others->second, entry.evidence.line, odd);
    if (rules.empty()) continue;
    PlacedEvidence raised = entry;
    raised.evidence.cls = EvidenceClass::strong;
    raised.evidence.text += " (see " + rules + ")";
    out.add(std::move(raised));
  }
}

void raise_scripts(const ImageContext& context, const RuleRow& row, EvidenceClass cls, std::string_view text,
                   bool (*stands)(std::string_view path), ImageEvidence& out) {
  std::map<layers::FileRef, std::pair<const PlacedEvidence*, std::string>> files;
  for (const PlacedEvidence& placed : context.evidence) {
    const bool counts = is_grave(placed.evidence.rule) && !placed.build_time &&
                        placed.evidence.cls <= EvidenceClass::supporting && placed.file.layer != layers::k_none;
    if (!counts || !stands(placed.path)) continue;
    auto& [first, rules] = files[placed.file];
    if (first == nullptr) first = &placed;
    if (rules.find(placed.evidence.rule) == std::string::npos)
      rules += (rules.empty() ? "" : ", ") + placed.evidence.rule;
  }
  for (const auto& [file, found] : files) {
    if (is_as_shipped(context.ownership, file)) continue;
    PlacedEvidence raised = *found.first;
    raised.evidence = evidence_of(row, std::string(text) + " (see " + found.second + ")");
    raised.evidence.cls = cls;
    out.add(std::move(raised));
  }
}

}  // namespace hullcheck::detect
