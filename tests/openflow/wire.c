/* Messages in tests. */
#include "wire.h"

OpenflowMessage
wire_message (const guint8 *bytes, gsize n)
{
  g_assert (n >= OPENFLOW_HEADER && n <= G_MAXUINT16);
  return (OpenflowMessage){ .version = bytes[0],
                            .type = bytes[1],
                            .length = (guint16) n,
                            .xid = net_get_be32 (bytes + 4),
                            .bytes = bytes };
}

GByteArray *
wire_flow (const char *text)
{
  GByteArray *bytes = g_byte_array_new ();
  g_auto (OpenflowFlowMod) mod = { 0 };
  g_autoptr (GError) error = NULL;

  openflow_flow_parse (text, &mod, &error);
  g_assert_no_error (error);
  openflow_flow_mod_encode (&mod, 1, bytes);
  return bytes;
}

GByteArray *
wire_group (const char *text)
{
  GByteArray *bytes = g_byte_array_new ();
  g_auto (OpenflowGroupMod) mod = { 0 };
  g_autoptr (GError) error = NULL;

  openflow_group_parse (text, &mod, &error);
  g_assert_no_error (error);
  openflow_group_mod_encode (&mod, 1, bytes);
  return bytes;
}
