#include "commands/demo_setup.hpp"

#include "commands/child_process.hpp"
#include "commands/data_file.hpp"
#include "commands/pki_store.hpp"
#include "commands/token_maker.hpp"
#include "commands/verbs.hpp"
#include "config/defaults.hpp"
#include "config/loader.hpp"
#include "commands/database.hpp"
#include "storage/migrate.hpp"
#include "storage/open.hpp"
#include "storage/sha256.hpp"
#include "venues/history/bar_file.hpp"

#include <fstream>
#include <pqxx/pqxx>
#include <sstream>

#include <cstdlib>
#include <set>

namespace supreme::commands {

namespace fs = std::filesystem;

namespace {

constexpr uint32_t nodes_max = 9;
constexpr const char* initial_cash = "100000"; ///< of the account, and deposited at the venue

std::string environment_or_throw(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0')
    throw verb_error(std::string{name} + " is not set: start the demo with ./supreme demo");
  return value;
}

void write_file(const fs::path& path, const std::string& text, bool secret = false) {
  std::ofstream out{path, std::ios::trunc};
  fs::permissions(path, secret
                          ? fs::perms::owner_read | fs::perms::owner_write
                          : fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  out << text;
  if (!out.flush())
    throw verb_error("cannot write " + path.string());
}

// -- database ----------------------------------------------------------------------

std::string start_database(bool resume) {
  auto script = environment_or_throw("SUPREME_HOME") + "/deploy/postgres.sh";
  auto url = output_of(script, {"start", "demo"});
  if (!resume) {
    auto database = url.find("/supreme?");
    if (database == std::string::npos)
      throw verb_error("the private PostgreSQL has an unexpected address: " + url);
    auto maintenance = url;
    maintenance.replace(database, 9, "/postgres?");
    pqxx::connection connection{maintenance};
    pqxx::nontransaction work{connection};
    work.exec("DROP DATABASE IF EXISTS supreme WITH (FORCE)");
    work.exec("CREATE DATABASE supreme");
  }
  storage::migrate(url);
  return url;
}

// -- instruments ---------------------------------------------------------------------

struct known_asset {
  const char* base;
  const char* lot;
  const char* start_price;
};

/// Steps as on the exchange these assets are best known from.
constexpr known_asset known_assets[] = {{"BTC", "0.00001", "60000"},
                                        {"ETH", "0.0001", "3000"},
                                        {"SOL", "0.001", "150"},
                                        {"BNB", "0.001", "600"}};

trading::instrument make_instrument(const trading::instrument_id& id) {
  trading::instrument i;
  i.id = id;
  i.tick_size = trading::decimal::literal("0.01");
  const auto& text = id.str();
  for (std::string quote : {"USDT", "BUSD", "USD"}) {
    if (text.size() > quote.size()
        && text.compare(text.size() - quote.size(), quote.size(), quote) == 0) {
      i.base = trading::asset_id{text.substr(0, text.size() - quote.size())};
      i.quote = trading::asset_id{quote};
      i.lot_size = trading::decimal::literal("0.0001");
      for (const auto& known : known_assets) {
        if (i.base.str() == known.base)
          i.lot_size = trading::decimal::literal(known.lot);
      }
      i.min_notional = trading::decimal::literal("5");
      return i;
    }
  }
  // A share: whole units, in dollars.
  i.base = trading::asset_id{text};
  i.quote = trading::asset_id{"USD"};
  i.lot_size = trading::decimal::literal("1");
  i.min_notional = trading::decimal::literal("1");
  return i;
}

std::vector<trading::instrument> make_instruments(const std::vector<recorded_input>& inputs) {
  std::vector<trading::instrument> instruments;
  if (inputs.empty()) {
    for (const auto& known : known_assets)
      instruments.push_back(
        make_instrument(trading::instrument_id{std::string{known.base} + "USDT"}));
    return instruments;
  }
  std::set<trading::instrument_id> seen;
  for (const auto& input : inputs) {
    if (!seen.insert(input.instrument).second)
      throw verb_error("two files are about " + input.instrument.str());
    if (input.interval_s != inputs.front().interval_s)
      throw verb_error("the files have bars of different length");
    instruments.push_back(make_instrument(input.instrument));
    if (instruments.back().quote != instruments.front().quote)
      throw verb_error("the files are priced in different assets, one account has one");
  }
  return instruments;
}

// -- configuration files ---------------------------------------------------------------

std::string instruments_toml(const std::vector<trading::instrument>& instruments) {
  std::ostringstream out;
  for (const auto& i : instruments)
    out << "[[instruments]]\nid = \"" << i.id.str() << "\"\nbase = \"" << i.base.str()
        << "\"\nquote = \"" << i.quote.str() << "\"\ntick_size = \"" << i.tick_size.to_string()
        << "\"\nlot_size = \"" << i.lot_size.to_string() << "\"\nmin_notional = \""
        << i.min_notional.to_string() << "\"\n\n";
  return out.str();
}

std::string feed_toml(const demo_options& options, const std::vector<recorded_input>& inputs) {
  std::ostringstream out;
  out << "[[feeds]]\nname = \"bars\"\n";
  if (inputs.empty()) {
    out << "kind = \"generated\"\ninterval_s = 60\nseed = " << options.seed
        << "\nstart = 2026-01-01T00:00:00Z\nvolatility_bps = 12\n[feeds.start_prices]\n";
    for (const auto& known : known_assets)
      out << known.base << "USDT = \"" << known.start_price << "\"\n";
  } else {
    out << "kind = \"csv\"\ninterval_s = " << inputs.front().interval_s << "\n[feeds.files]\n";
    for (const auto& input : inputs)
      out << '"' << input.instrument.str() << "\" = '" << input.path << "'\n";
  }
  out << '\n';
  return out.str();
}

std::string list_of(const std::vector<trading::instrument>& instruments, size_t count) {
  std::string text = "[";
  for (size_t k = 0; k < count && k < instruments.size(); ++k)
    text += (k == 0 ? "\"" : ", \"") + instruments[k].id.str() + "\"";
  return text + "]";
}

std::string cluster_toml(const demo_options& options, const std::vector<recorded_input>& inputs,
                         const std::vector<trading::instrument>& instruments, uint16_t venue_port) {
  auto quote = instruments.front().quote.str();
  std::ostringstream out;
  out << "# The demo's cluster. Change it and run `./supreme config apply` with this file: the "
         "running cluster follows.\n"
      << "cluster = \"" << demo_cluster_name << "\"\n\n"
      << "[lease]\nrebalance_after_ms = 3000\n\n"
      << instruments_toml(instruments) << feed_toml(options, inputs)
      << "[[venues]]\nid = \"sim\"\nhost = \"127.0.0.1\"\nport = " << venue_port << "\n\n"
      << "[[accounts]]\nid = \"main\"\nvenue = \"sim\"\nquote = \"" << quote
      << "\"\nshard = \"m\"\n";
  if (options.spread_account)
    out << "guard_where = { node = \"node-a\" }\nexecutor_where = { node = \"node-b\" }\n"
           "portfolio_where = { node = \"node-c\" }\n";
  out << "[accounts.initial]\n"
      << quote << " = \"" << initial_cash << "\"\n"
      << "[accounts.limits]\nmax_order_notional = \"25000\"\nmax_input_age_ms = 300000\ncollar_bps "
         "= 100\n"
         "taker_fee_bps = 10\n\n"
      << "[[strategies]]\nid = \"trend\"\nkind = \"momentum\"\naccount = \"main\"\nfeed = "
         "\"bars\"\ninstruments = "
      << list_of(instruments, instruments.size())
      << "\ninstances = " << std::min<size_t>(options.instances, instruments.size())
      << "\nsize = { mode = \"fixed_notional\", amount = \"20000\" "
         "}\n[strategies.parameters]\nstop_atr = 3\n\n"
      << "[[strategies]]\nid = \"swift\"\nkind = \"momentum\"\naccount = \"main\"\nfeed = "
         "\"bars\"\ninstruments = "
      << list_of(instruments, 1)
      << "\nsize = { mode = \"fixed_notional\", amount = \"10000\" "
         "}\n[strategies.parameters]\nfast = 5\nslow = 13\n"
         "signal = 4\nrsi_max = 80\n\n"
      << "[[strategies]]\nid = \"brisk\"\nkind = \"momentum\"\naccount = \"main\"\nfeed = "
         "\"bars\"\ninstruments = "
      << list_of(instruments, 2)
      << "\nsize = { mode = \"fixed_notional\", amount = \"15000\" "
         "}\n[strategies.parameters]\nfast = 8\nslow = 21\n"
         "signal = 5\n\n"
      << "[replay]\nname = \"main\"\nspeed = " << (options.lockstep ? 0 : options.speed) << "\n\n"
      << "[gateway]\nenabled = true\n";
  return out.str();
}

std::string tls_toml(const fs::path& pki, const std::string& name) {
  return "[tls]\nca_file = '" + (pki / "ca.crt").string() + "'\ncertificate_file = '"
         + (pki / (name + ".crt")).string() + "'\nkey_file = '" + (pki / (name + ".key")).string()
         + "'\n\n";
}

std::string venue_toml(const fs::path& folder, const std::vector<trading::instrument>& instruments,
                       uint16_t port, const fs::path& ledger) {
  const auto& quote = instruments.front().quote.str();
  return "id = \"sim\"\nledger_file = '" + ledger.string()
         + "'\ntaker_fee_bps = 10\nmaker_fee_bps = 10\nslippage_bps = 1\n\n[listen]\nhost = "
           "\"127.0.0.1\"\nport = "
         + std::to_string(port) + "\n\n[deposits.main]\n" + quote + " = \"" + initial_cash
         + "\"\n\n" + tls_toml(folder / "pki", "venue") + instruments_toml(instruments);
}

std::string node_toml(const fs::path& folder, const std::string& name, uint16_t gateway_port,
                      const std::string& tokens) {
  return "name = \"" + name + "\"\ncluster = \"" + demo_cluster_name
         + "\"\ndatabase_url = \"${SUPREME_DATABASE_URL}\"\ndata_dir = '" + (folder / name).string()
         + "'\n\n[mesh]\nhost = \"127.0.0.1\"\nport = " + std::to_string(free_port(0)) + "\n\n"
         + tls_toml(folder / "pki", name) + "[gateway]\nhost = \"127.0.0.1\"\nport = "
         + std::to_string(gateway_port) + "\n\n[labels]\nnode = \"" + name + "\"\n\n" + tokens;
}

// -- certificates and tokens --------------------------------------------------------------

void make_certificates(const fs::path& pki, const std::vector<std::string>& names) {
  constexpr auto day = std::chrono::hours{24};
  namespace limits = config::defaults;
  if (!fs::exists(pki / "ca.crt"))
    (void)make_authority(pki.string(), demo_cluster_name,
                         {std::chrono::seconds{-3600}, day * limits::authority_days});
  for (const auto& name : names) {
    if (!fs::exists(pki / (name + ".crt")))
      (void)issue_certificate(
        pki.string(), {name,
                       {"127.0.0.1", "localhost"},
                       {std::chrono::seconds{-3600}, day * limits::certificate_days_default}});
  }
}

/// More than one person who may resume, because what one has halted another must. The token files
/// are read by the owner only; node files hold the salted hashes.
std::string make_tokens(demo_site& site) {
  std::string toml;
  for (auto [principal, role] : {std::pair{"trader", config::api_role::trader},
                                 {"risk", config::api_role::risk},
                                 {"chief", config::api_role::risk},
                                 {"viewer", config::api_role::viewer}}) {
    auto made = make_token(principal, role);
    auto file = site.folder / (std::string{principal} + ".token");
    write_file(file, made.token + "\n", true);
    site.token_files[principal] = file;
    toml += to_toml(made.stored) + "\n";
  }
  return toml;
}

void apply_configuration(const demo_site& site, const std::string& text) {
  (void)require_valid(config::parse_cluster(text, site.cluster_file.string()));
  auto rows = storage::open_postgres_cluster(site.database);
  auto latest = rows->latest_config();
  if (latest && latest->text == text)
    return;
  if (!rows->apply_config(text, storage::sha256_hex(text), "demo", latest ? latest->version : 0))
    throw verb_error("somebody else applied a configuration at the same moment: start again");
}

} // namespace

recorded_input describe_file(const std::string& path) {
  auto refuse = [&](const std::string& why) { throw verb_error(path + ": " + why); };
  if (!fs::is_regular_file(path))
    refuse("there is no such file");
  const auto named = read_data_file_name(path);
  if (named.instrument.empty() || !named.interval_s)
    refuse(
      "a recorded file is named after its instrument and bar length, like BTCUSDT_1m_2026.csv");
  return {trading::instrument_id{named.instrument}, *named.interval_s, fs::absolute(path).string()};
}

/// A damaged file is named with its lines before anything starts.
void refuse_defects(const recorded_input& input) {
  venues::bar_file_settings file;
  file.path = input.path;
  file.instrument = input.instrument;
  file.interval = std::chrono::seconds{input.interval_s};
  if (const auto checked = venues::check_file(file); !checked)
    throw verb_error(checked.error().to_string());
}

demo_site set_up_demo(const demo_options& options, std::ostream& out) {
  if (options.nodes < 1 || options.nodes > nodes_max)
    throw verb_error("--nodes must be 1 to " + std::to_string(nodes_max));
  if (options.spread_account && options.nodes < 3)
    throw verb_error("--spread-account needs three nodes");
  std::vector<recorded_input> inputs;
  for (const auto& file : options.replay_files)
    inputs.push_back(describe_file(file));
  for (const auto& input : inputs)
    refuse_defects(input);

  demo_site site;
  site.folder = fs::path{environment_or_throw("SUPREME_VAR")} / "demo";
  if (!options.resume)
    fs::remove_all(site.folder
                   / "log"); // Of processes that are gone, about a database that is empty again.
  fs::create_directories(site.folder / "log");
  out << "starting a private PostgreSQL\n" << std::flush;
  site.database = start_database(options.resume);
  site.venue_ledger = site.folder / "venue.ledger";
  if (!options.resume)
    fs::remove(site.venue_ledger);

  std::vector<std::string> names{"venue"};
  for (uint32_t k = 0; k < nodes_max; ++k)
    names.push_back(std::string{"node-"} + static_cast<char>('a' + k));
  make_certificates(site.folder / "pki", names);
  auto tokens = make_tokens(site);
  site.gateway_port = free_port(options.gateway_port);
  if (site.gateway_port != options.gateway_port)
    out << "port " << options.gateway_port << " is taken: the gateway serves on "
        << site.gateway_port << '\n';
  write_file(site.folder / "gateway.url",
             "http://127.0.0.1:" + std::to_string(site.gateway_port) + "\n");

  auto instruments = make_instruments(inputs);
  auto venue_port = free_port(0);
  site.venue_file = site.folder / "venue.toml";
  write_file(site.venue_file, venue_toml(site.folder, instruments, venue_port, site.venue_ledger));
  for (uint32_t k = 0; k < nodes_max; ++k) {
    const auto& name = names[k + 1];
    // Heads that were signed for an earlier database would contradict this one.
    if (!options.resume)
      fs::remove_all(site.folder / name);
    fs::create_directories(site.folder / name);
    auto file = site.folder / (name + ".toml");
    write_file(file, node_toml(site.folder, name, site.gateway_port, tokens));
    site.node_files[name] = file;
  }
  site.anchor_file = site.folder / names[1] / anchor_file_name;
  auto text = cluster_toml(options, inputs, instruments, venue_port);
  site.cluster_file = site.folder / "cluster.toml";
  write_file(site.cluster_file, text);
  apply_configuration(site, text);
  return site;
}

} // namespace supreme::commands
