// The floor: what reading an image costs before anybody looks at it. ISA-L inflate, SHA-256 of the compressed and of the
// plain bytes through OpenSSL EVP (vzeroupper after each inflate), a walk over the tar headers, and nothing else.
// Stands alone on purpose: it shares no code with hullcheck, so that a slow reader of ours cannot hide in it.
//
//   floor THREADS oci LAYER.gz…      layers as separate gzip files, one thread a layer
//   floor THREADS archive FILE.gz    one outer gzip stream: one thread inflates, one walks both tars and hashes the layers
//
// Prints seconds, CPU seconds, plain bytes and CPU seconds per GB as one JSON line.
#include <isa-l/igzip_lib.h>
#include <openssl/evp.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

constexpr std::size_t k_block = 256 * 1024;

#if defined(__x86_64__)
__attribute__((target("avx"))) void clear_upper() { _mm256_zeroupper(); }
#else
void clear_upper() {}
#endif

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "floor: %s\n", why.c_str());
  std::exit(1);
}

class Sha256 {
 public:
  Sha256() : m_context(EVP_MD_CTX_new()) { EVP_DigestInit_ex(m_context, EVP_sha256(), nullptr); }
  ~Sha256() { EVP_MD_CTX_free(m_context); }
  void update(const std::uint8_t* bytes, std::size_t size) { EVP_DigestUpdate(m_context, bytes, size); }
  std::string hex() {
    unsigned char digest[32];
    EVP_DigestFinal_ex(m_context, digest, nullptr);
    std::string text;
    char two[3];
    for (const unsigned char byte : digest) {
      std::snprintf(two, sizeof two, "%02x", byte);
      text += two;
    }
    return text;
  }

 private:
  EVP_MD_CTX* m_context;
};

std::uint64_t octal(const std::uint8_t* field, int size) {
  if ((field[0] & 0x80) != 0) {
    std::uint64_t value = field[0] & 0x7f;
    for (int i = 1; i < size; ++i) value = value << 8 | field[i];
    return value;
  }
  std::uint64_t value = 0;
  for (int i = 0; i < size && (field[i] == ' ' || (field[i] >= '0' && field[i] <= '7')); ++i)
    if (field[i] != ' ') value = value * 8 + static_cast<std::uint64_t>(field[i] - '0');
  return value;
}

// Steps from header to header of a tar that comes in pieces.
class TarWalk {
 public:
  void feed(const std::uint8_t* bytes, std::size_t size) {
    while (size > 0) {
      if (m_skip > 0) {
        const std::size_t step = std::min<std::uint64_t>(m_skip, size);
        m_skip -= step;
        bytes += step;
        size -= step;
        continue;
      }
      const std::size_t take = std::min(size, sizeof m_header - m_filled);
      std::memcpy(m_header + m_filled, bytes, take);
      m_filled += take;
      bytes += take;
      size -= take;
      if (m_filled < sizeof m_header) continue;
      m_filled = 0;
      if (m_header[0] == 0) continue;
      ++entries;
      m_skip = (octal(m_header + 124, 12) + 511) / 512 * 512;
    }
  }
  std::uint64_t entries = 0;

 private:
  std::uint8_t m_header[512];
  std::size_t m_filled = 0;
  std::uint64_t m_skip = 0;
};

// Inflates FILE (any number of members) and hands each piece of plain bytes to `use`, compressed ones to `raw`.
template <class Raw, class Use>
void inflate_file(const char* name, Raw raw, Use use) {
  std::FILE* const file = std::fopen(name, "rb");
  if (file == nullptr) die(std::string("cannot open ") + name);
  std::vector<std::uint8_t> in(k_block), out(k_block);
  inflate_state state;
  isal_inflate_init(&state);
  state.crc_flag = ISAL_GZIP;
  for (;;) {
    if (state.avail_in == 0) {
      const std::size_t got = std::fread(in.data(), 1, in.size(), file);
      if (got == 0) break;
      raw(in.data(), got);
      state.next_in = in.data();
      state.avail_in = static_cast<std::uint32_t>(got);
    }
    if (state.block_state == ISAL_BLOCK_FINISH) {
      isal_inflate_reset(&state);
      state.crc_flag = ISAL_GZIP;
    }
    state.next_out = out.data();
    state.avail_out = static_cast<std::uint32_t>(out.size());
    const int code = isal_inflate(&state);
    clear_upper();
    if (code != ISAL_DECOMP_OK) die(std::string("cannot inflate ") + name);
    if (state.avail_out < out.size()) use(out.data(), out.size() - state.avail_out);
  }
  std::fclose(file);
}

