// Image references and registry names, platforms, and the challenges of registries. What is accepted must be stable:
// the familiar form of a name is that name again.
#include "acquire/reference.hpp"

#include "acquire/contents.hpp"
#include "acquire/manifest.hpp"
#include "acquire/registry_auth.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  const std::string text(as_text({data, size}));
  static_cast<void>(acquire::parse_reference(text).ok());
  if (const auto name = acquire::parse_registry_name(text)) {
    const auto again = acquire::parse_registry_name(name->familiar());
    HULLCHECK_ASSERT(again.ok());
    HULLCHECK_ASSERT(again->host == name->host && again->repository == name->repository);
    HULLCHECK_ASSERT(again->tag == name->tag && again->digest == name->digest);
  }
  if (const auto platform = acquire::parse_platform(text)) {
    const auto distance = acquire::platform_distance(*platform, *platform);
    HULLCHECK_ASSERT(distance && *distance == 0);
  }
  static_cast<void>(acquire::parse_challenges(text));
  const std::string clean = acquire::clean_member_name(text);
  HULLCHECK_ASSERT(clean.empty() || (clean[0] != '/' && acquire::clean_member_name(clean) == clean));
  HULLCHECK_ASSERT(("/" + clean + "/").find("/../") == std::string::npos);
  return 0;
}
