/*
 * NVS that can't be initialised; nvs.h says what each call promises.
 *
 * The SDK's app_main panics when nvs_flash_init fails, at each reset anew, before any program runs.
 * But one that has been initialised before is not initialised again. So it is tried here, before
 * app_main, and where it fails an empty partition takes NVS's name: then the program runs, and can
 * say what is wrong. What is in the real one stays as it is.
 */

#include "nvs.h"

#include <stddef.h>
#include <string.h>

#include "esp_common/include/esp_err.h"
#include "esp_partition/include/esp_partition.h"
#include "nvs_flash/include/nvs_flash.h"
#include "sdkconfig.h"

static esp_err_t gTrouble;

static const esp_partition_t *find(const char *label)
{
	return esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_NVS, label);
}

static bool erase(const esp_partition_t *partition)
{
	return partition && (ESP_OK == esp_partition_erase_range(partition, 0, partition->size));
}

/*
 * Runs after ESP-IDF has set up its flash, before it starts tasks: nobody else uses NVS yet. Not
 * where NVS is encrypted: that takes what ESP-IDF sets up later.
 */
#ifndef CONFIG_NVS_ENCRYPTION
__attribute__((constructor))
static void initialise(void)
{
	static esp_partition_t substitute;
	const esp_partition_t *spare;

	gTrouble = nvs_flash_init();
	if (ESP_OK == gTrouble)
		return;
	spare = find("nvs_spare");
	if (!erase(spare))
		return;
	substitute = *spare;
	strcpy(substitute.label, NVS_DEFAULT_PART_NAME);
	nvs_flash_init_partition_ptr(&substitute);
}
#endif

const char *nvsTrouble(void)
{
	return ESP_OK == gTrouble ? NULL : esp_err_to_name(gTrouble);
}

bool nvsErase(void)
{
	return erase(find(NVS_DEFAULT_PART_NAME));
}
