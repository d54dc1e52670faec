// Reads what --rules names.
//
// A file's kind goes by its suffix, and where that says nothing by its content. In a folder only files with a suffix
// of rules are taken, sorted by name, hidden ones and links to folders left out. Includes of YARA rules are read
// before the library sees them, from the folder that was named and below, never from elsewhere; files that another
// one includes are not taken a second time by themselves.

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "detect/assess.hpp"
#include "detect/content/regex.hpp"
#include "detect/user/user_rules.hpp"
#include "util/codec.hpp"
#include "util/digest.hpp"
#include "util/file.hpp"

namespace hullcheck::detect {
namespace {

namespace fs = std::filesystem;

constexpr int k_version = 1;  // of what collectors make of the same rules
constexpr std::uint64_t k_largest_file = 512ULL << 20;
constexpr std::size_t k_most_files = 50'000;
constexpr std::size_t k_most_includes = 1000;  // of one YARA file
constexpr std::string_view k_compiled_magic = "HULLYARA1";

enum class Kind : std::uint8_t { none, yara, hashes, rules };

struct Suffix {
  std::string_view suffix;
  Kind kind;
};
constexpr std::array<Suffix, 11> k_suffixes{{{".yar", Kind::yara},
                                             {".yara", Kind::yara},
                                             {".hdb", Kind::hashes},
                                             {".hsb", Kind::hashes},
                                             {".hash", Kind::hashes},
                                             {".hashes", Kind::hashes},
                                             {".md5", Kind::hashes},
                                             {".sha1", Kind::hashes},
                                             {".sha256", Kind::hashes},
                                             {".yml", Kind::rules},
                                             {".yaml", Kind::rules}}};

Kind kind_by_name(const fs::path& path) {
  const std::string suffix = path.extension().string();
  for (const Suffix& known : k_suffixes)
    if (known.suffix == suffix) return known.kind;
  return Kind::none;
}

// Of a file that was named by itself.
Kind kind_by_content(std::string_view text) {
  const std::string_view head = text.substr(0, 65536);
  static const Regex k_yara("(?m)^\\s*(?:(?:private|global)\\s+)*rule\\s+\\w+");
  static const Regex k_rules("(?m)^rules\\s*:");
  static const Regex k_hash("(?m)^[0-9a-fA-F]{32,64}(?:[\\s,:;#]|$)");
  if (k_rules.occurs_in(head)) return Kind::rules;
  if (k_yara.occurs_in(head)) return Kind::yara;
  if (k_hash.occurs_in(head)) return Kind::hashes;
  return Kind::none;
}

struct Source {
  fs::path path;
  fs::path root;  // includes stay below it
  Kind kind = Kind::none;
  std::string name;  // for people
  std::string text;
};

std::vector<std::string> include_words(std::string_view text) {
  static const Regex k_include("(?m)^\\s*include\\s+\"([^\"\\n]+)\"");
  std::vector<std::string> words;
  for (auto match = k_include.find_from(text); match; match = k_include.find_from(text, match->end))
    words.emplace_back(text.substr(match->value_begin, match->value_end - match->value_begin));
  return words;
}

// Where an include leads, if that is below the root.
std::optional<fs::path> include_path(const fs::path& from, const fs::path& root, const std::string& word) {
  if (word.empty() || word.front() == '/') return std::nullopt;
  for (const fs::path& base : {from.parent_path(), root}) {
    std::error_code failed;
    const fs::path target = fs::canonical(base / word, failed);
    if (failed || !fs::is_regular_file(target, failed) || failed) continue;
    const fs::path inside = target.lexically_relative(fs::canonical(root, failed));
    if (!failed && !inside.empty() && *inside.begin() != "..") return target;
  }
  return std::nullopt;
}

}  // namespace

class UserRulesLoader {
 public:
  UserRulesLoader(std::string cache_folder, Depth depth) : m_cache(std::move(cache_folder)) {
    m_out->m_depth = depth;
  }

  Result<std::shared_ptr<const UserRules>> load(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) TRY(find(path));
    TRY(read_yara());
    TRY(read_hashes());
    TRY(read_rule_files());
    TRY(sort_rules());
    finish();
    return std::shared_ptr<const UserRules>(std::move(m_out));
  }

