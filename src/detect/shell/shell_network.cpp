// Commands that fetch or connect in the evaluator. See shell_facts.hpp.
#include <algorithm>

#include "detect/shell/shell_evaluator.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::string_view k_shells[] = {"sh",  "bash", "dash", "ash",     "zsh",        "ksh", "mksh",
                                         "csh", "tcsh", "fish", "cmd.exe", "powershell", "pwsh"};

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool names_shell(std::string_view command) {
  const std::string_view word = last_part(command.substr(0, command.find_first_of(" ,")));
  return std::find(std::begin(k_shells), std::end(k_shells), word) != std::end(k_shells);
}

// The name under which a fetched URL is saved.
std::string saved_name(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t scheme = url.find("://");
  const std::string_view path = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos || slash + 1 == path.size()) return "index.html";
  return std::string(path.substr(slash + 1));
}

// host:port or [v6]:port
void split_endpoint(std::string_view text, std::string& host, std::string& port) {
  const std::size_t colon = text.rfind(':');
  host = text.substr(0, colon);
  port = colon == std::string_view::npos ? "" : text.substr(colon + 1);
}

}  // namespace

Value ShellEvaluator::fetched(std::string_view tool, const std::vector<Value>& urls) const {
  Origin origin;
  origin.fetched = true;
  origin.tool = tool;
  Value value = Value::unknown();
  for (const Value& url : urls)
    if (origin.urls.size() < 8) origin.urls.push_back(url.text);
  return with_origin(std::move(value), origin);
}

Value ShellEvaluator::save_fetched(const Value& content, const Value& path, Invocation& invocation) {
  if (path.text == "-" || path.text == "/dev/stdout") return content;
  write_file(path, content, false, content.origin->tool, invocation.line);
  return {};
}

Value ShellEvaluator::run_curl(Invocation& invocation) {
  const Options options = parse_options(
      invocation.argv, "oHAdeuxTXmbcwFKCErtyYzPQUh",
      " output header user-agent data data-raw data-binary data-urlencode referer user proxy upload-file request "
      "max-time "
      "connect-timeout cookie cookie-jar write-out form config continue-at cert cacert capath key range retry "
      "retry-delay retry-max-time output-dir unix-socket abstract-unix-socket url resolve interface limit-rate "
      "max-redirs "
      "ciphers tls-max pinnedpubkey proxy-user noproxy speed-limit speed-time json dns-servers connect-to "
      "proto proto-redir socks5 socks5-hostname preproxy cert-type key-type stderr trace trace-ascii netrc-file ",
      OperandRule::collect);
  std::vector<Value> urls = options.operands;
  for (const auto& [name, value] : options.values)
    if (name == "url") urls.push_back(value);
  const Value* configured = options.get("K") != nullptr ? options.get("K") : options.get("config");
  if (urls.empty() && configured != nullptr) return fetch_configured(*configured, invocation);
  if (urls.empty() || options.has("unix-socket")) return Value::unknown();
  const Value content = fetched("curl", urls);
  const Value* path = options.get("o");
  if (path == nullptr) path = options.get("output");
  Value place;
  if (path != nullptr) {
    place = *path;
  } else if (options.has("O") || options.has("remote-name") || options.has("remote-name-all")) {
    place = {saved_name(urls[0].text), urls[0].known, nullptr};
  } else {
    return content;
  }
  if (const Value* folder = options.get("output-dir"); folder != nullptr)
    place.text = folder->text + "/" + place.text;
  return save_fetched(content, place, invocation);
}

Value ShellEvaluator::run_wget(Invocation& invocation) {
  const Options options = parse_options(
      invocation.argv, "OoPUTtaiBeQlRADIXw",
      " output-document output-file directory-prefix user-agent timeout tries append-output input-file base execute "
      "quota "
      "level reject accept header post-data post-file user password http-user http-password wait waitretry "
      "limit-rate method body-data ca-certificate certificate private-key load-cookies save-cookies referer "
      "dns-timeout connect-timeout read-timeout progress secure-protocol ",
      OperandRule::collect);
  const Value* folder = options.get("P");
  if (folder == nullptr) folder = options.get("directory-prefix");
  const Value* list = options.get("i") != nullptr ? options.get("i") : options.get("input-file");
  if (list != nullptr && options.operands.empty()) return fetch_listed("wget", *list, folder, invocation);
  if (options.operands.empty()) return Value::unknown();
  const Value content = fetched("wget", options.operands);
  const Value* path = options.get("O");
  if (path == nullptr) path = options.get("output-document");
  if (path != nullptr) return save_fetched(content, *path, invocation);
  if (options.has("spider")) return {};
  for (const Value& url : options.operands) {
    Value place{saved_name(url.text), url.known, nullptr};
    if (folder != nullptr) place.text = folder->text + "/" + place.text;
    write_file(place, content, false, "wget", invocation.line);
  }
  return {};
}

