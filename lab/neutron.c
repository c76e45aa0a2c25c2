/* JSON for the northbound door (facts 1.3 to 1.5, 6.2, 6.3). */
#include "lab/neutron.h"

#include <jansson.h>

#include "lab/binding.h"
#include "lab/identity.h"
#include "sim/record.h"

#define NEUTRON "/controller/nb/v2/neutron/"
#define TENANT  "tenant"

static json_t *
uuid_json (const LabScenario *s, const char *kind, const char *name)
{
  g_autofree char *object = g_strdup_printf ("%s/%s", kind, name);
  char text[LAB_UUID_TEXT];
  lab_identity_uuid (s, object, text);
  return json_string (text);
}

static json_t *
ipv4_json (NetIpv4 ip)
{
  char text[NET_IPV4_TEXT];
  return json_string (net_ipv4_format (ip, text));
}

static json_t *
mac_json (const NetMac *mac)
{
  char text[NET_MAC_TEXT];
  return json_string (net_mac_format (mac, text));
}

/* Sends one call; takes the body.  NULL, or why the controller refused. */
static char *
call (LabNet *net, const char *method, const char *path, json_t *body)
{
  json_t *reply = NULL;
  guint status = odl_northbound (net->controller, method, path, body, &reply);
  const char *message = json_string_value (json_object_get (json_object_get (reply, "error"), "message"));
  char *refusal = NULL;

  if (status >= 300)
    refusal = g_strdup_printf ("the controller answered %u to %s %s: %s", status, method, path,
                               message ? message : "no reason given");
  json_decref (body);
  json_decref (reply);
  return refusal;
}

static char *
post (LabNet *net, const char *collection, const char *key, json_t *object)
{
  g_autofree char *path = g_strdup_printf (NEUTRON "%s", collection);
  return call (net, "POST", path, json_pack ("{s:o}", key, object));
}

/* ---- networks ------------------------------------------------------------------------------------------------ */

static json_t *
segment_json (const LabSegment *segment)
{
  return json_pack ("{s:s, s:o, s:o}", "provider:network_type", lab_segment_words[segment->type],
                    "provider:physical_network",
                    segment->physnet ? json_string (segment->physnet) : json_null (),
                    "provider:segmentation_id",
                    segment->type == LAB_SEGMENT_FLAT ? json_null () : json_integer (segment->id));
}

/* One segment stands at the top level, two or more in the list, never both. */
static void
add_segments (json_t *object, const GArray *segments)
{
  if (segments->len == 1)
    {
      json_t *segment = segment_json (&g_array_index (segments, LabSegment, 0));
      json_object_update (object, segment);
      json_decref (segment);
    }
  else
    {
      json_t *list = json_array ();
      for (guint i = 0; i < segments->len; i++)
        json_array_append_new (list, segment_json (&g_array_index (segments, LabSegment, i)));
      json_object_set_new (object, "segments", list);
    }
}

static char *
tell_network (LabNet *net, const LabNetwork *network)
{
  json_t *object
      = json_pack ("{s:o, s:s, s:b, s:b, s:b, s:i, s:b, s:n, s:s, s:s}", "id",
                   uuid_json (net->scenario, "network", network->name), "name", network->name,
                   "admin_state_up", 1, "shared", 0, "router:external", 0, "mtu", (int) network->mtu,
                   "port_security_enabled", 1, "vlan_transparent", "tenant_id", TENANT, "project_id", TENANT);

  add_segments (object, network->segments);
  return post (net, "networks", "network", object);
}

char *
lab_neutron_change_segments (LabNet *net, guint index, const GArray *segments)
{
  const LabNetwork *network = net->scenario->networks->pdata[index];
  g_autofree char *object = g_strdup_printf ("network/%s", network->name), *path = NULL;
  json_t *body = json_object ();
  char uuid[LAB_UUID_TEXT];

  lab_identity_uuid (net->scenario, object, uuid);
  path = g_strdup_printf (NEUTRON "networks/%s", uuid);
  add_segments (body, segments);
  return call (net, "PUT", path, json_pack ("{s:o}", "network", body));
}

