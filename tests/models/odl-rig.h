/* A controller with a TOR's database, which is a real one: a network of VNI 100 with vm1 on compute 1 and vm2 on compute
 * 2, and a connection to port eth2 of "tor1". */
#pragma once

#include "odl-bench.h"
#include "ovsdb/server.h"

#include <stdio.h>

G_BEGIN_DECLS

typedef struct
{
  OdlBench *bench;
  OvsdbDatabase *db;
  OvsdbServer *server;
} OdlRig;

/* The database waits at port 7640; bugs as odl_bench_new(). */
OdlRig odl_rig_begin (const char *bugs);
/* The same with another schema, which has the columns that the rows of a switch need. */
OdlRig odl_rig_begin_with (const char *bugs, OvsdbSchema *schema);
void odl_rig_end (OdlRig *rig);
/* The controller dials it. */
void odl_rig_dial (OdlRig *rig);
/* Operations on the database, with ' for ". */
void odl_rig_execute (OdlRig *rig, const char *operations);
const OvsdbTable *odl_rig_table (OdlRig *rig, const char *name);

/* What it holds, as text that the caller frees: "n1 fa:16:3e:00:00:01 192.168.10.1, …", "n1 unknown-dst 192.168.10.1 …",
 * "2901=n1", "n1 100 source_node, …". */
char *odl_rig_ucasts (OdlRig *rig);
char *odl_rig_floods (OdlRig *rig);
char *odl_rig_bindings (OdlRig *rig, const char *port);
char *odl_rig_switches (OdlRig *rig);

#define ODL_ASSERT_TEXT(call, expected)                                                                      \
  do                                                                                                         \
    {                                                                                                        \
      g_autofree char *assert_text = call;                                                                   \
      if (g_strcmp0 (assert_text, expected) != 0)                                                            \
        printf ("# got '%s'\n", assert_text);                                                                \
      CU_ASSERT_STRING_EQUAL (assert_text, expected);                                                        \
    }                                                                                                        \
  while (0)

#define ODL_RIG_UCASTS "n1 fa:16:3e:00:00:01 192.168.10.1, n1 fa:16:3e:00:00:02 192.168.10.2"
#define ODL_RIG_FLOODS "n1 unknown-dst 192.168.10.1 192.168.10.2"

/* All that follows from the objects is there. */
void odl_rig_assert_complete (OdlRig *rig);

G_END_DECLS
