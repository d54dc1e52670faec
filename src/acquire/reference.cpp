// The reference grammar (reference.hpp), and image names as the Docker engine reads them.
// Source of the name rules: the grammar in the "reference" package of the distribution project.
#include "acquire/reference.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "util/digest.hpp"
#include "util/text.hpp"

namespace hullcheck::acquire {
namespace {

constexpr std::size_t k_longest_text = 8 * 1024;
constexpr std::size_t k_longest_repository = 255;
constexpr std::size_t k_longest_tag = 128;

constexpr std::array<std::string_view, 6> k_schemes = {"docker", "podman", "registry", "archive", "oci", "rootfs"};

// Spellings of other tools. None of them is a likely repository name, so they are errors with advice.
struct Foreign {
  std::string_view prefix, instead;
};
constexpr std::array<Foreign, 10> k_foreign = {{
    {"registry://", "registry:"},
    {"docker-archive:", "archive:"},
    {"docker-daemon:", "docker:"},
    {"oci-archive:", "oci:"},
    {"oci-dir:", "oci:"},
    {"containers-storage:", "podman:"},
    {"docker://", "registry:"},
    {"https://", "registry:"},
    {"http://", "registry:"},
    {"file://", "archive:"},
}};

Error invalid(std::string_view text, std::string message) {
  return make_error(ErrorCode::invalid_argument, "reference-invalid", std::move(message),
                    std::string(text.substr(0, 200)));
}

// A line break in it would let the name speak in the program's place.
Error control_in_name(std::string_view text) {
  return make_error(ErrorCode::invalid_argument, "reference-invalid", "an image name holds no control characters",
                    util::escape_for_terminal(text.substr(0, 200)));
}

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter_or_digit(char c) { return is_lower_or_digit(c) || is_upper(c); }
bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
bool has_upper(std::string_view text) { return std::any_of(text.begin(), text.end(), is_upper); }

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

// Edits (replace, insert, delete, swap neighbours) between two short words.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      current[j] =
          std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        current[j] = std::min(current[j], before[j - 2] + 1);
    }
    before.swap(previous);
    previous.swap(current);
  }
  return previous[b.size()];
}

std::string typo_hint(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon < 2 || colon > 12) return {};
  for (const auto scheme : k_schemes)
    if (edit_distance(text.substr(0, colon), scheme) == 1)
      return fmt::format("did you mean {}{}?", scheme, text.substr(colon));
  return {};
}

bool is_path_form(std::string_view text) {
  return text.starts_with('/') || text.starts_with("./") || text.starts_with("../") || text == "." || text == "..";
}

bool exists(const std::string& path, mode_t* type = nullptr) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return false;
  if (type) *type = info.st_mode & S_IFMT;
  return true;
}

Result<Reference> parse_path(const std::string& text) {
  mode_t type = 0;
  const LayoutName layout = parse_layout_name(text);
  if (exists(text, &type)) {
    if (type == S_IFDIR)
      return Reference{text, exists(text + "/oci-layout") || exists(text + "/index.json") ? "oci" : "rootfs", text,
                       ""};
    return Reference{text, "archive", text, ""};
  }
  if (layout.path != text && exists(layout.path)) return Reference{text, "oci", text, ""};
  return make_error(ErrorCode::not_found, "reference-not-found", "there is no such file or folder", text);
}

bool is_repository_component(std::string_view part) {
  // [a-z0-9]+ joined by one '.', one or two '_', or any number of '-'.
  std::size_t i = 0;
  while (true) {
    const std::size_t word = i;
    while (i < part.size() && is_lower_or_digit(part[i])) ++i;
    if (i == word) return false;
    if (i == part.size()) return true;
    const std::size_t joint = i;
    while (i < part.size() && part[i] == part[joint]) ++i;
    const std::size_t length = i - joint;
    const bool good =
        part[joint] == '-' || (part[joint] == '_' && length <= 2) || (part[joint] == '.' && length == 1);
    if (!good) return false;
  }
}

