#include "cli/db_shelf.hpp"

#include <fmt/format.h>

#include "advisories/shelf.hpp"
#include "cli/database_place.hpp"
#include "cli/db_commands.hpp"
#include "util/clock.hpp"
#include "util/text.hpp"

namespace hullcheck::cli {
namespace {

constexpr auto k_old = std::chrono::days(5);  // from when on scans no longer rely on a source

void line(std::FILE* out, const std::string& text) { fmt::print(out, "{}\n", text); }
std::string safe(std::string_view text) { return util::escape_for_terminal(text); }

acquire::AcquireContext context_of(const DbShelfArguments& arguments, util::Progress& progress,
                                   std::stop_token stop) {
  acquire::AcquireOptions options;
  options.insecure = arguments.insecure;
  return {std::move(options), {}, std::move(stop), progress};
}

std::string by_digest(const acquire::RegistryName& name, const advisories::ShelfResult& result) {
  return safe(fmt::format("oci://{}/{}@{}", name.host, name.repository, result.manifest_digest));
}

}  // namespace

Result<int> run_db_push(const DbShelfArguments& arguments, util::Progress& progress, std::stop_token stop,
                        std::FILE* out, std::FILE*) {
  const auto name = TRY(advisories::parse_shelf(arguments.name));
  const auto result = TRY(advisories::push_database(arguments.database, name,
                                                    arguments.slim ? advisories::Slim::yes : advisories::Slim::no,
                                                    context_of(arguments, progress, std::move(stop))));
  line(out, fmt::format("{}: {}, {}", safe(result.name), util::plural(result.bundle.records, "record"),
                        util::human_size(result.layer_bytes)));
  line(out, fmt::format("Digest of the content: {}", result.bundle.digest));
  line(out, fmt::format("Exactly this one: hullcheck db pull {}", by_digest(name, result)));
  return 0;
}

Result<int> run_db_pull(const DbShelfArguments& arguments, util::Progress& progress, std::stop_token stop,
                        std::FILE* out, std::FILE* error) {
  TRY(may_replace(arguments.given));
  const auto name = TRY(advisories::parse_shelf(arguments.name));
  const auto result = TRY(advisories::pull_database(name, arguments.database, {.allow_older = arguments.allow_older},
                                                    context_of(arguments, progress, std::move(stop))));
  const auto built = util::parse_rfc3339(result.bundle.built);
  const auto age = built ? std::max(arguments.now - *built, std::chrono::seconds(0)) : std::chrono::seconds(0);
  const std::string updated =
      built ? fmt::format("last updated at {} ({} old)", safe(result.bundle.built), age_text(age))
            : std::string("of an unknown age");
  if (result.unchanged)
    line(out, fmt::format("Unchanged: the advisory database is that of {} already, {}.", safe(result.name), updated));
  else
    line(out, fmt::format("The advisory database holds {} from {}, {}.",
                          util::plural(result.bundle.records, "record"), safe(result.name), updated));
  line(out, fmt::format("Digest of the content: {}", safe(result.bundle.digest)));
  line(out, fmt::format("It came from: {}", by_digest(name, result)));
  if (!built || age > k_old)
    line(error,
         "hullcheck: sources older than five days make answers \"unknown\"; ask whoever pushes this database "
         "to update it, or run: hullcheck db update" +
             database_option(arguments.given));
  return 0;
}

}  // namespace hullcheck::cli
