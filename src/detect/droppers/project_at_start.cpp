// Projects whose dependencies are installed when the container starts, and which then run (D10): most of the code
// that runs is not in the image, and its authors decide on that day what it is.
//
// The dependencies are named in a file (package.json, requirements.txt, Gemfile, pom.xml), so no name stands in the
// script. Installing alone says nothing; what counts is that the project is started behind it. An image that holds
// such packages already fetches what is new at most, which is a remark; one that holds none fetches all of them.
#include <algorithm>
#include <array>
#include <set>

#include "detect/assess.hpp"
#include "detect/image_support.hpp"
#include "detect/shell/shell_support.hpp"
#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"D10", EvidenceClass::supporting, model::Severity::low, 40, "Packages installed at start", "T1105",
     "Install packages when the image is built, with pinned versions."},
}};

constexpr ClassByReach k_classes{EvidenceClass::supporting, EvidenceClass::context, EvidenceClass::context};
constexpr std::string_view k_kept_key = "kept-in";  // where an image that needs to fetch nothing holds them

// Lists of words are as is_listed() takes them.
struct Tool {
  std::string_view name;
  std::string_view installs;  // verbs that bring what the project names; "-" for none at all
  std::string_view runs;      // verbs that run the project, "*" for every other one
};
struct Ecosystem {
  std::string_view name;
  std::array<Tool, 8> tools;
  std::string_view programs;  // that run the project
  std::string_view kept;      // part of the paths of dependencies; a type of package with a colon behind
};
constexpr std::array<Ecosystem, 7> k_ecosystems{{
    {"Node.js",
     {{{"npm", " install i ci clean-install it install-test ", " start run exec run-script x test "},
       {"yarn", " install - ", "*"},
       {"pnpm", " install i ", " start run exec dev dlx test "},
       {"bun", " install i ", " start run x dev "}}},
     " node nodejs npx bunx next nuxt nodemon pm2 pm2-runtime pm2-docker ts-node tsx vite react-scripts forever ",
     "/node_modules/"},
    {"Python",
     {{{"poetry", " install sync ", " run "},
       {"pipenv", " install sync ", " run "},
       {"uv", " sync ", " run "},
       {"pdm", " install sync ", " run "},
       {"conda", " create update ", " run "},
       {"mamba", " create update ", " run "}}},
     " python python3 python2 pypy3 gunicorn uvicorn hypercorn daphne flask celery streamlit django-admin "
     "waitress-serve "
     "jupyter supervisord airflow chainlit ",
     "pypi:"},
    {"Ruby",
     {{{"bundle", " install update - ", " exec "}, {"bundler", " install update - ", " exec "}}},
     " ruby rails rake puma unicorn rackup sidekiq thin passenger foreman jekyll ",
     "gem:"},
    {"PHP",
     {{{"composer", " install update ", " run run-script exec start "}}},
     " php apache2-foreground frankenphp php-fpm artisan symfony rr ",
     "vendor/autoload.php"},
    {"Go", {{{"go", " download tidy get ", " run "}}}, "", "go/pkg/mod/"},
    {".NET", {{{"dotnet", " restore ", " run watch "}}}, "", ".nuget/packages/"},
    {"Elixir", {{{"mix", " deps.get ", " run phx.server "}}}, " iex elixir ", "/deps/"},
}};

// Build tools that fetch what is missing and run the result, in one command.
struct Builder {
  std::string_view name, goals, offline, kept;
};
constexpr std::array<Builder, 5> k_builders{{
    {"mvn", " spring-boot:run exec:java exec:exec jetty:run tomcat7:run quarkus:dev mn:run wildfly:dev liberty:run ",
     " -o --offline ", ".m2/repository/"},
    {"mvnw", " spring-boot:run exec:java exec:exec jetty:run tomcat7:run quarkus:dev mn:run wildfly:dev liberty:run ",
     " -o --offline ", ".m2/repository/"},
    {"gradle", " run bootRun quarkusDev appRun jettyRun runServer ", " --offline ", ".gradle/caches/"},
    {"gradlew", " run bootRun quarkusDev appRun jettyRun runServer ", " --offline ", ".gradle/caches/"},
    {"sbt", " run ~run ", " offline ", ".cache/coursier/"},
}};

constexpr std::string_view k_offline =
    " --offline --local --no-index --dry-run --frozen-offline --help -h --version -V --package-lock-only ";
