/* The NORMAL action: a learning switch that keeps VLANs apart, every port a trunk of all of them. */
#include "models/ovs/run.h"

#include "net/ethernet.h"

#define GROUP_BIT     (G_GUINT64_CONSTANT (1) << 40)
#define RESERVED      G_GUINT64_CONSTANT (0x0180c2000000) /* to …0f: IEEE 802.1Q table 8-1 */
#define RESERVED_MASK G_GUINT64_CONSTANT (0xfffffffffff0)
#define VID           0xfffu

static void
learn_source (OvsRun *run, guint16 vlan)
{
  OvsStep step = { .kind = OVS_STEP_LEARN_MAC };

  if (run->now.fields.eth_src & GROUP_BIT)
    return;
  step.version = ovs_run_version (run);
  step.mac.vlan = vlan;
  step.mac.address = run->now.fields.eth_src;
  step.mac.port = run->now.fields.in_port;
  g_array_append_val (run->out->steps, step);
}

void
ovs_run_normal (OvsRun *run)
{
  const OvsPipeline *pipeline = run->pipeline;
  const OpenflowFields *fields = &run->now.fields;
  guint16 vlan = fields->vlan_tci & OPENFLOW_VLAN_PRESENT ? fields->vlan_tci & VID : 0;
  guint32 known = 0;
  OvsVersion before;

  if (!ovs_ports_find (pipeline->ports, fields->in_port))
    {
      ovs_run_end (run, NET_DROP_PORT_GONE, fields->in_port);
      return;
    }
  if ((fields->eth_dst & RESERVED_MASK) == RESERVED)
    {
      ovs_run_end (run, NET_DROP_RESERVED_MAC, 0);
      return;
    }
  if (fields->eth_type == NET_ETHERTYPE_VLAN && !(fields->vlan_tci & OPENFLOW_VLAN_PRESENT))
    {
      ovs_run_end (run, NET_DROP_INNER_VLAN, 0); /* what a popped tag laid bare is no tag to Open vSwitch */
      return;
    }
  learn_source (run, vlan);
  /* What is learned counts already for the frame that teaches it. */
  if (fields->eth_dst == fields->eth_src)
    known = fields->in_port;
  else if (pipeline->macs && !(fields->eth_dst & GROUP_BIT))
    known = ovs_macs_find (pipeline->macs, vlan, fields->eth_dst, pipeline->now_ns);
  before = run->now;
  if ((fields->vlan_tci & OPENFLOW_VLAN_PRESENT) && vlan == 0)
    ovs_run_pop_vlan (run); /* a tag that only has a priority does not leave by such a port */
  ovs_run_output (run, known ? known : OPENFLOW_PORT_FLOOD, 0);
  run->now = before;
}
