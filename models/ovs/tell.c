/* Words for the trace. */
#include "models/ovs/tell.h"

#include "openflow/text.h"

#include <jansson.h>

/* Takes the object. */
static void
tell (NetWorld *world, const char *table, const char *op, const char *key, json_t *object)
{
  char *text = json_dumps (object, JSON_COMPACT);

  net_world_state (world, &(NetState){ .table = table, .op = op, .key = key, .json = text });
  free (text);
  json_decref (object);
}

void
ovs_tell_flow (NetWorld *world, const OvsFlow *flow, OvsFlowEvent event, guint8 reason)
{
  static const char *const ops[] = { "add", "change", "remove" };
  static const char *const reasons[] = { "idle timeout", "hard timeout", "delete", "group delete" };
  g_autoptr (GString) key = NULL;
  g_autoptr (GString) actions = NULL;
  json_t *object;

  if (!world->detail)
    return;
  key = g_string_new (NULL);
  actions = g_string_new (NULL);
  openflow_key_print (flow->table, flow->priority, &flow->match, key);
  openflow_instructions_print (&flow->instructions, actions);
  object = json_pack ("{s:I, s:I, s:s}", "table", (json_int_t) flow->table, "cookie",
                      (json_int_t) flow->cookie, "actions", actions->str);
  if (event == OVS_FLOW_REMOVED && reason < G_N_ELEMENTS (reasons))
    json_object_set_new (object, "reason", json_string (reasons[reason]));
  if (flow->idle_timeout)
    json_object_set_new (object, "idle_timeout", json_integer (flow->idle_timeout));
  if (flow->hard_timeout)
    json_object_set_new (object, "hard_timeout", json_integer (flow->hard_timeout));
  tell (world, "flow", ops[event], key->str, object);
}

void
ovs_tell_group (NetWorld *world, const OvsGroup *group, const char *op)
{
  g_autoptr (GString) text = NULL;
  char key[16];

  if (!world->detail)
    return;
  text = g_string_new (NULL);
  openflow_group_print (group->type, group->id, &group->buckets, text);
  g_snprintf (key, sizeof key, "%u", group->id);
  tell (world, "group", op, key, json_pack ("{s:s}", "group", text->str));
}

void
ovs_tell_port (NetWorld *world, const OvsPort *port, const char *op)
{
  char ip[NET_IPV4_TEXT];
  json_t *object;

  if (!world->detail)
    return;
  object = json_pack ("{s:I, s:b}", "ofport", (json_int_t) port->number, "up", port->link_up);
  if (port->kind == OVS_PORT_VXLAN)
    json_object_set_new (
        object, "remote_ip",
        json_string (port->tunnel.remote ? net_ipv4_format (port->tunnel.remote, ip) : "flow"));
  tell (world, "port", op, port->name, object);
}

void
ovs_tell_punt (NetWorld *world, const NetFrame *frame, guint table, const OvsFlow *flow)
{
  g_autoptr (GString) rule = NULL;
  char key[24];

  if (!world->detail)
    return;
  rule = g_string_new (NULL);
  if (flow)
    openflow_key_print (flow->table, flow->priority, &flow->match, rule);
  g_snprintf (key, sizeof key, "%" G_GUINT64_FORMAT, frame->packet_id);
  tell (world, "punt", "sent", key, json_pack ("{s:I, s:s}", "table", (json_int_t) table, "rule", rule->str));
}

void
ovs_tell_drop (NetWorld *world, NetFrame *frame, guint world_port, const OvsEnd *end)
{
  NetDrop drop = { .frame = frame, .port = world_port, .reason = end->reason };
  g_autoptr (GString) place = NULL;
  g_autoptr (GString) rule = NULL;

  if (world->detail)
    {
      place = g_string_new (NULL);
      rule = g_string_new (NULL);
      ovs_end_place (end, place);
      ovs_end_rule (end, rule);
      drop.table = place->str;
      drop.rule = rule->str;
    }
  net_world_drop (world, &drop);
}
