/* DHCPv4 messages (RFC 2131 §2, options RFC 2132): a view that parses without copying, and a builder. */
#pragma once

#include "net/address.h"
#include "net/cursor.h"
#include "net/drop.h"
#include "net/frame.h"

G_BEGIN_DECLS

#define NET_DHCP_SERVER_PORT 67u
#define NET_DHCP_CLIENT_PORT 68u
#define NET_DHCP_FIXED 236u     /* before the magic cookie */
#define NET_DHCP_MIN_LENGTH 300u /* BOOTP's (RFC 1542 §2.1): shorter messages are padded */
#define NET_DHCP_MAX_LENGTH 548u /* what every client accepts: 576 less IPv4 and UDP headers (RFC 2131 §2) */

typedef enum
{
  NET_DHCP_DISCOVER = 1,
  NET_DHCP_OFFER,
  NET_DHCP_REQUEST,
  NET_DHCP_DECLINE,
  NET_DHCP_ACK,
  NET_DHCP_NAK,
  NET_DHCP_RELEASE,
  NET_DHCP_INFORM
} NetDhcpType;

typedef enum
{
  NET_DHCP_OPTION_PAD = 0,
  NET_DHCP_OPTION_SUBNET_MASK = 1,
  NET_DHCP_OPTION_ROUTER = 3,
  NET_DHCP_OPTION_DNS = 6,
  NET_DHCP_OPTION_HOST_NAME = 12,
  NET_DHCP_OPTION_MTU = 26,
  NET_DHCP_OPTION_BROADCAST = 28,
  NET_DHCP_OPTION_REQUESTED_IP = 50,
  NET_DHCP_OPTION_LEASE_TIME = 51,
  NET_DHCP_OPTION_TYPE = 53,
  NET_DHCP_OPTION_SERVER_ID = 54,
  NET_DHCP_OPTION_PARAMETERS = 55,
  NET_DHCP_OPTION_T1 = 58,
  NET_DHCP_OPTION_T2 = 59,
  NET_DHCP_OPTION_CLIENT_ID = 61,
  NET_DHCP_OPTION_END = 255
} NetDhcpOption;

typedef struct
{
  guint8 op; /* 1 request, 2 reply */
  guint8 type; /* NetDhcpType, 0 when option 53 is absent (plain BOOTP) */
  guint32 xid;
  guint16 seconds;
  gboolean broadcast;
  NetIpv4 client_ip, your_ip, server_ip, relay_ip;
  NetMac client_mac;
  NetCursor options; /* the bytes behind the magic cookie; parse only */
} NetDhcp;

/* `bytes` is the UDP payload. */
NetDropReason net_dhcp_parse (const guint8 *bytes, gsize length, NetDhcp *out);
/* The first occurrence of an option, walked with bounds; FALSE when absent. */
gboolean net_dhcp_option (const NetDhcp *dhcp, guint8 option, NetCursor *value);
gboolean net_dhcp_option_be32 (const NetDhcp *dhcp, guint8 option, guint32 *value);

/* A builder writes fixed part, cookie and option 53 at once, then options in call order; finish adds End, pads to
 * NET_DHCP_MIN_LENGTH and returns the UDP payload as a frame with NET_FRAME_HEADROOM. */
typedef struct
{
  guint8 bytes[NET_DHCP_MAX_LENGTH];
  guint length;
} NetDhcpBuilder;

void net_dhcp_begin (NetDhcpBuilder *builder, const NetDhcp *dhcp);
/* FALSE, and nothing is written, when the option does not fit. */
gboolean net_dhcp_add (NetDhcpBuilder *builder, guint8 option, const guint8 *value, guint8 length);
gboolean net_dhcp_add_be32 (NetDhcpBuilder *builder, guint8 option, guint32 value);
NetFrame *net_dhcp_finish (NetDhcpBuilder *builder, NetFramePool *pool);

G_END_DECLS
