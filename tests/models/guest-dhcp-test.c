/* The DHCP client's states and times, with time as an argument and a server that is the test. */
#include "models/guest/dhcp-client.h"

#include "tap.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000000)

static const NetIpv4 ip = 0x0a00000c, server = 0x0a000002;

typedef struct
{
  GuestDhcpClient *client;
  GString *log; /* "discover@0 request@0 bound@0 …", times in seconds */
  gint64 now_ns;
  GuestDhcpMessage last;
  guint64 random;
} Fixture;

static void
send (gpointer user, const GuestDhcpMessage *message)
{
  ((Fixture *) user)->last = *message;
}

static void
bound (gpointer user, const GuestLease *lease)
{
  (void) user;
  CU_ASSERT_EQUAL (lease->ip, ip);
}

static void
lost (gpointer user, const GuestLease *lease)
{
  Fixture *fixture = user;
  (void) lease;
  g_string_append (fixture->log, " lost");
}

static void
told (gpointer user, const char *op, guint32 xid, const GuestLease *lease)
{
  Fixture *fixture = user;
  (void) xid;
  (void) lease;
  g_string_append_printf (fixture->log, " %s@%" G_GINT64_FORMAT, op, fixture->now_ns / SECOND);
}

static guint64
draw (gpointer user)
{
  return ((Fixture *) user)->random;
}

static const GuestDhcpEvents events = { send, bound, lost, told, draw };

static void
fixture_init (Fixture *fixture, const GuestDhcpConfig *config)
{
  *fixture = (Fixture){ .log = g_string_new (NULL) };
  fixture->client = guest_dhcp_client_new (&events, fixture);
  guest_dhcp_client_begin (fixture->client, config, 0);
}

static void
fixture_clear (Fixture *fixture)
{
  guest_dhcp_client_free (fixture->client);
  g_string_free (fixture->log, TRUE);
}

static void
run (Fixture *fixture, gint64 until_ns)
{
  gint64 due_ns;
  while ((due_ns = guest_dhcp_client_due (fixture->client)) <= until_ns)
    {
      fixture->now_ns = due_ns;
      guest_dhcp_client_expire (fixture->client, due_ns);
    }
  fixture->now_ns = until_ns;
}

/* The server's answer to the client's last message; it leaves T1 and T2 to the client. */
static void
answer (Fixture *fixture, NetDhcpType type, guint32 lease_s)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetDhcpBuilder builder;
  NetDhcp message = { .op = 2, .type = (guint8) type, .xid = fixture->last.xid, .your_ip = ip };
  NetFrame *frame;

  net_dhcp_begin (&builder, &message);
  net_dhcp_add_be32 (&builder, NET_DHCP_OPTION_SERVER_ID, server);
  net_dhcp_add_be32 (&builder, NET_DHCP_OPTION_LEASE_TIME, lease_s);
  net_dhcp_add_be32 (&builder, NET_DHCP_OPTION_SUBNET_MASK, 0xffffff00);
  frame = net_dhcp_finish (&builder, pool);
  CU_ASSERT_EQUAL (net_dhcp_parse (net_frame_bytes (frame), frame->length, &message), NET_DROP_NONE);
  guest_dhcp_client_hear (fixture->client, &message, fixture->now_ns);
  net_frame_unref (frame);
}

static void
lease (Fixture *fixture, guint32 lease_s)
{
  answer (fixture, NET_DHCP_OFFER, lease_s);
  answer (fixture, NET_DHCP_ACK, lease_s);
}

#define EXPECT(text)                                                                                         \
  do                                                                                                         \
    {                                                                                                        \
      if (strcmp (fixture.log->str, (text)) != 0)                                                            \
        g_printerr ("# line %d: got \"%s\"\n", __LINE__, fixture.log->str);                                  \
      CU_ASSERT_STRING_EQUAL (fixture.log->str, (text));                                                     \
      g_string_truncate (fixture.log, 0);                                                                    \
    }                                                                                                        \
  while (0)