static char *
tell_subnet (LabNet *net, const LabNetwork *network)
{
  char ip[NET_IPV4_TEXT];
  g_autofree char *cidr
      = g_strdup_printf ("%s/%u", net_ipv4_format (network->subnet, ip), network->prefix_length);
  NetIpv4 last = (network->subnet | ~net_ipv4_mask (network->prefix_length)) - 1;
  json_t *pools
      = json_pack ("[{s:o, s:o}]", "start", ipv4_json (network->subnet + 2), "end", ipv4_json (last));

  return post (net, "subnets", "subnet",
               json_pack ("{s:o, s:o, s:i, s:s, s:o, s:b, s:[], s:[], s:o, s:s}", "id",
                          uuid_json (net->scenario, "subnet", network->name), "network_id",
                          uuid_json (net->scenario, "network", network->name), "ip_version", 4, "cidr", cidr,
                          "gateway_ip", ipv4_json (network->gateway), "enable_dhcp",
                          network->dhcp != LAB_DHCP_NONE, "dns_nameservers", "host_routes",
                          "allocation_pools", pools, "tenant_id", TENANT));
}

/* ---- ports --------------------------------------------------------------------------------------------------- */

static json_t *
port_json (const LabScenario *s, const LabNetwork *network, const char *name, json_t *mac, NetIpv4 ip)
{
  json_t *fixed = json_pack ("[{s:o, s:o}]", "subnet_id", uuid_json (s, "subnet", network->name),
                             "ip_address", ipv4_json (ip));
  return json_pack ("{s:o, s:s, s:o, s:o, s:o, s:b, s:[], s:[], s:b, s:[], s:s, s:s}", "id",
                    uuid_json (s, "port", name), "name", name, "network_id",
                    uuid_json (s, "network", network->name), "mac_address", mac, "fixed_ips", fixed,
                    "admin_state_up", 1, "security_groups", "allowed_address_pairs", "port_security_enabled",
                    0, "extra_dhcp_opts", "tenant_id", TENANT, "project_id", TENANT);
}

static void
bind_port (json_t *port, const char *host, const char *vnic, const char *vif, json_t *details,
           const char *profile)
{
  json_object_set_new (port, "binding:vnic_type", json_string (vnic));
  json_object_set_new (port, "binding:host_id", json_string (host));
  json_object_set_new (port, "binding:vif_type", json_string (vif));
  json_object_set_new (port, "binding:vif_details", details);
  json_object_set_new (port, "binding:profile", json_string (profile));
}

static void
secure_port (json_t *port, const LabVm *vm)
{
  json_t *pairs = json_object_get (port, "allowed_address_pairs");

  json_object_set_new (port, "port_security_enabled", json_boolean (vm->port_security));
  for (guint i = 0; i < vm->allowed->len; i++)
    json_array_append_new (pairs, json_pack ("{s:s, s:O}", "ip_address", vm->allowed->pdata[i], "mac_address",
                                             json_object_get (port, "mac_address")));
}

/* What Neutron keeps to itself: the controller is not told of segments. */
static void
record_binding (LabNet *net, const LabVm *vm)
{
  const LabSegment *segment = lab_binding_segment (net->scenario, vm);
  g_autofree char *json = segment ? g_strdup_printf ("{\"type\":\"%s\",\"id\":%u}",
                                                     lab_segment_words[segment->type], segment->id)
                                  : NULL;

  if (segment)
    sim_record_state (odl_controller_node (net->controller),
                      &(NetState){ .table = "binding", .op = "add", .key = vm->name, .json = json });
}

