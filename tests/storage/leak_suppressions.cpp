// Read by the leak sanitizer alone. libpqxx 6.4 forgets the result of a statement whose connection
// was lost while it ran (it throws before it takes ownership). A few hundred bytes for each lost
// connection; nothing outside it can free them.
extern "C" const char* __lsan_default_suppressions();

extern "C" const char* __lsan_default_suppressions() {
  return "leak:pqxx::connection_base::exec_prepared\n"
         "leak:pqxx::connection_base::exec_params\n"
         "leak:pqxx::connection_base::make_result\n";
}
