// Keys that let their owners log in over ssh.
//
// A container image has no business with them: who pulls a public image with a key in root's list invites a stranger.
// Read is what sshd would read: only lines whose key decodes. The list of uid 0 is what decides; other users' lists
// are strong evidence. The key and its comment are shown, so that an owner recognises his own.
#include <algorithm>
#include <array>

#include "detect/backdoors/ssh_keys.hpp"
#include "detect/detector.hpp"

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

class AuthorizedKeys final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.size() > 0 && file.size() <= k_most_bytes && is_key_list(file.path());
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    std::string_view text = file.text();
    for (std::uint32_t line = 1; !text.empty() && line <= k_most_lines; ++line) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      if (const auto key = parse_authorized_key(text.substr(0, end))) add(file.path(), *key, line, out);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

 private:
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
    .version = 1,
    .summary = "ssh keys in authorized_keys files",
    .example = "ssh-ed25519 SHA256:… root@elsewhere",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
