// Rows of the catalogue that no detector implements, and why. A row stands here or is registered, never both; a test
// holds the two against each other. Few are reported by another stage than detection.
#include <array>

#include "detect/catalogue.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::string_view k_lists =
    "lists of digests that users bring with `--rules`; none is built in, for it would be old at the next release of "
    "what it names";
constexpr std::string_view k_host = "Seen on a running host only: an image holds no trace of it.";

constexpr auto k_table = std::to_array<NotDone>({
    {"I07", "Platforms that differ in kind",
     "Every platform is judged by itself (--platform all); their contents are not compared."},
    {"R01", "Sustained processor load", k_host},
    {"R02", "Command line of a process", k_host},
    {"R03", "Content of running programs", k_host},
    {"R04", "Running program that was deleted", k_host},
    {"R05", "Memory of the shape that RandomX needs", k_host},
    {"R06", "Connection to a pool", k_host},
    {"R07", "Hidden processes", k_host},
    {"R08", "Libraries preloaded on the host", k_host},
    {"R09", "Kernel modules and helpers", k_host},
    {"R10", "Files that a container added", k_host},
    {"R11", "Configuration of containers", k_host},
    {"R12", "Persistence on the host", k_host},
    {"R13", "Accounts of the host", k_host},
    {"R14", "Packages of the host", k_host},
    {"R15", "Exposed container daemon", k_host},
    {"R16", "Leftovers of known malware", k_host},
    {"R17", "Images of the host",
     "Planned with the host commands: it is the image scan, joined with which containers use an image."},
    {"R18", "Events of the daemon", k_host},
    {"R19", "Machine tuned for mining", k_host},
    {"R20", "The scanner itself", k_host},
});

constexpr auto k_elsewhere = std::to_array<Elsewhere>({
    {"E14", "Known malware by digest", k_lists},
    {"L01", "Package that is listed as malicious", "matching of packages against advisories"},
    {"M12", "Known miner by digest", k_lists},
});

}  // namespace

std::span<const Elsewhere> reported_elsewhere() { return k_elsewhere; }
std::span<const NotDone> not_done() { return k_table; }

}  // namespace hullcheck::detect