bool is_repository(std::string_view text) {
  if (text.empty() || text.size() > k_longest_repository) return false;
  while (true) {
    const auto slash = text.find('/');
    if (!is_repository_component(text.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
}

bool is_tag(std::string_view text) {
  if (text.empty() || text.size() > k_longest_tag || text[0] == '.' || text[0] == '-') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '_' || c == '.' || c == '-'; });
}

bool is_port(std::string_view text) {
  unsigned number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + static_cast<unsigned>(c - '0');
    if (number > 65535) return false;
  }
  return number > 0;
}

bool is_host(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    const auto address = text.substr(1, end - 1);
    if (!std::all_of(address.begin(), address.end(),
                     [](char c) { return is_hex(c) || (c >= 'A' && c <= 'F') || c == ':' || c == '.'; }))
      return false;
    return end + 1 == text.size() || (text[end + 1] == ':' && is_port(text.substr(end + 2)));
  }
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && !is_port(text.substr(colon + 1))) return false;
  auto name = text.substr(0, colon);
  while (true) {
    const auto dot = name.find('.');
    const auto label = name.substr(0, dot);
    if (label.empty() || label.front() == '-' || label.back() == '-') return false;
    if (!std::all_of(label.begin(), label.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; }))
      return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

// What stands before the first slash is a host if a repository component could not look like it.
bool looks_like_host(std::string_view first) {
  return first.find_first_of(".:[") != std::string_view::npos || first == "localhost" || has_upper(first);
}

}  // namespace

bool is_archive_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) return false;
  struct stat info {};
  std::array<char, 512> head{};
  const bool regular = ::fstat(file, &info) == 0 && S_ISREG(info.st_mode);
  const ssize_t size = regular ? ::pread(file, head.data(), head.size(), 0) : 0;
  ::close(file);
  const std::string_view bytes(head.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  constexpr std::string_view k_gzip = "\x1f\x8b", k_zstd = "\x28\xb5\x2f\xfd", k_bzip2 = "BZh";
  constexpr std::string_view k_xz{
      "\xfd"
      "7zXZ\0",
      6};
  if (bytes.starts_with(k_gzip) || bytes.starts_with(k_zstd) || bytes.starts_with(k_xz) || bytes.starts_with(k_bzip2))
    return true;
  return bytes.size() == 512 && bytes.substr(257, 5) == "ustar";
}

LayoutName parse_layout_name(const std::string& text) {
  if (exists(text)) return {text, "", ""};
  if (const auto at = text.rfind('@'); at != std::string::npos && util::is_digest(text.substr(at + 1)))
    return {text.substr(0, at), "", text.substr(at + 1)};
  // A digest that is none is the digest's fault and not the file's.
  if (const auto at = text.rfind('@'); at != std::string::npos && exists(text.substr(0, at)))
    return {text.substr(0, at), "", text.substr(at + 1)};
  const auto slash = text.rfind('/');
  // A tag may itself hold slashes and colons (some tools store whole names there), so the path ends at the first
  // colon after which nothing exists on disk under a longer name.
  for (auto colon = text.rfind(':'); colon != std::string::npos && colon > 0; colon = text.rfind(':', colon - 1))
    if (exists(text.substr(0, colon))) return {text.substr(0, colon), text.substr(colon + 1), ""};
  const auto colon = text.find(':', slash == std::string::npos ? 0 : slash);
  if (colon == std::string::npos) return {text, "", ""};
  return {text.substr(0, colon), text.substr(colon + 1), ""};
}

