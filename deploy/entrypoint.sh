#!/bin/sh
# Which part of the service this container is. Node takes the shell's place, and so hears the signals.
set -eu
case "${1:-}" in
  server | worker | probe) exec node "apps/$1/dist/main.js" ;;
  migrate) exec node apps/server/dist/migrate.js ;;
  *)
    echo "Say which part this is: server, worker, migrate or probe (not '${1:-}')." >&2
    exit 64
    ;;
esac
