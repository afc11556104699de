#!/usr/bin/env bash
# Says what this machine's package manager knows: updates, failures, a wanted reboot, the last install.
# Writes one file for node_exporter's textfile collector and, where asked, posts events to Patchhaven.
# It only reads: nothing is installed, refreshed or restarted. What it cannot find out it leaves out; absent is not zero.
set -u
export LC_ALL=C
unset LANGUAGE # Python's gettext, and with it dnf, puts it before LC_ALL

readonly agent_version=1
readonly max_listed=200    # updates that get a series of their own; the rest is counted
readonly max_batch=50      # updates named of the last install
readonly batch_span=7200   # seconds: installs this close together are one batch
readonly command_limit=300 # seconds for one package manager call

usage() {
  cat <<'USAGE'
usage: patchhaven-host.sh [flags]              look at this machine and write the textfile
       patchhaven-host.sh --event TYPE [flags] post one event, for hooks

  --output FILE        default /var/lib/prometheus/node-exporter/patchhaven.prom; - is standard output
  --manager NAME       apt, dnf or zypper; default: the one that is here
  --root DIR           read files below this directory
  --events-url URL     Patchhaven, for example https://patchhaven.example:9725
  --token-file FILE    its token, role reporter
  --ca-file FILE       CA of its certificate
  --organization NAME  the organization this machine belongs to
  --instance NAME      the instance label in Prometheus; default: the host name is sent instead
  --event TYPE         patch.install.started, patch.install.completed, reboot.ordered or reboot.started
  --reason TEXT        goes with a reboot event
  --if-reboot-required post only when this machine says that it needs a reboot

exit status: 0 done, 2 wrong flags, 3 the file could not be written, 4 an event was not accepted
USAGE
}

output=/var/lib/prometheus/node-exporter/patchhaven.prom
manager='' root='' events_url='' token_file='' ca_file='' organization='' instance='' event='' reason=''
only_if_required=no

complain() { printf 'patchhaven-host: %s\n' "$1" >&2; }
wrong() {
  complain "$1"
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage && exit 0 ;;
    --version) printf 'patchhaven-host %s\n' "$agent_version" && exit 0 ;;
    --if-reboot-required) only_if_required=yes && shift && continue ;;
    --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
  esac
  [ $# -ge 2 ] || wrong "$1 needs a value, or is not a flag; try --help"
  case $1 in
    --output) output=$2 ;;
    --manager) manager=$2 ;;
    --root) root=${2%/} ;;
    --events-url) events_url=${2%/} ;;
    --token-file) token_file=$2 ;;
    --ca-file) ca_file=$2 ;;
    --organization) organization=$2 ;;
    --instance) instance=$2 ;;
    --event) event=$2 ;;
    --reason) reason=$2 ;;
    *) wrong "$1 is not a flag; try --help" ;;
  esac
  shift 2
done
case $event in
  '' | patch.install.started | patch.install.completed | reboot.ordered | reboot.started) ;;
  *) wrong "--event $event is not one of those that --help lists" ;;
esac
[ -z "$event" ] || [ -n "$events_url" ] || wrong '--event needs --events-url'
[ -z "$events_url" ] || [ -r "$token_file" ] || wrong '--events-url needs a --token-file that can be read'

have() { command -v "$1" >/dev/null 2>&1; }
bounded() { if have timeout; then timeout "$command_limit" "$@"; else "$@"; fi; }
now() { date +%s; }

if [ -z "$manager" ]; then
  for name in apt-get dnf zypper; do
    if have "$name"; then manager=${name%-get} && break; fi
  done
fi
case $manager in apt | dnf | zypper) ;; *) wrong "no package manager that this script knows: apt, dnf, zypper" ;; esac

# --- what is found -----------------------------------------------------------------------------------------------

work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
# Tab-separated: id, title, kind, severity, status.
: >"$work/updates"
# Tab-separated: epoch seconds, id.
: >"$work/installed"
# One per line.
: >"$work/signals"
: >"$work/checks"
: >"$work/broken" # updates whose last install failed
reboot_required='' reboot_since='' metadata_at='' held=''

check() { printf '%s\t%s\n' "$1" "$2" >>"$work/checks"; }
signal() { printf '%s\n' "$1" >>"$work/signals"; }
epoch() { date -d "$1" +%s 2>/dev/null; }
written_at() { stat -c %Y -- "$1" 2>/dev/null; }
newest_of() { # epoch seconds of the file written last
  local file at newest=''
  for file in "$@"; do
    at=$(written_at "$file") || continue
    if [ -z "$newest" ] || [ "$at" -gt "$newest" ]; then newest=$at; fi
  done
  printf '%s' "$newest"
}
boot_at() { awk '$1 == "btime" { print $2 }' "$root/proc/stat" 2>/dev/null; }

