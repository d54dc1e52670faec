// The rules and modules that decide who may log in (B14).
//
// Format: pam.d(5), pam.conf(5): service (pam.conf only), kind, control as a word or in brackets, module, arguments;
// a backslash continues a line. Said are: rules that let anybody in, programs that are handed the password, modules
// from odd places; and modules that no package owns or that differ from their package. "nullok" is what Debian
// ships, so it says nothing. A module that is there but not named by a rule is a remark.
#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{256} << 10;
constexpr std::size_t k_most_lines = 2000;

constexpr std::array<RuleRow, 1> k_rows{{
    {"B14", EvidenceClass::decisive, model::Severity::critical, 85, "Login rules tampered with", "T1556.003",
     "Do not run this image where anybody can log in: passwords are let through or handed on."},
}};

struct PamRule {
  std::uint32_t line;
  std::string kind, control, module, arguments;
};

std::string_view take_word(std::string_view& text) {
  text = util::trim(text);
  std::size_t end = text.find_first_of(" \t");
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end != std::string_view::npos) ++end;
  }
  const std::string_view word = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : util::trim(text.substr(end));
  return word;
}

void read_line(std::uint32_t number, std::string_view line, bool with_service, std::vector<PamRule>& rules) {
  line = util::trim(line.substr(0, line.find('#')));
  if (line.empty() || line.front() == '@') return;
  if (with_service) take_word(line);
  PamRule rule;
  rule.line = number;
  rule.kind = util::lower(take_word(line));
  if (rule.kind.starts_with('-')) rule.kind.erase(0, 1);
  rule.control = util::lower(take_word(line));
  rule.module = take_word(line);
  rule.arguments = line;
  if (!rule.module.empty()) rules.push_back(std::move(rule));
}

std::vector<PamRule> rules_of(std::string_view text, bool with_service) {
  std::vector<PamRule> rules;
  std::string joined;
  std::uint32_t first = 1;
  for (std::uint32_t number = 1; !text.empty() && number <= k_most_lines; ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = util::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (joined.empty()) first = number;
    const bool goes_on = line.ends_with('\\');
    if (goes_on) line.remove_suffix(1);
    joined += line;
    if (goes_on && joined.size() < k_most_bytes) continue;
    read_line(first, joined, with_service, rules);
    joined.clear();
  }
  return rules;
}

std::string_view module_name(std::string_view module) { return layers::base_name(module); }

// With success the rest is not asked: "sufficient", or a "done" for it.
bool ends_with_success(std::string_view control) {
  return control == "sufficient" || control.find("success=done") != std::string_view::npos ||
         control.find("default=done") != std::string_view::npos;
}

// Modules that say yes for a reason of their own.
bool asks_nothing(std::string_view name) {
  static constexpr std::array<std::string_view, 11> k_quiet = {
      "pam_permit.so", "pam_env.so",  "pam_motd.so",  "pam_limits.so", "pam_nologin.so", "pam_faildelay.so",
      "pam_debug.so",  "pam_echo.so", "pam_umask.so", "pam_warn.so",   "pam_keyinit.so"};
  return std::find(k_quiet.begin(), k_quiet.end(), name) != k_quiet.end();
}

// Where a rule that lets in everybody lets in more than a desktop's own user.
bool is_login_service(std::string_view name) {
  static constexpr std::array<std::string_view, 11> k_services = {
      "sshd",        "login",         "su",     "su-l",      "sudo", "common-auth",
      "system-auth", "password-auth", "remote", "base-auth", "other"};
  return std::find(k_services.begin(), k_services.end(), name) != k_services.end();
}

bool is_rules_file(std::string_view path) {
  const std::string_view folder = layers::base_name(layers::parent_path(path));
  return folder == "pam.d" || (folder == "etc" && layers::base_name(path) == "pam.conf");
}

bool is_module(std::string_view path, const layers::Entry& entry) {
  const std::string_view name = layers::base_name(path);
  return entry.content == layers::ContentKind::elf && name.starts_with("pam_") && name.ends_with(".so") &&
         layers::base_name(layers::parent_path(path)) == "security";
}

