// Goal: what reading bar and trade files, generating bars and a simulated venue's durable answers
// cost. Method: each beside its yardstick in the same process, because only ratios carry over
// between machines: counting line ends with memchr in what pread gives, zlib's inflate alone, and a
// bare append with fdatasync of as many bytes as the venue writes. Files lie in the folder for
// temporary files.

#include "tests/venues/gzip_bytes.hpp"
#include "tests/venues/temporary_folder.hpp"
#include "venues/history/bar_file_stream.hpp"
#include "venues/history/tick_file_stream.hpp"
#include "venues/simulated/bar_venue.hpp"
#include "venues/simulated/market_generator.hpp"

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace supreme::venues {
namespace {

using namespace std::chrono_literals;
using tests::gzip;
using tests::temporary_folder;
using tests::write_file;
using trading::decimal;
using trading::timestamp;

constexpr size_t row_count = 500'000;
constexpr auto beginning_of_time = timestamp::from_ns(std::numeric_limits<int64_t>::min());
const trading::instrument_id btc{"BTCUSDT"};

generated_market_settings market_settings() {
  generated_market_settings s;
  s.instrument = btc;
  s.start_price = decimal::literal("60000");
  s.start = timestamp::from_ms(1'600'000'000'000);
  s.interval = 60s;
  s.tick_size = decimal::literal("0.01");
  s.lot_size = decimal::literal("0.00001");
  return s;
}

/// The same bars in a file of six columns, in one of ten as Binance gives them, and gzipped.
struct sample_files {
  sample_files() {
    std::string narrow = "ts,open,high,low,close,volume\n";
    std::string wide = "ts,open,high,low,close,volume,quote_volume,trades,taker_base,taker_quote\n";
    std::string trades = "ts,price,size,side,trade_id\n";
    size_t id = 0;
    for (const auto& b : market_generator{market_settings()}.after(beginning_of_time, row_count)) {
      ++id;
      trades += std::to_string(b.open_time.ms()) + "," + b.close.to_string() + ","
                + b.volume.to_string() + (id % 2 == 0 ? ",buy," : ",sell,")
                + std::to_string(3'735'683'259 + id) + "\n";
      std::string row = std::to_string(b.open_time.ms());
      for (const auto value : {b.open, b.high, b.low, b.close, b.volume})
        row += "," + value.to_string();
      narrow += row + "\n";
      wide += row + ",12345678.12345678,4711,1234.12345678,1234567.12345678\n";
    }
    write_file(narrow_path, narrow);
    write_file(wide_path, wide);
    write_file(gzip_path, gzip(narrow));
    write_file(trades_path, trades);
  }

  temporary_folder folder;
  std::string narrow_path = folder.file("narrow.csv");
  std::string wide_path = folder.file("wide.csv");
  std::string gzip_path = folder.file("narrow.csv.gz");
  std::string trades_path = folder.file("trades.csv");
};

const sample_files& files() {
  static const sample_files f;
  return f;
}

void count_bytes(benchmark::State& state, const std::string& path) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations())
                          * static_cast<int64_t>(std::filesystem::file_size(path)));
}

void count_rows(benchmark::State& state) {
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * row_count));
}

// Bar files ---------------------------------------------------------------------------------------

void count_lines(benchmark::State& state, const std::string& path) {
  std::vector<char> buffer(256 * 1024);
  for ([[maybe_unused]] auto round : state) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    size_t lines = 0;
    for (ssize_t got = 0; (got = ::read(descriptor, buffer.data(), buffer.size())) > 0;) {
      const char* at = buffer.data();
      const char* const end = at + got;
      while (
        (at = static_cast<const char*>(std::memchr(at, '\n', static_cast<size_t>(end - at))))) {
        ++lines;
        ++at;
      }
    }
    ::close(descriptor);
    if (lines != row_count + 1)
      state.SkipWithError("wrong number of lines");
  }
  count_rows(state);
}

void check(benchmark::State& state, const std::string& path) {
  for ([[maybe_unused]] auto round : state)
    if (const auto checked = check_file({path, btc, 60s}); !checked || checked->rows != row_count)
      state.SkipWithError("the file is not good");
  count_rows(state);
}

