// What detection makes of an image's configuration while it is at hand as it is, secrets and all. The configuration
// that is kept and judged has them blanked (secrets/blank.hpp), so what needs their values is said here: evidence by
// the form of a value, and what commands do once their variables are filled in.
//
// Encoding, util/codec.hpp throughout: start, arguments, healthcheck as optional shell facts; parts (name, evidence,
// optional shell facts)*. Read back as hostile input.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "detect/evidence.hpp"
#include "detect/shell/shell_facts.hpp"
#include "model/image.hpp"
#include "util/codec.hpp"

namespace hullcheck::detect {

struct PartFacts {
  std::string name;  // "config:Env"; see config_texts()
  std::vector<Evidence> evidence;
  std::shared_ptr<const ShellFacts> commands;  // of what ran when the image was built; null for other parts
};

struct ConfigFacts {
  std::shared_ptr<const ShellFacts> start;        // Entrypoint and Cmd as one command line; null without either
  std::shared_ptr<const ShellFacts> arguments;    // Cmd alone
  std::shared_ptr<const ShellFacts> healthcheck;  // null where none is set
  std::vector<PartFacts> parts;                   // in the order of config_texts()
};

ConfigFacts config_facts_of(const model::ImageConfig& config);

void encode(const ConfigFacts& facts, util::Encoder& out);
// What does not decode makes `in` fail.
ConfigFacts decode_config_facts(util::Decoder& in);

}  // namespace hullcheck::detect
