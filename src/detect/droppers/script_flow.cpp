// Programs in scripting languages that run what they decode (D08) or what a request sends them (B06), and those that
// run shell commands: these are looked at as a shell would read them.
//
// D08: with the encoded text at hand there is no reading but hiding; the decoded text is looked at with all other
// detectors. B06: eval or a command whose beginning the request chooses is a web shell; a fixed program with input
// among its arguments may be a careless page.
// Hostile: a file without the words that matter is not looked at; the rest is bounded by ScriptFlowLimits.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <optional>
#include <set>

#include "detect/assess.hpp"
#include "detect/content/content_scan.hpp"
#include "detect/content/word_search.hpp"
#include "detect/detector.hpp"
#include "detect/evasion/embedded_program.hpp"
#include "detect/scripts/embedded_code.hpp"
#include "detect/scripts/script_flows.hpp"
#include "detect/secrets/blank.hpp"
#include "detect/shell/shell_facts.hpp"
#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

using L = ScriptLanguage;

constexpr std::uint64_t k_most_bytes = std::uint64_t{64} << 20;
constexpr std::size_t k_large = 512U << 10;  // of JavaScript: bundles hold every word once
constexpr std::size_t k_hidden_bytes = 64;   // of encoded text: nobody encodes so much by accident
constexpr std::size_t k_some_hidden_bytes = 16;
constexpr std::size_t k_small = 1U << 10;
constexpr std::size_t k_medium = 32U << 10;
constexpr std::size_t k_writer = 128U << 10;
constexpr std::size_t k_summary_bytes = 64U << 10;
constexpr std::size_t k_rescanned_bytes = 4U << 20;
constexpr std::size_t k_head_bytes = 4096;

constexpr std::string_view k_command_key = "command";
constexpr std::string_view k_fetched_key = "fetched";
constexpr std::string_view k_slept_key = "slept";
constexpr std::string_view k_somewhere = "an address that the script does not hold";

constexpr std::array<RuleRow, 5> k_rows{{
    {"D08", EvidenceClass::decisive, model::Severity::high, 90, "Encoded code that a script decodes and runs",
     "T1027.013", "Do not run this image unless the decoded code is known and wanted."},
    {"B06", EvidenceClass::decisive, model::Severity::critical, 85, "Web shell", "T1505.003",
     "Do not run this image: whoever reaches it over the network can run commands in it."},
    {"D01", EvidenceClass::strong, model::Severity::high, 85, "Fetched code piped to an interpreter",
     "T1105,T1059.004", "Put the code into the image at build time, pinned by digest, and start that."},
    {"D02", EvidenceClass::strong, model::Severity::high, 85, "Fetched file that is run", "T1105,T1059.004",
     "Put the program into the image at build time, pinned by digest."},
    {"D12", EvidenceClass::supporting, model::Severity::low, 50, "Long sleep before code is fetched", "T1497.003",
     "Find out what is fetched, and why it waits."},
}};
constexpr std::int64_t k_long_sleep = 60;  // seconds

// ---- which files are worth following

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
      static const Words k_words = {"system", "exec",  "popen", "%x",  "`",    "eval",
                                    "Open3",  "spawn", "send(", "('|", "(\"|", "load "};
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

// What a script is followed for: what it runs, or at least what it decodes and may keep or hand on. Ascending.
enum class Interest : std::uint8_t { none, holds, runs };

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

// Words that make what a program calls input into input from the network.
bool serves_requests(ScriptLanguage language, std::string_view text) {
  if (language == L::perl) return has_one(text, {"CGI", "QUERY_STRING", "REQUEST_METHOD"});
  if (language == L::python)
    return has_one(text, {"FieldStorage", "flask", "Flask", "django", "bottle", "tornado", "QUERY_STRING",
                          "http.server", "BaseHTTPServer", "aiohttp", "fastapi", "sanic", "wsgi"});
  return true;
}

bool is_page(const layers::FileInfo& file, ScriptLanguage language) {
  if (language == L::php) return true;
  if (language == L::java) return !file.name().ends_with(".java");
  return language == L::asp && as_text(file.head).find("<%") != std::string_view::npos &&
         !file.name().ends_with(".ashx");
}

