// Keys that let their owners log in over ssh.
//
// A container image has no business with them: who pulls a public image with a key in root's list invites a stranger.
// Read is what sshd would read: only lines whose key decodes. The list of uid 0 is what decides; other users' lists
// are strong evidence. The key and its comment are shown, so that an owner recognises his own.
#include <algorithm>
#include <array>
#include <vector>

#include "detect/assess.hpp"
#include "detect/backdoors/ssh_keys.hpp"
#include "detect/detector.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{1} << 20;
constexpr std::size_t k_most_lines = 20000;
constexpr std::size_t k_most_comment = 80;

constexpr std::array<RuleRow, 1> k_rows{{
    {"B07", EvidenceClass::strong, model::Severity::high, 80, "SSH key that may log in", "T1098.004",
     "Remove the key from the image; give keys to a container when it starts."},
}};

bool is_key_list(std::string_view path) {
  const std::string_view name = layers::base_name(path);
  const std::string_view folder = layers::base_name(layers::parent_path(path));
  if (name == "authorized_keys" || name == "authorized_keys2") return folder == ".ssh" || folder == "dropbear";
  return folder == "authorized_keys" ||
         folder == "authorized_keys.d";  // AuthorizedKeysFile /etc/ssh/authorized_keys/%u
}

// The list of the user with uid 0, where that can be told from the path.
bool is_root_list(std::string_view path) {
  const std::string_view folder = layers::parent_path(path);
  if (folder == "root/.ssh" || folder == ".ssh" || folder == "etc/dropbear") return true;
  const bool shared = layers::base_name(folder).starts_with("authorized_keys");
  return shared && layers::base_name(path) == "root";
}

std::string text_of(const AuthorizedKey& key) {
  std::string text = key.algorithm + " " + key.fingerprint;
  if (!key.comment.empty()) text += " " + key.comment.substr(0, k_most_comment);
  if (const auto name = published_key_name(key.fingerprint); !name.empty())
    text += " (" + std::string(name) + ": everybody has its private half)";
  if (!key.options.empty()) text += " [" + key.options.substr(0, k_most_comment) + "]";
  return text;
}

// ---- lists that sshd's settings name

constexpr std::string_view k_setting_key = "sshd-keys", k_list_key = "key-line";

bool is_server_settings(std::string_view path) {
  return path == "etc/ssh/sshd_config" ||
         (layers::base_name(layers::parent_path(path)) == "sshd_config.d" && path.ends_with(".conf"));
}

// A text that begins with a key, anywhere but among the ones that people carry along.
bool may_be_key_list(const layers::FileInfo& file) {
  constexpr std::uint64_t k_most = 64U << 10;
  static constexpr std::array<std::string_view, 4> k_starts = {"ssh-rsa AAAA", "ssh-ed25519 AAAA", "ecdsa-sha2-",
                                                               "ssh-dss AAAA"};
  if (file.entry.content != layers::ContentKind::text || file.size() > k_most) return false;
  const std::string_view name = file.name();
  if (name.starts_with("ssh_host_") || name == "known_hosts") return false;
  const std::string_view head = as_text(file.head);
  return std::any_of(k_starts.begin(), k_starts.end(),
                     [&](std::string_view start) { return head.starts_with(start); });
}

// "/etc/ssh/keys/%u" fits "etc/ssh/keys/root": a token stands for one name, %h for a path.
bool fits(std::string_view pattern, std::string_view path) {
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  const std::size_t token = pattern.find('%');
  if (token == std::string_view::npos) return pattern == path;
  if (token + 1 >= pattern.size() || !path.starts_with(pattern.substr(0, token))) return false;
  const std::string_view end = pattern.substr(token + 2);
  const std::string_view rest = path.substr(token);
  if (rest.size() <= end.size() || !rest.ends_with(end)) return false;
  const bool folder = pattern[token + 1] == 'h';
  return folder || rest.substr(0, rest.size() - end.size()).find('/') == std::string_view::npos;
}

struct Setting {
  std::string name, value;
  std::uint32_t line = 0;
};

std::vector<Setting> settings_of(std::string_view text) {
  std::vector<Setting> all;
  for (std::uint32_t line = 1; !text.empty() && line <= k_most_lines && all.size() < 64; ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view one = util::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t blank = one.find_first_of(" \t=");
    if (one.starts_with('#') || blank == std::string_view::npos) continue;
    const std::string name = util::lower(one.substr(0, blank));
    if (name != "authorizedkeysfile" && name != "authorizedkeyscommand" && name != "trustedusercakeys") continue;
    std::string_view rest = util::trim(one.substr(blank + 1));
    while (!rest.empty()) {
      const std::size_t stop = std::min(rest.find_first_of(" \t"), rest.size());
      if (rest.substr(0, stop) != "none") all.push_back({name, std::string(rest.substr(0, stop)), line});
      rest = util::trim(rest.substr(stop));
      if (name == "authorizedkeyscommand") break;
    }
  }
  return all;
}

