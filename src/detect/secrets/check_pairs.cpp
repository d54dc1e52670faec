// Keys that come in two parts: the name is no secret, so it weighs only with its other half beside it.
#include <algorithm>

#include "detect/secrets/checks.hpp"
#include "detect/secrets/checksum.hpp"
#include "detect/secrets/pairs.hpp"
#include "detect/secrets/value.hpp"

namespace hullcheck::detect::secrets {
namespace {

constexpr std::size_t k_near = 1024;
constexpr std::size_t k_aws_secret = 40;
constexpr std::size_t k_aws_id = 20;
constexpr std::size_t k_alibaba_secret = 30;
constexpr std::size_t k_tencent_secret = 32;
constexpr double k_least_entropy = 4.0;

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_base64(char c) { return is_alnum(c) || c == '/' || c == '+'; }

bool looks_random(std::string_view text) {
  const auto any = [&](char from, char to) {
    return std::any_of(text.begin(), text.end(), [=](char c) { return c >= from && c <= to; });
  };
  return any('0', '9') && any('A', 'Z') && any('a', 'z') && entropy(text) >= k_least_entropy - 0.2 &&
         !is_placeholder(text);
}

// A word of exactly `size` characters near the key's name, other than the name itself, that looks random.
std::string_view find_secret(const Around& around, std::size_t size, bool (*member)(char)) {
  const std::size_t from = around.begin - std::min(around.begin, k_near);
  const std::size_t to = std::min(around.window.size(), around.end + k_near);
  std::size_t begin = from;
  // A word that the cut begins in is none.
  while (begin > 0 && begin < to && member(around.window[begin - 1]) && member(around.window[begin])) ++begin;
  for (std::size_t at = begin; at < to;) {
    if (!member(around.window[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < to && member(around.window[end])) ++end;
    const std::string_view word = around.window.substr(at, end - at);
    const bool itself = at < around.end && end > around.begin;
    const bool cut = end == to && end < around.window.size() && member(around.window[end]);
    if (word.size() == size && !itself && !cut && looks_random(word)) return word;
    at = end;
  }
  return {};
}

// The number of the account that a key id of today's form carries; nothing for the older form.
std::string account_of(std::string_view id) {
  if (id[4] == 'I' || id[4] == 'J') return {};
  const auto bytes = decode_base32(id.substr(4));
  if (!bytes) return {};
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 6; ++i) number = number << 8U | (*bytes)[i];
  std::string digits = std::to_string((number & 0x7fffffffff80U) >> 7U);
  if (digits.size() > 12) return "?";
  return std::string(12 - digits.size(), '0') + digits;
}

Judgement pair(const Around& around, std::size_t size, std::string detail) {
  const std::string_view secret = find_secret(around, size, is_alnum);
  if (secret.empty()) return {Validity::weaker, "the key's name alone"};
  return {Validity::valid, "with its secret " + masked(secret, 0) + std::move(detail)};
}

}  // namespace

Judgement check_aws_key(const Around& around) {
  const std::string account = account_of(around.value());
  if (account == "?") return {Validity::invalid, {}};
  const std::string of = account.empty() ? "" : ", account " + account;
  const std::string_view secret = find_secret(around, k_aws_secret, is_base64);
  if (secret.empty()) return {Validity::weaker, "the key's name alone" + of};
  return {Validity::valid, "with its secret " + masked(secret, 0) + of};
}

Judgement check_aws_secret(const Around& around) {
  if (!looks_random(around.value())) return {Validity::invalid, {}};
  const std::size_t from = around.begin - std::min(around.begin, k_near);
  const std::string_view near = around.window.substr(from, around.end + k_near - from);
  for (const std::string_view prefix : {"AKIA", "ASIA"}) {
    const std::size_t at = near.find(prefix);
    if (at == std::string_view::npos || near.size() - at < k_aws_id) continue;
    const std::string_view rest = near.substr(at, k_aws_id);
    if (std::all_of(rest.begin(), rest.end(), is_alnum)) return {Validity::invalid, {}};
  }
  return {Validity::valid, {}};
}

Judgement check_alibaba_key(const Around& around) { return pair(around, k_alibaba_secret, {}); }
Judgement check_tencent_key(const Around& around) { return pair(around, k_tencent_secret, {}); }

std::string_view other_half(const Kind& kind, const Around& around) {
  if (kind.check == check_aws_key) return find_secret(around, k_aws_secret, is_base64);
  if (kind.check == check_alibaba_key) return find_secret(around, k_alibaba_secret, is_alnum);
  if (kind.check == check_tencent_key) return find_secret(around, k_tencent_secret, is_alnum);
  return {};
}

}  // namespace hullcheck::detect::secrets