class PamRules final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.size() > 0 && file.size() <= k_most_bytes && is_rules_file(file.path());
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    const std::vector<PamRule> rules = rules_of(file.text(), file.name() == "pam.conf");
    bool asked = false;  // an earlier rule asks for something
    bool permitted = false;
    const PamRule* permit = nullptr;
    for (const PamRule& rule : rules) {
      look_at(rule, out);
      if (rule.kind != "auth") continue;
      const bool permits = module_name(rule.module) == "pam_permit.so";
      if (permits && ends_with_success(rule.control) && !permitted) {
        permitted = true;
        say(rule, "lets everybody in, whatever comes after", EvidenceClass::decisive, out);
      }
      if (permits && permit == nullptr) permit = &rule;
      asked |= !asks_nothing(module_name(rule.module)) || rule.control == "include" || rule.control == "substack";
    }
    // Includes are not among the rules.
    asked |= file.text().find("@include") != std::string_view::npos;
    if (permit != nullptr && !permitted && !asked && is_login_service(file.name()))
      say(*permit, "nothing is asked before everybody is let in", EvidenceClass::strong, out);
    for (const PamRule& rule : rules) hint(rule, out);
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    std::set<std::string> named;
    for (const PlacedEvidence& placed : context.evidence)
      if (placed.evidence.rule == k_hint_rule)
        if (const std::string module = placed.evidence.value("pam-module"); !module.empty()) named.insert(module);
    context.image.each_final(layers::k_elf_content, [&](layers::FileRef file, const std::string& path) {
      const layers::FileRef content = context.image.content_of(file);
      if (!is_module(path, context.image.entry(content))) return;
      const inventory::Integrity integrity = context.ownership.integrity(file);
      const std::string name(module_name(path));
      if (integrity == inventory::Integrity::owned_mismatch)
        add_at(context, file, evidence_of(k_rows[0], "differs from what its package installed"), out);
      if (system_owner(context.ownership, file) == nullptr && context.inventory.has_package_database)
        add_at(context, file,
               with_class(evidence_of(k_rows[0], named.contains(name)
                                                     ? "no package owns this module, and a login rule names it"
                                                     : "no package owns this module"),
                          named.contains(name) ? EvidenceClass::strong : EvidenceClass::supporting),
               out);
    });
  }

 private:
  static void say(const PamRule& rule, std::string text, EvidenceClass cls, EvidenceSink& out) {
    Evidence evidence = with_class(
        evidence_of(k_rows[0], rule.kind + " " + rule.control + " " + rule.module + ": " + std::move(text)), cls);
    evidence.line = rule.line;
    out.add(std::move(evidence));
  }

  static void hint(const PamRule& rule, EvidenceSink& out) {
    Evidence evidence;
    evidence.rule = k_hint_rule;
    evidence.text = rule.module;
    evidence.values = {{"pam-module", std::string(module_name(rule.module))}};
    out.add(std::move(evidence));
  }

  static void look_at(const PamRule& rule, EvidenceSink& out) {
    const std::string_view name = module_name(rule.module);
    if (name == "pam_exec.so" && (rule.kind == "auth" || rule.kind == "password" || rule.kind == "session")) {
      const bool password = rule.arguments.find("expose_authtok") != std::string::npos;
      const std::size_t slash = rule.arguments.find('/');
      const std::string_view program =
          slash == std::string::npos ? std::string_view{} : std::string_view(rule.arguments).substr(slash);
      const bool odd = is_temporary(program) || is_hidden(program.substr(0, program.find(' ')));
      say(rule, password ? "hands the password to " + std::string(program) : "runs " + std::string(program),
          password || odd ? EvidenceClass::strong : EvidenceClass::supporting, out);
    }
    if (!rule.module.starts_with('/')) return;
    const bool odd = is_temporary(rule.module) || is_hidden(rule.module);
    const bool usual = rule.module.find("/security/") != std::string::npos;
    if (odd || !usual)
      say(rule, "module from an odd place", odd ? EvidenceClass::decisive : EvidenceClass::strong, out);
  }
};

const util::Registered<PamRules> registered{{
    .id = "pam-rules",
    .version = 1,
    .summary = "login rules that let anybody in or hand passwords on, and tampered modules",
    .example = "auth sufficient pam_permit.so: lets everybody in, whatever comes after",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
