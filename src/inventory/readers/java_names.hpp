// What the names of Java archives, and of files in them, say. Hostile: names of any bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hullcheck::inventory {

// By its ending: .jar, .war and their relatives.
bool is_java_archive_name(std::string_view name);
// Archives of anything, which hold Java archives now and then; they are no library themselves.
bool is_plain_zip(std::string_view name);
// What a zip in a zip may be called, whatever it is: a name that promises text, code or a picture is believed.
bool may_be_unnamed_archive(std::string_view name);

// "commons-lang3-3.12.0.jar" → ("commons-lang3", "3.12.0"). The version is "" where the name has none. Borrowed.
struct ArchiveName {
  std::string_view artifact, version;
};
ArchiveName split_archive_name(std::string_view file_name);

// A word that a build filled in: "${project.version}" and the like were not.
bool is_filled(std::string_view text);
// Such a word that may name a group.
bool is_group(std::string_view text);

// "META-INF/maven/GROUP/ARTIFACT/FILE" below any prefix that war files and the like have.
struct PomPath {
  std::string group, artifact;
  std::size_t entry = 0;  // of the archive; left to the caller
};
std::optional<PomPath> pom_path(std::string_view name, std::string_view file);

}  // namespace hullcheck::inventory
