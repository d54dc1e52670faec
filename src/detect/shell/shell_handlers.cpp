// The commands that the evaluator knows, and how their options are read. See shell_facts.hpp.
#include <algorithm>

#include "detect/shell/shell_evaluator.hpp"

namespace hullcheck::detect {

std::string Invocation::name() const {
  if (argv.empty()) return {};
  const std::string& path = argv[0].text;
  return path.substr(path.rfind('/') + 1);
}

bool Options::has(std::string_view name) const { return get(name) != nullptr; }

const Value* Options::get(std::string_view name) const {
  for (const auto& [key, value] : values)
    if (key == name) return &value;
  return nullptr;
}

Options parse_options(const std::vector<Value>& argv, std::string_view short_values, std::string_view long_values,
                      OperandRule rule) {
  Options options;
  std::size_t i = 1;
  bool only_operands = false;
  for (; i < argv.size(); ++i) {
    const std::string_view word = argv[i].text;
    if (only_operands || word.size() < 2 || word[0] != '-') {
      if (rule == OperandRule::stop_at_first) break;
      options.operands.push_back(argv[i]);
      continue;
    }
    if (word == "--") {
      only_operands = true;
      if (rule == OperandRule::stop_at_first) {
        ++i;
        break;
      }
      continue;
    }
    if (word[1] == '-') {
      const std::size_t equals = word.find('=');
      const std::string name(word.substr(2, equals == std::string_view::npos ? equals : equals - 2));
      Value value;
      if (equals != std::string_view::npos) {
        value = argv[i];
        value.text = word.substr(equals + 1);
      } else if (long_values.find(" " + name + " ") != std::string_view::npos && i + 1 < argv.size()) {
        value = argv[++i];
      }
      options.values.emplace_back(name, std::move(value));
      continue;
    }
    for (std::size_t k = 1; k < word.size(); ++k) {
      const std::string name(1, word[k]);
      if (short_values.find(word[k]) == std::string_view::npos) {
        options.values.emplace_back(name, Value{});
        continue;
      }
      Value value;
      if (k + 1 < word.size()) {
        value = argv[i];
        value.text = word.substr(k + 1);
      } else if (i + 1 < argv.size()) {
        value = argv[++i];
      }
      options.values.emplace_back(name, std::move(value));
      break;
    }
  }
  options.first_operand = std::min(i, argv.size());
  if (rule == OperandRule::stop_at_first)
    options.operands.assign(argv.begin() + static_cast<std::ptrdiff_t>(options.first_operand), argv.end());
  return options;
}

const ShellEvaluator::HandlerRow* ShellEvaluator::handler(std::string_view name) {
  using E = ShellEvaluator;
  static constexpr HandlerRow k_rows[] = {{"((", &E::run_arithmetic},
                                          {".", &E::run_source},
                                          {"7z", &E::run_archive},
                                          {"7za", &E::run_archive},
                                          {"7zr", &E::run_archive},
                                          {"GET", &E::run_fetcher},
                                          {"R", &E::run_language},
                                          {"Rscript", &E::run_language},
                                          {"airflow", &E::run_server},
                                          {"alias", &E::run_alias},
                                          {"apk", &E::run_installer},
                                          {"apt", &E::run_installer},
                                          {"apt-get", &E::run_installer},
                                          {"aria2c", &E::run_fetcher},
                                          {"as", &E::run_compiler},
                                          {"ash", &E::run_shell},
                                          {"at", &E::run_at},
                                          {"awk", &E::run_awk},
                                          {"aws", &E::run_transfer},
                                          {"aws-vault", &E::run_behind},
                                          {"axel", &E::run_fetcher},
                                          {"az", &E::run_store},
                                          {"azcopy", &E::run_transfer},
                                          {"b2sum", &E::run_checksum},
                                          {"base32", &E::run_base64},
                                          {"base64", &E::run_base64},
                                          {"basenc", &E::run_base64},
                                          {"bash", &E::run_shell},
                                          {"batch", &E::run_at},
                                          {"bsdtar", &E::run_archive},
                                          {"builtin", &E::run_wrapper},
                                          {"bun", &E::run_loader},
                                          {"bundle", &E::run_server},
                                          {"bunx", &E::run_installer},
                                          {"bunzip2", &E::run_unpack},
                                          {"busybox", &E::run_busybox},
                                          {"bzcat", &E::run_unpack},
                                          {"bzip2", &E::run_unpack},
                                          {"bzr", &E::run_checkout},
                                          {"c++", &E::run_compiler},
                                          {"cargo", &E::run_installer},
                                          {"cat", &E::run_cat},
                                          {"catatonit", &E::run_wrapper},
                                          {"cc", &E::run_compiler},
                                          {"cd", &E::run_cd},
                                          {"celery", &E::run_server},
                                          {"cgexec", &E::run_wrapper},
                                          {"chainlit", &E::run_server},
                                          {"chamber", &E::run_behind},
                                          {"chpst", &E::run_wrapper},
                                          {"chroot", &E::run_wrapper},
                                          {"chrt", &E::run_wrapper},
                                          {"cksum", &E::run_checksum},
                                          {"clang", &E::run_compiler},
                                          {"clang++", &E::run_compiler},
                                          {"cmake", &E::run_installer},
                                          {"command", &E::run_wrapper},
                                          {"conc", &E::run_together},
                                          {"concurrently", &E::run_together},
                                          {"conda", &E::run_behind},
                                          {"cosign", &E::run_checksum},
                                          {"cp", &E::run_copy},
                                          {"cpio", &E::run_archive},
                                          {"cpulimit", &E::run_wrapper},
                                          {"crane", &E::run_puller},
                                          {"crontab", &E::run_crontab},
                                          {"cross-env", &E::run_env},
                                          {"cross-env-shell", &E::run_env},
                                          {"csh", &E::run_shell},
                                          {"curl", &E::run_curl},
                                          {"curlie", &E::run_fetcher},
                                          {"cut", &E::run_filter},
                                          {"daemonize", &E::run_wrapper},
                                          {"daphne", &E::run_server},
                                          {"dash", &E::run_shell},
                                          {"dbus-run-session", &E::run_wrapper},
                                          {"dd", &E::run_dd},
                                          {"deno", &E::run_loader},
                                          {"dig", &E::run_lookup},
                                          {"dnf", &E::run_installer},
                                          {"doas", &E::run_wrapper},
                                          {"docker", &E::run_container},
                                          {"dockerize", &E::run_behind},
                                          {"doppler", &E::run_behind},
                                          {"dos2unix", &E::run_filter},
                                          {"dotenv", &E::run_behind},
                                          {"dotenvx", &E::run_behind},
                                          {"dotnet", &E::run_loader},
                                          {"dpkg", &E::run_installer},
                                          {"drill", &E::run_lookup},
                                          {"dumb-init", &E::run_wrapper},
                                          {"eatmydata", &E::run_wrapper},
                                          {"echo", &E::run_echo},
                                          {"ed", &E::run_editor},
                                          {"egrep", &E::run_filter},
                                          {"elinks", &E::run_fetcher},
                                          {"elixir", &E::run_reader},
                                          {"env", &E::run_env},
                                          {"envdir", &E::run_wrapper},
                                          {"escript", &E::run_reader},
                                          {"eval", &E::run_eval},
                                          {"ex", &E::run_editor},
                                          {"exec", &E::run_exec},
                                          {"exiftool", &E::run_hidden_text},
                                          {"expect", &E::run_tcl},
                                          {"fakeroot", &E::run_wrapper},
                                          {"faketime", &E::run_wrapper},
                                          {"fetch", &E::run_fetcher},
                                          {"find", &E::run_find},
                                          {"firejail", &E::run_wrapper},
                                          {"fish", &E::run_shell},
                                          {"flask", &E::run_server},
                                          {"flock", &E::run_wrapper},
                                          {"fold", &E::run_fold},
                                          {"ftp", &E::run_session},
                                          {"ftpget", &E::run_transfer},
                                          {"g++", &E::run_compiler},
                                          {"gawk", &E::run_awk},
                                          {"gcc", &E::run_compiler},
                                          {"gcloud", &E::run_store},
                                          {"gdb", &E::run_editor},
                                          {"gem", &E::run_installer},
                                          {"gfortran", &E::run_compiler},
                                          {"gh", &E::run_store},
                                          {"ghci", &E::run_reader},
                                          {"git", &E::run_checkout},
                                          {"gmake", &E::run_make},
                                          {"go", &E::run_installer},
                                          {"gosu", &E::run_wrapper},
                                          {"gpg", &E::run_checksum},
                                          {"gpgv", &E::run_checksum},
                                          {"gradio", &E::run_server},
                                          {"gradle", &E::run_server},
                                          {"gradlew", &E::run_server},
                                          {"grep", &E::run_fold},
                                          {"groovy", &E::run_reader},
                                          {"gsutil", &E::run_transfer},
                                          {"gtar", &E::run_archive},
                                          {"guile", &E::run_reader},
                                          {"gunicorn", &E::run_server},
                                          {"gunzip", &E::run_unpack},
                                          {"gzip", &E::run_unpack},
                                          {"head", &E::run_filter},
                                          {"hg", &E::run_checkout},
                                          {"host", &E::run_lookup},
                                          {"http", &E::run_fetcher},
                                          {"https", &E::run_fetcher},
                                          {"hypercorn", &E::run_server},
                                          {"iconv", &E::run_filter},
                                          {"infisical", &E::run_behind},
                                          {"insmod", &E::run_loader},
                                          {"install", &E::run_copy},
                                          {"ionice", &E::run_wrapper},
                                          {"ipfs", &E::run_puller},
                                          {"java", &E::run_java},
                                          {"jbang", &E::run_loader},
                                          {"jshell", &E::run_reader},
                                          {"julia", &E::run_reader},
                                          {"jupyter", &E::run_server},
                                          {"kdig", &E::run_lookup},
                                          {"ksh", &E::run_shell},
                                          {"kubectl", &E::run_puller},
                                          {"ld", &E::run_compiler},
                                          {"ld.so", &E::run_loader},
                                          {"let", &E::run_arithmetic},
                                          {"lftp", &E::run_session},
                                          {"links", &E::run_fetcher},
                                          {"linux32", &E::run_wrapper},
                                          {"linux64", &E::run_wrapper},
                                          {"ln", &E::run_copy},
                                          {"ltrace", &E::run_wrapper},
                                          {"lwp-download", &E::run_fetcher},
                                          {"lwp-request", &E::run_fetcher},
                                          {"lynx", &E::run_fetcher},
                                          {"lz4", &E::run_unpack},
                                          {"lzcat", &E::run_unpack},
                                          {"lzma", &E::run_unpack},
                                          {"m4", &E::run_macros},
                                          {"make", &E::run_make},
                                          {"mamba", &E::run_behind},
                                          {"mapfile", &E::run_mapfile},
                                          {"mawk", &E::run_awk},
                                          {"mc", &E::run_transfer},
                                          {"md5sum", &E::run_checksum},
                                          {"micromamba", &E::run_behind},
                                          {"minisign", &E::run_checksum},
                                          {"mix", &E::run_server},
                                          {"mkfifo", &E::run_mkfifo},
                                          {"mknod", &E::run_mkfifo},
                                          {"mksh", &E::run_shell},
                                          {"mongo", &E::run_lookup},
                                          {"mongosh", &E::run_lookup},
                                          {"mono", &E::run_loader},
                                          {"mv", &E::run_copy},
                                          {"mvn", &E::run_server},
                                          {"mysql", &E::run_lookup},
                                          {"nasm", &E::run_compiler},
                                          {"nc", &E::run_netcat},
                                          {"nc.openbsd", &E::run_netcat},
                                          {"nc.traditional", &E::run_netcat},
                                          {"ncat", &E::run_netcat},
                                          {"nerdctl", &E::run_container},
                                          {"netcat", &E::run_netcat},
                                          {"next", &E::run_server},
                                          {"nice", &E::run_wrapper},
                                          {"ninja", &E::run_installer},
                                          {"nodemon", &E::run_server},
                                          {"nohup", &E::run_wrapper},
                                          {"npm", &E::run_installer},
                                          {"npm-run-all", &E::run_together},
                                          {"npm-run-all2", &E::run_together},
                                          {"npx", &E::run_installer},
                                          {"nsenter", &E::run_wrapper},
                                          {"nslookup", &E::run_lookup},
                                          {"numactl", &E::run_wrapper},
                                          {"nuxt", &E::run_server},
                                          {"nvim", &E::run_editor},
                                          {"octave", &E::run_reader},
                                          {"op", &E::run_behind},
                                          {"openssl", &E::run_openssl},
                                          {"opkg", &E::run_installer},
                                          {"oras", &E::run_puller},
                                          {"osascript", &E::run_reader},
                                          {"parallel", &E::run_parallel},
                                          {"pigz", &E::run_unpack},
                                          {"pip", &E::run_installer},
                                          {"pip3", &E::run_installer},
                                          {"pipenv", &E::run_server},
                                          {"pipx", &E::run_installer},
                                          {"pkexec", &E::run_wrapper},
                                          {"pm2", &E::run_server},
                                          {"pnpm", &E::run_installer},
                                          {"podman", &E::run_container},
                                          {"poetry", &E::run_server},
                                          {"powershell", &E::run_powershell},
                                          {"printf", &E::run_printf},
                                          {"prlimit", &E::run_wrapper},
                                          {"proxychains", &E::run_wrapper},
                                          {"proxychains4", &E::run_wrapper},
                                          {"psql", &E::run_lookup},
                                          {"puma", &E::run_server},
                                          {"pv", &E::run_filter},
                                          {"pwd", &E::run_pwd},
                                          {"pwsh", &E::run_powershell},
                                          {"racket", &E::run_reader},
                                          {"rackup", &E::run_server},
                                          {"rails", &E::run_server},
                                          {"rbash", &E::run_shell},
                                          {"rclone", &E::run_transfer},
                                          {"read", &E::run_read},
                                          {"readarray", &E::run_mapfile},
                                          {"redis-cli", &E::run_lookup},
                                          {"rev", &E::run_rev},
                                          {"rpm", &E::run_installer},
                                          {"rsync", &E::run_transfer},
                                          {"run-p", &E::run_together},
                                          {"run-s", &E::run_together},
                                          {"runcon", &E::run_wrapper},
                                          {"runghc", &E::run_reader},
                                          {"runuser", &E::run_su},
                                          {"rustc", &E::run_compiler},
                                          {"rvim", &E::run_editor},
                                          {"s3cmd", &E::run_transfer},
                                          {"s5cmd", &E::run_transfer},
                                          {"s6-applyuidgid", &E::run_wrapper},
                                          {"s6-envdir", &E::run_wrapper},
                                          {"s6-notifyoncheck", &E::run_wrapper},
                                          {"s6-setuidgid", &E::run_wrapper},
                                          {"s6-softlimit", &E::run_wrapper},
                                          {"sbcl", &E::run_reader},
                                          {"sbt", &E::run_server},
                                          {"scala", &E::run_reader},
                                          {"scp", &E::run_transfer},
                                          {"screen", &E::run_wrapper},
                                          {"script", &E::run_su},
                                          {"sed", &E::run_sed},
                                          {"set", &E::run_set},
                                          {"setarch", &E::run_wrapper},
                                          {"setpriv", &E::run_wrapper},
                                          {"setsid", &E::run_wrapper},
                                          {"setuidgid", &E::run_wrapper},
                                          {"sftp", &E::run_session},
                                          {"sh", &E::run_shell},
                                          {"sha1sum", &E::run_checksum},
                                          {"sha256sum", &E::run_checksum},
                                          {"sha512sum", &E::run_checksum},
                                          {"shasum", &E::run_checksum},
                                          {"sidekiq", &E::run_server},
                                          {"skopeo", &E::run_puller},
                                          {"smbclient", &E::run_session},
                                          {"socat", &E::run_socat},
                                          {"sort", &E::run_filter},
                                          {"source", &E::run_source},
                                          {"sqlcmd", &E::run_lookup},
                                          {"ssh", &E::run_lookup},
                                          {"start-stop-daemon", &E::run_starter},
                                          {"stdbuf", &E::run_wrapper},
                                          {"steghide", &E::run_hidden_text},
                                          {"stegseek", &E::run_hidden_text},
                                          {"strace", &E::run_wrapper},
                                          {"streamlit", &E::run_server},
                                          {"strings", &E::run_filter},
                                          {"su", &E::run_su},
                                          {"su-exec", &E::run_wrapper},
                                          {"sudo", &E::run_wrapper},
                                          {"svn", &E::run_checkout},
                                          {"swipl", &E::run_reader},
                                          {"systemd-run", &E::run_wrapper},
                                          {"tac", &E::run_rev},
                                          {"tail", &E::run_filter},
                                          {"tar", &E::run_archive},
                                          {"taskset", &E::run_wrapper},
                                          {"tcc", &E::run_compiler},
                                          {"tclsh", &E::run_tcl},
                                          {"tcsh", &E::run_shell},
                                          {"tee", &E::run_tee},
                                          {"telnet", &E::run_telnet},
                                          {"tftp", &E::run_transfer},
                                          {"time", &E::run_wrapper},
                                          {"timeout", &E::run_wrapper},
                                          {"tini", &E::run_wrapper},
                                          {"tmux", &E::run_tmux},
                                          {"torify", &E::run_wrapper},
                                          {"torsocks", &E::run_wrapper},
                                          {"toybox", &E::run_busybox},
                                          {"tr", &E::run_tr},
                                          {"trap", &E::run_trap},
                                          {"trickle", &E::run_wrapper},
                                          {"ts-node", &E::run_server},
                                          {"tsx", &E::run_server},
                                          {"type", &E::run_which},
                                          {"unbuffer", &E::run_wrapper},
                                          {"uncompress", &E::run_unpack},
                                          {"unicorn", &E::run_server},
                                          {"uniq", &E::run_filter},
                                          {"unshare", &E::run_wrapper},
                                          {"unxz", &E::run_unpack},
                                          {"unzip", &E::run_archive},
                                          {"unzstd", &E::run_unpack},
                                          {"uudecode", &E::run_base64},
                                          {"uv", &E::run_server},
                                          {"uvicorn", &E::run_server},
                                          {"uvx", &E::run_installer},
                                          {"vi", &E::run_editor},
                                          {"view", &E::run_editor},
                                          {"vim", &E::run_editor},
                                          {"vite", &E::run_server},
                                          {"w3m", &E::run_fetcher},
                                          {"wait-for", &E::run_behind},
                                          {"wait-for-it", &E::run_behind},
                                          {"wait-for-it.sh", &E::run_behind},
                                          {"wasmer", &E::run_loader},
                                          {"wasmtime", &E::run_loader},
                                          {"watch", &E::run_wrapper},
                                          {"websocat", &E::run_websocat},
                                          {"wget", &E::run_wget},
                                          {"wget2", &E::run_fetcher},
                                          {"which", &E::run_which},
                                          {"wine", &E::run_loader},
                                          {"wish", &E::run_tcl},
                                          {"with-contenv", &E::run_wrapper},
                                          {"xargs", &E::run_xargs},
                                          {"xh", &E::run_fetcher},
                                          {"xvfb-run", &E::run_wrapper},
                                          {"xxd", &E::run_xxd},
                                          {"xz", &E::run_unpack},
                                          {"xzcat", &E::run_unpack},
                                          {"yarn", &E::run_installer},
                                          {"yum", &E::run_installer},
                                          {"zcat", &E::run_unpack},
                                          {"zsh", &E::run_shell},
                                          {"zstd", &E::run_unpack},
                                          {"zstdcat", &E::run_unpack},
                                          {"zsteg", &E::run_hidden_text},
                                          {"ztcp", &E::run_ztcp}};
  static_assert(std::is_sorted(std::begin(k_rows), std::end(k_rows),
                               [](const HandlerRow& a, const HandlerRow& b) { return a.name < b.name; }));
  const auto* found =
      std::lower_bound(std::begin(k_rows), std::end(k_rows), name,
                       [](const HandlerRow& row, std::string_view wanted) { return row.name < wanted; });
  if (found != std::end(k_rows) && found->name == name) return found;
  if (name.substr(0, 8) == "ld-linux" || name.substr(0, 7) == "ld-musl") {
    static constexpr HandlerRow k_loader{"", &E::run_loader};
    return &k_loader;
  }
  // Versioned compilers: gcc-12, clang++-14.
  static constexpr HandlerRow k_compiler{"", &E::run_compiler};
  for (const std::string_view compiler : {"gcc-", "g++-", "clang-", "clang++-"})
    if (name.starts_with(compiler) &&
        name.find_first_not_of("0123456789.", compiler.size()) == std::string_view::npos)
      return &k_compiler;
  // Versioned interpreters: python3.11, php8.2, lua5.4.
  static constexpr HandlerRow k_language{"", &E::run_language};
  for (const std::string_view language : {"python", "perl", "ruby", "node", "php", "lua", "pypy"}) {
    if (name.substr(0, language.size()) != language) continue;
    const std::string_view rest = name.substr(language.size());
    if (rest.find_first_not_of("0123456789.") == std::string_view::npos || rest == "js" || rest == "jit")
      return &k_language;
  }
  return nullptr;
}

}  // namespace hullcheck::detect
