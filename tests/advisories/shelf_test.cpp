// A registry as the shelf of a database: what goes there comes back, and what a hostile one gives leaves the old
// database as it was.
#include "advisories/shelf.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <mutex>

#include "advisories/builder.hpp"
#include "advisories/row.hpp"
#include "support/http_server.hpp"
#include "support/temporary_folder.hpp"
#include "util/digest.hpp"
#include "util/file.hpp"

namespace hullcheck::advisories {
namespace {

using test::HttpServer;
using test::ServedAnswer;
using test::ServedRequest;

// Takes uploads and gives them back; `twist` may change any answer.
class FakeShelf {
 public:
  using Twist = std::function<void(const ServedRequest&, ServedAnswer&)>;
  FakeShelf() : m_server([this](const ServedRequest& request) { return answer(request); }) {}

  std::string name(const std::string& rest = "/team/db:1") const { return "oci://" + m_server.host() + rest; }
  const HttpServer& server() const { return m_server; }
  void twist(Twist twist) {
    const std::lock_guard lock(m_mutex);
    m_twist = std::move(twist);
  }
  std::string manifest() {
    const std::lock_guard lock(m_mutex);
    return m_manifests.at("1");
  }
  void put_manifest(const std::string& text) {
    const std::lock_guard lock(m_mutex);
    m_manifests["1"] = m_manifests[util::sha256_digest(as_bytes(text))] = text;
  }
  void put_blob(const std::string& digest, const std::string& bytes) {
    const std::lock_guard lock(m_mutex);
    m_blobs[digest] = bytes;
  }

 private:
  ServedAnswer answer(const ServedRequest& request) {
    const std::lock_guard lock(m_mutex);
    ServedAnswer out = plain(request);
    if (m_twist) m_twist(request, out);
    return out;
  }
  ServedAnswer plain(const ServedRequest& request) {
    const std::string last = request.path.substr(request.path.rfind('/') + 1);
    if (request.path == "/v2/") return {.body = "{}"};
    if (request.method == "POST")
      return {.status = 202, .headers = {{"Location", "/v2/team/db/blobs/uploads/7?_state=x"}}};
    if (request.method == "PUT" && request.path.starts_with("/v2/team/db/blobs/uploads/")) {
      std::string digest = request.query.substr(request.query.find("digest=") + 7);
      if (const auto at = digest.find("%3A"); at != std::string::npos) digest.replace(at, 3, ":");
      if (digest != util::sha256_digest(as_bytes(request.body)))
        return {.status = 400, .body = R"({"errors":[{"code":"DIGEST_INVALID","message":"it is another"}]})"};
      m_blobs[digest] = request.body;
      return {.status = 201};
    }
    if (request.method == "PUT") {
      m_manifests[last] = m_manifests[util::sha256_digest(as_bytes(request.body))] = request.body;
      return {.status = 201, .headers = {{"Docker-Content-Digest", util::sha256_digest(as_bytes(request.body))}}};
    }
    if (request.path.starts_with("/v2/team/db/manifests/")) {
      const auto found = m_manifests.find(last);
      if (found == m_manifests.end()) return {.status = 404};
      return {.headers = {{"Content-Type", "application/vnd.oci.image.manifest.v1+json"}}, .body = found->second};
    }
    const auto found = m_blobs.find(last);
    if (found == m_blobs.end()) return {.status = 404};
    return {.body = found->second, .honour_range = true};
  }

