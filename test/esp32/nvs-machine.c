/*
 * A machine with two NVS partitions for hosts/esp32/nvs.c: a stand-in for ESP-IDF's calls, with
 * ESP-IDF v6.0's rules. A storage is known by its partition's label, and one that is there already
 * is not initialised again (nvs_partition_manager.cpp). Then the SDK's app_main, which panics when
 * NVS can't be initialised (build/devices/esp32/lib/main/main.c).
 *
 * nvs-machine [broken] [stuck] [alone]: what is in "nvs" can't be initialised; flash can't be
 * erased; there is no "nvs_spare". Prints what becomes of a start, of an erasure and of the next.
 */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "nvs.h"
#include "nvs_flash/include/nvs_flash.h"

#define ESP_ERR_NVS_PART_NOT_FOUND 0x110f

static const esp_partition_t partitions[2] = {
	{ 0x9000, 0x6000, "nvs" },
	{ 0x12000, 0x3000, "nvs_spare" },
};
static bool isBroken[2];
static bool isStuck;
static bool isAlone;
/* The storage of this start, by address; 0 for none. Its label is always "nvs". */
static uint32_t storage;
static int erasures;

/* Before the machine's main, as on the chip before app_main. */
__attribute__((constructor(101)))
static void power(int count, char **arguments)
{
	int index;
	isBroken[1] = true; /* Whatever was there before. */
	for (index = 1; index < count; index++) {
		isBroken[0] |= 0 == strcmp(arguments[index], "broken");
		isStuck |= 0 == strcmp(arguments[index], "stuck");
		isAlone |= 0 == strcmp(arguments[index], "alone");
	}
}

const char *esp_err_to_name(esp_err_t code)
{
	return ESP_ERR_NVS_NO_FREE_PAGES == code ? "ESP_ERR_NVS_NO_FREE_PAGES" : "ESP_FAIL";
}

const esp_partition_t *esp_partition_find_first(esp_partition_type_t type,
	esp_partition_subtype_t subtype, const char *label)
{
	bool isData = (ESP_PARTITION_TYPE_DATA == type) && (ESP_PARTITION_SUBTYPE_DATA_NVS == subtype);
	int index;
	for (index = 0; isData && (index < (isAlone ? 1 : 2)); index++) {
		if (0 == strcmp(partitions[index].label, label))
			return &partitions[index];
	}
	return NULL;
}

static int indexOf(const esp_partition_t *partition)
{
	return partitions[0].address == partition->address ? 0 : 1;
}

esp_err_t esp_partition_erase_range(const esp_partition_t *partition, size_t offset, size_t size)
{
	if (isStuck || offset || (size != partition->size))
		return ESP_FAIL;
	erasures++;
	isBroken[indexOf(partition)] = false;
	return ESP_OK;
}

esp_err_t nvs_flash_init_partition_ptr(const esp_partition_t *partition)
{
	if (strcmp(partition->label, NVS_DEFAULT_PART_NAME))
		return ESP_OK; /* Another's storage. */
	if (storage)
		return ESP_OK;
	if (isBroken[indexOf(partition)])
		return ESP_ERR_NVS_NO_FREE_PAGES;
	storage = partition->address;
	return ESP_OK;
}

esp_err_t nvs_flash_init(void)
{
	return nvs_flash_init_partition_ptr(&partitions[0]);
}

/* The SDK's. */
static void appMain(void)
{
	if (ESP_OK != nvs_flash_init()) {
		puts("panic");
		return;
	}
	printf("runs on %s, %s\n", partitions[partitions[0].address == storage ? 0 : 1].label,
		nvsTrouble() ? nvsTrouble() : "no trouble");
}

int main(void)
{
	appMain();
	printf("%d erased\n", erasures);
	printf("erase: %s\n", nvsErase() ? "done" : "refused");
	storage = 0;
	printf("then: %s\n", ESP_OK == nvs_flash_init() ? "whole" : "broken");
	return 0;
}
