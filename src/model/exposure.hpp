// How likely a vulnerability is to be attacked, and what follows for the order in which to look at them.
#pragma once

namespace hullcheck::model {

struct Exposure {
  double epss = -1;        // probability of an attack within thirty days; -1 where it is not known
  double percentile = -1;  // share of flaws that are less likely to be attacked
  double risk = 0;         // 0 to 100, of likelihood and severity
};

}  // namespace hullcheck::model
