// What the programs say was read from their own builds: version banners, user agents, copyright lines. A version is
// digits and dots with the endings that makers use; what looks like a list, a pattern or a sentence about another
// version is none.
#include "detect/programs/program_signatures.hpp"

#include <algorithm>
#include <array>

namespace hullcheck::detect {
namespace {

constexpr ProgramSignature k_signatures[] = {
    {"nginx", VersionPlace::behind, "nginx version: nginx/", ""},
    {"openresty", VersionPlace::behind, "nginx version: openresty/", "", false, 2},
    {"tengine", VersionPlace::behind, "Tengine version: Tengine/", ""},
    {"httpd", VersionPlace::within, "Apache/2.", "", false, 2, " "},
    {"lighttpd", VersionPlace::within, "lighttpd/1.", "", false, 2},
    {"haproxy", VersionPlace::before, ", released 20", "", false, 2, "", " version "},
    {"haproxy", VersionPlace::behind, "HA-Proxy version ", "", false, 2},
    {"varnish", VersionPlace::behind, "varnish-", "", false, 2, " "},
    {"squid", VersionPlace::behind, "squid/", ""},
    {"envoy", VersionPlace::before, "/Clean/RELEASE/", "BoringSSL", false, 2},
    {"traefik", VersionPlace::behind, "traefik version ", "", false, 2},
    {"caddy", VersionPlace::behind, "Caddy/v", "", false, 2},
    {"memcached", VersionPlace::within, "memcached 1.", "", false, 2},
    {"redis", VersionPlace::near, "redis_ver", "sion:%s", false, 2},
    {"redis", VersionPlace::near, "min_slaves_good", "_slaves:%d", false, 2},
    {"redis", VersionPlace::near, "Redis version=%s, bit", "s=%d", false, 2},
    {"valkey", VersionPlace::near, "valkey_ver", "sion:%s", false, 2},
    {"keydb", VersionPlace::near, "KeyDB ver", "sion=%s", false, 2},
    {"postgresql", VersionPlace::within, "PostgreSQL 1", "", false, 1, " "},
    {"postgresql", VersionPlace::within, "PostgreSQL 9.", "", false, 2, " "},
    {"mariadb", VersionPlace::before, "-MariaDB", "", false, 2},
    {"mariadb", VersionPlace::within, "MariaDB 10.", "", false, 2},
    {"mariadb", VersionPlace::within, "MariaDB 11.", "", false, 2},
    {"mysql", VersionPlace::within, "/mysql-5.", "", false, 2, "/"},
    {"mysql", VersionPlace::within, "/mysql-8.", "", false, 2, "/"},
    {"percona-server", VersionPlace::behind, "percona-server-", "", false, 2},
    {"mongodb", VersionPlace::behind, "mongo-src/r", "", false, 2},
    {"arangodb", VersionPlace::within, "ArangoDB 3.", "", false, 2},
    {"clickhouse", VersionPlace::behind, "ClickHouse client version ", "", false, 2},
    {"openldap", VersionPlace::behind, "$OpenLDAP: ", "slapd ", false, 2},
    {"openldap", VersionPlace::behind, "$OpenLDAP: ", "ldapsearch ", false, 2},
    {"openldap", VersionPlace::behind, "$OpenLDAP: ", "libldap ", false, 2},
    {"bind", VersionPlace::within, "BIND 9.", "", false, 2},
    {"dnsmasq", VersionPlace::within, "dnsmasq-2.", ""},
    {"unbound", VersionPlace::within, "unbound 1.", "", false, 2},
    {"pdns", VersionPlace::behind, "PowerDNS Authoritative Server ", "", false, 2},
    {"pdns", VersionPlace::near, "SOA-EDIT-DNS", "UPDATE", false, 2},
    {"pdns-recursor", VersionPlace::behind, "PowerDNS Recursor ", "", false, 2},
    {"pdns-recursor", VersionPlace::behind, "pdns-recur", "sor ", false, 2},
    {"pdns-recursor", VersionPlace::near, "rec_control ver", "sion ", false, 2},
    {"nsd", VersionPlace::within, "NSD 4.", "", false, 2},
    {"knot", VersionPlace::behind, "Knot DNS ", "", false, 2},
    {"postfix", VersionPlace::behind, "mail_ver", "sion=", false, 2},
    {"exim", VersionPlace::behind, "Exim version ", ""},
    {"exim", VersionPlace::near, "<<eximver", "sion>>", false, 1, "", "4."},
    {"dovecot", VersionPlace::behind, "Dovecot v", "", false, 2},
    {"sendmail", VersionPlace::within, "Sendmail 8.", "", false, 2},
    {"sendmail", VersionPlace::near, "sendm", "ail8", false, 2, "", "8."},
    {"proftpd", VersionPlace::within, "ProFTPD Version 1.", "", false, 2},
    {"vsftpd", VersionPlace::behind, "vsftpd: version ", "", false, 2},
    {"pureftpd", VersionPlace::behind, "pure-ftpd v", "", false, 2},
    {"openssh", VersionPlace::within, "OpenSSH_9.", "", false, 1, "$ "},
    {"openssh", VersionPlace::within, "OpenSSH_8.", "", false, 1, "$ "},
    {"openssh", VersionPlace::within, "OpenSSH_7.", "", false, 1, "$ "},
    {"openssh", VersionPlace::within, "OpenSSH_10.", "", false, 1, "$ "},
    {"dropbear", VersionPlace::behind, "SSH-2.0-", "dropbear_"},
    {"mosquitto", VersionPlace::near, "mosquitto ver", "sion %s", false, 2},
    {"fluent-bit", VersionPlace::behind, "Fluent Bit v", "", false, 2},
    {"samba", VersionPlace::within, "Samba 4.", "", false, 2},
    {"cups", VersionPlace::within, "CUPS/2.", ""},
    {"tor", VersionPlace::within, "(on Tor 0.", "", false, 3},
    {"stunnel", VersionPlace::within, "stunnel 5.", "", false, 1, " "},
    {"strongswan", VersionPlace::within, "strongSwan 5.", "", false, 2},
    {"nats-server", VersionPlace::behind, "nats-server: v", "", false, 2},
    {"coturn", VersionPlace::behind, "Coturn-", "", false, 2},
    {"janus", VersionPlace::behind, "Janus WebRTC Server v", "", false, 2},
    {"janus", VersionPlace::near, "JANUS_TEXT2", "PCAP_RTP", false, 2},
    {"node", VersionPlace::behind, "node.js/v", "", false, 2},
    {"deno", VersionPlace::within, "Deno/1.", "", false, 2},
    {"deno", VersionPlace::within, "Deno/2.", "", false, 2},
    {"bun", VersionPlace::behind, "Bun v", "", false, 2},
    {"python", VersionPlace::near, "PYTHONHASH", "SEED", false, 2, "", "3."},
    {"python", VersionPlace::near, "PYTHONHASH", "SEED", false, 2, "", "2.7."},
    {"pypy", VersionPlace::behind, "[PyPy ", "", false, 2},
    {"ruby", VersionPlace::within, "ruby 1.", "", false, 2},
    {"ruby", VersionPlace::within, "ruby 2.", "", false, 2},
    {"ruby", VersionPlace::within, "ruby 3.", "", false, 2},
    {"ruby", VersionPlace::within, "ruby 4.", "", false, 2},
    {"perl", VersionPlace::behind, "/local/share/", "perl/", false, 2},
    {"php", VersionPlace::behind, "X-Powered-By: ", "PHP/", false, 2},
    {"hhvm", VersionPlace::behind, "X-Powered-By: ", "HHVM/", false, 2},
    {"erlang", VersionPlace::behind, "] [erts-", ""},
    {"erlang", VersionPlace::behind, "%s [erts-", ""},
    {"rust", VersionPlace::behind, "(rustc version ", "", false, 2},
    {"ghc", VersionPlace::behind, "Glasgow Haskell Compilation System, version ", "", false, 2},
    {"swipl", VersionPlace::behind, "SWI-Prolog version ", "", false, 2},
    {"julia", VersionPlace::behind, "Julia Version ", "", false, 2},
    {"dart", VersionPlace::before, " (stable) (", "", false, 2, "", "$"},
    {"graalvm", VersionPlace::behind, "GraalVM CE ", "", false, 2},
    {"lua", VersionPlace::within, "Lua 5.", "", true, 2, " "},
    {"luajit", VersionPlace::within, "LuaJIT 2.", "", true, 2},
    {"guile", VersionPlace::behind, "guile (GNU Guile) ", "", false, 2},
    {"octave", VersionPlace::behind, "GNU Octave, version ", "", false, 2},
    {"gforth", VersionPlace::behind, "Gforth ", "", false, 2},
    {"bash", VersionPlace::behind, "@(#)Bash version ", "", false, 2},
    {"busybox", VersionPlace::behind, "BusyBox v", "", false, 2},
    {"toybox", VersionPlace::behind, "toybox ", "", false, 2},
    {"zsh", VersionPlace::within, "/zsh/5.", ""},
    {"tcsh", VersionPlace::within, "tcsh 6.", "", false, 2},
    {"util-linux", VersionPlace::within, "util-linux 2.", ""},
    {"git", VersionPlace::within, "git/2.", "", false, 2},
    {"subversion", VersionPlace::within, "SVN/1.", "", false, 2},
    {"subversion", VersionPlace::near, "svn+s", "sh://", false, 2, "", "1."},
    {"curl", VersionPlace::within, "curl/7.", "", false, 2, "$"},
    {"curl", VersionPlace::within, "curl/8.", "", false, 2, "$"},
    {"wget", VersionPlace::within, "Wget/1.", ""},
    {"wget", VersionPlace::around, "-DSYSTEM_W", "GETRC=", false, 1, "", "1."},
    {"gawk", VersionPlace::within, "GNU Awk 5.", ""},
    {"gawk", VersionPlace::within, "GNU Awk 4.", "", false, 2},
    {"make", VersionPlace::within, "GNU Make 4.", ""},
    {"make", VersionPlace::near, "# General ('VPATH' ", "variable) search path", false, 1, "", "4."},
    {"gzip", VersionPlace::within, "gzip 1.", ""},
    {"gzip", VersionPlace::near, "out of range for gz", "ip format", false, 1, "", "1."},
    {"xz", VersionPlace::behind, "xz (XZ ", "Utils) ", false, 2},
    {"zstd", VersionPlace::near, "Yann ", "Collet", false, 2, "", "v1."},
    {"jq", VersionPlace::within, "jq-1.", ""},
    {"jq", VersionPlace::near, "jq: error (", "at %s)", false, 1, "", "1."},
    {"vim", VersionPlace::behind, "VIM - Vi ", "IMproved "},
    {"imagemagick", VersionPlace::within, "ImageMagick 6.", "", false, 2},
    {"imagemagick", VersionPlace::within, "ImageMagick 7.", "", false, 2},
    {"graphicsmagick", VersionPlace::within, "GraphicsMagick 1.", ""},
    {"graphicsmagick", VersionPlace::within, "/GraphicsMagick-1.", "", false, 1, "/"},
    {"ffmpeg", VersionPlace::behind, "FFmpeg ver", "sion "},
    {"ffmpeg", VersionPlace::before, "%sbuilt ", "with %s", false, 1, "$", "%s version "},
    {"tcpdump", VersionPlace::behind, "tcpdump version ", "", false, 2},
    {"tcpdump", VersionPlace::within, "%s version 4.", "", false, 2, "", "pcap_stats: "},
    {"nmap", VersionPlace::within, "Nmap 7.", ""},
    {"nmap", VersionPlace::near, "NMAP", "DIR", false, 1, "", "7."},
    {"socat", VersionPlace::behind, "socat version ", "", false, 3},
    {"socat", VersionPlace::near, "socat by Gerhard ", "Rieger", false, 3},
    {"rsync", VersionPlace::behind, "rsync  version ", "", false, 2},
    {"rsync", VersionPlace::near, "hardlink-spec", "ials", false, 2, "", "3."},
    {"pgbouncer", VersionPlace::behind, "PgBouncer ", "", false, 2},
    {"pgpool", VersionPlace::behind, "pgpool-II version ", "", false, 2},
    {"pgpool", VersionPlace::near, ".pgpool", "key", false, 2},
    {"gnupg", VersionPlace::behind, "gpg (GnuPG) ", "", false, 2},
    {"gnupg", VersionPlace::near, "@GPG@ (@GN", "UPG@)", false, 2, "", "2."},
    {"gnupg", VersionPlace::near, "@GPG@v (", "GnuPG)", false, 2, "", "2."},
    {"swtpm", VersionPlace::behind, "TPM emulator version ", "", false, 2},
    {"qemu", VersionPlace::behind, "QEMU emulator version ", "", false, 2},
    {"runc", VersionPlace::behind, "runc version ", "", false, 2},
    {"crun", VersionPlace::behind, "crun version ", ""},
    {"crun", VersionPlace::near, "/crun/hand", "lers", false, 1},
    {"crun", VersionPlace::near, "rundir", ": %s", false, 1},
    {"conmon", VersionPlace::behind, "conmon version ", "", false, 2},
    {"tini", VersionPlace::behind, "tini version ", "", false, 2},
    {"dumb-init", VersionPlace::behind, "dumb-init v", "", false, 2},
    {"s6", VersionPlace::behind, "s6-overlay version ", "", false, 2},
    {"gosu", VersionPlace::behind, "gosu version: ", ""},
    {"musl", VersionPlace::near, "musl lib", "c (", false, 2, "", "1."},
    {"musl", VersionPlace::near, "MUSL_LOC", "PATH", false, 2, "", "1."},
    {"glibc", VersionPlace::behind, ") stable release ", "version ", false, 1, "."},
    {"openssl", VersionPlace::within, "OpenSSL 0.9.", "", true, 2, "#", "platform: "},
    {"openssl", VersionPlace::within, "OpenSSL 1.", "", true, 2, "#", "platform: "},
    {"openssl", VersionPlace::within, "OpenSSL 3.", "", true, 2, "#", "platform: "},
    {"libressl", VersionPlace::within, "LibreSSL 2.", "", true, 2},
    {"libressl", VersionPlace::within, "LibreSSL 3.", "", true, 2},
    {"libressl", VersionPlace::within, "LibreSSL 4.", "", true, 2},
    {"mbedtls", VersionPlace::within, "mbed TLS 2.", "", true, 2},
    {"mbedtls", VersionPlace::within, "Mbed TLS 3.", "", true, 2},
    {"mbedtls", VersionPlace::within, "mbed TLS 3.", "", true, 2},
    {"wolfssl", VersionPlace::behind, "wolfSSL ", "", true, 2},
    {"gnutls", VersionPlace::behind, "GnuTLS ", "", true, 2},
    {"zlib", VersionPlace::within, " deflate 1.", "", true, 1, " "},
    {"zlib", VersionPlace::within, " inflate 1.", "", true, 1, " "},
    {"curl", VersionPlace::within, "libcurl/7.", "", true, 2},
    {"curl", VersionPlace::within, "libcurl/8.", "", true, 2},
    {"curl", VersionPlace::behind, "CLIENT lib", "curl ", true, 2},
    {"curl", VersionPlace::nowhere, " to host %s left", " intact", true},
    {"sqlite", VersionPlace::sqlite, "unable to close due to unfinalized", " statements", true},
    {"expat", VersionPlace::within, "expat_2.", "", true, 2},
    {"libxml2", VersionPlace::within, "-GITv2.", "", true, 2},
    {"libxml2", VersionPlace::packed, "xmlGetGlobalState: out of", " memory", true, 2, "", "2"},
    {"libxml2", VersionPlace::nowhere, "xmlParseComment: invalid", " xmlChar value %d", true},
    {"libwebp", VersionPlace::nowhere, "null VP8Io passed", " to VP8GetHeaders()", true, 0, "",
     "NULL VP8Io parameter in VP8Decode()"},
    {"zstd", VersionPlace::around, "Frame requires too much memory", " for decoding", true, 2, "", "1.5."},
    {"zstd", VersionPlace::around, "Frame requires too much memory", " for decoding", true, 2, "", "1.4."},
    {"lz4", VersionPlace::near, "ERROR_maxBlockSize", "_invalid", true, 2, "", "1."},
    {"libaom", VersionPlace::behind, "AOMedia Project AV1 ", "Encoder ", true, 2},
    {"libaom", VersionPlace::behind, "AOMedia Project AV1 ", "Decoder ", true, 2},
    {"libpng", VersionPlace::within, "libpng version 1.", "", true, 2},
    {"libjpeg-turbo", VersionPlace::behind, "libjpeg-turbo version ", "", true, 2},
    {"libtiff", VersionPlace::behind, "LIBTIFF, Version ", "", true, 2},
    {"bzip2", VersionPlace::within, "1.0.8,", " 13-Jul-2019", true, 2},
    {"bzip2", VersionPlace::within, "1.0.7,", " 27-Jun-2019", true, 2},
    {"bzip2", VersionPlace::within, "1.0.6,", " 6-Sept-2010", true, 2},
    {"bzip2", VersionPlace::within, "1.0.5,", " 10-Dec-2007", true, 2},
    {"pcre2", VersionPlace::before, " 2022-12-11", "", true, 1, "", "$"},
    {"pcre2", VersionPlace::before, " 2022-04-14", "", true, 1, "", "$"},
    {"pcre2", VersionPlace::before, " 2021-10-29", "", true, 1, "", "$"},
    {"pcre2", VersionPlace::before, " 2020-12-04", "", true, 1, "", "$"},
    {"pcre2", VersionPlace::before, " 2019-11-21", "", true, 1, "", "$"},
    {"pcre2", VersionPlace::before, " 2024-06-07", "", true, 1, "", "$"},
    {"pcre2", VersionPlace::before, " 2025-02-05", "", true, 1, "", "$"},
    {"pcre", VersionPlace::before, " 2016-06-14", "", true, 1, "", "$"},
    {"pcre", VersionPlace::before, " 2021-06-15", "", true, 1, "", "$"},
    {"pcre", VersionPlace::before, " 2020-02-12", "", true, 1, "", "$"},
    {"pcre", VersionPlace::before, " 2019-02-23", "", true, 1, "", "$"},
    {"libssh2", VersionPlace::behind, "SSH-2.0-", "libssh2_", true, 2},
    {"libssh", VersionPlace::behind, "SSH-2.0-", "libssh_", true, 2},
    {"libarchive", VersionPlace::within, "libarchive 3.", "", true, 2},
    {"berkeley-db", VersionPlace::within, "Berkeley DB 5.", "", true, 2, ":"},
    {"berkeley-db", VersionPlace::within, "Berkeley DB 4.", "", true, 2, ":"},
    {"berkeley-db", VersionPlace::within, "Berkeley DB 18.", "", true, 2, ":"},
    {"libgcrypt", VersionPlace::behind, "This is Lib", "gcrypt ", true, 2},
    {"libksba", VersionPlace::behind, "This is Lib", "ksba ", true, 2},
    {"libassuan", VersionPlace::behind, "This is Lib", "assuan ", true, 2},
    {"libgpg-error", VersionPlace::behind, "This is Lib", "gpg-error ", true},
    {"gpgme", VersionPlace::behind, "This is ", "GPGME ", true, 2},
    {"libgit2", VersionPlace::within, "libgit2 1.", "", true, 2},
    {"libgit2", VersionPlace::within, "libgit2 0.", "", true, 2},
    {"hdf5", VersionPlace::behind, "HDF5 library version: ", "", true, 2},
    {"gdal", VersionPlace::within, "GDAL 3.", "", true, 2},
    {"gdal", VersionPlace::within, "GDAL 2.", "", true, 2},
    {"libvpx", VersionPlace::behind, "WebM Project VP9 ", "Decoder v", true, 2},
    {"libflac", VersionPlace::behind, "reference lib", "FLAC ", true, 2},
    {"libopus", VersionPlace::within, "libopus 1.", "", true},
    {"qt", VersionPlace::within, "Qt 5.", "", true, 2, " "},
    {"qt", VersionPlace::within, "Qt 6.", "", true, 2, " "},
    {"libpcap", VersionPlace::behind, "libpcap version ", "", true, 2},
    {"krb5", VersionPlace::behind, "KRB5_BRAND: ", "krb5-", true},
    {"heimdal", VersionPlace::within, "Heimdal 7.", "", true, 2},
    {"nghttp2", VersionPlace::within, "nghttp2/1.", "", true, 2},
    {"libwebsockets", VersionPlace::behind, "libwebsockets v", "", true, 2},
    {"libwebsockets", VersionPlace::around, "LWS: %s, logle", "vel %d", true, 2},
    {"llvm", VersionPlace::behind, "LLVM version ", "", true, 2},
    {"v8", VersionPlace::behind, "V8 version ", "", true, 2},
    {"grpc", VersionPlace::behind, "grpc-c/", "", true, 2},
    {"librdkafka", VersionPlace::behind, "librdkafka v", "", true, 2},
    {"libsodium", VersionPlace::near, "sodium_misuse", "_handler", true, 2, "", "1.0."},
    {"libsodium", VersionPlace::near, "LibsodiumD", "RG", true, 2, "", "1.0."},
    {"freetype", VersionPlace::behind, "FreeType ", "", true, 2},
    {"libheif", VersionPlace::behind, "libheif ", "", true, 2},
    {"libheif", VersionPlace::near, "error reading ftyp", " box", true, 2, "", "1."},
    {"libexif", VersionPlace::behind, "libexif ", "", true, 2},
    {"lcms", VersionPlace::behind, "LittleCMS ", "", true},
};

// Releases of SQLite by the day of the source that they carry. A day between two is a later build of the first.
struct SqliteRelease {
  std::string_view day, version;
};
constexpr SqliteRelease k_sqlite[] = {
    {"2013-05-20", "3.7.17"}, {"2013-08-26", "3.8.0"},  {"2014-12-09", "3.8.7"},  {"2015-07-29", "3.8.11"},
    {"2015-11-02", "3.9.2"},  {"2016-02-15", "3.11.0"}, {"2016-05-18", "3.13.0"}, {"2016-08-08", "3.14.0"},
    {"2016-11-28", "3.15.2"}, {"2017-01-06", "3.16.2"}, {"2017-02-13", "3.17.0"}, {"2017-03-28", "3.18.0"},
    {"2017-06-08", "3.19.3"}, {"2017-08-24", "3.20.1"}, {"2017-10-24", "3.21.0"}, {"2018-01-22", "3.22.0"},
    {"2018-04-10", "3.23.1"}, {"2018-06-04", "3.24.0"}, {"2018-09-15", "3.25.0"}, {"2018-09-25", "3.25.2"},
    {"2018-12-01", "3.26.0"}, {"2019-02-25", "3.27.2"}, {"2019-04-16", "3.28.0"}, {"2019-07-10", "3.29.0"},
    {"2019-10-04", "3.30.0"}, {"2019-10-10", "3.30.1"}, {"2020-01-22", "3.31.0"}, {"2020-01-27", "3.31.1"},
    {"2020-05-22", "3.32.0"}, {"2020-06-18", "3.32.3"}, {"2020-08-14", "3.33.0"}, {"2020-12-01", "3.34.0"},
    {"2021-01-20", "3.34.1"}, {"2021-03-12", "3.35.0"}, {"2021-04-19", "3.35.5"}, {"2021-06-18", "3.36.0"},
    {"2021-11-27", "3.37.0"}, {"2022-01-06", "3.37.2"}, {"2022-02-22", "3.38.0"}, {"2022-05-06", "3.38.5"},
    {"2022-06-25", "3.39.0"}, {"2022-09-29", "3.39.4"}, {"2022-11-16", "3.40.0"}, {"2022-12-28", "3.40.1"},
    {"2023-02-21", "3.41.0"}, {"2023-03-22", "3.41.2"}, {"2023-05-16", "3.42.0"}, {"2023-08-24", "3.43.0"},
    {"2023-10-10", "3.43.2"}, {"2023-11-01", "3.44.0"}, {"2023-11-24", "3.44.2"}, {"2024-01-15", "3.45.0"},
    {"2024-01-30", "3.45.1"}, {"2024-04-15", "3.45.3"}, {"2024-05-23", "3.46.0"}, {"2024-08-13", "3.46.1"},
    {"2024-10-21", "3.47.0"}, {"2024-12-07", "3.47.2"}, {"2025-01-14", "3.48.0"}, {"2025-02-06", "3.49.0"},
    {"2025-02-18", "3.49.1"}, {"2025-05-29", "3.50.0"}, {"2025-06-06", "3.50.1"}, {"2025-07-30", "3.50.4"},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::size_t digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

// "k" of 1.1.1k, "p1" of 9.2p1, "-rc1", "-beta3", "rc2", "-60": where the ending stops; `at` when there is none.
std::size_t ending(std::string_view text, std::size_t at) {
  static constexpr std::array<std::string_view, 8> k_words{"alpha", "beta", "rc", "pre", "dev", "p", "b", "a"};
  const std::size_t mark = at < text.size() && (text[at] == '-' || text[at] == '~') ? at + 1 : at;
  for (const std::string_view word : k_words) {
    if (text.substr(mark, word.size()) != word) continue;
    std::size_t end = mark + word.size();
    if (end < text.size() && (text[end] == '.' || text[end] == '-')) ++end;
    const std::size_t number = digits(text, end);
    if (number > end && (number == text.size() || !is_letter(text[number]))) return number;
  }
  // ImageMagick's patch number; a distribution's own revision has letters behind it and is not of the version.
  if (mark > at && text[at] == '-')
    if (const std::size_t number = digits(text, mark);
        number > mark && (number == text.size() || text[number] == ' ' || text[number] == '\0'))
      return number;
  const std::size_t letters = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz", at);
  const std::size_t end = letters == std::string_view::npos ? text.size() : letters;
  const bool one_word = end > at && end - at <= 2 && (end == text.size() || !is_digit(text[end]));
  return one_word ? end : at;
}

// The version at the front of `text`, or "".
std::string_view take_version(std::string_view text, std::size_t fewest_dots) {
  std::size_t at = digits(text, 0), dots = 0;
  if (at == 0 || at > 8) return {};
  while (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1]) && dots < 4) {
    at = digits(text, at + 1);
    ++dots;
  }
  constexpr std::size_t k_longest = 60;
  if (dots < fewest_dots || at > 40) return {};
  return text.substr(0, std::min(ending(text, at), k_longest));
}

// " 25 Aug 2026", "-fips  26 Jan 2017", "  FIPS 25 Mar 2021"
bool day_follows(std::string_view rest) {
  if (rest.front() == '-' || rest.front() == '+') rest = rest.substr(std::min(rest.find(' '), rest.size()));
  constexpr std::string_view k_red_hats = "  FIPS ";
  if (rest.substr(0, k_red_hats.size()) == k_red_hats) rest = rest.substr(k_red_hats.size() - 1);
  const std::size_t day = rest.find_first_not_of(' ');
  return day != 0 && day != std::string_view::npos && is_digit(rest[day]);
}

// What may follow a version in a banner. A "*" makes it a pattern, a "." and a space the end of a sentence.
bool ends_well(std::string_view rest, std::string_view tail) {
  if (rest.empty()) return false;  // the window ends in it
  if (tail == "#") return day_follows(rest);
  if (!tail.empty()) return tail.find(rest.front() == '\0' ? '$' : rest.front()) != std::string_view::npos;
  constexpr std::string_view k_ends(" \n\r\t()[]<>-_+~\"'/:,;|");
  return rest.front() == '\0' || k_ends.find(rest.front()) != std::string_view::npos;
}

std::optional<std::string> version_at(std::string_view text, const ProgramSignature& signature) {
  const std::string_view version = take_version(text, signature.dots);
  if (version.empty() || !ends_well(text.substr(version.size()), signature.tail)) return std::nullopt;
  return std::string(version);
}

// Where in a literal such as "OpenSSL 1." the version begins.
std::size_t version_start(std::string_view literal) {
  const std::size_t at = literal.find_last_of(" /-_v");
  return at == std::string_view::npos ? 0 : at + 1;
}

bool is_version_character(char c) {
  return is_digit(c) || c == '.' || is_letter(c) || c == '-' || c == '+' || c == '~';
}

std::optional<std::string> version_before(std::string_view text, const ProgramSignature& signature) {
  // The literal begins a string of its own, behind the one that ends in the version.
  if (signature.tail == "$") text = text.substr(0, text.find_last_not_of(std::string_view("\0\n", 2)) + 1);
  std::size_t from = text.size();
  while (from > 0 && text.size() - from < 60 && is_version_character(text[from - 1])) --from;
  const bool whole_string = signature.prefix == "$";
  if (whole_string && from > 0 && text[from - 1] >= ' ' && text[from - 1] < '\x7f') return std::nullopt;
  if (!whole_string && !text.substr(0, from).ends_with(signature.prefix)) return std::nullopt;
  std::string_view whole = text.substr(from);
  if (whole.starts_with('v')) whole.remove_prefix(1);
  const std::string_view version = take_version(whole, signature.dots);
  if (version.empty()) return std::nullopt;
  return std::string(version);
}

// "20914" → "2.9.14"
std::string unpacked(std::string_view number) {
  if (number.size() != 5 || digits(number, 0) != number.size()) return {};
  const auto part = [&](std::size_t at) {
    return std::string(number.substr(number[at] == '0' ? at + 1 : at, number[at] == '0' ? 1 : 2));
  };
  return std::string(1, number[0]) + "." + part(1) + "." + part(3);
}

// "1.2.3", and "4.7.3-2.Debian" or "4.1.6-" with what a distribution put behind it.
bool is_whole_version(std::string_view text, std::size_t fewest_dots) {
  const std::string_view version = take_version(text, fewest_dots);
  if (version.empty()) return false;
  const std::string_view rest = text.substr(version.size());
  if (rest.empty()) return true;
  return (rest.front() == '-' || rest.front() == '+' || rest.front() == '~') &&
         std::all_of(rest.begin(), rest.end(), is_version_character);
}

// The nearest string that is a version as a whole.
std::optional<std::string> version_near(std::string_view text, std::size_t position,
                                        const ProgramSignature& signature) {
  const std::size_t reach = signature.place == VersionPlace::around ? 4 * k_near : k_near;
  const bool packed = signature.place == VersionPlace::packed;
  const std::size_t from = position - std::min(position, reach);
  const std::string_view region = text.substr(from, std::min(text.size() - from, 2 * reach));
  std::optional<std::string> best;
  std::size_t distance = region.size();
  // Numbers of a table may stand before it in place of a NUL.
  const auto is_text = [](char c) { return c >= ' ' && c < '\x7f'; };
  for (std::size_t at = 0; at + 1 < region.size(); ++at) {
    if (packed ? is_digit(region[at]) : is_text(region[at])) continue;
    if (!is_text(region[at + 1])) continue;
    std::string_view whole = region.substr(at + 1, 40);
    const std::size_t end = whole.find('\0');
    if (end == std::string_view::npos || end == 0 || !whole.starts_with(signature.prefix)) continue;
    whole = whole.substr(0, end);
    if (whole.front() == 'v') whole.remove_prefix(1);
    if (packed ? unpacked(whole).empty() : !is_whole_version(whole, signature.dots)) continue;
    const std::size_t away = from + at > position ? from + at - position : position - from - at;
    if (away >= distance) continue;
    distance = away;
    best = packed ? unpacked(whole) : std::string(take_version(whole, signature.dots));
  }
  return best;
}

// For a text that programs also carry which only know of the library: what else its own bytes hold stands near.
bool has_near(std::string_view text, std::size_t position, std::string_view other) {
  const std::size_t from = position - std::min(position, k_near);
  return text.substr(from, 2 * k_near).find(other) != std::string_view::npos;
}

bool is_source_id(std::string_view text) {
  constexpr std::string_view k_form = "dddd-dd-dd dd:dd:dd ";
  if (text.size() < k_form.size() + 40) return false;
  for (std::size_t i = 0; i < k_form.size(); ++i)
    if (k_form[i] == 'd' ? !is_digit(text[i]) : text[i] != k_form[i]) return false;
  return text.substr(k_form.size(), 36).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<std::string> sqlite_version(std::string_view text, std::size_t position) {
  const std::size_t from = position - std::min(position, 4 * k_near);
  const std::string_view region = text.substr(from, std::min(text.size() - from, 8 * k_near));
  for (std::size_t dash = region.find('-'); dash != std::string_view::npos; dash = region.find('-', dash + 1)) {
    if (dash < 4 || !is_source_id(region.substr(dash - 4))) continue;
    const std::string_view day = region.substr(dash - 4, 10);
    std::string_view version;
    for (const SqliteRelease& release : k_sqlite)
      if (release.day <= day) version = release.version;
    return version.empty() ? std::nullopt : std::optional(std::string(version));
  }
  return std::nullopt;
}

}  // namespace

std::span<const ProgramSignature> program_signatures() { return k_signatures; }

std::optional<std::string> program_version(const ProgramSignature& signature, Bytes window, std::size_t position) {
  const std::string_view text = as_text(window);
  const std::size_t size = signature.front.size() + signature.back.size();
  const bool by_text = signature.place == VersionPlace::behind || signature.place == VersionPlace::within ||
                       signature.place == VersionPlace::nowhere;
  if (by_text && !has_near(text, position, signature.prefix)) return std::nullopt;
  switch (signature.place) {
    case VersionPlace::behind: return version_at(text.substr(std::min(text.size(), position + size)), signature);
    case VersionPlace::within: return version_at(text.substr(position + version_start(signature.front)), signature);
    case VersionPlace::before: return version_before(text.substr(0, position), signature);
    case VersionPlace::near:
    case VersionPlace::around:
    case VersionPlace::packed: return version_near(text, position, signature);
    case VersionPlace::sqlite: return sqlite_version(text, position);
    case VersionPlace::nowhere: return std::string();
  }
  return std::nullopt;
}

}  // namespace hullcheck::detect
