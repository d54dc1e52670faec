// Web shells (B06) in pages and programs that the flow of scripts does not follow: ASP and its handlers, ColdFusion,
// JSP in XML, Go, and shell scripts behind a CGI.
//
// A page that starts a program is common, and so is one that reads a request. Said is what cannot be meant otherwise:
// a request's text that is code by itself, or a command shell started in a small page that reads the request.
// Go is asked for the request inside of the call, or in a variable that goes straight to a shell.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "detect/content/regex.hpp"
#include "detect/detector.hpp"
#include "detect/shell/shell_support.hpp"
#include "detect/words.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{64} << 10;
constexpr std::size_t k_most_shown = 120;

constexpr std::array<RuleRow, 1> k_rows{{
    {"B06", EvidenceClass::decisive, model::Severity::critical, 85, "Web shell", "T1505.003",
     "Do not run this image: whoever reaches the page runs commands in it."},
}};

enum class Page { none, asp, coldfusion, jsp, go };

struct Ending {
  std::string_view text;
  Page page;
};
constexpr std::array<Ending, 12> k_endings{{{".asp", Page::asp},
                                            {".aspx", Page::asp},
                                            {".ashx", Page::asp},
                                            {".asmx", Page::asp},
                                            {".cshtml", Page::asp},
                                            {".cer", Page::asp},
                                            {".cfm", Page::coldfusion},
                                            {".cfc", Page::coldfusion},
                                            {".cfml", Page::coldfusion},
                                            {".jspx", Page::jsp},
                                            {".jsp", Page::jsp},
                                            {".go", Page::go}}};

Page page_of(std::string_view path) {
  for (const Ending& ending : k_endings)
    if (path.ends_with(ending.text)) return ending.page;
  return Page::none;
}

struct Shape {
  Page page;
  std::string_view first;   // regular expressions; what is quoted is the match of this one
  std::string_view second;  // may be empty
  std::string_view third;
  std::string_view what;
  EvidenceClass cls = EvidenceClass::decisive;
};

// "[/]bin" and its like keep these lines from being what they look for.
constexpr std::array<Shape, 10> k_shapes{{
    {Page::asp, R"((?i)<%[^%]{0,200}\b(eval|execute|executeglobal)\s*[(\s]\s*request\b)", "", "",
     "runs what a request holds as code"},
    {Page::asp, R"((?i)\b(ProcessStartInfo\b|Process\s*\.\s*Start\s*\(|new\s+Process\s*\())",
     R"((?i)\bRequest\s*(\[|\(|\.\s*(QueryString|Form|Item|Params|Headers|Cookies)\b))",
     R"((?i)(cmd(\.exe)?\s*"|[/]bin/(ba)?sh|powershell))", "starts a command shell for a request"},
    {Page::asp, R"((?i)\bAssembly\s*\.\s*Load\s*\()", R"((?i)\bRequest\s*(\[|\(|\.\s*(BinaryRead|Item|Form)\b))",
     R"((?i)\.\s*CreateInstance\s*\()", "loads a program that a request brings"},
    {Page::asp, R"((?i)CreateObject\s*\(\s*"wscript\.shell"\s*\))",
     R"((?i)\brequest\s*(\(|\.\s*(querystring|form)\b))", R"((?i)\.\s*exec\s*\(|\.\s*run\s*[(\s])",
     "starts a command shell for a request"},
    {Page::coldfusion, R"((?i)<cfexecute\b[^>]{0,400}#\s*(url|form|cgi|cookie)\s*[.\[])", "", "",
     "runs what a request holds"},
    {Page::coldfusion, R"((?i)<cfexecute\b[^>]{0,200}name\s*=\s*["']?([a-z:\\]*cmd(\.exe)?|[/]bin/(ba)?sh)\b)",
     R"((?i)\b(url|form)\s*[.\[])", "", "starts a command shell for a request"},
    {Page::jsp, R"((getRuntime\s*\(\s*\)\s*\.\s*exec\s*\(|new\s+ProcessBuilder\s*\())",
     R"(request\s*\.\s*get(Parameter|Header)\s*\()",
     R"([/]bin/(ba)?sh|"(ba)?sh"\s*,\s*"-c"|cmd(\.exe)?"|(exec|ProcessBuilder)\s*\(\s*request)",
     "starts a command shell for a request"},
    {Page::jsp,
     R"([$#]\{[^}]{0,300}(getRuntime|ProcessBuilder|ScriptEngineManager)\b[^}]{0,300}\bparam(Values)?\s*[.\[])", "",
     "", "runs what a request holds"},
    {Page::jsp, R"(new\s+(java\.io\.)?(FileOutputStream|FileWriter)\s*\([^;]{0,200}request\s*\.\s*getParameter\s*\()",
     R"(\.\s*write\s*\(\s*request\s*\.\s*getParameter\s*\()", "", "writes a file for a request, which names it",
     EvidenceClass::strong},
    {Page::go,
     R"(exec\.Command(Context)?\(([a-z]+, ?)?"([/]bin/|[/]usr/bin/)?(ba|a|da|z)?sh", ?"-l?c", ?(\w+\.URL\.Query\(\)\.Get|\w+\.(Post)?FormValue|\w+\.Header\.Get)\()",
     "", "", "runs what a request holds"},
}};

