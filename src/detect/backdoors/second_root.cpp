// Accounts that are root under another name, and account names that attackers are known to plant.
//
// Format: passwd(5). uid 0 is what counts, however it is spelled ("00", "+0"); libc reads the number the same way.
// BSD's "toor" is left alone while it has no password to log in with.
#include "detect/backdoors/accounts.hpp"

#include <algorithm>
#include <array>

namespace hullcheck::detect {
namespace {

// From the published record of attacks on containers.
constexpr std::array<std::string_view, 2> k_planted = {"hilde", "monerodaemon"};

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
  bool wants(const layers::FileInfo& file) const override { return is_account_file(file, "passwd"); }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    for (const Account& account : accounts_of(file.text())) look_at(account, out);
  }

 private:
  static void look_at(const Account& account, EvidenceSink& out) {
    if (account.fields.size() < 4 || account.name().front() == '+' || account.name() == "root") return;
    const bool planted = std::find(k_planted.begin(), k_planted.end(), account.name()) != k_planted.end();
    if (!is_zero(account.uid()) && !planted) return;
    Evidence evidence =
        evidence_of(k_account_rows[0], std::string(account.name()) + " has uid " + std::string(account.uid()) +
                                           " and the shell " + std::string(account.shell()));
    if (!is_zero(account.uid()))
      evidence.cls = EvidenceClass::strong;
    else if (is_locked(account.password()) || !may_log_in(account.shell()))
      evidence.cls = EvidenceClass::supporting;
    evidence.line = account.line;
    evidence.values = {{"account", std::string(account.name())}};
    out.add(std::move(evidence));
  }
};

const util::Registered<SecondRoot> registered{{
    .id = "second-root",
    .version = 1,
    .summary = "accounts with uid 0 beside root, and planted accounts",
    .example = "system has uid 0 and the shell /bin/bash",
    .rules = k_account_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
