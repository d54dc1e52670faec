// A network socket and a command shell joined within one stretch of code: Python, Perl, PHP, Ruby, Node, Lua, R,
// gawk, Java, Go, Rust, Dart, C#, PowerShell, Crystal, Julia; and the shell's own device in the code of any of them.
//
// Each shape starts from one rare word and needs several others near it, in any order: code like this is copied in
// endless spellings, but it cannot do without the socket, the connection, the join and the shell. Comment lines do
// not count. Hostile: a file may repeat the rare word at will; the stretch looked at round each is bounded.
#include "detect/backdoors/interpreter_shell.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

#include "detect/assess.hpp"
#include "detect/detector.hpp"
#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_reach = 1000;  // bytes on either side of the rare word
constexpr std::size_t k_most_places = 256;
constexpr std::size_t k_needs = 4;
constexpr std::size_t k_words = 10;

constexpr std::array<RuleRow, 2> k_rows{{
    {"B02", EvidenceClass::decisive, model::Severity::critical, 90, "Reverse or bind shell in Python", "T1059.006",
     "Do not run this image: it hands a command shell to a remote party."},
    {"B03", EvidenceClass::decisive, model::Severity::critical, 85, "Reverse or bind shell in a scripting language",
     "T1059", "Do not run this image: it hands a command shell to a remote party."},
}};

using Words = std::array<std::string_view, k_words>;
struct Shape {
  std::string_view language;
  bool certain;
  std::string_view rare;
  std::array<Words, k_needs> needs;  // one word of each; an empty first word needs nothing
};

constexpr Words k_shells = {"/bin/sh", "/bin/bash", "/bin/zsh", "/bin/dash", "/bin/ash",
                            "cmd.exe", "\"sh\"",    "'sh'",     "\"bash\"",  "'bash'"};
constexpr Words k_python_socket = {"socket.socket", "socket(", "socket import", "create_connection", "create_server"};
constexpr Words k_python_peer = {".connect(", ".connect_ex(", ".bind(", "create_connection(", "create_server("};
constexpr Words k_perl_socket = {"IO::Socket", "PF_INET", "AF_INET", "inet_aton", "sockaddr_in"};

