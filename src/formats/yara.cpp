// libyara 4.2 behind YaraRules; the one file that includes its header.
//
// Facts about the library that shape this: it must be initialised once in a process; a scanner is one thread's, so
// idle ones are kept in a pool; its own handler for bus errors is switched off, since it would replace the handlers
// of the whole process and our bytes are in memory or in a file of our own.
#include "formats/yara.hpp"

#include <yara.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <optional>

namespace hullcheck::formats {
namespace {

constexpr std::size_t k_most_strings = 16;  // of one match, that are told

bool initialise() {
  static const bool done = yr_initialize() == ERROR_SUCCESS;
  return done;
}

struct CompilerDeleter {
  void operator()(YR_COMPILER* compiler) const { yr_compiler_destroy(compiler); }
};
struct RulesDeleter {
  void operator()(YR_RULES* rules) const { yr_rules_destroy(rules); }
};
struct ScannerDeleter {
  void operator()(YR_SCANNER* scanner) const { yr_scanner_destroy(scanner); }
};
struct FileDeleter {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using CompilerPtr = std::unique_ptr<YR_COMPILER, CompilerDeleter>;
using RulesPtr = std::unique_ptr<YR_RULES, RulesDeleter>;
using ScannerPtr = std::unique_ptr<YR_SCANNER, ScannerDeleter>;
using FilePtr = std::unique_ptr<std::FILE, FileDeleter>;

Error failed(const char* what) {
  return make_error(ErrorCode::io, "yara-failed", std::string("libyara gave up: ") + what);
}

// What the callbacks of one compilation share.
struct Compilation {
  const YaraSource* source = nullptr;
  std::optional<Error> error;
};

void on_message(int level, const char* file, int line, const YR_RULE* rule, const char* message, void* context) {
  auto& compilation = *static_cast<Compilation*>(context);
  if (level != YARA_ERROR_LEVEL_ERROR || compilation.error) return;
  std::string place = file != nullptr ? file : compilation.source->name;
  if (line > 0) place += ":" + std::to_string(line);
  std::string text = message != nullptr ? message : "is no YARA rule";
  if (rule != nullptr && rule->identifier != nullptr) text += std::string(" (rule ") + rule->identifier + ")";
  compilation.error = make_error(ErrorCode::malformed, "yara-malformed", std::move(text), std::move(place));
}

const char* on_include(const char* name, const char*, const char*, void* context) {
  const auto& includes = static_cast<Compilation*>(context)->source->includes;
  const auto found = includes.find(name);
  return found == includes.end() ? nullptr : found->second.c_str();
}

void free_include(const char*, void*) {}  // the source owns the text

Result<void> add_source(YR_COMPILER& compiler, Compilation& compilation, const YaraSource& source) {
  compilation.source = &source;
  std::string text = source.text.empty() ? "\n" : source.text;  // an empty stream cannot be opened
  const FilePtr stream(::fmemopen(text.data(), text.size(), "r"));
  if (!stream) return failed("out of memory");
  if (yr_compiler_add_file(&compiler, stream.get(), source.name_space.c_str(), source.name.c_str()) == 0) return {};
  if (compilation.error) return std::move(*compilation.error);
  return make_error(ErrorCode::malformed, "yara-malformed", "is no YARA rule", source.name);
}

YaraRule describe(const YR_RULE* rule) {
  YaraRule out;
  out.name = rule->identifier;
  out.name_space = rule->ns->name;
  const char* tag = nullptr;
  yr_rule_tags_foreach(rule, tag) out.tags.emplace_back(tag);
  const YR_META* meta = nullptr;
  yr_rule_metas_foreach(rule, meta) {
    if (meta->type == META_TYPE_STRING)
      out.metas.push_back({meta->identifier, meta->string});
    else if (meta->type == META_TYPE_BOOLEAN)
      out.metas.push_back({meta->identifier, meta->integer != 0 ? "true" : "false"});
    else
      out.metas.push_back({meta->identifier, std::to_string(meta->integer)});
  }
  return out;
}

size_t on_write(const void* data, size_t size, size_t count, void* context) {
  const auto* const from = static_cast<const std::uint8_t*>(data);
  auto& out = *static_cast<Buffer*>(context);
  out.insert(out.end(), from, from + size * count);
  return count;
}

size_t on_read(void* data, size_t size, size_t count, void* context) {
  auto& rest = *static_cast<Bytes*>(context);
  const std::size_t items = size == 0 ? 0 : std::min(count, rest.size() / size);
  std::memcpy(data, rest.data(), items * size);
  rest = rest.subspan(items * size);
  return items;
}

// What one scan gathers.
struct Found {
  const std::map<const YR_RULE*, std::size_t>& index;
  YaraRules::Scan scan;
};

YaraMatch match_of(YR_SCAN_CONTEXT* context, const YR_RULE* rule, std::size_t index) {
  YaraMatch match;
  match.rule = index;
  const YR_STRING* string = nullptr;
  yr_rule_strings_foreach(rule, string) {
    std::optional<YaraString> first;
    YR_MATCH hit;
    for (const YR_MATCH* next = context->matches[string->idx].head; next != nullptr; next = hit.next) {
      // The library lays matches one behind the other with the matched bytes between, so that one may stand at any
      // address: it is copied, for a reference to it would not be aligned.
      std::memcpy(&hit, static_cast<const void*>(next), sizeof hit);
      if (hit.is_private) continue;
      if (first)
        ++first->more;
      else
        first = YaraString{string->identifier, static_cast<std::uint64_t>(hit.base + hit.offset),
                           static_cast<std::uint64_t>(hit.match_length), 0};
    }
    if (first && match.strings.size() < k_most_strings) match.strings.push_back(std::move(*first));
  }
  std::sort(match.strings.begin(), match.strings.end(), [](const YaraString& a, const YaraString& b) {
    return a.offset != b.offset ? a.offset < b.offset : a.identifier < b.identifier;
  });
  return match;
}

int on_result(YR_SCAN_CONTEXT* context, int message, void* data, void* user) {
  auto& found = *static_cast<Found*>(user);
  if (message == CALLBACK_MSG_TOO_MANY_MATCHES) found.scan.complete = false;
  if (message != CALLBACK_MSG_RULE_MATCHING) return CALLBACK_CONTINUE;
  const auto* const rule = static_cast<const YR_RULE*>(data);
  const auto at = found.index.find(rule);
  if (at != found.index.end()) found.scan.matches.push_back(match_of(context, rule, at->second));
  return CALLBACK_CONTINUE;
}

}  // namespace

struct YaraRules::State {
  RulesPtr compiled;
  std::vector<YaraRule> rules;
  std::map<const YR_RULE*, std::size_t> index;
  std::mutex mutex;
  std::vector<ScannerPtr> idle;  // before `compiled` goes, so must they