void read_pages(benchmark::State& state, const std::string& path) {
  auto file = std::move(bar_file::open({path, btc, 60s})).value();
  for ([[maybe_unused]] auto round : state) {
    size_t rows = 0;
    auto last = beginning_of_time;
    for (;;) {
      const auto page = file->after(last, 4'096);
      rows += page.size();
      if (page.empty())
        break;
      last = page.back().close_time();
    }
    if (rows != row_count)
      state.SkipWithError("wrong number of rows");
  }
  count_rows(state);
}

void stream(benchmark::State& state, const std::string& path) {
  for ([[maybe_unused]] auto round : state) {
    bar_file_stream bars{{path, btc, 60s}};
    size_t rows = 0;
    for (auto batch = bars.next(); !batch.empty(); batch = bars.next())
      rows += batch.size();
    if (rows != row_count)
      state.SkipWithError("wrong number of rows");
  }
  count_rows(state);
}

void memchr_trades(benchmark::State& state) { count_lines(state, files().trades_path); }
void stream_trades(benchmark::State& state) {
  for ([[maybe_unused]] auto round : state) {
    trade_file_stream trades{files().trades_path};
    size_t rows = 0;
    for (auto batch = trades.next(); !batch.empty(); batch = trades.next())
      rows += batch.size();
    if (rows != row_count)
      state.SkipWithError("wrong number of rows");
  }
  count_rows(state);
  count_bytes(state, files().trades_path);
}

void inflate_alone(benchmark::State& state) {
  std::vector<char> buffer(256 * 1024);
  for ([[maybe_unused]] auto round : state) {
    const gzFile in = ::gzopen(files().gzip_path.c_str(), "rb");
    ::gzbuffer(in, 64 * 1024);
    while (::gzread(in, buffer.data(), static_cast<unsigned>(buffer.size())) > 0)
      benchmark::DoNotOptimize(buffer.data());
    ::gzclose(in);
  }
  count_rows(state);
}

void memchr_narrow(benchmark::State& state) { count_lines(state, files().narrow_path); }
void check_narrow(benchmark::State& state) { check(state, files().narrow_path); }
void read_narrow(benchmark::State& state) { read_pages(state, files().narrow_path); }
void stream_narrow(benchmark::State& state) {
  stream(state, files().narrow_path);
  count_bytes(state, files().narrow_path);
}
void memchr_wide(benchmark::State& state) { count_lines(state, files().wide_path); }
void check_wide(benchmark::State& state) { check(state, files().wide_path); }
void stream_wide(benchmark::State& state) {
  stream(state, files().wide_path);
  count_bytes(state, files().wide_path);
}
void check_gzip(benchmark::State& state) { check(state, files().gzip_path); }
void stream_gzip(benchmark::State& state) { stream(state, files().gzip_path); }
BENCHMARK(memchr_narrow)->Unit(benchmark::kMillisecond);
BENCHMARK(check_narrow)->Unit(benchmark::kMillisecond);
BENCHMARK(read_narrow)->Unit(benchmark::kMillisecond);
BENCHMARK(stream_narrow)->Unit(benchmark::kMillisecond);
BENCHMARK(memchr_wide)->Unit(benchmark::kMillisecond);
BENCHMARK(check_wide)->Unit(benchmark::kMillisecond);
BENCHMARK(stream_wide)->Unit(benchmark::kMillisecond);
BENCHMARK(memchr_trades)->Unit(benchmark::kMillisecond);
BENCHMARK(stream_trades)->Unit(benchmark::kMillisecond);
BENCHMARK(inflate_alone)->Unit(benchmark::kMillisecond);
BENCHMARK(check_gzip)->Unit(benchmark::kMillisecond);
BENCHMARK(stream_gzip)->Unit(benchmark::kMillisecond);

void read_at_random(benchmark::State& state, const std::string& path) {
  auto file = std::move(bar_file::open({path, btc, 60s})).value();
  uint64_t place = 1;
  for ([[maybe_unused]] auto round : state) {
    place = place * 6364136223846793005U + 1442695040888963407U;
    const auto from =
      market_settings().start + 60s * static_cast<int64_t>((place >> 33) % row_count);
    benchmark::DoNotOptimize(file->after(from, 100));
  }
}
void seek_narrow(benchmark::State& state) { read_at_random(state, files().narrow_path); }
void seek_gzip(benchmark::State& state) { read_at_random(state, files().gzip_path); }
BENCHMARK(seek_narrow)->Unit(benchmark::kMicrosecond);
BENCHMARK(seek_gzip)->Unit(benchmark::kMicrosecond);

void generate(benchmark::State& state) {
  for ([[maybe_unused]] auto round : state)
    benchmark::DoNotOptimize(market_generator{market_settings()}.after(beginning_of_time, 100'000));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * 100'000));
}
BENCHMARK(generate)->Unit(benchmark::kMillisecond);

// The venue ---------------------------------------------------------------------------------------

void bare_append_and_sync(benchmark::State& state) {
  const temporary_folder folder;
  const int descriptor =
    ::open(folder.file("bare").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const std::string bytes(static_cast<size_t>(state.range(0)), 'x');
  for ([[maybe_unused]] auto round : state)
    if (::write(descriptor, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())
        || ::fdatasync(descriptor) != 0)
      state.SkipWithError("cannot write");
  ::close(descriptor);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(bare_append_and_sync)->Arg(100)->Unit(benchmark::kMicrosecond);

const trading::account_id account{"main"};

struct sample_venue {
  sample_venue() {
    bar_venue_settings s;
    s.id = trading::venue_id{"sim"};
    s.ledger_file = folder.file("ledger");
    s.instruments = {{btc, trading::asset_id{"BTC"}, trading::asset_id{"USDT"},
                      decimal::literal("0.01"), decimal::literal("0.00001"), decimal{}}};
    venue = std::move(bar_venue::open(s)).value();
    (void)venue->handle({logon{account, 1}}, 0);
  }

  submit next_order() {
    submit c;
    c.account = account;
    c.session = 1;
    c.id = trading::client_order_id{"o-" + std::to_string(++orders)};
    c.instrument = btc;
    c.size = decimal::literal("0.01");
    return c;
  }

  step next_step() {
    auto bars = market.after(last_close, 1);
    last_close = bars.at(0).close_time();
    return {"main", ++steps, last_close, std::move(bars)};
  }

  temporary_folder folder;
  std::unique_ptr<bar_venue> venue;
  market_generator market{market_settings()};
  timestamp last_close = beginning_of_time;
  uint64_t orders = 0;
  uint64_t steps = 0;
};

void venue_step(benchmark::State& state) {
  sample_venue v;
  for ([[maybe_unused]] auto round : state)
    benchmark::DoNotOptimize(v.venue->handle({v.next_step()}, 0));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(venue_step)->Unit(benchmark::kMicrosecond);

void venue_orders(benchmark::State& state) {
  sample_venue v;
  const auto batch_size = static_cast<size_t>(state.range(0));
  for ([[maybe_unused]] auto round : state) {
    std::vector<command> batch;
    while (batch.size() < batch_size)
      batch.push_back(v.next_order());
    benchmark::DoNotOptimize(v.venue->handle(batch, 0));
    // Without a step from time to time the account would run into its limit of open orders.
    if (v.orders % 512 == 0)
      benchmark::DoNotOptimize(v.venue->handle({v.next_step()}, 0));
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * batch_size));
}
BENCHMARK(venue_orders)->Arg(1)->Arg(64)->Unit(benchmark::kMicrosecond);

void venue_query(benchmark::State& state) {
  sample_venue v;
  const auto order = v.next_order();
  (void)v.venue->handle({order}, 0);
  for ([[maybe_unused]] auto round : state)
    benchmark::DoNotOptimize(v.venue->handle({query{account, order.id}}, 0));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(venue_query);

/// Prints as usual and keeps the rates for the ratios.
class rate_keeper : public benchmark::ConsoleReporter {
public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const auto& run : runs)
      if (const auto rate = run.counters.find("items_per_second"); rate != run.counters.end())
        // Real time: a sync costs the disk's time, not the processor's.
        rates_[run.benchmark_name()] = static_cast<double>(rate->second.value)
                                       * run.cpu_accumulated_time / run.real_accumulated_time;
    ConsoleReporter::ReportRuns(runs);
  }

  void print_ratios() const {
    std::printf("\n");
    print("check_narrow", "memchr_narrow");
    print("read_narrow", "memchr_narrow");
    print("stream_narrow", "memchr_narrow");
    print("stream_wide", "memchr_wide");
    print("stream_trades", "memchr_trades");
    print("check_wide", "memchr_wide");
    print("check_gzip", "inflate_alone");
    print("stream_gzip", "inflate_alone");
    print("venue_step", "bare_append_and_sync/100");
    print("venue_orders/1", "bare_append_and_sync/100");
    print("venue_orders/64", "bare_append_and_sync/100");
  }

private:
  void print(const std::string& name, const std::string& yardstick) const {
    const auto ours = rates_.find(name);
    const auto bare = rates_.find(yardstick);
    if (ours != rates_.end() && bare != rates_.end())
      std::printf("%-18s %14.0f/s = %8.3f of %s\n", name.c_str(), ours->second,
                  ours->second / bare->second, yardstick.c_str());
  }

  std::map<std::string, double> rates_;
};

} // namespace
} // namespace supreme::venues

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return EXIT_FAILURE;
  supreme::venues::rate_keeper reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.print_ratios();
  return EXIT_SUCCESS;
}
