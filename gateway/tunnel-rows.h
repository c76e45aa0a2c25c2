/* Tunnel rows as a switch writes them: operations of one transaction.  Nothing is decided here. */
#pragma once

#include "gateway/bfd.h"
#include "gateway/own-locator.h"

G_BEGIN_DECLS

/* One transaction in the making. */
typedef struct
{
  OvsdbDatabase *database;
  const char *switch_name;
  VtepOwnLocator own;
  GHashTable *locators; /* address → its row in Physical_Locator, read once; NULL until needed */
} VtepTunnelRows;

/* Borrows everything; own_address is the tunnel address as text. */
void vtep_tunnel_rows_init (VtepTunnelRows *rows, OvsdbDatabase *database, const char *switch_name,
                            const char *own_address, json_t *operations);
void vtep_tunnel_rows_clear (VtepTunnelRows *rows);

/* A row from us to this far end; none when no Physical_Locator row names it any more. */
void vtep_tunnel_rows_insert (VtepTunnelRows *rows, NetIpv4 remote);
void vtep_tunnel_rows_remove (VtepTunnelRows *rows, const OvsdbUuid *row);

/* Makes bfd_config_local complete, and bfd_status equal to `status` (NULL: BFD is off) and `info`; no operation when
 * the row says so already. */
void vtep_tunnel_rows_update (VtepTunnelRows *rows, const OvsdbRow *row, const VtepBfdStatus *status,
                              const char *info);

G_END_DECLS
