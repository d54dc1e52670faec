#include <algorithm>
#include <set>

#include "detect/assess.hpp"
#include "detect/secrets/blank.hpp"
#include "detect/secrets/confirm.hpp"
#include "inventory/analyzer.hpp"
#include "scan/layer_runner.hpp"
#include "scan/scan.hpp"
#include "util/memory.hpp"

namespace hullcheck::scan {
namespace {

using model::Gap;
using model::GapEffect;

std::vector<layers::Section> all_sections() {
  std::vector<layers::Section> sections;
  for (const auto& analyzer : inventory::AnalyzerRegistry::all())
    sections.push_back({"inventory/" + std::string(analyzer.descriptor.id),
                        inventory::fingerprint(analyzer.descriptor), analyzer.instance.get()});
  for (layers::Section& section : detect::layer_sections()) sections.push_back(std::move(section));
  return sections;
}

Gap layer_gap(std::string id, std::string subject, std::string reason) {
  return {std::move(id), "layers", std::move(subject), std::move(reason), GapEffect::unknown};
}

std::string name_of(const model::LayerRef& layer) {
  if (!layer.blob_digest.empty()) return layer.blob_digest;
  return layer.diff_id.empty() ? layer.key : layer.diff_id;
}

// Promised against computed. A digest that could not be computed belongs to a layer with a gap of its own.
void check_digests(const model::LayerRef& promised, const LayerState& state, std::vector<Gap>& gaps) {
  const std::string subject = name_of(promised);
  const auto differs = [](const std::string& a, const std::string& b) { return !a.empty() && !b.empty() && a != b; };
  if (differs(promised.blob_digest, state.blob_digest))
    gaps.push_back(
        layer_gap("layer-digest-mismatch", subject,
                  "the manifest promises " + promised.blob_digest + ", the bytes are " + state.blob_digest));
  if (differs(promised.diff_id, state.diff_id))
    gaps.push_back(layer_gap("layer-diff-id-mismatch", subject,
                             "the config promises " + promised.diff_id + ", the content is " + state.diff_id));
  // A blob that was not read to its end has no digest, and its size says where it broke off.
  const bool whole = state.read && !state.trouble && !state.blob_digest.empty();
  if (whole && promised.size != 0 && state.blob_size != promised.size)
    gaps.push_back(layer_gap("layer-size-mismatch", subject,
                             "the manifest promises " + std::to_string(promised.size) + " bytes, there are " +
                                 std::to_string(state.blob_size)));
}

// Trouble inside the archive: stored with the facts, so a warm scan says the same.
void note_problems(const layers::LayerFacts& facts, const std::string& subject, std::vector<Gap>& gaps) {
  for (const layers::Problem& problem : facts.problems)
    gaps.push_back(layer_gap(problem.name, subject,
                             problem.subject.empty() ? problem.message : problem.subject + ": " + problem.message));
  if (!facts.complete && facts.problems.empty())
    gaps.push_back(layer_gap("layer-incomplete", subject, "the layer could not be read to its end"));
}

// An engine's layer, read from its export or known already: both times as it lies unpacked.
void tell_as_unpacked(model::LayerRef& promised, const LayerState& state) {
  model::LayerRef told;
  told.key = told.diff_id = promised.diff_id.empty() ? state.diff_id : promised.diff_id;
  if (!told.key.empty()) promised = std::move(told);
}

void add_layer(ImageFacts& facts, model::LayerRef& promised, const LayerState* state) {
  model::LayerSummary summary;
  summary.diff_id = promised.diff_id;
  summary.blob_digest = promised.blob_digest;
  summary.media_type = promised.media_type;
  summary.size = promised.size;
  if (state == nullptr || !state->facts) {
    if (!promised.missing)
      facts.image.gaps.push_back(layer_gap(
          state != nullptr && state->trouble ? state->trouble->name : "layer-missing", name_of(promised),
          state != nullptr && state->trouble ? state->trouble->describe() : "the layer's bytes are not there"));
    facts.layers.push_back(std::move(summary));
    facts.layer_facts.push_back(nullptr);
    return;
  }
  check_digests(promised, *state, facts.image.gaps);
  const bool of_engine = state->info.trusted_diff_id && !state->trouble;
  if (of_engine) tell_as_unpacked(promised, *state);
  if (state->trouble)
    facts.image.gaps.push_back(layer_gap(state->trouble->name, name_of(promised), state->trouble->describe()));
  else
    note_problems(*state->facts, name_of(promised), facts.image.gaps);
  if (!state->diff_id.empty()) summary.diff_id = state->diff_id;
  if (!state->blob_digest.empty()) summary.blob_digest = state->blob_digest;
  if (summary.size == 0) summary.size = state->blob_size;
  if (of_engine && !state->diff_id.empty()) {
    summary.blob_digest = state->diff_id;
    summary.media_type.clear();
    summary.size = state->facts->tar_size;
  }
  summary.files = state->facts->entries.size();
  summary.read = true;
  facts.layers.push_back(std::move(summary));
  facts.layer_facts.push_back(state->facts);
}

// An export that broke off never said which member is which layer; what came of them is known by its digests.
const LayerState* state_of(const model::LayerRef& promised, const std::map<std::string, LayerState>& layers) {
  if (const auto found = layers.find(promised.key); found != layers.end()) return &found->second;
  if (promised.diff_id.empty() || promised.missing) return nullptr;
  const LayerState* cut_off = nullptr;
  for (const auto& [key, state] : layers) {
    if (state.diff_id == promised.diff_id) return &state;
    if (state.diff_id.empty() && state.info.blob_digest == promised.diff_id) cut_off = &state;
  }
  return cut_off;
}

void name_creators(ImageFacts& facts) {
  std::vector<const model::HistoryEntry*> steps;
  for (const model::HistoryEntry& step : facts.image.config.history)
    if (!step.empty_layer) steps.push_back(&step);
  if (steps.size() != facts.layers.size()) return;  // history that does not fit explains nothing
  for (std::size_t i = 0; i < steps.size(); ++i) facts.layers[i].created_by = steps[i]->created_by;
}

ImageFacts put_together(const std::string& target, model::Image image, detect::ConfigFacts config,
                        const std::map<std::string, LayerState>& layers) {
  ImageFacts facts;
  facts.target = target;
  facts.image = std::move(image);
  facts.config = std::move(config);
  for (model::LayerRef& promised : facts.image.layers) add_layer(facts, promised, state_of(promised, layers));
  std::sort(facts.image.gaps.begin(), facts.image.gaps.end());
  facts.image.gaps.erase(std::unique(facts.image.gaps.begin(), facts.image.gaps.end()), facts.image.gaps.end());
  return facts;
}

// From here on nobody sees the configuration's secrets: what needs their values has been said.
void seal(ImageFacts& facts) {
  model::Image& image = facts.image;
  detect::secrets::blank(image.config);
  image.config_json.clear();
  name_creators(facts);
  for (model::Gap& gap : image.gaps)
    for (std::string* text : {&gap.subject, &gap.reason}) *text = detect::secrets::redacted(*text);
}

bool any_wrong_guess(const std::map<std::string, LayerState>& layers) {
  return std::any_of(layers.begin(), layers.end(), [](const auto& layer) { return layer.second.guessed_wrong; });
}

struct Read {
  std::vector<model::Image> images;
  std::vector<detect::ConfigFacts> configs;  // one for each image
  std::map<std::string, LayerState> layers;
};

Result<Read> read_source(const std::string& reference, const CollectOptions& options,
                         const RunnerOptions& runner_options, store::FactStore& store, std::stop_token stop,
                         util::Progress& progress, util::Profile& profile) {
  acquire::AcquireContext context{options.acquire, options.acquire_limits, stop, progress};
  LayerRunner runner(runner_options, store, stop, progress, profile);
  progress.stage("reading layers");
  auto images = acquire::acquire(reference, context, runner);
  Read read;
  if (images) {
    // Many sources are done while the layers are still being looked at.
    for (const model::Image& image : *images) read.configs.push_back(detect::config_facts_of(image.config));
    read.images = std::move(*images);
  }
  read.layers = runner.finish();
  if (!images) return std::move(images).error();
  return read;
}

}  // namespace

Result<Collected> collect(const std::string& reference, const CollectOptions& options, store::FactStore& store,
                          std::stop_token stop, util::Progress& progress, util::Profile& profile) {
  const util::Timer timer(profile, "collect");
  RunnerOptions runner;
  runner.analyse.sections = all_sections();
  runner.analyse.scan = &detect::content_scan(options.pattern_cache);
  if (options.rules)
    for (layers::Section& section : options.rules->sections()) runner.analyse.sections.push_back(std::move(section));
  runner.analyse.all_digests =
      options.all_digests || (options.rules && options.rules->depth() == detect::Depth::everything);
  runner.analyse.limits = options.layer_limits;
  runner.threads = options.threads;

  Read read = TRY(read_source(reference, options, runner, store, stop, progress, profile));
  if (any_wrong_guess(read.layers)) {
    runner.guess = false;
    read = TRY(read_source(reference, options, runner, store, stop, progress, profile));
  }
  util::give_back_freed_memory();

  Collected collected;
  collected.target = reference;
  collected.many = read.images.size() > 1;
  for (std::size_t i = 0; i < read.images.size(); ++i)
    collected.images.push_back(
        put_together(reference, std::move(read.images[i]), std::move(read.configs[i]), read.layers));
  if (options.rules) apply_rules(*options.rules, collected);
  for (ImageFacts& facts : collected.images) seal(facts);
  return collected;
}

void apply_rules(const detect::UserRules& rules, Collected& collected) {
  for (ImageFacts& facts : collected.images)
    if (!facts.user.present || facts.user.fingerprint != rules.fingerprint())
      facts.user = rules.facts_of(facts.image, facts.layer_facts);
}

}  // namespace hullcheck::scan
