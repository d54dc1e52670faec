#include "inventory/readers/lock_readers.hpp"

#include "inventory/readers/lock_forms.hpp"

namespace hullcheck::inventory {

std::string swift_name(std::string_view address) {
  const std::size_t scheme = address.find("://");
  const std::size_t user =
      address.substr(0, address.find('/', scheme == std::string_view::npos ? 0 : scheme + 3)).find('@');
  std::string name(address.substr(user != std::string_view::npos     ? user + 1
                                  : scheme != std::string_view::npos ? scheme + 3
                                                                     : 0));
  if (const std::size_t colon = name.find(':'); scheme == std::string_view::npos && colon != std::string::npos)
    name[colon] = '/';
  while (name.ends_with('/')) name.pop_back();
  if (name.ends_with(".git")) name.resize(name.size() - 4);
  return name;
}

const LockForm* lock_form(std::string_view file_name) {
  for (const auto forms : {json_lock_forms(), toml_lock_forms(), line_lock_forms(), xml_lock_forms()})
    for (const LockForm& form : forms)
      if (form.name.front() == '*' ? file_name.ends_with(form.name.substr(1)) : file_name == form.name) return &form;
  return nullptr;
}

}  // namespace hullcheck::inventory
