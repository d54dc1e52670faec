// Calls: what runs code or commands, what brings input, and the functions whose results can be worked out.
// See script_flows.hpp.
#include <algorithm>
#include <array>
#include <bitset>

#include "detect/scripts/script_evaluator.hpp"
#include "detect/shell/script_facts.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

using L = ScriptLanguage;

constexpr std::size_t k_kept_text = 4096;
constexpr std::size_t k_most_list = 1U << 20;

constexpr unsigned bit(ScriptLanguage language) { return 1U << static_cast<unsigned>(language); }
constexpr unsigned k_any = 0xffffU;

// ---- what runs

struct SinkRow {
  std::string_view name;
  unsigned languages;
  SinkKind kind;
  std::size_t argument;
};
constexpr SinkRow k_sinks[] = {
    {"exec", bit(L::python), SinkKind::code, 0},
    {"eval", k_any & ~bit(L::java), SinkKind::code, 0},
    {"execfile", bit(L::python), SinkKind::load, 0},
    {"os.system", bit(L::python), SinkKind::command, 0},
    {"os.popen", bit(L::python), SinkKind::command, 0},
    {"subprocess.run", bit(L::python), SinkKind::command, 0},
    {"subprocess.call", bit(L::python), SinkKind::command, 0},
    {"subprocess.check_call", bit(L::python), SinkKind::command, 0},
    {"subprocess.check_output", bit(L::python), SinkKind::command, 0},
    {"subprocess.Popen", bit(L::python), SinkKind::command, 0},
    {"subprocess.getoutput", bit(L::python), SinkKind::command, 0},
    {"subprocess.getstatusoutput", bit(L::python), SinkKind::command, 0},
    {"commands.getoutput", bit(L::python), SinkKind::command, 0},
    {"asyncio.create_subprocess_shell", bit(L::python), SinkKind::command, 0},
    {"pty.spawn", bit(L::python), SinkKind::command, 0},
    {"marshal.loads", bit(L::python), SinkKind::bytecode, 0},
    {"execSync", bit(L::javascript), SinkKind::command, 0},
    {"child_process.exec", bit(L::javascript), SinkKind::command, 0},
    {"child_process.spawn", bit(L::javascript), SinkKind::command, 0},
    {"child_process.spawnSync", bit(L::javascript), SinkKind::command, 0},
    {"child_process.execFile", bit(L::javascript), SinkKind::command, 0},
    {"child_process.execFileSync", bit(L::javascript), SinkKind::command, 0},
    {"Function", bit(L::javascript), SinkKind::code, 99},
    {"constructor", bit(L::javascript), SinkKind::code, 99},
    {"setTimeout", bit(L::javascript), SinkKind::code, 0},
    {"setInterval", bit(L::javascript), SinkKind::code, 0},
    {"setImmediate", bit(L::javascript), SinkKind::code, 0},
    {"execScript", bit(L::javascript), SinkKind::code, 0},
    {"runInThisContext", bit(L::javascript), SinkKind::code, 0},
    {"runInNewContext", bit(L::javascript), SinkKind::code, 0},
    {"runInContext", bit(L::javascript), SinkKind::code, 0},
    {"vm.Script", bit(L::javascript), SinkKind::code, 0},
    {"module._compile", bit(L::javascript), SinkKind::code, 0},
    {"_compile", bit(L::javascript), SinkKind::code, 0},
    {"assert", bit(L::php), SinkKind::code, 0},
    {"create_function", bit(L::php), SinkKind::code, 1},
    {"include", bit(L::php), SinkKind::load, 0},
    {"include_once", bit(L::php), SinkKind::load, 0},
    {"require", bit(L::php), SinkKind::load, 0},
    {"require_once", bit(L::php), SinkKind::load, 0},
    {"system", bit(L::php) | bit(L::perl) | bit(L::ruby), SinkKind::command, 0},
    {"exec", bit(L::php) | bit(L::perl) | bit(L::ruby), SinkKind::command, 0},
    {"shell_exec", bit(L::php), SinkKind::command, 0},
    {"passthru", bit(L::php), SinkKind::command, 0},
    {"popen", bit(L::php), SinkKind::command, 0},
    {"proc_open", bit(L::php), SinkKind::command, 0},
    {"pcntl_exec", bit(L::php), SinkKind::command, 0},
    {"expect_popen", bit(L::php), SinkKind::command, 0},
    {"ssh2_exec", bit(L::php), SinkKind::command, 1},
    {"`", k_any, SinkKind::command, 0},
    {"spawn", bit(L::ruby), SinkKind::command, 0},
    {"IO.popen", bit(L::ruby), SinkKind::command, 0},
    {"Open3.capture2", bit(L::ruby), SinkKind::command, 0},
    {"Open3.capture2e", bit(L::ruby), SinkKind::command, 0},
    {"Open3.capture3", bit(L::ruby), SinkKind::command, 0},
    {"Open3.popen3", bit(L::ruby), SinkKind::command, 0},
    {"instance_eval", bit(L::ruby), SinkKind::code, 0},
    {"class_eval", bit(L::ruby), SinkKind::code, 0},
    {"module_eval", bit(L::ruby), SinkKind::code, 0},
    {"load", bit(L::lua), SinkKind::code, 0},
    {"loadstring", bit(L::lua), SinkKind::code, 0},
    {"os.execute", bit(L::lua), SinkKind::command, 0},
    {"io.popen", bit(L::lua), SinkKind::command, 0},
    {"getRuntime.exec", bit(L::java), SinkKind::command, 0},
    {"Runtime.exec", bit(L::java), SinkKind::command, 0},
    {"ProcessBuilder", bit(L::java), SinkKind::command, 0},
    {"defineClass", bit(L::java), SinkKind::bytecode, 99},
    {"ScriptEngine.eval", bit(L::java), SinkKind::code, 0},
    {"execute", bit(L::asp), SinkKind::code, 0},
    {"executeglobal", bit(L::asp), SinkKind::code, 0},
    {"process.start", bit(L::asp), SinkKind::command, 99},
    {"processstartinfo", bit(L::asp), SinkKind::command, 99},
    {"assembly.load", bit(L::asp), SinkKind::bytecode, 0},
    {"loadfrom", bit(L::asp), SinkKind::bytecode, 0},
    {"wscript.exec", bit(L::asp), SinkKind::command, 0},
    {"wscript.run", bit(L::asp), SinkKind::command, 0},
    {"os.execl", bit(L::python), SinkKind::command, 99},
    {"os.execlp", bit(L::python), SinkKind::command, 99},
    {"os.execv", bit(L::python), SinkKind::command, 1},
    {"os.execvp", bit(L::python), SinkKind::command, 1},
    {"os.spawnlp", bit(L::python), SinkKind::command, 99},
    {"getoutput", bit(L::python), SinkKind::command, 0},
    {"check_output", bit(L::python), SinkKind::command, 0},
    {"Popen", bit(L::python), SinkKind::command, 0},
    {"runpy.run_path", bit(L::python), SinkKind::load, 0},
    {"readpipe", bit(L::perl), SinkKind::command, 0},
    {"do", bit(L::perl), SinkKind::load, 0},
    {"Kernel.eval", bit(L::ruby), SinkKind::code, 0},
    {"Kernel.system", bit(L::ruby), SinkKind::command, 0},
    {"Kernel.exec", bit(L::ruby), SinkKind::command, 0},
    {"Kernel.spawn", bit(L::ruby), SinkKind::command, 0},
    {"PTY.spawn", bit(L::ruby), SinkKind::command, 0},
    {"dofile", bit(L::lua), SinkKind::load, 0},
    {"mb_ereg_replace", bit(L::php), SinkKind::code, 99},
    {"i18n_loc_set", 0, SinkKind::code, 0},
};

