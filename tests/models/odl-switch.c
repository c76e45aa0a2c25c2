/* The hand-led switch. */
#include "odl-switch.h"
#include "openflow/flow.h"
#include "openflow/group.h"
#include "openflow/multipart.h"
#include "openflow/packet.h"
#include "openflow/session.h"
#include "openflow/text.h"

#include <stdlib.h>

struct _OdlSwitch
{
  FakeWorld *fake;
  NetStream *stream;
  OpenflowSplitter splitter;
  guint64 dpid;
  char *ports, *groups;
  GString *told;
  char *last_told;
  gboolean hold_barriers, mute;
  GArray *held; /* xids of barriers */
};

static void
send (OdlSwitch *sw, GByteArray *bytes)
{
  if (sw->stream)
    net_stream_send (sw->stream, bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}

static void
answer_barrier (OdlSwitch *sw, guint32 xid)
{
  GByteArray *out = g_byte_array_new ();

  openflow_plain_encode (OPENFLOW_BARRIER_REPLY, xid, out);
  send (sw, out);
}

static void
answer_ports (OdlSwitch *sw, guint32 xid)
{
  GByteArray *out = g_byte_array_new ();
  OpenflowMultipartReply reply;
  g_auto (GStrv) words = g_strsplit (sw->ports, " ", -1);

  openflow_multipart_reply_begin (&reply, OPENFLOW_MULTIPART_PORT_DESC, xid, out);
  for (guint i = 0; words[i]; i++)
    {
      g_auto (GStrv) pair = g_strsplit (words[i], "=", 2);
      OpenflowPort port = { 0 };

      if (g_strv_length (pair) != 2)
        continue;
      port.number = (guint32) atoi (pair[1]);
      g_strlcpy (port.name, pair[0], sizeof port.name);
      openflow_port_encode (&port, out);
      openflow_multipart_reply_entry (&reply);
    }
  openflow_multipart_reply_end (&reply);
  send (sw, out);
}

static void
answer_groups (OdlSwitch *sw, guint32 xid)
{
  GByteArray *out = g_byte_array_new ();
  OpenflowMultipartReply reply;
  OpenflowBuckets none = { 0 };
  g_auto (GStrv) words = g_strsplit (sw->groups, " ", -1);

  openflow_multipart_reply_begin (&reply, OPENFLOW_MULTIPART_GROUP_DESC, xid, out);
  for (guint i = 0; words[i]; i++)
    if (*words[i])
      {
        openflow_group_description_encode (OPENFLOW_GROUP_TYPE_ALL, (guint32) atoi (words[i]), &none, out);
        openflow_multipart_reply_entry (&reply);
      }
  openflow_multipart_reply_end (&reply);
  send (sw, out);
}

static void
answer_multipart (OdlSwitch *sw, const OpenflowMessage *message)
{
  OpenflowMultipart request;

  g_assert (openflow_multipart_decode (message, &request, NULL));
  if (request.type == OPENFLOW_MULTIPART_PORT_DESC)
    answer_ports (sw, message->xid);
  else if (request.type == OPENFLOW_MULTIPART_GROUP_DESC)
    answer_groups (sw, message->xid);
}

static void
note_flow (OdlSwitch *sw, const OpenflowMessage *message)
{
  g_auto (OpenflowFlowMod) flow = { 0 };

  g_assert (openflow_flow_mod_decode (message, &flow, NULL));
  g_string_append (sw->told, flow.command == OPENFLOW_FLOW_ADD ? "add " : "delete ");
  openflow_flow_print (&flow, sw->told);
  g_string_append_c (sw->told, '\n');
}

static void
note_group (OdlSwitch *sw, const OpenflowMessage *message)
{
  static const char *const words[] = { "add-group ", "modify-group ", "delete-group " };
  g_auto (OpenflowGroupMod) group = { 0 };

  g_assert (openflow_group_mod_decode (message, &group, NULL));
  g_string_append (sw->told, words[group.command]);
  openflow_group_print (group.type, group.id, &group.buckets, sw->told);
  g_string_append_c (sw->told, '\n');
}

static void
answer_features (OdlSwitch *sw, guint32 xid)
{
  GByteArray *out = g_byte_array_new ();

  openflow_features_encode (&(OpenflowFeatures){ .datapath_id = sw->dpid, .n_tables = 254 }, xid, out);
  send (sw, out);
}

static void
note_barrier (OdlSwitch *sw, guint32 xid)
{
  g_string_append (sw->told, "barrier\n");
  if (sw->hold_barriers)
    g_array_append_val (sw->held, xid);
  else
    answer_barrier (sw, xid);
}

static void
note_error (OdlSwitch *sw, const OpenflowMessage *message)
{
  OpenflowErrorReport report;

  g_assert (openflow_error_decode (message, &report, NULL));
  g_string_append_printf (sw->told, "error %u %u\n", OPENFLOW_ERROR_TYPE (report.pair),
                          OPENFLOW_ERROR_CODE (report.pair));
}

static void
note_question (OdlSwitch *sw, const OpenflowMessage *message)
{
  OpenflowMultipart request;

  if (message->type == OPENFLOW_MULTIPART_REQUEST && openflow_multipart_decode (message, &request, NULL))
    g_string_append_printf (sw->told, "multipart %u xid %u\n", request.type, message->xid);
  else
    g_string_append_printf (sw->told, "%s xid %u\n", openflow_type_name (message->type), message->xid);
}

static void
handle (OdlSwitch *sw, const OpenflowMessage *message)
{
  if (message->type == OPENFLOW_ERROR_MESSAGE)
    note_error (sw, message);
  else if (sw->mute)
    note_question (sw, message);
  else if (message->type == OPENFLOW_FEATURES_REQUEST)
    answer_features (sw, message->xid);
  else if (message->type == OPENFLOW_MULTIPART_REQUEST)
    answer_multipart (sw, message);
  else if (message->type == OPENFLOW_FLOW_MOD)
    note_flow (sw, message);
  else if (message->type == OPENFLOW_GROUP_MOD)
    note_group (sw, message);
  else if (message->type == OPENFLOW_BARRIER_REQUEST)
    note_barrier (sw, message->xid);
  else if (message->type == OPENFLOW_ECHO_REQUEST)
    g_string_append (sw->told, "echo\n");
}

static void
received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  OdlSwitch *sw = user;
  OpenflowMessage message;

  (void) stream;
  openflow_splitter_add (&sw->splitter, bytes, n);
  while (openflow_splitter_next (&sw->splitter, &message) == OPENFLOW_SPLIT_MESSAGE)
    handle (sw, &message);
}

