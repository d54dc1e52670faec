#include "util/curl.hpp"

#include <dlfcn.h>

#include <string>

namespace hullcheck::util {
namespace {

// The name says which binary interface: that of the header this was compiled with.
constexpr const char* k_library = "libcurl.so.4";

struct Loaded {
  Curl functions{};
  std::string trouble;

  Loaded() {
    void* const library = ::dlopen(k_library, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      trouble = ::dlerror();
      return;
    }
    const auto take = [&](auto& function, const char* name) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(library, name));
      if (function == nullptr && trouble.empty()) trouble = std::string(k_library) + " has no " + name;
    };
    decltype(&::curl_global_init) global_init = nullptr;
    take(global_init, "curl_global_init");
    take(functions.easy_cleanup, "curl_easy_cleanup");
    take(functions.easy_getinfo, "curl_easy_getinfo");
    take(functions.easy_init, "curl_easy_init");
    take(functions.easy_pause, "curl_easy_pause");
    take(functions.easy_setopt, "curl_easy_setopt");
    take(functions.easy_strerror, "curl_easy_strerror");
    take(functions.free, "curl_free");
    take(functions.multi_add_handle, "curl_multi_add_handle");
    take(functions.multi_cleanup, "curl_multi_cleanup");
    take(functions.multi_info_read, "curl_multi_info_read");
    take(functions.multi_init, "curl_multi_init");
    take(functions.multi_perform, "curl_multi_perform");
    take(functions.multi_poll, "curl_multi_poll");
    take(functions.multi_remove_handle, "curl_multi_remove_handle");
    take(functions.multi_wakeup, "curl_multi_wakeup");
    take(functions.slist_append, "curl_slist_append");
    take(functions.slist_free_all, "curl_slist_free_all");
    take(functions.url, "curl_url");
    take(functions.url_cleanup, "curl_url_cleanup");
    take(functions.url_get, "curl_url_get");
    take(functions.url_set, "curl_url_set");
    if (trouble.empty() && global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) trouble = "it cannot be initialised";
  }
};

const Loaded& library() {
  static const Loaded loaded;
  return loaded;
}

}  // namespace

Result<const Curl*> curl() {
  if (library().trouble.empty()) return &library().functions;
  return make_error(ErrorCode::io, "http-unavailable",
                    "the library that speaks HTTP cannot be loaded; install libcurl4 (" + library().trouble + ")",
                    k_library);
}

const Curl& loaded_curl() { return library().functions; }

}  // namespace hullcheck::util
