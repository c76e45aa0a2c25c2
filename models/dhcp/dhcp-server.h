/* The DHCP server of a network: dnsmasq in Neutron's qdhcp namespace, with a port on the compute's integration bridge.
 *
 * It serves only the hosts it was told of, as Neutron's does; it answers ARP and echo requests for its address.
 * State records: table "dhcp" op offer, ack, nak, ignored, released, declined; key the client's MAC; json {"xid"} and
 * where they apply "ip", "lease_s", "why"; table "host" op add, change, remove; key the MAC; json {"ip"};
 * tables "arp" and "guest" as a guest's. */
#pragma once

#include "net/address.h"
#include "sim/node.h"

G_BEGIN_DECLS

typedef struct _DhcpServer DhcpServer;

#define DHCP_LEASE_DEFAULT 86400u

typedef struct
{
  NetMac mac;
  NetIpv4 ip;
  guint prefix_length;
  NetIpv4 router;     /* option 3; 0: the server itself, dnsmasq's default */
  gboolean no_router; /* option 3 is not sent */
  NetIpv4 dns;        /* option 6, to clients that ask for it; 0: the server itself */
  guint mtu;          /* option 26; 0: not sent */
  guint32 lease_s;    /* 0: DHCP_LEASE_DEFAULT */
} DhcpServerConfig;

/* The node (kind "dhcp") with its port 0, "eth0"; it runs from the start.  The network owns it. */
DhcpServer *dhcp_server_new (SimNetwork *network, const char *name, const DhcpServerConfig *config);
static inline SimNode *
dhcp_server_node (DhcpServer *server)
{
  return (SimNode *) server;
}

/* A static entry (Neutron's hosts file): this MAC gets this address.  Replaces the MAC's entry. */
void dhcp_server_set_host (DhcpServer *server, const NetMac *mac, NetIpv4 ip);
void dhcp_server_remove_host (DhcpServer *server, const NetMac *mac);

/* The namespace disappears and comes back: frames are dropped (node-stopped) in between. */
void dhcp_server_stop (DhcpServer *server);
void dhcp_server_start (DhcpServer *server);

G_END_DECLS
