// Files that exist to hold a credential: of package managers, registries, clouds, databases. They are known by name,
// and what they hold has no form of its own, so it is read where the file's format says that it stands.
//
// Hostile: a file of such a name may hold anything. It is read up to k_most_bytes, by regular expressions that take
// linear time, and at most k_most_values of it are looked at.
#include <algorithm>
#include <functional>
#include <unordered_map>

#include "detect/content/regex.hpp"
#include "detect/detector.hpp"
#include "detect/secrets/value.hpp"
#include "util/base64.hpp"
#include "util/seeded_hash.hpp"

namespace hullcheck::detect::secrets {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{1} << 20;
constexpr std::size_t k_most_values = 256;
constexpr std::size_t k_most_decoded = 8192;
constexpr auto k_strong = EvidenceClass::strong;
constexpr auto k_supporting = EvidenceClass::supporting;

enum class Coding : std::uint8_t {
  plain,
  user_and_password,  // base64 of "USER:PASSWORD"
  base64,             // of the password
  hash,               // of a password: shown as what it is, and no placeholder
};

struct FileRow {
  RuleRow rule;
  // Separated by blanks: "/NAME" is the end of a path, "NAME" a whole path or name, "A*B" a name that begins and ends
  // so, "/FOLDER/" anything below.
  std::string_view files;
  std::string_view pattern;  // RE2 with one group: the value
  Coding coding = Coding::plain;
  std::string_view must_hold = {};  // a word without which the file is another one's
};

constexpr std::string_view k_advice =
    "Take it for known to everybody who can pull the image: change it, rebuild without the file in any layer, and "
    "mount "
    "it when it is needed (for builds: a build secret).";

constexpr RuleRow row(std::string_view id, std::string_view title, EvidenceClass cls = k_strong) {
  return {id,
          cls,
          cls == k_strong ? model::Severity::high : model::Severity::medium,
          static_cast<std::uint8_t>(cls == k_strong ? 90 : 60),
          title,
          "T1552.001",
          k_advice};
}

constexpr FileRow k_files[] = {
    {row("secret/file-docker-config", "Registry login of Docker"),
     "/.docker/config.json /.dockercfg /.dockerconfigjson /kaniko/.docker/config.json /containers/auth.json",
     "\"auth\"\\s*:\\s*\"([A-Za-z0-9+/=_-]{8,})\"", Coding::user_and_password},
    {row("secret/file-docker-identity", "Registry token of Docker"),
     "/.docker/config.json /.dockercfg /.dockerconfigjson /containers/auth.json",
     "\"(?:identitytoken|registrytoken|password)\"\\s*:\\s*\"([^\"]{6,})\""},
    {row("secret/file-netrc", "Login in a netrc file"), "/.netrc /_netrc /.authinfo /netrc",
     "(?:^|\\s)password\\s+\"?([^\\s\"]{4,400})", Coding::plain, "machine"},
    {row("secret/file-npmrc-auth", "Login of an npm registry"), "/.npmrc /npmrc",
     "_auth\\s*=\\s*[\"']?([A-Za-z0-9+/=]{8,})", Coding::user_and_password},
    {row("secret/file-npmrc-password", "Password of an npm registry"), "/.npmrc /npmrc",
     "_password\\s*=\\s*[\"']?([A-Za-z0-9+/=]{6,})", Coding::base64},
    {row("secret/file-yarnrc", "Token of a yarn registry"), "/.yarnrc.yml /.yarnrc",
     "npmAuth(?:Token|Ident)\\s*:\\s*[\"']?([^\\s\"']{8,})"},
    {row("secret/file-pip-config", "Login of a Python package index"),
     "/pip.conf /pip.ini /.pip/pip.conf /pydistutils.cfg /.pydistutils.cfg /uv.toml /Pipfile /poetry.toml",
     "https?://[^\\s:/@]{1,100}:([^\\s/@]{4,400})@"},
    {row("secret/file-pypirc", "Password of a Python package index"), "/.pypirc",
     "(?m)^\\s*password\\s*[:=]\\s*([^\\s]{4,})"},
    {row("secret/file-poetry-auth", "Login of a Python package index"), "/pypoetry/auth.toml",
     "(?:password|pypi)\\s*=\\s*\"([^\"]{4,})\""},
    {row("secret/file-maven-settings", "Password in Maven's settings"), "/settings.xml",
     "<(?:password|passphrase)>([^<\\s]{4,400})</", Coding::plain, "<settings"},
    {row("secret/file-maven-master", "Master password of Maven"), "/settings-security.xml",
     "<master>([^<\\s]{8,400})</master>"},
    {row("secret/file-gradle-properties", "Credential in Gradle's properties", k_supporting), "/gradle.properties",
     "(?im)^[\\w.]{0,80}(?:password|token|secret|apikey|api_key)\\s*[=:]\\s*([^\\s]{6,})"},
    {row("secret/file-sbt-credentials", "Login of an Ivy repository"),
     "/.ivy2/.credentials /.sbt/credentials /.sbt/.credentials", "(?m)^\\s*password\\s*=\\s*([^\\s]{4,400})"},
    {row("secret/file-git-credentials", "Login of a Git server"),
     "/.git-credentials /git/credentials /.git/config /.gitconfig", "https?://[^\\s:/@]{0,100}:([^\\s/@]{4,})@"},
    {row("secret/file-git-extra-header", "Login of a Git server"), "/.git/config /.gitconfig",
     "(?i)extraheader\\s*=\\s*\"?authorization: basic ([A-Za-z0-9+/=]{8,})", Coding::user_and_password},
    {row("secret/file-gh-hosts", "Token of the GitHub command line"),
     "/gh/hosts.yml /.config/hub /glab-cli/config.yml",
     "(?:oauth_token|token)\\s*:\\s*[\"']?([A-Za-z0-9_.-]{20,300})"},
    {row("secret/file-pgpass", "Password of PostgreSQL"), "/.pgpass /pgpass.conf",
     "(?m)^[^#:\\n]{1,200}:[^:\\n]{1,10}:[^:\\n]{1,100}:[^:\\n]{1,100}:([^\\n\\r]{4,200})"},
    {row("secret/file-mysql-options", "Password of MySQL"), "/.my.cnf /debian.cnf /.mytop",
     "(?m)^\\s*(?:password|pass)\\s*=\\s*[\"']?([^\\s\"']{4,200})"},
    {row("secret/file-mongorc", "Login of MongoDB"), "/.mongorc.js /.dbshell",
     "auth\\(\\s*[\"'][^\"']{1,100}[\"']\\s*,\\s*[\"']([^\"']{4,200})[\"']"},
    {row("secret/file-kubeconfig", "Token of a Kubernetes cluster"),
     "/.kube/config /kubeconfig *.kubeconfig /admin.conf /kubelet.conf /controller-manager.conf /scheduler.conf "
     "/k3s.yaml "
     "/rke2.yaml",
     "(?m)^\\s*-?\\s*(?:token|password|id-token|refresh-token)\\s*:\\s*[\"']?([^\\s\"']{8,})", Coding::plain,
     "clusters"},
    {row("secret/file-composer-auth", "Login of Composer"), "/.composer/auth.json /composer/auth.json /auth.json",
     "\"(?:password|[a-z0-9.-]+\\.(?:com|org|net|io|dev))\"\\s*:\\s*\"([^\"]{8,})\""},
    {row("secret/file-bundle-config", "Login of a gem server"), "/.bundle/config",
     "(?m)^BUNDLE_[A-Z0-9_]{1,200}:\\s*[\"']?(?:[^\\s:\"']{1,100}:)([^\\s\"':]{6,400})[\"']?\\s*$"},
    {row("secret/file-gem-credentials", "Key of RubyGems"), "/.gem/credentials /gem/credentials",
     "(?m)^:[\\w.-]{1,100}:\\s*[\"']?([^\\s\"']{16,400})"},
    {row("secret/file-cargo-credentials", "Token of a crate registry"),
     "/.cargo/credentials /.cargo/credentials.toml /cargo/credentials.toml",
     "(?m)^\\s*(?:token|secret-key)\\s*=\\s*[\"']([^\"']{8,})"},
    {row("secret/file-nuget-config", "Password of a NuGet source"), "/NuGet.Config /nuget.config /NuGet.config",
     "(?i)<add\\s+key=\"(?:cleartextpassword|password)\"\\s+value=\"([^\"]{4,})\""},
    {row("secret/file-hex-config", "Key of Hex"), "/.hex/hex.config",
     "(?:api_key|auth_key)\\W{1,10}([A-Za-z0-9]{20,200})"},
    {row("secret/file-conan", "Login of Conan"), "/.conan2/credentials.json /.conan/credentials.json",
     "\"password\"\\s*:\\s*\"([^\"]{4,400})\""},
    {row("secret/file-condarc", "Token of a conda channel"), "/.condarc /condarc",
     "https?://[^\\s]{0,100}/t/([A-Za-z0-9_-]{12,200})/"},
    {row("secret/file-vault-token", "Token of Vault"), "/.vault-token", "\\A\\s*([A-Za-z0-9._-]{20,400})\\s*\\z"},
    {row("secret/file-terraform-credentials", "Token of Terraform"),
     "/credentials.tfrc.json /.terraformrc /terraform.rc", "\"?token\"?\\s*[:=]\\s*\"([^\"]{14,400})\""},
    {row("secret/file-terraform-state", "Credential in Terraform's state", k_supporting),
     "*.tfstate *.tfstate.backup",
     "\"(?:\\w{0,40}password|\\w{0,40}secret|\\w{0,20}secret_key|access_token|private_key_pem|connection_string)"
     "\"\\s*:\\s*"
     "\"([^\"]{6,})\"",
     Coding::plain, "terraform_version"},
    {row("secret/file-terraform-variables", "Credential in Terraform's variables", k_supporting),
     "*.tfvars *.auto.tfvars",
     "(?im)^\\s*\\w{0,60}(?:password|secret|token|api_?key|access_?key|private_?key)\\w{0,20}\\s*=\\s*\"([^\"]{6,})"
     "\""},
    {row("secret/file-pulumi", "Token of Pulumi"), "/.pulumi/credentials.json",
     "\"accessToken\"\\s*:\\s*\"([^\"]{10,400})\""},
    {row("secret/file-s3cfg", "Secret key of an object store"),
     "/.s3cfg /s3cfg /.mc/config.json /.boto /.passwd-s3fs /passwd-s3fs",
     "(?m)(?:^\\s*(?:aws_secret_access_key|gs_secret_access_key|secret_key)\\s*=\\s*|\"secretKey\"\\s*:\\s*\"|^[A-Z0-"
     "9]{12,40}:)([A-Za-z0-9/+=_-]{12,200})"},
    {row("secret/file-rclone", "Password of an rclone remote"), "/rclone.conf /.rclone.conf",
     "(?m)^\\s*(?:pass|password|secret_access_key|client_secret|token)\\s*=\\s*(\\S[^\\n\\r]{6,})"},
    {row("secret/file-azure-profile", "Token of the Azure command line"),
     "/.azure/accessTokens.json /.azure/msal_token_cache.json /.azure/service_principal_entries.json",
     "\"(?:refreshToken|secret|client_secret|accessToken)\"\\s*:\\s*\"([^\"]{16,})\""},
    {row("secret/file-gcloud-legacy", "Login of the Google Cloud command line"), "/adc.json /.boto",
     "\"refresh_token\"\\s*:\\s*\"([^\"]{20,400})\""},
    {row("secret/file-doctl", "Token of DigitalOcean"), "/doctl/config.yaml",
     "access-token\\s*:\\s*([A-Za-z0-9_]{20,200})"},
    {row("secret/file-heroku-netrc", "Login of the Fly command line"), "/.fly/config.yml",
     "access_token\\s*:\\s*[\"']?([^\\s\"']{20,})"},
    {row("secret/file-htpasswd", "Password hashes of a web server", k_supporting),
     "/.htpasswd /htpasswd *.htpasswd /.htdigest",
     "(?m)^[^\\s:#]{1,100}:(\\$(?:apr1|1|2[aby]|5|6|y)\\$[^\\s:]{20,200}|\\{SHA\\}[A-Za-z0-9+/]{27}=|[A-Za-z0-9./"
     "]{13})\\s*$",
     Coding::hash},
    {row("secret/file-weak-password-hash", "Password hash of an outdated kind", k_supporting),
     "etc/shadow etc/shadow- /etc/security/opasswd",
     "(?m)^[^\\s:]{1,64}:(\\$1\\$[^:\\s]{4,60}|\\$2a?\\$0[0-9]\\$[^:\\s]{53}|_[A-Za-z0-9./]{19}|[A-Za-z0-9./]{13}):",
     Coding::hash},
    {row("secret/file-rails-master-key", "Master key of a Rails application"),
     "/config/master.key /config/credentials/production.key", "\\A\\s*([0-9a-f]{32})\\s*\\z"},
    {row("secret/file-jenkins", "Master key of Jenkins"), "/secrets/master.key /jenkins_home/secret.key",
     "\\A\\s*([0-9a-f]{64,512})\\s*\\z"},
    {row("secret/file-wifi", "Password of a wireless network", k_supporting), "/wpa_supplicant.conf *.nmconnection",
     "(?m)^\\s*(?:psk|password|wep-key0)\\s*=\\s*\"?([^\\s\"]{8,64})"},
    {row("secret/file-filezilla", "Login of FileZilla"), "/sitemanager.xml /recentservers.xml",
     "<Pass(?:\\s+encoding=\"base64\")?>([^<]{4,400})</Pass>"},
    {row("secret/file-mail-client", "Password of a mail client"),
     "/.msmtprc /msmtprc /.fetchmailrc /.mbsyncrc /.offlineimaprc /.esmtprc /ssmtp.conf",
     "(?im)(?:^|\\s)(?:password|authpass|pass|remotepass)[ \\t=]+[\"']?([^\\s\"']{6,200})"},
    {row("secret/file-subversion", "Password of Subversion"), "/svn.simple/",
     "(?m)^password\\nV \\d+\\n([^\\n]{4,200})"},
    {row("secret/file-rndc-key", "Control key of a name server", k_supporting), "/rndc.key /named.keys",
     "secret\\s+\"([A-Za-z0-9+/=]{16,200})\""},
    {row("secret/file-solana-keypair", "Key pair of a Solana account"), "/solana/id.json *keypair.json",
     "\\A\\s*\\[((?:\\s*[0-9]{1,3}\\s*,){63}\\s*[0-9]{1,3}\\s*)\\]"},
    {row("secret/file-environment", "Credential in an environment file", k_supporting),
     "/.env .env.* *.env /.envrc /env.sh /.secrets /secrets.yml /secrets.yaml /.flaskenv",
     "(?im)^\\s*(?:export\\s+)?\\w{0,60}(?:password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|"
     "_pwd|_pass)"
     "(?:_key|_base)?\\s*[=:]\\s*[\"']?([^\\s\"']{6,})"},
    {row("secret/file-application-settings", "Credential in an application's settings", k_supporting),
     "application.properties application-*.properties application.yml application-*.yml application.yaml "
     "appsettings.json appsettings.*.json /database.yml /parameters.yml /local_settings.py /settings.php "
     "/wp-config.php "
     "/config.inc.php /web.config /hibernate.cfg.xml /persistence.xml /odoo.conf /redis.conf /values.yaml "
     "/docker-compose.yml "
     "/docker-compose.yaml /compose.yaml /compose.yml",
     "(?im)^[^#\\n]{0,120}?[\\w.-]{0,60}(?:password|passwd|passphrase|secret[_-]?key|api[_-]?key|access[_-]?token|"
     "requirepass)"
     "[\"']?\\s{0,4}(?:=>|[:=,]|\\s|\"?\\s+value=)\\s{0,4}[\"']?([^\\s\"'<>;,]{6,400})"},
    {row("secret/file-shell-history", "Credential in a shell's history", k_supporting),
     "/.bash_history /.zsh_history /.ash_history /.sh_history /.mysql_history /.psql_history /.python_history "
     "/fish_history",
     "(?i)(?:--?password[= ]|identified by |-p|passwd[= ]|password[= ]|authorization: (?:bearer|basic|token) "
     ")[\"']?([^\\s\"'-][^\\s\"']{7,400})"},
};

// One name of `files`. `name` is the last part of the path.
bool is_named(std::string_view path, std::string_view name, std::string_view file) {
  if (file.ends_with('/')) return path.find(file) != std::string_view::npos;
  const std::size_t star = file.find('*');
  if (star != std::string_view::npos)
    return name.size() + 1 >= file.size() && name.starts_with(file.substr(0, star)) &&
           name.ends_with(file.substr(star + 1));
  if (file.front() != '/') return path == file || name == file;
  return path == file.substr(1) || path.ends_with(file);
}

// Asked of every file of every image, so the last part of a name is looked up and only what fits is compared.
class FileIndex {
 public:
  FileIndex() {
    for (std::size_t row = 0; row < std::size(k_files); ++row) {
      std::string_view rest = k_files[row].files;
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        const std::string_view file = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (file.find('*') != std::string_view::npos || file.ends_with('/'))
          m_patterns.emplace_back(file, row);
        else
          m_names[std::string(layers::base_name(file))].emplace_back(file, row);
      }
    }
  }

