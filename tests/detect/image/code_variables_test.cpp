#include "detect/image/code_variables.hpp"

#include <gtest/gtest.h>

namespace hullcheck::detect {
namespace {

using L = ScriptLanguage;
const Variables k_variables = {{"RUN", "a\"b\\c\nd$e"}, {"X", "1"}};

TEST(CodeVariables, StandAsLiterals) {
  EXPECT_EQ(code_filled_in(L::python, "exec(os.environ['RUN'])", k_variables), R"(exec("a\"b\\c\nd$e"))");
  EXPECT_EQ(code_filled_in(L::python, "exec(os.getenv(\"X\", 'no'))", k_variables), "exec(\"1\")");
  EXPECT_EQ(code_filled_in(L::javascript, "eval(process.env.X+process.env['X'])", k_variables), "eval(\"1\"+\"1\")");
  EXPECT_EQ(code_filled_in(L::perl, "eval $ENV{RUN}", k_variables), R"(eval "a\"b\\c\nd\$e")");
  EXPECT_EQ(code_filled_in(L::ruby, "eval ENV['X']; eval ENV.fetch('X')", k_variables), "eval \"1\"; eval \"1\"");
  EXPECT_EQ(code_filled_in(L::php, "eval(getenv('X'));", k_variables), "eval(\"1\");");
}

TEST(CodeVariables, OtherWordsAreLeft) {
  for (const std::string_view code :
       {"print(X)", "os.environ['XY']", "process.env.XY", "environ[X]", "ENV['X", "X", ""})
    EXPECT_EQ(code_filled_in(L::python, code, k_variables), "") << code;
}

TEST(CodeVariables, ValuesWithTheirOwnNamesEnd) {
  const Variables own = {{"A", "process.env.A process.env.A"}};
  EXPECT_EQ(code_filled_in(L::javascript, "process.env.A", own), "\"process.env.A process.env.A\"");
}

}  // namespace
}  // namespace hullcheck::detect
