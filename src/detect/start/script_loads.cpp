#include "detect/start/script_loads.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "detect/words.hpp"
#include "util/ascii.hpp"
#include "util/codec.hpp"

namespace hullcheck::detect {
namespace {

using L = ScriptLanguage;

constexpr int k_version = 1;
constexpr std::uint64_t k_most_bytes = std::uint64_t{1} << 20;
constexpr std::size_t k_most_loads = 256;
constexpr std::size_t k_most_name = 200;
constexpr std::size_t k_most_line = 4096;

// Where distributions and interpreters put libraries; a program of its own may lie beside them.
constexpr std::array<std::string_view, 18> k_library_tops = {
    "usr/lib/python", "usr/lib/ruby",   "usr/lib/x86_64-",  "usr/lib/aarch64-",   "usr/lib/perl",
    "usr/lib/nodejs", "usr/lib/node_",  "usr/lib/gcc",      "usr/lib/llvm",       "usr/lib/jvm",
    "usr/lib/go",     "usr/share/perl", "usr/share/nodejs", "usr/share/javascri", "usr/share/php",
    "usr/share/ruby", "usr/share/lua",  "nix/store/"};
constexpr std::array<std::string_view, 9> k_library_folders = {"/node_modules/", "/site-packages/", "/dist-packages/",
                                                               "/gems/",         "/lib/python",     "/lib/node_mod",
                                                               "/vendor/",       "/.git/",          "/lib/ruby/"};

class LoadReader {
 public:
  LoadReader(L language, std::string_view text) : m_text(text) { m_out.language = language; }

  ScriptLoads read() {
    if (m_out.language == L::javascript) {
      read_quoted();
      return std::move(m_out);
    }
    for (std::string_view rest = m_text; !rest.empty() && m_out.loads.size() < k_most_loads;) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      ++m_line;
      read_line(util::trim(rest.substr(0, std::min(end, k_most_line))));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return std::move(m_out);
  }

 private:
  void add(std::string name) {
    const bool odd = name.empty() || name.size() > k_most_name || name.find_first_of("$*{<\\\n") != std::string::npos;
    if (odd || m_out.loads.size() >= k_most_loads || !m_seen.insert(name).second) return;
    m_out.loads.push_back({m_line, std::move(name)});
  }

  void read_line(std::string_view line) {
    if (line.empty() || line[0] == '#' || line.starts_with("//") || line.starts_with("--")) return;
    switch (m_out.language) {
      case L::python: python_line(line); break;
      case L::php: quoted_behind(line, {"include", "require"}, true); break;
      case L::ruby: ruby_line(line); break;
      case L::perl: perl_line(line); break;
      case L::lua: lua_line(line); break;
      default: break;
    }
  }

  // ---- Python

  void python_line(std::string_view line) {
    if (m_from_open) return from_names(line);
    while (!line.empty()) {
      const std::size_t end = std::min(line.find(';'), line.size());
      python_statement(util::trim(line.substr(0, end)));
      line.remove_prefix(std::min(end + 1, line.size()));
    }
  }

  void python_statement(std::string_view text) {
    if (text.starts_with("try:")) text = util::trim(text.substr(4));
    if (text.starts_with("import ")) {
      for_each_name(text.substr(7), [&](std::string_view name) { add_module(name); });
    } else if (text.starts_with("from ")) {
      const std::size_t import = text.find(" import ");
      if (import == std::string_view::npos) return;
      m_from = util::trim(text.substr(5, import - 5));
      add_module(m_from);
      std::string_view names = util::trim(text.substr(import + 8));
      m_from_open = names.starts_with('(');
      if (m_from_open) names.remove_prefix(1);
      from_names(names);
    } else if (text.find('(') != std::string_view::npos) {
      if (text.find("import_module") != std::string_view::npos || text.find("__import__") != std::string_view::npos ||
          text.find("_SETTINGS_MODULE") != std::string_view::npos)
        each_quoted(text, [&](std::string_view name) { add_module(name); });
      if (text.find("run_path(") != std::string_view::npos || text.find("execfile(") != std::string_view::npos ||
          text.find("exec(") != std::string_view::npos ||
          text.find("spec_from_file_location(") != std::string_view::npos)
        each_quoted(text, [&](std::string_view name) {
          if (name.ends_with(".py")) add(std::string(name));
        });
    }
  }

  void from_names(std::string_view names) {
    if (const std::size_t close = names.find(')'); close != std::string_view::npos) {
      names = names.substr(0, close);
      m_from_open = false;
    }
    const std::string base = m_from.ends_with('.') ? m_from : m_from + ".";
    for_each_name(names, [&](std::string_view name) {
      if (name != "*") add_module(base + std::string(name));
    });
  }

