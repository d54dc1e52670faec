#include "detect/shell/execline.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "detect/shell/argument_words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = 256U << 10;
constexpr std::size_t k_most_words = 16'384;
constexpr int k_most_depth = 32;

struct Word {
  std::string text;
  std::uint32_t line = 0;
  bool opens = false, closes = false;  // a brace that stands alone, without quotes
};

// Words, quoted text and braces; "#" begins a comment where a word would begin.
std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  std::uint32_t line = 1;
  for (std::size_t i = 0; i < text.size() && words.size() < k_most_words;) {
    const char c = text[i];
    if (c == '\n' || c == ' ' || c == '\t' || c == '\r') {
      line += c == '\n' ? 1 : 0;
      ++i;
    } else if (c == '#') {
      i = std::min(text.find('\n', i), text.size());
    } else {
      Word word;
      word.line = line;
      bool quoted = false;
      for (; i < text.size(); ++i) {
        const char one = text[i];
        if (one == '"') {
          quoted = !quoted;
          continue;
        }
        if (!quoted && (one == '\n' || one == ' ' || one == '\t' || one == '\r')) break;
        if (one == '\n') ++line;
        if (one == '\\' && i + 1 < text.size()) {
          ++i;
          word.text += text[i] == 'n' && quoted ? '\n' : text[i];
        } else {
          word.text += one;
        }
      }
      word.opens = word.text == "{";
      word.closes = word.text == "}";
      words.push_back(std::move(word));
    }
  }
  return words;
}

// Programs that do something for the shell's eyes and then run the rest.
enum class Act : std::uint8_t { skip, folder, set, read, output, exported, redirect };
struct Chain {
  std::string_view name;
  std::size_t arguments;  // words that are its own, behind its options
  Act act;
};
constexpr std::array<Chain, 20> k_chains{{
    {"cd", 1, Act::folder},         {"s6-cd", 1, Act::folder},      {"define", 2, Act::set},
    {"importas", 2, Act::read},     {"backtick", 1, Act::output},   {"export", 2, Act::exported},
    {"redirfd", 2, Act::redirect},  {"fdmove", 2, Act::skip},       {"fdclose", 1, Act::skip},
    {"fdreserve", 1, Act::skip},    {"umask", 1, Act::skip},        {"s6-umask", 1, Act::skip},
    {"unexport", 1, Act::skip},     {"emptyenv", 0, Act::skip},     {"exec", 0, Act::skip},
    {"wait", 0, Act::skip},         {"with-contenv", 0, Act::skip}, {"s6-setuidgid", 1, Act::skip},
    {"s6-envuidgid", 1, Act::skip}, {"s6-envdir", 1, Act::skip},
}};

class Translator {
 public:
  explicit Translator(std::vector<Word> words) : m_words(std::move(words)) {}

  ExeclineText run() {
    line(0, m_words.size(), 0);
    return std::move(m_out);
  }

 private:
  // One command line, [begin, end).
  void line(std::size_t begin, std::size_t end, int depth) {
    if (depth > k_most_depth || m_out.shell.size() > k_most_bytes) {
      m_out.complete = false;
      return;
    }
    std::string behind;  // redirections of what follows
    while (begin < end) {
      const std::string& name = m_words[begin].text;
      const auto chain =
          std::find_if(k_chains.begin(), k_chains.end(), [&](const Chain& one) { return one.name == name; });
      if (chain != k_chains.end()) {
        begin = act(*chain, begin, end, depth, behind);
      } else if (name == "pipeline") {
        return pipeline(begin, end, depth, behind);
      } else if (const std::size_t block = own_block(begin, end); block < end) {
        begin = blocks(begin, block, end, depth);
      } else {
        command(begin, end, behind);
        return;
      }
    }
  }

  // The block of `foreground { … }`, `if -n { … }`: behind the name and its options; else `end`.
  std::size_t own_block(std::size_t begin, std::size_t end) const {
    static constexpr std::array<std::string_view, 14> k_with_blocks = {
        "foreground",   "background", "if",   "ifelse",          "ifte",    "ifthenelse",  "forx",
        "forbacktickx", "loopwhilex", "trap", "multisubstitute", "tryexec", "withstdinas", "forstdin"};
    if (std::find(k_with_blocks.begin(), k_with_blocks.end(), m_words[begin].text) == k_with_blocks.end()) return end;
    for (std::size_t i = begin + 1; i < std::min(end, begin + 12); ++i)
      if (m_words[i].opens) return i;
    return end;
  }

  // All blocks from the first on, each as commands of their own; what follows is the rest of the line.
  std::size_t blocks(std::size_t begin, std::size_t block, std::size_t end, int depth) {
    const bool background = m_words[begin].text == "background";
    while (block < end && m_words[block].opens) {
      const std::size_t close = closing(block, end);
      line(block + 1, close, depth + 1);
      if (background) m_out.shell += " &";
      block = close + 1;
    }
    return std::min(block, end);
  }

