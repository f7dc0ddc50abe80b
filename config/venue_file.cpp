#include "config/common_sections.hpp"
#include "config/loader.hpp"
#include "config/toml_reader.hpp"

namespace supreme::config {

std::variant<simulated_venue_settings, problems>
parse_venue(std::string_view text, const std::string& file, const environment&) {
  report found{file};
  const auto parsed = parse_toml(text, file, found);
  if (!parsed)
    return found.take();
  table_reader root{found, *parsed, ""};
  simulated_venue_settings out;
  out.id = trading::venue_id{root.text("id", name_text)};
  out.listen = read_listen(root, "listen", true);
  out.tls = read_tls(root);
  out.ledger_file = root.text("ledger_file", path_text);
  out.instruments = read_instruments(root);
  out.taker_fee_ppb = root.bps_as_ppb("taker_fee_bps", 0, 1'000, out.taker_fee_ppb);
  // A venue may pay its makers, hence the negative range.
  out.maker_fee_ppb = root.bps_as_ppb("maker_fee_bps", -100, 1'000, out.maker_fee_ppb);
  out.slippage_ppb = root.bps_as_ppb("slippage_bps", 0, 1'000, out.slippage_ppb);
  out.max_volume_share_ppb =
    root.bps_as_ppb("max_volume_share_bps", 0, 10'000, out.max_volume_share_ppb);
  auto deposits = root.table("deposits");
  for (const auto& account : deposits.keys()) {
    if (!fits(account, name_text))
      deposits.problems_found().add(deposits.path_of(account),
                                    std::string{"expected an account: "} + name_text.description);
    out.deposits.emplace(account, read_balances(deposits.table(account)));
  }
  out.log_level = read_log_level(root);
  root.finish();
  if (!found.empty())
    return found.take();
  return out;
}

} // namespace supreme::config
