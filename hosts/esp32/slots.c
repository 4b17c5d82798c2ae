/* The two slots of the chip; slots.h says what each call promises. */

#include "slots.h"

#include <stddef.h>

#include "app_update/include/esp_ota_ops.h"

const char *slotsRunning(void)
{
	return esp_ota_get_running_partition()->label;
}

bool slotsIsOnTrial(void)
{
	esp_ota_img_states_t state;
	esp_err_t err = esp_ota_get_state_partition(esp_ota_get_running_partition(), &state);
	return (ESP_OK == err) && (ESP_OTA_IMG_PENDING_VERIFY == state);
}

bool slotsMayChange(void)
{
	return !slotsIsOnTrial();
}

/* ESP-IDF checks the whole image before it changes anything. */
bool slotsArm(void)
{
	const esp_partition_t *other = esp_ota_get_next_update_partition(NULL);
	if (!other || (other == esp_ota_get_running_partition()) || !slotsMayChange())
		return false;
	return ESP_OK == esp_ota_set_boot_partition(other);
}

/*
 * ESP-IDF marks the image that was chosen last, which isn't the running one after the boot loader
 * has found it damaged: what is on no trial is left alone.
 */
bool slotsConfirm(void)
{
	return !slotsIsOnTrial() || (ESP_OK == esp_ota_mark_app_valid_cancel_rollback());
}