  std::mutex m_mutex;
  std::map<std::string, std::string> m_manifests, m_blobs;
  Twist m_twist;
  HttpServer m_server;
};

class Shelf : public testing::Test {
 protected:
  void SetUp() override {
    m_context.options.docker_config = m_folder.path();
    m_context.options.network_timeout = std::chrono::seconds(1);
    m_here = make("here", 40, "2026-11-01T00:00:00Z");
  }
  std::string make(const std::string& name, int packages, const std::string& built) {
    const std::string path = m_folder.path(name);
    auto builder = DatabaseBuilder::create(path).value();
    std::vector<BuiltSource> sources(1);
    sources[0].stored.name = sources[0].state.name = "debian";
    for (int i = 0; i < packages; ++i) {
      Advisory advisory;
      advisory.id = "CVE-2024-" + std::to_string(i);
      advisory.title = "title " + std::to_string(i * 7919);
      advisory.ranges.push_back({"", std::to_string(i) + ".0", ""});
      EXPECT_TRUE(builder.add("Debian:12", "p" + std::to_string(1000 + i), 0, encode_record(advisory)).ok());
    }
    EXPECT_TRUE(builder.finish(sources, {}, {}, built).ok());
    builder.close();
    return path;
  }
  static std::string digest(const std::string& path) { return Database::open(path).value().state().digest; }
  Result<ShelfResult> push(const std::string& path, Slim slim = Slim::no) {
    return push_database(path, parse_shelf(m_shelf.name()).value(), slim, m_context, quick());
  }
  Result<ShelfResult> pull(const std::string& path, bool allow_older = false,
                           const std::string& rest = "/team/db:1") {
    return pull_database(parse_shelf(m_shelf.name(rest)).value(), path, {.allow_older = allow_older}, m_context,
                         quick());
  }
  // A pull that must fail: gives the error's name and sees to it that nothing changed.
  std::string refused(bool allow_older = false, const std::string& rest = "/team/db:1") {
    const std::string before = digest(m_here);
    const auto done = pull(m_here, allow_older, rest);
    EXPECT_EQ(digest(m_here), before);
    for (const auto& entry : std::filesystem::directory_iterator(m_folder.path()))
      EXPECT_EQ(entry.path().filename().string().find(".pull"), std::string::npos) << "no litter";
    EXPECT_FALSE(std::filesystem::exists(m_here + ".new"));
    if (done.ok()) return "";
    EXPECT_FALSE(done.error().message.empty());
    return done.error().name;
  }
  static acquire::RetryPolicy quick() {
    acquire::RetryPolicy policy;
    policy.base = policy.longest = std::chrono::milliseconds(2);
    policy.resumes = 3;
    return policy;
  }

