// What is reached from the configuration, and how the chain reads.
#include <gtest/gtest.h>

#include "detect/image_builder.hpp"

namespace hullcheck::detect {
namespace {

std::string joined(const std::vector<std::string>& chain) {
  std::string text;
  for (const std::string& part : chain) text += (text.empty() ? "" : " > ") + part;
  return text;
}

std::string chain_to(const ImageBuilder& builder, std::string_view path) {
  const layers::ImageView image = builder.view();
  const StartGraph graph(image);
  const auto file = image.resolve(path);
  if (!file) return "no such file";
  const StartNode* node = graph.find(*file);
  return node == nullptr ? "" : joined(node->chain);
}

TEST(StartGraph, FollowsScriptsWithTheLinesOfCalls) {
  ImageBuilder image;
  image.script("entry.sh", "set -e\nexec /usr/sbin/kworker -c /etc/k.json\n").program("usr/sbin/kworker");
  image.config().entrypoint = {"/entry.sh"};
  EXPECT_EQ(chain_to(image, "entry.sh"), "Entrypoint > /entry.sh");
  EXPECT_EQ(chain_to(image, "usr/sbin/kworker"), "Entrypoint > /entry.sh:3 > /usr/sbin/kworker");
}

TEST(StartGraph, FilesThatTheCommandNamesAreReached) {
  ImageBuilder image;
  image.script("entry.sh", "cat /etc/notes\n/usr/sbin/one -c /etc/one.json\ntwo --config=/etc/two.json\n")
      .program("usr/sbin/one");
  image.program("usr/bin/two").program("usr/sbin/k").file("etc/one.json", "{}").file("etc/two.json", "{}");
  image.file("etc/notes", "x").file("etc/k.json", "{}").file("app/main.jar", "x");
  image.config().entrypoint = {"/entry.sh"};
  EXPECT_EQ(chain_to(image, "etc/one.json"), "Entrypoint > /entry.sh:3 > /usr/sbin/one > /etc/one.json");
  EXPECT_EQ(chain_to(image, "etc/two.json"), "Entrypoint > /entry.sh:4 > two > /etc/two.json");
  EXPECT_EQ(chain_to(image, "etc/notes"), "") << "a script looks at all sorts of files";
  image.config().entrypoint = {"/usr/sbin/k", "-x", "--conf=/etc/k.json", "/etc/none"};
  EXPECT_EQ(chain_to(image, "etc/k.json"), "Entrypoint > /usr/sbin/k > /etc/k.json");
  image.config().working_dir = "/app";
  image.config().entrypoint = {"java", "-jar", "main.jar"};
  EXPECT_EQ(chain_to(image, "app/main.jar"), "Entrypoint > /app/main.jar");
}

TEST(StartGraph, WhatLiesInAFolderThatIsRunIsReached) {
  ImageBuilder image;
  image.script("hooks/a.sh", "true\n")
      .script("hooks/b.sh", "true\n")
      .file("hooks/notes.txt", "x")
      .script("hooks/*", "x\n");
  image.script("parts/one", "true\n")
      .script("found/one", "true\n")
      .script("seen/one", "true\n")
      .script("odd/.x", "y\n");
  image.script("entry.sh",
               "for f in /hooks/*.sh; do\n  sh \"$f\"\ndone\nrun-parts --exit-on-error /parts\n"
               "find /found -type f -exec sh {} \\;\nfind /seen -exec chmod a+x {} \\;\nsh /odd/*a*a*a*a*b\n");
  image.config().entrypoint = {"/entry.sh"};
  EXPECT_EQ(chain_to(image, "hooks/a.sh"), "Entrypoint > /entry.sh:3 > /hooks/a.sh");
  EXPECT_NE(chain_to(image, "hooks/b.sh"), "");
  EXPECT_EQ(chain_to(image, "hooks/notes.txt"), "");
  EXPECT_EQ(chain_to(image, "parts/one"), "Entrypoint > /entry.sh:5 > /parts/one");
  EXPECT_NE(chain_to(image, "found/one"), "");
  EXPECT_EQ(chain_to(image, "seen/one"), "");
  image.config().entrypoint = {"sh", "-c", "for f in /hooks/*; do $f; done"};
  EXPECT_NE(chain_to(image, "hooks/*"), "") << "a file that is called like the pattern";
}

TEST(StartGraph, FindsNamesInPathAndThroughLinks) {
  ImageBuilder image;
  image.symlink("usr/bin/app", "../lib/app/run").program("usr/lib/app/run").program("bin/app");
  image.config().cmd = {"app", "--serve"};
  EXPECT_EQ(chain_to(image, "usr/lib/app/run"), "Cmd > /usr/lib/app/run");
  EXPECT_EQ(chain_to(image, "bin/app"), "") << "the first folder of PATH wins";
}

TEST(StartGraph, ShellFormAndWrappers) {
  ImageBuilder image;
  image.script("opt/run.sh", "/opt/one\n").program("opt/one").program("opt/two").program("usr/bin/tini");
  image.config().entrypoint = {"/usr/bin/tini", "--"};
  image.config().cmd = {"sh", "-c", "cd /opt && ./two & . /opt/run.sh"};
  EXPECT_EQ(chain_to(image, "usr/bin/tini"), "Entrypoint > /usr/bin/tini");
  EXPECT_EQ(chain_to(image, "opt/one"), "Entrypoint > /opt/run.sh:2 > /opt/one");
  EXPECT_NE(chain_to(image, "opt/two"), "");
}

TEST(StartGraph, EntrypointHandsOverToCmd) {
  ImageBuilder image;
  image.script("entry.sh", "chown app /data\nexec \"$@\"\n").program("usr/bin/server");
  image.config().entrypoint = {"/entry.sh"};
  image.config().cmd = {"server"};
  EXPECT_EQ(chain_to(image, "usr/bin/server"), "Entrypoint > /entry.sh:3 > Cmd > /usr/bin/server");
}

// An evasion: a layer is read name by name, and the name of a crontab comes later, as a link.
TEST(StartGraph, CrontabsBehindLinksAreRead) {
  constexpr std::string_view k_line = "* * * * * root /opt/k\n";
  ImageBuilder hard, soft, folder, spool, none;
  hard.program("opt/k").file("tmp/a", k_line).hard_link("etc/cron.d/x", "tmp/a");
  soft.program("opt/k").file("opt/c", k_line).symlink("etc/cron.d/x", "/opt/c");
  folder.program("opt/k").file("opt/jobs/x", k_line).symlink("etc/cron.d", "../opt/jobs");
  spool.program("opt/k").file("opt/c", "*/5 * * * * /opt/k\n").symlink("var/spool/cron/crontabs/root", "/opt/c");
  none.program("opt/k").file("opt/c", k_line);
  EXPECT_NE(chain_to(hard, "opt/k"), "");
  EXPECT_EQ(chain_to(soft, "opt/k"), "/etc/cron.d/x > /opt/c:1 > /opt/k");
  EXPECT_NE(chain_to(folder, "opt/k"), "");
  EXPECT_EQ(chain_to(spool, "opt/k"), "/var/spool/cron/crontabs/root > /opt/c:1 > /opt/k");
  EXPECT_EQ(chain_to(none, "opt/k"), "");
}

// What is too large to be kept for that is a gap.
TEST(StartGraph, LargeCrontabsBehindLinksAreNotPassedOver) {
  const std::string large = std::string(80'000, '#') + "\n* * * * * root /opt/k\n";
  const auto unread = [](const ImageBuilder& builder) {
    const layers::ImageView image = builder.view();
    return StartGraph(image).unread();
  };
  ImageBuilder soft, same, empty;
  soft.file("opt/c", large).symlink("etc/cron.d/x", "/opt/c");
  EXPECT_EQ(unread(soft), std::vector<std::string>{"etc/cron.d/x"});
  same.file("etc/cron.d/x", "* * * * * root /opt/k\n").hard_link("etc/cron.d/y", "etc/cron.d/x");
  EXPECT_TRUE(unread(same).empty());
  empty.symlink("etc/cron.d/x", "/dev/null").file("opt/c", "").symlink("etc/crontab", "/opt/c");
  EXPECT_TRUE(unread(empty).empty());
}

TEST(StartGraph, HealthcheckStarts) {
  ImageBuilder image;
  image.program("usr/local/bin/check");
  image.config().healthcheck = {"CMD-SHELL", "check || exit 1"};
  EXPECT_EQ(chain_to(image, "usr/local/bin/check"), "Healthcheck > /usr/local/bin/check");
  image.config().healthcheck = {"NONE"};
  EXPECT_EQ(chain_to(image, "usr/local/bin/check"), "");
}

TEST(StartGraph, ScriptsOfInterpretersAreReached) {
  ImageBuilder image;
  image.program("usr/bin/python3").file("srv/app.py", "print(1)\n");
  image.config().working_dir = "/srv";
  image.config().cmd = {"python3", "app.py"};
  EXPECT_EQ(chain_to(image, "srv/app.py"), "Cmd > /srv/app.py");
}

TEST(StartGraph, CircleEnds) {
  ImageBuilder image;
  image.script("a.sh", "/b.sh\n").script("b.sh", "/a.sh\n");
  image.config().entrypoint = {"/a.sh"};
  EXPECT_EQ(chain_to(image, "b.sh"), "Entrypoint > /a.sh:2 > /b.sh");
}

TEST(StartGraph, DepthIsBounded) {
  ImageBuilder image;
  for (int i = 0; i < 12; ++i) image.script("s" + std::to_string(i), "exec /s" + std::to_string(i + 1) + "\n");
  image.config().entrypoint = {"/s0"};
  EXPECT_NE(chain_to(image, "s7"), "");
  EXPECT_EQ(chain_to(image, "s9"), "");
  const layers::ImageView view = image.view();
  const StartGraph graph(view);
  ASSERT_EQ(graph.cut_off().size(), 1U) << "what is not followed is said";
  EXPECT_EQ(graph.cut_off()[0].path, "s7");
  EXPECT_FALSE(graph.too_many());
}

TEST(StartGraph, MissingTargetsAreListed) {
  ImageBuilder image;
  image.script("entry.sh", "/mnt/tool/run\n");
  image.config().entrypoint = {"/entry.sh"};
  const layers::ImageView view = image.view();
  const StartGraph graph(view);
  ASSERT_EQ(graph.missing().size(), 1U);
  EXPECT_EQ(graph.missing()[0].path, "mnt/tool/run");
  EXPECT_EQ(joined(graph.missing()[0].chain), "Entrypoint > /entry.sh:2");
}

TEST(StartGraph, CrontabIsFollowedWithTheDaemonsChain) {
  ImageBuilder image;
  image.program("usr/sbin/cron").script("opt/job", "true\n").file("etc/cron.d/app", "* * * * * root /opt/job\n");
  image.config().cmd = {"cron", "-f"};
  EXPECT_EQ(chain_to(image, "opt/job"), "Cmd > /etc/cron.d/app:1 > /opt/job");
}

TEST(StartGraph, CrontabOfNoPackageNeedsNoDaemon) {
  ImageBuilder image;
  image.script("opt/job", "true\n").file("var/spool/cron/crontabs/root", "* * * * * /opt/job\n");
  EXPECT_EQ(chain_to(image, "opt/job"), "/var/spool/cron/crontabs/root:1 > /opt/job");
}

TEST(StartGraph, UnitsNeedSystemd) {
  ImageBuilder image;
  image.program("opt/daemon")
      .file("usr/lib/systemd/system/x.service", "[Service]\nExecStart=/opt/daemon\n")
      .symlink("etc/systemd/system/multi-user.target.wants/x.service", "/usr/lib/systemd/system/x.service")
      .program("usr/lib/systemd/systemd")
      .symlink("usr/sbin/init", "../lib/systemd/systemd");
  EXPECT_EQ(chain_to(image, "opt/daemon"), "");
  image.config().cmd = {"/usr/sbin/init"};
  EXPECT_EQ(chain_to(image, "opt/daemon"), "Cmd > /usr/lib/systemd/system/x.service:2 > /opt/daemon");
}

TEST(StartGraph, PreloadAlwaysCounts) {
  ImageBuilder image;
  image.file("etc/ld.so.preload", "/usr/local/lib/libx.so\n").program("usr/local/lib/libx.so");
  EXPECT_EQ(chain_to(image, "usr/local/lib/libx.so"), "/etc/ld.so.preload:1 > /usr/local/lib/libx.so");
}

TEST(StartGraph, ProfilesNeedALoginShell) {
  ImageBuilder image;
  image.program("bin/bash").file("etc/profile", ". /opt/p\n").file("root/.bashrc", "true\n");
  image.config().cmd = {"bash"};
  EXPECT_EQ(chain_to(image, "etc/profile"), "");
  EXPECT_EQ(chain_to(image, "root/.bashrc"), "interactive shell > /root/.bashrc");
  image.config().cmd = {"bash", "-l"};
  EXPECT_EQ(chain_to(image, "etc/profile"), "login shell > /etc/profile");
}

TEST(StartGraph, DeletedAndDanglingThingsAreNotReached) {
  ImageBuilder image;
  image.script("entry.sh", "/opt/x\n").program("opt/x").symlink("loop", "loop");
  image.layer().remove("opt/x");
  image.config().entrypoint = {"/entry.sh"};
  image.config().cmd = {"/loop"};
  const layers::ImageView view = image.view();
  const StartGraph graph(view);
  EXPECT_EQ(graph.nodes().size(), 1U);
}

TEST(StartGraph, TimersAndSocketsStartServices) {
  ImageBuilder image;
  image.program("sbin/init").program("lib/systemd/systemd").program("opt/job").program("opt/other");
  image.file("etc/systemd/system/timers.target.wants/job.timer", "[Timer]\nOnCalendar=daily\n")
      .file("etc/systemd/system/job.service", "[Service]\nExecStart=/opt/job\n")
      .file("etc/systemd/system/sockets.target.wants/a.socket", "[Socket]\nListenStream=1\nService=other@1.service\n")
      .file("usr/lib/systemd/system/other@.service", "[Service]\nExecStart=/opt/other\n");
  image.config().cmd = {"/lib/systemd/systemd"};
  EXPECT_EQ(chain_to(image, "opt/job"), "Cmd > /etc/systemd/system/job.service:2 > /opt/job");
  EXPECT_NE(chain_to(image, "opt/other"), "");
}

TEST(StartGraph, UserUnitsAndDropIns) {
  ImageBuilder image;
  image.program("lib/systemd/systemd").program("opt/a").program("opt/b").program("opt/c");
  image.file("root/.config/systemd/user/default.target.wants/a.service", "[Service]\nExecStart=/opt/a\n")
      .file("etc/systemd/system/ssh.service.d/x.conf", "[Service]\nExecStartPost=-/opt/b\n")
      .file("etc/systemd/user/idle.service", "[Service]\nExecStart=/opt/c\n");
  image.config().cmd = {"/lib/systemd/systemd"};
  EXPECT_NE(chain_to(image, "opt/a"), "");
  EXPECT_NE(chain_to(image, "opt/b"), "");
  EXPECT_EQ(chain_to(image, "opt/c"), "") << "nobody wants it";
}

TEST(StartGraph, VariablesThatLoadSomething) {
  ImageBuilder image;
  image.script("opt/env.sh", "/opt/deep\n").program("opt/deep").program("lib/libx.so").file("opt/hook.js", "1");
  image.config().env = {"PATH=/bin", "BASH_ENV=/opt/env.sh", "LD_PRELOAD=/lib/libx.so",
                        "NODE_OPTIONS=--max-old-space-size=1 --require /opt/hook.js"};
  EXPECT_EQ(chain_to(image, "opt/deep"), "Env BASH_ENV > /opt/env.sh:2 > /opt/deep");
  EXPECT_NE(chain_to(image, "lib/libx.so"), "");
  EXPECT_NE(chain_to(image, "opt/hook.js"), "");
}

TEST(StartGraph, HooksOfPythonNeedPython) {
  ImageBuilder image;
  image.program("usr/bin/python3").file("usr/lib/python3/dist-packages/x.pth", "import x\n");
  EXPECT_EQ(chain_to(image, "usr/lib/python3/dist-packages/x.pth"), "");
  image.config().cmd = {"python3", "-m", "app"};
  EXPECT_NE(chain_to(image, "usr/lib/python3/dist-packages/x.pth"), "");
}

TEST(StartGraph, HomesOfUsersAtLogin) {
  ImageBuilder image;
  image.program("usr/sbin/sshd").script("home/app/.bashrc", "/opt/x\n").program("opt/x");
  image.config().cmd = {"/usr/sbin/sshd", "-D"};
  EXPECT_NE(chain_to(image, "opt/x"), "");
}

TEST(StartGraph, CommandsThatAProjectKeepsUnderNames) {
  ImageBuilder image;
  image.file("app/package.json", R"({"scripts": {
"prestart": "/opt/before",
"start": "npm run serve",
"serve": "node server.js",
"lint": "/opt/lint",
"postinstall": "/opt/hook"}})");
  for (const std::string_view path : {"opt/before", "opt/lint", "opt/hook"}) image.program(path);
  image.file("app/server.js", "require('./more')\n").file("app/more.js", "1\n");
  image.config().working_dir = "/app";
  image.config().cmd = {"npm", "start"};
  EXPECT_EQ(chain_to(image, "opt/before"), "Cmd > npm > /app/package.json:2 > /opt/before");
  EXPECT_NE(chain_to(image, "app/server.js"), "");
  EXPECT_NE(chain_to(image, "app/more.js"), "");
  EXPECT_EQ(chain_to(image, "opt/lint"), "");
  EXPECT_EQ(chain_to(image, "opt/hook"), "");
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"yarn", "serve"},
                                             {"pnpm", "run", "serve"},
                                             {"bun", "run", "serve"},
                                             {"npm", "--prefix", "/app", "run", "serve"},
                                             {"sh", "-c", "cd /app && npm run serve"}}) {
    image.config().cmd = command;
    EXPECT_NE(chain_to(image, "app/server.js"), "") << command[0] << " " << command[1];
    EXPECT_EQ(chain_to(image, "opt/lint"), "");
  }
  image.config().cmd = {"sh", "-c", "npm ci && node ."};
  EXPECT_NE(chain_to(image, "opt/hook"), "") << "an installation runs the project's own hooks";
  image.config().cmd = {"npm", "run", "nothing"};
  EXPECT_EQ(chain_to(image, "app/server.js"), "");
}