static char *
tell_vm_port (LabNet *net, const LabVm *vm)
{
  json_t *mac = vm->mac_text ? json_string (vm->mac_text) : mac_json (&vm->mac);
  json_t *port = port_json (net->scenario, vm->network, vm->name, mac, vm->ip);

  record_binding (net, vm);
  json_object_set_new (port, "device_id", uuid_json (net->scenario, "vm", vm->name));
  json_object_set_new (port, "device_owner", json_string ("compute:nova"));
  if (vm->direct)
    {
      g_autofree char *vlan = g_strdup_printf ("%u", vm->vlan);
      g_autofree char *profile
          = g_strdup_printf ("{\"pci_slot\": \"0000:05:10.%u\", \"pci_vendor_info\": \"8086:10ed\", "
                             "\"physical_network\": \"%s\"}",
                             vm->vf, vm->nic->physnet);
      bind_port (port, vm->node->name, "direct", "hw_veb",
                 json_pack ("{s:b, s:s, s:s}", "port_filter", 0, "connectivity", "l2", "vlan", vlan),
                 profile);
    }
  else
    {
      bind_port (port, vm->node->name, "normal", "ovs", json_pack ("{s:b}", "port_filter", vm->port_security),
                 "{}");
      secure_port (port, vm);
    }
  return post (net, "ports", "port", port);
}

static char *
tell_dhcp_port (LabNet *net, const LabNetwork *network)
{
  const LabScenario *s = net->scenario;
  const LabNode *agent = s->nodes->pdata[lab_identity_dhcp_agent (s)];
  const NetMac mac = lab_identity_dhcp_mac (s, network);
  g_autofree char *name = g_strdup_printf ("dhcp-%s", network->name);
  json_t *port = port_json (s, network, name, mac_json (&mac), network->dhcp_ip);

  json_object_set_new (port, "device_id", uuid_json (s, "agent", name));
  json_object_set_new (port, "device_owner", json_string ("network:dhcp"));
  bind_port (port, agent->name, "normal", "ovs", json_pack ("{s:b}", "port_filter", 0), "{}");
  return post (net, "ports", "port", port);
}

char *
lab_neutron_move_port (LabNet *net, guint index)
{
  const LabNode *host = net->scenario->nodes->pdata[net->homes[index]];
  g_autofree char *object = g_strdup_printf ("port/%s", lab_scenario_vm (net->scenario, index)->name);
  g_autofree char *path = NULL;
  char uuid[LAB_UUID_TEXT];

  lab_identity_uuid (net->scenario, object, uuid);
  path = g_strdup_printf (NEUTRON "ports/%s", uuid);
  return call (net, "PUT", path, json_pack ("{s:{s:s}}", "port", "binding:host_id", host->name));
}

/* ---- deletion ------------------------------------------------------------------------------------------------ */

static char *
delete_object (LabNet *net, const char *collection, const char *kind, const char *name)
{
  g_autofree char *object = g_strdup_printf ("%s/%s", kind, name), *path = NULL;
  char uuid[LAB_UUID_TEXT];

  lab_identity_uuid (net->scenario, object, uuid);
  path = g_strdup_printf (NEUTRON "%s/%s", collection, uuid);
  return call (net, "DELETE", path, NULL);
}

char *
lab_neutron_delete_network (LabNet *net, guint index)
{
  const LabScenario *s = net->scenario;
  const LabNetwork *network = s->networks->pdata[index];
  g_autofree char *agent = g_strdup_printf ("dhcp-%s", network->name);
  char *refusal = net->servers[index] ? delete_object (net, "ports", "port", agent) : NULL;

  for (guint i = 0; i < s->vms->len && !refusal; i++)
    if (lab_scenario_vm (s, i)->network == network)
      refusal = delete_object (net, "ports", "port", lab_scenario_vm (s, i)->name);
  if (!refusal)
    refusal = delete_object (net, "subnets", "subnet", network->name);
  return refusal ? refusal : delete_object (net, "networks", "network", network->name);
}

/* ---- gateways ------------------------------------------------------------------------------------------------ */

static json_t *
find_device (json_t *devices, const char *tor)
{
  json_t *device;
  gsize i;

  json_array_foreach (devices, i,
                      device) if (g_str_equal (json_string_value (json_object_get (device, "device_name")),
                                               tor)) return device;
  return NULL;
}

