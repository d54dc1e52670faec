// What somebody put beside an image: an envelope, the statement in it, and in that a VEX document.
//
//   sigstore bundle   {dsseEnvelope: …, verificationMaterial}      cosign 3, GitHub
//   DSSE envelope     {payloadType, payload: base64, signatures}   cosign
//   in-toto statement {_type, subject: [{digest: {sha256}}], predicateType, predicate}   BuildKit, as it is
//   cosign's own      predicate {Data: "…"}
// Hostile: all of it. Wrappings are opened three deep, base64 and sizes are bounded. Signatures are not verified.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "util/result.hpp"

namespace hullcheck::acquire {

constexpr std::size_t k_attestation_bytes = 32u << 20;

struct OpenedAttestation {
  std::string document;        // JSON; "" for a statement about something else than flaws
  bool is_signed = false;      // there is a signature
  bool names_subject = false;  // an in-toto statement, whose subject is one of those asked for
};

// True for predicate types and media types that may hold a VEX document; "" may.
bool may_hold_vex(std::string_view type);

// `subjects`: digests ("sha256:…") of what is asked about. Errors: "vex-unreadable", "vex-subject-mismatch" (a
// statement about another image), "vex-limit".
Result<OpenedAttestation> open_attestation(std::string_view bytes, const std::set<std::string>& subjects);

}  // namespace hullcheck::acquire
