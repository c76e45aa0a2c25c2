/* Three files. */
#include "vtepd/credentials.h"

#define MAX_BYTES (1u << 20)

static gboolean
read_file (VtepdOpener *opener, const char *setting, const char *path, char **text, GError **error)
{
  gsize length;

  if (vtepd_opener_read (opener, path, MAX_BYTES, text, &length, error))
    return TRUE;
  g_prefix_error (error, "'%s': ", setting);
  return FALSE;
}

gboolean
vtepd_credentials_load (LinuxWorld *world, const VtepdConfig *config, VtepdOpener *opener, GError **error)
{
  g_autofree char *key = NULL, *certificate = NULL;

  if (!config->certificate)
    return TRUE;
  if (!read_file (opener, "private-key", config->private_key, &key, error)
      || !read_file (opener, "certificate", config->certificate, &certificate, error))
    return FALSE;
  return linux_world_set_tls (world,
                              &(LinuxTlsFiles){ .certificate_pem = certificate,
                                                .private_key_pem = key,
                                                .certificate_path = config->certificate,
                                                .private_key_path = config->private_key,
                                                .ca_path = config->ca_certificate },
                              error);
}
