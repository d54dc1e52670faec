// What there is to say about the rows of the catalogue beside their descriptors: which harmless readings a row rules
// out, which rows are not implemented and why, and what the techniques are called.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hullcheck::detect {

// One or two sentences: which harmless thing looks like this, and what the rule asks for beyond it. "" for a row
// about which nothing is recorded. Rules of one detector that share a prefix ("secret-") share the sentence.
std::string_view benign_reading(std::string_view rule);

struct NotDone {
  std::string_view id;
  std::string_view title;
  std::string_view reason;
};
// Rows of the catalogue without a detector, sorted by id.
std::span<const NotDone> not_done();
// Rows that another stage reports, since they need no detector.
struct Elsewhere {
  std::string_view id;
  std::string_view title;
  std::string_view stage;
};
std::span<const Elsewhere> reported_elsewhere();
// Every row of the catalogue, in its order: M01 … R20.
std::vector<std::string> catalogue_ids();
// "M" → "Mining"; "" for a letter that is none of the catalogue's.
std::string_view family_name(char letter);

struct Technique {
  std::string_view id;       // "T1059.004"
  std::string_view name;     // "Command and Scripting Interpreter: Unix Shell"
  std::string_view tactics;  // "Execution"; several are separated by commas
};
// Null for an id that the table does not hold.
const Technique* find_technique(std::string_view id);
std::span<const Technique> techniques();  // sorted by id
constexpr std::string_view k_techniques_source = "MITRE ATT&CK for Enterprise, version 18";
constexpr std::string_view k_techniques_date = "2025-10-28";

// docs/detections.md, made of the registered descriptors and the tables above.
std::string detections_page();

}  // namespace hullcheck::detect
