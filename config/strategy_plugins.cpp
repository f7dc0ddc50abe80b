#include "config/strategy_plugins.hpp"

#include "config/defaults.hpp"
#include "config/plugin_kinds.hpp"
#include "config/report.hpp"
#include "config/sha256.hpp"
#include "trading/strategies/plugin.hpp"
#include "trading/strategies/registry.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <link.h>
#include <map>
#include <mutex>
#include <stdexcept>
#include <sys/stat.h>

namespace supreme::config {

namespace {

using trading::plugin_descriptor;

/// Why a library is not loaded. Never leaves this file.
class refusal : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// A loaded library, unloaded again unless it is kept.
class library {
public:
  explicit library(const std::string& path) {
    // The linker would give back what it has under this name and never look at the file.
    if (void* there = ::dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD); there != nullptr) {
      ::dlclose(there);
      throw refusal("it was replaced after this process loaded it: restart the process");
    }
    handle_ = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle_ == nullptr)
      throw refusal(std::string{"it cannot be loaded as a library: "} + ::dlerror());
  }
  ~library() {
    if (handle_ != nullptr && !kept_)
      ::dlclose(handle_);
  }
  library(const library&) = delete;
  library& operator=(const library&) = delete;

  /// For what has objects, code or types of the library in use.
  void keep() noexcept { kept_ = true; }

  /// The address of an exported object or function of at least so many bytes.
  [[nodiscard]] void* find(const char* name, unsigned type, size_t bytes) const {
    void* address = ::dlsym(handle_, name);
    if (address == nullptr)
      throw refusal(std::string{"it exports no "} + name
                    + ", which SUPREME_STRATEGY(class) in its source would make");
    Dl_info where{};
    void* found = nullptr;
    const bool known = ::dladdr1(address, &where, &found, RTLD_DL_SYMENT) != 0 && found != nullptr;
    const auto* entry = static_cast<const ElfW(Sym)*>(found);
    if (!known || ELF64_ST_TYPE(entry->st_info) != type || entry->st_size < bytes)
      throw refusal(std::string{"its "} + name + " is not what SUPREME_STRATEGY(class) makes");
    return address;
  }

private:
  void* handle_ = nullptr;
  bool kept_ = false;
};

std::string read_library(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0)
    throw refusal(std::string{"it cannot be read: "} + std::strerror(errno));
  if (!S_ISREG(found.st_mode))
    throw refusal("it is not a regular file");
  // Whoever may write it could place orders.
  if ((found.st_mode & S_IWOTH) != 0)
    throw refusal("everybody may write it: chmod o-w");
  if (static_cast<uint64_t>(found.st_size) > defaults::plugin_bytes_max)
    throw refusal("it has more than " + std::to_string(defaults::plugin_bytes_max) + " bytes");
  std::ifstream file{path, std::ios::binary};
  std::string bytes{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
  if (!file)
    throw refusal("it cannot be read");
  return bytes;
}

/// A text of a descriptor, which need not end.
template <size_t Bytes>
std::string text_of(const char (&text)[Bytes]) {
  return {text, ::strnlen(text, Bytes)};
}

std::string_view release_line(std::string_view version) {
  return version.substr(0, version.find('.', version.find('.') + 1));
}

/// Plain C alone is read here: nothing about the library's C++ is known yet.
plugin_descriptor check_descriptor(const library& opened) {
  plugin_descriptor theirs{};
  const auto* address = opened.find(trading::plugin_descriptor_symbol, STT_OBJECT, sizeof theirs);
  std::memcpy(&theirs, address, sizeof theirs);
  const auto ours = trading::describe_this_build();
  if (std::memcmp(theirs.magic, ours.magic, sizeof ours.magic) != 0 || theirs.bytes != ours.bytes)
    throw refusal("its descriptor is none of this program's");
  const auto version = text_of(theirs.product_version);
  const auto built = " (built with the headers of version " + config::quoted(version) + ")";
  if (theirs.interface_version != ours.interface_version)
    throw refusal("it was built for interface version " + std::to_string(theirs.interface_version)
                  + built + ", this program has " + std::to_string(ours.interface_version)
                  + ": build it anew");
  if (release_line(version) != release_line(SUPREME_VERSION))
    throw refusal("it was built with the headers of version " + config::quoted(version)
                  + ", this program is " SUPREME_VERSION ": build it anew");
  if (theirs.compiler_abi != ours.compiler_abi || theirs.string_abi != ours.string_abi)
    throw refusal("it was compiled by " + config::quoted(text_of(theirs.compiler))
                  + " with C++ ABI " + std::to_string(theirs.compiler_abi) + "/"
                  + std::to_string(theirs.string_abi) + ", this program by "
                  + config::quoted(text_of(ours.compiler)) + " with "
                  + std::to_string(ours.compiler_abi) + "/" + std::to_string(ours.string_abi)
                  + ": use the same compiler and standard library");
  if (!std::equal(std::begin(ours.type_bytes), std::end(ours.type_bytes), theirs.type_bytes))
    throw refusal("its types have other sizes than this program's: build it anew with the headers "
                  "of this program and without options that change the standard library's types");
  return theirs;
}

