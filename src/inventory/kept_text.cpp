#include "inventory/kept_text.hpp"

#include "util/result.hpp"

namespace hullcheck::inventory {
namespace {

BlankSecrets& registered() {
  static BlankSecrets blank = nullptr;
  return blank;
}

}  // namespace

RegisteredBlanking::RegisteredBlanking(BlankSecrets blank) {
  HULLCHECK_ASSERT(registered() == nullptr);
  registered() = blank;
}

std::string kept_text(std::string text) {
  if (const BlankSecrets blank = registered(); blank != nullptr) blank(text);
  return text;
}

}  // namespace hullcheck::inventory
