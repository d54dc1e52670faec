// Ignore files and VEX documents: what they ignore, and what they must not.
#include "policy/exceptions.hpp"

#include <gtest/gtest.h>

#include "policy/fix_plan.hpp"

namespace hullcheck::policy {
namespace {

constexpr std::chrono::sys_days k_today = std::chrono::year{2026} / 11 / 1;

model::Vulnerability flaw(const char* id, const char* package = "libssl3", const char* source = "openssl") {
  model::Vulnerability out;
  out.id = std::string("HC-") + id + package;
  out.advisory = id;
  out.aliases = {"GHSA-aaaa"};
  out.package = package;
  out.source_name = source;
  out.package_version = "3.0.1-1";
  out.purl = "pkg:deb/debian/" + std::string(package) + "@3.0.1-1?arch=amd64&distro=debian-12";
  out.severity = model::Severity::critical;
  out.fixed_version = "3.0.2-1";
  out.location.path = "var/lib/dpkg/status";
  out.location.layer = "sha256:a";
  return out;
}

model::ScanResult judged(Exceptions exceptions, const char* id = "CVE-2024-1") {
  Policy policy = built_in();
  policy.exceptions = std::move(exceptions.rules);
  model::ScanResult result;
  result.image.reference = "registry.example/team/app:1";
  result.image.manifest_digest = "sha256:feed";
  result.coverage.complete = true;
  result.vulnerabilities = {flaw(id)};
  apply(policy, k_today, result);
  return result;
}
std::string decision(const std::string& text, const char* file, const char* id = "CVE-2024-1") {
  auto read = parse_ignore_file(text, file);
  EXPECT_TRUE(read.ok()) << read.error().describe();
  return read.ok() ? judged(std::move(*read), id).vulnerabilities[0].decision : "?";
}
bool has_gap(const model::ScanResult& result, const std::string& id) {
  for (const auto& gap : result.coverage.gaps)
    if (gap.id == id) return gap.effect == model::GapEffect::note;
  return false;
}

TEST(Trivyignore, IdsAliasesAndExpiry) {
  EXPECT_EQ(decision("# why\nCVE-2024-1\n", ".trivyignore"), "ignore");
  EXPECT_EQ(decision("GHSA-aaaa # an alias", "team.trivyignore"), "ignore");
  EXPECT_EQ(decision("CVE-2024-1 exp:2026-11-01", ".trivyignore"), "ignore") << "the day itself counts";
  EXPECT_EQ(decision("CVE-2024-1 exp:2026-10-31", ".trivyignore"), "stop");
  EXPECT_EQ(decision("CVE-2024-11\nCVE-2024\n", ".trivyignore"), "stop") << "no prefixes";
}

// The flaw: such a file, which its own scanner reads with a warning at most, ended the scan.
TEST(Trivyignore, OddLinesAreRemarkedOn) {
  EXPECT_EQ(decision("\xef\xbb\xbf"
                     "CVE-2024-1\r\n\r\n# x\r\n",
                     ".trivyignore"),
            "ignore")
      << "from an editor elsewhere";
  EXPECT_EQ(decision("CVE-2024-1\t# why\n", ".trivyignore"), "ignore");
  EXPECT_EQ(decision("CVE-2024-1 accepted by the team exp:2026-12-01\n", ".trivyignore"), "ignore");
  EXPECT_EQ(decision("CVE-2024-1 because exp:2026-10-01\n", ".trivyignore"), "stop");
  EXPECT_EQ(decision("CVE-9 CVE-2024-1\n", ".trivyignore"), "stop") << "one id a line";
  EXPECT_EQ(decision("CVE-2024-1 exp:tomorrow\n", ".trivyignore"), "stop");
  EXPECT_EQ(decision("CVE-2024-*\n*\n", ".trivyignore"), "stop") << "there are no patterns";
  for (const char* text : {"CVE-9 CVE-2024-1", "CVE-2024-1 exp:tomorrow", "*"}) {
    const auto read = parse_ignore_file(text, ".trivyignore").value();
    EXPECT_EQ(read.remarks.size(), 1U) << text;
  }
}

TEST(Exceptions, PathsOfTwoStarsReachThroughSeveralFolders) {
  const auto by = [](const std::string& pattern) {
    return decision("vulnerabilities:\n  - id: CVE-2024-1\n    paths: ['" + pattern + "']\n", ".trivyignore.yaml");
  };
  for (const char* pattern :
       {"var/lib/dpkg/status", "/var/lib/dpkg/status", "**/status", "**", "var/**", "**/lib/*/status", "**/dpkg/**",
        "v*r/l?b/**/status", "**/lib/**/dpkg/**/status", "var/lib/dpkg/stat*"})
    EXPECT_EQ(by(pattern), "ignore") << pattern;
  for (const char* pattern : {"*", "var/*", "*/status", "**/lib/status", "status", "var/lib/dpkg", "**/lib/?/status"})
    EXPECT_EQ(by(pattern), "stop") << pattern;
  std::string slow;
  for (int i = 0; i < 400; ++i) slow += "**/a*";
  EXPECT_EQ(by(slow), "stop") << "and soon";
}

TEST(TrivyignoreYaml, PathsPurlsAndStatement) {
  EXPECT_EQ(decision("vulnerabilities:\n  - id: CVE-2024-1\n    statement: not used\n", ".trivyignore.yaml"),
            "ignore");
  EXPECT_EQ(
      decision("vulnerabilities:\n  - id: CVE-2024-1\n    purls: [pkg:deb/debian/libssl3]\n", ".trivyignore.yaml"),
      "ignore");
  EXPECT_EQ(
      decision("vulnerabilities:\n  - id: CVE-2024-1\n    purls: [pkg:deb/debian/libssl]\n", ".trivyignore.yaml"),
      "stop");
  EXPECT_EQ(decision("vulnerabilities:\n  - id: CVE-2024-1\n    paths: ['**/status']\n", ".trivyignore.yaml"),
            "ignore");
  EXPECT_EQ(decision("vulnerabilities:\n  - id: CVE-2024-1\n    paths: ['var/*']\n", ".trivyignore.yaml"), "stop");
  EXPECT_EQ(decision("misconfigurations:\n  - id: CVE-2024-1\n", ".trivyignore.yaml"), "stop");
}

TEST(GrypeYaml, ConditionsThatCannotBeJudgedIgnoreNothing) {
  EXPECT_EQ(
      decision("ignore:\n  - vulnerability: CVE-2024-1\n    package: {name: libssl3, type: deb}\n", ".grype.yaml"),
      "ignore");
  EXPECT_EQ(decision("ignore:\n  - package: {name: libssl3, version: 9}\n", ".grype.yaml"), "stop");
  EXPECT_EQ(decision("ignore:\n  - vulnerability: CVE-2024-1\n    fix-state: not-fixed\n", ".grype.yaml"), "stop");
  EXPECT_EQ(decision("ignore:\n  - fix-state: fixed\n", ".grype.yaml"), "ignore");
  const auto odd = parse_ignore_file("ignore:\n  - vulnerability: CVE-2024-1\n    namespace: x\n", ".grype.yaml");
  ASSERT_TRUE(odd.ok());
  EXPECT_TRUE(odd->rules.empty());
  EXPECT_EQ(odd->remarks.size(), 1U);
  EXPECT_FALSE(parse_ignore_file("ignore:\n  - reason: all\n", ".grype.yaml").ok());
}

// The flaw: "name" held for every package of that source, and both names together for either.
TEST(GrypeYaml, NamesMeanWhatTheyMeanThere) {
  const auto by = [](const std::string& package) {
    return decision("ignore:\n  - package: {" + package + "}\n", ".grype.yaml");
  };
  EXPECT_EQ(by("name: libssl3"), "ignore");
  EXPECT_EQ(by("name: openssl"), "stop") << "the source";
  EXPECT_EQ(by("upstream-name: openssl"), "ignore");
  EXPECT_EQ(by("upstream-name: libssl3"), "stop");
  EXPECT_EQ(by("name: libssl3, upstream-name: curl"), "stop") << "all of it must hold";
  EXPECT_EQ(by("name: libssl3, upstream-name: openssl"), "ignore");
  EXPECT_EQ(by("name: 'libs.*'"), "ignore") << "the expressions that people write";
  EXPECT_EQ(by("name: 'libc.*'"), "stop");
  for (const char* name : {"name: '(libssl3|x)'", "name: '.*ssl.*'", "name: '^libssl3$'", "name: '*'"}) {
    const auto read = parse_ignore_file("ignore:\n  - package: {" + std::string(name) + "}\n", ".grype.yaml").value();
    EXPECT_TRUE(read.rules.empty()) << name;
    EXPECT_EQ(read.remarks.size(), 1U) << name;
  }
  EXPECT_EQ(decision("fail-on-severity: high\nignore:\ndb:\n  auto-update: false\n", ".grype.yaml"), "stop");
}

// The flaw: entries of lists that mean nothing here were passed over in silence.
TEST(TrivyYaml, OtherListsAreRemarkedOn) {
  const auto read = parse_ignore_file(
      "vulnerabilities:\n  - id: CVE-2024-1\nsecrets:\n  - id: aws-access-key-id\nlicenses: []\nmisconfigurations:\n"
      "  - id: DS002\n    paths: [Dockerfile]\n",
      ".trivyignore.yaml");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->rules.size(), 1U);
  EXPECT_EQ(read->remarks, (std::vector<std::string>{
                               "line 7: misconfigurations names rules of another program; its entries have no effect",
                               "line 4: secrets names rules of another program; its entries have no effect"}));
}

// The flaw: what TOML allows beside the plainest spelling ended the scan, or was overlooked.
TEST(OsvScannerToml, EverySpellingOfToml) {
  const auto by = [](const std::string& text) { return decision(text, "osv-scanner.toml"); };
  EXPECT_EQ(by("[[IgnoredVulns]]\nid = 'CVE-2024-1'\nreason = \"\"\"several\nlines # no remark\n\"\"\"\n"), "ignore");
  EXPECT_EQ(by("IgnoredVulns = [ { id = \"CVE-2024-1\", reason = \"x\" }, ]\n"), "ignore");
  EXPECT_EQ(by("\r\n[[ IgnoredVulns ]]\r\n\"id\" = \"\\u0043VE-2024-1\"\r\n"), "ignore");
  EXPECT_EQ(by("[[IgnoredVulns]]\nid = 'CVE-2024-1'\nignoreUntil = 2026-10-31 10:00:00+02:00\n"), "stop");
  EXPECT_EQ(by("[[IgnoredVulns]]\nid = 'CVE-2024-1'\nignoreUntil = \"2027-01-01\"\n"), "ignore");
  EXPECT_EQ(by("[[PackageOverrides]]\nname = 'openssl'\n[PackageOverrides.vulnerability]\nignore = true\n"),
            "ignore");
  EXPECT_EQ(by("[[PackageOverrides]]\nname = 'openssl'\nvulnerability = { ignore = true }\n"), "ignore");
  EXPECT_EQ(by("[[PackageOverrides]]\nname = 'openssl'\nvulnerability = { ignore = false } # ignore = true\n"),
            "stop");
  EXPECT_EQ(by("GoVersionOverride = '1.22'\n[other]\nx = [1, 2]\n"), "stop");
  const auto group =
      parse_ignore_file("[[PackageOverrides]]\nname='a'\ngroup='dev'\nignore=true\n", "osv-scanner.toml");
  EXPECT_TRUE(group->rules.empty());
  EXPECT_EQ(group->remarks.size(), 1U);
  for (const std::string& bad : {std::string("[[IgnoredVulns]]\nid = "), std::string("IgnoredVulns = 7"),
                                 std::string("IgnoredVulns = [7]"), std::string("[[IgnoredVulns]]\nreason = 'x'"),
                                 std::string("[[IgnoredVulns]]\nid = 'a'\nignoreUntil = 'soon'"),
                                 "a = " + std::string(5000, '['), std::string("\xff\xfe")}) {
    const auto read = parse_ignore_file(bad, "osv-scanner.toml");
    ASSERT_FALSE(read.ok()) << bad.substr(0, 60);
    EXPECT_EQ(read.error().name, "ignore-file-malformed");
  }
}

TEST(OsvScannerToml, FlawsAndPackages) {
  EXPECT_EQ(decision("[[IgnoredVulns]]\nid = \"GHSA-aaaa\" # x\nignoreUntil = 2027-01-01\nreason = 'no'\n",
                     "osv-scanner.toml"),
            "ignore");
  EXPECT_EQ(
      decision("[[IgnoredVulns]]\nid = \"CVE-2024-1\"\nignoreUntil = 2026-01-01T00:00:00Z\n", "osv-scanner.toml"),
      "stop");
  EXPECT_EQ(decision("[[PackageOverrides]]\nname = \"openssl\"\necosystem = \"Debian\"\nignore = true\n",
                     "osv-scanner.toml"),
            "ignore");
  EXPECT_EQ(decision("[[PackageOverrides]]\nname = \"openssl\"\necosystem = \"npm\"\nvulnerability.ignore = true\n",
                     "osv-scanner.toml"),
            "stop");
  EXPECT_EQ(decision("[[PackageOverrides]]\nname = \"openssl\"\nlicense.override = [\"MIT\"]\n", "osv-scanner.toml"),
            "stop");
  EXPECT_FALSE(parse_ignore_file("[[PackageOverrides]]\nignore = true\n", "osv-scanner.toml").ok());
}

TEST(OwnIgnores, ReasonIsRequiredAndTypingMistakesAreErrors) {
  EXPECT_EQ(decision("ignore:\n  - id: CVE-2024-*\n    packages: [openssl]\n    reason: x\n    owner: me\n",
                     ".hullcheck.yaml"),
            "ignore");
  for (const char* text :
       {"ignore:\n  - id: CVE-1\n", "ignore:\n  - reason: all\n",
        "ignore:\n  - {id: a, reason: b, expire: 2026-01-01}\n", "ignore:\n  - {id: a, reason: b, expires: soon}\n",
        "ignore: x", "[", "ignore:\n  - [a]\n"})
    EXPECT_FALSE(parse_ignore_file(text, ".hullcheck.yaml").ok()) << text;
  EXPECT_EQ(parse_ignore_file("", "ignores.txt").error().name, "ignore-file-unknown");
}

TEST(Exceptions, UnusedAndExpiredOnesAreSaid) {
  auto result = judged(parse_ignore_file("CVE-2020-9\n", ".trivyignore").value());
  EXPECT_TRUE(has_gap(result, "exception-unused"));
  EXPECT_EQ(result.verdict, model::Verdict::unsafe);
  result = judged(parse_ignore_file("CVE-2024-1 exp:2020-01-01\n", ".trivyignore").value());
  EXPECT_TRUE(has_gap(result, "exception-expired"));
  result = judged(parse_ignore_file("CVE-2024-1\n", ".trivyignore").value());
  EXPECT_FALSE(has_gap(result, "exception-unused"));
}

std::string vex(const std::string& text) {
  auto read = parse_vex(text, "v.json");
  EXPECT_TRUE(read.ok()) << read.error().describe();
  return read.ok() ? judged(std::move(*read)).vulnerabilities[0].decision : "?";
}
std::string open_vex(const std::string& product, const std::string& status = "not_affected") {
  return R"({"@context":"https://openvex.dev/ns/v0.2.0","author":"me","statements":[{"vulnerability":{"name":"CVE-2024-1"},
    "products":[)" +
         product + R"(],"status":")" + status + R"(","justification":"vulnerable_code_not_present"}]})";
}

TEST(Vex, OpenVexByPackageAndImage) {
  EXPECT_EQ(vex(open_vex(R"({"@id":"pkg:deb/debian/libssl3@3.0.1-1"})")), "ignore");
  EXPECT_EQ(vex(open_vex(R"({"@id":"pkg:deb/debian/libssl3@9"})")), "stop");
  EXPECT_EQ(
      vex(open_vex(R"({"@id":"pkg:oci/app@sha256%3Afeed","subcomponents":[{"@id":"pkg:deb/debian/libssl3"}]})")),
      "ignore");
  EXPECT_EQ(
      vex(open_vex(R"({"@id":"pkg:oci/app@sha256%3Abeef","subcomponents":[{"@id":"pkg:deb/debian/libssl3"}]})")),
      "stop");
  EXPECT_EQ(vex(open_vex(R"({"@id":"pkg:oci/other"})")), "stop");
  EXPECT_EQ(vex(open_vex(R"({"@id":"https://product.example/x"})")), "stop") << "no package and no image";
  EXPECT_EQ(vex(open_vex(R"({"@id":"pkg:deb/debian/libssl3"})", "under_investigation")), "stop");
}

// The flaw: a statement that was taken back still ruled the flaw out.
TEST(Vex, OfSeveralStatementsTheLatestCounts) {
  const auto said = [](const std::string& first, const std::string& second, const std::string& where = "timestamp") {
    const std::string product =
        R"("products":[{"@id":"pkg:deb/debian/libssl3"}],"vulnerability":{"name":"CVE-2024-1"})";
    const auto one = [&](const std::string& status, const std::string& time) {
      return "{" + product + R"(,"status":")" + status + R"(",")" + where + R"(":")" + time + R"("})";
    };
    const std::string text =
        R"({"@context":"https://openvex.dev/ns/v0.2.0","timestamp":"2026-01-01T00:00:00Z","statements":[)" +
        one(first, "2026-03-01T00:00:00Z") + "," + one(second, "2026-02-01T00:00:00+00:00") + "]}";
    return judged(std::move(*parse_vex(text, "v.json"))).vulnerabilities[0].decision;
  };
  EXPECT_EQ(said("not_affected", "affected"), "ignore");
  EXPECT_EQ(said("affected", "not_affected"), "stop") << "whatever order they stand in";
  EXPECT_EQ(said("affected", "not_affected", "no-time"), "ignore") << "without times the later place counts";
  EXPECT_EQ(said("not_affected", "under_investigation", "no-time"), "stop");
}

TEST(Vex, AnImageByTheNameThatEnginesWrite) {
  const std::string head =
      R"({"@context":"https://openvex.dev/ns","statements":[{"vulnerability":"CVE-2024-1","status":"fixed","products":[")";
  const auto by = [&](const std::string& product) {
    return judged(std::move(*parse_vex(head + product + "\"]}]}", "v.json"))).vulnerabilities[0].decision;
  };
  EXPECT_EQ(by("registry.example/team/app@sha256:feed"), "ignore");
  EXPECT_EQ(by("registry.example/team/app@sha256:beef"), "stop");
  EXPECT_EQ(by("registry.example/team/app"), "stop");
}

model::ScanResult with_attached(const std::vector<model::AttachedStatement>& statements, bool wanted = true,
                                bool asked = true) {
  Policy policy = built_in();
  policy.attached_vex = wanted;
  model::ScanResult result;
  result.image.reference = "registry.example/team/app:1";
  result.image.manifest_digest = "sha256:feed";
  result.image.index_digest = "sha256:index";
  result.image.statements = statements;
  result.image.statements_asked = asked;
  result.coverage.complete = true;
  result.vulnerabilities = {flaw("CVE-2024-1")};
  apply(policy, k_today, result);
  return result;
}

TEST(Vex, ProductsOfCsafWithoutABranch) {
  const std::string text = R"({"document":{"category":"csaf_vex","publisher":{"name":"us"}},
    "product_tree":{"full_product_names":[{"product_id":"p","name":"x","product_identification_helper":{"purl":"pkg:deb/debian/libssl3"}}]},
    "vulnerabilities":[{"cve":"CVE-2024-1","product_status":{"known_not_affected":["p"]}}]})";
  EXPECT_EQ(judged(std::move(*parse_vex(text, "v.json"))).vulnerabilities[0].decision, "ignore");
}

TEST(AttachedVex, HoldsForItsImageAndIsSaidToBeUnverified) {
  const std::string head =
      R"({"@context":"https://openvex.dev/ns","statements":[{"vulnerability":"CVE-2024-1","status":"not_affected")";
  for (const std::string rest :
       {"}]}", R"(,"products":["pkg:oci/app@sha256:feed"]}]})", R"(,"products":["pkg:oci/app@sha256%3Aindex"]}]})",
        R"(,"products":["pkg:deb/debian/libssl3"]}]})"}) {
    const auto result = with_attached({{"registry:sha256:1", head + rest, true}});
    EXPECT_EQ(result.vulnerabilities[0].decision, "ignore") << rest;
    EXPECT_TRUE(has_gap(result, "vex-unverified"));
    EXPECT_EQ(result.exception_files, std::vector<std::string>{"registry:sha256:1"});
  }
  for (const std::string rest :
       {R"(,"products":["pkg:oci/app@sha256:beef"]}]})", R"(,"products":["some product"]}]})",
        R"(,"products":[{"@id":"pkg:deb/debian/curl"}]}]})"})
    EXPECT_EQ(with_attached({{"registry:sha256:1", head + rest, false}}).vulnerabilities[0].decision, "stop") << rest;
}

TEST(AttachedVex, CycloneDxOfTheImageItself) {
  const std::string text =
      R"({"bomFormat":"CycloneDX","metadata":{"component":{"bom-ref":"root","type":"container","name":"app"}},
    "vulnerabilities":[{"id":"CVE-2024-1","analysis":{"state":"not_affected"},"affects":[{"ref":"root"}]}]})";
  EXPECT_EQ(with_attached({{"registry:sha256:1", text, false}}).vulnerabilities[0].decision, "ignore");
  EXPECT_EQ(judged(std::move(*parse_vex(text, "v.json"))).vulnerabilities[0].decision, "stop")
      << "alone it does not say which image";
}

