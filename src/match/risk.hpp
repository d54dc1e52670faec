// One number to order flaws by: how likely somebody attacks, times how bad that would be.
#pragma once

#include "model/finding.hpp"

namespace hullcheck::match {

// 0 to 100. The likelihood is 1 for what is known to be exploited, else the EPSS probability (below 0: not known),
// else that of an ordinary flaw; how bad is the mean of the severity's word and the CVSS score; known exploitation,
// and more so by ransomware, weighs extra.
double risk_of(const model::Vulnerability& flaw, double epss, bool ransomware);

}  // namespace hullcheck::match
