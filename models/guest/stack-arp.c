/* ARP of a host: answers for its address, questions for its neighbour table (RFC 826, RFC 5227 §2.4). */
#include "models/guest/stack-private.h"
#include "models/guest/tell.h"

static void
send_arp (GuestStack *stack, const NetArp *arp, const NetMac *to)
{
  guest_stack_send_frame (stack, net_arp_frame (guest_stack_world (stack)->frames, to, arp));
}

void
guest_arp_ask (gpointer user, const GuestIp *ip, const NetMac *to)
{
  GuestStack *stack = user;
  NetArp arp = {
    .op = NET_ARP_REQUEST, .sender_mac = stack->config.mac, .sender_ip = stack->ipv4, .target_ip = ip->v4
  };

  send_arp (stack, &arp, to ? to : &net_mac_broadcast);
}

void
guest_stack_announce (GuestStack *stack)
{
  NetArp arp = {
    .op = NET_ARP_REQUEST, .sender_mac = stack->config.mac, .sender_ip = stack->ipv4, .target_ip = stack->ipv4
  };

  if (stack->up && stack->ipv4)
    send_arp (stack, &arp, &net_mac_broadcast);
}

static void
answer (GuestStack *stack, const NetArp *request)
{
  NetArp reply = { .op = NET_ARP_REPLY,
                   .sender_mac = stack->config.mac,
                   .sender_ip = stack->ipv4,
                   .target_mac = request->sender_mac,
                   .target_ip = request->sender_ip };

  send_arp (stack, &reply, &request->sender_mac);
}

static void
tell_conflict (GuestStack *stack, const NetArp *arp)
{
  char key[NET_IPV4_TEXT], mac[NET_MAC_TEXT];

  guest_tell (guest_stack_world (stack), "address", "conflict", net_ipv4_format (arp->sender_ip, key),
              "{\"mac\":\"%s\"}", net_mac_format (&arp->sender_mac, mac));
}

static GuestHeard
classify (const GuestStack *stack, const NetArp *arp, const NetEthernet *ethernet)
{
  if (arp->sender_ip == arp->target_ip)
    return GUEST_HEARD_ANNOUNCEMENT;
  if (arp->op == NET_ARP_REPLY && net_mac_equal (&ethernet->destination, &stack->config.mac))
    return GUEST_HEARD_ANSWER;
  return GUEST_HEARD_PASSING;
}

/* Takes the frame.  Whoever is not asked and has no entry for the sender has no use for it. */
static void
overhear (GuestStack *stack, NetFrame *frame, const NetArp *arp, const NetEthernet *ethernet)
{
  GuestIp from = guest_ip_v4 (arp->sender_ip);
  GuestHeard heard = classify (stack, arp, ethernet);
  gboolean known = guest_resolver_find (&stack->arp, &from) != NULL;

  if (known)
    guest_resolver_hear (&stack->arp, &from, &arp->sender_mac, heard);
  if (heard == GUEST_HEARD_ANSWER && stack->events->arp_reply)
    stack->events->arp_reply (stack->user, arp);
  if (known || heard == GUEST_HEARD_ANSWER)
    net_frame_unref (frame);
  else
    guest_stack_drop (stack, frame, NET_DROP_NOT_FOR_US, "arp", "asks for another address");
}

void
guest_arp_receive (GuestStack *stack, NetFrame *frame, const NetEthernet *ethernet)
{
  NetArp arp;
  NetDropReason reason
      = net_arp_parse (net_frame_bytes (frame) + ethernet->payload, frame->length - ethernet->payload, &arp);
  GuestIp from;

  if (reason != NET_DROP_NONE)
    {
      guest_stack_drop (stack, frame, reason, "arp", NULL);
      return;
    }
  if (net_mac_is_group (&arp.sender_mac))
    {
      guest_stack_drop (stack, frame, NET_DROP_BAD_SOURCE_MAC, "arp", NULL);
      return;
    }
  if (net_mac_equal (&arp.sender_mac, &stack->config.mac))
    {
      guest_stack_drop (stack, frame, NET_DROP_NOT_FOR_US, "arp", "our own, come back");
      return;
    }
  if (stack->ipv4 && arp.sender_ip == stack->ipv4)
    {
      tell_conflict (stack, &arp);
      guest_stack_drop (stack, frame, NET_DROP_NOT_FOR_US, "arp", "another station claims this address");
      return;
    }
  if (arp.op != NET_ARP_REQUEST || !stack->ipv4 || arp.target_ip != stack->ipv4)
    {
      overhear (stack, frame, &arp, ethernet);
      return;
    }
  /* A probe (sender address 0, RFC 5227 §2.1.1) is answered, and teaches nothing. */
  from = guest_ip_v4 (arp.sender_ip);
  if (arp.sender_ip)
    guest_resolver_hear (&stack->arp, &from, &arp.sender_mac, GUEST_HEARD_QUESTION);
  answer (stack, &arp);
  net_frame_unref (frame);
}
