// Accounts by which somebody can get in who should not (B10): a service's account with a password or a login shell, a
// password that is empty, and passwords that are the same in every container of the image.
//
// Format: passwd(5), shadow(5). Some old distributions give every service a shell, so a shell counts only where the
// others of the file have none. Empty passwords have been shipped by bases and are a weakness more than an attack; a
// service with a password of its own is nothing that any package makes.
#include "detect/backdoors/accounts.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace hullcheck::detect {
namespace {

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

// "+" and "-" take accounts in and out of what a network lists.
bool is_of_network(const Account& account) { return account.name().front() == '+' || account.name().front() == '-'; }

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
  Evidence evidence =
      evidence_of(k_account_rows[0], std::string(account.name().substr(0, 40)) + ": " + std::move(text));
  evidence.cls = cls;
  evidence.line = account.line;
  evidence.values = {{"account", std::string(account.name())}};
  out.add(std::move(evidence));
}

void look_at_password(const Account& account, std::string_view password, EvidenceSink& out) {
  const std::string_view name = account.name();
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
    return is_account_file(file, "passwd") || is_account_file(file, "shadow") || is_account_file(file, "gshadow");
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    std::vector<Account> accounts = accounts_of(file.text());
    std::erase_if(accounts, is_of_network);
    if (file.name() == "gshadow") {
      for (const Account& group : accounts)
        if (is_hash(group.password()) &&
            (group.name() == "root" || group.name() == "sudo" || group.name() == "wheel"))
          say(group, "whoever knows the group's password joins it", EvidenceClass::strong, out);
      return;
    }
    const bool passwd = file.name() == "passwd";
    std::size_t services = 0, with_shell = 0;
    for (const Account& account : accounts) {
      if (!is_service(account.name())) continue;
      ++services;
      with_shell += is_login_shell(account.shell()) ? 1 : 0;
    }
    for (const Account& account : accounts) {
      look_at_password(account, account.password(), out);
      const bool odd_one = passwd && with_shell * 3 < services && is_service(account.name());
      if (odd_one && is_login_shell(account.shell()))
        say(account, "a service with the login shell " + std::string(account.shell()), EvidenceClass::supporting,
            out);
    }
  }
};

const util::Registered<WeakAccounts> registered{{
    .id = "weak-accounts",
    .version = 1,
    .summary = "accounts of services that can log in, and empty passwords",
    .example = "games: a service with a password of its own",
    .rules = k_account_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
