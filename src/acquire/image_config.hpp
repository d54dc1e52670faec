// The container part of an image config: the same members stand in a config blob and in an engine's inspect answer.
#pragma once

#include "acquire/json.hpp"
#include "model/image.hpp"

namespace hullcheck::acquire {

// Members of "config" (or "Config"): User, Env, Entrypoint, … Error "config-malformed" for a wrong type.
Result<void> read_container_config(JsonElement element, model::ImageConfig& config);

}  // namespace hullcheck::acquire