constexpr std::string_view k_values =
    " --prefix --cwd -C --dir --registry --loglevel --cache --target -t --directory -d --index-url -i "
    "--extra-index-url "
    "--find-links -f --python -p -n --name --jobs -j --retry --gemfile --path --without --with --only --extras -E -c "
    "--constraint --timeout --working-dir --file --group ";

std::vector<std::string_view> plain_words(const ShellCommand& command) {
  std::vector<std::string_view> list(command.argv.begin(), command.argv.end());
  if (!list.empty()) list[0] = layers::base_name(list[0]);
  const bool module = list.size() > 3 && list[0].starts_with("python") && list[1] == "-m";
  if (module) list.erase(list.begin(), list.begin() + 2);
  if (list.size() > 2 && list[0] == "uv" && list[1] == "pip") list.erase(list.begin());
  return list;
}

bool has_one(const std::vector<std::string_view>& words, std::string_view list) {
  return std::any_of(words.begin() + (words.empty() ? 0 : 1), words.end(),
                     [&](std::string_view word) { return is_listed(list, word); });
}

// The words that are neither options nor their values: verbs and packages.
std::vector<std::string_view> plain_operands(const std::vector<std::string_view>& words) {
  std::vector<std::string_view> found;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (is_listed(k_values, words[i]))
      ++i;
    else if (!words[i].empty() && words[i][0] != '-')
      found.push_back(words[i]);
  }
  return found;
}

// pip install -r FILE
bool installs_listed(const std::vector<std::string_view>& words) {
  if (!words[0].starts_with("pip") || words[0].starts_with("pipe") || !has_one(words, " install sync ")) return false;
  return std::any_of(words.begin() + 1, words.end(), [](std::string_view word) {
    return word == "-r" || word.starts_with("--requirement") || (word.starts_with("-r") && word.ends_with(".txt"));
  });
}

bool installs(const Ecosystem& ecosystem, const std::vector<std::string_view>& words) {
  if (has_one(words, k_offline)) return false;
  if (ecosystem.name == "Python" && installs_listed(words)) return true;
  for (const Tool& tool : ecosystem.tools) {
    if (tool.name.empty() || tool.name != words[0]) continue;
    const std::vector<std::string_view> operands = plain_operands(words);
    if (operands.empty()) return is_listed(tool.installs, "-");
    if (tool.name == "go" || tool.name.ends_with("mamba") || tool.name == "conda")
      return operands.size() == 2 && is_listed(tool.installs, operands[1]) &&
             (operands[0] == "mod" || operands[0] == "env");
    return operands.size() == 1 && is_listed(tool.installs, operands[0]);
  }
  return false;
}

bool runs_project(const Ecosystem& ecosystem, const std::vector<std::string_view>& words) {
  if (words[0] == "${@}" || words[0] == "${1}") return true;  // what Cmd says
  if (has_one(words, " --version -V --help ")) return false;
  for (const Tool& tool : ecosystem.tools) {
    if (tool.name.empty() || tool.name != words[0]) continue;
    const std::vector<std::string_view> operands = plain_operands(words);
    if (operands.empty()) return false;
    if (tool.runs != "*") return is_listed(tool.runs, operands[0]);
    return !is_listed(
               " add config cache set list ls audit info view why global remove upgrade link pack node version ",
               operands[0]) &&
           !is_listed(tool.installs, operands[0]);
  }
  std::string_view name = words[0];
  if (name.starts_with("python")) name = "python";
  if (name.starts_with("php-fpm")) name = "php-fpm";
  const bool tool_of_its_own =
      words.size() > 2 && words[1] == "-m" && is_listed(" venv ensurepip compileall ", words[2]);
  return is_listed(ecosystem.programs, name) && !tool_of_its_own;
}

// What comes with an interpreter is nobody's dependency.
bool is_of_the_interpreter(const model::Package& package) {
  if (package.type == "gem")
    return package.database_path.find("bundle/") == std::string::npos &&
           package.database_path.find("vendor/") == std::string::npos;
  return is_listed(" pip setuptools wheel distribute pkg-resources uv poetry pipenv ", package.name);
}

bool holds(const ImageContext& context, std::string_view kept) {
  if (kept.ends_with(':')) {
    kept.remove_suffix(1);
    return std::any_of(context.inventory.packages.begin(), context.inventory.packages.end(),
                       [&](const model::Package& package) {
                         return package.type == kept && !package.declared_only && !is_of_the_interpreter(package);
                       });
  }
  bool found = false;
  context.image.each_final([&](layers::FileRef, const std::string& path) {
    const bool tools = path.starts_with("usr/lib/") || path.starts_with("usr/local/lib/") ||
                       path.starts_with("usr/share/") || path.starts_with("opt/yarn");
    found = found || (!tools && path.find(kept) != std::string::npos);
  });
  return found;
}

