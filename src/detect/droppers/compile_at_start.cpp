// Programs that are built when the container starts, from source that the script brings (D09).
//
// A scanner that looks at the image sees no program then. Building what lies in the image is a developer's habit.
#include <algorithm>
#include <array>

#include "detect/shell/shell_support.hpp"
#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"D09", EvidenceClass::supporting, model::Severity::medium, 60, "Fetched source compiled at start", "T1027.004",
     "Build the program when the image is built, from source that is pinned by digest."},
}};

constexpr ClassByReach k_classes{EvidenceClass::supporting, EvidenceClass::context, EvidenceClass::context};

constexpr std::array<std::string_view, 16> k_compilers = {"gcc",   "cc",   "g++",      "c++",   "clang", "clang++",
                                                          "tcc",   "make", "gmake",    "cmake", "ninja", "meson",
                                                          "rustc", "nasm", "musl-gcc", "javac"};
constexpr std::array<std::string_view, 9> k_sources = {".c", ".cc",  ".cpp", ".go",  ".rs",
                                                       ".s", ".asm", ".h",   ".java"};
constexpr std::array<std::string_view, 8> k_tools = {"gcc",    "build-essential", "build-base", "make",
                                                     "golang", "cargo",           "clang",      "cmake"};

bool compiles(const ShellCommand& command) {
  const std::string_view name = program(command);
  if (name == "go" || name == "cargo" || name == "zig" || name == "nim")
    return has_argument(command, "build") || has_argument(command, "install") || has_argument(command, "cc");
  // "x86_64-linux-gnu-gcc", "gcc-12"
  const std::size_t dash = name.rfind("gcc");
  return is_one(name, k_compilers) || (dash != std::string_view::npos && name.size() - dash <= 6);
}

bool asks_only(const ShellCommand& command) {
  return command.argv.size() > 1 &&
         std::all_of(command.argv.begin() + 1, command.argv.end(), [](const std::string& word) {
           return word == "--version" || word == "-v" || word == "-V" || word == "-dumpmachine" ||
                  word == "-dumpversion";
         });
}

bool writes_source(const ShellFlow& flow) {
  return flow.kind == FlowKind::write_file &&
         std::any_of(k_sources.begin(), k_sources.end(),
                     [&](std::string_view suffix) { return flow.path.ends_with(suffix); });
}

// Installing a compiler at start is how images without one do it.
bool brings_compiler(const ShellCommand& command) {
  const std::string_view name = program(command);
  if (name != "apt-get" && name != "apt" && name != "apk" && name != "yum" && name != "dnf") return false;
  return std::any_of(command.argv.begin(), command.argv.end(),
                     [](const std::string& word) { return is_one(word, k_tools); });
}

class CompileAtStart final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    const auto commands = own_commands(unit.facts);
    const auto first = [&](auto test) {
      return std::find_if(commands.begin(), commands.end(), [&](const ShellCommand* one) { return test(*one); });
    };
    const auto brought = first([](const ShellCommand& one) { return fetches(one) || brings_compiler(one); });
    const auto& flows = unit.facts.flows;
    const bool written = std::any_of(flows.begin(), flows.end(), writes_source);
    if (brought == commands.end() && !written) return;
    for (const ShellCommand* one : commands) {
      if (!compiles(*one) || asks_only(*one)) continue;
      const std::string from =
          written && brought == commands.end() ? "source that the script writes" : words(**brought).substr(0, 120);
      out.add(shell_evidence(k_rows[0], unit, one->line, words(*one).substr(0, 120) + ", after " + from,
                             class_for(unit, k_classes)));
      return;
    }
  }
};

const util::Registered<CompileAtStart> registered{{
    .id = "compile-at-start",
    .version = 1,
    .summary = "scripts that fetch source and compile it when the container starts",
    .example = "git clone https://example.com/x.git && make -C x && ./x/x",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
