// Runs a helper program of the user's own (a credential helper) without a shell, with bounds on time and output.
// Never used with anything that came out of an image.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "util/result.hpp"

namespace hullcheck::util {

struct ProcessRequest {
  std::vector<std::string> command{};  // the first is looked up on PATH
  std::string input{};                 // for standard input
  std::chrono::milliseconds timeout{30'000};
  std::size_t output_bytes = 1024 * 1024;  // of standard output; "process-output-limit"
};

struct ProcessResult {
  int exit_code = 0;  // 128 + N when signal N ended it
  std::string output;
};

// Standard error of the program goes nowhere. Errors: "process-not-found", "process-start", "process-timeout",
// "process-output-limit", "cancelled". The program is killed and waited for in each of them.
Result<ProcessResult> run_process(const ProcessRequest& request, std::stop_token stop);

}  // namespace hullcheck::util
