#!/bin/sh
# Runs the part of the service that the command names, and passes signals on to it. The shell stays as process 1: the
# kernel drops a signal that process 1 does not handle yet, and Node needs a while before it handles any.
set -u
part=
signalled=yes
stop() {
  # Before the part has started there is nothing to put in order.
  [ -n "$part" ] || exit 143
  signalled=yes
  kill -TERM "$part" 2> /dev/null
  # A signal is lost when it comes while the shell becomes Node. A part that has it already does not mind another.
  (sleep 1; kill -TERM "$part" 2> /dev/null) &
}
trap stop TERM INT

case "${1:-}" in
  server | worker | probe) main="apps/$1/dist/main.js" ;;
  migrate | prepare) main="apps/server/dist/$1.js" ;;
  *)
    echo "Say which part this is: server, worker, migrate, prepare or probe (not '${1:-}')." >&2
    exit 64
    ;;
esac

node "$main" &
part=$!
# A signal ends the wait and not the part: wait again. 127 says that its status is known already.
while [ -n "$signalled" ]; do
  signalled=
  wait "$part"
  ended=$?
  [ "$ended" -eq 127 ] || status=$ended
done
exit "$status"
