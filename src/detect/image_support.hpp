// Small things that the detectors of whole images share.
#pragma once

#include <string>
#include <string_view>

#include "detect/assess.hpp"

namespace hullcheck::detect {

// Where a file of the image stands, how it gets run, and nothing said about it yet.
PlacedEvidence place_of(const ImageContext& context, layers::FileRef file);

// The evidence at a file, with the row's class unless another one is given.
void add_at(const ImageContext& context, layers::FileRef file, Evidence evidence, ImageEvidence& out);
Evidence with_class(Evidence evidence, EvidenceClass cls);
// Evidence that something is fetched at start, now that the image is known not to hold it: strong, and nothing of
// what it said before but its text and `why`.
PlacedEvidence without_payload(PlacedEvidence placed, const std::string& why);

inline bool is_program(const layers::Entry& entry) {
  return entry.content == layers::ContentKind::elf || entry.content == layers::ContentKind::script;
}

// "bin", "/usr/sbin", also of usr/local: folders that hold a system's programs.
bool is_program_folder(std::string_view folder);
// A path below a folder for temporary files, shared memory or what runs now: "tmp/x", "var/tmp/.d/x".
bool is_temporary(std::string_view path);
// A part of the path begins with a dot and is no usual one of a home (".config", ".local").
bool is_hidden(std::string_view path);
// Certificates that programs trust, in one file or a folder of them; companies add their own.
bool is_certificate_store(std::string_view path);
// Below a folder of packages that another package manager than the system's updates.
bool is_language_folder(std::string_view path);

// The package of the system's own manager (dpkg, rpm, apk) that owns the file. Packages of languages bring lists of
// their files too, but whoever makes one writes its list: they prove nothing.
const model::Package* system_owner(const inventory::Ownership& ownership, layers::FileRef file);
// Owned so, with the content that the package installed.
bool is_as_shipped(const inventory::Ownership& ownership, layers::FileRef file);

// "coreutils 9.1-1"
std::string package_name(const model::Package& package);

}  // namespace hullcheck::detect
