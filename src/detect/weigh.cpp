// What lowers the weight of evidence: a package that owns the file, documentation, a collection of security rules.
//
// Only facts that an attacker cannot write into the file itself count: a digest in a package database, and where the
// text stands, as long as nothing starts it. Words in a file never lower anything, nor do the lists that packages of
// languages bring of their own files.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "detect/gather.hpp"
#include "detect/image_support.hpp"
#include "detect/own_files.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_fewest_rules = 20;
constexpr std::size_t k_most_rule_digits = 7;

// Below usr, usr/local, or wherever a program built from source was put: opt/python/share/man.
constexpr std::array<std::string_view, 6> k_document_folders = {
    "share/doc/", "share/man/", "share/info/", "share/locale/", "share/help/", "share/gtk-doc/html/"};
constexpr std::array<std::string_view, 13> k_document_parts = {
    "test",     "tests",    "testdata", "__tests__", "spec",     "example",     "examples",
    "SelfTest", "selftest", "doc",      "docs",      "fixtures", "test_vectors"};
constexpr std::array<std::string_view, 7> k_document_names = {"README",  "CHANGELOG", "CHANGES", "LICENSE",
                                                              "COPYING", "NEWS",      "HISTORY"};

bool is_text(layers::ContentKind kind) {
  return kind == layers::ContentKind::text || kind == layers::ContentKind::script;
}

bool has_document_part(std::string_view path) {
  std::string_view folder = layers::parent_path(path);
  while (!folder.empty()) {
    const std::string_view name = layers::base_name(folder);
    if (std::find(k_document_parts.begin(), k_document_parts.end(), name) != k_document_parts.end()) return true;
    folder = layers::parent_path(folder);
  }
  return false;
}

bool is_document(const std::string& path, layers::ContentKind kind) {
  const auto in_folder = [&](std::string_view folder) {
    const std::size_t at = path.find(folder);
    return at != std::string::npos && (at == 0 || path[at - 1] == '/');
  };
  // Manuals are packed; everywhere else only text is documentation.
  if (std::any_of(k_document_folders.begin(), k_document_folders.end(), in_folder))
    return is_text(kind) || kind == layers::ContentKind::gzip;
  if (!is_text(kind)) return false;
  const std::string_view name = layers::base_name(path);
  const bool named = std::any_of(k_document_names.begin(), k_document_names.end(),
                                 [&](std::string_view start) { return name.starts_with(start); });
  return named || name.ends_with(".md") || name.ends_with(".rst") || has_document_part(path);
}

void lower(EvidenceClass& cls) {
  if (cls != EvidenceClass::context) cls = static_cast<EvidenceClass>(static_cast<std::uint8_t>(cls) + 1);
}

// "a/__pycache__/b.cpython-311.pyc" gives "a/b.py".
std::string source_of_compiled(std::string_view path) {
  const std::string_view folder = layers::parent_path(path);
  const std::string_view name = layers::base_name(path);
  if (layers::base_name(folder) != "__pycache__" || !name.ends_with(".pyc")) return {};
  return std::string(layers::parent_path(folder)) + "/" + std::string(name.substr(0, name.find('.'))) + ".py";
}

// What programs in Python hold that are as their packages shipped them: path, rule, text. Packages bring no compiled
// files; these are made at installation, so nobody owns them. Such a file that says what its source says as well is
// no more than that; whatever else it holds counts in full.
using Shipped = std::set<std::tuple<std::string, std::string, std::string>>;

Shipped shipped_python(const inventory::Ownership& ownership, const std::vector<PlacedEvidence>& evidence) {
  Shipped shipped;
  for (const PlacedEvidence& placed : evidence)
    if (placed.path.ends_with(".py") && placed.file.layer != layers::k_none && is_as_shipped(ownership, placed.file))
      shipped.insert({placed.path, placed.evidence.rule, placed.evidence.text});
  return shipped;
}

bool is_compiled_copy(const Shipped& shipped, const PlacedEvidence& placed) {
  const std::string source = source_of_compiled(placed.path);
  return !source.empty() && shipped.contains({source, placed.evidence.rule, placed.evidence.text});
}

void lower_by_place(const layers::ImageView& image, const inventory::Ownership& ownership, const Shipped& shipped,
                    PlacedEvidence& placed) {
  if (placed.file.layer == layers::k_none) return;
  const inventory::Integrity integrity = ownership.integrity(placed.file);
  // A user who writes a rule decides what a hit weighs, wherever it is.
  const bool ours = !is_user_rule(placed.evidence.rule);
  if (ours && (is_as_shipped(ownership, placed.file) || is_compiled_copy(shipped, placed)))
    lower(placed.evidence.cls);
  const layers::ContentKind kind = image.entry(image.content_of(placed.file)).content;
  placed.unowned_program = integrity == inventory::Integrity::unowned &&
                           (kind == layers::ContentKind::elf || kind == layers::ContentKind::script);
  if (ours && placed.reach <= Reach::present && is_document(placed.path, kind)) lower(placed.evidence.cls);
}

// Rule files may lie in one folder or one folder deeper, by topic.
using Folders = std::map<std::string, std::size_t, std::less<>>;

// Facts may come from anybody: only a plain number counts.
std::size_t rules_in(const Evidence& evidence) {
  const std::string count = evidence.value(k_corpus_count);
  if (count.empty()) return 1;
  const bool plain = count.size() <= k_most_rule_digits && count.find_first_not_of("0123456789") == std::string::npos;
  return plain ? std::stoul(count) : 0;
}

