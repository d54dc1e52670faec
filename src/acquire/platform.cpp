// Platform names: reading, normalising and choosing (the rules of containerd's platforms package, in our own words:
// amd64 means amd64/v1, arm64 means arm64/v8, arm means arm/v7; a machine runs the variants below its own).
#include <fmt/core.h>
#include <sys/utsname.h>

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
  Platform platform;
  std::array<std::string_view, 3> parts{};
  std::size_t count = 0;
  for (std::string_view rest = text;; ++count) {
    const auto slash = rest.find('/');
    const auto part = rest.substr(0, slash);
    if (count == parts.size() || part.empty() || part.size() > 32)
      return make_error(ErrorCode::invalid_argument, "platform-invalid",
                        "a platform is OS/ARCHITECTURE[/VARIANT], as in linux/amd64",
                        std::string(text.substr(0, 100)));
    parts[count] = part;
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (count == 0)
    platform = {"linux", std::string(parts[0]), ""};
  else
    platform = {std::string(parts[0]), std::string(parts[1]), std::string(parts[2])};
  return normalise(std::move(platform));
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

std::string host_platform() {
  utsname name{};
  if (::uname(&name) != 0) return "linux/amd64";
  return normalise({name.sysname, name.machine, ""}).text();
}

Result<std::vector<Descriptor>> select_platforms(const std::vector<Descriptor>& entries, const std::string& wanted) {
  std::vector<Descriptor> images;
  for (const auto& entry : entries)
    if (!entry.attestation) images.push_back(entry);
  if (wanted == "all") return images;
  const Platform platform = TRY(parse_platform(wanted.empty() ? host_platform() : wanted));

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
