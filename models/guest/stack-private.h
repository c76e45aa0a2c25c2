/* The inside of a host's IP end, shared by stack*.c. */
#pragma once

#include "models/guest/ident.h"
#include "models/guest/resolver.h"
#include "models/guest/stack.h"
#include "net/icmp.h"
#include "net/nd.h"

G_BEGIN_DECLS

#define GUEST_TTL 64

struct _GuestStack
{
  GuestStackConfig config;
  const GuestStackEvents *events;
  gpointer user;
  gboolean up;

  NetIpv4 ipv4; /* 0: none */
  guint prefix_length;
  NetIpv4 gateway;
  GuestIdent ident;
  GuestResolver arp;

  gboolean has_ipv6;
  NetIpv6 ipv6, link_local;
  guint ipv6_prefix_length;
  GuestResolver nd;
};

static inline NetWorld *
guest_stack_world (GuestStack *stack)
{
  return &stack->config.node->world;
}

static inline gint64
guest_stack_now (GuestStack *stack)
{
  return sim_node_now (stack->config.node);
}

/* stack.c */
void guest_stack_drop (GuestStack *stack, NetFrame *frame, NetDropReason reason, const char *table,
                       const char *rule);
/* Drops a packet that has no Ethernet header yet, after telling whoever sent it. */
void guest_stack_refuse (GuestStack *stack, NetFrame *packet, NetDropReason reason);
/* Puts the Ethernet header before a packet and sends it. */
void guest_stack_transmit (GuestStack *stack, NetFrame *packet, const NetMac *to);

/* stack-arp.c */
/* Both ask for a neighbour's address as GuestNeighborEvents has it; `stack` is a GuestStack. */
void guest_arp_ask (gpointer stack, const GuestIp *ip, const NetMac *to);
void guest_arp_receive (GuestStack *stack, NetFrame *frame, const NetEthernet *ethernet);

/* stack-ipv4.c */
void guest_ipv4_receive (GuestStack *stack, NetFrame *frame, const NetEthernet *ethernet);
/* Takes the packet from the transport header on; `header` needs no id, TTL or source. */
void guest_ipv4_send (GuestStack *stack, NetFrame *packet, NetIpv4Header *header, gboolean confirm);

/* stack-ipv6.c */
void guest_nd_ask (gpointer stack, const GuestIp *ip, const NetMac *to);
void guest_ipv6_receive (GuestStack *stack, NetFrame *frame, const NetEthernet *ethernet);
void guest_ipv6_send (GuestStack *stack, NetFrame *packet, const NetIpv6Header *header, gboolean confirm);

G_END_DECLS
