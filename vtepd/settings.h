/* What vtepd can be told, by flags or by a file: one table of settings that both are read with, so that they have the
 * same names, bounds and sentences.  Opens nothing. */
#pragma once

#include "net/address.h"

#include <glib.h>

G_BEGIN_DECLS

/* How tunnels travel. */
typedef enum
{
  VTEPD_TRANSPORT_RAW, /* as frames of the underlay interface */
  VTEPD_TRANSPORT_UDP  /* through the kernel's UDP stack, by its routes */
} VtepdTransport;

/* Lists are arrays of texts.  A text that was not given is NULL, a number 0. */
typedef struct
{
  char *name, *description, *database, *control, *pid_file, *user;
  char *underlay;
  char *private_key, *certificate, *ca_certificate;
  GPtrArray *ports, *remotes;
  NetIpv4 tunnel_ip, management_ip, underlay_gateway;
  guint underlay_prefix, mtu, mac_age_s, max_macs;
  guint transport, inner_vlan, log_level; /* index of the word */
} VtepdConfig;

typedef enum
{
  VTEPD_SETTING_TEXT,
  VTEPD_SETTING_NAME, /* of an interface or a switch: short, printable, without blanks and slashes */
  VTEPD_SETTING_NAMES,
  VTEPD_SETTING_TEXTS,
  VTEPD_SETTING_REMOTES, /* where to listen or what to dial */
  VTEPD_SETTING_IPV4,
  VTEPD_SETTING_NUMBER,
  VTEPD_SETTING_WORD
} VtepdSettingKind;

typedef struct
{
  const char *key; /* "--key" and "key:" */
  VtepdSettingKind kind;
  gsize offset;           /* in VtepdConfig */
  guint minimum, maximum; /* of a number; a name's most bytes */
  const char *const *words;
  gboolean live; /* a reload can change it */
  const char *argument, *about;
} VtepdSetting;

/* Ends with a key of NULL. */
extern const VtepdSetting vtepd_settings[];

VtepdConfig *vtepd_config_new (void);
void vtepd_config_free (VtepdConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepdConfig, vtepd_config_free)

/* NULL: there is none. */
const VtepdSetting *vtepd_setting_find (const char *key);
gboolean vtepd_setting_is_list (const VtepdSetting *setting);

/* Sets it, or adds to a list.  What is wrong with the text is returned as a sentence to be freed; NULL: nothing. */
char *vtepd_config_set (VtepdConfig *config, const VtepdSetting *setting, const char *text);
void vtepd_config_clear_list (VtepdConfig *config, const VtepdSetting *setting);
gboolean vtepd_config_same (const VtepdConfig *a, const VtepdConfig *b, const VtepdSetting *setting);
/* Gives one setting the value it has in another configuration; not for lists. */
void vtepd_config_copy (VtepdConfig *config, const VtepdConfig *from, const VtepdSetting *setting);

/* What is missing or does not go together: one sentence each. */
GPtrArray *vtepd_config_check (const VtepdConfig *config);

G_END_DECLS
