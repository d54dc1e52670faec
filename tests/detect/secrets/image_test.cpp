// Secrets on the way from layers and configuration to findings: who owns the file, which layer still ships it, and
// what is shown.
#include <gtest/gtest.h>

#include "detect/content/content_scan.hpp"
#include "detect/image_builder.hpp"
#include "sample_secrets.hpp"

namespace hullcheck::detect::secrets {
namespace {

std::string all_text(const Assessment& found) {
  std::string text;
  for (const auto* list : {&found.threats, &found.warnings, &found.secrets})
    for (const auto& finding : *list) {
      text += finding.title + "\n" + finding.remediation + "\n";
      for (const auto& line : finding.evidence) text += line + "\n";
      for (const auto& line : finding.chain) text += line + "\n";
    }
  return text;
}

const model::Finding* find_secret(const Assessment& found, std::string_view rule, std::string_view path) {
  for (const auto& finding : found.secrets)
    if (finding.rule == rule && finding.locations.front().path == path) return &finding;
  return nullptr;
}

TEST(SecretsInImages, HistoryLabelsVariablesAndArgumentsAreRead) {
  const std::string github = make_sample("ghp_{@crc62}", 1).text;
  const std::string stripe = make_sample("sk_live_{w40}", 2).text;
  const std::string build = make_sample("{w24}", 3).text, label = make_sample("{w24}", 4).text;
  const std::string password = make_sample("{w18}", 5).text;
  ImageBuilder image;
  image.config().env = {"PATH=/bin", "GITHUB_TOKEN=" + github};
  image.config().labels = {{"org.example.api_key", label}};
  image.config().cmd = {"/bin/app", "--password=" + password};
  model::HistoryEntry argument, variable, clone;
  argument.created_by = "|1 REGISTRY_TOKEN=" + build + " /bin/sh -c make";
  variable.created_by = "/bin/sh -c #(nop)  ENV STRIPE_KEY=" + stripe;
  clone.created_by = "/bin/sh -c git clone https://ci:" + password + "@git.corp-internal.net/x.git";
  image.config().history = {argument, variable, clone};
  const Assessment found = image.assess();
  EXPECT_NE(find_secret(found, "secret/github-personal-token", "config:Env"), nullptr);
  EXPECT_NE(find_secret(found, "secret/config-value", "config:history[0]"), nullptr);
  EXPECT_NE(find_secret(found, "secret/stripe-live-key", "config:history[1]"), nullptr);
  EXPECT_NE(find_secret(found, "secret/url-password", "config:history[2]"), nullptr);
  EXPECT_NE(find_secret(found, "secret/config-value", "config:Labels"), nullptr);
  EXPECT_NE(find_secret(found, "secret/config-value", "config:Cmd"), nullptr);
  for (const std::string& secret : {github, stripe, build, label, password})
    EXPECT_EQ(all_text(found).find(secret), std::string::npos) << all_text(found);
  const auto* token = find_secret(found, "secret/github-personal-token", "config:Env");
  ASSERT_NE(token, nullptr);
  EXPECT_EQ(token->level, model::ThreatLevel::risky) << "the policy stops on it";
  EXPECT_EQ(find_secret(found, "secret/config-value", "config:Cmd")->level, model::ThreatLevel::none)
      << "a guess warns";
}

TEST(SecretsInImages, OrdinaryConfigurationIsSilent) {
  ImageBuilder image;
  image.config().env = {"PATH=/usr/bin", "GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568", "PYTHON_VERSION=3.12.1"};
  image.config().labels = {{"org.opencontainers.image.revision", "0123abcd4567ef890123abcd4567ef890123abcd"},
                           {"token_endpoint", "https://example.com/oauth2/token"}};
  image.config().cmd = {"/bin/sh", "-c", "exec app --token-file /run/secrets/token --password-file=/run/p"};
  model::HistoryEntry one, two, three;
  one.created_by = "/bin/sh -c #(nop)  ENV POSTGRES_PASSWORD_FILE=/run/secrets/db";
  two.created_by = "|1 VERSION=1.2.3 /bin/sh -c curl -fsSL https://example.com/v1.2.3.tar.gz | tar xz";
  three.created_by = "RUN /bin/sh -c --mount=type=secret,id=token cat /run/secrets/token # buildkit";
  image.config().history = {one, two, three};
  const Assessment found = image.assess();
  for (const auto& finding : found.secrets) ADD_FAILURE() << finding.rule << ": " << finding.evidence.front();
}

TEST(SecretsInImages, WhatALaterLayerHidIsStillShipped) {
  const std::string first = make_sample("npm_{@crc62}", 1).text, second = make_sample("npm_{@crc62}", 2).text;
  const std::string third = make_sample("dop_v1_{x64}", 3).text;
  ImageBuilder image;
  image.file("app/.npmrc", "//registry.example.com/:_authToken=" + first + "\n").file("app/do.txt", third + "\n");
  image.layer().file("app/.npmrc", "//registry.example.com/:_authToken=" + second + "\n").remove("app/do.txt");
  const Assessment found = image.assess();
  std::size_t overwritten = 0, final = 0, deleted = 0;
  for (const auto& finding : found.secrets) {
    EXPECT_EQ(finding.level, model::ThreatLevel::risky) << finding.title;
    overwritten += finding.title.find("shipped, then overwritten") != std::string::npos ? 1U : 0U;
    deleted += finding.title.find("shipped, then deleted") != std::string::npos ? 1U : 0U;
    final += finding.title.find("shipped") == std::string::npos ? 1U : 0U;
  }
  EXPECT_EQ(overwritten, 1U) << all_text(found);
  EXPECT_EQ(deleted, 1U) << all_text(found);
  EXPECT_EQ(final, 1U) << all_text(found);
}

TEST(SecretsInImages, AFolderOfExamplesWeighsLess) {
  const std::string token = make_sample("npm_{@crc62}", 4).text;
  ImageBuilder image;
  image.file("app/test/fixtures/token.txt", token + "\n").file("app/token.txt", token + "\n");
  const Assessment found = image.assess();
  const auto* example = find_secret(found, "secret/npm-token", "app/test/fixtures/token.txt");
  const auto* real = find_secret(found, "secret/npm-token", "app/token.txt");
  ASSERT_TRUE(example != nullptr && real != nullptr);
  EXPECT_EQ(example->level, model::ThreatLevel::none);
  EXPECT_EQ(real->level, model::ThreatLevel::risky);
}

TEST(SecretsInImages, TokensInProgramsAreFound) {
  const std::string token = make_sample("ghp_{@crc62}", 5).text, other = make_sample("dop_v1_{x64}", 5).text;
  ImageBuilder image;
  image.program("usr/bin/app", std::string("\x7f") + "ELF\x02\x01\x01" + std::string(5000, '\0') + token +
                                   std::string(9, '\0') + other + std::string(100, '\0'));
  const Assessment found = image.assess();
  const auto* checked = find_secret(found, "secret/github-personal-token", "usr/bin/app");
  const auto* shaped = find_secret(found, "secret/digitalocean-token", "usr/bin/app");
  ASSERT_TRUE(checked != nullptr && shaped != nullptr);
  EXPECT_EQ(checked->level, model::ThreatLevel::risky);
  EXPECT_EQ(shaped->level, model::ThreatLevel::none) << "programs carry samples of what they parse";
}

TEST(SecretsInImages, OneTokenInAFileOfTokensIsSaidOnce) {
  ImageBuilder image;
  image.file("root/.gem/credentials", "---\n:rubygems_api_key: " + make_sample("rubygems_{x48}", 1).text + "\n");
  const Assessment found = image.assess();
  ASSERT_EQ(found.secrets.size(), 1U) << all_text(found);
  EXPECT_EQ(found.secrets.front().rule, "secret/rubygems-key");
}

TEST(SecretsInImages, OtherEvidenceQuotesNoSecret) {
  const std::string token = make_sample("ghp_{@crc62}", 6).text;
  ImageBuilder image;
  image.config().entrypoint = {"/bin/sh", "-c",
                               "curl -H 'Authorization: token " + token + "' https://raw.example.com/x.sh | sh"};
  const Assessment found = image.assess();
  EXPECT_FALSE(found.threats.empty()) << "fetches what it runs";
  EXPECT_EQ(all_text(found).find(token.substr(4)), std::string::npos) << all_text(found);
}

}  // namespace
}  // namespace hullcheck::detect::secrets
