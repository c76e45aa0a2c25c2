/* A frame as forwarding sees it. */
#pragma once

#include "net/ethernet.h"

G_BEGIN_DECLS

/* From an access port: the frame.  From the tunnel side: the inner frame, and who sent it under which VNI. */
typedef struct
{
  NetEthernet ethernet;
  guint length;        /* bytes of the frame that `ethernet` heads */
  const guint8 *bytes; /* of it; only access control lists and routers look at them */
  guint32 vni;
  NetIpv4 source;
} VtepView;

G_END_DECLS