  ~State() { idle.clear(); }

  explicit State(RulesPtr from) : compiled(std::move(from)) {
    const YR_RULE* rule = nullptr;
    yr_rules_foreach(compiled.get(), rule) {
      if (RULE_IS_PRIVATE(rule)) continue;
      index[rule] = rules.size();
      rules.push_back(describe(rule));
    }
  }

  ScannerPtr take() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        ScannerPtr scanner = std::move(idle.back());
        idle.pop_back();
        return scanner;
      }
    }
    YR_SCANNER* scanner = nullptr;
    if (yr_scanner_create(compiled.get(), &scanner) != ERROR_SUCCESS) return nullptr;
    return ScannerPtr(scanner);
  }

  void give_back(ScannerPtr scanner) {
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(scanner));
  }
};

YaraRules::YaraRules(std::unique_ptr<State> state) : m_state(std::move(state)) {}
YaraRules::~YaraRules() = default;

const std::vector<YaraRule>& YaraRules::rules() const { return m_state->rules; }
std::string_view YaraRules::library_version() { return YR_VERSION; }

Result<std::unique_ptr<YaraRules>> YaraRules::compile(const std::vector<YaraSource>& sources) {
  YR_COMPILER* raw = nullptr;
  if (!initialise() || yr_compiler_create(&raw) != ERROR_SUCCESS) return failed("it could not be started");
  const CompilerPtr compiler(raw);
  Compilation compilation;
  yr_compiler_set_callback(raw, on_message, &compilation);
  yr_compiler_set_include_callback(raw, on_include, free_include, &compilation);
  for (const char* const name : {"filename", "filepath"}) yr_compiler_define_string_variable(raw, name, "");
  // Rules of other programs ask for these too; without them they would not compile.
  for (const char* const name : {"extension", "filetype", "owner"}) yr_compiler_define_string_variable(raw, name, "");
  for (const YaraSource& source : sources) TRY(add_source(*raw, compilation, source));
  YR_RULES* rules = nullptr;
  if (yr_compiler_get_rules(raw, &rules) != ERROR_SUCCESS) return failed("out of memory");
  return std::unique_ptr<YaraRules>(new YaraRules(std::make_unique<State>(RulesPtr(rules))));
}

