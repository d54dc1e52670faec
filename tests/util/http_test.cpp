#include "util/http.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "support/http_server.hpp"
#include "support/sample_image.hpp"

namespace hullcheck::util {
namespace {

using test::HttpServer;
using test::ServedAnswer;
using test::ServedRequest;

HttpRequest get(const std::string& url) {
  HttpRequest request;
  request.url = url;
  request.stall_timeout = std::chrono::milliseconds(2000);
  return request;
}

TEST(Http, StreamsInBlocks) {
  std::string body;
  for (int i = 0; i < 5'000'000; ++i) body += static_cast<char>('a' + i % 26);
  for (const bool chunked : {false, true}) {
    HttpServer server([&](const ServedRequest&) { return ServedAnswer{.body = body, .chunked = chunked}; });
    HttpClient client;
    const auto response = client.open(get(server.url() + "/x"), {});
    ASSERT_TRUE(response.ok()) << response.error().describe();
    EXPECT_EQ((*response)->status(), 200);
    std::string seen;
    while (true) {
      const auto block = (*response)->next();
      ASSERT_TRUE(block.ok()) << block.error().describe();
      if (block->empty()) break;
      EXPECT_LE(block->size(), 2u << 20);
      seen += as_text(*block);
    }
    EXPECT_TRUE(seen == body);
  }
}

TEST(Http, ConnectionsAreReused) {
  HttpServer server([](const ServedRequest& request) { return ServedAnswer{.body = request.path}; });
  HttpClient client;
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.fetch(get(server.url() + "/" + std::to_string(i)), {}, 100);
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(answer->body, "/" + std::to_string(i));
  }
}

TEST(Http, PostHeadAndHeaders) {
  HttpServer server([](const ServedRequest& request) {
    return ServedAnswer{.status = 201, .headers = {{"X-Echo", request.body + request.header("x-in")}}};
  });
  HttpClient client;
  auto request = get(server.url());
  request.method = "POST";
  request.body = "hello ";
  request.headers = {{"X-In", "there"}};
  const auto answer = client.fetch(request, {}, 10);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->header("x-ECHO"), "hello there");
  request.method = "HEAD";
  EXPECT_TRUE(client.fetch(request, {}, 10).ok());
  request.headers = {{"X-In", "a\r\nHost: evil"}};
  EXPECT_EQ(client.fetch(request, {}, 10).error().name, "http-header-invalid");
}

