/*
 * NVS that can't be initialised. No XS: its promises are played on this file on Linux too.
 */

#pragma once

#include <stdbool.h>

/*
 * Why ESP-IDF could not initialise NVS at this reset, such as "ESP_ERR_NVS_NO_FREE_PAGES"; NULL if
 * it could.
 */
const char *nvsTrouble(void);

/* Erases all of NVS: the next reset can initialise it. False if the flash could not be erased. */
bool nvsErase(void);
