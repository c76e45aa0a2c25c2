/* What the switch's parts share: its state (switch.c), its packets (switch-packets.c), and BFD (switch-bfd.c). */
#pragma once

#include "models/ovs/switch.h"

typedef struct
{
  const OvsSwitchEvents *events;
  gpointer user;
} OvsListening;

struct _OvsSwitch
{
  NetWorld *world;
  OvsSwitchConfig config;
  gboolean is_trial;
  guint16 miss_send_len;
  OvsTables *tables;
  OvsGroups *groups;
  OvsMeters *meters;
  OvsMacs *macs;               /* NULL in a trial */
  OvsConnections *connections; /* NULL in a trial */
  OvsPorts *ports;
  GPtrArray *monitored; /* ports with BFD; none in a trial */
  guint n_sessions;     /* of BFD, so far */
  OvsPipeline pipeline;
  OvsDecision decision;
  GArray *listeners; /* of OvsListening */
  NetTimer expiry;
};

/* A packet of our own leaves by a port; takes the reference. */
void ovs_switch_send_own (OvsSwitch *sw, OvsPort *port, NetFrame *frame);
/* What BFD says of a port. */
void ovs_switch_set_faulty (OvsSwitch *sw, guint32 number, gboolean faulty);

GPtrArray *ovs_switch_monitored_new (void);
/* NULL when the port runs none. */
OvsBfd *ovs_switch_bfd (const OvsSwitch *sw, guint32 number);
void ovs_switch_forget_bfd (OvsSwitch *sw, guint32 number);