constexpr Shape k_shapes[] = {
    {"Python", true, "dup2", {{k_python_socket, k_python_peer, {"fileno"}, k_shells}}},
    {"Python", true, "pty.spawn", {{k_python_socket, k_python_peer}}},
    {"Python", true, "subprocess", {{k_python_socket, k_python_peer, {"stdin=", "stdin ="}, k_shells}}},
    {"Python",
     false,
     ".recv(",
     {{k_python_socket,
       k_python_peer,
       {"shell=True", "shell = True", "os.popen(", "os.system(", "getoutput(", "shell=1"},
       {".send(", ".sendall("}}}},
    {"Perl", true, "STDIN", {{k_perl_socket, {">&", "<&"}, {"exec", "system"}, k_shells}}},
    {"Perl", true, "->fdopen(", {{k_perl_socket, {"system", "exec", "qx"}, {"while", "STDIN"}}}},
    {"PHP",
     true,
     "fsockopen",
     {{Words{"exec(", "system(", "passthru(", "popen(", "proc_open("}, {"<&", "proc_open("}, k_shells}}},
    {"PHP", true, "fsockopen", {{Words{"`/bin/sh", "`sh -i", "`/bin/bash", "`bash -i"}}}},
    {"PHP", true, "stream_socket_client", {{Words{"proc_open("}, k_shells}}},
    {"Ruby", true, "TCPSocket", {{Words{"exec", "spawn", "system"}, {"<&", ":in=>", ":in =>", "in:"}, k_shells}}},
    {"Ruby", true, "TCPSocket", {{Words{"IO.popen", "Open3."}, {".gets", ".recv"}, {".print", ".puts", ".write"}}}},
    {"Node",
     true,
     "child_process",
     {{Words{"net.", "require('net')", "require(\"net\")", "from 'net'", "from \"net\""},
       {".pipe("},
       {".stdin"},
       k_shells}}},
    {"Lua", true, "os.execute", {{Words{"socket"}, {"connect("}, {"<&", "receive("}, k_shells}}},
    {"Lua", true, "io.popen", {{Words{"socket"}, {"connect("}, {"receive("}, {":send("}}}},
    {"Java", true, ".exec(", {{Words{"new Socket("}, {"getOutputStream"}, {"getRuntime"}, k_shells}}},
    {"Perl",
     false,
     "IO::Socket",
     {{Words{"`$", "qx", "system($", "exec($", "|\""},
       {"while"},
       {"<$", "recv(", "getline", "sysread"},
       {"print", "send", "syswrite"}}}},
    {"PHP",
     false,
     "fsockopen",
     {{Words{"shell_exec($", "shell_exec(trim", "exec($", "system($", "passthru($", "popen($", "`$"},
       {"fgets($", "fread($"},
       {"fwrite(", "fputs("},
       {"while"}}}},
    {"PHP",
     false,
     "stream_socket_client",
     {{Words{"shell_exec($", "shell_exec(trim", "exec($", "system($", "passthru($", "popen($", "`$"},
       {"fgets($", "fread($", "stream_get"},
       {"fwrite(", "fputs("}}}},
    {"PHP",
     false,
     "socket_connect",
     {{Words{"shell_exec($", "shell_exec(trim", "exec($", "system($", "passthru($", "popen($", "`$", "proc_open("},
       {"socket_read(", "socket_recv("},
       {"socket_write(", "socket_send("}}}},
    {"Ruby", true, "TCPSocket", {{Words{".reopen("}, {"exec", "spawn", "system"}, k_shells}}},
    {"Node",
     false,
     "child_process",
     {{Words{"net.", "require('net')", "require(\"net\")"},
       {".exec(", "exec(", "execSync("},
       {".on('data'", ".on(\"data\""},
       {".toString()", "String(", "`${"}}}},
    {"Java",
     true,
     "ProcessBuilder(",
     {{Words{"new Socket(", "java.net.Socket("}, {"getOutputStream"}, {"getInputStream"}, k_shells}}},
    {"Go",
     true,
     "exec.Command(",
     {{Words{"net.Dial("}, {".Stdin = ", ".Stdin=", ".Stdin,"}, {".Stdout = ", ".Stdout=", ".Stdout,"}, k_shells}}},
    {"Rust",
     true,
     "TcpStream::connect(",
     {{Words{"Command::new("}, {"from_raw_fd(", "into_raw_fd("}, {".stdin("}, k_shells}}},
    {"Dart", true, "Socket.connect(", {{Words{"Process.start("}, {".listen("}, {".stdin"}, k_shells}}},
    {"C#",
     true,
     "RedirectStandardInput",
     {{Words{"TcpClient(", "TCPClient("}, {".GetStream("}, {"Process"}, k_shells}}},
    {"PowerShell",
     true,
     ".GetStream()",
     {{Words{"TcpClient(", "TCPClient("}, {"iex ", "iex(", "Invoke-Expression"}, {".Write("}}}},
    {"Crystal",
     false,
     "Process::Redirect::Pipe",
     {{Words{"Socket.tcp(", "TCPSocket.new("}, {"Process.new(", "Process.run("}, {"shell: true"}}}},
    {"Julia",
     false,
     "using Sockets",
     {{Words{"connect(", "listen("},
       {"readline(", "readavailable("},
       {"pipeline(`$", "run(`$", "read(`$"},
       {"write("}}}},
    {"Lua", false, "io.popen", {{Words{"socket"}, {"bind("}, {"receive("}, {":send("}}}},
    {"Python",
     false,
     "open_connection(",
     {{Words{"create_subprocess_", "getoutput(", "popen(", "os.system(", "shell=True", "check_output("},
       {".read(", ".readline(", ".readuntil(", ".readexactly("},
       {".write("}}}},
    {"Python",
     false,
     ".makefile(",
     {{k_python_socket,
       k_python_peer,
       {"shell=True", "shell = True", "os.popen(", "os.system(", "getoutput(", "shell=1"},
       {".write(", ".send(", ".sendall("}}}},
    {"R",
     true,
     "socketConnection",
     {{Words{"system(", "system2(", "shell("},
       {"readLines(", "readline(", "scan(", "readChar("},
       {"writeLines(", "write(", "cat(", "writeChar("}}}},
    {"R", true, "make.socket", {{Words{"system(", "system2(", "shell("}, {"read.socket("}, {"write.socket("}}}},
    {"Ruby",
     false,
     "TCPSocket",
     {{Words{"`#{", "%x(#{", "%x{#{"}, {".gets", ".recv", ".readline"}, {".print", ".puts", ".write"}}}},
    {"Python",
     false,
     "BaseRequestHandler",
     {{Words{"shell=True", "getoutput(", "os.popen(", "os.system("}, {"recv("}, {"sendall(", ".send("}}}},
    {"Python",
     false,
     "StreamRequestHandler",
     {{Words{"shell=True", "getoutput(", "os.popen(", "os.system("}, {"rfile"}, {"wfile"}}}},
    {"Node", false, "socket.io-client", {{Words{"exec(", "execSync("}, {"child_process"}, {".on("}, {".emit("}}}},
    {"Node",
     false,
     "WebSocket(",
     {{Words{".send(cp.execSync(", ".send(execSync(", "execSync(m.toString())", "execSync(msg", "execSync(data",
             "exec(m.toString()", "exec(data.toString()", "exec(msg.toString()", "exec(message.toString()",
             "execSync(message"},
       {"child_process"}}}},
    {"Tcl", true, "[socket ", {{Words{"exec sh", "exec /bin/", "exec bash", "exec {*}$"}, {"gets "}, {"puts "}}}},
    {"C",
     true,
     "/bin/sh\", ",
     {{Words{"socket(", "WSASocket("}, {"connect(", "accept("}, {"dup2("}, {"execve(", "execl(", "execlp("}}}},
    {"C", true, "execve(\"/bin/", {{Words{"socket("}, {"connect(", "accept("}, {"dup2("}, {"/sh\"", "/bash\""}}}},
    {"Python", true, ".fileno()", {{k_python_socket, k_python_peer, {"stdin=", "stdin ="}, k_shells}}},
};
constexpr std::string_view k_awk_device = "/inet/tcp/";
constexpr std::string_view k_bash_device = "/dev/tcp/";
// How languages other than the shell's start a command.
constexpr Words k_starts = {".exec(",        "ProcessBuilder(", ".execute()", "callCommand ", "Command::new(",
                            "exec.Command(", "Process.Start(",  "system(\"",  "os.execute("};

