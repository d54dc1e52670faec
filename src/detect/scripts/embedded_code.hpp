// One-line programs in other languages: does the code connect a socket to a shell, or run what it fetched or decoded?
// The code is split into tokens (comments dropped, strings kept apart), so a word inside a string is never a call.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hullcheck::detect {

struct EmbeddedSummary {
  bool reverse_shell = false;  // a connection made or accepted, and a shell or command fed from it
  bool listens = false;
  std::string host;  // literal ones only
  std::string port;
  bool fetches = false;       // makes an HTTP request
  bool decodes = false;       // base64, hex, zlib …
  bool runs_fetched = false;  // exec or eval together with a request
  bool runs_decoded = false;  // exec or eval directly around a decoder
  bool runs_saved = false;    // a command that names a file to which the request was saved
  std::vector<std::string> urls;
  std::vector<std::string> saved;  // paths of files that are written, when something is fetched
};

// `language` as in EmbeddedCode. Reads at most 256 KiB; linear.
EmbeddedSummary summarise_code(std::string_view language, std::string_view code);
// False where the code holds no word of a request, which is found out much faster: its summary would not say that it
// fetches.
bool may_fetch(std::string_view language, std::string_view code);

}  // namespace hullcheck::detect
