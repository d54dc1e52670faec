#include "report/terminal/canvas.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "util/text.hpp"

namespace hullcheck::report {
namespace {

constexpr int k_narrowest = 20;
// Longer lines of prose are hard to read; tables may be wider.
constexpr std::size_t k_widest_prose = 120;
constexpr std::size_t k_least_beside = 24;  // columns of text beside a label
constexpr std::size_t k_longest_text = 2000;
// What is longer without a space is a path or a blob that nobody reads to its end; both ends tell it from others.
constexpr std::size_t k_longest_word = 240;

std::string_view code_of(Tone tone) {
  switch (tone) {
    case Tone::plain: return "";
    case Tone::strong: return "1";
    case Tone::dim: return "2";
    case Tone::good: return "1;32";
    case Tone::doubt: return "33";
    case Tone::bad: return "31";
    case Tone::alarm: return "1;31";
  }
  return "";
}

// Our own signs beyond ASCII; what else there is belongs to names and is shown by its number.
constexpr std::pair<char32_t, std::string_view> k_signs[] = {
    {0x2026, "..."}, {0x2192, "->"}, {0x2013, "-"}, {0x2014, "-"}, {0xb7, "-"}, {0x2018, "'"}, {0x2019, "'"}};

std::string to_ascii(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const util::CodePoint point = util::decode_utf8(text);
    const auto sign = std::find_if(std::begin(k_signs), std::end(k_signs),
                                   [&](const auto& row) { return point.valid && row.first == point.value; });
    if (point.valid && point.value < 0x80)
      out += text.front();
    else if (sign != std::end(k_signs))
      out += sign->second;
    else
      out += fmt::format("\\u{{{:04x}}}", static_cast<std::uint32_t>(point.value));
    text.remove_prefix(point.size);
  }
  return out;
}

}  // namespace

Tone tone_of(model::Severity severity) {
  switch (severity) {
    case model::Severity::critical: return Tone::alarm;
    case model::Severity::high: return Tone::bad;
    case model::Severity::medium: return Tone::doubt;
    case model::Severity::low: return Tone::plain;
    case model::Severity::negligible:
    case model::Severity::unrated: return Tone::dim;
  }
  return Tone::plain;
}

Tone tone_of(model::Verdict verdict) {
  switch (verdict) {
    case model::Verdict::safe: return Tone::good;
    case model::Verdict::unknown: return Tone::doubt;
    case model::Verdict::unsafe: return Tone::alarm;
  }
  return Tone::plain;
}

std::string safe(std::string_view text) {
  std::string out;
  while (out.size() <= k_longest_text) {
    const std::size_t end = std::min(text.find(' '), text.size());
    out += util::truncate_middle(util::escape_for_terminal(text.substr(0, end)), k_longest_word);
    if (end == text.size()) break;
    out += ' ';
    text.remove_prefix(end + 1);
  }
  return util::truncate_end(out, k_longest_text);
}

std::string short_digests(std::string_view text) {
  constexpr std::string_view k_prefix = "sha256:";
  constexpr std::size_t k_shown = 12;
  std::string out;
  for (auto at = text.find(k_prefix); at != std::string_view::npos; at = text.find(k_prefix)) {
    const std::size_t start = at + k_prefix.size();
    const std::size_t end = std::min(text.find_first_not_of("0123456789abcdef", start), text.size());
    out += text.substr(0, std::min(end, start + k_shown));
    if (end - start > k_shown) out += "…";
    text = text.substr(end);
  }
  return out += text;
}

Canvas::Canvas(const ReportOptions& options, Output& out)
    : m_options(options),
      m_out(out),
      m_width(static_cast<std::size_t>(std::clamp(options.width, k_narrowest, 1000))) {}

std::string Canvas::paint(Tone tone, std::string_view text) const {
  const std::string_view code = code_of(tone);
  if (!m_options.color || code.empty() || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string Canvas::link(std::string_view target, std::string text) const {
  const bool web = target.substr(0, 8) == "https://" || target.substr(0, 7) == "http://";
  const bool plain = std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!m_options.hyperlinks || !web || !plain || target.size() > k_longest_text) return text;
  return fmt::format("\x1b]8;;{}\x1b\\{}\x1b]8;;\x1b\\", target, text);
}

std::string Canvas::spelt(std::string_view text) const {
  return m_options.ascii ? to_ascii(text) : std::string(text);
}

void Canvas::line(std::string_view painted) {
  const auto end = painted.find_last_not_of(' ');
  if (end != std::string_view::npos) m_out.write(spelt(painted.substr(0, end + 1)));
  m_out.write("\n");
}

void Canvas::heading(std::string_view title, std::string_view rest) {
  line();
  std::string out = paint(Tone::strong, title);
  if (rest.empty()) return line(out);
  // What follows the title may not fit beside it.
  const std::size_t indent = util::display_width(title) + 2;
  const auto lines = util::wrap(spelt(rest), std::max<std::size_t>(m_width - std::min(indent, m_width), 10));
  for (std::size_t i = 0; i < lines.size(); ++i)
    line((i == 0 ? out + "  " : std::string(indent, ' ')) + paint(Tone::dim, lines[i]));
}

void Canvas::item(const Item& item) {
  const std::size_t prose = std::min(m_width, k_widest_prose);
  const std::size_t label = std::max(item.label_width, util::display_width(item.label));
  std::size_t left = item.indent + (label > 0 ? label + 2 : 0);
  const bool beside = left + k_least_beside <= prose;
  const std::string head = std::string(item.indent, ' ') + paint(item.label_tone, item.label);
  if (!beside) {
    if (!item.label.empty()) line(head);
    left = item.indent + (item.label.empty() ? 0 : 2);
  }
  const auto lines = util::wrap(spelt(item.text), std::max<std::size_t>(prose - std::min(left, prose), 10));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string body = paint(item.text_tone, lines[i]);
    if (i == 0 && beside && label > 0)
      line(head + std::string(label - util::display_width(item.label) + 2, ' ') + body);
    else
      line(std::string(left, ' ') + body);
  }
}

void Canvas::command(std::string_view text, std::size_t indent) {
  line(std::string(indent, ' ') + paint(Tone::strong, text));
}

}  // namespace hullcheck::report
