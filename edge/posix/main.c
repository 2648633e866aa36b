/* oriel-edge: the dial-in device as a program for any POSIX system. */
#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/tunnel.h"

#define TOKEN_FILE_BYTES (TUNNEL_MAX_TOKEN + 2)

static volatile sig_atomic_t stopping;
static struct tunnel tunnel;
static char token[TOKEN_FILE_BYTES];
static char hosts[2][256];

static void stop(int signal) {
  (void)signal;
  stopping = 1;
}

static int usage(const char *complaint) {
  fprintf(stderr,
          "%s\n"
          "Usage: oriel-edge --server HOST:PORT --name NAME --camera HOST:PORT --token-file FILE\n"
          "  --server      the gateway and a port of its tunnel.raw\n"
          "  --name        as in the gateway's tunnel.raw\n"
          "  --camera      the camera as this device reaches it; port 554 for RTSP\n"
          "  --token-file  a file whose first line is the token; or set ORIEL_TOKEN\n",
          complaint);
  return 2;
}

/* HOST:PORT, [IPv6]:PORT. The host is copied. */
static int read_address(const char *text, char host[256], uint16_t *port) {
  const char *colon = strrchr(text, ':');
  char *end = NULL;
  long number;
  size_t length;
  if (colon == NULL || colon == text) return 0;
  length = (size_t)(colon - text);
  if (text[0] == '[' && text[length - 1] == ']') {
    text++;
    length -= 2;
  }
  if (length == 0 || length > 255) return 0;
  memcpy(host, text, length);
  host[length] = '\0';
  number = strtol(colon + 1, &end, 10);
  if (end == colon + 1 || *end != '\0' || number < 1 || number > 65535) return 0;
  *port = (uint16_t)number;
  return 1;
}

static int read_token(const char *path) {
  FILE *file = fopen(path, "r");
  int is_read;
  if (file == NULL) return 0;
  is_read = fgets(token, sizeof token, file) != NULL;
  fclose(file);
  token[strcspn(token, "\r\n")] = '\0';
  return is_read;
}

int main(int count, char **arguments) {
  struct tunnel_config config = {.name = "", .token = "", .gateway_host = "", .camera_host = ""};
  const char *from_environment = getenv("ORIEL_TOKEN");
  struct sigaction action = {.sa_handler = stop};
  for (int i = 1; i < count; i += 2) {
    const char *option = arguments[i];
    const char *value = i + 1 < count ? arguments[i + 1] : NULL;
    if (value == NULL) return usage("Every option takes a value.");
    if (strcmp(option, "--server") == 0) {
      if (!read_address(value, hosts[0], &config.gateway_port)) return usage("--server is not a HOST:PORT.");
      config.gateway_host = hosts[0];
    } else if (strcmp(option, "--camera") == 0) {
      if (!read_address(value, hosts[1], &config.camera_port)) return usage("--camera is not a HOST:PORT.");
      config.camera_host = hosts[1];
    } else if (strcmp(option, "--name") == 0) {
      config.name = value;
    } else if (strcmp(option, "--token-file") == 0) {
      if (!read_token(value)) return usage("The token file cannot be read.");
      config.token = token;
    } else {
      return usage("There is no such option.");
    }
  }
  if (*config.token == '\0' && from_environment != NULL) config.token = from_environment;
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  if (!tunnel_start(&tunnel, &config)) return usage("This cannot work.");
  while (!stopping) tunnel_step(&tunnel, 1000);
  tunnel_stop(&tunnel);
  return 0;
}
