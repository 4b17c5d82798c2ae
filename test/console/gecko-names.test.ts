/** Each name that is known of Gecko OS is here, or CONSOLE.md says why it is not. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deviceCommands } from "../../src/console/commands/commands.js";
import { deviceVariables } from "../../src/console/variables/variables.js";

/** Names and their abbreviations, as public host programs have them. */
const commands = `adc_take_sample:adc get:get gpio_get:gge gpios_get:gges help:help ls:ls
stream_list:list version:ver wlan_scan:scan wlan_get_rssi:rssi dac_set_level:dac factory_reset:fac
faults_print:faup faults_reset:faur file_delete:fde file_open:fop format_flash:format gpio_dir:gdi
gpio_set:gse gpios_dir:gdis gpios_set:gses http_add_header:had http_download:hdo http_get:hge
http_head:hhe http_post:hpo http_read_status:hre http_upload:hup load:load mdns_discover:mdns
network_down:ndo network_lookup:nlo network_restart:nre network_up:nup network_verify:nve ota:ota
ping:ping pwm_update:pwm reboot:reboot save:save set:set setup_web:setup_web sleep:sleep
stream_close:close stream_poll:poll stream_read:read tcp_client:tcpc tcp_server:tcps tls_client:tlsc
tls_server:tlss udp_client:udpc udp_server:udps wps:wps file_create:fcr stream_write:write
smtp_send:smtp clients:clients webc:webc setup:setup dms_claim:dms_claim dms_activate:dms_activate
dms_provision:dms_provision dfu_query:dfu_query dfu_update:dfu_update dfu_request:dfu_request
dfu_response:dfu_response force_safemode:force_safemode faults:faults ?:?`.split(/\s+/);

const variables = `dms.auto_start_enabled dms.bundle_id dms.cmd.enabled dms.interface
dms.provision.status dms.provision.token dms.telemetry.interval dms.telemetry.data_mask
dms.telemetry.adc_mask dms.telemetry.gpio_mask dms.messages dms.ota_result dfu.logs_enabled
dfu.status
system.uuid system.cmd.format system.cmd.header_enabled system.cmd.echo system.cmd.prompt_enabled
system.cmd.buffered system.print_level system.cmd.timestamp system.msg system.cmd.aux_bus
system.memory.usage system.wakeup.timeout system.version system.safemode.status system.build_number
system.oob.status system.indicator.gpio system.activity.timeout time.uptime time.rtc wlan.ssid
wlan.passkey wlan.security wlan.mac wlan.bssid wlan.auto_join.enabled wlan.auto_join.retries
wlan.auto_join.retry_delay wlan.dhcp.enabled wlan.static.ip wlan.static.gateway wlan.static.dns
wlan.static.netmask wlan.network.status wlan.network.ip wlan.network.gateway wlan.network.netmask
wlan.network.dns wlan.join.retries wlan.join.timeout wlan.join.result wlan.info wlan.tx_power
wlan.antenna.select wlan.scan.retries ethernet.auto_join.enabled ethernet.dhcp.enabled
network.default_interface network.buffer.usage softap.ssid softap.passkey softap.static.ip
softap.info
softap.dns_server.enabled setup.web.ssid setup.web.passkey setup.web.root setup.web.url
http.server.enabled mdns.enabled mdns.name bus.mode bus.stream.cmd_seq bus.command.read_timeout
remote_terminal.enabled tcp.server.auto_start broadcast.data ntp.enabled uart.baud
stream.auto_close`.split(/\s+/);

const page = readFileSync(new URL("../../../CONSOLE.md", import.meta.url), "utf8");
const [, table = ""] = /### What of Gecko OS is not here\n([^]*?)\n## /.exec(page) ?? [];
/** What stands in the first column, `*` for whatever follows. */
const absent = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, what = ""]) =>
	[...what.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
);

function isSaidToBeAbsent(name: string): boolean {
	return absent.some((pattern) =>
		pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name,
	);
}

test("each command of Gecko OS is here under both its names, or in the table", () => {
	const own = new Set(
		deviceCommands.flatMap(({ name, abbreviation = name }) => [name, abbreviation]),
	);
	for (const pair of commands) {
		const [name = "", abbreviation = ""] = pair.split(":");
		if (own.has(name)) assert.ok(own.has(abbreviation), name + " by " + abbreviation);
		else assert.ok(isSaidToBeAbsent(name), name);
	}
});

test("each variable of Gecko OS is here, or in the table", () => {
	const own = new Set(deviceVariables.map(({ name }) => name));
	for (const name of variables) assert.ok(own.has(name) || isSaidToBeAbsent(name), name);
	for (const name of own) assert.ok(!absent.includes(name), name + " is here");
});

test("how much memory is in use is what the host says", () => {
	const usage = deviceVariables.find(({ name }) => name === "system.memory.usage");
	const valueOn = (memoryUsage: number | undefined): string | undefined =>
		usage?.get?.({ host: { system: { memoryUsage } } } as never);
	assert.equal(valueOn(41), "41");
	assert.equal(valueOn(undefined), "");
});
