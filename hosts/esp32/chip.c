/*
 * What the SDK does not lend of the chip: its generator, its clock since the reset, why Wi-Fi
 * failed, which image runs, and how to begin anew.
 */

#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"

#include "nvs.h"
#include "slots.h"

#include "bootloader_support/include/bootloader_random.h"
#include "esp_attr.h"
#include "esp_event.h"
#include "esp_heap_caps.h"
#include "esp_netif.h"
#include "esp_random.h"
#include "esp_sleep.h"
#include "esp_system.h"
#include "esp_timer.h"
#include "esp_wifi.h"
#include "hal/uart_ll.h"
#include "sdkconfig.h"

#include <stdio.h>

/* Pseudo-random only while the radio is off or asleep: entropy-pool.ts adds what it takes. */
void opendms_random(xsMachine *the)
{
	int byteLength = xsmcToInteger(xsArg(0));
	xsmcSetArrayBuffer(xsResult, NULL, byteLength);
	esp_fill_random(xsmcToArrayBuffer(xsResult), byteLength);
}

/* True random bytes of the converter's noise. The radio must be off: it uses the same converter. */
void opendms_noise(xsMachine *the)
{
	int byteLength = xsmcToInteger(xsArg(0));
	xsmcSetArrayBuffer(xsResult, NULL, byteLength);
	bootloader_random_enable();
	esp_fill_random(xsmcToArrayBuffer(xsResult), byteLength);
	bootloader_random_disable();
}

/* Milliseconds since the reset; the SDK's own count turns over after 49 days. */
void opendms_ticks(xsMachine *the)
{
	xsmcSetNumber(xsResult, (double)(esp_timer_get_time() / 1000));
}

static volatile uint8_t gDisconnectReason;
static volatile uint32_t gDisconnections;
static volatile bool gHasLostAddress;

/* Runs in the task of the events; the machine reads the results. */
static void onWiFi(void *arg, esp_event_base_t base, int32_t id, void *data)
{
	if (WIFI_EVENT_STA_DISCONNECTED != id)
		return;
	gDisconnectReason = ((wifi_event_sta_disconnected_t *)data)->reason;
	if (gHasLostAddress)
		gDisconnectReason = 0;
	gHasLostAddress = false;
	gDisconnections++;
}

/*
 * Without its address a station is of no use, and the SDK takes no notice: it is disconnected,
 * which the SDK does notice. The reason is then 0, which ESP-IDF has no meaning for. The event also
 * comes two minutes after any disconnection, and must not end a join that is under way by then.
 */
static void onLostAddress(void *arg, esp_event_base_t base, int32_t id, void *data)
{
	wifi_ap_record_t accessPoint;
	if (ESP_OK != esp_wifi_sta_get_ap_info(&accessPoint))
		return;
	gHasLostAddress = true;
	if (ESP_OK != esp_wifi_disconnect())
		gHasLostAddress = false;
}

/* Whether the UART's FIFO has overrun since the last call: the bit stays until it is cleared. */
void opendms_take_overrun(xsMachine *the)
{
	uart_dev_t *uart = UART_LL_GET_HW(xsmcToInteger(xsArg(0)));
	bool isOverrun = 0 != (uart_ll_get_intraw_mask(uart) & UART_INTR_RXFIFO_OVF);
	if (isOverrun)
		uart_ll_clr_intsts_mask(uart, UART_INTR_RXFIFO_OVF);
	xsmcSetBoolean(xsResult, isOverrun);
}

/* To be called before the SDK's Wi-Fi is made: handlers run in the order of their registration. */
void opendms_wifi_watch(xsMachine *the)
{
	esp_err_t err = esp_event_loop_create_default();
	if ((ESP_OK == err) || (ESP_ERR_INVALID_STATE == err))
		err = esp_event_handler_register(WIFI_EVENT, ESP_EVENT_ANY_ID, onWiFi, NULL);
	if (ESP_OK == err)
		err = esp_event_handler_register(IP_EVENT, IP_EVENT_STA_LOST_IP, onLostAddress, NULL);
	if (ESP_OK != err)
		xsUnknownError("no Wi-Fi events");
}

static esp_netif_t *station(void)
{
	return esp_netif_get_handle_from_ifkey("WIFI_STA_DEF");
}

/* "address netmask gateway resolver", each dotted; nothing when the station has no address. */
void opendms_addresses(xsMachine *the)
{
	char text[4 * 16];
	esp_netif_ip_info_t ip;
	esp_netif_dns_info_t dns = { 0 };
	if (!station() || (ESP_OK != esp_netif_get_ip_info(station(), &ip)) || !ip.ip.addr)
		return;
	if (ESP_OK != esp_netif_get_dns_info(station(), ESP_NETIF_DNS_MAIN, &dns))
		dns.ip.u_addr.ip4.addr = 0;
	snprintf(text, sizeof(text), IPSTR " " IPSTR " " IPSTR " " IPSTR, IP2STR(&ip.ip),
		IP2STR(&ip.netmask), IP2STR(&ip.gw), IP2STR(&dns.ip.u_addr.ip4));
	xsmcSetString(xsResult, text);
}

