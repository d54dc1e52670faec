// Platform names: reading, normalising and choosing (the rules of containerd's platforms package, in our own words:
// amd64 means amd64/v1, arm64 means arm64/v8, arm means arm/v7; a machine runs the variants below its own).
#include <fmt/core.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>

#include "acquire/manifest.hpp"

#include "util/ascii.hpp"

namespace hullcheck::acquire {
namespace {

struct Alias {
  std::string_view name, architecture, variant;
};
constexpr std::array<Alias, 12> k_aliases = {{
    {"x86_64", "amd64", ""},
    {"x86-64", "amd64", ""},
    {"i386", "386", ""},
    {"i486", "386", ""},
    {"i586", "386", ""},
    {"i686", "386", ""},
    {"aarch64", "arm64", ""},
    {"armhf", "arm", "v7"},
    {"armv7l", "arm", "v7"},
    {"armel", "arm", "v6"},
    {"armv6l", "arm", "v6"},
    {"loong64", "loong64", ""},
}};

// Systems and architectures as the Go toolchain spells them, which is what image configs hold; "wasi" is Docker's.
constexpr std::array<std::string_view, 18> k_systems = {
    "aix",  "android", "darwin",  "dragonfly", "freebsd", "illumos", "ios",    "js",      "linux",
    "nacl", "netbsd",  "openbsd", "plan9",     "solaris", "wasi",    "wasip1", "windows", "zos"};
constexpr std::array<std::string_view, 26> k_architectures = {
    "386",     "amd64",    "amd64p32",  "arm",         "arm64",   "arm64be", "armbe",  "loong64", "mips",
    "mips64",  "mips64le", "mips64p32", "mips64p32le", "mipsle",  "ppc",     "ppc64",  "ppc64le", "riscv",
    "riscv64", "s390",     "s390x",     "sparc",       "sparc64", "wasm",    "wasm32", "sw64"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "v7" is 7; the default of the architecture where no variant is given; nothing for words.
std::optional<unsigned> level(const Platform& platform) {
  if (platform.variant.empty()) {
    if (platform.architecture == "amd64") return 1;
    if (platform.architecture == "arm64") return 8;
    if (platform.architecture == "arm") return 7;
    return 0;
  }
  if (platform.variant.size() == 2 && platform.variant[0] == 'v' && platform.variant[1] >= '1' &&
      platform.variant[1] <= '9')
    return static_cast<unsigned>(platform.variant[1] - '0');
  return std::nullopt;
}

bool has_levels(const std::string& architecture) {
  return architecture == "amd64" || architecture == "arm" || architecture == "arm64";
}

Platform this_machine() {
  utsname name{};
  if (::uname(&name) != 0) return {"linux", "amd64", ""};
  return normalise({name.sysname, name.machine, ""});
}

}  // namespace

std::string Platform::text() const {
  if (empty()) return {};
  std::string out = os + "/" + architecture;
  if (!variant.empty()) out += "/" + variant;
  return out;
}

Platform normalise(Platform platform) {
  platform.os = util::lower(platform.os);
  platform.architecture = util::lower(platform.architecture);
  platform.variant = util::lower(platform.variant);
  if (platform.os == "macos") platform.os = "darwin";
  for (const auto& alias : k_aliases)
    if (platform.architecture == alias.name) {
      platform.architecture = alias.architecture;
      if (platform.variant.empty()) platform.variant = alias.variant;
      break;
    }
  if (platform.variant.size() == 1 && platform.variant[0] >= '1' && platform.variant[0] <= '9')
    platform.variant = "v" + platform.variant;
  return platform;
}

Result<Platform> parse_platform(std::string_view text) {
  const auto invalid = [&](const std::string& message) {
    return make_error(ErrorCode::invalid_argument, "platform-invalid",
                      message + "; a platform is OS/ARCHITECTURE[/VARIANT], as in linux/arm64",
                      std::string(text.substr(0, 100)));
  };
  Platform platform;
  std::array<std::string_view, 3> parts{};
  std::size_t count = 0;
  for (std::string_view rest = text;; ++count) {
    const auto slash = rest.find('/');
    const auto part = rest.substr(0, slash);
    if (count == parts.size() || part.empty() || part.size() > 32) return invalid("this is no platform");
    parts[count] = part;
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (count == 0)
    platform = {"linux", std::string(parts[0]), ""};
  else
    platform = {std::string(parts[0]), std::string(parts[1]), std::string(parts[2])};
  platform = normalise(std::move(platform));
  // What no image can be for is a slip of the keyboard, and is not to be ignored where there is nothing to choose.
  if (!is_one_of(k_systems, platform.os)) return invalid(fmt::format("there is no system \"{}\"", platform.os));
  if (!is_one_of(k_architectures, platform.architecture))
    return invalid(fmt::format("there is no architecture \"{}\"", platform.architecture));
  if (has_levels(platform.architecture) && !level(platform))
    return invalid(fmt::format("{} has no variant \"{}\"", platform.architecture, platform.variant));
  return platform;
}

Result<void> check_platform(const Platform& image, const std::string& wanted) {
  if (wanted.empty() || wanted == "all" || image.empty()) return {};
  const Platform asked = TRY(parse_platform(wanted));
  if (platform_distance(asked, image)) return {};
  return make_error(ErrorCode::not_found, "platform-not-found",
                    fmt::format("there is no image for {}; there is: {}", asked.text(), normalise(image).text()));
}

std::optional<unsigned> platform_distance(const Platform& wanted, const Platform& offered) {
  const Platform a = normalise(wanted), b = normalise(offered);
  if (a.os != b.os || a.architecture != b.architecture) return std::nullopt;
  const auto mine = level(a), theirs = level(b);
  if (!mine || !theirs) {
    if (a.variant == b.variant) return 0;
    return std::nullopt;
  }
  if (!has_levels(a.architecture)) return a.variant == b.variant ? std::optional<unsigned>(0) : std::nullopt;
  if (*theirs > *mine) return std::nullopt;
  return *mine - *theirs;
}

std::string host_platform() { return this_machine().text(); }

Result<std::vector<Descriptor>> select_platforms(const std::vector<Descriptor>& entries, const std::string& wanted) {
  std::vector<Descriptor> images;
  for (const auto& entry : entries)
    if (!entry.attestation) images.push_back(entry);
  if (wanted == "all") return images;
  const Platform platform = wanted.empty() ? this_machine() : TRY(parse_platform(wanted));

  const Descriptor* best = nullptr;
  unsigned best_distance = ~0U;
  std::size_t nameless = 0;
  const Descriptor* without_platform = nullptr;
  std::string list;
  for (const auto& image : images) {
    if (image.platform.empty()) {
      ++nameless;
      without_platform = &image;
      continue;
    }
    if (list.size() < 400) list += (list.empty() ? "" : ", ") + image.platform.text();
    const auto distance = platform_distance(platform, image.platform);
    if (distance && *distance < best_distance) {
      best = &image;
      best_distance = *distance;
    }
  }
  if (best) return std::vector<Descriptor>{*best};
  // An index that does not say what its one entry is for (older tools) can only mean that entry.
  if (nameless == 1) return std::vector<Descriptor>{*without_platform};
  if (nameless > 1 && nameless == images.size()) return images;
  return make_error(ErrorCode::not_found, "platform-not-found",
                    images.empty() ? std::string("the index names no image")
                                   : fmt::format("there is no image for {}; there are: {}", platform.text(), list));
}

}  // namespace hullcheck::acquire