TEST(StartGraph, TheSameCommandInAnotherFolderIsAnotherCommand) {
  ImageBuilder image;
  image.file("a/Makefile", "run:\n\t/opt/one\n").file("b/Makefile", "run:\n\t/opt/two\n");
  image.program("opt/one").program("opt/two").script("next.sh", "cd /b\nmake run\n");
  image.config().cmd = {"sh", "-c", "cd /a && make run; /next.sh"};
  EXPECT_NE(chain_to(image, "opt/one"), "");
  EXPECT_NE(chain_to(image, "opt/two"), "");
}

TEST(StartGraph, MainOfAProject) {
  ImageBuilder told, untold, plain;
  told.file("app/package.json", R"({"main": "lib/x.js"})").file("app/lib/x.js", "1\n").file("app/index.js", "1\n");
  untold.file("app/package.json", "{}").file("app/index.js", "1\n");
  plain.file("app/package.json", "{}").file("app/server.js", "1\n");
  for (ImageBuilder* one : {&told, &untold, &plain}) {
    one->config().working_dir = "/app";
    one->config().cmd = {"node", "."};
  }
  plain.config().cmd = {"npm", "start"};
  EXPECT_NE(chain_to(told, "app/lib/x.js"), "");
  EXPECT_EQ(chain_to(told, "app/index.js"), "");
  EXPECT_NE(chain_to(untold, "app/index.js"), "");
  EXPECT_NE(chain_to(plain, "app/server.js"), "") << "npm's own default";
}

