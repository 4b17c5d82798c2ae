/* A stand-in for ESP-IDF's header of this name; what the calls do is in ../../../nvs-machine.c. */

#pragma once

#include "esp_partition/include/esp_partition.h"

#define NVS_DEFAULT_PART_NAME "nvs"
#define ESP_ERR_NVS_NO_FREE_PAGES 0x110d

esp_err_t nvs_flash_init(void);
esp_err_t nvs_flash_init_partition_ptr(const esp_partition_t *);