static void
dhclient_backs_off_and_gives_up_after_a_minute (void)
{
  Fixture fixture;
  guint32 xid;

  fixture_init (&fixture, &(GuestDhcpConfig){ .kind = GUEST_DHCP_DHCLIENT });
  xid = fixture.last.xid;
  fixture.random = 3; /* 10, then 10 + 3, then 16 > 15: 7.5 + 3, then as drawn again */
  run (&fixture, 60 * SECOND);
  EXPECT (" discover@0 discover@10 discover@23 discover@33 discover@47 discover@57");
  CU_ASSERT_EQUAL (fixture.last.xid, xid);
  CU_ASSERT_EQUAL (fixture.last.seconds, 57);
  /* 301/2 + 3 s later, anew. */
  run (&fixture, 220 * SECOND);
  EXPECT (" failed@61 discover@214");
  CU_ASSERT_EQUAL (fixture.last.seconds, 0);
  fixture_clear (&fixture);
}

static void
udhcpc_asks_three_times_and_pauses (void)
{
  Fixture fixture;

  fixture_init (&fixture, &(GuestDhcpConfig){ .kind = GUEST_DHCP_UDHCPC });
  run (&fixture, 30 * SECOND);
  EXPECT (" discover@0 discover@3 discover@6 failed@9 discover@29");
  fixture_clear (&fixture);
}

static void
a_request_names_server_and_address (void)
{
  Fixture fixture;
  guint32 xid;

  fixture_init (&fixture, &(GuestDhcpConfig){ .kind = GUEST_DHCP_DHCLIENT });
  xid = fixture.last.xid;
  answer (&fixture, NET_DHCP_OFFER, 86400);
  CU_ASSERT_EQUAL (fixture.last.type, NET_DHCP_REQUEST);
  CU_ASSERT_EQUAL (fixture.last.xid, xid);
  CU_ASSERT_EQUAL (fixture.last.requested_ip, ip);
  CU_ASSERT_EQUAL (fixture.last.server_id, server);
  CU_ASSERT_EQUAL (fixture.last.client_ip, 0);
  CU_ASSERT_EQUAL (fixture.last.to, 0);
  answer (&fixture, NET_DHCP_OFFER, 86400); /* a second offer changes nothing */
  answer (&fixture, NET_DHCP_ACK, 86400);
  EXPECT (" discover@0 request@0 bound@0");
  CU_ASSERT_EQUAL (guest_dhcp_client_state (fixture.client), GUEST_DHCP_BOUND);
  fixture_clear (&fixture);
}

static void
an_unanswered_request_starts_over (void)
{
  Fixture fixture;

  fixture_init (&fixture, &(GuestDhcpConfig){ .kind = GUEST_DHCP_DHCLIENT });
  answer (&fixture, NET_DHCP_OFFER, 86400);
  run (&fixture, 15 * SECOND);
  EXPECT (" discover@0 request@0 discover@10");
  fixture_clear (&fixture);
}

static void
a_lease_is_renewed_rebound_and_lost (void)
{
  Fixture fixture;
  NetIpv4 renewal_to;

  /* No T1, T2: half and seven eighths of 1600 s; udhcpc waits half of what is left, at least 60 s. */
  fixture_init (&fixture, &(GuestDhcpConfig){ .kind = GUEST_DHCP_UDHCPC });
  lease (&fixture, 1600);
  EXPECT (" discover@0 request@0 bound@0");
  run (&fixture, 800 * SECOND);
  renewal_to = fixture.last.to;
  CU_ASSERT_EQUAL (renewal_to, server);
  CU_ASSERT_EQUAL (fixture.last.client_ip, ip);
  CU_ASSERT_EQUAL (fixture.last.requested_ip, 0);
  CU_ASSERT_EQUAL (fixture.last.server_id, 0);
  run (&fixture, 1400 * SECOND);
  EXPECT (" renew@800 renew@1100 renew@1250 renew@1325 renew@1385 rebind@1400");
  CU_ASSERT_EQUAL (fixture.last.to, 0);
  run (&fixture, 1600 * SECOND);
  EXPECT (" rebind@1500 rebind@1560 expired@1600 lost discover@1600");
  fixture_clear (&fixture);
}

static void
an_acknowledgment_starts_the_lease_again (void)
{
  Fixture fixture;

  fixture_init (&fixture, &(GuestDhcpConfig){ .kind = GUEST_DHCP_UDHCPC });
  lease (&fixture, 1600);
  run (&fixture, 800 * SECOND);
  answer (&fixture, NET_DHCP_ACK, 1600);
  run (&fixture, 1599 * SECOND);
  EXPECT (" discover@0 request@0 bound@0 renew@800 bound@800");
  run (&fixture, 1600 * SECOND);
  EXPECT (" renew@1600");
  fixture_clear (&fixture);
}

