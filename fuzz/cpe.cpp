// Names of products: what is read of one can be written, and comes back as it was.
#include <cstddef>
#include <cstdint>

#include "advisories/cpe.hpp"
#include "advisories/redhat_stream.hpp"
#include "util/bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck::advisories;
  const auto text = hullcheck::as_text({data, size});
  if (const auto name = parse_cpe(text)) HULLCHECK_ASSERT(!name->vendor.empty() && !name->product.empty());
  if (const auto subject = read_cpe_subject(text)) {
    const auto word = write_cpe_subject(*subject);
    HULLCHECK_ASSERT(!word || read_cpe_subject(*word)->bounds == subject->bounds);
  }
  const auto list = redhat_ecosystems(text);
  HULLCHECK_ASSERT(list.empty() == !redhat_ecosystem(text).has_value());
  HULLCHECK_ASSERT(list.empty() || list.front() == *redhat_ecosystem(text));
  return 0;
}