// Scripts come by the thousand, and hardly one of them installs anything.
bool may_install(std::string_view name) {
  static const std::set<std::string_view> k_names = [] {
    std::set<std::string_view> names;
    for (const Ecosystem& ecosystem : k_ecosystems)
      for (const Tool& tool : ecosystem.tools) names.insert(tool.name);
    for (const Builder& builder : k_builders) names.insert(builder.name);
    return names;
  }();
  return name.starts_with("pip") || name.starts_with("python") || k_names.contains(name);
}

// A command that installs what some project needs, or builds it.
bool brings_something(const ShellCommand* command) {
  if (!may_install(program(*command))) return false;
  const std::vector<std::string_view> list = plain_words(*command);
  if (list.empty()) return false;
  return std::any_of(k_builders.begin(), k_builders.end(),
                     [&](const Builder& builder) { return builder.name == list[0]; }) ||
         std::any_of(k_ecosystems.begin(), k_ecosystems.end(),
                     [&](const Ecosystem& ecosystem) { return installs(ecosystem, list); });
}

class ProjectAtStart final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    if (unit.build_time) return;
    const std::vector<const ShellCommand*> commands = own_commands(unit.facts);
    if (std::none_of(commands.begin(), commands.end(), brings_something)) return;
    std::vector<std::vector<std::string_view>> lists;
    for (const ShellCommand* command : commands) lists.push_back(plain_words(*command));
    for (std::size_t i = 0; i < commands.size(); ++i)
      if (!lists[i].empty()) built(unit, *commands[i], lists[i], out);
    for (const Ecosystem& ecosystem : k_ecosystems) installed(unit, ecosystem, commands, lists, out);
  }

  // What was left open: only the image tells whether it holds the packages.
  void image(const ImageContext& context, ImageEvidence& out) const override {
    for (const PlacedEvidence& placed : context.evidence) {
      const std::string kept = placed.evidence.value(k_kept_key);
      const bool open = placed.evidence.rule == k_rows[0].id && placed.reach == Reach::start && !kept.empty();
      if (open && !holds(context, kept)) out.add(without_payload(placed, " (the image holds none of them)"));
    }
  }

 private:
  static void say(const ShellUnit& unit, const ShellCommand& command, std::string text, std::string_view kept,
                  EvidenceSink& out) {
    Evidence evidence = shell_evidence(k_rows[0], unit, command.line, std::move(text), class_for(unit, k_classes));
    evidence.values.emplace_back(k_kept_key, kept);
    out.add(std::move(evidence));
  }

  static void built(const ShellUnit& unit, const ShellCommand& command, const std::vector<std::string_view>& list,
                    EvidenceSink& out) {
    for (const Builder& builder : k_builders) {
      if (builder.name != list[0] || has_one(list, builder.offline)) continue;
      const bool goal = std::any_of(list.begin() + 1, list.end(), [&](std::string_view word) {
        // ":server:bootRun" of a Gradle project in parts
        if (builder.name.starts_with("gradle")) word.remove_prefix(std::min(word.rfind(':') + 1, word.size()));
        return is_listed(builder.goals, word);
      });
      if (goal) say(unit, command, words(command), builder.kept, out);
    }
  }

  // From the end on: what runs the project is looked for once.
  static void installed(const ShellUnit& unit, const Ecosystem& ecosystem,
                        const std::vector<const ShellCommand*>& commands,
                        const std::vector<std::vector<std::string_view>>& lists, EvidenceSink& out) {
    const ShellCommand* runs = nullptr;
    std::vector<std::pair<const ShellCommand*, const ShellCommand*>> found;
    for (std::size_t i = commands.size(); i-- > 0;) {
      if (lists[i].empty()) continue;
      if (runs != nullptr && installs(ecosystem, lists[i])) found.emplace_back(commands[i], runs);
      if (runs_project(ecosystem, lists[i])) runs = commands[i];
    }
    for (auto one = found.rbegin(); one != found.rend(); ++one)
      say(unit, *one->first, words(*one->first) + "; " + words(*one->second).substr(0, 100), ecosystem.kept, out);
  }
};

const util::Registered<ProjectAtStart> registered{{
    .id = "project-at-start",
    .version = 1,
    .summary = "projects whose dependencies are installed when the container starts, and which then run",
    .example = "npm ci && npm start; pip install -r requirements.txt && python app.py; mvn spring-boot:run",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
