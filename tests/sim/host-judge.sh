#!/bin/sh
# tshark judges the streams of two hosts over a clean link.  usage: host-judge.sh HOST-JUDGE-MAKE
make=$1
. "$(dirname "$0")/../tap.sh"

# ask FILTER [OPTION …]: of what one end of the link saw, checksums verified
ask()
{
  filter=$1
  shift
  tshark -n -r "$dir/client.pcapng" -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -Y "$filter" "$@" 2> /dev/null
}

command -v tshark > /dev/null || { echo "1..0 # SKIP tshark is not installed"; exit 0; }
echo 1..5
"$make" "$dir/both.pcapng" || exit 1
# Each segment is recorded at both ends of the link; one end's view is what a capture would be.
tshark -n -r "$dir/both.pcapng" -Y 'frame.interface_name == "client/mgmt"' -w "$dir/client.pcapng" 2> /dev/null

check "no segment is malformed or has a wrong checksum" \
  "$(ask '_ws.malformed or tcp.checksum.status == 0 or ip.checksum.status == 0')" ""
check "nothing on a clean link looks lost, late or sent again" "$(ask tcp.analysis.flags)" ""
check "the handshake is three segments with a segment size of 1460" \
  "$(ask 'tcp.stream == 0 and tcp.flags.syn == 1' -T fields -e tcp.flags.str -e tcp.options.mss_val | tr -d '·\t ')" \
"S1460
AS1460"
check "every byte is there, both ways" \
  "$(ask 'tcp.stream == 0' -T fields -e ip.src -e tcp.len | awk '{ n[$1] += $2 } END { for (a in n) print a, n[a] }' | sort)" \
"192.0.2.1 200000
192.0.2.2 200000"
check "both ends finish, and a refused dial is reset" \
  "$(ask 'tcp.flags.fin == 1 or tcp.flags.reset == 1' -T fields -e tcp.stream -e ip.src -e tcp.flags.str | tr -d '·' | tr '\t' ' ')" \
"1 192.0.2.2 AR
0 192.0.2.1 AF
0 192.0.2.2 AF"
