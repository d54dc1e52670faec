// Lines for a terminal: columns, wrapping, colour. Everything that is given to it as text of the image must have gone
// through safe().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/scan_result.hpp"
#include "report/report.hpp"

namespace hullcheck::report {

enum class Tone : std::uint8_t { plain, strong, dim, good, doubt, bad, alarm };

Tone tone_of(model::Severity severity);
Tone tone_of(model::Verdict verdict);

// util::escape_for_terminal(), and no more than a person would read.
std::string safe(std::string_view text);

// Digests within a text cut to twelve digits: enough to tell layers apart, and lines stay readable.
std::string short_digests(std::string_view text);

// One thread. Lines are handed on as they are made.
class Canvas {
 public:
  Canvas(const ReportOptions& options, Output& out);

  std::size_t width() const { return m_width; }
  const ReportOptions& options() const { return m_options; }
  // With colour where the user wants it.
  std::string paint(Tone tone, std::string_view text) const;
  // The text as a link where the terminal knows them and the target is a plain web address.
  std::string link(std::string_view target, std::string text) const;

  void line(std::string_view painted = {});
  void heading(std::string_view title, std::string_view rest = {});
  // A label in its column, and the text wrapped beside it. On a narrow terminal the text stands below the label.
  struct Item {
    std::string_view label;
    std::size_t label_width = 0;
    Tone label_tone = Tone::dim;
    std::string_view text;
    Tone text_tone = Tone::plain;
    std::size_t indent = 2;
  };
  void item(const Item& item);
  // Never wrapped, so that it can be copied.
  void command(std::string_view text, std::size_t indent);

 private:
  std::string spelt(std::string_view text) const;

  const ReportOptions& m_options;
  Output& m_out;
  std::size_t m_width;
};

}  // namespace hullcheck::report
