#!/usr/bin/env bash
# Private, throw-away PostgreSQL 15 clusters for the demo and the tests.
#
#   deploy/postgres.sh start [NAME]     make the cluster if it is not there, start it, print its URL
#   deploy/postgres.sh stop [NAME]      stop it, keep its data
#   deploy/postgres.sh status [NAME]    print "running" or "stopped"; exit 3 when it does not run
#   deploy/postgres.sh url [NAME]       print its URL, whether it runs or not
#   deploy/postgres.sh destroy [NAME]   stop it and delete its data
#
# NAME is "demo" unless given. Only the URL goes to standard output; all else goes to standard error.
#
# Such a cluster never listens on a network port. It answers on a Unix socket in a folder that only its
# owner (and root) may enter, which is why the server itself asks for no password. The role is "supreme",
# a superuser of this cluster alone. The clusters of Debian's postgresql-common, below /etc/postgresql,
# are other people's property: nothing here reads, starts or changes one.
#
# Environment: SUPREME_VAR     folder of all state (default: var/ of this checkout)
#              SUPREME_PG_BIN  folder of the server's programs (default: Debian's for version 15)
set -euo pipefail

readonly pg_version=15
readonly role=supreme
readonly database=supreme
readonly port=5432 # Part of the socket's file name only.
readonly ready_within_s=60
readonly start_tries_max=5
# sun_path holds 108 bytes with its final zero; the socket's own name takes the rest of the path.
readonly socket_path_bytes_max=107

say() { printf '%s\n' "postgres: $*" >&2; }
die() {
  say "$*"
  exit 1
}
usage() {
  sed -n '2,10p' "$0" | sed 's/^# \{0,1\}//' >&2
  exit 2
}

verb=${1:-}
name=${2-demo}
[ $# -le 2 ] || usage
[[ $verb =~ ^(start|stop|status|url|destroy)$ ]] || usage
[[ $name =~ ^[a-z0-9][a-z0-9_-]{0,31}$ ]] || die "a cluster's name is 1 to 32 of a-z 0-9 _ -, was '$name'"

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
var=${SUPREME_VAR:-$home/var}
pg_bin=${SUPREME_PG_BIN:-/usr/lib/postgresql/$pg_version/bin}
mkdir -p "$var/pg" "$var/log" || die "cannot write below $var: use the user it belongs to, or set SUPREME_VAR"
var=$(cd "$var" && pwd -P)
[ -x "$pg_bin/postgres" ] || die "no PostgreSQL $pg_version in $pg_bin: run ./supreme setup, or set SUPREME_PG_BIN"
# A short name for this folder of state, for places outside it.
var_hash=$(printf '%s' "$var" | sha256sum | cut -c1-12)
# A server outlives its caller, so it must inherit none of the caller's files: a lock would stay locked and a
# connection open. Bash keeps this script itself open as 255.
for fd in "/proc/$$/fd"/*; do
  fd=${fd##*/}
  if [ "$fd" -gt 2 ] && [ "$fd" -lt 255 ]; then eval "exec $fd>&-"; fi
done
# The server's user may not be allowed into the folder that we were called from.
cd /

## Who runs the server, and where its state lies