  // The rows that a file of this path belongs to, in order.
  std::vector<std::size_t> rows_of(std::string_view path) const {
    std::vector<std::size_t> rows;
    const std::string_view name = layers::base_name(path);
    const auto take = [&](const std::vector<Name>& names) {
      for (const auto& [file, row] : names)
        if (is_named(path, name, file)) rows.push_back(row);
    };
    if (const auto found = m_names.find(name); found != m_names.end()) take(found->second);
    take(m_patterns);
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
  }

 private:
  using Name = std::pair<std::string_view, std::size_t>;
  std::unordered_map<std::string, std::vector<Name>, util::SeededHash, std::equal_to<>> m_names;
  std::vector<Name> m_patterns;
};

const FileIndex& file_index() {
  static const FileIndex index;
  return index;
}

const Regex& regex_of(std::size_t index) {
  static const std::vector<Regex> all = [] {
    std::vector<Regex> made;
    for (const FileRow& file : k_files) made.emplace_back(file.pattern);
    return made;
  }();
  HULLCHECK_ASSERT(all[index].ok());
  return all[index];
}

// The secret itself as it would be typed, or nothing when the coding does not hold.
std::optional<std::string> decoded(Coding coding, std::string_view value) {
  if (coding == Coding::plain || coding == Coding::hash) return std::string(value);
  const auto bytes = util::decode_base64(value, k_most_decoded);
  if (!bytes) return std::nullopt;
  const std::string text(as_text(*bytes));
  if (coding == Coding::base64) return text;
  const std::size_t colon = text.find(':');
  return colon == std::string::npos ? std::nullopt : std::optional(text.substr(colon + 1));
}

