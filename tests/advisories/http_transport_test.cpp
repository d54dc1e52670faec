// Feeds over HTTP, against a server on loopback that behaves as badly as it is asked to.
#include <gtest/gtest.h>

#include "advisories/download.hpp"
#include "advisories/feed.hpp"
#include "support/compress.hpp"
#include "support/http_server.hpp"

namespace hullcheck::advisories {
namespace {

using test::HttpServer;
using test::ServedAnswer;
using test::ServedRequest;

Result<FetchedDocument> get(const std::string& url, const std::string& validator = "", std::uint64_t limit = 1 << 20,
                            const std::string& mirror = "") {
  return http_transport(mirror)->fetch(url, limit, validator, Packing::unpack, util::no_progress(), {});
}

TEST(HttpFeed, ValidatorMakesTheNextRequestConditional) {
  HttpServer server([](const ServedRequest& request) -> ServedAnswer {
    if (request.header("if-none-match") == "\"v1\"") return {.status = 304};
    return {.headers = {{"ETag", "\"v1\""}, {"Last-Modified", "Sat, 01 Aug 2026 00:00:00 GMT"}}, .body = "data"};
  });
  const auto first = get(server.url() + "/feed");
  ASSERT_TRUE(first.ok()) << first.error().describe();
  EXPECT_EQ(as_text(first->bytes), "data");
  const auto second = get(server.url() + "/feed", first->validator);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().name, k_not_modified);
  EXPECT_EQ(server.requests().back().header("if-modified-since"), "Sat, 01 Aug 2026 00:00:00 GMT");
}

TEST(HttpFeed, BrokenTransferGoesOnWhereItStopped) {
  const std::string body(300'000, 'x');
  HttpServer server([&](const ServedRequest& request) -> ServedAnswer {
    const bool resumed = !request.header("range").empty();
    return {.headers = {{"ETag", "\"v1\""}},
            .body = body,
            .honour_range = true,
            .close_after = resumed ? ServedAnswer::k_whole : std::size_t{200'000}};
  });
  const auto document = get(server.url() + "/feed");
  ASSERT_TRUE(document.ok()) << document.error().describe();
  EXPECT_EQ(as_text(document->bytes), body);
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(server.requests()[1].header("if-range"), "\"v1\"");
}

TEST(HttpFeed, ServerThatIsBusyOnceIsAskedAgain) {
  int asked = 0;
  HttpServer server([&](const ServedRequest&) -> ServedAnswer {
    if (asked++ == 0) return {.status = 503};
    return {.body = "data"};
  });
  EXPECT_TRUE(get(server.url() + "/feed").ok());
}

TEST(HttpFeed, AnswersThatAreNoDocument) {
  HttpServer server([](const ServedRequest& request) -> ServedAnswer {
    if (request.path == "/denied") return {.status = 403};
    if (request.path == "/large") return {.body = std::string(1000, 'x'), .chunked = true};
    return {.status = 404};
  });
  EXPECT_EQ(get(server.url() + "/denied").error().name, "feed-http-status");
  EXPECT_EQ(get(server.url() + "/none").error().code, ErrorCode::not_found);
  EXPECT_EQ(get(server.url() + "/large", "", 999).error().name, "feed-size-limit");
  EXPECT_EQ(server.count("GET", "/denied"), 1U) << "not worth another attempt";
}

TEST(HttpFeed, MirrorHasHostsAsFoldersAndMayPackThem) {
  HttpServer server([](const ServedRequest& request) -> ServedAnswer {
    if (request.path == "/mirror/feeds.example/plain") return {.body = "plain"};
    if (request.path == "/mirror/feeds.example/packed.gz") return {.body = test::gzip("unpacked")};
    return {.status = 404};
  });
  const std::string mirror = server.url() + "/mirror/";
  EXPECT_EQ(as_text(get("https://feeds.example/plain", "", 100, mirror)->bytes), "plain");
  EXPECT_EQ(as_text(get("https://feeds.example/packed", "", 100, mirror)->bytes), "unpacked");
  EXPECT_EQ(get("https://feeds.example/none", "", 100, mirror).error().name, "not-mirrored");
  EXPECT_FALSE(get("https://feeds.example/packed", "", 4, mirror).ok()) << "the limit counts unpacked bytes";
}

// The flaw: "not modified" was taken for "not there", so that a mirror over HTTP was up to date once and never again.
TEST(HttpFeed, AMirrorsDocumentThatDidNotChangeIsNotAbsent) {
  HttpServer server([](const ServedRequest& request) -> ServedAnswer {
    const bool packed = request.path.ends_with("/packed.gz");
    if (!packed && !request.path.ends_with("/plain")) return {.status = 404};
    if (request.header("if-none-match") == "\"v1\"") return {.status = 304};
    return {.headers = {{"ETag", "\"v1\""}}, .body = packed ? test::gzip("data") : "data"};
  });
  for (const char* const name : {"plain", "packed"}) {
    const std::string url = std::string("https://feeds.example/") + name;
    const auto first = get(url, "", 100, server.url());
    ASSERT_TRUE(first.ok()) << first.error().describe();
    EXPECT_EQ(get(url, first->validator, 100, server.url()).error().name, k_not_modified) << name;
  }
}

}  // namespace
}  // namespace hullcheck::advisories