# PostgreSQL refuses to run as root. Root therefore runs it as the user that Debian's package made for
# this, or as the owner of a cluster that an ordinary user has already made in this checkout.
choose_server_user() {
  local owner=
  server_user=$(id -un)
  state=$var/pg/$name
  log=$var/log/postgres-$name.log
  [ "$(id -u)" = 0 ] || return 0

  server_user=postgres
  if [ -d "$state" ]; then
    owner=$(stat -c %U "$state")
    if [ "$owner" != root ] && [ "$owner" != UNKNOWN ]; then server_user=$owner; fi
  fi
  id "$server_user" >/dev/null 2>&1 || die "no user '$server_user': run ./supreme setup"
  # A checkout below a closed home folder is out of that user's reach.
  if ! as_server test -x "$var/pg"; then
    state=/var/lib/supreme/$var_hash/$name
    log=${state%/*}/postgres-$name.log
  fi
}

# Runs a command as the server's user, with nothing of our environment that PostgreSQL would listen to.
as_server() {
  local clean=(env -i "PATH=$pg_bin:/usr/bin:/bin" LC_ALL=C TZ=UTC)
  if [ "$(id -un)" = "$server_user" ]; then
    "${clean[@]}" "$@"
  else
    setpriv --reuid "$server_user" --regid "$(id -g "$server_user")" --init-groups -- "${clean[@]}" "$@"
  fi
}

# The socket lies with the data unless that path is too long for the kernel.
choose_socket_dir() {
  local parent=/tmp
  socket_dir=$state/socket
  local longest=$socket_dir/.s.PGSQL.$port.lock
  if [ "$(printf '%s' "$longest" | LC_ALL=C wc -c)" -gt "$socket_path_bytes_max" ]; then
    if [ "$(id -u)" = 0 ]; then parent=/run; fi
    socket_dir=$parent/supreme-$var_hash-$name
  fi
}

# Makes a folder that the server's user owns and nobody else may enter, or refuses one that somebody
# else put there first (which anyone can do below /tmp).
private_dir() {
  local dir=$1
  mkdir -m 0700 "$dir" 2>/dev/null || [ -d "$dir" ] || die "cannot make $dir"
  if [ -L "$dir" ]; then die "$dir is a symbolic link: refused"; fi
  if [ "$(id -u)" = 0 ]; then chown "$server_user:" "$dir"; fi
  [ "$(stat -c %U "$dir")" = "$server_user" ] || die "$dir belongs to $(stat -c %U "$dir"): refused"
  chmod 0700 "$dir"
}

percent_encoded() {
  local text=$1 out='' char i
  local LC_ALL=C
  for ((i = 0; i < ${#text}; i++)); do
    char=${text:i:1}
    case $char in
      [A-Za-z0-9._~/-]) out+=$char ;;
      *) out+=$(printf '%s' "$char" | od -An -tx1 | tr -d ' \n' | sed 's/../%&/g') ;;
    esac
  done
  printf '%s' "$out"
}

print_url() {
  printf 'postgresql://%s@/%s?host=%s&port=%s\n' "$role" "$database" "$(percent_encoded "$socket_dir")" "$port"
}

## Verbs

is_outside_var() { [[ $state != "$var"/* ]]; }

# Whether the process that the lock file names is a PostgreSQL server that lives. pg_ctl would also take a
# killed one that nobody has waited for yet, or a stranger with its process number, for the server.
is_running() {
  local pid process state
  { read -r pid <"$data/postmaster.pid"; } 2>/dev/null || return 1
  # "PID (NAME) STATE ..."
  { read -r _ process state _ <"/proc/$pid/stat"; } 2>/dev/null || return 1
  [ "$process" = "(postgres)" ] && [ "$state" != Z ]
}

# Builds the cluster beside its final place and moves it there when it is whole, so that a run that was
# killed half-way leaves nothing that looks like a cluster.
make_cluster() {
  local fresh=$state/data.new
  rm -rf "$fresh"
  say "making cluster '$name' in $state"
  as_server "$pg_bin/initdb" -D "$fresh" -U "$role" -E UTF8 --locale=C \
    --auth-local=trust --auth-host=reject >>"$log" 2>&1 || die "initdb failed, see $log"
  printf 'CREATE DATABASE %s;\n' "$database" |
    as_server "$pg_bin/postgres" --single -j -D "$fresh" postgres >>"$log" 2>&1 ||
    die "could not create the database, see $log"
  mv "$fresh" "$data"
}

# The settings are written anew at each start, so that a change here reaches clusters made before.
write_settings() {
  {
    printf '%s\n' "# Written by deploy/postgres.sh at each start."
    printf "unix_socket_directories = '%s'\n" "${socket_dir//\'/\'\'}"
    cat <<SETTINGS
listen_addresses = ''
port = $port
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 64MB
# The product promises durable orders, so its private database keeps that promise, too.
fsync = on
synchronous_commit = on
full_page_writes = on
# A session that stops in the middle of a transaction would hold its row locks against everyone.
idle_in_transaction_session_timeout = 2s
lock_timeout = 10s
statement_timeout = 60s
password_encryption = scram-sha-256
timezone = UTC
log_timezone = UTC
datestyle = 'iso, ymd'
lc_messages = C
log_line_prefix = '%m [%p] %a '
SETTINGS
  } | as_server tee "$data/postgresql.conf" >/dev/null
}

start() {
  if is_outside_var; then
    if [ ! -d "$state" ]; then
      say "user '$server_user' cannot enter $var/pg, so the data of '$name' goes to $state"
    fi
    mkdir -p "${state%/*}"
    ln -sfn "$log" "$var/log/postgres-$name.log"
  fi
  private_dir "$state"
  private_dir "$socket_dir"
  touch "$log"
  if [ "$(id -u)" = 0 ]; then chown "$server_user:" "$log"; fi
  if is_running; then return; fi
  if [ ! -d "$data" ]; then make_cluster; fi
  local found
  found=$(cat "$data/PG_VERSION" 2>/dev/null || as_server cat "$data/PG_VERSION")
  [ "$found" = "$pg_version" ] ||
    die "'$name' holds data of PostgreSQL $found, this is $pg_version: deploy/postgres.sh destroy $name"
  write_settings
  # What is_running says no to is the lock of a server that was killed. PostgreSQL still refuses by itself to
  # start beside processes of that server, which end within moments of it: hence more than one try.
  rm -f "$data/postmaster.pid"
  local try
  for ((try = 1; try <= start_tries_max; try++)); do
    # Neither our own lock nor our standard streams may stay open in the server.
    if as_server "$pg_bin/pg_ctl" start -w -t "$ready_within_s" -D "$data" -l "$log" \
      </dev/null >/dev/null 2>&1 9>&-; then return; fi
    sleep 0.5
  done
  tail -n 20 "$log" >&2
  die "'$name' did not start, see $log"
}

stop() {
  if is_running; then
    as_server "$pg_bin/pg_ctl" stop -w -t "$ready_within_s" -m "$1" -D "$data" >/dev/null ||
      die "'$name' did not stop within $ready_within_s s, see $log"
  fi
}

choose_server_user
choose_socket_dir
data=$state/data

if [ "$verb" = url ]; then
  print_url
  exit
fi

# One verb at a time for each cluster.
exec 9>"$var/pg/.$name.lock"
flock 9
case $verb in
  start)
    start
    print_url
    ;;
  stop) stop fast ;;
  status)
    if is_running; then echo running; else
      echo stopped
      exit 3
    fi
    ;;
  destroy)
    stop immediate
    rm -rf "$state" "$socket_dir"
    if is_outside_var && [ -d "${state%/*}" ]; then
      rm -f "$log"
      rmdir --ignore-fail-on-non-empty -p "${state%/*}"
    fi
    ;;
esac
