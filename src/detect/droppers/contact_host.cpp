// Whom scripts talk to: bare addresses and odd ports (D04); hosts that anybody gets without a name of his own, to
// keep code or to be reached (D05); and places to which stolen things are sent (L08).
//
// Hosts are compared as parsed names, whole labels only. Each category has honest users, so a mention in a text means
// nothing: what counts is a command that fetches from there, code that does, or a configuration that names it.
#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "detect/content/hidden_literal.hpp"
#include "detect/detector.hpp"
#include "detect/mining/pool_hosts.hpp"
#include "detect/shell/shell_support.hpp"
#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_around = 300;              // bytes round a host in which code may use it
constexpr std::uint64_t k_most_code = 512U << 10;  // larger texts are bundles, lists and data

constexpr std::array<RuleRow, 3> k_rows{{
    {"D04", EvidenceClass::supporting, model::Severity::medium, 60, "Bare address or odd port", "T1105",
     "Find out whose address this is."},
    {"D05", EvidenceClass::supporting, model::Severity::medium, 60, "Host that anybody can get", "T1102,T1105",
     "Put what is fetched from there into the image at build time, or find out who gets what is sent there."},
    {"L08", EvidenceClass::supporting, model::Severity::medium, 60, "Secrets beside an address to send them to",
     "T1567", "Do not run this image where there is something to steal; find out what is sent."},
}};

constexpr ClassByReach k_classes{EvidenceClass::supporting, EvidenceClass::context, EvidenceClass::context};

// Domains by category: as the services' own documentation and published incident reports name them; put together by
// hand from general knowledge, as of 2026, no list of others copied. Services that have ended stay: old images name
// them still. Not here: hosts of which most use is honest and named, such as repository hosting.
struct Category {
  std::string_view name;
  std::string domains;
};
const std::vector<Category>& categories() {
  static const std::vector<Category> list = {
      {"paste",
       hide("pastebin.com paste.ee pastebin.pl hastebin.com paste.rs dpaste.com dpaste.org ghostbin.com rentry.co "
            "rentry.org controlc.com paste.debian.net termbin.com  sprunge.us pastie.org privatebin.net "
            "justpaste.it 0bin.net paste.c-net.org cl1p.net")
           .reveal()},
      {"file drop",
       hide("transfer.sh file.io 0x0.st oshi.at bashupload.com anonfiles.com gofile.io temp.sh catbox.moe "
            "litterbox.catbox.moe filebin.net uguu.se pixeldrain.com keep.sh  tmpfiles.org uploadfiles.io "
            "sendspace.com ufile.io bayfiles.com teknik.io")
           .reveal()},
      {"tunnel",
       hide("ngrok.io ngrok-free.app ngrok.app ngrok-free.dev trycloudflare.com loca.lt localhost.run lhr.life "
            "serveo.net serveousercontent.com telebit.cloud pagekite.me localtunnel.me playit.gg bore.pub "
            "portmap.io portmap.host tunnelto.dev zrok.io pinggy.link pinggy.io")
           .reveal()},
      {"dynamic DNS",
       hide("duckdns.org no-ip.org no-ip.biz no-ip.info noip.me ddns.net hopto.org zapto.org sytes.net "
            "serveftp.com servehttp.com myftp.org myftp.biz redirectme.net dyndns.org dynu.net dynu.com "
            "changeip.com afraid.org mooo.com chickenkiller.com ignorelist.com strangled.net jumpingcrab.com "
            "twilightparadox.com 3utilities.com bounceme.net webhop.me ddnsfree.com freeddns.org "
            "kozow.com loseyourip.com ooguy.com theworkpc.com casacam.net camdvr.org giize.com gleeze.com")
           .reveal()},
      {"short link", hide("bit.ly tinyurl.com  cutt.ly  shorturl.at tiny.cc rebrand.ly adf.ly  shorte.st "
                          "soo.gd clck.ru   qps.ru  surl.li")
                         .reveal()},
  };
  return list;
}

// Where requests are caught, and bots and channels that take messages; with a path, when the host alone is honest.
const std::vector<std::string>& collectors() {
  static const std::vector<std::string> list = [] {
    std::vector<std::string> all;
    const std::string text =
        hide(
            "api.telegram.org/bot discord.com/api/webhooks/ discordapp.com/api/webhooks/ "
            "hooks.slack.com/services/ webhook.site requestbin.com requestbin.net pipedream.net "
            "burpcollaborator.net oastify.com interact.sh canarytokens.com beeceptor.com "
            "requestcatcher.com mockbin.org hookbin.com oast.fun oast.pro oast.live oast.site "
            "oast.online oast.me dnslog.cn ceye.io bxss.me pingb.in requestrepo.com webhook.cool")
            .reveal();
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      all.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return all;
  }();
  return list;
}

