#include "inventory/readers/java_markers.hpp"

#include <algorithm>

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_longest_version_constant = 40;

constexpr JavaMarker k_markers[] = {
    {"org.apache.logging.log4j", "log4j-core", "logging/log4j/core/lookup/JndiLookup.class", "", ""},
    {"org.apache.commons", "commons-text", "commons/text/StringSubstitutor.class", "", ""},
    {"commons-collections", "commons-collections", "commons/collections/functors/InvokerTransformer.class", "", ""},
    {"org.apache.commons", "commons-collections4", "commons/collections4/functors/InvokerTransformer.class", "", ""},
    {"commons-fileupload", "commons-fileupload", "commons/fileupload/FileUploadBase.class", "", ""},
    {"org.yaml", "snakeyaml", "yaml/snakeyaml/constructor/SafeConstructor.class", "", ""},
    {"com.fasterxml.jackson.core", "jackson-databind", "jackson/databind/ObjectMapper.class",
     "jackson/databind/cfg/PackageVersion.class", ""},
    {"com.alibaba", "fastjson", "alibaba/fastjson/JSON.class", "alibaba/fastjson/JSON.class", ""},
    {"com.thoughtworks.xstream", "xstream", "thoughtworks/xstream/XStream.class", "", ""},
    {"org.springframework", "spring-beans", "springframework/beans/CachedIntrospectionResults.class", "", ""},
    {"org.apache.shiro", "shiro-core", "apache/shiro/mgt/DefaultSecurityManager.class", "", ""},
    {"org.apache.struts", "struts2-core", "apache/struts2/dispatcher/Dispatcher.class", "", ""},
    {"io.netty", "netty-codec-http", "netty/handler/codec/http/HttpObjectDecoder.class",
     "META-INF/io.netty.versions.properties", "netty-codec-http.version"},
    {"io.netty", "netty-codec-http2", "netty/handler/codec/http2/Http2ConnectionHandler.class",
     "META-INF/io.netty.versions.properties", "netty-codec-http2.version"},
    {"io.netty", "netty-handler", "netty/handler/ssl/SslHandler.class", "META-INF/io.netty.versions.properties",
     "netty-handler.version"},
};

bool is_version(std::string_view text) {
  if (text.empty() || text.size() > k_longest_version_constant) return false;
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view numbers = text.substr(0, end);
  if (std::count(numbers.begin(), numbers.end(), '.') < 2 || numbers.front() == '.' ||
      numbers.find("..") != std::string_view::npos)
    return false;
  return text.find_first_not_of("0123456789.-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") ==
         std::string_view::npos;
}

// Bytes behind the tag of a constant that is no text; 0 for none that there is.
std::uint64_t constant_size(std::uint8_t tag) {
  switch (tag) {
    case 3:
    case 4:
    case 9:
    case 10:
    case 11:
    case 12:
    case 17:
    case 18: return 4;
    case 5:
    case 6: return 8;
    case 7:
    case 8:
    case 16:
    case 19:
    case 20: return 2;
    case 15: return 3;
    default: return 0;
  }
}

}  // namespace

std::span<const JavaMarker> java_markers() { return k_markers; }

bool ends_as_path(std::string_view name, std::string_view end) {
  return name.ends_with(end) && (name.size() == end.size() || name[name.size() - end.size() - 1] == '/');
}

std::string version_constant(Bytes class_file) {
  if (read_be<std::uint32_t>(class_file, 0) != 0xcafebabeU) return {};
  const std::uint16_t count = read_be<std::uint16_t>(class_file, 8).value_or(0);
  std::uint64_t at = 10;
  for (std::uint32_t i = 1; i < count; ++i) {
    const auto tag = read_be<std::uint8_t>(class_file, at++);
    if (!tag) return {};
    if (*tag == 1) {
      const auto size = read_be<std::uint16_t>(class_file, at);
      const auto text = size ? slice(class_file, at + 2, *size) : std::nullopt;
      if (!text) return {};
      if (is_version(as_text(*text))) return std::string(as_text(*text));
      at += 2 + text->size();
      continue;
    }
    const std::uint64_t size = constant_size(*tag);
    if (size == 0) return {};
    if (size == 8) ++i;  // long and double take two places
    at += size;
  }
  return {};
}

}  // namespace hullcheck::inventory
