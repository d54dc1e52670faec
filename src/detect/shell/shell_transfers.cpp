// Copies from other machines, from stores of objects and by lists of addresses, in the evaluator. See
// shell_facts.hpp.
//
// What a list or a file of options fetches is not always said in the script: then it is somewhere below the folder in
// which the tool puts it.
#include <algorithm>
#include <array>

#include "detect/shell/argument_words.hpp"
#include "detect/shell/shell_evaluator.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_lines = 256;

// mc cp ALIAS/BUCKET/FILE, rclone copy R:PATH, kubectl cp NAMESPACE/POD:/FILE: places elsewhere that do not look so.
bool names_store(std::string_view tool, std::string_view word) {
  if (word.empty() || word[0] == '/' || word[0] == '.' || word[0] == '-' || word[0] == '~') return false;
  if (tool == "rclone" || tool == "kubectl") return word.find(':') != std::string_view::npos;
  return tool == "mc" && std::count(word.begin(), word.end(), '/') >= 2;
}

Value known(std::string text) { return {std::move(text), true, nullptr}; }

std::string last_part(std::string_view path) { return std::string(path.substr(path.find_last_of("/:") + 1)); }

// Letters of options that take a value; all others are switches.
std::string_view value_letters(std::string_view tool) {
  if (tool == "scp" || tool == "sftp") return "PioFSlcJXDBR";
  if (tool == "rsync") return "ef";
  if (tool == "ftpget") return "upP";
  if (tool == "kubectl") return "nc";
  return {};
}

// Words of a line of lftp or smbclient, without quotes.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  while (words.size() < 16) {
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) break;
    line.remove_prefix(begin);
    const bool quoted = line[0] == '"' || line[0] == '\'';
    const std::size_t end =
        quoted ? std::min(line.find(line[0], 1), line.size()) : std::min(line.find_first_of(" \t\r"), line.size());
    words.emplace_back(line.substr(quoted ? 1 : 0, end - (quoted ? 1 : 0)));
    line.remove_prefix(std::min(end + (quoted ? 1 : 0), line.size()));
  }
  return words;
}

template <typename Function>
void each_statement(std::string_view text, Function&& function) {
  for (std::size_t count = 0; !text.empty() && count < k_most_lines; ++count) {
    const std::size_t end = std::min(text.find_first_of(";\n"), text.size());
    function(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// "output = "/tmp/x"", "url=https://…", "-o /tmp/x" of curl's files of options.
std::pair<std::string, std::string> option_line(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t-");
  if (begin == std::string_view::npos || line[begin] == '#') return {};
  line.remove_prefix(begin);
  const std::size_t end = std::min(line.find_first_of(" \t=:"), line.size());
  std::string name(line.substr(0, end));
  line.remove_prefix(end);
  const std::size_t value = std::min(line.find_first_not_of(" \t=:"), line.size());
  const std::vector<std::string> words = words_of(line.substr(value));
  return {std::move(name), words.empty() ? std::string() : words[0]};
}

}  // namespace

// ---- one file or folder from elsewhere

Value ShellEvaluator::save_from(const Value& remote, const Value& local, Invocation& invocation) {
  const Value content = fetched(invocation.name(), {remote});
  if (local.text == "-" || local.text == "/dev/stdout") return content;
  const std::string last = last_part(remote.text);
  Value place = local;
  if (place.text.ends_with('/') || place.text == ".") place.text += "/" + last;
  if (last.empty() || last == "*") {
    add_tree(local.text, content, invocation.line);
    return {};
  }
  write_file(place, content, false, invocation.name(), invocation.line);
  add_tree(place.text, content, invocation.line);
  return {};
}

Value ShellEvaluator::run_transfer(Invocation& invocation) {
  const std::string name = invocation.name();
  std::vector<Value> operands;
  Value remote, local;
  bool prints = false;
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i);
    const bool next = i + 1 < invocation.argv.size();
    if (name == "tftp" && (word == "-r" || word == "-l")) {
      if (next) (word == "-r" ? remote : local) = invocation.argv[++i];
    } else if (is_flag(word)) {
      const bool value = word.size() == 2 && value_letters(name).find(word[1]) != std::string_view::npos;
      i += value ? 1 : 0;
    } else {
      prints |= word == "cat" && operands.size() < 2;
      operands.push_back(invocation.argv[i]);
    }
  }
  if (name == "tftp") {
    // tftp HOST -c get FILE [LOCAL], tftp -g -r FILE HOST
    if (operands.size() > 2 && operands[1].text == "get") {
      remote = operands[2];
      if (operands.size() > 3) local = operands[3];
    }
    if (operands.empty() || remote.text.empty()) return Value::unknown();
    if (local.text.empty()) local = known(last_part(remote.text));
    remote.text = "tftp://" + operands[0].text + "/" + remote.text;
    return save_from(remote, local, invocation);
  }
  if (name == "ftpget") {
    if (operands.size() < 2) return Value::unknown();
    local = operands[1];
    remote = operands[0];
    remote.text = "ftp://" + remote.text + "/" + (operands.size() > 2 ? operands[2].text : local.text);
    return save_from(remote, local, invocation);
  }
  if (prints && operands.size() > 1) return fetched(name, {operands.back()});
  if (name == "aws" && operands.size() > 2 && operands[0].text == "s3api") return run_store(invocation);
  // aws s3 cp, gsutil cp, mc cp, rclone copy, scp, rsync: the last operand is the place, one before it remote.
  if (operands.size() < 2) return Value::unknown();
  local = operands.back();
  for (std::size_t i = 0; i + 1 < operands.size(); ++i)
    if (is_remote(operands[i].text) || names_store(name, operands[i].text)) remote = operands[i];
  if (remote.text.empty() || is_remote(local.text)) return Value::unknown();
  return save_from(remote, local, invocation);
}

