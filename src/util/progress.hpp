// Where long work says how far it is. The library reports; only the command line draws.
#pragma once

#include <cstdint>
#include <string_view>

namespace hullcheck::util {

// Called from any thread and often (each block), so an implementation must be cheap and thread-safe.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void stage(std::string_view name) = 0;  // a new stage of the work begins
  virtual void expect(std::uint64_t bytes) = 0;   // adds to the total that is to come; may be never called
  virtual void advance(std::uint64_t bytes) = 0;  // bytes that have been read
};

Progress& no_progress();  // says nothing

}  // namespace hullcheck::util
