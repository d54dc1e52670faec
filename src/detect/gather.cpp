// All evidence of one image, each with its place: stored evidence of every layer, then what the shell detectors say
// about scripts and command lines, then what needs the image as a whole.
//
// Hostile: stored records may be damaged or forged (a cache, saved facts). One that does not decode is a gap of the
// file that it speaks of.
#include "detect/gather.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "detect/content/content_scan.hpp"
#include "detect/inner/unwrap.hpp"
#include "detect/shell/script_facts.hpp"
#include "detect/start/project_files.hpp"
#include "detect/start/start_files.hpp"
#include "util/shares.hpp"

namespace hullcheck::detect {
namespace {

using model::GapEffect;
using model::Visibility;

constexpr std::size_t k_most_missing_gaps = 20;
constexpr std::size_t k_script_share = 64;

// "config:Cmd" has part in the start, "config:history[2]" had in the build.
PlacedEvidence config_place(const std::string& name) {
  static constexpr std::array<std::string_view, 4> k_at_start{"Entrypoint", "Cmd", "Healthcheck", "Env"};
  PlacedEvidence place;
  place.path = name;
  place.visibility = Visibility::config;
  const std::string part = name.substr(std::min(name.size(), k_config_place.size()));
  place.build_time = part.starts_with("history") || part.starts_with("OnBuild");
  if (std::find(k_at_start.begin(), k_at_start.end(), part) != k_at_start.end()) {
    place.reach = Reach::start;
    place.chain = {part};
  }
  return place;
}

// Takes the suffix that says where in the file the content lies, "" for the file itself.
std::string take_inner(Evidence& evidence) {
  const auto found = std::find_if(evidence.values.begin(), evidence.values.end(),
                                  [](const auto& value) { return value.first == k_inner_key; });
  if (found == evidence.values.end()) return {};
  std::string suffix = std::move(found->second);
  evidence.values.erase(found);
  return suffix;
}

std::string path_text(const std::string& path) { return path.starts_with(k_config_place) ? path : "/" + path; }

std::vector<std::string> start_paths(const StartGraph& start) {
  std::vector<std::string> paths;
  for (const StartNode& node : start.nodes())
    if (node.file.layer != layers::k_none) paths.push_back(node.path);
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

}  // namespace

Gathering::Gathering(const layers::ImageView& image, const inventory::Inventory& inventory,
                     const inventory::Ownership& ownership, const UserFacts* user, std::size_t threads,
                     const ConfigFacts* config)
    : m_image(image),
      m_inventory(inventory),
      m_ownership(ownership),
      m_user(user),
      m_threads(threads),
      m_config(config != nullptr ? *config : config_facts_of(image.config())),
      m_search(image),
      m_start(image, &ownership, &m_config) {}

void Gathering::run() {
  from_records(layers::k_content_section);
  from_records(k_file_section);
  from_config();
  from_start_texts();
  from_scripts();
  from_start_files();
  from_build_texts();
  from_image();
  from_user();
  note_start();
}

PlacedEvidence Gathering::place(layers::FileRef file) const {
  PlacedEvidence place;
  place.file = file;
  place.path = m_image.path(file);
  place.visibility = m_image.visibility(file);
  place.reach = ImageContext{m_image, m_inventory, m_ownership, m_start, m_search, m_found.evidence}.reach(file);
  if (place.reach == Reach::start)
    if (const StartNode* node = m_start.find(file)) place.chain = node->chain;
  return place;
}

bool Gathering::owned_match(const PlacedEvidence& place) const {
  return place.file.layer != layers::k_none && m_ownership.integrity(place.file) == inventory::Integrity::owned_match;
}

// Large data has no digest to compare; a package that lists it answers for its form.
bool Gathering::owned(const PlacedEvidence& place) const {
  if (place.file.layer == layers::k_none) return false;
  const inventory::Integrity integrity = m_ownership.integrity(place.file);
  return integrity == inventory::Integrity::owned_match || integrity == inventory::Integrity::owned_unverified;
}

void Gathering::unreadable(const PlacedEvidence& place, const Error& error, Found& out) {
  out.gaps.push_back({error.name, "detect", path_text(place.path), error.message,
                      place.reach == Reach::buried ? GapEffect::note : GapEffect::unknown});
}

void Gathering::add_all(const PlacedEvidence& place, std::vector<Evidence> evidence, Found& out) const {
  for (Evidence& one : evidence) {
    const std::string path = place.path + take_inner(one);
    if (one.rule == k_inner_gap_rule) {
      const bool matters = one.value("effect") == "unknown" && place.reach != Reach::buried && !owned(place);
      out.gaps.push_back(
          {one.value("gap"), "detect", path_text(path), one.text, matters ? GapEffect::unknown : GapEffect::note});
      continue;
    }
    if (one.rule == k_hit_limit_rule) {
      const bool matters = !owned_match(place) && (one.value("effect") != "at-start" || place.reach == Reach::start);
      out.gaps.push_back({std::string(k_hit_limit_rule), "detect", path_text(path),
                          "too many places in this file look like " + one.text + "; not all were examined",
                          matters ? GapEffect::unknown : GapEffect::note});
      continue;
    }
    PlacedEvidence placed = place;
    placed.path = path;
    placed.suffix = path.size() - place.path.size();
    placed.evidence = std::move(one);
    out.evidence.push_back(std::move(placed));
  }
}

void Gathering::from_records(std::string_view section) {
  for (const layers::RecordRef& record : m_image.records(section)) {
    const PlacedEvidence at = place(record.file);
    auto evidence = decode_evidence(record.data);
    if (evidence.ok())
      add_all(at, std::move(evidence).value(), m_found);
    else
      unreadable(at, evidence.error(), m_found);
  }
}

void Gathering::from_config() {
  for (const PartFacts& part : m_config.parts) add_all(config_place(part.name), part.evidence, m_found);
}

void Gathering::ask_shell_detectors(const PlacedEvidence& place, std::uint32_t first_line, const ShellFacts& facts,
                                    Found& out) const {
  if (facts.truncated) {
    const bool matters = place.reach == Reach::start && !owned_match(place);
    out.gaps.push_back({"script-limit", "detect", path_text(place.path),
                        "this script is too large or too deeply nested to be followed to its end",
                        matters ? GapEffect::unknown : GapEffect::note});
  }
  const ShellUnit unit{place.path, place.file, first_line, place.reach, place.build_time, facts, &m_image.config()};
  for (const auto& entry : DetectorRegistry::all()) {
    EvidenceSink sink;
    entry.instance->shell(unit, sink);
    if (!sink.empty()) add_all(place, sink.take(), out);
  }
}

void Gathering::from_script(const layers::RecordRef& record, Found& out) const {
  const PlacedEvidence at = place(record.file);
  const layers::Entry& entry = m_image.entry(record.file);
  const bool text = entry.content == layers::ContentKind::text && !is_shell_script({entry, {}});
  if (text && at.reach != Reach::start) return;
  const auto facts = decode_shell_facts(record.data);
  if (facts.ok())
    ask_shell_detectors(at, 1, facts.value(), out);
  else
    unreadable(at, facts.error(), out);
}

// Scripts by the thousand are what takes longest here, and none depends on another.
void Gathering::from_scripts() {
  const std::vector<layers::RecordRef> records = m_image.records(k_script_section);
  std::vector<Found> found((records.size() + k_script_share - 1) / k_script_share);
  util::in_shares(m_threads, records.size(), k_script_share, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) from_script(records[i], found[begin / k_script_share]);
  });
  for (Found& part : found) {
    std::move(part.evidence.begin(), part.evidence.end(), std::back_inserter(m_found.evidence));
    std::move(part.gaps.begin(), part.gaps.end(), std::back_inserter(m_found.gaps));
  }
}

