// The image config: what a container of the image runs, as whom, and which diff ids its layers must have.
// Format: OCI image-spec "config.md" and Docker's superset (Healthcheck, OnBuild, Shell); Entrypoint, Cmd and Shell
// may be one string as Docker takes them. Hostile: any member may have any type; members that repeat merge as in Go,
// so each is applied in the order of the document.
#include "acquire/image_config.hpp"

#include <array>

#include "acquire/source.hpp"

namespace hullcheck::acquire {
namespace {

constexpr std::string_view k_what = "config";

using model::ImageConfig;
using Apply = bool (*)(JsonElement value, ImageConfig& config);  // false: wrong type

struct Row {
  std::string_view name;
  Apply apply;
};

template <std::string ImageConfig::*Member>
bool text(JsonElement value, ImageConfig& config) {
  auto found = json_string(value);
  if (found) config.*Member = std::move(*found);
  return found.has_value();
}

template <std::vector<std::string> ImageConfig::*Member>
bool list(JsonElement value, ImageConfig& config) {
  auto found = json_strings(value);
  if (found) config.*Member = std::move(*found);
  return found.has_value();
}

template <std::vector<std::string> ImageConfig::*Member>
bool list_or_text(JsonElement value, ImageConfig& config) {
  if (const auto one = json_string(value)) {
    config.*Member = {*one};
    return true;
  }
  return list<Member>(value, config);
}

// Sets are objects with empty objects as values.
template <std::vector<std::string> ImageConfig::*Member>
bool names(JsonElement value, ImageConfig& config) {
  JsonObject object;
  if (value.get(object)) return false;
  auto& target = config.*Member;
  for (const auto field : object) target.emplace_back(field.key);
  std::sort(target.begin(), target.end());
  target.erase(std::unique(target.begin(), target.end()), target.end());
  return true;
}

bool labels(JsonElement value, ImageConfig& config) {
  JsonObject object;
  if (value.get(object)) return false;
  for (const auto field : object) {
    auto found = field.value.is_null() ? std::string() : json_string(field.value);
    if (!found) return false;
    config.labels[std::string(field.key)] = std::move(*found);
  }
  return true;
}

bool healthcheck(JsonElement value, ImageConfig& config) {
  if (!value.is_object()) return false;
  const auto test = member(value, "Test");
  return !test || list_or_text<&ImageConfig::healthcheck>(*test, config);
}

constexpr std::array<Row, 12> k_container_rows = {{
    {"User", text<&ImageConfig::user>},
    {"WorkingDir", text<&ImageConfig::working_dir>},
    {"StopSignal", text<&ImageConfig::stop_signal>},
    {"Entrypoint", list_or_text<&ImageConfig::entrypoint>},
    {"Cmd", list_or_text<&ImageConfig::cmd>},
    {"Shell", list_or_text<&ImageConfig::shell>},
    {"Env", list<&ImageConfig::env>},
    {"OnBuild", list<&ImageConfig::onbuild>},
    {"Volumes", names<&ImageConfig::volumes>},
    {"ExposedPorts", names<&ImageConfig::exposed_ports>},
    {"Labels", labels},
    {"Healthcheck", healthcheck},
}};

bool rootfs(JsonElement value, ImageConfig& config) {
  if (!value.is_object()) return false;
  const auto ids = member(value, "diff_ids");
  return !ids || list<&ImageConfig::diff_ids>(*ids, config);
}

bool history(JsonElement value, ImageConfig& config) {
  simdjson::dom::array array;
  if (value.get(array)) return false;
  config.history.clear();
  for (const auto item : array) {
    model::HistoryEntry entry;
    auto created = member_string(item, "created", k_what);
    auto created_by = member_string(item, "created_by", k_what);
    auto comment = member_string(item, "comment", k_what);
    if (!item.is_object() || !created || !created_by || !comment) return false;
    entry.created = std::move(*created);
    entry.created_by = std::move(*created_by);
    entry.comment = std::move(*comment);
    if (const auto empty = member(item, "empty_layer"))
      if (empty->get(entry.empty_layer)) return false;
    config.history.push_back(std::move(entry));
  }
  return true;
}

bool container(JsonElement value, ImageConfig& config) {
  return value.is_object() && read_container_config(value, config).ok();
}

constexpr std::array<Row, 7> k_image_rows = {{
    {"created", text<&ImageConfig::created>},
    {"architecture", text<&ImageConfig::architecture>},
    {"os", text<&ImageConfig::os>},
    {"variant", text<&ImageConfig::variant>},
    {"config", container},
    {"rootfs", rootfs},
    {"history", history},
}};

template <std::size_t N>
Result<void> apply_rows(const std::array<Row, N>& rows, JsonElement element, ImageConfig& config) {
  JsonObject object;
  if (element.get(object)) return wrong_type(k_what, "(the whole)");
  for (const auto field : object) {
    if (field.value.is_null()) continue;
    for (const auto& row : rows)
      if (same_member(field.key, row.name) && !row.apply(field.value, config)) return wrong_type(k_what, row.name);
  }
  return {};
}

}  // namespace

Result<void> read_container_config(JsonElement element, ImageConfig& config) {
  return apply_rows(k_container_rows, element, config);
}

Result<ImageConfig> parse_image_config(std::string_view json) {
  JsonDocument document;
  const JsonElement root = TRY(document.parse(json, k_what, AcquireLimits{}.manifest_bytes));
  ImageConfig config;
  TRY(apply_rows(k_image_rows, root, config));
  config.present = true;
  return config;
}

}  // namespace hullcheck::acquire
