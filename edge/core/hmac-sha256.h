/* HMAC-SHA256 (RFC 2104, FIPS 180-4), so that the core needs no library. */
#ifndef ORIEL_HMAC_SHA256_H
#define ORIEL_HMAC_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32

void hmac_sha256(const uint8_t *key, size_t key_length, const uint8_t *message, size_t length,
                 uint8_t digest[SHA256_BYTES]);

#endif