const std::map<std::string, std::string_view, std::less<>>& domains() {
  static const std::map<std::string, std::string_view, std::less<>> map = [] {
    std::map<std::string, std::string_view, std::less<>> all;
    for (const Category& category : categories())
      for (std::size_t at = 0; at < category.domains.size();) {
        const std::size_t end = std::min(category.domains.find(' ', at), category.domains.size());
        if (end > at) all.emplace(category.domains.substr(at, end - at), category.name);
        at = end + 1;
      }
    return all;
  }();
  return map;
}

// A name of Tor's third generation: 56 characters of base32.
bool is_onion(std::string_view host) {
  static const std::string suffix = hide(".onion").reveal();
  if (!host.ends_with(suffix)) return false;
  host.remove_suffix(suffix.size());
  const std::string_view label = host.substr(host.rfind('.') + 1);
  return label.size() == 56 && label.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string_view::npos;
}

// The category of the domain that the host is or lies below, or "".
std::string_view category_of(std::string_view host) {
  if (is_onion(host)) return "onion service";
  while (!host.empty()) {
    const auto found = domains().find(host);
    if (found != domains().end()) return found->second;
    const std::size_t dot = host.find('.');
    if (dot == std::string_view::npos) break;
    host.remove_prefix(dot + 1);
  }
  return {};
}

// ---- bare addresses

std::optional<std::array<unsigned, 4>> address_of(std::string_view host) {
  std::array<unsigned, 4> parts{};
  std::size_t count = 0;
  for (std::size_t at = 0; at <= host.size() && count < 5; ++count) {
    const std::size_t dot = std::min(host.find('.', at), host.size());
    const std::string_view part = host.substr(at, dot - at);
    if (count == 4 || part.empty() || part.size() > 3 ||
        part.find_first_not_of("0123456789") != std::string_view::npos)
      return std::nullopt;
    for (const char c : part) parts[count] = parts[count] * 10 + static_cast<unsigned>(c - '0');
    if (parts[count] > 255) return std::nullopt;
    at = dot + 1;
  }
  return count == 4 ? std::optional(parts) : std::nullopt;
}

// Also as one number (http://3221225985/) and of version 6.
bool is_public_address(std::string_view host) {
  if (const auto parts = address_of(host)) {
    const auto& [a, b, c, d] = *parts;
    (void)c;
    (void)d;
    const bool own = a == 0 || a == 10 || a == 127 || a >= 224 || (a == 172 && b >= 16 && b < 32) ||
                     (a == 192 && b == 168) || (a == 169 && b == 254) || (a == 100 && b >= 64 && b < 128);
    return !own;
  }
  // http://0x08080808/
  if (host.size() == 10 && host.starts_with("0x") &&
      host.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos && !host.starts_with("0x7f") &&
      !host.starts_with("0x0a") && host.substr(2) != "00000000")
    return true;
  if (host.size() >= 8 && host.size() <= 10 && host.find_first_not_of("0123456789") == std::string_view::npos)
    return true;
  const bool six = std::count(host.begin(), host.end(), ':') >= 2 &&
                   host.find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
  return six && !host.starts_with("fe80") && !host.starts_with("fc") && !host.starts_with("fd") && host != "::1" &&
         host != "::";
}

std::string_view port_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  url = url.substr(0, std::min(url.find_first_of("/?#"), url.size()));
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
  const std::size_t colon = url.rfind(':');
  if (colon == std::string_view::npos || url.find(']', colon) != std::string_view::npos) return {};
  return url.substr(colon + 1);
}

bool is_odd_port(std::string_view port) {
  static constexpr std::array<std::string_view, 14> k_usual = {
      "80", "443", "8080", "8443", "8000", "8081", "3000", "5000", "9000", "9090", "9200", "8888", "21", "8001"};
  return !port.empty() && port.find_first_not_of("0123456789") == std::string_view::npos &&
         std::find(k_usual.begin(), k_usual.end(), port) == k_usual.end();
}

// ---- in the bytes of files

