#include "api/strict_json.hpp"

#include <cstdint>
#include <vector>

namespace supreme::api {

namespace {

/// Builds the value while it is being read, so that a hostile text is given up at its first
/// offence.
class strict_builder final : public nlohmann::json_sax<nlohmann::json> {
public:
  explicit strict_builder(size_t depth_max) : depth_max_(depth_max) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return refuse("JSON has no binary values."); }
  bool start_object(size_t) override { return open(nlohmann::json::object()); }
  bool start_array(size_t) override { return open(nlohmann::json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (open_.back()->contains(name))
      return refuse("A member is given twice.");
    // The place exists from now on, and is where the next value goes.
    slot_ = &(*open_.back())[name];
    return true;
  }

  bool parse_error(size_t position, const std::string&,
                   const nlohmann::detail::exception& e) override {
    // 406: a number out of range. Everything else is a matter of grammar or of UTF-8.
    if (e.id == 406)
      return refuse("A number does not fit.");
    return refuse("The text is not JSON in UTF-8, at byte " + std::to_string(position) + ".");
  }

  nlohmann::json root;
  std::string error;

private:
  bool refuse(std::string why) {
    error = std::move(why);
    return false;
  }

  nlohmann::json* place(nlohmann::json value) {
    if (open_.empty()) {
      root = std::move(value);
      return &root;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
      return &open_.back()->back();
    }
    *slot_ = std::move(value);
    return slot_;
  }

  bool add(nlohmann::json value) {
    place(std::move(value));
    return true;
  }

  bool open(nlohmann::json value) {
    if (open_.size() == depth_max_)
      return refuse("The text is nested too deeply.");
    // Pointers into open containers stay valid: a container grows only while it is the innermost
    // one.
    open_.push_back(place(std::move(value)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  size_t depth_max_;
  std::vector<nlohmann::json*> open_;
  nlohmann::json* slot_ = nullptr;
};

} // namespace

trading::result<nlohmann::json, std::string> parse_strict_json(std::string_view text,
                                                               size_t depth_max) {
  // The parser takes a NUL for the end of the text and would not look at what follows.
  if (text.find('\0') != std::string_view::npos)
    return std::string{"The text holds a NUL byte."};
  strict_builder builder{depth_max};
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder,
                                 nlohmann::json::input_format_t::json, true))
    return std::move(builder.error);
  return std::move(builder.root);
}

} // namespace supreme::api