  void pipeline(std::size_t begin, std::size_t end, int depth, const std::string& behind) {
    std::size_t block = begin + 1;
    while (block < end && !m_words[block].opens) ++block;
    if (block >= end) return;
    const std::size_t close = closing(block, end);
    start_line(m_words[begin].line);
    m_out.shell += "{ ";
    line(block + 1, close, depth + 1);
    m_out.shell += "; } | { ";
    m_same_line = true;
    line(std::min(close + 1, end), end, depth + 1);
    m_out.shell += "; }" + behind;
  }

  std::size_t act(const Chain& chain, std::size_t begin, std::size_t end, int depth, std::string& behind) {
    std::size_t at = begin + 1;
    std::string options;
    while (at < end && is_flag(m_words[at].text)) options += m_words[at++].text + " ";
    if (chain.act == Act::read && options.find('D') != std::string::npos && at + 2 < end) ++at;  // -D default
    const auto argument = [&](std::size_t number) {
      return at + number < end ? m_words[at + number].text : std::string();
    };
    const std::uint32_t number = m_words[begin].line;
    switch (chain.act) {
      case Act::folder: say(number, "cd " + quoted(argument(0))); break;
      case Act::set: say(number, argument(0) + "=" + quoted(argument(1))); break;
      case Act::read: say(number, argument(0) + "=\"${" + argument(1) + "}\""); break;
      case Act::exported: say(number, "export " + argument(0) + "=" + quoted(argument(1))); break;
      case Act::redirect:
        behind += (options.find('r') != std::string::npos   ? " <"
                   : options.find('a') != std::string::npos ? " >>"
                                                            : " >") +
                  quoted(argument(1));
        break;
      case Act::output: {
        const std::size_t block = at + 1;
        if (block >= end || !m_words[block].opens) return std::min(at + 1, end);
        const std::size_t close = closing(block, end);
        start_line(number);
        m_out.shell += argument(0) + "=$(";
        m_same_line = true;
        line(block + 1, close, depth + 1);
        m_out.shell += ")";
        return std::min(close + 1, end);
      }
      case Act::skip: break;
    }
    return std::min(at + chain.arguments, end);
  }

  void command(std::size_t begin, std::size_t end, const std::string& behind) {
    std::string text;
    for (std::size_t i = begin; i < end; ++i) text += (i == begin ? "" : " ") + quoted(m_words[i].text);
    say(m_words[begin].line, text + behind);
  }

  // Variables stay variables; everything else is as it stands.
  static std::string quoted(const std::string& word) {
    static constexpr std::string_view k_plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./:=,@%${}";
    if (!word.empty() && word.find_first_not_of(k_plain) == std::string::npos && word != "{" && word != "}")
      return word;
    const bool variable = word.find("${") != std::string::npos;
    std::string out(1, variable ? '"' : '\'');
    for (const char c : word) {
      if (variable && (c == '"' || c == '\\' || c == '`')) out += '\\';
      out += !variable && c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return out + (variable ? '"' : '\'');
  }

  std::size_t closing(std::size_t open, std::size_t end) const {
    int depth = 0;
    for (std::size_t i = open; i < end; ++i) {
      if (m_words[i].opens) ++depth;
      if (m_words[i].closes && --depth == 0) return i;
    }
    return end;
  }

  void say(std::uint32_t line, const std::string& text) {
    start_line(line);
    m_out.shell += text;
    m_line += static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
  }

  void start_line(std::uint32_t line) {
    if (std::exchange(m_same_line, false)) return;
    if (m_line < line) {
      m_out.shell.append(line - m_line, '\n');
      m_line = line;
    } else if (!m_out.shell.empty() && !m_out.shell.ends_with("{ ") && !m_out.shell.ends_with('&')) {
      m_out.shell += "; ";
    } else if (m_out.shell.ends_with('&')) {
      m_out.shell += ' ';
    }
  }

  std::vector<Word> m_words;
  ExeclineText m_out;
  std::uint32_t m_line = 1;
  bool m_same_line = false;  // what comes next stands within something
};

}  // namespace

bool is_execline(std::string_view text) {
  return text.starts_with("#!") &&
         text.substr(0, std::min<std::size_t>(text.find('\n'), 128)).find("execlineb") != text.npos;
}

ExeclineText execline_as_shell(std::string_view text) {
  std::vector<Word> words = words_of(text.substr(0, k_most_bytes));
  const bool cut = text.size() > k_most_bytes || words.size() >= k_most_words;
  ExeclineText out = Translator(std::move(words)).run();
  out.complete &= !cut;
  return out;
}

}  // namespace hullcheck::detect