# Reads "epoch<TAB>id", keeps the newest batch.
newest_batch() {
  sort -rn | awk -F '\t' -v span="$batch_span" -v most="$max_batch" '
    NR == 1 { newest = $1 }
    newest - $1 <= span && !seen[$2]++ && listed < most { listed++; print }
  ' >"$work/installed"
}

# Local times as log files write them → epoch. Only stamps of the newest day are converted: date is slow.
stamped_to_epoch() { # "YYYY-MM-DD HH:MM:SS<TAB>id", oldest first
  tail -n 400 | while IFS=$'\t' read -r stamp id; do
    if [ "$stamp" != "${last_stamp-}" ]; then
      last_stamp=$stamp
      at=$(epoch "$stamp") || at=''
    fi
    if [ -n "$at" ]; then printf '%s\t%s\n' "$at" "$id"; fi
  done
}

locked() { # does a running package manager hold one of these files?
  local file node
  for file in "$@"; do
    node=$(stat -c %i -- "$root/$file" 2>/dev/null) || continue
    if grep -q " WRITE .*:$node " "$root/proc/locks" 2>/dev/null; then return 0; fi
  done
  return 1
}

# What an install that has not succeeded is: one that runs right now, or one that failed.
rpm_state() { if locked var/lib/rpm/.rpm.lock usr/lib/sysimage/rpm/.rpm.lock; then printf installing; else printf failed; fi; }

mark_failed() { # $1 for the missing updates that are named in $work/broken
  awk -F '\t' -v OFS='\t' -v status="$1" '
    FILENAME ~ /broken$/ { broken[$1] = 1; next }
    broken[$1] && $5 == "missing" { $5 = status }
    { print }
  ' "$work/broken" "$work/updates" >"$work/marked" && mv "$work/marked" "$work/updates"
}

# The list of updates is as old as the repository that was refreshed longest ago.
keep_oldest() { # repository, epoch seconds
  if [ -z "$2" ]; then
    complain "nothing is known of the repository $1"
    return 1
  fi
  if [ -z "$metadata_at" ] || [ "$2" -lt "$metadata_at" ]; then metadata_at=$2; fi
}
any_enabled() { [ -s "$work/enabled" ] || { complain 'no repository is enabled' && return 1; }; }

# --- apt ---------------------------------------------------------------------------------------------------------

apt_look() {
  local holds simulated status=0
  holds=$(apt-mark showhold 2>/dev/null)
  held=$(printf '%s' "$holds" | grep -c .)
  simulated=$(bounded apt-get -s -q --ignore-hold -o Debug::NoLocking=1 dist-upgrade 2>"$work/error") || status=$?
  if [ "$status" -eq 0 ]; then
    check updates 1
    printf '%s\n' "$simulated" | apt_updates "$holds" >>"$work/updates"
  else
    complain "apt-get: $(head -c 300 "$work/error")"
    check updates 0
  fi
  apt_states
  metadata_at=$(apt_metadata)
  cat "$root"/var/log/dpkg.log.1 "$root"/var/log/dpkg.log 2>/dev/null \
    | awk '$3 == "upgrade" || ($3 == "install" && $4 ~ /^linux-image-/) { sub(/:[a-z0-9-]+$/, "", $4); print $1 " " $2 "\t" $4 }' \
    | stamped_to_epoch | newest_batch
  if [ -r "$root/var/log/dpkg.log" ]; then check history 1; else check history 0; fi
  apt_reboot
}