// Functions of PHP that call one of their arguments, and where that stands.
struct CallbackRow {
  std::string_view name;
  std::size_t function;
  std::size_t data;
};
constexpr CallbackRow k_callbacks[] = {{"call_user_func", 0, 1},
                                       {"call_user_func_array", 0, 1},
                                       {"array_map", 0, 1},
                                       {"array_filter", 1, 0},
                                       {"array_walk", 1, 0},
                                       {"array_walk_recursive", 1, 0},
                                       {"array_reduce", 1, 0},
                                       {"usort", 1, 0},
                                       {"uasort", 1, 0},
                                       {"uksort", 1, 0},
                                       {"array_diff_ukey", 2, 0},
                                       {"array_udiff", 2, 0},
                                       {"preg_replace_callback", 1, 2},
                                       {"register_shutdown_function", 0, 1},
                                       {"register_tick_function", 0, 1},
                                       {"ob_start", 0, 1},
                                       {"iterator_apply", 1, 2}};

// ---- where input comes from

struct SourceRow {
  std::string_view name;
  unsigned languages;
  bool whole;  // the whole name; else its end
};
constexpr SourceRow k_sources[] = {
    {"$_GET", bit(L::php), true},
    {"$_POST", bit(L::php), true},
    {"$_REQUEST", bit(L::php), true},
    {"$_COOKIE", bit(L::php), true},
    {"$_FILES", bit(L::php), true},
    {"$HTTP_GET_VARS", bit(L::php), true},
    {"$HTTP_POST_VARS", bit(L::php), true},
    {"$HTTP_RAW_POST_DATA", bit(L::php), true},
    {"getallheaders", bit(L::php), true},
    {"apache_request_headers", bit(L::php), true},
    {"filter_input", bit(L::php), true},
    {"getParameter", bit(L::java), false},
    {"getParameterValues", bit(L::java), false},
    {"getQueryString", bit(L::java), false},
    {"request.getHeader", bit(L::java), false},
    {"request.getReader", bit(L::java), false},
    {"request.getInputStream", bit(L::java), false},
    {"request.getCookies", bit(L::java), false},
    {"param.cmd", bit(L::java), true},
    {"request", bit(L::asp), true},
    {"request.item", bit(L::asp), true},
    {"request.form", bit(L::asp), true},
    {"request.querystring", bit(L::asp), true},
    {"request.params", bit(L::asp), true},
    {"request.headers", bit(L::asp), true},
    {"request.cookies", bit(L::asp), true},
    {"request.binaryread", bit(L::asp), true},
    {"request.inputstream", bit(L::asp), true},
    {"param", bit(L::perl), false},
    {"url_param", bit(L::perl), false},
    {"Vars", bit(L::perl), false},
    {"request.args", bit(L::python), false},
    {"request.form", bit(L::python), false},
    {"request.values", bit(L::python), false},
    {"request.json", bit(L::python), false},
    {"request.get_json", bit(L::python), false},
    {"request.data", bit(L::python), false},
    {"request.get_data", bit(L::python), false},
    {"request.cookies", bit(L::python), false},
    {"request.headers", bit(L::python), false},
    {"request.GET", bit(L::python), false},
    {"request.POST", bit(L::python), false},
    {"request.query", bit(L::python), false},
    {"request.forms", bit(L::python), false},
    {"getvalue", bit(L::python), false},
    {"getfirst", bit(L::python), false},
    {"self.rfile", bit(L::python), true},
    {"self.get_argument", bit(L::python), true},
    {"req.query", bit(L::javascript), false},
    {"req.body", bit(L::javascript), false},
    {"req.params", bit(L::javascript), false},
    {"req.headers", bit(L::javascript), false},
    {"req.cookies", bit(L::javascript), false},
    {"req.url", bit(L::javascript), false},
    {"request.query", bit(L::javascript), false},
    {"request.body", bit(L::javascript), false},
    {"request.url", bit(L::javascript), false},
    {"ctx.query", bit(L::javascript), false},
    {"params", bit(L::ruby), true},
    {"cgi.params", bit(L::ruby), true},
    {"request.query_string", bit(L::ruby), false},
    {"request.params", bit(L::ruby), false},
    {"ngx.req.get_uri_args", bit(L::lua), true},
    {"ngx.req.get_body_data", bit(L::lua), true},
};

constexpr std::string_view k_fetchers[] = {"urlopen",
                                           "urllib.urlopen",
                                           "requests.get",
                                           "requests.post",
                                           "requests.request",
                                           "httpx.get",
                                           "urlretrieve",
                                           "session.get",
                                           "http.get",
                                           "https.get",
                                           "axios.get",
                                           "axios",
                                           "fetch",
                                           "got",
                                           "needle.get",
                                           "curl_exec",
                                           "Net::HTTP.get",
                                           "HTTP.get_response",
                                           "URI.open",
                                           "open_uri",
                                           "HTTParty.get",
                                           "Faraday.get",
                                           "LWP::Simple::get",
                                           "getstore",
                                           "HTTP::Tiny",
                                           "LWP::UserAgent",
                                           "http.request",
                                           "https.request",
                                           "socket.http",
                                           "openStream",
                                           "URL",
                                           "WebClient",
                                           "DownloadString",
                                           "downloadstring",
                                           "downloaddata",
                                           "recv",
                                           "urllib2.urlopen",
                                           "http_get"};