// ---- what is said

std::string shown(std::string_view text, std::size_t most) {
  std::string out;
  for (const char c : text.substr(0, most)) out.push_back(c == '\n' || c == '\r' || c == '\t' ? ' ' : c);
  return out;
}

Evidence encoded_evidence(const ScriptSink& sink, const ScriptFlows& flows, ScriptLanguage language) {
  const std::uint32_t rounds = std::max(sink.marks.rounds, sink.round == 0 ? flows.rounds : sink.marks.rounds);
  std::string text =
      std::string(to_string(language)) + ": " + sink.name + " of decoded text (" + std::string(sink.marks.decoder);
  if (rounds > 1) text += ", " + std::to_string(rounds) + " rounds";
  text += ")";
  if (sink.known)
    text += ": " + shown(flows.decoded.empty() || rounds < 2 ? sink.text : flows.decoded.back().text, 160);
  Evidence evidence = evidence_of(k_rows[0], std::move(text));
  evidence.line = sink.line;
  if (sink.marks.literal >= k_hidden_bytes && !sink.marks.fetched) return evidence;
  evidence.cls = EvidenceClass::supporting;
  evidence.confidence = 50;
  const bool some = sink.marks.literal >= k_some_hidden_bytes || sink.marks.fetched;
  if (some && (!sink.known || sink.text.size() >= k_some_hidden_bytes)) {
    evidence.cls = EvidenceClass::strong;
    evidence.confidence = 70;
  }
  return evidence;
}

std::optional<Evidence> request_evidence(const ScriptSink& sink, ScriptLanguage language) {
  static constexpr std::array<std::string_view, 5> k_what = {"runs code", "runs commands", "runs a file",
                                                             "runs bytecode", "writes a file"};
  std::string text = std::string(to_string(language)) + ": " + sink.name + " " +
                     std::string(k_what[static_cast<std::size_t>(sink.kind)]) + " from the request";
  if (sink.marks.decoded) text += ", decoded (" + std::string(sink.marks.decoder) + ")";
  if (!sink.whole && !sink.text.empty()) text += ", behind: " + shown(sink.text, 80);
  Evidence evidence = evidence_of(k_rows[1], std::move(text));
  evidence.line = sink.line;
  const bool program =
      sink.kind == SinkKind::code || sink.kind == SinkKind::command || sink.kind == SinkKind::bytecode;
  if (program && sink.whole) return evidence;
  // include "data:text/plain;base64," . $_GET["c"]
  const bool of_itself = sink.text.find("data:") != std::string::npos || sink.text.starts_with("php://input");
  if (sink.kind == SinkKind::load && of_itself) return evidence;
  if (sink.kind == SinkKind::load && !sink.whole) return std::nullopt;
  evidence.cls = EvidenceClass::strong;
  evidence.confidence = 60;
  return evidence;
}

Evidence hint(std::string_view key, std::uint32_t line, std::string text) {
  // Before it is taken apart, where half a secret would be none.
  secrets::blank(text, secrets::Look::anywhere, secrets::Reading::again);
  Evidence evidence;
  evidence.rule = k_hint_rule;
  evidence.line = line;
  evidence.text = shown(text, 160);
  for (std::size_t at = 0; at < text.size() && evidence.values.size() < EvidenceSink::k_most_values;
       at += EvidenceSink::k_value_bytes)
    evidence.values.emplace_back(key, text.substr(at, EvidenceSink::k_value_bytes));
  return evidence;
}

std::string joined_values(const Evidence& evidence, std::string_view key) {
  std::string all;
  for (const auto& [name, value] : evidence.values)
    if (name == key) all += value;
  return all;
}