struct FetcherRow {
  std::string_view name;
  std::string_view output_option;  // letter with a file name, "-" for standard output
  bool prints;                     // to standard output unless told otherwise
};
constexpr FetcherRow k_fetchers[] = {{"fetch", "o", false},     {"aria2c", "o", false}, {"lwp-download", "", false},
                                     {"lwp-request", "", true}, {"GET", "", true},      {"lynx", "", true},
                                     {"w3m", "", true},         {"http", "o", true},    {"https", "o", true},
                                     {"axel", "o", false},      {"links", "", true},    {"elinks", "", true},
                                     {"ftp", "o", false},       {"xh", "o", true},      {"wget2", "O", false}};

Value ShellEvaluator::run_fetcher(Invocation& invocation) {
  const std::string name = invocation.name();
  const auto* row =
      std::find_if(std::begin(k_fetchers), std::end(k_fetchers), [&](const FetcherRow& r) { return r.name == name; });
  if (row == std::end(k_fetchers)) return Value::unknown();
  const Options options =
      parse_options(invocation.argv, "odTxsjOi", " out dir timeout output header input-file ", OperandRule::collect);
  if (name == "aria2c")
    for (const std::string_view option : {"i", "input-file"})
      if (const Value* list = options.get(option); list != nullptr)
        return fetch_listed(name, *list, options.get("d") != nullptr ? options.get("d") : options.get("dir"),
                            invocation);
  std::vector<Value> urls;
  for (const Value& word : options.operands) {
    const bool http_method = word.text == "GET" || word.text == "POST";
    if (!http_method && word.text.find_first_of("./$") != std::string::npos) urls.push_back(word);
  }
  if (urls.empty()) return Value::unknown();
  const Value content = fetched(name, {urls[0]});
  const Value* path = row->output_option.empty() ? nullptr : options.get(row->output_option);
  if (path == nullptr) path = options.get("out");
  if (path == nullptr && row->prints) return content;
  Value place{saved_name(urls[0].text), urls[0].known, nullptr};
  if (path != nullptr) place = *path;
  if (path == nullptr && name == "lwp-download" && urls.size() > 1) place = urls[1];
  if (const Value* folder = name == "aria2c" ? options.get("d") : nullptr; folder != nullptr)
    place.text = folder->text + "/" + place.text;
  return save_fetched(content, place, invocation);
}

// ---- bare connections

Value ShellEvaluator::connected(Invocation& invocation, std::string_view host, std::string_view port, bool listens) {
  Origin origin;
  origin.connection = true;
  origin.host = host;
  origin.port = port;
  origin.tool = invocation.name();
  if (m_role != nullptr) {
    m_role->connection = true;
    m_role->listens = listens;
    m_role->host = host;
    m_role->port = port;
    m_role->tool = invocation.name();
  }
  return with_origin(Value::unknown(), origin);
}

Value ShellEvaluator::run_netcat(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "ecgGioOpqsTVwXxmIMPd",
                                        " exec sh-exec lua-exec source-port source wait idle-timeout max-conns proxy "
                                        "proxy-type proxy-auth output ssl-cert ssl-key ",
                                        OperandRule::collect);
  const bool listens = options.has("l") || options.has("listen");
  // Traditional nc takes a program with -e and -c; OpenBSD's -c means TLS and takes none, then the word is the host.
  const Value* program = nullptr;
  for (const std::string_view name : {"e", "c", "exec", "sh-exec", "lua-exec"})
    if (program == nullptr) program = options.get(name);
  std::vector<Value> operands = options.operands;
  const Value* port_option = options.get("p");
  if (port_option == nullptr) port_option = options.get("source-port");
  std::string host = operands.empty() ? "" : operands[0].text;
  std::string port = operands.size() > 1 ? operands[1].text : "";
  if (listens && operands.size() == 1 && port_option == nullptr) {
    port = host;
    host.clear();
  }
  if (listens && port_option != nullptr) port = port_option->text;
  Value connection = connected(invocation, host, port, listens);
  if (program != nullptr && !program->text.empty() && (!operands.empty() || listens)) {
    reverse_shell(host, port, invocation.name(), listens, invocation.line);
    return {};
  }
  // nc h p >& with a shell's descriptors is judged by the pipeline; a listener without a program only gives data.
  return connection;
}

