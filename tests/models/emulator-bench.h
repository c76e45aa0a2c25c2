/* A TOR that runs the VTEP emulator, with probes at its ports, for tests of its ways. */
#pragma once

#include "models/tor/tor.h"
#include "probe.h"

G_BEGIN_DECLS

#define TURN  SIM_SEC
#define TEP18 0x0a087d12u /* 10.8.125.18 */
#define TEP21 0x0a087d15u /* 10.8.125.21 */
#define TEP20 0x0a087d14u /* 10.8.125.20: the emulator's own */

#define BROADCAST G_GUINT64_CONSTANT (0xffffffffffff)
#define VM(n)     (G_GUINT64_CONSTANT (0xfa163e000000) | (n))

/* host on em3, other on em4, peer on uplink: the last one stands for all far tunnel ends. */
typedef struct
{
  ProbeTrace heard;
  SimNetwork *network;
  TorNode *tor;
  Probe *host, *other, *peer;
} EmulatorBench;

/* Half a second after a turn. */
void emulator_bench_init (EmulatorBench *bench, guint64 seed, EmulatorBugs bugs);
void emulator_bench_clear (EmulatorBench *bench);
void emulator_bench_run (EmulatorBench *bench, gint64 by_ns);

/* ---- its database -------------------------------------------------------------------------------------------- */

/* ls0 with key 5001, bound to em3 vlan 2901; its list holds 10.8.125.18 and .21, and no mode is set. */
extern const char *const emulator_bench_two_ends;
/* The same, but 10.8.125.18 has a tunnel for fa:16:3e:00:00:18 only, and the list holds .21 alone. */
extern const char *const emulator_bench_end_outside_the_list;

void emulator_bench_transact (EmulatorBench *bench, const char *operations);
guint emulator_bench_n_rows (EmulatorBench *bench, const char *table);

/* ---- frames -------------------------------------------------------------------------------------------------- */

/* EtherType 88b5 and two bytes, behind a tag when `tci` is not 0, from a host or out of a tunnel. */
void emulator_bench_send (EmulatorBench *bench, Probe *from_host, guint64 to, guint64 from, guint tci);
void emulator_bench_send_from_tunnel (EmulatorBench *bench, NetIpv4 end, guint32 vni, guint64 to,
                                      guint64 from, guint tci);
/* Answers what the uplink was asked by ARP, and forgets what every probe has got. */
void emulator_bench_answer_arp (EmulatorBench *bench);
/* VXLAN packets that left for `end` with this VNI. */
guint emulator_bench_n_sent (const EmulatorBench *bench, NetIpv4 end, guint32 vni);
/* Configured, in force, and with all tunnel ends known: vm 1 has sent a frame by each tunnel. */
void emulator_bench_warm_up (EmulatorBench *bench, const char *operations);

G_END_DECLS
