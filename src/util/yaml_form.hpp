// Files of YAML 1.2 that people write (policies, rules, ignore files), through yaml-cpp, whose headers are included
// in yaml_form only.
//
// A typing mistake must not weaken such a file in silence. So a mapping is read by a table of its keys, in which an
// unknown or a repeated key is an error, a second document is an error, and every error names line and column.
// Hostile: size is bounded here, depth by yaml-cpp (500), and nothing in here throws.
#pragma once

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.hpp"
#include "util/text.hpp"

namespace hullcheck::util {

// What errors about a file say, and how large it may be.
struct YamlFile {
  std::string name;             // "NAME:LINE:COLUMN" is the subject of errors
  std::string_view error_name;  // "policy-malformed"
  std::string_view kind;        // "a policy file"
  std::size_t largest_mebibytes = 1;
};

// A value of a file, and what errors call it. Cheap to copy, for one thread at a time; borrows the YamlFile and the
// text of `key`.
class YamlField {
 public:
  struct Member;

  YamlField(const YamlFile& file, std::string_view key, const YAML::Node& node)
      : m_node(node.IsDefined() ? node : YAML::Node()), m_file(&file), m_key(key) {}
  // The same value under another name.
  YamlField as(std::string_view key) const { return {*m_file, key, m_node}; }

  bool is_none() const { return m_node.IsNull(); }  // null, or a member that is not there
  bool is_text() const { return m_node.IsScalar(); }
  bool is_list() const { return m_node.IsSequence(); }
  bool is_mapping() const { return m_node.IsMap(); }
  std::size_t size() const { return m_node.size(); }  // of a list or a mapping; 0 of anything else
  std::size_t line() const;                           // from 1; 0 for what is not there
  std::string_view key() const { return m_key; }
  const YamlFile& file() const { return *m_file; }

  // One that has the file's name for errors and stands where this value does.
  Error error(std::string_view message) const;

  Result<std::string> text() const;
  // Digits only, `most_digits` (18 or fewer) of them; `wanted` is what the error says that the key takes.
  Result<std::uint64_t> number(std::size_t most_digits, std::string_view wanted) const;
  // Of a list; nothing of anything else.
  std::vector<YamlField> items() const;
  // Of a list that is not empty, or one value in place of a list of one.
  Result<std::vector<YamlField>> one_or_more(std::size_t most) const;
  // Of a mapping in the order of the file; nothing of anything else. The values have the key of the mapping.
  std::vector<Member> members() const;
  // The first member of that name, which it gets as its key; is_none() where there is none.
  YamlField member(std::string_view name) const;

 private:
  YAML::Node m_node;
  const YamlFile* m_file;
  std::string_view m_key;
};

struct YamlField::Member {
  YamlField name;
  YamlField value;
};

// The document of a file; is_none() of a file that holds nothing. An error for what is no YAML, is larger than
// `file` allows, or has a second document, which would otherwise be passed over.
Result<YamlField> parse_yaml(std::string_view yaml, const YamlFile& file);

// One key that a mapping may have, and who reads its value into `Target`.
template <class Target>
struct YamlKey {
  std::string_view name;
  Result<void> (*read)(const YamlField&, Target&);
};

// The text of a key, which is an error if it stands in `seen` or not among `known`.
Result<std::string> check_yaml_key(const YamlField& key, const std::vector<std::string>& known,
                                   std::set<std::string>& seen);

// Reads a mapping by a table of its keys, in the order of the file, and gives those that were there. Where it fails
// `target` may have been read in part.
template <class Target, std::size_t count>
Result<std::set<std::string>> read_mapping(const YamlField& mapping, const YamlKey<Target> (&keys)[count],
                                           Target& target) {
  if (!mapping.is_mapping()) return mapping.error(fmt::format("{} takes keys with values", mapping.key()));
  std::vector<std::string> known;
  for (const auto& key : keys) known.emplace_back(key.name);
  std::set<std::string> seen;
  for (const auto& [key, value] : mapping.members()) {
    const std::string name = TRY(check_yaml_key(key, known, seen));
    const auto row =
        std::find_if(std::begin(keys), std::end(keys), [&](const auto& one) { return one.name == name; });
    TRY(row->read(value.as(row->name), target));
  }
  return seen;
}

}  // namespace hullcheck::util
