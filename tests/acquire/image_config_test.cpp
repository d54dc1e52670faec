#include <gtest/gtest.h>

#include "acquire/source.hpp"

namespace hullcheck::acquire {
namespace {

using Texts = std::vector<std::string>;

TEST(ImageConfig, ReadsAllParts) {
  const auto config = parse_image_config(R"({
    "created":"2020-01-01T00:00:00Z","architecture":"arm","os":"linux","variant":"v7","unknown":{"x":[1]},
    "config":{"User":"app","ExposedPorts":{"443/tcp":{},"80/tcp":{}},"Env":["A=1","B=2"],"Entrypoint":["/init"],
      "Cmd":["-x"],"Volumes":{"/data":{}},"WorkingDir":"/srv","Labels":{"a":"b"},"StopSignal":"SIGTERM",
      "Healthcheck":{"Test":["CMD-SHELL","true"],"Interval":30},"OnBuild":["RUN x"],"Shell":["/bin/bash","-c"]},
    "rootfs":{"type":"layers","diff_ids":["sha256:1","sha256:2"]},
    "history":[{"created":"c","created_by":"ADD x"},{"created_by":"CMD","empty_layer":true,"comment":"buildkit"}]})");
  ASSERT_TRUE(config.ok()) << config.error().describe();
  EXPECT_TRUE(config->present);
  EXPECT_EQ(config->architecture, "arm");
  EXPECT_EQ(config->variant, "v7");
  EXPECT_EQ(config->user, "app");
  EXPECT_EQ(config->exposed_ports, (Texts{"443/tcp", "80/tcp"}));
  EXPECT_EQ(config->env, (Texts{"A=1", "B=2"}));
  EXPECT_EQ(config->entrypoint, Texts{"/init"});
  EXPECT_EQ(config->volumes, Texts{"/data"});
  EXPECT_EQ(config->labels.at("a"), "b");
  EXPECT_EQ(config->healthcheck, (Texts{"CMD-SHELL", "true"}));
  EXPECT_EQ(config->onbuild, Texts{"RUN x"});
  EXPECT_EQ(config->shell, (Texts{"/bin/bash", "-c"}));
  EXPECT_EQ(config->diff_ids, (Texts{"sha256:1", "sha256:2"}));
  ASSERT_EQ(config->history.size(), 2U);
  EXPECT_FALSE(config->history[0].empty_layer);
  EXPECT_TRUE(config->history[1].empty_layer);
}

TEST(ImageConfig, NullsAndAbsenceAreEmpty) {
  const auto config = parse_image_config(R"({"config":{"Entrypoint":null,"Env":null,"Labels":null},"history":null})");
  ASSERT_TRUE(config.ok());
  EXPECT_TRUE(config->entrypoint.empty());
  EXPECT_TRUE(parse_image_config("{}").ok());
}

// Engines are written in Go, whose decoder ignores case and lets the last member win.
TEST(ImageConfig, ReadsAsAnEngineWould) {
  const auto config = parse_image_config(
      R"({"Config":{"entrypoint":["/evil"],"uſer":"x"},"config":{"User":"root","USER":"later","Cmd":"one string"}})");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->entrypoint, Texts{"/evil"});
  EXPECT_EQ(config->user, "later");
  EXPECT_EQ(config->cmd, Texts{"one string"});
}

TEST(ImageConfig, WrongTypesAreErrors) {
  for (const char* text :
       {"", "[]", "1", "{", R"({"config":[]})", R"({"config":{"Env":{"a":1}}})", R"({"config":{"Entrypoint":[1]}})",
        R"({"rootfs":{"diff_ids":"x"}})", R"({"history":[1]})", R"({"history":[{"empty_layer":"yes"}]})",
        R"({"architecture":5})", R"({"config":{"Labels":{"a":{}}}})"}) {
    const auto config = parse_image_config(text);
    ASSERT_FALSE(config.ok()) << text;
    EXPECT_EQ(config.error().name, "config-malformed") << text;
  }
}

TEST(ImageConfig, DepthAndSizeAreLimited) {
  std::string deep = R"({"x":)";
  for (int i = 0; i < 10'000; ++i) deep += '[';
  EXPECT_EQ(parse_image_config(deep).error().name, "config-malformed");
  const std::string large = "{\"x\":\"" + std::string(100u << 20, 'a') + "\"}";
  EXPECT_EQ(parse_image_config(large).error().name, "config-size-limit");
}

}  // namespace
}  // namespace hullcheck::acquire