 private:
  Result<void> find(const std::string& path) {
    std::error_code failed;
    if (!fs::is_directory(path, failed)) return add({path, fs::path(path).parent_path(), Kind::none, path, {}}, true);
    std::vector<fs::path> files;
    for (auto at = fs::recursive_directory_iterator(path, failed);
         !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
      const bool hidden = at->path().filename().string().starts_with('.');
      if (hidden && at->is_directory(failed)) at.disable_recursion_pending();
      if (!hidden && at->is_regular_file(failed) && kind_by_name(at->path()) != Kind::none)
        files.push_back(at->path());
      if (files.size() > k_most_files)
        return make_error(ErrorCode::limit, "rules-limit", "there are too many rule files", path);
    }
    if (failed) return make_error(ErrorCode::io, "rules-unreadable", failed.message(), path);
    if (files.empty())
      return make_error(ErrorCode::not_found, "rules-absent",
                        "the folder holds no rules (.yar, .yara, .yml, .yaml, .hdb, .hsb, .sha256, .hash)", path);
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) TRY(add({file, path, kind_by_name(file), file.string(), {}}, false));
    return {};
  }

  Result<void> add(Source source, bool by_content) {
    const Buffer bytes = TRY(util::read_file(source.path.string(), k_largest_file));
    source.text = std::string(as_text(bytes));
    if (by_content) source.kind = kind_by_name(source.path);
    if (source.text.starts_with("YARA"))
      return make_error(ErrorCode::unsupported, "rules-compiled",
                        "compiled YARA rules are not taken, for they may be made to do anything; give their source",
                        source.name);
    if (source.kind == Kind::none) source.kind = kind_by_content(source.text);
    if (source.kind == Kind::none)
      return make_error(ErrorCode::malformed, "rules-unknown",
                        "this is no YARA rule, no list of digests and no rule file (docs/rules.md)", source.name);
    if (source.root.empty()) source.root = ".";
    m_sources.push_back(std::move(source));
    return {};
  }

  // Texts of everything that the file includes, by the words of the directives.
  Result<void> collect_includes(const Source& source, std::map<std::string, std::string>& out) {
    std::vector<std::pair<fs::path, std::string>> todo{{source.path, source.text}};
    while (!todo.empty()) {
      const auto [from, text] = std::move(todo.back());
      todo.pop_back();
      for (const std::string& word : include_words(text)) {
        if (out.contains(word)) continue;
        const auto path = include_path(from, source.root, word);
        if (!path) continue;  // the compiler names the line, should it be no comment
        if (out.size() >= k_most_includes)
          return make_error(ErrorCode::limit, "rules-limit", "the rules include too many files", source.name);
        const Buffer bytes = TRY(util::read_file(path->string(), k_largest_file));
        out[word] = std::string(as_text(bytes));
        m_included.insert(path->string());
        todo.emplace_back(*path, out[word]);
      }
    }
    return {};
  }

  Result<void> read_yara() {
    std::vector<std::pair<const Source*, formats::YaraSource>> all;
    for (const Source& source : m_sources) {
      if (source.kind != Kind::yara) continue;
      formats::YaraSource yara;
      yara.name = source.name;
      yara.name_space = source.name;
      yara.text = source.text;
      TRY(collect_includes(source, yara.includes));
      all.emplace_back(&source, std::move(yara));
    }
    std::vector<formats::YaraSource> sources;
    for (auto& [source, yara] : all) {
      std::error_code failed;
      const bool included = m_included.contains(fs::canonical(source->path, failed).string());
      if (!included || all.size() == 1) sources.push_back(std::move(yara));
    }
    if (sources.empty()) return {};
    m_content_key.u64(sources.size());
    for (const formats::YaraSource& source : sources) {
      m_content_key.string(source.text);
      for (const auto& [word, text] : source.includes) {
        m_content_key.string(word);
        m_content_key.string(text);
      }
    }
    m_out->m_yara = TRY(compiled(sources));
    describe_yara();
    return {};
  }

  // From the cache where its key fits: names, namespaces and texts of all sources, and the library.
  Result<std::unique_ptr<formats::YaraRules>> compiled(const std::vector<formats::YaraSource>& sources) {
    util::Encoder key;
    key.string(formats::YaraRules::library_version());
    for (const formats::YaraSource& source : sources) {
      key.string(source.name);
      key.string(source.text);
      key.u64(source.includes.size());
      for (const auto& [word, text] : source.includes) {
        key.string(word);
        key.string(text);
      }
    }
    const std::string digest = util::sha256_hex(key.data());
    const std::string path = m_cache.empty() ? std::string() : m_cache + "/yara-" + digest.substr(0, 16) + ".bin";
    if (!path.empty())
      if (auto kept = load_kept(path, digest)) return kept;
    auto rules = TRY(formats::YaraRules::compile(sources));
    if (!path.empty()) keep(*rules, path, digest);
    return rules;
  }

  static std::unique_ptr<formats::YaraRules> load_kept(const std::string& path, const std::string& key) {
    // The library believes what it loads: only a file that nobody but us can have written is taken.
    const auto bytes = util::read_private_file(path, k_largest_file);
    if (!bytes || !as_text(*bytes).starts_with(k_compiled_magic)) return nullptr;
    util::Decoder in(Bytes(*bytes).subspan(k_compiled_magic.size()));
    const std::string_view stored_key = in.string(), digest = in.string();
    const Bytes payload = in.bytes();
    if (in.failed() || !in.at_end() || stored_key != key || digest != util::sha256_hex(payload)) return nullptr;
    return formats::YaraRules::load(payload);
  }

  // Best effort: without it the next start compiles again.
  void keep(const formats::YaraRules& rules, const std::string& path, const std::string& key) const {
    const auto payload = rules.save();
    if (!payload || !util::make_folder(m_cache)) return;
    util::Encoder out;
    out.raw(as_bytes(k_compiled_magic));
    out.string(key);
    out.string(util::sha256_hex(*payload));
    out.bytes(*payload);
    (void)util::write_file(path, out.data());
  }

  // The same name in two files: then the file is part of the id, and where its name is the same too, its path.
  void describe_yara() {
    const std::vector<formats::YaraRule>& rules = m_out->m_yara->rules();
    const auto with_file = [](const formats::YaraRule& rule) {
      return fs::path(rule.name_space).filename().string() + "/" + rule.name;
    };
    std::map<std::string, int> names, files;
    for (const formats::YaraRule& rule : rules) {
      ++names[rule.name];
      ++files[with_file(rule)];
    }
    for (const formats::YaraRule& rule : rules) {
      UserRule row = user_rule_of(rule);
      const std::string file = with_file(rule);
      row.id = "yara:" + (names[rule.name] == 1 ? rule.name
                          : files[file] == 1    ? file
                                                : rule.name_space + "/" + rule.name);
      row.source = rule.name_space;
      m_out->m_yara_ids.push_back(row.id);
      m_out->m_rules.push_back(std::move(row));
    }
  }

  Result<void> read_hashes() {
    for (const Source& source : m_sources) {
      if (source.kind != Kind::hashes) continue;
      const auto list = static_cast<std::uint32_t>(m_out->m_hash_ids.size());
      TRY(m_out->m_hashes.read(source.text, source.name, list));
      UserRule row;
      row.id = "hash:" + source.path.filename().string();
      row.source = source.name;
      row.confidence = 100;
      row.title = "File of the list " + source.path.filename().string();
      row.remediation = "Do not run the image; find out how this file came into it.";
      row.benign = "The whole file has the digest of a listed one; nothing else has.";
      m_out->m_hash_ids.push_back(row.id);
      m_out->m_rules.push_back(std::move(row));
      m_hash_key.string(source.path.filename().string());
      m_hash_key.string(source.text);
    }
    m_out->m_hashes.finish();
    return {};
  }

  Result<void> read_rule_files() {
    for (const Source& source : m_sources) {
      if (source.kind != Kind::rules) continue;
      for (FileRule& rule : TRY(parse_rule_file(source.text, source.name))) {
        m_out->m_rules.push_back(rule.row);
        m_out->m_file_rules.push_back(std::move(rule));
      }
      m_rule_key.string(source.text);
    }
    if (std::none_of(m_out->m_file_rules.begin(), m_out->m_file_rules.end(),
                     [](const FileRule& rule) { return rule.reads_content(); }))
      return {};
    m_content_key.bytes(m_rule_key.data());
    m_out->m_content = std::make_unique<ContentRules>(m_out->m_file_rules, m_cache);
    return {};
  }

  Result<void> sort_rules() {
    std::vector<UserRule>& rules = m_out->m_rules;
    std::sort(rules.begin(), rules.end(), [](const UserRule& a, const UserRule& b) {
      return std::tie(a.id, a.source) < std::tie(b.id, b.source);
    });
    const auto twice = std::adjacent_find(rules.begin(), rules.end(),
                                          [](const UserRule& a, const UserRule& b) { return a.id == b.id; });
    if (twice == rules.end()) return {};
    return make_error(ErrorCode::malformed, "rules-twice",
                      fmt::format("the rule {} stands also in {}", twice->id, twice->source), (twice + 1)->source);
  }

  void finish() {
    UserRules& out = *m_out;
    const auto sealed = [&](util::Encoder key) {
      key.u64(k_version);
      key.boolean(out.m_depth == Depth::everything);
      return util::sha256_hex(key.data()).substr(0, 32);
    };
    if (out.m_yara || out.m_content) {
      // Candidates are also files with hits of the content scan, so its version counts.
      m_content_key.string(content_scan(m_cache).fingerprint());
      m_content_key.string(formats::YaraRules::library_version());
      out.m_content_fingerprint = sealed(m_content_key);
      out.m_content_collector = user_content_collector(out);
    }
    const HashLists& hashes = out.m_hashes;
    if (hashes.has(util::Hash::md5) || hashes.has(util::Hash::sha1) || hashes.lists_any_size()) {
      out.m_hash_fingerprint = sealed(m_hash_key);
      out.m_hash_collector = user_hash_collector(out);
    }
    util::Encoder all;
    all.bytes(m_content_key.data());
    all.bytes(m_hash_key.data());
    all.bytes(m_rule_key.data());
    out.m_fingerprint = sealed(std::move(all));
  }

  std::string m_cache;
  std::shared_ptr<UserRules> m_out{new UserRules};
  std::vector<Source> m_sources;
  std::set<std::string> m_included;
  util::Encoder m_content_key, m_hash_key, m_rule_key;
};

Result<std::shared_ptr<const UserRules>> UserRules::load(const std::vector<std::string>& paths,
                                                         const std::string& cache_folder, Depth depth) {
  return UserRulesLoader(cache_folder, depth).load(paths);
}

}  // namespace hullcheck::detect
