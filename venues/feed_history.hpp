#pragma once

#include "config/settings.hpp"
#include "venues/bar_history.hpp"
#include "venues/history/bar_reader.hpp"

#include <memory>

namespace supreme::venues {

/// Where a file feed has an instrument's bars, with the factors they are adjusted by. The
/// instrument is one of the feed's. Throws defective_data where its factors are.
[[nodiscard]] bar_file_settings file_of(const config::feed_settings& feed,
                                        const trading::instrument_id& id);

/// Opens the bars of one instrument of a configured feed: a file, which is checked as a whole, or a
/// generated market. The instrument is one of the feed's and of the settings'. Throws
/// std::runtime_error naming file, line and reason.
[[nodiscard]] std::unique_ptr<bar_history> open_history(const config::cluster_settings& settings,
                                                        const config::feed_settings& feed,
                                                        const trading::instrument_id& id);

} // namespace supreme::venues
