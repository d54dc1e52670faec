// Where software comes from, and whether anybody checks it (B20): package sources whose signatures are not checked,
// certificates that are not verified, sources over plain HTTP from elsewhere than the system's own servers, and names
// of well-known servers that a hosts file sends to another machine.
//
// Companies keep mirrors, so another source alone is a remark. Formats: sources.list(5) in both its forms,
// apt.conf(5), yum.conf(5), apk's repositories, and settings of pip, npm, git, Go and Node as files or variables.
#include <algorithm>
#include <array>
#include <vector>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"
#include "detect/shell/shell_support.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{1} << 20;
constexpr std::size_t k_most_lines = 5000;
constexpr std::size_t k_most_shown = 160;

constexpr std::array<RuleRow, 1> k_rows{{
    {"B20", EvidenceClass::supporting, model::Severity::medium, 60, "Software from an unchecked source",
     "T1565.001,T1195", "Let signatures and certificates be checked, and name the mirror on purpose."},
}};

// What hosts files have no reason to redirect.
constexpr std::array<std::string_view, 17> k_vendor_hosts = {
    "debian.org",   "ubuntu.com", "alpinelinux.org",       "fedoraproject.org", "centos.org",
    "redhat.com",   "pypi.org",   "pythonhosted.org",      "npmjs.org",         "npmjs.com",
    "rubygems.org", "github.com", "githubusercontent.com", "docker.io",         "docker.com",
    "golang.org",   "crates.io"};

bool is_off(std::string_view value) {
  const std::string word = util::lower(util::trim(value));
  return word == "0" || word == "no" || word == "false" || word == "off";
}
bool is_on(std::string_view value) {
  const std::string word = util::lower(util::trim(value));
  return word == "1" || word == "yes" || word == "true" || word == "on" || word == "force";
}

