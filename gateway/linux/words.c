/* Errors of sockets, in words that are the same under every locale. */
#include "gateway/linux/inside.h"

#include <errno.h>
#include <string.h>

const char *
linux_error_words (int error)
{
  switch (error)
    {
    case ECONNREFUSED:
      return "connection refused";
    case ECONNRESET:
    case EPIPE:
      return "connection reset";
    case ETIMEDOUT:
      return "timed out";
    case EHOSTUNREACH:
      return "no route to host";
    case ENETUNREACH:
      return "no route to the network";
    case ENOENT:
      return "there is no such socket";
    case EACCES:
    case EPERM:
      return "permission denied";
    case EADDRINUSE:
      return "it is in use already";
    case ENOTSOCK:
      return "a file is there that is no socket; take another path";
    case EADDRNOTAVAIL:
      return "the address is not one of this host's";
    case EAGAIN:
      return "the listener is busy";
    case EMFILE:
    case ENFILE:
      return "too many files are open";
    default:
      return strerrordesc_np (error) ? strerrordesc_np (error) : "unknown error";
    }
}
