// Private keys by structure: PEM (PKCS#1, SEC1, DSA, PKCS#8), OpenSSH and PGP blocks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "util/bytes.hpp"

namespace hullcheck::detect {

struct PrivateKey {
  std::string label;        // "RSA PRIVATE KEY"
  std::string algorithm;    // "RSA 2048", "ssh-ed25519", "EC", "PGP"
  bool encrypted = false;   // useless without a passphrase
  bool complete = true;     // false: the block goes on after what was at hand
  std::string fingerprint;  // "SHA256:…": of the public key as ssh-keygen -l shows it where that can be told without
                            // arithmetic (RSA, OpenSSH), else of the decoded block
  std::size_t size = 0;  // of the block's text
};

// `text` starts with "-----BEGIN ". Nothing for certificates, public keys, templates, and blocks whose body does not
// decode to what the label promises. `goes_on`: the file does not end where the text does.
std::optional<PrivateKey> parse_private_key(std::string_view text, bool goes_on);

}  // namespace hullcheck::detect