const std::array<std::array<Regex, 3>, k_shapes.size()>& regexes() {
  static const auto all = [] {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return std::array<std::array<Regex, 3>, k_shapes.size()>{
          {{Regex(k_shapes[I].first), Regex(k_shapes[I].second), Regex(k_shapes[I].third)}...}};
    }
    (std::make_index_sequence<k_shapes.size()>{});
  }();
  return all;
}

void read_page(const layers::FileView& file, Page page, EvidenceSink& out) {
  const std::string_view text = file.text();
  for (std::size_t i = 0; i < k_shapes.size(); ++i) {
    const Shape& shape = k_shapes[i];
    if (shape.page != page) continue;
    const auto& [first, second, third] = regexes()[i];
    const auto match = first.find_from(text);
    if (!match || (!shape.second.empty() && !second.occurs_in(text)) ||
        (!shape.third.empty() && !third.occurs_in(text)))
      continue;
    const std::string_view found = text.substr(match->begin, std::min(match->end - match->begin, k_most_shown));
    Evidence evidence = evidence_of(k_rows[0], std::string(shape.what) + ": " + std::string(found));
    evidence.cls = shape.cls;
    evidence.line = static_cast<std::uint32_t>(
        1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(match->begin), '\n'));
    out.add(std::move(evidence));
    return;
  }
}

// What a web server tells a program of the request, in its environment.
bool is_of_request(std::string_view word) {
  static constexpr std::array<std::string_view, 4> k_variables = {"${QUERY_STRING", "${HTTP_", "${REQUEST_URI",
                                                                  "${PATH_INFO"};
  return std::any_of(k_variables.begin(), k_variables.end(),
                     [&](std::string_view one) { return word.starts_with(one); });
}

bool is_cgi(const ShellUnit& unit) {
  return unit.path.ends_with(".cgi") || unit.path.find("cgi-bin/") != std::string::npos ||
         std::any_of(unit.facts.commands.begin(), unit.facts.commands.end(), [](const ShellCommand& command) {
           return (program(command) == "echo" || program(command) == "printf") && command.argv.size() > 1 &&
                  util::lower(std::string_view(command.argv.back()).substr(0, 13)) == "content-type:";
         });
}

// The text that the command runs as code, or "".
std::string_view code_of(const ShellCommand& command) {
  static constexpr std::array<std::string_view, 5> k_shells = {"sh", "bash", "ash", "dash", "zsh"};
  const std::string_view name = program(command);
  if (command.argv.empty()) return {};
  if (name == "eval" && command.argv.size() == 2) return command.argv[1];
  if (is_one(name, k_shells) && command.argv.size() >= 3 && command.argv[1] == "-c") return command.argv[2];
  return command.argv[0].starts_with("${") ? std::string_view(command.argv[0]) : std::string_view();
}

class WebPageShell final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    if (file.size() == 0 || file.size() > k_most_bytes) return false;
    const Page page = page_of(file.path());
    if (page != Page::go) return page != Page::none;
    const std::string_view head = as_text(file.head);
    return head.find("\"os/exec\"") != std::string_view::npos && head.find("\"net/http\"") != std::string_view::npos;
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    read_page(file, page_of(file.path()), out);
  }

  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    if (unit.build_time || !is_cgi(unit)) return;
    const auto& commands = unit.facts.commands;
    const bool asks = std::any_of(commands.begin(), commands.end(), [](const ShellCommand& command) {
      return std::any_of(command.argv.begin(), command.argv.end(),
                         [](const std::string& word) { return word.starts_with("${QUERY_STRING"); });
    });
    for (const ShellCommand& command : commands) {
      const std::string_view code = code_of(command);
      const bool whole = is_of_request(code);
      const bool changed = asks && code == "${()}" && program(command) != "eval";
      if (!whole && !changed) continue;
      out.add(shell_evidence(k_rows[0], unit, command.line, "runs what a request holds: " + words(command),
                             whole ? EvidenceClass::decisive : EvidenceClass::strong));
      return;
    }
  }
};

const util::Registered<WebPageShell> registered{{
    .id = "web-page-shell",
    .version = 3,
    .summary = "pages of ASP, ColdFusion and JSP, Go programs and CGI scripts that run what a request holds",
    .example = "#!/bin/sh … eval \"$QUERY_STRING\"",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
