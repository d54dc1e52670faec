// Names are those of the NVD's dictionary (https://nvd.nist.gov/products/cpe). A program without one is here all the
// same: that it was looked for is known. Erlang's bytes say the version of its virtual machine, GHC's and LLVM's
// programs are what was compiled with them: no version of theirs would be compared with the right one.
#include "advisories/cpe_products.hpp"

#include <algorithm>

namespace hullcheck::advisories {
namespace {

struct Row {
  std::string_view program, products;  // the latter separated by spaces
};
constexpr Row k_rows[] = {
    {"arangodb", "arangodb:arangodb"},
    {"bash", "gnu:bash"},
    {"berkeley-db", "oracle:berkeley_db"},
    {"bind", "isc:bind"},
    {"bun", "bun:bun oven:bun"},
    {"busybox", "busybox:busybox"},
    {"bzip2", "bzip:bzip2"},
    {"caddy", "caddyserver:caddy"},
    {"clickhouse", "clickhouse:clickhouse yandex:clickhouse"},
    {"conmon", "conmon_project:conmon"},
    {"coturn", "coturn_project:coturn"},
    {"crun", "crun_project:crun"},
    {"cups", "apple:cups openprinting:cups"},
    {"curl", "haxx:curl haxx:libcurl"},
    {"dart", "dart:dart_software_development_kit google:dart_software_development_kit"},
    {"deno", "deno:deno"},
    {"dnsmasq", "thekelleys:dnsmasq"},
    {"dovecot", "dovecot:dovecot"},
    {"dropbear", "dropbear_ssh_project:dropbear_ssh matt_johnston:dropbear_ssh_server"},
    {"dumb-init", ""},
    {"envoy", "envoyproxy:envoy"},
    {"erlang", ""},
    {"exim", "exim:exim university_of_cambridge:exim"},
    {"expat", "libexpat_project:libexpat"},
    {"ffmpeg", "ffmpeg:ffmpeg"},
    {"fluent-bit", "treasuredata:fluent_bit"},
    {"freetype", "freetype:freetype freetype:freetype2"},
    {"gawk", "gnu:gawk"},
    {"gdal", "osgeo:gdal"},
    {"gforth", ""},
    {"ghc", ""},
    {"git", "git-scm:git git:git git_project:git"},
    {"glibc", "gnu:glibc"},
    {"gnupg", "gnupg:gnupg"},
    {"gnutls", "gnu:gnutls"},
    {"gosu", ""},
    {"gpgme", "gnupg:gpgme"},
    {"graalvm", "oracle:graalvm"},
    {"graphicsmagick", "graphicsmagick:graphicsmagick"},
    {"grpc", "grpc:grpc"},
    {"guile", "gnu:guile"},
    {"gzip", "gnu:gzip"},
    {"haproxy", "haproxy:haproxy"},
    {"hdf5", "hdfgroup:hdf5"},
    {"heimdal", "heimdal_project:heimdal"},
    {"hhvm", "facebook:hhvm facebook:hiphop_virtual_machine"},
    {"httpd", "apache:http_server"},
    {"imagemagick", "imagemagick:imagemagick"},
    {"janus", "meetecho:janus"},
    {"jq", "jqlang:jq jq_project:jq stedolan:jq"},
    {"julia", ""},
    {"keydb", ""},
    {"knot", "nic:knot_dns"},
    {"krb5", "mit:kerberos_5 mit:kerberos"},
    {"lcms", "littlecms:little_cms littlecms:little_cms_color_engine"},
    {"libaom", "aomedia:aomedia"},
    {"libarchive", "libarchive:libarchive"},
    {"libassuan", ""},
    {"libexif", "libexif_project:libexif"},
    {"libflac", "flac_project:flac xiph:flac"},
    {"libgcrypt", "gnupg:libgcrypt"},
    {"libgit2", "libgit2:libgit2 libgit2_project:libgit2"},
    {"libgpg-error", ""},
    {"libheif", "struktur:libheif"},
    {"libjpeg-turbo", "libjpeg-turbo:libjpeg-turbo d.r.commander:libjpeg-turbo"},
    {"libksba", "gnupg:libksba"},
    {"libopus", "opus-codec:opus"},
    {"libpcap", "tcpdump:libpcap"},
    {"libpng", "libpng:libpng"},
    {"librdkafka", ""},
    {"libressl", "openbsd:libressl"},
    {"libsodium", "libsodium:libsodium"},
    {"libssh", "libssh:libssh"},
    {"libssh2", "libssh2:libssh2"},
    {"libtiff", "libtiff:libtiff"},
    {"libvpx", "webmproject:libvpx"},
    {"libwebp", "webmproject:libwebp"},
    {"libwebsockets", "libwebsockets:libwebsockets"},
    {"libxml2", "xmlsoft:libxml2"},
    {"lighttpd", "lighttpd:lighttpd"},
    {"llvm", ""},
    {"lua", "lua:lua"},
    {"luajit", "luajit:luajit"},
    {"lz4", "lz4_project:lz4 yann_collet:lz4"},
    {"make", "gnu:make"},
    {"mariadb", "mariadb:mariadb"},
    {"mbedtls", "arm:mbed_tls trustedfirmware:mbed_tls"},
    {"memcached", "memcached:memcached"},
    {"mongodb", "mongodb:mongodb"},
    {"mosquitto", "eclipse:mosquitto"},
    {"musl", "musl-libc:musl"},
    {"mysql", "oracle:mysql oracle:mysql_server mysql:mysql"},
    {"nats-server", "nats:nats_server linuxfoundation:nats-server"},
    {"nghttp2", "nghttp2:nghttp2"},
    {"nginx", "f5:nginx f5:nginx_open_source nginx:nginx igor_sysoev:nginx"},
    {"nmap", "nmap:nmap"},
    {"node", "nodejs:node.js nodejs:nodejs"},
    {"nsd", "nlnetlabs:nsd nlnetlabs:name_server_daemon"},
    {"octave", "gnu:octave"},
    {"openjdk", "oracle:openjdk sun:openjdk"},
    {"openldap", "openldap:openldap"},
    {"openresty", "openresty:openresty"},
    {"openssh", "openbsd:openssh"},
    {"openssl", "openssl:openssl"},
    {"oracle-jdk", "oracle:jdk oracle:jre sun:jdk sun:jre"},
    {"pcre", "pcre:pcre"},
    {"pcre2", "pcre:pcre2"},
    {"pdns", "powerdns:authoritative powerdns:authoritative_server"},
    {"pdns-recursor", "powerdns:recursor"},
    {"percona-server", "percona:percona_server"},
    {"perl", "perl:perl"},
    {"pgbouncer", "pgbouncer:pgbouncer"},
    {"pgpool", "pgpool:pgpool-ii"},
    {"php", "php:php"},
    {"postfix", "postfix:postfix"},
    {"postgresql", "postgresql:postgresql"},
    {"proftpd", "proftpd:proftpd"},
    {"pureftpd", "pureftpd:pure-ftpd"},
    {"pypy", "pypy:pypy"},
    {"python", "python:python python_software_foundation:python"},
    {"qemu", "qemu:qemu"},
    {"qt", "qt:qt digia:qt"},
    {"redis", "redis:redis redislabs:redis pivotal_software:redis"},
    {"rsync", "samba:rsync rsync:rsync"},
    {"ruby", "ruby-lang:ruby"},
    {"runc", "linuxfoundation:runc opencontainers:runc"},
    {"rust", "rust-lang:rust"},
    {"s6", ""},
    {"samba", "samba:samba"},
    {"sendmail", "sendmail:sendmail"},
    {"socat", "dest-unreach:socat"},
    {"sqlite", "sqlite:sqlite"},
    {"squid", "squid-cache:squid squid:squid"},
    {"strongswan", "strongswan:strongswan"},
    {"stunnel", "stunnel:stunnel"},
    {"subversion", "apache:subversion"},
    {"swipl", ""},
    {"swtpm", "swtpm_project:swtpm"},
    {"tcpdump", "tcpdump:tcpdump"},
    {"tcsh", ""},
    {"tengine", "alibaba:tengine"},
    {"tini", ""},
    {"tor", "torproject:tor tor:tor"},
    {"toybox", "toybox_project:toybox"},
    {"traefik", "traefik:traefik containous:traefik"},
    {"unbound", "nlnetlabs:unbound"},
    {"util-linux", "kernel:util-linux linux:util-linux"},
    {"v8", ""},
    {"valkey", "lfprojects:valkey"},
    {"varnish", "varnish-cache:varnish varnish-software:varnish_cache varnish_cache_project:varnish_cache"},
    {"vim", "vim:vim"},
    {"vsftpd", "vsftpd_project:vsftpd beasts:vsftpd"},
    {"wget", "gnu:wget"},
    {"wolfssl", "wolfssl:wolfssl"},
    {"wordpress", "wordpress:wordpress"},
    {"xz", "tukaani:xz"},
    {"zlib", "zlib:zlib gnu:zlib"},
    {"zsh", "zsh:zsh zsh_project:zsh"},
    {"zstd", "facebook:zstandard"},
};

const Row* row_of(std::string_view program) {
  const auto row =
      std::find_if(std::begin(k_rows), std::end(k_rows), [&](const Row& r) { return r.program == program; });
  return row == std::end(k_rows) ? nullptr : row;
}

std::string_view take_word(std::string_view& words) {
  const std::size_t end = std::min(words.find(' '), words.size());
  const std::string_view word = words.substr(0, end);
  words.remove_prefix(std::min(words.size(), end + 1));
  return word;
}

}  // namespace

std::vector<std::string_view> cpe_products(std::string_view program) {
  std::vector<std::string_view> list;
  if (const Row* const row = row_of(program))
    for (std::string_view rest = row->products; !rest.empty();) list.push_back(take_word(rest));
  return list;
}

bool is_cpe_product(std::string_view vendor_and_product) {
  for (const Row& row : k_rows)
    for (std::string_view rest = row.products; !rest.empty();)
      if (take_word(rest) == vendor_and_product) return true;
  return false;
}

bool is_cpe_program(std::string_view program) { return row_of(program) != nullptr; }

}  // namespace hullcheck::advisories