# "Inst name [old] (new Origin:suite/archive, … [arch])": only what is installed already is an update.
apt_updates() {
  awk -v holds="$1" '
    BEGIN { count = split(holds, list, "\n"); for (i = 1; i <= count; i++) on_hold[list[i]] = 1 }
    /^The following packages have been kept back:/ { kept = 1; next }
    kept && /^  / { for (i = 1; i <= NF; i++) back[$i] = 1; next }
    { kept = 0 }
    $1 == "Inst" && $3 ~ /^\[/ {
      version = $4; sub(/^\(/, "", version)
      origins = $0; sub(/^[^(]*/, "", origins)
      security = origins ~ /[Ss]ecurity|ESM/
      status = ($2 in on_hold) ? "rejected" : "missing"
      print $2 "\t" $2 " " version "\t" (security ? "security" : "software") "\tunspecified\t" status
      delete back[$2]
    }
    END { for (name in back) print name "\t" name " (kept back)\tother\tunspecified\t" ((name in on_hold) ? "rejected" : "missing") }
  '
}

# Packages that dpkg left half done: an install that runs right now, or one that failed.
apt_states() {
  local status=failed
  if locked var/lib/dpkg/lock-frontend var/lib/dpkg/lock; then status=installing; fi
  if dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${db:Status-Abbrev}|${binary:Package}\n' >"$work/states" 2>/dev/null; then
    check failed 1
    awk -F '|' -v status="$status" '
      substr($1, 2, 1) ~ /[HUF]/ || substr($1, 3, 1) == "R" { print $2 "\t" $2 " is half installed\tother\tunspecified\t" status }
    ' "$work/states" >>"$work/updates"
  else
    check failed 0
  fi
}

apt_metadata() {
  local stamp="$root/var/lib/apt/periodic/update-success-stamp"
  if [ -e "$stamp" ]; then written_at "$stamp"; else newest_of "$root"/var/lib/apt/lists/*_InRelease "$root"/var/lib/apt/lists/*_Packages*; fi
}

# The flag exists only where something writes it: without a writer its absence says nothing.
apt_reboot() {
  local flag writer
  for flag in "$root/run/reboot-required" "$root/var/run/reboot-required"; do
    if [ -e "$flag" ]; then
      reboot_since=$(written_at "$flag")
      # A boot that is newer than the flag has answered it.
      if [ -n "$booted" ] && [ "$reboot_since" -lt "$booted" ]; then
        reboot_required=0
        reboot_since=''
        return
      fi
      signal reboot-required
      reboot_required=1
      return
    fi
  done
  for writer in usr/share/update-notifier/notify-reboot-required etc/kernel/postinst.d/unattended-upgrades \
    etc/kernel/postinst.d/update-notifier etc/kernel/postinst.d/reboot-notifier; do
    if [ -e "$root/$writer" ]; then reboot_required=0; fi
  done
}

# --- dnf ---------------------------------------------------------------------------------------------------------

dnf_cached() { bounded dnf -q -C "$@"; } # what the last refresh left behind

dnf_look() {
  # dnf takes a package database that it cannot read for an empty one: no updates, no reboot, and status 0.
  dnf_cached repoquery --installed >"$work/present" 2>"$work/error"
  if [ ! -s "$work/present" ]; then
    complain "dnf sees no installed package: $(head -c 300 "$work/error")"
    check updates 0
    check history 0
    check failed 0
    return
  fi
  dnf_updates
  if dnf_cached versionlock list >"$work/locks" 2>/dev/null; then held=$(dnf_locks <"$work/locks"); fi
  dnf_history
  dnf_cached needs-restarting -r >"$work/reboot" 2>/dev/null
  # Status 1 says "yes" as well as "no such plugin": the sentence tells them apart.
  case $?$(grep -m 1 '^Reboot is required' "$work/reboot") in
    0*) reboot_required=0 ;;
    1Reboot*) signal needs-restarting && reboot_required=1 ;;
  esac
}

# A pattern per line (dnf 4), or paragraphs that begin with the package's name (dnf 5).
dnf_locks() { awk '/^Package name:/ { named++ } NF && !/^#/ { lines++ } END { print named ? named : lines + 0 }'; }

dnf_updates() {
  local status=0 everything=(--disableplugin=versionlock '--setopt=disable_excludes=all,*')
  dnf_cached check-update >"$work/wanted" 2>"$work/error" || status=$?
  if [ "$status" -ne 0 ] && [ "$status" -ne 100 ]; then
    complain "dnf: $(head -c 300 "$work/error")"
    check updates 0
    return
  fi
  status=0
  dnf_cached check-update "${everything[@]}" >"$work/available" 2>/dev/null || status=$?
  if [ "$status" -ne 0 ] && [ "$status" -ne 100 ]; then
    everything=()
    cp "$work/wanted" "$work/available"
  fi
  if dnf_cached updateinfo list --updates "${everything[@]}" >"$work/advisories" 2>/dev/null \
    && dnf_cached updateinfo list --updates "${everything[@]}" --with-cve >"$work/cves" 2>/dev/null; then
    check security 1
  else
    : >>"$work/cves"
    check security 0
  fi
  dnf_join >>"$work/updates"
  if dnf_repositories; then check updates 1; else check updates 0; fi
}

# "name.arch version repo" joined with the advisories: "id Severity/Sec. name-version-release.arch" (dnf 4) or
# "id type severity name-version-release.arch date" (dnf 5). Asked for CVE ids, dnf names one per line in place of the
# advisory, and leaves out advisories without any. What only the list without locks and excludes names is held back.
dnf_join() {
  awk '
    function rank(word) { return word == "Critical" ? 4 : word == "Important" ? 3 : word == "Moderate" ? 2 : word == "Low" ? 1 : 0 }
    FILENAME ~ /(advisories|cves)$/ {
      for (i = 2; i < NF; i++) {
        word = $i; security = sub(/\/Sec\.$/, "", word)
        if (!rank(word) && !security && word != "security") continue
        if (word == "security") { word = $(i + 1); i++ }
        full = $(i + 1); arch = full; sub(/^.*\./, "", arch)
        name = full; sub(/-[^-]+-[^-]+$/, "", name)
        key = name "." arch
        secure[key] = 1
        if (rank(word) > rank(worst[key])) worst[key] = word
        if ($1 ~ /^CVE-/ && ++cves[key] <= 5) listed[key] = listed[key] " " $1
        break
      }
      next
    }
    FNR == 1 { obsoletes = 0 }
    tolower($0) ~ /^obsoleting packages/ { obsoletes = 1 }
    obsoletes || NF != 3 || $1 !~ /\./ { next }
    FILENAME ~ /wanted$/ { wanted[$1] = 1; next }
    {
      print $1 "\t" $1 " " $2 listed[$1] "\t" (secure[$1] ? "security" : "software") "\t" \
        (worst[$1] ? tolower(worst[$1]) : "unspecified") "\t" (wanted[$1] ? "missing" : "rejected")
    }
  ' "$work/advisories" "$work/cves" "$work/wanted" "$work/available"
}

# The oldest refresh of an enabled repository. dnf passes over one that it has never read and may skip: no repository,
# or one that nothing is known of, means that updates may be missing from the list.
dnf_repositories() {
  local id date at
  dnf_cached repolist --enabled 2>/dev/null | awk '!/^repo id / && NF { print $1 }' >"$work/enabled"
  dnf_cached repoinfo --enabled 2>/dev/null | awk '
    /^Repo-id|^Repo ID/ { id = $0; sub(/^[^:]*: */, "", id) }
    sub(/^.*\(last: /, "") { sub(/\).*/, ""); print id "\t" $0 }
  ' >"$work/refreshed"
  while read -r id; do
    date=$(awk -F '\t' -v id="$id" '$1 == id { print $2 }' "$work/refreshed")
    at=''
    if [ -n "$date" ]; then at=$(epoch "$date"); fi
    keep_oldest "$id" "$at" || return 1
  done <"$work/enabled"
  any_enabled
}

# Walks back to the last transaction that upgraded something. What failed on the way and is still missing has failed;
# where nothing can be named, the last transaction itself stands for it.
dnf_history() {
  local back begin code last_code=''
  for back in '' -1 -2 -3 -4 -5 -6 -7 -8 -9; do
    dnf_cached history info "last$back" >"$work/history" 2>/dev/null || break
    begin=$(sed -n 's/^Begin time *: *//p' "$work/history" | head -n 1)
    code=$(sed -n 's/^\(Return-Code\|Status\) *: *//p' "$work/history" | head -n 1)
    [ -n "$begin" ] || break
    last_code=${last_code:-$code}
    case $code in
      Success* | Ok*) dnf_upgraded "$(epoch "$begin")" <"$work/history" | newest_batch ;;
      *) dnf_not_upgraded <"$work/history" >>"$work/broken" ;;
    esac
    if [ -s "$work/installed" ]; then break; fi
  done
  if [ -z "$last_code" ]; then check history 0 && check failed 0 && return; fi
  check history 1
  check failed 1
  mark_failed "$(rpm_state)"
  case $last_code in Success* | Ok*) return ;; esac
  if ! grep -q '	\(failed\|installing\)$' "$work/updates"; then
    printf 'dnf-transaction\tthe last dnf transaction: %s\tother\tunspecified\t%s\n' "$last_code" "$(rpm_state)" >>"$work/updates"
  fi
}