TEST(StartGraph, RulesOfMakefiles) {
  ImageBuilder image;
  image.file("srv/Makefile",
             "BIN = /opt\nserve: build\n\t$(BIN)/serve\nbuild:\n\t@/opt/build\nclean:\n\t/opt/clean\n");
  for (const std::string_view path : {"opt/serve", "opt/build", "opt/clean"}) image.program(path);
  image.config().working_dir = "/srv";
  image.config().cmd = {"make"};
  EXPECT_EQ(chain_to(image, "opt/serve"), "Cmd > make > /srv/Makefile:3 > /opt/serve");
  EXPECT_NE(chain_to(image, "opt/build"), "");
  EXPECT_EQ(chain_to(image, "opt/clean"), "");
  image.config().working_dir = "/";
  image.config().cmd = {"make", "-C", "/srv", "X=1", "clean"};
  EXPECT_NE(chain_to(image, "opt/clean"), "");
  EXPECT_EQ(chain_to(image, "opt/serve"), "");
}

TEST(StartGraph, RulesThatNeedEachOtherEnd) {
  ImageBuilder image;
  image.file("Makefile", "a: b\n\tmake b\nb: a\n\tmake a\n");
  image.config().cmd = {"make"};
  EXPECT_EQ(chain_to(image, "Makefile"), "");
}