Folders rule_folders(const std::vector<PlacedEvidence>& evidence) {
  Folders folders;
  for (const PlacedEvidence& placed : evidence) {
    if (placed.evidence.rule != k_corpus_rule || placed.reach == Reach::start) continue;
    const std::string_view folder = layers::parent_path(placed.path);
    const std::size_t rules = rules_in(placed.evidence);
    folders[std::string(folder)] += rules;
    const std::string_view outer = layers::parent_path(folder);
    if (!outer.empty()) folders[std::string(outer)] += rules;
  }
  std::erase_if(folders, [](const auto& item) { return item.second < k_fewest_rules; });
  return folders;
}

// The folder of rules that holds the file, or null.
const std::string* corpus_of(const Folders& folders, std::string_view path) {
  const std::string_view folder = layers::parent_path(path);
  for (const std::string_view candidate : {folder, layers::parent_path(folder)})
    if (const auto found = folders.find(candidate); found != folders.end()) return &found->first;
  return nullptr;
}

void fold_corpora(std::vector<PlacedEvidence>& evidence) {
  const Folders folders = rule_folders(evidence);
  std::map<layers::FileRef, const std::string*> rule_files;
  std::map<std::string, PlacedEvidence> remarks;
  for (const PlacedEvidence& placed : evidence) {
    if (placed.evidence.rule != k_corpus_rule || placed.reach == Reach::start) continue;
    const std::string* folder = corpus_of(folders, placed.path);
    if (folder == nullptr) continue;
    rule_files[placed.file] = folder;
    remarks.try_emplace(*folder, placed);
  }
  std::map<std::string, std::size_t> set_aside;
  std::erase_if(evidence, [&](const PlacedEvidence& placed) {
    if (placed.evidence.rule == k_corpus_rule) return true;
    const auto found = rule_files.find(placed.file);
    if (found == rule_files.end() || placed.reach == Reach::start) return false;
    if (placed.evidence.rule.starts_with("hash:")) return false;  // the file itself is listed, not what it quotes
    ++set_aside[*found->second];
    return true;
  });
  for (auto& [folder, placed] : remarks) {
    if (set_aside[folder] == 0) continue;
    placed.path = folder;
    placed.evidence.text = std::to_string(folders.at(folder)) + " " + placed.evidence.text + "; " +
                           std::to_string(set_aside[folder]) + " observations in them are quotations";
    evidence.push_back(std::move(placed));
  }
}

// What the files of our own repository quote is one remark, as long as none of it is started.
void fold_own_repository(const layers::ImageView& image, std::vector<PlacedEvidence>& evidence) {
  std::map<layers::FileRef, std::optional<std::string>> files;
  std::map<std::string, std::size_t> quotations;
  std::map<std::string, PlacedEvidence> remarks;
  std::erase_if(evidence, [&](const PlacedEvidence& placed) {
    if (placed.file.layer == layers::k_none || placed.reach == Reach::start) return false;
    if (is_user_rule(placed.evidence.rule)) return false;
    const auto [at, fresh] = files.try_emplace(placed.file);
    if (const layers::FileDigests* const digests = fresh ? image.digests(placed.file) : nullptr)
      at->second = own_repository(image.path(placed.file), digests->sha256);  // of inner content: the outer file
    if (!at->second) return false;
    if (placed.evidence.rule == k_corpus_rule) return true;
    ++quotations[*at->second];
    remarks.try_emplace(*at->second, placed);
    return true;
  });
  for (auto& [folder, placed] : remarks) {
    Evidence evidence_of_all;
    evidence_of_all.rule = k_corpus_rule;
    evidence_of_all.cls = EvidenceClass::context;
    evidence_of_all.confidence = 100;
    evidence_of_all.text = "the repository of hullcheck; " + std::to_string(quotations.at(folder)) +
                           " observations in its sources and tests are quotations";
    placed.evidence = std::move(evidence_of_all);
    placed.path = folder;
    evidence.push_back(std::move(placed));
  }
}

// A token in a file that exists to hold one is found by its form and by its place: one of them is enough, the form
// says more.
void fold_secrets(std::vector<PlacedEvidence>& evidence) {
  constexpr std::string_view k_by_place = "secret/file-", k_by_name = "secret/config-value";
  std::set<std::tuple<std::string, layers::FileRef, std::uint64_t>> by_form;
  for (const PlacedEvidence& placed : evidence)
    if (is_secret_rule(placed.evidence.rule) && !placed.evidence.rule.starts_with(k_by_place) &&
        placed.evidence.rule != k_by_name)
      by_form.insert({placed.path, placed.file, placed.evidence.offset});
  if (by_form.empty()) return;
  std::erase_if(evidence, [&](const PlacedEvidence& placed) {
    return (placed.evidence.rule.starts_with(k_by_place) || placed.evidence.rule == k_by_name) &&
           by_form.contains({placed.path, placed.file, placed.evidence.offset});
  });
}

}  // namespace

void weigh(const layers::ImageView& image, const inventory::Ownership& ownership,
           std::vector<PlacedEvidence>& evidence) {
  std::erase_if(evidence, [](const PlacedEvidence& placed) { return placed.evidence.rule == k_hint_rule; });
  fold_corpora(evidence);
  fold_own_repository(image, evidence);
  fold_secrets(evidence);
  const Shipped shipped = shipped_python(ownership, evidence);
  for (PlacedEvidence& placed : evidence) lower_by_place(image, ownership, shipped, placed);
  // What is mere context in a file that is as its package shipped it says nothing about this image.
  std::erase_if(evidence, [&](const PlacedEvidence& placed) {
    return placed.evidence.cls == EvidenceClass::context && placed.file.layer != layers::k_none &&
           !is_user_rule(placed.evidence.rule) && !placed.evidence.rule.starts_with("B09") &&
           placed.evidence.value("dual-use").empty() && is_as_shipped(ownership, placed.file);
  });
}

}  // namespace hullcheck::detect
