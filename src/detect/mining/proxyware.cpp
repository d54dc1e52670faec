// Clients that sell the bandwidth of whoever runs them (M16). Some people want that; the image should say so.
#include <algorithm>
#include <array>

#include "detect/content/hidden_literal.hpp"
#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"M16", EvidenceClass::supporting, model::Severity::medium, 70, "Client that sells bandwidth", "T1496.002",
     "Do not run this image unless its bandwidth is meant to be sold, and for whom is known."},
}};

constexpr ClassByReach k_classes{EvidenceClass::supporting, EvidenceClass::supporting, EvidenceClass::context};

// Products as their programs and services are called; from their own documentation, as of 2026.
constexpr auto k_products = hide(
    "honeygain peer2profit p2pclient traffmonetizer packetstream psclient pawns-cli iproyal repocket proxyrack "
    "earnapp "
    "bitping proxylite earnfm packetshare gaganode speedshare spidernode mystnodes titan-edge nodepay getgrass "
    "blockmesh dawn-validator teneo-node urnetwork antgain wipter-app tm_cli earnapp_uuid");

const std::vector<std::string>& products() {
  static const std::vector<std::string> list = [] {
    std::vector<std::string> all;
    const std::string text = k_products.reveal();
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      all.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return all;
  }();
  return list;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The product whose name is a whole word of the text, or "".
std::string product_in(std::string_view text) {
  std::string lower(text.substr(0, 4096));
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  for (const std::string& name : products())
    for (std::size_t at = lower.find(name); at != std::string::npos; at = lower.find(name, at + 1)) {
      const std::size_t end = at + name.size();
      if ((at == 0 || !is_letter(lower[at - 1])) && (end >= lower.size() || !is_letter(lower[end]))) return name;
    }
  return {};
}

class Proxyware final : public Detector {
 public:
  // In programs and in the configuration of the image: lists of blocked hosts name the same services.
  std::vector<Literal> literals() const override {
    std::vector<Literal> list;
    for (const std::string& name : products())
      if (name.size() >= 8) list.push_back({name, true});
    return list;
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    const bool program = hit.file.entry.content == layers::ContentKind::elf;
    if (!program && !hit.file.path().starts_with("config:")) return;
    const std::string_view window = as_text(hit.window);
    const std::string_view around = window.substr(hit.position - std::min<std::size_t>(hit.position, 1), 40);
    const std::string name = product_in(around);
    if (name.empty()) return;
    Evidence evidence = evidence_of(k_rows[0], "names " + name);
    evidence.offset = hit.offset;
    out.add(std::move(evidence));
  }

  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellCommand* command : own_commands(unit.facts)) {
      const std::string_view name = program(*command);
      std::string found = product_in(name);
      const bool container = name == "docker" || name == "podman" || name == "nerdctl";
      if (found.empty() && (container || fetches(*command)))
        for (const std::string& word : command->argv)
          if (found.empty()) found = product_in(word);
      if (found.empty()) continue;
      out.add(
          shell_evidence(k_rows[0], unit, command->line, found + ": " + words(*command), class_for(unit, k_classes)));
    }
  }
};

const util::Registered<Proxyware> registered{{
    .id = "proxyware",
    .version = 2,
    .summary = "clients that sell bandwidth",
    .example = "CLIENT -email=you@example.com -accept-tos",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
