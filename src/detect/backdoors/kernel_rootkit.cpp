// Kernel modules that hide (B18): source, built modules, and loading one from an unusual place.
//
// A module that takes itself off the list of modules and also gets at the kernel's own functions is no driver.
#include <algorithm>
#include <array>

#include "detect/content/hidden_literal.hpp"
#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"B18", EvidenceClass::strong, model::Severity::high, 85, "Kernel rootkit", "T1014,T1547.006",
     "Do not run this image with privileges: it carries code that hides in the host's kernel."},
}};

constexpr ClassByReach k_loads{EvidenceClass::strong, EvidenceClass::supporting, EvidenceClass::context};

// How a module finds what the kernel does not export.
constexpr auto k_table = hide(
    "sys_call_"
    "table");
constexpr auto k_lookup = hide(
    "kallsyms_"
    "lookup_name");
// How it hides itself, files, processes and connections, and gives rights.
constexpr auto k_hides = hide(
    "list_del(&THIS_MODULE->list)|list_del_init(&THIS_MODULE->list)|list_del(&__this_module.list)|&THIS_MODULE->"
    "mkobj|"
    "THIS_MODULE->list.prev|module_hide|hide_module|hideModule|module_hidden");
constexpr auto k_hooks = hide(
    "getdents64|sys_getdents|__x64_sys_kill|tcp4_seq_show|commit_creds|prepare_creds|ftrace_set_filter_ip|write_cr0|"
    "filldir|orig_kill|hook_kill|packet_rcv");

std::vector<std::string> parts(const std::string& text) {
  std::vector<std::string> list;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('|', at), text.size());
    list.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return list;
}

std::size_t count_in(std::string_view text, const std::vector<std::string>& list) {
  return static_cast<std::size_t>(std::count_if(
      list.begin(), list.end(), [&](const std::string& word) { return text.find(word) != std::string_view::npos; }));
}

bool is_module_place(std::string_view path) {
  return path.starts_with("/lib/modules/") || path.starts_with("/usr/lib/modules/") ||
         path.find('/') == std::string_view::npos;
}

class KernelRootkit final : public Detector {
 public:
  std::vector<Literal> literals() const override { return {{k_table.reveal(), false}, {k_lookup.reveal(), false}}; }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    static const std::vector<std::string> hides = parts(k_hides.reveal());
    static const std::vector<std::string> hooks = parts(k_hooks.reveal());
    static const std::string module = hide(".gnu.linkonce.this_module").reveal();
    constexpr std::size_t k_around = 64U << 10;
    const std::string_view window = as_text(hit.window);
    const std::size_t from = hit.position - std::min(hit.position, k_around);
    const std::string_view near = window.substr(from, 2 * k_around);
    const layers::ContentKind kind = hit.file.entry.content;
    const bool text = kind == layers::ContentKind::text || kind == layers::ContentKind::script;
    const std::size_t hidden = count_in(near, hides);
    const std::size_t hooked = count_in(near, hooks);
    std::string what;
    if (text && hidden > 0 && hooked > 0)
      what = "source of a kernel module that hides itself";
    else if (kind == layers::ContentKind::elf && near.find(module) != std::string_view::npos && hooked > 1)
      what = "kernel module that replaces system calls";
    if (what.empty()) return;
    Evidence evidence = evidence_of(k_rows[0], std::move(what));
    evidence.offset = hit.offset;
    evidence.line = text ? hit.line() : 0;
    out.add(std::move(evidence));
  }

  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellCommand* command : own_commands(unit.facts)) {
      if (program(*command) != "insmod") continue;
      for (const std::string_view word : operands(*command)) {
        if (is_module_place(word)) break;
        out.add(shell_evidence(k_rows[0], unit, command->line, words(*command), class_for(unit, k_loads)));
        break;
      }
    }
  }
};

const util::Registered<KernelRootkit> registered{{
    .id = "kernel-rootkit",
    .version = 1,
    .summary = "kernel modules that hide, as source or built, and loading modules from unusual places",
    .example = "insmod /tmp/.x/hide.ko",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
