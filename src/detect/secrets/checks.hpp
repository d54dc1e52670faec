// What can be verified of a credential without asking anybody. See secrets::Check for the contract.
#pragma once

#include "detect/secrets/kind.hpp"

namespace hullcheck::detect::secrets {

// check_sums.cpp
Judgement check_base62_crc(const Around&);  // "PREFIX_" + 30 characters + CRC-32 of them in base 62 (GitHub, npm)
Judgement check_long_base62_crc(const Around&);  // the same in a fine-grained token
Judgement check_hex_crc(const Around&);      // "glsa_" + 32 characters + "_" + CRC-32 of all before in hex (Grafana)
Judgement check_age_key(const Around&);      // Bech32
Judgement check_base58check(const Around&);  // extended private keys of Bitcoin and its relatives
Judgement check_discord_token(const Around&);  // an account number in base64, a time, a signature

// check_structures.cpp
Judgement check_pypi_token(const Around&);       // a macaroon, version 2
Judgement check_jwt(const Around&);              // header and payload are JSON; who issued it, does it end
Judgement check_json_token(const Around&);       // base64 of a JSON object
Judgement check_base64_key(const Around&);       // decodes, to as many bytes as a key has
Judgement check_jfrog_reference(const Around&);  // base64 of "reftkn:…"
Judgement check_kubernetes_key(const Around&);   // base64 of a private key in PEM form
Judgement check_service_account(const Around&);  // Google's file with the private key beside the literal
Judgement check_jwk(const Around&);              // a JSON Web Key with its private part
Judgement check_putty_key(const Around&);        // PuTTY-User-Key-File
Judgement check_authorized_user(const Around&);  // Google's file of a user with a refresh token
Judgement check_keystore_json(const Around&);    // Ethereum's encrypted key, version 3
Judgement check_phrase(const Around&);           // 12 to 24 words, not those of the examples
Judgement check_hex_key(const Around&);          // a private key that is none of the development nodes'
Judgement check_django_key(const Around&);       // mixes letters, digits and signs as startproject does
Judgement check_registry_token(const Around&);   // of an npm configuration, where no other kind knows it

// check_pairs.cpp
Judgement check_aws_key(const Around&);      // account number of the key id; the secret beside it
Judgement check_aws_secret(const Around&);   // silent beside a key id, which reports both
Judgement check_alibaba_key(const Around&);  // the secret beside it
Judgement check_tencent_key(const Around&);

// check_urls.cpp
Judgement check_url_password(const Around&);  // SCHEME://USER:PASSWORD@HOST; the value is the password
Judgement check_key_value(const Around&);     // "Password=…;" of a connection string; the value is the password

}  // namespace hullcheck::detect::secrets