TEST(StartGraph, ModulesOfAProgramAreAPartOfIt) {
  ImageBuilder image;
  image.file("app/main.py", "import os\nfrom lib.util import x\n").file("app/lib/__init__.py", "");
  image.file("app/lib/util.py", "from . import deep\n").file("app/lib/deep.py", "import top\n");
  image.file("app/top.py", "x = 1\n").file("app/other.py", "x = 1\n");
  image.config().working_dir = "/app";
  image.config().cmd = {"python3", "main.py"};
  EXPECT_EQ(chain_to(image, "app/lib/util.py"), "Cmd > /app/main.py:2 > /app/lib/util.py");
  EXPECT_EQ(chain_to(image, "app/top.py"),
            "Cmd > /app/main.py:2 > /app/lib/util.py:1 > /app/lib/deep.py:1 > /app/top.py");
  EXPECT_EQ(chain_to(image, "app/other.py"), "");
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"python", "-m", "main"},
                                             {"gunicorn", "-b", ":80", "main:app"},
                                             {"python3", "-c", "import main"},
                                             {"flask", "--app", "main", "run"}}) {
    image.config().cmd = command;
    EXPECT_NE(chain_to(image, "app/top.py"), "") << command[0] << " " << command[1];
    EXPECT_EQ(chain_to(image, "app/other.py"), "");
  }
}

TEST(StartGraph, ModulesBeyondTheEighthAreStillPartOfTheProgram) {
  ImageBuilder image;
  for (int i = 0; i < 20; ++i)
    image.file("app/m" + std::to_string(i) + ".js", "require('./m" + std::to_string(i + 1) + "')\n");
  image.file("app/m20.js", "require('./m0')\n");
  image.config().cmd = {"node", "/app/m0.js"};
  EXPECT_NE(chain_to(image, "app/m20.js"), "");
}

TEST(StartGraph, ServicesInExecline) {
  ImageBuilder image;
  image.file("etc/services.d/app/run", "#!/command/execlineb -P\nwith-contenv\ns6-setuidgid app\n/opt/serve\n", 0755);
  image.file("etc/s6-overlay/s6-rc.d/first/up", "/opt/first\n");
  image.program("opt/serve").program("opt/first").program("init");
  image.config().entrypoint = {"/init"};
  EXPECT_NE(chain_to(image, "opt/serve"), "");
  EXPECT_NE(chain_to(image, "opt/first"), "");
}

}  // namespace
}  // namespace hullcheck::detect