void Gathering::from_start_texts() {
  // An entrypoint and its arguments are looked at together and the arguments alone too: the same words need no second
  // mention.
  std::set<std::pair<std::string, std::string>> said;
  for (const StartText& text : m_start.texts()) {
    PlacedEvidence at;
    if (text.file.layer != layers::k_none) at = place(text.file);
    at.path = text.path;
    at.reach = Reach::start;
    at.chain = text.chain;
    if (text.file.layer == layers::k_none) at.visibility = Visibility::config;
    const std::size_t before = m_found.evidence.size();
    ask_shell_detectors(at, text.line, facts_of(text), m_found);
    if (text.file.layer != layers::k_none) continue;
    const auto repeated = std::remove_if(m_found.evidence.begin() + static_cast<std::ptrdiff_t>(before),
                                         m_found.evidence.end(), [&](const PlacedEvidence& placed) {
                                           return !said.insert({placed.evidence.rule, placed.evidence.text}).second;
                                         });
    m_found.evidence.erase(repeated, m_found.evidence.end());
  }
}

void Gathering::from_start_files() {
  std::set<layers::FileRef> taken;
  for (const StartText& text : m_start.texts()) taken.insert(text.file);
  for (const layers::RecordRef& record : m_image.records(k_start_section)) {
    const PlacedEvidence at = place(record.file);
    const auto file = decode_start_file(record.data);
    if (!file.ok()) {
      unreadable(at, file.error(), m_found);
      continue;
    }
    if (runs_when_named(file.value().kind) && !taken.contains(record.file)) continue;
    if (file.value().truncated)
      unreadable(at, make_error(ErrorCode::limit, "start-file-limit", "not all of its commands were examined"),
                 m_found);
    if (file.value().kind == StartFileKind::preload || taken.contains(record.file)) continue;
    for (const StartCommand& command : file.value().commands)
      if (!names_a_unit(file.value(), command))
        ask_shell_detectors(at, command.line, command.facts ? *command.facts : facts_of_text(command.command),
                            m_found);
  }
}

void Gathering::from_build_texts() {
  for (const PartFacts& part : m_config.parts)
    if (part.commands) ask_shell_detectors(config_place(part.name), 1, *part.commands, m_found);
}

