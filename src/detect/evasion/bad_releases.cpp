// The list as it was known in January 2026. What databases of malicious packages list by the ten thousand comes with
// the advisories; here stand releases of packages that people use on purpose, so that they are named without a
// database.
#include "detect/evasion/bad_releases.hpp"

#include <algorithm>
#include <array>

namespace hullcheck::detect {
namespace {

struct Row {
  std::string_view type, name;
  std::string_view versions;  // with blanks between
  std::string_view reference;
  bool sabotage = false;
};

constexpr std::array k_rows{
    Row{"npm", "eslint-scope", "3.7.2", "GHSA-hxxf-q3w9-4xgw"},
    Row{"npm", "eslint-config-eslint", "5.0.2", "GHSA-hxxf-q3w9-4xgw"},
    Row{"npm", "conventional-changelog", "1.2.0", ""},
    Row{"npm", "flatmap-stream", "0.1.1", "GHSA-9x64-5r7x-2q53"},
    Row{"npm", "event-stream", "3.3.6", "GHSA-mh6f-8j2x-4483"},
    Row{"npm", "ua-parser-js", "0.7.29 0.8.0 1.0.0", "GHSA-pjwm-rvh2-c87w"},
    Row{"npm", "coa", "2.0.3 2.0.4 2.1.1 2.1.3 3.0.1 3.1.3", "GHSA-73qr-pfmq-6rp8"},
    Row{"npm", "rc", "1.2.9 1.3.9 2.3.9", "GHSA-g2q5-5433-rhrf"},
    Row{"npm", "node-ipc", "10.1.1 10.1.2", "CVE-2022-23812"},
    Row{"npm", "colors", "1.4.1 1.4.2 1.4.44-liberty-2", "CVE-2021-23567", true},
    Row{"npm", "faker", "6.6.6", "GHSA-5w9c-rv96-fr7g", true},
    Row{"npm", "@ledgerhq/connect-kit", "1.1.5 1.1.6 1.1.7", ""},
    Row{"npm", "@lottiefiles/lottie-player", "2.0.5 2.0.6 2.0.7", ""},
    Row{"npm", "@solana/web3.js", "1.95.6 1.95.7", "CVE-2024-54134"},
    Row{"npm", "@rspack/core", "1.1.7", ""},
    Row{"npm", "@rspack/cli", "1.1.7", ""},
    Row{"npm", "vant", "2.13.3 2.13.4 2.13.5 3.6.13 3.6.14 3.6.15 4.9.11 4.9.12 4.9.13 4.9.14", ""},
    Row{"npm", "xrpl", "2.14.2 4.2.1 4.2.2 4.2.3 4.2.4", "CVE-2025-32965"},
    Row{"npm", "rand-user-agent", "1.0.110 2.0.83 2.0.84", ""},
    Row{"npm", "eslint-config-prettier", "8.10.1 9.1.1 10.1.6 10.1.7", "CVE-2025-54313"},
    Row{"npm", "eslint-plugin-prettier", "4.2.2 4.2.3", "CVE-2025-54313"},
    Row{"npm", "synckit", "0.11.9", "CVE-2025-54313"},
    Row{"npm", "@pkgr/core", "0.2.8", "CVE-2025-54313"},
    Row{"npm", "napi-postinstall", "0.3.1", "CVE-2025-54313"},
    Row{"npm", "got-fetch", "5.1.11 5.1.12", ""},
    Row{"npm", "is", "3.3.1 5.0.0", ""},
    Row{"npm", "nx", "20.9.0 20.10.0 20.11.0 20.12.0 21.5.0 21.6.0 21.7.0 21.8.0", "GHSA-cxm3-wv7p-598c"},
    Row{"npm", "@nx/devkit", "20.9.0 21.5.0", "GHSA-cxm3-wv7p-598c"},
    Row{"npm", "@nx/js", "20.9.0 21.5.0", "GHSA-cxm3-wv7p-598c"},
    Row{"npm", "@nx/node", "20.9.0 21.5.0", "GHSA-cxm3-wv7p-598c"},
    Row{"npm", "@nx/workspace", "20.9.0 21.5.0", "GHSA-cxm3-wv7p-598c"},
    Row{"npm", "@nx/eslint", "21.5.0", "GHSA-cxm3-wv7p-598c"},
    Row{"npm", "@nx/key", "3.2.0", "GHSA-cxm3-wv7p-598c"},
    Row{"npm", "@nx/enterprise-cloud", "3.2.0", "GHSA-cxm3-wv7p-598c"},
    Row{"npm", "ansi-regex", "6.2.1", ""},
    Row{"npm", "ansi-styles", "6.2.2", ""},
    Row{"npm", "backslash", "0.2.1", "CVE-2025-59140"},
    Row{"npm", "chalk", "5.6.1", ""},
    Row{"npm", "chalk-template", "1.1.1", ""},
    Row{"npm", "color", "5.0.1", "CVE-2025-59143"},
    Row{"npm", "color-convert", "3.1.1", "CVE-2025-59162"},
    Row{"npm", "color-name", "2.0.1", "CVE-2025-59145"},
    Row{"npm", "color-string", "2.1.1", "CVE-2025-59142"},
    Row{"npm", "debug", "4.4.2", "CVE-2025-59144"},
    Row{"npm", "error-ex", "1.3.3", "CVE-2025-59330"},
    Row{"npm", "has-ansi", "6.0.1", ""},
    Row{"npm", "is-arrayish", "0.3.3", "CVE-2025-59331"},
    Row{"npm", "simple-swizzle", "0.2.3", "CVE-2025-59141"},
    Row{"npm", "slice-ansi", "7.1.1", ""},
    Row{"npm", "strip-ansi", "7.1.1", ""},
    Row{"npm", "supports-color", "10.2.1", ""},
    Row{"npm", "supports-hyperlinks", "4.1.1", ""},
    Row{"npm", "wrap-ansi", "9.0.1", ""},
    Row{"npm", "duckdb", "1.3.3", "CVE-2025-59037"},
    Row{"npm", "@duckdb/node-api", "1.3.3", "CVE-2025-59037"},
    Row{"npm", "@duckdb/node-bindings", "1.3.3", "CVE-2025-59037"},
    Row{"npm", "@duckdb/duckdb-wasm", "1.29.2", "CVE-2025-59037"},
    Row{"npm", "@ctrl/tinycolor", "4.1.1 4.1.2", ""},
    Row{"npm", "posthog-js", "1.297.3", ""},
    Row{"npm", "posthog-node", "4.18.1 5.11.3 5.13.3", ""},
    Row{"pypi", "ctx", "0.2.2 0.2.6", ""},
    Row{"pypi", "exotel", "0.1.6", ""},
    Row{"pypi", "litellm", "1.82.7 1.82.8", ""},
    Row{"pypi", "spam", "2.0.2 4.0.2", ""},
    Row{"pypi", "torchtriton", "3.0.0", ""},
    Row{"pypi", "ultralytics", "8.3.41 8.3.42 8.3.45 8.3.46", "PYSEC-2024-154"},
    Row{"gem", "bootstrap-sass", "3.2.0.3", "CVE-2019-10842"},
    Row{"gem", "rest-client", "1.6.10 1.6.11 1.6.12 1.6.13", "CVE-2019-15224"},
    Row{"gem", "strong_password", "0.0.7", "CVE-2019-13354"},
    Row{"golang", "github.com/boltdb-go/bolt", "v1.3.1", ""},
};

bool has_version(std::string_view versions, std::string_view wanted) {
  while (!versions.empty()) {
    const std::size_t end = std::min(versions.find(' '), versions.size());
    if (versions.substr(0, end) == wanted) return true;
    versions.remove_prefix(std::min(end + 1, versions.size()));
  }
  return false;
}

}  // namespace

std::optional<BadRelease> bad_release(std::string_view type, std::string_view name, std::string_view version) {
  for (const Row& row : k_rows)
    if (row.name == name && row.type == type && has_version(row.versions, version))
      return BadRelease{row.reference, row.sabotage};
  return std::nullopt;
}

}  // namespace hullcheck::detect
