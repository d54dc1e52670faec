#include "detect/start/script_loads.hpp"

#include <gtest/gtest.h>

namespace hullcheck::detect {
namespace {

using L = ScriptLanguage;
using List = std::vector<std::string>;

List names(L language, std::string_view text) {
  List list;
  for (const ScriptLoad& load : script_loads(language, text).loads)
    list.push_back(std::to_string(load.line) + " " + load.name);
  return list;
}

TEST(ScriptLoads, Python) {
  EXPECT_EQ(names(L::python,
                  "import os, app.util as u; import late\n# import no\nfrom . import near\nfrom ..up.x import *\n"
                  "from pkg import (\n  one,\n  two as t,\n)\nm = importlib.import_module('plug.in')\n"
                  "exec(open('more.py').read())\nx = 'import nothing'\n"),
            (List{"1 os", "1 app", "1 app/util", "1 late", "3 ./__init__", "3 ./near", "4 ../up", "4 ../up/x",
                  "5 pkg", "6 pkg/one", "7 pkg/two", "9 plug", "9 plug/in", "10 more.py"}));
}

TEST(ScriptLoads, JavaScript) {
  EXPECT_EQ(names(L::javascript,
                  "const a = require('./a'), fs = require('fs');\nimport b from \"../b.js\";\n"
                  "fork(path.join(__dirname, 'worker.js'));\nawait import(`./${x}`);\nrequire(__dirname + '/c')\n"),
            (List{"1 ./a", "2 ../b.js", "3 ./worker.js", "5 ./c"}));
}

TEST(ScriptLoads, Others) {
  EXPECT_EQ(names(L::php, "<?php\nrequire_once __DIR__ . '/lib/a.php';\ninclude('b.php');\n// include 'no.php';\n"),
            (List{"2 ./lib/a.php", "3 b.php"}));
  EXPECT_EQ(names(L::ruby, "require 'json'\nrequire_relative \"lib/a\"\nload './b.rb'\n"),
            (List{"1 json", "2 ./lib/a", "3 ./b.rb"}));
  EXPECT_EQ(names(L::perl, "use strict;\nuse My::Tool qw(x);\nrequire './b.pl';\n"),
            (List{"1 strict", "1 lib/strict", "2 My/Tool", "2 lib/My/Tool", "3 ./b.pl"}));
  EXPECT_EQ(names(L::lua, "local a = require(\"lib.a\")\ndofile('b.lua')\n"), (List{"1 lib/a", "2 b.lua"}));
  EXPECT_EQ(names(L::java, "import x;\n"), List{});
}

TEST(ScriptLoads, ModuleNames) {
  EXPECT_EQ(module_path("app.main:create()"), "app/main");
  EXPECT_EQ(module_path("app"), "app");
  EXPECT_EQ(module_path("web.py"), "web");
  EXPECT_EQ(module_path("--bind"), "");
  EXPECT_EQ(module_path("0.0.0.0:80"), "0/0/0/0");
  EXPECT_EQ(module_path("../x"), "");
  EXPECT_EQ(module_path(".x"), "");
  EXPECT_EQ(module_path(""), "");
}

TEST(ScriptLoads, LibrariesAreKnownByPlace) {
  EXPECT_TRUE(is_of_a_library("usr/lib/python3/x.py"));
  EXPECT_TRUE(is_of_a_library("app/node_modules/x/index.js"));
  EXPECT_TRUE(is_of_a_library("opt/conda/lib/python3.12/os.py"));
  EXPECT_TRUE(is_of_a_library("usr/local/lib/node_modules/npm/index.js"));
  EXPECT_FALSE(is_of_a_library("usr/lib/app/x.py"));
  EXPECT_FALSE(is_of_a_library("usr/share/app/x.js"));
  EXPECT_FALSE(is_of_a_library("app/lib/x.py"));
  EXPECT_FALSE(is_of_a_library("usr/src/app/x.js"));
}

TEST(ScriptLoads, AreBoundedAndDecode) {
  std::string text = "import " + std::string(5000, 'a') + "\n";
  for (int i = 0; i < 5000; ++i) text += "import m" + std::to_string(i) + "\n";
  const ScriptLoads loads = script_loads(L::python, text);
  EXPECT_EQ(loads.loads.size(), 256U);
  const auto again = decode_script_loads(encode_script_loads(loads));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->loads, loads.loads);
  EXPECT_EQ(again->language, L::python);
  Buffer bytes = encode_script_loads(loads);
  bytes.pop_back();
  EXPECT_EQ(decode_script_loads(bytes).error().name, "script-loads-malformed");
  EXPECT_FALSE(decode_script_loads({}).ok());
}

}  // namespace
}  // namespace hullcheck::detect
