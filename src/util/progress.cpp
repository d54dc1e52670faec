#include "util/progress.hpp"

namespace hullcheck::util {

Progress& no_progress() {
  class Silent final : public Progress {
    void stage(std::string_view) override {}
    void expect(std::uint64_t) override {}
    void advance(std::uint64_t) override {}
  };
  static Silent silent;
  return silent;
}

}  // namespace hullcheck::util
