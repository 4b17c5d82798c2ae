/*
 * A machine with two slots for hosts/esp32/slots.c: a stand-in for ESP-IDF's OTA calls and its boot
 * loader, with the rules that ESP-IDF documents for two OTA slots, no factory image, rollback and
 * the check of images on. It plays the commands of test/board/slot-contract.ts, a line each.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "app_update/include/esp_ota_ops.h"
#include "slots.h"

/* One of the two sectors of otadata. The CRC-32 of a real one says whether it is whole. */
typedef struct {
	uint32_t sequence;
	esp_ota_img_states_t state;
	bool isWhole;
} Entry;

static const esp_partition_t partitions[2] = { { "ota_0" }, { "ota_1" } };
/* The first slot was programmed by cable, which leaves otadata empty. */
static bool holdsImage[2] = { true, false };
static Entry otadata[2];
static int running;

static int slotOf(const Entry *entry)
{
	return (entry->sequence - 1) % 2;
}

static bool counts(const Entry *entry)
{
	return entry->isWhole && (ESP_OTA_IMG_INVALID != entry->state) &&
		(ESP_OTA_IMG_ABORTED != entry->state);
}

/* The entry that counts and has the highest number; -1 for none. */
static int activeEntry(void)
{
	if (counts(&otadata[0]) && counts(&otadata[1]))
		return otadata[0].sequence >= otadata[1].sequence ? 0 : 1;
	return counts(&otadata[0]) ? 0 : counts(&otadata[1]) ? 1 : -1;
}

/* A new image is pending for one boot; one that a boot finds pending is aborted. */
static int selectSlot(void)
{
	int index;
	for (index = 0; index < 2; index++) {
		if (otadata[index].isWhole && (ESP_OTA_IMG_PENDING_VERIFY == otadata[index].state))
			otadata[index].state = ESP_OTA_IMG_ABORTED;
	}
	index = activeEntry();
	if (index < 0)
		return 0;
	if (ESP_OTA_IMG_NEW == otadata[index].state)
		otadata[index].state = ESP_OTA_IMG_PENDING_VERIFY;
	return slotOf(&otadata[index]);
}

/* A slot that holds no good image is passed over. An empty otadata is written once one runs. */
static void boot(void)
{
	int slot = selectSlot();
	if (!holdsImage[slot])
		slot = 1 - slot;
	running = slot;
	if (!otadata[0].isWhole && !otadata[1].isWhole)
		otadata[0] = (Entry){ slot + 1, ESP_OTA_IMG_VALID, true };
}

const esp_partition_t *esp_ota_get_running_partition(void)
{
	return &partitions[running];
}

const esp_partition_t *esp_ota_get_next_update_partition(const esp_partition_t *start)
{
	return &partitions[(start ? start - partitions : running) == 0 ? 1 : 0];
}

esp_err_t esp_ota_set_boot_partition(const esp_partition_t *partition)
{
	int slot = partition - partitions;
	int active = activeEntry();
	if (!holdsImage[slot])
		return ESP_ERR_OTA_VALIDATE_FAILED;
	if (active < 0)
		otadata[0] = (Entry){ slot + 1, ESP_OTA_IMG_NEW, true };
	else if (slotOf(&otadata[active]) == slot)
		otadata[active].state = ESP_OTA_IMG_NEW;
	else
		otadata[1 - active] = (Entry){ otadata[active].sequence + 1, ESP_OTA_IMG_NEW, true };
	return ESP_OK;
}

esp_err_t esp_ota_get_state_partition(const esp_partition_t *partition, esp_ota_img_states_t *state)
{
	int index;
	for (index = 0; index < 2; index++) {
		if (otadata[index].isWhole && (slotOf(&otadata[index]) == partition - partitions)) {
			*state = otadata[index].state;
			return ESP_OK;
		}
	}
	return ESP_ERR_NOT_FOUND;
}

/* It goes by the entry that counts, whichever image runs. */
esp_err_t esp_ota_mark_app_valid_cancel_rollback(void)
{
	int active = activeEntry();
	if (active < 0)
		return ESP_FAIL;
	otadata[active].state = ESP_OTA_IMG_VALID;
	return ESP_OK;
}

/* What the SDK's raw access to flash does, which asks nothing: hosts/esp32/flash.ts asks before. */
static bool writeSlot(bool isImage)
{
	if (!slotsMayChange())
		return false;
	holdsImage[1 - running] = isImage;
	return true;
}

static const char *answerTo(const char *command)
{
	static char answer[32];
	bool isDone;
	if (0 == strcmp(command, "boot")) {
		boot();
		snprintf(answer, sizeof(answer), "%s%s", slotsRunning(), slotsIsOnTrial() ? " on trial" : "");
		return answer;
	}
	if (0 == strcmp(command, "write image"))
		isDone = writeSlot(true);
	else if ((0 == strcmp(command, "write rubbish")) || (0 == strcmp(command, "spoil")))
		isDone = writeSlot(false);
	else if (0 == strcmp(command, "arm"))
		isDone = slotsArm();
	else if (0 == strcmp(command, "confirm"))
		isDone = slotsConfirm();
	else
		return "unknown";
	return isDone ? "done" : "refused";
}

int main(void)
{
	char line[32];
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		puts(answerTo(line));
	}
	return 0;
}