// Whether any detector would speak of the command if it ran at start. A file has room for few hints, and most
// commands are harmless.
bool is_worth_a_look(const std::string& command) {
  const ShellFacts facts = facts_of_text(command);
  const ShellUnit unit{"command", {}, 1, Reach::start, false, facts, nullptr};
  const auto& all = DetectorRegistry::all();
  return std::any_of(all.begin(), all.end(), [&](const auto& entry) {
    EvidenceSink sink;
    if (entry.descriptor.id != "script-flow") entry.instance->shell(unit, sink);
    return !sink.empty();
  });
}

std::string all_commands(const ScriptFlows& flows) {
  constexpr std::size_t k_most = 8U << 10;
  std::string all;
  for (const ScriptCommand& command : flows.commands)
    if (all.size() + command.text.size() < k_most) all += command.text + "\n";
  return all;
}

// ---- the decoded text, looked at like a file

void look_into(const DecodedText& decoded, std::set<std::string>& said, EvidenceSink& out) {
  const std::string_view text = std::string_view(decoded.text).substr(0, k_rescanned_bytes);
  const auto worker = content_scan("").worker();
  std::vector<Evidence> found = scan_text(*worker, "decoded", layers::ContentKind::script, text);
  if (decoded.kind == SinkKind::command) {
    const ShellFacts facts = facts_of_text(text);
    const ShellUnit unit{"decoded", {}, 1, Reach::present, false, facts, nullptr};
    for (const auto& entry : DetectorRegistry::all()) {
      EvidenceSink sink;
      entry.instance->shell(unit, sink);
      for (Evidence& one : sink.take()) found.push_back(std::move(one));
    }
  }
  for (Evidence& one : found) {
    if (one.rule == k_hint_rule || !said.insert(one.rule + one.text).second) continue;
    one.line = decoded.line;
    one.offset = 0;
    one.text = "in the decoded text: " + one.text;
    out.add(std::move(one));
  }
}

// What was decoded or put together, and not run here: a program, or what another detector is sure of. Tests and
// fixtures hold encoded keys and addresses by the hundred.
void look_into_held(const DecodedText& held, ScriptLanguage language, std::set<std::string>& said,
                    EvidenceSink& out) {
  const std::string_view text = std::string_view(held.text).substr(0, k_rescanned_bytes);
  const layers::ContentKind kind = layers::classify_content(text.substr(0, k_head_bytes));
  std::vector<Evidence> found = scan_text(*content_scan("").worker(), "decoded", kind, text);
  if (kind == layers::ContentKind::elf && text.size() > k_hidden_bytes)
    found.push_back(
        embedded_program_evidence(layers::ContentKind::script, "decoded by " + std::string(to_string(language)), 0));
  for (Evidence& one : found) {
    const bool sure = one.cls <= EvidenceClass::strong && one.rule != k_hint_rule && !is_secret_rule(one.rule);
    if (!sure || !said.insert(one.rule + one.text).second) continue;
    one.line = held.line;
    one.offset = 0;
    one.text = "in the decoded text: " + one.text;
    out.add(std::move(one));
  }
}

