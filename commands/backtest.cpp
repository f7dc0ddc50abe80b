#include "commands/backtest_report.hpp"
#include "commands/backtest_setup.hpp"
#include "commands/backtest_tables.hpp"
#include "commands/html_report.hpp"
#include "commands/interrupt.hpp"
#include "commands/report/number_text.hpp"
#include "commands/progress_line.hpp"
#include "commands/result_file.hpp"
#include "commands/tick_inputs.hpp"
#include "trading/backtest/result_collector.hpp"

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <memory>
#include <ostream>

namespace supreme::commands {

namespace {

struct backtest_options {
  std::shared_ptr<backtest_source> source;
  std::string json_file;
  std::string report_file;
  std::string trades_file;
  std::string fills_file;
  std::string equity_file;
};

trading::tick_settings settings_of(const prepared_backtest& backtest, const tick_inputs& ticks) {
  trading::tick_settings settings;
  settings.bar_interval = backtest.tick_bars;
  settings.liquidity = ticks.liquidity();
  return settings;
}

trading::backtest_result run(const prepared_backtest& backtest, const market_inputs& market,
                             const tick_inputs& ticks, std::ostream* fills, std::ostream* equity,
                             const verb_context& context) {
  trading::result_collector collector{backtest.plan};
  table_writer tables{collector, fills, equity};
  const bool has_tables = fills != nullptr || equity != nullptr;
  auto& listener = has_tables ? static_cast<trading::backtest_listener&>(tables) : collector;
  const interrupt_guard guard;
  progress_line progress{terminal_of(context), market.from(), market.to()};
  bool complete = true;
  const auto go_on = [&](const trading::run_progress& done) {
    progress.show(done);
    complete = !interrupt_guard::is_interrupted();
    return complete;
  };
  try {
    if (!backtest.ticks.empty()) {
      trading::tick_engine engine{backtest.plan, settings_of(backtest, ticks), listener};
      collector.watch(engine.account());
      trading::run_tick_backtest(engine, ticks.inputs(), go_on);
      return std::move(collector).result(complete);
    }
    trading::backtest_engine engine{backtest.plan, listener};
    collector.watch(engine);
    trading::run_backtest(engine, market.inputs(), go_on);
    return std::move(collector).result(complete);
  } catch (const std::exception& why) {
    throw verb_error(std::string{"the backtest ended: "} + why.what());
  }
}

void print(std::ostream& out, const std::string& name, const std::string& text) {
  out << name << std::string(10 - name.size(), ' ') << text << '\n';
}

/// Prints notes, and keeps them for what is written to files.
void note(const std::vector<std::string>& notes, setting_lines& lines, std::ostream& out) {
  for (const auto& text : notes) {
    lines.emplace_back("note", text);
    print(out, "note", text);
  }
}

report_heading heading_of(const prepared_backtest& backtest, const setting_lines& lines) {
  std::string names;
  for (const auto& s : backtest.plan.strategies)
    names += (names.empty() ? "" : ", ") + s.id.str();
  return {"Backtest of " + names, "account " + backtest.plan.account.str(), lines};
}

void run_backtest(const backtest_options& options, verb_context& context) {
  const auto backtest = prepare_backtest(*options.source, context);
  require_apart({options.json_file, options.report_file, options.trades_file, options.fills_file,
                 options.equity_file},
                backtest.files);
  const market_inputs market{backtest.settings, backtest.market};
  const tick_inputs ticks{backtest.ticks};
  result_file json{options.json_file};
  result_file page{options.report_file};
  result_file trades{options.trades_file};
  result_file fills{options.fills_file};
  result_file equity{options.equity_file};
  auto lines = backtest.lines;
  for (const auto& [name, text] : lines)
    print(context.out, name, text);
  note(market.notes(), lines, context.out);
  const auto result = run(backtest, market, ticks, fills.stream(), equity.stream(), context);
  if (result.steps == 0)
    throw verb_error("there are no bars in this period");
  note(ticks.notes(), lines, context.out);
  print_summary(context.out, result);
  if (auto* out = json.stream())
    *out << to_json(result, lines).dump(2) << '\n';
  if (auto* out = page.stream())
    write_html_report(*out, heading_of(backtest, lines), result);
  if (auto* out = trades.stream())
    write_trades(*out, result);
  for (auto* file : {&json, &page, &trades, &fills, &equity})
    file->finish();
  if (result.complete)
    return;
  context.err << "supreme: interrupted after " << report::whole_text(result.bars)
              << " bars: the result is that of a part\n";
  context.exit_code = exit_interrupted;
}

} // namespace

void add_backtest(CLI::App& app, verb_context& context) {
  auto* verb = app.add_subcommand("backtest", "Run strategies over recorded bars or ticks");
  auto options = std::make_shared<backtest_options>();
  options->source = add_backtest_source(*verb);
  const auto add = [&](const char* name, std::string& to, const char* type, const char* text) {
    return verb->add_option(name, to, text)->type_name(type);
  };
  add("--json", options->json_file, "FILE", "Write the result there");
  add("--report", options->report_file, "FILE", "Write the result there as an HTML page");
  add("--trades", options->trades_file, "FILE", "Write each closed trade there, as CSV");
  add("--fills", options->fills_file, "FILE", "Write each fill there, as CSV");
  add("--equity", options->equity_file, "FILE", "Write each step's equity there, as CSV");
  verb->callback([options, verb, &context] {
    read_source(*verb, *options->source);
    run_backtest(*options, context);
  });
}

} // namespace supreme::commands
