#include "detect/programs/program_signatures.hpp"

#include <gtest/gtest.h>

#include <set>

#include "detect/detector.hpp"
#include "detect/programs/programs.hpp"

namespace hullcheck::detect {
namespace {

using namespace std::string_literals;

// Everything that any signature says of a text.
std::set<std::string> said(const std::string& text) {
  std::set<std::string> all;
  for (const ProgramSignature& signature : program_signatures()) {
    const std::string literal = std::string(signature.front) + std::string(signature.back);
    for (std::size_t at = text.find(literal); at != std::string::npos; at = text.find(literal, at + 1))
      if (const auto version = program_version(signature, as_bytes(text), at))
        all.insert(std::string(signature.name) + " " + *version);
  }
  return all;
}

using Set = std::set<std::string>;

TEST(ProgramSignatures, BannersAsRealProgramsCarryThem) {
  const std::pair<std::string, std::string> k_banners[] = {
      {"nginx version: nginx/1.22.1\0"s, "nginx 1.22.1"},
      {"nginx version: openresty/1.21.4.1\0"s, "openresty 1.21.4.1"},
      {"\0Apache/2.4.57 (Debian)\0"s, "httpd 2.4.57"},
      {"lighttpd/1.4.69 (ssl) - a light and fast webserver\0"s, "lighttpd 1.4.69"},
      {" version 2.6.12-1+deb12u4, released 2026/10/17\0"s, "haproxy 2.6.12"},
      {"memcached 1.6.18\0"s, "memcached 1.6.18"},
      {"\0"
       "7.0.15\0other\0redis_version:%s\0"s,
       "redis 7.0.15"},
      {"PostgreSQL 15.20 (Debian 15.20-0+deb12u1) on x86_64-pc-linux-gnu\0"s, "postgresql 15.20"},
      {"PostgreSQL 16.2 on x86_64\0"s, "postgresql 16.2"},
      {"10.11.19-MariaDB\0"s, "mariadb 10.11.19"},
      {"node.js/v18.20.4\0"s, "node 18.20.4"},
      {"\0"
       "3.11.2\0x\0PYTHONHASHSEED\0"s,
       "python 3.11.2"},
      {"ruby 3.1.2p20 (2022-04-12 revision 4491bb740a) [x86_64-linux-gnu]\0"s, "ruby 3.1.2p20"},
      {"/usr/local/share/perl/5.36.0\0"s, "perl 5.36.0"},
      {"X-Powered-By: PHP/8.2.36\0"s, "php 8.2.36"},
      {"Erlang/OTP 25%s [erts-13.1.5] [source]\0"s, "erlang 13.1.5"},
      {"@(#)Bash version 5.2.15(1) release GNU\0"s, "bash 5.2.15"},
      {"BusyBox v1.35.0 (Debian 1:1.35.0-4)\0"s, "busybox 1.35.0"},
      {"SSH-2.0-dropbear_2022.83\0"s, "dropbear 2022.83"},
      {"OpenSSH_9.2p1 Debian-2+deb12u10\0"s, "openssh 9.2p1"},
      {"@(#) $OpenLDAP: slapd 2.5.13+dfsg-5 (Feb  8 2023 01:56:12) $\0"s, "openldap 2.5.13"},
      {"ImageMagick 6.9.11-60 Q16 x86_64 2021-01-25\0"s, "imagemagick 6.9.11-60"},
      {"FFmpeg version 5.1.9-0+deb12u1\0"s, "ffmpeg 5.1.9"},
      {"VIM - Vi IMproved 9.0 (2022 Jun 28)\0"s, "vim 9.0"},
      {"git/2.39.5\0"s, "git 2.39.5"},
      {"GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\nCopyright\0"s, "glibc 2.36"},
      {"\0v1.5.4\0zstd\0Yann Collet\0"s, "zstd 1.5.4"},
      {" deflate 1.2.13 Copyright 1995-2022 Jean-loup Gailly and Mark Adler \0"s, "zlib 1.2.13"},
      {"OpenSSL 1.1.1k  25 Mar 2021\0platform: linux-x86_64\0"s, "openssl 1.1.1k"},
      {"OpenSSL 3.0.22 25 Aug 2026\0platform: linux-x86_64\0"s, "openssl 3.0.22"},
      {"OpenSSL 1.0.2k-fips  26 Jan 2017\0platform: linux-x86_64\0"s, "openssl 1.0.2k"},
      {"OpenSSL 1.1.1k  FIPS 25 Mar 2021\0platform: linux-x86_64\0"s, "openssl 1.1.1k"},
      {"\xff::20914\0\0\0\0\0xmlGetGlobalState: out of memory\n\0Internal"s, "libxml2 2.9.14"},
      {"\0"
       "21103\0xmlGetGlobalState: out of memory\n\0"s,
       "libxml2 2.11.3"},
      {"xmlParseComment: invalid xmlChar value %d\n\0"s, "libxml2 "},
      {"null VP8Io passed to VP8GetHeaders()\0Incorrect keyframe parameters.\0NULL VP8Io parameter in VP8Decode().\0"s,
       "libwebp "},
      {"Frame requires too much memory for decoding\0"s + std::string(1500, 'x') + "\xeb\x85"s + "1.5.4\0"s,
       "zstd 1.5.4"},
      {"\0"
       "1.9.4\0ERROR_maxBlockSize_invalid\0"s,
       "lz4 1.9.4"},
      {"AOMedia Project AV1 Encoder 3.14.1\0"s, "libaom 3.14.1"},
      {"expat_2.5.0\0"s, "expat 2.5.0"},
      {"libcurl/7.88.1\0"s, "curl 7.88.1"},
      {" libpng version 1.6.39 - November 20, 2022\n\0"s, "libpng 1.6.39"},
      {"1.0.8, 13-Jul-2019\0"s, "bzip2 1.0.8"},
      {"\0"
       "10.42 2022-12-11\0"s,
       "pcre2 10.42"},
      {"Berkeley DB 5.3.28: (September  9, 2013)\0"s, "berkeley-db 5.3.28"},
      {"$LuaVersion: Lua 5.3.6  Copyright (C) 1994-2020\0"s, "lua 5.3.6"},
      {"LuaJIT 2.1.0-beta3\0"s, "luajit 2.1.0-beta3"},
      {"KRB5_BRAND: krb5-1.20.1-final 1.20.1 20221111\0"s, "krb5 1.20.1"},
      {"2022-12-28 14:03:47 df5c253c0b3dd24916e4ec7cf77d3db5294cc9fd45ae7b9c5e82ad8197f3alt1\0unable to close due to "
       "unfinalized statements or unfinished backups\0"s,
       "sqlite 3.40.1"},
  };
  for (const auto& [text, expected] : k_banners) EXPECT_EQ(said(text), Set{expected}) << text;
}

// Debian's builds, which do not carry the banner that they print as one string.
TEST(ProgramSignatures, VersionsThatStandBesideWhatOnlyTheProgramSays) {
  const std::pair<std::string, std::string> k_texts[] = {
      {"SOA-EDIT-DNSUPDATE\0"s + "4.7.3-2.Debian\0' on \0"s, "pdns 4.7.3"},
      {"\0pdns-recursor 4.8.8\0"s, "pdns-recursor 4.8.8"},
      {"rec_control version \0"s + "4.8.8\0"s, "pdns-recursor 4.8.8"},
      {"<<eximcnumber>>\0"s + "4.96\0<<eximversion>>\0"s, "exim 4.96"},
      {"sendmail8\0"s + std::string(200, '\x01') + "\0"s + "8.17.1.9\0"s, "sendmail 8.17.1.9"},
      {"\0"s + "0.1.18\0"s + "1.1.2\0JANUS_TEXT2PCAP_RTP\0"s, "janus 1.1.2"},
      {"svn+ssh://\0.svn\0"s + "1.14.2\0"s, "subversion 1.14.2"},
      {"gcc -DSYSTEM_WGETRC=\"/etc/wgetrc\"\0"s + std::string(1000, 'x') + "\0"s + "1.21.3\0"s, "wget 1.21.3"},
      {"\0"s + "4.3\0# General ('VPATH' variable) search path:\0"s, "make 4.3"},
      {"file timestamp out of range for gzip format\0"s + "1.12\0"s, "gzip 1.12"},
      {"\0"s + "1.6\0DEBUG:\0jq: error (at %s): %s\0"s, "jq 1.6"},
      {"/usr/share/GraphicsMagick-1.3.40/config/\0"s, "graphicsmagick 1.3.40"},
      {"%s version 5.1.9-0+deb12u1\0\n\0%sbuilt with %s\0"s, "ffmpeg 5.1.9"},
      {"%s version 4.99.3\n\0SMI-library: %s\0pcap_stats: %s\0"s, "tcpdump 4.99.3"},
      {"\0"s + "7.93\0Nmap\0NMAPDIR\0"s, "nmap 7.93"},
      {"socat by Gerhard Rieger and contributors\0"s + "1.7.4.4\0"s, "socat 1.7.4.4"},
      {"\0"s + "3.5.0\0copyright\0hardlink-specials\0"s, "rsync 3.5.0"},
      {"\0"s + "4.3.5\0pgpool-II\0.pgpoolkey\0"s, "pgpool 4.3.5"},
      {"@GPG@ (@GNUPG@)\0"s + "2.2.40\0"s, "gnupg 2.2.40"},
      {"@GPG@v (GnuPG)\0"s + "2.2.40\0"s, "gnupg 2.2.40"},
      {"\0"s + "1.8.1\0%s version %s\0rundir: %s\0spec: 1.0.0\0"s, "crun 1.8.1"},
      {"/proc/self/fd/\0"s + "1.2.3\0MUSL_LOCPATH\0"s, "musl 1.2.3"},
      {"\0"s + "4.1.6-\0cpdcheck\0LWS: %s, loglevel %d\0"s, "libwebsockets 4.1.6"},
      {"LibsodiumDRG\0"s + "1.0.18\0"s, "libsodium 1.0.18"},
      {"CLIENT libcurl 7.88.1\r\nDEFINE %s %s\r\n\0"s, "curl 7.88.1"},
      {"Connection #%ld to host %s left intact\0"s, "curl "},
      {"Success\0"s + "1.15.1\0error reading ftyp box\0"s, "libheif 1.15.1"},
  };
  for (const auto& [text, expected] : k_texts) EXPECT_EQ(said(text), Set{expected}) << expected;
}

TEST(ProgramSignatures, WhatOnlyTalksOfTheseProgramsIsNone) {
  const std::string k_texts[] = {
      "Use svn+ssh:// for that, since 1.14.2\0"s,
      "file timestamp out of range for gzip format\0"s + "3.0\0"s,
      "%s version 4.99.3\n\0usage\0"s,
      "%s version 5.1.9\0%s was built by\0"s,
      "see NMAPDIR\0"s + "17.93\0"s,
      "hardlink-specials\0"s + "3.5.0 or later\0"s,
      "LibsodiumDRG\0"s + "2.0.1\0"s,
      "SOA-EDIT-DNSUPDATE\0"s + "4.7.3-2 of Debian\0"s,
  };
  for (const std::string& text : k_texts) EXPECT_EQ(said(text), Set{}) << text;
}

TEST(ProgramSignatures, SentencesAndPatternsAboutOthersAreNoVersion) {
  for (const std::string& text : {
           "enable OpenSSL 3.0 legacy provider\0"s, "OpenSSH_7.0*,OpenSSH_7.1*,OpenSSH_6.6.1*\0"s, "Apache/2.4\0"s,
           "Mozilla/5.0 (compatible) Apache/2.4.57\0"s, "nginx version: nginx/%s\0"s,
           "the keyword is not supported any more since HAProxy version 2.5.\0"s, "GDAL was released 2023\0"s,
           "\0redis_version:%s\0"s,
           "\0"
           "1.2.3\0 far \0PYTHONHASHSEED\0"s,
           "please re-compile this module with an Erlang/OTP 25 compiler\0"s, "libcurl/\0"s,
           "\0"
           "2091\0xmlGetGlobalState: out of memory\n\0"s,
           "\0"
           "1.3.1\0Frame requires too much memory for decoding\0"s,
           "OpenSSL 1.1.1k  FIPS mode\0platform: linux-x86_64\0"s, "mentions 10.42 2022-12-11 in a sentence\0"s,
           "unable to close due to unfinalized statements\0"s,
           "null VP8Io passed to VP8GetHeaders()\0"s,  // as a list of texts has it, without what stands beside it
           "OpenSSL 1.1.1"s,                           // the window ends here: nobody knows what follows
       })
    EXPECT_EQ(said(text), Set{}) << text;
}

TEST(ProgramSignatures, AreManyAndRareEnough) {
  std::set<std::string_view> names;
  for (const ProgramSignature& signature : program_signatures()) {
    names.insert(signature.name);
    EXPECT_GE(signature.front.size() + signature.back.size(), 5U) << signature.front;
    EXPECT_TRUE(signature.place != VersionPlace::within || !signature.front.empty());
  }
  EXPECT_GE(names.size(), 90U);
}

// Any bytes round any literal: no reader leaves its window.
TEST(ProgramSignatures, WindowsOfAnyShape) {
  for (const ProgramSignature& signature : program_signatures()) {
    const std::string literal = std::string(signature.front) + std::string(signature.back);
    for (const std::string& before : {""s, "\0"s, "1.2"s, std::string(3000, '-')})
      for (const std::string& after : {""s, "9"s, "1."s, std::string(3000, '9'), "\0\0"s}) {
        const std::string text = before + literal + after;
        const auto version = program_version(signature, as_bytes(text), before.size());
        EXPECT_LE(version.value_or("").size(), k_near) << signature.name;
      }
  }
}

}  // namespace
}  // namespace hullcheck::detect
