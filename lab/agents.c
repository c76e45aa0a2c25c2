/* LLDP neighbours, reported as the controller's RESTCONF takes them. */
#include "lab/agents.h"

#include <jansson.h>
#include <string.h>

#define NEIGHBORS "/restconf/config/lldp-discovery:neighbors"

static const char *
physnet_of (const LabNet *net, const NicHost *host, const char *card)
{
  for (guint i = 0; i < net->scenario->nodes->len; i++)
    {
      const LabNode *node = net->scenario->nodes->pdata[i];

      for (guint n = 0; net->nic_hosts[i] == host && n < node->nics->len; n++)
        if (strcmp (g_array_index (node->nics, LabNic, n).name, card) == 0)
          return g_array_index (node->nics, LabNic, n).physnet;
    }
  return NULL;
}

static void
report (NicHost *host, NicPf *pf, const NetLldp *lldp, gpointer user)
{
  LabNet *net = user;
  const char *card = nic_pf_name (pf), *physnet = physnet_of (net, host, card);
  char chassis[NET_MAC_TEXT];
  json_t *neighbor = json_pack ("{s:s, s:s, s:s, s:s, s:s, s:i}", "host", nic_host_node (host)->name,
                                "interface", card, "chassis-id", net_mac_format (&lldp->chassis, chassis),
                                "system-name", lldp->system, "port-id", lldp->port, "ttl", lldp->ttl_s);
  json_t *body = json_pack ("{s:o}", "neighbor", neighbor);

  if (physnet)
    json_object_set_new (neighbor, "physical-network", json_string (physnet));
  odl_northbound (net->controller, "PUT", NEIGHBORS, body, NULL);
  json_decref (body);
}

void
lab_agents_run (LabNet *net)
{
  for (guint i = 0; i < net->scenario->nodes->len; i++)
    if (net->nic_hosts[i])
      nic_host_run_lldp (net->nic_hosts[i], report, net);
}
