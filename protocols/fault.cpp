#include "protocols/fault.hpp"

#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>
#include <caf/sec.hpp>

namespace supreme::protocols {

namespace {

constexpr auto category = caf::atom("supreme");

} // namespace

const char* to_string(fault f) noexcept {
  switch (f) {
    case fault::not_owner:
      return "not_owner";
    case fault::not_here:
      return "not_here";
    case fault::unresolved:
      return "unresolved";
    case fault::database:
      return "database";
    case fault::database_unknown:
      return "database_unknown";
    case fault::venue:
      return "venue";
    case fault::hello_refused:
      return "hello_refused";
    case fault::wrong_config:
      return "wrong_config";
    case fault::stale_step:
      return "stale_step";
    case fault::bad_input:
      return "bad_input";
    case fault::recovering:
      return "recovering";
    case fault::overloaded:
      return "overloaded";
  }
  return "unknown_fault";
}

caf::error make_error(fault f, const std::string& context) {
  return caf::error{static_cast<uint8_t>(f), category, caf::make_message(context)};
}

bool is(const caf::error& e, fault f) noexcept {
  // CAF's own accessors read through a null pointer where there is no error, as in the reason of a
  // normal exit.
  return e && e.category() == category && e.code() == static_cast<uint8_t>(f);
}

std::string describe(const caf::error& e) {
  if (!e)
    return "none";
  std::string text;
  if (e.category() == category)
    text = to_string(static_cast<fault>(e.code()));
  else if (e.category() == caf::atom("system"))
    text = caf::to_string(static_cast<caf::sec>(e.code()));
  else if (e.category() == caf::atom("exit"))
    text = caf::to_string(static_cast<caf::exit_reason>(e.code()));
  else
    text = caf::to_string(e.category()) + " " + std::to_string(e.code());
  if (e.context().size() == 1 && e.context().match_element<std::string>(0)) {
    if (const auto& context = e.context().get_as<std::string>(0); !context.empty())
      text += ": " + context;
  } else if (!e.context().empty()) {
    text += ": " + caf::to_string(e.context());
  }
  return text;
}

} // namespace supreme::protocols
