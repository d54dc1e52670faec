// The one search over every byte of every file, and the calls to the detectors whose literals it finds.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "detect/content/difference_search.hpp"
#include "detect/content/pattern_database.hpp"
#include "detect/detector.hpp"
#include "layers/collector.hpp"

namespace hullcheck::detect {

// One detector as the scan sees it; borrowed from the registry, or from a test.
struct ScanClient {
  std::string_view id;
  int version = 1;
  const Detector* detector = nullptr;
};

// Each hit is handed over once, in the window that shows enough around it: a hit in the last k_window_overlap / 2
// bytes of a window waits for the next one. So evidence does not depend on where windows end.
class LiteralScan final : public layers::ContentScan {
 public:
  static constexpr std::size_t k_context = layers::k_window_overlap / 2;
  static constexpr std::size_t k_fewest_literal_bytes = 4;
  static constexpr std::size_t k_most_literal_bytes = 256;
  // confirm() calls for each detector and file: this, and one more for each k_bytes_per_confirm of content.
  static constexpr std::size_t k_most_confirms = 4096;
  static constexpr std::size_t k_bytes_per_confirm = 4096;
  // Hits of all literals in one window; more than this is no ordinary file.
  static constexpr std::size_t k_most_window_hits = 65536;

  LiteralScan(std::vector<ScanClient> clients, const std::string& cache_folder);
  std::unique_ptr<Worker> worker() const override;
  std::string fingerprint() const override { return m_fingerprint; }
  const PatternDatabase& patterns() const { return *m_patterns; }

 private:
  class FileWorker;
  struct Use {
    std::uint32_t client;
    std::uint32_t literal;  // of that client
  };

  std::vector<ScanClient> m_clients;
  std::vector<std::vector<Use>> m_uses;  // by pattern; those of m_differences follow those of m_patterns
  std::unique_ptr<PatternDatabase> m_patterns;
  std::unique_ptr<DifferenceSearch> m_differences;
  std::uint32_t m_first_difference = 0;   // index into m_uses
  std::vector<std::uint32_t> m_sweepers;  // clients
  std::string m_fingerprint;
};

// The clients that the registry holds.
std::vector<ScanClient> registered_clients();

// What the content scan says of text that is no file of a layer: a part of the configuration, what a script decodes.
// `worker` is one of content_scan(); `name` stands for the path.
std::vector<Evidence> scan_text(layers::ContentScan::Worker& worker, std::string_view name,
                                layers::ContentKind content, std::string_view text);

}  // namespace hullcheck::detect
