/* A controller without computes and TORs: what they would tell is told by the test, and what the controller wants of
 * them is read from its stores. */
#pragma once

#include "fake-world.h"
#include "models/odl/core.h"
#include "models/odl/hwvtep.h"

typedef struct
{
  FakeWorld *fake;
  Odl *odl;
} OdlBench;

/* Bugs as slugs separated by spaces, a standing one's correction with a '-' before it; NULL: none. */
OdlBench *odl_bench_new (const char *bugs);
void odl_bench_free (OdlBench *bench);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlBench, odl_bench_free)

/* JSON with ' for "; returns the status. */
guint odl_bench_request (OdlBench *bench, const char *method, const char *path, const char *body);
/* The same with a printf format, on the neutron base path; asserts 201. */
void odl_bench_post (OdlBench *bench, const char *kind, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* The sentence of the last refusal; borrowed until the next request. */
const char *odl_bench_refusal (OdlBench *bench);
void odl_bench_run (OdlBench *bench, gint64 ns);

/* A network of one vxlan segment, and a port on it. */
void odl_bench_network (OdlBench *bench, const char *id, guint vni);
void odl_bench_port (OdlBench *bench, const char *id, const char *network_id, const char *mac,
                     const char *vnic_type);
/* The gateway g1, which is tor1's eth2; its connection c1 with the network n1, on that VLAN. */
void odl_bench_gateway (OdlBench *bench);
void odl_bench_connect (OdlBench *bench, guint vlan);
/* "1 10.0.0.1 2 10.0.0.2": computes of a zone. */
void odl_bench_zone (OdlBench *bench, const char *vteps);
/* The compute's database and switch tell of the port's tap. */
void odl_bench_plug (OdlBench *bench, const char *port_id, guint64 dpid, guint32 of_port);
void odl_bench_unplug (OdlBench *bench, const char *port_id, guint64 dpid);
/* The switch tells of a tunnel's port; the destination is a datapath id in decimal or a node id. */
void odl_bench_tunnel_up (OdlBench *bench, guint64 dpid, const char *destination, guint32 of_port);
/* A TOR that was seen, and is away. */
OdlHwvtep *odl_bench_tor (OdlBench *bench, const char *name, const char *tunnel_ip);

/* Whether exactly these lines (flows and groups, in any order, as ovs-ofctl reads them) are wanted of the compute;
 * prints what is missing and what is there besides. */
gboolean odl_bench_compute_holds (OdlBench *bench, guint64 dpid, const char *const *lines, guint n_lines);
/* Whether this one line is among them. */
gboolean odl_bench_compute_has (OdlBench *bench, guint64 dpid, const char *line);
/* A flow or group line in the printed form, for comparisons. */
char *odl_bench_canonical (const char *line);
