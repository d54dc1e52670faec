#include "inventory/analyzer.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "inventory/dropped_packages.hpp"
#include "inventory/origins/origins.hpp"
#include "inventory/ownership.hpp"
#include "util/codec.hpp"

namespace hullcheck::inventory {
namespace {

using util::Decoder;
using util::Encoder;

constexpr std::string_view k_first_analyzer = "os-release";
constexpr std::size_t k_least_package = 13;  // bytes of a package without a text in it

// About as many bytes as one takes that is encoded, and all.
std::size_t size_of(const std::vector<model::OwnedFile>& files) {
  std::size_t size = 0;
  for (const model::OwnedFile& file : files) size += file.path.size() + file.digest.size() + 8;
  return size;
}

std::size_t size_of(const FileFacts& facts) {
  std::size_t size = size_of(facts.owned);
  for (const model::Package& package : facts.packages) size += size_of(package.files);
  return size;
}

void put_owned(Encoder& out, const std::vector<model::OwnedFile>& files) {
  out.u64(files.size());
  for (const model::OwnedFile& file : files) {
    out.string(file.path);
    out.u64(static_cast<std::uint64_t>(file.algorithm));
    out.string(file.digest);
    out.u64(file.mode);
    out.boolean(file.config);
  }
}

std::vector<model::OwnedFile> get_owned(Decoder& in, FileLists lists) {
  const std::size_t count = in.count(5);
  std::vector<model::OwnedFile> files(lists == FileLists::read ? count : 0);
  if (lists == FileLists::skip) {
    for (std::size_t i = 0; i < count && !in.failed(); ++i) {
      in.string();
      in.u64();
      in.string();
      in.u32();
      in.boolean();
    }
  }
  for (model::OwnedFile& file : files) {
    file.path = in.string();
    const std::uint64_t algorithm = in.u64();
    if (algorithm > static_cast<std::uint64_t>(model::DigestAlgorithm::sha512)) in.fail();
    file.algorithm = static_cast<model::DigestAlgorithm>(algorithm);
    file.digest = in.string();
    file.mode = in.u32();
    file.config = in.boolean();
  }
  return files;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

void put_pairs(Encoder& out, const Pairs& pairs) {
  out.u64(pairs.size());
  for (const auto& [name, text] : pairs) {
    out.string(name);
    out.string(text);
  }
}

Pairs get_pairs(Decoder& in) {
  Pairs pairs;
  const std::size_t count = in.count(2);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    std::string name(in.string());
    std::string text(in.string());
    pairs.emplace_back(std::move(name), std::move(text));
  }
  return pairs;
}

// The text members of a package in the order of their encoding.
template <class Package>
auto texts(Package& package) {
  return std::array{&package.type,         &package.name,        &package.version,
                    &package.architecture, &package.source_name, &package.source_version,
                    &package.vendor,       &package.modularity,  &package.inner_path};
}

void put_package(Encoder& out, const model::Package& package) {
  for (const std::string* text : texts(package)) out.string(*text);
  out.u64(package.epoch);
  out.u64(package.licenses.size());
  for (const std::string& license : package.licenses) out.string(license);
  put_owned(out, package.files);
  put_pairs(out, package.qualifiers);
}

model::Package get_package(Decoder& in, FileLists lists) {
  model::Package package;
  for (std::string* text : texts(package)) *text = in.string();
  package.epoch = in.u32();
  package.licenses.resize(in.count());
  for (std::string& license : package.licenses) license = in.string();
  package.files = get_owned(in, lists);
  package.qualifiers = get_pairs(in);
  return package;
}

Result<FileFacts> decode(Bytes bytes, FileLists lists) {
  Decoder in(bytes);
  FileFacts facts;
  facts.kind = in.string();
  const std::size_t packages = in.count(k_least_package);
  for (std::size_t i = 0; i < packages && !in.failed(); ++i) facts.packages.push_back(get_package(in, lists));
  facts.owned = get_owned(in, lists);
  facts.values = get_pairs(in);
  facts.problems.resize(in.count());
  for (std::string& problem : facts.problems) problem = in.string();
  facts.truncated = in.boolean();
  if (in.failed() || !in.at_end())
    return make_error(ErrorCode::malformed, "facts-malformed", "a record of the inventory does not decode");
  return facts;
}

using PackageKey = std::tuple<std::string, std::string, std::string, std::string>;
PackageKey key_of(const model::Package& package) {
  // Which version of "a" lies in "lib/a-1.jar" is part of the name there.
  return {package.type, package.name, package.architecture, package.inner_path.empty() ? "" : "inner"};
}

// Every copy of a package database that the image ever had, by path: what each layer's copy lists.
struct DatabaseCopy {
  std::uint32_t layer;
  std::map<PackageKey, std::string> versions;
};
using DatabaseHistory = std::map<std::string, std::vector<DatabaseCopy>>;

// dpkg keeps one file a package in distroless images; the folder is the database.
bool one_file_a_package(std::string_view path) { return path.find("/status.d/") != std::string_view::npos; }

// Copies of one database in different layers go by one name, also where a link of a parent folder is older or younger
// than the copy, or where the last part is a link.
std::string real_name(const layers::ImageView& image, const std::string& path) {
  return image.real_path(path).value_or(path);
}

// Most records are lists of files, long ones, and no packages: their beginning says so.
bool lists_packages(Bytes record) {
  Decoder in(record);
  in.string();  // the kind
  return in.count(k_least_package) > 0;
}

DatabaseHistory database_history(const layers::ImageView& image) {
  DatabaseHistory history;
  for (const auto& analyzer : AnalyzerRegistry::all()) {
    for (const layers::RecordRef& record : image.records("inventory/" + std::string(analyzer.descriptor.id))) {
      if (!lists_packages(record.data)) continue;
      const auto facts = decode(record.data, FileLists::skip);
      if (!facts) continue;
      auto& copies = history[real_name(image, image.path(record.file))];
      if (copies.empty() || copies.back().layer != record.file.layer) copies.push_back({record.file.layer, {}});
      for (const model::Package& package : facts->packages) copies.back().versions[key_of(package)] = package.version;
    }
  }
  for (auto& [path, copies] : history)
    std::stable_sort(copies.begin(), copies.end(), [](const auto& a, const auto& b) { return a.layer < b.layer; });
  return history;
}

// Walks down from the newest copy while the package is listed, and for its version while that stays the same.
void attribute(model::Package& package, const std::vector<DatabaseCopy>& copies) {
  bool same = true;
  for (auto copy = copies.rbegin(); copy != copies.rend(); ++copy) {
    if (copy->layer > package.database_layer) continue;
    const auto version = copy->versions.find(key_of(package));
    if (version == copy->versions.end()) return;
    package.first_layer = copy->layer;
    same = same && version->second == package.version;
    if (same) package.layer = copy->layer;
  }
}

void attribute_all(const layers::ImageView& image, const DatabaseHistory& history,
                   std::vector<model::Package>& packages) {
  std::map<std::string, const std::vector<DatabaseCopy>*> copies;  // by path as the packages have it
  for (model::Package& package : packages) {
    if (package.layer != model::k_no_layer) continue;
    package.layer = package.first_layer = package.database_layer;
    // A file that is one package's own: its layer is the answer.
    if (one_file_a_package(package.database_path)) continue;
    const auto [place, added] = copies.try_emplace(package.database_path, nullptr);
    if (added)
      if (const auto found = history.find(real_name(image, package.database_path)); found != history.end())
        place->second = &found->second;
    if (place->second != nullptr) attribute(package, *place->second);
  }
}

// Packages of earlier copies that no final database lists any more.
std::vector<DroppedPackage> dropped_from(const DatabaseHistory& history,
                                         const std::vector<model::Package>& packages) {
  std::set<std::pair<std::string_view, std::string_view>> present;
  for (const model::Package& package : packages) present.insert({package.type, package.name});
  std::map<std::pair<std::string, std::string>, std::uint32_t> last;
  for (const auto& [path, copies] : history)
    for (const DatabaseCopy& copy : copies)
      for (const auto& [key, version] : copy.versions) {
        const auto& [type, name, architecture, inner] = key;
        if (!inner.empty() || present.contains({type, name})) continue;
        std::uint32_t& layer = last[{type, name}];
        layer = std::max(layer, copy.layer);
      }
  std::vector<DroppedPackage> dropped;
  for (const auto& [key, layer] : last) dropped.push_back({key.first, key.second, layer});
  return dropped;
}

// Packages that an earlier copy of their database has in another version.
std::vector<ChangedPackage> changed_in(const layers::ImageView& image, const DatabaseHistory& history,
                                       const std::vector<model::Package>& packages) {
  std::vector<ChangedPackage> changed;
  std::map<std::string, DatabaseHistory::const_iterator> places;  // by path as the packages have it
  for (const model::Package& package : packages) {
    if (package.layer == model::k_no_layer || package.layer == package.first_layer) continue;
    const auto [place, fresh] = places.try_emplace(package.database_path, history.end());
    if (fresh) place->second = history.find(real_name(image, package.database_path));
    if (place->second == history.end()) continue;
    for (auto copy = place->second->second.rbegin(); copy != place->second->second.rend(); ++copy) {
      if (copy->layer == package.database_layer) {
        // Of several versions side by side, as kernels are, a copy knows one.
        const auto listed = copy->versions.find(key_of(package));
        if (listed == copy->versions.end() || listed->second != package.version) break;
      }
      if (copy->layer >= package.layer) continue;
      const auto version = copy->versions.find(key_of(package));
      if (version != copy->versions.end() && version->second != package.version)
        changed.push_back({&package, version->second, copy->layer});
      break;
    }
  }
  return changed;
}

auto order_of(const model::Package& package) {
  return std::tie(package.type, package.name, package.architecture, package.version, package.database_path,
                  package.inner_path);
}

void sort_unique(std::vector<model::Package>& packages) {
  std::sort(packages.begin(), packages.end(), [](const auto& a, const auto& b) { return order_of(a) < order_of(b); });
  packages.erase(std::unique(packages.begin(), packages.end(),
                             [](const auto& a, const auto& b) { return order_of(a) == order_of(b); }),
                 packages.end());
}

// The system's package whose file this is, unless a later layer replaced what the package shipped.
const model::Package* system_owner(const Ownership& ownership, layers::FileRef file) {
  const model::Package* const owner = ownership.owner(file);
  return owner == nullptr || ownership.integrity(file) == Integrity::owned_mismatch ? nullptr : owner;
}

// Moves packages of languages that lie in the system's files to `overlaps`, and forgets gaps of such files.
void set_overlaps_apart(const layers::ImageView& image, Inventory& inventory) {
  const auto is_language = [](const model::Package& package) { return !model::is_system_package(package); };
  if (inventory.file_gaps.empty() && std::none_of(inventory.packages.begin(), inventory.packages.end(), is_language))
    return;
  {
    const Ownership ownership(image, inventory);
    for (model::Package& package : inventory.packages) {
      if (model::is_system_package(package)) continue;
      const auto file = image.resolve(package.database_path);
      const model::Package* const owner = file ? system_owner(ownership, *file) : nullptr;
      if (owner != nullptr) package.covered_by = owner->name;
    }
    for (auto& [file, gap] : inventory.file_gaps)
      if (system_owner(ownership, file) == nullptr) inventory.gaps.push_back(std::move(gap));
    inventory.file_gaps.clear();
  }
  const auto covered = std::stable_partition(inventory.packages.begin(), inventory.packages.end(),
                                             [](const auto& package) { return package.covered_by.empty(); });
  // That Debian's /usr/bin/git is git says nothing new.
  std::copy_if(std::make_move_iterator(covered), std::make_move_iterator(inventory.packages.end()),
               std::back_inserter(inventory.overlaps),
               [](const model::Package& package) { return package.type != "generic"; });
  inventory.packages.erase(covered, inventory.packages.end());
}

}  // namespace

std::string FileFacts::value(std::string_view key) const {
  for (const auto& [name, text] : values)
    if (name == key) return text;
  return {};
}

std::string fingerprint(const AnalyzerDescriptor& descriptor) {
  constexpr int k_encoding = 2;  // of FileFacts, below
  return std::to_string(k_encoding) + "." + std::to_string(descriptor.version);
}

Buffer encode_file_facts(const FileFacts& facts) {
  Encoder out;
  out.reserve(size_of(facts));
  out.string(facts.kind);
  out.u64(facts.packages.size());
  for (const model::Package& package : facts.packages) put_package(out, package);
  put_owned(out, facts.owned);
  put_pairs(out, facts.values);
  out.u64(facts.problems.size());
  for (const std::string& problem : facts.problems) out.string(problem);
  out.boolean(facts.truncated);
  return out.take();
}

Result<FileFacts> decode_file_facts(Bytes bytes) { return decode(bytes, FileLists::read); }

void each_found(const layers::ImageView& image, std::string_view id, FileLists lists,
                const std::function<void(FoundFacts found)>& visit) {
  for (const layers::RecordRef& record : image.records("inventory/" + std::string(id)))
    if (auto facts = decode(record.data, lists))
      visit({record.file, image.path(record.file), record.visibility, std::move(*facts)});
}

Result<Buffer> Analyzer::record(const layers::FileView& file) const {
  const FileFacts facts = TRY(collect(file));
  return facts.empty() ? Buffer() : encode_file_facts(facts);
}

std::vector<FoundFacts> found_facts(const layers::ImageView& image, std::string_view id,
                                    std::vector<model::Gap>* gaps) {
  std::vector<FoundFacts> list;
  for (const layers::RecordRef& record : image.records("inventory/" + std::string(id))) {
    auto facts = decode_file_facts(record.data);
    if (facts)
      list.push_back({record.file, image.path(record.file), record.visibility, std::move(*facts)});
    else if (gaps != nullptr)
      gaps->push_back({facts.error().name, "inventory", "/" + image.path(record.file), facts.error().message,
                       model::GapEffect::unknown});
  }
  return list;
}

model::Gap database_gap(std::string id, std::string_view path, std::string reason) {
  return {std::move(id), "inventory", "/" + std::string(path), std::move(reason), model::GapEffect::unknown};
}

void note_unread_database(const layers::ImageView& image, std::string_view path, const std::vector<FoundFacts>& found,
                          Inventory& out) {
  const auto target = image.resolve(path);
  if (!target || image.entry(*target).type != layers::EntryType::file || image.entry(*target).size == 0) return;
  if (std::none_of(found.begin(), found.end(), [&](const FoundFacts& f) { return f.file == *target; }))
    out.gaps.push_back(database_gap("package-database-unreadable", path, "the package database could not be read"));
}

Inventory take_inventory(const layers::ImageView& image, std::vector<model::Package> programs) {
  Inventory inventory;
  if (const auto* const first = AnalyzerRegistry::find(k_first_analyzer)) first->instance->resolve(image, inventory);
  for (const auto& analyzer : AnalyzerRegistry::all())
    if (analyzer.descriptor.id != k_first_analyzer) analyzer.instance->resolve(image, inventory);
  set_other_systems_apart(image, inventory);
  check_distribution(inventory, &image);
  std::move(programs.begin(), programs.end(), std::back_inserter(inventory.packages));
  set_overlaps_apart(image, inventory);

  const DatabaseHistory history = database_history(image);
  for (auto* const list : {&inventory.packages, &inventory.declared, &inventory.overlaps}) {
    attribute_all(image, history, *list);
    sort_unique(*list);
  }
  for (model::Gap& gap : note_edited_databases(image, inventory, dropped_from(history, inventory.packages),
                                               changed_in(image, history, inventory.packages)))
    inventory.gaps.push_back(std::move(gap));
  for (model::Gap& gap : note_removed_lists(image, inventory)) inventory.gaps.push_back(std::move(gap));
  if (!inventory.has_package_database)
    inventory.gaps.push_back({"no-package-database", "inventory", "", "no package database was found in the image",
                              model::GapEffect::unknown});
  std::sort(inventory.gaps.begin(), inventory.gaps.end());
  inventory.gaps.erase(std::unique(inventory.gaps.begin(), inventory.gaps.end()), inventory.gaps.end());
  return inventory;
}

}  // namespace hullcheck::inventory
