#!/bin/sh
# Wireshark's tools read the sample trace, and the reader reads what they write.
# usage: pcapng-test-judge.sh PCAPNG-TEST-MAKE PCAPNG-TEST-PRINT
make=$1
print=$2
. "$(dirname "$0")/../tap.sh"

for tool in tshark capinfos editcap; do
  command -v $tool > /dev/null || { echo "1..0 # SKIP $tool is not installed"; exit 0; }
done
echo 1..8
"$make" "$dir/sample.pcapng" || exit 1

check "two runs write the same bytes" "$("$make" "$dir/again.pcapng" && cmp "$dir/sample.pcapng" "$dir/again.pcapng" 2>&1)" ""

check "no frame is malformed" \
  "$(tshark -r "$dir/sample.pcapng" -Y '_ws.malformed && frame.cap_len == frame.len' 2>&1 | grep -v 'Running as')" ""

check "tshark names interface, packet id and drop" \
  "$(tshark -r "$dir/sample.pcapng" -Y eth -T fields -E separator='|' -e frame.time_epoch -e frame.interface_name \
    -e frame.packet_id -e frame.p2p_dir -e frame.comment 2> /dev/null)" \
"1.000000001|server2/em1|1099511627783|0|
1.000001061|tor1/em3|1099511627783|1|
1.000001061|tor1/em3|1099511627783|1|drop vlan-unbound: no logical switch is bound to this port and VLAN [vlan_bindings, port em3 vlan 5]
9223372036.854775807|tor1/em4|1099511627784|0|drop no-cable: nothing is connected to the port"

check "tshark finds a drop by its verdict" \
  "$(tshark -r "$dir/sample.pcapng" -Y 'frame.verdict.hw contains "vlan-unbound"' -T fields -e frame.interface_name \
    2> /dev/null)" "tor1/em3"

check "capinfos shows scenario, variant, seed and version" \
  "$(capinfos "$dir/sample.pcapng" 2>&1 | sed -n 's/^Capture \(comment\|application\): *//p')" \
"vteplab 0.1.0
scenario: use-case-2
variant: broken
seed: 2901"

check "capinfos counts the names" \
  "$(capinfos "$dir/sample.pcapng" 2>&1 | sed -n 's/^Number of resolved \(IPv. addresses\) in file: /\1 /p')" \
"IPv4 addresses 2
IPv6 addresses 1"

# Without drops: tshark 4.0 reads epb_verdict well and writes it wrongly.
tshark -r "$dir/sample.pcapng" -Y 'eth && !frame.comment' -w "$dir/some.pcapng" 2> /dev/null
check "the reader reads what tshark wrote" \
  "$("$print" "$dir/some.pcapng" 2>&1 | sed 's/ bytes=.*//')" \
"0 section seed=2901 scenario='use-case-2' variant='broken' version='0.1.0'
0 interface id=0 name='server2/em1' kind='sriov-compute' peer='tor1/em3'
0 interface id=1 name='tor1/em3' kind='tor' peer='server2/em1'
1000000001 packet interface=0 direction=2 id=1099511627783 length=46 drop=none
1000001061 packet interface=1 direction=1 id=1099511627783 length=46 drop=none
2000000000 interface id=2 name='tor1/em4' kind='tor'"

printf '0000 ff ff ff ff ff ff 02 00 00 00 00 0b 88 b5 01 02\n' > "$dir/hex"
text2pcap -q "$dir/hex" "$dir/micro.pcapng" 2> /dev/null
check "the reader reads a file that has nothing to do with us" \
  "$("$print" "$dir/micro.pcapng" 2>&1 | sed -n 's/^[0-9]* packet/packet/p')" \
"packet interface=0 direction=0 id=0 length=16 drop=none bytes=ffffffffffff02000000000b88b50102"
