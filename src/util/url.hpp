// Parts of http and https addresses, by libcurl's reader: what a request is sent to and what is said of it must be
// taken apart by one and the same. Hostile: addresses come from registries, feeds and redirects.
#pragma once

#include <string>
#include <string_view>

#include "util/result.hpp"

namespace hullcheck::util {

// Scheme, host and port of an http or https address, "" for any other; equal text is an equal origin.
std::string url_origin(const std::string& url);
std::string url_scheme(const std::string& url);
std::string url_host(const std::string& url);  // without port; IPv6 in brackets
// `location` against `base` (RFC 3986).
Result<std::string> resolve_url(const std::string& base, std::string_view location);
// Percent-encodes all but unreserved characters and those of `keep`.
std::string url_escape(std::string_view text, std::string_view keep = {});
// The address without user, password, query and fragment: fit for a message.
std::string url_for_message(const std::string& url);
// "localhost", 127.0.0.0/8 and ::1.
bool is_loopback_host(std::string_view host);

}  // namespace hullcheck::util
