// Lines of authorized_keys files, and ssh keys that everybody has.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hullcheck::detect {

struct AuthorizedKey {
  std::string algorithm;    // "ssh-ed25519"
  std::string fingerprint;  // "SHA256:…" as ssh-keygen -l shows it
  std::string options;      // before the key: "command=\"…\",no-pty", or ""
  std::string comment;
};

// One line (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"). Nothing for comments, blank lines, and anything whose key does
// not decode to what its algorithm says.
std::optional<AuthorizedKey> parse_authorized_key(std::string_view line);

// "Vagrant's insecure key" for a fingerprint whose private half is public, else "".
std::string_view published_key_name(std::string_view fingerprint);

}  // namespace hullcheck::detect
