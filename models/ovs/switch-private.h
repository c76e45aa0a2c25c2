/* What the switch's two halves share: its state (switch.c) and its packets (switch-packets.c). */
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
  OvsPipeline pipeline;
  OvsDecision decision;
  GArray *listeners; /* of OvsListening */
  NetTimer expiry;
};