// What makes input harmless: a number, a hash, one of a list, one quoted word.
constexpr std::string_view k_cleaners[] = {"intval",
                                           "floatval",
                                           "escapeshellarg",
                                           "escapeshellcmd",
                                           "md5",
                                           "sha1",
                                           "hash",
                                           "crc32",
                                           "count",
                                           "strlen",
                                           "sizeof",
                                           "is_numeric",
                                           "ctype_digit",
                                           "in_array",
                                           "isset",
                                           "empty",
                                           "preg_match",
                                           "filter_var",
                                           "shlex.quote",
                                           "pipes.quote",
                                           "int",
                                           "len",
                                           "parseInt",
                                           "Number",
                                           "parseFloat",
                                           "Integer.parseInt",
                                           "shellescape",
                                           "ctype_alnum",
                                           "array_key_exists",
                                           "strcmp"};

// ---- what can be worked out

struct CodingRow {
  std::string_view name;
  ScriptCoding coding;
  std::size_t argument;
};
constexpr CodingRow k_codings[] = {
    {"b64decode", ScriptCoding::base64, 0},
    {"standard_b64decode", ScriptCoding::base64, 0},
    {"urlsafe_b64decode", ScriptCoding::base64, 0},
    {"base64.decodebytes", ScriptCoding::base64, 0},
    {"base64.decodestring", ScriptCoding::base64, 0},
    {"a2b_base64", ScriptCoding::base64, 0},
    {"b32decode", ScriptCoding::base32, 0},
    {"b16decode", ScriptCoding::base16, 0},
    {"a85decode", ScriptCoding::opaque, 0},
    {"b85decode", ScriptCoding::opaque, 0},
    {"unhexlify", ScriptCoding::hex, 0},
    {"a2b_hex", ScriptCoding::hex, 0},
    {"fromhex", ScriptCoding::hex, 0},
    {"a2b_uu", ScriptCoding::uu, 0},
    {"zlib.decompress", ScriptCoding::inflate, 0},
    {"gzip.decompress", ScriptCoding::gunzip, 0},
    {"bz2.decompress", ScriptCoding::opaque, 0},
    {"lzma.decompress", ScriptCoding::opaque, 0},
    {"marshal.loads", ScriptCoding::opaque, 0},
    {"pickle.loads", ScriptCoding::opaque, 0},
    {"decrypt", ScriptCoding::opaque, 0},
    {"atob", ScriptCoding::base64, 0},
    {"unescape", ScriptCoding::percent, 0},
    {"decodeURIComponent", ScriptCoding::percent, 0},
    {"decodeURI", ScriptCoding::percent, 0},
    {"inflateSync", ScriptCoding::inflate, 0},
    {"inflateRawSync", ScriptCoding::raw_inflate, 0},
    {"gunzipSync", ScriptCoding::gunzip, 0},
    {"unzipSync", ScriptCoding::gunzip, 0},
    {"brotliDecompressSync", ScriptCoding::opaque, 0},
    {"base64_decode", ScriptCoding::base64, 0},
    {"gzinflate", ScriptCoding::raw_inflate, 0},
    {"gzuncompress", ScriptCoding::inflate, 0},
    {"gzdecode", ScriptCoding::gunzip, 0},
    {"zlib_decode", ScriptCoding::inflate, 0},
    {"str_rot13", ScriptCoding::rot13, 0},
    {"hex2bin", ScriptCoding::hex, 0},
    {"urldecode", ScriptCoding::percent, 0},
    {"rawurldecode", ScriptCoding::percent, 0},
    {"convert_uudecode", ScriptCoding::uu, 0},
    {"openssl_decrypt", ScriptCoding::opaque, 0},
    {"mcrypt_decrypt", ScriptCoding::opaque, 0},
    {"bzdecompress", ScriptCoding::opaque, 0},
    {"decode_base64", ScriptCoding::base64, 0},
    {"decode_base64url", ScriptCoding::base64, 0},
    {"memGunzip", ScriptCoding::gunzip, 0},
    {"Compress::Zlib::uncompress", ScriptCoding::inflate, 0},
    {"uncompress", ScriptCoding::inflate, 0},
    {"uri_unescape", ScriptCoding::percent, 0},
    {"decode64", ScriptCoding::base64, 0},
    {"strict_decode64", ScriptCoding::base64, 0},
    {"urlsafe_decode64", ScriptCoding::base64, 0},
    {"Inflate.inflate", ScriptCoding::inflate, 0},
    {"Zlib::Inflate.inflate", ScriptCoding::inflate, 0},
    {"Zlib.gunzip", ScriptCoding::gunzip, 0},
    {"Zlib.inflate", ScriptCoding::inflate, 0},
    {"unb64", ScriptCoding::base64, 0},
    {"decode_base64_url", ScriptCoding::base64, 0},
    {"ngx.decode_base64", ScriptCoding::base64, 0},
    {"decodeBuffer", ScriptCoding::base64, 0},
    {"frombase64string", ScriptCoding::base64, 0},
    {"parseBase64Binary", ScriptCoding::base64, 0},
};

// Of PHP's own classes and functions, which keep what they are given: a list made of the request is the request
// still.
constexpr std::array<std::string_view, 14> k_keeps_php = {
    "arrayobject",           "arrayiterator", "reflectionfunction", "reflectionmethod", "closure.fromcallable",
    "closure::fromcallable", "json_decode",   "unserialize",        "array_values",     "array_merge",
    "array_reverse",         "explode",       "str_replace",        "current"};

