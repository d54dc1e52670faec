// What a .NET assembly says that it is: its name and versions, from a PE file.
//
// Two places are read (ECMA-335 II.24 and II.25; Microsoft's PE format): the row of the table Assembly in the CLI
// metadata, and the strings of the version resource, of which ProductVersion holds a NuGet package's version as it
// was built ("13.0.1+ae9fe44e13"). Hostile: every offset, count and size is anything. Nothing recurses, tables before
// the one that is wanted are skipped by arithmetic, and what does not fit its slice is nothing.
#pragma once

#include <optional>
#include <string>

#include "util/bytes.hpp"

namespace hullcheck::inventory {

struct DotnetAssembly {
  std::string name;             // "Newtonsoft.Json"; never empty
  std::string culture;          // "" for all but satellites with translated texts
  std::string version;          // of the assembly, four numbers: "13.0.0.0"
  std::string product_version;  // of the version resource, "" without one
  std::string file_version;
};

// Whether the first bytes of a file are of a PE file with CLI metadata. Sees the headers only.
bool is_dotnet_assembly(Bytes head);
// Nothing for a PE file that is no assembly: native ones, and modules of an assembly.
std::optional<DotnetAssembly> read_dotnet_assembly(Bytes file);
// The version of the NuGet package that it most likely came in: the product's, else the file's, else the assembly's;
// "" when none is a version.
std::string nuget_version(const DotnetAssembly& assembly);

}  // namespace hullcheck::inventory