TEST(AttachedVex, CountsOnlyWhenWantedAndBadOnesAreNamed) {
  const model::AttachedStatement good{
      "registry:sha256:1",
      R"({"@context":"https://openvex.dev/ns","statements":[{"vulnerability":"CVE-2024-1","status":"fixed"}]})",
      false};
  EXPECT_EQ(with_attached({good}, false).vulnerabilities[0].decision, "stop");
  EXPECT_TRUE(has_gap(with_attached({}), "vex-registry-none"));
  EXPECT_TRUE(has_gap(with_attached({}, true, false), "vex-registry-unasked"));
  const auto result = with_attached({{"registry:sha256:0", "[]", false}, good});
  EXPECT_TRUE(has_gap(result, "vex-unreadable"));
  EXPECT_EQ(result.vulnerabilities[0].decision, "ignore");
}

TEST(Vex, CsafAndCycloneDx) {
  EXPECT_EQ(
      vex(R"({"document":{"category":"csaf_vex"},"product_tree":{"branches":[{"branches":[{"product":{"product_id":"P",
    "product_identification_helper":{"purl":"pkg:deb/debian/libssl3"}}}]}],"relationships":[{"product_reference":"P",
    "relates_to_product_reference":"D","full_product_name":{"product_id":"D:P"}}]},"vulnerabilities":[{"cve":"CVE-2024-1",
    "product_status":{"known_not_affected":["D:P"]}}]})"),
      "ignore");
  EXPECT_EQ(vex(R"({"bomFormat":"CycloneDX","vulnerabilities":[{"id":"CVE-2024-1","analysis":{"state":"not_affected"},
    "affects":[{"ref":"urn:cdx:x/1#pkg:deb/debian/libssl3"}]}]})"),
            "ignore");
  EXPECT_EQ(vex(R"({"bomFormat":"CycloneDX","vulnerabilities":[{"id":"CVE-2024-1","analysis":{"state":"exploitable"},
    "affects":[{"ref":"pkg:deb/debian/libssl3"}]}]})"),
            "stop");
  for (const char* text : {"", "[]", "{}", "{\"document\":1}", "<xml/>"})
    EXPECT_FALSE(parse_vex(text, "v").ok()) << text;
}