bool is_reference(std::string_view value) {
  return value.find_first_of("${}<>|*") == 0 || value.find("${") != std::string_view::npos ||
         value.starts_with("env:") || value.starts_with("vault:") || value.starts_with("file:") ||
         (value.find('{') != std::string_view::npos && value.find('}') != std::string_view::npos) ||
         value.starts_with("/") || value.starts_with("ENC[") || value.starts_with("ENC(") || value.starts_with('@') ||
         value.starts_with('!') || value.starts_with('%') || value.find('(') != std::string_view::npos;
}

bool is_secret(Coding coding, std::string_view value) {
  if (coding == Coding::hash) return entropy(value) > 2.5;
  return value.size() >= 4 && !is_placeholder(value) && !is_default_password(value) && !is_reference(value) &&
         !is_published(value) && entropy(value) >= 1.9;
}

std::uint32_t line_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint32_t>(1 +
                                    std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

void read(const FileRow& file, const Regex& regex, std::string_view text, EvidenceSink& out) {
  if (!file.must_hold.empty() && text.find(file.must_hold) == std::string_view::npos) return;
  std::size_t from = 0;
  for (std::size_t i = 0; i < k_most_values; ++i) {
    const auto match = regex.find(text, from, text.size());
    if (!match) return;
    from = std::max(match->end, from + 1);
    const auto value = decoded(file.coding, text.substr(match->value_begin, match->value_end - match->value_begin));
    if (!value || !is_secret(file.coding, *value)) continue;
    const bool guessed = file.rule.cls == k_supporting && file.coding == Coding::plain;
    // A guess needs what people's passwords have; a file made for credentials holds no words.
    const bool chosen = has_letters_and_digits(*value) && value->size() >= 8;
    if (guessed && !chosen) continue;
    Evidence evidence = evidence_of(file.rule, masked(*value, 0));
    if (!chosen) evidence.cls = k_supporting;
    evidence.offset = match->value_begin;
    evidence.line = line_at(text, match->value_begin);
    out.add(std::move(evidence));
  }
}

const std::vector<RuleRow>& rows() {
  static const std::vector<RuleRow> all = [] {
    std::vector<RuleRow> made;
    for (const FileRow& file : k_files) made.push_back(file.rule);
    return made;
  }();
  return all;
}

class SecretFiles final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    const layers::ContentKind kind = file.entry.content;
    if (file.size() > k_most_bytes || (kind != layers::ContentKind::text && kind != layers::ContentKind::script))
      return false;
    return !file_index().rows_of(file.path()).empty();
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    for (const std::size_t row : file_index().rows_of(file.path()))
      read(k_files[row], regex_of(row), file.text(), out);
  }
};

const util::Registered<SecretFiles> registered{{
    .id = "secret-files",
    .version = 1,
    .summary = "credentials in files that exist to hold them: logins of registries, clouds, databases",
    .example = "/root/.docker/config.json: Registry login of Docker … (16 characters)",
    .rules = rows(),
}};

}  // namespace
}  // namespace hullcheck::detect::secrets