// oras pull REFERENCE -o FOLDER, ipfs get CID -o FILE, kubectl cp POD:/FILE FILE
Value ShellEvaluator::run_puller(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "onc", " output namespace container ", OperandRule::collect);
  if (options.operands.size() < 2) return Value::unknown();
  const std::string& verb = options.operands[0].text;
  const std::string name = invocation.name();
  if (name == "kubectl") return verb == "cp" ? run_transfer(invocation) : Value::unknown();
  const bool pulls = verb == "pull" || verb == "get" || verb == "cat" || verb == "blob" || verb == "export";
  if (!pulls) return Value::unknown();
  const Value content = fetched(name, {options.operands[1]});
  if (verb == "cat" || verb == "blob") return content;
  const Value* place = options.get("o") != nullptr ? options.get("o") : options.get("output");
  if (place == nullptr && options.operands.size() > 2) place = &options.operands[2];
  if (place != nullptr && place->text == "-") return content;
  if (place != nullptr) write_file(*place, content, false, name, invocation.line);
  add_tree(place == nullptr ? "." : place->text, content, invocation.line);
  return {};
}

// Clients of stores that say with options what goes where: az storage blob download, aws s3api get-object,
// gcloud storage cp, azcopy copy, gh release download, gh repo clone.
Value ShellEvaluator::run_store(Invocation& invocation) {
  const std::string name = invocation.name();
  const Options options = parse_options(
      invocation.argv, name == "gh" ? "RpDOA" : "fnscdb",
      " bucket key name container-name account-name account-key connection-string sas-token source destination file "
      "destination-path blob-url profile region endpoint-url project dir repo pattern output archive auth-mode "
      "subscription query version-id range pattern ",
      OperandRule::collect);
  const std::vector<Value>& words = options.operands;
  const auto value = [&](std::initializer_list<std::string_view> names) {
    for (const std::string_view one : names)
      if (const Value* found = options.get(one); found != nullptr && !found->text.empty()) return *found;
    return Value{};
  };
  const auto verb = [&](std::string_view one) {
    return std::any_of(words.begin(), words.end(), [&](const Value& word) { return word.text == one; });
  };
  if (name == "gh") {
    if (verb("clone") && words.size() > 2) {
      const std::string repository = words[2].text;
      const std::string place = words.size() > 3 ? words[3].text : last_part(repository);
      add_tree(place, fetched(name, {known(repository)}), invocation.line);
    } else if (verb("download")) {
      const Value folder = value({"D", "dir"}), file = value({"O", "output"}), pattern = value({"p", "pattern"});
      const Value content = fetched(name, {value({"R", "repo"})});
      if (file.text == "-") return content;
      const std::string below = folder.text.empty() ? "." : folder.text;
      if (!file.text.empty()) write_file(file, content, false, name, invocation.line);
      if (!pattern.text.empty() && pattern.text.find('*') == std::string::npos)
        write_file(known(below + "/" + pattern.text), content, false, name, invocation.line);
      add_tree(below, content, invocation.line);
    }
    return Value::unknown();
  }
  if (name == "aws") {
    if (!verb("get-object")) return Value::unknown();
    Value remote = known("s3://" + value({"bucket"}).text + "/" + value({"key"}).text);
    return save_from(remote, words.back(), invocation);
  }
  if (name == "az") {
    if (!verb("download") && !verb("download-batch") && !verb("sync")) return Value::unknown();
    Value remote = value({"blob-url", "n", "name", "s", "source", "c", "container-name"});
    const Value local = value({"f", "file", "d", "destination"});
    if (local.text.empty()) return Value::unknown();
    if (verb("download")) return save_from(remote, local, invocation);
    add_tree(local.text, fetched(name, {remote}), invocation.line);
    return {};
  }
  if (verb("cat") && words.size() > 1) return fetched(name, {words.back()});
  return run_transfer(invocation);
}