TEST(Statuses, IgnoredByName) {
  Policy policy = built_in();
  policy.ignore_statuses = {model::VulnerabilityStatus::will_not_fix};
  model::ScanResult result;
  result.vulnerabilities = {flaw("CVE-2024-1"), flaw("CVE-2024-2")};
  result.vulnerabilities[0].status = model::VulnerabilityStatus::will_not_fix;
  apply(policy, k_today, result);
  EXPECT_EQ(result.vulnerabilities[0].decision, "ignore");
  EXPECT_EQ(result.vulnerabilities[1].decision, "stop");
}

TEST(FixPlan, OneStepASourcePackageToItsLatestFix) {
  model::ScanResult result;
  result.layers.resize(2);
  result.layers[0].diff_id = "sha256:a";
  result.layers[1].diff_id = "sha256:b";
  result.vulnerabilities = {flaw("CVE-2024-1"), flaw("CVE-2024-2", "openssl"), flaw("CVE-2024-3"),
                            flaw("CVE-2024-4", "evil; rm")};
  result.vulnerabilities[1].fixed_version = "3.0.10-1";
  result.vulnerabilities[3].source_name = "evil";
  auto npm = flaw("CVE-2024-5", "lodash", "");
  npm.purl = "pkg:npm/lodash@4.17.15";
  npm.fixed_version = "4.17.21";
  npm.location = {"app/node_modules/lodash/package.json", "sha256:b", model::Visibility::final, 0};
  auto open = flaw("CVE-2024-6", "zlib1g", "zlib");
  open.fixed_version = "";
  result.vulnerabilities.push_back(npm);
  result.vulnerabilities.push_back(open);
  for (auto& each : result.vulnerabilities) each.decision = "stop";
  result.vulnerabilities[2].decision = "warn";
  const auto plan = fix_plan_of(result);
  ASSERT_EQ(plan.steps.size(), 3U);
  const auto step = [&](const std::string& name) {
    for (const auto& each : plan.steps)
      if (each.package == name) return each;
    return model::FixStep{};
  };
  EXPECT_EQ(step("openssl").where, model::FixStep::Where::base_image);
  EXPECT_EQ(step("openssl").to, "3.0.10-1");
  EXPECT_EQ(step("openssl").installed, (std::vector<std::string>{"libssl3", "openssl"}));
  EXPECT_EQ(step("openssl").flaws, (std::vector<std::string>{"CVE-2024-1", "CVE-2024-2"}));
  EXPECT_EQ(step("lodash").where, model::FixStep::Where::application);
  EXPECT_EQ(step("lodash").to, "4.17.21");
  EXPECT_EQ(plan.unfixed, std::vector<std::string>{"CVE-2024-6 (zlib1g)"});
  EXPECT_NE(plan.dockerfile_patch.find("--only-upgrade libssl3 openssl &&"), std::string::npos);
  EXPECT_EQ(plan.dockerfile_patch.find("evil"), std::string::npos) << "no word for a shell";
}

