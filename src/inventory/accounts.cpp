// accounts: who may log in, for checks and detectors.
// Format: passwd(5), shadow(5), group(5), gshadow(5): one account a line, fields between colons. Each line becomes a
// value under its account's name, as it stands but for the password: what is kept says whether there is one and
// whether it is locked, not which. Hostile: the files may be huge, binary, repeat a name or hold a line without any
// field; what is beyond the limits is left out and said so. Nothing here is trusted to be an account of this machine.
// Reads: etc/passwd, etc/shadow, etc/group, etc/gshadow
#include <algorithm>
#include <array>

#include "inventory/analyzer.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_bytes = 64 * 1024;
constexpr std::size_t k_most_lines = 4096;

struct Table {
  std::string_view path, kind;
};
constexpr std::array<Table, 4> k_tables{{
    {"etc/passwd", "passwd"},
    {"etc/shadow", "shadow"},
    {"etc/group", "group"},
    {"etc/gshadow", "gshadow"},
}};

const Table* table_of(std::string_view path) {
  const auto row = std::find_if(k_tables.begin(), k_tables.end(), [&](const Table& t) { return t.path == path; });
  return row == k_tables.end() ? nullptr : &*row;
}

// The second field is the password's hash, or the password.
std::string without_password(std::string_view line) {
  std::string kept(line);
  const std::size_t begin = line.find(':') + 1;
  const std::size_t end = std::min(line.find(':', begin), line.size());
  for (std::size_t i = begin; i < end; ++i)
    if (kept[i] != '!' && kept[i] != '*') kept[i] = 'x';
  return kept;
}

class Accounts final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override { return table_of(file.path()) != nullptr; }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = table_of(file.path())->kind;
    std::string_view text = file.text();
    if (text.size() > k_most_bytes) {
      text = text.substr(0, k_most_bytes);
      text = text.substr(0, text.rfind('\n') + 1);
      facts.truncated = true;
    }
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      std::string_view line = text.substr(0, end);
      text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      if (line.empty() || line.front() == '#' || line.find(':') == std::string_view::npos) continue;
      if (facts.values.size() >= k_most_lines) {
        facts.truncated = true;
        break;
      }
      facts.values.emplace_back(line.substr(0, line.find(':')), without_password(line));
    }
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    for (const FoundFacts& found : found_facts(image, "accounts", &out.gaps))
      if (found.facts.truncated && found.visibility == model::Visibility::final)
        out.gaps.push_back({"accounts-limit", "inventory", "/" + found.path,
                            "the file is too large for a list of accounts; its end was not looked at",
                            model::GapEffect::unknown});
  }
};

const util::Registered<Accounts> registered{{.id = "accounts",
                                             .version = 2,
                                             .summary = "Accounts and groups (passwd, shadow, group, gshadow)",
                                             .example = "root:x:0:0:root:/root:/bin/bash"}};

}  // namespace
}  // namespace hullcheck::inventory
