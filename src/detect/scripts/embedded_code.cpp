// See embedded_code.hpp. One small tokenizer serves all languages: names, strings, numbers, operators.
#include "detect/scripts/embedded_code.hpp"

#include <algorithm>
#include <cctype>
#include <map>

#include "detect/content/word_search.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = 256U << 10;

enum class Kind : unsigned char { name, text, number, sign };
struct Token {
  Kind kind;
  std::string value;
};

bool is_name_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || c == '@';
}

// A dotted or :: joined chain is one name, so that os.dup2 and IO::Socket::INET can be looked up whole.
class Tokenizer {
 public:
  Tokenizer(std::string_view language, std::string_view code) : m_language(language), m_code(code) {}
  std::vector<Token> run() {
    while (m_pos < m_code.size()) step();
    join_modules();
    return std::move(m_tokens);
  }

 private:
  // require("net").connect and __import__("os").system are one chain each.
  void join_modules() {
    std::vector<Token> joined;
    for (std::size_t i = 0; i < m_tokens.size(); ++i) {
      const bool import =
          m_tokens[i].kind == Kind::name && (m_tokens[i].value == "require" || m_tokens[i].value == "__import__") &&
          i + 5 < m_tokens.size() && m_tokens[i + 1].value == "(" && m_tokens[i + 2].kind == Kind::text &&
          m_tokens[i + 3].value == ")" && m_tokens[i + 4].value == "." && m_tokens[i + 5].kind == Kind::name;
      if (!import) {
        joined.push_back(std::move(m_tokens[i]));
        continue;
      }
      joined.push_back({Kind::name, m_tokens[i].value});
      joined.push_back({Kind::name, m_tokens[i + 2].value + "." + m_tokens[i + 5].value});
      i += 5;
    }
    m_tokens = std::move(joined);
  }
  bool starts(std::string_view what) const { return m_code.substr(m_pos, what.size()) == what; }
  void skip_line() { m_pos = std::min(m_code.find('\n', m_pos), m_code.size()); }
  void step() {
    const char c = m_code[m_pos];
    const bool slashes = m_language == "node" || m_language == "php";
    if ((c == '#' && m_language != "node" && m_language != "lua") || (slashes && starts("//")) ||
        (m_language == "lua" && starts("--"))) {
      skip_line();
    } else if (slashes && starts("/*")) {
      const std::size_t end = m_code.find("*/", m_pos + 2);
      m_pos = end == std::string_view::npos ? m_code.size() : end + 2;
    } else if (c == '"' || c == '\'' || (c == '`' && m_language != "python")) {
      read_text(c);
    } else if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      read_while(Kind::number);
    } else if (is_name_char(c)) {
      read_while(Kind::name);
    } else {
      if (std::isspace(static_cast<unsigned char>(c)) == 0)
        read_sign();
      else
        ++m_pos;
    }
  }
  void read_text(char quote) {
    const std::string triple(3, quote);
    const bool three = m_language == "python" && starts(triple);
    m_pos += three ? 3 : 1;
    std::string value;
    while (m_pos < m_code.size() && !(three ? starts(triple) : m_code[m_pos] == quote)) {
      if (m_code[m_pos] == '\\' && m_pos + 1 < m_code.size()) ++m_pos;
      value.push_back(m_code[m_pos++]);
    }
    m_pos = std::min(m_pos + (three ? 3 : 1), m_code.size());
    if (quote == '`') m_tokens.push_back({Kind::name, m_language == "node" ? "template" : "backtick"});
    m_tokens.push_back({Kind::text, std::move(value)});
  }
  void read_while(Kind kind) {
    const std::size_t start = m_pos;
    while (m_pos < m_code.size()) {
      const char c = m_code[m_pos];
      const char next = m_pos + 1 < m_code.size() ? m_code[m_pos + 1] : '\0';
      if (is_name_char(c))
        ++m_pos;
      else if (kind == Kind::name && c == '.' && is_name_char(next))
        ++m_pos;
      else if (kind == Kind::name && c == ':' && next == ':')
        m_pos += 2;
      else
        break;
    }
    m_tokens.push_back({kind, std::string(m_code.substr(start, m_pos - start))});
  }
  void read_sign() {
    std::size_t length = 1;
    if (starts("|&") || starts("=>") || starts("->") || starts(">&") || starts("<&")) length = 2;
    m_tokens.push_back({Kind::sign, std::string(m_code.substr(m_pos, length))});
    m_pos += length;
  }

  std::string_view m_language;
  std::string_view m_code;
  std::size_t m_pos = 0;
  std::vector<Token> m_tokens;
};

