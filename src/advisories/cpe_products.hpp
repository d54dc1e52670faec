// Under which vendor and product the NVD knows a program, by the name that the inventory gives it. The NVD is asked
// about these only: of everything else it is not known which name it would have there, and guesses hit strangers.
#pragma once

#include <string_view>
#include <vector>

namespace hullcheck::advisories {

// "openssl" → "openssl:openssl"; several where a product changed hands; none where the NVD has no name for it or the
// version that its bytes say is another than the one that the NVD counts by.
std::vector<std::string_view> cpe_products(std::string_view program);
// Whether some program goes by it.
bool is_cpe_product(std::string_view vendor_and_product);
// Whether the table has the program at all, also one without a product.
bool is_cpe_program(std::string_view program);

}  // namespace hullcheck::advisories
