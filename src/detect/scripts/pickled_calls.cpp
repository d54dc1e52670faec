// See pickled_calls.hpp.
#include "detect/scripts/pickled_calls.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_text = 4096;
constexpr std::size_t k_most_texts = 64;
constexpr std::size_t k_most_instructions = 100'000;

constexpr std::array<std::string_view, 6> k_commands = {"system",    "popen",           "Popen",
                                                        "getoutput", "getstatusoutput", "spawn"};
constexpr std::array<std::string_view, 5> k_of_subprocess = {"call", "run", "check_call", "check_output", "Popen"};
constexpr std::array<std::string_view, 3> k_code = {"exec", "eval", "execfile"};

// How long the argument of an instruction is, where that is fixed.
std::size_t fixed_length(std::uint8_t op) {
  switch (op) {
    case 'K':
    case 'h':
    case 'q':
    case 0x80:
    case 0x82: return 1;
    case 'M':
    case 0x83: return 2;
    case 'J':
    case 'j':
    case 'r':
    case 0x84: return 4;
    case 'G':
    case 0x95: return 8;
    default: return 0;
  }
}

// Bytes of the length that stands before a text or number of any length; 0 for other instructions.
std::size_t length_bytes(std::uint8_t op) {
  switch (op) {
    case 'U':
    case 'C':
    case 0x8a:
    case 0x8c: return 1;
    case 'X':
    case 'T':
    case 'B':
    case 0x8b: return 4;
    case 0x8d:
    case 0x8e:
    case 0x96: return 8;
    default: return 0;
  }
}

class Reader {
 public:
  explicit Reader(std::string_view pickle) : m_pickle(pickle) {}

  std::optional<PickledCall> run() {
    for (std::size_t count = 0; m_pos < m_pickle.size() && count < k_most_instructions; ++count)
      if (!step()) break;
    if (m_call.function.empty()) return std::nullopt;
    return std::move(m_call);
  }

 private:
  std::string_view line() {
    const std::size_t end = std::min(m_pickle.find('\n', m_pos), m_pickle.size());
    const std::string_view text = m_pickle.substr(m_pos, end - m_pos);
    m_pos = std::min(end + 1, m_pickle.size());
    return text;
  }

  void text(std::string_view value) {
    if (m_texts.size() >= k_most_texts) m_texts.erase(m_texts.begin());
    m_texts.emplace_back(value.substr(0, k_most_text));
    if (!m_call.function.empty() && m_call.texts.size() < k_most_texts) m_call.texts.push_back(m_texts.back());
  }

  void function(std::string_view module, std::string_view name) {
    if (!m_call.function.empty()) return;
    const bool os = module == "os" || module == "posix" || module == "nt" || module == "commands" || module == "pty";
    const bool runs = (os && (is_one(name, k_commands) || name.starts_with("exec") || name.starts_with("spawn"))) ||
                      (module == "subprocess" && (is_one(name, k_of_subprocess) || is_one(name, k_commands)));
    const bool code = (module == "builtins" || module == "__builtin__") && is_one(name, k_code);
    if (!runs && !code) return;
    m_call.function = std::string(module) + "." + std::string(name);
    m_call.code = code;
  }

  // One instruction; false at the end and where the bytes make no sense.
  bool step() {
    const auto op = static_cast<std::uint8_t>(m_pickle[m_pos++]);
    if (op == '.') return false;
    if (op == 'c' || op == 'i') {
      const std::string_view module = line();
      function(module, line());
    } else if (op == 'S' || op == 'V') {
      std::string_view value = line();
      if (op == 'S' && value.size() > 1) value = value.substr(1, value.size() - 2);
      text(value);
    } else if (std::string_view("ILFPgp").find(static_cast<char>(op)) != std::string_view::npos) {
      line();
    } else if (op == 0x93) {
      if (m_texts.size() > 1) function(m_texts[m_texts.size() - 2], m_texts.back());
    } else if (const std::size_t bytes = length_bytes(op); bytes != 0) {
      return sized(op, bytes);
    } else {
      m_pos += std::min(fixed_length(op), m_pickle.size() - m_pos);
    }
    return true;
  }

  bool sized(std::uint8_t op, std::size_t bytes) {
    if (m_pickle.size() - m_pos < bytes) return false;
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < bytes; ++i)
      length |= std::uint64_t{static_cast<std::uint8_t>(m_pickle[m_pos + i])} << (8 * i);
    m_pos += bytes;
    if (length > m_pickle.size() - m_pos) return false;
    const std::string_view value = m_pickle.substr(m_pos, static_cast<std::size_t>(length));
    m_pos += value.size();
    if (op != 0x8a && op != 0x8b) text(value);
    return true;
  }

  std::string_view m_pickle;
  std::size_t m_pos = 0;
  std::vector<std::string> m_texts;  // the last of them
  PickledCall m_call;
};

}  // namespace

std::optional<PickledCall> pickled_call(std::string_view pickle) { return Reader(pickle).run(); }

}  // namespace hullcheck::detect
