// Binary stores of keys, written here as the formats' descriptions say.
#include <gtest/gtest.h>

#include "detect/detector.hpp"
#include "util/digest.hpp"

namespace hullcheck::detect::secrets {
namespace {

std::vector<Evidence> look_at(const std::string& path, const std::string& content) {
  layers::Entry entry;
  entry.path = path;
  entry.size = content.size();
  entry.content = layers::ContentKind::binary;
  const layers::FileView view{{entry, as_bytes(std::string_view(content).substr(0, 4096))}, as_bytes(content)};
  const Detector& detector = *DetectorRegistry::find("secret-stores")->instance;
  EvidenceSink sink;
  if (detector.wants(view)) detector.collect(view, sink);
  return sink.take();
}

std::string be(std::uint64_t value, int size) {
  std::string out;
  for (int i = size - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
  return out;
}
std::string text16(const std::string& text) { return be(text.size(), 2) + text; }
std::string bytes32(const std::string& bytes) { return be(bytes.size(), 4) + bytes; }

std::string java_store(bool private_key, const std::string& password) {
  const std::string certificate = text16("X.509") + bytes32(std::string(40, 'c'));
  std::string body = be(0xfeedfeed, 4) + be(2, 4) + be(1, 4);
  if (private_key)
    body += be(1, 4) + text16("server") + be(0, 8) + bytes32(std::string(80, 'k')) + be(1, 4) + certificate;
  else
    body += be(2, 4) + text16("authority") + be(0, 8) + certificate;
  std::string wide;
  for (const char c : password) wide += std::string(1, '\0') + c;
  util::Hasher hasher(util::Hash::sha1);
  hasher.update(as_bytes(wide + "Mighty Aphrodite" + body));
  const Buffer digest = hasher.finish();
  return body + std::string(digest.begin(), digest.end());
}

TEST(SecretStores, AJavaStoreThatOpensWithTheDefaultPasswordIsALeak) {
  const auto found = look_at("app/server.jks", java_store(true, "changeit"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].cls, EvidenceClass::strong);
}

TEST(SecretStores, AJavaStoreWithAnotherPasswordIsARemark) {
  const auto found = look_at("app/server.jks", java_store(true, "correct horse"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].cls, EvidenceClass::context);
}

TEST(SecretStores, AStoreOfAuthoritiesIsSilent) {
  EXPECT_TRUE(look_at("etc/ssl/certs/java/cacerts", java_store(false, "changeit")).empty());
}

TEST(SecretStores, DamagedJavaStoresAreSilent) {
  const std::string store = java_store(true, "changeit");
  for (std::size_t size = 32; size < store.size(); ++size)
    EXPECT_TRUE(look_at("app/server.jks", store.substr(0, size)).empty()) << size;
  EXPECT_TRUE(look_at("app/server.jks", store + "x").empty());
  std::string many = store;
  many.replace(8, 4, "\xff\xff\xff\xff");
  EXPECT_TRUE(look_at("app/server.jks", many).empty());
}

std::string keytab() {
  const std::string entry = be(1, 2) + text16("EXAMPLE.ORG") + text16("host") + be(1, 4) + be(0, 4) + be(3, 1) +
                            be(18, 2) + text16(std::string(32, 'k'));
  return be(0x0502, 2) + be(entry.size(), 4) + entry;
}

TEST(SecretStores, KeytabsAreFound) {
  const auto found = look_at("etc/krb5.keytab", keytab());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rule, "secret/store-keytab");
  EXPECT_TRUE(look_at("etc/krb5.keytab", keytab().substr(0, 40)).empty()) << "cut";
  EXPECT_TRUE(look_at("etc/krb5.keytab", "\x05\x02" + std::string(60, '\0')).empty()) << "no entry";
  EXPECT_TRUE(look_at("etc/other.bin", keytab()).empty()) << "two bytes are no magic";
}

TEST(SecretStores, WalletsAreFoundByTheirKeys) {
  const std::string head(64, '\0');
  EXPECT_EQ(look_at("root/.bitcoin/wallet.dat", head + "\x03key!x").size(), 1U);
  EXPECT_EQ(look_at("root/.bitcoin/wallet.dat", head + "\x04"
                                                       "ckey!x")
                .at(0)
                .cls,
            EvidenceClass::supporting);
  EXPECT_TRUE(look_at("root/.bitcoin/wallet.dat", head + "nothing").empty());
}

TEST(SecretStores, EncryptedOnesAreRemarks) {
  const std::string rest(64, 'x');
  EXPECT_EQ(look_at("a/b.kdbx", "\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5" + rest).at(0).cls, EvidenceClass::context);
  EXPECT_EQ(look_at("a/b.p12", "\x30\x82" + rest + "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01" + rest).size(),
            1U);
  EXPECT_TRUE(look_at("a/b.p12", "\x30\x82" + rest).empty());
}

}  // namespace
}  // namespace hullcheck::detect::secrets