// ---- sessions: commands in a text of the client's own

// lftp -c "get X -o Y", sftp HOST:FILE LOCAL, sftp HOST <<EOF, smbclient //HOST/SHARE -c 'get X Y', ftp -n HOST <<EOF
Value ShellEvaluator::run_session(Invocation& invocation) {
  const std::string name = invocation.name();
  const std::string_view letters = name == "lftp"        ? "ceupfs"
                                   : name == "smbclient" ? "cUWADIpm"
                                   : name == "ftp"       ? "oPNsu"
                                                         : "boPiFSlcJXDBR";
  const Options options = parse_options(invocation.argv, letters, "", OperandRule::collect);
  const std::string host = options.operands.empty() ? std::string() : options.operands[0].text;
  if (name == "sftp" && is_remote(host)) {
    const bool placed = options.operands.size() > 1;
    return save_from(known(host), placed ? options.operands[1] : known(last_part(host)), invocation);
  }
  if (name == "ftp" && is_url(host)) return run_fetcher(invocation);
  std::string text;
  if (name == "lftp" || name == "smbclient")
    for (const std::string_view one : {"c", "e"})
      if (const Value* given = options.get(one); given != nullptr) text += given->text + "\n";
  for (const std::string_view one : {"f", "b"})
    if (const Value* file = options.get(one); file != nullptr && text.empty()) {
      text = file_or_input(invocation, {*file}).text;
      // A batch that lies in a file of the image: what it gets is not known here.
      if (text.empty()) add_tree(".", fetched(name, {known(host)}), invocation.line);
    }
  if (text.empty() && invocation.io.input) text = invocation.io.input->text;
  std::string folder = ".";
  each_statement(text, [&](std::string_view statement) {
    const std::vector<std::string> words = words_of(statement);
    if (words.size() < 2) return;
    if (words[0] == "lcd") folder = words[1];
    static constexpr std::array<std::string_view, 6> k_gets = {"get", "mget", "pget", "reget", "mirror", "recv"};
    if (std::find(k_gets.begin(), k_gets.end(), words[0]) == k_gets.end()) return;
    std::vector<std::string> places;
    std::string output;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (words[i] == "-R" || words[i] == "--reverse") return;  // mirror to the other side
      if (words[i] == "-o" || words[i] == "-O")
        output = i + 1 < words.size() ? words[++i] : "";
      else if (!is_flag(words[i]))
        places.push_back(words[i]);
    }
    if (places.empty()) return;
    const std::string remote = is_url(places[0]) || host.empty() ? places[0] : host + "/" + places[0];
    if (output.empty()) output = places.size() > 1 && words[0] != "mget" ? places[1] : last_part(places[0]);
    if (!output.starts_with('/') && folder != ".") output = folder + "/" + output;
    save_from(known(remote), known(output), invocation);
  });
  return Value::unknown();
}

// ---- lists of addresses, files of options

// wget -i LIST, aria2c -i LIST: where the list is known each address has its file.
Value ShellEvaluator::fetch_listed(std::string_view tool, const Value& list, const Value* folder,
                                   Invocation& invocation) {
  const Value text = file_or_input(invocation, {list});
  const std::string below = folder == nullptr ? "." : folder->text;
  std::vector<Value> urls;
  each_statement(text.text, [&](std::string_view line) {
    const std::vector<std::string> words = words_of(line);
    if (words.empty() || !is_url(words[0]) || urls.size() >= 64) return;
    urls.push_back(known(words[0]));
    std::string file = last_part(words[0].substr(0, words[0].find_first_of("?#")));
    write_file(known(below + "/" + file), fetched(tool, {urls.back()}), false, tool, invocation.line);
  });
  if (urls.empty()) urls.push_back(known("the addresses in " + list.text));
  add_tree(below, fetched(tool, urls), invocation.line);
  return {};
}

// curl -K FILE
Value ShellEvaluator::fetch_configured(const Value& file, Invocation& invocation) {
  const Value text = file_or_input(invocation, {file});
  std::vector<Value> urls;
  std::string output;
  bool named = false;
  each_statement(text.text, [&](std::string_view line) {
    const auto [name, value] = option_line(line);
    if (name == "url" && urls.size() < 8) urls.push_back(known(value));
    if (name == "output" || name == "o") output = value;
    named |= name == "remote-name" || name == "O";
  });
  if (urls.empty()) urls.push_back(known("the addresses in " + file.text));
  const Value content = fetched("curl", urls);
  if (named && output.empty()) output = last_part(urls[0].text);
  if (!output.empty()) return save_fetched(content, known(output), invocation);
  if (text.text.empty()) add_tree(".", content, invocation.line);
  return content;
}

}  // namespace hullcheck::detect
