// hullcheck versions check|list: the version orderings, and whether they agree with a table of comparisons.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/command.hpp"
#include "util/file.hpp"
#include "util/text.hpp"
#include "versions/comparator.hpp"
#include "versions/conformance.hpp"

namespace hullcheck::cli {
namespace {

constexpr std::uint64_t k_most_table_bytes = 256ULL << 20;

struct Arguments {
  std::string scheme;
  std::string file;
};

// Names under which people know a scheme: the ecosystem, the package manager or the type of a purl.
struct OtherName {
  std::string_view name, scheme;
};
constexpr OtherName k_other_names[] = {
    {"alpine", "apk"},       {"alpm", "pacman"},        {"arch", "pacman"},   {"cargo", "semver"},
    {"crates.io", "semver"}, {"deb", "dpkg"},           {"debian", "dpkg"},   {"ebuild", "portage"},
    {"gentoo", "portage"},   {"go", "semver"},          {"golang", "semver"}, {"java", "jvm"},
    {"npm", "semver"},       {"packagist", "composer"}, {"pypi", "pep440"},   {"rubygems", "gem"},
    {"swift", "semver"},
};

std::string scheme_of(const std::string& name) {
  for (const auto& other : k_other_names)
    if (other.name == name) return std::string(other.scheme);
  return name;
}

std::string known_schemes() {
  std::string list;
  for (const auto& comparator : versions::ComparatorRegistry::all())
    list += (list.empty() ? "" : ", ") + std::string(comparator.descriptor.id);
  return list;
}

int list(const Arguments&) {
  for (const auto& comparator : versions::ComparatorRegistry::all())
    std::printf("%-10s %-34s %s\n", std::string(comparator.descriptor.id).c_str(),
                std::string(comparator.descriptor.example).c_str(),
                std::string(comparator.descriptor.summary).c_str());
  return k_done;
}

Result<int> check_table(const Arguments& arguments) {
  const std::string scheme = scheme_of(arguments.scheme);
  if (versions::ComparatorRegistry::find(scheme) == nullptr)
    return make_error(ErrorCode::invalid_argument, "unknown-version-scheme",
                      "no version scheme is called '" + arguments.scheme + "' (known: " + known_schemes() + ")");
  const Buffer text = TRY(util::read_file(arguments.file, k_most_table_bytes));
  auto outcome = versions::check_table(scheme, as_text(text));
  if (!outcome) return std::move(outcome).error().in(arguments.file);
  for (const versions::TableMiss& miss : outcome->misses)
    std::printf("%s: %s\n", util::escape_for_terminal(arguments.file).c_str(),
                util::escape_for_terminal(miss.describe()).c_str());
  std::printf("%s: %zu %s in both directions, %zu %s\n", scheme.c_str(), outcome->rows,
              outcome->rows == 1 ? "row" : "rows", outcome->misses.size(),
              outcome->misses.size() == 1 ? "miss" : "misses");
  return outcome->misses.empty() ? k_done : k_negative;
}

int check(const Arguments& arguments) { return finish(check_table(arguments)); }

class VersionsCommand final : public Command {
 public:
  using Kind = Command;
  std::function<int()> declare(CLI::App& app) const override {
    const auto arguments = std::make_shared<Arguments>();
    const auto action = std::make_shared<int (*)(const Arguments&)>(nullptr);
    app.require_subcommand(1);
    CLI::App* const checking = app.add_subcommand("check", "Compare every row of a table, in both directions");
    checking->add_option("scheme", arguments->scheme, "Version scheme, see `hullcheck versions list`")->required();
    checking->add_option("file", arguments->file, "Table: 'a < b', 'a = b' or 'a > b', one a line")->required();
    checking->callback([action] { *action = check; });
    app.add_subcommand("list", "The version schemes")->callback([action] { *action = list; });
    return [arguments, action] { return (*action)(*arguments); };
  }
};

const util::Registered<VersionsCommand> registered{{.id = "versions",
                                                    .summary = "Check the version orderings against a table",
                                                    .example = R"(  hullcheck versions list
  hullcheck versions check dpkg table.txt)"}};

}  // namespace
}  // namespace hullcheck::cli
