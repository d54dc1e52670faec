// Accounts by which somebody can get in who should not (B10): a service's account with a password or a login shell, a
// password that is empty, and passwords that are the same in every container of the image.
//
// Format: passwd(5), shadow(5). Some old distributions give every service a shell, so a shell counts only where the
// others of the file have none. Empty passwords have been shipped by bases and are a weakness more than an attack; a
// service with a password of its own is nothing that any package makes.
#include <algorithm>
#include <array>
#include <vector>

#include "detect/detector.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{1} << 20;
constexpr std::size_t k_most_lines = 20000;

constexpr std::array<RuleRow, 1> k_rows{{
    {"B10", EvidenceClass::decisive, model::Severity::critical, 95, "Account that lets somebody in",
     "T1136.001,T1078.003", "Find out whom the account is for; do not run the image if nobody knows."},
}};

// Accounts of the system that nobody logs in to, as distributions number them.
constexpr std::array<std::string_view, 34> k_service_accounts = {"daemon",
                                                                 "bin",
                                                                 "sys",
                                                                 "games",
                                                                 "man",
                                                                 "lp",
                                                                 "mail",
                                                                 "news",
                                                                 "uucp",
                                                                 "proxy",
                                                                 "www-data",
                                                                 "backup",
                                                                 "list",
                                                                 "irc",
                                                                 "gnats",
                                                                 "nobody",
                                                                 "_apt",
                                                                 "sshd",
                                                                 "ntp",
                                                                 "messagebus",
                                                                 "nginx",
                                                                 "apache",
                                                                 "http",
                                                                 "ftp",
                                                                 "squid",
                                                                 "named",
                                                                 "smmsp",
                                                                 "systemd-network",
                                                                 "systemd-resolve",
                                                                 "systemd-timesync",
                                                                 "adm",
                                                                 "dbus",
                                                                 "tcpdump",
                                                                 "polkitd"};

bool is_service(std::string_view name) {
  return std::find(k_service_accounts.begin(), k_service_accounts.end(), name) != k_service_accounts.end();
}

struct Account {
  std::uint32_t line;
  std::vector<std::string_view> fields;
  std::string_view field(std::size_t number) const {
    return number < fields.size() ? fields[number] : std::string_view{};
  }
};

std::vector<Account> accounts_of(std::string_view text) {
  std::vector<Account> accounts;
  for (std::uint32_t number = 1; !text.empty() && number <= k_most_lines; ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#' || line.front() == '+' || line.front() == '-') continue;
    Account account{number, {}};
    while (account.fields.size() < 9) {
      const std::size_t colon = std::min(line.find(':'), line.size());
      account.fields.push_back(line.substr(0, colon));
      if (colon == line.size()) break;
      line.remove_prefix(colon + 1);
    }
    if (account.fields.size() >= 3 && !account.field(0).empty()) accounts.push_back(std::move(account));
  }
  return accounts;
}

bool is_login_shell(std::string_view shell) {
  const std::string_view name = layers::base_name(shell);
  static constexpr std::array<std::string_view, 9> k_shells = {"sh",  "bash", "dash", "ash", "zsh",
                                                               "ksh", "fish", "csh",  "tcsh"};
  return std::find(k_shells.begin(), k_shells.end(), name) != k_shells.end();
}

// A hash that a password can match: "$6$…", "$y$…", or thirteen characters of the old kind.
bool is_hash(std::string_view password) {
  if (password.starts_with('$')) return password.size() > 12;
  return password.size() == 13 && password.find_first_of("*!:") == std::string_view::npos;
}

void say(const Account& account, std::string text, EvidenceClass cls, EvidenceSink& out) {
  Evidence evidence = evidence_of(k_rows[0], std::string(account.field(0).substr(0, 40)) + ": " + std::move(text));
  evidence.cls = cls;
  evidence.line = account.line;
  evidence.values = {{"account", std::string(account.field(0))}};
  out.add(std::move(evidence));
}

void look_at_password(const Account& account, std::string_view password, EvidenceSink& out) {
  const std::string_view name = account.field(0);
  if (is_hash(password)) {
    if (is_service(name))
      say(account, "a service with a password of its own", EvidenceClass::strong, out);
    else
      say(account, "has a password, the same in every container of this image", EvidenceClass::context, out);
  }
  if (password.empty()) say(account, "logs in without a password", EvidenceClass::supporting, out);
}

class WeakAccounts final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    if (file.size() == 0 || file.size() > k_most_bytes) return false;
    const std::string_view name = file.name();
    return layers::base_name(layers::parent_path(file.path())) == "etc" &&
           (name == "passwd" || name == "shadow" || name == "gshadow");
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    const std::vector<Account> accounts = accounts_of(file.text());
    if (file.name() == "gshadow") {
      for (const Account& group : accounts)
        if (is_hash(group.field(1)) &&
            (group.field(0) == "root" || group.field(0) == "sudo" || group.field(0) == "wheel"))
          say(group, "whoever knows the group's password joins it", EvidenceClass::strong, out);
      return;
    }
    const bool passwd = file.name() == "passwd";
    std::size_t services = 0, with_shell = 0;
    for (const Account& account : accounts) {
      if (!is_service(account.field(0))) continue;
      ++services;
      with_shell += is_login_shell(account.field(6)) ? 1 : 0;
    }
    for (const Account& account : accounts) {
      look_at_password(account, account.field(1), out);
      const bool odd_one = passwd && with_shell * 3 < services && is_service(account.field(0));
      if (odd_one && is_login_shell(account.field(6)))
        say(account, "a service with the login shell " + std::string(account.field(6)), EvidenceClass::supporting,
            out);
    }
  }
};

const util::Registered<WeakAccounts> registered{{
    .id = "weak-accounts",
    .version = 1,
    .summary = "accounts of services that can log in, and empty passwords",
    .example = "games: a service with a password of its own",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
