#include "detect/shell/shell_support.hpp"

#include <algorithm>
#include <array>

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_words_bytes = 240;

constexpr std::array<std::string_view, 12> k_mounts = {"mnt", "host",  "hostfs", "host-root", "hostroot", "rootfs",
                                                       "hs",  "media", "node",   "host_root", "host-fs",  "hostos"};

// A path without its leading slash and without "." and ".." parts.
std::string plain(std::string_view path) { return layers::canonical_path(path).path; }

bool is_mount_name(std::string_view name) {
  return std::find(k_mounts.begin(), k_mounts.end(), name) != k_mounts.end();
}

bool is_volume(std::string_view folder, const model::ImageConfig* config) {
  if (config == nullptr || folder.empty()) return false;
  return std::any_of(config->volumes.begin(), config->volumes.end(),
                     [&](const std::string& volume) { return plain(volume) == folder; });
}

// Folders that hold the parts of a system which are worth writing to.
bool is_system_top(std::string_view name) {
  return name == "etc" || name == "root" || name == "home" || name == "var" || name == "usr" || name == "lib";
}

}  // namespace

std::uint32_t line_in_file(const ShellUnit& unit, std::uint32_t line) {
  return unit.first_line + (line == 0 ? 0 : line - 1);
}

EvidenceClass class_for(const ShellUnit& unit, const ClassByReach& classes) {
  if (unit.build_time) return classes.build;
  return unit.reach == Reach::start ? classes.start : classes.elsewhere;
}

Evidence shell_evidence(const RuleRow& row, const ShellUnit& unit, std::uint32_t line, std::string text,
                        EvidenceClass cls) {
  Evidence evidence = evidence_of(row, std::move(text));
  evidence.cls = cls;
  evidence.line = line_in_file(unit, line);
  return evidence;
}

std::vector<const ShellCommand*> own_commands(const ShellFacts& facts) {
  std::vector<const ShellCommand*> own;
  for (std::size_t i = 0; i < facts.commands.size(); ++i) {
    const ShellCommand& command = facts.commands[i];
    if (i + 1 < facts.commands.size()) {
      const ShellCommand& next = facts.commands[i + 1];
      const bool wraps = next.unwrapped && next.line == command.line && next.argv.size() < command.argv.size() &&
                         std::equal(next.argv.rbegin(), next.argv.rend(), command.argv.rbegin());
      if (wraps) continue;
    }
    own.push_back(&command);
  }
  return own;
}

std::string_view program(const ShellCommand& command) {
  return command.argv.empty() ? std::string_view{} : layers::base_name(command.argv[0]);
}

bool has_argument(const ShellCommand& command, std::string_view argument) {
  return command.argv.size() > 1 &&
         std::find(command.argv.begin() + 1, command.argv.end(), argument) != command.argv.end();
}

std::string words(const ShellCommand& command) {
  std::string text;
  for (const std::string& word : command.argv) {
    if (!text.empty()) text += ' ';
    text += word;
    if (text.size() > k_most_words_bytes) break;
  }
  if (text.size() > k_most_words_bytes) text.resize(k_most_words_bytes);
  return text;
}

bool fetches(const ShellCommand& command) {
  static constexpr std::array<std::string_view, 14> k_fetchers = {"curl", "wget",         "wget2", "fetch", "aria2c",
                                                                  "axel", "lwp-download", "scp",   "sftp",  "rsync",
                                                                  "tftp", "ftpget",       "lftp",  "http"};
  const std::string_view name = program(command);
  if (std::find(k_fetchers.begin(), k_fetchers.end(), name) != k_fetchers.end()) return command.argv.size() > 1;
  if (name == "git") return has_argument(command, "clone") || has_argument(command, "pull");
  if (name == "svn") return has_argument(command, "export") || has_argument(command, "checkout");
  if (name == "hg") return has_argument(command, "clone");
  if (name == "aws") return has_argument(command, "s3") && has_argument(command, "cp");
  return false;
}

bool runs_fetched(const ShellFlow& flow) {
  return flow.kind == FlowKind::fetch_to_interpreter || flow.kind == FlowKind::fetch_to_file_run;
}

bool runs_foreign_code(const ShellFlow& flow) {
  return runs_fetched(flow) || flow.kind == FlowKind::decode_to_interpreter || flow.kind == FlowKind::reverse_shell;
}

bool gives_shell_away(const ShellFacts& facts) {
  return std::any_of(facts.flows.begin(), facts.flows.end(), [](const ShellFlow& flow) {
    return flow.kind == FlowKind::reverse_shell && flow.detail != "listen" && !flow.host.empty() &&
           is_resolved(flow.host) && !is_loopback(flow.host);
  });
}

std::vector<std::string_view> operands(const ShellCommand& command, std::string_view verb) {
  std::vector<std::string_view> words;
  bool behind = verb.empty();
  for (std::size_t i = 1; i < command.argv.size(); ++i) {
    const std::string_view word = command.argv[i];
    if (!behind)
      behind = word == verb;
    else if (word.empty() || word[0] != '-')
      words.push_back(word);
  }
  return words;
}

std::string host_of(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, std::min(url.find_first_of("/?#"), url.size()));
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
  if (url.starts_with('[')) {
    url = url.substr(1, std::min(url.find(']'), url.size()) - 1);
  } else if (const std::size_t colon = url.find(':'); colon != std::string_view::npos && url.rfind(':') == colon) {
    url = url.substr(0, colon);
  }
  std::string host(url);
  for (char& c : host)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return host;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host.starts_with("127.") || host == "::1" || host == "0.0.0.0" ||
         host == "host.docker.internal";
}

bool is_host_mount(std::string_view folder, const model::ImageConfig* config) {
  const std::string path = plain(folder);
  if (path.empty()) return false;
  // The root of the first process: the host's, where its processes are shared.
  if (path == "proc/1/root") return true;
  const std::size_t slash = path.find('/');
  return is_mount_name(std::string_view(path).substr(0, slash)) || is_volume(path, config);
}

std::vector<std::string> below_host_mount(std::string_view path, const model::ImageConfig* config) {
  const std::string whole = plain(path);
  std::vector<std::string> parts;
  for (std::size_t slash = whole.find('/'); slash != std::string::npos; slash = whole.find('/', slash + 1)) {
    const std::string_view rest = std::string_view(whole).substr(slash + 1);
    if (!is_system_top(rest.substr(0, rest.find('/')))) continue;
    if (is_host_mount(std::string_view(whole).substr(0, slash), config)) parts.emplace_back(rest);
  }
  return parts;
}

bool is_cron_path(std::string_view path) {
  const std::string whole = plain(path);
  const std::string_view text = whole;
  return text == "etc/crontab" || text == "etc/anacrontab" || text.starts_with("etc/cron.") ||
         text.starts_with("etc/crontabs/") || text.starts_with("var/spool/cron") || text.starts_with("etc/periodic/");
}

bool is_authorized_keys_path(std::string_view path) {
  return path.ends_with("/authorized_keys") || path.ends_with("/authorized_keys2") || path == "authorized_keys";
}

}  // namespace hullcheck::detect
