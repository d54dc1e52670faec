// What a value looks like: how random it is, and whether it only stands for one.
#pragma once

#include <string>
#include <string_view>

namespace hullcheck::detect::secrets {

// Shannon entropy in bits a character; 0 for the empty text.
double entropy(std::string_view text);

// True for what documentation, templates and tests write where a secret belongs: "xxxxxxxx", "<token>", "${TOKEN}",
// "changeme", "AKIA…EXAMPLE", runs and sequences of characters.
bool is_placeholder(std::string_view value);

// True for values that manuals and emulators publish for everybody to use.
bool is_published(std::string_view value);

// True for words that stand where a password does and protect nothing: "password", "secret", "root".
bool is_default_password(std::string_view value);

// True when it holds letters and digits: what people's passwords and all tokens do, and identifiers seldom.
bool has_letters_and_digits(std::string_view value);

// The only form in which a value is ever shown or stored: what of it is public (`shown` bytes of its begin), its
// length, and for values of at least 20 characters a short digest, by which the same token is known again in other
// places. Shorter ones get none: whoever reads a report could find a password by trying digests.
std::string masked(std::string_view value, std::size_t shown);

}  // namespace hullcheck::detect::secrets
