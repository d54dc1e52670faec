// Every script of every layer passes here, so words are looked for and nothing is parsed.
#include "detect/scripts/script_interest.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <vector>

#include "detect/content/word_search.hpp"
#include "detect/scripts/script_flows.hpp"

namespace hullcheck::detect {
namespace {

using L = ScriptLanguage;

constexpr std::size_t k_large = 512U << 10;  // of JavaScript: bundles hold every word once
constexpr std::size_t k_small = 1U << 10;
constexpr std::size_t k_medium = 32U << 10;
constexpr std::size_t k_writer = 128U << 10;

using Words = std::vector<std::string_view>;
struct Gate {
  ScriptLanguage language;
  Words runs;
  Words brings;
  // Of a language in which one of the words above stands everywhere: what surely runs something, and what fetches it.
  Words surely = {};
  Words fetches = {};
};

const std::vector<Gate>& gates() {
  static const std::vector<Gate> k_gates = {
      {L::python,
       {"exec", "eval", "os.system", "popen", "Popen", "subprocess", "builtins", "globals()", "run_path", "getoutput",
        "ickle.load", "dill.load", "unsafe_load", "runsource"},
       {"b64decode", "b32decode",      "b16decode",       "unhexlify",      "fromhex",      "decompress",
        "rot13",     "rot_13",         "[::-1]",          "marshal",        "chr(",         "codecs",
        "bytes([",   "request.",       "FieldStorage",    "QUERY_STRING",   "urlopen",      "requests.",
        "85decode",  "(chr,",          "urlretrieve",     "HTTPConnection", "ServerProxy",  ".recv",
        "telnetlib", "self.path",      "open_connection", "ftplib",         "PoolManager(", "Session()",
        "Client()",  "ClientSession(", "build_opener",    "makefile("}},
      {L::javascript,
       {"eval", "Function(", "child_process", "constructor", "_compile", "runIn", "execSync", "Function.", "window[",
        "globalThis[", "global[", "this[", "self[", "setTimeout("},
       {"atob", "base64", "fromCharCode", "unescape(", "'hex'", "\"hex\"", "req.", "request.", "decodeURIComponent("},
       {"eval(", "Function(", "Function)", "child_process", "runIn", "_compile(", "import(", "writeFile", "Deno.",
        "Bun.", "execa"},
       {"fetch(", "http.get(", "https.get(", "'https')", "\"https\")", "'http')", "\"http\")", "axios", "got(",
        "'request')", "createServer(", "express", "WebSocketServer"}},
      {L::php,
       {"eval",
        "assert",
        "exec",
        "system",
        "passthru",
        "popen",
        "proc_open",
        "create_function",
        "preg_replace",
        "include",
        "call_user_func",
        "array_map",
        "array_filter",
        "$_GET[",
        "$_POST[",
        "$_REQUEST[",
        "$_COOKIE[",
        "$_SERVER[",
        "$_GET)",
        "$_POST)",
        "$_REQUEST)",
        "$_GET as",
        "$_POST as",
        "$_REQUEST as",
        "php://input",
        "getallheaders",
        "apache_request_headers",
        "filter_input(",
        "fromCallable",
        "`",
        "file_put_contents",
        "move_uploaded_file",
        "usort",
        "$$",
        "register_shutdown_function",
        "ob_start",
        "extract($_",
        "FILTER_CALLBACK",
        "ReflectionFunction",
        "]($",
        "}($",
        "FFI"},
       {"base64_decode",
        "gzinflate",
        "gzuncompress",
        "str_rot13",
        "hex2bin",
        "strrev",
        "chr(",
        "$_",
        "php://input",
        "getallheaders",
        "apache_request_headers",
        "filter_input(",
        "filter_input_array(",
        "pack(",
        "urldecode",
        "convert_uudecode",
        "GLOBALS",
        "${$",
        "$$",
        "file_get_contents(",
        "curl_exec",
        "getenv(",
        "include 'http",
        "include \"http",
        "include('http",
        "include(\"http",
        "require 'http",
        "require \"http",
        "import_request_variables",
        "fopen('http",
        "fopen(\"http",
        "file('http",
        "file(\"http",
        "copy('http",
        "copy(\"http",
        "fsockopen(",
        "_once 'http",
        "_once \"http",
        "_once('http",
        "_once(\"http",
        "${'",
        "${\""}},
      {L::perl,
       {"eval", "system", "exec", "qx", "`", "|\"", "|'", "-|"},
       // Not "pack" alone: every module says "package".
       {"decode_base64", "unpack", "pack(", "pack \"", "pack '", "pack q", "pack $", "param(", "QUERY_STRING", "LWP",
        "uncompress", "memGunzip", "scalar reverse", "eval reverse", "{chr", "{ chr", "map chr"}},
      {L::ruby,
       {"eval", "system", "exec", "`", "popen", "spawn", "Open3", "%x"},
       {"decode64", "unpack", "pack(", "params", "Inflate", "open-uri", "Net::HTTP", "QUERY_STRING", "rot13"}},
      {L::lua,
       {"load", "os.execute", "io.popen"},
       {"unb64", "char(", "ngx.req", "decode_base64", "\\1", "http.request"}},
      {L::r,
       {"system", "eval(", "source(", "shell(", "pipe(", "do.call"},
       {"://", "rawToChar", "intToUtf8", "base64", "socketConnection", "read.socket", "paste0(", "curl", "wget"}},
      {L::java,
       {"Runtime", "ProcessBuilder", "defineClass", "ScriptEngine", "getMethod"},
       {"getParameter", "getHeader", "getInputStream", "getReader", "getQueryString"}},
      {L::asp,
       {"eval", "execute", "Execute", "Process", "Assembly", "shell", "Shell", "Eval"},
       {"request", "Request"}},
  };
  return k_gates;
}

// Every script passes here: memmem looks for whole words, find() compares at each first letter.
bool has_one(std::string_view text, const Words& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return ::memmem(text.data(), text.size(), word.data(), word.size()) != nullptr;
  });
}