TEST(Http, Limits) {
  HttpServer large([](const ServedRequest&) { return ServedAnswer{.body = std::string(10'000, 'x')}; });
  HttpClient client;
  EXPECT_EQ(client.fetch(get(large.url()), {}, 9'999).error().name, "http-size-limit");
  EXPECT_TRUE(client.fetch(get(large.url()), {}, 10'000).ok());
  HttpServer headers([](const ServedRequest&) {
    ServedAnswer answer;
    for (int i = 0; i < 10'000; ++i) answer.headers.emplace_back("X-" + std::to_string(i), std::string(90, 'x'));
    return answer;
  });
  EXPECT_EQ(client.fetch(get(headers.url()), {}, 100).error().name, "http-header-limit");
}

TEST(Http, OneHeaderWithoutEndWasALackOfMemory) {
  HttpClient client;
  HttpServer endless([](const ServedRequest&) {
    return ServedAnswer{.raw = "HTTP/1.1 200 OK\r\nX: " + std::string(2'000'000, 'a')};
  });
  const auto answer = client.fetch(get(endless.url()), {}, 100);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().name, "http-header-limit");
}

TEST(Http, BadAnswers) {
  HttpClient client;
  HttpServer garbage([](const ServedRequest&) { return ServedAnswer{.raw = "this is not HTTP at all\r\n\r\n"}; });
  EXPECT_FALSE(client.fetch(get(garbage.url()), {}, 100).ok());
  HttpServer early(
      [](const ServedRequest&) { return ServedAnswer{.body = std::string(100, 'x'), .close_after = 50}; });
  EXPECT_EQ(client.fetch(get(early.url()), {}, 1000).error().name, "network-broken");
  HttpServer chunk([](const ServedRequest&) {
    return ServedAnswer{.body = std::string(100, 'x'), .chunked = true, .close_after = 50};
  });
  EXPECT_EQ(client.fetch(get(chunk.url()), {}, 1000).error().name, "network-broken");
  EXPECT_EQ(client.fetch(get("file:///etc/passwd"), {}, 1000).error().name, "url-invalid");
  EXPECT_EQ(client.fetch(get("nonsense"), {}, 1000).ok(), false);
}

TEST(Http, StallsAndStops) {
  HttpServer server([](const ServedRequest&) { return ServedAnswer{.body = "abc", .stall_after = 1}; });
  HttpClient client;
  auto request = get(server.url());
  request.stall_timeout = std::chrono::milliseconds(150);
  EXPECT_EQ(client.fetch(request, {}, 100).error().name, "network-stalled");
  request.stall_timeout = std::chrono::seconds(60);
  std::stop_source stop;
  std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop.request_stop();
  });
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(client.fetch(request, stop.get_token(), 100).error().name, "cancelled");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(Http, DripsWereWaitedForWithoutEnd) {
  HttpServer server([](const ServedRequest&) {
    return ServedAnswer{.body = std::string(10'000, 'x'), .drip = std::chrono::milliseconds(10)};
  });
  HttpClient client;
  auto request = get(server.url());
  request.stall_timeout = std::chrono::seconds(60);
  request.slow_window = std::chrono::milliseconds(200);
  const auto slow = client.fetch(request, {}, 100'000);
  ASSERT_FALSE(slow.ok());
  EXPECT_EQ(slow.error().name, "network-slow");
  // Slow, and as fast as is asked for.
  request.least_rate = 2;
  EXPECT_EQ(client.fetch(request, {}, 100).error().name, "http-size-limit");
}

// The reader takes its time; the server is not to blame.
TEST(Http, TimeOfTheReaderIsNotTheServers) {
  HttpServer server([](const ServedRequest&) { return ServedAnswer{.body = std::string(6'000'000, 'x')}; });
  HttpClient client;
  auto request = get(server.url());
  request.slow_window = std::chrono::seconds(2);
  request.least_rate = 1'000'000'000;
  const auto response = client.open(request, {});
  ASSERT_TRUE(response.ok());
  std::size_t seen = 0;
  for (;;) {
    const auto block = (*response)->next();
    ASSERT_TRUE(block.ok()) << block.error().describe();
    if (block->empty()) break;
    seen += block->size();
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  EXPECT_EQ(seen, 6'000'000U);
}

TEST(Http, HeadsThatDripWereWaitedForWithoutEnd) {
  std::string head = "HTTP/1.1 200 Fine\r\n";
  for (int i = 0; i < 1000; ++i) head += "X-Long: y\r\n";
  HttpServer server([&](const ServedRequest&) {
    return ServedAnswer{.drip = std::chrono::milliseconds(10), .raw = head + "\r\n"};
  });
  HttpClient client;
  auto request = get(server.url());
  request.stall_timeout = std::chrono::seconds(60);
  request.slow_window = std::chrono::milliseconds(200);
  const auto slow = client.fetch(request, {}, 100);
  ASSERT_FALSE(slow.ok());
  EXPECT_EQ(slow.error().name, "network-slow");
}

TEST(Http, Redirects) {
  HttpServer other([](const ServedRequest& request) {
    return ServedAnswer{.body = request.header("authorization") + "|" + request.header("cookie")};
  });
  HttpServer server([&](const ServedRequest& request) {
    if (request.path == "/here") return ServedAnswer{.status = 302, .headers = {{"Location", "/there"}}};
    if (request.path == "/there") return ServedAnswer{.body = "at home: " + request.header("authorization")};
    if (request.path == "/away") return ServedAnswer{.status = 307, .headers = {{"Location", other.url() + "/"}}};
    if (request.path == "/file") return ServedAnswer{.status = 302, .headers = {{"Location", "file:///etc/passwd"}}};
    return ServedAnswer{.status = 301, .headers = {{"Location", request.path + "x"}}};
  });
  HttpClient client;
  auto request = get(server.url() + "/here");
  request.authorization = "Bearer secret";
  request.headers = {{"Cookie", "also secret"}};
  EXPECT_EQ(client.fetch(request, {}, 100)->status, 302) << "none is followed unless asked";
  request.redirects = 3;
  EXPECT_EQ(client.fetch(request, {}, 100)->body, "at home: Bearer secret");
  request.url = server.url() + "/away";
  EXPECT_EQ(client.fetch(request, {}, 100)->body, "|");
  request.url = server.url() + "/file";
  EXPECT_EQ(client.fetch(request, {}, 100).error().name, "redirect-refused");
  request.url = server.url() + "/circle";
  EXPECT_EQ(client.fetch(request, {}, 100).error().name, "redirect-limit");
}

TEST(Http, UnixSocket) {
  test::ScratchFolder folder;
  HttpServer server([](const ServedRequest& request) { return ServedAnswer{.body = request.path}; },
                    folder.path() + "/s");
  HttpClient client;
  auto request = get("http://engine/info");
  request.unix_socket = folder.path() + "/s";
  EXPECT_EQ(client.fetch(request, {}, 100)->body, "/info");
  request.unix_socket = folder.path() + "/none";
  EXPECT_EQ(client.fetch(request, {}, 100).error().name, "network-connect");
}

}  // namespace
}  // namespace hullcheck::util
