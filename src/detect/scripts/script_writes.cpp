// Files that a program writes, as the shell command that would do the same: detectors of shell behaviour know which
// files matter. See script_flows.hpp.
//
// Only known places are noted, and of those only the telling ones: programs write files all the time.
#include <algorithm>
#include <array>

#include "detect/content/word_search.hpp"
#include "detect/scripts/script_evaluator.hpp"
#include "detect/scripts/script_names_known.hpp"
#include "detect/shell/script_facts.hpp"

namespace hullcheck::detect {
namespace {

using L = ScriptLanguage;

constexpr std::size_t k_most_path = 256;
constexpr std::size_t k_most_text = 2048;
constexpr std::size_t k_most_places = 256;      // noted of one script
constexpr std::string_view k_handle = "file:";  // begins the name of an open file, then "a" or "w", then its path

// A page of PHP into which code goes.
bool is_page_with_code(std::string_view path, std::string_view text) {
  return path.size() <= k_most_path && path.find(".ph") != std::string_view::npos &&
         text.find("<?") != std::string_view::npos;
}

bool fits_any(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [name](std::string_view one) { return name_fits(name, one); });
}

}  // namespace

bool is_telling_place(std::string_view path) {
  // Parts of the paths that detectors speak about. Asked about every text of a script.
  static const WordSearch k_places(
      {"authorized_keys", "ld.so.", "cron",      "etc/passwd", "etc/shadow", "sudoers", "/host",    "/rootfs",
       "/proc/",          "/sys/",  "/mnt/",     ".bashrc",    "profile",    "systemd", "_history", "wtmp",
       "rc.local",        "init.d", "etc/hosts", "pam.d",      "sitecustom", ".pth",    "utmp",     "lastlog"});
  return path.size() <= k_most_path && k_places.find(path).any();
}

void ScriptEvaluator::note_write(std::string_view path, std::string_view text, bool append, std::uint32_t line) {
  constexpr std::size_t k_most_commands = 256;
  if (m_flows.commands.size() >= k_most_commands) return;
  if (!is_telling_place(path) && !is_page_with_code(path, text)) return;
  std::string command = text.empty() ? "cat" : shell_line({"printf", "%s", std::string(text.substr(0, k_most_text))});
  command += append ? " >> " : " > ";
  // A tilde stands for the home folder only without quotes.
  const bool home = path.starts_with("~/");
  command += home ? "~/" + shell_line({std::string(path.substr(2))}) : shell_line({std::string(path)});
  m_flows.commands.push_back({line, std::move(command)});
}

// file_put_contents(path, text), fs.appendFileSync(path, text), File.write(path, text), and what copies or removes.
bool ScriptEvaluator::writes_file(std::string_view name, const Values& arguments, std::uint32_t line) {
  const Value& first = argument(arguments, 0);
  const Value& second = argument(arguments, 1);
  if (!first.is_text()) return false;
  const bool appends = fits_any(name, {"appendFileSync", "appendFile"});
  if (appends || (is(L::php) && name == "file_put_contents") ||
      fits_any(name, {"writeFileSync", "writeFile", "File.write", "IO.write", "File.binwrite"})) {
    const Value& how = argument(arguments, 2);
    note_write(first.view(), second.is_text() ? second.view() : "", appends || !how.view().empty(), line);
    return true;
  }
  if (fits_any(name, {"shutil.copy", "shutil.copyfile", "shutil.move", "os.rename", "os.symlink", "copyFileSync",
                      "symlinkSync", "renameSync", "FileUtils.cp", "FileUtils.mv"}) ||
      (is(L::php) && (name == "copy" || name == "rename" || name == "symlink"))) {
    const bool telling = second.is_text() && (is_telling_place(second.view()) || is_telling_place(first.view()));
    const bool links = name.find("symlink") != std::string_view::npos;
    if (telling && m_flows.commands.size() < k_most_places)
      m_flows.commands.push_back(
          {line, (links ? "ln -s " : "cp ") + shell_line({std::string(first.view()), std::string(second.view())})});
    return telling;
  }
  if (fits_any(name, {"os.remove", "os.unlink", "unlinkSync", "File.delete"}) || name == "unlink") {
    if (is_telling_place(first.view()) && m_flows.commands.size() < k_most_places) {
      const bool home = first.view().starts_with("~/");
      const std::string path(first.view().substr(home ? 2 : 0));
      m_flows.commands.push_back({line, std::string(home ? "rm -f ~/" : "rm -f ") + shell_line({path})});
    }
    return false;
  }
  return false;
}