// Without lines that are comments in one of the languages.
std::string without_comments(std::string_view text) {
  std::string kept;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, end);
    const std::size_t start = std::min(line.find_first_not_of(" \t"), line.size());
    const std::string_view content = line.substr(start);
    if (!content.starts_with('#') && !content.starts_with("//") && !content.starts_with("* ")) kept += line;
    text.remove_prefix(end);
  }
  return kept;
}

// memmem looks for whole words, find() compares at each first letter.
bool has_one(std::string_view text, const Words& words) {
  if (words[0].empty()) return true;
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return !word.empty() && ::memmem(text.data(), text.size(), word.data(), word.size()) != nullptr;
  });
}

bool fits(const Shape& shape, std::string_view near) {
  return near.find(shape.rare) != std::string_view::npos &&
         std::all_of(shape.needs.begin(), shape.needs.end(),
                     [&](const Words& words) { return has_one(near, words); });
}

// "getline c" and, later, "c | getline": what came is a command, and its output goes back.
bool runs_what_it_read(std::string_view near) {
  constexpr std::string_view k_reads = "getline ";
  if (near.find("|&") == std::string_view::npos || near.find("print") == std::string_view::npos) return false;
  for (std::size_t at = near.find(k_reads); at != std::string_view::npos; at = near.find(k_reads, at + 1)) {
    std::size_t end = at + k_reads.size();
    while (end < near.size() && (std::isalnum(static_cast<unsigned char>(near[end])) != 0 || near[end] == '_')) ++end;
    const std::string name(near.substr(at + k_reads.size(), end - at - k_reads.size()));
    if (name.empty()) continue;
    for (const std::string_view pipe : {"|getline", " | getline", "|& getline", " |& getline"})
      if (near.find("(" + name + std::string(pipe)) != std::string_view::npos) return true;
  }
  return false;
}

// gawk's network files carry a shell when what comes from them is run and answered.
bool fits_awk(std::string_view near) {
  const auto has = [&](std::string_view word) { return near.find(word) != std::string_view::npos; };
  return has(k_awk_device) && (runs_what_it_read(near) ||
                               (has("|& getline") && has("getline)") && (has("print $0 |&") || has("print $0|&")) &&
                                (has("cmd |") || has("c |") || has("cmd|") || has("|& getline)"))));
}

