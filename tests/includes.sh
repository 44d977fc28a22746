#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves which way things look: what each folder may include.
#   includes.sh [SRCDIR]      exit 1 and one line for each breach
#   includes.sh --self-test   breaks each rule once and expects to be caught
set -eu
LC_ALL=C export LC_ALL

base='error mem text day address log settings org metric finding traffic'
contracts='history assess milestone standing'
net='loop dns smtp http sign facts dane'

# folder: the headers of include/sendtop/ that it may include
rules="
src/base: $base history late paste
src/net: $base $net late
src/facts: $base facts dns smtp https
src/checks: $base facts check dns smtp https sign spf dane tags message lint
src/postmaster: $base history loop http sign postmaster
src/mta: $base late reply mta source journal count
src/message: $base message
src/store: $base $contracts store store_bring store_live store_mail store_news
src/assess: $base $contracts
src/view: $base $contracts store store_live store_mail view redact org change
src/collect: $base $contracts $net https check store store_live store_mail store_news view gather collect postmaster reply mta source journal count ingest hook
src/report: $base $contracts store store_bring store_live store_mail store_news view report reply import paste
ui: $base $contracts store store_live store_mail store_news view reply redact change paste
"
# library header: the files that may include it
libraries='
curses.h ui/term.c
ncurses.h ui/term.c
termcap.h ui/term.c
ncursesw/ ui/term.c
curl/ src/net/curl_calls.h
curl_calls.h src/net/curl_calls.c src/net/http.c src/net/http_lane.c
dlfcn.h src/base/late.c
ares.h src/net/dns.c
uv.h src/net/loop.c
openssl/ src/net/tls.c src/net/sign.c src/net/dane.c
sqlite3.h src/store/sqlite.c
libpq-fe.h src/store/postgres.c
libpsl.h src/base/org.c
idn2.h src/base/org.c
ini.h src/base/settings_read.c
archive.h src/mta/archive.c
pthread.h src/mta/pair.c
archive_entry.h src/mta/archive.c
'

check_tree() {
	breaches=$(mktemp)
	( cd "$1" && find src ui include -name '*.[ch]' -exec \
		grep -Hn '^#[[:space:]]*include' {} + ) |
	sed 's/^\([^:]*\):\([0-9]*\):#[[:space:]]*include[[:space:]]*[<"]\([^>"]*\)[>"].*/\1 \2 \3/' |
	awk -v rules="$rules" -v libraries="$libraries" '
	BEGIN {
		n = split(rules, rows, "\n")
		for (i = 1; i <= n; i++) {
			split(rows[i], part, ": ")
			m = split(part[2], words, " ")
			if (part[1] != "") known[part[1]] = 1
			for (k = 1; k <= m; k++) allow[part[1] "/" words[k]] = 1
		}
		n = split(libraries, rows, "\n")
		for (i = 1; i <= n; i++) {
			m = split(rows[i], words, " ")
			if (m == 0) continue
			library[words[1]] = 1
			for (k = 2; k <= m; k++) may[words[1] " " words[k]] = 1
		}
	}
	function bad(why) { print $1 ":" $2 ": " why }
	{
		folder = $1; sub("/[^/]*$", "", folder)
		for (name in library)
			if (index($3, name) == 1 && !((name " " $1) in may))
				bad("may not include <" $3 ">")
		if ($3 ~ /^ui\// && folder ~ /^src\//)
			bad("src never reaches ui: " $3)
		if ($3 ~ /^sendtop\// && folder in known) {
			header = $3
			sub("^sendtop/", "", header); sub("\\.h$", "", header)
			if (!((folder "/" header) in allow))
				bad(folder " may not look at " $3)
		}
		if (folder == "include/sendtop" && $3 !~ /^sendtop\// &&
		    $3 !~ /^std[a-z]*\.h$/)
			bad("a contract shows " $3)
		if ($3 ~ /^[a-z]+\/[a-z_]+\.h$/ && $3 !~ /^(sendtop|ui|sys|netinet|arpa|net|curl|openssl)\// &&
		    folder ~ /^src\// && folder !~ "^src/" substr($3, 1, index($3, "/") - 1) "$" &&
		    folder != "src")
			bad("reaches into another folder: " $3)
	}' >"$breaches"
	cat "$breaches"
	if [ -s "$breaches" ]; then rm -f "$breaches"; return 1; fi
	rm -f "$breaches"
}

self_test() {
	tree=$(mktemp -d)
	trap 'rm -rf "$tree"' EXIT
	while read -r file include; do
		[ -n "$file" ] || continue
		rm -rf "${tree:?}"/*
		mkdir -p "$tree/src" "$tree/ui" "$tree/include/sendtop" \
			"$tree/$(dirname "$file")"
		printf '#include %s\n' "$include" >"$tree/$file"
		if check_tree "$tree" >/dev/null; then
			echo "includes.sh: did not catch $file: $include"
			exit 1
		fi
	done <<-'END'
	src/store/x.c "ui/canvas.h"
	src/assess/x.c "sendtop/store.h"
	src/checks/x.c "sendtop/loop.h"
	ui/x.c "sendtop/dns.h"
	ui/panel_x.c <curses.h>
	src/net/x.c <openssl/ssl.h>
	src/net/x.c <dlfcn.h>
	src/collect/x.c <sqlite3.h>
	include/sendtop/x.h <uv.h>
	src/report/x.c "store/query.h"
	END
	echo "includes.sh: every rule catches its breach"
}

case ${1:-.} in
--self-test) self_test ;;
*) check_tree "${1:-.}" && echo "includes: every folder looks the right way" ;;
esac
