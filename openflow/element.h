/* What actions (1.3.5 §7.2.5) and instructions (§7.2.4) have in common on the wire: a type, a length in multiples of
 * 8 bytes that counts this header, and a body. */
#pragma once

#include "net/cursor.h"

#define OPENFLOW_ELEMENT_HEADER 4u

/* Takes the next one from a list; FALSE when its length cannot be. */
static inline gboolean
openflow_element_take (NetCursor *list, guint16 *type, NetCursor *body)
{
  guint16 size;

  if (!net_cursor_be16 (list, type) || !net_cursor_be16 (list, &size) || size < 8 || size % 8
      || net_cursor_left (list) < size - OPENFLOW_ELEMENT_HEADER)
    return FALSE;
  *body = net_cursor (list->at, size - OPENFLOW_ELEMENT_HEADER);
  list->at += size - OPENFLOW_ELEMENT_HEADER;
  return TRUE;
}
