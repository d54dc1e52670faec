// erlang: applications of Erlang and Elixir, those of OTP itself and those of Hex.
// Format: ebin/NAME.app, an Erlang term: {application, NAME, [{vsn, "1.2.3"}, …]}. Folders are lib/NAME-VERSION/ebin.
// Hostile: it is a term of any shape; only the two values are looked for, in a bounded text.
// Reads: ebin/*.app
#include <algorithm>
#include <array>

#include "inventory/deb822.hpp"
#include "inventory/readers/language.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t k_most_bytes = 256 * 1024;

// What Erlang/OTP and Elixir bring themselves.
constexpr std::array k_otp{
    "asn1"sv,       "common_test"sv, "compiler"sv,      "crypto"sv,     "debugger"sv,      "dialyzer"sv,
    "diameter"sv,   "edoc"sv,        "eldap"sv,         "erl_docgen"sv, "erl_interface"sv, "erts"sv,
    "et"sv,         "eunit"sv,       "ftp"sv,           "inets"sv,      "jinterface"sv,    "kernel"sv,
    "megaco"sv,     "mnesia"sv,      "observer"sv,      "odbc"sv,       "os_mon"sv,        "parsetools"sv,
    "public_key"sv, "reltool"sv,     "runtime_tools"sv, "sasl"sv,       "snmp"sv,          "ssh"sv,
    "ssl"sv,        "stdlib"sv,      "syntax_tools"sv,  "tftp"sv,       "tools"sv,         "wx"sv,
    "xmerl"sv,      "hipe"sv,        "elixir"sv,        "eex"sv,        "ex_unit"sv,       "iex"sv,
    "logger"sv,     "mix"sv};

std::string_view without_comments_front(std::string_view text) {
  for (;;) {
    text = util::trim(text);
    if (!text.starts_with('%')) return text;
    take_line(text);
  }
}

bool take(std::string_view& text, std::string_view word) {
  text = without_comments_front(text);
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

void read_app(std::string_view text, FileFacts& facts) {
  text = text.substr(0, k_most_bytes);
  if (!take(text, "{") || !take(text, "application") || !take(text, ",")) return;
  text = without_comments_front(text);
  const std::string_view name = trimmed_quotes(text.substr(0, text.find(',')));
  std::size_t at = text.find("vsn");
  while (at != std::string_view::npos) {
    std::string_view rest = text.substr(at + 3);
    if (take(rest, ",") && take(rest, "\"")) {
      const bool otp = std::find(k_otp.begin(), k_otp.end(), name) != k_otp.end();
      if (add_package(facts, otp ? "otp" : "hex", name, rest.substr(0, rest.find('"'))) == nullptr) break;
      return;
    }
    at = text.find("vsn", at + 3);
  }
  add_problem(facts, "it names no application and version");
}

class Erlang final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.path().ends_with(".app") && contains(file.path(), "ebin/");
  }
  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    read_app(file.text(), facts);
    if (facts.packages.empty() && facts.problems.empty()) return FileFacts{};
    return facts;
  }
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "erlang", out);
  }
};

const util::Registered<Erlang> registered{{.id = "erlang",
                                           .version = 1,
                                           .summary = "Erlang and Elixir applications",
                                           .example = "cowboy 2.9.0 (lib/cowboy-2.9.0/ebin/cowboy.app)"}};

}  // namespace
}  // namespace hullcheck::inventory
