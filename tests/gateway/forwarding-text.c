/* The decision for every question that could be asked. */
#include "forwarding-text.h"
#include "gateway/decide.h"
#include "gateway/explain.h"

#include <string.h>

/* What the router would do, in its own words. */
static void
append_routing (GString *text, const VtepTables *tables, const VtepView *view, const VtepActions *actions)
{
  char words[VTEP_EXPLAIN_TEXT];
  VtepRouting routing;

  vtep_route_decide (actions->items[0].router, actions->logical_switch, view, &routing);
  g_string_append_printf (text, " [%s]", vtep_explain_routing (tables, &routing, words));
}

/* UDP 10.0.1.12 > 10.0.3.9 */
static const guint8 packet[28] = { 0x45, 0,  0,  28, 0, 1, 0,    0,    64, 17, 0x62, 0xbc, 10, 0,
                                   1,    12, 10, 0,  3, 9, 0x12, 0x34, 0,  53, 0,    8,    0,  0 };

static void
append_decision (GString *text, const VtepTables *tables, const VtepView *view, VtepPort port,
                 VtepActions *actions)
{
  vtep_forward_decide (tables, view, port, actions);
  for (guint i = 0; i < actions->n; i++)
    {
      const VtepAction *action = &actions->items[i];
      if (action->kind == VTEP_ACTION_OUTPUT)
        g_string_append_printf (text, " %u.%u", action->place.port, action->place.vlan);
      else if (action->kind == VTEP_ACTION_ROUTE)
        append_routing (text, tables, view, actions);
      else if (action->kind == VTEP_ACTION_TUNNEL)
        g_string_append_printf (text, " %08x/%u", action->locator, actions->logical_switch->vni);
      else
        g_string_append_printf (text, " %s", net_drop_word (action->drop.reason));
    }
  g_string_append (text, "\n");
}

/* Every fault column, a line a row, by name. */
static void
append_faults (GString *text, Fixture *f)
{
  static const char *const columns[][3] = { { "Physical_Switch", "name", "switch_fault_status" },
                                            { "Physical_Port", "name", "port_fault_status" },
                                            { "Logical_Router", "name", "LR_fault_status" },
                                            { "ACL", "acl_name", "acl_fault_status" } };
  static const char *const names[] = { "tor1", "em3", "em4", "r0", "r1", "all", "bad", "web" };

  test_world_advance (f->world, NET_SEC);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    for (guint k = 0; k < G_N_ELEMENTS (names); k++)
      {
        const OvsdbRow *row
            = ovsdb_table_find_text (ovsdb_database_table (f->db, columns[i][0]), columns[i][1], names[k]);
        const OvsdbDatum *faults = row ? ovsdb_row_get (row, columns[i][2]) : NULL;

        for (guint j = 0; faults && j < faults->n; j++)
          g_string_append_printf (text, "%s %s\n", names[k], ovsdb_datum_keys (faults)[j].text);
      }
}

char *
forwarding_text (Fixture *f)
{
  static const guint vlans[] = { 0, 100, 300, 400, 777, 778, 2901, 2902 };
  static const guint32 vnis[] = { 5001, 5002, 5003 };
  static const NetIpv4 sources[] = { 0x0a087d12, 0x0a087d13, 0x0a087d15, 0x0a087d42, 0x0a087d4d };
  const VtepTables *tables = vtep_gateway_tables (f->gateway);
  GString *text = g_string_new (NULL);
  g_auto (VtepActions) actions = { 0 };

  vtep_actions_init (&actions);
  for (guint last = 0x11; last <= 0x17; last++)
    {
      guint8 bytes[14 + sizeof packet] = { 0 };
      VtepView view = { .length = sizeof bytes,
                        .bytes = bytes,
                        .ethernet = { .destination = { { 0xfa, 0x16, 0x3e, 0, 0, (guint8) last } },
                                      .source = { { 0xfa, 0x16, 0x3e, 0, 0, 0x99 } },
                                      .type = NET_ETHERTYPE_IPV4,
                                      .payload = 14 } };
      memcpy (bytes + 14, packet, sizeof packet);
      if (last == 0x16)
        view.ethernet.destination = (NetMac){ { 0x33, 0x33, 0, 0, 0, 0xfb } };
      else if (last == 0x17)
        view.ethernet.destination = (NetMac){ { 0x33, 0x33, 0, 0, 0, 0xaa } };
      for (guint i = 0; i < G_N_ELEMENTS (vlans); i++)
        for (VtepPort port = 0; port < 2; port++)
          {
            view.ethernet.n_tags = vlans[i] ? 1 : 0;
            view.ethernet.tags[0] = (NetVlanTag){ .tpid = NET_ETHERTYPE_VLAN, .tci = (guint16) vlans[i] };
            append_decision (text, tables, &view, port, &actions);
          }
      view.ethernet.n_tags = 0;
      for (guint i = 0; i < G_N_ELEMENTS (vnis); i++)
        for (guint k = 0; k < G_N_ELEMENTS (sources); k++)
          {
            view.vni = vnis[i];
            view.source = sources[k];
            append_decision (text, tables, &view, VTEP_PORT_TUNNEL, &actions);
          }
    }
  append_faults (text, f);
  return g_string_free (text, FALSE);
}