static void
closed (NetStream *stream, const char *why, gpointer user)
{
  (void) stream, (void) why;
  ((OdlSwitch *) user)->stream = NULL;
}

static const NetStreamEvents events = { .received = received, .closed = closed };

static OdlSwitch *
dial (FakeWorld *fake, guint64 dpid, const char *ports, const char *groups)
{
  OdlSwitch *sw = g_new0 (OdlSwitch, 1);

  sw->fake = fake;
  sw->dpid = dpid;
  sw->ports = g_strdup (ports);
  sw->groups = g_strdup (groups);
  sw->told = g_string_new (NULL);
  sw->held = g_array_new (FALSE, FALSE, sizeof (guint32));
  openflow_splitter_init (&sw->splitter);
  sw->stream = net_world_connect (fake_world (fake), "tcp:127.0.0.1:6653", &events, sw, NULL);
  return sw;
}

OdlSwitch *
odl_switch_dial (FakeWorld *fake, guint64 dpid, const char *ports, const char *groups)
{
  OdlSwitch *sw = dial (fake, dpid, ports, groups);
  GByteArray *hello = g_byte_array_new ();

  openflow_hello_encode (1u << OPENFLOW_VERSION_13, 1, hello);
  send (sw, hello);
  return sw;
}

OdlSwitch *
odl_switch_dial_mute (FakeWorld *fake)
{
  OdlSwitch *sw = dial (fake, 0, "", "");

  sw->mute = TRUE;
  return sw;
}

void
odl_switch_free (OdlSwitch *sw)
{
  if (!sw)
    return;
  if (sw->stream)
    net_stream_close (sw->stream);
  openflow_splitter_clear (&sw->splitter);
  g_array_unref (sw->held);
  g_string_free (sw->told, TRUE);
  g_free (sw->last_told);
  g_free (sw->ports);
  g_free (sw->groups);
  g_free (sw);
}

const char *
odl_switch_told (OdlSwitch *sw)
{
  g_free (sw->last_told);
  sw->last_told = g_strdup (sw->told->str);
  g_string_truncate (sw->told, 0);
  return sw->last_told;
}

gboolean
odl_switch_is_closed (OdlSwitch *sw)
{
  return sw->stream == NULL;
}

void
odl_switch_hold_barriers (OdlSwitch *sw, gboolean hold)
{
  sw->hold_barriers = hold;
  for (guint i = 0; !hold && i < sw->held->len; i++)
    answer_barrier (sw, g_array_index (sw->held, guint32, i));
  if (!hold)
    g_array_set_size (sw->held, 0);
}

void
odl_switch_send (OdlSwitch *sw, const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (const char *at = hex; at[0] && at[1]; at += at[2] == ' ' ? 3 : 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  send (sw, bytes);
}

void
odl_switch_port_status (OdlSwitch *sw, guint8 reason, const char *name, guint32 number)
{
  GByteArray *out = g_byte_array_new ();
  OpenflowPortStatus status = { .reason = reason, .port.number = number };

  g_strlcpy (status.port.name, name, sizeof status.port.name);
  openflow_port_status_encode (&status, 0, out);
  send (sw, out);
}

void
odl_switch_packet_in (OdlSwitch *sw, guint64 metadata, guint64 source_mac)
{
  GByteArray *out = g_byte_array_new ();
  NetMac source = net_mac_from_u64 (source_mac);
  guint8 frame[60] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0x08, 0x06 };
  OpenflowPacketIn packet_in = { .buffer_id = OPENFLOW_NO_BUFFER,
                                 .total_length = sizeof frame,
                                 .table = 50,
                                 .frame = frame,
                                 .length = sizeof frame };

  memcpy (frame + 6, source.octet, sizeof source.octet);
  openflow_match_set (&packet_in.match, OPENFLOW_FIELD_IN_PORT, 3);
  openflow_match_set (&packet_in.match, OPENFLOW_FIELD_METADATA, metadata);
  openflow_packet_in_encode (&packet_in, 0, out);
  send (sw, out);
}

void
odl_switch_flow_removed (OdlSwitch *sw, guint64 metadata, guint64 source_mac)
{
  GByteArray *out = g_byte_array_new ();
  OpenflowFlowRemoved removed = { .table = 50, .priority = 20, .reason = OPENFLOW_REMOVED_IDLE_TIMEOUT };

  openflow_match_set_masked (&removed.match, OPENFLOW_FIELD_METADATA, metadata,
                             G_GUINT64_CONSTANT (0xfffffffff000000));
  openflow_match_set (&removed.match, OPENFLOW_FIELD_ETH_SRC, source_mac);
  openflow_flow_removed_encode (&removed, 0, out);
  send (sw, out);
}
