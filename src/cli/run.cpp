#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "cli/command.hpp"
#include "detect/secrets/confirm.hpp"
#include "util/text.hpp"
#include "util/version.hpp"

namespace hullcheck::cli {
namespace {

constexpr const char* k_description =
    "hullcheck tells whether a container image is safe to run: a verdict, the evidence, what could not be looked "
    "at,\n"
    "and what to do. It never runs anything from the image.";

constexpr const char* k_footer = R"(Examples:
  hullcheck db update                  fetch the public advisory data (once, then daily)
  hullcheck image nginx:1.25           an image in Docker, Podman or a registry
  hullcheck image ./image.tar          what `docker save` wrote, or an OCI layout
  docker save app | hullcheck image -  straight from the engine
  hullcheck image app --format json    the whole answer for a program

Every option can come from the environment: --max-db-age is HULLCHECK_MAX_DB_AGE.
Exit codes of a scan: 0 safe, 1 unsafe, 2 unknown (not enough could be assessed), 3 failed.)";

// Every option of every command can come from the environment: --max-db-age is HULLCHECK_MAX_DB_AGE. The callback
// makes CLI11 read the environment of the command that was chosen only: else HULLCHECK_FORMAT=sarif would be refused
// by a neighbour that knows no SARIF, and a neighbour with the same option would put the variable over the command
// line.
void name_environment(CLI::App& app) {
  for (CLI::Option* const option : app.get_options()) {
    const std::vector<std::string>& names = option->get_lnames();
    if (names.empty() || names.front() == "help" || names.front() == "version") continue;
    std::string name = "HULLCHECK_" + names.front();
    for (char& c : name) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    option->envname(name);
  }
  for (CLI::App* const sub : app.get_subcommands({})) {
    sub->parse_complete_callback([] {});
    name_environment(*sub);
  }
}

// Without the name of the variable beside each option: one line at the end says the rule.
class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override {
    const std::string variable = option->get_envname();
    std::string text = CLI::Formatter::make_option_opts(option);
    const std::string noise = " (Env:" + variable + ")";
    if (const auto at = variable.empty() ? std::string::npos : text.find(noise); at != std::string::npos)
      text.erase(at, noise.size());
    return text;
  }
};

// The root's help() gives that of the subcommand that was chosen, with its whole name.
int print_help(const CLI::App& app) {
  std::fputs(app.help().c_str(), stdout);
  return k_done;
}

// Our own line breaks stay, everything else is escaped.
void print_lines(std::string_view text, const char* indent) {
  const char* before = "";
  while (true) {
    const std::size_t end = text.find('\n');
    std::fprintf(stderr, "%s%s\n", before, util::escape_for_terminal(text.substr(0, end)).c_str());
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
    before = indent;
  }
}

std::string first_word(int argc, char** argv) {
  for (int i = 1; i < argc; ++i)
    if (argv[i][0] != '-') return argv[i];
  return {};
}

// How many letters were left out, added, changed or swapped with their neighbour.
std::size_t slips_between(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    for (std::size_t j = 0; j <= b.size(); ++j) {
      std::size_t& least = rows[i][j];
      if (i == 0 || j == 0) {
        least = i + j;
        continue;
      }
      least = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        least = std::min(least, rows[i - 2][j - 2] + 1);
    }
  return rows[a.size()][b.size()];
}

// The one of `known` that was probably meant; "" where none is near.
std::string meant(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t k_longest_name = 32;
  if (word.size() > k_longest_name) return {};
  std::string best;
  std::size_t fewest = std::min<std::size_t>(2, (word.size() - 1) / 2) + 1;
  for (const std::string& name : known)
    if (const std::size_t slips = slips_between(word, name); slips < fewest) {
      fewest = slips;
      best = name;
    }
  return best;
}

std::vector<std::string> subcommands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* const sub : app.get_subcommands({})) names.push_back(sub->get_name());
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* const option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

// Where a refused value came from, if it is not to be seen on the command line.
std::string variable_behind(const CLI::App& chosen, std::string_view message, int argc, char** argv) {
  const std::string said(message.substr(0, message.find(':')));
  for (const CLI::Option* const option : chosen.get_options()) {
    if (!option->check_name(said) || option->get_envname().empty()) continue;
    if (std::getenv(option->get_envname().c_str()) == nullptr) continue;
    const bool typed = std::any_of(argv + 1, argv + argc, [&](const char* word) {
      const std::string_view text = word;
      return option->check_name(std::string(text.substr(0, text.find('=')))) ||
             std::any_of(option->get_snames().begin(), option->get_snames().end(),
                         [&](const std::string& name) { return text.starts_with("-" + name); });
    });
    if (!typed) return " (from " + option->get_envname() + ")";
  }
  return {};
}

