// Keys and tickets that are no PEM block (those are found by private_key.cpp).
#include "detect/secrets/checks.hpp"
#include "detect/secrets/kind.hpp"

namespace hullcheck::detect::secrets {
namespace {

using enum Strength;
using enum Form;

constexpr Kind k_kinds[] = {
    {"secret/jwt", "JSON Web Token", "the issuer of the token", contextual, token,
     "eyJhbGciOi eyJ0eXAiOi eyJraWQiOi eyJhbGc6 eyJlbmMiOi",
     "eyJ[0-9A-Za-z_-]{10,}\\.eyJ[0-9A-Za-z_-]{10,}\\.[0-9A-Za-z_-]{20,}", 3.8, check_jwt, "{@jwt}"},
    {"secret/putty-key", "PuTTY private key", "you", verified, token, "PuTTY-User-Key-File-",
     "(PuTTY-User-Key-File-[123]: [a-z0-9-]{3,40}\\r?\\nEncryption: [a-z0-9-]{3,20})\\r?\\n", 0, check_putty_key,
     "{@putty}"},
    {"secret/age-key", "age private key", "you", verified, token, "AGE-SECRET-KEY-1",
     "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}", 3.6, check_age_key, "{@age}"},
    {"secret/json-web-key", "JSON Web Key with its private part", "you", verified, inside, "\"kty\"",
     "\"kty\"\\s*:\\s*(\"(?:RSA|EC|OKP)\")", 0, check_jwk, "{@jwk}", 0},
    {"secret/ethereum-keystore", "Ethereum keystore", "you", weak, inside, "\"ciphertext\"",
     "\"ciphertext\"\\s*:\\s*\"([0-9a-f]{64})\"", 3.0, check_keystore_json, "{@keystore}", 0},
    {"secret/wireguard-key", "WireGuard private key", "you", structured, inside,
     "PrivateKey\t= PrivateKey=", "PrivateKey[ \\t]{0,4}=[ \\t]{0,4}([0-9A-Za-z+/]{42}[AEIMQUYcgkosw048]=)", 3.9,
     check_base64_key, "PrivateKey = {b42}A=", 0},
    {"secret/openvpn-static-key", "OpenVPN static key", "you", structured, inside, "OpenVPN\tStatic\tkey\tV1",
     "OpenVPN Static key V1-----\\s+((?:[0-9a-f]{32}\\s+){16})-----END", 2.9, nullptr, "{@openvpn}", 0},
    {"secret/tor-service-key", "Tor onion service key", "you", weak, token,
     "==\ted25519v1-secret:", "(== ed25519v1-secret: type0 ==)\\x00\\x00\\x00", 0, nullptr, "{@tor}"},
    {"secret/dnssec-key", "DNSSEC private key", "you", structured, inside, "Private-key-format:",
     "Private-key-format: v1\\.[0-9]\\r?\\nAlgorithm: [0-9]{1,3} [^\\n]{0,40}\\n(?:[A-Za-z0-9]{3,20}: "
     "[^\\n]+\\n){0,8}?(?:PrivateKey|PrivateExponent): ([0-9A-Za-z+/]{40,}={0,2})",
     3.6, nullptr, "Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\nPrivateKey: {b43}=\n", 0},
    {"secret/minisign-key", "minisign secret key", "you", weak, token,
     "minisign\tencrypted\tsecret rsign\tencrypted\tsecret",
     "(?:minisign|rsign) encrypted secret key[^\\n]{0,80}\\r?\\n(RW[0-9A-Za-z+/]{200,212}={0,2})", 3.6, nullptr,
     "minisign encrypted secret key\nRW{b210}"},
    {"secret/signify-key", "signify secret key", "you", structured, token, "signify\tsecret\tkey",
     "signify secret key[^\\n]{0,80}\\r?\\n(RWRCSwAA[0-9A-Za-z+/]{120,140}={0,2})", 3.6, nullptr,
     "signify secret key\nRWRCSwAA{b132}=="},
    {"secret/bitcoin-extended-key", "Extended private key of a wallet", "you", verified, token, "xprv yprv zprv",
     "[xyz]prv[1-9A-HJ-NP-Za-km-z]{107,108}", 4.2, check_base58check, "{@xprv}"},
    {"secret/wallet-phrase", "Recovery phrase of a wallet", "you", contextual, assigned,
     "wallet_mnemonic mnemonic_phrase seed_phrase recovery_phrase wallet_seed secret_phrase",
     "[a-z]{3,8}(?: [a-z]{3,8}){11}(?:(?: [a-z]{3,8}){3}|(?: [a-z]{3,8}){6}|(?: [a-z]{3,8}){9}|(?: [a-z]{3,8}){12})?",
     2.8, check_phrase, "{@phrase}"},
    {"secret/ethereum-key", "Ethereum private key", "you", structured, assigned,
     "eth_private_key ethereum_private_key deployer_private_key wallet_private_key account_private_key "
     "private_key_eth owner_private_key signer_private_key",
     "(?:0x)?[0-9a-fA-F]{64}", 3.3, check_hex_key, "0x{x64}"},
    {"secret/solana-key", "Solana private key", "you", structured, assigned,
     "solana_private_key wallet_secret_key sol_private_key",
     "[1-9A-HJ-NP-Za-km-z]{86,90}|\\[(?:[0-9]{1,3}, ?){63}[0-9]{1,3}\\]", 3.0, nullptr, "{n88}"},
    {"secret/bitcoin-key", "Bitcoin private key", "you", verified, assigned,
     "btc_private_key bitcoin_private_key wif_key private_key_wif", "[5KL][1-9A-HJ-NP-Za-km-z]{50,51}", 4.0,
     check_base58check, "{@wif}"},
};

}  // namespace

std::span<const Kind> key_kinds() { return k_kinds; }

}  // namespace hullcheck::detect::secrets