  template <class Visit>
  static void for_each_name(std::string_view list, Visit visit) {
    list = list.substr(0, list.find('#'));
    while (!list.empty()) {
      const std::size_t end = std::min(list.find(','), list.size());
      std::string_view name = util::trim(list.substr(0, end));
      name = name.substr(0, name.find_first_of(" \t"));
      if (!name.empty() && name != "\\") visit(name);
      list.remove_prefix(std::min(end + 1, list.size()));
    }
  }

  // "a.b" is a/b and, as the package runs first, a; leading dots go up from beside the script.
  void add_module(std::string_view dotted) {
    std::string name;
    if (dotted.starts_with('.')) {
      dotted.remove_prefix(1);
      name = "./";
      for (; dotted.starts_with('.'); dotted.remove_prefix(1)) name = name == "./" ? "../" : name + "../";
      if (dotted.empty()) return add(name + "__init__");
    }
    for (std::string_view part = dotted; !part.empty();) {
      const std::size_t dot = std::min(part.find('.'), part.size());
      if (!std::all_of(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(dot), is_identifier_char)) return;
      if (!name.empty() && !name.ends_with('/')) name += '/';
      name += part.substr(0, dot);
      add(name);
      part.remove_prefix(std::min(dot + 1, part.size()));
    }
  }

  // ---- the others

  void ruby_line(std::string_view line) {
    if (line.starts_with("require_relative"))
      quoted_behind(line, {"require_relative"}, true, "./");
    else
      quoted_behind(line, {"require", "load"}, false);
  }

  void perl_line(std::string_view line) {
    quoted_behind(line, {"require", "do"}, false);
    for (const std::string_view word : {"use ", "require "}) {
      if (!line.starts_with(word)) continue;
      std::string_view name = line.substr(word.size());
      name = name.substr(0, name.find_first_of(" \t;("));
      std::string path;
      for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == ':' && i + 1 < name.size() && name[i + 1] == ':')
          path += '/', ++i;
        else if (is_identifier_char(name[i]))
          path += name[i];
        else
          return;
      }
      if (path.empty()) return;
      add(path);
      add("lib/" + path);
    }
  }

  void lua_line(std::string_view line) {
    if (line.find("dofile") != std::string_view::npos || line.find("loadfile") != std::string_view::npos)
      each_quoted(line, [&](std::string_view name) { add(std::string(name)); });
    if (line.find("require") != std::string_view::npos)
      each_quoted(line, [&](std::string_view name) { add(module_path(name)); });
  }

  // Quoted names of a line that has one of the words, at its start unless `anywhere`. A name that is put behind the
  // script's own folder (`__DIR__ . '/x.php'`) begins with a slash.
  void quoted_behind(std::string_view line, std::initializer_list<std::string_view> words, bool anywhere,
                     std::string_view before = "") {
    const bool has = std::any_of(words.begin(), words.end(), [&](std::string_view word) {
      return anywhere ? line.find(word) != std::string_view::npos : line.starts_with(word);
    });
    if (!has) return;
    const bool beside = line.find("__DIR__") != std::string_view::npos ||
                        line.find("__FILE__") != std::string_view::npos ||
                        line.find("__dir__") != std::string_view::npos;
    each_quoted(line, [&](std::string_view name) {
      while (beside && name.starts_with('/')) name.remove_prefix(1);
      add((beside ? "./" : std::string(before)) + std::string(name));
    });
  }

  template <class Visit>
  static void each_quoted(std::string_view line, Visit visit) {
    for (std::size_t at = line.find_first_of("'\""); at != std::string_view::npos;) {
      const std::size_t end = line.find(line[at], at + 1);
      if (end == std::string_view::npos) return;
      if (end > at + 1) visit(line.substr(at + 1, end - at - 1));
      at = line.find_first_of("'\"", end + 1);
    }
  }

  // JavaScript names files of its own with a leading dot wherever it does: require, import, fork, Worker.
  void read_quoted() {
    for (std::size_t at = 0; at < m_text.size() && m_out.loads.size() < k_most_loads; ++at) {
      const char c = m_text[at];
      if (c == '\n') ++m_next_line;
      if (c != '\'' && c != '"' && c != '`') continue;
      m_line = m_next_line;
      const std::string_view rest = m_text.substr(at + 1, k_most_name + 1);
      const std::size_t end = rest.find(c);
      if (end == std::string_view::npos) continue;
      const std::string_view name = rest.substr(0, end);
      if (name.starts_with("./") || name.starts_with("../")) add(std::string(name));
      const std::string_view before =
          m_text.substr(at - std::min<std::size_t>(at, 12), std::min<std::size_t>(at, 12));
      if (before.find("__dirname") != std::string_view::npos)
        add("./" + std::string(name.substr(std::min(name.find_first_not_of('/'), name.size()))));
    }
  }

