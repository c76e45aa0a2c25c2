#!/bin/sh
# Wireshark reads what guests, their DHCP server and SR-IOV cards send, and finds on the links of VM2 and of the DHCP
# server what the reference captures of use case 2 have there: the expected lines are those of its vf0.pcap and
# qdhcp.pcap.
# usage: guest-judge.sh GUEST-JUDGE-MAKE
make=$1
. "$(dirname "$0")/../tap.sh"

# fields FILTER: the frames that a filter selects, drops left out
fields()
{
  tshark -r "$dir/trace.pcapng" -Y "($1) && !frame.comment" -T fields -E separator='|' -E aggregator=, \
    -e frame.len -e eth.dst -e eth.type -e arp.opcode -e arp.dst.proto_ipv4 -e ip.src -e ip.dst -e ip.ttl \
    -e ip.dsfield -e ip.flags.df -e udp.length -e dhcp.option.type -e dhcp.option.value -e icmp.type -e icmp.seq \
    2> /dev/null
}

for tool in tshark capinfos; do
  command -v $tool > /dev/null || { echo "1..0 # SKIP $tool is not installed"; exit 0; }
done
echo 1..6
"$make" "$dir/trace.pcapng" || exit 1

check "two runs write the same bytes" "$("$make" "$dir/again.pcapng" && cmp "$dir/trace.pcapng" "$dir/again.pcapng" 2>&1)" ""

check "no frame is malformed" \
  "$(tshark -r "$dir/trace.pcapng" -Y _ws.malformed 2> /dev/null)" ""

check "no checksum is wrong" \
  "$(tshark -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -r "$dir/trace.pcapng" \
    -Y 'ip.checksum.status == 0 || udp.checksum.status == 0 || icmp.checksum.status == 0 || icmpv6.checksum.status == 0' \
    2> /dev/null)" ""

check "VM2's link carries the frames of the reference" \
  "$(fields 'frame.interface_name == "vm2/eth0" && frame.time_relative >= 5 && frame.time_relative < 9.9')" \
"342|ff:ff:ff:ff:ff:ff|0x0800|||0.0.0.0|255.255.255.255|128|0x10|0|308|53,55,0|01,011c031a||
342|fa:16:3e:00:00:12|0x0800|||10.0.0.2|10.0.0.12|64|0xc0|0|308|53,54,51,58,59,1,28,3,26,0|02,0a000002,00015180,0000a8c0,00012750,ffffff00,0a0000ff,0a000002,05aa||
342|ff:ff:ff:ff:ff:ff|0x0800|||0.0.0.0|255.255.255.255|128|0x10|0|308|53,54,50,55,0|03,0a000002,0a00000c,011c031a||
342|fa:16:3e:00:00:12|0x0800|||10.0.0.2|10.0.0.12|64|0xc0|0|308|53,54,51,58,59,1,28,3,26,0|05,0a000002,00015180,0000a8c0,00012750,ffffff00,0a0000ff,0a000002,05aa||
42|ff:ff:ff:ff:ff:ff|0x0806|1|10.0.0.12||||||||||
42|fa:16:3e:00:00:11|0x0806|2|10.0.0.11||||||||||
98|fa:16:3e:00:00:12|0x0800|||10.0.0.11|10.0.0.12|64|0x00|1||||8|1
98|fa:16:3e:00:00:11|0x0800|||10.0.0.12|10.0.0.11|64|0x00|0||||0|1
98|fa:16:3e:00:00:12|0x0800|||10.0.0.11|10.0.0.12|64|0x00|1||||8|2
98|fa:16:3e:00:00:11|0x0800|||10.0.0.12|10.0.0.11|64|0x00|0||||0|2
98|fa:16:3e:00:00:12|0x0800|||10.0.0.11|10.0.0.12|64|0x00|1||||8|3
98|fa:16:3e:00:00:11|0x0800|||10.0.0.12|10.0.0.11|64|0x00|0||||0|3
42|ff:ff:ff:ff:ff:ff|0x0806|1|10.0.0.11||||||||||
42|fa:16:3e:00:00:12|0x0806|2|10.0.0.12||||||||||
98|fa:16:3e:00:00:11|0x0800|||10.0.0.12|10.0.0.11|64|0x00|1||||8|1
98|fa:16:3e:00:00:12|0x0800|||10.0.0.11|10.0.0.12|64|0x00|0||||0|1
98|fa:16:3e:00:00:11|0x0800|||10.0.0.12|10.0.0.11|64|0x00|1||||8|2
98|fa:16:3e:00:00:12|0x0800|||10.0.0.11|10.0.0.12|64|0x00|0||||0|2
98|fa:16:3e:00:00:11|0x0800|||10.0.0.12|10.0.0.11|64|0x00|1||||8|3
98|fa:16:3e:00:00:12|0x0800|||10.0.0.11|10.0.0.12|64|0x00|0||||0|3
58|ff:ff:ff:ff:ff:ff|0x0806|1|10.0.0.11||||||||||
42|fa:16:3e:00:00:12|0x0806|2|10.0.0.12||||||||||
58|ff:ff:ff:ff:ff:ff|0x0806|1|10.0.0.11||||||||||
42|fa:16:3e:00:00:12|0x0806|2|10.0.0.12||||||||||"

check "the DHCP server's link carries the frames of the reference" \
  "$(fields 'frame.interface_name == "qdhcp/eth0" && frame.time_relative >= 5 && frame.time_relative < 9.9' |
    cut -d '|' -f 1,2,4,5,12)" \
"342|ff:ff:ff:ff:ff:ff|||53,55,0
342|fa:16:3e:00:00:12|||53,54,51,58,59,1,28,3,26,0
342|ff:ff:ff:ff:ff:ff|||53,54,50,55,0
342|fa:16:3e:00:00:12|||53,54,51,58,59,1,28,3,26,0
42|ff:ff:ff:ff:ff:ff|1|10.0.0.12|
42|ff:ff:ff:ff:ff:ff|1|10.0.0.11|
58|ff:ff:ff:ff:ff:ff|1|10.0.0.11|
58|ff:ff:ff:ff:ff:ff|1|10.0.0.11|"

check "the wire carries VLAN 2901 and nothing else" \
  "$(tshark -r "$dir/trace.pcapng" -Y 'frame.interface_name == "server2/em1" && !frame.comment' -T fields \
    -e vlan.id -e vlan.priority 2> /dev/null | sort -u)" \
  "$(printf '2901\t0')"