// Functions that hand their first argument through.
constexpr std::string_view k_passes[] = {"str",
                                         "bytes",
                                         "bytearray",
                                         "compile",
                                         "decode",
                                         "encode",
                                         "toString",
                                         "String",
                                         "trim",
                                         "strip",
                                         "rstrip",
                                         "lstrip",
                                         "chop",
                                         "chomp",
                                         "ltrim",
                                         "rtrim",
                                         "stripslashes",
                                         "html_entity_decode",
                                         "htmlspecialchars_decode",
                                         "utf8_decode",
                                         "utf8_encode",
                                         "mb_convert_encoding",
                                         "iconv",
                                         "format",
                                         "BytesIO",
                                         "StringIO",
                                         "io.BytesIO",
                                         "io.StringIO",
                                         "Blob",
                                         "text",
                                         "read",
                                         "content",
                                         "getvalue_",
                                         "getBytes",
                                         "String.new",
                                         "freeze",
                                         "force_encoding",
                                         "to_s",
                                         "to_str",
                                         "valueOf",
                                         "memoryview",
                                         "list_",
                                         "tuple_",
                                         "Array.from",
                                         "Object",
                                         "escape_",
                                         "strval",
                                         "serialize_",
                                         "array_shift",
                                         "array_pop",
                                         "current",
                                         "reset",
                                         "end",
                                         "get",
                                         "readLine",
                                         "readline",
                                         "nextLine",
                                         "readAll",
                                         "readlines",
                                         "concat_",
                                         "GzipFile",
                                         "InputStreamReader"};

// By the last part of a name: whether a list above may hold it. Most names of a program are its own.
class KnownNames {
 public:
  KnownNames() {
    for (const SinkRow& row : k_sinks) add(row.name);
    for (const SourceRow& row : k_sources) add(row.name);
    for (const CodingRow& row : k_codings) add(row.name);
    for (const std::string_view name : k_fetchers) add(name);
    for (const std::string_view name : k_passes) add(name);
  }
  bool may_hold(std::string_view name) const { return m_places[place_of(name)]; }

 private:
  static constexpr std::size_t k_places = std::size_t{1} << 14U;
  static std::size_t place_of(std::string_view name) {
    std::uint32_t sum = 0;
    for (std::size_t i = name.size(); i-- > 0 && name[i] != '.' && name[i] != ':' && name[i] != '$';)
      sum = sum * 0x01000193U + static_cast<unsigned char>(name[i]);
    return (sum ^ (sum >> 15U)) & (k_places - 1);
  }
  void add(std::string_view name) { m_places[place_of(name)] = true; }

  std::bitset<k_places> m_places;
};

bool may_be_known(std::string_view name) {
  static const KnownNames k_known;
  return k_known.may_hold(name);
}

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

bool is_shell_word(std::string_view word) {
  const std::string_view name = word.substr(word.find_last_of("/\\") + 1);
  for (const std::string_view shell :
       {"sh", "bash", "ash", "dash", "zsh", "ksh", "cmd", "cmd.exe", "powershell", "powershell.exe", "pwsh"})
    if (name == shell) return true;
  return false;
}

// "sh -c ", "cmd /c ", "": what stands before input that is a command of its own.
bool only_starts_shell(std::string_view beginning) {
  while (!beginning.empty() && (beginning.back() == ' ' || beginning.back() == '"' || beginning.back() == '\''))
    beginning.remove_suffix(1);
  if (beginning == "/c" || beginning == "/C" || beginning == "-c") return true;
  if (beginning.empty() || beginning == "?>" || beginning == "return" || beginning == "<?php") return true;
  const std::size_t space = beginning.find(' ');
  return is_shell_word(beginning.substr(0, space));
}

const ScriptValue& argument(const std::vector<ScriptValue>& arguments, std::size_t i) {
  static const ScriptValue k_none;
  return i < arguments.size() ? arguments[i] : k_none;
}

ScriptMarks marks_of(const std::vector<ScriptValue>& arguments) {
  ScriptMarks marks;
  for (const ScriptValue& value : arguments) marks.join(value.marks);
  return marks;
}

constexpr std::size_t k_small_call = 200;         // steps
constexpr std::size_t k_most_calls = 200;         // of one function that is not small, with different arguments
constexpr std::size_t k_most_repeated = 300'000;  // steps of later calls with nothing to tell
constexpr std::size_t k_most_answers = 16;        // kept of one function
constexpr std::size_t k_hashed_a_step = 64;       // bytes
constexpr std::size_t k_small_text = 16;
constexpr int k_question_depth = 2;  // lists in lists

// All that a function can tell its argument apart by; roughly: without small texts and numbers.
std::uint64_t question_of(const ScriptValue& value, bool roughly, int depth = 0) {
  const ScriptMarks& marks = value.marks;
  const std::uint64_t came = (marks.request ? 1U : 0U) + (marks.fetched ? 2U : 0U) + (marks.decoded ? 4U : 0U) +
                             (marks.socket ? 8U : 0U) + (marks.looked_up ? 16U : 0U);
  if (roughly && came == 0 && !value.is_list() && value.view().size() < k_small_text) return 0;
  std::uint64_t sum = mixed(came, static_cast<std::uint64_t>(value.kind) + (value.bytes ? 16U : 0U));
  sum = mixed(sum, static_cast<std::uint64_t>(value.number));
  if (value.text) sum = mixed(sum, std::hash<std::string_view>{}(value.view()));
  if (!value.is_list()) return sum;
  sum = mixed(sum, value.items->size());
  if (depth < k_question_depth)
    for (const ScriptValue& item : *value.items) sum = mixed(sum, question_of(item, roughly, depth + 1));
  return sum;
}

}  // namespace

bool ScriptEvaluator::is_source(std::string_view name) const {
  if (!is(L::asp) && !may_be_known(name)) return false;
  const std::string lower = is(L::asp) ? util::lower(name) : std::string();
  const std::string_view wanted = is(L::asp) ? std::string_view(lower) : name;
  return std::any_of(std::begin(k_sources), std::end(k_sources), [&](const SourceRow& row) {
    if ((row.languages & bit(m_language)) == 0) return false;
    return row.whole ? row.name == wanted : name_fits(wanted, row.name);
  });
}

// A name of a function that runs something or brings input: it may stand in a variable.
bool ScriptEvaluator::is_worth_knowing(std::string_view name) const {
  if (name.empty()) return true;
  if (!is(L::asp) && !may_be_known(name)) return false;
  if (is_source(name)) return true;
  return std::any_of(std::begin(k_sinks), std::end(k_sinks), [&](const SinkRow& row) {
    return (row.languages & bit(m_language)) != 0 && name_fits(name, row.name);
  });
}

