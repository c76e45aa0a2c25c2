/* Ports, PORT_STATUS and PORT_MOD (1.3.5 §7.2.1, §7.4.3, §7.3.4.3). */
#include "openflow/port.h"

#include "openflow/put.h"

void
openflow_port_encode (const OpenflowPort *port, GByteArray *out)
{
  openflow_put_u32 (out, port->number);
  openflow_put_zero (out, 4);
  openflow_put_bytes (out, port->mac.octet, sizeof port->mac.octet);
  openflow_put_zero (out, 2);
  openflow_put_text (out, port->name, OPENFLOW_PORT_NAME);
  openflow_put_u32 (out, port->config);
  openflow_put_u32 (out, port->state);
  openflow_put_u32 (out, port->current);
  openflow_put_u32 (out, port->advertised);
  openflow_put_u32 (out, port->supported);
  openflow_put_u32 (out, port->peer);
  openflow_put_u32 (out, port->current_kbps);
  openflow_put_u32 (out, port->max_kbps);
}

gboolean
openflow_port_decode (NetCursor *cursor, OpenflowPort *out)
{
  if (net_cursor_left (cursor) < OPENFLOW_PORT_LENGTH)
    return FALSE;
  net_cursor_be32 (cursor, &out->number);
  net_cursor_take (cursor, 4);
  net_cursor_copy (cursor, out->mac.octet, sizeof out->mac.octet);
  net_cursor_take (cursor, 2);
  net_cursor_copy (cursor, out->name, sizeof out->name);
  out->name[sizeof out->name - 1] = '\0';
  net_cursor_be32 (cursor, &out->config);
  net_cursor_be32 (cursor, &out->state);
  net_cursor_be32 (cursor, &out->current);
  net_cursor_be32 (cursor, &out->advertised);
  net_cursor_be32 (cursor, &out->supported);
  net_cursor_be32 (cursor, &out->peer);
  net_cursor_be32 (cursor, &out->current_kbps);
  net_cursor_be32 (cursor, &out->max_kbps);
  return TRUE;
}

void
openflow_port_status_encode (const OpenflowPortStatus *status, guint32 xid, GByteArray *out)
{
  guint begin = openflow_message_begin (out, OPENFLOW_PORT_STATUS, xid);

  openflow_put_u8 (out, status->reason);
  openflow_put_zero (out, 7);
  openflow_port_encode (&status->port, out);
  openflow_message_end (out, begin);
}

gboolean
openflow_port_status_decode (const OpenflowMessage *message, OpenflowPortStatus *out, GError **error)
{
  NetCursor body = openflow_message_body (message);

  return (net_cursor_u8 (&body, &out->reason) && net_cursor_take (&body, 7)
          && openflow_port_decode (&body, &out->port))
         || openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "PORT_STATUS is cut short");
}

gboolean
openflow_port_mod_decode (const OpenflowMessage *message, OpenflowPortMod *out, GError **error)
{
  NetCursor body = openflow_message_body (message);

  return (net_cursor_be32 (&body, &out->number) && net_cursor_take (&body, 4)
          && net_cursor_copy (&body, out->mac.octet, sizeof out->mac.octet) && net_cursor_take (&body, 2)
          && net_cursor_be32 (&body, &out->config) && net_cursor_be32 (&body, &out->mask)
          && net_cursor_be32 (&body, &out->advertise))
         || openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "PORT_MOD is cut short");
}
