// Files that say what runs, and names of what scripts load: read, stored and read again. The first byte chooses the
// kind.
#include "detect/start/start_files.hpp"

#include <cstdlib>

#include "detect/start/script_loads.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  constexpr unsigned k_kinds = static_cast<unsigned>(detect::StartFileKind::makefile) + 1;
  constexpr unsigned k_languages = static_cast<unsigned>(detect::ScriptLanguage::r) + 1;
  if (size < 2) return 0;
  const std::string_view text = as_text(Bytes(data + 1, size - 1));
  const unsigned choice = data[0] % (k_kinds + k_languages);
  if (choice < k_kinds) {
    const Buffer stored =
        detect::encode_start_file(detect::parse_start_file(static_cast<detect::StartFileKind>(choice), text));
    const auto again = detect::decode_start_file(stored);
    if (!again.ok() || detect::encode_start_file(*again) != stored) std::abort();
  } else {
    const auto language = static_cast<detect::ScriptLanguage>(choice - k_kinds);
    const Buffer stored = detect::encode_script_loads(detect::script_loads(language, text));
    const auto again = detect::decode_script_loads(stored);
    if (!again.ok() || detect::encode_script_loads(*again) != stored) std::abort();
    detect::module_path(text);
  }
  (void)detect::decode_start_file(Bytes(data, size));
  (void)detect::decode_script_loads(Bytes(data, size));
  return 0;
}
