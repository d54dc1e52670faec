// System files through the detectors that read them whole: rules of sudo and PAM, accounts, profiles, units, hooks,
// certificates, package sources. The first byte chooses the place; the same bytes must give the same evidence twice.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "detect/detector.hpp"
#include "detect/mining/coin_addresses.hpp"
#include "detect/mining/coin_checksums.hpp"

namespace {

constexpr std::array<std::string_view, 24> k_places = {"etc/sudoers",
                                                       "etc/sudoers.d/x",
                                                       "etc/pam.d/sshd",
                                                       "etc/pam.conf",
                                                       "etc/passwd",
                                                       "etc/shadow",
                                                       "etc/gshadow",
                                                       "etc/systemd/system/x.service",
                                                       "etc/systemd/system/x.timer",
                                                       "etc/apt/apt.conf.d/99x",
                                                       "etc/udev/rules.d/99-x.rules",
                                                       "etc/crontab",
                                                       "usr/lib/python3/dist-packages/x.pth",
                                                       "usr/lib/python3/dist-packages/sitecustomize.py",
                                                       "root/.npmrc",
                                                       "etc/pip.conf",
                                                       "etc/apt/sources.list",
                                                       "etc/apt/sources.list.d/x.sources",
                                                       "etc/yum.repos.d/x.repo",
                                                       "etc/hosts",
                                                       "etc/environment",
                                                       "etc/ld.so.conf.d/x.conf",
                                                       "usr/local/share/ca-certificates/x.crt",
                                                       "root/.ssh/authorized_keys"};

hullcheck::Buffer evidence_of_all(const hullcheck::layers::FileView& file) {
  using namespace hullcheck;
  std::vector<detect::Evidence> all;
  for (const auto& entry : detect::DetectorRegistry::all()) {
    if (!entry.instance->wants(file)) continue;
    detect::EvidenceSink sink;
    entry.instance->collect(file, sink);
    std::vector<detect::Evidence> part = sink.take();
    all.insert(all.end(), part.begin(), part.end());
  }
  return detect::encode_evidence(all);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  if (size < 2) return 0;
  const Bytes bytes(data + 1, size - 1);
  layers::Entry entry;
  entry.path = k_places[data[0] % k_places.size()];
  entry.size = bytes.size();
  entry.content = layers::classify_content(as_text(bytes.first(std::min<std::size_t>(bytes.size(), 4096))));
  const layers::FileView file{{entry, bytes.first(std::min<std::size_t>(bytes.size(), 4096))}, bytes};
  const Buffer first = evidence_of_all(file);
  if (first != evidence_of_all(file)) std::abort();
  if (!detect::decode_evidence(first).ok()) std::abort();
  const std::string_view text = as_text(bytes);
  detect::parse_base58_address(text);
  detect::parse_bech32_address(text);
  detect::parse_account_address(text);
  detect::parse_ripple_address(text);
  detect::parse_shielded_address(text);
  detect::parse_stellar_address(text);
  detect::parse_ton_address(text);
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos)
    detect::parse_cash_address(text.substr(0, colon), text.substr(colon + 1));
  return 0;
}