/* The resolver that goes with fixed addresses: the SDK sets the others. "0.0.0.0" is none. */
void opendms_set_resolver(xsMachine *the)
{
	esp_netif_dns_info_t dns = { 0 };
	dns.ip.type = ESP_IPADDR_TYPE_V4;
	if (!station() ||
		(ESP_OK != esp_netif_str_to_ip4(xsmcToString(xsArg(0)), &dns.ip.u_addr.ip4)) ||
		(ESP_OK != esp_netif_set_dns_info(station(), ESP_NETIF_DNS_MAIN, &dns)))
		xsUnknownError("the resolver could not be set");
}

/* In percent, of the memory that all of the chip's programs share. */
void opendms_memory_usage(xsMachine *the)
{
	size_t all = heap_caps_get_total_size(MALLOC_CAP_8BIT);
	size_t free = heap_caps_get_free_size(MALLOC_CAP_8BIT);
	xsmcSetInteger(xsResult, all ? (xsIntegerValue)(100 - ((uint64_t)free * 100) / all) : 0);
}

void opendms_wifi_disconnections(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)gDisconnections);
}

/* ESP-IDF's wifi_err_reason_t of the last disconnection; 0 after the address was lost. */
void opendms_wifi_reason(xsMachine *the)
{
	xsmcSetInteger(xsResult, gDisconnectReason);
}

/* Such as "esp32c3": an image for one kind of chip does not run on another. */
void opendms_platform(xsMachine *the)
{
	xsmcSetString(xsResult, CONFIG_IDF_TARGET);
}

/*
 * That the program asked for the restart under way. XS ends with a restart too when its stack
 * overflows, or when there is no memory left to say what is wrong; ESP-IDF knows no difference.
 * What lies here outlives a restart, and is anything after power-up.
 */
static RTC_NOINIT_ATTR uint32_t gAskedRestart;
#define kAskedRestart 0x6F64736D

/* ESP-IDF's esp_reset_reason_t, once a boot; a restart that nobody asked for is a panic. */
void opendms_take_reset_reason(xsMachine *the)
{
	esp_reset_reason_t reason = esp_reset_reason();
	if ((ESP_RST_SW == reason) && (kAskedRestart != gAskedRestart))
		reason = ESP_RST_PANIC;
	gAskedRestart = 0;
	xsmcSetInteger(xsResult, reason);
}

/* Nothing when NVS is as it should be. */
void opendms_nvs_trouble(xsMachine *the)
{
	const char *trouble = nvsTrouble();
	if (trouble)
		xsmcSetString(xsResult, (char *)trouble);
}

void opendms_nvs_erase(xsMachine *the)
{
	if (!nvsErase())
		xsUnknownError("the flash could not be erased");
}

void opendms_slot(xsMachine *the)
{
	xsmcSetString(xsResult, (char *)slotsRunning());
}

void opendms_is_on_trial(xsMachine *the)
{
	xsmcSetBoolean(xsResult, slotsIsOnTrial());
}

void opendms_check_slots(xsMachine *the)
{
	if (!slotsMayChange())
		xsUnknownError("the running image is on trial: the other slot must stay as it is");
}

void opendms_arm(xsMachine *the)
{
	if (!slotsArm())
		xsUnknownError("the other slot holds no image that can be started");
}

void opendms_confirm(xsMachine *the)
{
	if (!slotsConfirm())
		xsUnknownError("the image could not be confirmed");
}

void opendms_restart(xsMachine *the)
{
	gAskedRestart = kAskedRestart;
	esp_restart();
}

/* The timer wakes the chip, and that is a reset. */
void opendms_sleep(xsMachine *the)
{
	uint64_t microseconds = (uint64_t)xsmcToNumber(xsArg(0)) * 1000;
	if (ESP_OK != esp_sleep_enable_timer_wakeup(microseconds))
		xsUnknownError("the chip can't sleep for so long");
	esp_deep_sleep_start();
}

/* A reset that counts as a fault. */
void opendms_panic(xsMachine *the)
{
	esp_system_abort("a fault of the program");
}

/* Whether the debugger has UART 0. */
void opendms_is_debug(xsMachine *the)
{
#ifdef mxDebug
	xsmcSetTrue(xsResult);
#else
	xsmcSetFalse(xsResult);
#endif
}
