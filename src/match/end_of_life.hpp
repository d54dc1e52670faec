// When distributions stop getting security updates.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "model/package.hpp"

namespace hullcheck::match {

struct EndOfLife {
  std::optional<std::chrono::sys_days> date;  // last day with updates; nothing for a rolling distribution
  std::string_view source;                    // where the publisher says so
};

// Nothing when neither a date nor rolling updates are known: such a distribution cannot be judged. A date is the end
// of updates that every user gets, so Debian's is that of its LTS team and Ubuntu's is that of standard support.
std::optional<EndOfLife> end_of_life(const model::Distribution& distribution);

// The distribution as a key of tables: os-release ID, with what os-release itself does not tell apart ("CentOS
// Stream" has the ID of CentOS) told apart: "centos-stream".
std::string_view table_id(const model::Distribution& distribution);

// "24.03-LTS-SP1": os-release has the service pack in its name only, "openEuler 24.03 (LTS-SP1)".
std::string openeuler_release(const model::Distribution& distribution);

}  // namespace hullcheck::match
