/*
 * A stand-in for ESP-IDF's header of this name: as much of it as hosts/esp32/slots.c asks for, with
 * ESP-IDF's names and values. What the calls do is in ../../../slot-machine.c.
 */

#pragma once

typedef int esp_err_t;

#define ESP_OK 0
#define ESP_FAIL -1
#define ESP_ERR_INVALID_ARG 0x102
#define ESP_ERR_NOT_FOUND 0x105
#define ESP_ERR_OTA_VALIDATE_FAILED 0x1503

typedef struct {
	char label[17];
} esp_partition_t;

typedef enum {
	ESP_OTA_IMG_NEW = 0x0,
	ESP_OTA_IMG_PENDING_VERIFY = 0x1,
	ESP_OTA_IMG_VALID = 0x2,
	ESP_OTA_IMG_INVALID = 0x3,
	ESP_OTA_IMG_ABORTED = 0x4,
} esp_ota_img_states_t;

const esp_partition_t *esp_ota_get_running_partition(void);
const esp_partition_t *esp_ota_get_next_update_partition(const esp_partition_t *start);
esp_err_t esp_ota_set_boot_partition(const esp_partition_t *partition);
esp_err_t esp_ota_get_state_partition(const esp_partition_t *, esp_ota_img_states_t *);
esp_err_t esp_ota_mark_app_valid_cancel_rollback(void);
