// Small things that the detectors of shell behaviour share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "detect/detector.hpp"
#include "detect/shell/shell_facts.hpp"

namespace hullcheck::detect {

// The line in the file of a line in the unit's facts.
std::uint32_t line_in_file(const ShellUnit& unit, std::uint32_t line);

// Which class a row has by how the script gets run.
struct ClassByReach {
  EvidenceClass start = EvidenceClass::strong;
  EvidenceClass elsewhere = EvidenceClass::supporting;
  EvidenceClass build = EvidenceClass::context;
};
EvidenceClass class_for(const ShellUnit& unit, const ClassByReach& classes);

Evidence shell_evidence(const RuleRow& row, const ShellUnit& unit, std::uint32_t line, std::string text,
                        EvidenceClass cls);

// The commands that do something: without those that are only a wrapper round the next one (exec, sudo, nohup).
std::vector<const ShellCommand*> own_commands(const ShellFacts& facts);
std::string_view program(const ShellCommand& command);  // last part of argv[0], or ""
bool has_argument(const ShellCommand& command, std::string_view argument);
std::string words(const ShellCommand& command);  // for people, cut

// A command that brings something from elsewhere: curl, wget, git clone, scp …
bool fetches(const ShellCommand& command);
// Code from elsewhere is run: piped to an interpreter, or saved and run.
bool runs_fetched(const ShellFlow& flow);
// Or code that was decoded, or a shell for somebody else: what no setting or crontab has a reason to run.
bool runs_foreign_code(const ShellFlow& flow);
// A shell goes to a place that the commands name: nothing is left to explain, whoever runs them.
bool gives_shell_away(const ShellFacts& facts);
// The arguments that are no options; those behind `verb` when one is given and there.
std::vector<std::string_view> operands(const ShellCommand& command, std::string_view verb = {});

// The host of a URL, or the text itself where it is none: lower case, without user, port and brackets.
std::string host_of(std::string_view url);
bool is_loopback(std::string_view host);

// "/host/etc/crontab" gives "etc/crontab": the part of a path below a folder that looks like a mounted root of a host
// (/mnt, /host, /rootfs …, or a volume that the image declares). More than one where the mount may end in several
// places, as in "/mnt/root/etc/crontab"; none for any other path.
std::vector<std::string> below_host_mount(std::string_view path, const model::ImageConfig* config);
bool is_host_mount(std::string_view folder, const model::ImageConfig* config);

bool is_cron_path(std::string_view path);             // "/etc/cron.d/x", "var/spool/cron/root"
bool is_authorized_keys_path(std::string_view path);  // ".ssh/authorized_keys" of any home

}  // namespace hullcheck::detect
