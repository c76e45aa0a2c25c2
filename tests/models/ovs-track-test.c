/* Connections on the virtual clock: how long they live, how many there are, and what cannot be one. */
#include "models/ovs/connections.h"
#include "net/world.h"
#include "tap.h"

#define NEW         (OPENFLOW_CT_TRACKED | OPENFLOW_CT_NEW)
#define INVALID     (OPENFLOW_CT_TRACKED | OPENFLOW_CT_INVALID)
#define ESTABLISHED (OPENFLOW_CT_TRACKED | OPENFLOW_CT_ESTABLISHED)
#define REPLY       (ESTABLISHED | OPENFLOW_CT_REPLY)

#define CLIENT 0x0a000001u
#define SERVER 0x0a000002u
#define SYN    0x02u
#define ACK    0x10u

/* From the client, or back from the server. */
static OvsTracked
packet (guint8 protocol, gboolean reply, guint16 port, guint16 tcp_flags)
{
  OpenflowFields fields = { .eth_type = 0x0800,
                            .ip_proto = protocol,
                            .ip_src = reply ? SERVER : CLIENT,
                            .ip_dst = reply ? CLIENT : SERVER,
                            .tp_src = reply ? 53 : port,
                            .tp_dst = reply ? port : 53,
                            .tcp_flags = tcp_flags };
  OvsTracked tracked;

  ovs_tracked_init (&tracked, &fields, 0, 0);
  tracked.commit = TRUE;
  return tracked;
}

/* Its state, and it goes through. */
static guint
pass (OvsConnections *connections, OvsTracked tracked, gint64 seconds)
{
  guint state = ovs_connections_state (connections, &tracked, seconds * NET_SEC);
  ovs_connections_track (connections, &tracked, seconds * NET_SEC);
  return state;
}

static void
unanswered_live_a_minute (void)
{
  g_autoptr (OvsConnections) connections = ovs_connections_new ();

  CU_ASSERT_EQUAL (pass (connections, packet (17, FALSE, 9, 0), 0), NEW);
  CU_ASSERT_EQUAL (pass (connections, packet (17, TRUE, 9, 0), 59), REPLY);
  CU_ASSERT_EQUAL (pass (connections, packet (17, FALSE, 9, 0), 88), ESTABLISHED);
  CU_ASSERT_EQUAL (pass (connections, packet (17, FALSE, 9, 0), 118), NEW); /* answered: half a minute */
  CU_ASSERT_EQUAL (pass (connections, packet (17, TRUE, 9, 0), 178),
                   NEW); /* a minute later it is another's */
}

static void
established_tcp_lives_a_day (void)
{
  g_autoptr (OvsConnections) connections = ovs_connections_new ();

  CU_ASSERT_EQUAL (pass (connections, packet (6, FALSE, 9, SYN), 0), NEW);
  CU_ASSERT_EQUAL (pass (connections, packet (6, TRUE, 9, SYN | ACK), 29), REPLY);
  CU_ASSERT_EQUAL (pass (connections, packet (6, FALSE, 9, ACK), 30), ESTABLISHED);
  CU_ASSERT_EQUAL (pass (connections, packet (6, TRUE, 9, ACK), 30 + 86399), REPLY);
  CU_ASSERT_EQUAL (pass (connections, packet (6, TRUE, 9, SYN | ACK), 30 + 86399 + 86400), INVALID);
}

static void
uncommitted_stay_new (void)
{
  g_autoptr (OvsConnections) connections = ovs_connections_new ();
  OvsTracked first = packet (17, FALSE, 9, 0);

  first.commit = FALSE;
  CU_ASSERT_EQUAL (pass (connections, first, 0), NEW);
  CU_ASSERT_EQUAL (pass (connections, packet (17, TRUE, 9, 0), 1), NEW);
}

static void
zones_are_apart (void)
{
  g_autoptr (OvsConnections) connections = ovs_connections_new ();
  OvsTracked other = packet (17, TRUE, 9, 0);

  other.key.zone = 1;
  CU_ASSERT_EQUAL (pass (connections, packet (17, FALSE, 9, 0), 0), NEW);
  CU_ASSERT_EQUAL (pass (connections, other, 1), NEW);
  CU_ASSERT_EQUAL (pass (connections, packet (17, TRUE, 9, 0), 1), REPLY);
}

static void
others_are_invalid (void)
{
  OpenflowFields arp = { .eth_type = 0x0806 };
  OpenflowFields fragment = { .eth_type = 0x0800, .ip_proto = 17, .tp_src = 1, .tp_dst = 2, .ip_frag = 1 };
  OpenflowFields unreachable = { .eth_type = 0x0800, .ip_proto = 1, .tp_src = 3 };
  const OpenflowFields *all[] = { &arp, &fragment, &unreachable };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      OvsTracked tracked;
      ovs_tracked_init (&tracked, all[i], 0, 0);
      CU_ASSERT_EQUAL (ovs_connections_state (NULL, &tracked, 0), INVALID);
    }
}

static void
full_table (void)
{
  g_autoptr (OvsConnections) connections = ovs_connections_new ();

  for (guint i = 0; i < OVS_CONNECTIONS_MAX; i++)
    {
      OvsTracked tracked = packet (17, FALSE, 1 + i % 1000, 0);
      tracked.key.zone = (guint16) (i / 1000);
      pass (connections, tracked, 0);
    }
  CU_ASSERT_EQUAL (pass (connections, packet (17, FALSE, 2000, 0), 59), NEW);
  CU_ASSERT_EQUAL (pass (connections, packet (17, TRUE, 2000, 0), 59), NEW); /* there was no room for it */
  CU_ASSERT_EQUAL (pass (connections, packet (17, FALSE, 2000, 0), 60), NEW);
  CU_ASSERT_EQUAL (pass (connections, packet (17, TRUE, 2000, 0), 60), REPLY);
}

static const TapTest tests[] = {
  { "UDP lives a minute unanswered, half a minute after an answer", unanswered_live_a_minute },
  { "TCP lives a day once it is established, half a minute before", established_tcp_lives_a_day },
  { "what is not committed stays new, and so is its answer", uncommitted_stay_new },
  { "the same addresses in another zone are another connection", zones_are_apart },
  { "ARP, fragments and ICMP errors are invalid", others_are_invalid },
  { "a full table takes no more until some are over", full_table },
  { NULL, NULL },
};

int
main (void)
{
  return tap_main ("ovs-track", tests);
}