// A name that ends like that of a function that runs its argument or decodes it, whatever it is called on.
bool ScriptEvaluator::runs_or_decodes(std::string_view name) const {
  static const auto k_names = [] {
    std::array<NameSet, static_cast<std::size_t>(L::asp) + 1> all;
    for (std::size_t language = 0; language < all.size(); ++language) {
      for (const SinkRow& row : k_sinks)
        if ((row.languages >> language & 1U) != 0) all[language].insert(last_part(row.name));
      for (const CodingRow& row : k_codings) all[language].insert(last_part(row.name));
    }
    return all;
  }();
  const auto& names = k_names[static_cast<std::size_t>(m_language)];
  return is(L::asp) ? names.has(util::lower(last_part(name))) : names.has(last_part(name));
}

// ---- reaching a place that runs

// A command that is known in full, whatever its origin: what it does is for the detectors of shell behaviour to say.
void ScriptEvaluator::note_command(const Value& value, std::uint32_t line) {
  constexpr std::size_t k_most_commands = 256;
  if (m_flows.commands.size() >= k_most_commands) return;
  std::string text;
  if (value.is_text()) {
    text = value.view().substr(0, k_kept_text);
  } else if (value.is_list()) {
    std::vector<std::string> words;
    for (const Value& word : *value.items) {
      if (!word.is_text() || words.size() >= 64) break;
      words.emplace_back(word.view().substr(0, k_kept_text));
    }
    if (words.size() == value.items->size()) text = shell_line(words);
  } else {
    return;
  }
  if (text.size() > 3) m_flows.commands.push_back({line, std::move(text)});
}

void ScriptEvaluator::reach(SinkKind kind, std::string_view name, const Value& given, std::uint32_t line) {
  constexpr std::uint32_t k_spelt_in_numbers = 16;
  Value value = given;
  ScriptMarks& marks = value.marks;
  if (marks.codes >= k_spelt_in_numbers && !marks.decoded) {
    marks.decoded = true;
    marks.decoder = "character codes";
    marks.rounds = 1;
    marks.literal = std::max(marks.literal, marks.codes);
  }
  if (value.is_list() && kind == SinkKind::command) {
    // A program with arguments: a shell's -c is a command, the arguments of any other program are not.
    const Value& program = argument(*value.items, 0);
    if (value.items->size() > 1 && program.is_text() && is_shell_word(program.view()))
      return reach(kind, name, value.items->back(), line);
    if (!value.items->empty()) return reach(kind, name, program, line);
    return;
  }
  if (value.kind == Kind::function) return;
  // A timer mostly takes a function.
  if (name_fits(name, "setTimeout") || name_fits(name, "setInterval") || name_fits(name, "setImmediate"))
    if (!value.is_text()) return;
  const bool noted = marks.request || marks.decoded || marks.fetched || marks.socket;
  if (noted && m_flows.sinks.size() < m_limits.max_sinks) {
    ScriptSink sink;
    sink.kind = kind;
    sink.line = line;
    sink.round = m_sources[m_source].round;
    sink.name = name.substr(0, 64);
    sink.marks = marks;
    sink.known = value.is_text();
    sink.text =
        value.is_text() || value.kind == Kind::unknown ? std::string(value.view().substr(0, k_kept_text)) : "";
    sink.whole = value.is_text() || only_starts_shell(value.kind == Kind::unknown ? value.view() : "");
    m_flows.sinks.push_back(std::move(sink));
  }
  if (value.is_text() && kind != SinkKind::load && kind != SinkKind::write && kind != SinkKind::bytecode)
    run_decoded(kind, value, line);
}

void ScriptEvaluator::run_decoded(SinkKind kind, const Value& value, std::uint32_t line) {
  const std::string_view text = value.view();
  if (text.empty()) return;
  const Source& outer = m_sources[m_source];
  const std::uint32_t round = outer.round + 1;
  if (round > m_limits.max_rounds) {
    m_flows.truncated = true;
    return;
  }
  if (value.marks.decoded) {
    m_flows.rounds = std::max({m_flows.rounds, round, value.marks.rounds});
    std::size_t kept = 0;
    for (const DecodedText& one : m_flows.decoded) kept += one.text.size();
    // The innermost matter; rounds before them hold the same, encoded.
    while (!m_flows.decoded.empty() &&
           (m_flows.decoded.size() >= 8 || kept + text.size() > m_limits.max_decoded_bytes)) {
      kept -= m_flows.decoded.front().text.size();
      m_flows.decoded.erase(m_flows.decoded.begin());
    }
    if (text.size() <= m_limits.max_decoded_bytes) m_flows.decoded.push_back({kind, line, std::string(text)});
  }
  if (kind != SinkKind::code) return;
  if (m_sources.size() > 4'000 || !spend(text.size())) {
    m_flows.truncated = true;
    return;
  }
  m_sources.push_back({std::string(text), {}, outer.line != 0 ? outer.line : line, round});
  Source& source = m_sources.back();
  const bool page = is(L::php) && first_line(text).find("<?") != std::string_view::npos;
  source.tokens = script_tokens(source.owned, m_language, page, m_limits.max_tokens);
  m_flows.truncated |= source.tokens.truncated;
  m_pending.push_back(m_sources.size() - 1);
}

bool ScriptEvaluator::sink(std::string_view name, const Values& arguments, std::uint32_t line) {
  if (!may_be_known(name)) return false;
  for (const SinkRow& row : k_sinks) {
    if ((row.languages & bit(m_language)) == 0) continue;
    const bool fits = is(L::php) || is(L::perl) ? row.name == name || (name_fits(name, row.name) &&
                                                                       name.find('.') == std::string_view::npos)
                                                : name_fits(name, row.name);
    if (!fits) continue;
    // A method of something of ours that happens to have the name: regex.exec(…), db.eval(…).
    if (row.name.find('.') == std::string_view::npos && name != row.name && row.name != "constructor" &&
        row.name != "_compile" && row.name.size() < 6)
      continue;
    const bool all = row.argument == 99;
    if (row.kind == SinkKind::command) {
      // A program and its arguments may come one by one.
      const Value whole =
          all && arguments.size() > 1 ? Value::of_list(arguments) : argument(arguments, all ? 0 : row.argument);
      note_command(whole, line);
      reach(row.kind, name, whole, line);
    } else if (all) {
      for (const Value& value : arguments) reach(row.kind, name, value, line);
    } else {
      reach(row.kind, name, argument(arguments, row.argument), line);
    }
    return true;
  }
  return false;
}