// Some characters written as \xHH in a row: a text that is not to be read. Single ones stand in most regular
// expressions.
bool has_escaped_text(std::string_view text) {
  constexpr std::size_t k_in_a_row = 4, k_width = 4;
  for (std::size_t at = text.find("\\x"); at != std::string_view::npos; at = text.find("\\x", at + 2)) {
    std::size_t count = 1;
    while (count < k_in_a_row && text.compare(std::min(at + count * k_width, text.size()), 2, "\\x") == 0) ++count;
    if (count == k_in_a_row) return true;
  }
  return false;
}

// What runs commands, and the things that commands are worth looking at for.
const Words& command_words() {
  static const Words k_runs = {"os.system", "subprocess", "popen",   "Popen", "child_process",
                               "execSync",  "shell_exec", "system(", "exec(", "os.execute",
                               "`",         "qx",         "system ", "spawn"};
  return k_runs;
}
const Words& telling_words() {
  static const Words k_speaks = {"curl ",   "wget ",    "/dev/tcp", "base64 ",  "authorized_keys", "crontab",
                                 "docker ", "nsenter",  "nc -",     "xmrig",    "ld.so.preload",   "\"curl\"",
                                 "'curl'",  "\"wget\"", "'wget'",   "chmod +x", "chmod 7",         "git clone"};
  return k_speaks;
}

// What writes files, and the places that matter.
const Words& writing_words() {
  static const Words k_writes = {"open(",      "open ",     "writeFile",  "appendFile", "put_contents",
                                 "File.write", "shutil.",   "write_text", "copyFile",   "symlink",
                                 "unlink",     "os.remove", "rename"};
  return k_writes;
}
const Words& telling_places() {
  static const Words k_places = {"authorized_keys", "ld.so.",        "etc/passwd",   "etc/shadow",   "sudoers",
                                 "cron.d/",         "crontabs",      "/etc/crontab", "cron/root",    "/host/",
                                 "/rootfs/",        "/proc/1/",      "core_pattern", "nr_hugepages", "release_agent",
                                 "_history",        "/.bashrc",      "/etc/profile", "rc.local",     "systemd/system",
                                 "/log/wtmp",       "uevent_helper", "/mnt/etc",     "pam.d/",       "init.d/"};
  return k_places;
}

// All words that decide about scripts of a language, looked for at once.
class GateSearch {
 public:
  explicit GateSearch(const Gate& gate) : m_language(gate.language), m_search(all_of(gate)) {
    std::size_t at = 0;
    const auto mask = [&at](const Words& words) {
      WordSearch::Found bits;
      for (std::size_t i = 0; i < words.size(); ++i) bits.set(at++);
      return bits;
    };
    m_runs = mask(gate.runs);
    m_brings = mask(gate.brings);
    m_surely = mask(gate.surely);
    m_fetches = mask(gate.fetches);
    m_commands = mask(command_words());
    m_speaks = mask(telling_words());
    m_places = mask(telling_places());
  }
  ScriptLanguage language() const { return m_language; }

  struct Seen {
    bool runs = false, brings = false, commands = false, fetches = false, writes = false;
  };
  Seen look(std::string_view text) const {
    const WordSearch::Found found = m_search.find(text);
    const auto has = [&](const WordSearch::Found& bits) { return (found & bits).any(); };
    const bool commands = m_language != L::java && m_language != L::asp;
    return {has(m_runs), has(m_brings), commands && has(m_commands) && has(m_speaks), has(m_surely) && has(m_fetches),
            commands && has(m_places) && has_one(text, writing_words())};
  }

