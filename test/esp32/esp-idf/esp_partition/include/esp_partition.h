/* A stand-in for ESP-IDF's header of this name; what the calls do is in ../../../nvs-machine.c. */

#pragma once

#include <stddef.h>
#include <stdint.h>

#include "esp_common/include/esp_err.h"

typedef enum { ESP_PARTITION_TYPE_DATA = 0x01 } esp_partition_type_t;
typedef enum { ESP_PARTITION_SUBTYPE_DATA_NVS = 0x02 } esp_partition_subtype_t;

typedef struct {
	uint32_t address;
	uint32_t size;
	char label[17];
} esp_partition_t;

const esp_partition_t *esp_partition_find_first(esp_partition_type_t, esp_partition_subtype_t,
	const char *label);
esp_err_t esp_partition_erase_range(const esp_partition_t *, size_t offset, size_t size);