bool ScriptEvaluator::callback(std::string_view name, const Values& arguments, std::uint32_t line) {
  if (!is(L::php)) return false;
  for (const CallbackRow& row : k_callbacks) {
    if (row.name != name) continue;
    const Value& function = argument(arguments, row.function);
    Value data = argument(arguments, row.data);
    if (data.is_list() && !data.items->empty()) data = data.items->front();
    // What a router found for a request is called with whatever; the request's own words with them.
    const bool found = function.marks.looked_up && (data.marks.looked_up || !data.marks.request);
    if (function.marks.request && !found && (data.marks.request || row.data == 1)) {
      reach(SinkKind::code, name, function, line);
    } else if (function.is_text()) {
      sink(util::lower(function.view()), {data, data}, line);
    } else if (function.kind == Kind::function) {
      call_function(static_cast<std::size_t>(function.number), {data});
    }
    return true;
  }
  return false;
}

// ---- calls

ScriptValue ScriptEvaluator::call(const Value& callee, Values arguments, std::uint32_t line) {
  if (callee.kind == Kind::function) return call_function(static_cast<std::size_t>(callee.number), arguments);
  if (callee.is_name()) return call_name(callee.view(), callee, std::move(arguments), line);
  if (callee.is_text() && is(L::php))
    return call_name(callee.view(), Value::of_name(std::string(callee.view())), std::move(arguments), line);
  if (callee.marks.request && is(L::php)) {
    // $_GET['a']($_GET['b']), not the controller that a router knows under the name of a page.
    const ScriptMarks given = marks_of(arguments);
    if (callee.marks.looked_up && (given.looked_up || !given.request)) return Value::unknown();
    reach(SinkKind::code, "a function that the request names", Value::unknown(callee.marks), line);
    return Value::unknown();
  }
  // A call of what is not known keeps where it came from: request.get("x") after a cast, fetched().read().
  ScriptMarks marks = callee.marks;
  marks.request = marks.request && !is(L::php);
  return Value::unknown(marks);
}

// Programs call their helpers from everywhere, and each would walk over all that it calls in turn: what was asked
// before gets the answer that it got. Not of small functions, which build texts piece by piece.
ScriptValue ScriptEvaluator::call_function(std::size_t place, const Values& arguments) {
  constexpr std::size_t k_most_nested = 12;
  constexpr std::uint32_t k_most_idle = 64;
  Function& function = m_functions[place];
  if (m_calls >= k_most_nested || function.idle >= k_most_idle) return Value::unknown(marks_of(arguments));
  if (function.active || m_depth >= m_limits.max_depth || !step()) return Value::unknown(marks_of(arguments));
  if (function.cost <= k_small_call) {
    const std::size_t before = m_steps;
    Value result = evaluate_function(place, arguments);
    Function& same = m_functions[place];
    same.cost = std::max(same.cost, m_steps - before);
    return result;
  }
  // After so many calls small differences between them count no more.
  const bool often = function.calls > k_most_calls;
  std::uint64_t question = mixed(m_known, arguments.size());
  for (const Value& one : arguments) {
    question = mixed(question, question_of(one, often));
    m_steps += one.view().size() / k_hashed_a_step;
  }
  const Answer& given = answer_to(function, question);
  if (given.asked) return often ? Value::unknown(given.value.marks) : given.value;
  // What the arguments bring can be no secret; what variables hold by now may be.
  const bool plain =
      std::all_of(arguments.begin(), arguments.end(), [](const Value& one) { return question_of(one, true) == 0; });
  if (plain && m_repeated > k_most_repeated) {
    m_flows.truncated = true;
    return Value::unknown();
  }
  const std::size_t before = m_steps;
  const bool again = function.calls++ > 0 && plain && !std::exchange(m_repeating, true);
  Value result = evaluate_function(place, arguments);
  if (again) {
    m_repeated += m_steps - before;
    m_repeating = false;
  }
  Answer& answer = answer_to(m_functions[place], question);
  answer.asked = true;
  answer.value = result;
  return result;
}

// The place of the answer, or that of an older one.
ScriptEvaluator::Answer& ScriptEvaluator::answer_to(Function& function, std::uint64_t question) {
  std::vector<Answer>& answers = function.answers;
  const auto found =
      std::find_if(answers.begin(), answers.end(), [&](const Answer& one) { return one.question == question; });
  if (found != answers.end()) return *found;
  if (answers.size() >= k_most_answers) {
    std::rotate(answers.begin(), answers.begin() + 1, answers.end());
    answers.pop_back();
  }
  answers.push_back({question, false, {}});
  return answers.back();
}

ScriptValue ScriptEvaluator::evaluate_function(std::size_t place, const Values& arguments) {
  Function& function = m_functions[place];
  function.active = true;
  function.called = true;
  ++m_calls;
  const std::size_t transforms = m_transforms;
  std::vector<std::pair<std::string, std::optional<Value>>> old;
  const auto bind = [&](const std::string& name, Value value) {
    const auto found = m_variables.find(name);
    old.emplace_back(name, found == m_variables.end() ? std::nullopt : std::optional<Value>(found->second));
    set(name, std::move(value));
  };
  const std::vector<std::string> parameters = function.parameters;
  for (std::size_t i = 0; i < parameters.size() && i < arguments.size(); ++i) bind(parameters[i], arguments[i]);
  if (is(L::perl) && !arguments.empty()) {
    bind("@_", Value::of_list(arguments));
    bind("$_", Value::of_list(arguments));
  }
  const std::size_t source = std::exchange(m_source, function.source);
  Value result = std::exchange(m_result, Value::unknown());
  const std::size_t end = function.end;
  if (function.expression) {
    Cursor at{function.begin, end};
    m_result = expression(at);
  } else {
    run_range(function.begin, end);
  }
  std::swap(result, m_result);
  m_source = source;
  for (auto one = old.rbegin(); one != old.rend(); ++one) {
    if (one->second) {
      set(one->first, std::move(*one->second));
    } else {
      set(one->first, Value::unknown());
      m_variables.erase(one->first);
    }
  }
  --m_calls;
  m_functions[place].active = false;
  if (transforms == m_transforms) ++m_functions[place].idle;
  return result;
}

