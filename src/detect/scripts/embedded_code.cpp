// See embedded_code.hpp. One small tokenizer serves all languages: names, strings, numbers, operators.
#include "detect/scripts/embedded_code.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "detect/content/word_search.hpp"
#include "detect/words.hpp"

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

// The end of the call whose "(" is at `open`. Without brackets, of the statement, or where another call begins.
std::size_t end_of_call(const std::vector<Token>& tokens, std::size_t open) {
  const bool brackets = is_sign(tokens, open, "(");
  int depth = 0;
  std::size_t i = open;
  for (; i < tokens.size() && i < open + 128; ++i) {
    if (is_sign(tokens, i, "(")) ++depth;
    if (is_sign(tokens, i, ")") && --depth <= 0) return i;
    if (is_sign(tokens, i, ";")) return i;
    if (!brackets && i > open && tokens[i].kind == Kind::name && is_sign(tokens, i + 1, "(")) return i;
  }
  return std::min(i, tokens.size());
}

// Calls that read a file as code of their own language. A method that bears such a name (`yaml.load`) reads data.
bool is_evaluator(std::string_view language, std::string_view name) {
  static const std::map<std::string_view, std::string_view> k_evaluators = {
      {"python",
       " exec eval execfile sys.path.insert sys.path.append pickle.load pickle.loads dill.load cloudpickle.load "
       "marshal.load marshal.loads "},
      {"perl", " do require eval "},
      {"ruby", " load require eval instance_eval Kernel.load Kernel.require "},
      {"node",
       " require import fork eval Function runInThisContext vm.runInThisContext vm.runInNewContext process.dlopen "},
      {"php", " include include_once require require_once eval assert create_function "},
      {"lua", " dofile loadfile load loadstring require package.loadlib "},
      {"Rscript", " source eval dyn.load sys.source "}};
  static const std::vector<std::string_view> k_methods = {
      "spec_from_file_location", "SourceFileLoader", "run_path", "LoadLibrary", "CDLL", "dlopen"};
  if (matches_any(name, k_methods)) return true;
  const auto row = k_evaluators.find(language);
  return row != k_evaluators.end() && is_listed(row->second, name);
}

enum class Use : std::uint8_t { reads, unpacks, runs };

// What a program does with a file among its arguments. Most programs only read it.
Use use_by(std::string_view program) {
  static constexpr std::string_view k_run =
      " sh bash ash dash zsh ksh fish csh tcsh source . eval exec busybox perl ruby php lua luajit node nodejs bun "
      "deno "
      "java dotnet mono wine Rscript julia pwsh tclsh expect awk gawk make chmod install dpkg rpm apt apt-get yum "
      "dnf apk "
      "pip pip3 npm gem insmod modprobe start xdg-open crontab at batch ld.so docker podman ctr nerdctl sudo doas su "
      "nohup env setsid timeout nice ionice stdbuf unbuffer screen tmux script xargs chroot unshare proot nsenter "
      "sys.executable process.execPath process.argv0 PHP_BINARY RbConfig.ruby ";
  static constexpr std::string_view k_unpack =
      " tar bsdtar unzip 7z 7za gunzip gzip bunzip2 bzip2 unxz xz zstd unzstd lz4 cpio ar cp mv ln cat dd base64 "
      "openssl "
      "gpg tail head xxd ";
  const std::string_view base = program.substr(program.rfind('/') + 1);
  const std::string_view bare = base.substr(0, base.find_last_not_of("0123456789.") + 1);
  if (is_listed(k_run, program) || is_listed(k_run, base) || is_listed(k_run, bare) || base.starts_with("ld-linux") ||
      base.starts_with("python") || base.starts_with("pypy"))
    return Use::runs;
  return is_listed(k_unpack, base) ? Use::unpacks : Use::reads;
}

