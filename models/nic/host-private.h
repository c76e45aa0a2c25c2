/* The inside of an SR-IOV server, shared by host.c (the node and its frames) and pf.c (the administrator). */
#pragma once

#include "models/nic/device.h"
#include "models/nic/shaper.h"

G_BEGIN_DECLS

/* A VF as part of the node: its limit, and the timer that empties its ring. */
typedef struct
{
  NicPf *pf;
  guint vf;
  NicShaper shaper;
  NetTimer timer;
} NicLane;

struct _NicPf
{
  NicHost *host;
  char *name;
  NicDevice *device;
  guint first_port; /* the wire; VF n is at first_port + 1 + n, the host port behind them */
  NicLane *lanes;   /* a VF each */
};

struct _NicHost
{
  SimNode node;         /* first: a NicHost* is its node */
  GPtrArray *pfs;       /* in order of creation */
  NicNeighborFunc hear; /* of the LLDP agent; NULL: none runs */
  gpointer hear_user;
  NetTimer lldp;
};

/* host.c: rate limits or ports changed. */
void nic_host_apply_rate (NicPf *pf, guint vf);

/* lldp.c: FALSE when the frame is none for the agent; otherwise it is taken. */
gboolean nic_host_take_lldp (NicPf *pf, NetFrame *frame);

/* pf.c: state records. */
void nic_pf_tell (NicPf *pf, const char *op);
void nic_vf_tell (NicPf *pf, guint vf, const char *op);
void nic_pf_free (NicPf *pf);

G_END_DECLS