Value ShellEvaluator::run_socat(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "lbtTLW", "", OperandRule::collect);
  std::string host;
  std::string port;
  bool network = false;
  bool listens = false;
  bool shell = false;
  bool standard = false;
  for (const Value& operand : options.operands) {
    std::string_view address = operand.text;
    const std::size_t double_bang = address.find("!!");
    address = address.substr(0, double_bang);
    std::string kind(address.substr(0, address.find(':')));
    std::transform(kind.begin(), kind.end(), kind.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const std::string_view rest = address.substr(std::min(address.size(), kind.size() + 1));
    const std::string_view value = rest.substr(0, rest.find(','));
    if (kind == "exec" || kind == "system" || kind == "shell") {
      std::string_view command = value;
      while (!command.empty() && (command.front() == '\'' || command.front() == '"')) command.remove_prefix(1);
      shell = shell || names_shell(command) || kind == "shell";
    } else if (kind.substr(0, 3) == "tcp" || kind.substr(0, 3) == "udp" || kind.substr(0, 7) == "openssl" ||
               kind.substr(0, 3) == "ssl" || kind.substr(0, 4) == "sctp" || kind.substr(0, 5) == "socks") {
      network = true;
      listens = kind.find("listen") != std::string::npos || kind.find("-l") != std::string::npos;
      if (listens) {
        port = value;
      } else {
        split_endpoint(value, host, port);
      }
    } else if (kind == "-" || kind == "stdin" || kind == "stdio") {
      standard = true;
    }
  }
  if (network && shell) {
    reverse_shell(host, port, "socat", listens, invocation.line);
    return {};
  }
  return network && standard ? connected(invocation, host, port, listens) : Value::unknown();
}

// websocat ADDRESS exec:PROGRAM, or sh-c:COMMAND
Value ShellEvaluator::run_websocat(Invocation& invocation) {
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i);
    const std::size_t program = word.find("exec:") != std::string_view::npos   ? word.find("exec:") + 5
                                : word.find("sh-c:") != std::string_view::npos ? word.find("sh-c:") + 5
                                : word.find("cmd:") != std::string_view::npos  ? word.find("cmd:") + 4
                                                                               : std::string_view::npos;
    if (program == std::string_view::npos || word.substr(program).find("sh") == std::string_view::npos) continue;
    const std::string_view other = invocation.arg(i > 1 ? 1 : 2);
    const std::size_t host = other.find("://");
    const std::string_view place = host == std::string_view::npos ? other : other.substr(host + 3);
    reverse_shell(place.substr(0, place.find_first_of(":/")), "", "websocat", host == std::string_view::npos,
                  invocation.line);
  }
  return Value::unknown();
}

Value ShellEvaluator::run_telnet(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "belnSX", "", OperandRule::collect);
  if (options.operands.empty()) return Value::unknown();
  return connected(invocation, options.operands[0].text, options.operands.size() > 1 ? options.operands[1].text : "",
                   false);
}

Value ShellEvaluator::run_openssl(Invocation& invocation) {
  const std::string_view command = invocation.arg(1);
  std::string endpoint;
  std::string out;
  std::string in;
  bool decodes = false;
  bool base64 = command == "base64";
  for (std::size_t i = 2; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i);
    if (word == "-connect") endpoint = invocation.arg(i + 1);
    if (word == "-out") out = invocation.arg(i + 1);
    if (word == "-in") in = invocation.arg(i + 1);
    decodes = decodes || word == "-d";
    base64 = base64 || word == "-base64" || word == "-a";
  }
  if (command == "s_client") {
    std::string host;
    std::string port;
    split_endpoint(endpoint, host, port);
    return connected(invocation, host, port, false);
  }
  if (command == "dgst" || command == "smime" || command == "cms") return run_checksum(invocation);
  if (!decodes ||
      (command != "enc" && command != "base64" && command.substr(0, 3) != "aes" && command.substr(0, 3) != "des"))
    return Value::unknown();
  Value input =
      in.empty() ? (invocation.io.input ? *invocation.io.input : Value::unknown()) : read_file({in, true, nullptr});
  const bool plain = base64 && (command == "base64" || invocation.argv.size() <= 6);
  std::optional<std::string> text;
  if (plain && input.known) {
    Invocation inner{{{"base64", true, nullptr}, {"-d", true, nullptr}}, invocation.io, invocation.line, nullptr};
    const std::optional<Value> saved = std::exchange(invocation.io.input, input);
    const Value result = run_base64(inner);
    invocation.io.input = saved;
    if (result.known) text = result.text;
  }
  Value result = decoded(std::move(input), "openssl", std::move(text));
  if (out.empty()) return result;
  write_file({out, true, nullptr}, result, false, "openssl", invocation.line);
  return {};
}

}  // namespace hullcheck::detect