std::string_view line_at(std::string_view text, std::size_t position) {
  const std::size_t before = position == 0 ? std::string_view::npos : text.rfind('\n', position - 1);
  const std::size_t from = before == std::string_view::npos ? 0 : before + 1;
  return text.substr(from, std::min(text.find('\n', position), text.size()) - from);
}

bool is_comment(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return line.starts_with('#') || line.starts_with("//") || line.starts_with('*') || line.starts_with(';') ||
         line.starts_with("<!--");
}

bool has_one(std::string_view text, const std::vector<std::string_view>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

// Code that asks for what the host has, or sends to it.
bool is_used(std::string_view near) {
  static const std::vector<std::string_view> words = {
      "curl",         "wget",      "urlopen",      "requests.",     "fetch(",         "axios",
      "http.get",     "https.get", "http.request", "https.request", "HttpClient",     "file_get_contents",
      "curl_init",    "LWP::",     "Net::HTTP",    "URI.open",      "XMLHttpRequest", "http.Get",
      "DownloadFile", "getstore",  "socket",       "connect(",      "got(",           "httpx.",
      "urlretrieve",  "aiohttp"};
  return has_one(near, words);
}

// Whole collections of secrets, not the one that a program needs.
bool reads_secrets(std::string_view text) {
  static const std::vector<std::string_view> words = {"dict(os.environ)",
                                                      "os.environ.items()",
                                                      "os.environ.copy()",
                                                      "str(os.environ)",
                                                      "JSON.stringify(process.env)",
                                                      "Object.entries(process.env)",
                                                      "env | ",
                                                      "env|",
                                                      "printenv",
                                                      "/proc/self/environ",
                                                      "/etc/shadow",
                                                      "/etc/passwd",
                                                      ".ssh/id_",
                                                      ".aws/credentials",
                                                      ".npmrc",
                                                      ".git-credentials",
                                                      ".kube/config",
                                                      ".docker/config.json",
                                                      "Login Data",
                                                      "wallet.dat",
                                                      "json.dumps(os.environ",
                                                      "getenv()",
                                                      "$_ENV)",
                                                      "ENV.to_h",
                                                      "os.Environ()",
                                                      "System.getenv()",
                                                      "id_rsa",
                                                      "leveldb",
                                                      "bash_history"};
  return has_one(text, words);
}

// Names that also read as a file's, or stand in texts as often as in code.
bool needs_link(std::string_view category, std::string_view host) {
  return category == "short link" || category == "file drop" || host.size() < 9;
}

bool is_document_name(std::string_view name) {
  return name.ends_with(".md") || name.ends_with(".rst") || name.ends_with(".txt") || name.ends_with(".html") ||
         name.ends_with(".htm") || name.ends_with(".json") || name.ends_with(".xml") || name.ends_with(".po") ||
         name.ends_with(".svg") || name.ends_with(".csv");
}

class ContactHost final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    std::vector<Literal> list;
    for (const auto& [domain, category] : domains()) list.push_back({domain, true});
    list.push_back({hide(".onion").reveal(), false});
    for (const std::string& collector : collectors()) list.push_back({collector, true});
    return list;
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    const bool collector = hit.literal > domains().size();
    const layers::ContentKind kind = hit.file.entry.content;
    const bool config = hit.file.path().starts_with("config:");
    const bool code = kind == layers::ContentKind::script || kind == layers::ContentKind::text;
    if (!code || (!config && (hit.file.size() > k_most_code || is_document_name(hit.file.name())))) return;
    const std::string_view window = as_text(hit.window);
    if (!config && is_comment(line_at(window, hit.position))) return;
    std::string_view host = window;
    std::size_t begin = hit.position, end = hit.position;
    while (begin > 0 && hit.position - begin < 253 && is_host_character(window[begin - 1])) --begin;
    while (end < window.size() && end - hit.position < 253 && is_host_character(window[end])) ++end;
    host = window.substr(begin, end - begin);
    std::string lower(host);
    for (char& c : lower)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    while (lower.ends_with('.')) lower.pop_back();
    if (collector) {
      const std::string& what = collectors()[hit.literal - domains().size() - 1];
      const std::string domain = what.substr(0, what.find('/'));
      if (lower != domain && !lower.ends_with("." + domain)) return;
      if (config || reads_secrets(window.substr(hit.position - std::min<std::size_t>(hit.position, k_most_code),
                                                2 * k_most_code)))
        report(hit, out, 2, "secrets, and " + what);
      return;
    }
    const std::string_view category = category_of(lower);
    if (category.empty()) return;
    const bool link = begin >= 3 && window.substr(begin - 3, 3) == "://";
    const bool at_sign = begin > 0 && window[begin - 1] == '@' && !link;
    const std::string_view near = window.substr(begin - std::min(begin, k_around), 2 * k_around);
    // A public list of a service's names holds no scheme; settings and code do.
    if (at_sign || (!config && !is_used(near)) || (!link && needs_link(category, lower))) return;
    report(hit, out, 1, std::string(category) + ": " + lower);
  }

  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellFlow& flow : unit.facts.flows) {
      const bool fetched = flow.kind == FlowKind::fetch_to_interpreter || flow.kind == FlowKind::fetch_to_file ||
                           flow.kind == FlowKind::fetch_to_file_run;
      if (!fetched) continue;
      for (const std::string& url : flow.urls) say(unit, flow.line, url, true, out);
      if (flow.urls.empty() && is_public_address(flow.host))
        say(unit, flow.line, "tcp://" + flow.host + ":" + flow.port, true, out);
    }
    for (const ShellCommand* command : own_commands(unit.facts)) {
      const std::string_view name = program(*command);
      // nc HOST PORT: what goes there stays there.
      if ((name == "nc" || name == "ncat" || name == "netcat") && command->argv.size() > 2)
        for (std::size_t i = 1; i < command->argv.size(); ++i)
          if (!category_in_command(command->argv[i], "").empty())
            say(unit, command->line, command->argv[i], false, out);
      if (!fetches(*command)) continue;
      for (std::size_t i = 1; i < command->argv.size(); ++i)
        if (command->argv[i].find("://") != std::string::npos || is_short_name(command->argv[i]))
          say(unit, command->line, command->argv[i], false, out);
    }
  }

 private:
  // Of commands alone: too short, or of too many honest links, to be looked for in every byte.
  static std::string_view category_in_command(std::string_view host, std::string_view url) {
    if (const std::string_view category = category_of(host); !category.empty()) return category;
    static const std::string drops = hide("cdn.discordapp.com/attachments media.discordapp.net/attachments").reveal();
    static const std::string pastes = hide(" ix.io gist.githubusercontent.com snippet.host termbin.com ").reveal();
    static const std::string links = hide(" t.ly is.gd v.gd t.co goo.gl buff.ly ow.ly ").reveal();
    if (is_listed(pastes, host)) return "paste";
    if (is_listed(links, host)) return "short link";
    const std::size_t begin = url.find(host);
    const std::string_view place = begin == std::string_view::npos ? std::string_view() : url.substr(begin, 30);
    for (std::size_t at = 0; at < drops.size();
         at = drops.find(' ', at) == std::string::npos ? drops.size() : drops.find(' ', at) + 1)
      if (place.starts_with(std::string_view(drops).substr(at, drops.find(' ', at) - at))) return "file drop";
    return {};
  }

  static void report(const Hit& hit, EvidenceSink& out, std::size_t row, std::string text) {
    Evidence evidence = evidence_of(k_rows[row], std::move(text));
    evidence.offset = hit.offset;
    evidence.line = hit.line();
    out.add(std::move(evidence));
  }

  // curl ix.io/abc
  static bool is_short_name(std::string_view word) {
    const std::size_t slash = word.find('/');
    return slash != std::string_view::npos && slash > 0 && !category_in_command(word.substr(0, slash), word).empty();
  }

  static void say(const ShellUnit& unit, std::uint32_t line, const std::string& url, bool brought,
                  EvidenceSink& out) {
    const std::string host = host_of(url);
    const std::string_view port = port_of(url);
    if (is_public_address(host))
      out.add(shell_evidence(k_rows[0], unit, line, "bare address: " + url, class_for(unit, k_classes)));
    else if (brought && host.find('.') != std::string::npos && is_resolved(host) &&
             address_of(host) == std::nullopt && is_odd_port(port))
      out.add(shell_evidence(k_rows[0], unit, line, "odd port: " + url, class_for(unit, k_classes)));
    if (const std::string_view category = category_in_command(host, url); !category.empty())
      out.add(shell_evidence(k_rows[1], unit, line, std::string(category) + ": " + url, class_for(unit, k_classes)));
  }
};

const util::Registered<ContactHost> registered{{
    .id = "contact-host",
    .version = 2,
    .summary = "bare addresses, hosts that anybody can get, and places to which secrets are sent",
    .example = "curl -s hxxp://192.0.2.1:8220/x.sh",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
