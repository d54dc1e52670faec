#include "detect/secrets/kind.hpp"

#include <algorithm>

namespace hullcheck::detect::secrets {

const std::vector<Kind>& all_kinds() {
  static const std::vector<Kind> kinds = [] {
    std::vector<Kind> all;
    for (const auto& table :
         {cloud_kinds(), azure_kinds(), platform_kinds(), forge_kinds(), registry_kinds(), chat_kinds(), mail_kinds(),
          payment_kinds(), model_kinds(), observability_kinds(), pipeline_kinds(), vault_kinds(), database_kinds(),
          service_kinds(), key_kinds(), framework_kinds()})
      all.insert(all.end(), table.begin(), table.end());
    std::sort(all.begin(), all.end(), [](const Kind& a, const Kind& b) { return a.id < b.id; });
    return all;
  }();
  return kinds;
}

}  // namespace hullcheck::detect::secrets
