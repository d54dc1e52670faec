// pear: PHP packages and extensions installed by PEAR and PECL.
// Format: .registry/NAME.reg, of other channels than PEAR's own .registry/.channel.CHANNEL/NAME.reg: the package file
// as an array in PHP's serialized form, a:2:{s:4:"name";s:3:"Foo";…}. "version" is an array with "release", in
// registries older than 1.4 a text, and the name then stands under "package".
// Hostile: lengths and counts lie, arrays nest without end, keys repeat. Nothing is believed that the bytes do not
// bear out, nothing recurses, and objects are not read.
// Reads: .registry/**/*.reg
#include <charconv>
#include <optional>
#include <vector>

#include "inventory/readers/language.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_deepest = 64;
constexpr std::string_view k_own_channel = "pear.php.net";

// One token of the serialized form; texts are borrowed.
struct Token {
  enum class Kind : std::uint8_t { text, number, open, close } kind = Kind::close;
  std::string_view text;
};

class Tokens {
 public:
  explicit Tokens(std::string_view text) : m_text(text) {}
  // Nothing at the end and for what is no token.
  std::optional<Token> next() {
    if (m_text.starts_with('}')) return take(1, {Token::Kind::close, {}});
    if (m_text.starts_with("N;")) return take(2, {Token::Kind::number, {}});
    if (m_text.size() < 3 || m_text[1] != ':') return std::nullopt;
    switch (m_text.front()) {
      case 's': return quoted();
      case 'a': {
        const std::size_t end = m_text.find(":{", 2);
        return end > 12 ? std::nullopt : take(end + 2, {Token::Kind::open, {}});
      }
      case 'i':
      case 'b':
      case 'd': {
        const std::size_t end = m_text.find(';', 2);
        return end > 40 ? std::nullopt : take(end + 1, {Token::Kind::number, {}});
      }
      default: return std::nullopt;
    }
  }

 private:
  std::optional<Token> take(std::size_t size, Token token) {
    m_text.remove_prefix(size);
    return token;
  }
  // s:3:"Foo";
  std::optional<Token> quoted() {
    std::size_t size = 0;
    const char* const end = m_text.data() + m_text.size();
    const auto [after, code] = std::from_chars(m_text.data() + 2, end, size);
    const auto at = static_cast<std::size_t>(after - m_text.data());
    if (code != std::errc() || m_text.substr(at, 2) != ":\"" || size > m_text.size()) return std::nullopt;
    if (m_text.substr(at + 2 + std::min(size, m_text.size() - at - 2), 2) != "\";") return std::nullopt;
    return take(at + size + 4, {Token::Kind::text, m_text.substr(at + 2, size)});
  }

  std::string_view m_text;
};

struct Entry {
  std::string_view name, package, channel, version, license;
};

void set_once(std::string_view& to, std::string_view text) {
  if (to.empty()) to = text;
}

// A text below the array of the package: KEY, or KEY / INNER for one in an array of its own.
void note(std::string_view key, std::string_view inner, std::string_view text, Entry& entry) {
  if (key == "version") return inner.empty() || inner == "release" ? set_once(entry.version, text) : void();
  if (key == "license" && (inner.empty() || inner == "_content")) return set_once(entry.license, text);
  if (!inner.empty()) return;
  if (key == "name") set_once(entry.name, text);
  if (key == "package") set_once(entry.package, text);
  if (key == "channel") set_once(entry.channel, text);
}

// False when the file ends before its array does, or holds what is not read.
bool read_entry(std::string_view text, Entry& entry) {
  struct Level {
    std::string_view key;
    bool has_key = false;
  };
  std::vector<Level> levels;
  Tokens tokens(text);
  while (const auto token = tokens.next()) {
    if (token->kind == Token::Kind::close) {
      if (levels.empty()) return false;
      levels.pop_back();
      if (levels.empty()) return true;
      levels.back().has_key = false;
      continue;
    }
    if (levels.empty() && token->kind != Token::Kind::open) return false;
    if (!levels.empty() && !levels.back().has_key) {
      if (token->kind == Token::Kind::open) return false;
      levels.back() = {token->text, true};
      continue;
    }
    if (token->kind == Token::Kind::open) {
      if (levels.size() >= k_deepest) return false;
      levels.emplace_back();
      continue;
    }
    if (levels.size() == 1) note(levels[0].key, {}, token->text, entry);
    if (levels.size() == 2 && !levels[1].key.empty()) note(levels[0].key, levels[1].key, token->text, entry);
    levels.back().has_key = false;
  }
  return false;
}

class Pear final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.name().ends_with(".reg") && contains(file.path(), ".registry/");
  }
  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    Entry entry;
    facts.truncated = !read_entry(file.text(), entry);
    const std::string_view name = entry.name.empty() ? entry.package : entry.name;
    const std::string channel(entry.channel.empty() ? k_own_channel : entry.channel);
    model::Package* const package = add_package(facts, "pear", channel + "/" + std::string(name), entry.version);
    if (name.empty() || package == nullptr) {
      facts.packages.clear();
      if (!facts.truncated) add_problem(facts, "the entry of the registry names no package and version");
    } else {
      add_license(*package, entry.license);
    }
    return facts;
  }
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "pear", out);
  }
};

const util::Registered<Pear> registered{{.id = "pear",
                                         .version = 1,
                                         .summary = "PHP packages and extensions installed by PEAR and PECL",
                                         .example = "pear.php.net/Archive_Tar 1.4.14 (.registry/archive_tar.reg)"}};

}  // namespace
}  // namespace hullcheck::inventory