dnf_upgraded() { # $1: epoch seconds
  awk -v at="$1" '
    at && ($1 == "Upgrade" || ($1 == "Install" && $2 ~ /^kernel/)) { name = $2; sub(/-[^-]+-[^-]+$/, "", name); print at "\t" name }
  '
}

# dnf 4 puts ** before what went wrong, dnf 5 does not tell.
dnf_not_upgraded() {
  awk '
    { wrong = sub(/^ *\*\* */, ""); told += wrong }
    $1 == "Upgrade" { name = arch = $2; sub(/^.*\./, "", arch); sub(/-[^-]+-[^-]+$/, "", name); row[++rows] = name "." arch; bad[rows] = wrong }
    END { for (i = 1; i <= rows; i++) if (bad[i] || !told) print row[i] }
  '
}

# --- zypper ------------------------------------------------------------------------------------------------------

zypper_cached() { bounded zypper --non-interactive -q --no-refresh "$@"; }

zypper_look() {
  local status=0
  if [ -r "$root/var/log/zypp/history" ]; then
    check history 1
    check failed 1
    zypper_installed <"$root/var/log/zypp/history" | stamped_to_epoch | newest_batch
    zypper_broken <"$root/var/log/zypp/history" >"$work/broken"
  else
    check history 0
    check failed 0
  fi
  if zypper_updates; then check updates 1; else check updates 0; fi
  held=$(zypper_cached locks 2>/dev/null | grep -c '^[0-9]') || held=${held:-0}
  zypper_cached needs-rebooting >/dev/null 2>&1 || status=$?
  case $status in
    0) reboot_required=0 ;;
    102)
      signal zypper-needs-rebooting
      reboot_required=1
      reboot_since=$(written_at "$root/run/reboot-needed")
      ;;
  esac
}

