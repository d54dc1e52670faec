// disk-images: files that hold a whole tree of files which is not read: file systems, disks of virtual machines,
// programs with a file system behind them, and images of containers in one file. Each is a named gap, so that nothing
// is called safe because nobody looked into it. What a package of the system owns is that package's.
// Format: the magic numbers of squashfs, erofs, ext2 to ext4, XFS, QCOW2, VMDK, VHDX, AppImage; the first name in an
// archive of docker save or of an OCI layout.
// Hostile: a sign can be faked, which costs the image its "safe" and nothing more.
// Reads: *.squashfs, *.snap, *.AppImage, *.qcow2 and the like by their first bytes; named, not read
#include <algorithm>
#include <array>
#include <set>

#include "inventory/analyzer.hpp"

namespace hullcheck::inventory {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t k_most_named = 20;
constexpr std::size_t k_smallest = 4096;  // a tree of files needs more than this

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  std::string_view what;
};
constexpr std::array k_magics{Magic{0, "hsqs"sv, "a squashfs file system"},
                              Magic{0, "sqsh"sv, "a squashfs file system"},
                              Magic{1024, "\xe2\xe1\xf5\xe0"sv, "an EROFS file system"},
                              Magic{0, "XFSB\0\0"sv, "an XFS file system"},
                              Magic{0, "QFI\xfb\0\0\0"sv, "a disk of a virtual machine (QCOW2)"},
                              Magic{0, "KDMV"sv, "a disk of a virtual machine (VMDK)"},
                              Magic{0, "vhdxfile"sv, "a disk of a virtual machine (VHDX)"},
                              Magic{8, "AI\x01"sv, "an AppImage, a program with a file system behind it"},
                              Magic{8, "AI\x02"sv, "an AppImage, a program with a file system behind it"}};

// The superblock at 1024: magic 0xEF53, a block size up to 64 KiB, revision 0 or 1.
bool is_ext(std::string_view head) {
  constexpr std::size_t k_block = 1024;
  if (head.size() < k_block + 0x50) return false;
  const std::string_view super = head.substr(k_block);
  return super.substr(0x38, 2) == "\x53\xef"sv && super[0x18] <= 6 && super[0x18] >= 0 &&
         super.substr(0x19, 3) == "\0\0\0"sv && super.substr(0x4d, 3) == "\0\0\0"sv &&
         (super[0x4c] == 0 || super[0x4c] == 1);
}

// What `docker save` and tools for OCI layouts write first.
bool is_image_archive(std::string_view head) {
  constexpr std::size_t k_magic = 257, k_hex = 64;
  if (head.size() < 512 || head.substr(k_magic, 5) != "ustar") return false;
  std::string_view name = head.substr(0, 100);
  name = name.substr(0, std::min(name.find('\0'), name.size()));
  if (name.starts_with("./")) name.remove_prefix(2);
  if (name == "oci-layout" || name == "manifest.json" || name.starts_with("blobs/")) return true;
  const std::size_t hex = std::min(name.find_first_not_of("0123456789abcdef"), name.size());
  const std::string_view rest = name.substr(hex);
  return hex == k_hex && (rest.starts_with("/") || rest == ".json");
}

std::string_view what_is(const layers::FileInfo& file) {
  if (file.size() < k_smallest) return {};
  const std::string_view head = as_text(file.head);
  for (const Magic& magic : k_magics)
    if (head.size() > magic.offset && head.substr(magic.offset).starts_with(magic.bytes) &&
        (magic.offset != 8 || head.starts_with("\x7f"
                                               "ELF")))
      return magic.what;
  if (is_ext(head)) return "an ext2, ext3 or ext4 file system";
  if (is_image_archive(head)) return "the image of another container";
  return {};
}

class DiskImages final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override { return !what_is(file).empty(); }
  bool needs_content(const layers::FileInfo&) const override { return false; }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = "disk-image";
    facts.values.emplace_back("what", what_is(file));
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    std::set<std::string> places;
    for (FoundFacts& found : found_facts(image, "disk-images", &out.gaps)) {
      if (found.visibility != model::Visibility::final || !places.insert(found.path).second) continue;
      if (places.size() > k_most_named) {
        out.file_gaps.emplace_back(found.file, gap("more of them than are named here", ""));
        return;
      }
      out.file_gaps.emplace_back(found.file, gap("it is " + found.facts.value("what") +
                                                     ", and what is installed in it is not read; scan what it was "
                                                     "made of, or leave it out",
                                                 found.path));
    }
  }

 private:
  static model::Gap gap(std::string reason, const std::string& path) {
    return {"disk-image-not-read", "inventory", path.empty() ? path : "/" + path, std::move(reason),
            model::GapEffect::unknown};
  }
};

const util::Registered<DiskImages> registered{
    {.id = "disk-images",
     .version = 1,
     .summary = "File systems, disks and images of containers in one file",
     .example = "a squashfs file system (var/lib/snapd/snaps/core_1.snap)"}};

}  // namespace
}  // namespace hullcheck::inventory
