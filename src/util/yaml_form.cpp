#include "util/yaml_form.hpp"

#include <yaml-cpp/eventhandler.h>

#include <sstream>

namespace hullcheck::util {
namespace {

Error error_at(const YamlFile& file, const YAML::Mark& mark, std::string_view message) {
  std::string place = file.name;
  if (!mark.is_null()) place += fmt::format(":{}:{}", mark.line + 1, mark.column + 1);
  return make_error(ErrorCode::malformed, std::string(file.error_name), std::string(message), std::move(place));
}

// Throws away what it is told.
class NoEvents final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// Load() reads the first document and is silent about more, which could be half of a policy; LoadAll() of yaml-cpp
// 0.7 never comes back from a text that begins with a comma. So the documents are counted, to two.
bool has_second_document(const std::string& yaml) {
  std::istringstream in(yaml);
  YAML::Parser parser(in);
  NoEvents ignored;
  return parser.HandleNextDocument(ignored) && parser.HandleNextDocument(ignored);
}

}  // namespace

std::size_t YamlField::line() const {
  return m_node.Mark().is_null() ? 0 : static_cast<std::size_t>(m_node.Mark().line) + 1;
}

Error YamlField::error(std::string_view message) const { return error_at(*m_file, m_node.Mark(), message); }

Result<std::string> YamlField::text() const {
  if (!is_text()) return error(fmt::format("{} takes one value", m_key));
  return m_node.Scalar();
}

Result<std::uint64_t> YamlField::number(std::size_t most_digits, std::string_view wanted) const {
  const std::string digits = TRY(text());
  if (digits.empty() || digits.size() > most_digits || digits.find_first_not_of("0123456789") != std::string::npos)
    return error(fmt::format("{} takes {}", m_key, wanted));
  return std::stoull(digits);
}

std::vector<YamlField> YamlField::items() const {
  std::vector<YamlField> found;
  if (is_list())
    for (const YAML::Node& item : m_node) found.emplace_back(*m_file, m_key, item);
  return found;
}

Result<std::vector<YamlField>> YamlField::one_or_more(std::size_t most) const {
  if (is_text() || is_mapping()) return std::vector<YamlField>{*this};
  if (!is_list() || size() == 0) return error(fmt::format("{} takes a value or a list of values", m_key));
  if (size() > most) return error(fmt::format("{} has more than {} values", m_key, most));
  return items();
}

std::vector<YamlField::Member> YamlField::members() const {
  std::vector<Member> found;
  if (is_mapping())
    for (const auto& member : m_node)
      found.push_back({{*m_file, m_key, member.first}, {*m_file, m_key, member.second}});
  return found;
}

YamlField YamlField::member(std::string_view name) const {
  for (const Member& member : members())
    if (member.name.is_text() && member.name.m_node.Scalar() == name) return member.value.as(name);
  return {*m_file, name, YAML::Node()};
}

Result<YamlField> parse_yaml(std::string_view yaml, const YamlFile& file) {
  if (yaml.size() > file.largest_mebibytes << 20)
    return make_error(ErrorCode::limit, std::string(file.error_name),
                      fmt::format("{} may have {} MiB", file.kind, file.largest_mebibytes), file.name);
  try {
    const std::string text(yaml);
    if (has_second_document(text))
      return error_at(file, YAML::Mark::null_mark(),
                      fmt::format("{} is one mapping of keys, and here a second document begins", file.kind));
    return YamlField(file, file.kind, YAML::Load(text));
  } catch (const YAML::Exception& exception) {
    return error_at(file, exception.mark, exception.msg);
  } catch (const std::exception& exception) {
    return error_at(file, YAML::Mark::null_mark(), exception.what());
  }
}

Result<std::string> check_yaml_key(const YamlField& key, const std::vector<std::string>& known,
                                   std::set<std::string>& seen) {
  if (!key.is_text()) return key.error("a key must be a word");
  std::string name = TRY(key.text());
  if (std::find(known.begin(), known.end(), name) == known.end())
    return key.error(fmt::format("unknown key \"{}\"; there are {}", name, join(known, ", ")));
  if (!seen.insert(name).second) return key.error(fmt::format("{} stands here twice", name));
  return name;
}

}  // namespace hullcheck::util
