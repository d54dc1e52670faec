// Files that hold keys in a binary form of their own: Java keystores, PKCS#12, KeePass, Kerberos keytabs, wallets.
//
// Formats: JKS as the JDK writes it (big-endian; magic, version, entries, then a SHA-1 over the password, a phrase
// and all before it, so that a guess of the password can be checked), MIT's keytab version 2, the header of KeePass
// 2, the object identifiers of PKCS#12, Berkeley DB's magic in a wallet of Bitcoin Core and its kin.
//
// Hostile: counts and lengths are anybody's. Each is checked against what is there, and entries are counted.
#include <algorithm>
#include <array>

#include "detect/detector.hpp"
#include "util/digest.hpp"

namespace hullcheck::detect::secrets {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{8} << 20;
constexpr std::uint32_t k_jks_magic = 0xfeedfeedU;
constexpr std::uint32_t k_most_entries = 4096;
constexpr std::size_t k_digest_bytes = 20;

constexpr std::string_view k_advice =
    "Take it for known to everybody who can pull the image: replace the keys in it, rebuild without the file in any "
    "layer, and mount the new one when it is needed.";

constexpr std::array<RuleRow, 4> k_rows{{
    {"secret/store-java", EvidenceClass::context, model::Severity::low, 60, "Java keystore with a private key",
     "T1552.004", k_advice},
    {"secret/store-encrypted", EvidenceClass::context, model::Severity::low, 50, "Encrypted store of keys",
     "T1552.004", k_advice},
    {"secret/store-keytab", EvidenceClass::strong, model::Severity::high, 90, "Kerberos keytab", "T1552.004",
     k_advice},
    {"secret/store-wallet", EvidenceClass::strong, model::Severity::high, 85, "Wallet of a cryptocurrency",
     "T1552.004", k_advice},
}};

// Reads the file from its front; after the first thing that does not fit everything is empty.
class Reader {
 public:
  explicit Reader(Bytes bytes) : m_rest(bytes) {}
  template <class Integer>
  Integer number() {
    const auto value = read_be<Integer>(m_rest, 0);
    take(sizeof(Integer));
    return value.value_or(0);
  }
  Bytes take(std::uint64_t size) {
    const auto part = slice(m_rest, 0, size);
    m_failed |= !part;
    m_rest = part ? m_rest.subspan(part->size()) : Bytes();
    return part.value_or(Bytes());
  }
  bool failed() const { return m_failed; }
  std::size_t left() const { return m_rest.size(); }

 private:
  Bytes m_rest;
  bool m_failed = false;
};

struct JavaStore {
  std::uint32_t private_keys = 0;
  bool sound = false;  // ends where its entries say
};

void skip_certificate(Reader& in) {
  in.take(in.number<std::uint16_t>());  // type
  in.take(in.number<std::uint32_t>());
}

JavaStore read_java_store(Bytes bytes) {
  Reader in(bytes);
  JavaStore store;
  if (in.number<std::uint32_t>() != k_jks_magic) return store;
  const auto version = in.number<std::uint32_t>();
  const auto count = in.number<std::uint32_t>();
  if (version != 2 || count > k_most_entries) return store;
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    const auto tag = in.number<std::uint32_t>();
    in.take(in.number<std::uint16_t>());  // alias
    in.number<std::uint64_t>();           // date
    if (tag == 1) {
      ++store.private_keys;
      in.take(in.number<std::uint32_t>());
      const auto chain = in.number<std::uint32_t>();
      for (std::uint32_t link = 0; link < chain && !in.failed(); ++link) skip_certificate(in);
    } else if (tag == 2) {
      skip_certificate(in);
    } else {
      return store;
    }
  }
  store.sound = !in.failed() && in.left() == k_digest_bytes;
  return store;
}

// The password that the store was made with, if it is one that everybody tries first.
std::string_view known_password(Bytes store) {
  const Bytes body = store.first(store.size() - k_digest_bytes), digest = store.last(k_digest_bytes);
  for (const std::string_view password : {"changeit", "changeme", "password", "secret", "123456", "keystore", ""}) {
    Buffer wide;
    for (const char c : password) {
      wide.push_back(0);
      wide.push_back(static_cast<std::uint8_t>(c));
    }
    util::Hasher hasher(util::Hash::sha1);
    hasher.update(wide);
    hasher.update(as_bytes("Mighty Aphrodite"));
    hasher.update(body);
    const Buffer made = hasher.finish();
    if (std::equal(made.begin(), made.end(), digest.begin(), digest.end()))
      return password.empty() ? "none" : password;
  }
  return {};
}