ScriptValue ScriptEvaluator::call_method(const Value& receiver, std::string_view method, Values arguments,
                                         std::uint32_t line) {
  if (is(L::javascript) && (method == "call" || method == "apply" || method == "bind")) {
    Values rest;
    if (arguments.size() > 1 && method == "apply" && arguments[1].is_list())
      rest = *arguments[1].items;
    else if (arguments.size() > 1)
      rest.assign(arguments.begin() + 1, arguments.end());
    if (receiver.is_name() || receiver.kind == Kind::function)
      return method == "bind" ? receiver : call(receiver, std::move(rest), line);
  }
  if (receiver.is_name()) {
    const Value member = attribute(receiver, method);
    if (member.is_name()) return call_name(member.view(), member, std::move(arguments), line);
    return call(member, std::move(arguments), line);
  }
  if (method == "constructor") return call_name("constructor", receiver, std::move(arguments), line);
  ScriptMarks marks = receiver.marks;
  if (is_source(method) || is_source("request." + std::string(method))) {
    marks.request = true;
    return Value::unknown(marks);
  }
  // A method of ours, by its name alone.
  if (const auto own = m_variables.find(method); own != m_variables.end() && own->second.kind == Kind::function) {
    const auto place = static_cast<std::size_t>(own->second.number);
    const auto& parameters = m_functions[place].parameters;
    if (!parameters.empty() && (parameters[0] == "self" || parameters[0] == "$self"))
      arguments.insert(arguments.begin(), receiver);
    return call_function(place, arguments);
  }
  if (receiver.kind == Kind::unknown && !receiver.text && !arguments.empty() && !marks.decoded && !marks.fetched &&
      !marks.request)
    if (auto known = builtin(method, arguments, line)) return *known;
  arguments.insert(arguments.begin(), receiver);
  // "…".decode("base64") of Python 2, Buffer.toString("utf8")
  if ((method == "decode" || method == "unpack" || method == "unpack1" || method == "pack") && arguments.size() > 1 &&
      arguments[1].is_text()) {
    const std::string_view how = arguments[1].view();
    ScriptCoding coding = coding_named(util::lower(how));
    if (method != "decode") {
      coding = how.starts_with('m')                       ? ScriptCoding::base64
               : how.starts_with('H') && method == "pack" ? ScriptCoding::hex
               : how.starts_with('u')                     ? ScriptCoding::uu
                                                          : ScriptCoding::none;
      if (coding != ScriptCoding::none) {
        const Value& input = receiver.is_list() && !receiver.items->empty() ? receiver.items->front() : receiver;
        return decode(coding, input);
      }
      if (how.find_first_of("CcUW") != std::string_view::npos && method == "pack")
        if (auto text = list_builtin("chars", {receiver})) return *text;
    } else if (coding != ScriptCoding::none) {
      return decode(coding, receiver);
    }
  }
  if ((method == "exec" || method == "start") && is(L::java)) {
    sink(method == "exec" ? "Runtime.exec" : "ProcessBuilder", {argument(arguments, 1)}, line);
    return Value::unknown();
  }
  if (is(L::asp) && (util::lower(method) == "exec" || util::lower(method) == "run"))
    sink("wscript." + util::lower(method), {argument(arguments, 1)}, line);
  const bool runs = method == "eval" || method == "instance_eval" || method == "class_eval" ||
                    method == "defineClass" || method == "_compile" || method == "execSync";
  if (runs) {
    const Values code(arguments.begin() + 1, arguments.end());
    if (method == "defineClass" || method == "eval") {
      if (is(L::java))
        for (const Value& value : code)
          reach(method == "eval" ? SinkKind::code : SinkKind::bytecode, method, value, line);
    } else {
      sink(method, code, line);
    }
  }
  // (new ReflectionFunction($_GET['f']))->invoke($_GET['a'])
  const std::string php_method = is(L::php) ? util::lower(method) : std::string();
  if ((php_method == "invoke" || php_method == "invokeargs" || php_method == "__invoke") && marks.request &&
      !marks.looked_up && marks_of(Values(arguments.begin() + 1, arguments.end())).request) {
    reach(SinkKind::code, method, Value::unknown(marks), line);
    return Value::unknown();
  }
  if (auto known = builtin(method, arguments, line)) return *known;
  const bool of_request = marks.request;
  marks.join(marks_of(arguments));
  marks.looked_up = marks.request && (!of_request || marks.looked_up);
  return Value::unknown(marks);
}

