// Every kind of the table: a value made here is found, and what only resembles it is not. The values are made while
// the test runs, so that no file of this repository holds one.
#include <gtest/gtest.h>

#include <set>

#include "detect/content/regex.hpp"
#include "detect/secrets/confirm.hpp"
#include "detect/secrets/rules.hpp"
#include "detect/secrets/value.hpp"
#include "sample_secrets.hpp"

namespace hullcheck::detect::secrets {
namespace {

std::optional<Found> search(const Kind& wanted, const std::string& text) {
  for (const Keyword& keyword : keywords()) {
    if (std::find(keyword.kinds.begin(), keyword.kinds.end(), &wanted - all_kinds().data()) == keyword.kinds.end())
      continue;
    for (std::size_t at = 0; at + keyword.bytes.size() <= text.size(); ++at) {
      const std::string_view part = std::string_view(text).substr(at, keyword.bytes.size());
      const bool same = std::equal(part.begin(), part.end(), keyword.bytes.begin(), [&](char a, char b) {
        return keyword.caseless ? std::tolower(a) == std::tolower(b) : a == b;
      });
      if (!same) continue;
      if (auto found = confirm(wanted, keyword, text, at)) return found;
    }
  }
  return std::nullopt;
}

// How the value stands in a file.
std::vector<std::string> spellings(const Kind& kind, const std::string& value) {
  if (kind.form != Form::assigned) return {value, "key: " + value + "\n", "{\"a\": \"" + value + "\", \"b\": 1}"};
  std::string name(kind.literals.substr(0, kind.literals.find(' ')));
  std::string upper = name;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  return {upper + "=" + value + "\n",
          name + ": '" + value + "'\n",
          "{\"" + name + "\": \"" + value + "\"}",
          "export " + upper + "=\"" + value + "\"",
          "  \\\"" + name + "\\\": \\\"" + value + "\\\",",
          "<" + name + ">" + value + "</" + name + ">"};
}

std::string stand_in(std::string value, char with) {
  for (char& c : value)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) c = with;
  return value;
}

class EveryKind : public testing::TestWithParam<std::size_t> {
 protected:
  const Kind& kind() const { return all_kinds()[GetParam()]; }
  bool by_check() const { return kind().entropy == 0; }
};

TEST_P(EveryKind, HasSoundPattern) {
  const Regex regex(kind().pattern);
  EXPECT_TRUE(regex.ok()) << regex.error();
  EXPECT_FALSE(kind().title.empty());
  EXPECT_FALSE(kind().provider.empty());
  EXPECT_TRUE(kind().id.starts_with("secret/")) << kind().id;
}

TEST_P(EveryKind, FindsWhatItIsFor) {
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    const Sample sample = make_sample(kind().sample, seed);
    for (const std::string& text : spellings(kind(), sample.text)) {
      const auto found = search(kind(), text);
      ASSERT_TRUE(found) << text;
      EXPECT_LT(found->begin, found->end);
      EXPECT_EQ(found->cls, class_of(kind().strength, Validity::valid)) << text << found->detail;
    }
  }
}

TEST_P(EveryKind, MasksTheValue) {
  const Sample sample = make_sample(kind().sample, 9);
  const std::string text = spellings(kind(), sample.text).front();
  const auto found = search(kind(), text);
  ASSERT_TRUE(found) << text;
  for (const std::string& secret : sample.random)
    if (secret.size() >= 12) {
      EXPECT_EQ(found->shown.find(secret), std::string::npos) << found->shown;
      EXPECT_EQ(found->detail.find(secret), std::string::npos) << found->detail;
    }
  if (by_check()) return;
  const std::string value = text.substr(found->begin, found->end - found->begin);
  const std::string said = redacted("seen: " + text);
  EXPECT_EQ(said.find(value), std::string::npos) << said;
}

TEST_P(EveryKind, IsSilentOnStandIns) {
  if (by_check()) return;  // nothing of it is random
  const Sample sample = make_sample(kind().sample, 3);
  for (const char with : {'x', 'X', '0', 'a', 'A'}) {
    std::string text = sample.text;
    for (const std::string& random : sample.random)
      for (std::size_t at = text.find(random); !random.empty() && at != std::string::npos;
           at = text.find(random, at + 1))
        text.replace(at, random.size(), stand_in(random, with));
    // The name of a key without its secret weighs less.
    for (const std::string& spelling : spellings(kind(), text)) {
      const auto found = search(kind(), spelling);
      EXPECT_TRUE(!found || found->cls > class_of(kind().strength, Validity::valid)) << spelling;
    }
  }
}

TEST_P(EveryKind, IsSilentOnAPartOfIt) {
  const Sample sample = make_sample(kind().sample, 4);
  const std::string part = sample.text.substr(0, sample.text.size() / 5);
  if (kind().pattern.find(",80}") != std::string_view::npos) return;  // any length
  for (const std::string& spelling : spellings(kind(), part)) EXPECT_FALSE(search(kind(), spelling)) << spelling;
}

TEST_P(EveryKind, IsSilentWhenOneCharacterIsMissing) {
  if (by_check() || kind().pattern.find_first_of(",~") != std::string_view::npos) return;  // any length
  const Sample sample = make_sample(kind().sample, 8);
  std::string text = sample.text;
  ASSERT_FALSE(sample.random.empty());
  const std::string& last = sample.random.back();
  const std::size_t at = text.rfind(last);
  ASSERT_NE(at, std::string::npos);
  text.erase(at + last.size() / 2, 1);
  for (const std::string& spelling : spellings(kind(), text)) {
    const auto found = search(kind(), spelling);
    EXPECT_TRUE(!found || found->cls > class_of(kind().strength, Validity::valid)) << spelling;
  }
}