Result<Reference> parse_reference(const std::string& text) {
  if (text.empty()) return invalid(text, "the image reference is empty");
  if (text.size() > k_longest_text) return invalid(text, "the image reference is longer than any path or name");
  if (text.find('\0') != std::string::npos) return invalid(text, "the image reference holds a NUL byte");
  if (text == "-") return Reference{text, "stdin", "", ""};
  for (const auto& foreign : k_foreign)
    if (text.starts_with(foreign.prefix))
      return invalid(text, fmt::format("this spelling belongs to another tool; write {}{}", foreign.instead,
                                       text.substr(foreign.prefix.size())));
  for (const auto scheme : k_schemes) {
    if (!text.starts_with(std::string(scheme) + ":")) continue;
    const std::string rest = text.substr(scheme.size() + 1);
    if (rest.empty()) return invalid(text, fmt::format("nothing follows \"{}:\"", scheme));
    const bool a_name = scheme == "docker" || scheme == "podman" || scheme == "registry";
    if (a_name && has_control(rest)) return control_in_name(text);
    return Reference{text, std::string(scheme), rest, ""};
  }
  if (is_path_form(text)) return parse_path(text);
  mode_t type = 0;
  if (exists(text, &type)) {
    if (type == S_IFREG && is_archive_file(text)) return Reference{text, "archive", text, ""};
    if (type == S_IFDIR)
      return Reference{text, "", text, fmt::format("a folder of this name exists; write ./{} to scan it", text)};
  }
  if (has_control(text)) return control_in_name(text);
  if (text.ends_with(".tar") || text.ends_with(".tar.gz") || text.ends_with(".tgz") || text.ends_with(".tar.zst"))
    return Reference{text, "", text,
                     exists(text) ? "the file of this name is no archive" : "there is no file of this name"};
  return Reference{text, "", text, typo_hint(text)};
}

Result<RegistryName> parse_registry_name(std::string_view text) {
  const std::string_view whole = text;
  if (text.empty()) return invalid(whole, "the image name is empty");
  if (text.size() == 64 && std::all_of(text.begin(), text.end(), is_hex))
    return invalid(whole, "this is an image id, which only an engine knows; write docker:ID");
  if (text.starts_with("sha256:") && util::is_digest(text))
    return invalid(whole, "this is a digest without a name; write NAME@DIGEST, or docker:DIGEST for an image id");

  RegistryName name;
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    name.digest = std::string(text.substr(at + 1));
    if (!util::is_digest(name.digest))
      return invalid(whole, "what follows \"@\" is no digest (sha256: and 64 hex digits)");
    text = text.substr(0, at);
  }
  const auto slash = text.find('/');
  if (slash != std::string_view::npos && looks_like_host(text.substr(0, slash))) {
    name.host = std::string(text.substr(0, slash));
    text.remove_prefix(slash + 1);
    if (!is_host(name.host)) return invalid(whole, fmt::format("\"{}\" is no host name", name.host));
  }
  if (name.host.empty() || name.host == "index.docker.io" || name.host == "registry-1.docker.io")
    name.host = "docker.io";

  const auto last = text.rfind('/');
  if (const auto colon = text.rfind(':');
      colon != std::string_view::npos && (last == std::string_view::npos || colon > last)) {
    name.tag = std::string(text.substr(colon + 1));
    if (!is_tag(name.tag))
      return invalid(whole, fmt::format("\"{}\" is no tag (letters, digits, '_', '.', '-'; at most 128)", name.tag));
    text = text.substr(0, colon);
  }
  name.repository = std::string(text);
  if (name.host == "docker.io" && name.repository.find('/') == std::string::npos)
    name.repository = "library/" + name.repository;
  if (!is_repository(name.repository)) {
    if (has_upper(name.repository)) return invalid(whole, "an image name must be in lower case");
    return invalid(whole, "this is no image name ([HOST[:PORT]/]NAME[:TAG][@DIGEST])");
  }
  if (name.tag.empty() && name.digest.empty()) name.tag = "latest";
  return name;
}

std::string RegistryName::familiar() const {
  std::string version;
  if (!tag.empty()) version += ":" + tag;
  if (!digest.empty()) version += "@" + digest;
  std::vector<std::string> shorter;
  if (host == "docker.io") {
    if (repository.starts_with("library/")) shorter.push_back(repository.substr(8) + version);
    shorter.push_back(repository + version);
  }
  // A short form is one only while it reads as the same name: on Docker Hub "library/a/b" is not "a/b", and "a.io/b"
  // would be "b" on the host a.io.
  for (auto& text : shorter)
    if (const auto read = parse_registry_name(text);
        read.ok() && read->host == host && read->repository == repository)
      return std::move(text);
  return host + "/" + repository + version;
}

}  // namespace hullcheck::acquire
