/* The switch's own Physical_Locator row, for whoever writes a transaction that refers to it. */
#pragma once

#include "net/address.h"
#include "ovsdb/database.h"

G_BEGIN_DECLS

/* One transaction in the making; the first three are set by its owner, the rest is zero. */
typedef struct
{
  OvsdbDatabase *database;
  const char *address;
  json_t *operations;

  gboolean looked_up;
  gboolean exists; /* with looked_up: as `row`; else the transaction makes it */
  OvsdbUuid row;
} VtepOwnLocator;

/* A reference to the row: to the one that is there (its index allows one only), else to one that an operation is added
 * for, once. */
json_t *vtep_own_locator (VtepOwnLocator *own);

G_END_DECLS