std::unique_ptr<YaraRules> YaraRules::load(Bytes compiled) {
  if (!initialise()) return nullptr;
  YR_STREAM stream{};
  stream.user_data = &compiled;
  stream.read = on_read;
  YR_RULES* rules = nullptr;
  if (yr_rules_load_stream(&stream, &rules) != ERROR_SUCCESS) return nullptr;
  return std::unique_ptr<YaraRules>(new YaraRules(std::make_unique<State>(RulesPtr(rules))));
}

Result<Buffer> YaraRules::save() const {
  Buffer out;
  YR_STREAM stream{};
  stream.user_data = &out;
  stream.write = on_write;
  if (yr_rules_save_stream(m_state->compiled.get(), &stream) != ERROR_SUCCESS) return failed("not saved");
  return out;
}

Result<YaraRules::Scan> YaraRules::scan(Bytes bytes, const YaraFile& file, std::chrono::seconds limit) const {
  ScannerPtr scanner = m_state->take();
  if (!scanner) return failed("no scanner could be made");
  Found found{m_state->index, {}};
  yr_scanner_set_callback(scanner.get(), on_result, &found);
  yr_scanner_set_timeout(scanner.get(), static_cast<int>(limit.count()));
  yr_scanner_set_flags(scanner.get(),
                       SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_NO_TRYCATCH | SCAN_FLAGS_REPORT_RULES_MATCHING);
  yr_scanner_define_string_variable(scanner.get(), "filename", file.name.c_str());
  yr_scanner_define_string_variable(scanner.get(), "filepath", file.path.c_str());
  const std::size_t dot = file.name.rfind('.');
  yr_scanner_define_string_variable(scanner.get(), "extension",
                                    dot == std::string::npos ? "" : file.name.c_str() + dot);
  const int status = yr_scanner_scan_mem(scanner.get(), bytes.data(), bytes.size());
  if (status == ERROR_SCAN_TIMEOUT)
    return make_error(ErrorCode::timeout, "yara-timeout",
                      "the YARA rules took longer than " + std::to_string(limit.count()) + " s for this file");
  if (status != ERROR_SUCCESS)
    return make_error(
        ErrorCode::limit, "yara-failed",
        "the YARA rules could not be run over this file (libyara error " + std::to_string(status) + ")");
  m_state->give_back(std::move(scanner));
  std::sort(found.scan.matches.begin(), found.scan.matches.end(),
            [](const YaraMatch& a, const YaraMatch& b) { return a.rule < b.rule; });
  return std::move(found.scan);
}

}  // namespace hullcheck::formats
