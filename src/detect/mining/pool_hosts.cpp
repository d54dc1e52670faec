// The list: domains of public pools as their operators, miners' documentation and the published records of attacks
// name them; put together by hand from general knowledge, as of 2026, no list of others copied. Dead pools stay: old
// images still name them. Not here: hosts that mostly serve something else, and nodes that anybody may mine through.
#include "detect/mining/pool_hosts.hpp"

#include <algorithm>
#include <array>

#include "detect/content/hidden_literal.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

// Monero and other CPU coins.
constexpr auto k_cpu_pools = hide(
    "supportxmr.com moneroocean.stream nanopool.org 2miners.com hashvault.pro herominers.com c3pool.com c3pool.org "
    "xmrpool.eu xmrpool.net xmrpool.de minexmr.com minexmr.to minexmr.cn minergate.com crypto-pool.fr "
    "crypto-pool.info "
    "monerohash.com moneropool.com moneropool.nl monerpool.org usxmrpool.com poolto.be minemonero.pro xmrfast.com "
    "monerominers.net ppxxmr.com ratchetmining.com iwanttoearn.money viaxmr.com mixpools.org gntl.co.uk skypool.org "
    "skypool.xyz solopool.org bohemianpool.com aeon-pool.com semipool.com fairpool.xyz fairpool.cloud "
    "cryptonote.social cryptonotepool.org.uk multipooler.com prohash.net dwarfpool.com "
    "moneromine.co monero.us.to monerominer.rocks xmr-node.net supportaeon.com bytecoinpool.org "
    "cryptmonero.com pool.xmr.pt pooldd.com miningocean.org luckypool.io vipor.net rabidmining.com "
    "community-pools.mysrv.cloud flockpool.com raptorhash.com suprnova.cc zeropool.io fastpool.xyz "
    "kryptex.network cedric-crispin.com donate.v2.xmrig.com donate.ssl.xmrig.com donate.xmrig.com donate2.xmrig.com "
    "xmrpool.top auto.c3pool.org xmrvsbeast.com monero.hashvault.pro hashcity.org ekapool.com icemining.ca "
    "leafpool.com aikapool.com");
// Many coins, exchange of hashing power, and GPU coins.
constexpr auto k_other_pools = hide(
    "nicehash.com unmineable.com zpool.ca rplant.xyz zergpool.com prohashing.com miningpoolhub.com "
    "mining-dutch.nl woolypooly.com k1pool.com acepool.top coinotron.com coinmine.pl minerall.io "
    "ethermine.org flypool.org flexpool.io hiveon.net sparkpool.com beepool.org beepool.com uupool.cn crazypool.org "
    "grinmint.com f2pool.com antpool.com poolin.com poolin.me viabtc.io viabtc.top slushpool.com "
    "stratum.braiins.com luxor.tech poolbinance.com spiderpool.com bitminter.com ghash.io kano.is ckpool.org "
    "ahashpool.com hashrefinery.com blazepool.com blockmasters.co yiimp.eu okpool.top okminer.com 1gh.com "
    "wattpool.net toncoinpool.io whalestonpool.com nanopool.io "
    "pool.btc.com ss.btc.com btc.top emcd.network ezil.me gpumine.org nlpool.nl bsod.pw "
    "arionumpool.com aropool.com cruxpool.com solo-pool.org ");
// Mining inside web pages.
constexpr auto k_web_pools = hide(
    "coinhive.com coin-hive.com authedmine.com crypto-loot.com cryptoloot.pro webminepool.com coinimp.com minero.cc "
    "webmine.cz deepminer.net monerise.com ");

// Ports that stand behind a host in a miner's configuration and rarely elsewhere.
constexpr std::array<std::string_view, 6> k_pool_ports = {":3333", ":14433", ":14444", ":45560", ":45700", ":10128"};

void add_words(const std::string& text, std::vector<std::string>& out) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
}

}  // namespace

const std::vector<std::string>& pool_domains() {
  static const std::vector<std::string> domains = [] {
    std::vector<std::string> list;
    add_words(k_cpu_pools.reveal(), list);
    add_words(k_other_pools.reveal(), list);
    add_words(k_web_pools.reveal(), list);
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
  }();
  return domains;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_';
}

std::string_view pool_domain_of(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  const std::string lower = util::lower(host);
  const std::vector<std::string>& domains = pool_domains();
  for (std::string_view rest = lower; !rest.empty();) {
    const auto found = std::lower_bound(domains.begin(), domains.end(), rest);
    if (found != domains.end() && *found == rest) return *found;
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  return {};
}

std::string near_pool(std::string_view text) {
  static const std::string scheme = hide("stratum").reveal();
  if (util::lower(text).find(scheme) != std::string::npos) return "a stratum URL";
  for (std::size_t at = 0; at < text.size();) {
    if (!is_host_character(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_host_character(text[end])) ++end;
    if (const std::string_view domain = pool_domain_of(text.substr(at, end - at)); !domain.empty())
      return "the pool " + std::string(domain);
    at = end;
  }
  for (const std::string_view port : k_pool_ports) {
    const std::size_t at = text.find(port);
    if (at == std::string_view::npos || at == 0 || !is_host_character(text[at - 1])) continue;
    const std::size_t after = at + port.size();
    if (after < text.size() && text[after] >= '0' && text[after] <= '9') continue;
    return "port " + std::string(port.substr(1));
  }
  return {};
}

}  // namespace hullcheck::detect