TEST_P(EveryKind, IsSilentInsideAWord) {
  if (kind().form != Form::token) return;  // stands anywhere
  const Sample sample = make_sample(kind().sample, 6);
  EXPECT_FALSE(search(kind(), "x" + sample.text)) << sample.text;
  const auto longer = search(kind(), sample.text.substr(0, sample.text.find_last_not_of("=\n") + 1) + "_zz");
  const bool ends_open = kind().pattern.find("_-]") != std::string_view::npos ||
                         kind().pattern.find("Za-z_") != std::string_view::npos || by_check();
  if (!ends_open && sample.text.find('\n') == std::string::npos) {
    EXPECT_FALSE(longer) << sample.text;
  }
}

std::string kind_name(const testing::TestParamInfo<std::size_t>& info) {
  std::string name(all_kinds()[info.param].id.substr(7));
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
}

std::vector<std::size_t> all_indices() {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < all_kinds().size(); ++i) indices.push_back(i);
  return indices;
}

INSTANTIATE_TEST_SUITE_P(Secrets, EveryKind, testing::ValuesIn(all_indices()), kind_name);

TEST(SecretKinds, AreManyAndDistinct) {
  EXPECT_GE(all_kinds().size(), 220U);
  std::set<std::string_view> ids;
  for (const Kind& kind : all_kinds()) EXPECT_TRUE(ids.insert(kind.id).second) << kind.id;
  EXPECT_EQ(kind_rules().size(), all_kinds().size());
}

TEST(SecretKinds, LiteralsAreLongEnough) {
  for (const Keyword& keyword : keywords()) EXPECT_GE(keyword.bytes.size(), 4U) << keyword.bytes;
}

TEST(SecretKinds, AWrongChecksumIsNoToken) {
  for (const std::string_view maker :
       {"ghp_{@crc62}", "{@glsa}", "{@age}", "{@xprv}", "{@pypi}", "{@jfrog-reference}"}) {
    for (const Kind& kind : all_kinds()) {
      if (kind.sample != maker) continue;
      std::string text = make_sample(maker, 7).text;
      ASSERT_TRUE(search(kind, text)) << text;
      // One character of the middle becomes another one of the same alphabet.
      char& changed = text[text.size() / 2];
      changed = changed == 'Q'          ? 'P'
                : changed == 'q'        ? 'p'
                : std::isupper(changed) ? 'Q'
                : std::islower(changed) ? 'q'
                                        : '7';
      if (maker == "{@jfrog-reference}") text[13] = text[13] == 'a' ? 'b' : 'a', text[10] = '#';
      if (maker == "{@pypi}") text[22] = '/';
      EXPECT_FALSE(search(kind, text)) << text;
    }
  }
}

TEST(SecretValues, StandInsAreRecognised) {
  for (const char* text :
       {"AKIAIOSFODNN7EXAMPLE", "xxxxxxxxxxxxxxxx", "<your-token>", "${TOKEN}", "changeme123", "{{ token }}",
        "abcdefghijklmnop", "0123456789abcdef", "$(cat file)", "YOUR_API_KEY", "aaaaaaaaaaaa", "my-secret-1"})
    EXPECT_TRUE(is_placeholder(text)) << text;
  EXPECT_FALSE(is_placeholder(make_sample("{w40}", 1).text));
}

TEST(SecretValues, ShortOnesGetNoDigest) {
  EXPECT_EQ(masked("Tr0ub4dor", 0), "… (9 characters)");
  EXPECT_NE(masked(make_sample("{w40}", 1).text, 0).find("digest"), std::string::npos);
  EXPECT_EQ(masked("abcd", 4), "ab… (4 characters)") << "never more than half";
}

TEST(Redaction, LeavesOrdinaryTextAlone) {
  for (const char* text : {"curl -fsSL https://example.com/install.sh | sh", "wget -O- http://192.0.2.7:8080/x",
                           "stratum+tcp://pool.example:3333", "--password=$PASSWORD", "user:password", "token: none",
                           "-----BEGIN CERTIFICATE-----", "SHA256:AAAAbbbb", "git clone git@github.com:a/b",
                           "docker run -u 1000:1000 -p 127.0.0.1:8080:80 x", "install -u app1 -p /srv/app1"})
    EXPECT_EQ(redacted(text), text);
}

TEST(Redaction, HidesPasswordsInCommands) {
  const std::string secret = make_sample("{w18}", 2).text;
  for (const std::string& text :
       {"curl -H 'Authorization: Bearer " + secret + "' https://example.com",
        "git clone https://me:" + secret + "@example.com/x", "mysql --password=" + secret + " -e x",
        "curl -u admin:" + secret + " https://example.com", "/--password=" + secret,
        "DB_PASSWORD=" + secret + " ./run", "mysql -u root -p" + secret + " -e x",
        "xmrig -o pool.example:3333 -u name --coin monero -p " + secret, "api_key: \"" + secret + "\""}) {
    const std::string said = redacted(text);
    EXPECT_EQ(said.find(secret), std::string::npos) << said;
    EXPECT_EQ(redacted(said), said) << "said once";
  }
}

TEST(Redaction, HidesATokenThatTheEndCutsOff) {
  const std::string token = make_sample("ghp_{@crc62}", 5).text;
  for (std::size_t size = 12; size < token.size(); ++size) {
    const std::string said = redacted("curl -H 'x: " + token.substr(0, size));
    EXPECT_EQ(said.find(token.substr(4, 8)), std::string::npos) << said;
  }
}

}  // namespace
}  // namespace hullcheck::detect::secrets
