/* Three files. */
#include "vtepd/credentials.h"

#define MAX_BYTES (1u << 20)

gboolean
vtepd_credentials_load (LinuxWorld *world, const VtepdConfig *config, VtepdOpener *opener, GError **error)
{
  g_autofree char *key = NULL, *certificate = NULL;
  gsize length;

  if (!config->certificate)
    return TRUE;
  if (!vtepd_opener_read (opener, config->private_key, MAX_BYTES, &key, &length, error)
      || !vtepd_opener_read (opener, config->certificate, MAX_BYTES, &certificate, &length, error))
    return FALSE;
  return linux_world_set_tls (world,
                              &(LinuxTlsFiles){ .certificate_pem = certificate,
                                                .private_key_pem = key,
                                                .ca_path = config->ca_certificate },
                              error);
}
