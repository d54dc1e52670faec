// Hostile: the registry and everybody who may write to the repository. Every manifest and document must have the
// digest by which it was named; one that is about another image has no effect; counts and bytes are limited.
#include "acquire/statements.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "acquire/attestation.hpp"
#include "acquire/image_builder.hpp"
#include "util/digest.hpp"

namespace hullcheck::acquire {
namespace {

constexpr std::size_t k_shown_digits = 12;

class Finder {
 public:
  Finder(RegistryClient& client, model::Image& image, const AcquireContext& context, const StatementLimits& limits)
      : m_client(client), m_image(image), m_context(context), m_limits(limits) {
    for (const auto& digest : {image.manifest_digest, image.index_digest})
      if (util::is_digest(digest)) m_subjects.insert(digest);
  }

  void find(const std::map<std::string, std::string>& indexes) {
    m_image.statements_asked = true;
    for (const auto& subject : m_subjects) {
      referrers(subject);
      by_tag(tag_of(subject) + ".att", "");
    }
    if (const auto index = indexes.find(m_image.index_digest); index != indexes.end()) of_index(index->second);
    std::sort(m_image.statements.begin(), m_image.statements.end(),
              [](const auto& a, const auto& b) { return std::tie(a.name, a.text) < std::tie(b.name, b.text); });
  }

 private:
  static std::string tag_of(const std::string& digest) {
    std::string tag = digest;
    std::replace(tag.begin(), tag.end(), ':', '-');
    return tag;
  }

  void note(std::string id, const std::string& subject, std::string reason) {
    m_image.gaps.push_back(acquire_gap(std::move(id), subject, std::move(reason), model::GapEffect::note));
  }
  // "cancelled" is the business of whoever asked to stop.
  void trouble(const Error& error, const std::string& subject) {
    if (error.code == ErrorCode::cancelled) return;
    const bool named = error.name.starts_with("vex-");
    note(named ? error.name : "vex-registry-failed", subject,
         (named ? std::string() : std::string("statements about this image were not read: ")) + error.message);
  }

  void referrers(const std::string& subject) {
    auto pages = m_client.referrers(subject, m_context.limits.manifest_bytes, m_limits.pages);
    if (!pages) return trouble(pages.error(), "referrers of " + subject);
    if (pages->empty()) return by_tag(tag_of(subject), subject);
    for (const auto& page : *pages) list(page.bytes, subject);
  }

  // An index of referrers, or cosign's manifest with its envelopes. It is mostly not there.
  void by_tag(const std::string& tag, const std::string& subject) {
    const auto document = m_client.manifest(tag, m_context.limits.manifest_bytes);
    if (!document) {
      if (document.error().code != ErrorCode::not_found) trouble(document.error(), tag);
      return;
    }
    if (!subject.empty()) return list(document->bytes, subject);
    look_into(document->bytes, tag, "");
  }

  void list(const std::string& json, const std::string& subject) {
    const auto index = parse_artifact(json, m_context.limits);
    if (!index) return trouble(index.error(), "referrers of " + subject);
    for (const auto& part : index->manifests) {
      if (!may_hold_vex(part.artifact_type) || !may_hold_vex(part.annotation("dev.sigstore.bundle.predicateType")) ||
          !may_hold_vex(part.annotation("in-toto.io/predicate-type")))
        continue;
      manifest(part.digest, subject);
    }
  }

  // BuildKit: entries of the image's index that are about another entry of it.
  void of_index(const std::string& json) {
    const auto index = parse_artifact(json, m_context.limits);
    if (!index) return trouble(index.error(), m_image.index_digest);
    for (const auto& part : index->manifests)
      if (part.annotation("vnd.docker.reference.type") == "attestation-manifest" &&
          part.annotation("vnd.docker.reference.digest") == m_image.manifest_digest)
        manifest(part.digest, "");
  }

