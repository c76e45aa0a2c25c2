/* A compute's tables as netvirt writes them: the worked example that was loaded into a real Open vSwitch.
 *
 * Network 5002 (0x138a), VNI 100 (0x64).  VM1 fa:16:3e:00:00:01 on port 3, lport 4.  Port 4: tunnel to
 * compute B, lport 14, VM2 …:02 behind it.  Port 5: tunnel to a TOR, lport 18, VM3 …:03 behind it. */
#pragma once

#include "models/ovs/decide.h"

extern const char *const ovs_sample_flows[];  /* NULL-terminated lines */
extern const char *const ovs_sample_groups[]; /* NULL-terminated lines */

typedef struct
{
  OvsTables *tables;
  OvsGroups *groups;
  OvsPorts *ports;
  OvsMacs *macs;
  OvsConnections *connections;
  OvsPipeline pipeline;
  OvsDecision decision;
  guint n_events[3]; /* by OvsFlowEvent */
  guint8 last_reason;
} OvsSample;

/* Ports 1 to n_ports; tables and groups empty. */
void ovs_sample_init (OvsSample *sample, guint n_ports);
void ovs_sample_clear (OvsSample *sample);
/* Text that goes over the wire's form and back before it is entered; a refusal is a mistake in the test. */
void ovs_sample_add_flow (OvsSample *sample, const char *line, gint64 now_ns);
void ovs_sample_add_group (OvsSample *sample, const char *line);
/* The worked example. */
void ovs_sample_load (OvsSample *sample);

/* "0 17 43": tables in order of their look-ups, "-" behind a miss, "gN" for groups, "bI" for
 * buckets, "mN" for meters, "mN!" where a band acts.  Owned by the caller. */
char *ovs_sample_path (const OvsSample *sample);
/* "3 4[tun=0x64] controller(50)": what is sent where.  Owned by the caller. */
char *ovs_sample_steps (const OvsSample *sample);
