/*
 * The two slots for images, by ESP-IDF's OTA calls with rollback enabled. No XS: the slot contract
 * is played on this file on Linux too.
 */

#pragma once

#include <stdbool.h>

/* Label of the slot that the running image lies in, such as "ota_0". */
const char *slotsRunning(void);

/* Whether the running image is in its one boot, and the next brings back the one before. */
bool slotsIsOnTrial(void);

/*
 * Whether the other slot may be changed. While the running image is on trial it may not: what the
 * other one holds is what the device goes back to. ESP-IDF's raw access to flash doesn't ask.
 */
bool slotsMayChange(void);

/* Has the next boot start the other slot's image, on trial. False, and no change, if it can't. */
bool slotsArm(void);

/* Ends the trial of the running image: it stays. False if flash could not be written. */
bool slotsConfirm(void);
