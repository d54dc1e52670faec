// Checks of an image's configuration and hygiene: one file each. A check judges facts; it never reads bytes and never
// decides the verdict (the policy does).
#pragma once

#include <string_view>
#include <vector>

#include "inventory/analyzer.hpp"
#include "layers/image_view.hpp"
#include "model/finding.hpp"
#include "util/registry.hpp"

namespace hullcheck::checks {

struct CheckDescriptor {
  std::string_view id;  // "root-user"; the finding's rule is this id
  int version = 1;
  std::string_view summary;  // title of the finding
  std::string_view example;
  model::Severity severity = model::Severity::low;
  std::string_view remediation;  // what to do, one sentence
  std::string_view reference;    // "CIS Docker 4.1", "" where there is none
};

struct CheckContext {
  const layers::ImageView& image;
  const inventory::Inventory& inventory;
  const inventory::Ownership& ownership;
  std::vector<std::string> start_paths;  // final paths of what runs at start
};

class Check {
 public:
  using Kind = Check;
  using Descriptor = CheckDescriptor;
  virtual ~Check() = default;
  // Adds one finding per place (bounded to 100; the last says how many more). Only locations and evidence need
  // filling: id, rule, title, severity and remediation come from the descriptor.
  virtual void run(const CheckContext& context, std::vector<model::Finding>& out) const = 0;
};

using CheckRegistry = util::Registry<Check>;

std::vector<model::Finding> run_checks(const CheckContext& context);

}  // namespace hullcheck::checks
