// Secrets in what is kept of an image: the cache and saved facts hold the configuration and the commands of scripts,
// for they are judged again when more is known. They hold them without the secrets.
//
//   bytes of the image ─► everything that needs the value itself: kinds, checks, digests, decoding, data flow
//                         └► evidence, masked           ┐
//   configuration, commands, flows ─► blank() ──────────┴► facts: cached, saved, judged
//
// A blanked text is as long as before and has the same words and lines: each character of a secret is an "x", which
// everybody here takes for a placeholder. So what is judged does not depend on whether it was saved in between, and
// no command loses its shape. Commands are followed before they are blanked, not after: what a variable of an
// innocent name decodes to is known by then.
//
// Hostile: a name that promises a secret must not hide a command. Text that somebody reads as commands again
// (Reading::again) keeps what has the signs of a shell in it.
#pragma once

#include <cstdint>
#include <string>

#include "detect/secrets/places.hpp"
#include "model/image.hpp"

namespace hullcheck::detect {
struct ShellFacts;  // shell_facts.hpp
}  // namespace hullcheck::detect

namespace hullcheck::detect::secrets {

enum class Reading : std::uint8_t { done, again };

// Also what base64 and hexadecimal digits spell, to a depth of three. True when something was blanked.
bool blank(std::string& text, Look look = Look::anywhere, Reading reading = Reading::done);

// What was followed already. `facts.logins` gets what is to be said of the addresses.
void blank(ShellFacts& facts);

void blank(model::ImageConfig& config);

}  // namespace hullcheck::detect::secrets