  // `subject`: what the manifest has to say that it is about; "" where its statements say that.
  void manifest(const std::string& digest, const std::string& subject) {
    if (m_context.stop.stop_requested() || !m_seen.insert(digest).second) return;
    if (!util::is_digest(digest)) return note("vex-unreadable", digest.substr(0, 100), "this is no digest");
    if (m_manifests++ == m_limits.manifests)
      return note(
          "vex-limit", digest,
          fmt::format("more than {} manifests refer to this image; the rest is not looked into", m_limits.manifests));
    if (m_manifests > m_limits.manifests) return;
    const auto document = m_client.manifest(digest, m_context.limits.manifest_bytes);
    if (!document) return trouble(document.error(), digest);
    if (digest_like(digest, document->bytes) != digest)
      return note("vex-digest-mismatch", digest,
                  "the registry gives another manifest: " + digest_like(digest, document->bytes));
    look_into(document->bytes, digest, subject);
  }

  void look_into(const std::string& json, const std::string& name, const std::string& subject) {
    const auto artifact = parse_artifact(json, m_context.limits);
    if (!artifact) return trouble(artifact.error(), name);
    if (!subject.empty() && artifact->subject != subject)
      return note("vex-subject-mismatch", name,
                  artifact->subject.empty()
                      ? "it is listed as referring to this image and refers to nothing"
                      : fmt::format("it refers to {}, which is not this image", artifact->subject.substr(0, 100)));
    for (const auto& layer : artifact->layers) {
      if (!may_hold_vex(layer.media_type) || !may_hold_vex(layer.annotation("predicateType")) ||
          !may_hold_vex(layer.annotation("in-toto.io/predicate-type")))
        continue;
      document(layer, !subject.empty());
    }
  }

  // `bound`: the manifest that it came in says that it is about this image, so the document need not.
  void document(const ArtifactPart& layer, bool bound) {
    if (m_context.stop.stop_requested() || !m_seen.insert(layer.digest).second) return;
    if (!util::is_digest(layer.digest))
      return note("vex-unreadable", layer.digest.substr(0, 100), "this is no digest");
    if (m_documents >= m_limits.documents || layer.size > k_attestation_bytes ||
        layer.size > m_limits.bytes - std::min(m_limits.bytes, m_bytes)) {
      if (m_full) return;
      m_full = true;
      return note("vex-limit", layer.digest,
                  "the attestations of this image are more, or larger, than any real ones; the rest is not read");
    }
    ++m_documents;
    auto bytes = read(layer);
    if (!bytes) return trouble(bytes.error(), layer.digest);
    auto opened = open_attestation(*bytes, m_subjects);
    if (!opened) return trouble(opened.error(), layer.digest);
    if (opened->document.empty()) return;
    if (!opened->names_subject && !bound)
      return note("vex-subject-mismatch", layer.digest, "the document does not say which image it is about");
    const std::string hex = layer.digest.substr(layer.digest.find(':') + 1, k_shown_digits);
    m_image.statements.push_back({"registry:sha256:" + hex, std::move(opened->document), opened->is_signed});
  }

  Result<std::string> read(const ArtifactPart& layer) {
    const auto stream = TRY(m_client.blob(layer.digest, layer.size));
    std::string text;
    for (Bytes block = TRY(stream->next()); !block.empty(); block = TRY(stream->next())) {
      if (block.size() > k_attestation_bytes - text.size())
        return make_error(ErrorCode::limit, "vex-limit", "the attestation is larger than any real one");
      text.append(as_text(block));
    }
    m_bytes += text.size();
    if (const std::string found = digest_like(layer.digest, text); found != layer.digest)
      return make_error(ErrorCode::mismatch, "vex-digest-mismatch", "the registry gives another document: " + found);
    return text;
  }

  RegistryClient& m_client;
  model::Image& m_image;
  const AcquireContext& m_context;
  const StatementLimits& m_limits;
  std::set<std::string> m_subjects, m_seen;
  std::size_t m_manifests = 0, m_documents = 0;
  std::uint64_t m_bytes = 0;
  bool m_full = false;
};

}  // namespace

void find_statements(RegistryClient& client, const std::map<std::string, std::string>& indexes, model::Image& image,
                     const AcquireContext& context, const StatementLimits& limits) {
  Finder(client, image, context, limits).find(indexes);
}

}  // namespace hullcheck::acquire
