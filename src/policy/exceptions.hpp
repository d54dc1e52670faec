// Exceptions of the user's: ignore files (our own and those of other scanners, read as they are) and VEX documents.
//
// Each becomes rules that ignore vulnerabilities and name the file and place that they came from. A condition that
// cannot be judged here makes an exception void, with a remark: to ignore too much would be the worse mistake.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/policy.hpp"
#include "util/result.hpp"

namespace hullcheck::policy {

struct Exceptions {
  std::vector<Rule> rules;
  std::vector<std::string> remarks;  // what of the file has no effect, one sentence each
};

// By the name of the file: ".hullcheck.yaml", ".trivyignore", ".trivyignore.yaml", ".grype.yaml", "osv-scanner.toml";
// what stands before counts as well ("team.trivyignore"). Errors: "ignore-file-unknown" for any other name,
// "ignore-file-malformed" with line where there is one.
Result<Exceptions> parse_ignore_file(std::string_view text, const std::string& name);
// OpenVEX, CSAF or CycloneDX, known by their content. `image` is the package URL of the image that the document was
// attached to, which a statement that names no product is about; "" for a document that stands alone.
// "vex-malformed", "vex-unknown".
Result<Exceptions> parse_vex(std::string_view text, const std::string& name, const std::string& image = {});

// The statements that came with the image become exceptions of the policy; what is to be known of them, above all
// that nobody verified them, becomes notes.
void add_attached_vex(const model::Image& image, Policy& policy, std::vector<model::Gap>& gaps);

// Names of ignore files that lie in `folder`, in the order in which they are asked.
std::vector<std::string> ignore_files_in(const std::string& folder);

// Read and added to the policy; `path` may be a folder of documents for VEX.
Result<void> add_ignore_file(const std::string& path, Policy& policy);
Result<void> add_vex(const std::string& path, Policy& policy);

}  // namespace hullcheck::policy