// Words are last parts of a chain ("connect" of s.connect) or, with a dot or colon, whole ends of it ("os.system").
struct LanguageWords {
  std::string_view language;
  std::vector<std::string_view> connects;
  std::vector<std::string_view> listens;
  std::vector<std::string_view> sockets;  // one of these must be there as well
  std::vector<std::string_view> runs;
  std::vector<std::string_view> feeds;  // ties the socket to what runs: one must be there, unless the list is empty
  std::vector<std::string_view> evaluates;
  std::vector<std::string_view> requests;
  std::vector<std::string_view> decoders;
};

const std::vector<LanguageWords>& languages() {
  static const std::vector<LanguageWords> k_languages = {
      {"python",
       {"connect", "connect_ex", "create_connection"},
       {"listen"},
       {"socket", "socket.socket", "create_connection"},
       {"subprocess.call", "subprocess.Popen", "subprocess.run", "subprocess.check_output", "os.system", "os.popen",
        "os.execve", "os.execl", "os.execv", "os.execvp", "os.execlp", "pty.spawn", "call", "Popen", "spawn",
        "check_output", "getoutput"},
       {"dup2", "recv", "makefile", "fileno"},
       {"exec", "eval", "os.system", "os.popen", "subprocess.run", "subprocess.call", "subprocess.Popen",
        "check_output", "getoutput", "runpy.run_path"},
       {"urlopen", "requests.get", "requests.post", "urlretrieve", "urllib2.urlopen", "HTTPSConnection",
        "HTTPConnection", "httpx.get", "wget.download", "retrbinary", "retrlines"},
       {"b64decode", "a85decode", "b32decode", "b85decode", "unhexlify", "fromhex", "zlib.decompress",
        "marshal.loads"}},
      {"perl",
       {"connect", "IO::Socket::INET", "IO::Socket::SSL"},
       {"listen"},
       {"socket", "IO::Socket::INET", "IO::Socket::SSL", "Socket"},
       {"exec", "system", "backtick", "fdopen", "open", "qx"},
       {"exec", "fdopen", "system", "backtick", "qx"},
       {"eval", "system", "exec"},
       {"LWP::Simple", "LWP::UserAgent", "HTTP::Tiny", "getstore", "getprint", "mirror"},
       {"decode_base64", "unpack"}},
      {"ruby",
       {"TCPSocket.open", "TCPSocket.new", "Socket.tcp"},
       {"TCPServer.new", "TCPServer.open"},
       {},
       {"exec", "spawn", "system", "IO.popen", "popen", "backtick", "Open3.popen3", "Kernel.exec"},
       {},
       {"eval", "system", "instance_eval", "exec", "spawn"},
       {"Net::HTTP.get", "URI.open", "open_uri", "open", "URI.parse"},
       {"Base64.decode64", "Base64.strict_decode64", "unpack"}},
      {"node",
       {"connect", "createConnection", "net.Socket"},
       {"createServer"},
       {"net.connect", "net.Socket", "net.createConnection", "require", "Socket"},
       {"exec", "spawn", "execSync", "spawnSync", "execFile"},
       {"pipe", "stdin", "stdout", "write"},
       {"eval", "Function", "exec", "execSync", "spawn", "spawnSync", "execFile", "execFileSync", "runInThisContext"},
       {"https.get", "http.get", "fetch", "axios.get"},
       {"atob", "Buffer.from"}},
      {"php",
       {"fsockopen", "pfsockopen", "stream_socket_client", "socket_connect"},
       {"socket_listen", "stream_socket_server"},
       {},
       {"exec", "shell_exec", "system", "passthru", "popen", "proc_open", "backtick", "pcntl_exec"},
       {},
       {"eval", "assert", "system", "create_function", "exec", "shell_exec", "passthru", "popen", "proc_open"},
       {"file_get_contents", "curl_exec", "fopen"},
       {"base64_decode", "gzinflate", "gzuncompress", "str_rot13", "hex2bin"}},
      {"lua",
       {"connect"},
       {"listen"},
       {"socket.tcp", "tcp", "require"},
       {"os.execute", "io.popen"},
       {},
       {"loadstring", "load", "os.execute", "io.popen"},
       {"http.request", "https.request", "request"},
       {"mime.unb64", "unb64"}},
      {"Rscript",
       {"socketConnection", "make.socket"},
       {"serverSocket"},
       {},
       {"system", "system2", "shell"},
       {},
       {"system", "system2", "shell", "eval", "source"},
       {"download.file", "url", "source"},
       {"base64decode", "rawToChar"}}};
  return k_languages;
}

