# shellcheck shell=bash
# To be sourced: `provide_postgres` sets TEST_DATABASE_URL to a server for tests, in this order: the
# one that is named there already; a private cluster of the programs installed here; the same after
# installing Debian's package. It fails, and says what to do, when none of that can be had. The
# private cluster listens on a socket in a directory of its own, and is gone when the shell exits;
# POSTGRES_SETTINGS adds to its settings.

POSTGRES_OLDEST=15
POSTGRES_DIR=

# Prints the directory of the newest programs that are new enough.
postgres_programs() {
    local initdb version
    { command -v initdb; ls -1 /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -rV; } |
        while read -r initdb; do
            version=$("$initdb" --version | grep -oE '[0-9]+' | head -n 1)
            if [ "${version:-0}" -ge "$POSTGRES_OLDEST" ]; then
                dirname "$(readlink -f "$initdb")"
                break
            fi
        done
}

# Runs a command as the user the cluster belongs to: PostgreSQL refuses to run as root.
as_postgres() {
    local user=nobody
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
        return
    fi
    id postgres >/dev/null 2>&1 && user=postgres
    if command -v setpriv >/dev/null; then
        setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups -- "$@"
    elif command -v runuser >/dev/null; then
        runuser -u "$user" -- "$@"
    else
        su -s /bin/sh "$user" -c 'exec "$@"' -- sh "$@"
    fi
}

install_postgres() {
    echo "PostgreSQL is not installed; installing Debian's package" >&2
    # The package would make a cluster of its own and start it.
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update >&2 &&
        apt-get install -y --no-install-recommends \
            -o Dpkg::Options::=--force-confold postgresql >&2
}

stop_postgres() {
    [ -n "$POSTGRES_DIR" ] || return 0
    (cd / && as_postgres "$POSTGRES_PROGRAMS/pg_ctl" -D "$POSTGRES_DIR/data" -m immediate -w stop) \
        >/dev/null 2>&1
    rm -rf "$POSTGRES_DIR"
    POSTGRES_DIR=
}

start_postgres() {
    local settings="-c listen_addresses='' -c max_connections=300 ${POSTGRES_SETTINGS:-}"
    # Short, because the path of a socket may have a hundred characters at most.
    POSTGRES_DIR=$(mktemp -d /tmp/chancery-pg.XXXXXX)
    trap stop_postgres EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    [ "$(id -u)" -ne 0 ] || chown "$(as_postgres id -u):$(as_postgres id -g)" "$POSTGRES_DIR"
    cd / || return
    if as_postgres "$POSTGRES_PROGRAMS/initdb" -D "$POSTGRES_DIR/data" -U chancery -A trust \
        -E UTF8 --locale=C --no-sync >"$POSTGRES_DIR.log" 2>&1 &&
        as_postgres "$POSTGRES_PROGRAMS/pg_ctl" -D "$POSTGRES_DIR/data" -w -t 60 \
            -l "$POSTGRES_DIR/server.log" -o "$settings -k $POSTGRES_DIR" start \
            >>"$POSTGRES_DIR.log" 2>&1; then
        rm -f "$POSTGRES_DIR.log"
        cd - >/dev/null || return
        return 0
    fi
    cat "$POSTGRES_DIR.log" "$POSTGRES_DIR/server.log" >&2 2>/dev/null
    rm -f "$POSTGRES_DIR.log"
    cd - >/dev/null || return
    return 1
}

provide_postgres() {
    [ -z "${TEST_DATABASE_URL:-}" ] || return 0
    POSTGRES_PROGRAMS=$(postgres_programs)
    if [ -z "$POSTGRES_PROGRAMS" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        install_postgres
        POSTGRES_PROGRAMS=$(postgres_programs)
    fi
    if [ -z "$POSTGRES_PROGRAMS" ]; then
        echo "PostgreSQL $POSTGRES_OLDEST or newer is needed; run: sudo apt-get install postgresql" >&2
        return 1
    fi
    start_postgres || return 1
    export TEST_DATABASE_URL="postgres:///postgres?host=$POSTGRES_DIR&user=chancery"
}
