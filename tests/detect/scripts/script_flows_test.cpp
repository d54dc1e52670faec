// Values and flows of script languages beyond the case folders: limits, and what hostile programs cost.
#include "detect/scripts/script_flows.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "formats/inflate.hpp"

namespace hullcheck::detect {
namespace {

ScriptFlows python(std::string_view code) { return follow_script(code, ScriptLanguage::python, false); }

std::string repeated(std::string_view piece, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += piece;
  return text;
}

// Rounds upon rounds, each a program that decodes the next.
std::string rounds(std::size_t count) {
  std::string code = "print('the innermost')";
  for (std::size_t i = 0; i < count; ++i) {
    std::string reversed(code.rbegin(), code.rend());
    std::string quoted;
    for (const char c : reversed) quoted += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    code = "e('" + quoted + "'[::-1])";
    if (code.size() > 100'000) break;
  }
  return "e = exec\n" + code + "\n";
}

TEST(ScriptFlows, FollowsRoundsToTheInnermost) {
  const ScriptFlows flows = python(rounds(8));
  EXPECT_EQ(flows.rounds, 8U);
  ASSERT_FALSE(flows.decoded.empty());
  EXPECT_EQ(flows.decoded.back().text, "print('the innermost')");
  EXPECT_FALSE(flows.truncated);
}

TEST(ScriptFlows, RoundsWithoutEndAreLeftAtTheLimit) {
  // A program that decodes itself.
  const ScriptFlows flows =
      python("import codecs\ns = 'rkrp(pbqrpf.qrpbqr(f, \"ebg13\"))'\nexec(codecs.decode(s, \"rot13\"))\n");
  EXPECT_LE(flows.rounds, 256U);
  const std::string self = "s = 'exec(s[::-1][::-1])'\nexec(s[::-1][::-1])\n";
  const ScriptFlows again = python(self);
  EXPECT_EQ(again.rounds, 256U);
  EXPECT_TRUE(again.truncated);
}

TEST(ScriptFlows, ARequestIsFollowedThroughAFunction) {
  const ScriptFlows flows = follow_script(
      "<?php function a($x) { return b($x . ' '); } function b($y) { return $y; } system(a($_GET['c']));",
      ScriptLanguage::php, true);
  ASSERT_EQ(flows.sinks.size(), 1U);
  EXPECT_TRUE(flows.sinks[0].marks.request);
  EXPECT_EQ(flows.sinks[0].kind, SinkKind::command);
}

TEST(ScriptFlows, CommandsAreKept) {
  const ScriptFlows flows =
      python("import subprocess\nx = 'curl'\nsubprocess.run([x, '-s', 'http://192.0.2.1/a b'])\n");
  ASSERT_EQ(flows.commands.size(), 1U);
  EXPECT_EQ(flows.commands[0].text, "curl -s 'http://192.0.2.1/a b'");
}

struct Hostile {
  const char* name;
  ScriptLanguage language;
  std::string code;
};

std::vector<Hostile> hostile() {
  using L = ScriptLanguage;
  std::vector<Hostile> list;
  list.push_back({"brackets", L::python, "exec(b64decode" + std::string(4'000'000, '(')});
  list.push_back(
      {"closed brackets", L::javascript, "eval(" + std::string(1'000'000, '[') + std::string(1'000'000, ']')});
  list.push_back({"signs", L::javascript, "eval(" + repeated("!-~+", 4'000'000) + "atob(x))"});
  list.push_back(
      {"minified", L::javascript,
       repeated("function a(b,c){return b?c:a(c,b+1)};var d=e[0].f(g).h||function(){return a(1,2)};", 100'000'000) +
           "eval(atob(x))"});
  list.push_back({"one long name", L::python, "exec(" + std::string(30'000'000, 'a') + ")"});
  list.push_back({"quotes", L::php, "<?php eval(base64_decode('" + repeated("\\'", 20'000'000)});
  list.push_back({"filled texts", L::php, "<?php eval(\"" + repeated("$a{$b}${c}", 8'000'000) + "\");"});
  list.push_back({"regular expressions", L::javascript, "eval(atob(x));" + repeated("(/[a", 8'000'000)});
  list.push_back({"blank lines", L::javascript, "eval(atob(x))" + repeated("\n \n", 8'000'000)});
  list.push_back({"here-documents", L::ruby, "eval decode64 x\n" + repeated("<<A,", 4'000'000)});
  list.push_back({"comments", L::php, "<?php eval(base64_decode($x));" + repeated("//\n", 8'000'000)});
  list.push_back({"functions that call two", L::javascript, [] {
                    std::string code = "function f0(x){return eval(atob(x))}\n";
                    for (int i = 1; i < 60; ++i)
                      code += "function f" + std::to_string(i) + "(x){return f" + std::to_string(i - 1) + "(x)+f" +
                              std::to_string(i - 1) + "(x)}\n";
                    return code + "f59('YWFh')";
                  }()});
  list.push_back({"doubling", L::python, "x='aaaaaaaa'\n" + repeated("x=x+x\n", 4'000) + "exec(b64decode(x))"});
  list.push_back({"loops in loops", L::python, [] {
                    std::string code = "x=''\n";
                    std::string indent;
                    for (int i = 0; i < 12; ++i, indent += ' ')
                      code += indent + "for a" + std::to_string(i) + " in range(60000):\n";
                    return code + indent + "x += chr(1)\nexec(b64decode(x))\n";
                  }()});
  list.push_back(
      {"comprehension", L::python, "exec(''.join(chr(c^1) for c in b'" + std::string(8'000'000, 'a') + "'))"});
  list.push_back({"sum", L::javascript, "eval(" + repeated("'a'+", 8'000'000) + "atob(x))"});
  list.push_back({"bomb", L::python, [] {
                    // A kilobyte of deflate that stands for a megabyte, and again, and again.
                    return std::string("import zlib\nx=b'x'*1000\n") + repeated("x=x*1000\n", 900) +
                           "exec(zlib.decompress(x))";
                  }()});
  list.push_back({"definitions", L::javascript, repeated("function a(b){eval(b)}", 8'000'000) + "eval(atob(x))"});
  list.push_back({"arrows", L::javascript, repeated("a=>", 3'000'000) + "eval(atob(x))"});
  list.push_back({"assignments", L::python, repeated("a=", 4'000'000) + "exec(b64decode(x))"});
  list.push_back({"question marks", L::php, "<?php eval(" + repeated("$a?", 4'000'000)});
  return list;
}

TEST(ScriptFlows, HostileProgramsStayBounded) {
  for (const Hostile& one : hostile()) {
    const auto start = std::chrono::steady_clock::now();
    follow_script(one.code, one.language, one.language == ScriptLanguage::php);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    EXPECT_LT(took.count(), 10.0) << one.name;  // below 2 s on a machine that does nothing else
    if (std::getenv("HULLCHECK_TIMES") != nullptr) fprintf(stderr, "%-28s %.3f s\n", one.name, took.count());
  }
}

TEST(ScriptFlows, EveryPrefixOfAProgramIsReadable) {
  const std::string code =
      "<?php $a = \"x{$b['c']}\"; function f($x) { return eval(base64_decode($x . <<<A\nbla\nA)); } "
      "foreach ([1,2] as $k => $v) { $a .= chr($v); } $$a(f('YQ==')); ?> tail <?= `$a` ?>";
  const ScriptFlowLimits limits;
  for (std::size_t size = 0; size <= code.size(); ++size)
    for (const ScriptLanguage language :
         {ScriptLanguage::python, ScriptLanguage::javascript, ScriptLanguage::php, ScriptLanguage::perl,
          ScriptLanguage::ruby, ScriptLanguage::lua, ScriptLanguage::java, ScriptLanguage::asp, ScriptLanguage::r}) {
      const auto flows =
          follow_script(std::string_view(code).substr(0, size), language, language == ScriptLanguage::php, limits);
      EXPECT_LE(flows.sinks.size(), limits.max_sinks);
      EXPECT_LE(flows.rounds, limits.max_rounds);
      EXPECT_FALSE(flows.truncated) << size;
    }
}

TEST(Inflate, LimitsAndErrors) {
  using formats::DeflateFrame;
  const std::uint8_t stored[] = {0x78, 0x9c, 0x4b, 0x4c, 0x4c, 0x4c, 0x04, 0x00, 0x03, 0xce, 0x01, 0x85};  // "aaaa"
  const Bytes bytes(stored, sizeof stored);
  auto plain = formats::inflate(bytes, DeflateFrame::zlib, 100);
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(as_text(plain.value()), "aaaa");
  EXPECT_EQ(formats::inflate(bytes, DeflateFrame::zlib, 4).value().size(), 4U);
  EXPECT_FALSE(formats::inflate(bytes, DeflateFrame::zlib, 3).ok());
  EXPECT_FALSE(formats::inflate(Bytes(stored, 5), DeflateFrame::zlib, 100).ok());
  EXPECT_FALSE(formats::inflate({}, DeflateFrame::gzip, 100).ok());
  EXPECT_FALSE(formats::inflate(bytes, DeflateFrame::gzip, 100).ok());
}

// Each function calls the next one twice: what was asked before is not walked over again.
TEST(ScriptFlows, HelpersCalledFromEverywhereAreWalkedOverOnce) {
  std::string code;
  for (int i = 0; i < 40; ++i) {
    const std::string next = "f" + std::to_string(i + 1);
    code += "def f" + std::to_string(i) + "(a):\n";
    for (int k = 0; k < 40; ++k) code += "    a.b(" + std::to_string(k) + ", a.c)\n";
    code += "    " + next + "(a)\n    return " + next + "(a)\n";
  }
  code += "def f40(a):\n    return a\nf0(x)\nexec(open('y').read())\n";
  EXPECT_FALSE(python(code).truncated);
}

// The same call, but what it finds in a variable is another text of the same length by then.
TEST(ScriptFlows, AnAnswerDoesNotOutliveWhatItWasMadeFrom) {
  std::string code = "import base64\ndef run():\n";
  for (int k = 0; k < 120; ++k) code += "    a.b(" + std::to_string(k) + ", a.c)\n";
  code += "    exec(base64.b64decode(text))\n";
  code += "text = 'I2FhYWFhYWFhYWFhYWFhYWFhYWFh'\nrun()\nrun()\nrun()\n";
  code += "text = 'cHJpbnQoJ3RoZSBvdGhlciBvbmUnKQ=='[:-4] + 'KQ=='\nrun()\n";
  const ScriptFlows flows = python(code);
  ASSERT_FALSE(flows.decoded.empty());
  EXPECT_EQ(flows.decoded.back().text, "print('the other one')");
}

}  // namespace
}  // namespace hullcheck::detect