// The words of a text, from where the shell begins its last command.
void add_words(std::string_view text, std::vector<std::string>& words) {
  constexpr std::size_t k_most_text = 512, k_most_words = 64;
  text = text.substr(text.size() - std::min(text.size(), k_most_text));
  if (const std::size_t sign = text.find_last_of(";|&(`\n"); sign != std::string_view::npos) {
    words.clear();
    text.remove_prefix(sign + 1);
  }
  while (!text.empty() && words.size() < k_most_words) {
    const std::size_t end = std::min(text.find_first_of(" \t'\""), text.size());
    const std::string_view word = text.substr(0, end);
    if (!word.empty() && word.find('=') == std::string_view::npos) words.emplace_back(word);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// What the command in the call at `call` does with the file that its token `at` names, by `path` where it is a text:
// nothing before it, and the file itself is the program.
Use use_of(const std::vector<Token>& tokens, std::size_t call, std::size_t at, std::string_view path,
           const std::map<std::string, std::string>& assigned) {
  constexpr std::size_t k_most_places = 8;
  std::vector<std::string> before;
  for (std::size_t i = call + 1; i < at; ++i) {
    if (tokens[i].kind == Kind::text) add_words(tokens[i].value, before);
    if (tokens[i].kind != Kind::name || is_sign(tokens, i + 1, "(") || is_sign(tokens, i + 1, "=")) continue;
    const auto known = assigned.find(tokens[i].value);
    add_words(known == assigned.end() ? tokens[i].value : known->second, before);
  }
  const auto known = tokens[at].kind == Kind::name ? assigned.find(tokens[at].value) : assigned.end();
  const std::string_view text = known == assigned.end() ? std::string_view(tokens[at].value) : known->second;
  std::size_t found = path.empty() ? std::string_view::npos : text.find(path);
  if (found == std::string_view::npos) return before.empty() ? Use::runs : use_by(before.front());
  Use use = Use::reads;
  for (std::size_t count = 0; found != std::string_view::npos && count < k_most_places; ++count) {
    std::vector<std::string> words = before;
    add_words(text.substr(0, found), words);
    use = std::max(use, words.empty() ? Use::runs : use_by(words.front()));
    found = text.find(path, found + 1);
  }
  return use;
}

// Whether a command starts a program that lies beside an archive which was unpacked, or where archives are unpacked.
bool starts_unpacked(const std::vector<Token>& tokens, std::size_t call, std::size_t at,
                     const std::vector<std::string>& saved, const std::set<std::size_t>& unpacked,
                     const std::map<std::string, std::string>& assigned) {
  const std::string_view text = tokens[at].value;
  std::vector<std::string> places = {"/tmp/", "/var/tmp/", "/dev/shm/", "./"};
  for (const std::size_t n : unpacked) places.push_back(saved[n].substr(0, saved[n].rfind('/') + 1));
  for (const std::string& place : places) {
    const std::size_t found = place.size() < 2 ? std::string_view::npos : text.find(place);
    if (found == std::string_view::npos) continue;
    const std::string_view path = text.substr(found, text.substr(found).find_first_of(" '\";|&"));
    const bool archive =
        std::any_of(unpacked.begin(), unpacked.end(), [&](std::size_t n) { return saved[n] == path; });
    if (!archive && path.size() > place.size() && use_of(tokens, call, at, path, assigned) == Use::runs) return true;
  }
  return false;
}

// "./x" of "/tmp/x", for whoever went there.
std::string beside_of(const std::string& path) { return "." + path.substr(std::min(path.rfind('/'), path.size())); }

// As a whole name, which may be a part of a path: "check" is not in "fetch checksum".
bool stands_in(std::string_view text, std::string_view name) {
  const auto goes_on = [](char c) { return is_name_char(c) || c == '-' || c == ':'; };
  const bool whole = name.starts_with('/');  // -o/tmp/x, file:/tmp/x
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((whole || at == 0 || !goes_on(text[at - 1])) && (end == text.size() || !goes_on(text[end]))) return true;
  }
  return false;
}

// Other names that a saved file is given, by a call or by a command.
void add_copies(const std::vector<Token>& tokens, const LanguageWords& row,
                const std::map<std::string, std::string>& assigned, EmbeddedSummary& out,
                std::vector<std::string>& names) {
  static const std::vector<std::string_view> k_copiers = {
      "rename",   "renameSync",   "replace",   "move",        "copy",     "copyfile", "copy2",
      "copyFile", "copyFileSync", "mv",        "cp",          "symlink",  "ln_s",     "link",
      "linkSync", "symlinkSync",  "os.rename", "file.rename", "file.copy"};
  static constexpr std::string_view k_commands = " cp mv ln install ";
  for (std::size_t i = 0; i < tokens.size() && out.saved.size() < 8; ++i) {
    const bool copies = tokens[i].kind == Kind::name && matches_any(tokens[i].value, k_copiers);
    const bool commands = tokens[i].kind == Kind::name &&
                          (matches_any(tokens[i].value, row.runs) || matches_any(tokens[i].value, row.evaluates));
    if (!copies && !commands) continue;
    std::vector<std::string> words;
    const std::size_t end = end_of_call(tokens, i + 1);
    for (std::size_t k = i + 1; k < end; ++k) {
      const auto known = tokens[k].kind == Kind::name ? assigned.find(tokens[k].value) : assigned.end();
      if (tokens[k].kind != Kind::text && known == assigned.end()) continue;
      std::string_view text = known == assigned.end() ? std::string_view(tokens[k].value) : known->second;
      while (!text.empty() && words.size() < 64) {
        const std::size_t stop = std::min(text.find_first_of(" ;&|"), text.size());
        if (stop > 0) words.emplace_back(text.substr(0, stop));
        text.remove_prefix(std::min(stop + 1, text.size()));
      }
    }
    for (std::size_t k = 0; k + 1 < words.size() && out.saved.size() < 8; ++k) {
      if (commands && !copies && (k == 0 || !is_listed(k_commands, words[k - 1]))) continue;
      if (std::find(out.saved.begin(), out.saved.end(), words[k]) == out.saved.end() || words[k + 1].size() < 3)
        continue;
      out.saved.push_back(words[k + 1]);
      names.emplace_back();
    }
  }
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
    const std::size_t before = out.saved.size();
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
    // open(path, 'wb'), whatever the path is
    const bool opened = out.saved.size() == before && is_sign(tokens, i + 1, "(") && i + 4 < tokens.size() &&
                        tokens[i + 2].kind == Kind::name && is_sign(tokens, i + 3, ",") &&
                        (tokens[i + 4].value.starts_with('w') || tokens[i + 4].value.starts_with('a'));
    if (!opened || tokens[i + 4].kind != Kind::text) continue;
    out.saved.push_back("${" + tokens[i + 2].value + "}");
    names.push_back(tokens[i + 2].value);
  }
  const auto names_saved = [&](const Token& token, std::size_t n) {
    const auto known = token.kind == Kind::name ? assigned.find(token.value) : assigned.end();
    if (token.kind == Kind::name && !names[n].empty() && token.value == names[n]) return true;
    if (token.kind != Kind::text && known == assigned.end()) return false;
    const std::string& text = known == assigned.end() ? token.value : known->second;
    const std::string beside = beside_of(out.saved[n]);
    return out.saved[n].size() > 2 &&
           (stands_in(text, out.saved[n]) || (beside.size() > 2 && text.find(beside) < text.size()));
  };
  add_copies(tokens, row, assigned, out, names);
  const auto each_use = [&](auto is_callee, auto visit) {
    for (std::size_t i = 0; i < tokens.size() && !out.runs_saved; ++i) {
      if (tokens[i].kind != Kind::name || !is_callee(tokens[i].value)) continue;
      const std::size_t end = end_of_call(tokens, i + 1);
      for (std::size_t k = i + 1; k < end; ++k)
        for (std::size_t n = 0; n < out.saved.size(); ++n)
          if (names_saved(tokens[k], n)) visit(i, k, n);
    }
  };
  std::set<std::size_t> made_programs, unpacked;  // of `saved`
  each_use(
      [](std::string_view name) {
        return matches_any(name, {"chmod", "chmodSync", "Sys.chmod"});
      },
      [&](std::size_t, std::size_t, std::size_t n) { made_programs.insert(n); });
  const auto is_command = [&](std::string_view name) {
    static const std::vector<std::string_view> k_more = {
        "posix_spawn", "posix_spawnp", "create_subprocess_exec", "create_subprocess_shell", "execvpe",
        "spawnl",      "spawnv"};
    const bool runs = matches_any(name, row.runs) || matches_any(name, row.evaluates) || matches_any(name, k_more);
    return runs && !is_evaluator(row.language, name) && !matches_any(name, {"open", "popen"});
  };
  each_use([&](std::string_view name) { return is_evaluator(row.language, name); },
           [&](std::size_t, std::size_t, std::size_t) { out.runs_saved = true; });
  each_use(is_command, [&](std::size_t call, std::size_t k, std::size_t n) {
    Use use = use_of(tokens, call, k, out.saved[n], assigned);
    const std::string beside = beside_of(out.saved[n]);
    if (tokens[k].kind == Kind::text && tokens[k].value.find(beside) < tokens[k].value.size())
      use = std::max(use, use_of(tokens, call, k, beside, assigned));
    out.runs_saved |= use == Use::runs || made_programs.contains(n);
    if (use == Use::unpacks) unpacked.insert(n);
  });
  // What comes out of an archive runs by a name of its own, beside it or where programs are put for a while.
  for (std::size_t i = 0; i < tokens.size() && !out.runs_saved && !unpacked.empty(); ++i) {
    if (tokens[i].kind != Kind::name || !is_command(tokens[i].value)) continue;
    const std::size_t end = end_of_call(tokens, i + 1);
    for (std::size_t k = i + 1; k < end && !out.runs_saved; ++k)
      out.runs_saved = tokens[k].kind == Kind::text && starts_unpacked(tokens, i, k, out.saved, unpacked, assigned);
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
  // copy() of PHP takes addresses.
  if (language == "php" && code.find("copy(") != std::string_view::npos) return true;
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