const LanguageWords* words_of(std::string_view language) {
  const auto row = std::find_if(languages().begin(), languages().end(),
                                [&](const LanguageWords& w) { return w.language == language; });
  return row == languages().end() ? nullptr : &*row;
}

bool matches(std::string_view chain, std::string_view word) {
  if (chain.size() < word.size() || chain.substr(chain.size() - word.size()) != word) return false;
  if (chain.size() == word.size()) return true;
  const char before = chain[chain.size() - word.size() - 1];
  return before == '.' || before == ':' || before == '$' || before == '@';
}

const Token* find_any(const std::vector<Token>& tokens, const std::vector<std::string_view>& words, std::size_t& at) {
  for (at = 0; at < tokens.size(); ++at) {
    if (tokens[at].kind != Kind::name) continue;
    for (const std::string_view word : words)
      if (matches(tokens[at].value, word)) return &tokens[at];
  }
  return nullptr;
}

bool has_any(const std::vector<Token>& tokens, const std::vector<std::string_view>& words) {
  std::size_t at = 0;
  return find_any(tokens, words, at) != nullptr;
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool looks_like_host(std::string_view text) {
  if (text.size() < 3 || text.size() > 253) return false;
  if (text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]") !=
      std::string_view::npos)
    return false;
  return text.find('.') != std::string_view::npos || text == "localhost" || text.find(':') != std::string_view::npos;
}

// The first literal host and port behind `from`; names assigned a literal before are followed.
void find_endpoint(const std::vector<Token>& tokens, std::size_t from, EmbeddedSummary& out) {
  std::map<std::string, std::string> assigned;
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (tokens[i].kind != Kind::name || tokens[i + 1].value != "=" || tokens[i + 1].kind != Kind::sign) continue;
    if (tokens[i + 2].kind == Kind::text || tokens[i + 2].kind == Kind::number)
      assigned.emplace(tokens[i].value, tokens[i + 2].value);
  }
  const auto take = [&out](const std::string& value) {
    std::string host = value;
    const std::size_t scheme = host.find("://");
    if (scheme != std::string::npos) host = host.substr(scheme + 3);
    const std::size_t colon = host.rfind(':');
    if (colon != std::string::npos && is_port(host.substr(colon + 1)) && out.port.empty()) {
      out.port = host.substr(colon + 1);
      host = host.substr(0, colon);
    }
    if (out.port.empty() && is_port(value))
      out.port = value;
    else if (out.host.empty() && looks_like_host(host))
      out.host = host;
  };
  for (std::size_t i = from; i < tokens.size() && i < from + 40 && (out.host.empty() || out.port.empty()); ++i) {
    const auto known = assigned.find(tokens[i].value);
    if (tokens[i].kind == Kind::text || tokens[i].kind == Kind::number) take(tokens[i].value);
    if (tokens[i].kind == Kind::name && known != assigned.end()) take(known->second);
  }
  // Perl's socket calls come after the variables: fall back to what was assigned at all.
  for (const auto& [name, value] : assigned) {
    if (out.host.empty() && looks_like_host(value)) take(value);
    if (out.port.empty() && is_port(value) &&
        (name.find('p') != std::string::npos || name.find('P') != std::string::npos))
      take(value);
  }
}

bool is_sign(const std::vector<Token>& tokens, std::size_t i, std::string_view sign) {
  return i < tokens.size() && tokens[i].kind == Kind::sign && tokens[i].value == sign;
}

bool matches_any(std::string_view chain, const std::vector<std::string_view>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return matches(chain, word); });
}

// The end of the call whose "(" is at `open`, or of the statement for calls without brackets.
std::size_t end_of_call(const std::vector<Token>& tokens, std::size_t open) {
  int depth = 0;
  std::size_t i = open;
  for (; i < tokens.size() && i < open + 128; ++i) {
    if (is_sign(tokens, i, "(")) ++depth;
    if (is_sign(tokens, i, ")") && --depth <= 0) return i;
    if (is_sign(tokens, i, ";")) return i;
  }
  return i;
}