int usage_error(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  const std::string word = first_word(argc, argv);
  const CLI::App* chosen = &app;
  while (!chosen->get_subcommands().empty()) chosen = chosen->get_subcommands().front();
  if (chosen == &app && !word.empty()) {
    const std::string command = meant(word, subcommands_of(app));
    return fail("'" + word + "' is not a command", command.empty() ? "to check an image, run: hullcheck image " + word
                                                                   : "did you mean: hullcheck " + command);
  }
  std::string name;
  for (const CLI::App* part = chosen; part != nullptr && part != &app; part = part->get_parent())
    name = " " + part->get_name() + name;
  const std::string hint = "see: hullcheck" + name + " --help";
  // A misspelt option is what went wrong, not the argument that it left missing.
  for (const std::string& left : chosen->remaining(true))
    if (left.size() > 1 && left.front() == '-') {
      const std::string option = meant(left.substr(0, left.find('=')), flags_of(*chosen));
      return fail("there is no option " + left + (option.empty() ? "" : "; did you mean " + option + "?"), hint);
    }
  if (chosen->get_require_subcommand_min() > 0) {
    const std::vector<std::string> left = chosen->remaining();
    const std::string known = "there are: " + util::join(subcommands_of(*chosen), ", ");
    return left.empty() ? fail("hullcheck" + name + " wants a command; " + known, hint)
                        : fail("'" + left.front() + "' is no command of hullcheck" + name + "; " + known, hint);
  }
  const std::string what = error.what();
  return fail(what + variable_behind(*chosen, what, argc, argv), hint);
}

}  // namespace

int fail(std::string_view message, std::string_view hint) {
  std::fputs("hullcheck: ", stderr);
  print_lines(message, "");
  if (!hint.empty()) {
    std::fputs("  ", stderr);
    print_lines(hint, "  ");
  }
  return k_failed;
}

// An address that was given may hold a password, and errors end up in logs.
int fail(const Error& error, std::string_view hint) {
  return fail(detect::secrets::redacted(error.describe()), hint);
}

int finish(Result<int> result) { return result ? *result : fail(result.error()); }

namespace {

int run_command(int argc, char** argv) {
  CLI::App app(k_description, "hullcheck");
  app.footer(k_footer);
  app.require_subcommand(1);
  const auto formatter = std::make_shared<HelpFormatter>();
  formatter->column_width(34);
  app.formatter(formatter);
  bool show_version = false;
  app.add_flag_callback(
      "--version",
      [&] {
        show_version = true;
        throw CLI::Success();
      },
      "Print the version and exit");

  std::map<const CLI::App*, std::function<int()>> actions;
  for (const auto& command : CommandRegistry::all()) {
    CLI::App* const sub =
        app.add_subcommand(std::string(command.descriptor.id), std::string(command.descriptor.summary));
    if (!command.descriptor.example.empty()) sub->footer("Examples:\n" + std::string(command.descriptor.example));
    actions[sub] = command.instance->declare(*sub);
  }
  name_environment(app);
  // Asked for as `hullcheck help image` as often as by the option.
  std::vector<char*> words(argv, argv + argc);
  char help[] = "--help";
  if (words.size() > 1 && std::string_view(words[1]) == "help") {
    words.erase(words.begin() + 1);
    words.push_back(help);
  }
  argv = words.data();
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return print_help(app);
  } catch (const CLI::CallForAllHelp&) {
    return print_help(app);
  } catch (const CLI::Success&) {
    if (show_version) std::printf("hullcheck %s\n", std::string(util::k_version).c_str());
    return k_done;
  } catch (const CLI::ParseError& error) {
    if (argc == 1) {
      std::fputs(app.help().c_str(), stderr);
      return k_failed;
    }
    return usage_error(app, error, argc, argv);
  }
  return actions.at(app.get_subcommands().front())();
}

}  // namespace

int run(int argc, char** argv) {
  const int code = run_command(argc, argv);
  // Whoever reads half an answer must not take it for one.
  errno = 0;
  const bool told = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (told || code == k_failed) return code;
  const std::string why = errno != 0 ? std::string(": ") + std::strerror(errno) : std::string();
  return fail("standard output could not be written to its end" + why);
}

}  // namespace hullcheck::cli
