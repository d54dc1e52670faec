#include "util/process.hpp"

#include <gtest/gtest.h>

namespace hullcheck::util {
namespace {

TEST(Process, TalksBothWays) {
  const std::string input(300'000, 'x');
  const auto result = run_process({.command = {"cat"}, .input = input}, {});
  ASSERT_TRUE(result.ok()) << result.error().describe();
  EXPECT_EQ(result->exit_code, 0);
  EXPECT_TRUE(result->output == input);
}

TEST(Process, ExitCodesAndSignals) {
  EXPECT_EQ(run_process({.command = {"sh", "-c", "exit 7"}}, {})->exit_code, 7);
  EXPECT_EQ(run_process({.command = {"sh", "-c", "kill -9 $$"}}, {})->exit_code, 137);
  EXPECT_EQ(run_process({.command = {"hullcheck-no-such-program"}}, {}).error().name, "process-not-found");
  EXPECT_EQ(run_process({}, {}).error().name, "process-not-found");
}

TEST(Process, InputThatNobodyReads) {
  EXPECT_EQ(run_process({.command = {"true"}, .input = std::string(1'000'000, 'x')}, {})->exit_code, 0);
}

TEST(Process, Limits) {
  ProcessRequest slow{.command = {"sleep", "60"}, .timeout = std::chrono::milliseconds(100)};
  EXPECT_EQ(run_process(slow, {}).error().name, "process-timeout");
  ProcessRequest quiet{.command = {"sh", "-c", "exec >&-; sleep 60"}, .timeout = std::chrono::milliseconds(200)};
  EXPECT_EQ(run_process(quiet, {})->exit_code, 137);
  ProcessRequest loud{.command = {"yes"}, .output_bytes = 10'000};
  EXPECT_EQ(run_process(loud, {}).error().name, "process-output-limit");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(run_process({.command = {"sleep", "60"}}, stop.get_token()).error().name, "cancelled");
}

}  // namespace
}  // namespace hullcheck::util