std::vector<trading::strategy_kind> read_kinds(const library& opened) {
  auto* list = reinterpret_cast<trading::plugin_kinds_function*>(
    opened.find(trading::plugin_kinds_symbol, STT_FUNC, 0));
  std::vector<trading::strategy_kind> kinds;
  char problem[256] = "";
  if (list(&kinds, problem, sizeof problem) != 0)
    throw refusal("it failed to list its strategies: " + text_of(problem));
  if (kinds.empty())
    throw refusal("it has no strategies");
  std::string all;
  for (const auto& kind : kinds)
    for (const auto& text : find_kind_problems(kind))
      all += (all.empty() ? "" : "; ") + text;
  if (!all.empty())
    throw refusal(all);
  return kinds;
}

/// All that this process loaded or refused to.
class plugin_shelf {
public:
  trading::result<strategy_plugin, std::string> load(const std::string& path,
                                                     std::string_view sha256) {
    const std::lock_guard lock{mutex_};
    if (const auto* known = find_bytes(sha256))
      return *known;
    try {
      return load_file(path, sha256);
    } catch (const refusal& why) {
      return path + ": " + why.what();
    }
  }

  std::vector<strategy_plugin> list() {
    const std::lock_guard lock{mutex_};
    return loaded_;
  }

private:
  [[nodiscard]] const strategy_plugin* find_bytes(std::string_view sha256) const {
    const auto found = std::find_if(loaded_.begin(), loaded_.end(),
                                    [&](const auto& each) { return each.sha256 == sha256; });
    return found == loaded_.end() ? nullptr : &*found;
  }

  strategy_plugin load_file(const std::string& path, std::string_view sha256) {
    strategy_plugin out;
    out.sha256 = sha256_hex(read_library(path));
    if (!sha256.empty() && sha256 != out.sha256)
      throw refusal("its SHA-256 is " + out.sha256 + ", expected " + std::string{sha256});
    if (const auto* known = find_bytes(out.sha256))
      return *known;
    if (const auto known = refused_.find(out.sha256); known != refused_.end())
      throw refusal(known->second);
    std::error_code failed;
    out.path = std::filesystem::canonical(path, failed).string();
    if (failed)
      throw refusal("it cannot be read: " + failed.message());
    library opened{out.path};
    try {
      take_kinds(opened, out);
    } catch (const refusal& why) {
      refused_.emplace(out.sha256, why.what());
      throw;
    }
    loaded_.push_back(out);
    return out;
  }

  void take_kinds(library& opened, strategy_plugin& out) const {
    const auto descriptor = check_descriptor(opened);
    out.product_version = text_of(descriptor.product_version);
    out.compiler = text_of(descriptor.compiler);
    // What the library's own code leaves behind from here on may need the library.
    opened.keep();
    const auto kinds = read_kinds(opened);
    refuse_known_names(kinds);
    for (const auto& kind : kinds)
      out.kinds.push_back(kind.name);
    std::sort(out.kinds.begin(), out.kinds.end());
    if (!trading::add_strategy_kinds(kinds))
      throw refusal("it has one strategy twice");
  }

  void refuse_known_names(const std::vector<trading::strategy_kind>& kinds) const {
    for (const auto& kind : kinds) {
      if (trading::find_strategy_kind(kind.name) == nullptr)
        continue;
      for (const auto& each : loaded_)
        if (std::binary_search(each.kinds.begin(), each.kinds.end(), kind.name))
          throw refusal("strategy " + config::quoted(kind.name) + " is also in " + each.path
                        + "; to follow a new version of it, restart the process");
      throw refusal("strategy " + config::quoted(kind.name) + " is built in: give it another name");
    }
  }

  std::mutex mutex_;
  std::vector<strategy_plugin> loaded_;
  std::map<std::string, std::string> refused_; ///< SHA-256 of what was looked into, and the reason
};

plugin_shelf& shelf() {
  static plugin_shelf all;
  return all;
}

} // namespace

trading::result<strategy_plugin, std::string> load_strategy_plugin(const std::string& path,
                                                                   std::string_view sha256) {
  return shelf().load(path, sha256);
}

std::vector<strategy_plugin> loaded_strategy_plugins() { return shelf().list(); }

} // namespace supreme::config
