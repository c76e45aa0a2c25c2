/* A gateway with a database in a test world, and a controller's writes in one line each.
 *
 * Ports of the world: 1 em3, 2 em4, 9 the underlay.  Tunnel address 10.8.125.20/24, MAC 02:0a:08:7d:00:20. */
#pragma once

#include "gateway/gateway.h"
#include "ovsdb/build.h"
#include "ovsdb/database.h"
#include "testworld.h"

#define EM3    1u
#define EM4    2u
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

/* Gives the gateway another configuration: the usual one, adapted. */
void fixture_change (Fixture *f, void (*change) (VtepGatewayConfig *config));

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

/* ---- a logical switch to play with: "blue", VNI 5001, em3 and em4 on VLAN 2901, flooding to 10.8.125.18, whose
 * address is known ---------------------------------------------------------------------------------------------- */

#define BCAST    "ffffffffffff"
#define VM2      "fa163e000012"
#define VM1      "fa163e000011"
#define VM2_TEXT "fa:16:3e:00:00:12"
#define TAG      " 8100 0b55 " /* VLAN 2901 */
#define DATA     "88b5 cafe"

/* A VXLAN packet from 10.8.125.18 under this VNI (six digits): VM1 to VM2. */
#define FROM_PEER(vni)                                                                                       \
  "020a087d0020 020a087d0018 0800 4500 0034 0000 4000 40 11 2c83 0a087d12 0a087d14 8001 12b5 0020 0000"      \
  "08000000" vni "00" VM2 VM1 DATA

void start_blue (Fixture *f);
/* Whether local_macs() of blue is this text; prints what it is when not. */
gboolean blue_macs_are (Fixture *f, const char *table, const char *expected);
