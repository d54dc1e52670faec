// Digests of files that are known to be bad: the place where lists of them meet the files of an image.
#pragma once

#include <span>
#include <string_view>

namespace hullcheck::detect {

struct KnownDigest {
  std::string_view rule;    // "M12" or "E14"
  std::string_view sha256;  // 64 hexadecimal digits, lower case; sorted
  std::string_view what;    // "xmrig 6.x.y, linux x64"
};

// Empty: digests of releases of miners change with every release, and a list that nobody can renew offline would be a
// promise that it does not keep. Programs are found by their content (M05 to M11) and by lists that users bring.
std::span<const KnownDigest> known_digests();

}  // namespace hullcheck::detect