static void
a_refusal_starts_over_and_a_second_one_waits (void)
{
  Fixture fixture;

  fixture_init (&fixture, &(GuestDhcpConfig){ .kind = GUEST_DHCP_DHCLIENT });
  answer (&fixture, NET_DHCP_OFFER, 100);
  answer (&fixture, NET_DHCP_NAK, 0);
  EXPECT (" discover@0 request@0 nak@0 lost discover@0");
  answer (&fixture, NET_DHCP_OFFER, 100);
  answer (&fixture, NET_DHCP_NAK, 0);
  run (&fixture, 10 * SECOND);
  EXPECT (" request@0 nak@0 lost discover@10");
  fixture_clear (&fixture);
}

static void
leases_without_end_or_without_time_do_no_harm (void)
{
  Fixture fixture;

  fixture_init (&fixture, &(GuestDhcpConfig){ .kind = GUEST_DHCP_DHCLIENT });
  answer (&fixture, NET_DHCP_OFFER, 0); /* no lease at all */
  EXPECT (" discover@0");
  lease (&fixture, G_MAXUINT32);
  CU_ASSERT_EQUAL (guest_dhcp_client_due (fixture.client), G_MAXINT64);
  guest_dhcp_client_begin (fixture.client, &(GuestDhcpConfig){ .kind = GUEST_DHCP_DHCLIENT }, 0);
  lease (&fixture, 1); /* renewed no sooner than after a second */
  CU_ASSERT_EQUAL (guest_dhcp_client_due (fixture.client), 1 * SECOND);
  fixture_clear (&fixture);
}

static void
a_held_lease_is_asked_for_again (void)
{
  Fixture fixture;

  fixture_init (&fixture, &(GuestDhcpConfig){ .kind = GUEST_DHCP_DHCLIENT });
  lease (&fixture, 86400);
  guest_dhcp_client_end (fixture.client);
  guest_dhcp_client_begin (fixture.client, &(GuestDhcpConfig){ .init_reboot = TRUE }, 5 * SECOND);
  CU_ASSERT_EQUAL (fixture.last.type, NET_DHCP_REQUEST);
  CU_ASSERT_EQUAL (fixture.last.requested_ip, ip);
  CU_ASSERT_EQUAL (fixture.last.server_id, 0);
  answer (&fixture, NET_DHCP_ACK, 86400);
  EXPECT (" discover@0 request@0 bound@0 reboot@0 bound@0");
  fixture_clear (&fixture);
}

static void
a_stranger_to_the_exchange_is_not_heard (void)
{
  Fixture fixture;

  fixture_init (&fixture, &(GuestDhcpConfig){ .kind = GUEST_DHCP_DHCLIENT });
  fixture.last.xid++;
  answer (&fixture, NET_DHCP_OFFER, 86400);
  fixture.last.xid--;
  answer (&fixture, NET_DHCP_ACK, 86400); /* nothing was requested */
  EXPECT (" discover@0");
  fixture_clear (&fixture);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "dhclient backs off, gives up after a minute, retries after a pause",
      dhclient_backs_off_and_gives_up_after_a_minute },
    { "udhcpc asks three times and pauses", udhcpc_asks_three_times_and_pauses },
    { "a request names the server and the address", a_request_names_server_and_address },
    { "an unanswered request starts over", an_unanswered_request_starts_over },
    { "a lease is renewed by unicast, rebound by broadcast, and lost", a_lease_is_renewed_rebound_and_lost },
    { "an acknowledgment starts the lease again", an_acknowledgment_starts_the_lease_again },
    { "a refusal starts over, a second one waits", a_refusal_starts_over_and_a_second_one_waits },
    { "leases without end, of no time and of a second do no harm",
      leases_without_end_or_without_time_do_no_harm },
    { "a held lease is asked for again without naming a server", a_held_lease_is_asked_for_again },
    { "a message of another exchange is not heard", a_stranger_to_the_exchange_is_not_heard },
    { NULL, NULL },
  };
  return tap_main ("guest-dhcp", tests);
}
