// What Python runs at every start without being asked (P06): lines of .pth files that begin with "import", and the
// modules sitecustomize and usercustomize.
//
// Format: site.py of CPython. A line counts when it begins with "import" and a blank; everything else is a folder.
// Two such lines are everybody's: setuptools' own, and its stub for namespace packages, known by the digest of the
// line (the stub's with the names of its package taken out). Hostile: a file may be huge or one endless line.
#include <algorithm>
#include <array>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"
#include "util/digest.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{4} << 20;
constexpr std::size_t k_most_lines = 2000;
constexpr std::size_t k_long_line = 1024;
constexpr std::size_t k_most_shown = 160;

constexpr std::array<RuleRow, 1> k_rows{{
    {"P06", EvidenceClass::decisive, model::Severity::critical, 90, "Code that runs whenever Python starts",
     "T1546.018", "Do not run this image unless you know which package needs this line."},
}};

constexpr std::array<std::string_view, 4> k_known_lines = {
    "2f70c2fa9227e9db9348215d9c7b246d2786aac7516f86d71a5952c7c225aa16",
    "792f1e64bdbc639bc9e69672208025d82d37f615b5a6bbff981b444ec1f214a5",
    "327d515a9009ee2471ee22c399050583027f2fe6f7de8a697f4c31dc4ef0e4af",
    "9c1dfb535de748cb179ad16b53fa6f8faec87c888b72396c1552f05a7b1921a6",
};

// What a line that only loads a module has no use for.
constexpr std::array<std::string_view, 24> k_running = {
    "exec(",   "eval(",     "compile(", "base64",  "b64decode", "subprocess", "socket",  "os.system",
    "popen",   "urllib",    "requests", "http://", "https://",  "zlib",       "marshal", "ctypes",
    "fromhex", "unhexlify", "codecs.",  "urlopen", "runpy",     "execfile",   "spawn",   "pickle"};
constexpr std::array<std::string_view, 10> k_decoding = {"base64",  "b64decode", "fromhex", "unhexlify", "zlib",
                                                         "marshal", "codecs.",   "rot13",   "pickle",    "lzma"};
constexpr std::array<std::string_view, 3> k_evaluating = {"exec(", "eval(", "compile("};
constexpr std::array<std::string_view, 8> k_reaching = {"socket.",   "urlopen",    "urlretrieve", "http.client",
                                                        "requests.", "subprocess", "os.system",   "os.popen"};

template <std::size_t Size>
bool has_one(std::string_view text, const std::array<std::string_view, Size>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

bool is_package_folder(std::string_view folder) {
  const std::string_view name = layers::base_name(folder);
  return name == "site-packages" || name == "dist-packages" || name.starts_with("python2") ||
         name.starts_with("python3");
}

bool is_name_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
  });
}

// The line with the names of its package taken out, so that one digest stands for all packages.
std::string without_names(std::string_view line) {
  static constexpr std::array<std::string_view, 4> k_kept = {"importlib.util", "importlib.machinery", "__path__",
                                                             "sitedir"};
  std::string out;
  while (!line.empty()) {
    const std::size_t open = line.find('\'');
    const std::size_t close = open == std::string_view::npos ? open : line.find('\'', open + 1);
    if (close == std::string_view::npos) return out.append(line);
    const std::string_view name = line.substr(open + 1, close - open - 1);
    const bool kept = std::find(k_kept.begin(), k_kept.end(), name) != k_kept.end() || !is_name_text(name);
    out.append(line.substr(0, open));
    // A list of parts counts as one.
    if (!kept && out.ends_with("'', "))
      out.resize(out.size() - 2);
    else
      out.append(kept ? line.substr(open, close - open + 1) : "''");
    line.remove_prefix(close + 1);
  }
  return out;
}

bool is_known(std::string_view line) {
  if (line.size() > 2 * k_long_line) return false;
  const auto known = [](const std::string& text) {
    return std::find(k_known_lines.begin(), k_known_lines.end(), util::sha256_hex(as_bytes(text))) !=
           k_known_lines.end();
  };
  return known(std::string(line)) || known(without_names(line));
}

// "import a.b", "import a; a.start()": loads a module of the image, whose content is looked at by itself.
bool only_loads(std::string_view line) {
  return std::all_of(line.begin(), line.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_. ;,()").find(c) != std::string_view::npos;
  });
}

EvidenceClass class_of_line(std::string_view line) {
  if (is_known(line)) return EvidenceClass::context;
  if (line.size() > k_long_line || has_one(line, k_running)) return EvidenceClass::decisive;
  return only_loads(line) && line.size() < 200 ? EvidenceClass::context : EvidenceClass::supporting;
}

class PythonHooks final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    if (file.size() == 0 || file.size() > k_most_bytes) return false;
    const std::string_view name = file.name();
    if (name != "sitecustomize.py" && name != "usercustomize.py" && !name.ends_with(".pth")) return false;
    return is_package_folder(layers::parent_path(file.path()));
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    if (file.name().ends_with(".pth"))
      read_path_file(file.text(), out);
    else
      read_module(file.text(), out);
  }

 private:
  static void read_path_file(std::string_view text, EvidenceSink& out) {
    for (std::uint32_t number = 1; !text.empty() && number <= k_most_lines; ++number) {
      const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
      std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (!line.starts_with("import ") && !line.starts_with("import\t")) continue;
      while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
      const EvidenceClass cls = class_of_line(line);
      if (cls == EvidenceClass::context && is_known(line)) continue;
      std::string shown(line.substr(0, k_most_shown));
      if (line.size() > k_most_shown) shown += "… (" + std::to_string(line.size()) + " bytes)";
      Evidence evidence = with_class(evidence_of(k_rows[0], std::move(shown)), cls);
      evidence.line = number;
      out.add(std::move(evidence));
    }
  }

  static void read_module(std::string_view text, EvidenceSink& out) {
    const bool decodes = has_one(text, k_decoding) && has_one(text, k_evaluating);
    const bool reaches = has_one(text, k_reaching);
    if (!decodes && !reaches) return;
    Evidence evidence = evidence_of(
        k_rows[0], decodes ? "decodes text and runs it as code" : "starts programs or talks to the network");
    // Tools that watch programs hook in here too, and start something.
    if (!decodes) evidence.cls = EvidenceClass::strong;
    out.add(std::move(evidence));
  }
};

const util::Registered<PythonHooks> registered{{
    .id = "python-hooks",
    .version = 1,
    .summary = "code in .pth files, sitecustomize and usercustomize",
    .example = "import base64; … in site-packages/x.pth",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