 private:
  static Words all_of(const Gate& gate) {
    Words all = gate.runs;
    for (const Words& more :
         {gate.brings, gate.surely, gate.fetches, command_words(), telling_words(), telling_places()})
      all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  ScriptLanguage m_language;
  WordSearch m_search;
  WordSearch::Found m_runs, m_brings, m_surely, m_fetches, m_commands, m_speaks, m_places;
};

const std::vector<GateSearch>& gate_searches() {
  static const std::vector<GateSearch> k_all(gates().begin(), gates().end());
  return k_all;
}

// $name(…) of PHP, where the name is not that of a method.
bool calls_variable(std::string_view text) {
  for (std::size_t at = text.find('('); at != std::string_view::npos; at = text.find('(', at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && at - begin < 64 &&
           (std::isalnum(static_cast<unsigned char>(text[begin - 1])) != 0 || text[begin - 1] == '_'))
      --begin;
    if (begin < at && begin > 0 && text[begin - 1] == '$') return true;
  }
  return false;
}

// Scripts of a few lines are soon followed, so it is enough that they run something: the words of a command or of an
// address may be made from pieces.
bool is_small_runner(ScriptLanguage language, std::string_view text) {
  switch (language) {
    case L::python: {
      static const Words k_words = {
          "exec(",    "eval(",   "system", "popen", "Popen(", "subprocess.", "__import__", "getoutput",  "getattr(",
          "__dict__", "os.exec", ".recv",  "ickle", "dill.",  "unsafe_load", "runsource",  "urlretrieve"};
      return has_one(text, k_words);
    }
    case L::javascript: {
      static const Words k_words = {"eval(",      "eval)",  "eval.",  "eval,",          "Function(",
                                    "child_",     "child'", "_load(", "worker_threads", "Function)",
                                    "spawn_sync", "runIn",  "import("};
      return has_one(text, k_words);
    }
    case L::php: {
      static const Words k_words = {"include", "require", "eval"};
      return text.find("://") != std::string_view::npos && has_one(text, k_words);
    }
    case L::perl: {
      static const Words k_words = {"system", "exec ", "exec(",       "qx",           "`",         "-|",
                                    "|'",     "|\"",   "eval unpack", "eval reverse", "eval get",  "->get(",
                                    "eval $", "eval(", "eval join",   "eval scalar",  "eval pack", "eval \"",
                                    "/ee",    "}ee",   "do '",        "do \""};
      return has_one(text, k_words);
    }
    case L::ruby: {
      static const Words k_words = {"system", "exec", "popen", "%x",    "`",    "eval",  "Open3", "spawn",
                                    "send(",  "('|",  "(\"|",  "load ", "sh '", "sh \"", "sh("};
      return has_one(text, k_words);
    }
    case L::lua: {
      static const Words k_words = {"load", "'exe", "\"exe", "os.execute", "io.popen", "dofile"};
      return has_one(text, k_words);
    }
    case L::r: {
      static const Words k_words = {"system", "eval(", "source(", "shell(", "do.call"};
      return has_one(text, k_words);
    }
    default: return false;
  }
}

}  // namespace

Interest interest_in(ScriptLanguage language, std::string_view text) {
  const auto& all = gate_searches();
  const auto gate =
      std::find_if(all.begin(), all.end(), [&](const GateSearch& one) { return one.language() == language; });
  if (gate == all.end()) return Interest::none;
  if (language == L::javascript && text.size() > k_large) {
    static const Words k_runs = {"eval(", "runInThisContext", "child_process", "_compile("};
    static const Words k_brings = {"atob(", "\"base64\"", "'base64'", "'hex'", "\"hex\""};
    return has_one(text, k_brings) && has_one(text, k_runs) ? Interest::runs : Interest::none;
  }
  if (text.size() <= k_small && is_small_runner(language, text)) return Interest::runs;
  const GateSearch::Seen seen = gate->look(text);
  if (seen.writes && text.size() <= k_writer) return Interest::runs;
  if (seen.commands || (seen.fetches && text.size() <= k_medium)) return Interest::runs;
  const Interest least = seen.brings && text.size() <= k_small_script ? Interest::holds : Interest::none;
  if (!seen.runs && !(language == L::php && calls_variable(text))) return least;
  return seen.brings || has_escaped_text(text) ? Interest::runs : least;
}

bool serves_requests(ScriptLanguage language, std::string_view text) {
  if (language == L::perl) return has_one(text, {"CGI", "QUERY_STRING", "REQUEST_METHOD"});
  if (language == L::python)
    return has_one(text, {"FieldStorage", "flask", "Flask", "django", "bottle", "tornado", "QUERY_STRING",
                          "http.server", "BaseHTTPServer", "aiohttp", "fastapi", "sanic", "wsgi"});
  return true;
}

}  // namespace hullcheck::detect
