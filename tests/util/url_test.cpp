#include "util/url.hpp"

#include <gtest/gtest.h>

namespace hullcheck::util {
namespace {

TEST(Url, PartsAndOrigins) {
  EXPECT_EQ(url_origin("HTTPS://User:pw@Example.COM/x?y"), "https://example.com:443");
  EXPECT_EQ(url_origin("http://h:8080/"), "http://h:8080");
  EXPECT_EQ(url_origin("ftp://h/"), "");
  EXPECT_EQ(*resolve_url("https://a/b/c?d", "../e"), "https://a/e");
  EXPECT_EQ(*resolve_url("https://a/b", "//other/x"), "https://other/x");
  EXPECT_FALSE(resolve_url("https://a/b", "").ok());
  EXPECT_EQ(url_for_message("https://user:pw@a/b?token=1#f"), "https://a/b");
  EXPECT_EQ(url_escape("a b/c", "/"), "a%20b/c");
  EXPECT_TRUE(is_loopback_host("127.8.9.1"));
  EXPECT_TRUE(is_loopback_host("[::1]"));
  EXPECT_FALSE(is_loopback_host("127.example.com"));
}

}  // namespace
}  // namespace hullcheck::util