# Succeeds when zypper could read every enabled repository (its status 106: not all of them).
zypper_updates() {
  local patches=0 packages=0 names
  zypper_cached search --installed-only --type package >"$work/present" 2>"$work/error"
  if ! grep -q '^i' "$work/present"; then
    complain "zypper sees no installed package: $(head -c 300 "$work/error")"
    return 1
  fi
  zypper_cached list-patches >"$work/patches" 2>"$work/error" || patches=$?
  zypper_cached list-updates --all >"$work/packages" 2>"$work/error" || packages=$?
  case $patches$packages in
    00 | 1060 | 0106 | 106106) ;;
    *)
      complain "zypper: $(head -c 300 "$work/error")"
      return 1
      ;;
  esac
  zypper_cached list-patches --cve >"$work/cves" 2>/dev/null
  mapfile -t names < <(zypper_columns Name,Status <"$work/patches" | sed -n 's/\tneeded$//p')
  if [ ${#names[@]} -gt 0 ]; then zypper_cached info --type patch "${names[@]}" >"$work/info" 2>/dev/null; fi
  zypper_join >>"$work/updates"
  mark_failed "$(rpm_state)"
  zypper_repositories && [ "$patches$packages" = 00 ]
}

# Columns of one of zypper's tables, tab-separated: versions differ in the columns they have.
zypper_columns() { # their names, comma-separated
  awk -F ' *[|] *' -v wanted="$1" '
    BEGIN { count = split(wanted, names, ",") }
    { gsub(/^ +| +$/, "") }
    /^-+[+]/ { body = 1; next }
    !body { for (i = 1; i <= NF; i++) column[$i] = i; next }
    NF < 2 { next }
    { line = ""; for (i = 1; i <= count; i++) line = line (i > 1 ? "\t" : "") $(column[names[i]]); print line }
  '
}

# Patches where the distribution has them, and packages that no needed patch brings: other repositories have no patches.
# A patch conflicts with the packages that are older than those it brings.
zypper_join() {
  zypper_columns Patch,No. <"$work/cves" >"$work/cve-ids"
  sed -n '/^Conflicts/,/^[A-Z][a-z]* *:/s/^\(Conflicts *:\)\{0,1\} *\([^ ]*\) < .*/\2/p' "$work/info" 2>/dev/null \
    | sed 's/\.\(noarch\|x86_64\|i[3-6]86\|aarch64\|ppc64le\|s390x\|armv[67]hl\|riscv64\)$//' >"$work/brought"
  zypper_columns Name,Category,Severity,Status,Summary <"$work/patches" >"$work/patch-rows"
  zypper_columns 'S,Name,Available Version' <"$work/packages" >"$work/package-rows"
  awk -F '\t' '
    FILENAME ~ /cve-ids$/ { if (++cves[$1] <= 5) listed[$1] = listed[$1] " " $2; next }
    FILENAME ~ /brought$/ { brought[$1] = 1; next }
    FILENAME ~ /broken$/ { broken[$1] = 1; next }
    FILENAME ~ /patch-rows$/ {
      if ($4 !~ /^(needed|locked|unwanted)$/) next
      severity = $3 ~ /^(critical|important|moderate|low)$/ ? $3 : "unspecified"
      kind = $2 == "security" ? "security" : $2 == "feature" ? "feature" : "software"
      print $1 "\t" $1 listed[$1] " " $5 "\t" kind "\t" severity "\t" ($4 == "needed" ? "missing" : "rejected")
      next
    }
    $1 ~ /^v/ && (!brought[$2] || broken[$2]) { print $2 "\t" $2 " " $3 "\tsoftware\tunspecified\t" ($1 ~ /l/ ? "rejected" : "missing") }
  ' "$work/cve-ids" "$work/brought" "$work/broken" "$work/patch-rows" "$work/package-rows"
}

zypper_repositories() {
  local id raw
  zypper_cached repos --show-enabled-only 2>/dev/null | zypper_columns Alias | tr / _ >"$work/enabled"
  while read -r id; do
    raw="$root/var/cache/zypp/raw/$id"
    # A file that was fetched has the server's time, its folder has ours; what is found unchanged is touched.
    keep_oldest "$id" "$(newest_of "$raw/repodata" "$raw/repodata/repomd.xml" "$raw/content" "$raw/cookie")" || return 1
  done <"$work/enabled"
  any_enabled
}

# "time|install|name|…" after the "time|command|who|line" that caused it: what somebody asked for by name is no update.
# "time|patch  |name|version|arch|repository|severity|category|before|after".
zypper_installed() {
  awk -F '|' '
    $2 == "command" { by_name = $4 ~ /\047(in|install)\047/ }
    $2 == "install" && !by_name { print $1 "\t" $3 }
    $2 ~ /^patch *$/ && $10 == "applied" { print $1 "\t" $3 }
  '
}

# "# time name-version-release.arch.rpm installed ok", or "install failed": the last attempt of each decides.
zypper_broken() {
  awk '
    $1 == "#" && $4 ~ /\.rpm$/ { name = $4; sub(/-[^-]+-[^-]+$/, "", name); failed[name] = $0 ~ /install failed$/ }
    END { for (name in failed) if (failed[name]) print name }
  '
}

# --- kernel ------------------------------------------------------------------------------------------------------

kernel_flavour() { printf '%s' "$1" | sed 's/^[0-9.-]*//; s/\(fc\|el\)[0-9_]*/\1/'; }

# The newest installed kernel of the flavour that runs; nothing where there is none to compare with (containers).
kernel_installed() {
  local file version flavour
  flavour=$(kernel_flavour "$1")
  for file in "$root"/boot/vmlinuz-*; do
    version=${file##*/vmlinuz-}
    case $version in '*' | *rescue* | *.old) continue ;; esac
    if [ "$(kernel_flavour "$version")" = "$flavour" ]; then printf '%s\n' "$version"; fi
  done | sort -V | tail -n 1
}

# --- look --------------------------------------------------------------------------------------------------------

kernel_running=$(uname -r)
newest_kernel=$(kernel_installed "$kernel_running")
booted=$(boot_at)

# A kernel that is older than the boot was there to be taken: another reboot would not take it either, so it asks for none.
look_at_kernel() {
  if [ -n "$booted" ] && [ -n "$1" ] && [ "$1" -lt "$booted" ]; then
    signal kernel_not_taken
    return
  fi
  signal kernel
  reboot_required=1
  reboot_since=${reboot_since:-$1}
}

look() {
  case $manager in
    apt) apt_look ;;
    dnf) dnf_look ;;
    zypper) zypper_look ;;
  esac
  if [ -n "$newest_kernel" ] && [ "$newest_kernel" != "$kernel_running" ] \
    && [ "$(printf '%s\n' "$kernel_running" "$newest_kernel" | sort -V | tail -n 1)" = "$newest_kernel" ]; then
    # Package managers keep the time of the build as the file's own; only its inode knows when it came here.
    look_at_kernel "$(stat -c %Z -- "$root/boot/vmlinuz-$newest_kernel" 2>/dev/null)"
  fi
  if [ -n "$reboot_required" ]; then check reboot 1; else check reboot 0; fi
}

