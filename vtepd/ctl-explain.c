/* What would happen to a frame, by which rule: the gateway's own decision, which is not carried out. */
#include "vtepd/ctl.h"

#include "gateway/explain.h"
#include "net/vxlan.h"

#include <string.h>

static const char *const rule_words[] = {
  [VTEP_RULE_REFUSED] = "refused", [VTEP_RULE_LOCAL] = "local", [VTEP_RULE_REMOTE] = "remote",
  [VTEP_RULE_UNKNOWN] = "unknown", [VTEP_RULE_GROUP] = "group", [VTEP_RULE_ROUTER] = "router",
  [VTEP_RULE_TWIN] = "arp-source",
};

/* ---- the frame --------------------------------------------------------------------------------------------------- */

/* Hexadecimal digits, blanks and colons between them as people paste them. */
static GByteArray *
read_hex (const char *text, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint n_digits = 0;
  guint8 octet = 0;

  for (const char *at = text; *at; at++)
    {
      if (g_ascii_isspace (*at) || *at == ':')
        continue;
      if (!g_ascii_isxdigit (*at))
        return vtepd_ctl_refuse (error,
                                 "the frame is no hexadecimal text, and no capture file has that name");
      octet = (guint8) (octet << 4 | g_ascii_xdigit_value (*at));
      if (++n_digits % 2 == 0)
        g_byte_array_append (bytes, &octet, 1);
    }
  if (n_digits % 2 || bytes->len == 0 || bytes->len > NET_FRAME_MAX)
    return vtepd_ctl_refuse (
        error, "the frame has %u hexadecimal digits; it must have an even number, of 1 to %u bytes", n_digits,
        NET_FRAME_MAX);
  return g_steal_pointer (&bytes);
}

/* From a tunnel, the inner frame is what is decided on.  FALSE with the reason why it does not come so far. */
static gboolean
look_inside (const VtepdAbout *about, const GByteArray *frame, VtepView *view, NetDropReason *reason)
{
  NetVxlan outer;
  guint inner, length;

  *reason = net_vxlan_parse (frame->data, frame->len, &outer, &inner, &length);
  if (*reason == NET_DROP_NONE && outer.destination_ip != vtepd_switch_tunnel_ip (about->sw))
    *reason = NET_DROP_NOT_FOR_US;
  if (*reason != NET_DROP_NONE)
    return FALSE;
  *view = (VtepView){
    .length = length, .bytes = frame->data + inner, .vni = outer.vni, .source = outer.source_ip
  };
  return TRUE;
}

static gboolean
view_frame (const VtepdAbout *about, VtepPort port, const GByteArray *frame, VtepView *view,
            NetDropReason *reason)
{
  *view = (VtepView){ .length = frame->len, .bytes = frame->data };
  if (port == VTEP_PORT_TUNNEL && !look_inside (about, frame, view, reason))
    return FALSE;
  *reason = net_ethernet_parse (view->bytes, view->length, &view->ethernet);
  return *reason == NET_DROP_NONE;
}

/* ---- the decision in JSON ---------------------------------------------------------------------------------------- */

static json_t *
drop_json (NetDropReason reason, const char *table, const char *rule)
{
  return json_pack ("{s:s, s:s, s:s, s:s}", "drop", net_drop_word (reason), "meaning", net_drop_text (reason),
                    "table", table ? table : "", "rule", rule);
}

typedef struct
{
  const VtepdAbout *about;
  const VtepTables *tables;
  const char *const *names;
  const VtepView *view;
  const VtepActions *actions;
} Decided;

/* What the router says to it.  Whether the next hop answers is another matter. */
static json_t *
routed_json (const Decided *decided, const VtepRouter *router)
{
  char text[VTEP_EXPLAIN_TEXT];
  VtepRouting routing;

  vtep_route_decide (router, decided->actions->logical_switch, decided->view, &routing);
  vtep_explain_routing (decided->tables, &routing, text);
  if (routing.kind == VTEP_ROUTE_DROP)
    return drop_json (routing.reason, "Logical_Router", text);
  return json_pack ("{s:s}", "router", text);
}

static json_t *
action_json (const Decided *decided, const VtepAction *action)
{
  char text[VTEP_EXPLAIN_TEXT], address[NET_IPV4_TEXT];

  switch (action->kind)
    {
    case VTEP_ACTION_OUTPUT:
      return json_pack ("{s:s}", "output", vtep_explain_place (decided->names, action->place, text));
    case VTEP_ACTION_TUNNEL:
      return json_pack ("{s:s, s:I}", "tunnel", net_ipv4_format (action->locator, address), "vni",
                        (json_int_t) decided->actions->logical_switch->vni);
    case VTEP_ACTION_ROUTE:
      return routed_json (decided, action->router);
    case VTEP_ACTION_DROP:
      return drop_json (
          action->drop.reason, action->drop.table,
          vtep_explain_drop (decided->tables, decided->names, decided->view, decided->actions, action, text));
    }
  return json_null ();
}

static json_t *
from_json (const Decided *decided)
{
  char text[VTEP_EXPLAIN_TEXT], address[NET_IPV4_TEXT];

  if (decided->actions->from.port != VTEP_PORT_TUNNEL)
    return json_string (vtep_explain_place (decided->names, decided->actions->from, text));
  g_snprintf (text, sizeof text, "tunnel from %s, vni %u", net_ipv4_format (decided->view->source, address),
              decided->view->vni);
  return json_string (text);
}

static json_t *
decided_json (const Decided *decided)
{
  const VtepActions *actions = decided->actions;
  json_t *list = json_array ();
  char source[NET_MAC_TEXT], destination[NET_MAC_TEXT];

  for (guint i = 0; i < actions->n; i++)
    json_array_append_new (list, action_json (decided, &actions->items[i]));
  return json_pack ("{s:o, s:s, s:s, s:s?, s:s, s:b, s:o}", "from", from_json (decided), "source",
                    net_mac_format (&decided->view->ethernet.source, source), "destination",
                    net_mac_format (&decided->view->ethernet.destination, destination), "switch",
                    actions->logical_switch ? actions->logical_switch->name : NULL, "rule",
                    rule_words[actions->rule], "learn", actions->learn, "actions", list);
}

json_t *
vtepd_answer_explain (const VtepdAbout *about, const json_t *request, GError **error)
{
  const char *name = vtepd_ctl_text (request, "port", error),
             *text = name ? vtepd_ctl_text (request, "frame", error) : NULL;
  g_autoptr (GByteArray) frame = text ? read_hex (text, error) : NULL;
  g_auto (VtepActions) actions;
  VtepView view;
  NetDropReason reason;
  VtepPort port;
  guint world_port;
  Decided decided = { .about = about,
                      .tables = vtep_gateway_tables (vtepd_switch_gateway (about->sw)),
                      .names = vtep_gateway_ports (vtepd_switch_gateway (about->sw))->names,
                      .view = &view,
                      .actions = &actions };

  vtep_actions_init (&actions);
  if (!frame || !vtepd_switch_find_port (about->sw, name, &world_port, &port, error))
    return NULL;
  if (!view_frame (about, port, frame, &view, &reason))
    return json_pack ("{s:s, s:s, s:[o]}", "from", name, "rule", rule_words[VTEP_RULE_REFUSED], "actions",
                      drop_json (reason, "ingress", ""));
  vtep_forward_decide (decided.tables, &view, port, &actions);
  return decided_json (&decided);
}
