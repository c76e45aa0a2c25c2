/* The tables as JSON: what forwarding has, and what the database says of remotes and tunnels. */
#include "vtepd/ctl.h"

#include "gateway/explain.h"
#include "gateway/own-rows.h"
#include "gateway/tables.h"

#include <string.h>

#define LIMIT_DEFAULT 1000
#define LIMIT_MOST    100000

typedef struct
{
  const VtepdAbout *about;
  const VtepTables *tables;
  OvsdbDatabase *database;
  json_t *rows;
  guint limit, left_out;
} Listing;

/* Takes the row. */
static void
add_row (Listing *listing, json_t *row)
{
  if (json_array_size (listing->rows) < listing->limit)
    json_array_append_new (listing->rows, row);
  else
    {
      listing->left_out++;
      json_decref (row);
    }
}

static json_t *
ipv4_text (NetIpv4 address)
{
  char text[NET_IPV4_TEXT];

  return address ? json_string (net_ipv4_format (address, text)) : json_null ();
}

static const VtepAccessPorts *
ports_of (const Listing *listing)
{
  return vtep_gateway_ports (vtepd_switch_gateway (listing->about->sw));
}

static json_t *
place_text (const Listing *listing, VtepPlace place)
{
  char text[VTEP_EXPLAIN_TEXT];

  return json_string (vtep_explain_place (ports_of (listing)->names, place, text));
}

/* ---- the MAC table ----------------------------------------------------------------------------------------------- */

static json_t *
mac_row (const Listing *listing, VtepKey key, const VtepMac *mac)
{
  const VtepSwitch *logical_switch = vtep_tables_switch (listing->tables, vtep_key_switch (key));
  NetMac address = vtep_key_mac (key);
  gint64 age_ns = net_world_now (linux_world_seam (listing->about->world)) - mac->seen_ns;
  char text[NET_MAC_TEXT];

  return json_pack ("{s:s, s:s, s:o, s:o, s:o}", "switch", logical_switch ? logical_switch->name : "?", "mac",
                    net_mac_format (&address, text), "local",
                    vtep_mac_is_local (mac) ? place_text (listing, mac->place) : json_null (), "age_s",
                    vtep_mac_is_local (mac) ? json_integer (age_ns / NET_SEC) : json_null (), "remote",
                    ipv4_text (mac->locator));
}

static void
list_fdb (Listing *listing)
{
  const VtepFdb *fdb = vtep_tables_fdb (listing->tables);
  g_autoptr (GArray) keys = vtep_fdb_keys (fdb);

  for (guint i = 0; i < keys->len && i < listing->limit; i++)
    {
      VtepKey key = g_array_index (keys, VtepKey, i);
      const VtepMac *mac = vtep_fdb_find (fdb, key);
      if (mac)
        add_row (listing, mac_row (listing, key, mac));
    }
  listing->left_out = keys->len > listing->limit ? keys->len - listing->limit : 0;
}

/* ---- bindings ---------------------------------------------------------------------------------------------------- */

static void
list_port_bindings (Listing *listing, VtepPort port, const char *name)
{
  for (guint vlan = 0; vlan < VTEP_VLANS; vlan++)
    {
      const VtepBinding *binding
          = vtep_tables_binding (listing->tables, (VtepPlace){ .port = port, .vlan = (guint16) vlan });
      if (binding)
        add_row (listing, json_pack ("{s:s, s:i, s:s, s:I, s:I, s:I, s:I}", "port", name, "vlan", vlan,
                                     "switch", binding->logical_switch->name, "in_packets",
                                     (json_int_t) binding->from_local.packets, "in_bytes",
                                     (json_int_t) binding->from_local.bytes, "out_packets",
                                     (json_int_t) binding->to_local.packets, "out_bytes",
                                     (json_int_t) binding->to_local.bytes));
    }
}

static void
list_bindings (Listing *listing)
{
  const VtepAccessPorts *ports = ports_of (listing);

  for (guint i = 0; i < ports->n; i++)
    if (ports->names[i])
      list_port_bindings (listing, (VtepPort) i, ports->names[i]);
}

/* ---- remotes ----------------------------------------------------------------------------------------------------- */

static json_t *
row_text (const OvsdbRow *row, const char *column)
{
  const char *text = row ? ovsdb_row_text (row, column) : NULL;

  return text ? json_string (text) : json_null ();
}

static void
list_unicast (Listing *listing)
{
  for (const OvsdbRow *row
       = ovsdb_table_first (ovsdb_database_table (listing->database, "Ucast_Macs_Remote"));
       row; row = ovsdb_table_next (row))
    add_row (listing, json_pack ("{s:o, s:o, s:[o]}", "switch",
                                 row_text (ovsdb_row_ref (row, "logical_switch"), "name"), "mac",
                                 row_text (row, "MAC"), "locators",
                                 row_text (ovsdb_row_ref (row, "locator"), "dst_ip")));
}

