/* Numbers and addresses made from names and places. */
#include "lab/identity.h"

#include "sim/random.h"

/* 172.31.0.0/16: a management network apart from tunnels and tenants. */
#define MANAGEMENT_NET ((NetIpv4) 0xac1f0000)
#define NEUTRON_MACS   G_GUINT64_CONSTANT (0xfa163e000000)

void
lab_identity_uuid (const LabScenario *s, const char *object, char text[LAB_UUID_TEXT])
{
  g_autofree char *name = g_strdup_printf ("neutron/%s", object);
  SimRandom random;
  guint8 b[16];

  sim_random_init (&random, s->seed, name);
  sim_random_bytes (&random, b, sizeof b);
  b[6] = (guint8) ((b[6] & 0x0f) | 0x40); /* RFC 9562 §5.4: version 4, variant 10 */
  b[8] = (guint8) ((b[8] & 0x3f) | 0x80);
  g_snprintf (text, LAB_UUID_TEXT, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
              b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
              b[15]);
}

NetMac
lab_identity_dhcp_mac (const LabScenario *s, const LabNetwork *network)
{
  guint index = 0;

  if (!net_mac_is_zero (&network->dhcp_mac))
    return network->dhcp_mac;
  g_ptr_array_find (s->networks, network, &index);
  return net_mac_from_u64 (NEUTRON_MACS | 0x200000 | (index + 1));
}

NetIpv4
lab_identity_controller_ip (void)
{
  return MANAGEMENT_NET + 1;
}

NetIpv4
lab_identity_management_ip (guint node)
{
  return MANAGEMENT_NET + 10 + node;
}

guint64
lab_identity_datapath_id (guint node)
{
  return node + 1;
}

guint
lab_identity_dhcp_agent (const LabScenario *s)
{
  for (guint i = 0; i < s->nodes->len; i++)
    if (((const LabNode *) s->nodes->pdata[i])->is_dhcp_agent)
      return i;
  return G_MAXUINT;
}