  std::string_view m_text;
  ScriptLoads m_out;
  std::set<std::string, std::less<>> m_seen;
  std::uint32_t m_line = 0;
  std::uint32_t m_next_line = 1;
  std::string m_from;  // of a "from … import (" that is not closed yet
  bool m_from_open = false;
};

class ScriptLoadsCollector final : public layers::Collector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    // Asked of every file: what it is says more than where it lies, and sooner.
    if (file.size() == 0 || file.size() > k_most_bytes) return false;
    return !load_suffixes(script_language_of(file)).empty() && !is_of_a_library(file.path());
  }
  bool notices(const layers::FileInfo&) const override { return false; }
  Result<Buffer> record(const layers::FileView& file) const override {
    const ScriptLoads loads = script_loads(script_language_of(file), file.text());
    return loads.loads.empty() ? Buffer{} : encode_script_loads(loads);
  }
};

}  // namespace

bool is_of_a_library(std::string_view path) {
  return std::any_of(k_library_tops.begin(), k_library_tops.end(),
                     [&](std::string_view top) { return path.starts_with(top); }) ||
         std::any_of(k_library_folders.begin(), k_library_folders.end(),
                     [&](std::string_view folder) { return path.find(folder) != std::string_view::npos; });
}

ScriptLoads script_loads(ScriptLanguage language, std::string_view text) { return LoadReader(language, text).read(); }

std::span<const std::string_view> load_suffixes(ScriptLanguage language) {
  static constexpr std::array<std::string_view, 3> k_python = {".py", "/__init__.py", ""};
  static constexpr std::array<std::string_view, 7> k_javascript = {"",    ".js",       ".mjs",     ".cjs",
                                                                   ".ts", "/index.js", "/index.ts"};
  static constexpr std::array<std::string_view, 1> k_php = {""};
  static constexpr std::array<std::string_view, 2> k_ruby = {"", ".rb"}, k_perl = {"", ".pm"};
  static constexpr std::array<std::string_view, 3> k_lua = {"", ".lua", "/init.lua"};
  switch (language) {
    case L::python: return k_python;
    case L::javascript: return k_javascript;
    case L::php: return k_php;
    case L::ruby: return k_ruby;
    case L::perl: return k_perl;
    case L::lua: return k_lua;
    default: return {};
  }
}

std::string module_path(std::string_view dotted) {
  dotted = dotted.substr(0, dotted.find(':'));
  if (dotted.ends_with(".py")) dotted.remove_suffix(3);
  std::string path(dotted);
  const bool plain = !path.empty() && path.front() != '.' && path.back() != '.' &&
                     std::all_of(path.begin(), path.end(), [](char c) { return is_identifier_char(c) || c == '.'; });
  if (!plain) return {};
  std::replace(path.begin(), path.end(), '.', '/');
  return path;
}

Buffer encode_script_loads(const ScriptLoads& loads) {
  util::Encoder out;
  out.u64(static_cast<std::uint64_t>(loads.language));
  out.u64(loads.loads.size());
  for (const ScriptLoad& load : loads.loads) {
    out.u64(load.line);
    out.string(load.name);
  }
  return out.take();
}

Result<ScriptLoads> decode_script_loads(Bytes bytes) {
  util::Decoder in(bytes);
  ScriptLoads loads;
  const std::uint64_t language = in.u64();
  if (language > static_cast<std::uint64_t>(L::r)) in.fail();
  loads.language = static_cast<L>(in.failed() ? 0 : language);
  const std::size_t count = in.count(2);
  if (count > k_most_loads) in.fail();
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    const std::uint32_t line = in.u32();
    loads.loads.push_back({line, std::string(in.string())});
  }
  if (in.failed() || !in.at_end())
    return make_error(ErrorCode::malformed, "script-loads-malformed",
                      "the stored names of loaded files do not decode");
  return loads;
}

const layers::Collector& script_loads_collector() {
  static const ScriptLoadsCollector collector;
  return collector;
}

std::string script_loads_fingerprint() { return "loads " + std::to_string(k_version); }

}  // namespace hullcheck::detect
