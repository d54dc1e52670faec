#include "model/scan_result.hpp"

namespace hullcheck::model {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::safe: return "safe";
    case Verdict::unknown: return "unknown";
    case Verdict::unsafe: return "unsafe";
  }
  return "unknown";
}

int exit_code(Verdict verdict) {
  switch (verdict) {
    case Verdict::safe: return 0;
    case Verdict::unknown: return 2;
    case Verdict::unsafe: return 1;
  }
  return 2;
}

std::string_view to_string(StageState state) {
  switch (state) {
    case StageState::assessed: return "assessed";
    case StageState::partial: return "partial";
    case StageState::absent: return "absent";
  }
  return "absent";
}

}  // namespace hullcheck::model