# --- textfile ----------------------------------------------------------------------------------------------------

# Quotes a label value; what is not printable ASCII cannot break the file.
label() { printf '%s' "$1" | tr -cd '\40-\176' | cut -c 1-200 | sed 's/\\/\\\\/g; s/"/\\"/g'; }
head_of() { printf '# HELP %s %s\n# TYPE %s gauge\n' "$1" "$2" "$1"; }
gauge() { # name, help, value; nothing without a value
  if [ -n "$3" ]; then
    head_of "$1" "$2"
    printf '%s %s\n' "$1" "$3"
  fi
}
os_field() { sed -n "s/^$1=//p" "$root/etc/os-release" 2>/dev/null | head -n 1 | sed 's/^"\(.*\)"$/\1/'; }

series_of_updates() {
  tr -cd '\11\12\40-\176' <"$work/updates" | sort -u | awk -F '\t' -v most="$max_listed" '
    function quoted(text) { text = substr(text, 1, 200); gsub(/\\/, "/", text); gsub(/"/, "\\\"", text); return "\"" text "\"" }
    NR <= most && !seen[$1]++ {
      print "patchhaven_host_update_info{update=" quoted($1) ",title=" quoted($2) ",kind=" quoted($3) ",severity=" quoted($4) ",status=" quoted($5) "} 1"
    }'
}

