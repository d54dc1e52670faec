// What detectors of start files (crontabs, units, hooks) share: an entry is a remark by itself, more if it looks odd,
// and strong if another detector has something against its command.
#pragma once

#include <string_view>

#include "detect/image_support.hpp"
#include "detect/start/start_files.hpp"

namespace hullcheck::detect {

// Scripts that run because of where they stand: whenever a shell is opened, at boot, and when something happens.
bool is_profile(std::string_view path);
bool is_boot_script(std::string_view path);
bool is_event_script(std::string_view path);

// A command that ordinary entries seldom hold: of the network, from a folder for temporary files or a hidden one.
bool is_odd_command(std::string_view command);

// Adds evidence of `row` again, as strong as the row says, where evidence of D, B, H or M speaks of the same line of
// the same file, or of the whole of it.
void raise_entries(const ImageContext& context, const RuleRow& row, ImageEvidence& out);

// For files that are scripts from end to end. Adds evidence of `row` with the class where another detector has
// something of D, B, H or M against a file that `stands` says yes to, and that is not as its package shipped it. Once
// for each file.
void raise_scripts(const ImageContext& context, const RuleRow& row, EvidenceClass cls, std::string_view text,
                   bool (*stands)(std::string_view path), ImageEvidence& out);

}  // namespace hullcheck::detect