// An image of SUSE's was told to use dnf, and one that runs as somebody else to upgrade as somebody else.
TEST(FixPlan, TheImagesOwnPackageManagerAsRoot) {
  model::ScanResult result;
  auto found = flaw("CVE-2024-1", "libopenssl1_1", "openssl-1_1");
  found.purl = "pkg:rpm/suse/libopenssl1_1@1.1.1l";
  found.decision = "stop";
  result.vulnerabilities = {found};
  const auto patch = [&](const char* id, const char* version, const char* manager = "", const char* user = "") {
    result.distribution.id = id;
    result.distribution.version_id = version;
    result.packages.clear();
    model::Package package;
    package.type = "rpm";
    package.name = manager;
    if (*manager != '\0') result.packages.push_back(package);
    result.image.config.user = user;
    return fix_plan_of(result).dockerfile_patch;
  };
  EXPECT_EQ(patch("sles", "15.5"), "RUN zypper --non-interactive update libopenssl1_1 && zypper clean --all\n");
  EXPECT_EQ(patch("opensuse-leap", "15.6").substr(0, 10), "RUN zypper");
  EXPECT_EQ(patch("photon", "5.0"), "RUN tdnf update -y libopenssl1_1 && tdnf clean all\n");
  EXPECT_EQ(patch("rhel", "9.4"), "RUN dnf upgrade -y libopenssl1_1 && dnf clean all\n");
  EXPECT_EQ(patch("rhel", "9.4", "microdnf"), "RUN microdnf upgrade -y libopenssl1_1 && microdnf clean all\n");
  EXPECT_EQ(patch("centos", "7"), "RUN yum update -y libopenssl1_1 && yum clean all\n");
  EXPECT_EQ(patch("amzn", "2"), "RUN yum update -y libopenssl1_1 && yum clean all\n");
  EXPECT_EQ(patch("amzn", "2023").substr(0, 7), "RUN dnf");
  EXPECT_EQ(patch("photon", "5.0", "", "app:app"),
            "USER root\nRUN tdnf update -y libopenssl1_1 && tdnf clean all\nUSER app:app\n");
  EXPECT_EQ(patch("photon", "5.0", "", "0:0"), "RUN tdnf update -y libopenssl1_1 && tdnf clean all\n");
  EXPECT_EQ(patch("photon", "5.0", "", "a;b").find("USER"), std::string::npos) << "no word for a Dockerfile";
}

}  // namespace
}  // namespace hullcheck::policy
