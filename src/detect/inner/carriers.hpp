// Finds in a file what may carry other content, and hands it to the Unwrapper: archives and compressed files, packed
// programs, compressed streams and programs inside of other files, encoded text, content under a one-byte XOR key.
//
// What lies in one window is looked at there. What may go on behind the window is kept, from its first byte to the
// end of the file, and looked at when the file has ended: only then are bytes kept at all.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "detect/detector.hpp"
#include "detect/inner/disguise.hpp"
#include "detect/inner/runs.hpp"
#include "detect/inner/spelling.hpp"
#include "detect/inner/unwrap.hpp"

namespace hullcheck::detect {

constexpr int k_carrier_version = 7;

// One for each worker of the content scan; its calls follow those of the worker.
class CarrierScan {
 public:
  CarrierScan(Unwrapper& unwrapper, int depth) : m_unwrapper(unwrapper), m_depth(depth) {}

  // Marks of carriers, searched for together with the literals of the detectors.
  static const std::vector<Literal>& literals();
  // Whether it is searched for content under a key: all but what is compressed, for what begins as text may go on as
  // anything.
  static bool differenced(const layers::FileInfo& file);

  void begin(const layers::FileInfo& file);
  // The literal stands at `position` of the window, which starts at `offset` of the file. In file order.
  void hit(std::size_t literal, Bytes window, std::uint64_t offset, std::size_t position, bool last);
  // After the window's hits. What begins in [from, to) is new.
  void window(Bytes window, const std::vector<DigitStretch>& stretches, std::uint64_t offset, std::size_t from,
              std::size_t to, bool last);

 private:
  enum class Kind : std::uint8_t {
    container,
    packed,
    stream,
    zip,
    program,
    hidden_program,
    text_run,
    escapes,
    spelt,
    spelt_word,
    disguised,
    lzma,
    pyinstaller
  };
  struct Carrier {
    Kind kind;
    std::uint64_t offset;
    std::uint8_t key = 0;  // or the Spelling
  };
  // Of bytes spelt in text several marks may be met.
  static bool is_spelt(Kind kind) { return kind == Kind::escapes || kind == Kind::spelt; }
  static constexpr std::size_t k_most_pending = 64;
  static constexpr std::size_t k_most_regions = 8;
  static constexpr std::size_t k_most_attempts = 1024;
  static constexpr std::size_t k_bytes_per_attempt = 16 << 10;

  void search(Bytes window, const std::vector<DigitStretch>& stretches, std::uint64_t offset, std::size_t from,
              std::size_t to, bool last);
  void say_backwards(Bytes window);
  void offer(const Carrier& carrier, Bytes window, std::uint64_t offset, bool last);
  // False when it may go on behind `bytes`, which start at the carrier.
  bool look(const Carrier& carrier, Bytes bytes, bool more);
  bool look_at_text_run(const Carrier& carrier, Bytes bytes, bool more);
  Result<Bytes> decode_run(Bytes digits, bool hex, Held& plain);
  void follow_spelt(Bytes window, std::uint64_t offset);
  bool ends_here(const Carrier& carrier, Spelling spelling, std::size_t end, Bytes bytes, bool more);
  bool look_at_escapes(const Carrier& carrier, Bytes bytes, bool more);
  bool look_at_spelt(const Carrier& carrier, Bytes bytes, bool more);
  bool look_at_disguised(const Carrier& carrier, Bytes bytes, bool more);
  bool look_at_lzma(const Carrier& carrier, Bytes bytes, bool more);
  bool look_at_program(const Carrier& carrier, Bytes bytes, bool more);
  bool look_at_hidden_program(const Carrier& carrier, Bytes bytes, bool more);
  void look_at_hidden_text(std::uint8_t key, Bytes window, std::uint64_t offset, std::size_t position);
  void look_at_backward_word(Bytes window, std::size_t end);
  void look_at_short_run(Bytes window, std::uint64_t offset, std::size_t position);
  void decoded(const Carrier& carrier, Bytes content, std::string_view how, Held* held = nullptr);
  void keep(Bytes window, std::uint64_t offset);
  void finish(Bytes file, std::uint64_t offset);
  void say_embedded(const Carrier& carrier, std::string_view how);

  Unwrapper& m_unwrapper;
  int m_depth;
  layers::ContentKind m_kind = layers::ContentKind::binary;
  std::uint64_t m_size = 0;
  bool m_closed = false;  // a container: its bytes say nothing by themselves
  bool m_differenced = false;
  bool m_pyinstaller = false;  // a mark of its programs has been met
  bool m_zip = false;          // an archive's first member has been met
  std::size_t m_attempts = 0;
  std::vector<Carrier> m_pending;
  std::vector<TextRun> m_runs;
  std::vector<HiddenHeader> m_headers;
  std::optional<Disguise> m_disguise;
  std::uint64_t m_kept_from = 0, m_kept_to = 0;
  bool m_keeping = false, m_lost = false;
  std::uint64_t m_short_end = 0, m_escape_end = 0;  // of the last short run, and of the last spelt bytes
  std::optional<Spelling> m_open_spelling;          // of spelt bytes that go on behind the last window
  std::array<std::uint64_t, 256> m_region_end{};    // by key
  std::size_t m_regions = 0;
  Held m_spill;
};

}  // namespace hullcheck::detect