static void
add_interface (const LabScenario *s, const LabGateway *gateway, json_t *devices, const LabGatewayPort *port)
{
  json_t *device = find_device (devices, port->tor);

  if (!device)
    {
      g_autofree char *name = g_strdup_printf ("%s/%s", gateway->name, port->tor);
      device = json_pack ("{s:o, s:s, s:[]}", "id", uuid_json (s, "device", name), "device_name", port->tor,
                          "interfaces");
      json_array_append_new (devices, device);
    }
  json_array_append_new (json_object_get (device, "interfaces"),
                         json_pack ("{s:s, s:[]}", "name", port->port, "segmentation_id"));
}

/* The interfaces of a gateway, grouped by TOR in the order in which the file first names each. */
static json_t *
devices_json (const LabScenario *s, const LabGateway *gateway)
{
  json_t *devices = json_array ();

  for (guint i = 0; i < gateway->ports->len; i++)
    add_interface (s, gateway, devices, &g_array_index (gateway->ports, LabGatewayPort, i));
  return devices;
}

static char *
tell_gateway (LabNet *net, const LabGateway *gateway)
{
  return post (net, "l2-gateways", "l2_gateway",
               json_pack ("{s:o, s:s, s:s, s:o}", "id", uuid_json (net->scenario, "gateway", gateway->name),
                          "name", gateway->name, "tenant_id", TENANT, "devices",
                          devices_json (net->scenario, gateway)));
}

char *
lab_neutron_add_port (LabNet *net, guint gateway_index, const LabGatewayPort *port)
{
  const LabGateway *gateway = net->scenario->gateways->pdata[gateway_index];
  g_autofree char *object = g_strdup_printf ("gateway/%s", gateway->name), *path = NULL;
  json_t *devices = devices_json (net->scenario, gateway);
  char uuid[LAB_UUID_TEXT];

  add_interface (net->scenario, gateway, devices, port);
  lab_identity_uuid (net->scenario, object, uuid);
  path = g_strdup_printf (NEUTRON "l2-gateways/%s", uuid);
  return call (net, "PUT", path, json_pack ("{s:{s:o}}", "l2_gateway", "devices", devices));
}

char *
lab_neutron_delete_gateway (LabNet *net, guint gateway_index)
{
  return delete_object (net, "l2-gateways", "gateway",
                        ((const LabGateway *) net->scenario->gateways->pdata[gateway_index])->name);
}

static char *
connection_name (const LabGateway *gateway, const LabNetwork *network)
{
  return g_strdup_printf ("%s/%s", gateway->name, network->name);
}

static guint
n_vxlan_segments (const LabNetwork *network)
{
  guint n = 0;

  for (guint i = 0; i < network->segments->len; i++)
    n += g_array_index (network->segments, LabSegment, i).type == LAB_SEGMENT_VXLAN;
  return n;
}

char *
lab_neutron_connect (LabNet *net, guint gateway_index, guint network_index, guint vlan)
{
  const LabScenario *s = net->scenario;
  const LabGateway *gateway = s->gateways->pdata[gateway_index];
  const LabNetwork *network = s->networks->pdata[network_index];
  g_autofree char *name = connection_name (gateway, network);

  /* networking-l2gw's check, before the controller hears of it; with the bug it is not made. */
  if (n_vxlan_segments (network) > 1 && !lab_scenario_has_bug (s, "mp-l2gw-vxlan"))
    return g_strdup_printf ("networking-l2gw refused to connect %s to %s: the network has %u vxlan segments, "
                            "and a port and VLAN can be bound to one logical switch only",
                            gateway->name, network->name, n_vxlan_segments (network));
  return post (net, "l2gateway-connections", "l2gateway_connection",
               json_pack ("{s:o, s:s, s:o, s:o, s:i}", "id", uuid_json (s, "connection", name), "tenant_id",
                          TENANT, "network_id", uuid_json (s, "network", network->name), "gateway_id",
                          uuid_json (s, "gateway", gateway->name), "segmentation_id", (int) vlan));
}

char *
lab_neutron_disconnect (LabNet *net, guint gateway_index, guint network_index)
{
  g_autofree char *name = connection_name (net->scenario->gateways->pdata[gateway_index],
                                           net->scenario->networks->pdata[network_index]);

  return delete_object (net, "l2gateway-connections", "connection", name);
}

