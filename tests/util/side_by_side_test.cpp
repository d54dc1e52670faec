#include "util/side_by_side.hpp"

#include <gtest/gtest.h>

#include <random>

namespace hullcheck::util {
namespace {

Buffer random_bytes(std::size_t size) {
  std::mt19937 random(7);
  Buffer bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

std::string by_openssl(Hash kind, Bytes bytes) {
  Hasher hasher(kind);
  hasher.update(bytes);
  return hasher.finish_hex();
}

TEST(SideBySide, KnownAnswers) {
  Sha256 sha256;
  EXPECT_EQ(to_hex(sha256.finish()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  sha256.update(as_bytes("abc"));
  EXPECT_EQ(to_hex(sha256.finish()), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Md5 md5;
  EXPECT_EQ(to_hex(md5.finish()), "d41d8cd98f00b204e9800998ecf8427e");
  md5.update(as_bytes("message digest"));
  EXPECT_EQ(to_hex(md5.finish()), "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST(SideBySide, EachByItselfAtEveryLength) {
  const Buffer all = random_bytes(300);
  Sha256 sha256;
  Md5 md5;
  for (std::size_t size = 0; size <= all.size(); ++size) {
    const Bytes bytes = Bytes(all).first(size);
    for (std::size_t at = 0; at < size; at += 37) {
      sha256.update(bytes.subspan(at, std::min<std::size_t>(37, size - at)));
      md5.update(bytes.subspan(at, std::min<std::size_t>(37, size - at)));
    }
    EXPECT_EQ(to_hex(sha256.finish()), by_openssl(Hash::sha256, bytes)) << size;
    EXPECT_EQ(to_hex(md5.finish()), by_openssl(Hash::md5, bytes)) << size;
  }
}

// An archive of files: its digest runs on while theirs begin and end, at the edge of a block or anywhere.
TEST(SideBySide, TogetherFromAnyPlaceAndInAnyPieces) {
  const Buffer all = random_bytes(200'000);
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    Sha256 outer, file;
    Md5 md5;
    const bool aligned = round % 2 == 0, with_md5 = round % 3 == 0;
    const std::size_t start = aligned ? random() % 20 * 512 : random() % 10'000;
    const std::size_t size = random() % (round % 5 == 0 ? 150'000 : 400);
    outer.update(Bytes(all).first(start));
    const Bytes content = Bytes(all).subspan(start, size);
    for (std::size_t at = 0; at < size;) {
      const std::size_t piece = std::min<std::size_t>(1 + random() % 70'000, size - at);
      update_together({outer, &file, with_md5 ? &md5 : nullptr}, content.subspan(at, piece));
      at += piece;
    }
    outer.update(Bytes(all).subspan(start + size));
    EXPECT_EQ(to_hex(outer.finish()), by_openssl(Hash::sha256, all)) << start << "+" << size;
    EXPECT_EQ(to_hex(file.finish()), by_openssl(Hash::sha256, content)) << start << "+" << size;
    const std::string md5_of_content = with_md5 ? by_openssl(Hash::md5, content) : by_openssl(Hash::md5, {});
    EXPECT_EQ(to_hex(md5.finish()), md5_of_content) << start << "+" << size;
  }
}

// A compressed blob beside what it decompresses to, with every choice of digests of that.
TEST(SideBySide, AnotherMessageGoesAlong) {
  const Buffer all = random_bytes(300'000);
  std::mt19937 random(13);
  for (int round = 0; round < 400; ++round) {
    const bool with_second = round % 2 == 0, with_md5 = round % 4 < 2;
    const Bytes one = Bytes(all).first(random() % 200'000), other = Bytes(all).subspan(random() % 300'000);
    Sha256 a, b, along;
    Md5 md5;
    Company company{along, other};
    for (std::size_t at = 0; at < one.size();) {
      const std::size_t piece = std::min<std::size_t>(random() % 5'000, one.size() - at), left = company.bytes.size();
      update_together({a, with_second ? &b : nullptr, with_md5 ? &md5 : nullptr}, one.subspan(at, piece), &company);
      EXPECT_LE(left - company.bytes.size(), piece + 64);
      if (piece >= 128 && left >= piece) {
        EXPECT_GT(left - company.bytes.size(), piece - 128);
      }
      at += piece;
    }
    along.update(company.bytes);
    EXPECT_EQ(to_hex(along.finish()), by_openssl(Hash::sha256, other)) << round;
    EXPECT_EQ(to_hex(a.finish()), by_openssl(Hash::sha256, one)) << round;
    EXPECT_EQ(to_hex(b.finish()), by_openssl(Hash::sha256, with_second ? one : Bytes{})) << round;
    EXPECT_EQ(to_hex(md5.finish()), by_openssl(Hash::md5, with_md5 ? one : Bytes{})) << round;
  }
}

TEST(SideBySide, ASha256AndAnMd5) {
  const Buffer all = random_bytes(5'000);
  for (const std::size_t piece : {1U, 63U, 64U, 100U, 4'999U}) {
    Sha256 a;
    Md5 b;
    for (std::size_t at = 0; at < all.size(); at += piece)
      update_together({a, nullptr, &b}, Bytes(all).subspan(at, std::min(piece, all.size() - at)));
    EXPECT_EQ(to_hex(a.finish()), by_openssl(Hash::sha256, all)) << piece;
    EXPECT_EQ(to_hex(b.finish()), by_openssl(Hash::md5, all)) << piece;
  }
}

TEST(SideBySide, TheThirdMayStandElsewhereInItsBlock) {
  const Buffer all = random_bytes(1000);
  Sha256 a, b, along;
  Md5 c;
  Company company{along, all};
  c.update(Bytes(all).first(5));
  update_together({a, &b, &c}, Bytes(all).subspan(5), &company);
  along.update(company.bytes);
  EXPECT_EQ(to_hex(a.finish()), by_openssl(Hash::sha256, Bytes(all).subspan(5)));
  EXPECT_EQ(to_hex(b.finish()), by_openssl(Hash::sha256, Bytes(all).subspan(5)));
  EXPECT_EQ(to_hex(c.finish()), by_openssl(Hash::md5, all));
  EXPECT_EQ(to_hex(along.finish()), by_openssl(Hash::sha256, all));
}

}  // namespace
}  // namespace hullcheck::util
