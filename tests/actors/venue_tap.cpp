#include "tests/actors/venue_tap.hpp"

#include <algorithm>
#include <chrono>

namespace supreme::tests {

namespace {

constexpr auto patience = std::chrono::minutes{60}; // The executor's own deadlines are shorter.

/// Hands the question on and the answer back.
template <class Answer, class Question>
caf::typed_response_promise<Answer> pass_on(protocols::venue_port::pointer self,
                                            const venue_tap& tap, const Question& q,
                                            bool lose_answer = false) {
  auto promise = self->make_response_promise<Answer>();
  self->request(tap.real, patience, q)
    .then(
      [promise, lose_answer](const Answer& a) mutable {
        if (!lose_answer)
          promise.deliver(a);
      },
      [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
  return promise;
}

} // namespace

size_t venue_tap::count(const std::string& entry) const {
  return static_cast<size_t>(std::count(log.begin(), log.end(), entry));
}

protocols::venue_port::behavior_type make_venue_tap(protocols::venue_port::pointer self,
                                                    std::shared_ptr<venue_tap> tap) {
  using namespace protocols;
  return {
    [self, tap](const venue_logon& q) {
      tap->log.push_back("logon " + std::to_string(q.session));
      return pass_on<venue_session>(self, *tap, q);
    },
    [self, tap](const venue_submit& q) {
      std::string entry = "submit";
      tap->windows.push_back(q.valid_until_ns);
      for (const auto& o : q.orders)
        entry += " " + o.id.str();
      tap->log.push_back(entry);
      if (tap->before_submit)
        tap->before_submit();
      if (tap->lose_submits)
        return self->make_response_promise<venue_reports>();
      return pass_on<venue_reports>(self, *tap, q, tap->lose_submit_answers);
    },
    [self, tap](const venue_query& q) {
      std::string entry = "query";
      for (const auto& id : q.orders)
        entry += " " + id.str();
      tap->log.push_back(entry);
      return pass_on<venue_reports>(self, *tap, q);
    },
    [self, tap](const venue_cancel& q) { return pass_on<venue_reports>(self, *tap, q); },
    [self, tap](const venue_trades_query& q) {
      tap->log.push_back("trades after " + std::to_string(q.after_seq));
      return pass_on<venue_trades>(self, *tap, q);
    },
    [self, tap](const venue_step& q) { return pass_on<venue_stepped>(self, *tap, q); },
  };
}

} // namespace supreme::tests