/* ---- transport zone and TORs --------------------------------------------------------------------------------- */

/* Before the zone, so that its tunnels are made with it. */
static char *
tell_monitoring (LabNet *net)
{
  gint64 interval_ns = net->scenario->controller.monitor_ns;
  char *refusal;

  if (interval_ns == 0)
    return NULL;
  refusal = call (
      net, "PUT", "/restconf/config/itm-config:tunnel-monitor-interval",
      json_pack ("{s:{s:I}}", "tunnel-monitor-interval", "interval", (json_int_t) (interval_ns / NET_MSEC)));
  if (refusal)
    return refusal;
  return call (
      net, "PUT", "/restconf/config/itm-config:tunnel-monitor-params",
      json_pack ("{s:{s:b, s:s}}", "tunnel-monitor-params", "enabled", 1, "monitor-protocol", "bfd"));
}

/* Where computes enter the default zone by themselves, it is switched on, and that is all. */
static char *
tell_zone (LabNet *net)
{
  const LabScenario *s = net->scenario;
  json_t *vteps;
  char *refusal = tell_monitoring (net);

  if (refusal)
    return refusal;
  if (s->controller.default_zone)
    return call (net, "PUT", "/restconf/config/itm-config:itm-config",
                 json_pack ("{s:{s:b}}", "itm-config", "def-tz-enabled", 1));
  vteps = json_array ();
  for (guint i = 0; i < s->nodes->len; i++)
    if (net->computes[i])
      json_array_append_new (vteps, json_pack ("{s:I, s:o}", "dpn-id", (json_int_t) (i + 1), "ip-address",
                                               ipv4_json (((const LabNode *) s->nodes->pdata[i])->ip)));
  return call (net, "POST", "/restconf/config/itm:transport-zones/",
               json_pack ("{s:[{s:s, s:s, s:o}]}", "transport-zone", "zone-name", "TZA", "tunnel-type",
                          "odl-interface:tunnel-type-vxlan", "vteps", vteps));
}

static char *
tell_tor (LabNet *net, guint index)
{
  char ip[NET_IPV4_TEXT];
  g_autofree char *id = NULL;

  net_ipv4_format (lab_identity_management_ip (index), ip);
  id = g_strdup_printf ("hwvtep://%s:6640", ip);
  return call (net, "POST", "/restconf/config/network-topology:network-topology/topology/hwvtep:1/",
               json_pack ("{s:[{s:s, s:{s:s, s:i}}]}", "network-topology:node", "node-id", id,
                          "hwvtep:connection-info", "remote-ip", ip, "remote-port", 6640));
}

/* ---- calls by kind and place --------------------------------------------------------------------------------- */

static char *
tell_connection (LabNet *net, guint gateway_index, guint connection_index)
{
  const LabGateway *gateway = net->scenario->gateways->pdata[gateway_index];
  const LabConnection *connection = &g_array_index (gateway->connections, LabConnection, connection_index);
  guint network = 0;

  g_ptr_array_find (net->scenario->networks, connection->network, &network);
  return lab_neutron_connect (net, gateway_index, network, connection->vlan);
}

char *
lab_neutron_tell (LabNet *net, const LabCall *call)
{
  const LabScenario *s = net->scenario;

  switch (call->kind)
    {
    case LAB_CALL_ZONES:
      return tell_zone (net);
    case LAB_CALL_TORS:
      return tell_tor (net, call->index);
    case LAB_CALL_NETWORKS:
      return tell_network (net, s->networks->pdata[call->index]);
    case LAB_CALL_SUBNETS:
      return tell_subnet (net, s->networks->pdata[call->index]);
    case LAB_CALL_GATEWAYS:
      return tell_gateway (net, s->gateways->pdata[call->index]);
    case LAB_CALL_CONNECTIONS:
      return tell_connection (net, call->index, call->member);
    case LAB_CALL_PORTS:
      return call->of_agent ? tell_dhcp_port (net, s->networks->pdata[call->index])
                            : tell_vm_port (net, lab_scenario_vm (s, call->index));
    case LAB_CALL_N:
      break;
    }
  g_assert_not_reached ();
}