class AuthorizedKeys final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    if (file.size() == 0 || file.size() > k_most_bytes) return false;
    return is_key_list(file.path()) || is_server_settings(file.path()) || may_be_key_list(file);
  }

  // Which of the lists are read, the settings of the whole image say.
  void image(const ImageContext& context, ImageEvidence& out) const override {
    for (const PlacedEvidence& list : context.evidence) {
      if (list.evidence.rule != k_hint_rule || list.evidence.value(k_list_key).empty()) continue;
      for (const PlacedEvidence& setting : context.evidence) {
        const std::string pattern = setting.evidence.value(k_setting_key);
        if (setting.evidence.rule != k_hint_rule || pattern.empty() || !fits(pattern, list.path)) continue;
        PlacedEvidence placed = list;
        placed.evidence = evidence_of(k_rows[0], list.evidence.value(k_list_key) + "; sshd reads " + pattern);
        placed.evidence.cls = setting.evidence.value("authority").empty() && layers::base_name(list.path) != "root"
                                  ? EvidenceClass::strong
                                  : EvidenceClass::decisive;
        placed.evidence.line = list.evidence.line;
        out.add(std::move(placed));
        break;
      }
    }
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    if (is_server_settings(file.path())) return read_settings(file.text(), out);
    const bool known = is_key_list(file.path());
    std::string_view text = file.text();
    for (std::uint32_t line = 1; !text.empty() && line <= k_most_lines; ++line) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      if (const auto key = parse_authorized_key(text.substr(0, end)))
        known ? add(file.path(), *key, line, out) : note(*key, line, out);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

 private:
  static void read_settings(std::string_view text, EvidenceSink& out) {
    for (const Setting& setting : settings_of(text)) {
      if (setting.name == "authorizedkeyscommand") {
        static constexpr std::array<std::string_view, 5> k_known = {
            "/usr/bin/sss_ssh_authorizedkeys", "/usr/share/ec2-instance-connect/", "/usr/bin/google_authorized_keys",
            "/opt/aws/", "/usr/libexec/openssh/"};
        const bool known = std::any_of(k_known.begin(), k_known.end(),
                                       [&](std::string_view one) { return setting.value.starts_with(one); });
        Evidence evidence = evidence_of(k_rows[0], "sshd asks " + setting.value + " which keys may log in");
        evidence.cls = known ? EvidenceClass::context : EvidenceClass::supporting;
        evidence.line = setting.line;
        out.add(std::move(evidence));
        continue;
      }
      Evidence hint;
      hint.rule = k_hint_rule;
      hint.line = setting.line;
      hint.text = "sshd reads " + setting.value;
      hint.values = {{std::string(k_setting_key), setting.value}};
      if (setting.name == "trustedusercakeys") hint.values.emplace_back("authority", "yes");
      out.add(std::move(hint));
    }
  }

  static void note(const AuthorizedKey& key, std::uint32_t line, EvidenceSink& out) {
    Evidence hint;
    hint.rule = k_hint_rule;
    hint.line = line;
    hint.text = "a key: " + text_of(key);
    hint.values = {{std::string(k_list_key), text_of(key)}};
    out.add(std::move(hint));
  }

  static void add(std::string_view path, const AuthorizedKey& key, std::uint32_t line, EvidenceSink& out) {
    Evidence evidence = evidence_of(k_rows[0], text_of(key));
    if (is_root_list(path)) evidence.cls = EvidenceClass::decisive;
    evidence.line = line;
    evidence.values = {{"fingerprint", key.fingerprint}, {"comment", key.comment}};
    if (!key.options.empty()) evidence.values.emplace_back("options", key.options);
    if (const auto name = published_key_name(key.fingerprint); !name.empty())
      evidence.values.emplace_back("published", std::string(name));
    out.add(std::move(evidence));
  }
};

const util::Registered<AuthorizedKeys> registered{{
    .id = "authorized-keys",
    .version = 2,
    .summary = "ssh keys in authorized_keys files",
    .example = "ssh-ed25519 SHA256:… root@elsewhere",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