// Files that calls which save name by text or by a variable, and whether a call that runs names one of them.
void find_saved(const std::vector<Token>& tokens, const LanguageWords& row, EmbeddedSummary& out) {
  static const std::vector<std::string_view> k_savers = {
      "urlretrieve",       "open",   "getstore", "mirror",   "writeFileSync", "writeFile",     "createWriteStream",
      "file_put_contents", "copy",   "fopen",    "IO.write", "File.write",    "wget.download", "download.file",
      "File.open",         "io.open"};
  std::map<std::string, std::string> assigned;
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i)
    if (tokens[i].kind == Kind::name && is_sign(tokens, i + 1, "=") && tokens[i + 2].kind == Kind::text)
      assigned[tokens[i].value] = tokens[i + 2].value;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < tokens.size() && out.saved.size() < 8; ++i) {
    if (tokens[i].kind != Kind::name || !matches_any(tokens[i].value, k_savers)) continue;
    const std::size_t end = end_of_call(tokens, i + 1);
    for (std::size_t k = i + 1; k < end; ++k) {
      const auto variable = tokens[k].kind == Kind::name ? assigned.find(tokens[k].value) : assigned.end();
      std::string path = variable != assigned.end() ? variable->second : tokens[k].value;
      if (tokens[k].kind != Kind::text && variable == assigned.end()) continue;
      while (!path.empty() && (path[0] == '>' || path[0] == ' ')) path.erase(0, 1);
      const bool named = path.find('/') != std::string::npos || variable != assigned.end() || path.size() > 3;
      if (path.size() < 3 || path.find("://") != std::string::npos || path.find(' ') != std::string::npos || !named)
        continue;
      out.saved.push_back(path);
      names.push_back(variable != assigned.end() ? tokens[k].value : std::string());
      break;
    }
  }
  for (std::size_t i = 0; i < tokens.size() && !out.runs_saved; ++i) {
    static const std::vector<std::string_view> k_loaders = {
        "do",     "load",         "dofile",          "include", "require",        "include_once",
        "source", "require_once", "sys.path.insert", "import",  "sys.path.append"};
    const bool runs = tokens[i].kind == Kind::name &&
                      (matches_any(tokens[i].value, row.runs) || matches_any(tokens[i].value, row.evaluates) ||
                       matches_any(tokens[i].value, k_loaders));
    if (!runs || matches_any(tokens[i].value, {"open", "popen"})) continue;
    const std::size_t end = end_of_call(tokens, i + 1);
    for (std::size_t k = i + 1; k < end; ++k)
      for (std::size_t n = 0; n < out.saved.size(); ++n) {
        const std::string& path = out.saved[n];
        const bool text =
            tokens[k].kind == Kind::text && path.size() > 2 && tokens[k].value.find(path) != std::string::npos;
        const bool name = tokens[k].kind == Kind::name && !names[n].empty() && tokens[k].value == names[n];
        out.runs_saved = out.runs_saved || text || name;
      }
  }
}

// PHP's include takes an address, and copy() saves what lies there.
void find_addresses_of_php(const std::vector<Token>& tokens, EmbeddedSummary& out) {
  static const std::vector<std::string_view> k_includes = {"include", "include_once", "require", "require_once"};
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].kind != Kind::name) continue;
    const std::size_t next = is_sign(tokens, i + 1, "(") ? i + 2 : i + 1;
    const bool address =
        next < tokens.size() && tokens[next].kind == Kind::text && tokens[next].value.find("://") < 6;
    if (!address) continue;
    if (matches_any(tokens[i].value, k_includes)) out.fetches = out.runs_fetched = true;
    out.fetches |= matches(tokens[i].value, "copy");
  }
}

// gawk speaks TCP through the name of a special file and runs commands through a coprocess.
EmbeddedSummary summarise_awk(const std::vector<Token>& tokens) {
  EmbeddedSummary out;
  bool network = false;
  bool runs = false;
  std::size_t coprocesses = 0;
  std::vector<std::string> readers;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string& value = tokens[i].value;
    if (tokens[i].kind == Kind::text && value.substr(0, 6) == "/inet/") {
      network = true;
      std::size_t slash = value.find('/', 6);
      slash = slash == std::string::npos ? slash : value.find('/', slash + 1);
      if (slash != std::string::npos) {
        const std::size_t end = value.find('/', slash + 1);
        out.host = value.substr(slash + 1, end == std::string::npos ? end : end - slash - 1);
        if (end != std::string::npos) out.port = value.substr(end + 1);
      }
    }
    if (tokens[i].kind == Kind::name && value == "system") runs = true;
    const bool pipe = tokens[i].kind == Kind::sign && (value == "|&" || value == "|");
    if (!pipe || i == 0 || i + 1 >= tokens.size() || tokens[i + 1].value != "getline") continue;
    ++coprocesses;
    if (std::find(readers.begin(), readers.end(), tokens[i - 1].value) == readers.end())
      readers.push_back(tokens[i - 1].value);
  }
  out.reverse_shell = network && coprocesses > 0 && (runs || readers.size() > 1);
  return out;
}

}  // namespace

