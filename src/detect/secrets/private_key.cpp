// Private keys that lie in an image for everyone who can pull it.
//
// Only a block that is complete and parses is one; programs and documents are full of the words alone. A key that is
// no secret, or harms little, is said to be so and weighs less: encrypted ones, keys that were published, ssh host
// keys and the snake-oil key (made at installation: the same for all who run the image, which is a fault, yet not a
// leak of somebody's access). Evidence shows algorithm and fingerprint, never key material.
#include <algorithm>
#include <array>

#include "detect/backdoors/ssh_keys.hpp"
#include "detect/content/hidden_literal.hpp"
#include "detect/detector.hpp"
#include "detect/secrets/private_key.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"B09", EvidenceClass::strong, model::Severity::high, 90, "Private key in the image", "T1552.004",
     "Remove the key from every layer, replace it wherever it gives access, and mount the new one at run time."},
}};

// "t" is where the projects of Perl and git have their tests, "molecule" where those of Ansible's roles lie.
constexpr std::array<std::string_view, 16> k_test_folders = {
    "test",     "tests", "testdata", "testing",  "__tests__", "spec", "fixtures", "example",
    "examples", "demo",  "seeds",    "SelfTest", "selftest",  "t",    "molecule", "itests"};
// Of names in several words: unit_tests, test-data, agent.tests.
constexpr std::array<std::string_view, 4> k_test_words = {"test", "tests", "fixtures", "examples"};

bool is_test_folder(std::string_view name) {
  if (std::find(k_test_folders.begin(), k_test_folders.end(), name) != k_test_folders.end()) return true;
  const auto is_word = [](std::string_view word) {
    return std::find(k_test_words.begin(), k_test_words.end(), word) != k_test_words.end();
  };
  const std::size_t first = name.find_first_of("_-."), last = name.find_last_of("_-.");
  return first != std::string_view::npos && (is_word(name.substr(0, first)) || is_word(name.substr(last + 1)));
}

bool in_test_folder(std::string_view path) {
  for (std::string_view folder = layers::parent_path(path); !folder.empty(); folder = layers::parent_path(folder))
    if (is_test_folder(layers::base_name(folder))) return true;
  return false;
}

bool is_host_key(std::string_view path) {
  const std::string_view name = layers::base_name(path);
  const bool ssh = name.starts_with("ssh_host_") && layers::base_name(layers::parent_path(path)) == "ssh";
  return ssh || layers::base_name(layers::parent_path(path)) == "dropbear";
}

// Why the key is not what it looks like, or "".
std::string_view excuse(const PrivateKey& key, std::string_view path) {
  if (!published_key_name(key.fingerprint).empty()) return "published";
  if (key.encrypted) return "encrypted";
  if (is_host_key(path)) return "host-key";
  if (layers::base_name(path).find("snakeoil") != std::string_view::npos) return "snakeoil";
  if (in_test_folder(path)) return "test";
  return {};
}

std::string text_of(const PrivateKey& key, std::string_view kind) {
  std::string text = key.algorithm + " private key, " + key.fingerprint;
  if (kind == "published") return text + " (" + std::string(published_key_name(key.fingerprint)) + ")";
  if (kind == "encrypted") return text + " (encrypted)";
  if (kind == "host-key") return text + " (ssh host key: the same in every container)";
  if (kind == "snakeoil") return text + " (self-signed default key)";
  if (kind == "test") return text + " (in a folder of tests or examples)";
  return text;
}

class PrivateKeys final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    return {{hide("PRIVATE KEY-----").reveal(), false}, {hide("PRIVATE KEY BLOCK-----").reveal(), false}};
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    const std::string_view window = as_text(hit.window);
    constexpr std::string_view k_begin = "-----BEGIN ";
    // The literal ends the line "-----BEGIN X PRIVATE KEY-----"; the one of "-----END" finds no beginning.
    constexpr std::size_t k_longest_label = 40;
    const std::size_t least = hit.position - std::min(hit.position, k_longest_label);
    const std::size_t begin = window.substr(least, hit.position - least).rfind(k_begin);
    if (begin == std::string_view::npos) return;
    const std::size_t from = least + begin;
    const bool goes_on = hit.offset - hit.position + hit.window.size() < hit.file.size();
    const auto key = parse_private_key(window.substr(from), goes_on);
    if (!key) return;
    // Programs carry keys for their self-tests and as templates; a file that holds a key is text.
    const layers::ContentKind content = hit.file.entry.content;
    const bool program = content == layers::ContentKind::elf || content == layers::ContentKind::pe ||
                         content == layers::ContentKind::macho || content == layers::ContentKind::java_class ||
                         content == layers::ContentKind::wasm || as_text(hit.file.head).starts_with("!<arch>\n");
    const std::string_view kind = excuse(*key, hit.file.path());
    Evidence evidence = evidence_of(k_rows[0], text_of(*key, kind) + (program ? " (inside a program)" : ""));
    if (!kind.empty() || program) evidence.cls = kind.empty() ? EvidenceClass::supporting : EvidenceClass::context;
    evidence.offset = hit.offset - (hit.position - from);
    evidence.line = hit.line();
    evidence.values = {{"algorithm", key->algorithm}, {"fingerprint", key->fingerprint}};
    if (!kind.empty()) evidence.values.emplace_back("kind", std::string(kind));
    if (program && kind.empty()) evidence.values.emplace_back("kind", "program");
    out.add(std::move(evidence));
  }
};

const util::Registered<PrivateKeys> registered{{
    .id = "private-key",
    .version = 4,
    .summary = "private keys in PEM, OpenSSH and PGP form",
    .example = "RSA 2048 private key, SHA256:…",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