std::atomic<std::uint64_t> g_plain{0};

void read_layer(const char* name) {
  Sha256 blob, plain;
  TarWalk tar;
  std::uint64_t bytes = 0;
  inflate_file(
      name, [&](const std::uint8_t* p, std::size_t n) { blob.update(p, n); },
      [&](const std::uint8_t* p, std::size_t n) {
        plain.update(p, n);
        tar.feed(p, n);
        bytes += n;
      });
  g_plain += bytes;
  if (blob.hex() == plain.hex() || tar.entries == 0) die(std::string("not a gzip layer: ") + name);
}

void read_layers(int threads, char** names, int count) {
  std::atomic<int> next{0};
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i)
    workers.emplace_back([&] {
      for (int mine = next++; mine < count; mine = next++) read_layer(names[mine]);
    });
  for (std::thread& worker : workers) worker.join();
}

// The outer tar, with a hash and a walk of its own for each member that is a layer.
class OuterWalk {
 public:
  void feed(const std::uint8_t* bytes, std::size_t size) {
    while (size > 0) {
      if (m_left > 0) {
        const std::size_t step = std::min<std::uint64_t>(m_left, size);
        if (m_content > 0) {
          const std::size_t use = std::min<std::uint64_t>(m_content, step);
          m_hash->update(bytes, use);
          m_inner->feed(bytes, use);
          m_content -= use;
          if (m_content == 0) (void)m_hash->hex();
        }
        m_left -= step;
        bytes += step;
        size -= step;
        continue;
      }
      const std::size_t take = std::min(size, sizeof m_header - m_filled);
      std::memcpy(m_header + m_filled, bytes, take);
      m_filled += take;
      bytes += take;
      size -= take;
      if (m_filled < sizeof m_header) continue;
      m_filled = 0;
      if (m_header[0] == 0) continue;
      m_content = octal(m_header + 124, 12);
      m_left = (m_content + 511) / 512 * 512;
      m_hash = std::make_unique<Sha256>();
      m_inner = std::make_unique<TarWalk>();
    }
  }

 private:
  std::uint8_t m_header[512];
  std::size_t m_filled = 0;
  std::uint64_t m_left = 0, m_content = 0;
  std::unique_ptr<Sha256> m_hash;
  std::unique_ptr<TarWalk> m_inner;
};

void read_archive(int threads, const char* name) {
  Sha256 blob;
  OuterWalk outer;
  const auto raw = [&](const std::uint8_t* p, std::size_t n) { blob.update(p, n); };
  if (threads < 2) {
    inflate_file(name, raw, [&](const std::uint8_t* p, std::size_t n) {
      outer.feed(p, n);
      g_plain += n;
    });
    return;
  }
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::vector<std::uint8_t>> full, free_blocks;
  bool closed = false;
  std::thread walker([&] {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [&] { return closed || !full.empty(); });
      if (full.empty()) return;
      std::vector<std::uint8_t> block = std::move(full.front());
      full.pop_front();
      lock.unlock();
      outer.feed(block.data(), block.size());
      lock.lock();
      free_blocks.push_back(std::move(block));
      changed.notify_all();
    }
  });
  inflate_file(name, raw, [&](const std::uint8_t* p, std::size_t n) {
    g_plain += n;
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return full.size() < 8; });
    std::vector<std::uint8_t> block;
    if (!free_blocks.empty()) {
      block = std::move(free_blocks.front());
      free_blocks.pop_front();
    }
    lock.unlock();
    block.assign(p, p + n);
    lock.lock();
    full.push_back(std::move(block));
    changed.notify_all();
  });
  {
    const std::lock_guard lock(mutex);
    closed = true;
  }
  changed.notify_all();
  walker.join();
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) die("usage: floor THREADS oci LAYER.gz… | floor THREADS archive FILE.gz");
  const int threads = std::max(1, std::atoi(argv[1]));
  const auto start = std::chrono::steady_clock::now();
  if (std::strcmp(argv[2], "oci") == 0)
    read_layers(threads, argv + 3, argc - 3);
  else
    read_archive(threads, argv[3]);
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double cpu = cpu_seconds();
  const double gigabytes = static_cast<double>(g_plain.load()) / 1e9;
  std::printf("{\"seconds\": %.4f, \"cpu\": %.4f, \"bytes\": %llu, \"cpuPerGB\": %.3f}\n", wall, cpu,
              static_cast<unsigned long long>(g_plain.load()), cpu / gigabytes);
  return 0;
}
