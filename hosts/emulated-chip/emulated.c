/*
 * What an emulated ESP32-C3 has beside the chip's: OpenCores' Ethernet in place of the radio, and
 * meters of the memory. For QEMU only: no chip has this.
 */

#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"

#include <stdio.h>

#include "esp_eth/include/esp_eth.h"
#include "esp_eth/include/esp_eth_mac_openeth.h"
#include "esp_event.h"
#include "esp_heap_caps.h"
#include "esp_netif.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

static esp_netif_t *gNetif;
static esp_eth_handle_t gEthernet;

static void install(xsMachine *the)
{
	esp_netif_config_t interface = ESP_NETIF_DEFAULT_ETH();
	eth_mac_config_t mac = ETH_MAC_DEFAULT_CONFIG();
	eth_phy_config_t phy = ETH_PHY_DEFAULT_CONFIG();
	esp_err_t err;

	if (gEthernet)
		return;
	phy.autonego_timeout_ms = 100;
	esp_netif_init();
	err = esp_event_loop_create_default();
	if ((ESP_OK == err) || (ESP_ERR_INVALID_STATE == err)) {
		esp_eth_mac_t *openEth = esp_eth_mac_new_openeth(&mac);
		esp_eth_config_t config = ETH_DEFAULT_CONFIG(openEth, esp_eth_phy_new_generic(&phy));
		gNetif = esp_netif_new(&interface);
		err = esp_eth_driver_install(&config, &gEthernet);
	}
	if (ESP_OK == err)
		err = esp_netif_attach(gNetif, esp_eth_new_netif_glue(gEthernet));
	if (ESP_OK != err)
		xsUnknownError("no Ethernet: is this QEMU, with -nic user,model=open_eth?");
}

/* An address is asked for by DHCP. */
void opendms_ethernet_start(xsMachine *the)
{
	install(the);
	if (ESP_OK != esp_eth_start(gEthernet))
		xsUnknownError("the Ethernet does not start");
}

void opendms_ethernet_stop(xsMachine *the)
{
	if (gEthernet)
		esp_eth_stop(gEthernet);
}

/* Dotted; nothing as long as there is none. */
void opendms_ethernet_address(xsMachine *the)
{
	esp_netif_ip_info_t ip;
	char text[16];
	if (!gNetif || !esp_netif_is_netif_up(gNetif))
		return;
	if ((ESP_OK != esp_netif_get_ip_info(gNetif, &ip)) || !ip.ip.addr)
		return;
	snprintf(text, sizeof(text), IPSTR, IP2STR(&ip.ip));
	xsmcSetString(xsResult, text);
}

/* Bytes: free heap, the least that was ever free, the stack of this task that was never used. */
void opendms_meters(xsMachine *the)
{
	char text[48];
	snprintf(text, sizeof(text), "%u %u %u", (unsigned)esp_get_free_heap_size(),
		(unsigned)esp_get_minimum_free_heap_size(), (unsigned)uxTaskGetStackHighWaterMark(NULL));
	xsmcSetString(xsResult, text);
}