bool may_fetch(std::string_view language, std::string_view code) {
  static const std::vector<WordSearch> k_requests = [] {
    std::vector<WordSearch> all;
    for (const LanguageWords& row : languages()) all.emplace_back(row.requests);
    return all;
  }();
  const LanguageWords* const row = words_of(language);
  return row != nullptr && k_requests[static_cast<std::size_t>(row - languages().data())].find(code).any();
}

EmbeddedSummary summarise_code(std::string_view language, std::string_view code) {
  const std::vector<Token> tokens = Tokenizer(language, code.substr(0, k_most_bytes)).run();
  if (language == "awk") return summarise_awk(tokens);
  EmbeddedSummary out;
  const LanguageWords* const row = words_of(language);
  if (row == nullptr) return out;
  for (const Token& token : tokens) {
    const bool url =
        token.kind == Kind::text && (token.value.substr(0, 7) == "http://" ||
                                     token.value.substr(0, 8) == "https://" || token.value.substr(0, 6) == "ftp://");
    if (url && out.urls.size() < 8) out.urls.push_back(token.value);
  }
  // FTP("192.0.2.7") of Python
  for (std::size_t i = 0; language == "python" && i + 2 < tokens.size() && out.urls.empty(); ++i)
    if (tokens[i].kind == Kind::name && matches(tokens[i].value, "FTP") && is_sign(tokens, i + 1, "(") &&
        tokens[i + 2].kind == Kind::text)
      out.urls.push_back("ftp://" + tokens[i + 2].value);
  std::size_t at = 0;
  const bool connects = find_any(tokens, row->connects, at) != nullptr;
  std::size_t listening = 0;
  const bool listens = find_any(tokens, row->listens, listening) != nullptr;
  const bool socket = row->sockets.empty() || has_any(tokens, row->sockets);
  const bool feeds = row->feeds.empty() || has_any(tokens, row->feeds);
  if ((connects || listens) && socket && feeds && has_any(tokens, row->runs)) {
    out.reverse_shell = true;
    out.listens = listens && !connects;
    find_endpoint(tokens, connects ? at : 0, out);
  }
  const bool evaluates = has_any(tokens, row->evaluates);
  const bool speaks = language != "lua" || code.find("socket.http") != std::string_view::npos ||
                      code.find("ssl.https") != std::string_view::npos;
  out.fetches = speaks && has_any(tokens, row->requests) && !out.urls.empty();
  out.decodes = has_any(tokens, row->decoders);
  if (language == "php" && !out.urls.empty()) find_addresses_of_php(tokens, out);
  if (out.fetches) find_saved(tokens, *row, out);
  // With the result in a file, what matters is whether that file is what gets run.
  out.runs_fetched |= evaluates && out.fetches && out.saved.empty();
  // eval(decode(…)): the decoder must stand inside the brackets of the evaluation, not merely in the same program.
  for (std::size_t i = 0; i < tokens.size() && !out.runs_decoded; ++i) {
    if (tokens[i].kind != Kind::name) continue;
    const bool sink = std::any_of(row->evaluates.begin(), row->evaluates.end(),
                                  [&](std::string_view w) { return matches(tokens[i].value, w); });
    if (!sink) continue;
    int open = 0;
    for (std::size_t k = i + 1; k < tokens.size() && k < i + 64; ++k) {
      if (tokens[k].value == "(" && tokens[k].kind == Kind::sign) ++open;
      if (tokens[k].value == ")" && tokens[k].kind == Kind::sign && --open <= 0) break;
      if (tokens[k].value == ";" && tokens[k].kind == Kind::sign) break;
      if (tokens[k].kind != Kind::name) continue;
      out.runs_decoded = std::any_of(row->decoders.begin(), row->decoders.end(),
                                     [&](std::string_view w) { return matches(tokens[k].value, w); });
      if (out.runs_decoded) break;
    }
  }
  return out;
}

}  // namespace hullcheck::detect
