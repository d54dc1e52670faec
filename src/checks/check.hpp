// Checks of an image's configuration and hygiene: one file each. A check judges facts; it never reads bytes and never
// decides the verdict (the policy does).
#pragma once

#include <string_view>
#include <vector>

#include "inventory/ownership.hpp"
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

// Every registered check; sorted by rule, then place.
std::vector<model::Finding> run_checks(const CheckContext& context);
// The same for one.
std::vector<model::Finding> run_check(const util::Extension<Check>& check, const CheckContext& context);

// A finding as checks give them, at a file of the final tree or at a part of the configuration ("Env[TOKEN]").
model::Finding found_at(const CheckContext& context, layers::FileRef file, const std::string& path,
                        std::string evidence);
model::Finding found_in_config(std::string_view part, std::string evidence);

// Folders that programs are looked for in: PATH of the configuration or its default, as real paths of the image.
std::vector<std::string> search_path(const CheckContext& context);

}  // namespace hullcheck::checks