void look_at_java_store(Bytes bytes, EvidenceSink& out) {
  const JavaStore store = read_java_store(bytes);
  if (!store.sound || store.private_keys == 0) return;
  const std::string_view password = known_password(bytes);
  Evidence evidence = evidence_of(k_rows[0], std::to_string(store.private_keys) + " private keys");
  if (!password.empty()) {
    evidence.cls = EvidenceClass::strong;
    evidence.confidence = 90;
    evidence.text += ", opens with the password that everybody tries first";
  }
  out.add(std::move(evidence));
}

// Entries have a signed size each; a hole left by a removed one is negative.
void look_at_keytab(Bytes bytes, EvidenceSink& out) {
  Reader in(bytes.subspan(2));
  std::size_t keys = 0;
  while (in.left() >= sizeof(std::uint32_t) && keys < k_most_entries) {
    const auto size = static_cast<std::int32_t>(in.number<std::uint32_t>());
    if (size == 0) break;
    const Bytes entry = in.take(static_cast<std::uint64_t>(size < 0 ? -static_cast<std::int64_t>(size) : size));
    if (in.failed()) return;
    constexpr std::int32_t k_least_entry = 20;  // components, realm, name, type, time, version, key type, key
    if (size >= k_least_entry && read_be<std::uint16_t>(entry, 0).value_or(0) <= 16) ++keys;
  }
  if (keys > 0) out.add(evidence_of(k_rows[2], std::to_string(keys) + " keys"));
}

void look_at_wallet(Bytes bytes, EvidenceSink& out) {
  const std::string_view text = as_text(bytes);
  const bool open = text.find("\x03key!") != std::string_view::npos;
  const bool locked = text.find(
                          "\x04"
                          "ckey") != std::string_view::npos;
  if (!open && !locked) return;
  Evidence evidence = evidence_of(k_rows[3], locked ? "keys encrypted with a passphrase" : "keys not encrypted");
  if (locked) evidence.cls = EvidenceClass::supporting;
  out.add(std::move(evidence));
}

bool starts(Bytes bytes, std::string_view magic) { return as_text(bytes).starts_with(magic); }

constexpr std::string_view k_keepass = "\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5";
// pkcs-12PbeIds is left out: 1.2.840.113549.1.12.10.1 marks the bags of keys.
constexpr std::string_view k_key_bag = "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01";

bool is_pkcs12_name(std::string_view name) {
  for (const std::string_view end : {".p12", ".pfx", ".pkcs12", ".keystore", ".jks"})
    if (name.ends_with(end)) return true;
  return false;
}

class SecretStores final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    if (file.size() < 32 || file.size() > k_most_bytes) return false;
    const std::string_view name = file.name();
    if (starts(file.head, "\xfe\xed\xfe\xed") || starts(file.head, k_keepass)) return true;
    if (name.ends_with("keytab")) return starts(file.head, "\x05\x02");
    return (is_pkcs12_name(name) && starts(file.head, "\x30\x82")) || name == "wallet.dat";
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    if (starts(file.bytes, "\xfe\xed\xfe\xed"))
      look_at_java_store(file.bytes, out);
    else if (starts(file.bytes, k_keepass))
      out.add(evidence_of(k_rows[1], "KeePass database"));
    else if (file.name().ends_with("keytab"))
      look_at_keytab(file.bytes, out);
    else if (file.name() == "wallet.dat")
      look_at_wallet(file.bytes, out);
    else if (file.text().find(k_key_bag) != std::string_view::npos)
      out.add(evidence_of(k_rows[1], "PKCS#12 file"));
  }
};

const util::Registered<SecretStores> registered{{
    .id = "secret-stores",
    .version = 1,
    .summary = "stores of keys: Java keystores, PKCS#12, KeePass, keytabs, wallets",
    .example = "/etc/krb5.keytab: Kerberos keytab, 3 keys",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect::secrets
