#!/bin/sh
# The live view in a real terminal: tmux types keys and reads the screen.
# usage: view-tmux.sh VIEW-MAIN VIEW-MAKE
view=$1
make=$2
command -v tmux > /dev/null || { echo "1..0 # SKIP tmux is not installed"; exit 0; }
dir=$(mktemp -d)
export LC_ALL=C.UTF-8
unset TMUX NO_COLOR
tmux() { command tmux -u -f /dev/null -S "$dir/socket" "$@"; }
trap 'tmux kill-server 2> /dev/null; rm -rf "$dir"' EXIT
n=0

screen() { tmux capture-pane -p -t "$session"; }
keys() { tmux send-keys -t "$session" "$@"; }

# start TERM: the view at 80 by 24; when it has ended, the pane says so.
start()
{
  session=view-$1
  tmux new-session -d -s "$session" -x 80 -y 24 "TERM=$1 '$view' '$dir/run.pcapng'; echo gone \$?; sleep 60"
}

# expect NAME TEXT…: within five seconds the screen has every text.
expect()
{
  name=$1
  shift
  n=$((n + 1))
  for _ in $(seq 50); do
    shown=$(screen)
    missing=
    for text in "$@"; do
      case $shown in *"$text"*) ;; *) missing=$text ;; esac
    done
    [ -z "$missing" ] && { echo "ok $n - $name"; return; }
    sleep 0.1
  done
  echo "not ok $n - $name"
  printf 'not seen: %s\n%s\n' "$missing" "$shown" | sed 's/^/# /'
}

echo 1..16
"$make" "$dir/run.pcapng" || exit 1

start screen
expect "the network and the run's name are shown" "use-case-2, seed 2901" "[ underlay ]" "[ server2 ]" \
  "without management"
keys Space Home
expect "a key pauses, another goes to the first event" "1/16  PAUSED" \
  ">  1.000000000 vm1/eth0       out  ARP who-has vm2 tell vm1 (42)"
keys s s
expect "a step goes one event on" "3/16  PAUSED" ">  1.000001000 server2/em1    out  802.1Q 2901 | ARP"
keys d
expect "the next drop shows its mark, reason and rule" "14/16  PAUSED" "[ tor1 ]X vlan-unbound" \
  ">X 2.000001000 tor1/em3       DROP vlan-unbound [vlan_bindings, port em3 vlan 5]"
keys n
expect "names become addresses" "ARP who-has 10.0.0.12 tell 10.0.0.11"
keys Up Up
expect "arrows scroll the list" "12/16  PAUSED" ">  2.000000000 server2/em1"
keys t Up Up Up Up Up Up Up
expect "state changes are left out" "without management, tables" "4/16  PAUSED"
keys t m
expect "and everything is shown again" "where          what
"
keys h
expect "help is shown" "space      play or pause"
keys h Home Space
expect "play goes on to the end" "16/16  END"
tmux resize-window -t "$session" -x 100 -y 40
expect "a larger terminal has framed nodes" "│ server1 │" "n names  h help  q quit"
keys q
expect "q quits" "gone 0"

start vt100
keys d
expect "a terminal without colours shows a drop by its mark" "X vlan-unbound" ">X 2.000001000"
n=$((n + 1))
case $(tmux capture-pane -e -p -t "$session") in
  *'[3'[0-7]m*) echo "not ok $n - and uses none" ;;
  *) echo "ok $n - and uses none" ;;
esac
keys q

start dumb
expect "a terminal that cannot move its cursor is refused" "the live view needs a terminal" "gone 1"

n=$((n + 1))
said=$("$view" "$dir/run.pcapng" 2>&1 > "$dir/out" < /dev/null)
if [ $? = 1 ] && [ "${said#the live view needs a terminal}" != "$said" ]; then
  echo "ok $n - without a terminal there is a sentence"
else
  echo "not ok $n - without a terminal there is a sentence"
  echo "# got: $said"
fi
