#include "model/severity.hpp"

#include <array>
#include <cctype>
#include <string>
#include <utility>

namespace hullcheck::model {
namespace {

constexpr std::array<std::pair<std::string_view, Severity>, 11> k_words{{
    {"unrated", Severity::unrated},
    {"unknown", Severity::unrated},
    {"none", Severity::negligible},
    {"negligible", Severity::negligible},
    {"unimportant", Severity::negligible},
    {"low", Severity::low},
    {"medium", Severity::medium},
    {"moderate", Severity::medium},
    {"high", Severity::high},
    {"important", Severity::high},
    {"critical", Severity::critical},
}};

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::unrated: return "unrated";
    case Severity::negligible: return "negligible";
    case Severity::low: return "low";
    case Severity::medium: return "medium";
    case Severity::high: return "high";
    case Severity::critical: return "critical";
  }
  return "unrated";
}

std::string_view to_string(Visibility visibility) {
  switch (visibility) {
    case Visibility::final: return "final";
    case Visibility::overwritten: return "overwritten";
    case Visibility::deleted: return "deleted";
    case Visibility::config: return "config";
  }
  return "final";
}

Severity severity_from(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const auto& [name, severity] : k_words)
    if (name == lower) return severity;
  return Severity::unrated;
}

}  // namespace hullcheck::model
