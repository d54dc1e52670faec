// Accounts that are root under another name, and account names that attackers are known to plant.
//
// Format: passwd(5). uid 0 is what counts, however it is spelled ("00", "+0"); libc reads the number the same way.
// BSD's "toor" is left alone while it has no password to log in with.
#include <algorithm>
#include <array>
#include <optional>

#include "detect/detector.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{1} << 20;
constexpr std::size_t k_most_lines = 20000;

constexpr std::array<RuleRow, 1> k_rows{{
    {"B10", EvidenceClass::decisive, model::Severity::critical, 95, "Account that lets somebody in",
     "T1136.001,T1078.003", "Find out whom the account is for; do not run the image if nobody knows."},
}};

// From the published record of attacks on containers.
constexpr std::array<std::string_view, 2> k_planted = {"hilde", "monerodaemon"};

struct Account {
  std::array<std::string_view, 7> fields;
  std::string_view name() const { return fields[0]; }
  std::string_view password() const { return fields[1]; }
  std::string_view uid() const { return fields[2]; }
  std::string_view shell() const { return fields[6]; }
};

std::optional<Account> parse_account(std::string_view line) {
  Account account;
  for (std::size_t i = 0; i < account.fields.size(); ++i) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    account.fields[i] = line.substr(0, colon);
    if (colon == line.size()) return i >= 3 ? std::optional(account) : std::nullopt;
    line.remove_prefix(colon + 1);
  }
  return account;
}

bool is_zero(std::string_view number) {
  while (!number.empty() && (number.front() == ' ' || number.front() == '+' || number.front() == '-'))
    number.remove_prefix(1);
  if (number.starts_with("0x") || number.starts_with("0X")) number.remove_prefix(2);
  return !number.empty() && number.find_first_not_of('0') == std::string_view::npos;
}

bool may_log_in(std::string_view shell) {
  while (!shell.empty() && (shell.back() == '\r' || shell.back() == ' ')) shell.remove_suffix(1);
  return !shell.ends_with("nologin") && !shell.ends_with("/false") && !shell.ends_with("/sync") &&
         !shell.ends_with("/halt") && !shell.ends_with("/shutdown");
}

bool is_locked(std::string_view password) { return password == "*" || password.starts_with("!"); }

class SecondRoot final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.name() == "passwd" && layers::base_name(layers::parent_path(file.path())) == "etc" &&
           file.size() > 0 && file.size() <= k_most_bytes;
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    std::string_view text = file.text();
    for (std::uint32_t line = 1; !text.empty() && line <= k_most_lines; ++line) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      if (const auto account = parse_account(text.substr(0, end))) look_at(*account, line, out);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

 private:
  static void look_at(const Account& account, std::uint32_t line, EvidenceSink& out) {
    const bool comment = account.name().empty() || account.name().front() == '#' || account.name().front() == '+';
    if (comment || account.name() == "root") return;
    const bool planted = std::find(k_planted.begin(), k_planted.end(), account.name()) != k_planted.end();
    if (!is_zero(account.uid()) && !planted) return;
    Evidence evidence =
        evidence_of(k_rows[0], std::string(account.name()) + " has uid " + std::string(account.uid()) +
                                   " and the shell " + std::string(account.shell()));
    if (!is_zero(account.uid()))
      evidence.cls = EvidenceClass::strong;
    else if (is_locked(account.password()) || !may_log_in(account.shell()))
      evidence.cls = EvidenceClass::supporting;
    evidence.line = line;
    evidence.values = {{"account", std::string(account.name())}};
    out.add(std::move(evidence));
  }
};

const util::Registered<SecondRoot> registered{{
    .id = "second-root",
    .version = 1,
    .summary = "accounts with uid 0 beside root, and planted accounts",
    .example = "system has uid 0 and the shell /bin/bash",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