void Gathering::from_image() {
  const ImageContext context{m_image, m_inventory, m_ownership, m_start, m_search, m_found.evidence};
  const auto& detectors = DetectorRegistry::all();
  std::vector<std::vector<PlacedEvidence>> parts(detectors.size());
  util::in_shares(m_threads, detectors.size(), 1, [&](std::size_t begin, std::size_t) {
    ImageEvidence sink;
    detectors[begin].instance->image(context, sink);
    parts[begin] = sink.take();
  });
  for (std::vector<PlacedEvidence>& part : parts)
    std::move(part.begin(), part.end(), std::back_inserter(m_found.evidence));
}

// After the detectors' own view of the image, which is the same with and without such rules.
void Gathering::from_user() {
  if (m_user == nullptr || !m_user->present) return;
  for (const auto& [section, fingerprint] : m_user->sections)
    for (const layers::RecordRef& record : m_image.records(section)) {
      if (m_image.layer(record.file.layer)->sections.at(section).fingerprint != fingerprint) continue;
      const PlacedEvidence at = place(record.file);
      auto evidence = decode_evidence(record.data);
      if (evidence.ok())
        add_all(at, std::move(evidence).value(), m_found);
      else
        unreadable(at, evidence.error(), m_found);
    }
  for (const UserEvidence& one : m_user->evidence) {
    if (one.layer != layers::k_none) {
      const layers::LayerFacts* const facts = one.layer < m_image.layer_count() ? m_image.layer(one.layer) : nullptr;
      if (facts != nullptr && one.entry < facts->entries.size())
        add_all(place({one.layer, one.entry}), {one.evidence}, m_found);
      continue;
    }
    PlacedEvidence at;
    at.path = one.part;
    at.visibility = Visibility::config;
    at.build_time = one.part.starts_with("config:history") || one.part.starts_with("config:OnBuild");
    add_all(at, {one.evidence}, m_found);
  }
  m_found.gaps.insert(m_found.gaps.end(), m_user->gaps.begin(), m_user->gaps.end());
}

// What the image itself is told to start but does not hold: mounted when it runs, or fetched. Profiles and cron jobs
// name optional programs all the time.
void Gathering::note_start() {
  static constexpr std::array<std::string_view, 3> k_told{"Entrypoint", "Cmd", "Healthcheck"};
  std::size_t count = 0;
  for (const StartNode& node : m_start.missing()) {
    if (node.chain.size() > 2 || std::find(k_told.begin(), k_told.end(), node.chain.front()) == k_told.end())
      continue;
    if (++count > k_most_missing_gaps) continue;
    m_found.gaps.push_back({"start-target-missing", "detect", path_text(node.path),
                            "started by " + node.chain.front() + ", and not in the image", GapEffect::note});
  }
  for (const StartNode& node : m_start.cut_off())
    m_found.gaps.push_back({"start-chain-limit", "detect", path_text(node.path),
                            "this script stands at the end of a long chain, and what it starts was not followed",
                            GapEffect::unknown});
  if (m_start.too_many())
    m_found.gaps.push_back(
        {"start-chain-limit", "detect", "", "more files are started than are followed", GapEffect::unknown});
  for (const std::string& path : m_start.unread())
    m_found.gaps.push_back(
        {"start-file-linked", "detect", path_text(path),
         "the file stands under another name in its layer, and was not read as what starts things here",
         GapEffect::unknown});
}

Reach ImageContext::reach(layers::FileRef file) const {
  if (file.layer == layers::k_none) return Reach::start;
  if (image.visibility(file) != Visibility::final) return Reach::buried;
  if (start.find(file) != nullptr) return Reach::start;
  return search.holds(image.path(file), image.entry(image.content_of(file))) ? Reach::search_path : Reach::present;
}

Assessment assess(const layers::ImageView& image, const inventory::Inventory& inventory,
                  const inventory::Ownership& ownership, const UserFacts* user, std::size_t threads,
                  const ConfigFacts* config) {
  static const std::vector<UserRule> k_none;
  Gathering gathering(image, inventory, ownership, user, threads, config);
  gathering.run();
  weigh(image, ownership, gathering.evidence());
  Assessment assessment =
      decide(image, std::move(gathering.evidence()), user != nullptr && user->present ? user->rules : k_none);
  assessment.start = start_paths(gathering.start());
  assessment.gaps = std::move(gathering.gaps());
  std::sort(assessment.gaps.begin(), assessment.gaps.end());
  assessment.gaps.erase(std::unique(assessment.gaps.begin(), assessment.gaps.end()), assessment.gaps.end());
  return assessment;
}

std::vector<PlacedEvidence> observe(const layers::ImageView& image, const inventory::Inventory& inventory,
                                    const inventory::Ownership& ownership, const UserFacts* user,
                                    const ConfigFacts* config) {
  Gathering gathering(image, inventory, ownership, user, 1, config);
  gathering.run();
  weigh(image, ownership, gathering.evidence());
  return std::move(gathering.evidence());
}

}  // namespace hullcheck::detect
