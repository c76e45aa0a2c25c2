/* Actions that change the packet. */
#include "models/ovs/run.h"

#include "models/ovs/field-present.h"
#include "openflow/packet.h"

void
ovs_run_push_vlan (OvsRun *run, guint16 ethertype)
{
  if (run->now.fields.vlan_tci & OPENFLOW_VLAN_PRESENT)
    {
      run->now.below_tpid = run->now.tpid;
      run->now.below_tci = run->now.fields.vlan_tci;
    }
  run->now.tpid = ethertype;
  run->now.fields.vlan_tci = OPENFLOW_VLAN_PRESENT;
}

void
ovs_run_pop_vlan (OvsRun *run)
{
  run->now.tpid = run->now.below_tpid;
  run->now.fields.vlan_tci = run->now.below_tpid ? run->now.below_tci : 0;
  run->now.below_tpid = run->now.below_tci = 0;
}

/* A tag that a set_field or load on the TCI brought about. */
static void
settle_vlan (OvsRun *run)
{
  if (!(run->now.fields.vlan_tci & OPENFLOW_VLAN_PRESENT))
    run->now.tpid = 0;
  else if (run->now.tpid == 0)
    run->now.tpid = 0x8100;
}

void
ovs_run_set_bits (OvsRun *run, OpenflowSubfield to, OpenflowValue value)
{
  if (!ovs_field_present (&run->now.fields, to.field))
    return;
  openflow_subfield_set (&run->now.fields, to, value);
  settle_vlan (run);
}

void
ovs_run_set_field (OvsRun *run, const OpenflowAction *action)
{
  OpenflowFieldId field = action->set_field.field;
  OpenflowValue old = openflow_field_get (&run->now.fields, field), mask = action->set_field.mask;
  OpenflowValue value = { (old.high & ~mask.high) | (action->set_field.value.high & mask.high),
                          (old.low & ~mask.low) | (action->set_field.value.low & mask.low) };
  ovs_run_set_bits (run, openflow_subfield_whole (field), value);
}

gboolean
ovs_run_dec_ttl (OvsRun *run)
{
  if (!ovs_field_present (&run->now.fields, OPENFLOW_FIELD_IP_TTL))
    return TRUE;
  if (run->now.fields.ip_ttl > 1)
    {
      run->now.fields.ip_ttl--;
      return TRUE;
    }
  ovs_run_punt (run, OPENFLOW_MAX_LEN_NO_BUFFER, OPENFLOW_PACKET_IN_INVALID_TTL);
  return FALSE;
}