class ScriptFlow final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.size() <= k_most_bytes && script_language_of(file) != L::none;
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    const ScriptLanguage language = script_language_of(file);
    const std::string_view text = file.text();
    const Interest hoped = interest_in(language, text);
    if (hoped == Interest::none) return;
    const bool page = is_page(file, language);
    ScriptTokens tokens = script_tokens(text, language, page);
    const Interest interest = std::min(hoped, interest_in(language, spoken_code(tokens)));
    if (interest == Interest::none) return;
    const ScriptFlows flows = follow_script(std::move(tokens));
    say_held(flows, language, out);
    if (interest != Interest::runs) return;
    report(
        flows, language, [&] { return serves_requests(language, text); }, out);
    if (flows.truncated) {
      Evidence limit;
      limit.rule = k_hit_limit_rule;
      limit.text = "code that runs what it decodes";
      // Bundles of thousands of functions reach it; what starts is rarely one.
      limit.values = {{"effect", "at-start"}};
      out.add(std::move(limit));
    }
    look_for_saved(language, text, flows.slept, out);
  }

  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const EmbeddedCode& embedded : unit.facts.embedded) {
      const ScriptLanguage language = script_language_named(embedded.language);
      if (language == L::none || interest_in(language, embedded.code) != Interest::runs) continue;
      const bool page = language == L::php && embedded.code.find("<?php") != std::string::npos;
      EvidenceSink found;
      report(
          follow_script(embedded.code, language, page), language, [] { return false; }, found);
      for (Evidence& evidence : found.take()) {
        if (evidence.rule == k_hint_rule) {
          commands_of(evidence, unit, embedded.line, out);
          // What names its address is seen without following it.
          if (evidence.value(k_fetched_key) != k_somewhere) continue;
          const std::string text = evidence.text;
          evidence = evidence_of(k_rows[2], text);
          evidence.cls = class_for(unit, {EvidenceClass::strong, EvidenceClass::supporting, EvidenceClass::context});
          evidence.values.emplace_back(k_payload_key, k_payload_absent);
        }
        evidence.line = line_in_file(unit, embedded.line);
        if (unit.build_time) evidence.cls = EvidenceClass::context;
        out.add(std::move(evidence));
      }
    }
  }

  // Commands and fetched code weigh by how the program gets run, which only the whole image shows.
  void image(const ImageContext& context, ImageEvidence& out) const override {
    for (const PlacedEvidence& placed : context.evidence) {
      if (placed.evidence.rule != k_hint_rule) continue;
      const std::string command = joined_values(placed.evidence, k_command_key);
      const std::string url = placed.evidence.value(k_fetched_key);
      if (!command.empty()) {
        const ShellFacts facts = facts_of_text(command);
        const ShellUnit unit{placed.path,       placed.file, placed.evidence.line,   placed.reach,
                             placed.build_time, facts,       &context.image.config()};
        EvidenceSink sink;
        for (const auto& entry : DetectorRegistry::all())
          if (entry.descriptor.id != "script-flow") entry.instance->shell(unit, sink);
        for (Evidence& evidence : sink.take()) {
          if (evidence.rule == k_hint_rule) continue;
          PlacedEvidence more = placed;
          evidence.line = placed.evidence.line;
          more.evidence = std::move(evidence);
          out.add(std::move(more));
        }
      } else if (!url.empty()) {
        PlacedEvidence more = placed;
        const bool saved = !placed.evidence.value("saved").empty();
        more.evidence = evidence_of(k_rows[saved ? 3 : 2], placed.evidence.text);
        more.evidence.line = placed.evidence.line;
        // A page runs whenever somebody asks for it.
        const bool page = !placed.evidence.value("page").empty();
        more.evidence.cls = placed.reach == Reach::start || page ? EvidenceClass::strong : EvidenceClass::supporting;
        if (url != k_somewhere) more.evidence.values.emplace_back("url", url);
        more.evidence.values.emplace_back(k_payload_key, k_payload_absent);
        out.add(std::move(more));
        if (const std::string slept = placed.evidence.value(k_slept_key); !slept.empty()) {
          more = placed;
          more.evidence = evidence_of(k_rows[4], "waits " + slept + " seconds; " + placed.evidence.text);
          more.evidence.line = placed.evidence.line;
          if (placed.reach != Reach::start) more.evidence.cls = EvidenceClass::context;
          out.add(std::move(more));
        }
      }
    }
  }

 private:
  template <class Serves>  // asked of few scripts: it reads all of the text
  static void report(const ScriptFlows& flows, ScriptLanguage language, const Serves& serves, EvidenceSink& out) {
    for (const ScriptSink& sink : flows.sinks) {
      if (sink.marks.request && serves()) {
        if (auto evidence = request_evidence(sink, language)) out.add(std::move(*evidence));
      } else if (sink.marks.decoded && sink.kind != SinkKind::write && sink.kind != SinkKind::load &&
                 sink.round == 0) {
        out.add(encoded_evidence(sink, flows, language));
      } else if (sink.marks.fetched && sink.kind != SinkKind::write &&
                 (sink.whole || (sink.marks.url && sink.kind != SinkKind::command))) {
        const std::string from = sink.marks.url ? *sink.marks.url : std::string(k_somewhere);
        Evidence fetched = hint(k_fetched_key, sink.line, from);
        fetched.text = std::string(to_string(language)) + ": " + sink.name + " of what comes from " + from;
        if (flows.slept >= k_long_sleep) fetched.values.emplace_back(k_slept_key, std::to_string(flows.slept));
        if (language == L::php && sink.marks.url && (sink.kind == SinkKind::code || sink.kind == SinkKind::load))
          fetched.values.emplace_back("page", "yes");
        out.add(std::move(fetched));
      }
    }
    bool alone = false;
    const std::string waits = flows.slept >= k_long_sleep ? "sleep " + std::to_string(flows.slept) + "\n" : "";
    for (const ScriptCommand& command : flows.commands)
      if (is_worth_a_look(command.text)) {
        out.add(hint(k_command_key, command.line, waits + command.text));
        alone = true;
      }
    // Commands that tell something together only: a program for each name of a list.
    if (!alone && flows.commands.size() > 1)
      if (const std::string all = all_commands(flows); is_worth_a_look(all))
        out.add(hint(k_command_key, flows.commands.front().line, waits + all));
    std::set<std::string> said;
    for (const DecodedText& decoded : flows.decoded) look_into(decoded, said, out);
  }

  static void say_held(const ScriptFlows& flows, ScriptLanguage language, EvidenceSink& out) {
    std::set<std::string> said;
    for (const DecodedText& held : flows.held)
      if (std::none_of(flows.decoded.begin(), flows.decoded.end(),
                       [&](const DecodedText& one) { return one.text == held.text; }))
        look_into_held(held, language, said, out);
  }

  static void commands_of(const Evidence& evidence, const ShellUnit& unit, std::uint32_t line, EvidenceSink& out) {
    const std::string command = joined_values(evidence, k_command_key);
    if (command.empty()) return;
    const ShellFacts facts = facts_of_text(command);
    const ShellUnit inner{unit.path, unit.file,  line_in_file(unit, line), unit.reach, unit.build_time,
                          facts,     unit.config};
    for (const auto& entry : DetectorRegistry::all()) {
      if (entry.descriptor.id == "script-flow") continue;
      EvidenceSink sink;
      entry.instance->shell(inner, sink);
      for (Evidence& one : sink.take()) {
        one.line = line_in_file(unit, line);
        out.add(std::move(one));
      }
    }
  }

  // Small programs that save what they fetch and run it.
  static void look_for_saved(ScriptLanguage language, std::string_view text, std::int64_t slept, EvidenceSink& out) {
    static constexpr std::array<std::pair<ScriptLanguage, std::string_view>, 7> k_names{{{L::r, "Rscript"},
                                                                                         {L::python, "python"},
                                                                                         {L::javascript, "node"},
                                                                                         {L::php, "php"},
                                                                                         {L::perl, "perl"},
                                                                                         {L::ruby, "ruby"},
                                                                                         {L::lua, "lua"}}};
    const bool fetches = text.find("://") != std::string_view::npos || text.find("ftplib") != std::string_view::npos;
    if (text.size() > k_summary_bytes || !fetches) return;
    for (const auto& [one, name] : k_names) {
      if (one != language || !may_fetch(name, text)) continue;
      const EmbeddedSummary summary = summarise_code(name, text);
      if (!summary.runs_saved || summary.urls.empty()) return;
      Evidence fetched = hint(k_fetched_key, 0, summary.urls.front());
      fetched.text = std::string(to_string(language)) + ": runs " + summary.saved.front() + ", fetched from " +
                     summary.urls.front();
      fetched.values.emplace_back("saved", summary.saved.front());
      if (slept >= k_long_sleep) fetched.values.emplace_back(k_slept_key, std::to_string(slept));
      out.add(std::move(fetched));
    }
  }
};

const util::Registered<ScriptFlow> registered{{
    .id = "script-flow",
    .version = 8,
    .summary = "scripts that run what they decode, fetch, or get from a request",
    .example = "exec(zlib.decompress(base64.b64decode('eJx…'[::-1])))",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
