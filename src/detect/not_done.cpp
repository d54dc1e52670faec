// Rows of the catalogue that no detector implements, and why. A row stands here or is registered, never both; a test
// holds the two against each other. Few are reported by another stage than detection.
#include <array>

#include "detect/catalogue.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::string_view k_planned = "Not implemented yet.";
constexpr std::string_view k_host = "Seen on a running host only: an image holds no trace of it.";

constexpr auto k_table = std::to_array<NotDone>({
    {"B05", "Tunnel or remote control", k_planned},
    {"B06", "Web shell", k_planned},
    {"B17", "Library that hides files or processes", k_planned},
    {"B18", "Kernel rootkit", k_planned},
    {"D04", "Address without a name", k_planned},
    {"D05", "Host of a paste, drop or tunnel service", k_planned},
    {"D08", "Encoded text that is run in a scripting language", k_planned},
    {"E04", "Program run from memory", k_planned},
    {"E07", "Program under a system's name", k_planned},
    {"E12", "Malware for another system", k_planned},
    {"E14", "Known malware by digest", k_planned},
    {"E15", "Implant of the xz kind", k_planned},
    {"H04", "Exploit of a container runtime", k_planned},
    {"H05", "Scanner for container ports", k_planned},
    {"H06", "Credentials read from the cloud and sent on", k_planned},
    {"H07", "Sweep of credential files", k_planned},
    {"H08", "Security tools switched off", k_planned},
    {"H10", "Files made unchangeable", k_planned},
    {"I04", "Start command that reaches out",
     "Not a row of its own: start commands are read like scripts, and what they do is reported under the rows D, B "
     "and H."},
    {"I07", "Platforms that differ in kind", k_planned},
    {"L02", "Installation hook that does harm", k_planned},
    {"L03", "Obfuscated JavaScript", k_planned},
    {"L04", "Code that runs when a package is built", k_planned},
    {"L06", "Package that differs from its own record", k_planned},
    {"L07", "Foreign runtime fetched by a hook", k_planned},
    {"L08", "Way out through a public service", k_planned},
    {"L09", "Bad release of a build tool", k_planned},
    {"M08", "CryptoNight code", k_planned},
    {"M09", "Code of a pool miner", k_planned},
    {"M10", "Code of other mining algorithms", k_planned},
    {"M11", "Miner for web pages", k_planned},
    {"M12", "Known miner by digest", k_planned},
    {"M13", "Name of a miner", k_planned},
    {"M14", "Machine tuned for mining", k_planned},
    {"M15", "Script that kills other miners", k_planned},
    {"M16", "Client that sells bandwidth", k_planned},
    {"P09", "Code that starts containers", k_planned},
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
    {"L01", "Package that is listed as malicious", "matching of packages against advisories"},
});

}  // namespace

std::span<const Elsewhere> reported_elsewhere() { return k_elsewhere; }
std::span<const NotDone> not_done() { return k_table; }

}  // namespace hullcheck::detect