  test::TemporaryFolder m_folder;
  FakeShelf m_shelf;
  acquire::AcquireContext m_context;
  std::string m_here;
};

bool is_layer(const ServedRequest& request) {
  return request.method == "GET" && request.path.find("/blobs/") != std::string::npos;
}

TEST(ShelfName, NamesItsHost) {
  const auto name = parse_shelf("oci://registry.example:5000/team/db").value();
  EXPECT_EQ(name.host, "registry.example:5000");
  EXPECT_EQ(name.repository, "team/db");
  EXPECT_EQ(name.tag, "latest");
  EXPECT_EQ(parse_shelf("oci://localhost/db:2").value().tag, "2");
  for (const char* bad : {"", "oci://", "oci://db", "oci://team/db", "registry.example/db", "oci:./layout",
                          "https://registry.example/db", "oci://registry.example/", "oci://registry.example/UPPER"})
    EXPECT_EQ(parse_shelf(bad).error().name, "reference-invalid") << bad;
}

TEST_F(Shelf, WhatIsPushedIsPulled) {
  const std::string newer = make("newer", 60, "2026-11-02T00:00:00Z");
  const auto pushed = push(newer);
  ASSERT_TRUE(pushed.ok()) << pushed.error().describe();
  EXPECT_EQ(pushed->bundle.records, 60U);
  const auto pulled = pull(m_here);
  ASSERT_TRUE(pulled.ok()) << pulled.error().describe();
  EXPECT_FALSE(pulled->unchanged);
  EXPECT_EQ(pulled->manifest_digest, pushed->manifest_digest);
  EXPECT_EQ(pulled->bundle.built, "2026-11-02T00:00:00Z");
  EXPECT_EQ(digest(m_here), digest(newer));
  EXPECT_TRUE(pull(m_folder.path("fresh"), false, "/team/db@" + pushed->manifest_digest).ok());
  EXPECT_EQ(digest(m_folder.path("fresh")), digest(newer));
}

TEST_F(Shelf, TheSameIsNeitherSentNorFetchedAgain) {
  ASSERT_TRUE(push(m_here).ok());
  const std::string layer = "/v2/team/db/blobs/";
  const auto puts = [&] {
    std::size_t count = 0;
    for (const auto& request : m_shelf.server().requests())
      count += request.method == "PUT" && request.body.size() > 2;
    return count;
  };
  EXPECT_EQ(puts(), 2U) << "bundle and manifest";
  ASSERT_TRUE(push(m_here).ok());
  EXPECT_EQ(puts(), 3U) << "the manifest again";
  const auto pulled = pull(m_here);
  ASSERT_TRUE(pulled.ok());
  EXPECT_TRUE(pulled->unchanged);
  for (const auto& request : m_shelf.server().requests()) EXPECT_FALSE(is_layer(request)) << request.path;
}

TEST_F(Shelf, AnOlderOneIsRefusedUnlessAsked) {
  const std::string older = make("older", 60, "2026-10-01T00:00:00Z");
  ASSERT_TRUE(push(older).ok());
  EXPECT_EQ(refused(), "database-older");
  // A manifest that lies about the age does not help.
  std::string manifest = m_shelf.manifest();
  manifest.replace(manifest.find("2026-10-01"), 10, "2026-12-01");
  m_shelf.put_manifest(manifest);
  EXPECT_EQ(refused(), "database-older");
  ASSERT_TRUE(pull(m_here, true).ok());
  EXPECT_EQ(digest(m_here), digest(older));
}

TEST_F(Shelf, WhatIsNoDatabaseIsRefused) {
  EXPECT_EQ(refused(), "shelf-absent");
  ASSERT_TRUE(push(make("newer", 60, "2026-11-02T00:00:00Z")).ok());
  const std::string good = m_shelf.manifest();
  m_shelf.put_manifest("<html><body>maintenance</body></html>");
  EXPECT_EQ(refused(), "registry-not-a-registry");
  m_shelf.put_manifest(
      R"({"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json"},"layers":[]})");
  EXPECT_EQ(refused(), "shelf-not-a-database");
  m_shelf.put_manifest(R"({"schemaVersion":2,"manifests":[]})");
  EXPECT_EQ(refused(), "shelf-not-a-database");
  m_shelf.put_manifest("{");
  EXPECT_EQ(refused(), "manifest-malformed");
  m_shelf.put_manifest(good + std::string(2 << 20, ' '));
  EXPECT_EQ(refused(), "manifest-size-limit");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    m_shelf.put_manifest(text);
    return refused();
  };
  const auto size = good.find("\"size\": ", good.find("advisories.bundle.v1"));
  const std::string number = good.substr(size, good.find_first_of(",\n", size) - size);
  EXPECT_EQ(with(number, "\"size\": 10000000000"), "shelf-size-limit") << "10 GB";
  EXPECT_EQ(with(number, "\"size\": 0"), "shelf-size-limit");
  EXPECT_EQ(with(number, "\"size\": 18446744073709551615"), "shelf-size-limit");
  EXPECT_EQ(with(number, "\"size\": 100000"), "shelf-size") << "shorter than promised";
  EXPECT_EQ(with(number, "\"size\": 20"), "blob-size-mismatch") << "longer than promised";
  const auto layer = good.find("sha256:", size - 100);
  EXPECT_EQ(with(good.substr(layer, 71), "sha256:../../../etc/passwd"), "shelf-digest");
  const auto content = good.find("sha256:", good.find("dev.hullcheck.advisories.digest"));
  EXPECT_EQ(with(good.substr(content, 71), "sha256:" + std::string(64, '0')), "bundle-digest");
}

TEST_F(Shelf, AnotherManifestThanTheDigestNamesIsRefused) {
  const auto pushed = push(make("newer", 60, "2026-11-02T00:00:00Z"));
  ASSERT_TRUE(pushed.ok());
  m_shelf.twist([](const ServedRequest& request, ServedAnswer& answer) {
    if (request.path.find("/manifests/") != std::string::npos) answer.body += " ";
  });
  EXPECT_EQ(refused(false, "/team/db@" + pushed->manifest_digest), "shelf-digest");
  m_shelf.twist([](const ServedRequest& request, ServedAnswer& answer) {
    if (request.path.find("/manifests/") != std::string::npos)
      answer.headers.emplace_back("Docker-Content-Digest", "sha256:" + std::string(64, 'a'));
  });
  EXPECT_EQ(refused(), "shelf-digest");
}

TEST_F(Shelf, ALayerWithOtherBytesIsRefused) {
  ASSERT_TRUE(push(make("newer", 60, "2026-11-02T00:00:00Z")).ok());
  m_shelf.twist([](const ServedRequest& request, ServedAnswer& answer) {
    if (is_layer(request)) answer.body[answer.body.size() / 2] ^= 1;
  });
  EXPECT_EQ(refused(), "shelf-digest");
  m_shelf.twist([](const ServedRequest& request, ServedAnswer& answer) {
    if (is_layer(request)) answer.body = std::string(answer.body.size(), '<');
  });
  EXPECT_EQ(refused(), "shelf-digest");
  // Another file under its own right digest: no bundle.
  const std::string page = "<html>log in</html>", page_digest = util::sha256_digest(as_bytes(page));
  m_shelf.twist(nullptr);
  m_shelf.put_blob(page_digest, page);
  std::string manifest = m_shelf.manifest();
  const auto type = manifest.find("advisories.bundle.v1"), at = manifest.find("sha256:", type);
  manifest.replace(at, 71, page_digest);
  const auto size = manifest.find("\"size\": ", type);
  manifest.replace(size, manifest.find_first_of(",\n", size) - size, "\"size\": " + std::to_string(page.size()));
  m_shelf.put_manifest(manifest);
  EXPECT_EQ(refused(), "bundle-malformed");
}

TEST_F(Shelf, ABrokenTransferGoesOnAndAStalledOneEnds) {
  const std::string newer = make("newer", 3000, "2026-11-02T00:00:00Z");
  ASSERT_TRUE(push(newer).ok());
  int cuts = 0;
  m_shelf.twist([&](const ServedRequest& request, ServedAnswer& answer) {
    if (is_layer(request) && cuts++ < 2) answer.close_after = 1000;
  });
  const auto pulled = pull(m_here);
  ASSERT_TRUE(pulled.ok()) << pulled.error().describe();
  EXPECT_EQ(digest(m_here), digest(newer));
  ASSERT_TRUE(push(make("newest", 3100, "2026-11-03T00:00:00Z")).ok());
  m_shelf.twist([&](const ServedRequest& request, ServedAnswer& answer) {
    if (is_layer(request)) answer.stall_after = 1000;
  });
  EXPECT_EQ(refused(), "network-stalled");
  m_shelf.twist([&](const ServedRequest& request, ServedAnswer& answer) {
    if (is_layer(request)) answer.close_after = 0;
  });
  EXPECT_EQ(refused(), "network-broken");
}

TEST_F(Shelf, APushThatBreaksIsBegunAgainAndARefusalSaysWhy) {
  int tries = 0;
  m_shelf.twist([&](const ServedRequest& request, ServedAnswer& answer) {
    if (request.method == "PUT" && request.body.size() > 100 && tries++ < 2) answer = {.hang_up = true};
  });
  ASSERT_TRUE(push(m_here).ok());
  EXPECT_GE(tries, 3);
  const std::string other = make("other", 50, "2026-11-02T00:00:00Z");
  const auto refusal = [&](int status, const std::string& body) {
    m_shelf.twist([=](const ServedRequest& request, ServedAnswer& answer) {
      if (request.method == "POST") answer = {.status = status, .body = body};
    });
    return push(other).error();
  };
  EXPECT_EQ(refusal(403, "").name, "registry-denied");
  EXPECT_EQ(refusal(401, "").name, "registry-denied");
  const Error full = refusal(413, R"({"errors":[{"code":"SIZE_INVALID","message":"quota exceeded"}]})");
  EXPECT_EQ(full.name, "registry-refused");
  EXPECT_NE(full.message.find("quota exceeded"), std::string::npos) << full.message;
  EXPECT_EQ(refusal(503, "").name, "registry-failed");
  EXPECT_EQ(push_database(other, parse_shelf(m_shelf.name("/team/db@sha256:" + std::string(64, 'a'))).value(),
                          Slim::no, m_context, quick())
                .error()
                .name,
            "reference-invalid");
  m_shelf.twist([](const ServedRequest& request, ServedAnswer& answer) {
    if (request.method == "PUT" && request.path.find("/manifests/") != std::string::npos)
      answer.headers = {{"Docker-Content-Digest", "sha256:" + std::string(64, 'b')}};
  });
  EXPECT_EQ(push(other).error().name, "blob-digest-mismatch");
}

// The login is for the registry, not for where it sends an upload or a download to.
TEST_F(Shelf, CredentialsStayWithTheRegistry) {
  HttpServer elsewhere([&](const ServedRequest& request) -> ServedAnswer {
    if (request.method == "PUT") m_shelf.put_blob(util::sha256_digest(as_bytes(request.body)), request.body);
    return {.status = request.method == "PUT" ? 201 : 404};
  });
  std::filesystem::create_directories(m_folder.path("docker"));
  m_context.options.docker_config = m_folder.path("docker");
  const std::string config = R"({"auths":{")" + m_shelf.server().host() + R"(":{"auth":"bWU6c2VjcmV0"}}})";
  ASSERT_TRUE(util::write_file(m_folder.path("docker") + "/config.json", as_bytes(config)).ok());
  m_shelf.twist([&](const ServedRequest& request, ServedAnswer& answer) {
    if (request.header("authorization").empty())
      answer = {.status = 401, .headers = {{"WWW-Authenticate", "Basic realm=\"r\""}}};
    else if (request.method == "POST")
      answer.headers = {{"Location", elsewhere.url() + "/upload"}};
    else if (is_layer(request))
      answer = {.status = 307, .headers = {{"Location", elsewhere.url() + "/blob"}}};
  });
  ASSERT_TRUE(push(m_here).ok());
  EXPECT_EQ(pull(m_folder.path("fresh")).error().name, "blob-missing");
  ASSERT_GE(elsewhere.requests().size(), 3U);
  for (const auto& request : elsewhere.requests()) EXPECT_EQ(request.header("authorization"), "") << request.path;
}

}  // namespace
}  // namespace hullcheck::advisories
