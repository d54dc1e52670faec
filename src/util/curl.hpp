// libcurl, loaded when it is first needed. It brings two dozen libraries with it (directories, tickets, other kinds
// of encryption), and loading them takes longer than looking at a small image; most runs never speak to a network.
// Functions have curl's names without "curl_" and take what curl's take. Private to util/.
#pragma once

#include <curl/curl.h>

#include "util/result.hpp"

namespace hullcheck::util {

struct Curl {
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_pause) easy_pause;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_free) free;
  decltype(&::curl_multi_add_handle) multi_add_handle;
  decltype(&::curl_multi_cleanup) multi_cleanup;
  decltype(&::curl_multi_info_read) multi_info_read;
  decltype(&::curl_multi_init) multi_init;
  decltype(&::curl_multi_perform) multi_perform;
  decltype(&::curl_multi_poll) multi_poll;
  decltype(&::curl_multi_remove_handle) multi_remove_handle;
  decltype(&::curl_multi_wakeup) multi_wakeup;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
  decltype(&::curl_url) url;
  decltype(&::curl_url_cleanup) url_cleanup;
  decltype(&::curl_url_get) url_get;
  decltype(&::curl_url_set) url_set;
};

// Any thread; initialised, and there until the program ends. Error "http-unavailable" where it cannot be loaded, each
// time.
Result<const Curl*> curl();
// The same where curl() has succeeded before.
const Curl& loaded_curl();

}  // namespace hullcheck::util