unlisted() { sort -u "$work/updates" | awk -F '\t' -v most="$max_listed" '!seen[$1]++ { all++ } NR <= most { listed = all } END { print all - listed + 0 }'; }

report() {
  gauge patchhaven_host_generated_timestamp_seconds 'When this was found out.' "$(now)"
  head_of patchhaven_host_info 'This machine and what looked at it.'
  printf 'patchhaven_host_info{agent="patchhaven-host.sh",agent_version="%s",manager="%s",os="%s",os_version="%s",host="%s",kernel_running="%s",kernel_installed="%s"} 1\n' \
    "$agent_version" "$manager" "$(label "$(os_field PRETTY_NAME)")" "$(label "$(os_field VERSION_ID)")" \
    "$(label "$(host_name)")" "$(label "$kernel_running")" "$(label "$newest_kernel")"
  head_of patchhaven_host_check_success 'Whether this could be found out; where it is 0 its series are missing.'
  sort -u "$work/checks" | awk -F '\t' '{ print "patchhaven_host_check_success{check=\"" $1 "\"} " $2 }'
  if grep -q '^updates	1$' "$work/checks"; then report_counts; fi
  if [ -s "$work/updates" ]; then
    head_of patchhaven_host_update_info 'One update that is missing, held back, half installed or failed.'
    series_of_updates
  fi
  gauge patchhaven_host_packages_held 'Packages that somebody holds at their version.' "$held"
  gauge patchhaven_host_metadata_timestamp_seconds 'When the package lists were last refreshed; older lists know fewer updates.' "$metadata_at"
  gauge patchhaven_host_boot_timestamp_seconds 'When this machine booted.' "$booted"
  gauge patchhaven_host_reboot_required 'Whether this machine says that it needs a reboot; absent where nothing here can tell.' "$reboot_required"
  gauge patchhaven_host_reboot_required_since_timestamp_seconds 'Since when it says so.' "$reboot_since"
  if [ -s "$work/signals" ]; then
    head_of patchhaven_host_reboot_signal 'What says that a reboot is needed.'
    sort -u "$work/signals" | awk '{ print "patchhaven_host_reboot_signal{signal=\"" $1 "\"} 1" }'
  fi
  if [ -s "$work/installed" ]; then
    gauge patchhaven_host_last_install_timestamp_seconds 'When the last update was installed.' "$(head -n 1 "$work/installed" | cut -f 1)"
    head_of patchhaven_host_installed_timestamp_seconds 'When each update of the last batch was installed.'
    tr -cd '\11\12\40-\176' <"$work/installed" | sed 's/\\/\\\\/g; s/"/\\"/g' \
      | awk -F '\t' '{ print "patchhaven_host_installed_timestamp_seconds{update=\"" $2 "\"} " $1 }'
  fi
}

report_counts() {
  head_of patchhaven_host_updates 'Updates by status, and whether they are security updates.'
  awk -F '\t' '
    !seen[$1]++ { count[$5 "\t" ($3 == "security")]++ }
    END {
      split("missing failed rejected", words, " ")
      for (i = 1; i <= 3; i++) for (s = 0; s <= 1; s++) count[words[i] "\t" s] += 0
      for (key in count) { split(key, part, "\t"); print "patchhaven_host_updates{status=\"" part[1] "\",security=\"" (part[2] ? "true" : "false") "\"} " count[key] }
    }' "$work/updates" | sort
  gauge patchhaven_host_updates_unlisted 'Updates beyond those that have a series of their own.' "$(unlisted)"
}

