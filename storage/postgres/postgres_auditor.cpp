#include "storage/postgres/postgres_auditor.hpp"

#include "config/defaults.hpp"
#include "storage/audit/account_rebuild.hpp"
#include "storage/audit/chain.hpp"
#include "storage/audit/system_rebuild.hpp"
#include "storage/audit_anchor.hpp"
#include "storage/open.hpp"
#include "storage/postgres/audit_snapshot.hpp"

#include <set>

namespace supreme::storage {

namespace {

namespace defaults = config::defaults;

constexpr std::string_view account_prefix = "account/";

/// One verification: chains first, then the rows that intact chains account for.
class verification {
public:
  verification(postgres_session& session, const std::string& anchor_file)
    : snapshot_(session), defects_(report_), system_(defects_), heads_(snapshot_.heads()) {
    if (!anchor_file.empty()) {
      anchors_ = read_anchors(anchor_file);
      for (const auto& what : anchors_.defects)
        defects_.add("audit anchors", what);
    }
  }

  audit_report run() {
    auto accounts = snapshot_.accounts();
    std::set<std::string> others;
    for (const auto& stream : all_streams()) {
      if (stream.starts_with(account_prefix))
        accounts.insert(stream.substr(account_prefix.size()));
      else
        others.insert(stream);
    }
    for (const auto& account : accounts)
      check_account(account);
    bool intact = true;
    for (const auto& stream : others)
      intact = walk(stream, [this](const audit_row& row) { system_.add(row); }) && intact;
    if (intact)
      check_system();
    return std::move(report_);
  }

private:
  std::set<std::string> all_streams() {
    auto streams = snapshot_.streams();
    for (const auto& [stream, head] : heads_)
      streams.insert(stream);
    for (const auto& [stream, numbers] : anchors_.anchors)
      streams.insert(stream);
    return streams;
  }

  /// Whether the chain is whole. `use` gets every row, also of a broken one.
  template <class Use>
  bool walk(const std::string& stream, Use use) {
    const auto signed_heads = anchors_.anchors.find(stream);
    chain_walk chain{stream,
                     signed_heads == anchors_.anchors.end() ? std::map<int64_t, std::string>{}
                                                            : signed_heads->second,
                     defects_};
    snapshot_.for_each_row(stream, [&](const audit_row& row) {
      ++report_.rows;
      chain.add(row);
      // What a broken chain says is no evidence about other rows.
      if (chain.intact())
        use(row);
    });
    const auto head = heads_.find(stream);
    chain.finish(head == heads_.end() ? std::nullopt : std::optional{head->second});
    return chain.intact();
  }

  void check_account(const std::string& account) {
    account_rebuild rebuild{account, defects_};
    const auto stream = std::string{account_prefix} + account;
    if (!walk(stream, [&](const audit_row& row) { rebuild.add(row); }))
      return;
    auto& expected = rebuild.finish();
    for (const auto& shape : audited_tables())
      if (!shape.owner.empty())
        compare(shape, account, expected[shape.name]);
  }

  void check_system() {
    for (const auto& shape : audited_tables())
      if (shape.owner.empty())
        compare(shape, {}, system_.tables()[shape.name]);
    for (const auto& version : snapshot_.changed_configurations())
      defects_.add("cluster.config_versions version=" + version + " column=text",
                   "the text does not have the SHA-256 it was applied with");
  }

  void compare(const table_shape& shape, const std::string& owner, expected_table& expected) {
    snapshot_.for_each_row(shape, owner,
                           [&](const cells& row) { expected.compare(row, defects_); });
    expected.finish(defects_);
    if (shape.name == "trading.orders")
      report_.orders += expected.compared();
    else if (shape.name == "trading.fills")
      report_.fills += expected.compared();
    else if (shape.name == "trading.positions" || shape.name == "trading.slots")
      report_.positions += expected.compared();
  }

  audit_snapshot snapshot_;
  audit_report report_;
  defect_list defects_;
  system_rebuild system_;
  std::map<std::string, audit_head> heads_;
  anchor_file_content anchors_;
};

} // namespace

postgres_auditor::postgres_auditor(const std::string& conninfo)
  : session_(conninfo, {.role = "supreme_auditor",
                        .application = "supreme auditor",
                        .statement_timeout = defaults::audit_statement_timeout,
                        .lock_timeout = defaults::lock_timeout}) {}

audit_report postgres_auditor::verify(const std::string& anchor_file) {
  return verification{session_, anchor_file}.run();
}

std::unique_ptr<auditor> open_postgres_auditor(const std::string& conninfo) {
  return std::make_unique<postgres_auditor>(conninfo);
}

} // namespace supreme::storage