ScriptValue ScriptEvaluator::call_name(std::string_view written, const Value& callee, Values arguments,
                                       std::uint32_t line) {
  const std::string lower = is(L::php) || is(L::asp) ? util::lower(written) : std::string(written);
  const std::string_view name = is_source(written) ? written : std::string_view(lower);
  if (is(L::php)) {
    const auto function = m_variables.find(written);
    if (function != m_variables.end() && function->second.kind == Kind::function)
      return call_function(static_cast<std::size_t>(function->second.number), arguments);
  }
  if (is_source(written)) {
    ScriptMarks marks;
    marks.request = true;
    return Value::unknown(marks);
  }
  if (callee.marks.request) return Value::unknown(callee.marks);
  if (name == "getattr" || name == "Object.getOwnPropertyDescriptor")
    if (argument(arguments, 1).is_text()) return attribute(argument(arguments, 0), argument(arguments, 1).view());
  if ((name == "globals" || name == "locals" || name == "vars") && arguments.empty()) return Value::of_name("");
  const bool imports = name == "__import__" || name == "importlib.import_module" ||
                       (name == "require" && is(L::javascript)) || name == "import" ||
                       (name == "process.mainModule.require");
  if (imports && argument(arguments, 0).is_text()) {
    std::string_view module = argument(arguments, 0).view();
    if (module.starts_with("node:")) module.remove_prefix(5);
    if (module == "builtins" || module == "__builtin__") return Value::of_name("");
    return Value::of_name(std::string(module.substr(0, 200)));
  }
  if (name == "preg_replace" && is(L::php)) {
    const Value& pattern = argument(arguments, 0);
    const std::string_view text = pattern.view();
    const std::size_t close = pattern.is_text() && !text.empty() ? text.rfind(text[0]) : std::string_view::npos;
    if (close != std::string_view::npos && close > 0 && text.find('e', close) != std::string_view::npos) {
      reach(SinkKind::code, "preg_replace", argument(arguments, 1), line);
      reach(SinkKind::code, "preg_replace", argument(arguments, 2), line);
      return Value::unknown();
    }
  }
  if ((name == "file_put_contents" || name == "move_uploaded_file" || name == "fwrite" || name == "copy") &&
      is(L::php) && arguments.size() > 1) {
    ScriptMarks marks = arguments[0].marks;
    const bool both = arguments[0].marks.request && arguments[1].marks.request;
    if (both && name != "fwrite") reach(SinkKind::write, name, Value::unknown(marks), line);
    return Value::unknown();
  }
  if (is(L::perl) && name == "open" && arguments.size() > 1) {
    const Value& last = arguments.back();
    const std::string_view mode = argument(arguments, 1).view();
    if (arguments.size() > 2 ? mode == "-|" || mode == "|-" : last.marks.request)
      reach(SinkKind::command, "open", last, line);
    return Value::unknown();
  }
  if (callback(name, arguments, line)) return Value::unknown();
  if (std::find(std::begin(k_cleaners), std::end(k_cleaners), name) != std::end(k_cleaners)) {
    if (auto known = builtin(name, arguments, line)) return *known;
    return Value::unknown();
  }
  const bool passes_sink = sink(name, arguments, line);
  if (passes_sink && name != "marshal.loads") return Value::unknown();
  if (auto known = builtin(name, arguments, line)) return *known;
  const bool known = may_be_known(written) || may_be_known(name);
  for (const std::string_view fetcher : k_fetchers) {
    if (!known) break;
    if (!name_fits(written, fetcher) && !name_fits(name, fetcher)) continue;
    ScriptMarks marks = marks_of(arguments);
    marks.fetched = true;
    for (const Value& value : arguments)
      if (value.is_text() && value.view().find("://") != std::string_view::npos && !marks.url)
        marks.url = std::make_shared<const std::string>(value.view().substr(0, 512));
    return Value::unknown(marks);
  }
  if (name == "file_get_contents" || name == "fopen" || name == "open" || name == "stream_get_contents") {
    ScriptMarks marks = argument(arguments, 0).marks;
    const std::string_view path = argument(arguments, 0).view();
    if (path.find("php://input") != std::string_view::npos)
      marks.request = true;
    else if (!marks.fetched)
      marks = ScriptMarks{};
    if (path.starts_with("http://") || path.starts_with("https://") || path.starts_with("ftp://")) {
      marks.fetched = true;
      marks.url = std::make_shared<const std::string>(path.substr(0, 512));
    }
    return Value::unknown(marks);
  }
  if (is(L::php) && std::find(k_keeps_php.begin(), k_keeps_php.end(), name) != k_keeps_php.end())
    return Value::unknown(marks_of(arguments));
  // What was made from input by a constructor or a reader is input still.
  return Value::unknown(callee.marks);
}

ScriptValue ScriptEvaluator::decode(ScriptCoding coding, const Value& input) {
  ++m_transforms;
  ScriptMarks marks = input.marks;
  marks.decoded = true;
  marks.decoder = to_string(coding);
  ++marks.rounds;
  std::string out;
  if (!input.is_text() || !apply_coding(coding, input.view(), m_limits.max_value_bytes, out))
    return Value::unknown(marks);
  return made(std::move(out), std::move(marks), true);
}

ScriptValue ScriptEvaluator::reversed(const Value& input) {
  if (input.is_list()) {
    Values items(input.items->rbegin(), input.items->rend());
    return Value::of_list(std::move(items), input.marks);
  }
  if (!input.is_text()) return Value::unknown(input.marks);
  ScriptMarks marks = input.marks;
  marks.decoded = true;
  marks.decoder = "reversal";
  ++marks.rounds;
  return made(std::string(input.view().rbegin(), input.view().rend()), std::move(marks), input.bytes);
}

// A text as the list of its elements.
ScriptValue ScriptEvaluator::elements(const Value& value) const {
  if (!value.is_text() || value.view().size() > k_most_list) return value;
  Values items;
  items.reserve(value.view().size());
  for (const char c : value.view())
    items.push_back(value.bytes ? Value::of_number(static_cast<unsigned char>(c))
                                : Value::of_text(std::string(1, c)));
  return Value::of_list(std::move(items), value.marks);
}

std::optional<ScriptValue> ScriptEvaluator::builtin(std::string_view name, const Values& arguments,
                                                    std::uint32_t line) {
  const bool known = may_be_known(name);
  for (const CodingRow& row : k_codings)
    if (known && name_fits(name, row.name)) return decode(row.coding, argument(arguments, row.argument));
  if (name_fits(name, "codecs.decode") && argument(arguments, 1).is_text()) {
    const ScriptCoding coding = coding_named(util::lower(arguments[1].view()));
    return coding == ScriptCoding::none ? arguments[0] : decode(coding, arguments[0]);
  }
  if (name_fits(name, "Buffer.from") || name == "Buffer") {
    const ScriptCoding coding =
        argument(arguments, 1).is_text() ? coding_named(util::lower(arguments[1].view())) : ScriptCoding::none;
    if (coding != ScriptCoding::none) return decode(coding, arguments[0]);
    if (argument(arguments, 0).is_list()) return list_builtin("chars", arguments);
    return argument(arguments, 0);
  }
  if (name == "pack" && arguments.size() > 1 && arguments[0].is_text()) {
    if (arguments[0].view().starts_with('H')) return decode(ScriptCoding::hex, arguments[1]);
    if (arguments[0].view().find_first_of("CcUWN") != std::string_view::npos)
      return list_builtin("chars", {arguments[1].is_list() && arguments.size() == 2
                                        ? arguments[1]
                                        : Value::of_list(Values(arguments.begin() + 1, arguments.end()))});
  }
  if (name == "unpack" && arguments.size() > 1 && arguments[0].is_text()) {
    if (arguments[0].view().starts_with('u')) return decode(ScriptCoding::uu, arguments[1]);
    return Value::unknown(marks_of(arguments));
  }
  if (auto text = text_builtin(name, arguments)) return text;
  if (auto list = list_builtin(name, arguments)) return list;
  for (const std::string_view one : k_passes)
    if (known && name_fits(name, one)) {
      if (argument(arguments, 0).is_list() && (name == "bytes" || name == "bytearray"))
        return list_builtin("chars", arguments);
      Value value = argument(arguments, 0);
      if (name == "bytes" || name == "bytearray" || name == "encode") value.bytes = true;
      if (name == "str" || name == "decode" || name == "toString") value.bytes = false;
      if (value.is_name() && !value.marks.request) return Value::unknown(value.marks);
      return value;
    }
  (void)line;
  return std::nullopt;
}

}  // namespace hullcheck::detect