static json_t *
locators_of (const OvsdbRow *set)
{
  json_t *locators = json_array ();
  guint n = set ? ovsdb_row_get (set, "locators")->n : 0;

  for (guint i = 0; i < n; i++)
    json_array_append_new (locators, row_text (ovsdb_row_ref_at (set, "locators", i), "dst_ip"));
  return locators;
}

static void
list_remotes (Listing *listing)
{
  list_unicast (listing);
  for (const OvsdbRow *row
       = ovsdb_table_first (ovsdb_database_table (listing->database, "Mcast_Macs_Remote"));
       row; row = ovsdb_table_next (row))
    add_row (listing,
             json_pack ("{s:o, s:o, s:o}", "switch", row_text (ovsdb_row_ref (row, "logical_switch"), "name"),
                        "mac", row_text (row, "MAC"), "locators",
                        locators_of (ovsdb_row_ref (row, "locator_set"))));
}

/* ---- tunnels ----------------------------------------------------------------------------------------------------- */

static const char *
far_end (const OvsdbRow *tunnel, NetIpv4 *address)
{
  const OvsdbRow *locator = ovsdb_row_ref (tunnel, "remote");
  const char *text = locator ? ovsdb_row_text (locator, "dst_ip") : NULL;

  return text && net_ipv4_from_text (text, address) ? text : NULL;
}

static void
list_tunnels (Listing *listing)
{
  for (const OvsdbRow *row = ovsdb_table_first (ovsdb_database_table (listing->database, "Tunnel")); row;
       row = ovsdb_table_next (row))
    {
      NetIpv4 address;
      const char *text = far_end (row, &address);
      const VtepPeer *peer = text ? vtep_peers_find (vtep_tables_peers (listing->tables), address) : NULL;
      const VtepPeer none = { 0 };

      if (!text)
        continue;
      peer = peer ? peer : &none;
      add_row (listing, json_pack ("{s:s, s:b, s:i, s:I, s:I, s:I, s:I}", "remote", text, "forwarding",
                                   !vtep_index_find (vtep_tables_down (listing->tables), address), "rows",
                                   peer->rows, "in_packets", (json_int_t) peer->in.packets, "in_bytes",
                                   (json_int_t) peer->in.bytes, "out_packets", (json_int_t) peer->out.packets,
                                   "out_bytes", (json_int_t) peer->out.bytes));
    }
}

static void
list_bfd (Listing *listing)
{
  static const char *const keys[]
      = { "enabled", "state", "forwarding", "diagnostic", "remote_state", "remote_diagnostic", "info" };

  for (const OvsdbRow *row = ovsdb_table_first (ovsdb_database_table (listing->database, "Tunnel")); row;
       row = ovsdb_table_next (row))
    {
      NetIpv4 address;
      const char *text = far_end (row, &address);
      json_t *session = text ? json_pack ("{s:s}", "remote", text) : NULL;

      for (guint i = 0; session && i < G_N_ELEMENTS (keys); i++)
        {
          const char *value = ovsdb_row_map_text (row, "bfd_status", keys[i]);
          json_object_set_new (session, keys[i], value ? json_string (value) : json_null ());
        }
      if (session)
        add_row (listing, session);
    }
}

/* ---- the answer -------------------------------------------------------------------------------------------------- */

static const struct
{
  const char *name;
  void (*list) (Listing *listing);
} listings[] = {
  { "fdb", list_fdb },         { "remotes", list_remotes }, { "bindings", list_bindings },
  { "tunnels", list_tunnels }, { "bfd", list_bfd },
};

json_t *
vtepd_answer_tables (const VtepdAbout *about, const json_t *request, GError **error)
{
  const char *name = vtepd_ctl_text (request, "table", error);
  json_int_t limit = json_integer_value (json_object_get (request, "limit"));
  Listing listing = { .about = about,
                      .tables = vtep_gateway_tables (vtepd_switch_gateway (about->sw)),
                      .database = vtepd_switch_database (about->sw),
                      .limit = (guint) CLAMP (limit > 0 ? limit : LIMIT_DEFAULT, 1, LIMIT_MOST) };

  for (guint i = 0; name && i < G_N_ELEMENTS (listings); i++)
    if (strcmp (listings[i].name, name) == 0)
      {
        listing.rows = json_array ();
        listings[i].list (&listing);
        return json_pack ("{s:o, s:i}", name, listing.rows, "more", listing.left_out);
      }
  return name ? vtepd_ctl_refuse (
             error, "there is no table '%s'; there is fdb, remotes, bindings, tunnels, bfd", name)
              : NULL;
}