// open(path, "a"): a name that stands for the file. Of Perl, Ruby and PHP, whose prints are not followed, the opening
// itself is noted.
std::optional<ScriptValue> ScriptEvaluator::opened(std::string_view name, const Values& arguments,
                                                   std::uint32_t line) {
  const Value& first = argument(arguments, 0);
  const Value& second = argument(arguments, 1);
  if (is(L::python) && (name == "Path" || name == "pathlib.Path") && first.is_text() &&
      is_telling_place(first.view()))
    return Value::of_name(std::string(k_handle) + "w" + std::string(first.view()));
  if (is(L::perl) && name == "open" && arguments.size() > 1) {
    std::string_view mode = second.view();
    std::string_view path = argument(arguments, 2).view();
    if (path.empty() && mode.starts_with('>')) {
      const std::size_t begin = mode.find_first_not_of("> ");
      path = begin == std::string_view::npos ? std::string_view() : mode.substr(begin);
    }
    if (mode.starts_with('>')) note_write(path, "", mode.starts_with(">>"), line);
    return std::nullopt;
  }
  const bool opens =
      name == "open" || name == "io.open" || name == "fopen" || name == "File.open" || name == "codecs.open";
  const bool telling = is_telling_place(first.view()) || (!is(L::perl) && first.view().ends_with(".php"));
  if (!opens || !first.is_text() || !second.is_text() || !telling) return std::nullopt;
  const std::string_view mode = second.view().substr(0, 4);
  if (mode.find_first_of("wax+") == std::string_view::npos) return std::nullopt;
  const bool append = mode.find('a') != std::string_view::npos;
  if (is(L::python) || is(L::php))
    return Value::of_name(std::string(k_handle) + (append ? "a" : "w") + std::string(first.view()));
  note_write(first.view(), "", append, line);
  return std::nullopt;
}

// file.write(text), fwrite($file, $text), and closing one into which nothing known was written.
bool ScriptEvaluator::wrote(std::string_view name, const Values& arguments, std::uint32_t line) {
  std::string_view handle = name;
  std::string_view method = last_part(name);
  const Value* text = &argument(arguments, 0);
  if (is(L::php) && (name == "fwrite" || name == "fputs") && argument(arguments, 0).is_name()) {
    handle = arguments[0].view();
    method = "write";
    text = &argument(arguments, 1);
  } else if (handle.starts_with(k_handle) && handle.size() > method.size()) {
    handle.remove_suffix(method.size() + 1);
  }
  if (!handle.starts_with(k_handle) || handle.size() < k_handle.size() + 2) return false;
  const bool empties = method == "close" || method == "truncate";
  if (!empties && method != "write" && method != "writelines" && method != "write_text" && method != "write_bytes")
    return false;
  const bool append = handle[k_handle.size()] == 'a';
  if (empties && append) return false;
  note_write(handle.substr(k_handle.size() + 1), text->is_text() ? text->view() : "", append, line);
  return true;
}

// The home folder of whoever runs the program, in the many ways to ask for it.
std::optional<ScriptValue> ScriptEvaluator::home_of(std::string_view name, const Values& arguments) const {
  const Value& first = argument(arguments, 0);
  if (is(L::python) && fits_any(name, {"path.expanduser"}) && first.is_text()) return first;
  if (is(L::python) && (name == "os.getenv" || name == "os.environ.get") && first.view() == "HOME")
    return Value::of_text("~");
  if (is(L::python) && name == "Path.home" && arguments.empty()) return Value::of_text("~");
  if (is(L::javascript) && name == "os.homedir") return Value::of_text("~");
  if ((is(L::javascript) && (name == "path.join" || name == "path.resolve")) ||
      (is(L::python) && name == "os.path.join") || (is(L::ruby) && name == "File.join")) {
    if (arguments.empty()) return std::nullopt;
    std::string whole;
    for (const Value& part : arguments) {
      if (!part.is_text() || whole.size() > k_most_path) return std::nullopt;
      if (!whole.empty() && whole.back() != '/') whole += '/';
      whole += part.view().substr(!whole.empty() && part.view().starts_with('/') ? 1 : 0);
    }
    return Value::of_text(std::move(whole), marks_of(arguments));
  }
  return std::nullopt;
}

}  // namespace hullcheck::detect