bool is_letter_or_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// exec("bash -c 'bash -i >& " and the device, with a place that is written out: no template, and no shell script.
bool fits_device(std::string_view near) {
  constexpr std::size_t k_longest_host = 100;
  if (!has_one(near, k_starts) || near.find(">&") == std::string_view::npos) return false;
  for (std::size_t at = near.find(k_bash_device); at != std::string_view::npos;
       at = near.find(k_bash_device, at + 1)) {
    const std::string_view host = near.substr(at + k_bash_device.size(), k_longest_host);
    const std::size_t slash = host.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 >= host.size()) continue;
    const bool plain = std::all_of(host.begin(), host.begin() + static_cast<std::ptrdiff_t>(slash),
                                   [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-' || c == ':'; });
    if (plain && host[slash + 1] >= '0' && host[slash + 1] <= '9') return true;
  }
  return false;
}

std::string_view stretch(std::string_view text, std::size_t position) {
  const std::size_t from = position - std::min(position, k_reach);
  return text.substr(from, position - from + k_reach);
}

std::optional<InterpreterShell> match_at(std::string_view text, std::size_t position, std::string_view rare) {
  const std::string_view all = stretch(text, position);
  // Without its comments, which hardly any stretch gets as far as.
  std::optional<std::string> code;
  const auto holds = [&](const auto& fitting) {
    if (!fitting(all)) return false;
    if (!code) code = without_comments(all);
    return fitting(*code);
  };
  if (rare == k_awk_device) {
    if (!holds(fits_awk)) return std::nullopt;
    return InterpreterShell{"awk", false, false, position};
  }
  if (rare == k_bash_device) {
    if (!holds(fits_device)) return std::nullopt;
    return InterpreterShell{"a shell's device", false, true, position};
  }
  for (const Shape& shape : k_shapes)
    if (shape.rare == rare && holds([&](std::string_view near) { return fits(shape, near); }))
      return InterpreterShell{shape.language, shape.language == "Python", shape.certain, position};
  return std::nullopt;
}

const std::vector<std::string_view>& rare_words() {
  static const std::vector<std::string_view> k_all = [] {
    std::vector<std::string_view> words = {k_awk_device, k_bash_device};
    for (const Shape& shape : k_shapes)
      if (std::find(words.begin(), words.end(), shape.rare) == words.end()) words.push_back(shape.rare);
    return words;
  }();
  return k_all;
}

std::string line_at(std::string_view text, std::size_t position) {
  constexpr std::size_t k_most = 160;
  const std::size_t before = text.rfind('\n', position);
  std::size_t from = before == std::string_view::npos || before == position ? 0 : before + 1;
  if (position - from > k_most / 2) from = position - k_most / 2;
  const std::size_t end = std::min(text.find('\n', position), text.size());
  return std::string(text.substr(from, std::min(end - from, k_most)));
}

Evidence evidence_for(const InterpreterShell& found, std::string_view text) {
  Evidence evidence =
      evidence_of(k_rows[found.python ? 0 : 1], std::string(found.language) + ": " + line_at(text, found.position));
  if (!found.certain) {
    evidence.cls = EvidenceClass::strong;
    evidence.confidence = 60;
  }
  evidence.values.emplace_back("language", std::string(found.language));
  return evidence;
}

// "${host}" stands for nothing in Python: code with such gaps is what a generator fills in, as tools for penetration
// tests do. It cannot run as it is.
bool is_template(const layers::FileInfo& file, std::string_view text, std::size_t position) {
  if (!file.name().ends_with(".py")) return false;
  const std::string_view near = stretch(text, position);
  for (std::size_t at = near.find("${"); at != std::string_view::npos; at = near.find("${", at + 2)) {
    std::size_t end = at + 2;
    while (end < near.size() && (std::isalnum(static_cast<unsigned char>(near[end])) != 0 || near[end] == '_')) ++end;
    if (end > at + 2 && end < near.size() && near[end] == '}') return true;
  }
  return false;
}

class InterpreterShells final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    std::vector<Literal> list;
    for (const std::string_view word : rare_words()) list.push_back({std::string(word), false});
    return list;
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    const layers::ContentKind kind = hit.file.entry.content;
    if (kind != layers::ContentKind::text && kind != layers::ContentKind::script) return;
    const std::string_view text = as_text(hit.window);
    const auto found = match_at(text, hit.position, rare_words()[hit.literal]);
    if (!found) return;
    Evidence evidence = evidence_for(*found, text);
    if (is_template(hit.file, text, hit.position)) evidence.cls = EvidenceClass::supporting;
    evidence.offset = hit.offset;
    evidence.line = hit.line();
    out.add(std::move(evidence));
  }

  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const EmbeddedCode& embedded : unit.facts.embedded)
      if (const auto found = find_interpreter_shell(embedded.code)) {
        Evidence evidence = evidence_for(*found, embedded.code);
        evidence.line = line_in_file(unit, embedded.line);
        out.add(std::move(evidence));
      }
  }
};

const util::Registered<InterpreterShells> registered{{
    .id = "interpreter-shell",
    .version = 7,
    .summary = "reverse and bind shells in Python, Perl, PHP, Ruby, Node, Lua, R, awk, Java and Go",
    .example = "python3 -c 'import socket,pty; … connect((\"192.0.2.1\", 4444)) … pty.spawn(\"/bin/sh\")'",
    .rules = k_rows,
}};

}  // namespace

std::optional<InterpreterShell> find_interpreter_shell(std::string_view code) {
  for (const std::string_view rare : rare_words()) {
    std::size_t places = 0;
    for (std::size_t at = code.find(rare); at != std::string_view::npos && places < k_most_places;
         at = code.find(rare, at + rare.size()), ++places)
      if (auto found = match_at(code, at, rare)) return found;
  }
  return std::nullopt;
}

}  // namespace hullcheck::detect
