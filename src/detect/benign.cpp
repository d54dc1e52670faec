// Which harmless readings each row rules out: what `hullcheck explain` says to somebody who doubts a finding.
//
// One row a rule, sorted by id; checks of the configuration are among them. k_prefixes speak for every
// rule with that beginning.
#include <algorithm>
#include <array>

#include "detect/catalogue.hpp"

namespace hullcheck::detect {
namespace {

struct Benign {
  std::string_view rule;
  std::string_view text;
};

constexpr auto k_table = std::to_array<Benign>({
    {"B01",
     "A health check also opens network pseudo-devices, but runs no shell on them; here input and output of a "
     "shell go over the connection."},
    {"B02",
     "Programs that talk to the network are common; here one scope connects a socket and hands it to a shell "
     "or to the standard streams."},
    {"B03",
     "Network clients of scripting languages open sockets and seldom run commands; here both meet in one "
     "function. Tools for penetration tests do the same on purpose."},
    {"B04", "Port checks and transfers use these tools without an option that runs a program; here one is given."},
    {"B05",
     "Developers tunnel into their own machines; an image that does it by itself when it starts is another "
     "matter. If the tunnel is meant, allow this rule for this image."},
    {"B06",
     "Administration tools take commands from the web too, but ask who is there; here what a request holds "
     "reaches the interpreter."},
    {"B07",
     "Some images are made for logging in by key; the key of a public demonstration image is known and weighs "
     "less. Anybody who has the other half of this one may log in."},
    {"B08",
     "Provisioning tools write such files for cloud machines; a container's own script has no reason to let "
     "somebody in."},
    {"B09",
     "Test suites and documentation ship keys that open nothing, and published ones are recognised; this one "
     "is in nobody's list and in no package."},
    {"B10", "Some systems have a second name for root on purpose; none of the common base images does."},
    {"B11",
     "Build and browser images give their user all rights for convenience; whoever gets in as that user is "
     "root at once, whatever the reason was."},
    {"B12",
     "Distributions ship a handful of such programs, and packages own them with this mode; this one is in no "
     "package's list, or is a shell."},
    {"B13",
     "Few programs need a capability of their own, mostly to open low ports or to ping; this one is neither "
     "packaged nor among those."},
    {"B14",
     "Directory and token log-ins bring modules of their own, in packages; this one is not packaged, or was "
     "changed since."},
    {"B15",
     "Base images do not ship this file, and tools that need a library preloaded set a variable for one "
     "program; a file makes every program load it."},
    {"B16", "Memory allocators and time shims are loaded this way; their exports are known and were looked for."},
    {"B17",
     "Sanitizers and fakeroot replace functions of the C library too, but none that hides files, logins or "
     "connections without being packaged."},
    {"B18", "Drivers are kernel modules as well; they do not hide themselves or redirect system calls."},
    {"B19", "Companies add their own authorities so that inspected traffic works; ask whether this one is yours."},
    {"B20", "Corporate mirrors redirect package sources; ask whether this address is yours."},
    {"D01",
     "Installers are published this way and run when an image is built, where it weighs little; here it "
     "happens when the container starts, so nobody can say today what runs tomorrow."},
    {"D02",
     "Installers fetch and run files at build time; here it happens at start, and the file is not in the "
     "image."},
    {"D03",
     "Package managers use temporary folders and clean them; a program that is put into a hidden or temporary "
     "place and stays is unusual."},
    {"D04", "Documentation and tests name bare addresses; private and documentation ranges are left out."},
    {"D05",
     "Such services are used by honest people too; software that is meant to last is not fetched from a place "
     "that anybody can fill."},
    {"D06", "Test data is sometimes misnamed; a program that runs does not need the name of a picture or a log."},
    {"D07",
     "Self-extracting archives decode themselves and are recognised by their header; other scripts have no "
     "reason to hide what they run."},
    {"D08",
     "Commercial obfuscators encode programs as well, with their own marks; here decoded text goes straight "
     "into the interpreter."},
    {"D09", "Development images compile what they are given; a service has its program compiled before it ships."},
    {"D10", "Images with plugins install them at start; then what runs depends on the day it is started."},
    {"D11",
     "Self-updating programs exist and verify what they load; a script that replaces itself verifies nothing."},
    {"D12",
     "Start scripts wait seconds for a database; waiting minutes before a download serves to outlast an "
     "observer."},
    {"D13", "Build scripts ask what they run on; a check of that kind before a download chooses its victims."},
    {"E01",
     "Projects pack programs to save space, so packing alone decides nothing; what is inside was unpacked and "
     "looked at where that is possible."},
    {"E02",
     "The stock packer leaves its marks and can unpack its own work; marks that were altered serve only to "
     "prevent that."},
    {"E03",
     "Bundlers of scripting languages make such files too and are recognised by name; this layout is none of "
     "theirs."},
    {"E04",
     "Container runtimes run programs from memory for safety, and packages own them; here a payload lies in "
     "the same file."},
    {"E05", "Toolchains and their tests carry programs inside programs; packages own them."},
    {"E06", "Firmware tools strip the section table as well; distributions never do."},
    {"E07",
     "People install their own build of a tool below /usr/local; this one bears a system's name and comes from "
     "another build."},
    {"E08",
     "Stripping or relinking after installation changes a digest too; the program is not the one that was "
     "packaged, whoever changed it."},
    {"E09", "Applications are copied into system folders all the time, so this weighs nothing alone."},
    {"E10",
     "Wrappers of tools lie in /usr/local too, mostly as scripts; a program that comes before the system's own "
     "is run in its place."},
    {"E11",
     "Reproducible builds give all files one time and are left out; here a single file borrowed the time of a "
     "neighbour."},
    {"E12",
     "Installers and compatibility layers ship programs for other systems; in most images nothing can run "
     "them."},
    {"E13", "Caches and version control use hidden folders; names made to be overlooked are another matter."},
    {"E14", "The whole file has the digest of a known one; nothing else has."},
    {"E15", "Near to nothing else calls out of such a resolver, and the releases are known by their version."},
    {"H01", "Tools that manage containers need this socket and say so; other programs that use it control the host."},
    {"H02", "Backup tools write below mount points, but not accounts, keys or schedules of the host."},
    {"H03",
     "Node agents enter the host on purpose, in packages or with a name that says so; the result is root on "
     "the host either way."},
    {"H04", "Security research ships such code as well; it is set aside inside a collection of such tools only."},
    {"H05",
     "Scanners are in images for network tests; here one is aimed at ports by which containers are taken "
     "over."},
    {"H06", "Cloud libraries read these credentials to use them; here they are sent on in the same flow."},
    {"H07", "Backup and secret scanners visit such files too; this many at once, and a way out, is a harvest."},
    {"H08",
     "Hardening scripts switch services off; removing what would notice an intruder, of several kinds, is no "
     "hardening."},
    {"H09", "Neither packages nor ordinary start scripts care about a history that no container keeps."},
    {"H10", "No ordinary software makes keys and schedules unchangeable."},
    {"I01", "Squashed and imported images have no matching history, and the tools that make them are recognised."},
    {"I02",
     "Caches are deleted in later layers all the time; what was deleted here still ships, and was found by its "
     "content."},
    {"I03", "Forks bear the name of what they were forked from; here the product is absent."},
    {"I04", "Start commands use a shell for variables; this one also reaches out or writes outside its own place."},
    {"I05", "Variables with such names have other uses; the value was checked."},
    {"I06", "System tools need such rights, so this weighs nothing alone."},
    {"I07", "Cross builds differ between platforms in bytes, not in kind."},
    {"I08", "Base images of one vendor use odd but harmless forms; ordinary builders never write these names."},
    {"L01",
     "The name and version are on a public list of malicious packages; a name that was taken over later has "
     "other versions."},
    {"L02",
     "A few packages in a thousand compile something when they are installed; this one also fetches, decodes "
     "or runs something foreign."},
    {"L03",
     "Bundlers make long unreadable lines too, in forms that are recognised; this is the work of an "
     "obfuscator, and decoded text is run."},
    {"L04",
     "Scientific packages build at installation; reaching the network or decoding while being imported is "
     "something else."},
    {"L05", "Forks have similar names; this one also has next to no users."},
    {"L06",
     "Compiled caches and editable installations differ and are left out; other changes were made after "
     "installation."},
    {"L07",
     "Some packages fetch a browser or a runtime that they name; here the fetched runtime runs a program that "
     "came with it."},
    {"L08", "Logging libraries can post to chat services; here secrets are read in the same file."},
    {"L09", "The release is one of those that were published by an intruder; others of the same tool are not meant."},
    {"M01",
     "Nothing but mining software and what fights it names such an address; collections of rules are set "
     "aside."},
    {"M02",
     "Lists of hosts to block or to preload name pools too, among hundreds of others; files with few hosts "
     "mean them."},
    {"M03",
     "Wallets and donation pages name such addresses honestly, so this is only a hint; the checksum says that "
     "it is one."},
    {"M04", "Donation pages and libraries name such addresses honestly, so this is only a hint."},
    {"M05",
     "No other software has a configuration of this shape: a list of pools with accounts, and settings of "
     "mining algorithms."},
    {"M06", "Manuals print such commands as text; here one is run."},
    {"M07",
     "The official node and its library hold the same constants and are recognised by package or by the words "
     "of a node; this file has neither."},
    {"M08", "Cryptographic libraries hold some of these constants, never all of them in one file."},
    {"M09", "Servers of pools and nodes know the same words, and serve; this file asks for work."},
    {"M10", "Password hashing uses some of these algorithms; it does not speak to a pool."},
    {"M11", "Web pages use compiled code for much, but not for this algorithm."},
    {"M12", "The whole file has the digest of a published miner; nothing else has."},
    {"M13", "Names of miners are also ordinary words, so this weighs nothing alone."},
    {"M14", "Databases and packet processors reserve large pages as well, so this is only a hint."},
    {"M15", "Clean-up scripts kill miners too; a miner does it to have the machine for itself."},
    {"M16", "Some people sell their bandwidth knowingly; ask whether it was you."},
    {"M17",
     "The image says what it is. Where mining is wanted, a policy allows it; everywhere else it is what it "
     "says."},
    {"P01",
     "Packages bring schedules and own them; this one is nobody's, or its command does what a rule looks for."},
    {"P02", "Images made for schedules write them at start; other containers have no daemon that would read them."},
    {"P03",
     "Images that run a whole system have services of their own; this one starts something out of a temporary "
     "or hidden place, or through a shell."},
    {"P04", "Start-up scripts are where programs are started, so this weighs nothing alone."},
    {"P05", "Version managers change profiles, in ways that are recognised; others fetch, hide or replace commands."},
    {"P06",
     "Two known one-line hooks of packaging tools are recognised by digest; other code in such a file runs "
     "with every Python program."},
    {"P07",
     "Hooks of packages belong to the package and are compared with it; this one differs, or does what a rule "
     "looks for."},
    {"P08", "Packages bring such hooks and own them; this one is nobody's."},
    {"P09", "Build images start containers; one that keeps itself alive on the host with its folders is no build."},
    {"add-url", "A digest beside the address would pin it, and there is none."},
    {"docker-socket-volume",
     "Tools that manage containers need it; then this image must be trusted like root on the "
     "host."},
    {"empty-password", "An account that nobody can log in to does not matter; the entry alone does not say so."},
    {"no-healthcheck", "An orchestrator may probe from outside; then this may be ignored."},
    {"package-cache", "The files are harmless and cost space only."},
    {"root-user", "A runtime may set another user; the image by itself does not."},
    {"secret-env", "A placeholder is no secret; the name asks for a look at the value."},
    {"security-rules", "Rules of security tools quote what they look for; nothing starts them here."},
    {"setuid-unowned", "An administrator may have added it; no package accounts for it."},
    {"sshd-installed", "Some images are made to be logged in to; most are not."},
    {"unattributed-code",
     "Software that is built for the image belongs to no package; it may be all right, but "
     "nobody vouches for it."},
    {"world-writable-path", "A sticky bit or a mount may protect it; the image's mode does not."},
});

constexpr auto k_prefixes = std::to_array<Benign>({
    {"secret/",
     "Examples and test values are recognised by known words, published lists and too little entropy; this "
     "one has the structure or the checksum of a real one."},
});

}  // namespace

std::string_view benign_reading(std::string_view rule) {
  const auto at = std::lower_bound(k_table.begin(), k_table.end(), rule,
                                   [](const Benign& row, std::string_view key) { return row.rule < key; });
  if (at != k_table.end() && at->rule == rule) return at->text;
  for (const Benign& prefix : k_prefixes)
    if (rule.starts_with(prefix.rule)) return prefix.text;
  return {};
}

}  // namespace hullcheck::detect