host_name() { hostname -f 2>/dev/null || hostname 2>/dev/null || uname -n; }

# A reader sees the old file or the new one, never a part: written beside it, then renamed.
write_textfile() {
  local folder temporary
  if [ "$output" = - ]; then
    report
    return
  fi
  folder=$(dirname -- "$output")
  exec 9>"$folder/.patchhaven-host.lock" || exit 3
  if have flock; then flock -w 60 9 || exit 3; fi
  temporary=$(mktemp "$folder/.patchhaven-host.XXXXXX") || exit 3
  if report >"$temporary" && chmod 0644 "$temporary" && mv -f -- "$temporary" "$output"; then return; fi
  rm -f -- "$temporary"
  complain "$output could not be written"
  exit 3
}

# --- events ------------------------------------------------------------------------------------------------------

json() { printf '"%s"' "$(printf '%s' "$1" | tr -cd '\40-\176' | sed 's/\\/\\\\/g; s/"/\\"/g')"; }
rfc3339() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }
whose() {
  if [ -n "$instance" ]; then printf '"instance":%s' "$(json "$instance")"; else printf '"hostName":%s' "$(json "$(host_name)")"; fi
  if [ -n "$organization" ]; then printf ',"organization":%s' "$(json "$organization")"; fi
}
event_body() { # type, epoch, data. The same event told twice has the same id.
  printf '{"type":"%s","occurredAt":"%s","id":%s,%s,"data":%s}' \
    "$1" "$(rfc3339 "$2")" "$(json "host:${instance:-$(host_name)}:$1:$2")" "$(whose)" "$3"
}
patch_list() { # ids, one per line
  head -n "$max_batch" | while IFS= read -r id; do printf '{"id":%s},' "$(json "$id")"; done | sed 's/,$//; s/^/[/; s/$/]/'
}

# The token goes in by standard input: arguments can be read by every user of the machine.
post() { # events, comma-separated
  local answer flags=()
  have curl || { complain 'events need curl' && return 4; }
  if [ -n "$ca_file" ]; then flags=(--cacert "$ca_file"); fi
  answer=$(printf 'header = "Authorization: Bearer %s"\n' "$(tr -d '[:space:]' <"$token_file")" \
    | curl -sS -K - "${flags[@]}" --max-time 10 -o "$work/answer" -w '%{http_code}' \
      -H 'content-type: application/json' --data-binary "{\"events\":[$1]}" "$events_url/api/v1/events" 2>"$work/error")
  if [ "$answer" = 202 ]; then return 0; fi
  complain "the events were not accepted: HTTP $answer $(head -c 300 "$work/error") $(head -c 500 "$work/answer" 2>/dev/null)"
  return 4
}

post_one() {
  local data
  case $event in
    patch.install.*) data='{}' ;;
    *) data="{\"reason\":$(json "${reason:-told by a hook of this machine}")}" ;;
  esac
  post "$(event_body "$event" "$(now)" "$data")"
}

# What the machine found out just now, for a Patchhaven that does not scrape it.
post_found() {
  local at events='' since
  at=$(head -n 1 "$work/installed" | cut -f 1)
  since=$(($(now) - batch_span))
  if [ -n "$at" ] && [ "$at" -ge "$since" ]; then
    events="$(event_body patch.installed "$at" "{\"patches\":$(cut -f 2 "$work/installed" | patch_list)}"),"
  fi
  if [ "$reboot_required" = 1 ] && [ -n "$reboot_since" ]; then
    events="$events$(event_body reboot.pending "$reboot_since" '{"reason":"this machine says that it needs a reboot"}'),"
  fi
  if [ -n "$booted" ] && [ "$booted" -ge "$since" ]; then
    events="$events$(event_body reboot.completed "$booted" "{\"bootAt\":\"$(rfc3339 "$booted")\"}"),"
  fi
  if [ -z "$events" ]; then return 0; fi
  post "${events%,}"
}

# --- main --------------------------------------------------------------------------------------------------------

if [ -n "$event" ] && [ "$only_if_required" = no ]; then
  post_one
  exit $?
fi
look
if [ -n "$event" ]; then
  if [ "$reboot_required" != 1 ]; then exit 0; fi
  post_one
  exit $?
fi
write_textfile
if [ -n "$events_url" ]; then post_found || exit $?; fi
exit 0
