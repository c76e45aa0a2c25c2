/* A gateway with a database in a test world, and a controller's writes in one line each.
 *
 * Ports of the world: 1 em3, 2 em4, 9 the underlay.  Tunnel address 10.8.125.20/24, MAC 02:0a:08:7d:00:20. */
#pragma once

#include "gateway/gateway.h"
#include "ovsdb/build.h"
#include "ovsdb/database.h"
#include "testworld.h"

#define EM3 1u
#define EM4 2u
#define UPLINK 9u

typedef struct
{
  TestWorld *world;
  OvsdbDatabase *db;
  VtepGateway *gateway;
} Fixture;

/* `change` may be NULL; it adapts the configuration. */
void fixture_init (Fixture *f, void (*change) (VtepGatewayConfig *config));
void fixture_clear (Fixture *f);
/* Ends the gateway and begins another on the same database. */
void fixture_restart (Fixture *f, void (*change) (VtepGatewayConfig *config));

/* Runs operations; fails the test when the database refuses them. */
void fixture_execute (Fixture *f, json_t *operations);

/* mode: "source_node", "service_node" or NULL.  tunnel_key < 0: empty. */
void put_switch (Fixture *f, const char *name, gint64 tunnel_key, const char *mode);
void set_tunnel_key (Fixture *f, const char *name, gint64 tunnel_key);
void drop_switch (Fixture *f, const char *name);
/* logical_switch NULL: unbinds. */
void put_binding (Fixture *f, const char *port, guint vlan, const char *logical_switch);
void put_remote (Fixture *f, const char *logical_switch, const char *mac, const char *locator);
void drop_remote (Fixture *f, const char *logical_switch, const char *mac);
/* locators: "10.8.125.18 10.8.125.21"; "" removes the row. */
void put_flood (Fixture *f, const char *logical_switch, const char *locators);

/* Tells the gateway the MAC of a peer of the underlay once it was asked for. */
void answer_arp (Fixture *f, const char *ip_hex, const char *mac_hex);

void receive (Fixture *f, guint port, const char *hex);

/* Rows of a local table of this logical switch, their MACs in ascending order, joined by blanks. */
char *local_macs (Fixture *f, const char *table, const char *logical_switch);
