/* Rows of Interface read as ports, and ports written back to them. */
#pragma once

#include "models/ovs/bridge.h"

G_BEGIN_DECLS

/* What an Interface row asks for, or why it cannot be had. */
typedef struct
{
  OvsPort port;         /* without a number; its name is the row's, cut */
  guint32 requested;    /* ofport_request; 0: none */
  char *error;          /* NULL: fine */
  gboolean is_shadowed; /* another row's port has its name */
  gboolean has_bfd;
  OvsBfdConfig bfd;
} OvsInterface;

void ovs_interface_read (const OvsBridgeConfig *config, const OvsdbRow *row, OvsInterface *out);
void ovs_interface_clear (OvsInterface *interface);

/* An update of the row's status columns, or NULL when they say so already.  `port` is NULL where there is none, `bfd`
 * where it runs none. */
json_t *
ovs_interface_status (const OvsdbRow *row, const OvsPort *port, const OvsBfdStatus *bfd, const char *error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OvsInterface, ovs_interface_clear)

G_END_DECLS
