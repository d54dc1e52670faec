// The parts of the terminal report, in the order in which they are printed.
#pragma once

#include <string>

#include "report/terminal/canvas.hpp"

namespace hullcheck::report {

// The first screen.
void print_verdict(const model::ScanResult& result, Canvas& canvas);  // the answer, one line, and why in one more
void print_reasons(const model::ScanResult& result, Canvas& canvas);
void print_found(const model::ScanResult& result, Canvas& canvas);
void print_coverage(const model::ScanResult& result, Canvas& canvas);
void print_next_steps(const model::ScanResult& result, Canvas& canvas);

// Below it.
void print_findings(const model::ScanResult& result, Canvas& canvas);  // threats and secrets
void print_vulnerabilities(const model::ScanResult& result, Canvas& canvas);
void print_suppressed(const model::ScanResult& result, Canvas& canvas);  // with --show-suppressed only
void print_hygiene(const model::ScanResult& result, Canvas& canvas);     // checks and warnings
void print_footer(const model::ScanResult& result, Canvas& canvas);

// Why a stage says nothing: "" when it was assessed, at least in part.
std::string not_assessed(const model::ScanResult& result, std::string_view stage);
// "layer 2 of 5", "" for the configuration.
std::string layer_name(const model::ScanResult& result, std::string_view diff_id);

}  // namespace hullcheck::report