bool is_below(std::string_view host, std::string_view domain) {
  return host == domain ||
         (host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.');
}
bool is_vendor_host(std::string_view host) {
  return std::any_of(k_vendor_hosts.begin(), k_vendor_hosts.end(),
                     [&](std::string_view domain) { return is_below(host, domain); });
}

enum class SourceKind : std::uint8_t { none, apt_list, apt_sources, apt_conf, yum, apk, pip, npm, hosts, variables };

SourceKind kind_of(std::string_view path) {
  const std::string_view folder = layers::base_name(layers::parent_path(path));
  const std::string_view name = layers::base_name(path);
  if ((folder == "apt" && name == "sources.list") || (folder == "sources.list.d" && name.ends_with(".list")))
    return SourceKind::apt_list;
  if (folder == "sources.list.d" && name.ends_with(".sources")) return SourceKind::apt_sources;
  if (folder == "apt.conf.d" || (folder == "apt" && name == "apt.conf")) return SourceKind::apt_conf;
  if ((folder == "yum.repos.d" && name.ends_with(".repo")) || name == "yum.conf" || name == "dnf.conf")
    return SourceKind::yum;
  if (folder == "apk" && name == "repositories") return SourceKind::apk;
  if (name == "pip.conf" || name == "pip.ini" || (name == "pip.conf" && folder == ".pip")) return SourceKind::pip;
  if (name == ".npmrc" || (name == "npmrc" && folder == "etc")) return SourceKind::npm;
  if (name == "hosts" && folder == "etc") return SourceKind::hosts;
  if (path == "etc/environment") return SourceKind::variables;
  return SourceKind::none;
}

class SourceReader {
 public:
  explicit SourceReader(EvidenceSink& out) : m_out(out) {}

  void line(SourceKind kind, std::string_view line, std::uint32_t number) {
    m_line = number;
    m_text = line;
    switch (kind) {
      case SourceKind::apt_list: apt_list(line); break;
      case SourceKind::apt_sources: apt_sources(line); break;
      case SourceKind::apt_conf: apt_conf(line); break;
      case SourceKind::yum: yum(line); break;
      case SourceKind::apk: apk(line); break;
      case SourceKind::pip: pip(line); break;
      case SourceKind::npm: npm(line); break;
      case SourceKind::hosts: hosts(line); break;
      case SourceKind::variables: variable(line); break;
      case SourceKind::none: break;
    }
  }

  // Of the environment of the image too.
  void variable(std::string_view line) {
    m_text = line;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return;
    const std::string name = util::lower(util::trim(line.substr(0, equals)));
    std::string_view value = util::trim(line.substr(equals + 1));
    if (value.size() > 1 && (value.front() == '"' || value.front() == '\''))
      value = value.substr(1, value.size() - 2);
    if (name == "node_tls_reject_unauthorized" || name == "pythonhttpsverify" || name == "npm_config_strict_ssl") {
      if (is_off(value)) say("certificates are not verified");
    } else if (name == "git_ssl_no_verify" || name == "goinsecure" || name == "pip_trusted_host") {
      if (!value.empty() && !is_off(value) && !is_loopback(host_of(value))) say("certificates are not verified");
    } else if (name == "gosumdb") {
      if (value == "off") say("checksums of Go modules are not verified");
    } else if (name == "pip_index_url" || name == "pip_extra_index_url" || name == "npm_config_registry" ||
               name == "goproxy") {
      source(value);
    }
  }

 private:
  void say(std::string_view why, EvidenceClass cls = EvidenceClass::supporting) {
    Evidence evidence = with_class(
        evidence_of(k_rows[0], std::string(why) + ": " + std::string(util::trim(m_text).substr(0, k_most_shown))),
        cls);
    evidence.line = m_line;
    m_out.add(std::move(evidence));
  }

  // Unsigned software over plain HTTP: whoever stands between may change it. Signed lists may come so.
  void source(std::string_view url) {
    if (!url.starts_with("http://")) return;
    const std::string host = host_of(url);
    if (host.empty() || is_loopback(host)) return;
    const bool inside = host.find('.') == std::string::npos || host.starts_with("10.") ||
                        host.starts_with("192.168.") || host.ends_with(".local") || host.ends_with(".internal");
    say("software over plain HTTP", inside ? EvidenceClass::context : EvidenceClass::supporting);
  }

  void apt_list(std::string_view line) {
    if (!line.starts_with("deb")) return;
    const std::size_t open = line.find('['), close = line.find(']');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) return;
    const std::string options = util::lower(line.substr(open + 1, close - open - 1));
    for (const std::string_view option : {"trusted=yes", "allow-insecure=yes", "allow-weak=yes"})
      if (options.find(option) != std::string::npos && line.find("file:") == std::string_view::npos)
        return say("signatures are not checked");
  }

  void apt_sources(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string name = util::lower(util::trim(line.substr(0, colon)));
    if ((name == "trusted" || name == "allow-insecure") && is_on(line.substr(colon + 1)))
      say("signatures are not checked");
  }

  void apt_conf(std::string_view line) {
    const std::string text = util::lower(line);
    if (text.starts_with("//") || text.starts_with("#")) return;
    const std::size_t open = text.find('"');
    if (open == std::string::npos) return;
    const std::string_view value = std::string_view(text).substr(open + 1, text.find('"', open + 1) - open - 1);
    for (const std::string_view name : {"allowunauthenticated", "allowinsecurerepositories", "allowweakrepositories",
                                        "allowdowngradetoinsecurerepositories"})
      if (text.find(name) < open && is_on(value)) return say("signatures are not checked");
    for (const std::string_view name : {"verify-peer", "verify-host"})
      if (text.find(name) < open && is_off(value)) return say("certificates are not verified");
  }

  void yum(std::string_view line) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return;
    const std::string name = util::lower(util::trim(line.substr(0, equals)));
    if ((name == "gpgcheck" || name == "pkg_gpgcheck") && is_off(line.substr(equals + 1)))
      say("signatures are not checked");
    if (name == "sslverify" && is_off(line.substr(equals + 1))) say("certificates are not verified");
  }

  void apk(std::string_view line) {
    if (line.starts_with('@')) line = util::trim(line.substr(std::min(line.find(' '), line.size())));
    if (line.starts_with("http://") && !is_vendor_host(host_of(line))) say("another mirror", EvidenceClass::context);
  }

  void pip(std::string_view line) {
    const std::size_t equals = line.find('=');
    const std::string name = equals == std::string_view::npos ? "" : util::lower(util::trim(line.substr(0, equals)));
    if (name == "trusted-host") m_trusted_host = true;
    if (m_trusted_host && (name == "trusted-host" || line.starts_with(' ') || line.starts_with('\t'))) {
      const std::string host = host_of(util::trim(line.substr(equals == std::string_view::npos ? 0 : equals + 1)));
      if (!host.empty() && !is_loopback(host)) say("certificates are not verified");
    }
    if (!name.empty() && name != "trusted-host") m_trusted_host = false;
    if (name == "index-url" || name == "extra-index-url") source(util::trim(line.substr(equals + 1)));
  }

  void npm(std::string_view line) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return;
    const std::string name = util::lower(util::trim(line.substr(0, equals)));
    const std::string_view value = util::trim(line.substr(equals + 1));
    if (name == "strict-ssl" && is_off(value)) say("certificates are not verified");
    if (name == "registry" || name.ends_with(":registry")) source(value);
  }

  void hosts(std::string_view line) {
    line = util::trim(line.substr(0, line.find('#')));
    const std::size_t blank = std::min(line.find_first_of(" \t"), line.size());
    const std::string_view address = line.substr(0, blank);
    if (address.empty() || is_loopback(address) || address == "::") return;
    for (std::string_view rest = util::trim(line.substr(blank)); !rest.empty();) {
      const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
      if (is_vendor_host(util::lower(rest.substr(0, end)))) return say("a well-known server is somewhere else");
      rest = util::trim(rest.substr(end));
    }
  }

  EvidenceSink& m_out;
  std::string_view m_text;
  std::uint32_t m_line = 0;
  bool m_trusted_host = false;
};

class PackageSources final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.size() > 0 && file.size() <= k_most_bytes && kind_of(file.path()) != SourceKind::none;
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    const SourceKind kind = kind_of(file.path());
    SourceReader reader(out);
    std::string_view text = file.text();
    for (std::uint32_t number = 1; !text.empty() && number <= k_most_lines; ++number) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      const std::string_view content = util::trim(line);
      if (content.empty() || content.front() == '#' || content.front() == ';') continue;
      reader.line(kind, kind == SourceKind::pip ? line : content, number);
    }
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    EvidenceSink sink;
    SourceReader reader(sink);
    for (const std::string& variable : context.image.config().env) reader.variable(variable);
    for (Evidence& evidence : sink.take()) {
      PlacedEvidence placed;
      placed.path = "config:Env";
      placed.visibility = model::Visibility::config;
      placed.reach = Reach::start;
      placed.chain = {"Env"};
      placed.evidence = std::move(evidence);
      out.add(std::move(placed));
    }
  }
};

const util::Registered<PackageSources> registered{{
    .id = "package-sources",
    .version = 1,
    .summary = "package sources without checked signatures or certificates, redirected servers",
    .example = "signatures are not checked: deb [trusted=yes] http://repo.example.org/ ./",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
