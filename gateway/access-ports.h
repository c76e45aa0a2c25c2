/* The access ports that there are.
 *
 * Each has a place, its VtepPort, for as long as it is there, whatever else comes and goes; a place that is free again
 * is the next one's.  It knows no frame and no row. */
#pragma once

#include "gateway/types.h"

G_BEGIN_DECLS

#define VTEP_PORTS_MAX 1024u

/* An access port: its name in Physical_Port, and the world's number for it. */
typedef struct
{
  const char *name;
  guint world_port;
} VtepPortConfig;

/* To be read only.  The arrays do not move: who looks up by place may keep them. */
typedef struct
{
  guint n;                           /* places from here on are free */
  const char *names[VTEP_PORTS_MAX]; /* NULL: a free place */
  guint world_ports[VTEP_PORTS_MAX];

  GHashTable *by_name; /* → place + 1; only looked up, never walked */
  VtepPort *by_world;  /* by the world's number; VTEP_PORT_NO: none of ours */
  guint n_by_world;
} VtepAccessPorts;

VtepAccessPorts *vtep_access_ports_new (void);
void vtep_access_ports_free (VtepAccessPorts *ports);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepAccessPorts, vtep_access_ports_free)

/* Both return VTEP_PORT_NO when there is none. */
VtepPort vtep_access_ports_find (const VtepAccessPorts *ports, const char *name);

static inline VtepPort
vtep_access_ports_of_world (const VtepAccessPorts *ports, guint world_port)
{
  return world_port < ports->n_by_world ? ports->by_world[world_port] : VTEP_PORT_NO;
}

/* The lowest free place is taken; there must be one, and no port of this name. */
VtepPort vtep_access_ports_add (VtepAccessPorts *ports, const VtepPortConfig *config);
void vtep_access_ports_remove (VtepAccessPorts *ports, VtepPort port);

/* The port has another number in the world.  Several can exchange theirs, one call each. */
void vtep_access_ports_move (VtepAccessPorts *ports, VtepPort port, guint world_port);

G_END_DECLS
